/**
 * Accrued exceptions and rounding modes, in the encodings of RISC-V's fcsr
 * (unprivileged spec, "Floating-Point Control and Status Register").
 */
import * as csr from '../generated/csr';

export const FFLAGS_NX: u32 = <u32>csr.FFLAGS_NX; // inexact
export const FFLAGS_UF: u32 = <u32>csr.FFLAGS_UF; // underflow
export const FFLAGS_OF: u32 = <u32>csr.FFLAGS_OF; // overflow
export const FFLAGS_DZ: u32 = <u32>csr.FFLAGS_DZ; // divide by zero
export const FFLAGS_NV: u32 = <u32>csr.FFLAGS_NV; // invalid operation

export const RM_RNE: u32 = 0; // to nearest, ties to even
export const RM_RTZ: u32 = 1; // towards zero
export const RM_RDN: u32 = 2; // towards -∞
export const RM_RUP: u32 = 3; // towards +∞
export const RM_RMM: u32 = 4; // to nearest, ties away from zero

/** Exceptions raised since whoever owns fcsr last cleared this; operations only set bits. */
export let fflags: u32 = 0;

// @ts-ignore: decorator
@inline
export function raise(flags: u32): void {
  fflags |= flags;
}

/** Replaces the accrued exceptions, for the owner of fcsr. */
// @ts-ignore: decorator
@inline
export function setFflags(flags: u32): void {
  fflags = flags;
}
