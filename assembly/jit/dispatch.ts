/**
 * Indirect jumps within a region: the targets that were seen go into a small hash
 * table without collisions, whose index is computed from the target's distance
 * to the head; each entry compares, so that another target leaves the region.
 */
import { MAX_TARGETS, T_TARGETS } from '../layout';
import { LOCAL_I32, LOCAL_PC } from '../isa/emit';
import { Wasm } from '../wasm/opcode';
import { br, brIf, depthOf, emit, end, i32Const, i64Const, localGet, localSet, open, writeByte, writeU32 } from '../wasm/writer';
import { LOCAL_TARGET } from './transfer';

const LARGEST_TABLE: u32 = 512;

/** The index of a distance: its halfwords plus itself shifted right, modulo the size of the table. */
// @ts-ignore: decorator
@inline
function hash(distance: i32, shift: u32, mask: u32): u32 {
  return (((distance >> 1) as u32) + ((distance as u32) >> shift)) & mask;
}

// @ts-ignore: decorator
@inline
function targetOffset(index: u32): i32 {
  return load<i32>(T_TARGETS + ((index as usize) << 3));
}

// @ts-ignore: decorator
@inline
function targetBlock(index: u32): i32 {
  return load<i32>(T_TARGETS + ((index as usize) << 3), 4);
}

const used = memory.data(LARGEST_TABLE as i32);

/** Whether no two of the targets that are still part of the region share an index. */
function isPerfect(count: u32, shift: u32, mask: u32): bool {
  memory.fill(used, 0, mask + 1);
  for (let i: u32 = 0; i < count; i++) {
    if (targetBlock(i) < 0) continue;
    const at = used + hash(targetOffset(i), shift, mask);
    if (load<u8>(at)) return false;
    store<u8>(at, 1);
  }
  return true;
}

/**
 * Opens a block for each target and jumps out of that of the one in LOCAL_TARGET.
 * `emitDispatch` leaves `count` + 1 blocks open: the first target's is the
 * innermost, and what is none of them ends up behind the last.
 */
export function emitDispatch(count: u32): u32 {
  let mask: u32 = 3;
  while (mask + 1 < count) mask = (mask << 1) | 1;
  let shift: u32 = 2;
  while (!isPerfect(count, shift, mask)) {
    shift++;
    if (shift < 14) continue;
    shift = 2;
    if (mask + 1 == LARGEST_TABLE) break;
    mask = (mask << 1) | 1;
  }
  const miss = open(Wasm.BLOCK);
  for (let i = count; i > 0; i--) open(Wasm.BLOCK);
  const innermost = miss + count;
  localGet(LOCAL_TARGET);
  localGet(LOCAL_PC);
  emit(Wasm.I64_SUB);
  emit(Wasm.I32_WRAP_I64);
  localSet(LOCAL_I32);
  localGet(LOCAL_I32);
  i32Const(1);
  emit(Wasm.I32_SHR_S);
  localGet(LOCAL_I32);
  i32Const(shift);
  emit(Wasm.I32_SHR_U);
  emit(Wasm.I32_ADD);
  i32Const(mask);
  emit(Wasm.I32_AND);
  writeByte(Wasm.BR_TABLE);
  writeU32(mask + 1);
  for (let at: u32 = 0; at <= mask; at++) {
    let label = miss;
    for (let i: u32 = 0; i < count; i++) {
      if (targetBlock(i) >= 0 && hash(targetOffset(i), shift, mask) == at) label = innermost - i;
    }
    writeU32(depthOf(label));
  }
  writeU32(depthOf(miss));
  return miss;
}

/** Ends the block of a target; goes on only if it is the right one. */
export function emitTarget(index: u32, miss: u32): void {
  end();
  localGet(LOCAL_TARGET);
  localGet(LOCAL_PC);
  i64Const(targetOffset(index));
  emit(Wasm.I64_ADD);
  emit(Wasm.I64_NE);
  brIf(miss);
}
