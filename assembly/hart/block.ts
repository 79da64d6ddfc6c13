/**
 * The cache of decoded blocks, keyed by physical address. A block ends with a
 * jump or a system instruction, at the end of its page, or after
 * MAX_BLOCK_INSTRUCTIONS; conditional branches leave it where they are taken.
 * Blocks never cross a page, so that what they mean does not depend on the
 * address space.
 *
 * A store to a page that has blocks drops those whose bytes it changes, which
 * is stronger than fence.i asks for, and makes self-modifying code exact. A
 * dropped block only gets BLOCK_DEAD as its count: whoever still holds a
 * pointer to it finds out on entry, because no budget reaches that far. Its
 * memory is used again after the whole arena was emptied.
 */
import {
  ARENA,
  ARENA_END,
  BLOCK_DEAD,
  BLOCK_HASH,
  BLOCK_HASH_ENTRIES,
  BLOCK_TRANSLATED,
  B_BYTES,
  B_COUNT,
  B_HASH_NEXT,
  B_HEADER_SIZE,
  B_HEAT,
  B_PADDR,
  B_PAGE_NEXT,
  B_REGION,
  MACHINE,
  MAX_BLOCK_INSTRUCTIONS,
  M_ARENA_NEXT,
  M_RAM_SIZE,
  M_ROM_SIZE,
  PAGE_HEADS,
  RECORD_SIZE,
  REC_IMM,
  REC_LEFT,
  REC_LEN,
  REC_NEXT,
  REC_OFF,
  REC_OP,
  REC_TAKEN,
  R_PLAIN,
  R_STATE,
  REGION_LIVE,
  STRADDLING,
  STRADDLING_ENTRIES,
  STRADDLING_SIZE,
} from '../layout';
import { FIRST_BRANCH, LAST_BRANCH, FIRST_SYSTEM, LAST_SYSTEM, Op } from '../generated/opcodes';
import { decodeInstruction } from '../isa/decode';
import {
  attachBlock,
  detachBlock,
  dropRegionsOfPage,
  flushAllJumpCaches,
  guestPage,
  hasRegions,
  keepOrReleasePage,
  keepRegionPages,
  pageHead,
  regionAt,
  unlink,
} from '../jit/region';
import { revokeWrites } from '../mmu/tlb';
import { memoryAddress } from '../mmu/walk';
import { mayStopAt } from './debug';

/** Blocks before this count of emptyings may be gone: pointers to them must not be used. */
export let arenaEpoch: u32 = 0;

/** Instead of a next block in the hash: it is not there at all. */
const NOT_HASHED: u32 = 1;

const LARGEST_BLOCK: usize = B_HEADER_SIZE + ((MAX_BLOCK_INSTRUCTIONS as usize) + 1) * 2 * RECORD_SIZE;

// @ts-ignore: decorator
@inline
function hashSlot(paddr: u64): usize {
  const key = (paddr >> 1) as u32;
  return BLOCK_HASH + (((key ^ (key >> 15)) & (BLOCK_HASH_ENTRIES - 1)) << 2);
}

/** Whether blocks were decoded from the page of `paddr`, which must be in RAM or ROM. */
// @ts-ignore: decorator
@inline
export function hasCode(paddr: u64): bool {
  return load<u32>(pageHead(guestPage(paddr))) != 0;
}

/** The block at `paddr` in RAM or ROM, decoded if need be. */
export function blockAt(paddr: u64): usize {
  const known = findDecoded(paddr);
  if (known) return known;
  const block = addBlock(paddr);
  const slot = hashSlot(paddr);
  store<u32>(block, load<u32>(slot), B_HASH_NEXT);
  store<u32>(slot, block as u32);
  const region = regionAt(paddr);
  if (region && load<u32>(region, R_STATE) == REGION_LIVE) attachBlock(region, block);
  return block;
}

/** The block at `paddr` if there is one, which is to say if control went there before; else 0. */
export function findDecoded(paddr: u64): usize {
  for (let b = load<u32>(hashSlot(paddr)) as usize; b; b = load<u32>(b, B_HASH_NEXT)) {
    if (load<u64>(b, B_PADDR) == paddr) return b;
  }
  return 0;
}

/** The block of a region's head as the interpreter executes it. */
export function plainBlock(region: usize, paddr: u64): usize {
  const known = load<u32>(region, R_PLAIN) as usize;
  if (known) return known;
  const block = addBlock(paddr);
  store<u32>(block, NOT_HASHED, B_HASH_NEXT);
  store<u32>(block, region as u32, B_REGION);
  store<u32>(region, block as u32, R_PLAIN);
  return block;
}

/** Decodes a block into the arena and notes it at its page. */
function addBlock(paddr: u64): usize {
  let block = load<u32>(MACHINE, M_ARENA_NEXT) as usize;
  if (block + LARGEST_BLOCK > ARENA_END) {
    emptyArena();
    block = ARENA;
  }
  const end = decodeBlock(block, paddr, MAX_BLOCK_INSTRUCTIONS);
  store<u32>(block, 0, B_HEAT);
  store<u32>(block, 0, B_REGION);
  store<u32>(MACHINE, end as u32, M_ARENA_NEXT);
  const head = pageHead(guestPage(paddr));
  if (!load<u32>(head)) revokeWrites(memoryAddress(paddr & ~0xfff) as u32);
  store<u32>(block, load<u32>(head), B_PAGE_NEXT);
  store<u32>(head, block as u32);
  return block;
}

/** Decodes at most `limit` instructions at `paddr` into `block`; returns its end. */
export function decodeBlock(block: usize, paddr: u64, limit: u32): usize {
  let code = memoryAddress(paddr);
  const start = code;
  const pageEnd = (code & ~0xfff) + 4096;
  let r = block + B_HEADER_SIZE;
  let count: u32 = 0;
  while (true) {
    const isWhole = code + 2 <= pageEnd && ((load<u16>(code) & 3) != 3 || code + 4 <= pageEnd);
    if (count == limit || !isWhole || (count && mayStopAt(code as u32))) {
      writeEnd(r, (code - start) as u32);
      break;
    }
    const raw: u32 = (load<u16>(code) & 3) == 3 ? load<u32>(code) : load<u16>(code);
    const op = decodeInstruction(raw, r);
    store<u16>(r, (code - start) as u16, REC_OFF);
    code += load<u8>(r, REC_LEN);
    count++;
    if (endsBlock(op)) break;
    r = nextRecord(r, op);
  }
  return finishBlock(block, r, paddr, count, (code - start) as u32);
}

/**
 * The block of one instruction that lies across two pages. It depends on the
 * bits alone, so that neither stores nor mappings can make it stale.
 */
export function straddlingBlock(raw: u32): usize {
  const block = STRADDLING + (((raw ^ (raw >> 15)) & (STRADDLING_ENTRIES - 1)) as usize) * STRADDLING_SIZE;
  if (load<u64>(block, B_PADDR) == raw) return block;
  let r = block + B_HEADER_SIZE;
  const op = decodeInstruction(raw, r);
  store<u16>(r, 0, REC_OFF);
  if (!endsBlock(op)) {
    r = nextRecord(r, op);
    writeEnd(r, 4);
  }
  finishBlock(block, r, raw, 1, 4);
  return block;
}

// @ts-ignore: decorator
@inline
function endsBlock(op: u32): bool {
  return (op >= FIRST_SYSTEM && op <= LAST_SYSTEM) || op == Op.JAL || op == Op.JALR || op == Op.ILLEGAL;
}

/** The record after `r`; a conditional branch gets its successors between them. */
function nextRecord(r: usize, op: u32): usize {
  if (op < FIRST_BRANCH || op > LAST_BRANCH) return r + RECORD_SIZE;
  writeSuccessors(r);
  return r + 2 * RECORD_SIZE;
}

/** What follows a transfer of control at `r`: {block, Δpc} when taken and when not. */
function writeSuccessors(r: usize): void {
  const off = load<u16>(r, REC_OFF) as i32;
  store<u32>(r, 0, REC_TAKEN);
  store<u32>(r, 0, REC_NEXT);
  store<i32>(r, off + load<i32>(r, REC_IMM), REC_TAKEN + 8);
  store<i32>(r, off + load<u8>(r, REC_LEN), REC_NEXT + 8);
}

/** A block that was cut off goes on `off` bytes from its start. */
function writeEnd(r: usize, off: u32): void {
  store<u16>(r, Op.END, REC_OP);
  store<u16>(r, off as u16, REC_OFF);
  store<u8>(r, 0, REC_LEN);
}

/** Fills in the header, REC_LEFT and the successors of the last record `r`; returns the end of the block. */
function finishBlock(block: usize, r: usize, paddr: u64, count: u32, bytes: u32): usize {
  writeSuccessors(r);
  store<u8>(r, 0, REC_LEFT);
  let left = count;
  for (let at = block + B_HEADER_SIZE; at < r; ) {
    const op = load<u16>(at, REC_OP) as u32;
    store<u8>(at, --left as u8, REC_LEFT);
    at += op < FIRST_BRANCH || op > LAST_BRANCH ? RECORD_SIZE : 2 * RECORD_SIZE;
  }
  store<u32>(block, count, B_COUNT);
  store<u32>(block, bytes, B_BYTES);
  store<u64>(block, paddr, B_PADDR);
  return r + 2 * RECORD_SIZE;
}

// @ts-ignore: decorator
@inline
function overlaps(block: usize, paddr: u64, length: u64): bool {
  const start = load<u64>(block, B_PADDR);
  return start < paddr + length && paddr < start + load<u32>(block, B_BYTES);
}

/** Drops every block decoded from the `length` bytes at `paddr`, all in one page of RAM or ROM; true if there was one. */
export function invalidateCode(paddr: u64, length: u64): bool {
  const page = guestPage(paddr);
  const head = pageHead(page);
  let found = false;
  let previous: usize = 0;
  for (let b = load<u32>(head) as usize; b; ) {
    const next = load<u32>(b, B_PAGE_NEXT) as usize;
    if (overlaps(b, paddr, length)) {
      found = true;
      const region = load<u32>(b, B_REGION) as usize;
      if (region) {
        if (load<u32>(b, B_COUNT) == BLOCK_TRANSLATED) detachBlock(region);
        else store<u32>(region, 0, R_PLAIN);
      }
      store<u32>(b, BLOCK_DEAD, B_COUNT);
      if (previous) store<u32>(previous, next as u32, B_PAGE_NEXT);
      else store<u32>(head, next as u32);
      if (load<u32>(b, B_HASH_NEXT) != NOT_HASHED) unlink(hashSlot(load<u64>(b, B_PADDR)), b, B_HASH_NEXT);
    } else {
      previous = b;
    }
    b = next;
  }
  const low = (paddr as u32) & 0xfff;
  if (dropRegionsOfPage(page, low, low + (length as u32) - 1)) found = true;
  keepOrReleasePage(page);
  return found;
}

/** Whether a block or region was made from the `length` bytes at `paddr`, all in one page of RAM. */
export function isCode(paddr: u64, length: u32): bool {
  const page = guestPage(paddr);
  for (let b = load<u32>(pageHead(page)) as usize; b; b = load<u32>(b, B_PAGE_NEXT)) {
    if (overlaps(b, paddr, length)) return true;
  }
  const low = (paddr as u32) & 0xfff;
  return hasRegions(page, low, low + length - 1);
}

/** Drops all decoded blocks. */
export function emptyArena(): void {
  arenaEpoch++;
  memory.fill(BLOCK_HASH, 0, (BLOCK_HASH_ENTRIES as usize) << 2);
  memory.fill(PAGE_HEADS, 0, (((load<u64>(MACHINE, M_RAM_SIZE) + load<u64>(MACHINE, M_ROM_SIZE)) >> 12) as usize) << 2);
  store<u32>(MACHINE, ARENA as u32, M_ARENA_NEXT);
  keepRegionPages();
  flushAllJumpCaches();
}
