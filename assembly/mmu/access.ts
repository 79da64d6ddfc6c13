/**
 * Loads, stores and atomics that miss the TLB: page walk, protection,
 * misalignment, memory-mapped I/O, and stores to pages that hold decoded code.
 */
import {
  H_DATA_PRIV,
  H_LEAVE,
  H_SYNCED,
  H_TLB_READ,
  H_TLB_WRITE,
  H_TVAL,
  J_TLB_MISSES,
  LEAVE_AFTER,
  LEAVE_SYNC,
  RAM_BASE,
} from '../layout';
import { CAUSE_MISALIGNED_LOAD, CAUSE_MISALIGNED_STORE } from '../generated/csr';
import { hasCode, invalidateCode, isCode } from '../hart/block';
import { isWatchedPage, isWatching, stopsAfter } from '../hart/debug';
import { raise } from '../hart/exception';
import { hostMmioRead, hostMmioWrite } from '../host';
import { count } from '../jit/statistics';
import { PMP_MIXED, PMP_R, PMP_W, pmpPermissions } from './pmp';
import { tlbInstall, tlbLookup } from './tlb';
import {
  ACCESS_READ,
  ACCESS_WRITE,
  isDirty,
  isRam,
  memoryAddress,
  paddr,
  raiseAccessFault,
  romStart,
  translate,
  useRom,
} from './walk';

/** What the last successful `readSlow` read, zero-extended. */
export let accessValue: u64 = 0;

/** Upper half of an 8-byte `hostMmioRead`, set by the host. */
export let mmioHigh: u32 = 0;
/** Set by the host when no device answers an access. */
export let mmioFault: u32 = 0;

const CACHE_BLOCK: usize = 64;

let leaveAfter: bool = false;

/** To be returned by an executor after a slow access: true to carry on with the block. */
export function leaveAfterAccess(h: usize): bool {
  if (!leaveAfter) return true;
  leaveAfter = false;
  store<u32>(h, LEAVE_AFTER, H_LEAVE);
  return false;
}

/** Asks the run loop for exact counters before the host sees the access; true when they are. */
function isSynced(h: usize): bool {
  if (load<u32>(h, H_SYNCED)) return true;
  store<u32>(h, LEAVE_SYNC, H_LEAVE);
  return false;
}

/**
 * Translates and checks one access that lies within a page. Returns where it
 * lies in the linear memory, or 0: then either it is no memory (`paddr` tells
 * where it goes, `trapped` is false), or an exception was raised.
 */
let trapped: bool = false;
function locate(h: usize, va: u64, size: u32, access: u32): usize {
  trapped = true;
  count(J_TLB_MISSES, 1);
  const privilege = load<u32>(h, H_DATA_PRIV);
  if (!translate(h, va, access, privilege)) return 0;
  const pa = paddr;
  const page = pa & ~0xfff;
  const inMemory = isRam(page, 4096) || (access == ACCESS_READ && useRom(page));
  let permissions = pmpPermissions(h, page, 4096, privilege);
  const isUniform = permissions != PMP_MIXED;
  if (!isUniform) permissions = pmpPermissions(h, pa, size, privilege);
  if (permissions == PMP_MIXED || !(permissions & (access == ACCESS_READ ? PMP_R : PMP_W))) {
    raiseAccessFault(h, va, access);
    return 0;
  }
  trapped = false;
  if (!inMemory) return 0;
  if (isUniform) {
    if (isWatching() && isWatchedPage(va, pa)) return memoryAddress(pa);
    if (access == ACCESS_READ) tlbInstall(h, load<u32>(h, H_TLB_READ), va, pa);
    else if (isDirty && !hasCode(pa)) tlbInstall(h, load<u32>(h, H_TLB_WRITE), va, pa);
  }
  return memoryAddress(pa);
}

/**
 * For translated code: where an access that missed the TLB lies, which is then
 * performed by the caller. 0 when it must be executed by the interpreter, because
 * it traps, is no access to RAM, crosses a page, changes decoded code, or may be watched.
 */
export function locateAhead(h: usize, va: u64, size: u32, access: u32): usize {
  if (crossesPage(va, size)) return 0;
  const known = tlbLookup(h, load<u32>(h + (access == ACCESS_READ ? H_TLB_READ : H_TLB_WRITE)), va);
  if (known) return known;
  const host = locate(h, va, size, access);
  if (host && isWatching() && isWatchedPage(va, paddr)) return 0;
  return host && access == ACCESS_WRITE && hasCode(paddr) && isCode(paddr, size) ? 0 : host;
}

function loadSized(address: usize, size: u32): u64 {
  switch (size) {
    case 1:
      return load<u8>(address);
    case 2:
      return load<u16>(address);
    case 4:
      return load<u32>(address);
    default:
      return load<u64>(address);
  }
}

function storeSized(address: usize, value: u64, size: u32): void {
  switch (size) {
    case 1:
      store<u8>(address, value as u8);
      break;
    case 2:
      store<u16>(address, value as u16);
      break;
    case 4:
      store<u32>(address, value as u32);
      break;
    default:
      store<u64>(address, value);
  }
}

// @ts-ignore: decorator
@inline
function crossesPage(va: u64, size: u32): bool {
  return ((va as u32) & 0xfff) + size > 4096;
}

/** Loads `size` bytes into `accessValue`; false when it raised an exception. */
export function readSlow(h: usize, va: u64, size: u32): bool {
  if (crossesPage(va, size)) return readAcrossPages(h, va, size);
  // A misaligned access to a page that is known comes here, too.
  const known = tlbLookup(h, load<u32>(h, H_TLB_READ), va);
  const host = known ? known : locate(h, va, size, ACCESS_READ);
  if (host) {
    accessValue = loadSized(host, size);
    if (!known) noteAccess(h, va, paddr, size, ACCESS_READ);
    return true;
  }
  if (trapped) return false;
  if (paddr >= RAM_BASE || paddr & (size - 1)) return raiseAccessFault(h, va, ACCESS_READ);
  if (!isSynced(h)) return false;
  const low = hostMmioRead(paddr as u32, size);
  if (mmioFault) {
    mmioFault = 0;
    return raiseAccessFault(h, va, ACCESS_READ);
  }
  accessValue = size == 8 ? ((mmioHigh as u64) << 32) | low : low;
  leaveAfter = true;
  noteAccess(h, va, paddr, size, ACCESS_READ);
  return true;
}

/** Stores the low `size` bytes of `value`; what an executor returns. */
export function writeSlow(h: usize, va: u64, value: u64, size: u32): bool {
  if (crossesPage(va, size)) return writeAcrossPages(h, va, value, size);
  const known = tlbLookup(h, load<u32>(h, H_TLB_WRITE), va);
  if (known) {
    storeSized(known, value, size);
    return true;
  }
  const host = locate(h, va, size, ACCESS_WRITE);
  if (host) {
    storeSized(host, value, size);
    noteWrite(paddr, size);
    noteAccess(h, va, paddr, size, ACCESS_WRITE);
    return leaveAfterAccess(h);
  }
  if (trapped) return false;
  if (paddr >= RAM_BASE || paddr & (size - 1)) return raiseAccessFault(h, va, ACCESS_WRITE);
  if (!isSynced(h)) return false;
  hostMmioWrite(paddr as u32, size, value as u32, (value >> 32) as u32);
  if (mmioFault) {
    mmioFault = 0;
    return raiseAccessFault(h, va, ACCESS_WRITE);
  }
  leaveAfter = true;
  noteAccess(h, va, paddr, size, ACCESS_WRITE);
  return leaveAfterAccess(h);
}

/** An access was made: the hart stops after its instruction if somebody watches. */
function noteAccess(h: usize, va: u64, pa: u64, size: u32, access: u32): void {
  if (isWatching() && stopsAfter(h, va, pa, size, access)) leaveAfter = true;
}

/** A store went to `address`: drop the blocks decoded from there. */
function noteWrite(address: u64, size: u32): void {
  if (hasCode(address) && invalidateCode(address, size)) leaveAfter = true;
}

// Both pages are translated before anything is read or written, so that an
// access that faults on its second page has no effect.

function readAcrossPages(h: usize, va: u64, size: u32): bool {
  const head: u32 = 4096 - ((va as u32) & 0xfff);
  const low = locate(h, va, head, ACCESS_READ);
  if (!low) return trapped ? false : raiseAccessFault(h, va, ACCESS_READ);
  const lowAddress = paddr;
  const high = locate(h, va + head, size - head, ACCESS_READ);
  if (!high) return trapped ? false : raiseAccessFault(h, va + head, ACCESS_READ);
  let value: u64 = 0;
  for (let i: u32 = 0; i < size; i++) {
    const byte = load<u8>(i < head ? low + i : high + (i - head)) as u64;
    value |= byte << (i << 3);
  }
  accessValue = value;
  noteAccess(h, va + head, paddr, size - head, ACCESS_READ);
  noteAccess(h, va, lowAddress, head, ACCESS_READ);
  return true;
}

function writeAcrossPages(h: usize, va: u64, value: u64, size: u32): bool {
  const head: u32 = 4096 - ((va as u32) & 0xfff);
  const low = locate(h, va, head, ACCESS_WRITE);
  if (!low) return trapped ? false : raiseAccessFault(h, va, ACCESS_WRITE);
  const lowAddress = paddr;
  const high = locate(h, va + head, size - head, ACCESS_WRITE);
  if (!high) return trapped ? false : raiseAccessFault(h, va + head, ACCESS_WRITE);
  const highAddress = paddr;
  for (let i: u32 = 0; i < size; i++) {
    store<u8>(i < head ? low + i : high + (i - head), (value >> (i << 3)) as u8);
  }
  noteWrite(lowAddress, head);
  noteWrite(highAddress, size - head);
  noteAccess(h, va + head, highAddress, size - head, ACCESS_WRITE);
  noteAccess(h, va, lowAddress, head, ACCESS_WRITE);
  return leaveAfterAccess(h);
}

/**
 * Where an atomic access of `size` bytes lies in the linear memory; 0 when it
 * raised an exception. Atomics are possible in RAM only (PMA: AMOArithmetic,
 * RsrvEventual) and must be naturally aligned.
 */
export function locateAtomic(h: usize, va: u64, size: u32, access: u32): usize {
  if ((va as u32) & (size - 1)) {
    raise(h, access == ACCESS_READ ? CAUSE_MISALIGNED_LOAD : CAUSE_MISALIGNED_STORE, va);
    return 0;
  }
  const known = tlbLookup(h, load<u32>(h + (access == ACCESS_READ ? H_TLB_READ : H_TLB_WRITE)), va);
  if (known && (known as u64) < romStart()) return known;
  const host = known ? known : locate(h, va, size, access);
  if ((host as u64) >= romStart()) {
    raiseAccessFault(h, va, access);
    return 0;
  }
  if (host) {
    if (access == ACCESS_WRITE) noteWrite(paddr, size);
    noteAccess(h, va, paddr, size, access);
  } else if (!trapped) {
    raiseAccessFault(h, va, access);
  }
  return host;
}

/**
 * Whether a cache-block operation may touch the block at `va`: a load or a
 * store must be allowed there (ISA manual, 19.4.2.2); any fault is a store fault.
 */
export function checkBlockAccess(h: usize, va: u64): bool {
  const privilege = load<u32>(h, H_DATA_PRIV);
  if (!translate(h, va, ACCESS_READ, privilege) && !translate(h, va, ACCESS_WRITE, privilege)) return false;
  const permissions = pmpPermissions(h, paddr & ~((CACHE_BLOCK as u64) - 1), CACHE_BLOCK, privilege);
  if (permissions == PMP_MIXED || !(permissions & (PMP_R | PMP_W)) || !isThere(paddr)) {
    return raiseAccessFault(h, va, ACCESS_WRITE);
  }
  return true;
}

/** Whether anything answers at an address. */
function isThere(address: u64): bool {
  if (isRam(address, 1)) return true;
  if (address >= RAM_BASE) return false;
  // No bytes: the host is only asked.
  hostMmioRead(address as u32, 0);
  const isMissing = mmioFault != 0;
  mmioFault = 0;
  return !isMissing;
}

/** Zeroes the cache block that holds `va`; a fault reports `va` itself. Main memory only. */
export function zeroBlock(h: usize, va: u64): void {
  const host = locate(h, va & ~((CACHE_BLOCK as u64) - 1), CACHE_BLOCK as u32, ACCESS_WRITE);
  if (host) {
    memory.fill(host, 0, CACHE_BLOCK);
    noteWrite(paddr, CACHE_BLOCK as u32);
    noteAccess(h, va & ~((CACHE_BLOCK as u64) - 1), paddr, CACHE_BLOCK as u32, ACCESS_WRITE);
    leaveAfter = false; // it ends its block anyway
    return;
  }
  if (!trapped) raiseAccessFault(h, va, ACCESS_WRITE);
  store<u64>(h, va, H_TVAL);
}
