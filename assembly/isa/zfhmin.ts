/**
 * Zfhmin: half precision, conversions and moves only (ISA manual, chapter "Zfh
 * and Zfhmin"). Converting to a wider format is exact, but refuses a reserved
 * rounding mode all the same.
 */
import { f16ToF32, f16ToF64, f32ToF16, f64ToF16 } from '../fpu/index';
import { raiseIllegal } from '../hart/exception';
import { loadFd, storeRs2 } from './access';
import { accrueFlags, isFpOff, isRoundingIllegal, roundingMode } from './float';
import { fs1, rs1, setFd, setFdF16, setFdF32, setRd, unboxF16, unboxF32 } from './registers';

// @ts-ignore: decorator
@inline
export function executeFlh(h: usize, r: usize, tlbRead: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  return loadFd<u16>(h, r, tlbRead);
}

// @ts-ignore: decorator
@inline
export function executeFsh(h: usize, r: usize, tlbWrite: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  return storeRs2<u16>(h, r, tlbWrite);
}

// @ts-ignore: decorator
@inline
export function executeFcvtSH(h: usize, r: usize): bool {
  if (isRoundingIllegal(h, roundingMode(h, r))) return raiseIllegal(h);
  setFdF32(h, r, f16ToF32(unboxF16(fs1(h, r))));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtDH(h: usize, r: usize): bool {
  if (isRoundingIllegal(h, roundingMode(h, r))) return raiseIllegal(h);
  setFd(h, r, f16ToF64(unboxF16(fs1(h, r))));
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtHS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF16(h, r, f32ToF16(unboxF32(fs1(h, r)), rm) as u16);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFcvtHD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF16(h, r, f64ToF16(fs1(h, r), rm) as u16);
  accrueFlags(h);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFmvXH(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, fs1(h, r) as i16 as i64);
  return true;
}

// @ts-ignore: decorator
@inline
export function executeFmvHX(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFdF16(h, r, rs1(h, r) as u16);
  return true;
}
