/**
 * Side exits where an operation on binary64 was not exact, for regions written with
 * STYLE_EXACT. Operands and results are f64 locals. See `float-emit`.
 *
 * Products: of x, y and p = RN(x × y), p normal but for the smallest binade, let X, Y
 * and P be the integer significands, and z(N) in how many zero bits N ends. With
 * normal x and y the product X × Y has 105 + c bits, c 0 or 1, and p is exact if and only
 * if the low 52 + c of them are zeros; then z(X) + z(Y) = z(P) + 52 + c. If p is not exact,
 * z(X) + z(Y) < 52 + c. Where that is 52, the bits that are dropped are a tie, and P is
 * even; carried into the next binade, it is 2^52. So p is exact if and only if
 * z(X) + z(Y) ≥ z(P) + 52. With a subnormal x or y fewer bits are dropped: then some
 * exact p do not pass, and inexact ones still do not.
 *
 * Quotients: q = RN(x / y), q normal, is exact if and only if z(Q) + z(Y) ≥ z(X) + 52.
 * Then Q × Y and X × 2^k, k = 52 or 53, are both multiples of 2^52, and differ by at
 * most Y / 2 < 2^52, so they are equal. With a subnormal x, k is larger. With a subnormal
 * y, k may be less: then X × 2^k ends in fewer zeros than Q × Y, so that they differ by 2^k
 * at least, which is more than Y / 2; none passes.
 *
 * A root is exact if and only if its square is, and equals the operand.
 */
import { Wasm } from '../wasm/opcode';
import { emit, end, i64Const, localGet, open } from '../wasm/writer';
import { emitExitIf } from './emit';
import { emitBinary64, emitExitUnless, emitIsDoubtful64, emitIsZero64 } from './float-emit';

const LEADING_BIT: i64 = 0x0010000000000000;
const FRACTION_BITS: i64 = 52;

/**
 * Leaves unless s = x + y exactly: then s - x = y and s - y = x. If it is not,
 * one of the differences is exact, that with the larger of the two, and differs;
 * or none is, because s is infinite or a NaN.
 */
export function emitExitUnlessSum(s: u32, x: u32, y: u32): void {
  emitBinary64(Wasm.F64_SUB, s, x);
  emitExitUnlessEqual(y);
  emitBinary64(Wasm.F64_SUB, s, y);
  emitExitUnlessEqual(x);
}

/** The same for d = x - y. */
export function emitExitUnlessDifference(d: u32, x: u32, y: u32): void {
  emitBinary64(Wasm.F64_SUB, x, d);
  emitExitUnlessEqual(y);
  emitBinary64(Wasm.F64_ADD, d, y);
  emitExitUnlessEqual(x);
}

/** Leaves unless p = x × y exactly; p may be doubtful if it is zero. */
export function emitExitUnlessProduct(p: u32, x: u32, y: u32): void {
  emitIsDoubtful64(p);
  open(Wasm.IF);
  emitIsZero64(p);
  emitIsZero64(x);
  emitIsZero64(y);
  emit(Wasm.I32_OR);
  emit(Wasm.I32_AND);
  emitExitUnless();
  emit(Wasm.ELSE);
  emitExitUnlessZeros(p, x, y);
  end();
}

/** The same for q = x / y. */
export function emitExitUnlessQuotient(q: u32, x: u32, y: u32): void {
  emitIsDoubtful64(q);
  open(Wasm.IF);
  emitIsZero64(q);
  emitIsZero64(x);
  emit(Wasm.I32_AND);
  emitExitUnless();
  emit(Wasm.ELSE);
  emitExitUnlessZeros(x, q, y);
  end();
}

/** The same for the root of x, which may be doubtful if it is zero. */
export function emitExitUnlessRoot(root: u32, x: u32): void {
  emitIsDoubtful64(x);
  open(Wasm.IF);
  emitIsZero64(x);
  emitExitUnless();
  emit(Wasm.ELSE);
  emitBinary64(Wasm.F64_MUL, root, root);
  emitExitUnlessEqual(x);
  emitExitUnlessZeros(x, root, root);
  end();
}

/** Pops an f64: leaves unless it equals the local. */
function emitExitUnlessEqual(local: u32): void {
  localGet(local);
  emit(Wasm.F64_NE);
  emitExitIf();
}

/** Leaves unless z(X) + z(Y) ≥ z(P) + 52. */
function emitExitUnlessZeros(p: u32, x: u32, y: u32): void {
  emitTrailingZeros(x);
  emitTrailingZeros(y);
  emit(Wasm.I64_ADD);
  emitTrailingZeros(p);
  emit(Wasm.I64_SUB);
  i64Const(FRACTION_BITS);
  emit(Wasm.I64_LT_S);
  emitExitIf();
}

/** Pushes how many zero bits the significand ends in, an i64. */
function emitTrailingZeros(local: u32): void {
  localGet(local);
  emit(Wasm.I64_REINTERPRET_F64);
  i64Const(LEADING_BIT);
  emit(Wasm.I64_OR);
  emit(Wasm.I64_CTZ);
}
