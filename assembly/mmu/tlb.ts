/**
 * The software TLBs: what may be accessed without a page walk. Data entries
 * exist only for pages of RAM on which every access of that kind is allowed;
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
  H_FETCH_TLB,
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
  H_FETCH_EPOCH,
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
  RAM,
  RAM_BASE,
  TLB_ENTRIES,
  TLB_INDEX_MASK,
  TLB_SETS,
  TLB_SET_SIZE,
  TLB_SIZE,
} from '../layout';
import { MSTATUS_MPP, MSTATUS_MPRV, MSTATUS_SUM } from '../generated/csr';

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

// @ts-ignore: decorator
@inline
export function tlbInstall(tlb: usize, vaddr: u64, paddr: u64): void {
  const e = tlb + (((vaddr >> 8) as u32) & TLB_INDEX_MASK);
  const vpage = vaddr & ~0xfff;
  store<u64>(e, vpage);
  store<u32>(e, (((paddr & ~0xfff) - RAM_BASE) as u32) + (RAM as u32) - (vpage as u32), 8);
}

/** Drops everything that depends on address translation or protection. */
export function flushTlb(h: usize): void {
  // Filling 128 KiB costs more than the refills after it, and most modes were not entered since.
  const used = load<u32>(h, H_TLBS_USED);
  for (let set: u32 = 0; set < TLB_SETS; set++) {
    if (used & (1 << set)) memory.fill(h + H_TLBS + (set as usize) * TLB_SET_SIZE, 0xff, TLB_SET_SIZE);
  }
  const current = (load<u32>(h, H_TLB_READ) as usize) - h - H_TLBS;
  store<u32>(h, 1 << ((current / TLB_SET_SIZE) as u32), H_TLBS_USED);
  memory.fill(h + H_LARGE_PAGE_FILTER, 0, LARGE_PAGE_FILTER_SIZE);
  flushFetch(h);
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

/** Drops what the jump and region caches hold. */
export function flushJumpCaches(h: usize): void {
  const epoch = load<u32>(h, H_FETCH_EPOCH) + 1;
  if (epoch == 0) {
    memory.fill(h + H_JUMP_CACHES, 0, 3 * JUMP_CACHE_SIZE);
    memory.fill(h + H_REGION_CACHES, 0, 3 * REGION_CACHE_SIZE);
  }
  store<u32>(h, max(epoch, 1), H_FETCH_EPOCH);
}

/** Drops the jump caches and the instruction TLB. */
export function flushFetch(h: usize): void {
  flushJumpCaches(h);
  memory.fill(h + H_FETCH_TLB, 0, (FETCH_TLB_ENTRIES as usize) << 4);
  memory.fill(h + H_FETCH_FILTER, 0, FETCH_FILTER_SIZE);
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
  const index = ((vaddr >> 8) as u32) & TLB_INDEX_MASK;
  for (let tlb = h + H_TLBS, end = tlb + 3 * TLB_SET_SIZE; tlb < end; tlb += TLB_SIZE) store<u64>(tlb + index, -1);
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
    for (let s: usize = 0; s < TLB_SETS; s++) {
      const tlb = HARTS + i * HART_AREA_SIZE + H_TLBS + s * TLB_SET_SIZE + TLB_SIZE;
      for (let e = tlb, end = tlb + ((TLB_ENTRIES as usize) << 4); e < end; e += 16) {
        // vpage + addend is the host page; an empty entry's tag (-1) cannot make one.
        if ((load<u64>(e) as u32) + load<u32>(e, 8) == hostPage) store<u64>(e, -1);
      }
    }
  }
}
