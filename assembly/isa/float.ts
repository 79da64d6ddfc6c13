/**
 * What every floating-point executor does around its operation: refuse to run
 * with FS off or a reserved rounding mode, and accrue the exceptions raised.
 */
import { FS_DIRTY } from './registers';
import { fflags, RM_RMM, setFflags } from '../fpu/flags';
import { H_FFLAGS, H_FRM, H_FS, REC_IMM } from '../layout';

export const RM_DYN: u32 = 7;

// @ts-ignore: decorator
@inline
export function isFpOff(h: usize): bool {
  return load<u32>(h, H_FS) == 0;
}

/** The rounding mode of the instruction; frm where it says dynamic. Above RM_RMM it is reserved. */
// @ts-ignore: decorator
@inline
export function roundingMode(h: usize, r: usize): u32 {
  const rm = load<u8>(r, REC_IMM) & 7;
  return rm == RM_DYN ? load<u32>(h, H_FRM) : rm;
}

/** Whether an instruction that rounds is illegal now. */
// @ts-ignore: decorator
@inline
export function isRoundingIllegal(h: usize, rm: u32): bool {
  return isFpOff(h) || rm > RM_RMM;
}

/** The exceptions accrued in fcsr: one that is there already need not be found again. */
// @ts-ignore: decorator
@inline
export function accruedFlags(h: usize): u32 {
  return load<u32>(h, H_FFLAGS);
}

/** Moves what the operation raised into fcsr; between instructions the FPU's own flags are clear. */
// @ts-ignore: decorator
@inline
export function accrueFlags(h: usize): void {
  if (fflags != 0) accrueRaised(h);
}

function accrueRaised(h: usize): void {
  store<u32>(h, load<u32>(h, H_FFLAGS) | fflags, H_FFLAGS);
  store<u32>(h, FS_DIRTY, H_FS);
  setFflags(0);
}
