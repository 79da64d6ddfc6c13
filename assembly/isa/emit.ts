/**
 * What an `emitX` needs: the operands of its record as values on the WebAssembly
 * stack, and the side exit. Guest registers live in locals while a region runs:
 * x registers as i64, f registers as f64 (whose bits a local keeps, NaN boxes
 * included). A side exit leaves the region with the state from before the
 * instruction, which the interpreter then executes: so an emitter may take it
 * only before it has set a register or stored anything.
 */
import { JIT_LOCALS, REC_IMM, REC_RD, REC_RS1, REC_RS2, X_SINK } from '../layout';
import { Wasm } from '../wasm/opcode';
import { brIf, emit, i32Const, i64Const, localGet, localSet } from '../wasm/writer';
import { emitSetNarrow, isNarrow, lowLocal, noteWhole } from './narrow';

// Parameters and locals that every region has.
export const LOCAL_HART: u32 = 0; // i32, the hart area
export const LOCAL_PC: u32 = 1; // i64, virtual address of the region's head
export const LOCAL_BUDGET: u32 = 2; // i32, instructions left; what the region returns
export const LOCAL_DEPTH: u32 = 3; // i32, how many guest calls deeper it may go
export const LOCAL_EXIT: u32 = 4; // i32, where and with how many instructions given back a side exit leaves
export const LOCAL_TLB_READ: u32 = 5; // i32, the TLB set of loads
export const LOCAL_TLB_WRITE: u32 = 6; // i32
export const LOCAL_GROUP: u32 = 7; // 4 × i32, host addresses of accesses that were checked together
export const LOCAL_I32: u32 = 11; // 2 × i32, for one instruction
export const LOCAL_I64: u32 = 13; // 6 × i64, for one instruction
export const LOCAL_SHIFTED: u32 = 19; // i64, what the last slli shifted (shifted.ts)
export const LOCAL_F64: u32 = 20; // 12 × f64, for one instruction; in regions with floating point only
export const LOCAL_F32: u32 = 32; // 4 × f32, the same

/** Guest registers are numbered 0 to 31 for x, 32 to 63 for f. */
// @ts-ignore: decorator
@inline
export function registerOf(offset: u32): u32 {
  const slot = offset >> 3;
  return slot < 32 ? slot : slot - 32;
}

// @ts-ignore: decorator
@inline
function localOf(offset: u32): u32 {
  return load<u8>(JIT_LOCALS + (registerOf(offset) as usize));
}

/** Pushes the x register at `offset` of the hart record, an i64. */
export function getX(offset: u32): void {
  if (offset == 0) {
    i64Const(0);
  } else if (isNarrow(offset)) {
    localGet(lowLocal(offset >> 3));
    emit(Wasm.I64_EXTEND_I32_S);
  } else {
    localGet(localOf(offset));
  }
}

function getXLow(offset: u32): void {
  if (isNarrow(offset)) {
    localGet(lowLocal(offset >> 3));
  } else {
    getX(offset);
    emit(Wasm.I32_WRAP_I64);
  }
}

/** Pushes rs1, an i64. */
export function emitRs1(r: usize): void {
  getX(load<u16>(r, REC_RS1));
}

/** Pushes rs2, an i64. */
export function emitRs2(r: usize): void {
  getX(load<u16>(r, REC_RS2));
}

/** Pushes the low half of rs1, an i32. */
export function emitRs1Low(r: usize): void {
  getXLow(load<u16>(r, REC_RS1));
}

/** Pushes the low half of rs2, an i32. */
export function emitRs2Low(r: usize): void {
  getXLow(load<u16>(r, REC_RS2));
}

/** Pushes the immediate, an i64. */
export function emitImm(r: usize): void {
  i64Const(load<i32>(r, REC_IMM) as i64);
}

/** Pushes the immediate, an i32. */
export function emitImmLow(r: usize): void {
  i32Const(load<i32>(r, REC_IMM));
}

/** Pushes what rd held before the instruction, an i64: amocas reads it. */
export function emitOldRd(r: usize): void {
  const rd = load<u16>(r, REC_RD) as u32;
  getX(rd == X_SINK ? 0 : rd);
}

/** Pops an i64 into rd. */
export function emitSetRd(r: usize): void {
  const rd = load<u16>(r, REC_RD) as u32;
  noteWhole(rd);
  if (rd == X_SINK) emit(Wasm.DROP);
  else localSet(localOf(rd));
}

/** Pops an i32 into rd, sign-extended, as the instructions ending in W do. */
export function emitSetRdLow(r: usize): void {
  if (emitSetNarrow(load<u16>(r, REC_RD))) return;
  emit(Wasm.I64_EXTEND_I32_S);
  emitSetRd(r);
}

/** Pops an i32 that is 0 or 1, or unsigned, into rd. */
export function emitSetRdUnsigned(r: usize): void {
  emit(Wasm.I64_EXTEND_I32_U);
  emitSetRd(r);
}

/** Pushes the first f source, an f64 by its bits. */
export function emitFs1(r: usize): void {
  localGet(localOf(load<u16>(r, REC_RS1)));
}

export function emitFs2(r: usize): void {
  localGet(localOf(load<u16>(r, REC_RS2)));
}

export function emitFs3(r: usize): void {
  localGet(localOf(load<u32>(r, REC_IMM) >> 16));
}

/** Pops an f64 into fd. */
export function emitSetFd(r: usize): void {
  localSet(localOf(load<u16>(r, REC_RD)));
}

/** STYLE_* of the region that is being written. */
export let style: u32 = 0;

export function setStyle(value: u32): void {
  style = value;
}

let exitLabel: u32 = 0;
let exitCode: i32 = 0;

/** To be called by the translator before each instruction. */
export function setSideExit(label: u32, code: i32): void {
  exitLabel = label;
  exitCode = code;
}

/** Pops an i32: if it is not 0, the interpreter goes on with this instruction. */
export function emitExitIf(): void {
  i32Const(exitCode);
  localSet(LOCAL_EXIT);
  brIf(exitLabel);
}
