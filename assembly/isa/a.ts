/**
 * A: load-reserved, store-conditional and atomic read-modify-write (ISA manual,
 * 13). Harts take turns in one thread, so that an access in one piece is
 * atomic; a reservation ends when another hart gets its turn, which keeps the
 * forward progress that 13.3 promises. The reservation set is 64 bytes (Za64rs).
 */
import { H_RESERVATION, RAM, RAM_BASE } from '../layout';
import { leaveAfterAccess, locateAtomic } from '../mmu/access';
import { ACCESS_READ, ACCESS_WRITE } from '../mmu/walk';
import { NEVER } from '../hart/timer';
import { rs1, rs2, setRd } from './registers';

const RESERVATION_SET: u64 = 64;

function reservationSet(host: usize): u64 {
  return ((host - RAM) as u64 + RAM_BASE) & ~(RESERVATION_SET - 1);
}

function loadReserved(h: usize, r: usize, size: u32): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, size, ACCESS_READ);
  if (!host) return false;
  store<u64>(h, reservationSet(host), H_RESERVATION);
  setRd(h, r, size == 4 ? (load<i32>(host) as i64) : load<i64>(host));
  return leaveAfterAccess(h);
}

function storeConditional(h: usize, r: usize, size: u32): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, size, ACCESS_WRITE);
  if (!host) return false;
  const held = load<u64>(h, H_RESERVATION) == reservationSet(host);
  store<u64>(h, NEVER, H_RESERVATION);
  if (held) {
    if (size == 4) store<i32>(host, rs2(h, r) as i32);
    else store<i64>(host, rs2(h, r));
  }
  setRd(h, r, held ? 0 : 1);
  return leaveAfterAccess(h);
}

export function executeLrW(h: usize, r: usize): bool {
  return loadReserved(h, r, 4);
}

export function executeLrD(h: usize, r: usize): bool {
  return loadReserved(h, r, 8);
}

export function executeScW(h: usize, r: usize): bool {
  return storeConditional(h, r, 4);
}

export function executeScD(h: usize, r: usize): bool {
  return storeConditional(h, r, 8);
}

export function executeAmoswapW(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 4, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i32>(host);
  const b = rs2(h, r) as i32;
  store<i32>(host, b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}

export function executeAmoswapD(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 8, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i64>(host);
  const b = rs2(h, r);
  store<i64>(host, b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}

export function executeAmoaddW(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 4, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i32>(host);
  const b = rs2(h, r) as i32;
  store<i32>(host, a + b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}

export function executeAmoaddD(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 8, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i64>(host);
  const b = rs2(h, r);
  store<i64>(host, a + b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}

export function executeAmoxorW(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 4, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i32>(host);
  const b = rs2(h, r) as i32;
  store<i32>(host, a ^ b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}

export function executeAmoxorD(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 8, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i64>(host);
  const b = rs2(h, r);
  store<i64>(host, a ^ b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}

export function executeAmoandW(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 4, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i32>(host);
  const b = rs2(h, r) as i32;
  store<i32>(host, a & b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}

export function executeAmoandD(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 8, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i64>(host);
  const b = rs2(h, r);
  store<i64>(host, a & b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}

export function executeAmoorW(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 4, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i32>(host);
  const b = rs2(h, r) as i32;
  store<i32>(host, a | b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}

export function executeAmoorD(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 8, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i64>(host);
  const b = rs2(h, r);
  store<i64>(host, a | b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}

export function executeAmominW(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 4, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i32>(host);
  const b = rs2(h, r) as i32;
  store<i32>(host, a < b ? a : b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}

export function executeAmominD(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 8, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i64>(host);
  const b = rs2(h, r);
  store<i64>(host, a < b ? a : b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}

export function executeAmomaxW(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 4, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i32>(host);
  const b = rs2(h, r) as i32;
  store<i32>(host, a > b ? a : b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}

export function executeAmomaxD(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 8, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i64>(host);
  const b = rs2(h, r);
  store<i64>(host, a > b ? a : b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}

export function executeAmominuW(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 4, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i32>(host);
  const b = rs2(h, r) as i32;
  store<i32>(host, (a as u32) < (b as u32) ? a : b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}

export function executeAmominuD(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 8, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i64>(host);
  const b = rs2(h, r);
  store<i64>(host, (a as u64) < (b as u64) ? a : b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}

export function executeAmomaxuW(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 4, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i32>(host);
  const b = rs2(h, r) as i32;
  store<i32>(host, (a as u32) > (b as u32) ? a : b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}

export function executeAmomaxuD(h: usize, r: usize): bool {
  const host = locateAtomic(h, rs1(h, r) as u64, 8, ACCESS_WRITE);
  if (!host) return false;
  const a = load<i64>(host);
  const b = rs2(h, r);
  store<i64>(host, (a as u64) > (b as u64) ? a : b);
  setRd(h, r, a);
  return leaveAfterAccess(h);
}
