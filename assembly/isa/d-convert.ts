/**
 * D: conversions and moves (ISA manual, chapter "D").
 *
 * A conversion that is always exact still refuses a reserved rounding mode, because
 * the field is part of its encoding.
 */
import {
  f32FromF64,
  f64FromF32,
  f64FromI32,
  f64FromI64,
  f64FromU32,
  f64FromU64,
  i32FromF64,
  i64FromF64,
  u32FromF64,
  u64FromF64,
} from '../fpu/fast';
import { raiseIllegal } from '../hart/exception';
import { Wasm } from '../wasm/opcode';
import { emit } from '../wasm/writer';
import { emitFs1, emitRs1, emitSetFd, emitSetRd } from './emit';
import { accruedFlags, accrueFlags, isFpOff, isRoundingIllegal, roundingMode } from './float';
import { emitFromInteger64, emitToInteger, emitWiden } from './float-emit-convert';
import { emitNarrow } from './float-emit-f32';
import { fs1, rs1, setFd, setFdF32, setRd, unboxF32 } from './registers';

export function executeFcvtSD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32FromF64(fs1(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFcvtSD(r: usize): void {
  emitNarrow(r);
}

// @ts-ignore: decorator
@inline
export function executeFcvtDS(h: usize, r: usize): bool {
  if (isRoundingIllegal(h, roundingMode(h, r))) return raiseIllegal(h);
  setFd(h, r, f64FromF32(unboxF32(fs1(h, r))));
  accrueFlags(h);
  return true;
}

export function emitFcvtDS(r: usize): void {
  emitWiden(r);
}

export function executeFcvtWD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, i32FromF64(fs1(h, r), rm) as i64);
  accrueFlags(h);
  return true;
}

export function emitFcvtWD(r: usize): void {
  emitToInteger(r, false, Wasm.I32_TRUNC_F64_S, -2147483649.0, 2147483648.0);
}

export function executeFcvtWuD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, u32FromF64(fs1(h, r), rm) as i32 as i64);
  accrueFlags(h);
  return true;
}

export function emitFcvtWuD(r: usize): void {
  emitToInteger(r, false, Wasm.I32_TRUNC_F64_U, -1.0, 4294967296.0);
}

export function executeFcvtLD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, i64FromF64(fs1(h, r), rm));
  accrueFlags(h);
  return true;
}

export function emitFcvtLD(r: usize): void {
  emitToInteger(r, false, Wasm.I64_TRUNC_F64_S, -9223372036854777856.0, 9223372036854775808.0);
}

export function executeFcvtLuD(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, u64FromF64(fs1(h, r), rm) as i64);
  accrueFlags(h);
  return true;
}

export function emitFcvtLuD(r: usize): void {
  emitToInteger(r, false, Wasm.I64_TRUNC_F64_U, -1.0, 18446744073709551616.0);
}

// @ts-ignore: decorator
@inline
export function executeFcvtDW(h: usize, r: usize): bool {
  if (isRoundingIllegal(h, roundingMode(h, r))) return raiseIllegal(h);
  setFd(h, r, f64FromI32(rs1(h, r) as i32));
  return true;
}

export function emitFcvtDW(r: usize): void {
  emitFromInteger64(r, Wasm.F64_CONVERT_I32_S);
}

// @ts-ignore: decorator
@inline
export function executeFcvtDWu(h: usize, r: usize): bool {
  if (isRoundingIllegal(h, roundingMode(h, r))) return raiseIllegal(h);
  setFd(h, r, f64FromU32(rs1(h, r) as u32));
  return true;
}

export function emitFcvtDWu(r: usize): void {
  emitFromInteger64(r, Wasm.F64_CONVERT_I32_U);
}

export function executeFcvtDL(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, f64FromI64(rs1(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFcvtDL(r: usize): void {
  emitFromInteger64(r, Wasm.F64_CONVERT_I64_S);
}

export function executeFcvtDLu(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFd(h, r, f64FromU64(rs1(h, r) as u64, rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFcvtDLu(r: usize): void {
  emitFromInteger64(r, Wasm.F64_CONVERT_I64_U);
}

// @ts-ignore: decorator
@inline
export function executeFmvXD(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, fs1(h, r) as i64);
  return true;
}

export function emitFmvXD(r: usize): void {
  emitFs1(r);
  emit(Wasm.I64_REINTERPRET_F64);
  emitSetRd(r);
}

// @ts-ignore: decorator
@inline
export function executeFmvDX(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFd(h, r, rs1(h, r) as u64);
  return true;
}

export function emitFmvDX(r: usize): void {
  emitRs1(r);
  emit(Wasm.F64_REINTERPRET_I64);
  emitSetFd(r);
}
