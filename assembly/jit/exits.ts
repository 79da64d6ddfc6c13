/**
 * How a region is left: registers that are newer than the hart record are
 * stored, H_PC is set, and the budget returned. Side exits with the same
 * registers to store share their code behind the body; which instruction they
 * stand for travels in a local as an exit code: bytes from the head, instructions
 * to give back, and whether the interpreter must execute that instruction.
 */
import { F_BASE, H_PC, H_SIDE_EXIT, JIT_LOCALS, T_EXITS } from '../layout';
import { LOCAL_BUDGET, LOCAL_EXIT, LOCAL_HART, LOCAL_PC } from '../isa/emit';
import { emitWiden, narrow } from '../isa/narrow';
import { emitJump, LOCAL_TARGET } from './transfer';
import { Wasm } from '../wasm/opcode';
import { br, brIf, emit, end, i32Const, i64Const, localGet, localSet, memoryAccess, open } from '../wasm/writer';

const OFFSET_BITS: i32 = 17;
const OFFSET_BIAS: i32 = 1 << (OFFSET_BITS - 1);
const GIVEN_BACK_MASK: i32 = 0x3fff;
const SIDE: i32 = i32.MIN_VALUE;

// Exits by mask: {u64 mask, u32 label, u32 unused} each.
const EXIT_SIZE: usize = 16;
let exits: i32 = 0;
let last: i32 = 0;

// @ts-ignore: decorator
@inline
function exitAt(index: i32): usize {
  return T_EXITS + (index as usize) * EXIT_SIZE;
}

export function startExits(): void {
  exits = 0;
  last = 0;
}

function findExit(mask: u64): i32 {
  if (last < exits && load<u64>(exitAt(last)) == mask) return last;
  for (let i = 0; i < exits; i++) {
    if (load<u64>(exitAt(i)) == mask) {
      last = i;
      return i;
    }
  }
  return -1;
}

/** Notes that there will be an exit that stores these registers. */
export function declareExit(mask: u64): void {
  if (findExit(mask) >= 0) return;
  store<u64>(exitAt(exits), mask);
  last = exits;
  exits++;
}

/** The label of the exit that stores these registers. */
export function exitLabel(mask: u64): u32 {
  return load<u32>(exitAt(findExit(mask)), 8);
}

/** Opens the blocks that the exits of the body leave. */
export function openExits(): u32 {
  const tail = open(Wasm.BLOCK);
  for (let i = 0; i < exits; i++) store<u32>(exitAt(i), open(Wasm.BLOCK), 8);
  return tail;
}

/** Ends them, each with the stores that it stands for, and writes what they have in common. */
export function closeExits(tail: u32, slot: u32): void {
  for (let i = exits - 1; i >= 0; i--) {
    end();
    storeRegisters(load<u64>(exitAt(i)));
    if (i > 0) br(tail);
  }
  end();
  localGet(LOCAL_PC);
  localGet(LOCAL_EXIT);
  i32Const((1 << OFFSET_BITS) - 1);
  emit(Wasm.I32_AND);
  i32Const(OFFSET_BIAS);
  emit(Wasm.I32_SUB);
  emit(Wasm.I64_EXTEND_I32_S);
  emit(Wasm.I64_ADD);
  localSet(LOCAL_TARGET);
  localGet(LOCAL_EXIT);
  i32Const(0);
  emit(Wasm.I32_GE_S);
  open(Wasm.IF);
  emitJump(0);
  end();
  localGet(LOCAL_HART);
  i32Const(slot as i32);
  memoryAccess(Wasm.I32_STORE, H_SIDE_EXIT as u32);
  localGet(LOCAL_HART);
  localGet(LOCAL_TARGET);
  memoryAccess(Wasm.I64_STORE, H_PC as u32);
  localGet(LOCAL_BUDGET);
  localGet(LOCAL_EXIT);
  i32Const(OFFSET_BITS);
  emit(Wasm.I32_SHR_U);
  i32Const(GIVEN_BACK_MASK);
  emit(Wasm.I32_AND);
  emit(Wasm.I32_ADD);
}

/** The exit code for the interpreter to execute the instruction at `offset`, with `back` instructions given back. */
export function sideExitCode(offset: i32, back: u32): i32 {
  return SIDE | ((back as i32) << OFFSET_BITS) | exitCode(offset);
}

/** The exit code for going on at `offset` in whatever way. */
export function exitCode(offset: i32): i32 {
  return offset + OFFSET_BIAS;
}

/** Leaves the region. */
export function emitExit(mask: u64, code: i32): void {
  emitWiden(narrow);
  i32Const(code);
  localSet(LOCAL_EXIT);
  br(exitLabel(mask));
}

/** Pops an i32; leaves the region if it is not 0. */
export function emitExitWhen(mask: u64, code: i32): void {
  if (narrow) {
    open(Wasm.IF);
    emitExit(mask, code);
    end();
    return;
  }
  i32Const(code);
  localSet(LOCAL_EXIT);
  brIf(exitLabel(mask));
}

// @ts-ignore: decorator
@inline
export function localOfRegister(register: u32): u32 {
  return load<u8>(JIT_LOCALS + (register as usize));
}

function recordOffset(register: u32): u32 {
  return register < 32 ? register << 3 : F_BASE + ((register - 32) << 3);
}

/** Stores registers into the hart record. */
export function storeRegisters(mask: u64): void {
  for (let left = mask; left; left &= left - 1) {
    const register = ctz(left) as u32;
    localGet(LOCAL_HART);
    localGet(localOfRegister(register));
    memoryAccess(register < 32 ? Wasm.I64_STORE : Wasm.F64_STORE, recordOffset(register));
  }
}

/** Loads registers from the hart record. */
export function loadRegisters(mask: u64): void {
  for (let left = mask; left; left &= left - 1) {
    const register = ctz(left) as u32;
    localGet(LOCAL_HART);
    memoryAccess(register < 32 ? Wasm.I64_LOAD : Wasm.F64_LOAD, recordOffset(register));
    localSet(localOfRegister(register));
  }
}

/** Pushes the virtual address `offset` bytes from the head. */
export function pushPc(offset: i32): void {
  localGet(LOCAL_PC);
  if (offset == 0) return;
  i64Const(offset as i64);
  emit(Wasm.I64_ADD);
}
