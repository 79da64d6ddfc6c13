/** The bits of native numbers, as the fast paths look at them. */

export const EXPONENT_64: u64 = 0x7ff0000000000000;
export const EXPONENT_32: u32 = 0x7f800000;

// @ts-ignore: decorator
@inline
export function f64Of(bits: u64): f64 {
  return reinterpret<f64>(bits);
}

// @ts-ignore: decorator
@inline
export function f32Of(bits: u32): f32 {
  return reinterpret<f32>(bits);
}

// @ts-ignore: decorator
@inline
export function isFinite64(bits: u64): bool {
  return (bits & EXPONENT_64) != EXPONENT_64;
}

// @ts-ignore: decorator
@inline
export function isFinite32(bits: u32): bool {
  return (bits & EXPONENT_32) != EXPONENT_32;
}

/** Exponent field from 2 to the largest of finite numbers. */
// @ts-ignore: decorator
@inline
export function isFiniteNotTiny64(bits: u64): bool {
  return (bits & EXPONENT_64) - 0x0020000000000000 < EXPONENT_64 - 0x0020000000000000;
}

// @ts-ignore: decorator
@inline
export function isFiniteNotTiny32(bits: u32): bool {
  return (bits & EXPONENT_32) - 0x01000000 < EXPONENT_32 - 0x01000000;
}

// The error of s = RN(x + y) is a number of the format, and Knuth's TwoSum computes
// it exactly unless an intermediate result overflows (The Art of Computer
// Programming, volume 2, 4.2.2, theorem B; with gradual underflow a sum is never
// inexact by underflow). An overflow shows: let s be finite. If t = s - x is
// infinite, then y - t is infinite and x - (s - t) infinite with the opposite sign,
// so the error comes out as a NaN. If t is finite and s - t or y - t infinite, the
// error is infinite or a NaN. Thus an error of zero means exact, a finite other one
// means inexact, and the rest is left to the exact form.

// @ts-ignore: decorator
@inline
export function sumError64(x: f64, y: f64, s: f64): f64 {
  const t = s - x;
  return x - (s - t) + (y - t);
}

// @ts-ignore: decorator
@inline
export function sumError32(x: f32, y: f32, s: f32): f32 {
  const t = s - x;
  return x - (s - t) + (y - t);
}
