/**
 * Innermost loops are written twice, if they access memory at addresses that
 * follow from a register as it is where the loop starts. The first copy looks up
 * each access in the TLB, and notes for each such register on which page its
 * accesses were. The second copy starts with a comparison with these pages, and
 * then performs the accesses of the group without further checks. A round that
 * accesses other pages, or crosses from one to the next, goes through the first
 * copy. Nothing in such a loop can change what a page is mapped to. The second
 * copy of a short loop holds some rounds, with one look at the budget for all.
 */
import {
  GROUP_RECORDS,
  G_BASE,
  G_HIGH,
  G_LOW,
  G_RECORDER,
  G_SIZE,
  G_STEP,
  JIT_GROUPS,
  JIT_MOVED,
  KIND_CSR,
  KIND_DISPATCH,
  MAX_GROUPS,
  NO_STEP,
  RECORD_SIZE,
  REC_GROUP,
  REC_IMM,
  REC_OP,
  REC_RD,
  REC_RS1,
  T_COUNT,
  T_DEF,
  T_DOMINATOR,
  T_FIRST,
  T_IN_LOOP,
  T_IS_LOOP,
  T_KIND,
  T_ORDER,
} from '../layout';
import { Op } from '../generated/opcodes';
import { pageLocal } from '../isa/access';
import { getX } from '../isa/emit';
import { Wasm } from '../wasm/opcode';
import { emit, i64Const, localGet } from '../wasm/writer';
import { blockAtIndex } from './discover';
import { commonDominator, edges, inOrder, isCall, successor, writesOf } from './flow';
import { handedOn } from './known-words';
import { accessSize, isAccess, isStore } from './block-groups';

/** Most instructions of a loop that is written twice. */
const LONGEST_LOOP: u32 = 128;
/** How many bytes the accesses of a group may span. */
const WIDEST_GROUP: i32 = 1024;

/** The place in the order of the header of the loop that `findGroups` looked at last. */
let loopStart: i32 = 0;
/** Instructions of the loop that `findGroups` looked at last. */
let loopLength: u32 = 0;
/** Groups of the loop that `findGroups` looked at last. */
export let groupCount: u32 = 0;

// @ts-ignore: decorator
@inline
export function groupAt(index: u32): usize {
  return JIT_GROUPS + (index as usize) * G_SIZE;
}

/**
 * Marks the blocks of the loop at `header`; returns the place in the order of the
 * block that dominates all that jump back, or -1 if the loop is not innermost, too
 * long, or does what may change the TLB.
 */
function markLoop(header: usize, blocks: i32): i32 {
  const first = load<i32>(header, T_ORDER);
  loopStart = first;
  loopLength = 0;
  let latch: i32 = -1;
  for (let place = blocks - 1; place >= first; place--) {
    const block = inOrder(place);
    let inLoop = place == first;
    for (let i: usize = 0, n = edges(block); i < n; i++) {
      const index = successor(block, i);
      if (index < 0) continue;
      const to = load<i32>(blockAtIndex(index), T_ORDER);
      if (to == first) latch = latch < 0 ? place : commonDominator(latch, place);
      if (to == first || (to > place && load<u32>(blockAtIndex(index), T_IN_LOOP))) inLoop = true;
    }
    store<u32>(block, inLoop ? 1 : 0, T_IN_LOOP);
    if (!inLoop) continue;
    loopLength += load<u32>(block, T_COUNT);
    const kind = load<u32>(block, T_KIND);
    if (isCall(block) || kind == KIND_CSR || kind == KIND_DISPATCH) return -1;
    if (loopLength > LONGEST_LOOP || (load<u32>(block, T_IS_LOOP) && place > first)) return -1;
  }
  return latch;
}

/** Adds an access at `offset` from what its base was where the loop started to the group of that base. */
function addToGroup(r: usize, base: u32, offset: i32): void {
  const op = load<u16>(r, REC_OP) as u32;
  let index: u32 = 0;
  while (index < groupCount && load<u32>(groupAt(index), G_BASE) != base) index++;
  if (index == MAX_GROUPS) return;
  const group = groupAt(index);
  const isNew = index == groupCount;
  const low = isNew ? offset : min(load<i32>(group, G_LOW), offset);
  const end = offset + (accessSize(op) as i32);
  const high = isNew ? end : max(load<i32>(group, G_HIGH), end);
  if (high - low > WIDEST_GROUP) return;
  if (isNew) {
    groupCount++;
    store<u32>(group, base, G_BASE);
  }
  store<i32>(group, low, G_LOW);
  store<i32>(group, high, G_HIGH);
  // A page that may be written may be read, but not the other way round.
  if (isNew || isStore(op) || !isStore(load<u16>(load<u32>(group, G_RECORDER) as usize, REC_OP))) {
    store<u32>(group, r as u32, G_RECORDER);
  }
  store<u16>(r, (index + 1) as u16, REC_GROUP);
}

// @ts-ignore: decorator
@inline
function movedSlot(base: u32): usize {
  return JIT_MOVED + ((base as usize) << 2);
}

/** The accesses of a block that each round executes; returns which bases are known no more, of those that were not before. */
function groupEachRound(block: usize, lost: u32): u32 {
  const count = load<u32>(block, T_COUNT);
  let r = load<u32>(block, T_FIRST) as usize;
  for (let i: u32 = 0; i < count; i++, r += RECORD_SIZE) {
    const op = load<u16>(r, REC_OP) as u32;
    const base = load<u16>(r, REC_RS1) >> 3;
    if (isAccess(op) && base && !(lost & (1 << base))) addToGroup(r, base, load<i32>(movedSlot(base)) + load<i32>(r, REC_IMM));
    const defined = writesOf(r) as u32;
    if (!defined) continue;
    if (op == Op.ADDI && load<u16>(r, REC_RD) == load<u16>(r, REC_RS1)) {
      const moved = load<i32>(movedSlot(base)) + load<i32>(r, REC_IMM);
      store<i32>(movedSlot(base), moved);
      if (abs(moved) > WIDEST_GROUP) lost |= defined;
    } else {
      lost |= defined;
    }
  }
  return lost;
}

/** Whether a block is of that loop; the marks of those before it are of others. */
export function isInLoop(block: usize): bool {
  return load<i32>(block, T_ORDER) >= loopStart && load<u32>(block, T_IN_LOOP) != 0;
}

/** How many rounds the second copy holds. */
export function roundsOfCopy(): u32 {
  return loopLength <= 16 ? 4 : loopLength <= 40 ? 2 : 1;
}

/**
 * Pushes whether the accesses of a group may leave its page in one of the next
 * `rounds` rounds, which the first `atStart` of them asks for all of them, an i32;
 * false if it is not the time to ask.
 */
export function emitLeavesPage(index: u32, rounds: u32, atStart: bool): bool {
  const group = groupAt(index);
  const low = load<i32>(group, G_LOW);
  const width = load<i32>(group, G_HIGH) - low;
  const step = load<i32>(group, G_STEP);
  const isForAll = step != NO_STEP && width + abs(step) * ((rounds as i32) - 1) <= 2 * WIDEST_GROUP;
  if (isForAll != atStart) return false;
  const way = isForAll ? step * ((rounds as i32) - 1) : 0;
  getX(load<u32>(group, G_BASE) << 3);
  localGet(pageLocal(index));
  emit(Wasm.I64_SUB);
  if (way < 0) {
    i64Const(way);
    emit(Wasm.I64_ADD);
  }
  i64Const(0x1000 - width - abs(way));
  emit(Wasm.I64_GT_U);
  return true;
}

/** Whether the loop at `header` is to be written twice; then its blocks and groups are marked. */
export function findGroups(header: usize, blocks: i32): bool {
  groupCount = 0;
  const latch = markLoop(header, blocks);
  if (latch < 0) return false;
  const first = load<i32>(header, T_ORDER);
  memory.fill(JIT_MOVED, 0, 32 << 2);
  // What is handed on as a word is not there as an address when the second copy starts.
  let lost = handedOn(header);
  // The blocks on the way to the latch, which each round executes, are dominators of it.
  for (let place = first; place < blocks; place++) {
    const block = inOrder(place);
    if (!load<u32>(block, T_IN_LOOP)) continue;
    const count = load<u32>(block, T_COUNT);
    let r = load<u32>(block, T_FIRST) as usize;
    for (let i: u32 = 0; i < count; i++, r += RECORD_SIZE) store<u16>(r, 0, REC_GROUP);
    if (commonDominator(latch, place) == place) lost = groupEachRound(block, lost);
    else lost |= load<u64>(block, T_DEF) as u32;
  }
  for (let i: u32 = 0; i < groupCount; i++) {
    const base = load<u32>(groupAt(i), G_BASE);
    store<i32>(groupAt(i), lost & (1 << base) ? NO_STEP : load<i32>(movedSlot(base)), G_STEP);
    const r = load<u32>(groupAt(i), G_RECORDER) as usize;
    store<u16>(r, load<u16>(r, REC_GROUP) | (GROUP_RECORDS as u16), REC_GROUP);
  }
  return groupCount > 0;
}

/** The last block before `place` in the order that is not of the marked loop at `header` but dominated by a block of it; -1 if there is none. */
export function loopExitBefore(place: i32, header: usize): i32 {
  const first = load<i32>(header, T_ORDER);
  for (let at = place - 1; at > first; at--) {
    const block = inOrder(at);
    const dominator = load<i32>(block, T_DOMINATOR);
    if (!load<u32>(block, T_IN_LOOP) && dominator >= first && load<u32>(inOrder(dominator), T_IN_LOOP)) return at;
  }
  return -1;
}
