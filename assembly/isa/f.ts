/**
 * F: single-precision floating point (ISA manual, chapter "F"). Results, flags
 * and NaNs come from the fpu; this file reads and boxes registers. Executors with
 * a long native path are calls, so that the run loop stays small.
 */
import {
  addF32,
  divF32,
  eqF32,
  f32FromI32,
  f32FromI64,
  f32FromU32,
  f32FromU64,
  fmaF32,
  i32FromF32,
  i64FromF32,
  leF32,
  ltF32,
  maxF32,
  minF32,
  mulF32,
  sqrtF32,
  subF32,
  u32FromF32,
  u64FromF32,
} from '../fpu/fast';
import { f32Class } from '../fpu/index';
import { raiseIllegal } from '../hart/exception';
import { loadFd, storeRs2 } from './access';
import { accruedFlags, accrueFlags, isFpOff, isRoundingIllegal, roundingMode } from './float';
import { fs1, fs2, fs3, rs1, setFdF32, setRd, unboxF32 } from './registers';

const SIGN: u32 = 0x80000000;

// @ts-ignore: decorator
@inline
export function executeFlw(h: usize, r: usize, tlbRead: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  return loadFd<u32>(h, r, tlbRead);
}

// @ts-ignore: decorator
@inline
export function executeFsw(h: usize, r: usize, tlbWrite: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  return storeRs2<u32>(h, r, tlbWrite);
}

export function executeFaddS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, addF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r)), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFsubS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, subF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r)), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFmulS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, mulF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r)), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFdivS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, divF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r)), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFsqrtS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, sqrtF32(unboxF32(fs1(h, r)), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFmaddS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, fmaF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r)), unboxF32(fs3(h, r)), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFmsubS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(
    h,
    r,
    fmaF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r)), unboxF32(fs3(h, r)) ^ SIGN, rm, accruedFlags(h)),
  );
  accrueFlags(h);
  return true;
}

export function executeFnmsubS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(
    h,
    r,
    fmaF32(unboxF32(fs1(h, r)) ^ SIGN, unboxF32(fs2(h, r)), unboxF32(fs3(h, r)), rm, accruedFlags(h)),
  );
  accrueFlags(h);
  return true;
}

export function executeFnmaddS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(
    h,
    r,
    fmaF32(unboxF32(fs1(h, r)) ^ SIGN, unboxF32(fs2(h, r)), unboxF32(fs3(h, r)) ^ SIGN, rm, accruedFlags(h)),
  );
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFsgnjS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFdF32(h, r, (unboxF32(fs1(h, r)) & ~SIGN) | (unboxF32(fs2(h, r)) & SIGN));
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFsgnjnS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFdF32(h, r, (unboxF32(fs1(h, r)) & ~SIGN) | (~unboxF32(fs2(h, r)) & SIGN));
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFsgnjxS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFdF32(h, r, unboxF32(fs1(h, r)) ^ (unboxF32(fs2(h, r)) & SIGN));
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFminS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFdF32(h, r, minF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r))));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFmaxS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFdF32(h, r, maxF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r))));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFeqS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, eqF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r))) as i64);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFltS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, ltF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r))) as i64);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFleS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, leF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r))) as i64);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFclassS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, f32Class(unboxF32(fs1(h, r))) as i64);
  return true;
}

export function executeFcvtWS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, i32FromF32(unboxF32(fs1(h, r)), rm) as i64);
  accrueFlags(h);
  return true;
}

export function executeFcvtWuS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, u32FromF32(unboxF32(fs1(h, r)), rm) as i32 as i64);
  accrueFlags(h);
  return true;
}

export function executeFcvtLS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, i64FromF32(unboxF32(fs1(h, r)), rm));
  accrueFlags(h);
  return true;
}

export function executeFcvtLuS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, u64FromF32(unboxF32(fs1(h, r)), rm) as i64);
  accrueFlags(h);
  return true;
}

export function executeFcvtSW(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32FromI32(rs1(h, r) as i32, rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFcvtSWu(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32FromU32(rs1(h, r) as u32, rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFcvtSL(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32FromI64(rs1(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFcvtSLu(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32FromU64(rs1(h, r) as u64, rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

// The low bits as they are, boxed or not.
// @ts-ignore: decorator
@inline
export function executeFmvXW(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, fs1(h, r) as i32 as i64);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFmvWX(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFdF32(h, r, rs1(h, r) as u32);
  return true;
}
