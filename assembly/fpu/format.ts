/**
 * The binary interchange formats of IEEE 754-2019, clause 3.4, and the one form
 * in which the operations see their operands.
 *
 *   sign | exponent field, biased | fraction
 *
 * Operations are generic over T, the unsigned integer that carries the bits:
 * u16 for binary16, u32 for binary32, u64 for binary64. Everything that depends
 * on the format folds to a constant.
 *
 * A finite non-zero operand is taken apart into its sign, an unbounded exponent
 * and a significand with its leading one in bit 63, subnormals too:
 *
 *   value = (-1)^sign × significand × 2^(exponent - 63)
 *
 * The significand of an operand has at least 11 clear low bits.
 */

/** Bits of the stored fraction: precision less one. */
// @ts-ignore: decorator
@inline
export function fractionBits<T>(): i32 {
  return sizeof<T>() == 8 ? 52 : sizeof<T>() == 4 ? 23 : 10;
}

/** The exponent field of infinities and NaNs. */
// @ts-ignore: decorator
@inline
export function exponentMax<T>(): i32 {
  return sizeof<T>() == 8 ? 0x7ff : sizeof<T>() == 4 ? 0xff : 0x1f;
}

// @ts-ignore: decorator
@inline
export function exponentBias<T>(): i32 {
  return exponentMax<T>() >> 1;
}

// @ts-ignore: decorator
@inline
export function signBit<T>(): T {
  return <T>((1 as u64) << (8 * sizeof<T>() - 1));
}

// @ts-ignore: decorator
@inline
export function infinity<T>(): T {
  return <T>(<u64>exponentMax<T>() << fractionBits<T>());
}

// @ts-ignore: decorator
@inline
export function largestFinite<T>(): T {
  return <T>((<u64>exponentMax<T>() << fractionBits<T>()) - 1);
}

/** RISC-V's only NaN result: positive, quiet, payload clear (unprivileged spec, "NaN Generation and Propagation"). */
// @ts-ignore: decorator
@inline
export function canonicalNaN<T>(): T {
  return <T>((<u64>exponentMax<T>() << fractionBits<T>()) | ((1 as u64) << (fractionBits<T>() - 1)));
}

// @ts-ignore: decorator
@inline
export function magnitude<T>(bits: T): T {
  return <T>(bits & ~signBit<T>());
}

// @ts-ignore: decorator
@inline
export function isNegative<T>(bits: T): bool {
  return (bits & signBit<T>()) != 0;
}

// @ts-ignore: decorator
@inline
export function isNaNBits<T>(bits: T): bool {
  return magnitude<T>(bits) > infinity<T>();
}

/** The first bit of a NaN's fraction says quiet (IEEE 754, 6.2.1). */
// @ts-ignore: decorator
@inline
export function isSignalingNaN<T>(bits: T): bool {
  return isNaNBits<T>(bits) && (bits & <T>((1 as u64) << (fractionBits<T>() - 1))) == 0;
}

/** The unbounded exponent of a finite, non-zero magnitude. */
// @ts-ignore: decorator
@inline
export function exponentOf<T>(mag: T): i32 {
  const field = <i32>(<u64>mag >> fractionBits<T>());
  return field != 0
    ? field - exponentBias<T>()
    : 64 - exponentBias<T>() - fractionBits<T>() - <i32>clz<u64>(<u64>mag);
}

/** The significand of a finite, non-zero magnitude, leading one in bit 63. */
// @ts-ignore: decorator
@inline
export function significandOf<T>(mag: T): u64 {
  return <u64>mag >> fractionBits<T>() != 0
    ? ((<u64>mag << (63 - fractionBits<T>())) | ((1 as u64) << 63))
    : <u64>mag << clz<u64>(<u64>mag);
}
