/** Division (IEEE 754-2019, 5.4.1 and 7.3). */
import { exponentOf, infinity, isNaNBits, isNegative, magnitude, significandOf } from './format';
import { FFLAGS_DZ, raise } from './flags';
import { invalid, nanOf, roundPack, withSign } from './round';

/**
 * high × 2^64 / divisor, for high < divisor and divisor ≥ 2^63, with a sticky
 * bit 0: long division by two digits of 32 bits (Knuth, volume 2, 4.3.1,
 * algorithm D). high ≥ divisor / 2 makes bit 63 of the quotient one.
 */
function divideWide(high: u64, divisor: u64): u64 {
  const divisorHigh = divisor >> 32;
  const divisorLow = divisor & 0xffffffff;

  // Each digit is estimated from the divisor's upper half: at most two too large, since that half is normalised.
  let digit1 = high / divisorHigh;
  let rest = high - digit1 * divisorHigh;
  while (digit1 > 0xffffffff || digit1 * divisorLow > rest << 32) {
    digit1--;
    rest += divisorHigh;
    if (rest > 0xffffffff) break;
  }
  const middle = (high << 32) - digit1 * divisor; // modulo 2^64, and less than divisor

  let digit0 = middle / divisorHigh;
  rest = middle - digit0 * divisorHigh;
  while (digit0 > 0xffffffff || digit0 * divisorLow > rest << 32) {
    digit0--;
    rest += divisorHigh;
    if (rest > 0xffffffff) break;
  }
  const remainder = (middle << 32) - digit0 * divisor;
  return (digit1 << 32) | digit0 | <u64>(remainder != 0);
}

/** sigA / sigB × 2^63 or × 2^64, whichever leads in bit 63, with a sticky bit 0. */
// @ts-ignore: decorator
@inline
function divideSignificands<T>(sigA: u64, sigB: u64): u64 {
  const isBelow = sigA < sigB;
  if (sizeof<T>() < 8) {
    // 24-bit significands: a quotient of 40 bits from one division.
    const dividend = isBelow ? sigA : sigA >> 1;
    const divisor = sigB >> 40;
    const quotient = dividend / divisor;
    return (quotient << 24) | <u64>(quotient * divisor != dividend);
  }
  return divideWide(isBelow ? sigA : sigA >> 1, sigB);
}

// @ts-ignore: decorator
@inline
function div<T>(a: T, b: T, rm: u32): T {
  const magA = magnitude<T>(a);
  const magB = magnitude<T>(b);
  const negative = isNegative<T>(<T>(a ^ b));
  if (magA >= infinity<T>() || magB >= infinity<T>()) {
    if (isNaNBits<T>(a) || isNaNBits<T>(b)) return nanOf<T>(a, b);
    if (magA == magB) return invalid<T>(); // ∞ / ∞
    return withSign<T>(negative, magA == infinity<T>() ? infinity<T>() : 0);
  }
  if (magB == 0) {
    if (magA == 0) return invalid<T>(); // 0 / 0
    raise(FFLAGS_DZ);
    return withSign<T>(negative, infinity<T>());
  }
  if (magA == 0) return withSign<T>(negative, 0);
  const sigA = significandOf<T>(magA);
  const sigB = significandOf<T>(magB);
  const exponent = exponentOf<T>(magA) - exponentOf<T>(magB) - <i32>(sigA < sigB);
  return roundPack<T>(negative, exponent, divideSignificands<T>(sigA, sigB), rm);
}

export function f32Div(a: u32, b: u32, rm: u32): u32 {
  return div<u32>(a, b, rm);
}

export function f64Div(a: u64, b: u64, rm: u32): u64 {
  return div<u64>(a, b, rm);
}
