/** Addition and subtraction (IEEE 754-2019, 5.4.1). */
import { exponentOf, infinity, isNaNBits, isNegative, magnitude, signBit, significandOf } from './format';
import { cancelled, invalid, nanOf, roundPack, shiftRightJam } from './round';

/**
 * The rounded sum of two finite non-zero numbers, each taken apart, of at most
 * 61 significant bits: bit 63 leads, bits 0 to 2 are clear.
 */
export function addParts<T>(
  negativeA: bool,
  exponentA: i32,
  sigA: u64,
  negativeB: bool,
  exponentB: i32,
  sigB: u64,
  rm: u32,
): T {
  let negative = negativeA;
  let exponent = exponentA;
  // One bit of room for the carry. Of the operand that moves right only the sticky bit is inexact, and then the
  // sum leads in bit 61 or above.
  let sum: u64;
  let addend: u64;
  if (exponentA >= exponentB) {
    sum = sigA >> 1;
    addend = shiftRightJam(sigB >> 1, exponentA - exponentB);
  } else {
    negative = negativeB;
    exponent = exponentB;
    sum = sigB >> 1;
    addend = shiftRightJam(sigA >> 1, exponentB - exponentA);
  }
  if (negativeA == negativeB) {
    sum += addend;
  } else {
    sum -= addend;
    if (sum == 0) return cancelled<T>(rm);
    if (<i64>sum < 0) {
      sum = 0 - sum;
      negative = !negative;
    }
  }
  const shift = <i32>clz<u64>(sum);
  return roundPack<T>(negative, exponent + 1 - shift, sum << shift, rm);
}

// @ts-ignore: decorator
@inline
function add<T>(a: T, b: T, rm: u32): T {
  const magA = magnitude<T>(a);
  const magB = magnitude<T>(b);
  if (magA >= infinity<T>() || magB >= infinity<T>()) {
    if (isNaNBits<T>(a) || isNaNBits<T>(b)) return nanOf<T>(a, b);
    if (magA != magB) return magA == infinity<T>() ? a : b;
    return a == b ? a : invalid<T>(); // ∞ - ∞
  }
  if (magA == 0) {
    if (magB == 0) return a == b ? a : cancelled<T>(rm);
    return b;
  }
  if (magB == 0) return a;
  return addParts<T>(
    isNegative<T>(a),
    exponentOf<T>(magA),
    significandOf<T>(magA),
    isNegative<T>(b),
    exponentOf<T>(magB),
    significandOf<T>(magB),
    rm,
  );
}

export function f32Add(a: u32, b: u32, rm: u32): u32 {
  return add<u32>(a, b, rm);
}

export function f64Add(a: u64, b: u64, rm: u32): u64 {
  return add<u64>(a, b, rm);
}

// A NaN with its sign inverted is still that NaN as far as results and flags go.

export function f32Sub(a: u32, b: u32, rm: u32): u32 {
  return f32Add(a, b ^ signBit<u32>(), rm);
}

export function f64Sub(a: u64, b: u64, rm: u32): u64 {
  return f64Add(a, b ^ signBit<u64>(), rm);
}
