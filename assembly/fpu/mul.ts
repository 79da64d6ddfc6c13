/** Multiplication (IEEE 754-2019, 5.4.1). */
import { exponentOf, infinity, isNaNBits, isNegative, magnitude, significandOf } from './format';
import { invalid, nanOf, roundPack, withSign } from './round';

/** Bits 64 to 127 of a product. */
// @ts-ignore: decorator
@inline
export function multiplyHigh(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const middle = aHigh * bLow + ((aLow * bLow) >> 32);
  const cross = aLow * bHigh + (middle & 0xffffffff);
  return aHigh * bHigh + (middle >> 32) + (cross >> 32);
}

/**
 * The product of the significands of two operands, leading in bit 63 or 62, with
 * a sticky bit 0 for binary64 and exact for binary32, 48 bits of which suffice.
 */
// @ts-ignore: decorator
@inline
export function multiplySignificands<T>(sigA: u64, sigB: u64): u64 {
  if (sizeof<T>() < 8) return (sigA >> 32) * (sigB >> 32);
  return multiplyHigh(sigA, sigB) | <u64>(sigA * sigB != 0);
}

// @ts-ignore: decorator
@inline
function mul<T>(a: T, b: T, rm: u32): T {
  const magA = magnitude<T>(a);
  const magB = magnitude<T>(b);
  const negative = isNegative<T>(<T>(a ^ b));
  if (magA >= infinity<T>() || magB >= infinity<T>()) {
    if (isNaNBits<T>(a) || isNaNBits<T>(b)) return nanOf<T>(a, b);
    if (magA == 0 || magB == 0) return invalid<T>(); // 0 × ∞
    return withSign<T>(negative, infinity<T>());
  }
  if (magA == 0 || magB == 0) return withSign<T>(negative, 0);
  const product = multiplySignificands<T>(significandOf<T>(magA), significandOf<T>(magB));
  const shift = <i32>clz<u64>(product);
  return roundPack<T>(negative, exponentOf<T>(magA) + exponentOf<T>(magB) + 1 - shift, product << shift, rm);
}

export function f32Mul(a: u32, b: u32, rm: u32): u32 {
  return mul<u32>(a, b, rm);
}

export function f64Mul(a: u64, b: u64, rm: u32): u64 {
  return mul<u64>(a, b, rm);
}
