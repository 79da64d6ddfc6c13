/**
 * Conversions between the formats, and between them and integers (IEEE
 * 754-2019, 5.4.1 and 5.8; RISC-V unprivileged spec, FCVT of "F", "D" and
 * "Zfhmin"). binary16 travels in the low 16 bits of a u32; bits above are
 * ignored on the way in and clear on the way out.
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
import { FFLAGS_NV, FFLAGS_NX, raise } from './flags';
import { roundPack, roundsUp, shiftRightJam, withSign } from './round';

/**
 * The rounded integer in two's complement, within -maxNegative to maxPositive.
 * Outside, the nearest of the two with NV and not NX; a NaN counts as +∞.
 */
function toInteger<T>(a: T, rm: u32, maxPositive: u64, maxNegative: u64): u64 {
  const mag = magnitude<T>(a);
  const negative = isNegative<T>(a);
  if (mag == 0) return 0;
  if (mag > infinity<T>()) {
    raise(FFLAGS_NV);
    return maxPositive;
  }
  const exponent = mag == infinity<T>() ? 64 : exponentOf<T>(mag);
  if (exponent < 64) {
    const sig = significandOf<T>(mag);
    let integer: u64 = 0;
    let fraction: u64 = 0; // in units of 2^-64, bit 0 sticky
    if (exponent >= 0) {
      integer = sig >> (63 - exponent);
      if (exponent < 63) fraction = sig << (exponent + 1);
    } else {
      fraction = shiftRightJam(sig, -1 - exponent);
    }
    // No carry is lost: 64 integer bits leave no fraction in a significand of 53.
    if (roundsUp(rm, negative, (integer & 1) != 0, fraction, (1 as u64) << 63)) integer++;
    if (integer <= (negative ? maxNegative : maxPositive)) {
      if (fraction != 0) raise(FFLAGS_NX);
      return negative ? 0 - integer : integer;
    }
  }
  raise(FFLAGS_NV);
  return negative ? 0 - maxNegative : maxPositive;
}

// @ts-ignore: decorator
@inline
function fromInteger<T>(negative: bool, mag: u64, rm: u32): T {
  if (mag == 0) return 0;
  const shift = <i32>clz<u64>(mag);
  return roundPack<T>(negative, 63 - shift, mag << shift, rm);
}

// @ts-ignore: decorator
@inline
function fromSigned<T>(a: i64, rm: u32): T {
  return fromInteger<T>(a < 0, a < 0 ? 0 - <u64>a : <u64>a, rm);
}

/** From format S to format T. */
// @ts-ignore: decorator
@inline
function convert<S, T>(a: S, rm: u32): T {
  const mag = magnitude<S>(a);
  const negative = isNegative<S>(a);
  if (isNaNBits<S>(a)) {
    if (isSignalingNaN<S>(a)) raise(FFLAGS_NV);
    return canonicalNaN<T>();
  }
  if (mag == infinity<S>()) return withSign<T>(negative, infinity<T>());
  if (mag == 0) return withSign<T>(negative, 0);
  return roundPack<T>(negative, exponentOf<S>(mag), significandOf<S>(mag), rm);
}

export function f32ToI32(a: u32, rm: u32): i32 {
  return <i32>toInteger<u32>(a, rm, i32.MAX_VALUE, 0x80000000);
}

export function f32ToU32(a: u32, rm: u32): u32 {
  return <u32>toInteger<u32>(a, rm, u32.MAX_VALUE, 0);
}

export function f32ToI64(a: u32, rm: u32): i64 {
  return <i64>toInteger<u32>(a, rm, i64.MAX_VALUE, 0x8000000000000000);
}

export function f32ToU64(a: u32, rm: u32): u64 {
  return toInteger<u32>(a, rm, u64.MAX_VALUE, 0);
}

export function f64ToI32(a: u64, rm: u32): i32 {
  return <i32>toInteger<u64>(a, rm, i32.MAX_VALUE, 0x80000000);
}

export function f64ToU32(a: u64, rm: u32): u32 {
  return <u32>toInteger<u64>(a, rm, u32.MAX_VALUE, 0);
}

export function f64ToI64(a: u64, rm: u32): i64 {
  return <i64>toInteger<u64>(a, rm, i64.MAX_VALUE, 0x8000000000000000);
}

export function f64ToU64(a: u64, rm: u32): u64 {
  return toInteger<u64>(a, rm, u64.MAX_VALUE, 0);
}

export function i32ToF32(a: i32, rm: u32): u32 {
  return fromSigned<u32>(a, rm);
}

export function u32ToF32(a: u32, rm: u32): u32 {
  return fromInteger<u32>(false, a, rm);
}

export function i64ToF32(a: i64, rm: u32): u32 {
  return fromSigned<u32>(a, rm);
}

export function u64ToF32(a: u64, rm: u32): u32 {
  return fromInteger<u32>(false, a, rm);
}

/** Exact in every rounding mode. */
export function i32ToF64(a: i32, rm: u32): u64 {
  return fromSigned<u64>(a, rm);
}

/** Exact in every rounding mode. */
export function u32ToF64(a: u32, rm: u32): u64 {
  return fromInteger<u64>(false, a, rm);
}

export function i64ToF64(a: i64, rm: u32): u64 {
  return fromSigned<u64>(a, rm);
}

export function u64ToF64(a: u64, rm: u32): u64 {
  return fromInteger<u64>(false, a, rm);
}

export function f16ToF32(a: u32): u32 {
  return convert<u16, u32>(<u16>a, 0);
}

export function f16ToF64(a: u32): u64 {
  return convert<u16, u64>(<u16>a, 0);
}

export function f32ToF16(a: u32, rm: u32): u32 {
  return <u32>convert<u32, u16>(a, rm);
}

export function f32ToF64(a: u32): u64 {
  return convert<u32, u64>(a, 0);
}

export function f64ToF16(a: u64, rm: u32): u32 {
  return <u32>convert<u64, u16>(a, rm);
}

export function f64ToF32(a: u64, rm: u32): u32 {
  return convert<u64, u32>(a, rm);
}
