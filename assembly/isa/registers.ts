/** The operands of a decoded record: `h` is the hart record, `r` the decoded record. */
import { H_FS, REC_IMM, REC_RD, REC_RS1, REC_RS2 } from '../layout';
import { canonicalNaN } from '../fpu/format';

export const FS_DIRTY: u32 = 3;
const NAN_BOX: u64 = 0xffffffff00000000;
const NAN_BOX_F16: u64 = 0xffffffffffff0000;

// @ts-ignore: decorator
@inline
export function rs1(h: usize, r: usize): i64 {
  return load<i64>(h + load<u16>(r, REC_RS1));
}

// @ts-ignore: decorator
@inline
export function rs2(h: usize, r: usize): i64 {
  return load<i64>(h + load<u16>(r, REC_RS2));
}

// @ts-ignore: decorator
@inline
export function imm(r: usize): i64 {
  return load<i32>(r, REC_IMM) as i64;
}

// @ts-ignore: decorator
@inline
export function setRd(h: usize, r: usize, value: i64): void {
  store<i64>(h + load<u16>(r, REC_RD), value);
}

// @ts-ignore: decorator
@inline
export function fs1(h: usize, r: usize): u64 {
  return load<u64>(h + load<u16>(r, REC_RS1));
}

// @ts-ignore: decorator
@inline
export function fs2(h: usize, r: usize): u64 {
  return load<u64>(h + load<u16>(r, REC_RS2));
}

/** Third source: `imm` holds rm | register offset << 16. */
// @ts-ignore: decorator
@inline
export function fs3(h: usize, r: usize): u64 {
  return load<u64>(h + (load<u32>(r, REC_IMM) >> 16));
}

// A value that is not properly NaN-boxed reads as the canonical NaN (ISA manual, "NaN Boxing of Narrower Values").

// @ts-ignore: decorator
@inline
export function unboxF32(value: u64): u32 {
  return value >= NAN_BOX ? (value as u32) : canonicalNaN<u32>();
}

// @ts-ignore: decorator
@inline
export function unboxF16(value: u64): u16 {
  return value >= NAN_BOX_F16 ? (value as u16) : canonicalNaN<u16>();
}

// @ts-ignore: decorator
@inline
export function setFd(h: usize, r: usize, value: u64): void {
  store<u64>(h + load<u16>(r, REC_RD), value);
  store<u32>(h, FS_DIRTY, H_FS);
}

// @ts-ignore: decorator
@inline
export function setFdF32(h: usize, r: usize, value: u32): void {
  setFd(h, r, (value as u64) | NAN_BOX);
}

// @ts-ignore: decorator
@inline
export function setFdF16(h: usize, r: usize, value: u16): void {
  setFd(h, r, (value as u64) | NAN_BOX_F16);
}
