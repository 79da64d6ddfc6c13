/**
 * RV64I: arithmetic and branches (ISA manual, chapters 2 and 4). Jumps and auipc
 * need the pc and belong to the run loop; word arithmetic, loads and stores,
 * fences and system instructions stand in files of their own.
 *
 * Shifts need no mask: WebAssembly takes the count modulo the width as well.
 */
import { imm, rs1, rs2, setRd } from './registers';

// The decoder left imm << 12, sign-extended, in the record.
// @ts-ignore: decorator
@inline
export function executeLui(h: usize, r: usize): void {
  setRd(h, r, imm(r));
}

// @ts-ignore: decorator
@inline
export function executeAddi(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) + imm(r));
}

// @ts-ignore: decorator
@inline
export function executeSlti(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) < imm(r)) as i64);
}

// @ts-ignore: decorator
@inline
export function executeSltiu(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u64) < (imm(r) as u64)) as i64);
}

// @ts-ignore: decorator
@inline
export function executeXori(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) ^ imm(r));
}

// @ts-ignore: decorator
@inline
export function executeOri(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) | imm(r));
}

// @ts-ignore: decorator
@inline
export function executeAndi(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) & imm(r));
}

// @ts-ignore: decorator
@inline
export function executeSlli(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) << imm(r));
}

// @ts-ignore: decorator
@inline
export function executeSrli(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u64) >> (imm(r) as u64)) as i64);
}

// @ts-ignore: decorator
@inline
export function executeSrai(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) >> imm(r));
}

// @ts-ignore: decorator
@inline
export function executeAdd(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) + rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeSub(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) - rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeSll(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) << rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeSlt(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) < rs2(h, r)) as i64);
}

// @ts-ignore: decorator
@inline
export function executeSltu(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u64) < (rs2(h, r) as u64)) as i64);
}

// @ts-ignore: decorator
@inline
export function executeXor(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) ^ rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeSrl(h: usize, r: usize): void {
  setRd(h, r, ((rs1(h, r) as u64) >> (rs2(h, r) as u64)) as i64);
}

// @ts-ignore: decorator
@inline
export function executeSra(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) >> rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeOr(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) | rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeAnd(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) & rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeBeq(h: usize, r: usize): bool {
  return rs1(h, r) == rs2(h, r);
}

// @ts-ignore: decorator
@inline
export function executeBne(h: usize, r: usize): bool {
  return rs1(h, r) != rs2(h, r);
}

// @ts-ignore: decorator
@inline
export function executeBlt(h: usize, r: usize): bool {
  return rs1(h, r) < rs2(h, r);
}

// @ts-ignore: decorator
@inline
export function executeBge(h: usize, r: usize): bool {
  return rs1(h, r) >= rs2(h, r);
}

// @ts-ignore: decorator
@inline
export function executeBltu(h: usize, r: usize): bool {
  return (rs1(h, r) as u64) < (rs2(h, r) as u64);
}

// @ts-ignore: decorator
@inline
export function executeBgeu(h: usize, r: usize): bool {
  return (rs1(h, r) as u64) >= (rs2(h, r) as u64);
}
