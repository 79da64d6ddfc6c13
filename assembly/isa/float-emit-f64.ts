/** Emitters of binary64. See `float-emit`. */
import { SMALLEST_PRODUCT, SPLIT_HALF, SPLIT_MASK } from '../fpu/fast-fma';
import { Wasm } from '../wasm/opcode';
import { emit, end, f64Const, i64Const, localGet, localSet, localTee, open } from '../wasm/writer';
import { emitFs1, emitFs2, emitFs3, emitSetFd, emitSetRdUnsigned, LOCAL_F64, LOCAL_I32, LOCAL_I64 } from './emit';
import {
  emitBinary64,
  emitClass,
  emitExitUnless,
  emitIsDoubtful64,
  emitIsZero64,
  isExact,
  isOneSource,
  leavesUnlessNearest,
} from './float-emit';
import {
  emitExitUnlessDifference,
  emitExitUnlessProduct,
  emitExitUnlessQuotient,
  emitExitUnlessRoot,
  emitExitUnlessSum,
} from './float-emit-exact';

const SIGN: i64 = 0x8000000000000000;

const RESULT: u32 = LOCAL_F64;
const DIFFERENCE: u32 = LOCAL_F64 + 1;
const X: u32 = LOCAL_F64 + 2;
const Y: u32 = LOCAL_F64 + 3;

/** Leaves where an f64 local is infinite or a NaN: less itself it is a NaN then, and otherwise 0. */
function emitExitUnlessFinite(local: u32): void {
  localGet(local);
  localGet(local);
  emit(Wasm.F64_SUB);
  localTee(DIFFERENCE);
  localGet(DIFFERENCE);
  emit(Wasm.F64_GE); // one branch in machine code, while equality takes two
  emitExitUnless();
}

/** X and Y = the first two sources. */
function emitSources(r: usize): void {
  emitFs1(r);
  localSet(X);
  emitFs2(r);
  localSet(Y);
}

/** fadd, fsub. */
export function emitSum64(r: usize, opcode: u32): void {
  if (leavesUnlessNearest(r)) return;
  emitSources(r);
  emitBinary64(opcode, X, Y);
  localSet(RESULT);
  if (!isExact()) emitExitUnlessFinite(RESULT);
  else if (opcode == Wasm.F64_ADD) emitExitUnlessSum(RESULT, X, Y);
  else emitExitUnlessDifference(RESULT, X, Y);
  localGet(RESULT);
  emitSetFd(r);
}

/** fmul, fdiv: a doubtful result counts where it is an exact zero. */
export function emitProduct64(r: usize, opcode: u32): void {
  if (leavesUnlessNearest(r)) return;
  emitSources(r);
  emitBinary64(opcode, X, Y);
  localSet(RESULT);
  if (!isExact()) {
    emitIsDoubtful64(RESULT);
    open(Wasm.IF);
    emitIsZero64(RESULT);
    emitIsZero64(X);
    if (opcode == Wasm.F64_MUL) {
      emitIsZero64(Y);
      emit(Wasm.I32_OR);
    }
    emit(Wasm.I32_AND);
    emitExitUnless();
    end();
  } else if (opcode == Wasm.F64_MUL) {
    emitExitUnlessProduct(RESULT, X, Y);
  } else {
    emitExitUnlessQuotient(RESULT, X, Y);
  }
  localGet(RESULT);
  emitSetFd(r);
}

export function emitRoot64(r: usize): void {
  if (leavesUnlessNearest(r)) return;
  emitFs1(r);
  localTee(X);
  emit(Wasm.F64_SQRT);
  localTee(RESULT);
  f64Const(Infinity);
  emit(Wasm.F64_LT);
  emitExitUnless();
  if (isExact()) emitExitUnlessRoot(RESULT, X);
  localGet(RESULT);
  emitSetFd(r);
}

// Fused multiply-add.

const A: u32 = X;
const B: u32 = Y;
const A_HIGH: u32 = LOCAL_F64 + 4;
const A_LOW: u32 = LOCAL_F64 + 5;
const B_HIGH: u32 = LOCAL_F64 + 6;
const B_LOW: u32 = LOCAL_F64 + 7;
const C: u32 = LOCAL_F64 + 8;
const PRODUCT: u32 = LOCAL_F64 + 9;
const PRODUCT_ERROR: u32 = LOCAL_F64 + 10;
const SUM_ERROR: u32 = LOCAL_F64 + 11;
const LOW: u32 = A_HIGH; // which is no longer needed then
const SUM: u32 = RESULT;

/** ±(fs1 × fs2) ± fs3, as fmaF64; with STYLE_EXACT product and sum must both be exact. */
export function emitFused64(r: usize, negatesProduct: bool, negatesAddend: bool): void {
  if (leavesUnlessNearest(r)) return;
  emitFs1(r);
  if (negatesProduct) emit(Wasm.F64_NEG);
  localTee(A);
  emitFs2(r);
  localTee(B);
  emit(Wasm.F64_MUL);
  localSet(PRODUCT);
  emitFs3(r);
  if (negatesAddend) emit(Wasm.F64_NEG);
  localSet(C);
  emitBinary64(Wasm.F64_ADD, PRODUCT, C);
  localSet(SUM);
  if (isExact()) {
    emitExitUnlessProduct(PRODUCT, A, B);
    emitExitUnlessSum(SUM, PRODUCT, C);
  } else {
    emitRounded64();
  }
  localGet(SUM);
  emitSetFd(r);
}

/** Replaces SUM by the sum rounded once. */
function emitRounded64(): void {
  localGet(PRODUCT);
  emit(Wasm.F64_ABS);
  f64Const(SMALLEST_PRODUCT);
  emit(Wasm.F64_GE);
  open(Wasm.IF);
  emitProductError64();
  emitSumError64();
  emitBinary64(Wasm.F64_ADD, SUM_ERROR, PRODUCT_ERROR);
  localTee(LOW);
  emit(Wasm.I64_REINTERPRET_F64);
  emit(Wasm.I32_WRAP_I64);
  emit(Wasm.I32_EQZ);
  open(Wasm.IF);
  emitExitUnlessSum(LOW, SUM_ERROR, PRODUCT_ERROR);
  end();
  emitBinary64(Wasm.F64_ADD, SUM, LOW);
  localSet(SUM);
  emit(Wasm.ELSE);
  emitIsZero64(A);
  emitIsZero64(B);
  emit(Wasm.I32_OR);
  emitExitUnless();
  end();
  emitExitUnlessFinite(SUM);
}

function emitProductError64(): void {
  localGet(A);
  emit(Wasm.I64_REINTERPRET_F64);
  i64Const(SPLIT_HALF);
  emit(Wasm.I64_ADD);
  i64Const(SPLIT_MASK);
  emit(Wasm.I64_AND);
  emit(Wasm.F64_REINTERPRET_I64);
  localSet(A_HIGH);
  emitBinary64(Wasm.F64_SUB, A, A_HIGH);
  localSet(A_LOW);
  localGet(B);
  localGet(B);
  emit(Wasm.I64_REINTERPRET_F64);
  i64Const(SPLIT_MASK);
  emit(Wasm.I64_AND);
  emit(Wasm.F64_REINTERPRET_I64);
  localTee(B_HIGH);
  emit(Wasm.F64_SUB);
  localSet(B_LOW);

  emitBinary64(Wasm.F64_MUL, A_HIGH, B_HIGH);
  localGet(PRODUCT);
  emit(Wasm.F64_SUB);
  emitBinary64(Wasm.F64_MUL, A_HIGH, B_LOW);
  emit(Wasm.F64_ADD);
  emitBinary64(Wasm.F64_MUL, A_LOW, B_HIGH);
  emit(Wasm.F64_ADD);
  emitBinary64(Wasm.F64_MUL, A_LOW, B_LOW);
  emit(Wasm.F64_ADD);
  localSet(PRODUCT_ERROR);
}

/** SUM_ERROR = PRODUCT - (SUM - d) + (C - d), where d = SUM - PRODUCT. */
function emitSumError64(): void {
  localGet(PRODUCT);
  localGet(SUM);
  emitBinary64(Wasm.F64_SUB, SUM, PRODUCT);
  localTee(DIFFERENCE);
  emit(Wasm.F64_SUB);
  emit(Wasm.F64_SUB);
  emitBinary64(Wasm.F64_SUB, C, DIFFERENCE);
  emit(Wasm.F64_ADD);
  localSet(SUM_ERROR);
}

/** fmin, fmax: the native ones order zeros as RISC-V does, and give a NaN only where an operand is one. */
export function emitExtreme64(r: usize, opcode: u32): void {
  emitFs1(r);
  emitFs2(r);
  emit(opcode);
  localTee(RESULT);
  localGet(RESULT);
  emit(Wasm.F64_GE);
  emitExitUnless();
  localGet(RESULT);
  emitSetFd(r);
}

/** flt, fle: `opposite` holds where the comparison does not, unless an operand is a NaN. */
export function emitOrder64(r: usize, opcode: u32, opposite: u32): void {
  emitFs1(r);
  emitFs2(r);
  emit(opcode);
  localTee(LOCAL_I32);
  emitFs1(r);
  emitFs2(r);
  emit(opposite);
  emit(Wasm.I32_OR);
  emitExitUnless();
  localGet(LOCAL_I32);
  emitSetRdUnsigned(r);
}

/** Both ≤ and ≥ hold. */
export function emitEqual64(r: usize): void {
  emitFs1(r);
  emitFs2(r);
  emit(Wasm.F64_LE);
  localTee(LOCAL_I32);
  emitFs1(r);
  emitFs2(r);
  emit(Wasm.F64_GE);
  localTee(LOCAL_I32 + 1);
  emit(Wasm.I32_OR);
  emitExitUnless();
  localGet(LOCAL_I32);
  localGet(LOCAL_I32 + 1);
  emit(Wasm.I32_AND);
  emitSetRdUnsigned(r);
}

/** fsgnj, fsgnjn; fmv and fneg where both sources are the same. */
export function emitSign64(r: usize, negates: bool): void {
  emitFs1(r);
  if (isOneSource(r)) {
    if (negates) emit(Wasm.F64_NEG);
  } else {
    emitFs2(r);
    if (negates) emit(Wasm.F64_NEG);
    emit(Wasm.F64_COPYSIGN);
  }
  emitSetFd(r);
}

/** fsgnjx; fabs where both sources are the same. */
export function emitSignProduct64(r: usize): void {
  emitFs1(r);
  if (isOneSource(r)) {
    emit(Wasm.F64_ABS);
  } else {
    emit(Wasm.I64_REINTERPRET_F64);
    emitFs2(r);
    emit(Wasm.I64_REINTERPRET_F64);
    i64Const(SIGN);
    emit(Wasm.I64_AND);
    emit(Wasm.I64_XOR);
    emit(Wasm.F64_REINTERPRET_I64);
  }
  emitSetFd(r);
}

export function emitClass64(r: usize): void {
  emitFs1(r);
  emit(Wasm.I64_REINTERPRET_F64);
  localSet(LOCAL_I64);
  emitClass(r, 0x0010000000000000, 0x7ff0000000000000, 0x7ff8000000000000);
}
