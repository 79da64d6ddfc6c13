/**
 * F: single-precision floating point, all but conversions and moves (ISA manual,
 * chapter "F"). Results, flags and NaNs come from the fpu; this file reads and boxes
 * registers. Executors with a long native path are calls, so that the run loop stays
 * small.
 */
import {
  addF32,
  divF32,
  eqF32,
  fmaF32,
  leF32,
  ltF32,
  maxF32,
  minF32,
  mulF32,
  sqrtF32,
  subF32,
} from '../fpu/fast';
import { f32Class } from '../fpu/index';
import { raiseIllegal } from '../hart/exception';
import { Wasm } from '../wasm/opcode';
import { emitLoadFd, emitStoreFs2, loadFd, storeRs2 } from './access';
import { accruedFlags, accrueFlags, isFpOff, isRoundingIllegal, roundingMode } from './float';
import {
  emitClass32,
  emitEqual32,
  emitExtreme32,
  emitFused32,
  emitOrder32,
  emitProduct32,
  emitRoot32,
  emitSign32,
  emitSignProduct32,
  emitSum32,
} from './float-emit-f32';
import { fs1, fs2, fs3, setFdF32, setRd, unboxF32 } from './registers';

const SIGN: u32 = 0x80000000;

// @ts-ignore: decorator
@inline
export function executeFlw(h: usize, r: usize, tlbRead: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  return loadFd<u32>(h, r, tlbRead);
}

export function emitFlw(r: usize): void {
  emitLoadFd(r, 4, Wasm.I64_LOAD32_U);
}

// @ts-ignore: decorator
@inline
export function executeFsw(h: usize, r: usize, tlbWrite: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  return storeRs2<u32>(h, r, tlbWrite);
}

export function emitFsw(r: usize): void {
  emitStoreFs2(r, 4, Wasm.I64_STORE32);
}

export function executeFaddS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, addF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r)), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFaddS(r: usize): void {
  emitSum32(r, Wasm.F32_ADD);
}

export function executeFsubS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, subF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r)), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFsubS(r: usize): void {
  emitSum32(r, Wasm.F32_SUB);
}

export function executeFmulS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, mulF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r)), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFmulS(r: usize): void {
  emitProduct32(r, Wasm.F32_MUL);
}

export function executeFdivS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, divF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r)), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFdivS(r: usize): void {
  emitProduct32(r, Wasm.F32_DIV);
}

export function executeFsqrtS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, sqrtF32(unboxF32(fs1(h, r)), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFsqrtS(r: usize): void {
  emitRoot32(r);
}

export function executeFmaddS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, fmaF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r)), unboxF32(fs3(h, r)), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFmaddS(r: usize): void {
  emitFused32(r, false, false);
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

export function emitFmsubS(r: usize): void {
  emitFused32(r, false, true);
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

export function emitFnmsubS(r: usize): void {
  emitFused32(r, true, false);
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

export function emitFnmaddS(r: usize): void {
  emitFused32(r, true, true);
}

// @ts-ignore: decorator
@inline
export function executeFsgnjS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFdF32(h, r, (unboxF32(fs1(h, r)) & ~SIGN) | (unboxF32(fs2(h, r)) & SIGN));
  return true;
}

export function emitFsgnjS(r: usize): void {
  emitSign32(r, false);
}

// @ts-ignore: decorator
@inline
export function executeFsgnjnS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFdF32(h, r, (unboxF32(fs1(h, r)) & ~SIGN) | (~unboxF32(fs2(h, r)) & SIGN));
  return true;
}

export function emitFsgnjnS(r: usize): void {
  emitSign32(r, true);
}

// @ts-ignore: decorator
@inline
export function executeFsgnjxS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFdF32(h, r, unboxF32(fs1(h, r)) ^ (unboxF32(fs2(h, r)) & SIGN));
  return true;
}

export function emitFsgnjxS(r: usize): void {
  emitSignProduct32(r);
}

// @ts-ignore: decorator
@inline
export function executeFminS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFdF32(h, r, minF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r))));
  accrueFlags(h);
  return true;
}

export function emitFminS(r: usize): void {
  emitExtreme32(r, Wasm.F32_MIN);
}

// @ts-ignore: decorator
@inline
export function executeFmaxS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFdF32(h, r, maxF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r))));
  accrueFlags(h);
  return true;
}

export function emitFmaxS(r: usize): void {
  emitExtreme32(r, Wasm.F32_MAX);
}

// @ts-ignore: decorator
@inline
export function executeFeqS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, eqF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r))) as i64);
  accrueFlags(h);
  return true;
}

export function emitFeqS(r: usize): void {
  emitEqual32(r);
}

// @ts-ignore: decorator
@inline
export function executeFltS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, ltF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r))) as i64);
  accrueFlags(h);
  return true;
}

export function emitFltS(r: usize): void {
  emitOrder32(r, Wasm.F32_LT, Wasm.F32_GE);
}

// @ts-ignore: decorator
@inline
export function executeFleS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, leF32(unboxF32(fs1(h, r)), unboxF32(fs2(h, r))) as i64);
  accrueFlags(h);
  return true;
}

export function emitFleS(r: usize): void {
  emitOrder32(r, Wasm.F32_LE, Wasm.F32_GT);
}

// @ts-ignore: decorator
@inline
export function executeFclassS(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, f32Class(unboxF32(fs1(h, r))) as i64);
  return true;
}

export function emitFclassS(r: usize): void {
  emitClass32(r);
}
