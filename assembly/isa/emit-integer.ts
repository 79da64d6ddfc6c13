/**
 * The shapes that the emitters of integer instructions share: each takes the
 * WebAssembly instruction that makes the difference. "Low" ones compute with
 * the low words and sign-extend the result.
 */
import { REC_IMM, REC_RS1, REC_RS2, X_BASE } from '../layout';
import { Wasm } from '../wasm/opcode';
import { emit, i64Const } from '../wasm/writer';
import {
  emitImm,
  emitImmLow,
  emitRs1,
  emitRs1Low,
  emitRs2,
  emitRs2Low,
  emitSetRd,
  emitSetRdLow,
  emitSetRdUnsigned,
} from './emit';
import { usesFirstLow, usesLow } from './words';

/** From a comparison of i64 to that of i32. */
const COMPARISON_OF_WORDS: u32 = Wasm.I64_EQ - Wasm.I32_EQ;
/** The same for bitwise operations. */
export const BINARY_OF_WORDS: u32 = Wasm.I64_AND - Wasm.I32_AND;

/** Whether the operand at `field`, REC_RS1 or REC_RS2, is x0. */
// @ts-ignore: decorator
@inline
export function isZero(r: usize, field: usize): bool {
  return load<u16>(r + field) == X_BASE;
}

// @ts-ignore: decorator
@inline
export function immediate(r: usize): i32 {
  return load<i32>(r, REC_IMM);
}

export function emitBinary(r: usize, opcode: u32): void {
  emitRs1(r);
  emitRs2(r);
  emit(opcode);
  emitSetRd(r);
}

export function emitBinaryLow(r: usize, opcode: u32): void {
  emitRs1Low(r);
  emitRs2Low(r);
  emit(opcode);
  emitSetRdLow(r);
}

export function emitBinaryImmediate(r: usize, opcode: u32): void {
  emitRs1(r);
  emitImm(r);
  emit(opcode);
  emitSetRd(r);
}

export function emitBinaryImmediateLow(r: usize, opcode: u32): void {
  emitRs1Low(r);
  emitImmLow(r);
  emit(opcode);
  emitSetRdLow(r);
}

/** `opcode` is one of i64.and, or, xor. */
export function emitBitwise(r: usize, opcode: u32): void {
  if (usesLow(r)) emitBinaryLow(r, opcode - BINARY_OF_WORDS);
  else emitBinary(r, opcode);
}

/** The same with the immediate. */
export function emitBitwiseImmediate(r: usize, opcode: u32): void {
  if (usesFirstLow(r)) emitBinaryImmediateLow(r, opcode - BINARY_OF_WORDS);
  else emitBinaryImmediate(r, opcode);
}

export function emitUnary(r: usize, opcode: u32): void {
  emitRs1(r);
  emit(opcode);
  emitSetRd(r);
}

export function emitUnaryLow(r: usize, opcode: u32): void {
  emitRs1Low(r);
  emit(opcode);
  emitSetRdLow(r);
}

/** Pushes `(u32) rs1`, an i64. */
export function emitRs1Unsigned(r: usize): void {
  emitRs1Low(r);
  emit(Wasm.I64_EXTEND_I32_U);
}

/** Adds rs2 to the i64 on the stack. */
export function emitAddRs2(r: usize): void {
  if (isZero(r, REC_RS2)) return;
  emitRs2(r);
  emit(Wasm.I64_ADD);
}

/** Pops an i64 and pushes whether it is not 0, an i32. */
export function emitIsNotZero(): void {
  i64Const(0);
  emit(Wasm.I64_NE);
}

/** Pushes how rs1 and rs2 compare by `opcode`, an i32. */
export function emitCompare(r: usize, opcode: u32): void {
  if (usesLow(r)) {
    emitRs1Low(r);
    emitRs2Low(r);
    emit(opcode - COMPARISON_OF_WORDS);
  } else {
    emitRs1(r);
    emitRs2(r);
    emit(opcode);
  }
}

/** Pushes how rs1 and the immediate compare by `opcode`, an i32. */
export function emitCompareImmediate(r: usize, opcode: u32): void {
  if (usesFirstLow(r)) {
    emitRs1Low(r);
    emitImmLow(r);
    emit(opcode - COMPARISON_OF_WORDS);
  } else {
    emitRs1(r);
    emitImm(r);
    emit(opcode);
  }
}

/** Pushes whether rs1 and rs2 are equal, or with `negated` whether they are not, an i32. */
export function emitEqual(r: usize, negated: bool): void {
  if (!usesLow(r) && (isZero(r, REC_RS2) || isZero(r, REC_RS1))) {
    if (isZero(r, REC_RS2)) emitRs1(r);
    else emitRs2(r);
    if (negated) emitIsNotZero();
    else emit(Wasm.I64_EQZ);
    return;
  }
  emitCompare(r, negated ? Wasm.I64_NE : Wasm.I64_EQ);
}

/** rd = 1 or 0, as rs1 and rs2 compare. */
export function emitSetIf(r: usize, opcode: u32): void {
  emitCompare(r, opcode);
  emitSetRdUnsigned(r);
}
