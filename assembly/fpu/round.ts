/**
 * Rounding, the last step of every operation (IEEE 754-2019, clauses 4.3 and
 * 7.4 to 7.6), and the special results that operations share. The rounding mode
 * must be 0 to 4: whoever decodes the instruction refuses the rest.
 *
 * Underflow is detected after rounding, as RISC-V demands.
 */
import {
  canonicalNaN,
  exponentBias,
  exponentMax,
  fractionBits,
  infinity,
  isSignalingNaN,
  largestFinite,
  signBit,
} from './format';
import { FFLAGS_NV, FFLAGS_NX, FFLAGS_OF, FFLAGS_UF, raise, RM_RDN, RM_RMM, RM_RNE, RM_RUP } from './flags';

/**
 * x >> n, n ≥ 0, where bit 0 also stands for every bit that was shifted out
 * ("sticky"): the result rounds as the exact value does while bit 0 lies below
 * the rounding position and its half.
 */
// @ts-ignore: decorator
@inline
export function shiftRightJam(x: u64, n: i32): u64 {
  if (n == 0) return x;
  if (n > 63) return <u64>(x != 0);
  return (x >> n) | <u64>(x << (64 - n) != 0);
}

/** Whether the magnitude goes up, given the remainder below its last place and half a unit of that place. */
// @ts-ignore: decorator
@inline
export function roundsUp(rm: u32, negative: bool, isOdd: bool, remainder: u64, half: u64): bool {
  if (rm == RM_RNE) return remainder > half || (remainder == half && isOdd);
  if (rm == RM_RMM) return remainder >= half;
  return remainder != 0 && rm == (negative ? RM_RDN : RM_RUP);
}

// @ts-ignore: decorator
@inline
export function withSign<T>(negative: bool, mag: T): T {
  return <T>(mag | (negative ? signBit<T>() : 0));
}

/** Exact zero of operands that cancel (IEEE 754, 6.3). */
// @ts-ignore: decorator
@inline
export function cancelled<T>(rm: u32): T {
  return withSign<T>(rm == RM_RDN, 0);
}

/** The result of an operation with a NaN among its operands. */
// @ts-ignore: decorator
@inline
export function nanOf<T>(a: T, b: T): T {
  if (isSignalingNaN<T>(a) || isSignalingNaN<T>(b)) raise(FFLAGS_NV);
  return canonicalNaN<T>();
}

// @ts-ignore: decorator
@inline
export function invalid<T>(): T {
  raise(FFLAGS_NV);
  return canonicalNaN<T>();
}

function overflow<T>(negative: bool, rm: u32): T {
  raise(FFLAGS_OF | FFLAGS_NX);
  const isInfinite = rm == RM_RNE || rm == RM_RMM || rm == (negative ? RM_RDN : RM_RUP);
  return withSign<T>(negative, isInfinite ? infinity<T>() : largestFinite<T>());
}

/**
 * The value (-1)^negative × sig × 2^(exponent - 63), bit 63 of sig set and bit 0
 * sticky, rounded to format T; raises what that rounding raises.
 */
export function roundPack<T>(negative: bool, exponent: i32, sig: u64, rm: u32): T {
  const drop = 63 - fractionBits<T>();
  const half = (1 as u64) << (drop - 1);
  const below = (half << 1) - 1;
  let biased = exponent + exponentBias<T>();
  let isTiny = false;
  if (biased < 1) {
    // Tiny, unless with an unbounded exponent it would round up to the smallest normal number.
    const kept = sig >> drop;
    isTiny =
      biased < 0 ||
      kept != ((2 as u64) << fractionBits<T>()) - 1 ||
      !roundsUp(rm, negative, true, sig & below, half);
    sig = shiftRightJam(sig, 1 - biased);
    biased = 1;
  }
  const remainder = sig & below;
  let kept = sig >> drop;
  if (roundsUp(rm, negative, (kept & 1) != 0, remainder, half)) kept++;
  // The leading one of a normal result adds the last unit of the exponent, a carry out of rounding one more,
  // and a subnormal result has none: its exponent field becomes 0.
  const bits = (<u64>(biased - 1) << fractionBits<T>()) + kept;
  if (biased >= exponentMax<T>() || bits >= <u64>infinity<T>()) return overflow<T>(negative, rm);
  if (remainder != 0) raise(isTiny ? FFLAGS_UF | FFLAGS_NX : FFLAGS_NX);
  return withSign<T>(negative, <T>bits);
}
