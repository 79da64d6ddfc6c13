/**
 * Which code a region holds: everything that can be reached from its head by
 * jumps and branches and behind calls, as far as it lies in the window, on pages
 * that the instruction TLB knows, and has been executed before: a branch to code
 * that was never decoded leaves the region. Finds the basic blocks of it.
 */
import {
  KIND_BRANCH,
  KIND_CALL,
  KIND_CALL_INDIRECT,
  KIND_CSR,
  KIND_DISPATCH,
  KIND_EXIT,
  KIND_FALL,
  KIND_INDIRECT,
  KIND_JUMP,
  KIND_RETURN,
  MAX_REGION_BLOCKS,
  MAX_REGION_INSTRUCTIONS,
  MAX_REGION_PAGES,
  MAX_TARGETS,
  RECORD_SIZE,
  REC_IMM,
  REC_LEN,
  REC_OP,
  REC_RD,
  REC_RS1,
  T_BLOCKS,
  T_COUNT,
  T_END,
  T_FIRST,
  T_INDEX,
  T_KIND,
  T_LISTS,
  T_MARKS,
  T_PAGES,
  T_RECORDS,
  T_SIZE,
  T_START,
  T_SUCCESSOR,
  T_TARGET,
  T_TARGETS,
  T_WINDOW,
  X_SINK,
} from '../layout';
import {
  CSR_CYCLE,
  CSR_INSTRET,
  CSR_MIP,
  CSR_MSCRATCH,
  CSR_SATP,
  CSR_SSTATUS,
} from '../generated/csr';
import { FIRST_BRANCH, LAST_BRANCH, Op } from '../generated/opcodes';
import { findDecoded } from '../hart/block';
import { mayStopAt } from '../hart/debug';
import { knownFetch } from '../hart/fetch';
import { decodeInstruction } from '../isa/decode';
import { hostPaddr, memoryAddress } from '../mmu/walk';
import { canEmit } from './emit-instruction';
import { profiledTarget } from './profile';

/** Basic blocks of the region; the first one is its head. */
export let blockCount: u32 = 0;
/** Targets of indirect jumps, in T_TARGETS. */
export let targetCount: u32 = 0;
/** Instructions of all of them. */
export let instructionCount: u32 = 0;

const PAGE_UNKNOWN: u32 = 0;
const PAGE_REFUSED: u32 = 1;
/** The page of the head has this place in T_PAGES. */
export const HEAD_PAGE: i32 = 16;
export const WINDOW_PAGES: usize = 33;

/** REC_RS1 of ra. */
/** With more blocks than FEW_BLOCKS a region grows to MANY_INSTRUCTIONS only: compiling more takes hosts longer than it gains. */
const FEW_BLOCKS: u32 = 40;
const MANY_INSTRUCTIONS: u32 = 320;
const RA: u32 = 8;
const T0: u32 = 5 << 3;

/** Instructions of a basic block at most. */
const LONGEST_BLOCK: i32 = 64;

const MARK_INSTRUCTION: u32 = 1;
const MARK_LEADER: u32 = 2;

let headPc: u64 = 0;
let pages: u32 = 0;
let followAll: bool = false;
let queueEnd: u32 = 0;

// @ts-ignore: decorator
@inline
export function blockAtIndex(index: i32): usize {
  return T_BLOCKS + (index as usize) * T_SIZE;
}

// @ts-ignore: decorator
@inline
function markOf(offset: i32): usize {
  return T_MARKS + (((offset + T_WINDOW) as usize) >> 1);
}

export function isInWindow(offset: i32): bool {
  return offset >= -T_WINDOW && offset < T_WINDOW;
}

/** Which place in T_PAGES the page of this byte has. */
export function pageIndex(offset: i32): i32 {
  return (((headPc & 0xfff) as i32) + offset >> 12) + HEAD_PAGE;
}

/** Where the byte at `offset` lies in the linear memory, if its page was looked up before and is part of the region; else 0. */
export function pageHost(offset: i32): usize {
  if (!isInWindow(offset)) return 0;
  const page = load<u32>(T_PAGES + ((pageIndex(offset) as usize) << 2));
  return page <= PAGE_REFUSED ? 0 : (page as usize) | (((headPc + offset) as usize) & 0xfff);
}

/** Where the code at `offset` lies in the linear memory; 0 when it cannot be part of the region. */
function codeAt(h: usize, offset: i32): usize {
  const slot = T_PAGES + ((pageIndex(offset) as usize) << 2);
  if (load<u32>(slot) == PAGE_UNKNOWN) {
    const address = pages < MAX_REGION_PAGES ? knownFetch(h, headPc + offset) : 0;
    store<u32>(slot, address ? (memoryAddress(address & ~0xfff) as u32) : PAGE_REFUSED);
    if (address) pages++;
  }
  return pageHost(offset);
}

/** Decodes the instruction at `offset` into `r`; false when it cannot be part of the region. */
function decodeAt(h: usize, offset: i32, r: usize): bool {
  const code = codeAt(h, offset);
  if (!code) return false;
  let raw = load<u16>(code) as u32;
  if ((raw & 3) == 3) {
    const upper = codeAt(h, offset + 2);
    if (!upper) return false;
    raw |= (load<u16>(upper) as u32) << 16;
  }
  const op = decodeInstruction(raw, r);
  return canEmit(op) || op == Op.AUIPC || op == Op.JAL || op == Op.JALR || op == Op.CBO_ZERO || isPlainCsr(op, r);
}

/**
 * Whether an instruction accesses a CSR that has no say in how code is fetched,
 * so that the region can go on behind it: those of floating point and of S-mode
 * but for satp, what traps leave in M-mode, counters.
 */
function isPlainCsr(op: u32, r: usize): bool {
  if (!isCsr(op)) return false;
  const csr = load<u32>(r, REC_IMM) & 0xfff;
  return (
    csr < 4 ||
    (csr >= CSR_SSTATUS && csr < CSR_SATP) ||
    (csr >= CSR_MSCRATCH && csr <= CSR_MIP) ||
    (csr >= CSR_CYCLE && csr <= CSR_INSTRET)
  );
}

function addLeader(offset: i32): void {
  if (!isInWindow(offset)) return;
  const mark = markOf(offset);
  const flags = load<u8>(mark) as u32;
  if (flags & MARK_LEADER) return;
  store<u8>(mark, (flags | MARK_LEADER) as u8);
  store<i32>(T_LISTS + ((queueEnd as usize) << 2), offset);
  queueEnd++;
}

/** A jump or taken branch to `offset`: followed when it has been executed. */
function addTarget(h: usize, offset: i32): void {
  if (!isInWindow(offset)) return;
  if (!followAll && !(load<u8>(markOf(offset)) & MARK_INSTRUCTION)) {
    const code = codeAt(h, offset);
    if (!code || !findDecoded(hostPaddr(code))) return;
  }
  addLeader(offset);
}

/** Follows the indirect jump at `offset` to where it went before. */
function addIndirectTargets(h: usize, offset: i32): void {
  const paddr = hostPaddr(codeAt(h, offset));
  for (let i: usize = 0; targetCount < MAX_TARGETS; i++) {
    const distance = profiledTarget(paddr, i);
    if (!distance) return;
    const target = offset + distance;
    if (!isInWindow(target) || isTarget(target)) continue;
    store<i32>(T_TARGETS + ((targetCount as usize) << 3), target);
    targetCount++;
    addTarget(h, target);
  }
}

function isTarget(offset: i32): bool {
  for (let i: u32 = 0; i < targetCount; i++) {
    if (load<i32>(T_TARGETS + ((i as usize) << 3)) == offset) return true;
  }
  return false;
}

/** Makes the block that indirect jumps go through, if they have targets in the region. */
function addDispatch(): void {
  let kept: u32 = 0;
  for (let i: u32 = 0; i < targetCount; i++) {
    const offset = load<i32>(T_TARGETS + ((i as usize) << 3));
    const index = blockStarting(offset);
    if (index < 0) continue;
    store<i32>(T_TARGETS + ((kept as usize) << 3), offset);
    store<i32>(T_TARGETS + ((kept as usize) << 3), index, 4);
    kept++;
  }
  targetCount = kept;
  if (!kept) return;
  for (let i: u32 = 0; i < blockCount; i++) {
    const block = blockAtIndex(i);
    if (load<u32>(block, T_KIND) == KIND_INDIRECT) store<i32>(block, blockCount, T_SUCCESSOR);
  }
  const dispatch = blockAtIndex(blockCount);
  store<i32>(dispatch, 0, T_START);
  store<i32>(dispatch, 0, T_END);
  store<u32>(dispatch, 0, T_COUNT);
  store<u32>(dispatch, KIND_DISPATCH, T_KIND);
  blockCount++;
}

// @ts-ignore: decorator
@inline
function isBranch(op: u32): bool {
  return op >= FIRST_BRANCH && op <= LAST_BRANCH;
}

// @ts-ignore: decorator
@inline
function isCsr(op: u32): bool {
  return op >= (Op.CSRRW as u32) && op <= (Op.CSRRCI as u32);
}

/** Marks the instructions from `offset` on, and notes where else control goes. */
function scan(h: usize, offset: i32): void {
  const r = T_RECORDS;
  let straight = 0;
  // An instruction starts two blocks at most, and one more where a page ends.
  while (
    isInWindow(offset + 4) &&
    instructionCount < (queueEnd < FEW_BLOCKS ? MAX_REGION_INSTRUCTIONS : MANY_INSTRUCTIONS) &&
    queueEnd + 3 < MAX_REGION_BLOCKS
  ) {
    const mark = markOf(offset);
    const flags = load<u8>(mark) as u32;
    if (flags & MARK_INSTRUCTION) {
      addLeader(offset);
      return;
    }
    if (mayStopAt((headPc + offset) as u32) || !decodeAt(h, offset, r)) return;
    // Blocks end where pages end, and one that lies across two starts a block.
    const next = offset + (load<u8>(r, REC_LEN) as i32);
    if (pageIndex(next - 1) != pageIndex(offset)) addLeader(offset);
    else if (pageIndex(next) != pageIndex(offset)) addLeader(next);
    store<u8>(mark, load<u8>(mark) | (MARK_INSTRUCTION as u8));
    instructionCount++;
    const op = load<u16>(r, REC_OP) as u32;
    const isLinked = load<u16>(r, REC_RD) != X_SINK;
    if (isBranch(op)) {
      addTarget(h, offset + load<i32>(r, REC_IMM));
      addLeader(next);
    } else if (op == Op.JAL && !isLinked) {
      addTarget(h, offset + load<i32>(r, REC_IMM));
      return;
    } else if (op == Op.JALR && !isLink(r)) {
      if (load<u16>(r, REC_RS1) != RA) addIndirectTargets(h, offset);
      return;
    } else if (op == Op.JAL || op == Op.JALR || isCsr(op)) {
      addLeader(next);
    }
    if (pageIndex(next - 1) != pageIndex(offset)) addLeader(next);
    // Long blocks are cut, because the budget is looked at between blocks only.
    straight++;
    if (straight == LONGEST_BLOCK) {
      straight = 0;
      addLeader(next);
    }
    offset = next;
  }
}

// @ts-ignore: decorator
@inline
function isPart(offset: i32): bool {
  const both = MARK_INSTRUCTION | MARK_LEADER;
  return isInWindow(offset) && (load<u8>(markOf(offset)) & both) == both;
}

/** Whether an indirect jump is a call: it notes where it came from in a link register (ISA manual, 2.5.1), which that of a PLT entry is not. */
function isLink(r: usize): bool {
  const rd = load<u16>(r, REC_RD) as u32;
  return rd == RA || rd == T0;
}

/** The block that starts at `offset`; -1 when that is not part of the region. */
function blockStarting(offset: i32): i32 {
  return isPart(offset) ? (load<u16>(T_INDEX + (((offset + T_WINDOW) as usize) & ~1)) as i32) : -1;
}

function setSuccessor(block: usize, index: usize, offset: i32): void {
  store<i32>(block + (index << 2), blockStarting(offset), T_SUCCESSOR);
  store<i32>(block + (index << 2), offset, T_TARGET);
}

/** Decodes one basic block; returns where its records end. */
function buildBlock(h: usize, block: usize, records: usize): usize {
  let offset = load<i32>(block, T_START);
  let r = records;
  let count: u32 = 0;
  let kind = KIND_EXIT;
  store<u32>(block, r as u32, T_FIRST);
  store<i32>(block, -1, T_SUCCESSOR);
  store<i32>(block, -1, T_SUCCESSOR + 4);
  while (true) {
    const isInstruction = isInWindow(offset) && load<u8>(markOf(offset)) & MARK_INSTRUCTION;
    if (count && isPart(offset)) {
      kind = KIND_FALL;
      setSuccessor(block, 0, offset);
      break;
    }
    if (!isInstruction) break;
    if (count && pageIndex(offset) != pageIndex(load<i32>(block, T_START))) break;
    decodeAt(h, offset, r);
    const op = load<u16>(r, REC_OP) as u32;
    const next = offset + (load<u8>(r, REC_LEN) as i32);
    const isLinked = load<u16>(r, REC_RD) != X_SINK;
    const target = offset + load<i32>(r, REC_IMM);
    const source = load<u16>(r, REC_RS1);
    r += RECORD_SIZE;
    count++;
    offset = next;
    if (isBranch(op)) {
      kind = KIND_BRANCH;
      setSuccessor(block, 0, target);
      setSuccessor(block, 1, next);
      break;
    }
    if (op == Op.JAL) {
      kind = isLinked ? KIND_CALL : KIND_JUMP;
      setSuccessor(block, 0, isLinked ? next : target);
      store<i32>(block, target, T_TARGET + 4);
      break;
    }
    if (isCsr(op)) {
      kind = KIND_CSR;
      setSuccessor(block, 0, next);
      break;
    }
    if (op == Op.JALR) {
      // By the calling convention; where it is none, the caller finds out that control did not come back to it.
      const isCall = isLink(r - RECORD_SIZE);
      kind = isCall ? KIND_CALL_INDIRECT : source == RA && !isLinked ? KIND_RETURN : KIND_INDIRECT;
      if (isCall) setSuccessor(block, 0, next);
      break;
    }
  }
  store<u32>(block, kind, T_KIND);
  store<u32>(block, count, T_COUNT);
  store<i32>(block, offset, T_END);
  return r;
}

/** Finds the basic blocks of the region at `pc`, whose code lies at `paddr`; false when there is nothing to translate. */
export function discover(h: usize, pc: u64, paddr: u64, all: bool): bool {
  headPc = pc;
  followAll = all;
  instructionCount = 0;
  blockCount = 0;
  queueEnd = 0;
  targetCount = 0;
  memory.fill(T_MARKS, 0, T_WINDOW as usize);
  memory.fill(T_PAGES, 0, WINDOW_PAGES << 2);
  store<u32>(T_PAGES + ((HEAD_PAGE as usize) << 2), memoryAddress(paddr & ~0xfff) as u32);
  pages = 1;
  addLeader(0);
  for (let i: u32 = 0; i < queueEnd; i++) {
    const offset = load<i32>(T_LISTS + ((i as usize) << 2));
    if (!(load<u8>(markOf(offset)) & MARK_INSTRUCTION)) scan(h, offset);
  }
  if (!isPart(0)) return false;
  for (let i: u32 = 0; i < queueEnd; i++) {
    const offset = load<i32>(T_LISTS + ((i as usize) << 2));
    if (!isPart(offset)) continue;
    store<u16>(T_INDEX + (((offset + T_WINDOW) as usize) & ~1), blockCount as u16);
    store<i32>(blockAtIndex(blockCount), offset, T_START);
    blockCount++;
  }
  let records = T_RECORDS;
  for (let i: u32 = 0; i < blockCount; i++) records = buildBlock(h, blockAtIndex(i), records);
  addDispatch();
  return true;
}
