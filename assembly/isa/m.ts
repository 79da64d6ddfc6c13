/**
 * M: multiplication and division (ISA manual, chapter "M"). Division never
 * traps: by zero it gives all ones and the dividend as remainder, and the
 * overflow -2^(XLEN-1) / -1 gives the dividend and remainder 0.
 */
import { multiplyHigh } from '../fpu/mul';
import { TYPE_I32, TYPE_I64, Wasm } from '../wasm/opcode';
import { emit, end, i32Const, i64Const, localGet, localTee, openTyped } from '../wasm/writer';
import {
  LOCAL_I32,
  LOCAL_I64,
  emitRs1,
  emitRs1Low,
  emitRs2,
  emitRs2Low,
  emitSetRd,
  emitSetRdLow,
} from './emit';
import { emitBinary, emitBinaryLow, emitRs1Unsigned } from './emit-integer';
import { rs1, rs2, setRd } from './registers';

// A negative a counts as a + 2^64 in the unsigned product: take b × 2^64 off again.
function multiplyHighSignedUnsigned(a: i64, b: u64): u64 {
  return multiplyHigh(a as u64, b) - ((a >> 63) as u64 & b);
}

function multiplyHighSigned(a: i64, b: i64): u64 {
  return (multiplyHighSignedUnsigned(a, b as u64) - ((b >> 63) & a)) as u64;
}

function divideSigned<T>(a: T, b: T): T {
  if (b == 0) return -1 as T;
  // WebAssembly traps on the overflow; the negation wraps as the ISA wants.
  if (b == -1) return (0 - a) as T;
  return (a / b) as T;
}

function divideUnsigned<T>(a: T, b: T): T {
  return b == 0 ? (-1 as T) : ((a / b) as T);
}

// WebAssembly defines the remainder of the overflow as 0.
function remainder<T>(a: T, b: T): T {
  return b == 0 ? a : ((a % b) as T);
}

/** Replaces the i64 on the stack by its high half, which `shift` takes as signed or unsigned. */
function emitHigh(shift: u32): void {
  i64Const(32);
  emit(shift);
}

/**
 * rd = bits 64 to 127 of rs1 × rs2, from products of halves: no sum overflows,
 * and each is signed if the high half in it is.
 */
function emitMultiplyHigh(r: usize, shift1: u32, shift2: u32): void {
  const low1 = LOCAL_I64;
  const high1 = LOCAL_I64 + 1;
  const low2 = LOCAL_I64 + 2;
  const high2 = LOCAL_I64 + 3;
  const middle = LOCAL_I64 + 4;
  // middle = high1 × low2 + (low1 × low2 >> 32)
  emitRs1Unsigned(r);
  localTee(low1);
  emitRs2Low(r);
  emit(Wasm.I64_EXTEND_I32_U);
  localTee(low2);
  emit(Wasm.I64_MUL);
  emitHigh(Wasm.I64_SHR_U);
  emitRs1(r);
  emitHigh(shift1);
  localTee(high1);
  localGet(low2);
  emit(Wasm.I64_MUL);
  emit(Wasm.I64_ADD);
  localTee(middle);
  // (low1 × high2 + low half of middle) >> 32
  emit(Wasm.I32_WRAP_I64);
  emit(Wasm.I64_EXTEND_I32_U);
  localGet(low1);
  emitRs2(r);
  emitHigh(shift2);
  localTee(high2);
  emit(Wasm.I64_MUL);
  emit(Wasm.I64_ADD);
  emitHigh(shift2);
  // + (middle >> 32) + high1 × high2
  localGet(middle);
  emitHigh(shift1);
  emit(Wasm.I64_ADD);
  localGet(high1);
  localGet(high2);
  emit(Wasm.I64_MUL);
  emit(Wasm.I64_ADD);
  emitSetRd(r);
}

/** rd = rs1 `opcode` rs2, where by zero the result is rs1 (a remainder) or all ones (a quotient). */
function emitUnlessZero(r: usize, opcode: u32, isRemainder: bool): void {
  emitRs2(r);
  emit(Wasm.I64_EQZ);
  openTyped(Wasm.IF, TYPE_I64);
  if (isRemainder) emitRs1(r);
  else i64Const(-1);
  emit(Wasm.ELSE);
  emitRs1(r);
  emitRs2(r);
  emit(opcode);
  end();
  emitSetRd(r);
}

function emitUnlessZeroLow(r: usize, opcode: u32, isRemainder: bool): void {
  emitRs2Low(r);
  localTee(LOCAL_I32);
  emit(Wasm.I32_EQZ);
  openTyped(Wasm.IF, TYPE_I32);
  if (isRemainder) emitRs1Low(r);
  else i32Const(-1);
  emit(Wasm.ELSE);
  emitRs1Low(r);
  localGet(LOCAL_I32);
  emit(opcode);
  end();
  emitSetRdLow(r);
}

// @ts-ignore: decorator
@inline
export function executeMul(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) * rs2(h, r));
}

export function emitMul(r: usize): void {
  emitBinary(r, Wasm.I64_MUL);
}

// @ts-ignore: decorator
@inline
export function executeMulh(h: usize, r: usize): void {
  setRd(h, r, multiplyHighSigned(rs1(h, r), rs2(h, r)) as i64);
}

export function emitMulh(r: usize): void {
  emitMultiplyHigh(r, Wasm.I64_SHR_S, Wasm.I64_SHR_S);
}

// @ts-ignore: decorator
@inline
export function executeMulhsu(h: usize, r: usize): void {
  setRd(h, r, multiplyHighSignedUnsigned(rs1(h, r), rs2(h, r) as u64) as i64);
}

export function emitMulhsu(r: usize): void {
  emitMultiplyHigh(r, Wasm.I64_SHR_S, Wasm.I64_SHR_U);
}

// @ts-ignore: decorator
@inline
export function executeMulhu(h: usize, r: usize): void {
  setRd(h, r, multiplyHigh(rs1(h, r) as u64, rs2(h, r) as u64) as i64);
}

export function emitMulhu(r: usize): void {
  emitMultiplyHigh(r, Wasm.I64_SHR_U, Wasm.I64_SHR_U);
}

// @ts-ignore: decorator
@inline
export function executeDiv(h: usize, r: usize): void {
  setRd(h, r, divideSigned<i64>(rs1(h, r), rs2(h, r)));
}

export function emitDiv(r: usize): void {
  // Apart from 0 and -1, which are 0 and 1 after adding 1, WebAssembly divides as well.
  emitRs2(r);
  i64Const(1);
  emit(Wasm.I64_ADD);
  i64Const(1);
  emit(Wasm.I64_GT_U);
  openTyped(Wasm.IF, TYPE_I64);
  emitRs1(r);
  emitRs2(r);
  emit(Wasm.I64_DIV_S);
  emit(Wasm.ELSE);
  i64Const(-1);
  i64Const(0);
  emitRs1(r);
  emit(Wasm.I64_SUB);
  emitRs2(r);
  emit(Wasm.I64_EQZ);
  emit(Wasm.SELECT);
  end();
  emitSetRd(r);
}

// @ts-ignore: decorator
@inline
export function executeDivu(h: usize, r: usize): void {
  setRd(h, r, divideUnsigned<u64>(rs1(h, r) as u64, rs2(h, r) as u64) as i64);
}

export function emitDivu(r: usize): void {
  emitUnlessZero(r, Wasm.I64_DIV_U, false);
}

// @ts-ignore: decorator
@inline
export function executeRem(h: usize, r: usize): void {
  setRd(h, r, remainder<i64>(rs1(h, r), rs2(h, r)));
}

export function emitRem(r: usize): void {
  emitUnlessZero(r, Wasm.I64_REM_S, true);
}

// @ts-ignore: decorator
@inline
export function executeRemu(h: usize, r: usize): void {
  setRd(h, r, remainder<u64>(rs1(h, r) as u64, rs2(h, r) as u64) as i64);
}

export function emitRemu(r: usize): void {
  emitUnlessZero(r, Wasm.I64_REM_U, true);
}

// @ts-ignore: decorator
@inline
export function executeMulw(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) * rs2(h, r)) as i32 as i64);
}

export function emitMulw(r: usize): void {
  emitBinaryLow(r, Wasm.I32_MUL);
}

// @ts-ignore: decorator
@inline
export function executeDivw(h: usize, r: usize): void {
  setRd(h, r, divideSigned<i32>(rs1(h, r) as i32, rs2(h, r) as i32) as i64);
}

export function emitDivw(r: usize): void {
  emitRs2Low(r);
  localTee(LOCAL_I32);
  i32Const(1);
  emit(Wasm.I32_ADD);
  i32Const(1);
  emit(Wasm.I32_GT_U);
  openTyped(Wasm.IF, TYPE_I32);
  emitRs1Low(r);
  localGet(LOCAL_I32);
  emit(Wasm.I32_DIV_S);
  emit(Wasm.ELSE);
  i32Const(-1);
  i32Const(0);
  emitRs1Low(r);
  emit(Wasm.I32_SUB);
  localGet(LOCAL_I32);
  emit(Wasm.I32_EQZ);
  emit(Wasm.SELECT);
  end();
  emitSetRdLow(r);
}

// @ts-ignore: decorator
@inline
export function executeDivuw(h: usize, r: usize): void {
  setRd(h, r, divideUnsigned<u32>(rs1(h, r) as u32, rs2(h, r) as u32) as i32 as i64);
}

export function emitDivuw(r: usize): void {
  emitUnlessZeroLow(r, Wasm.I32_DIV_U, false);
}

// @ts-ignore: decorator
@inline
export function executeRemw(h: usize, r: usize): void {
  setRd(h, r, remainder<i32>(rs1(h, r) as i32, rs2(h, r) as i32) as i64);
}

export function emitRemw(r: usize): void {
  emitUnlessZeroLow(r, Wasm.I32_REM_S, true);
}

// @ts-ignore: decorator
@inline
export function executeRemuw(h: usize, r: usize): void {
  setRd(h, r, remainder<u32>(rs1(h, r) as u32, rs2(h, r) as u32) as i32 as i64);
}

export function emitRemuw(r: usize): void {
  emitUnlessZeroLow(r, Wasm.I32_REM_U, true);
}
