/**
 * Regions are compiled some at a time: a batch is one module, with slots of the
 * table of its own. When all batches are taken the oldest one goes.
 */
import {
  BATCH_REGIONS,
  B_HEAT,
  H_FFLAGS,
  JIT_BATCHES,
  JIT_BODIES,
  JIT_BODIES_END,
  JIT_MODULE,
  JIT_TABLE_SIZE,
  JIT_WISHES,
  JIT_WISHES_ENTRIES,
  J_BATCHES,
  J_EVICTIONS,
  J_GUEST_BYTES,
  J_TIME_TRANSLATING,
  J_TRANSLATED,
  J_WASM_BYTES,
  MAX_BATCHES,
  RAM,
  REGION_FREE,
  REGION_PENDING,
  R_BATCH,
  R_BLOCK,
  R_CALLERS,
  R_FUNCTION,
  R_INEXACT,
  R_PADDR,
  R_STATE,
  R_STYLE,
  STYLE_EXACT,
  T_COST,
  T_COUNT,
  T_END,
  T_START,
} from '../layout';
import { FFLAGS_NX } from '../fpu/flags';
import { findDecoded } from '../hart/block';
import { hostCompile, hostNow, hostRelease } from '../host';
import { revokeWrites } from '../mmu/tlb';
import { hostPaddr } from '../mmu/walk';
import { finishModule, startModule } from '../wasm/module';
import { cursor, moveCursor, patchU32, reserveU32 } from '../wasm/writer';
import { discover, pageHost, targetCount, pageIndex, WINDOW_PAGES } from './discover';
import { emitRegion } from './emit-region';
import { HELPERS, TYPE_REGION, writeImports, writeTypes } from './imports';
import { analyse, fpUse, inOrder } from './flow';
import { FP_INEXACT } from './fpu-guard';
import {
  activateRegion,
  addPage,
  attachBlock,
  calleeSlot,
  createRegion,
  dropRegion,
  firstSlot,
  flushAllJumpCaches,
  guestPage,
  holdPage,
  regionAt,
  regionAtSlot,
} from './region';
import { addTime, count } from './statistics';
import { styleOfTlb } from './tlb-set';

/** B_HEAT of a block that will not be translated. */
export const HEAT_NEVER: u32 = 0x80000000;

/** Room that a function may take at most. */
const LARGEST_BODY: usize = 0x100000;

/** The batch that is being filled, if it has regions; and where its next body goes. */
let openBatch: u32 = 0;
let isOpen: bool = false;
let openRegions: u32 = 0;
let bodies: usize = JIT_BODIES;
/** Batches are in use from this one on, up to the open one; their slots follow each other likewise. */
let oldest: u32 = 0;
let nextSlot: u32 = 1;

// @ts-ignore: decorator
@inline
function regionCount(batch: u32): u32 {
  return load<u32>(JIT_BATCHES + ((batch as usize) << 3), 4);
}

function batchAfter(batch: u32): u32 {
  return (batch + 1) % MAX_BATCHES;
}

/** Forgets the oldest batch and what was translated in it. */
function evict(): void {
  const first = firstSlot(oldest);
  const regions = regionCount(oldest);
  let found = false;
  for (let i: u32 = 0; i < regions; i++) {
    const region = regionAtSlot(first + i);
    if (load<u32>(region, R_STATE) == REGION_FREE) continue;
    dropRegion(region);
    found = true;
  }
  if (found) flushAllJumpCaches();
  count(J_EVICTIONS, 1);
  hostRelease(oldest, first, regions);
  oldest = batchAfter(oldest);
}

/** Opens a batch with room for BATCH_REGIONS slots. */
function startBatch(): void {
  if (nextSlot + BATCH_REGIONS > JIT_TABLE_SIZE) {
    // What lies behind is older than what lies at the start.
    while (oldest != openBatch && firstSlot(oldest) >= nextSlot) evict();
    nextSlot = 1;
  }
  while (oldest != openBatch && firstSlot(oldest) - nextSlot < BATCH_REGIONS) evict();
  if (batchAfter(openBatch) == oldest) evict();
  const entry = JIT_BATCHES + ((openBatch as usize) << 3);
  store<u32>(entry, nextSlot);
  store<u32>(entry, 0, 4);
  isOpen = true;
  openRegions = 0;
  bodies = JIT_BODIES;
}

/** Where the slot of the region is found whose head lies `offset` bytes from that of the one under way; 0 when there is no such place. */
export function knownSlot(offset: i32): usize {
  const host = pageHost(offset);
  return host ? calleeSlot(hostPaddr(host)) : 0;
}

/**
 * The function of this module that translates the guest function `offset` bytes
 * from the head of the region under way, which calls it; -1 when there is none.
 */
export function knownFunction(offset: i32): i32 {
  if (offset == 0) return HELPERS + openRegions;
  const host = pageHost(offset);
  if (!host) return -1;
  const region = regionAt(hostPaddr(host));
  if (!region || load<u32>(region, R_STATE) != REGION_PENDING || load<u32>(region, R_BATCH) != openBatch) return -1;
  store<u32>(region, load<u32>(region, R_CALLERS) | (1 << openRegions), R_CALLERS);
  return load<u32>(region, R_FUNCTION) as i32;
}

/** Notes the pages of the region that was just written, and takes their write fast path away. */
function notePages(region: usize, blocks: i32): void {
  for (let index: i32 = 0; index < (WINDOW_PAGES as i32); index++) {
    let low: i32 = 0x1000;
    let high: i32 = -1;
    let page: u32 = 0;
    for (let place = 0; place < blocks; place++) {
      const block = inOrder(place);
      if (!load<u32>(block, T_COUNT)) continue;
      const start = load<i32>(block, T_START);
      const last = load<i32>(block, T_END) - 1;
      const isFirst = pageIndex(start) == index;
      const isLast = pageIndex(last) == index;
      if (!isFirst && !isLast) continue;
      const from = isFirst ? (pageHost(start) as i32) & 0xfff : 0;
      const to = isLast ? (pageHost(last) as i32) & 0xfff : 0xfff;
      low = min(low, from);
      high = max(high, to);
      page = guestPage(hostPaddr(isFirst ? pageHost(start) : pageHost(last)));
    }
    if (high < 0) continue;
    count(J_GUEST_BYTES, (high - low + 1) as u64);
    addPage(region, page, low as u32, high as u32);
    if (holdPage(page)) revokeWrites((RAM as u32) + (page << 12));
  }
}

/** What the region holds is reached within it from now on: it starts anew to become hot by itself. */
function coolBlocks(blocks: i32): void {
  for (let place = 1; place < blocks; place++) {
    const block = inOrder(place);
    if (!load<u32>(block, T_COUNT)) continue;
    const paddr = hostPaddr(pageHost(load<i32>(block, T_START)));
    const decoded = findDecoded(paddr);
    if (decoded && load<u32>(decoded, B_HEAT) < HEAT_NEVER && !regionAt(paddr)) store<u32>(decoded, 0, B_HEAT);
  }
}

// @ts-ignore: decorator
@inline
function wishSlot(paddr: u64): usize {
  return JIT_WISHES + ((((paddr >> 1) as u32) & (JIT_WISHES_ENTRIES - 1)) << 3);
}

/** How the region at `paddr` is to be written: as was asked for when it left too often, or else as it suits the FPU's state. */
function styleFor(h: usize, paddr: u64): u32 {
  const wish = load<u64>(wishSlot(paddr));
  if (wish >> 8 == paddr) return (wish as u32) & 0xff;
  return styleOfTlb(h) | (fpUse & FP_INEXACT && !(load<u32>(h, H_FFLAGS) & FFLAGS_NX) ? STYLE_EXACT : 0);
}

/** Drops a region that leaves too often, to be written anew in another style. */
export function rewrite(region: usize, style: u32, heat: u32): void {
  const paddr = load<u64>(region, R_PADDR);
  store<u64>(wishSlot(paddr), (paddr << 8) | (style as u64));
  const block = load<u32>(region, R_BLOCK) as usize;
  dropRegion(region);
  flushAllJumpCaches();
  if (block) store<u32>(block, heat, B_HEAT);
}

/** Translates the region at `pc`, whose head lies at `paddr`; false when that is not possible. */
export function translate(h: usize, pc: u64, paddr: u64, all: bool): bool {
  if (!isOpen) startBatch();
  const start = hostNow();
  const isWritten = write(h, pc, paddr, all);
  addTime(J_TIME_TRANSLATING, hostNow() - start);
  // An interpreter's loop: all of its handlers are hot by now, and would be translated next.
  const isFull = openRegions == BATCH_REGIONS || bodies + LARGEST_BODY > JIT_BODIES_END;
  if (isWritten && (targetCount || isFull)) compileBatch();
  return isWritten;
}

/** Adds the region to the open batch. */
function write(h: usize, pc: u64, paddr: u64, all: bool): bool {
  if (!discover(h, pc, paddr, all)) return false;
  const blocks = analyse();
  moveCursor(bodies);
  const size = reserveU32();
  const slot = nextSlot + openRegions;
  const style = styleFor(h, paddr);
  emitRegion(blocks, slot, style);
  // So that the batch fits the module; the room behind is larger than any region.
  if (cursor - bodies > LARGEST_BODY) return false;
  patchU32(size, (cursor - size - 5) as u32);
  bodies = cursor;
  const region = createRegion(slot, openBatch, paddr, load<u32>(inOrder(0), T_COST));
  store<u16>(region, style as u16, R_STYLE);
  store<u16>(region, fpUse & FP_INEXACT ? 1 : 0, R_INEXACT);
  store<u32>(region, HELPERS + openRegions, R_FUNCTION);
  openRegions++;
  notePages(region, blocks);
  count(J_TRANSLATED, 1);
  coolBlocks(blocks);
  return true;
}

/** Has the host compile what was translated. */
export function compileBatch(): void {
  if (!isOpen || !openRegions) return;
  const batch = openBatch;
  const first = nextSlot;
  const length = bodies - JIT_BODIES;
  startModule(JIT_MODULE);
  writeTypes();
  writeImports();
  const end = finishModule(TYPE_REGION, HELPERS, openRegions, JIT_BODIES, length, first);
  store<u32>(JIT_BATCHES + ((batch as usize) << 3), openRegions, 4);
  const regions = openRegions;
  nextSlot += regions;
  openBatch = batchAfter(openBatch);
  openRegions = 0;
  isOpen = false;
  count(J_BATCHES, 1);
  count(J_WASM_BYTES, end - JIT_MODULE);
  hostCompile(JIT_MODULE as u32, (end - JIT_MODULE) as u32, batch, first, regions);
}

/** The functions of a batch are in the table. */
export function activateBatch(batch: u32): void {
  const regions = regionCount(batch);
  for (let i: u32 = 0; i < regions; i++) {
    const region = regionAtSlot(firstSlot(batch) + i);
    if (load<u32>(region, R_STATE) != REGION_PENDING) continue;
    activateRegion(region);
    const block = findDecoded(load<u64>(region, R_PADDR));
    if (block) attachBlock(region, block);
  }
}

/** The host did not compile a batch: the interpreter keeps its code. */
export function abandonBatch(batch: u32): void {
  const regions = regionCount(batch);
  for (let i: u32 = 0; i < regions; i++) {
    const region = regionAtSlot(firstSlot(batch) + i);
    if (load<u32>(region, R_STATE) != REGION_PENDING) continue;
    const block = findDecoded(load<u64>(region, R_PADDR));
    dropRegion(region);
    if (block) store<u32>(block, HEAT_NEVER, B_HEAT);
  }
}
