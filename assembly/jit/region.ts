/**
 * The records of translated regions: found by the physical address of their
 * head, and dropped by the guest pages that their code came from. A region is
 * attached to the decoded block at its head, which then has BLOCK_TRANSLATED as
 * its count, so that the run loop looks closer before it enters it.
 */
import {
  JIT_BATCHES,
  JIT_TABLE_SIZE,
  BLOCK_TRANSLATED,
  B_COUNT,
  B_HEAT,
  B_REGION,
  CALLEES,
  CALLEE_ENTRIES,
  CALLEE_SIZE,
  CALLEE_SLOT,
  HARTS,
  HART_AREA_SIZE,
  J_INVALIDATIONS,
  J_LIVE,
  MACHINE,
  MAX_REGION_PAGES,
  M_HART_COUNT,
  M_ICOUNT,
  N_HIGH,
  N_LOW,
  N_NEXT,
  N_PAGE,
  N_SIZE,
  PAGE_HEADS,
  RAM,
  REGIONS,
  REGION_FREE,
  REGION_HASH,
  REGION_HASH_ENTRIES,
  REGION_LIVE,
  REGION_PAGES,
  REGION_PAGES_ENTRIES,
  REGION_PENDING,
  REGION_SIZE,
  R_BATCH,
  R_BLOCK,
  R_CALLERS,
  R_COST,
  R_COUNT,
  R_EXITS,
  R_EXITS_SINCE,
  R_HASH_NEXT,
  R_NODES,
  R_PADDR,
  R_PAGE_COUNT,
  R_PLAIN,
  R_SLOT,
  R_STATE,
  SENTINEL_BLOCK,
} from '../layout';
import { flushFetch } from '../mmu/tlb';
import { memoryAddress } from '../mmu/walk';
import { count } from './statistics';

// @ts-ignore: decorator
@inline
export function regionAtSlot(slot: u32): usize {
  return REGIONS + (slot as usize) * REGION_SIZE;
}

/** The first slot of a batch; its regions have that and the following ones. */
// @ts-ignore: decorator
@inline
export function firstSlot(batch: u32): u32 {
  return load<u32>(JIT_BATCHES + ((batch as usize) << 3));
}

// @ts-ignore: decorator
@inline
function hashSlot(paddr: u64): usize {
  const key = (paddr >> 1) as u32;
  return REGION_HASH + (((key ^ (key >> 13)) & (REGION_HASH_ENTRIES - 1)) << 2);
}

// @ts-ignore: decorator
@inline
function pageSlot(page: u32): usize {
  return REGION_PAGES + ((page & (REGION_PAGES_ENTRIES - 1)) << 2);
}

// @ts-ignore: decorator
@inline
function nodeAt(region: usize, index: u32): usize {
  return region + R_NODES + (index as usize) * N_SIZE;
}

/** The region whose head lies at `paddr`, pending or live; 0 when there is none. */
export function regionAt(paddr: u64): usize {
  for (let r = load<u32>(hashSlot(paddr)) as usize; r; r = load<u32>(r, R_HASH_NEXT)) {
    if (load<u64>(r, R_PADDR) == paddr) return r;
  }
  return 0;
}

/** Makes the record of a region that is about to be compiled; its pages follow by `addPage`. */
export function createRegion(slot: u32, batch: u32, paddr: u64, cost: u32): usize {
  const region = regionAtSlot(slot);
  store<u32>(region, REGION_PENDING, R_STATE);
  store<u32>(region, slot, R_SLOT);
  store<u32>(region, batch, R_BATCH);
  store<u32>(region, cost, R_COST);
  store<u64>(region, paddr, R_PADDR);
  store<u32>(region, 0, R_BLOCK);
  store<u32>(region, 0, R_PLAIN);
  store<u32>(region, 0, R_EXITS);
  store<u32>(region, load<u64>(MACHINE, M_ICOUNT) as u32, R_EXITS_SINCE);
  store<u32>(region, 0, R_PAGE_COUNT);
  store<u32>(region, 0, R_CALLERS);
  const bucket = hashSlot(paddr);
  store<u32>(region, load<u32>(bucket), R_HASH_NEXT);
  store<u32>(bucket, region as u32);
  return region;
}

/** Notes that a region came from the bytes `low` to `high` of a guest page. */
export function addPage(region: usize, page: u32, low: u32, high: u32): void {
  const pages = load<u32>(region, R_PAGE_COUNT);
  if (pages == MAX_REGION_PAGES) return;
  const node = nodeAt(region, pages);
  store<u32>(region, pages + 1, R_PAGE_COUNT);
  store<u32>(node, page, N_PAGE);
  store<u16>(node, low as u16, N_LOW);
  store<u16>(node, high as u16, N_HIGH);
  const bucket = pageSlot(page);
  store<u32>(node, load<u32>(bucket), N_NEXT);
  store<u32>(bucket, node as u32);
}

/** How far an entry of CALLEES may lie behind its place. */
const CALLEE_PROBES: u32 = 8;

/** The entry of CALLEES for the head at `paddr`, or a free one; 0 when there is no room. They stay for good, since code refers to them. */
function calleeEntry(paddr: u64): usize {
  const place = ((((paddr >> 1) as u32) * 0x9e3779b1) >> 19) as u32;
  for (let i: u32 = 0; i < CALLEE_PROBES; i++) {
    const entry = CALLEES + (((place + i) & (CALLEE_ENTRIES - 1)) as usize) * CALLEE_SIZE;
    const key = load<u64>(entry);
    if (key == paddr || !key) return entry;
  }
  return 0;
}

/** Where translated code finds the slot of the live region at `paddr`, whenever there is one; 0 when there is no room for it. */
export function calleeSlot(paddr: u64): usize {
  const entry = calleeEntry(paddr);
  if (!entry) return 0;
  if (!load<u64>(entry)) {
    store<u64>(entry, paddr);
    const region = regionAt(paddr);
    const isLive = region && load<u32>(region, R_STATE) == REGION_LIVE;
    store<u32>(entry, isLive ? load<u32>(region, R_SLOT) : 0, CALLEE_SLOT);
  }
  return entry + CALLEE_SLOT;
}

function setCallee(region: usize, slot: u32): void {
  const paddr = load<u64>(region, R_PADDR);
  const entry = calleeEntry(paddr);
  if (entry && load<u64>(entry) == paddr) store<u32>(entry, slot, CALLEE_SLOT);
}

/** The region may be entered from now on. */
export function activateRegion(region: usize): void {
  store<u32>(region, REGION_LIVE, R_STATE);
  count(J_LIVE, 1);
  setCallee(region, load<u32>(region, R_SLOT));
}

/** Marks the decoded block at the head of a live region. */
export function attachBlock(region: usize, block: usize): void {
  store<u32>(region, block as u32, R_BLOCK);
  store<u32>(region, load<u32>(block, B_COUNT), R_COUNT);
  store<u32>(block, BLOCK_TRANSLATED, B_COUNT);
  store<u32>(block, region as u32, B_REGION);
}

/** The decoded block at the head is about to go. */
export function detachBlock(region: usize): void {
  const block = load<u32>(region, R_BLOCK) as usize;
  if (!block) return;
  store<u32>(block, load<u32>(region, R_COUNT), B_COUNT);
  store<u32>(block, 0, B_HEAT);
  store<u32>(block, 0, B_REGION);
  store<u32>(region, 0, R_BLOCK);
}

/** Takes a record from the list at `bucket`; `next` is the offset of the link in each record. */
export function unlink(bucket: usize, record: usize, next: usize): void {
  let at = bucket;
  while ((load<u32>(at) as usize) != record) at = (load<u32>(at) as usize) + next;
  store<u32>(at, load<u32>(record + next));
}

/** Forgets a region. Whoever may hold its slot in a jump cache must be flushed after that. */
export function dropRegion(region: usize): void {
  const state = load<u32>(region, R_STATE);
  if (state == REGION_FREE) return;
  if (state == REGION_LIVE) {
    count(J_LIVE, -1);
    setCallee(region, 0);
    detachBlock(region);
  }
  store<u32>(region, REGION_FREE, R_STATE);
  unlink(hashSlot(load<u64>(region, R_PADDR)), region, R_HASH_NEXT);
  const pages = load<u32>(region, R_PAGE_COUNT);
  for (let i: u32 = 0; i < pages; i++) {
    const node = nodeAt(region, i);
    unlink(pageSlot(load<u32>(node, N_PAGE)), node, N_NEXT);
  }
  // Those that call it directly must not do so any more.
  const first = firstSlot(load<u32>(region, R_BATCH));
  for (let callers = load<u32>(region, R_CALLERS); callers; callers &= callers - 1) {
    dropRegion(regionAtSlot(first + ctz(callers)));
  }
}

/** Forgets all regions; the decoded blocks that they are attached to must go as well, and the jump caches. */
export function dropAllRegions(): void {
  for (let slot: u32 = 0; slot < JIT_TABLE_SIZE; slot++) dropRegion(regionAtSlot(slot));
}

export function flushAllJumpCaches(): void {
  const harts = load<u32>(MACHINE, M_HART_COUNT) as usize;
  for (let i: usize = 0; i < harts; i++) flushFetch(HARTS + i * HART_AREA_SIZE);
}

// @ts-ignore: decorator
@inline
function covers(node: usize, page: u32, low: u32, high: u32): bool {
  return load<u32>(node, N_PAGE) == page && load<u16>(node, N_LOW) <= high && low <= load<u16>(node, N_HIGH);
}

/** Whether a region came from the bytes `low` to `high` of a guest page. */
export function hasRegions(page: u32, low: u32, high: u32): bool {
  for (let node = load<u32>(pageSlot(page)) as usize; node; node = load<u32>(node, N_NEXT)) {
    if (covers(node, page, low, high)) return true;
  }
  return false;
}

/** Drops the regions that came from the bytes `low` to `high` of a guest page; true if there was one. */
export function dropRegionsOfPage(page: u32, low: u32, high: u32): bool {
  let found = false;
  for (let node = load<u32>(pageSlot(page)) as usize; node; ) {
    const next = load<u32>(node, N_NEXT) as usize;
    if (covers(node, page, low, high)) {
      found = true;
      dropRegion(node & ~(REGION_SIZE - 1));
      count(J_INVALIDATIONS, 1);
      // Other nodes of that region may have been on this list.
      node = load<u32>(pageSlot(page));
      continue;
    }
    node = next;
  }
  if (found) flushAllJumpCaches();
  return found;
}

/**
 * After all decoded blocks went: regions stay, and are attached again when the
 * block at their head is decoded. Until then the list of blocks of their pages
 * must not look empty, so that stores there go on taking the slow path.
 */
export function keepRegionPages(): void {
  for (let slot: u32 = 0; slot < JIT_TABLE_SIZE; slot++) {
    const region = regionAtSlot(slot);
    if (load<u32>(region, R_STATE) == REGION_FREE) continue;
    store<u32>(region, 0, R_BLOCK);
    store<u32>(region, 0, R_PLAIN);
    const pages = load<u32>(region, R_PAGE_COUNT);
    for (let i: u32 = 0; i < pages; i++) holdPage(load<u32>(nodeAt(region, i), N_PAGE));
  }
}

/**
 * Makes the list of blocks of a guest page hold at least one that stands for none,
 * so that stores to it take the slow path. True if the list was empty.
 */
export function holdPage(page: u32): bool {
  const head = pageHead(page);
  if (load<u32>(head)) return false;
  store<u32>(head, SENTINEL_BLOCK as u32);
  return true;
}

/** After blocks or regions of a guest page went: stores to it take the slow path while any are left, and no longer. */
export function keepOrReleasePage(page: u32): void {
  const head = pageHead(page);
  const first = load<u32>(head) as usize;
  if (first && first != SENTINEL_BLOCK) return;
  store<u32>(head, hasRegions(page, 0, 0xfff) ? (SENTINEL_BLOCK as u32) : 0);
}

/** Where the list of decoded blocks of a guest page starts. */
// @ts-ignore: decorator
@inline
export function pageHead(page: u32): usize {
  return PAGE_HEADS + ((page as usize) << 2);
}

/** Page number of an address in RAM or ROM, counted from the start of RAM in the linear memory. */
// @ts-ignore: decorator
@inline
export function guestPage(paddr: u64): u32 {
  return ((memoryAddress(paddr) - RAM) >> 12) as u32;
}
