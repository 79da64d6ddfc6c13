/** Zbs: single-bit operations (ISA manual, chapter "B"). */
import { imm, rs1, rs2, setRd } from './registers';

// @ts-ignore: decorator
@inline
export function executeBclr(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) & ~((1 as i64) << rs2(h, r)));
}

// @ts-ignore: decorator
@inline
export function executeBclri(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) & ~((1 as i64) << imm(r)));
}

// @ts-ignore: decorator
@inline
export function executeBext(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) >> rs2(h, r)) & 1);
}

// @ts-ignore: decorator
@inline
export function executeBexti(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) >> imm(r)) & 1);
}

// @ts-ignore: decorator
@inline
export function executeBinv(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) ^ ((1 as i64) << rs2(h, r)));
}

// @ts-ignore: decorator
@inline
export function executeBinvi(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) ^ ((1 as i64) << imm(r)));
}

// @ts-ignore: decorator
@inline
export function executeBset(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) | ((1 as i64) << rs2(h, r)));
}

// @ts-ignore: decorator
@inline
export function executeBseti(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) | ((1 as i64) << imm(r)));
}
