/**
 * Structured control flow from the dominator tree (Ramsey, "Beyond Relooper",
 * 2022): a block opens a label for each merge point that it dominates.
 */
import {
  STYLE_CALLS,
  T_CHILD,
  T_COST,
  T_FORWARD,
  T_IS_CHECKED,
  T_IS_LOOP,
  T_LABEL,
  T_LOAD_BEFORE,
  T_LOOP_LABEL,
  T_ORDER,
  T_SIBLING,
  T_TARGET,
} from '../layout';
import { COPY_CHECKED, COPY_KNOWN, COPY_NONE, knownLocal, setCopy } from '../isa/access';
import { style } from '../isa/emit';
import { emitNarrow, emitWiden, keepNarrow, setNarrow } from '../isa/narrow';
import { Wasm } from '../wasm/opcode';
import { br, brIf, emit, end, i32Const, localGet, localSet, open } from '../wasm/writer';
import { blockAtIndex } from './discover';
import { emitBody, pushIsShort } from './emit-block';
import { dirtyOut } from './emit-end';
import { emitExit, exitCode, loadRegisters } from './exits';
import { inOrder, successor } from './flow';
import { emitHandOn, findWordsOfRounds, handedOn } from './known-words';
import { emitLeavesPage, findGroups, groupCount, isInLoop, loopExitBefore, roundsOfCopy } from './page-loop';

/** Blocks of the region under way. */
let blockTotal: i32 = 0;

// @ts-ignore: decorator
@inline
function isMerge(block: usize): bool {
  return load<u32>(block, T_FORWARD) > 1;
}

/** Whether ways meet where the block starts. */
// @ts-ignore: decorator
@inline
export function isMeeting(block: usize): bool {
  return isMerge(block) || load<u32>(block, T_IS_LOOP) != 0;
}

/** The label that an edge branches to, or -1 if the code of `to` follows in place. */
export function labelOf(from: usize, to: usize): i32 {
  if (load<i32>(to, T_ORDER) <= load<i32>(from, T_ORDER)) return load<u32>(to, T_LOOP_LABEL);
  return isMerge(to) ? load<u32>(to, T_LABEL) : -1;
}

/** Goes along an edge within the region. */
export function emitEdge(from: usize, to: usize): void {
  const label = labelOf(from, to);
  if (isMeeting(to)) emitHandOn(to);
  if (label >= 0) br(label);
  else emitTree(to);
}

/** Goes along one of the edges of a block, or leaves the region where it was not followed. */
export function emitSuccessor(block: usize, index: usize): void {
  const next = successor(block, index);
  if (next >= 0) emitEdge(block, blockAtIndex(next));
  else emitExit(dirtyOut(block), exitCode(load<i32>(block + (index << 2), T_TARGET)));
}

/** Opens a block for each merge point that `block` dominates, the last one outermost, around its body. */
function emitMerges(block: usize): void {
  let last: i32 = -1;
  // Children are in reverse postorder: the first one must be the innermost.
  for (let c = load<i32>(block, T_CHILD); c >= 0; c = load<i32>(inOrder(c), T_SIBLING)) {
    if (isMerge(inOrder(c)) && !load<u32>(inOrder(c), T_LABEL)) last = c;
  }
  if (last < 0) {
    emitBody(block);
    return;
  }
  const merge = inOrder(last);
  store<u32>(merge, open(Wasm.BLOCK), T_LABEL);
  emitMerges(block);
  end();
  emitTree(merge);
}

/** The code of a block and of all that it dominates. */
function emitTree(block: usize): void {
  if (!load<u32>(block, T_IS_LOOP)) {
    emitMerges(block);
    return;
  }
  loadRegisters(load<u64>(block, T_LOAD_BEFORE));
  if (findGroups(block, blockTotal)) {
    emitBehindLoop(block, blockTotal);
    return;
  }
  store<u32>(block, open(Wasm.LOOP), T_LOOP_LABEL);
  emitMerges(block);
  end();
}

/** The code of all blocks, of which there are `blocks`. */
export function emitBlocks(blocks: i32): void {
  blockTotal = blocks;
  emitTree(inOrder(0));
}

/** Opens a block for each place where the marked loop is left for a block before `place` in the order, around both copies of it. */
function emitBehindLoop(header: usize, place: i32): void {
  const exit = loopExitBefore(place, header);
  if (exit < 0) {
    emitCopies(header);
    return;
  }
  const behind = inOrder(exit);
  store<u32>(behind, 2, T_FORWARD);
  store<u32>(behind, open(Wasm.BLOCK), T_LABEL);
  emitBehindLoop(header, exit);
  end();
  emitTree(behind);
}

/** Both copies of the marked loop. */
function emitCopies(header: usize): void {
  const isUncertain = (style & STYLE_CALLS) != 0;
  const checked = open(Wasm.LOOP);
  if (isUncertain) {
    i32Const(1);
    localSet(knownLocal());
  }
  store<u32>(header, open(Wasm.BLOCK), T_LOOP_LABEL);
  setCopy(COPY_CHECKED);
  emitMerges(header);
  end();
  if (isUncertain) {
    localGet(knownLocal());
    emit(Wasm.I32_EQZ);
    brIf(checked);
  }
  // Behind a first round more are words than where the loop starts.
  const handedOnFirst = handedOn(header);
  findWordsOfRounds(header, blockTotal);
  const more = handedOn(header) & ~handedOnFirst;
  emitNarrow(more);
  const other = more ? open(Wasm.BLOCK) : checked;
  const known = open(Wasm.LOOP);
  const rounds = roundsOfCopy();
  keepNarrow(true);
  setNarrow(handedOn(header));
  pushIsShort(load<u32>(header, T_COST) * rounds);
  brIf(other);
  for (let i: u32 = 0; i < groupCount; i++) if (emitLeavesPage(i, rounds, true)) brIf(other);
  setCopy(COPY_KNOWN);
  store<u32>(header, 0, T_IS_CHECKED);
  for (let left = rounds; left; left--) {
    store<u32>(header, left > 1 ? open(Wasm.BLOCK) : known, T_LOOP_LABEL);
    setNarrow(handedOn(header));
    for (let i: u32 = 0; i < groupCount; i++) if (emitLeavesPage(i, rounds, false)) brIf(other);
    for (let place = load<i32>(header, T_ORDER); place < blockTotal; place++) {
      const block = inOrder(place);
      if (isInLoop(block)) store<u32>(block, 0, T_LABEL);
    }
    emitMerges(header);
    if (left > 1) end();
  }
  setCopy(COPY_NONE);
  keepNarrow(false);
  end();
  if (more) {
    end();
    emitWiden(more);
    br(checked);
  }
  end();
}
