/**
 * A: load-reserved, store-conditional and atomic read-modify-write (ISA manual,
 * 13). Harts take turns in one thread, so that an access in one piece is
 * atomic; a reservation ends when another hart gets its turn, which keeps the
 * forward progress that 13.3 promises. The reservation set is 64 bytes (Za64rs).
 */
import { H_RESERVATION, MACHINE, M_ROM_SIZE, RAM, RAM_BASE } from '../layout';
import { leaveAfterAccess, locateAtomic } from '../mmu/access';
import { ACCESS_READ, ACCESS_WRITE, hostPaddr, romStart } from '../mmu/walk';
import { NEVER } from '../hart/timer';
import { Wasm } from '../wasm/opcode';
import { emit, end, i32Const, i64Const, localGet, localSet, memoryAccess, open } from '../wasm/writer';
import { emitLocateAtomic } from './access';
import { LOCAL_HART, LOCAL_I32, emitExitIf, emitRs2, emitSetRd, emitSetRdUnsigned } from './emit';
import {
  LOCAL_ADDRESS,
  emitAmo,
  emitAmoSelect,
  emitAmoSelectWord,
  emitAmoWord,
  emitSwap,
  emitSwapWord,
} from './emit-atomic';
import { rs1, rs2, setRd } from './registers';

const RESERVATION_SET: u64 = 64;

function reservationSet(host: usize): u64 {
  return hostPaddr(host) & ~(RESERVATION_SET - 1);
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

/** Pushes what `reservationSet` returns for the address of the operand. */
function emitReservationSet(): void {
  localGet(LOCAL_ADDRESS);
  emit(Wasm.I64_EXTEND_I32_U);
  i64Const((RAM_BASE - (RAM as u64)) as i64);
  emit(Wasm.I64_ADD);
  i64Const(~(RESERVATION_SET - 1) as i64);
  emit(Wasm.I64_AND);
}

function emitLoadReserved(r: usize, size: u32): void {
  emitLocateAtomic(r, size, false);
  if (load<u64>(MACHINE, M_ROM_SIZE)) {
    // ROM has no reservations (mmu/access.ts, locateAtomic).
    localGet(LOCAL_ADDRESS);
    i32Const(romStart() as i32);
    emit(Wasm.I32_GE_U);
    emitExitIf();
  }
  localGet(LOCAL_HART);
  emitReservationSet();
  memoryAccess(Wasm.I64_STORE, H_RESERVATION as u32);
  localGet(LOCAL_ADDRESS);
  memoryAccess(size == 4 ? Wasm.I64_LOAD32_S : Wasm.I64_LOAD, 0);
  emitSetRd(r);
}

function emitStoreConditional(r: usize, size: u32): void {
  const fails = LOCAL_I32 + 1;
  emitLocateAtomic(r, size, true);
  localGet(LOCAL_HART);
  memoryAccess(Wasm.I64_LOAD, H_RESERVATION as u32);
  emitReservationSet();
  emit(Wasm.I64_NE);
  localSet(fails);
  localGet(LOCAL_HART);
  i64Const(NEVER as i64);
  memoryAccess(Wasm.I64_STORE, H_RESERVATION as u32);
  localGet(fails);
  emit(Wasm.I32_EQZ);
  open(Wasm.IF);
  localGet(LOCAL_ADDRESS);
  emitRs2(r);
  memoryAccess(size == 4 ? Wasm.I64_STORE32 : Wasm.I64_STORE, 0);
  end();
  localGet(fails);
  emitSetRdUnsigned(r);
}

export function executeLrW(h: usize, r: usize): bool {
  return loadReserved(h, r, 4);
}

export function emitLrW(r: usize): void {
  emitLoadReserved(r, 4);
}

export function executeLrD(h: usize, r: usize): bool {
  return loadReserved(h, r, 8);
}

export function emitLrD(r: usize): void {
  emitLoadReserved(r, 8);
}

export function executeScW(h: usize, r: usize): bool {
  return storeConditional(h, r, 4);
}

export function emitScW(r: usize): void {
  emitStoreConditional(r, 4);
}

export function executeScD(h: usize, r: usize): bool {
  return storeConditional(h, r, 8);
}

export function emitScD(r: usize): void {
  emitStoreConditional(r, 8);
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

export function emitAmoswapW(r: usize): void {
  emitSwapWord(r);
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

export function emitAmoswapD(r: usize): void {
  emitSwap(r);
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

export function emitAmoaddW(r: usize): void {
  emitAmoWord(r, Wasm.I32_ADD);
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

export function emitAmoaddD(r: usize): void {
  emitAmo(r, Wasm.I64_ADD);
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

export function emitAmoxorW(r: usize): void {
  emitAmoWord(r, Wasm.I32_XOR);
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

export function emitAmoxorD(r: usize): void {
  emitAmo(r, Wasm.I64_XOR);
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

export function emitAmoandW(r: usize): void {
  emitAmoWord(r, Wasm.I32_AND);
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

export function emitAmoandD(r: usize): void {
  emitAmo(r, Wasm.I64_AND);
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

export function emitAmoorW(r: usize): void {
  emitAmoWord(r, Wasm.I32_OR);
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

export function emitAmoorD(r: usize): void {
  emitAmo(r, Wasm.I64_OR);
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

export function emitAmominW(r: usize): void {
  emitAmoSelectWord(r, Wasm.I32_LT_S);
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

export function emitAmominD(r: usize): void {
  emitAmoSelect(r, Wasm.I64_LT_S);
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

export function emitAmomaxW(r: usize): void {
  emitAmoSelectWord(r, Wasm.I32_GT_S);
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

export function emitAmomaxD(r: usize): void {
  emitAmoSelect(r, Wasm.I64_GT_S);
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

export function emitAmominuW(r: usize): void {
  emitAmoSelectWord(r, Wasm.I32_LT_U);
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

export function emitAmominuD(r: usize): void {
  emitAmoSelect(r, Wasm.I64_LT_U);
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

export function emitAmomaxuW(r: usize): void {
  emitAmoSelectWord(r, Wasm.I32_GT_U);
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

export function emitAmomaxuD(r: usize): void {
  emitAmoSelect(r, Wasm.I64_GT_U);
}
