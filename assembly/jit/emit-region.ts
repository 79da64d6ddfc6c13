/**
 * Writes the function of a region: structured control flow from the dominator
 * tree (Ramsey, "Beyond Relooper", 2022), one pass over the instructions, guest
 * registers in locals.
 */
import {
  FETCH_TLB_ENTRIES,
  G_BASE,
  G_HIGH,
  G_LOW,
  H_FETCH_TLB,
  H_PC,
  H_PRIV,
  H_TLB_READ,
  H_TLB_WRITE,
  JIT_LOCALS,
  KIND_BRANCH,
  KIND_CALL_INDIRECT,
  KIND_CSR,
  KIND_DISPATCH,
  KIND_EXIT,
  KIND_INDIRECT,
  KIND_JUMP,
  KIND_RETURN,
  MAX_GROUPS,
  RAM,
  RAM_BASE,
  RECORD_SIZE,
  REC_IMM,
  REC_LEN,
  REC_OP,
  REC_RD,
  STYLE_CALLS,
  T_CHILD,
  T_COST,
  T_COUNT,
  T_DEF,
  T_DIRTY_IN,
  T_END,
  T_EXTENDED_IN,
  T_FIRST,
  T_FORWARD,
  T_FP,
  T_GUARD,
  T_IN_LOOP,
  T_IS_CHECKED,
  T_IS_LOOP,
  T_KIND,
  T_LABEL,
  T_LIVE_IN,
  T_LOAD,
  T_LOAD_BEFORE,
  T_LOOP_LABEL,
  T_ORDER,
  T_PAGES,
  T_SIBLING,
  T_START,
  T_TARGET,
  T_WORDS_IN,
} from '../layout';
import { FIRST_BRANCH, FIRST_FP, FIRST_LOAD, LAST_BRANCH, LAST_FP, Op } from '../generated/opcodes';
import {
  emitImm,
  emitRs1,
  emitSetRd,
  LOCAL_BUDGET,
  LOCAL_F32,
  LOCAL_HART,
  LOCAL_I32,
  LOCAL_I64,
  LOCAL_PC,
  LOCAL_SHIFTED,
  LOCAL_TLB_READ,
  LOCAL_TLB_WRITE,
  setSideExit,
  setStyle,
  style,
} from '../isa/emit';
import { COPY_CHECKED, COPY_KNOWN, COPY_NONE, endBlockGroup, endBlockGroups, knownLocal, pageLocal, setCopy, setLoopLocals } from '../isa/access';
import { forgetShift, stepShift } from '../isa/shifted';
import { setWords, stepWords } from '../isa/words';
import { emitCboZero } from '../isa/zicboz';
import { TYPE_F32, TYPE_F64, TYPE_I32, TYPE_I64, Wasm } from '../wasm/opcode';
import {
  br,
  brIf,
  call,
  emit,
  end,
  i32Const,
  i64Const,
  localGet,
  localSet,
  localTee,
  memoryAccess,
  open,
  startLabels,
  writeByte,
  writeU32,
} from '../wasm/writer';
import { blockAtIndex, HEAD_PAGE, targetCount } from './discover';
import { emitDispatch, emitTarget } from './dispatch';
import { emitInstruction } from './emit-instruction';
import {
  closeExits,
  declareExit,
  emitExit,
  emitExitWhen,
  exitCode,
  exitLabel,
  loadRegisters,
  localOfRegister,
  openExits,
  pushPc,
  sideExitCode,
  startExits,
  storeRegisters,
} from './exits';
import { emitFp, emitFpGuard } from './fpu-guard';
import { fpUse, inOrder, isCall, pageDelta, successor, usedRegisters, writesOf } from './flow';
import { emitCall, emitJump, emitLeave, LOCAL_TARGET } from './transfer';
import { knownFunction } from './batch';
import { assignLowLocals, emitHandOn, emitTakeOver, findWords, lowRegisters } from './known-words';
import { findGroups, groupAt, groupCount, loopExitBefore } from './page-loop';
import { groupAccesses } from './block-groups';
import { HELPER_CSR } from './imports';

/** Blocks of the region under way. */
let blockTotal: i32 = 0;
let hasLoops: bool = false;

// @ts-ignore: decorator
@inline
function dirtyOut(block: usize): u64 {
  return load<u64>(block, T_DIRTY_IN) | load<u64>(block, T_DEF);
}

/** Which registers are stored where: the exits must be known before the body that branches to them. */
function declareExits(blocks: i32): void {
  startExits();
  declareExit(0);
  for (let place = 0; place < blocks; place++) {
    const block = inOrder(place);
    let dirty = load<u64>(block, T_DIRTY_IN);
    declareExit(dirty);
    const count = load<u32>(block, T_COUNT);
    let r = load<u32>(block, T_FIRST) as usize;
    for (let i: u32 = 0; i < count; i++, r += RECORD_SIZE) {
      if (mayExit(load<u16>(r, REC_OP))) declareExit(dirty);
      dirty |= writesOf(r);
    }
    declareExit(dirty);
  }
}

/** Whether an instruction may take the side exit. */
// @ts-ignore: decorator
@inline
function mayExit(op: u32): bool {
  return (op >= FIRST_LOAD && op < FIRST_BRANCH) || op == Op.CBO_ZERO;
}

/** Gives each guest register that the region uses a local, and declares the locals. */
function declareLocals(): void {
  let next = fpUse ? LOCAL_F32 + 4 : LOCAL_SHIFTED + 1;
  let integers: u32 = 0;
  for (let left = usedRegisters; left; left &= left - 1) {
    const register = ctz(left) as u32;
    if (register < 32) integers++;
    store<u8>(JIT_LOCALS + (register as usize), next as u8);
    next++;
  }
  const floats = (popcnt(usedRegisters) as u32) - integers;
  setLoopLocals(next);
  if (hasLoops) next += 2 * MAX_GROUPS + 1;
  assignLowLocals(next);
  const low = popcnt(lowRegisters) as u32;
  writeByte((fpUse ? 5 : 3) + (floats ? 1 : 0) + (hasLoops ? 2 : 0) + (low ? 1 : 0));
  writeU32(9);
  writeByte(TYPE_I32);
  writeU32(7);
  writeByte(TYPE_I64);
  if (fpUse) {
    writeU32(12);
    writeByte(TYPE_F64);
    writeU32(4);
    writeByte(TYPE_F32);
  }
  writeU32(integers);
  writeByte(TYPE_I64);
  if (floats) {
    writeU32(floats);
    writeByte(TYPE_F64);
  }
  if (hasLoops) {
    writeU32(MAX_GROUPS);
    writeByte(TYPE_I64);
    writeU32(MAX_GROUPS + 1);
    writeByte(TYPE_I32);
  }
  if (low) {
    writeU32(low);
    writeByte(TYPE_I32);
  }
}

/** Which TLB set accesses go through now. */
function loadTlb(): void {
  localGet(LOCAL_HART);
  memoryAccess(Wasm.I32_LOAD, H_TLB_READ as u32);
  localSet(LOCAL_TLB_READ);
  localGet(LOCAL_HART);
  memoryAccess(Wasm.I32_LOAD, H_TLB_WRITE as u32);
  localSet(LOCAL_TLB_WRITE);
}

/** Leaves if the budget may not last to where it is looked at next. */
function checkBudget(cost: u32, mask: u64, offset: i32): void {
  localGet(LOCAL_BUDGET);
  i32Const(cost as i32);
  emit(Wasm.I32_LT_S);
  emitExitWhen(mask, exitCode(offset));
}

/** Leaves unless the pages of the block are mapped as they were when it was translated. */
function checkPages(block: usize): void {
  for (let left = load<u32>(block, T_GUARD); left; left &= left - 1) {
    const delta = pageDelta(ctz(left));
    const host = load<u32>(T_PAGES + (((delta + HEAD_PAGE) as usize) << 2));
    // The virtual page, from that of the head.
    localGet(LOCAL_PC);
    i64Const(~0xfff);
    emit(Wasm.I64_AND);
    i64Const((delta as i64) << 12);
    emit(Wasm.I64_ADD);
    localTee(LOCAL_I64);
    i64Const(12);
    emit(Wasm.I64_SHR_U);
    emit(Wasm.I32_WRAP_I64);
    i32Const(FETCH_TLB_ENTRIES - 1);
    emit(Wasm.I32_AND);
    i32Const(4);
    emit(Wasm.I32_SHL);
    localGet(LOCAL_HART);
    emit(Wasm.I32_ADD);
    localTee(LOCAL_I32);
    memoryAccess(Wasm.I64_LOAD, H_FETCH_TLB as u32);
    localGet(LOCAL_I64);
    localGet(LOCAL_HART);
    memoryAccess(Wasm.I64_LOAD32_U, H_PRIV as u32);
    i64Const(1);
    emit(Wasm.I64_SHL);
    emit(Wasm.I64_OR);
    i64Const(1);
    emit(Wasm.I64_OR);
    emit(Wasm.I64_NE);
    localGet(LOCAL_I32);
    memoryAccess(Wasm.I64_LOAD, (H_FETCH_TLB + 8) as u32);
    i64Const((((host as usize) - RAM) as u64 + RAM_BASE) as i64);
    emit(Wasm.I64_NE);
    emit(Wasm.I32_OR);
    emitExitWhen(load<u64>(block, T_DIRTY_IN), sideExitCode(load<i32>(block, T_START), 0));
  }
}

/** Registers that are dirty before the instruction that ends the block. */
let beforeLast: u64 = 0;

/** The instructions of a block but for the one that ends it with a transfer of control. */
function emitInstructions(block: usize): void {
  const count = load<u32>(block, T_COUNT);
  let dirty = load<u64>(block, T_DIRTY_IN);
  let offset = load<i32>(block, T_START);
  let r = load<u32>(block, T_FIRST) as usize;
  endBlockGroups();
  forgetShift();
  for (let i: u32 = 0; i < count; i++, r += RECORD_SIZE) {
    const op = load<u16>(r, REC_OP) as u32;
    if (op == Op.JAL || op == Op.JALR || op >= (Op.CSRRW as u32) || (op >= FIRST_BRANCH && op <= LAST_BRANCH)) {
      beforeLast = dirty;
      return;
    }
    if (op == Op.AUIPC) {
      pushPc(offset + load<i32>(r, REC_IMM));
      emitSetRd(r);
    } else if (op != Op.FENCE) {
      if (mayExit(op)) {
        setSideExit(exitLabel(dirty), sideExitCode(offset, count - i));
        groupAccesses(r, count - i);
      }
      if (op == Op.CBO_ZERO) emitCboZero(r);
      else if (op >= FIRST_FP && op <= LAST_FP) emitFp(r);
      else emitInstruction(r);
    }
    stepWords(r);
    stepShift(r);
    endBlockGroup(load<u16>(r, REC_RD));
    dirty |= writesOf(r);
    offset += load<u8>(r, REC_LEN) as i32;
  }
}

// @ts-ignore: decorator
@inline
function isMerge(block: usize): bool {
  return load<u32>(block, T_FORWARD) > 1;
}

/** Whether ways meet where the block starts. */
// @ts-ignore: decorator
@inline
function isMeeting(block: usize): bool {
  return isMerge(block) || load<u32>(block, T_IS_LOOP) != 0;
}

/** The label that an edge branches to, or -1 if the code of `to` follows in place. */
function labelOf(from: usize, to: usize): i32 {
  if (load<i32>(to, T_ORDER) <= load<i32>(from, T_ORDER)) return load<u32>(to, T_LOOP_LABEL);
  return isMerge(to) ? load<u32>(to, T_LABEL) : -1;
}

/** Goes along an edge within the region. */
function emitEdge(from: usize, to: usize): void {
  const label = labelOf(from, to);
  if (isMeeting(to)) emitHandOn(to);
  if (label >= 0) br(label);
  else emitTree(to);
}

/** Goes along one of the edges of a block, or leaves the region where it was not followed. */
function emitSuccessor(block: usize, index: usize): void {
  const next = successor(block, index);
  if (next >= 0) emitEdge(block, blockAtIndex(next));
  else emitExit(dirtyOut(block), exitCode(load<i32>(block + (index << 2), T_TARGET)));
}

function emitBranch(block: usize, r: usize): void {
  emitInstruction(r);
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
    emitHandOn(blockAtIndex(taken));
    brIf(label);
    emitSuccessor(block, 1);
  } else if (nextLabel >= 0) {
    emit(Wasm.I32_EQZ);
    emitHandOn(blockAtIndex(next));
    brIf(nextLabel);
    emitSuccessor(block, 0);
  } else {
    open(Wasm.IF);
    emitSuccessor(block, 0);
    end();
    emitSuccessor(block, 1);
  }
}

/** A guest call, and what follows when it returns here. */
function emitGuestCall(block: usize, r: usize): void {
  const back = load<i32>(block, T_END);
  const isIndirect = load<u32>(block, T_KIND) == KIND_CALL_INDIRECT;
  if (isIndirect) pushIndirectTarget(r);
  else pushPc(load<i32>(block, T_TARGET + 4));
  localSet(LOCAL_TARGET);
  pushPc(back);
  emitSetRd(r);
  storeRegisters(dirtyOut(block));
  emitCall(isIndirect ? -1 : knownFunction(load<i32>(block, T_TARGET + 4), back), back);
  const next = successor(block, 0);
  if (next < 0) {
    emitExit(0, exitCode(back));
    return;
  }
  const to = blockAtIndex(next);
  checkBudget(load<u32>(to, T_COST), 0, back);
  loadRegisters(load<u64>(to, T_LIVE_IN));
  // The callee may have changed sstatus.SUM.
  loadTlb();
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
  localGet(LOCAL_BUDGET);
  emit(Wasm.RETURN);
  end();
  loadRegisters(writesOf(r));
  // It may have changed which memory may be accessed.
  loadTlb();
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
  emitJump();
}

function emitEnd(block: usize): void {
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
    if (successor(block, 0) >= 0) {
      emitSuccessor(block, 0);
      return;
    }
    storeRegisters(dirtyOut(block));
    if (kind == KIND_RETURN) emitLeave();
    else emitJump();
  } else if (kind == KIND_JUMP && successor(block, 0) < 0) {
    pushPc(load<i32>(block, T_TARGET));
    localSet(LOCAL_TARGET);
    storeRegisters(dirtyOut(block));
    emitJump();
  } else {
    emitSuccessor(block, 0);
  }
}

/** Leaves a block that starts with a look at the budget, if that does not last. */
function emitBudgetCheck(block: usize): void {
  const cost = load<u32>(block, T_COST);
  const dirty = load<u64>(block, T_DIRTY_IN);
  if (load<u32>(block, T_KIND) != KIND_DISPATCH) {
    checkBudget(cost, dirty, load<i32>(block, T_START));
    return;
  }
  localGet(LOCAL_BUDGET);
  i32Const(cost as i32);
  emit(Wasm.I32_LT_S);
  open(Wasm.IF);
  storeRegisters(dirty);
  emitLeave();
  end();
}

/** The code of a block, and of those that only it leads to. */
function emitBody(block: usize): void {
  if (isMeeting(block)) emitTakeOver(block);
  loadRegisters(load<u64>(block, T_LOAD));
  if (load<u32>(block, T_IS_CHECKED)) emitBudgetCheck(block);
  checkPages(block);
  emitFpGuard(load<u32>(block, T_FP), load<u64>(block, T_DIRTY_IN), sideExitCode(load<i32>(block, T_START), 0));
  if (load<u32>(block, T_COUNT)) {
    localGet(LOCAL_BUDGET);
    i32Const(load<u32>(block, T_COUNT));
    emit(Wasm.I32_SUB);
    localSet(LOCAL_BUDGET);
  }
  setWords(load<u32>(block, T_WORDS_IN), load<u32>(block, T_EXTENDED_IN));
  emitInstructions(block);
  emitEnd(block);
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
  store<u32>(header, open(Wasm.LOOP), T_LOOP_LABEL);
  for (let i: u32 = 0; i < groupCount; i++) {
    const group = groupAt(i);
    localGet(localOfRegister(load<u32>(group, G_BASE)));
    localGet(pageLocal(i));
    emit(Wasm.I64_SUB);
    i64Const(0x1000 - (load<i32>(group, G_HIGH) - load<i32>(group, G_LOW)));
    emit(Wasm.I64_GT_U);
    brIf(checked);
  }
  setCopy(COPY_KNOWN);
  for (let place = load<i32>(header, T_ORDER); place < blockTotal; place++) {
    const block = inOrder(place);
    if (load<u32>(block, T_IN_LOOP)) store<u32>(block, 0, T_LABEL);
  }
  emitMerges(header);
  setCopy(COPY_NONE);
  end();
  end();
}

/** Writes locals and code of the region for `slot`, whose `blocks` blocks were analysed. */
export function emitRegion(blocks: i32, slot: u32, written: u32): void {
  setStyle(written);
  blockTotal = blocks;
  hasLoops = false;
  for (let place = 0; place < blocks; place++) {
    const block = inOrder(place);
    store<u32>(block, 0, T_LABEL);
    if (load<u32>(block, T_IS_LOOP)) hasLoops = true;
  }
  findWords(blocks);
  declareLocals();
  declareExits(blocks);
  startLabels();
  const head = inOrder(0);
  localGet(LOCAL_BUDGET);
  i32Const(load<u32>(head, T_COST));
  emit(Wasm.I32_LT_S);
  open(Wasm.IF);
  localGet(LOCAL_HART);
  localGet(LOCAL_PC);
  memoryAccess(Wasm.I64_STORE, H_PC as u32);
  localGet(LOCAL_BUDGET);
  emit(Wasm.RETURN);
  end();
  loadTlb();
  const tail = openExits();
  emitTree(head);
  emit(Wasm.UNREACHABLE);
  closeExits(tail, slot);
  writeByte(Wasm.END);
}
