/**
 * Comparisons, minimum and maximum, classification (RISC-V unprivileged spec,
 * "F" and "D" extensions: FEQ, FLT, FLE, FMIN, FMAX, FCLASS).
 */
import { canonicalNaN, fractionBits, infinity, isNaNBits, isNegative, isSignalingNaN, magnitude } from './format';
import { FFLAGS_NV, raise } from './flags';

/** a < b for operands that are no NaNs, where -0 is below +0. */
// @ts-ignore: decorator
@inline
function isBelowInOrder<T>(a: T, b: T): bool {
  if (isNegative<T>(a) != isNegative<T>(b)) return isNegative<T>(a);
  return isNegative<T>(a) ? b < a : a < b;
}

// @ts-ignore: decorator
@inline
function areZeros<T>(a: T, b: T): bool {
  return magnitude<T>(<T>(a | b)) == 0;
}

/** Quiet: only a signaling NaN is invalid. */
// @ts-ignore: decorator
@inline
function equal<T>(a: T, b: T): u32 {
  if (isNaNBits<T>(a) || isNaNBits<T>(b)) {
    if (isSignalingNaN<T>(a) || isSignalingNaN<T>(b)) raise(FFLAGS_NV);
    return 0;
  }
  return <u32>(a == b || areZeros<T>(a, b));
}

/** Signaling: every NaN is invalid. */
// @ts-ignore: decorator
@inline
function less<T>(a: T, b: T, orEqual: bool): u32 {
  if (isNaNBits<T>(a) || isNaNBits<T>(b)) {
    raise(FFLAGS_NV);
    return 0;
  }
  if (a == b || areZeros<T>(a, b)) return <u32>orEqual;
  return <u32>isBelowInOrder<T>(a, b);
}

/** minimumNumber and maximumNumber: a NaN gives way to a number, and -0 lies below +0. */
// @ts-ignore: decorator
@inline
function extreme<T>(a: T, b: T, isMax: bool): T {
  const isNaNA = isNaNBits<T>(a);
  const isNaNB = isNaNBits<T>(b);
  if (isNaNA || isNaNB) {
    if (isSignalingNaN<T>(a) || isSignalingNaN<T>(b)) raise(FFLAGS_NV);
    if (!isNaNA) return a;
    return isNaNB ? canonicalNaN<T>() : b;
  }
  return isBelowInOrder<T>(a, b) != isMax ? a : b;
}

/**
 * One bit of ten: 0 -∞, 1 negative normal, 2 negative subnormal, 3 -0, 4 +0,
 * 5 positive subnormal, 6 positive normal, 7 +∞, 8 signaling NaN, 9 quiet NaN.
 */
// @ts-ignore: decorator
@inline
function classify<T>(a: T): u32 {
  if (isNaNBits<T>(a)) return isSignalingNaN<T>(a) ? 1 << 8 : 1 << 9;
  const mag = magnitude<T>(a);
  let rank: u32 = 0; // distance from zero
  if (mag != 0) {
    rank = 1;
    if (<u64>mag >> fractionBits<T>() != 0) rank = 2;
    if (mag == infinity<T>()) rank = 3;
  }
  return (1 as u32) << (isNegative<T>(a) ? 3 - rank : 4 + rank);
}

export function f32Eq(a: u32, b: u32): u32 {
  return equal<u32>(a, b);
}

export function f64Eq(a: u64, b: u64): u32 {
  return equal<u64>(a, b);
}

export function f32Lt(a: u32, b: u32): u32 {
  return less<u32>(a, b, false);
}

export function f64Lt(a: u64, b: u64): u32 {
  return less<u64>(a, b, false);
}

export function f32Le(a: u32, b: u32): u32 {
  return less<u32>(a, b, true);
}

export function f64Le(a: u64, b: u64): u32 {
  return less<u64>(a, b, true);
}

export function f32Min(a: u32, b: u32): u32 {
  return extreme<u32>(a, b, false);
}

export function f64Min(a: u64, b: u64): u64 {
  return extreme<u64>(a, b, false);
}

export function f32Max(a: u32, b: u32): u32 {
  return extreme<u32>(a, b, true);
}

export function f64Max(a: u64, b: u64): u64 {
  return extreme<u64>(a, b, true);
}

export function f32Class(a: u32): u32 {
  return classify<u32>(a);
}

export function f64Class(a: u64): u32 {
  return classify<u64>(a);
}
