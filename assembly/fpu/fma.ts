/**
 * Fused multiply-add, a × b + c with one rounding (IEEE 754-2019, 5.4.1). The
 * negated forms of RISC-V are this with the signs of a and c inverted.
 */
import {
  canonicalNaN,
  exponentOf,
  infinity,
  isNaNBits,
  isNegative,
  isSignalingNaN,
  magnitude,
  significandOf,
} from './format';
import { FFLAGS_NV, raise } from './flags';
import { addParts } from './add';
import { multiplyHigh, multiplySignificands } from './mul';
import { cancelled, invalid, roundPack, withSign } from './round';

/** The upper half of a 128-bit number shifted right by n ≥ 0. */
// @ts-ignore: decorator
@inline
function shiftRightWideHigh(high: u64, n: i32): u64 {
  return n < 64 ? high >> n : 0;
}

/** The lower half of that, bit 0 sticky. */
// @ts-ignore: decorator
@inline
function shiftRightJamWideLow(high: u64, low: u64, n: i32): u64 {
  if (n == 0) return low;
  if (n < 64) return (high << (64 - n)) | (low >> n) | <u64>(low << (64 - n) != 0);
  if (n == 64) return high | <u64>(low != 0);
  if (n < 128) return (high >> (n - 64)) | <u64>(((high << (128 - n)) | low) != 0);
  return <u64>((high | low) != 0);
}

/**
 * binary64: the exact product has up to 106 bits, so the sum is formed in 128
 * and only then reduced to 64 with a sticky bit. Bits 126 lead, to leave room
 * for the carry. An operand loses bits only when it moves by more than 20
 * places; then the sum leads in bit 125 or above and its sticky bit lies far
 * below the rounding position.
 */
function fmaParts64(
  negativeP: bool,
  exponentP: i32,
  sigA: u64,
  sigB: u64,
  negativeC: bool,
  exponentC: i32,
  sigC: u64,
  rm: u32,
): u64 {
  let high = multiplyHigh(sigA, sigB);
  let low = sigA * sigB;
  if (<i64>high < 0) {
    exponentP++;
    low = (high << 63) | (low >> 1);
    high >>= 1;
  }
  let highC = sigC >> 1;
  let lowC: u64 = 0;
  let exponent = exponentP;
  const distance = exponentP - exponentC;
  if (distance >= 0) {
    lowC = shiftRightJamWideLow(highC, 0, distance);
    highC = shiftRightWideHigh(highC, distance);
  } else {
    exponent = exponentC;
    low = shiftRightJamWideLow(high, low, -distance);
    high = shiftRightWideHigh(high, -distance);
  }
  let negative = negativeP;
  if (negativeP == negativeC) {
    low += lowC;
    high += highC + <u64>(low < lowC);
  } else {
    const borrow = <u64>(low < lowC);
    low -= lowC;
    high -= highC + borrow;
    if (<i64>high < 0) {
      low = 0 - low;
      high = ~high + <u64>(low == 0);
      negative = !negative;
    }
    if (high == 0) {
      if (low == 0) return cancelled<u64>(rm);
      high = low;
      low = 0;
      exponent -= 64;
    }
  }
  const shift = <i32>clz<u64>(high);
  if (shift != 0) {
    high = (high << shift) | (low >> (64 - shift));
    low <<= shift;
  }
  return roundPack<u64>(negative, exponent + 1 - shift, high | <u64>(low != 0), rm);
}

// @ts-ignore: decorator
@inline
function fma<T>(a: T, b: T, c: T, rm: u32): T {
  const magA = magnitude<T>(a);
  const magB = magnitude<T>(b);
  const magC = magnitude<T>(c);
  const negativeP = isNegative<T>(<T>(a ^ b));
  const negativeC = isNegative<T>(c);
  if (magA >= infinity<T>() || magB >= infinity<T>() || magC >= infinity<T>()) {
    return fmaSpecial<T>(a, b, c);
  }
  if (magA == 0 || magB == 0) {
    if (magC != 0) return c;
    return negativeP == negativeC ? c : cancelled<T>(rm);
  }
  const sigA = significandOf<T>(magA);
  const sigB = significandOf<T>(magB);
  const exponentP = exponentOf<T>(magA) + exponentOf<T>(magB);
  if (sizeof<T>() == 8 && magC != 0) {
    return <T>(
      fmaParts64(
        negativeP,
        exponentP,
        sigA,
        sigB,
        negativeC,
        exponentOf<u64>(<u64>magC),
        significandOf<u64>(<u64>magC),
        rm,
      )
    );
  }
  const product = multiplySignificands<T>(sigA, sigB);
  const shift = <i32>clz<u64>(product);
  if (magC == 0) return roundPack<T>(negativeP, exponentP + 1 - shift, product << shift, rm);
  // binary32: the product is exact in 48 bits.
  return addParts<T>(
    negativeP,
    exponentP + 1 - shift,
    product << shift,
    negativeC,
    exponentOf<T>(magC),
    significandOf<T>(magC),
    rm,
  );
}

/** With an infinity or a NaN among the operands. */
function fmaSpecial<T>(a: T, b: T, c: T): T {
  const magA = magnitude<T>(a);
  const magB = magnitude<T>(b);
  // RISC-V: 0 × ∞ is invalid even when c is a quiet NaN.
  if ((magA == 0 && magB == infinity<T>()) || (magA == infinity<T>() && magB == 0)) return invalid<T>();
  if (isNaNBits<T>(a) || isNaNBits<T>(b) || isNaNBits<T>(c)) {
    if (isSignalingNaN<T>(a) || isSignalingNaN<T>(b) || isSignalingNaN<T>(c)) raise(FFLAGS_NV);
    return canonicalNaN<T>();
  }
  if (magA != infinity<T>() && magB != infinity<T>()) return c;
  const product = withSign<T>(isNegative<T>(<T>(a ^ b)), infinity<T>());
  if (magnitude<T>(c) == infinity<T>() && c != product) return invalid<T>(); // ∞ - ∞
  return product;
}

export function f32Fma(a: u32, b: u32, c: u32, rm: u32): u32 {
  return fma<u32>(a, b, c, rm);
}

export function f64Fma(a: u64, b: u64, c: u64, rm: u32): u64 {
  return fma<u64>(a, b, c, rm);
}
