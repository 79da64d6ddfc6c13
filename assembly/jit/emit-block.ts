/** The code of a basic block: what must be checked first, and its instructions in one pass. */
import {
  KIND_DISPATCH,
  REC_GROUP,
  REC_IMM,
  REC_LEN,
  REC_OP,
  REC_RD,
  RECORD_SIZE,
  T_COST,
  T_COUNT,
  T_DIRTY_IN,
  T_EXTENDED_IN,
  T_FIRST,
  T_FP,
  T_IS_CHECKED,
  T_KIND,
  T_LOAD,
  T_START,
  T_WORDS_IN,
} from '../layout';
import { FIRST_BRANCH, FIRST_FP, FIRST_LOAD, LAST_BRANCH, LAST_FP, Op } from '../generated/opcodes';
import { COPY_KNOWN, copy, endBlockGroup, endBlockGroups } from '../isa/access';
import {
  emitSetRd,
  LOCAL_BUDGET,
  setSideExit,
} from '../isa/emit';
import { emitWiden, narrow, setNarrow } from '../isa/narrow';
import { forgetShift, stepShift } from '../isa/shifted';
import { setWords, stepWords } from '../isa/words';
import { emitCboZero } from '../isa/zicboz';
import { Wasm } from '../wasm/opcode';
import { emit, end, i32Const, localGet, localSet, open } from '../wasm/writer';
import { groupAccesses } from './block-groups';
import { emitEnd } from './emit-end';
import { emitInstruction } from './emit-instruction';
import { isMeeting } from './emit-tree';
import {
  declareExit,
  emitExitWhen,
  exitCode,
  exitLabel,
  loadRegisters,
  pushPc,
  sideExitCode,
  startExits,
  storeRegisters,
} from './exits';
import { inOrder, writesOf } from './flow';
import { emitFp, emitFpGuard } from './fpu-guard';
import { emitTakeOver } from './known-words';
import { checkPages } from './guards';
import { emitLeave } from './transfer';

/** Whether the region accesses memory. */
export let hasAccesses: bool = false;

/** Which registers are stored where: the exits must be known before the body that branches to them. */
export function declareExits(blocks: i32): void {
  startExits();
  hasAccesses = false;
  declareExit(0);
  for (let place = 0; place < blocks; place++) {
    const block = inOrder(place);
    let dirty = load<u64>(block, T_DIRTY_IN);
    declareExit(dirty);
    const count = load<u32>(block, T_COUNT);
    let r = load<u32>(block, T_FIRST) as usize;
    for (let i: u32 = 0; i < count; i++, r += RECORD_SIZE) {
      if (mayExit(load<u16>(r, REC_OP))) {
        hasAccesses = true;
        declareExit(dirty);
      }
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

/** Pushes whether the budget may not last for `cost` instructions, an i32. */
export function pushIsShort(cost: u32): void {
  localGet(LOCAL_BUDGET);
  i32Const(cost as i32);
  emit(Wasm.I32_LT_S);
}

/** Leaves if the budget may not last to where it is looked at next. */
export function checkBudget(cost: u32, mask: u64, offset: i32): void {
  pushIsShort(cost);
  emitExitWhen(mask, exitCode(offset));
}

/** Leaves a block that starts with a look at the budget, if that does not last. */
function emitBudgetCheck(block: usize): void {
  const cost = load<u32>(block, T_COST);
  const dirty = load<u64>(block, T_DIRTY_IN);
  if (load<u32>(block, T_KIND) != KIND_DISPATCH) {
    checkBudget(cost, dirty, load<i32>(block, T_START));
    return;
  }
  pushIsShort(cost);
  open(Wasm.IF);
  storeRegisters(dirty);
  emitLeave();
  end();
}

/** Registers that are dirty before the instruction that ends the block. */
export let beforeLast: u64 = 0;

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
        if (narrow && !(copy == COPY_KNOWN && load<u16>(r, REC_GROUP))) widen();
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

/** All registers get their whole values: what follows may leave, and stores these. */
function widen(): void {
  emitWiden(narrow);
  setNarrow(0);
}

/** The code of a block, and of those that only it leads to. */
export function emitBody(block: usize): void {
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
