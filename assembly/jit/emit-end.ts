/** How control leaves a basic block: by a branch, a jump, a call or return, or into the core. */
import {
  KIND_BRANCH,
  KIND_CALL_INDIRECT,
  KIND_CSR,
  KIND_DISPATCH,
  KIND_EXIT,
  KIND_INDIRECT,
  KIND_JUMP,
  KIND_RETURN,
  REC_IMM,
  REC_OP,
  REC_RD,
  RECORD_SIZE,
  T_COST,
  T_COUNT,
  T_DEF,
  T_DIRTY_IN,
  T_END,
  T_FIRST,
  T_KIND,
  T_LIVE_IN,
  T_TARGET,
  X_SINK,
} from '../layout';
import { emitImm, emitRs1, emitSetRd, LOCAL_BUDGET, LOCAL_HART } from '../isa/emit';
import { narrow, setNarrow } from '../isa/narrow';
import { Wasm } from '../wasm/opcode';
import { br, brIf, call, emit, end, i32Const, i64Const, localGet, localSet, open } from '../wasm/writer';
import { knownFunction, knownSlot } from './batch';
import { blockAtIndex, targetCount } from './discover';
import { emitDispatch, emitTarget } from './dispatch';
import { beforeLast, checkBudget } from './emit-block';
import { emitInstruction } from './emit-instruction';
import { emitEdge, emitSuccessor, labelOf } from './emit-tree';
import { emitExit, emitExitWhen, exitCode, loadRegisters, pushPc, storeRegisters } from './exits';
import { isCall, successor, writesOf } from './flow';
import { knowsPage } from './guards';
import { HELPER_CSR } from './imports';
import { emitHandOn } from './known-words';
import { isInLoop } from './page-loop';
import { emitTlbAgain } from './tlb-set';
import { emitCall, emitJump, emitLeave, emitReturn, LOCAL_TARGET } from './transfer';

// @ts-ignore: decorator
@inline
export function dirtyOut(block: usize): u64 {
  return load<u64>(block, T_DIRTY_IN) | load<u64>(block, T_DEF);
}

function emitBranch(block: usize, r: usize): void {
  emitInstruction(r);
  const narrowHere = narrow;
  const taken = successor(block, 0);
  const next = successor(block, 1);
  if (taken < 0) {
    emitExitWhen(dirtyOut(block), exitCode(load<i32>(block, T_TARGET)));
    emitSuccessor(block, 1);
    return;
  }
  const label = labelOf(block, blockAtIndex(taken));
  const nextLabel = next < 0 ? -1 : labelOf(block, blockAtIndex(next));
  if (label >= 0) {
    emitEdgeIf(blockAtIndex(taken), label);
    emitSuccessor(block, 1);
  } else if (nextLabel >= 0) {
    emit(Wasm.I32_EQZ);
    emitEdgeIf(blockAtIndex(next), nextLabel);
    emitSuccessor(block, 0);
  } else {
    open(Wasm.IF);
    emitSuccessor(block, 0);
    end();
    setNarrow(narrowHere);
    emitSuccessor(block, 1);
  }
}

/** Pops an i32; goes on at `to`, which has that label, if it is not 0. */
function emitEdgeIf(to: usize, label: u32): void {
  if (narrow && !isInLoop(to)) {
    // What only the way out needs is not to be computed in each round.
    open(Wasm.IF);
    emitHandOn(to);
    br(label);
    end();
    return;
  }
  emitHandOn(to);
  brIf(label);
}

/** A guest call, and what follows when it returns here. */
function emitGuestCall(block: usize, r: usize): void {
  const back = load<i32>(block, T_END);
  const isIndirect = load<u32>(block, T_KIND) == KIND_CALL_INDIRECT;
  const target = load<i32>(block, T_TARGET + 4);
  if (isIndirect) pushIndirectTarget(r);
  else pushPc(target);
  localSet(LOCAL_TARGET);
  pushPc(back);
  emitSetRd(r);
  storeRegisters(dirtyOut(block));
  if (!isIndirect && knowsPage(block, target)) emitCall(knownFunction(target), knownSlot(target), back);
  else emitCall(-1, 0, back);
  const next = successor(block, 0);
  if (next < 0) {
    emitExit(0, exitCode(back));
    return;
  }
  const to = blockAtIndex(next);
  checkBudget(load<u32>(to, T_COST), 0, back);
  loadRegisters(load<u64>(to, T_LIVE_IN));
  // The callee may have changed sstatus.SUM.
  emitTlbAgain(back);
  emitEdge(block, to);
}

/** A CSR instruction is executed by the core. */
function emitCsr(block: usize, r: usize): void {
  storeRegisters(beforeLast);
  localGet(LOCAL_HART);
  pushPc(load<i32>(block, T_END) - 4);
  i64Const(load<i64>(r, REC_OP));
  i32Const(load<i32>(r, REC_IMM));
  localGet(LOCAL_BUDGET);
  call(HELPER_CSR);
  emit(Wasm.I32_EQZ);
  open(Wasm.IF);
  emitReturn();
  end();
  loadRegisters(writesOf(r));
  // It may have changed which memory may be accessed.
  emitTlbAgain(load<i32>(block, T_END));
  emitSuccessor(block, 0);
}

function pushIndirectTarget(r: usize): void {
  emitRs1(r);
  if (load<i32>(r, REC_IMM)) {
    emitImm(r);
    emit(Wasm.I64_ADD);
  }
  i64Const(~1);
  emit(Wasm.I64_AND);
}

/** Goes to the target of an indirect jump within the region, or on to another one. */
function emitDispatchBlock(block: usize): void {
  const miss = emitDispatch(targetCount);
  for (let i: u32 = 0; i < targetCount; i++) {
    const next = successor(block, i);
    emitTarget(i, miss);
    if (next < 0) br(miss);
    else emitEdge(block, blockAtIndex(next));
  }
  end();
  storeRegisters(dirtyOut(block));
  emitJump(0);
}

export function emitEnd(block: usize): void {
  const kind = load<u32>(block, T_KIND);
  const last = (load<u32>(block, T_FIRST) as usize) + ((load<u32>(block, T_COUNT) as usize) - 1) * RECORD_SIZE;
  if (kind == KIND_BRANCH) {
    emitBranch(block, last);
  } else if (isCall(block)) {
    emitGuestCall(block, last);
  } else if (kind == KIND_CSR) {
    emitCsr(block, last);
  } else if (kind == KIND_EXIT) {
    emitExit(dirtyOut(block), exitCode(load<i32>(block, T_END)));
  } else if (kind == KIND_DISPATCH) {
    emitDispatchBlock(block);
  } else if (kind == KIND_RETURN || kind == KIND_INDIRECT) {
    pushIndirectTarget(last);
    localSet(LOCAL_TARGET);
    if (load<u16>(last, REC_RD) != X_SINK) {
      pushPc(load<i32>(block, T_END));
      emitSetRd(last);
    }
    if (successor(block, 0) >= 0) {
      emitSuccessor(block, 0);
      return;
    }
    storeRegisters(dirtyOut(block));
    if (kind == KIND_RETURN) emitLeave();
    else emitJump(0);
  } else if (kind == KIND_JUMP && successor(block, 0) < 0) {
    const target = load<i32>(block, T_TARGET);
    pushPc(target);
    localSet(LOCAL_TARGET);
    storeRegisters(dirtyOut(block));
    emitJump(knowsPage(block, target) ? knownSlot(target) : 0);
  } else {
    emitSuccessor(block, 0);
  }
}
