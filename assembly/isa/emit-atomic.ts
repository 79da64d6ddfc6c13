/**
 * The shapes that the emitters of atomics share. Each locates its operand first,
 * which is all that may leave the region, and reads its registers before it sets rd.
 */
import { Wasm } from '../wasm/opcode';
import { emit, localGet, localTee, memoryAccess } from '../wasm/writer';
import { emitLocateAtomic } from './access';
import { LOCAL_I32, LOCAL_I64, emitRs2, emitRs2Low, emitSetRd, emitSetRdLow } from './emit';

/** Where `emitLocateAtomic` leaves the host address. */
export const LOCAL_ADDRESS: u32 = LOCAL_I32;
/** The old value in memory. */
export const LOCAL_OLD_WORD: u32 = LOCAL_I32 + 1;
export const LOCAL_OLD: u32 = LOCAL_I64;

/** Pushes the value in memory, an i64, and keeps it in LOCAL_OLD. */
export function emitOld(): void {
  localGet(LOCAL_ADDRESS);
  memoryAccess(Wasm.I64_LOAD, 0);
  localTee(LOCAL_OLD);
}

/** Pushes the word in memory, an i32, and keeps it in LOCAL_OLD_WORD. */
export function emitOldWord(): void {
  localGet(LOCAL_ADDRESS);
  memoryAccess(Wasm.I32_LOAD, 0);
  localTee(LOCAL_OLD_WORD);
}

/** Pushes the address to store to, and above it the old value. */
function beginAmo(r: usize): void {
  emitLocateAtomic(r, 8, true);
  localGet(LOCAL_ADDRESS);
  emitOld();
}

function beginAmoWord(r: usize): void {
  emitLocateAtomic(r, 4, true);
  localGet(LOCAL_ADDRESS);
  emitOldWord();
}

/** Pops the new value and the address to store it to; rd = the old one. */
function endAmo(r: usize): void {
  memoryAccess(Wasm.I64_STORE, 0);
  localGet(LOCAL_OLD);
  emitSetRd(r);
}

function endAmoWord(r: usize): void {
  memoryAccess(Wasm.I32_STORE, 0);
  localGet(LOCAL_OLD_WORD);
  emitSetRdLow(r);
}

export function emitSwap(r: usize): void {
  beginAmo(r);
  emit(Wasm.DROP);
  emitRs2(r);
  endAmo(r);
}

export function emitSwapWord(r: usize): void {
  beginAmoWord(r);
  emit(Wasm.DROP);
  emitRs2Low(r);
  endAmoWord(r);
}

/** The new value is the old one `opcode` rs2. */
export function emitAmo(r: usize, opcode: u32): void {
  beginAmo(r);
  emitRs2(r);
  emit(opcode);
  endAmo(r);
}

export function emitAmoWord(r: usize, opcode: u32): void {
  beginAmoWord(r);
  emitRs2Low(r);
  emit(opcode);
  endAmoWord(r);
}

/** The new value is the old one where it compares with rs2 by `comparison`, else rs2. */
export function emitAmoSelect(r: usize, comparison: u32): void {
  beginAmo(r);
  emitRs2(r);
  localGet(LOCAL_OLD);
  emitRs2(r);
  emit(comparison);
  emit(Wasm.SELECT);
  endAmo(r);
}

export function emitAmoSelectWord(r: usize, comparison: u32): void {
  beginAmoWord(r);
  emitRs2Low(r);
  localGet(LOCAL_OLD_WORD);
  emitRs2Low(r);
  emit(comparison);
  emit(Wasm.SELECT);
  endAmoWord(r);
}
