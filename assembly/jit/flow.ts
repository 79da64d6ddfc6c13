/**
 * Control flow of a region and what its registers do: reverse postorder,
 * dominators and loops; which registers are live or dirty where; where each is
 * loaded from the hart record, how much budget each stretch needs, and what must
 * be checked again (mappings of further pages, the state of the FPU).
 */
import {
  F_BASE,
  KIND_CALL,
  KIND_CALL_INDIRECT,
  KIND_DISPATCH,
  RECORD_SIZE,
  REC_IMM,
  REC_OP,
  REC_RD,
  REC_RS1,
  REC_RS2,
  T_CHILD,
  T_COST,
  T_COUNT,
  T_DEF,
  T_DIRTY_IN,
  T_DOMINATOR,
  T_FIRST,
  T_FORWARD,
  T_FP,
  T_IS_CHECKED,
  T_IS_LOOP,
  T_KIND,
  T_LISTS,
  T_LIVE_IN,
  T_LOAD,
  T_LOAD_BEFORE,
  T_ORDER,
  T_PENDING,
  T_SIBLING,
  T_SUBTREE,
  T_SUCCESSOR,
  T_TARGETS,
  T_USE,
  X_SINK,
} from '../layout';
import { FIRST_FP, FIRST_SYSTEM, LAST_FP, Op } from '../generated/opcodes';
import { registerOf } from '../isa/emit';
import { blockAtIndex, blockCount, targetCount } from './discover';
import { fpNeeds } from './fpu-guard';
import { findGuards } from './guards';

/** All registers that the region reads or sets. */
export let usedRegisters: u64 = 0;
/** FP_* of all blocks together. */
export let fpUse: u32 = 0;

/** How many blocks can be reached; the first so many places of the order are theirs. */
let reached: i32 = 0;

// @ts-ignore: decorator
@inline
function orderSlot(place: i32): usize {
  return T_LISTS + ((place as usize) << 2);
}

/** The block at a place of the reverse postorder. */
// @ts-ignore: decorator
@inline
export function inOrder(place: i32): usize {
  return blockAtIndex(load<i32>(orderSlot(place)));
}

// @ts-ignore: decorator
@inline
export function successor(block: usize, index: usize): i32 {
  if (load<u32>(block, T_KIND) == KIND_DISPATCH) return load<i32>(T_TARGETS + (index << 3), 4);
  return load<i32>(block + (index << 2), T_SUCCESSOR);
}

/** How many edges a block may have. */
// @ts-ignore: decorator
@inline
export function edges(block: usize): usize {
  return load<u32>(block, T_KIND) == KIND_DISPATCH ? (targetCount as usize) : 2;
}

/** Control leaves the region along this edge. */
function cut(block: usize, index: usize): void {
  if (load<u32>(block, T_KIND) == KIND_DISPATCH) store<i32>(T_TARGETS + (index << 3), -1, 4);
  else store<i32>(block + (index << 2), -1, T_SUCCESSOR);
}

// @ts-ignore: decorator
@inline
export function isCall(block: usize): bool {
  const kind = load<u32>(block, T_KIND);
  return kind == KIND_CALL || kind == KIND_CALL_INDIRECT;
}

const NOT_VISITED: i32 = -1;
const VISITING: i32 = -2;

function visit(index: i32): void {
  const block = blockAtIndex(index);
  store<i32>(block, VISITING, T_ORDER);
  for (let i: usize = 0, n = edges(block); i < n; i++) {
    const next = successor(block, i);
    if (next >= 0 && load<i32>(blockAtIndex(next), T_ORDER) == NOT_VISITED) visit(next);
  }
  reached--;
  store<i32>(block, reached, T_ORDER);
  store<i32>(orderSlot(reached), index);
}

/** Numbers the blocks in reverse postorder from the head. */
function order(): void {
  const total = blockCount as i32;
  for (let i = 0; i < total; i++) store<i32>(blockAtIndex(i), NOT_VISITED, T_ORDER);
  reached = total;
  visit(0);
  const first = reached;
  for (let place = first; place < total; place++) {
    const index = load<i32>(orderSlot(place));
    store<i32>(orderSlot(place - first), index);
    store<i32>(blockAtIndex(index), place - first, T_ORDER);
  }
  reached = total - first;
}

/** The nearest block that dominates both, by place in the order. */
export function commonDominator(a: i32, b: i32): i32 {
  while (a != b) {
    while (a > b) a = load<i32>(inOrder(a), T_DOMINATOR);
    while (b > a) b = load<i32>(inOrder(b), T_DOMINATOR);
  }
  return a;
}

/** Immediate dominators, as places in the order (Cooper, Harvey and Kennedy's iteration over edges). */
function dominate(): void {
  for (let place = 0; place < reached; place++) store<i32>(inOrder(place), -1, T_DOMINATOR);
  let changed = true;
  while (changed) {
    changed = false;
    for (let place = 0; place < reached; place++) {
      const block = inOrder(place);
      for (let i: usize = 0, n = edges(block); i < n; i++) {
        const index = successor(block, i);
        if (index < 0) continue;
        const next = blockAtIndex(index);
        if (load<i32>(next, T_ORDER) == 0) continue;
        const known = load<i32>(next, T_DOMINATOR);
        const dominator = known < 0 ? place : commonDominator(known, place);
        if (dominator != known) {
          store<i32>(next, dominator, T_DOMINATOR);
          changed = true;
        }
      }
    }
  }
}

function isDominatedBy(place: i32, by: i32): bool {
  while (place > by) place = load<i32>(inOrder(place), T_DOMINATOR);
  return place == by;
}

/** Cuts edges into the middle of a loop: control leaves the region there. True if there was one. */
function cutIrreducible(): bool {
  let found = false;
  for (let place = 0; place < reached; place++) {
    const block = inOrder(place);
    for (let i: usize = 0, n = edges(block); i < n; i++) {
      const index = successor(block, i);
      if (index < 0) continue;
      const to = load<i32>(blockAtIndex(index), T_ORDER);
      if (to <= place && !isDominatedBy(place, to)) {
        cut(block, i);
        found = true;
      }
    }
  }
  return found;
}

/** Counts edges and links the dominator tree. */
function link(): void {
  for (let place = 0; place < reached; place++) {
    const block = inOrder(place);
    store<u32>(block, 0, T_FORWARD);
    store<u32>(block, 0, T_IS_LOOP);
    store<i32>(block, -1, T_CHILD);
    store<i32>(block, -1, T_SIBLING);
  }
  for (let place = reached - 1; place >= 0; place--) {
    const block = inOrder(place);
    // What a table jumps to needs a label: it counts as a merge point.
    const isDispatch = load<u32>(block, T_KIND) == KIND_DISPATCH;
    for (let i: usize = 0, n = edges(block); i < n; i++) {
      const index = successor(block, i);
      if (index < 0) continue;
      const next = blockAtIndex(index);
      if (load<i32>(next, T_ORDER) <= place) store<u32>(next, 1, T_IS_LOOP);
      else store<u32>(next, load<u32>(next, T_FORWARD) + (isDispatch ? 2 : 1), T_FORWARD);
    }
    if (place == 0) break;
    const dominator = inOrder(load<i32>(block, T_DOMINATOR));
    store<i32>(block, load<i32>(dominator, T_CHILD), T_SIBLING);
    store<i32>(dominator, place, T_CHILD);
  }
}

// @ts-ignore: decorator
@inline
function maskOf(offset: u32): u64 {
  return offset == 0 || offset == X_SINK ? 0 : (1 as u64) << registerOf(offset);
}

/** Registers that the instruction reads. */
export function readsOf(r: usize): u64 {
  const op = load<u16>(r, REC_OP) as u32;
  // The second source of a CSR instruction is no register.
  if (op >= FIRST_SYSTEM) return maskOf(load<u16>(r, REC_RS1));
  let mask = maskOf(load<u16>(r, REC_RS1)) | maskOf(load<u16>(r, REC_RS2));
  if (op >= FIRST_FP && op <= LAST_FP && load<u32>(r, REC_IMM) >> 16 >= F_BASE) {
    mask |= maskOf(load<u32>(r, REC_IMM) >> 16);
  }
  if (op == Op.AMOCAS_W || op == Op.AMOCAS_D) mask |= writesOf(r);
  return mask;
}

/** Registers that the instruction sets. */
export function writesOf(r: usize): u64 {
  return maskOf(load<u16>(r, REC_RD));
}

/** What each block does to registers, and what it needs of the FPU. */
function summarize(): void {
  usedRegisters = 0;
  fpUse = 0;
  for (let place = 0; place < reached; place++) {
    const block = inOrder(place);
    let use: u64 = 0;
    let def: u64 = 0;
    let fp: u32 = 0;
    const count = load<u32>(block, T_COUNT);
    let r = load<u32>(block, T_FIRST) as usize;
    for (let i: u32 = 0; i < count; i++, r += RECORD_SIZE) {
      use |= readsOf(r) & ~def;
      def |= writesOf(r);
      fp |= fpNeeds(r, writesOf(r) >> 32 != 0);
    }
    store<u64>(block, use, T_USE);
    store<u64>(block, def, T_DEF);
    store<u32>(block, fp, T_FP);
    usedRegisters |= use | def;
    fpUse |= fp;
  }
}

/** Which registers may be newer in their local than in the hart record. A call leaves none. */
function findDirty(): void {
  for (let place = 0; place < reached; place++) store<u64>(inOrder(place), 0, T_DIRTY_IN);
  let changed = true;
  while (changed) {
    changed = false;
    for (let place = 0; place < reached; place++) {
      const block = inOrder(place);
      if (isCall(block)) continue;
      const out = load<u64>(block, T_DIRTY_IN) | load<u64>(block, T_DEF);
      for (let i: usize = 0, n = edges(block); i < n; i++) {
        const index = successor(block, i);
        if (index < 0) continue;
        const next = blockAtIndex(index);
        const known = load<u64>(next, T_DIRTY_IN);
        if ((known | out) != known) {
          store<u64>(next, known | out, T_DIRTY_IN);
          changed = true;
        }
      }
    }
  }
}

/**
 * Which locals must hold their register at the start of each block. A dirty one
 * must, because the block may be left from anywhere. A call reloads what is live
 * behind it.
 */
function findLive(): void {
  for (let place = 0; place < reached; place++) store<u64>(inOrder(place), 0, T_LIVE_IN);
  let changed = true;
  while (changed) {
    changed = false;
    for (let place = reached - 1; place >= 0; place--) {
      const block = inOrder(place);
      let live = load<u64>(block, T_USE) | load<u64>(block, T_DIRTY_IN);
      if (!isCall(block)) {
        for (let i: usize = 0, n = edges(block); i < n; i++) {
          const index = successor(block, i);
          if (index >= 0) live |= load<u64>(blockAtIndex(index), T_LIVE_IN) & ~load<u64>(block, T_DEF);
        }
      }
      if (live != load<u64>(block, T_LIVE_IN)) {
        store<u64>(block, live, T_LIVE_IN);
        changed = true;
      }
    }
  }
}

/**
 * Where each register is loaded: at the lowest block that dominates all that have
 * to do with it, but outside of loops, since it may be newer in its local there.
 */
function placeLoads(): void {
  for (let place = reached - 1; place >= 0; place--) {
    const block = inOrder(place);
    let subtree = load<u64>(block, T_LIVE_IN) | load<u64>(block, T_DEF);
    for (let c = load<i32>(block, T_CHILD); c >= 0; c = load<i32>(inOrder(c), T_SIBLING)) {
      subtree |= load<u64>(inOrder(c), T_SUBTREE);
    }
    store<u64>(block, subtree, T_SUBTREE);
    store<u64>(block, 0, T_LOAD_BEFORE);
    store<u64>(block, 0, T_PENDING);
  }
  const head = inOrder(0);
  store<u64>(head, load<u64>(head, T_LIVE_IN), T_PENDING);
  for (let place = 0; place < reached; place++) {
    const block = inOrder(place);
    let pending = load<u64>(block, T_PENDING);
    if (load<u32>(block, T_IS_LOOP)) {
      store<u64>(block, pending, T_LOAD_BEFORE);
      pending = 0;
    }
    let here = pending & (load<u64>(block, T_USE) | load<u64>(block, T_DIRTY_IN) | load<u64>(block, T_DEF));
    let once: u64 = 0;
    for (let c = load<i32>(block, T_CHILD); c >= 0; c = load<i32>(inOrder(c), T_SIBLING)) {
      const subtree = load<u64>(inOrder(c), T_SUBTREE);
      here |= pending & once & subtree;
      once |= subtree;
    }
    store<u64>(block, here, T_LOAD);
    pending &= ~here;
    for (let c = load<i32>(block, T_CHILD); c >= 0; c = load<i32>(inOrder(c), T_SIBLING)) {
      const child = inOrder(c);
      store<u64>(child, pending & load<u64>(child, T_LIVE_IN), T_PENDING);
    }
  }
}

/** A stretch of more instructions looks at the budget in between, so that not too many are left for the interpreter. */
const LONG_STRETCH: u32 = 160;

/** Most instructions from each block to the next look at the budget: at a loop, behind a call, or outside. */
function findCosts(): void {
  for (let place = 0; place < reached; place++) {
    const block = inOrder(place);
    store<u32>(block, load<u32>(block, T_IS_LOOP), T_IS_CHECKED);
  }
  for (let place = reached - 1; place >= 0; place--) {
    const block = inOrder(place);
    let most: u32 = 0;
    if (!isCall(block)) {
      for (let i: usize = 0, n = edges(block); i < n; i++) {
        const index = successor(block, i);
        if (index < 0) continue;
        const next = blockAtIndex(index);
        if (!load<u32>(next, T_IS_CHECKED)) most = max(most, load<u32>(next, T_COST));
      }
    }
    const cost = load<u32>(block, T_COUNT) + most;
    store<u32>(block, cost, T_COST);
    if (cost > LONG_STRETCH && place > 0) store<u32>(block, 1, T_IS_CHECKED);
  }
}

/** Analyses the blocks that `discover` found; returns how many of them count. */
export function analyse(): i32 {
  do {
    order();
    dominate();
  } while (cutIrreducible());
  link();
  summarize();
  findDirty();
  findLive();
  placeLoads();
  findCosts();
  findGuards(reached);
  return reached;
}
