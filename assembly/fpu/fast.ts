/**
 * The operations of this directory over WebAssembly's own arithmetic, where
 * result and flags are provably those of RISC-V; elsewhere they call the exact
 * form. The signature is that of the exact form plus `flags`, the exceptions
 * already accrued: with NX among them nothing needs to know whether a result is
 * exact. Flags that are newly raised go into `fflags`, as everywhere.
 *
 * What the proofs rest on:
 *
 * 1. A native operation rounds to nearest, ties to even, with subnormals (wasm
 *    spec, 4.3.3). Without a NaN it is deterministic and IEEE 754's.
 * 2. A result with an exponent field below its maximum is finite. Then add, sub,
 *    mul and sqrt had finite operands, and div a finite dividend and a divisor
 *    that is not zero (it may be infinite). So neither NV, DZ nor OF is raised,
 *    and no NaN, the only value with open bits, is seen: of a NaN result only
 *    the exponent field is read, or a comparison taken.
 * 3. A result with an exponent field of 2 or more is not tiny: its magnitude
 *    before rounding was above the smallest normal number. Field 1 may be
 *    the rounding of a tiny value, so it counts as doubtful. A sum or difference
 *    is a multiple of the smallest subnormal number, hence exact wherever it
 *    could be tiny.
 * 4. Therefore a finite result that is exact raises nothing, and one that is
 *    inexact and not tiny raises NX alone. Each path below decides "exact".
 */
import { f32Add, f64Add } from './add';
import { f32Div, f64Div } from './div';
import { FFLAGS_NX, raise, RM_RNE } from './flags';
import { signBit } from './format';
import { f32Mul, f64Mul } from './mul';
import {
  EXPONENT_64,
  f32Of,
  f64Of,
  isFinite32,
  isFinite64,
  isFiniteNotTiny32,
  isFiniteNotTiny64,
  sumError32,
  sumError64,
} from './native';
import { f32Sqrt, f64Sqrt } from './sqrt';

export { eqF32, eqF64, leF32, leF64, ltF32, ltF64, maxF32, maxF64, minF32, minF64 } from './fast-compare';
export { fmaF32, fmaF64 } from './fast-fma';
export {
  f32FromF64,
  f32FromI32,
  f32FromI64,
  f32FromU32,
  f32FromU64,
  f64FromF32,
  f64FromI32,
  f64FromI64,
  f64FromU32,
  f64FromU64,
  i32FromF32,
  i32FromF64,
  i64FromF32,
  i64FromF64,
  u32FromF32,
  u32FromF64,
  u64FromF32,
  u64FromF64,
} from './fast-convert';

// @ts-ignore: decorator
@inline
function exponentField64(bits: u64): u32 {
  return <u32>(bits >> 52) & 0x7ff;
}

/** The significand of a normal number as an integer in [2^52, 2^53). */
// @ts-ignore: decorator
@inline
function integerSignificand64(bits: u64): u64 {
  return (bits & 0x000fffffffffffff) | 0x0010000000000000;
}

// Addition.

// @ts-ignore: decorator
@inline
export function addF64(a: u64, b: u64, rm: u32, flags: u32): u64 {
  if (rm == RM_RNE) {
    const s = f64Of(a) + f64Of(b);
    const bits = reinterpret<u64>(s);
    if (isFinite64(bits)) {
      if (flags & FFLAGS_NX) return bits;
      const error = sumError64(f64Of(a), f64Of(b), s);
      if (error == 0) return bits;
      if (abs<f64>(error) < f64.POSITIVE_INFINITY) {
        raise(FFLAGS_NX);
        return bits;
      }
    }
  }
  return f64Add(a, b, rm);
}

// @ts-ignore: decorator
@inline
export function addF32(a: u32, b: u32, rm: u32, flags: u32): u32 {
  if (rm == RM_RNE) {
    const s = f32Of(a) + f32Of(b);
    const bits = reinterpret<u32>(s);
    if (isFinite32(bits)) {
      if (flags & FFLAGS_NX) return bits;
      const error = sumError32(f32Of(a), f32Of(b), s);
      if (error == 0) return bits;
      if (abs<f32>(error) < f32.POSITIVE_INFINITY) {
        raise(FFLAGS_NX);
        return bits;
      }
    }
  }
  return f32Add(a, b, rm);
}

// @ts-ignore: decorator
@inline
export function subF64(a: u64, b: u64, rm: u32, flags: u32): u64 {
  return addF64(a, b ^ signBit<u64>(), rm, flags);
}

// @ts-ignore: decorator
@inline
export function subF32(a: u32, b: u32, rm: u32, flags: u32): u32 {
  return addF32(a, b ^ signBit<u32>(), rm, flags);
}

// Multiplication, binary64. Let the operands be normal, A and B their integer
// significands, and c the exponent of the result less those of the operands. A × B
// is in [2^104, 2^106), and A × B × 2^-(52 + c) the significand of the result
// before rounding: exact if and only if the low 52 + c bits of A × B are zero, for
// which 64 bits of the product suffice. c is 0 or 1; should rounding have carried
// it from 0 to 1, the low 52 bits were not zero, nor are then the low 53.

// @ts-ignore: decorator
@inline
function isExactProduct64(a: u64, b: u64, product: u64): bool {
  const ea = exponentField64(a);
  const eb = exponentField64(b);
  const c = exponentField64(product) - ea - eb + 1023;
  return (integerSignificand64(a) * integerSignificand64(b)) << (12 - c) == 0;
}

// @ts-ignore: decorator
@inline
function areNormal64(a: u64, b: u64): bool {
  return (a & EXPONENT_64) != 0 && (b & EXPONENT_64) != 0;
}

// @ts-ignore: decorator
@inline
export function mulF64(a: u64, b: u64, rm: u32, flags: u32): u64 {
  if (rm == RM_RNE) {
    const bits = reinterpret<u64>(f64Of(a) * f64Of(b));
    if (isFiniteNotTiny64(bits)) {
      if (flags & FFLAGS_NX) return bits;
      if (areNormal64(a, b)) {
        if (!isExactProduct64(a, b, bits)) raise(FFLAGS_NX);
        return bits;
      }
    } else if (isFinite64(bits) && (a << 1 == 0 || b << 1 == 0)) {
      return bits; // zero times a finite number
    }
  }
  return f64Mul(a, b, rm);
}

// binary32: binary64 holds every product of two numbers, and every quotient times
// its divisor, exactly, so one comparison there decides. Exact results count
// whatever their exponent; an underflow to zero is no exact one.

// @ts-ignore: decorator
@inline
export function mulF32(a: u32, b: u32, rm: u32, flags: u32): u32 {
  if (rm == RM_RNE) {
    const exact = <f64>f32Of(a) * <f64>f32Of(b);
    const product = <f32>exact;
    const bits = reinterpret<u32>(product);
    if (isFiniteNotTiny32(bits)) {
      if (!(flags & FFLAGS_NX) && <f64>product != exact) raise(FFLAGS_NX);
      return bits;
    }
    if (isFinite32(bits) && <f64>product == exact) return bits;
  }
  return f32Mul(a, b, rm);
}

// Division, binary64. Let dividend, divisor and quotient be normal, with integer
// significands X, Y, Q and exponents x, y, q. The quotient is exact if and only
// if Q × Y = X × 2^k, k = x - y - q + 52, and k is 52 or 53. Q is within half a
// unit of the true quotient, so both sides differ by at most Y / 2 < 2^52: they
// are equal if and only if they are so modulo 2^64. A dividend of zero gives an
// exact zero, since the quotient is no NaN.

// @ts-ignore: decorator
@inline
export function divF64(a: u64, b: u64, rm: u32, flags: u32): u64 {
  if (rm == RM_RNE) {
    const bits = reinterpret<u64>(f64Of(a) / f64Of(b));
    if (isFiniteNotTiny64(bits)) {
      if (flags & FFLAGS_NX) return bits;
      if (areNormal64(a, b)) {
        const k = exponentField64(a) - exponentField64(b) - exponentField64(bits) + (1023 + 52);
        const product = integerSignificand64(bits) * integerSignificand64(b);
        if (product != integerSignificand64(a) << k) raise(FFLAGS_NX);
        return bits;
      }
    } else if (isFinite64(bits) && a << 1 == 0) {
      return bits;
    }
  }
  return f64Div(a, b, rm);
}

// @ts-ignore: decorator
@inline
export function divF32(a: u32, b: u32, rm: u32, flags: u32): u32 {
  if (rm == RM_RNE) {
    const quotient = f32Of(a) / f32Of(b);
    const bits = reinterpret<u32>(quotient);
    if (isFiniteNotTiny32(bits)) {
      if (!(flags & FFLAGS_NX) && <f64>quotient * <f64>f32Of(b) != <f64>f32Of(a)) raise(FFLAGS_NX);
      return bits;
    }
    // The product is a NaN, hence unequal, where the divisor is infinite.
    if (isFinite32(bits) && <f64>quotient * <f64>f32Of(b) == <f64>f32Of(a)) return bits;
  }
  return f32Div(a, b, rm);
}

// Square root, binary64. Let the operand be normal, X and R the integer
// significands, x and r the exponents. A root is never tiny. It is exact if and
// only if R² = X × 2^k, k = x - 2r + 52, and k is 52 or 53. R is within half a unit of
// the true root, so both sides differ by at most R + 1/4 < 2^54: again 64 bits
// decide. Negative operands give a NaN, zeros themselves.

// @ts-ignore: decorator
@inline
export function sqrtF64(a: u64, rm: u32, flags: u32): u64 {
  if (rm == RM_RNE) {
    const bits = reinterpret<u64>(sqrt<f64>(f64Of(a)));
    if (isFinite64(bits)) {
      if (flags & FFLAGS_NX) return bits;
      if ((a & EXPONENT_64) != 0) {
        const k = exponentField64(a) - 2 * exponentField64(bits) + (1023 + 52);
        const root = integerSignificand64(bits);
        if (root * root != integerSignificand64(a) << k) raise(FFLAGS_NX);
        return bits;
      }
      if (a << 1 == 0) return bits;
    }
  }
  return f64Sqrt(a, rm);
}

// @ts-ignore: decorator
@inline
export function sqrtF32(a: u32, rm: u32, flags: u32): u32 {
  if (rm == RM_RNE) {
    const root = sqrt<f32>(f32Of(a));
    const bits = reinterpret<u32>(root);
    if (isFinite32(bits)) {
      if (!(flags & FFLAGS_NX) && <f64>root * <f64>root != <f64>f32Of(a)) raise(FFLAGS_NX);
      return bits;
    }
  }
  return f32Sqrt(a, rm);
}
