/** What SBI extensions share: results, error codes, hart masks (SBI 3.0, chapter 3). */

export const SBI_SUCCESS = 0;
export const SBI_ERR_FAILED = -1;
export const SBI_ERR_NOT_SUPPORTED = -2;
export const SBI_ERR_INVALID_PARAM = -3;
export const SBI_ERR_DENIED = -4;
export const SBI_ERR_INVALID_ADDRESS = -5;
export const SBI_ERR_ALREADY_AVAILABLE = -6;
export const SBI_ERR_ALREADY_STARTED = -7;
export const SBI_ERR_ALREADY_STOPPED = -8;
export const SBI_ERR_NO_SHMEM = -9;

/** struct sbiret: a0 and a1. */
export interface SbiResult {
  readonly error: number;
  readonly value: bigint;
}

/** The call does not come back to its caller. */
export const NO_RETURN = 'no-return';

export interface SbiCall {
  readonly hart: number;
  /** FID, a6. */
  readonly functionId: number;
  /** a0 to a5, unsigned. */
  readonly args: readonly bigint[];
}

export interface SbiExtension {
  /** EID, a7. */
  readonly id: number;
  call(call: SbiCall): SbiResult | typeof NO_RETURN;
}

export function success(value: bigint | number = 0n): SbiResult {
  return { error: SBI_SUCCESS, value: BigInt(value) };
}

export function failure(error: number): SbiResult {
  return { error, value: 0n };
}

const ALL_HARTS = 0xffff_ffff_ffff_ffffn;

/**
 * The harts of a hart list parameter; undefined when it names one that is not there.
 * The sum does not wrap, so that a base near 2^64 names no hart.
 */
export function hartList(mask: bigint, base: bigint, hartCount: number): number[] | undefined {
  if (base === ALL_HARTS) return Array.from({ length: hartCount }, (_, hart) => hart);
  const harts: number[] = [];
  for (let bit = 0n, rest = mask; rest !== 0n; bit++, rest >>= 1n) {
    if ((rest & 1n) === 0n) continue;
    const hart = base + bit;
    if (hart >= BigInt(hartCount)) return undefined;
    harts.push(Number(hart));
  }
  return harts;
}

/** A uint32_t parameter: the calling convention leaves the upper half to the ABI. */
export function uint32(value: bigint): number {
  return Number(BigInt.asUintN(32, value));
}
