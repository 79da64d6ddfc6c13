/**
 * The fast path of loads and stores: one comparison with a TLB tag decides, and
 * it also sends misaligned accesses and page crossings the slow way, because a
 * tag has its low bits clear.
 */
import { TLB_INDEX_MASK } from '../layout';
import { accessValue, leaveAfterAccess, readSlow, writeSlow } from '../mmu/access';
import { imm, rs1, rs2, setFd, setRd } from './registers';

// @ts-ignore: decorator
@inline
export function effectiveAddress(h: usize, r: usize): u64 {
  return (rs1(h, r) + imm(r)) as u64;
}

// @ts-ignore: decorator
@inline
export function tlbEntry(tlb: usize, vaddr: u64): usize {
  return tlb + (((vaddr >> 8) as u32) & TLB_INDEX_MASK);
}

/** Whether an aligned access of type T at `vaddr` may use the entry. */
// @ts-ignore: decorator
@inline
export function tlbHit<T>(entry: usize, vaddr: u64): bool {
  return load<u64>(entry) == (vaddr & (~0xfff | ((sizeof<T>() as u64) - 1)));
}

// @ts-ignore: decorator
@inline
export function tlbAddress(entry: usize, vaddr: u64): usize {
  return (load<u32>(entry, 8) + (vaddr as u32)) as usize;
}

/** rd = the value of type T at rs1 + imm, extended as T says. */
// @ts-ignore: decorator
@inline
export function loadRd<T>(h: usize, r: usize, tlbRead: usize): bool {
  const vaddr = effectiveAddress(h, r);
  const entry = tlbEntry(tlbRead, vaddr);
  if (tlbHit<T>(entry, vaddr)) {
    setRd(h, r, load<T>(tlbAddress(entry, vaddr)) as i64);
    return true;
  }
  return loadRdSlow(h, r, vaddr, sizeof<T>() as u32, isSigned<T>());
}

// Shared by all sizes, so that the optimiser leaves it out of the run loop.
function loadRdSlow(h: usize, r: usize, vaddr: u64, size: u32, isSigned: bool): bool {
  if (!readSlow(h, vaddr, size)) return false;
  const unused = 64 - (size << 3);
  setRd(h, r, isSigned ? ((accessValue << unused) as i64) >> unused : (accessValue as i64));
  return leaveAfterAccess(h);
}

/** Ones above the value of a type narrower than the f registers (ISA manual, "NaN Boxing of Narrower Values"). */
// @ts-ignore: decorator
@inline
function nanBox(size: u32): u64 {
  return size == 8 ? 0 : (-1 as u64) << (size << 3);
}

/** fd = the NaN-boxed value of type T at rs1 + imm. */
// @ts-ignore: decorator
@inline
export function loadFd<T>(h: usize, r: usize, tlbRead: usize): bool {
  const vaddr = effectiveAddress(h, r);
  const entry = tlbEntry(tlbRead, vaddr);
  if (tlbHit<T>(entry, vaddr)) {
    setFd(h, r, (load<T>(tlbAddress(entry, vaddr)) as u64) | nanBox(sizeof<T>() as u32));
    return true;
  }
  return loadFdSlow(h, r, vaddr, sizeof<T>() as u32);
}

function loadFdSlow(h: usize, r: usize, vaddr: u64, size: u32): bool {
  if (!readSlow(h, vaddr, size)) return false;
  setFd(h, r, accessValue | nanBox(size));
  return leaveAfterAccess(h);
}

/** Stores the low bytes of an x or f register: for a store, both are a source at REC_RS2. */
// @ts-ignore: decorator
@inline
export function storeRs2<T>(h: usize, r: usize, tlbWrite: usize): bool {
  const vaddr = effectiveAddress(h, r);
  const entry = tlbEntry(tlbWrite, vaddr);
  if (tlbHit<T>(entry, vaddr)) {
    store<T>(tlbAddress(entry, vaddr), rs2(h, r) as T);
    return true;
  }
  return storeRs2Slow(h, r, vaddr, sizeof<T>() as u32);
}

function storeRs2Slow(h: usize, r: usize, vaddr: u64, size: u32): bool {
  const unused = 64 - (size << 3);
  return writeSlow(h, vaddr, ((rs2(h, r) as u64) << unused) >> unused, size);
}
