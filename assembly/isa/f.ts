/**
 * F: single-precision floating point (ISA manual, chapter "F"). Results, flags
 * and NaNs come from the fpu; this file reads and boxes registers.
 */
import {
  f32Add,
  f32Class,
  f32Div,
  f32Eq,
  f32Fma,
  f32Le,
  f32Lt,
  f32Max,
  f32Min,
  f32Mul,
  f32Sqrt,
  f32Sub,
  f32ToI32,
  f32ToI64,
  f32ToU32,
  f32ToU64,
  i32ToF32,
  i64ToF32,
  u32ToF32,
  u64ToF32,
} from '../fpu/index';
import { raiseIllegal } from '../hart/exception';
import { loadFd, storeRs2 } from './access';
import { accrueFlags, isFpOff, isRoundingIllegal, roundingMode } from './float';
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

// @ts-ignore: decorator
@inline
export function executeFaddS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32Add(unboxF32(fs1(h, r)), unboxF32(fs2(h, r)), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFsubS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32Sub(unboxF32(fs1(h, r)), unboxF32(fs2(h, r)), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFmulS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32Mul(unboxF32(fs1(h, r)), unboxF32(fs2(h, r)), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFdivS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32Div(unboxF32(fs1(h, r)), unboxF32(fs2(h, r)), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFsqrtS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32Sqrt(unboxF32(fs1(h, r)), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFmaddS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32Fma(unboxF32(fs1(h, r)), unboxF32(fs2(h, r)), unboxF32(fs3(h, r)), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFmsubS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32Fma(unboxF32(fs1(h, r)), unboxF32(fs2(h, r)), unboxF32(fs3(h, r)) ^ SIGN, rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFnmsubS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32Fma(unboxF32(fs1(h, r)) ^ SIGN, unboxF32(fs2(h, r)), unboxF32(fs3(h, r)), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFnmaddS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32Fma(unboxF32(fs1(h, r)) ^ SIGN, unboxF32(fs2(h, r)), unboxF32(fs3(h, r)) ^ SIGN, rm));
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
  setFdF32(h, r, f32Min(unboxF32(fs1(h, r)), unboxF32(fs2(h, r))));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFmaxS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFdF32(h, r, f32Max(unboxF32(fs1(h, r)), unboxF32(fs2(h, r))));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFeqS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, f32Eq(unboxF32(fs1(h, r)), unboxF32(fs2(h, r))) as i64);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFltS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, f32Lt(unboxF32(fs1(h, r)), unboxF32(fs2(h, r))) as i64);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFleS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, f32Le(unboxF32(fs1(h, r)), unboxF32(fs2(h, r))) as i64);
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

// @ts-ignore: decorator
@inline
export function executeFcvtWS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, f32ToI32(unboxF32(fs1(h, r)), rm) as i64);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtWuS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, f32ToU32(unboxF32(fs1(h, r)), rm) as i32 as i64);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtLS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, f32ToI64(unboxF32(fs1(h, r)), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtLuS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, f32ToU64(unboxF32(fs1(h, r)), rm) as i64);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtSW(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, i32ToF32(rs1(h, r) as i32, rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtSWu(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, u32ToF32(rs1(h, r) as u32, rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtSL(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, i64ToF32(rs1(h, r), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtSLu(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, u64ToF32(rs1(h, r) as u64, rm));
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
