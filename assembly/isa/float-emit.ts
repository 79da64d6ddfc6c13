/**
 * What the emitters of floating point share. A guard of the translator has found
 * that FS is on, that NX has accrued, and that frm is RNE: so an inexact result
 * needs nothing more, and a dynamic rounding mode is known. What could raise another
 * exception, and every NaN, is left to the interpreter. The proofs are in
 * `../fpu/fast` and `../fpu/fast-fma`.
 *
 * With STYLE_EXACT nothing is known about NX, and an inexact result is left to the
 * interpreter as well. Some exact ones are, too, where finding out takes long and
 * programs hardly get there.
 */
import { RM_RMM, RM_RNE } from '../fpu/flags';
import { REC_IMM, REC_RS1, REC_RS2, STYLE_EXACT } from '../layout';
import { Wasm } from '../wasm/opcode';
import { emit, f64Const, i32Const, i64Const, localGet, localTee } from '../wasm/writer';
import { emitExitIf, emitSetRdUnsigned, LOCAL_I64, style } from './emit';
import { RM_DYN } from './float';

const SIGN: i64 = 0x8000000000000000;

/** The rounding mode, where the guard holds. */
// @ts-ignore: decorator
@inline
export function knownRoundingMode(r: usize): u32 {
  const rm = load<u8>(r, REC_IMM) & 7;
  return rm == RM_DYN ? RM_RNE : rm;
}

/** Whether an inexact result is left to the interpreter. */
// @ts-ignore: decorator
@inline
export function isExact(): bool {
  return (style & STYLE_EXACT) != 0;
}

/** Leaves, and says so, where the result is not what native arithmetic rounds to. */
export function leavesUnlessNearest(r: usize): bool {
  if (knownRoundingMode(r) == RM_RNE) return false;
  emitExit();
  return true;
}

/** The same for a result that is always exact: only a reserved rounding mode matters. */
export function leavesIfReserved(r: usize): bool {
  if (knownRoundingMode(r) <= RM_RMM) return false;
  emitExit();
  return true;
}

/** The interpreter goes on with this instruction, always. */
export function emitExit(): void {
  i32Const(1);
  emitExitIf();
}

/** Whether both sources are the same register, as in fmv, fneg and fabs. */
export function isOneSource(r: usize): bool {
  return load<u16>(r, REC_RS1) == load<u16>(r, REC_RS2);
}

/** Leaves where the condition on the stack is 0. */
export function emitExitUnless(): void {
  emit(Wasm.I32_EQZ);
  emitExitIf();
}

/** Pushes x and y, f64 locals, and combines them. */
export function emitBinary64(opcode: u32, x: u32, y: u32): void {
  localGet(x);
  localGet(y);
  emit(opcode);
}

/** Pushes whether an f64 local is zero. */
export function emitIsZero64(local: u32): void {
  localGet(local);
  f64Const(0);
  emit(Wasm.F64_EQ);
}

/** Pushes whether an f64 local is infinite, a NaN, or has an exponent field of 0 or 1. */
export function emitIsDoubtful64(local: u32): void {
  localGet(local);
  emit(Wasm.I64_REINTERPRET_F64);
  i64Const(32);
  emit(Wasm.I64_SHR_U);
  emit(Wasm.I32_WRAP_I64);
  i32Const(1);
  emit(Wasm.I32_SHL);
  i32Const(0x00400000);
  emit(Wasm.I32_SUB);
  i32Const(0xffa00000);
  emit(Wasm.I32_GE_U);
}

/**
 * rd = the class of the number in LOCAL_I64, its sign in bit 63, as a mask with one
 * bit (ISA manual, "Single-Precision Floating-Point Classify Instruction"): 4 zero,
 * 5 subnormal, 6 normal, 7 infinite, and 3 to 0 for the same below zero; 8 for
 * signaling NaNs and 9 for quiet ones.
 */
export function emitClass(r: usize, smallestNormal: i64, infinity: i64, quiet: i64): void {
  const MAGNITUDE = LOCAL_I64 + 1;
  i32Const(1);
  // NaNs
  i32Const(8);
  localGet(LOCAL_I64);
  i64Const(~SIGN);
  emit(Wasm.I64_AND);
  localTee(MAGNITUDE);
  i64Const(quiet);
  emit(Wasm.I64_GE_U);
  emit(Wasm.I32_ADD);
  // the rest
  i32Const(4);
  localGet(MAGNITUDE);
  i64Const(0);
  emit(Wasm.I64_NE);
  emit(Wasm.I32_ADD);
  localGet(MAGNITUDE);
  i64Const(smallestNormal);
  emit(Wasm.I64_GE_U);
  emit(Wasm.I32_ADD);
  localGet(MAGNITUDE);
  i64Const(infinity);
  emit(Wasm.I64_GE_U);
  emit(Wasm.I32_ADD);
  i32Const(7);
  i32Const(0);
  localGet(LOCAL_I64);
  i64Const(0);
  emit(Wasm.I64_LT_S);
  emit(Wasm.SELECT);
  emit(Wasm.I32_XOR);

  localGet(MAGNITUDE);
  i64Const(infinity);
  emit(Wasm.I64_GT_U);
  emit(Wasm.SELECT);
  emit(Wasm.I32_SHL);
  emitSetRdUnsigned(r);
}
