/** D: double-precision floating point, all but conversions and moves (ISA manual, chapter "D"). */
import {
  addF64,
  divF64,
  eqF64,
  fmaF64,
  leF64,
  ltF64,
  maxF64,
  minF64,
  mulF64,
  sqrtF64,
  subF64,
} from '../fpu/fast';
import { f64Class } from '../fpu/index';
import { raiseIllegal } from '../hart/exception';
import { Wasm } from '../wasm/opcode';
import { emitLoadFd, emitStoreFs2, loadFd, storeRs2 } from './access';
import { accruedFlags, accrueFlags, isFpOff, isRoundingIllegal, roundingMode } from './float';
import {
  emitClass64,
  emitEqual64,
  emitExtreme64,
  emitFused64,
  emitOrder64,
  emitProduct64,
  emitRoot64,
  emitSign64,
  emitSignProduct64,
  emitSum64,
} from './float-emit-f64';
import { fs1, fs2, fs3, setFd, setRd } from './registers';

const SIGN: u64 = 0x8000000000000000;

// @ts-ignore: decorator
@inline
export function executeFld(h: usize, r: usize, tlbRead: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  return loadFd<u64>(h, r, tlbRead);
}

export function emitFld(r: usize): void {
  emitLoadFd(r, 8, Wasm.F64_LOAD);
}

// @ts-ignore: decorator
@inline
export function executeFsd(h: usize, r: usize, tlbWrite: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  return storeRs2<u64>(h, r, tlbWrite);
}

export function emitFsd(r: usize): void {
  emitStoreFs2(r, 8, Wasm.F64_STORE);
}

export function executeFaddD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, addF64(fs1(h, r), fs2(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFaddD(r: usize): void {
  emitSum64(r, Wasm.F64_ADD);
}

export function executeFsubD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, subF64(fs1(h, r), fs2(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFsubD(r: usize): void {
  emitSum64(r, Wasm.F64_SUB);
}

export function executeFmulD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, mulF64(fs1(h, r), fs2(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFmulD(r: usize): void {
  emitProduct64(r, Wasm.F64_MUL);
}

export function executeFdivD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, divF64(fs1(h, r), fs2(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFdivD(r: usize): void {
  emitProduct64(r, Wasm.F64_DIV);
}

export function executeFsqrtD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, sqrtF64(fs1(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFsqrtD(r: usize): void {
  emitRoot64(r);
}

export function executeFmaddD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, fmaF64(fs1(h, r), fs2(h, r), fs3(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFmaddD(r: usize): void {
  emitFused64(r, false, false);
}

export function executeFmsubD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, fmaF64(fs1(h, r), fs2(h, r), fs3(h, r) ^ SIGN, rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFmsubD(r: usize): void {
  emitFused64(r, false, true);
}

export function executeFnmsubD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, fmaF64(fs1(h, r) ^ SIGN, fs2(h, r), fs3(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFnmsubD(r: usize): void {
  emitFused64(r, true, false);
}

export function executeFnmaddD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, fmaF64(fs1(h, r) ^ SIGN, fs2(h, r), fs3(h, r) ^ SIGN, rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFnmaddD(r: usize): void {
  emitFused64(r, true, true);
}

// @ts-ignore: decorator
@inline
export function executeFsgnjD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFd(h, r, (fs1(h, r) & ~SIGN) | (fs2(h, r) & SIGN));
  return true;
}

export function emitFsgnjD(r: usize): void {
  emitSign64(r, false);
}

// @ts-ignore: decorator
@inline
export function executeFsgnjnD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFd(h, r, (fs1(h, r) & ~SIGN) | (~fs2(h, r) & SIGN));
  return true;
}

export function emitFsgnjnD(r: usize): void {
  emitSign64(r, true);
}

// @ts-ignore: decorator
@inline
export function executeFsgnjxD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFd(h, r, fs1(h, r) ^ (fs2(h, r) & SIGN));
  return true;
}

export function emitFsgnjxD(r: usize): void {
  emitSignProduct64(r);
}

// @ts-ignore: decorator
@inline
export function executeFminD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFd(h, r, minF64(fs1(h, r), fs2(h, r)));
  accrueFlags(h);
  return true;
}

export function emitFminD(r: usize): void {
  emitExtreme64(r, Wasm.F64_MIN);
}

// @ts-ignore: decorator
@inline
export function executeFmaxD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFd(h, r, maxF64(fs1(h, r), fs2(h, r)));
  accrueFlags(h);
  return true;
}

export function emitFmaxD(r: usize): void {
  emitExtreme64(r, Wasm.F64_MAX);
}

// @ts-ignore: decorator
@inline
export function executeFeqD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, eqF64(fs1(h, r), fs2(h, r)) as i64);
  accrueFlags(h);
  return true;
}

export function emitFeqD(r: usize): void {
  emitEqual64(r);
}

// @ts-ignore: decorator
@inline
export function executeFltD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, ltF64(fs1(h, r), fs2(h, r)) as i64);
  accrueFlags(h);
  return true;
}

export function emitFltD(r: usize): void {
  emitOrder64(r, Wasm.F64_LT, Wasm.F64_GE);
}

// @ts-ignore: decorator
@inline
export function executeFleD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, leF64(fs1(h, r), fs2(h, r)) as i64);
  accrueFlags(h);
  return true;
}

export function emitFleD(r: usize): void {
  emitOrder64(r, Wasm.F64_LE, Wasm.F64_GT);
}

// @ts-ignore: decorator
@inline
export function executeFclassD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, f64Class(fs1(h, r)) as i64);
  return true;
}

export function emitFclassD(r: usize): void {
  emitClass64(r);
}
