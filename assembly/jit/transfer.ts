/**
 * Control that goes from a region to another one: guest calls become calls, and
 * on return the pc tells whether the callee came back here; jumps become tail
 * calls. The region cache of the current privilege mode finds the slot of the
 * target; slot 0 holds a function that leaves to the dispatcher.
 */
import { H_EPOCH, H_PC, H_REGION_CACHE, REGION_FOLD, REGION_INDEX_MASK } from '../layout';
import { LOCAL_BUDGET, LOCAL_DEPTH, LOCAL_HART, LOCAL_I32, LOCAL_I64 } from '../isa/emit';
import { Wasm } from '../wasm/opcode';
import {
  call,
  callTable,
  emit,
  end,
  i32Const,
  i64Const,
  localGet,
  localSet,
  localTee,
  memoryAccess,
  open,
} from '../wasm/writer';
import { pushPc } from './exits';
import { HELPER_RESUME, TYPE_REGION } from './imports';

let hasTailCalls: bool = false;

/** Says whether the host has tail calls. */
export function setTailCalls(available: bool): void {
  hasTailCalls = available;
}

/** Holds the virtual address that control goes to. */
export const LOCAL_TARGET: u32 = LOCAL_I64;

/** Pushes the slot of the region at LOCAL_TARGET, 0 if there is none or no guest call may be nested any more. */
function pushSlot(isCall: bool): void {
  const entry = LOCAL_I32;
  localGet(LOCAL_TARGET);
  emit(Wasm.I32_WRAP_I64);
  localTee(entry);
  localGet(entry);
  i32Const(REGION_FOLD);
  emit(Wasm.I32_SHR_U);
  emit(Wasm.I32_XOR);
  i32Const(3);
  emit(Wasm.I32_SHL);
  i32Const(REGION_INDEX_MASK);
  emit(Wasm.I32_AND);
  localGet(LOCAL_HART);
  memoryAccess(Wasm.I32_LOAD, H_REGION_CACHE as u32);
  emit(Wasm.I32_ADD);
  localTee(entry);
  memoryAccess(Wasm.I32_LOAD, 8);
  i32Const(0);
  localGet(entry);
  memoryAccess(Wasm.I64_LOAD, 0);
  localGet(LOCAL_TARGET);
  i64Const(1);
  emit(Wasm.I64_OR);
  emit(Wasm.I64_EQ);
  localGet(entry);
  memoryAccess(Wasm.I32_LOAD, 12);
  localGet(LOCAL_HART);
  memoryAccess(Wasm.I32_LOAD, H_EPOCH as u32);
  emit(Wasm.I32_EQ);
  emit(Wasm.I32_AND);
  if (isCall) {
    localGet(LOCAL_DEPTH);
    i32Const(0);
    emit(Wasm.I32_NE);
    emit(Wasm.I32_AND);
  }
  emit(Wasm.SELECT);
}

/** The same for a target whose slot is to be found at `place`, if that is not 0. */
function pushSlotAt(place: usize, isCall: bool): void {
  if (!place) {
    pushSlot(isCall);
    return;
  }
  i32Const(0);
  memoryAccess(Wasm.I32_LOAD, place as u32);
  if (!isCall) return;
  i32Const(0);
  localGet(LOCAL_DEPTH);
  emit(Wasm.SELECT);
}

function pushArguments(isCall: bool): void {
  localGet(LOCAL_HART);
  localGet(LOCAL_TARGET);
  localGet(LOCAL_BUDGET);
  localGet(LOCAL_DEPTH);
  if (!isCall) return;
  i32Const(1);
  emit(Wasm.I32_SUB);
}

/** Goes on at LOCAL_TARGET for good; the registers are stored. Its slot is at `place` if that is not 0. */
export function emitJump(place: usize): void {
  if (!hasTailCalls) {
    emitLeave();
    return;
  }
  pushArguments(false);
  pushSlotAt(place, false);
  callTable(Wasm.RETURN_CALL_INDIRECT, TYPE_REGION);
}

/** Leaves for LOCAL_TARGET; the registers are stored. */
export function emitLeave(): void {
  leaveFor(LOCAL_TARGET);
}

/** Leaves for the virtual address in a local. */
export function leaveFor(local: u32): void {
  localGet(LOCAL_HART);
  localGet(local);
  memoryAccess(Wasm.I64_STORE, H_PC as u32);
  emitReturn();
}

/** Returns the budget; H_PC is set. */
export function emitReturn(): void {
  localGet(LOCAL_BUDGET);
  emit(Wasm.RETURN);
}

/**
 * Calls the guest function at LOCAL_TARGET, which is function `known` of this
 * module if that is not negative; else its slot is at `place` if that is not 0. Goes
 * on if it returns to `returnOffset`.
 */
export function emitCall(known: i32, place: usize, returnOffset: i32): void {
  if (known >= 0) {
    localGet(LOCAL_DEPTH);
    emit(Wasm.I32_EQZ);
    open(Wasm.IF);
    emitLeave();
    end();
    pushArguments(true);
    call(known as u32);
  } else {
    pushArguments(true);
    pushSlotAt(place, true);
    callTable(Wasm.CALL_INDIRECT, TYPE_REGION);
  }
  localSet(LOCAL_BUDGET);
  pushIsElsewhere(returnOffset);
  open(Wasm.IF);
  localGet(LOCAL_HART);
  pushPc(returnOffset);
  localGet(LOCAL_BUDGET);
  localGet(LOCAL_DEPTH);
  call(HELPER_RESUME);
  localSet(LOCAL_BUDGET);
  pushIsElsewhere(returnOffset);
  open(Wasm.IF);
  emitReturn();
  end();
  end();
}

/** Pushes whether H_PC is not `offset` bytes from the head. */
function pushIsElsewhere(offset: i32): void {
  localGet(LOCAL_HART);
  memoryAccess(Wasm.I64_LOAD, H_PC as u32);
  pushPc(offset);
  emit(Wasm.I64_NE);
}
