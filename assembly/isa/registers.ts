/** The operands of a decoded record: `h` is the hart record, `r` the decoded record. */
import { REC_IMM, REC_RD, REC_RS1, REC_RS2, F_BASE, H_FS } from '../layout';

export const FS_DIRTY: u32 = 3;
const NAN_BOX: u64 = 0xffffffff00000000;
const NAN_F32: u32 = 0x7fc00000;

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

/** A value that is not a properly NaN-boxed single reads as the canonical NaN (ISA manual, 21.2). */
// @ts-ignore: decorator
@inline
export function unboxF32(value: u64): u32 {
  return value >= NAN_BOX ? (value as u32) : NAN_F32;
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
