/** Square root (IEEE 754-2019, 5.4.1). */
import { exponentOf, infinity, isNaNBits, isNegative, magnitude, significandOf } from './format';
import { invalid, nanOf, roundPack } from './round';

/** The integer part of the root of x < 2^62, digit by digit. */
function integerRoot(x: u64): u64 {
  let root: u64 = 0;
  for (let bit: u64 = (1 as u64) << 60; bit != 0; bit >>= 2) {
    const trial = root + bit;
    root >>= 1;
    if (x >= trial) {
      x -= trial;
      root += bit;
    }
  }
  return root;
}

/**
 * The root of the significand, leading in bit 63, with a sticky bit 0. The
 * radicand is taken as x × 2^62, x in [2^60, 2^62), which makes the exponent
 * even and its root lie in [2^61, 2^62).
 */
// @ts-ignore: decorator
@inline
function rootSignificand<T>(sig: u64, isOdd: bool): u64 {
  const x = isOdd ? sig >> 2 : sig >> 3;
  const high = integerRoot(x); // in [2^30, 2^31)
  const remainder = x - high * high; // at most 2 × high
  if (sizeof<T>() < 8) return (high << 33) | <u64>(remainder != 0); // 31 bits suffice

  // The lower half of the root by one division, at most one too large (Zimmermann, "Karatsuba Square Root", 1999):
  // (high × 2^31 + low)² = high² × 2^62 + 2 × high × low × 2^31 + low².
  const low = (remainder << 30) / high;
  let rest = <i64>(((remainder << 30) - low * high) << 32) - <i64>(low * low);
  let root = (high << 31) + low;
  if (rest < 0) {
    rest += <i64>(2 * root - 1);
    root--;
  }
  return (root << 2) | <u64>(rest != 0);
}

// @ts-ignore: decorator
@inline
function sqrt<T>(a: T, rm: u32): T {
  const mag = magnitude<T>(a);
  if (isNaNBits<T>(a)) return nanOf<T>(a, a);
  if (mag == 0) return a; // √-0 = -0
  if (isNegative<T>(a)) return invalid<T>();
  if (mag == infinity<T>()) return a;
  const exponent = exponentOf<T>(mag);
  const root = rootSignificand<T>(significandOf<T>(mag), (exponent & 1) != 0);
  return roundPack<T>(false, exponent >> 1, root, rm);
}

export function f32Sqrt(a: u32, rm: u32): u32 {
  return sqrt<u32>(a, rm);
}

export function f64Sqrt(a: u64, rm: u32): u64 {
  return sqrt<u64>(a, rm);
}
