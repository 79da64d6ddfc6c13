/**
 * Comparisons, minimum and maximum by native comparisons. One that holds, or
 * whose opposite does, saw no NaN, and then no exception is raised; the exact form
 * has the rest. See `fast`.
 */
import { f32Eq, f32Le, f32Lt, f32Max, f32Min, f64Eq, f64Le, f64Lt, f64Max, f64Min } from './compare';
import { f32Of, f64Of } from './native';

// @ts-ignore: decorator
@inline
export function eqF64(a: u64, b: u64): u32 {
  const x = f64Of(a);
  const y = f64Of(b);
  if (x == y) return 1;
  if (x < y || x > y) return 0;
  return f64Eq(a, b);
}

// @ts-ignore: decorator
@inline
export function eqF32(a: u32, b: u32): u32 {
  const x = f32Of(a);
  const y = f32Of(b);
  if (x == y) return 1;
  if (x < y || x > y) return 0;
  return f32Eq(a, b);
}

// @ts-ignore: decorator
@inline
export function ltF64(a: u64, b: u64): u32 {
  const x = f64Of(a);
  const y = f64Of(b);
  if (x < y) return 1;
  if (x >= y) return 0;
  return f64Lt(a, b);
}

// @ts-ignore: decorator
@inline
export function ltF32(a: u32, b: u32): u32 {
  const x = f32Of(a);
  const y = f32Of(b);
  if (x < y) return 1;
  if (x >= y) return 0;
  return f32Lt(a, b);
}

// @ts-ignore: decorator
@inline
export function leF64(a: u64, b: u64): u32 {
  const x = f64Of(a);
  const y = f64Of(b);
  if (x <= y) return 1;
  if (x > y) return 0;
  return f64Le(a, b);
}

// @ts-ignore: decorator
@inline
export function leF32(a: u32, b: u32): u32 {
  const x = f32Of(a);
  const y = f32Of(b);
  if (x <= y) return 1;
  if (x > y) return 0;
  return f32Le(a, b);
}

// @ts-ignore: decorator
@inline
export function minF64(a: u64, b: u64): u64 {
  const x = f64Of(a);
  const y = f64Of(b);
  if (x < y) return a;
  if (x > y) return b;
  return f64Min(a, b);
}

// @ts-ignore: decorator
@inline
export function minF32(a: u32, b: u32): u32 {
  const x = f32Of(a);
  const y = f32Of(b);
  if (x < y) return a;
  if (x > y) return b;
  return f32Min(a, b);
}

// @ts-ignore: decorator
@inline
export function maxF64(a: u64, b: u64): u64 {
  const x = f64Of(a);
  const y = f64Of(b);
  if (x > y) return a;
  if (x < y) return b;
  return f64Max(a, b);
}

// @ts-ignore: decorator
@inline
export function maxF32(a: u32, b: u32): u32 {
  const x = f32Of(a);
  const y = f32Of(b);
  if (x > y) return a;
  if (x < y) return b;
  return f32Max(a, b);
}
