/**
 * The fast path of loads and stores: one comparison decides whether all of an access lies in
 * the page of a TLB entry (mmu/tlb.ts), and sends those that cross pages the slow way.
 */
import {
  GROUP_RECORDS,
  G_LOW,
  G_SIZE,
  HARTS,
  H_TLBS,
  JIT_BLOCK_GROUPS,
  JIT_GROUPS,
  MAX_BLOCK_GROUPS,
  MAX_GROUPS,
  REC_GROUP,
  REC_IMM,
  REC_RD,
  REC_RS1,
  STYLE_CALLS,
  STYLE_TLB_SHIFT,
  TLB_INDEX_MASK,
  TLB_SET_SIZE,
  TLB_SIZE,
} from '../layout';
import { HELPER_LOCATE } from '../jit/imports';
import { LOCATE_ATOMIC, LOCATE_WRITE } from '../jit/helpers';
import { accessValue, leaveAfterAccess, readSlow, writeSlow } from '../mmu/access';
import { tlbAddress, tlbEntry, tlbHit } from '../mmu/tlb';
import { TYPE_I32, Wasm } from '../wasm/opcode';
import {
  call,
  emit,
  end,
  i32Const,
  i64Const,
  localGet,
  localSet,
  localTee,
  memoryAccess,
  openTyped,
} from '../wasm/writer';
import {
  emitExitIf,
  emitFs2,
  emitRs1,
  emitRs1Low,
  emitRs2,
  emitSetFd,
  emitSetRd,
  emitSetRdLow,
  LOCAL_GROUP,
  LOCAL_HART,
  LOCAL_I32,
  LOCAL_I64,
  style,
  LOCAL_TLB_READ,
  LOCAL_TLB_WRITE,
} from './emit';
import { staysNarrow } from './narrow';
import { imm, rs1, rs2, setFd, setRd } from './registers';

// @ts-ignore: decorator
@inline
export function effectiveAddress(h: usize, r: usize): u64 {
  return (rs1(h, r) + imm(r)) as u64;
}

/** rd = the value of type T at rs1 + imm, extended as T says. */
// @ts-ignore: decorator
@inline
export function loadRd<T>(h: usize, r: usize, tlbRead: usize): bool {
  const vaddr = effectiveAddress(h, r);
  const entry = tlbEntry(tlbRead, vaddr);
  if (tlbHit(entry, vaddr, sizeof<T>() as u32)) {
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
  if (tlbHit(entry, vaddr, sizeof<T>() as u32)) {
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
  if (tlbHit(entry, vaddr, sizeof<T>() as u32)) {
    store<T>(tlbAddress(entry, vaddr), rs2(h, r) as T);
    return true;
  }
  return storeRs2Slow(h, r, vaddr, sizeof<T>() as u32);
}

function storeRs2Slow(h: usize, r: usize, vaddr: u64, size: u32): bool {
  const unused = 64 - (size << 3);
  return writeSlow(h, vaddr, ((rs2(h, r) as u64) << unused) >> unused, size);
}

// Translated code has the same fast path, and leaves by a side exit where it misses.

/** Where the TLB set lies that the region is written for, 0 if that is to be looked up. */
export function fixedTlb(): u32 {
  const own = style >> STYLE_TLB_SHIFT;
  return own ? (HARTS + H_TLBS + ((own - 1) as usize) * TLB_SET_SIZE) as u32 : 0;
}

/** What is to be added to LOCAL_ENTRY. */
// @ts-ignore: decorator
@inline
function entryOffset(flags: u32): u32 {
  const set = fixedTlb();
  return set && flags & LOCATE_WRITE ? set + (TLB_SIZE as u32) : set;
}

/** The virtual address of an access. */
const LOCAL_ACCESS: u32 = LOCAL_I64;
/** The TLB entry of its page, less `entryOffset`. */
const LOCAL_ENTRY: u32 = LOCAL_I32;

/**
 * Leaves the host address of an access of `size` bytes at rs1 + `offset` on the
 * stack, an i32. `flags` are LOCATE_*.
 */
export function emitLocate(r: usize, offset: i64, size: u32, flags: u32): void {
  emitRs1(r);
  if (offset) {
    i64Const(offset);
    emit(Wasm.I64_ADD);
  }
  localSet(LOCAL_ACCESS);
  emitHit(size, flags);
}

/** The same for a store to all of the aligned block of `size` bytes that rs1 points into. */
export function emitLocateBlock(r: usize, size: u32): void {
  emitRs1(r);
  i64Const(-(size as i64));
  emit(Wasm.I64_AND);
  localSet(LOCAL_ACCESS);
  emitHit(size, LOCATE_WRITE);
}

/** Pushes the host address of an access at LOCAL_ACCESS. */
function emitHit(size: u32, flags: u32): void {
  emitIsMiss(size, flags);
  if (style & STYLE_CALLS) {
    openTyped(Wasm.IF, TYPE_I32);
    localGet(LOCAL_HART);
    localGet(LOCAL_ACCESS);
    i32Const(size | flags);
    call(HELPER_LOCATE);
    localTee(LOCAL_ENTRY);
    emit(Wasm.I32_EQZ);
    emitExitIf();
    localGet(LOCAL_ENTRY);
    emit(Wasm.ELSE);
    pushHit(flags);
    end();
  } else {
    emitExitIf();
    pushHit(flags);
  }
}

/** Pushes whether the TLB has no entry for the access, an i32; where that would be is in LOCAL_ENTRY then. */
function emitIsMiss(size: u32, flags: u32): void {
  localGet(LOCAL_ACCESS);
  emit(Wasm.I32_WRAP_I64);
  i32Const(8);
  emit(Wasm.I32_SHR_U);
  i32Const(TLB_INDEX_MASK);
  emit(Wasm.I32_AND);
  if (!fixedTlb()) {
    localGet(flags & LOCATE_WRITE ? LOCAL_TLB_WRITE : LOCAL_TLB_READ);
    emit(Wasm.I32_ADD);
  }
  localTee(LOCAL_ENTRY);
  memoryAccess(Wasm.I64_LOAD, entryOffset(flags));
  localGet(LOCAL_ACCESS);
  emit(Wasm.I64_ADD);
  const shift = flags & LOCATE_ATOMIC ? ctz(size) : 0;
  if (shift) {
    // Makes what is misaligned a large number.
    i64Const(shift);
    emit(Wasm.I64_ROTR);
  }
  i64Const((4096 - size) >> shift);
  emit(Wasm.I64_GT_U);
}

/** Pushes the host address that the TLB entry gives. */
function pushHit(flags: u32): void {
  localGet(LOCAL_ACCESS);
  emit(Wasm.I32_WRAP_I64);
  localGet(LOCAL_ENTRY);
  memoryAccess(Wasm.I32_LOAD, entryOffset(flags) + 8);
  emit(Wasm.I32_ADD);
}

// Bases whose accesses were checked together, and which offset from each its LOCAL_GROUP stands for.

// @ts-ignore: decorator
@inline
function blockGroup(index: i32): usize {
  return JIT_BLOCK_GROUPS + ((index as usize) << 3);
}

/** The group of a base, or with 0 one that is free; -1 if there is none. */
function findBlockGroup(base: u32): i32 {
  for (let i = 0; i < (MAX_BLOCK_GROUPS as i32); i++) if (load<u32>(blockGroup(i)) == base) return i;
  return -1;
}

/** The group of the base of a record, -1 if its accesses were not checked together. */
// @ts-ignore: decorator
@inline
export function blockGroupOf(r: usize): i32 {
  const base = load<u16>(r, REC_RS1) as u32;
  return base == 0 ? -1 : findBlockGroup(base);
}

/**
 * Checks that all `length` bytes from rs1 + `low` on lie in one page that may be accessed.
 * Until `endBlockGroup` accesses by that register rely on that.
 */
export function startBlockGroup(r: usize, low: i32, length: u32, isWrite: bool): void {
  const group = findBlockGroup(0);
  if (group < 0) return;
  emitLocate(r, low, length, isWrite ? LOCATE_WRITE : 0);
  localSet(LOCAL_GROUP + group);
  store<u32>(blockGroup(group), load<u16>(r, REC_RS1));
  store<i32>(blockGroup(group), low, 4);
}

/** The register at offset `base` of the hart record changes. */
export function endBlockGroup(base: u32): void {
  const group = base == 0 ? -1 : findBlockGroup(base);
  if (group >= 0) store<u32>(blockGroup(group), 0);
}

export function endBlockGroups(): void {
  for (let i = 0; i < (MAX_BLOCK_GROUPS as i32); i++) store<u32>(blockGroup(i), 0);
}

/** Which copy of a loop is being written, if it has two (jit/page-loop.ts). */
export let copy: u32 = 0;
export const COPY_NONE: u32 = 0;
/** Looks up each access, and notes the pages. */
export const COPY_CHECKED: u32 = 1;
/** Knows that the accesses of groups are on these pages. */
export const COPY_KNOWN: u32 = 2;

export function setCopy(value: u32): void {
  copy = value;
}

/** Locals of such loops: MAX_GROUPS × i64, the page of each group, less its lowest offset; MAX_GROUPS × i32, what an address there is to be increased by; an i32, whether these are known. */
let loopLocals: u32 = 0;

export function setLoopLocals(first: u32): void {
  loopLocals = first;
}

// @ts-ignore: decorator
@inline
export function pageLocal(group: u32): u32 {
  return loopLocals + group;
}

// @ts-ignore: decorator
@inline
function addendLocal(group: u32): u32 {
  return loopLocals + MAX_GROUPS + group;
}

// @ts-ignore: decorator
@inline
export function knownLocal(): u32 {
  return loopLocals + 2 * MAX_GROUPS;
}

/** Notes on which page an access was that `emitLocate` has just looked up. */
function emitNotePage(group: u32, size: u32, flags: u32): void {
  if (style & STYLE_CALLS) {
    // What the core located need not be a page that all may access.
    emitIsMiss(size, flags);
    emit(Wasm.I32_EQZ);
    localGet(knownLocal());
    emit(Wasm.I32_AND);
    localSet(knownLocal());
  }
  localGet(LOCAL_ENTRY);
  memoryAccess(Wasm.I32_LOAD, entryOffset(flags) + 8);
  localSet(addendLocal(group));
  localGet(LOCAL_ACCESS);
  i64Const(~0xfff);
  emit(Wasm.I64_AND);
  i64Const(load<i32>(JIT_GROUPS + (group as usize) * G_SIZE, G_LOW));
  emit(Wasm.I64_SUB);
  localSet(pageLocal(group));
}

/** Pushes the host address of a load or store, less the offset that it returns. */
function emitAddress(r: usize, size: u32, flags: u32): u32 {
  const checked = blockGroupOf(r);
  if (checked >= 0) {
    localGet(LOCAL_GROUP + checked);
    return (load<i32>(r, REC_IMM) - load<i32>(blockGroup(checked), 4)) as u32;
  }
  const mark = copy == COPY_NONE ? 0 : (load<u16>(r, REC_GROUP) as u32);
  const group = (mark & (GROUP_RECORDS - 1)) - 1;
  if (mark && copy == COPY_KNOWN) {
    emitRs1Low(r);
    localGet(addendLocal(group));
    emit(Wasm.I32_ADD);
    const offset = load<i32>(r, REC_IMM);
    if (offset >= 0) return offset;
    i32Const(offset);
    emit(Wasm.I32_ADD);
    return 0;
  }
  emitLocate(r, imm(r), size, flags);
  if (mark & GROUP_RECORDS) emitNotePage(group, size, flags);
  return 0;
}

/** rd = what the load `opcode` of `size` bytes gives at rs1 + imm. */
export function emitLoadRd(r: usize, size: u32, opcode: u32): void {
  const offset = emitAddress(r, size, 0);
  const ofWord = staysNarrow(load<u16>(r, REC_RD)) ? loadOfWord(opcode) : 0;
  memoryAccess(ofWord ? ofWord : opcode, offset);
  if (ofWord) emitSetRdLow(r);
  else emitSetRd(r);
}

/** What loads the i32 that `opcode` extends, 0 if it loads no such word. */
function loadOfWord(opcode: u32): u32 {
  switch (opcode) {
    case Wasm.I64_LOAD8_S:
      return Wasm.I32_LOAD8_S;
    case Wasm.I64_LOAD16_S:
      return Wasm.I32_LOAD16_S;
    case Wasm.I64_LOAD32_S:
      return Wasm.I32_LOAD;
    default:
      return 0;
  }
}

/** Stores the low bytes of rs2, an x register, at rs1 + imm. */
export function emitStoreRs2(r: usize, size: u32, opcode: u32): void {
  const offset = emitAddress(r, size, LOCATE_WRITE);
  emitRs2(r);
  memoryAccess(opcode, offset);
}

/** fd = the NaN-boxed value of `size` bytes at rs1 + imm; `opcode` loads it as an i64, or as an f64 if it is one. */
export function emitLoadFd(r: usize, size: u32, opcode: u32): void {
  const offset = emitAddress(r, size, 0);
  memoryAccess(opcode, offset);
  if (size < 8) {
    i64Const(nanBox(size) as i64);
    emit(Wasm.I64_OR);
    emit(Wasm.F64_REINTERPRET_I64);
  }
  emitSetFd(r);
}

/** Stores the low bytes of rs2, an f register, at rs1 + imm; `opcode` stores an i64, or an f64 if it is one. */
export function emitStoreFs2(r: usize, size: u32, opcode: u32): void {
  const offset = emitAddress(r, size, LOCATE_WRITE);
  emitFs2(r);
  if (size < 8) emit(Wasm.I64_REINTERPRET_F64);
  memoryAccess(opcode, offset);
}

/** Leaves the host address of an atomic access at rs1 in LOCAL_I32. */
export function emitLocateAtomic(r: usize, size: u32, isWrite: bool): void {
  emitLocate(r, 0, size, LOCATE_ATOMIC | (isWrite ? LOCATE_WRITE : 0));
  localSet(LOCAL_I32);
}
