/** Zicond: integer conditional operations (ISA manual, chapter "Zicond"). */
import { rs1, rs2, setRd } from './registers';

// @ts-ignore: decorator
@inline
export function executeCzeroEqz(h: usize, r: usize): void {
  setRd(h, r, select<i64>(0, rs1(h, r), rs2(h, r) == 0));
}

// @ts-ignore: decorator
@inline
export function executeCzeroNez(h: usize, r: usize): void {
  setRd(h, r, select<i64>(0, rs1(h, r), rs2(h, r) != 0));
}
