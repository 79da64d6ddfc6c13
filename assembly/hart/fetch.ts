/**
 * From a virtual pc to the decoded block there: instruction TLB, protection,
 * and the instructions that lie across two pages.
 */
import { FETCH_TLB_ENTRIES, H_FETCH_FILTER, H_FETCH_TLB, H_JUMP_CACHE, H_MENVCFG, H_PRIV, SCRATCH_BLOCK } from '../layout';
import { MENVCFG_ADUE } from '../generated/csr';
import { PMP_MIXED, PMP_X, pmpAllows, pmpPermissions } from '../mmu/pmp';
import { cacheInstall, fetchFilterIndex, jumpIndex } from '../mmu/tlb';
import { ACCESS_FETCH, hostPaddr, isRam, paddr, raiseAccessFault, memoryAddress, translate, useRom } from '../mmu/walk';
import { blockAt, decodeBlock, straddlingBlock } from './block';
import { countInstruction, isCounting, mayStopAt, stopsAt } from './debug';

/** The page of the last `locateFetch` has one PMP permission: blocks of it may be kept. */
let isUniform: bool = false;

// @ts-ignore: decorator
@inline
function fetchTag(h: usize, pc: u64): u64 {
  return (pc & ~0xfff) | ((load<u32>(h, H_PRIV) as u64) << 1) | 1;
}

// @ts-ignore: decorator
@inline
function fetchEntry(h: usize, pc: u64): usize {
  return h + H_FETCH_TLB + ((((pc >> 12) as u32) & (FETCH_TLB_ENTRIES - 1)) << 4);
}

/** Physical address of the code at `pc` where the instruction TLB has it, else 0; changes nothing. */
// @ts-ignore: decorator
@inline
export function knownFetch(h: usize, pc: u64): u64 {
  const e = fetchEntry(h, pc);
  return load<u64>(e) == fetchTag(h, pc) ? load<u64>(e, 8) | (pc & 0xfff) : 0;
}

/** Physical address of the code at `pc`, 0 when it raised an exception (neither RAM nor ROM lies there). */
function locateFetch(h: usize, pc: u64): u64 {
  isUniform = true;
  const known = knownFetch(h, pc);
  if (known) return known;
  const privilege = load<u32>(h, H_PRIV);
  if (!translate(h, pc, ACCESS_FETCH, privilege)) return 0;
  const page = paddr & ~0xfff;
  const permissions = pmpPermissions(h, page, 4096, privilege);
  isUniform = permissions != PMP_MIXED;
  const isAllowed: bool = isUniform ? (permissions & PMP_X) != 0 : pmpAllows(h, paddr, 2, privilege, PMP_X);
  if ((!isRam(page, 4096) && !useRom(page)) || !isAllowed) {
    raiseAccessFault(h, pc, ACCESS_FETCH);
    return 0;
  }
  if (isUniform) {
    const e = fetchEntry(h, pc);
    store<u64>(e, fetchTag(h, pc));
    store<u64>(e, page, 8);
    store<u8>(h + fetchFilterIndex(pc), 1, H_FETCH_FILTER);
  }
  return paddr;
}

/**
 * For translated code: whether the code at `pc` lies in the page of RAM at `page` of the
 * linear memory. It changes nothing that a guest can see: a PTE without A means no.
 */
export function isFetchedFrom(h: usize, pc: u64, page: usize): bool {
  const menvcfg = load<u64>(h, H_MENVCFG);
  store<u64>(h, menvcfg & ~MENVCFG_ADUE, H_MENVCFG);
  const address = locateFetch(h, pc);
  store<u64>(h, menvcfg, H_MENVCFG);
  return address != 0 && isUniform && (address & ~0xfff) == hostPaddr(page);
}

/** The block at `pc`, found or decoded; 0 when fetching raised an exception, or the hart stops there (hart/debug.ts). */
export function findBlock(h: usize, pc: u64): usize {
  if (isCounting || mayStopAt(pc as u32)) return findWatched(h, pc);
  const address = locateFetch(h, pc);
  if (!address) return 0;
  if (!isUniform || isStraddling(address)) return decodeOnce(h, pc, address);
  const block = blockAt(address);
  cacheInstall(h, load<u32>(h, H_JUMP_CACHE) + jumpIndex(pc), pc, block as u32);
  return block;
}

function findWatched(h: usize, pc: u64): usize {
  if (stopsAt(h, pc)) return 0;
  const block = findOnce(h, pc);
  if (isCounting && block) countInstruction(block);
  return block;
}

/** A block of the one instruction at `pc`, good until the next one is asked for; 0 as above. */
export function findOnce(h: usize, pc: u64): usize {
  const address = locateFetch(h, pc);
  return address ? decodeOnce(h, pc, address) : 0;
}

// @ts-ignore: decorator
@inline
function isStraddling(address: u64): bool {
  return (address & 0xfff) == 0xffe && (load<u16>(memoryAddress(address)) & 3) == 3;
}

function decodeOnce(h: usize, pc: u64, address: u64): usize {
  if (isStraddling(address)) {
    const low = load<u16>(memoryAddress(address));
    const high = locateFetch(h, pc + 2);
    if (!high) return 0;
    return straddlingBlock(low | ((load<u16>(memoryAddress(high)) as u32) << 16));
  }
  if (!isUniform && (load<u16>(memoryAddress(address)) & 3) == 3) {
    // In two parts, as its length is known only after the first.
    if (!pmpAllows(h, address + 2, 2, load<u32>(h, H_PRIV), PMP_X)) {
      raiseAccessFault(h, pc + 2, ACCESS_FETCH);
      return 0;
    }
  }
  decodeBlock(SCRATCH_BLOCK, address, 1);
  return SCRATCH_BLOCK;
}

/** The bits of the instruction at `pc`, which was just executed. */
export function fetchRaw(h: usize, pc: u64): u32 {
  const address = locateFetch(h, pc);
  if (!address) return 0;
  const low = load<u16>(memoryAddress(address)) as u32;
  if ((low & 3) != 3) return low;
  const high = locateFetch(h, pc + 2);
  return high ? low | ((load<u16>(memoryAddress(high)) as u32) << 16) : low;
}
