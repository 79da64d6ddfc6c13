/**
 * Zfhmin: half precision, conversions and moves only (ISA manual, chapter "Zfh
 * and Zfhmin"). Converting to a wider format is exact, but refuses a reserved
 * rounding mode all the same.
 */
import { f16ToF32, f16ToF64, f32ToF16, f64ToF16 } from '../fpu/index';
import { raiseIllegal } from '../hart/exception';
import { Wasm } from '../wasm/opcode';
import { emit } from '../wasm/writer';
import { emitLoadFd, emitStoreFs2, loadFd, storeRs2 } from './access';
import { emitFs1, emitRs1, emitSetRd } from './emit';
import { accrueFlags, isFpOff, isRoundingIllegal, roundingMode } from './float';
import { emitHalfToDouble, emitHalfToSingle, emitSetFdHalf, emitToHalf } from './float-emit-convert';
import { fs1, rs1, setFd, setFdF16, setFdF32, setRd, unboxF16, unboxF32 } from './registers';

// @ts-ignore: decorator
@inline
export function executeFlh(h: usize, r: usize, tlbRead: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  return loadFd<u16>(h, r, tlbRead);
}

export function emitFlh(r: usize): void {
  emitLoadFd(r, 2, Wasm.I64_LOAD16_U);
}

// @ts-ignore: decorator
@inline
export function executeFsh(h: usize, r: usize, tlbWrite: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  return storeRs2<u16>(h, r, tlbWrite);
}

export function emitFsh(r: usize): void {
  emitStoreFs2(r, 2, Wasm.I64_STORE16);
}

// @ts-ignore: decorator
@inline
export function executeFcvtSH(h: usize, r: usize): bool {
  if (isRoundingIllegal(h, roundingMode(h, r))) return raiseIllegal(h);
  setFdF32(h, r, f16ToF32(unboxF16(fs1(h, r))));
  accrueFlags(h);
  return true;
}

export function emitFcvtSH(r: usize): void {
  emitHalfToSingle(r);
}

// @ts-ignore: decorator
@inline
export function executeFcvtDH(h: usize, r: usize): bool {
  if (isRoundingIllegal(h, roundingMode(h, r))) return raiseIllegal(h);
  setFd(h, r, f16ToF64(unboxF16(fs1(h, r))));
  accrueFlags(h);
  return true;
}

export function emitFcvtDH(r: usize): void {
  emitHalfToDouble(r);
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

export function emitFcvtHS(r: usize): void {
  emitToHalf(r, true);
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

export function emitFcvtHD(r: usize): void {
  emitToHalf(r, false);
}

// @ts-ignore: decorator
@inline
export function executeFmvXH(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, fs1(h, r) as i16 as i64);
  return true;
}

export function emitFmvXH(r: usize): void {
  emitFs1(r);
  emit(Wasm.I64_REINTERPRET_F64);
  emit(Wasm.I64_EXTEND16_S);
  emitSetRd(r);
}

// @ts-ignore: decorator
@inline
export function executeFmvHX(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFdF16(h, r, rs1(h, r) as u16);
  return true;
}

export function emitFmvHX(r: usize): void {
  emitRs1(r);
  emitSetFdHalf(r);
}
