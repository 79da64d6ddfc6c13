/**
 * What floating-point instructions ask of the FPU's state to be executed by native
 * operations, and the code that makes sure of it.
 */
import { H_FFLAGS, H_FRM, H_FS, REC_IMM, REC_OP, STYLE_EXACT, STYLE_MIXED } from '../layout';
import { FFLAGS_NX } from '../fpu/flags';
import { FIRST_FLOAD, FIRST_FP, LAST_FP, LAST_FSTORE, Op } from '../generated/opcodes';
import { LOCAL_HART, setStyle, style } from '../isa/emit';
import { RM_DYN } from '../isa/float';
import { FS_DIRTY } from '../isa/registers';
import { Wasm } from '../wasm/opcode';
import { emit, end, i32Const, i64Const, localGet, memoryAccess, open } from '../wasm/writer';
import { emitInstruction } from './emit-instruction';
import { emitExitWhen } from './exits';

/** The FPU must be on. */
export const FP_ON: u32 = 1;
/** frm must be to nearest. */
export const FP_NEAREST: u32 = 2;
/** mstatus.FS must be dirty already: so that nothing need be done to make it dirty, in time and only then. */
export const FP_DIRTY: u32 = 4;
/** The result may be inexact: unless the region is written with STYLE_EXACT, that must have been accrued. */
export const FP_INEXACT: u32 = 8;

/** FP_* that the instruction asks for; `setsF` when it sets an f register. */
export function fpNeeds(r: usize, setsF: bool): u32 {
  const op = load<u16>(r, REC_OP) as u32;
  const needs = setsF ? FP_ON | FP_DIRTY : FP_ON;
  if (op >= FIRST_FLOAD && op <= LAST_FSTORE) return needs;
  if (op < FIRST_FP || op > LAST_FP) return 0;
  switch (op) {
    // without a rounding mode
    case Op.FSGNJ_D:
    case Op.FSGNJN_D:
    case Op.FSGNJX_D:
    case Op.FMIN_D:
    case Op.FMAX_D:
    case Op.FEQ_D:
    case Op.FLT_D:
    case Op.FLE_D:
    case Op.FCLASS_D:
    case Op.FMV_X_D:
    case Op.FMV_D_X:
    case Op.FSGNJ_S:
    case Op.FSGNJN_S:
    case Op.FSGNJX_S:
    case Op.FMIN_S:
    case Op.FMAX_S:
    case Op.FEQ_S:
    case Op.FLT_S:
    case Op.FLE_S:
    case Op.FCLASS_S:
    case Op.FMV_X_W:
    case Op.FMV_W_X:
    case Op.FMV_X_H:
    case Op.FMV_H_X:
      return needs;
  }
  const rounding = (load<u8>(r, REC_IMM) & 7) == RM_DYN ? needs | FP_NEAREST : needs;
  switch (op) {
    // always exact
    case Op.FCVT_D_W:
    case Op.FCVT_D_WU:
    case Op.FCVT_D_S:
    case Op.FCVT_S_H:
    case Op.FCVT_D_H:
      return rounding;
  }
  return rounding | FP_DIRTY | FP_INEXACT;
}

/** Pushes NX of fflags, an i32. */
function pushAccruedInexact(): void {
  localGet(LOCAL_HART);
  memoryAccess(Wasm.I32_LOAD, H_FFLAGS as u32);
  i32Const(FFLAGS_NX);
  emit(Wasm.I32_AND);
}

/** Leaves unless the FPU's state is as `needs` says. */
export function emitFpGuard(needs: u32, mask: u64, code: i32): void {
  if (needs & (FP_ON | FP_DIRTY)) {
    localGet(LOCAL_HART);
    memoryAccess(Wasm.I32_LOAD, H_FS as u32);
    i32Const(needs & FP_DIRTY ? FS_DIRTY : 1);
    emit(Wasm.I32_LT_U);
    emitExitWhen(mask, code);
  }
  const isInexact = needs & FP_INEXACT && !(style & STYLE_EXACT);
  if (needs & FP_NEAREST && isInexact) {
    // fflags, and frm in the upper half.
    localGet(LOCAL_HART);
    memoryAccess(Wasm.I64_LOAD, H_FFLAGS as u32);
    i64Const((7 << 32) | FFLAGS_NX);
    emit(Wasm.I64_AND);
    i64Const(FFLAGS_NX);
    emit(Wasm.I64_NE);
    emitExitWhen(mask, code);
  } else if (needs & FP_NEAREST) {
    localGet(LOCAL_HART);
    memoryAccess(Wasm.I32_LOAD, H_FRM as u32);
    emitExitWhen(mask, code);
  } else if (isInexact) {
    pushAccruedInexact();
    emit(Wasm.I32_EQZ);
    emitExitWhen(mask, code);
  }
}

/** Writes a floating-point instruction; with STYLE_EXACT and STYLE_MIXED both ways, where they differ. */
export function emitFp(r: usize): void {
  const both = style;
  const isMixed = (both & (STYLE_EXACT | STYLE_MIXED)) == (STYLE_EXACT | STYLE_MIXED);
  if (!isMixed || !(fpNeeds(r, false) & FP_INEXACT)) {
    emitInstruction(r);
    return;
  }
  pushAccruedInexact();
  open(Wasm.IF);
  setStyle(both & ~STYLE_EXACT);
  emitInstruction(r);
  emit(Wasm.ELSE);
  setStyle(both);
  emitInstruction(r);
  end();
}
