/**
 * Conversions by native ones where result and flags are the same; see `fast` for
 * what the proofs rest on.
 *
 * To an integer: nearest, trunc, floor and ceil round to an integral value in
 * four of the five modes, exactly as asked; comparisons that refuse NaNs keep it
 * within the type, so that nothing traps or saturates and NV is not raised. The
 * conversion of that value is exact; it was inexact where it differs from the
 * operand. binary32 goes through binary64, which holds it exactly.
 *
 * From an integer: native conversions round to nearest, ties to even, and no
 * integer overflows or is tiny. Exact means that the magnitude, from its first
 * one to its last, fits the precision.
 */
import {
  f32ToF64,
  f32ToI32,
  f32ToI64,
  f32ToU32,
  f32ToU64,
  f64ToF32,
  f64ToI32,
  f64ToI64,
  f64ToU32,
  f64ToU64,
  i32ToF32,
  i64ToF32,
  i64ToF64,
  u32ToF32,
  u64ToF32,
  u64ToF64,
} from './convert';
import { FFLAGS_NX, raise, RM_RDN, RM_RNE, RM_RTZ, RM_RUP } from './flags';
import { f32Of, f64Of, isFinite32, isFiniteNotTiny32 } from './native';

/** x rounded to an integral value; a NaN where that is left to the exact form. */
// @ts-ignore: decorator
@inline
function integralOf(x: f64, rm: u32): f64 {
  if (rm == RM_RTZ) return trunc<f64>(x);
  if (rm == RM_RNE) return nearest<f64>(x);
  if (rm == RM_RDN) return floor<f64>(x);
  if (rm == RM_RUP) return ceil<f64>(x);
  return NaN;
}

// @ts-ignore: decorator
@inline
function fits(mag: u64, precision: i32): bool {
  return 64 - <i32>clz<u64>(mag) - <i32>ctz<u64>(mag) <= precision;
}

// @ts-ignore: decorator
@inline
function magnitudeOf(a: i64): u64 {
  return a < 0 ? 0 - <u64>a : <u64>a;
}

// @ts-ignore: decorator
@inline
export function i32FromF64(a: u64, rm: u32): i32 {
  const x = f64Of(a);
  const r = integralOf(x, rm);
  if (r >= -2147483648.0 && r <= 2147483647.0) {
    if (r != x) raise(FFLAGS_NX);
    return <i32>r;
  }
  return f64ToI32(a, rm);
}

// @ts-ignore: decorator
@inline
export function u32FromF64(a: u64, rm: u32): u32 {
  const x = f64Of(a);
  const r = integralOf(x, rm);
  if (r >= 0.0 && r <= 4294967295.0) {
    if (r != x) raise(FFLAGS_NX);
    return <u32>r;
  }
  return f64ToU32(a, rm);
}

// @ts-ignore: decorator
@inline
export function i64FromF64(a: u64, rm: u32): i64 {
  const x = f64Of(a);
  const r = integralOf(x, rm);
  if (r >= -9223372036854775808.0 && r < 9223372036854775808.0) {
    if (r != x) raise(FFLAGS_NX);
    return <i64>r;
  }
  return f64ToI64(a, rm);
}

// @ts-ignore: decorator
@inline
export function u64FromF64(a: u64, rm: u32): u64 {
  const x = f64Of(a);
  const r = integralOf(x, rm);
  if (r >= 0.0 && r < 18446744073709551616.0) {
    if (r != x) raise(FFLAGS_NX);
    return <u64>r;
  }
  return f64ToU64(a, rm);
}

// @ts-ignore: decorator
@inline
export function i32FromF32(a: u32, rm: u32): i32 {
  const x = <f64>f32Of(a);
  const r = integralOf(x, rm);
  if (r >= -2147483648.0 && r <= 2147483647.0) {
    if (r != x) raise(FFLAGS_NX);
    return <i32>r;
  }
  return f32ToI32(a, rm);
}

// @ts-ignore: decorator
@inline
export function u32FromF32(a: u32, rm: u32): u32 {
  const x = <f64>f32Of(a);
  const r = integralOf(x, rm);
  if (r >= 0.0 && r <= 4294967295.0) {
    if (r != x) raise(FFLAGS_NX);
    return <u32>r;
  }
  return f32ToU32(a, rm);
}

// @ts-ignore: decorator
@inline
export function i64FromF32(a: u32, rm: u32): i64 {
  const x = <f64>f32Of(a);
  const r = integralOf(x, rm);
  if (r >= -9223372036854775808.0 && r < 9223372036854775808.0) {
    if (r != x) raise(FFLAGS_NX);
    return <i64>r;
  }
  return f32ToI64(a, rm);
}

// @ts-ignore: decorator
@inline
export function u64FromF32(a: u32, rm: u32): u64 {
  const x = <f64>f32Of(a);
  const r = integralOf(x, rm);
  if (r >= 0.0 && r < 18446744073709551616.0) {
    if (r != x) raise(FFLAGS_NX);
    return <u64>r;
  }
  return f32ToU64(a, rm);
}

/** Exact in every rounding mode. */
// @ts-ignore: decorator
@inline
export function f64FromI32(a: i32): u64 {
  return reinterpret<u64>(<f64>a);
}

/** Exact in every rounding mode. */
// @ts-ignore: decorator
@inline
export function f64FromU32(a: u32): u64 {
  return reinterpret<u64>(<f64>a);
}

// @ts-ignore: decorator
@inline
export function f64FromI64(a: i64, rm: u32, flags: u32): u64 {
  if (rm == RM_RNE) {
    if (!(flags & FFLAGS_NX) && !fits(magnitudeOf(a), 53)) raise(FFLAGS_NX);
    return reinterpret<u64>(<f64>a);
  }
  return i64ToF64(a, rm);
}

// @ts-ignore: decorator
@inline
export function f64FromU64(a: u64, rm: u32, flags: u32): u64 {
  if (rm == RM_RNE) {
    if (!(flags & FFLAGS_NX) && !fits(a, 53)) raise(FFLAGS_NX);
    return reinterpret<u64>(<f64>a);
  }
  return u64ToF64(a, rm);
}

// @ts-ignore: decorator
@inline
export function f32FromI32(a: i32, rm: u32, flags: u32): u32 {
  if (rm == RM_RNE) {
    if (!(flags & FFLAGS_NX) && !fits(magnitudeOf(a), 24)) raise(FFLAGS_NX);
    return reinterpret<u32>(<f32>a);
  }
  return i32ToF32(a, rm);
}

// @ts-ignore: decorator
@inline
export function f32FromU32(a: u32, rm: u32, flags: u32): u32 {
  if (rm == RM_RNE) {
    if (!(flags & FFLAGS_NX) && !fits(a, 24)) raise(FFLAGS_NX);
    return reinterpret<u32>(<f32>a);
  }
  return u32ToF32(a, rm);
}

// @ts-ignore: decorator
@inline
export function f32FromI64(a: i64, rm: u32, flags: u32): u32 {
  if (rm == RM_RNE) {
    if (!(flags & FFLAGS_NX) && !fits(magnitudeOf(a), 24)) raise(FFLAGS_NX);
    return reinterpret<u32>(<f32>a);
  }
  return i64ToF32(a, rm);
}

// @ts-ignore: decorator
@inline
export function f32FromU64(a: u64, rm: u32, flags: u32): u32 {
  if (rm == RM_RNE) {
    if (!(flags & FFLAGS_NX) && !fits(a, 24)) raise(FFLAGS_NX);
    return reinterpret<u32>(<f32>a);
  }
  return u64ToF32(a, rm);
}

// @ts-ignore: decorator
@inline
export function f64FromF32(a: u32): u64 {
  if (isFinite32(a)) return reinterpret<u64>(<f64>f32Of(a));
  return f32ToF64(a);
}

// @ts-ignore: decorator
@inline
export function f32FromF64(a: u64, rm: u32, flags: u32): u32 {
  if (rm == RM_RNE) {
    const result = <f32>f64Of(a);
    const bits = reinterpret<u32>(result);
    if (isFiniteNotTiny32(bits)) {
      if (!(flags & FFLAGS_NX) && <f64>result != f64Of(a)) raise(FFLAGS_NX);
      return bits;
    }
    if (isFinite32(bits) && <f64>result == f64Of(a)) return bits;
  }
  return f64ToF32(a, rm);
}
