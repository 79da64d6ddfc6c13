/** F: conversions and moves (ISA manual, chapter "F"). */
import {
  f32FromI32,
  f32FromI64,
  f32FromU32,
  f32FromU64,
  i32FromF32,
  i64FromF32,
  u32FromF32,
  u64FromF32,
} from '../fpu/fast';
import { raiseIllegal } from '../hart/exception';
import { Wasm } from '../wasm/opcode';
import { emit } from '../wasm/writer';
import { emitFs1, emitRs1Low, emitSetRd } from './emit';
import { accruedFlags, accrueFlags, isFpOff, isRoundingIllegal, roundingMode } from './float';
import { emitFromInteger32, emitToInteger } from './float-emit-convert';
import { emitSetFdBits } from './float-emit-f32';
import { fs1, rs1, setFdF32, setRd, unboxF32 } from './registers';

export function executeFcvtWS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, i32FromF32(unboxF32(fs1(h, r)), rm) as i64);
  accrueFlags(h);
  return true;
}

export function emitFcvtWS(r: usize): void {
  emitToInteger(r, true, Wasm.I32_TRUNC_F64_S, -2147483649.0, 2147483648.0);
}

export function executeFcvtWuS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, u32FromF32(unboxF32(fs1(h, r)), rm) as i32 as i64);
  accrueFlags(h);
  return true;
}

export function emitFcvtWuS(r: usize): void {
  emitToInteger(r, true, Wasm.I32_TRUNC_F64_U, -1.0, 4294967296.0);
}

export function executeFcvtLS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, i64FromF32(unboxF32(fs1(h, r)), rm));
  accrueFlags(h);
  return true;
}

export function emitFcvtLS(r: usize): void {
  emitToInteger(r, true, Wasm.I64_TRUNC_F64_S, -9223372036854777856.0, 9223372036854775808.0);
}

export function executeFcvtLuS(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setRd(h, r, u64FromF32(unboxF32(fs1(h, r)), rm) as i64);
  accrueFlags(h);
  return true;
}

export function emitFcvtLuS(r: usize): void {
  emitToInteger(r, true, Wasm.I64_TRUNC_F64_U, -1.0, 18446744073709551616.0);
}

export function executeFcvtSW(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32FromI32(rs1(h, r) as i32, rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFcvtSW(r: usize): void {
  emitFromInteger32(r, Wasm.F32_CONVERT_I32_S);
}

export function executeFcvtSWu(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32FromU32(rs1(h, r) as u32, rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFcvtSWu(r: usize): void {
  emitFromInteger32(r, Wasm.F32_CONVERT_I32_U);
}

export function executeFcvtSL(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32FromI64(rs1(h, r), rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFcvtSL(r: usize): void {
  emitFromInteger32(r, Wasm.F32_CONVERT_I64_S);
}

export function executeFcvtSLu(h: usize, r: usize): bool {
  const rm = roundingMode(h, r);
  if (isRoundingIllegal(h, rm)) return raiseIllegal(h);
  setFdF32(h, r, f32FromU64(rs1(h, r) as u64, rm, accruedFlags(h)));
  accrueFlags(h);
  return true;
}

export function emitFcvtSLu(r: usize): void {
  emitFromInteger32(r, Wasm.F32_CONVERT_I64_U);
}

// The low bits as they are, boxed or not.
// @ts-ignore: decorator
@inline
export function executeFmvXW(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setRd(h, r, fs1(h, r) as i32 as i64);
  return true;
}

export function emitFmvXW(r: usize): void {
  emitFs1(r);
  emit(Wasm.I64_REINTERPRET_F64);
  emit(Wasm.I64_EXTEND32_S);
  emitSetRd(r);
}

// @ts-ignore: decorator
@inline
export function executeFmvWX(h: usize, r: usize): bool {
  if (isFpOff(h)) return raiseIllegal(h);
  setFdF32(h, r, rs1(h, r) as u32);
  return true;
}

export function emitFmvWX(r: usize): void {
  emitRs1Low(r);
  emitSetFdBits(r);
}
