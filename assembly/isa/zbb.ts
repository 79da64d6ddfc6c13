/** Zbb: basic bit manipulation (ISA manual, chapter "B"). */
import { imm, rs1, rs2, setRd } from './registers';

// @ts-ignore: decorator
@inline
export function executeAndn(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) & ~rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeOrn(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) | ~rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeXnor(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) ^ ~rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeClz(h: usize, r: usize): void {
  setRd(h, r, clz<i64>(rs1(h, r)));
}

// @ts-ignore: decorator
@inline
export function executeClzw(h: usize, r: usize): void {
  setRd(h, r, clz<i32>(rs1(h, r) as i32) as i64);
}

// @ts-ignore: decorator
@inline
export function executeCtz(h: usize, r: usize): void {
  setRd(h, r, ctz<i64>(rs1(h, r)));
}

// @ts-ignore: decorator
@inline
export function executeCtzw(h: usize, r: usize): void {
  setRd(h, r, ctz<i32>(rs1(h, r) as i32) as i64);
}

// @ts-ignore: decorator
@inline
export function executeCpop(h: usize, r: usize): void {
  setRd(h, r, popcnt<i64>(rs1(h, r)));
}

// @ts-ignore: decorator
@inline
export function executeCpopw(h: usize, r: usize): void {
  setRd(h, r, popcnt<i32>(rs1(h, r) as i32) as i64);
}

// @ts-ignore: decorator
@inline
export function executeMax(h: usize, r: usize): void {
  const a = rs1(h, r);
  const b = rs2(h, r);
  setRd(h, r, select<i64>(a, b, a > b));
}

// @ts-ignore: decorator
@inline
export function executeMaxu(h: usize, r: usize): void {
  const a = rs1(h, r);
  const b = rs2(h, r);
  setRd(h, r, select<i64>(a, b, (a as u64) > (b as u64)));
}

// @ts-ignore: decorator
@inline
export function executeMin(h: usize, r: usize): void {
  const a = rs1(h, r);
  const b = rs2(h, r);
  setRd(h, r, select<i64>(a, b, a < b));
}

// @ts-ignore: decorator
@inline
export function executeMinu(h: usize, r: usize): void {
  const a = rs1(h, r);
  const b = rs2(h, r);
  setRd(h, r, select<i64>(a, b, (a as u64) < (b as u64)));
}

// @ts-ignore: decorator
@inline
export function executeSextB(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) as i8 as i64);
}

// @ts-ignore: decorator
@inline
export function executeSextH(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) as i16 as i64);
}

// @ts-ignore: decorator
@inline
export function executeZextH(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) as u16 as i64);
}

// @ts-ignore: decorator
@inline
export function executeRol(h: usize, r: usize): void {
  setRd(h, r, rotl<i64>(rs1(h, r), rs2(h, r)));
}

// @ts-ignore: decorator
@inline
export function executeRolw(h: usize, r: usize): void {
  setRd(h, r, rotl<i32>(rs1(h, r) as i32, rs2(h, r) as i32) as i64);
}

// @ts-ignore: decorator
@inline
export function executeRor(h: usize, r: usize): void {
  setRd(h, r, rotr<i64>(rs1(h, r), rs2(h, r)));
}

// @ts-ignore: decorator
@inline
export function executeRorw(h: usize, r: usize): void {
  setRd(h, r, rotr<i32>(rs1(h, r) as i32, rs2(h, r) as i32) as i64);
}

// @ts-ignore: decorator
@inline
export function executeRori(h: usize, r: usize): void {
  setRd(h, r, rotr<i64>(rs1(h, r), imm(r)));
}

// @ts-ignore: decorator
@inline
export function executeRoriw(h: usize, r: usize): void {
  setRd(h, r, rotr<i32>(rs1(h, r) as i32, imm(r) as i32) as i64);
}

// Adding 0x7f carries into bit 7 of every byte that has a low bit set, and never out of it.
// @ts-ignore: decorator
@inline
export function executeOrcB(h: usize, r: usize): void {
  const value = rs1(h, r);
  setRd(
    h,
    r,
    (((((value & 0x7f7f7f7f7f7f7f7f) + 0x7f7f7f7f7f7f7f7f) | value) >> 7) & 0x0101010101010101) * 0xff,
  );
}

// @ts-ignore: decorator
@inline
export function executeRev8(h: usize, r: usize): void {
  setRd(h, r, bswap<i64>(rs1(h, r)));
}
