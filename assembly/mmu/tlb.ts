/**
 * The software TLBs: what may be accessed without a page walk. Data entries
 * exist only for pages of RAM, or of ROM to read, on which every access of that kind is allowed;
 * write entries only where the PTE's D bit is set and no code was decoded.
 * MXR is not part of the key: changing it flushes.
 */
import {
  FETCH_FILTER_SIZE,
  FETCH_TLB_ENTRIES,
  HARTS,
  HART_AREA_SIZE,
  H_DATA_PRIV,
  H_FETCH_FILTER,
  H_ADDRESS_SPACES,
  H_FETCH_TLB,
  H_LAST_EPOCH,
  H_NEXT_ADDRESS_SPACE,
  H_TLB2,
  ADDRESS_SPACES,
  TLB2_ENTRIES,
  H_JUMP_CACHE,
  H_JUMP_CACHES,
  H_LARGE_PAGE_FILTER,
  H_MSTATUS,
  H_PRIV,
  H_TLBS_USED,
  H_TLBS,
  H_TLB_READ,
  H_TLB_WRITE,
  JUMP_CACHE_SIZE,
  JUMP_FOLD,
  JUMP_INDEX_MASK,
  H_EPOCH,
  H_REGION_CACHE,
  H_REGION_CACHES,
  REGION_CACHE_SIZE,
  REGION_FOLD,
  REGION_INDEX_MASK,
  LARGE_PAGE_FILTER_SIZE,
  MACHINE,
  M_HART_COUNT,
  PRIV_M,
  PRIV_S,
  TLB_ENTRIES,
  TLB_INDEX_MASK,
  TLB_SETS,
  TLB_SET_SIZE,
  TLB_SIZE,
} from '../layout';
import { MSTATUS_MPP, MSTATUS_MPRV, MSTATUS_SUM } from '../generated/csr';
import { memoryAddress } from './walk';

/** Recomputes what depends on the privilege mode, MPRV, MPP and SUM. */
export function updateMode(h: usize): void {
  const mstatus = load<u64>(h, H_MSTATUS);
  const privilege = load<u32>(h, H_PRIV);
  let data = privilege;
  if (privilege == PRIV_M && mstatus & MSTATUS_MPRV) data = ((mstatus & MSTATUS_MPP) >> ctz(MSTATUS_MPP)) as u32;
  const set: u32 = data == PRIV_M ? 3 : data == PRIV_S ? (mstatus & MSTATUS_SUM ? 2 : 1) : 0;
  const tlb = h + H_TLBS + (set as usize) * TLB_SET_SIZE;
  store<u32>(h, data, H_DATA_PRIV);
  store<u32>(h, load<u32>(h, H_TLBS_USED) | (1 << set), H_TLBS_USED);
  store<u32>(h, tlb as u32, H_TLB_READ);
  store<u32>(h, (tlb + TLB_SIZE) as u32, H_TLB_WRITE);
  const cache: usize = privilege == PRIV_M ? 2 : privilege;
  store<u32>(h, (h + H_JUMP_CACHES + cache * JUMP_CACHE_SIZE) as u32, H_JUMP_CACHE);
  store<u32>(h, (h + H_REGION_CACHES + cache * REGION_CACHE_SIZE) as u32, H_REGION_CACHE);
}

/** Where the TLB at `tlb` has its entry for `vaddr`. */
// @ts-ignore: decorator
@inline
export function tlbEntry(tlb: usize, vaddr: u64): usize {
  return tlb + (((vaddr >> 8) as u32) & TLB_INDEX_MASK);
}

/**
 * Whether `size` bytes at `vaddr` lie in the page of the entry at `e`, which has the negative of
 * the page's address: an addition, unlike a comparison, leaves the offset in the page. V8's
 * newer compilers also load twice what they compare with a place in memory.
 */
// @ts-ignore: decorator
@inline
export function tlbHit(e: usize, vaddr: u64, size: u32): bool {
  return vaddr + load<u64>(e) <= ((4096 - size) as u64);
}

// @ts-ignore: decorator
@inline
export function tlbAddress(e: usize, vaddr: u64): usize {
  return (load<u32>(e, 8) + (vaddr as u32)) as usize;
}

// @ts-ignore: decorator
@inline
function writeEntry(e: usize, vaddr: u64, addend: u32): void {
  store<u64>(e, -((vaddr & ~0xfff) as i64));
  store<u32>(e, addend, 8);
}

/** Empties the entry at `e` of the TLB at `tlb`: it gets a page that belongs into another one. */
// @ts-ignore: decorator
@inline
function clearEntry(tlb: usize, e: usize): void {
  writeEntry(e, e == tlb ? 4096 : 0, 0);
}

function clearTlb(tlb: usize): void {
  memory.fill(tlb, 0, TLB_SIZE);
  clearEntry(tlb, tlb);
}

/** What a second-level entry for `vaddr` in the set at `tlb` is known by. */
// @ts-ignore: decorator
@inline
function secondKey(h: usize, tlb: usize, vaddr: u64): u64 {
  return (vaddr & ~0xfff) | (((tlb - h - H_TLBS) / TLB_SIZE) << 1) | 1;
}

// @ts-ignore: decorator
@inline
function secondEntry(h: usize, key: u64): usize {
  const page = (key >> 12) as u32;
  const index = page ^ (page >> 12) ^ (((key as u32) & 0xe) << 8);
  return h + H_TLB2 + ((index & (TLB2_ENTRIES - 1)) << 4);
}

/** Notes that accesses through the set at `tlb` reach the page of `vaddr` at that of `paddr`, in RAM or ROM. */
export function tlbInstall(h: usize, tlb: usize, vaddr: u64, paddr: u64): void {
  const vpage = vaddr & ~0xfff;
  const addend = (memoryAddress(paddr & ~0xfff) as u32) - (vpage as u32);
  writeEntry(tlbEntry(tlb, vaddr), vaddr, addend);
  const key = secondKey(h, tlb, vaddr);
  const e = secondEntry(h, key);
  store<u64>(e, key);
  store<u32>(e, addend, 8);
  store<u32>(e, load<u32>(h, H_EPOCH), 12);
}

/** Where the TLBs say that `vaddr` lies, whatever its alignment; 0 when they do not know. */
export function tlbLookup(h: usize, tlb: usize, vaddr: u64): usize {
  const e = tlbEntry(tlb, vaddr);
  if (tlbHit(e, vaddr, 1)) return tlbAddress(e, vaddr);
  const key = secondKey(h, tlb, vaddr);
  const second = secondEntry(h, key);
  if (load<u64>(second) != key || load<u32>(second, 12) != load<u32>(h, H_EPOCH)) return 0;
  const addend = load<u32>(second, 8);
  writeEntry(e, vaddr, addend);
  return (addend + (vaddr as u32)) as usize;
}

/** Drops the first-level data TLBs. */
function flushData(h: usize): void {
  // Filling 128 KiB costs more than the refills after it, and most modes were not entered since.
  const used = load<u32>(h, H_TLBS_USED);
  for (let set: u32 = 0; set < TLB_SETS; set++) {
    if (!(used & (1 << set))) continue;
    const tlb = h + H_TLBS + (set as usize) * TLB_SET_SIZE;
    clearTlb(tlb);
    clearTlb(tlb + TLB_SIZE);
  }
  const current = (load<u32>(h, H_TLB_READ) as usize) - h - H_TLBS;
  store<u32>(h, 1 << ((current / TLB_SET_SIZE) as u32), H_TLBS_USED);
}

function flushInstructionTlb(h: usize): void {
  memory.fill(h + H_FETCH_TLB, 0, (FETCH_TLB_ENTRIES as usize) << 4);
}

/** A number that no entry of the caches has; it becomes that of the current address space, and all others are forgotten. */
function startEpoch(h: usize): void {
  memory.fill(h + H_ADDRESS_SPACES, 0, (ADDRESS_SPACES as usize) << 4);
  nextEpoch(h);
}

function nextEpoch(h: usize): void {
  const epoch = load<u32>(h, H_LAST_EPOCH) + 1;
  if (epoch == 0) {
    memory.fill(h + H_JUMP_CACHES, 0, 3 * JUMP_CACHE_SIZE);
    memory.fill(h + H_REGION_CACHES, 0, 3 * REGION_CACHE_SIZE);
    memory.fill(h + H_TLB2, 0, (TLB2_ENTRIES as usize) << 4);
    memory.fill(h + H_ADDRESS_SPACES, 0, (ADDRESS_SPACES as usize) << 4);
  }
  store<u32>(h, max(epoch, 1), H_LAST_EPOCH);
  store<u32>(h, max(epoch, 1), H_EPOCH);
}

/**
 * satp changes from `from` to `to`. What the caches hold of an address space is
 * good again when it comes back, unless a fence came between: translations of
 * different satp values are never mixed, which is all that an ASID promises.
 */
export function switchAddressSpace(h: usize, from: u64, to: u64): void {
  flushData(h);
  flushInstructionTlb(h);
  const spaces = h + H_ADDRESS_SPACES;
  const epoch = load<u32>(h, H_EPOCH);
  let found: usize = 0;
  let kept = false;
  for (let i: usize = 0; i < (ADDRESS_SPACES as usize); i++) {
    const space = spaces + (i << 4);
    if (!load<u32>(space, 8)) continue;
    if (load<u64>(space) == to) found = space;
    if (load<u64>(space) == from) kept = true;
  }
  if (!kept) {
    let next = load<u32>(h, H_NEXT_ADDRESS_SPACE);
    if (spaces + ((next as usize) << 4) == found) next = (next + 1) % ADDRESS_SPACES;
    const space = spaces + ((next as usize) << 4);
    store<u64>(space, from);
    store<u32>(space, epoch, 8);
    store<u32>(h, (next + 1) % ADDRESS_SPACES, H_NEXT_ADDRESS_SPACE);
  }
  if (found) store<u32>(h, load<u32>(found, 8), H_EPOCH);
  else nextEpoch(h);
}

/** Drops everything that depends on address translation or protection. */
export function flushTlb(h: usize): void {
  flushData(h);
  memory.fill(h + H_LARGE_PAGE_FILTER, 0, LARGE_PAGE_FILTER_SIZE);
  flushFetch(h);
}

/** Drops what depends on the mapping of code, and on what was decoded or translated from it. */
export function flushFetch(h: usize): void {
  flushInstructionTlb(h);
  memory.fill(h + H_FETCH_FILTER, 0, FETCH_FILTER_SIZE);
  startEpoch(h);
}

/** Where the jump cache has its entry for `pc`, in bytes from its start. */
// @ts-ignore: decorator
@inline
export function jumpIndex(pc: u64): u32 {
  const low = pc as u32;
  return ((low ^ (low >> JUMP_FOLD)) << 3) & JUMP_INDEX_MASK;
}

/** Where the region cache has its entry for `pc`, in bytes from its start. */
// @ts-ignore: decorator
@inline
export function regionIndex(pc: u64): u32 {
  const low = pc as u32;
  return ((low ^ (low >> REGION_FOLD)) << 3) & REGION_INDEX_MASK;
}

/** Notes in the entry at `e` of a jump or region cache what `pc` leads to in the current address space. */
// @ts-ignore: decorator
@inline
export function cacheInstall(h: usize, e: usize, pc: u64, target: u32): void {
  store<u64>(e, pc | 1);
  store<u32>(e, target, 8);
  store<u32>(e, load<u32>(h, H_EPOCH), 12);
}

// @ts-ignore: decorator
@inline
function largePageFilterIndex(vaddr: u64, shift: u64): usize {
  // 4096 slots: the upper 12 bits of a multiplicative hash.
  return ((((vaddr >> shift) ^ (shift << 56)) * 0x9e3779b97f4a7c15) >> 52) as usize;
}

/** Notes that a leaf PTE translates 2^shift bytes around `vaddr`, more than the 4 KiB that a TLB entry holds. */
export function noteLargePage(h: usize, vaddr: u64, shift: u64): void {
  store<u8>(h + largePageFilterIndex(vaddr, shift), 1, H_LARGE_PAGE_FILTER);
}

function mayBeLargePage(h: usize, vaddr: u64): bool {
  const filter = h + H_LARGE_PAGE_FILTER;
  return (
    (load<u8>(filter + largePageFilterIndex(vaddr, 16)) |
      load<u8>(filter + largePageFilterIndex(vaddr, 21)) |
      load<u8>(filter + largePageFilterIndex(vaddr, 30)) |
      load<u8>(filter + largePageFilterIndex(vaddr, 39)) |
      load<u8>(filter + largePageFilterIndex(vaddr, 48))) != 0
  );
}

/**
 * Drops the U- and S-mode translations by the leaf PTE of `vaddr`: its page, or
 * everything when it may belong to a larger one, which has entries of its own
 * for each 4 KiB (privileged spec, 12.2.1).
 */
export function flushTlbPage(h: usize, vaddr: u64): void {
  if (mayBeLargePage(h, vaddr)) {
    flushTlb(h);
    return;
  }
  for (let tlb = h + H_TLBS, end = tlb + 3 * TLB_SET_SIZE; tlb < end; tlb += TLB_SIZE) {
    clearEntry(tlb, tlbEntry(tlb, vaddr));
    const key = secondKey(h, tlb, vaddr);
    const second = secondEntry(h, key);
    if (load<u64>(second) == key) store<u64>(second, 0);
  }
  if (load<u8>(h + fetchFilterIndex(vaddr), H_FETCH_FILTER)) flushFetch(h);
}

/** Where the filter notes that the jump caches or the instruction TLB may hold this page. */
// @ts-ignore: decorator
@inline
export function fetchFilterIndex(vaddr: u64): usize {
  const page = (vaddr >> 12) as u32;
  return (page ^ (page >> 9)) & ((FETCH_FILTER_SIZE as u32) - 1);
}

/** Takes the write fast path from every mapping of the RAM page that starts at `hostPage`. */
export function revokeWrites(hostPage: u32): void {
  const harts = load<u32>(MACHINE, M_HART_COUNT) as usize;
  for (let i: usize = 0; i < harts; i++) {
    const second = HARTS + i * HART_AREA_SIZE + H_TLB2;
    for (let e = second, end = second + ((TLB2_ENTRIES as usize) << 4); e < end; e += 16) {
      const key = load<u64>(e);
      if (key & 2 && ((key & ~0xfff) as u32) + load<u32>(e, 8) == hostPage) store<u64>(e, 0);
    }
    for (let s: usize = 0; s < TLB_SETS; s++) {
      const tlb = HARTS + i * HART_AREA_SIZE + H_TLBS + s * TLB_SET_SIZE + TLB_SIZE;
      for (let e = tlb, end = tlb + ((TLB_ENTRIES as usize) << 4); e < end; e += 16) {
        // Those of an empty entry make a page below all RAM.
        if (load<u32>(e, 8) - (load<u64>(e) as u32) == hostPage) clearEntry(tlb, e);
      }
    }
  }
}
