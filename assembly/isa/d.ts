/**
 * D: double-precision floating point (ISA manual, chapter "D").
 *
 * An instruction whose result is always exact still refuses a reserved rounding
 * mode, because the field is part of its encoding.
 */
import {
  addF64,
  divF64,
  eqF64,
  f32FromF64,
  f64FromF32,
  f64FromI32,
  f64FromI64,
  f64FromU32,
  f64FromU64,
  fmaF64,
  i32FromF64,
  i64FromF64,
  leF64,
  ltF64,
  maxF64,
  minF64,
  mulF64,
  sqrtF64,
  subF64,
  u32FromF64,
  u64FromF64,
} from '../fpu/fast';
import { f64Class } from '../fpu/index';
import { raiseIllegal } from '../hart/exception';
import { loadFd, storeRs2 } from './access';
import { accruedFlags, accrueFlags, isFpOff, isRoundingIllegal, roundingMode } from './float';
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

export function executeFaddD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, addF64(fs1(h, r), fs2(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFsubD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, subF64(fs1(h, r), fs2(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFmulD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, mulF64(fs1(h, r), fs2(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFdivD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, divF64(fs1(h, r), fs2(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFsqrtD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, sqrtF64(fs1(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFmaddD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, fmaF64(fs1(h, r), fs2(h, r), fs3(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFmsubD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, fmaF64(fs1(h, r), fs2(h, r), fs3(h, r) ^ SIGN, rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFnmsubD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, fmaF64(fs1(h, r) ^ SIGN, fs2(h, r), fs3(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFnmaddD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, fmaF64(fs1(h, r) ^ SIGN, fs2(h, r), fs3(h, r) ^ SIGN, rm, accruedFlags(h)));
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
  setFd(h, r, minF64(fs1(h, r), fs2(h, r)));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFmaxD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFd(h, r, maxF64(fs1(h, r), fs2(h, r)));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFeqD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, eqF64(fs1(h, r), fs2(h, r)) as i64);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFltD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, ltF64(fs1(h, r), fs2(h, r)) as i64);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFleD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, leF64(fs1(h, r), fs2(h, r)) as i64);
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

export function executeFcvtSD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32FromF64(fs1(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtDS(h: usize, r: usize): bool {
  if (isRoundingIllegal(h, roundingMode(h, r))) return raiseIllegal(h);
  setFd(h, r, f64FromF32(unboxF32(fs1(h, r))));
  accrueFlags(h);
  return true;
}

export function executeFcvtWD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, i32FromF64(fs1(h, r), rm) as i64);
  accrueFlags(h);
  return true;
}

export function executeFcvtWuD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, u32FromF64(fs1(h, r), rm) as i32 as i64);
  accrueFlags(h);
  return true;
}

export function executeFcvtLD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, i64FromF64(fs1(h, r), rm));
  accrueFlags(h);
  return true;
}

export function executeFcvtLuD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, u64FromF64(fs1(h, r), rm) as i64);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtDW(h: usize, r: usize): bool {
  if (isRoundingIllegal(h, roundingMode(h, r))) return raiseIllegal(h);
  setFd(h, r, f64FromI32(rs1(h, r) as i32));
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtDWu(h: usize, r: usize): bool {
  if (isRoundingIllegal(h, roundingMode(h, r))) return raiseIllegal(h);
  setFd(h, r, f64FromU32(rs1(h, r) as u32));
  return true;
}

export function executeFcvtDL(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, f64FromI64(rs1(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function executeFcvtDLu(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, f64FromU64(rs1(h, r) as u64, rm, accruedFlags(h)));
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
