/**
 * Which TLB set the accesses of a region go through. With one hart a region is written
 * for the set in use when it is translated, whose address then is a constant; where the
 * privilege mode or sstatus.SUM asks for another one it leaves, and after leaving often
 * it is written for all of them.
 */
import {
  HARTS,
  H_SIDE_EXIT,
  H_TLBS,
  H_TLB_READ,
  H_TLB_WRITE,
  MACHINE,
  M_HART_COUNT,
  STYLE_TLB_SHIFT,
  TLB_SET_SIZE,
} from '../layout';
import { fixedTlb } from '../isa/access';
import { LOCAL_HART, LOCAL_PC, LOCAL_TLB_READ, LOCAL_TLB_WRITE } from '../isa/emit';
import { Wasm } from '../wasm/opcode';
import { emit, end, i32Const, localGet, localSet, memoryAccess, open } from '../wasm/writer';
import { hasAccesses } from './emit-block';
import { emitExitWhen, sideExitCode } from './exits';
import { leaveFor } from './transfer';

// @ts-ignore: decorator
@inline
function isAlone(): bool {
  return load<u32>(MACHINE, M_HART_COUNT) == 1;
}

/** The part of a style that says for which TLB set a region is written: that in use. */
export function styleOfTlb(h: usize): u32 {
  if (!isAlone()) return 0;
  const set = ((load<u32>(h, H_TLB_READ) as usize) - h - H_TLBS) / TLB_SET_SIZE;
  return ((set as u32) + 1) << STYLE_TLB_SHIFT;
}

/** Whether a region in that style is not for the set in use. */
export function isForOtherTlb(h: usize, style: u32): bool {
  const own = style >> STYLE_TLB_SHIFT;
  return own != 0 && own != styleOfTlb(h) >> STYLE_TLB_SHIFT;
}

/** That style for all sets. */
export function forAllTlbs(style: u32): u32 {
  return style & ((1 << STYLE_TLB_SHIFT) - 1);
}

/** Where a region is entered: which hart, and which set. */
export function emitTlbAtEntry(slot: u32): void {
  if (isAlone()) {
    // For the engine it is a constant from here on.
    i32Const(HARTS as i32);
    localSet(LOCAL_HART);
  }
  if (!hasAccesses) return;
  if (!fixedTlb()) {
    loadTlb();
    return;
  }
  pushIsOtherTlb();
  open(Wasm.IF);
  localGet(LOCAL_HART);
  i32Const(slot as i32);
  memoryAccess(Wasm.I32_STORE, H_SIDE_EXIT as u32);
  leaveFor(LOCAL_PC);
  end();
}

/** After something that may have changed it, `offset` bytes from the head, with no register newer than the hart record. */
export function emitTlbAgain(offset: i32): void {
  if (!hasAccesses) return;
  if (!fixedTlb()) {
    loadTlb();
    return;
  }
  pushIsOtherTlb();
  emitExitWhen(0, sideExitCode(offset, 0));
}

function pushIsOtherTlb(): void {
  localGet(LOCAL_HART);
  memoryAccess(Wasm.I32_LOAD, H_TLB_READ as u32);
  i32Const(fixedTlb() as i32);
  emit(Wasm.I32_NE);
}

function loadTlb(): void {
  localGet(LOCAL_HART);
  memoryAccess(Wasm.I32_LOAD, H_TLB_READ as u32);
  localSet(LOCAL_TLB_READ);
  localGet(LOCAL_HART);
  memoryAccess(Wasm.I32_LOAD, H_TLB_WRITE as u32);
  localSet(LOCAL_TLB_WRITE);
}
