/**
 * Which x registers hold a sign-extended word where each block of a region starts
 * (isa/words.ts). Where ways meet, those that were made by extending an i32 are
 * handed on in locals of their own as that i32, and extended behind: then the
 * engine extends them only where the whole is needed, which in loops may be never.
 */
import {
  JIT_LOW_LOCALS,
  RECORD_SIZE,
  T_COUNT,
  T_EXTENDED_IN,
  T_FIRST,
  T_LIVE_IN,
  T_WORDS_IN,
} from '../layout';
import { extendedAfter, wordsAfter } from '../isa/words';
import { Wasm } from '../wasm/opcode';
import { emit, localGet, localSet } from '../wasm/writer';
import { blockAtIndex } from './discover';
import { localOfRegister } from './exits';
import { edges, inOrder, isCall, successor } from './flow';

/** All registers that are handed on as an i32 somewhere. */
export let lowRegisters: u32 = 0;

/** What holds on every way to a block; nothing is known of what is loaded from the hart record. */
export function findWords(blocks: i32): void {
  for (let place = 0; place < blocks; place++) {
    store<u32>(inOrder(place), place == 0 ? 0 : -1, T_WORDS_IN);
    store<u32>(inOrder(place), 0, T_EXTENDED_IN);
  }
  while (passWords(blocks)) {}
  // Which of them were made by extension depends on that.
  while (passExtended(blocks)) {}
  lowRegisters = 0;
  for (let place = 0; place < blocks; place++) lowRegisters |= handedOn(inOrder(place));
}

function passWords(blocks: i32): bool {
  let changed = false;
  for (let place = 0; place < blocks; place++) {
    const block = inOrder(place);
    let words = load<u32>(block, T_WORDS_IN);
    const count = load<u32>(block, T_COUNT);
    let r = load<u32>(block, T_FIRST) as usize;
    for (let i: u32 = 0; i < count; i++, r += RECORD_SIZE) words = wordsAfter(r, words);
    if (isCall(block)) words = 0;
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
    if (isCall(block)) continue;
    let words = load<u32>(block, T_WORDS_IN);
    let extended = load<u32>(block, T_EXTENDED_IN);
    const count = load<u32>(block, T_COUNT);
    let r = load<u32>(block, T_FIRST) as usize;
    for (let i: u32 = 0; i < count; i++, r += RECORD_SIZE) {
      extended = extendedAfter(r, words, extended);
      words = wordsAfter(r, words);
    }
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

/** Gives the low halves locals from `next` on. */
export function assignLowLocals(next: u32): void {
  for (let left = lowRegisters; left; left &= left - 1) store<u8>(JIT_LOW_LOCALS + (ctz(left) as usize), next++ as u8);
}

// @ts-ignore: decorator
@inline
function lowLocal(register: u32): u32 {
  return load<u8>(JIT_LOW_LOCALS + (register as usize));
}

/** On a way to `block`, where ways meet. */
export function emitHandOn(block: usize): void {
  for (let left = handedOn(block); left; left &= left - 1) {
    const register = ctz(left) as u32;
    localGet(localOfRegister(register));
    emit(Wasm.I32_WRAP_I64);
    localSet(lowLocal(register));
  }
}

/** At the start of `block`. */
export function emitTakeOver(block: usize): void {
  for (let left = handedOn(block); left; left &= left - 1) {
    const register = ctz(left) as u32;
    localGet(lowLocal(register));
    emit(Wasm.I64_EXTEND_I32_S);
    localSet(localOfRegister(register));
  }
}
