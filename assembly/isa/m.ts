/**
 * M: multiplication and division (ISA manual, chapter "M"). Division never
 * traps: by zero it gives all ones and the dividend as remainder, and the
 * overflow -2^(XLEN-1) / -1 gives the dividend and remainder 0.
 */
import { multiplyHigh } from '../fpu/mul';
import { rs1, rs2, setRd } from './registers';

// A negative a counts as a + 2^64 in the unsigned product: take b × 2^64 off again.
function multiplyHighSignedUnsigned(a: i64, b: u64): u64 {
  return multiplyHigh(a as u64, b) - ((a >> 63) as u64 & b);
}

function multiplyHighSigned(a: i64, b: i64): u64 {
  return (multiplyHighSignedUnsigned(a, b as u64) - ((b >> 63) & a)) as u64;
}

function divideSigned<T>(a: T, b: T): T {
  if (b == 0) return -1 as T;
  // WebAssembly traps on the overflow; the negation wraps as the ISA wants.
  if (b == -1) return (0 - a) as T;
  return (a / b) as T;
}

function divideUnsigned<T>(a: T, b: T): T {
  return b == 0 ? (-1 as T) : ((a / b) as T);
}

// WebAssembly defines the remainder of the overflow as 0.
function remainder<T>(a: T, b: T): T {
  return b == 0 ? a : ((a % b) as T);
}

// @ts-ignore: decorator
@inline
export function executeMul(h: usize, r: usize): void {
  setRd(h, r, rs1(h, r) * rs2(h, r));
}

// @ts-ignore: decorator
@inline
export function executeMulh(h: usize, r: usize): void {
  setRd(h, r, multiplyHighSigned(rs1(h, r), rs2(h, r)) as i64);
}

// @ts-ignore: decorator
@inline
export function executeMulhsu(h: usize, r: usize): void {
  setRd(h, r, multiplyHighSignedUnsigned(rs1(h, r), rs2(h, r) as u64) as i64);
}

// @ts-ignore: decorator
@inline
export function executeMulhu(h: usize, r: usize): void {
  setRd(h, r, multiplyHigh(rs1(h, r) as u64, rs2(h, r) as u64) as i64);
}

// @ts-ignore: decorator
@inline
export function executeDiv(h: usize, r: usize): void {
  setRd(h, r, divideSigned<i64>(rs1(h, r), rs2(h, r)));
}

// @ts-ignore: decorator
@inline
export function executeDivu(h: usize, r: usize): void {
  setRd(h, r, divideUnsigned<u64>(rs1(h, r) as u64, rs2(h, r) as u64) as i64);
}

// @ts-ignore: decorator
@inline
export function executeRem(h: usize, r: usize): void {
  setRd(h, r, remainder<i64>(rs1(h, r), rs2(h, r)));
}

// @ts-ignore: decorator
@inline
export function executeRemu(h: usize, r: usize): void {
  setRd(h, r, remainder<u64>(rs1(h, r) as u64, rs2(h, r) as u64) as i64);
}

// @ts-ignore: decorator
@inline
export function executeMulw(h: usize, r: usize): void {
  setRd(h, r, (rs1(h, r) * rs2(h, r)) as i32 as i64);
}

// @ts-ignore: decorator
@inline
export function executeDivw(h: usize, r: usize): void {
  setRd(h, r, divideSigned<i32>(rs1(h, r) as i32, rs2(h, r) as i32) as i64);
}

// @ts-ignore: decorator
@inline
export function executeDivuw(h: usize, r: usize): void {
  setRd(h, r, divideUnsigned<u32>(rs1(h, r) as u32, rs2(h, r) as u32) as i32 as i64);
}

// @ts-ignore: decorator
@inline
export function executeRemw(h: usize, r: usize): void {
  setRd(h, r, remainder<i32>(rs1(h, r) as i32, rs2(h, r) as i32) as i64);
}

// @ts-ignore: decorator
@inline
export function executeRemuw(h: usize, r: usize): void {
  setRd(h, r, remainder<u32>(rs1(h, r) as u32, rs2(h, r) as u32) as i32 as i64);
}
