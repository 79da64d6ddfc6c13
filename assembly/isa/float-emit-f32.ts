/**
 * Emitters of binary32. Its numbers lie NaN-boxed in f64 locals; a source that is
 * not boxed, and so counts as a NaN, is left to the interpreter. See `float-emit`.
 */
import { Wasm } from '../wasm/opcode';
import { emit, end, f32Const, i32Const, i64Const, localGet, localSet, localTee, open } from '../wasm/writer';
import {
  emitExitIf,
  emitFs1,
  emitFs2,
  emitFs3,
  emitSetFd,
  emitSetRdUnsigned,
  LOCAL_F32,
  LOCAL_F64,
  LOCAL_I32,
  LOCAL_I64,
} from './emit';
import { emitClass, emitExitUnless, isExact, isOneSource, leavesUnlessNearest } from './float-emit';
import { emitExitUnlessSum } from './float-emit-exact';

const NAN_BOX: i64 = 0xffffffff00000000;
const SIGN: i64 = 0x80000000;
/** The sign bit cleared, the box left as it is. */
const MAGNITUDE: i64 = 0xffffffff7fffffff;

const X: u32 = LOCAL_F32;
const Y: u32 = LOCAL_F32 + 1;
const RESULT: u32 = LOCAL_F32 + 2;
const BITS: u32 = LOCAL_I32;

function emitFs(r: usize, source: u32): void {
  if (source == 1) emitFs1(r);
  else if (source == 2) emitFs2(r);
  else emitFs3(r);
  emit(Wasm.I64_REINTERPRET_F64);
}

/** Leaves unless the first `count` sources are boxed. */
export function emitExitUnlessBoxed(r: usize, count: u32): void {
  emitFs(r, 1);
  for (let source: u32 = 2; source <= count; source++) {
    if (source == 2 && isOneSource(r)) continue;
    emitFs(r, source);
    emit(Wasm.I64_AND);
  }
  i64Const(32);
  emit(Wasm.I64_SHR_U);
  emit(Wasm.I32_WRAP_I64);
  i32Const(-1);
  emit(Wasm.I32_NE);
  emitExitIf();
}

/** Pushes a boxed source, an f32. */
export function emitUnboxed(r: usize, source: u32): void {
  emitFs(r, source);
  emit(Wasm.I32_WRAP_I64);
  emit(Wasm.F32_REINTERPRET_I32);
}

/** Pops the bits of an f32, an i32, into fd. */
export function emitSetFdBits(r: usize): void {
  emit(Wasm.I64_EXTEND_I32_U);
  i64Const(NAN_BOX);
  emit(Wasm.I64_OR);
  emit(Wasm.F64_REINTERPRET_I64);
  emitSetFd(r);
}

function emitSources(r: usize): void {
  emitExitUnlessBoxed(r, 2);
  emitUnboxed(r, 1);
  localSet(X);
  emitUnboxed(r, 2);
  localSet(Y);
}

function emitBinary(opcode: u32): void {
  localGet(X);
  localGet(Y);
  emit(opcode);
}

function emitIsZero(local: u32): void {
  localGet(local);
  f32Const(0);
  emit(Wasm.F32_EQ);
}

/** Leaves where the f32 with these BITS is infinite or a NaN. */
function emitExitUnlessFinite(): void {
  localGet(BITS);
  i32Const(1);
  emit(Wasm.I32_SHL);
  i32Const(0xff000000);
  emit(Wasm.I32_GE_U);
  emitExitIf();
}

/** Pushes whether the f32 with these BITS is infinite, a NaN, or has an exponent field of 0 or 1. */
function emitIsDoubtful(): void {
  localGet(BITS);
  i32Const(1);
  emit(Wasm.I32_SHL);
  i32Const(0x02000000);
  emit(Wasm.I32_SUB);
  i32Const(0xfd000000);
  emit(Wasm.I32_GE_U);
}

// With STYLE_EXACT: binary64 holds products of two numbers exactly, and there is no
// exception where such a product, of the operands, of a quotient and its divisor, or of
// a root with itself, equals what it should be: nor with infinities.

/** Pushes the product of two f32 locals, an f64. */
function emitWideProduct(x: u32, y: u32): void {
  localGet(x);
  emit(Wasm.F64_PROMOTE_F32);
  localGet(y);
  emit(Wasm.F64_PROMOTE_F32);
  emit(Wasm.F64_MUL);
}

/** Pops an f64: leaves unless it equals the f32 local. */
function emitExitUnlessWideEqual(local: u32): void {
  localGet(local);
  emit(Wasm.F64_PROMOTE_F32);
  emit(Wasm.F64_NE);
  emitExitIf();
}

/** Combines two f32 locals; leaves unless the third equals that. */
function emitExitUnlessEqual(opcode: u32, x: u32, y: u32, expected: u32): void {
  localGet(x);
  localGet(y);
  emit(opcode);
  localGet(expected);
  emit(Wasm.F32_NE);
  emitExitIf();
}

/** fadd, fsub; exactness as in `float-emit-exact`. */
export function emitSum32(r: usize, opcode: u32): void {
  if (leavesUnlessNearest(r)) return;
  emitSources(r);
  emitBinary(opcode);
  localTee(RESULT);
  emit(Wasm.I32_REINTERPRET_F32);
  localSet(BITS);
  if (!isExact()) {
    emitExitUnlessFinite();
  } else if (opcode == Wasm.F32_ADD) {
    emitExitUnlessEqual(Wasm.F32_SUB, RESULT, X, Y);
    emitExitUnlessEqual(Wasm.F32_SUB, RESULT, Y, X);
  } else {
    emitExitUnlessEqual(Wasm.F32_SUB, X, RESULT, Y);
    emitExitUnlessEqual(Wasm.F32_ADD, RESULT, Y, X);
  }
  localGet(BITS);
  emitSetFdBits(r);
}

/** fmul, fdiv: a doubtful result counts where it is an exact zero. */
export function emitProduct32(r: usize, opcode: u32): void {
  if (leavesUnlessNearest(r)) return;
  emitSources(r);
  emitBinary(opcode);
  localTee(RESULT);
  emit(Wasm.I32_REINTERPRET_F32);
  localSet(BITS);
  if (!isExact()) {
    emitIsDoubtful();
    open(Wasm.IF);
    emitIsZero(RESULT);
    emitIsZero(X);
    if (opcode == Wasm.F32_MUL) {
      emitIsZero(Y);
      emit(Wasm.I32_OR);
    }
    emit(Wasm.I32_AND);
    emitExitUnless();
    end();
  } else if (opcode == Wasm.F32_MUL) {
    emitWideProduct(X, Y);
    emitExitUnlessWideEqual(RESULT);
  } else {
    emitWideProduct(RESULT, Y);
    emitExitUnlessWideEqual(X);
  }
  localGet(BITS);
  emitSetFdBits(r);
}

export function emitRoot32(r: usize): void {
  if (leavesUnlessNearest(r)) return;
  emitExitUnlessBoxed(r, 1);
  emitUnboxed(r, 1);
  localTee(X);
  emit(Wasm.F32_SQRT);
  localTee(RESULT);
  emit(Wasm.I32_REINTERPRET_F32);
  localSet(BITS);
  if (isExact()) {
    emitWideProduct(RESULT, RESULT);
    emitExitUnlessWideEqual(X);
  } else {
    emitExitUnlessFinite();
  }
  localGet(BITS);
  emitSetFdBits(r);
}

/** A number in binary64. */
export const VALUE: u32 = LOCAL_F64;
const PRODUCT: u32 = LOCAL_F64 + 1;
const ADDEND: u32 = LOCAL_F64 + 2;

/**
 * ±(fs1 × fs2) ± fs3. The product is exact in binary64, and the sum rounded there is
 * rounded again to binary32. By monotonicity both roundings together are the one
 * that is wanted, unless the first is inexact and ends on the midpoint of two
 * numbers of binary32. A doubtful result counts where it is exact.
 * With STYLE_EXACT both must be exact.
 */
export function emitFused32(r: usize, negatesProduct: bool, negatesAddend: bool): void {
  if (leavesUnlessNearest(r)) return;
  emitExitUnlessBoxed(r, 3);
  emitUnboxed(r, 1);
  emit(Wasm.F64_PROMOTE_F32);
  if (negatesProduct) emit(Wasm.F64_NEG);
  emitUnboxed(r, 2);
  emit(Wasm.F64_PROMOTE_F32);
  emit(Wasm.F64_MUL);
  localTee(PRODUCT);
  emitUnboxed(r, 3);
  emit(Wasm.F64_PROMOTE_F32);
  if (negatesAddend) emit(Wasm.F64_NEG);
  localTee(ADDEND);
  emit(Wasm.F64_ADD);
  localSet(VALUE);
  if (isExact()) {
    emitExitUnlessSum(VALUE, PRODUCT, ADDEND);
  } else {
    localGet(VALUE);
    emit(Wasm.I64_REINTERPRET_F64);
    emit(Wasm.I32_WRAP_I64);
    i32Const(0x1fffffff);
    emit(Wasm.I32_AND);
    i32Const(0x10000000);
    emit(Wasm.I32_EQ);
    open(Wasm.IF);
    emitExitUnlessSum(VALUE, PRODUCT, ADDEND);
    end();
  }
  emitDemoted();
  if (isExact()) {
    localGet(VALUE);
    emitExitUnlessWideEqual(RESULT);
  } else {
    emitIsDoubtful();
    open(Wasm.IF);
    localGet(VALUE);
    emitExitUnlessWideEqual(RESULT);
    emitExitUnlessSum(VALUE, PRODUCT, ADDEND);
    end();
  }
  localGet(BITS);
  emitSetFdBits(r);
}

/** RESULT, and BITS, = VALUE as a binary32. */
function emitDemoted(): void {
  localGet(VALUE);
  emit(Wasm.F32_DEMOTE_F64);
  localTee(RESULT);
  emit(Wasm.I32_REINTERPRET_F32);
  localSet(BITS);
}

/** fmin, fmax: see `emitExtreme64`. */
export function emitExtreme32(r: usize, opcode: u32): void {
  emitExitUnlessBoxed(r, 2);
  emitUnboxed(r, 1);
  emitUnboxed(r, 2);
  emit(opcode);
  localTee(RESULT);
  localGet(RESULT);
  emit(Wasm.F32_GE);
  emitExitUnless();
  localGet(RESULT);
  emit(Wasm.I32_REINTERPRET_F32);
  emitSetFdBits(r);
}

/** flt, fle: see `emitOrder64`. */
export function emitOrder32(r: usize, opcode: u32, opposite: u32): void {
  emitSources(r);
  emitBinary(opcode);
  localTee(LOCAL_I32);
  emitBinary(opposite);
  emit(Wasm.I32_OR);
  emitExitUnless();
  localGet(LOCAL_I32);
  emitSetRdUnsigned(r);
}

export function emitEqual32(r: usize): void {
  emitSources(r);
  emitBinary(Wasm.F32_LE);
  localTee(LOCAL_I32);
  emitBinary(Wasm.F32_GE);
  localTee(LOCAL_I32 + 1);
  emit(Wasm.I32_OR);
  emitExitUnless();
  localGet(LOCAL_I32);
  localGet(LOCAL_I32 + 1);
  emit(Wasm.I32_AND);
  emitSetRdUnsigned(r);
}

/** fsgnj, fsgnjn; fmv and fneg where both sources are the same. */
export function emitSign32(r: usize, negates: bool): void {
  emitExitUnlessBoxed(r, 2);
  if (isOneSource(r)) {
    emitFs1(r);
    if (negates) {
      emit(Wasm.I64_REINTERPRET_F64);
      i64Const(SIGN);
      emit(Wasm.I64_XOR);
      emit(Wasm.F64_REINTERPRET_I64);
    }
  } else {
    emitFs(r, 1);
    i64Const(MAGNITUDE);
    emit(Wasm.I64_AND);
    emitFs(r, 2);
    if (negates) {
      i64Const(SIGN);
      emit(Wasm.I64_XOR);
    }
    i64Const(SIGN);
    emit(Wasm.I64_AND);
    emit(Wasm.I64_OR);
    emit(Wasm.F64_REINTERPRET_I64);
  }
  emitSetFd(r);
}

/** fsgnjx; fabs where both sources are the same. */
export function emitSignProduct32(r: usize): void {
  emitExitUnlessBoxed(r, 2);
  emitFs(r, 1);
  if (isOneSource(r)) {
    i64Const(MAGNITUDE);
    emit(Wasm.I64_AND);
  } else {
    emitFs(r, 2);
    i64Const(SIGN);
    emit(Wasm.I64_AND);
    emit(Wasm.I64_XOR);
  }
  emit(Wasm.F64_REINTERPRET_I64);
  emitSetFd(r);
}

export function emitClass32(r: usize): void {
  emitExitUnlessBoxed(r, 1);
  emitFs(r, 1);
  i64Const(32);
  emit(Wasm.I64_SHL);
  localSet(LOCAL_I64);
  emitClass(r, 0x0080000000000000, 0x7f80000000000000, 0x7fc0000000000000);
}

/** fcvt.s.d: a doubtful result counts where it is exact. */
export function emitNarrow(r: usize): void {
  if (leavesUnlessNearest(r)) return;
  emitFs1(r);
  localSet(VALUE);
  emitNarrowed(r);
}

/** fd = VALUE as a binary32; unless that is not exact, where it has to be. */
export function emitNarrowed(r: usize): void {
  emitDemoted();
  if (!isExact()) {
    emitIsDoubtful();
    open(Wasm.IF);
  }
  localGet(VALUE);
  emitExitUnlessWideEqual(RESULT);
  if (!isExact()) end();
  localGet(BITS);
  emitSetFdBits(r);
}
