/**
 * Emitters of conversions with integers and of half precision. See `float-emit`,
 * and `../fpu/fast-convert` for why the native conversions give the same.
 */
import { RM_RDN, RM_RMM, RM_RNE, RM_RUP } from '../fpu/flags';
import { Wasm } from '../wasm/opcode';
import { emit, end, f32Const, f64Const, i32Const, i64Const, localGet, localSet, localTee, open } from '../wasm/writer';
import { emitExitIf, emitFs1, emitRs1, emitRs1Low, emitSetFd, emitSetRd, LOCAL_I32, LOCAL_I64 } from './emit';
import {
  emitExit,
  emitExitUnless,
  isExact,
  knownRoundingMode,
  leavesIfReserved,
  leavesUnlessNearest,
} from './float-emit';
import { emitExitUnlessBoxed, emitNarrowed, emitSetFdBits, emitUnboxed, VALUE } from './float-emit-f32';

/** VALUE = the source, a binary32 or a binary64. */
function emitValue(r: usize, isSingle: bool): void {
  if (isSingle) {
    emitExitUnlessBoxed(r, 1);
    emitUnboxed(r, 1);
    emit(Wasm.F64_PROMOTE_F32);
  } else {
    emitFs1(r);
  }
}

/**
 * rd = the source as an integer, by `opcode`, which truncates; before that it is
 * rounded as the mode says. What is left must be above `below` and below `above`:
 * so it is within the type once truncated, and no NaN.
 */
export function emitToInteger(r: usize, isSingle: bool, opcode: u32, below: f64, above: f64): void {
  const rm = knownRoundingMode(r);
  if (rm >= RM_RMM) return emitExit();
  emitValue(r, isSingle);
  if (isExact()) emitExitUnlessIntegral();
  else if (rm == RM_RNE) emit(Wasm.F64_NEAREST);
  else if (rm == RM_RDN) emit(Wasm.F64_FLOOR);
  else if (rm == RM_RUP) emit(Wasm.F64_CEIL);
  localTee(VALUE);
  f64Const(below);
  emit(Wasm.F64_GT);
  localGet(VALUE);
  f64Const(above);
  emit(Wasm.F64_LT);
  emit(Wasm.I32_AND);
  emitExitUnless();
  localGet(VALUE);
  emit(opcode);
  // Words are sign-extended, unsigned ones too.
  if (opcode == Wasm.I32_TRUNC_F64_S || opcode == Wasm.I32_TRUNC_F64_U) emit(Wasm.I64_EXTEND_I32_S);
  emitSetRd(r);
}

/** Keeps an f64 on the stack: leaves unless it is an integer. */
function emitExitUnlessIntegral(): void {
  localTee(VALUE);
  localGet(VALUE);
  emit(Wasm.F64_TRUNC);
  localGet(VALUE);
  emit(Wasm.F64_NE);
  emitExitIf();
}

/** With STYLE_EXACT, larger integers count as inexact. */
const LARGEST_EXACT: i64 = <i64>1 << 53;

/** Keeps an i64 on the stack: leaves where a binary64 may not hold it. */
function emitExitUnlessExactInteger(isSigned: bool): void {
  localTee(LOCAL_I64);
  localGet(LOCAL_I64);
  if (isSigned) {
    i64Const(LARGEST_EXACT);
    emit(Wasm.I64_ADD);
  }
  i64Const(isSigned ? 2 * LARGEST_EXACT : LARGEST_EXACT);
  emit(Wasm.I64_GT_U);
  emitExitIf();
}

/** fd = rs1, or its low half, as a binary64 by `opcode`. */
export function emitFromInteger64(r: usize, opcode: u32): void {
  if (opcode == Wasm.F64_CONVERT_I32_S || opcode == Wasm.F64_CONVERT_I32_U) {
    if (leavesIfReserved(r)) return;
    emitRs1Low(r);
  } else {
    if (leavesUnlessNearest(r)) return;
    emitRs1(r);
    if (isExact()) emitExitUnlessExactInteger(opcode == Wasm.F64_CONVERT_I64_S);
  }
  emit(opcode);
  emitSetFd(r);
}

/** The same as a binary32; through a binary64 where it has to be exact. */
export function emitFromInteger32(r: usize, opcode: u32): void {
  if (leavesUnlessNearest(r)) return;
  if (isExact()) {
    emitExactInteger(r, opcode);
    emitNarrowed(r);
    return;
  }
  if (opcode == Wasm.F32_CONVERT_I32_S || opcode == Wasm.F32_CONVERT_I32_U) emitRs1Low(r);
  else emitRs1(r);
  emit(opcode);
  emit(Wasm.I32_REINTERPRET_F32);
  emitSetFdBits(r);
}

/** VALUE = rs1, or its low half: as a binary64 what `opcode` gives as a binary32. */
function emitExactInteger(r: usize, opcode: u32): void {
  if (opcode == Wasm.F32_CONVERT_I32_S || opcode == Wasm.F32_CONVERT_I32_U) {
    emitRs1Low(r);
    emit(opcode == Wasm.F32_CONVERT_I32_S ? Wasm.F64_CONVERT_I32_S : Wasm.F64_CONVERT_I32_U);
  } else {
    const isSigned = opcode == Wasm.F32_CONVERT_I64_S;
    emitRs1(r);
    emitExitUnlessExactInteger(isSigned);
    emit(isSigned ? Wasm.F64_CONVERT_I64_S : Wasm.F64_CONVERT_I64_U);
  }
  localSet(VALUE);
}

/** fcvt.d.s */
export function emitWiden(r: usize): void {
  if (leavesIfReserved(r)) return;
  emitValue(r, true);
  localTee(VALUE);
  localGet(VALUE);
  emit(Wasm.F64_GE);
  emitExitUnless();
  localGet(VALUE);
  emitSetFd(r);
}

const NAN_BOX_F16: i64 = 0xffffffffffff0000;
const HALF_SIGN: i32 = 0x8000;
/** Exponent fields of binary16 stand for numbers 2^112 times as large as they do in binary32. */
const HALF_SCALE: f32 = reinterpret<f32>(0x77800000);
const BITS: u32 = LOCAL_I32;

/** Pops the low 16 bits of an i64 into fd. */
export function emitSetFdHalf(r: usize): void {
  i64Const(NAN_BOX_F16);
  emit(Wasm.I64_OR);
  emit(Wasm.F64_REINTERPRET_I64);
  emitSetFd(r);
}

/**
 * Pushes fs1, a binary16 that is finite, as an f32: its exponent and fraction in
 * their places there, scaled; subnormal numbers as well, and always exact.
 */
function emitHalf(r: usize): void {
  emitFs1(r);
  emit(Wasm.I64_REINTERPRET_F64);
  localTee(LOCAL_I64);
  i64Const(NAN_BOX_F16);
  emit(Wasm.I64_LT_U);
  localGet(LOCAL_I64);
  emit(Wasm.I32_WRAP_I64);
  localTee(BITS);
  i32Const(0x7c00);
  emit(Wasm.I32_AND);
  i32Const(0x7c00);
  emit(Wasm.I32_EQ);
  emit(Wasm.I32_OR);
  emitExitIf();
  localGet(BITS);
  i32Const(HALF_SIGN - 1);
  emit(Wasm.I32_AND);
  i32Const(13);
  emit(Wasm.I32_SHL);
  localGet(BITS);
  i32Const(HALF_SIGN);
  emit(Wasm.I32_AND);
  i32Const(16);
  emit(Wasm.I32_SHL);
  emit(Wasm.I32_OR);
  emit(Wasm.F32_REINTERPRET_I32);
  f32Const(HALF_SCALE);
  emit(Wasm.F32_MUL);
}

/** fcvt.s.h */
export function emitHalfToSingle(r: usize): void {
  if (leavesIfReserved(r)) return;
  emitHalf(r);
  emit(Wasm.I32_REINTERPRET_F32);
  emitSetFdBits(r);
}

/** fcvt.d.h */
export function emitHalfToDouble(r: usize): void {
  if (leavesIfReserved(r)) return;
  emitHalf(r);
  emit(Wasm.F64_PROMOTE_F32);
  emitSetFd(r);
}

const DOUBLE: u32 = LOCAL_I64;
const MAGNITUDE: u32 = LOCAL_I64 + 1;
const HALF: u32 = LOCAL_I64 + 2;
/** Bits of a binary64 below the last place of a binary16. */
const DROPPED: i64 = 42;
/** The difference of the biases, at the place of binary16's exponent field. */
const REBIAS: i64 = (1023 - 15) << 10;
const HALF_SMALLEST_NORMAL: i64 = 0x3f10000000000000; // 2^-14
const HALF_OVERFLOW: i64 = 0x40effe0000000000; // 65520

/**
 * fcvt.h.s, fcvt.h.d, through a binary64. Adding half a last place less one, and one
 * more where that place is odd, carries into it where the number rounds up; a carry
 * out of the fraction adds one to the exponent. Zeros are exact, and what is tiny,
 * overflows or is a NaN is left to the interpreter. It was exact if the bits dropped are
 * zeros.
 */
export function emitToHalf(r: usize, isSingle: bool): void {
  if (leavesUnlessNearest(r)) return;
  emitValue(r, isSingle);
  emit(Wasm.I64_REINTERPRET_F64);
  localTee(DOUBLE);
  i64Const(i64.MAX_VALUE);
  emit(Wasm.I64_AND);
  localTee(MAGNITUDE);
  localGet(MAGNITUDE);
  i64Const(DROPPED);
  emit(Wasm.I64_SHR_U);
  i64Const(1);
  emit(Wasm.I64_AND);
  i64Const(((<i64>1) << (DROPPED - 1)) - 1);
  emit(Wasm.I64_ADD);
  emit(Wasm.I64_ADD);
  i64Const(DROPPED);
  emit(Wasm.I64_SHR_U);
  i64Const(REBIAS);
  emit(Wasm.I64_SUB);
  localSet(HALF);
  localGet(MAGNITUDE);
  i64Const(HALF_SMALLEST_NORMAL);
  emit(Wasm.I64_SUB);
  i64Const(HALF_OVERFLOW - HALF_SMALLEST_NORMAL);
  emit(Wasm.I64_GE_U);
  open(Wasm.IF);
  localGet(MAGNITUDE);
  i64Const(0);
  emit(Wasm.I64_NE);
  emitExitIf();
  i64Const(0);
  localSet(HALF);
  end();
  if (isExact()) {
    localGet(MAGNITUDE);
    i64Const(64 - DROPPED);
    emit(Wasm.I64_SHL);
    i64Const(0);
    emit(Wasm.I64_NE);
    emitExitIf();
  }
  localGet(DOUBLE);
  i64Const(48);
  emit(Wasm.I64_SHR_U);
  i64Const(HALF_SIGN);
  emit(Wasm.I64_AND);
  localGet(HALF);
  emit(Wasm.I64_OR);
  emitSetFdHalf(r);
}
