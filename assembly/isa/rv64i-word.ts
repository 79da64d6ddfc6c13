/**
 * RV64I: arithmetic on words, whose results are sign-extended (ISA manual, 4.2).
 * Shift counts need no mask here either.
 */
import { imm, rs1, rs2, setRd } from './registers';

// @ts-ignore: decorator
@inline
export function executeAddiw(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) + imm(r)) as i32 as i64);
}

// @ts-ignore: decorator
@inline
export function executeSlliw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as i32) << (imm(r) as i32)) as i64);
}

// @ts-ignore: decorator
@inline
export function executeSrliw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u32) >> (imm(r) as u32)) as i32 as i64);
}

// @ts-ignore: decorator
@inline
export function executeSraiw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as i32) >> (imm(r) as i32)) as i64);
}

// @ts-ignore: decorator
@inline
export function executeAddw(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) + rs2(h, r)) as i32 as i64);
}

// @ts-ignore: decorator
@inline
export function executeSubw(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) - rs2(h, r)) as i32 as i64);
}

// @ts-ignore: decorator
@inline
export function executeSllw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as i32) << (rs2(h, r) as i32)) as i64);
}

// @ts-ignore: decorator
@inline
export function executeSrlw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u32) >> (rs2(h, r) as u32)) as i32 as i64);
}

// @ts-ignore: decorator
@inline
export function executeSraw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as i32) >> (rs2(h, r) as i32)) as i64);
}
