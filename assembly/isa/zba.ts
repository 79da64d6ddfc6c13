/**
 * Zba: address generation (ISA manual, chapter "B"). The .uw forms zero-extend
 * the low word of rs1 first.
 */
import { imm, rs1, rs2, setRd } from './registers';

// @ts-ignore: decorator
@inline
export function executeAddUw(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) as u32 as i64) + rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeSh1add(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) << 1) + rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeSh2add(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) << 2) + rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeSh3add(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) << 3) + rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeSh1addUw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u32 as i64) << 1) + rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeSh2addUw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u32 as i64) << 2) + rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeSh3addUw(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u32 as i64) << 3) + rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeSlliUw(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) as u32 as i64) << imm(r));
}
