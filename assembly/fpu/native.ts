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
