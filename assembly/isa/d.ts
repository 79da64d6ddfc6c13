/**
 * D: double-precision floating point (ISA manual, chapter "D").
 * An instruction whose result is always exact still refuses a reserved rounding
 * mode, because the field is part of its encoding.
 */
import {
  f32ToF64,
  f64Add,
  f64Class,
  f64Div,
  f64Eq,
  f64Fma,
  f64Le,
  f64Lt,
  f64Max,
  f64Min,
  f64Mul,
  f64Sqrt,
  f64Sub,
  f64ToF32,
  f64ToI32,
  f64ToI64,
  f64ToU32,
  f64ToU64,
  i32ToF64,
  i64ToF64,
  u32ToF64,
  u64ToF64,
} from '../fpu/index';
import { raiseIllegal } from '../hart/exception';
import { loadFd, storeRs2 } from './access';
import { accrueFlags, isFpOff, isRoundingIllegal, roundingMode } from './float';
import { fs1, fs2, fs3, rs1, setFd, setFdF32, setRd, unboxF32 } from './registers';

const SIGN: u64 = 0x8000000000000000;

// @ts-ignore: decorator
@inline
export function executeFld(h: usize, r: usize, tlbRead: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  return loadFd<u64>(h, r, tlbRead);
}

// @ts-ignore: decorator
@inline
export function executeFsd(h: usize, r: usize, tlbWrite: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  return storeRs2<u64>(h, r, tlbWrite);
}

// @ts-ignore: decorator
@inline
export function executeFaddD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, f64Add(fs1(h, r), fs2(h, r), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFsubD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, f64Sub(fs1(h, r), fs2(h, r), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFmulD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, f64Mul(fs1(h, r), fs2(h, r), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFdivD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, f64Div(fs1(h, r), fs2(h, r), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFsqrtD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, f64Sqrt(fs1(h, r), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFmaddD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, f64Fma(fs1(h, r), fs2(h, r), fs3(h, r), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFmsubD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, f64Fma(fs1(h, r), fs2(h, r), fs3(h, r) ^ SIGN, rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFnmsubD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, f64Fma(fs1(h, r) ^ SIGN, fs2(h, r), fs3(h, r), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFnmaddD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, f64Fma(fs1(h, r) ^ SIGN, fs2(h, r), fs3(h, r) ^ SIGN, rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFsgnjD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFd(h, r, (fs1(h, r) & ~SIGN) | (fs2(h, r) & SIGN));
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFsgnjnD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFd(h, r, (fs1(h, r) & ~SIGN) | (~fs2(h, r) & SIGN));
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFsgnjxD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFd(h, r, fs1(h, r) ^ (fs2(h, r) & SIGN));
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFminD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFd(h, r, f64Min(fs1(h, r), fs2(h, r)));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFmaxD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFd(h, r, f64Max(fs1(h, r), fs2(h, r)));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFeqD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, f64Eq(fs1(h, r), fs2(h, r)) as i64);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFltD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, f64Lt(fs1(h, r), fs2(h, r)) as i64);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFleD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, f64Le(fs1(h, r), fs2(h, r)) as i64);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFclassD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, f64Class(fs1(h, r)) as i64);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtSD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f64ToF32(fs1(h, r), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtDS(h: usize, r: usize): bool {
  if (isRoundingIllegal(h, roundingMode(h, r))) return raiseIllegal(h);
  setFd(h, r, f32ToF64(unboxF32(fs1(h, r))));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtWD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, f64ToI32(fs1(h, r), rm) as i64);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtWuD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, f64ToU32(fs1(h, r), rm) as i32 as i64);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtLD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, f64ToI64(fs1(h, r), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtLuD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, f64ToU64(fs1(h, r), rm) as i64);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtDW(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, i32ToF64(rs1(h, r) as i32, rm));
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtDWu(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, u32ToF64(rs1(h, r) as u32, rm));
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtDL(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, i64ToF64(rs1(h, r), rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtDLu(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, u64ToF64(rs1(h, r) as u64, rm));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFmvXD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, fs1(h, r) as i64);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFmvDX(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFd(h, r, rs1(h, r) as u64);
  return true;
}
