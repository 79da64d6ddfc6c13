/**
 * Fused multiply-add by native operations, of which there is none that fuses;
 * see `fast` for what the proofs rest on.
 */
import { FFLAGS_NX, raise, RM_RNE } from './flags';
import { f32Fma, f64Fma } from './fma';
import { f32Of, f64Of, isFinite32, isFinite64, isFiniteNotTiny32, sumError64 } from './native';

/** Adding this and clearing the low 27 bits rounds a significand to its upper 26. */
export const SPLIT_HALF: u64 = 0x4000000;
export const SPLIT_MASK: u64 = 0xfffffffff8000000;
/** Of a smaller product the error may not be a number of the format. */
export const SMALLEST_PRODUCT: f64 = reinterpret<f64>(0x07b0000000000000); // 2^-900

// binary64: p is the rounded product, e its error, s the rounded sum of p and c, t
// its error, so that a × b + c = s + t + e. With z = RN(t + e) the result is
// RN(s + z), unless z is inexact and has at most three significant bits.
//
// The error of the product (after Dekker, "A Floating-Point Technique for Extending
// the Available Precision", 1971). Let a and b be positive, and the unit the last
// place of a times that of b: at least 2^-1006, since p is 2^-900 or more, so that
// no multiple of it underflows. In units of their last places a and b are integers
// below 2^53, of which subnormal ones have fewer bits. a = ah + al, ah a multiple
// of 2^27 by rounding and |al| ≤ 2^26; b = bh + bl, bh a multiple of 2^27 by
// truncation and 0 ≤ bl < 2^27. So the four products have at most 53 bits and are
// exact. Let g be the last place of p, at most 2^53: |ab - p| ≤ g / 2, and ab is at
// most (2^53 - 1/2) × g.
//   ah × bh - p: a multiple of g. Since ah ≤ 2a, ah × bh ≤ 2ab, and ≤ 2p because
//     rounding is monotonic: the difference is at most p.
//   + ah × bl = ab - p - al × b: a multiple of g or of 2^27, whichever is less.
//     With g ≥ 2^27 it is below 2^80; else, as |al| ≤ a, at most g / 2 + ab ≤ 2^53 × g.
//   + al × bh = ab - p - al × bl: a multiple of the same. With g ≥ 2^27 it is at
//     most 2^52 + 2^53; else at most 2^53 × g again.
//   + al × bl = ab - p = e: an integer of at most g / 2 ≤ 2^52.
// Every step is a number of the format, hence exact. An overflow on the way ends in
// a z that is infinite or a NaN, and so in a result that is not finite.
//
// The rounding. If t is 0, then z = e is exact. Let it not be, and u be the last
// place of s; |t| ≤ u / 2. Then c is not between -p / 2 and -2p, where p + c would be
// exact, so |s| ≥ |p| / 2 and |e| ≤ u: together |t + e| ≤ 3u / 2. As w = t + e
// grows, RN(s + w) changes where s + w is the midpoint of two neighbours. Near s
// midpoints are odd multiples of u / 4, u / 2 or u, depending on the binade; so those
// w are multiples of u / 4 up to 2u, of at most three significant bits, and numbers
// of the format. Rounding is monotonic: z lies on the same side of each of them as
// w, or is one of them. Only if z is one and w is not may the result differ.
//
// No result is tiny: that would take a c near -p, where p, c and e are multiples of
// 2^-1006. An exact zero is positive, as it has to be, because p is not zero. Where
// a or b is zero the sum of p and c is exact, and its zero has the right sign.

/** The error of p = RN(x × y), |p| ≥ SMALLEST_PRODUCT. */
// @ts-ignore: decorator
@inline
function productError64(x: f64, y: f64, p: f64): f64 {
  const xh = f64Of((reinterpret<u64>(x) + SPLIT_HALF) & SPLIT_MASK);
  const xl = x - xh;
  const yh = f64Of(reinterpret<u64>(y) & SPLIT_MASK);
  const yl = y - yh;
  return xh * yh - p + xh * yl + xl * yh + xl * yl;
}

// Without NX accrued: w, and s + w, are looked at for exactness one after the other.
// An inexact w has bits below 2^-53 × u, which s + w cannot hold either.

// @ts-ignore: decorator
@inline
export function fmaF64(a: u64, b: u64, c: u64, rm: u32, flags: u32): u64 {
  if (rm == RM_RNE) {
    const x = f64Of(a);
    const y = f64Of(b);
    const addend = f64Of(c);
    const product = x * y;
    const sum = product + addend;
    if (abs<f64>(product) >= SMALLEST_PRODUCT) {
      const productError = productError64(x, y, product);
      const sumError = sumError64(product, addend, sum);
      const z = sumError + productError;
      const isLow = <u32>reinterpret<u64>(z) == 0; // among others all with three significant bits
      const needsError = isLow || !(flags & FFLAGS_NX);
      const error = needsError ? sumError64(sumError, productError, z) : 0;
      const result = sum + z;
      const bits = reinterpret<u64>(result);
      if (isFinite64(bits) && !(isLow && error != 0)) {
        if (!(flags & FFLAGS_NX) && (error != 0 || sumError64(sum, z, result) != 0)) raise(FFLAGS_NX);
        return bits;
      }
    } else if ((a << 1 == 0 || b << 1 == 0) && isFinite64(reinterpret<u64>(sum))) {
      return reinterpret<u64>(sum); // a zero and c
    }
  }
  return f64Fma(a, b, c, rm);
}

/**
 * binary32: the product is exact in binary64, far from its ends, and so is the
 * error of the sum there. An inexact sum is moved to its odd neighbour on the
 * side of the exact value; rounding such a value to at most 51 bits gives what
 * rounding the exact one gives (Boldo and Melquiond, "Emulation of FMA and
 * Correctly Rounded Sums: Proved Algorithms Using Rounding to Odd", 2008). A NaN
 * or an infinity may get other bits on the way, but ends up as infinite or a NaN.
 */
// @ts-ignore: decorator
@inline
export function fmaF32(a: u32, b: u32, c: u32, rm: u32, flags: u32): u32 {
  if (rm == RM_RNE) {
    const product = <f64>f32Of(a) * <f64>f32Of(b);
    const addend = <f64>f32Of(c);
    let sum = product + addend;
    const error = sumError64(product, addend, sum);
    if (error != 0) {
      const bits = reinterpret<u64>(sum);
      if ((bits & 1) == 0) sum = f64Of(error > 0 == sum > 0 ? bits + 1 : bits - 1);
    }
    const result = <f32>sum;
    const bits = reinterpret<u32>(result);
    const isExact = <f64>result == sum; // binary32 has no odd numbers of 53 bits
    if (isFiniteNotTiny32(bits)) {
      if (!(flags & FFLAGS_NX) && !isExact) raise(FFLAGS_NX);
      return bits;
    }
    if (isFinite32(bits) && isExact) return bits;
  }
  return f32Fma(a, b, c, rm);
}
