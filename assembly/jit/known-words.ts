/**
 * Which x registers hold a sign-extended word where each block of a region starts
 * (isa/words.ts). Where ways meet, those that were made by extending an i32 are
 * handed on in locals of their own as that i32, and extended behind: then the
 * engine extends them only where the whole is needed, which in loops may be never.
 */
import {
  RECORD_SIZE,
  T_COUNT,
  T_EXTENDED_IN,
  T_FIRST,
  T_LIVE_IN,
  T_ORDER,
  T_WORDS_IN,
} from '../layout';
import { emitNarrow, emitWiden, keepsNarrow, narrow, setNarrow } from '../isa/narrow';
import { extendedAfter, wordsAfter } from '../isa/words';
import { blockAtIndex } from './discover';
import { edges, inOrder, isCall, successor } from './flow';
import { isInLoop } from './page-loop';

/** All registers that are handed on as an i32 somewhere, or may stay one in a loop. */
export let lowRegisters: u32 = 0;

/** What holds on every way to a block; nothing is known of what is loaded from the hart record. */
export function findWords(blocks: i32, hasLoops: bool): void {
  for (let place = 0; place < blocks; place++) {
    store<u32>(inOrder(place), place == 0 ? 0 : -1, T_WORDS_IN);
    store<u32>(inOrder(place), 0, T_EXTENDED_IN);
  }
  while (passWords(blocks)) {}
  // Which of them were made by extension depends on that.
  while (passExtended(blocks)) {}
  lowRegisters = 0;
  for (let place = 0; place < blocks; place++) {
    const block = inOrder(place);
    lowRegisters |= handedOn(block);
    if (!hasLoops) continue;
    goThrough(block);
    lowRegisters |= extendedBehind;
  }
}

/**
 * In a loop whose blocks are marked, what holds on every way from a round of it to the next: then it is all that is
 * known at its header. What is handed on to the header stays so, since the first copy expects it.
 */
export function findWordsOfRounds(header: usize, blocks: i32): void {
  let words: u32 = -1;
  let extended = load<u32>(header, T_EXTENDED_IN);
  for (let place = load<i32>(header, T_ORDER); place < blocks; place++) {
    const block = inOrder(place);
    if (!isInLoop(block) || !isBefore(block, header)) continue;
    goThrough(block);
    words &= wordsBehind;
    extended |= extendedBehind;
  }
  store<u32>(header, words, T_WORDS_IN);
  store<u32>(header, words & extended, T_EXTENDED_IN);
}

/** Whether control may go from a block to that one. */
function isBefore(block: usize, to: usize): bool {
  for (let i: usize = 0, n = edges(block); i < n; i++) {
    const index = successor(block, i);
    if (index >= 0 && blockAtIndex(index) == to) return true;
  }
  return false;
}

// What holds behind the block that `goThrough` was at last.
let wordsBehind: u32 = 0;
let extendedBehind: u32 = 0;

function goThrough(block: usize): void {
  let words = load<u32>(block, T_WORDS_IN);
  let extended = load<u32>(block, T_EXTENDED_IN);
  const count = load<u32>(block, T_COUNT);
  let r = load<u32>(block, T_FIRST) as usize;
  for (let i: u32 = 0; i < count; i++, r += RECORD_SIZE) {
    extended = extendedAfter(r, words, extended);
    words = wordsAfter(r, words);
  }
  wordsBehind = isCall(block) ? 0 : words;
  extendedBehind = isCall(block) ? 0 : extended;
}

function passWords(blocks: i32): bool {
  let changed = false;
  for (let place = 0; place < blocks; place++) {
    const block = inOrder(place);
    goThrough(block);
    const words = wordsBehind;
    for (let i: usize = 0, n = edges(block); i < n; i++) {
      const index = successor(block, i);
      if (index < 0) continue;
      const next = blockAtIndex(index);
      const known = load<u32>(next, T_WORDS_IN);
      if ((known & words) == known) continue;
      store<u32>(next, known & words, T_WORDS_IN);
      changed = true;
    }
  }
  return changed;
}

function passExtended(blocks: i32): bool {
  let changed = false;
  for (let place = 0; place < blocks; place++) {
    const block = inOrder(place);
    goThrough(block);
    const extended = extendedBehind;
    for (let i: usize = 0, n = edges(block); i < n; i++) {
      const index = successor(block, i);
      if (index < 0) continue;
      const next = blockAtIndex(index);
      const known = load<u32>(next, T_EXTENDED_IN);
      const more = known | (extended & load<u32>(next, T_WORDS_IN));
      if (more == known) continue;
      store<u32>(next, more, T_EXTENDED_IN);
      changed = true;
    }
  }
  return changed;
}

/** Registers that are handed on as an i32 where ways meet at `block`. */
// @ts-ignore: decorator
@inline
export function handedOn(block: usize): u32 {
  return load<u32>(block, T_EXTENDED_IN) & (load<u64>(block, T_LIVE_IN) as u32);
}

/** On a way to `block`, where ways meet. */
export function emitHandOn(block: usize): void {
  const registers = handedOn(block);
  emitNarrow(registers & ~narrow);
  emitWiden(keepsNarrow() && isInLoop(block) ? narrow & ~registers : narrow);
}

/** At the start of `block`. */
export function emitTakeOver(block: usize): void {
  if (keepsNarrow()) setNarrow(handedOn(block));
  else emitWiden(handedOn(block));
}
