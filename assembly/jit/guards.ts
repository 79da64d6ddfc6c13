/**
 * What a region relies on and checks again where a way to a block has not: that
 * its further pages are mapped as they were, and the state of the FPU.
 */
import {
  FETCH_TLB_ENTRIES,
  H_FETCH_TLB,
  H_PRIV,
  KIND_CSR,
  T_COUNT,
  T_DIRTY_IN,
  T_END,
  T_FP,
  T_FP_IN,
  T_GUARD,
  T_KIND,
  T_PAGES,
  T_PAGES_IN,
  T_PAGES_OF,
  T_START,
} from '../layout';
import { LOCAL_HART, LOCAL_I32, LOCAL_I64, LOCAL_PC } from '../isa/emit';
import { hostPaddr } from '../mmu/walk';
import { Wasm } from '../wasm/opcode';
import { call, emit, end, i32Const, i64Const, localGet, localTee, memoryAccess, open } from '../wasm/writer';
import { blockAtIndex, HEAD_PAGE, isInWindow, pageIndex } from './discover';
import { emitExitWhen, sideExitCode } from './exits';
import { edges, inOrder, isCall, successor } from './flow';
import { HELPER_FETCH } from './imports';

function pageBit(offset: i32): u32 {
  return 1 << ((pageIndex(offset) - (HEAD_PAGE >> 1)) as u32);
}

/** Offset from the head's page of the page with this bit number. */
function pageDelta(bit: u32): i32 {
  return (bit as i32) - (HEAD_PAGE >> 1);
}

/** Whether the end of a block knows how the page `offset` bytes from the head is mapped. */
export function knowsPage(block: usize, offset: i32): bool {
  const pages = load<u32>(block, T_PAGES_IN) | load<u32>(block, T_PAGES_OF);
  return isInWindow(offset) && (pages & pageBit(offset)) != 0;
}

/** What is known on every way to a block need not be checked in it; a call or a CSR instruction may change the FPU's state. */
export function findGuards(blocks: i32): void {
  for (let place = 0; place < blocks; place++) {
    const block = inOrder(place);
    const last = max(load<i32>(block, T_END) - 1, load<i32>(block, T_START));
    store<u32>(block, load<u32>(block, T_COUNT) ? pageBit(load<i32>(block, T_START)) | pageBit(last) : 0, T_PAGES_OF);
    store<u32>(block, -1, T_PAGES_IN);
    store<u32>(block, -1, T_FP_IN);
  }
  const head = inOrder(0);
  store<u32>(head, pageBit(0), T_PAGES_IN);
  store<u32>(head, 0, T_FP_IN);
  let changed = true;
  while (changed) {
    changed = false;
    for (let place = 0; place < blocks; place++) {
      const block = inOrder(place);
      const pages = load<u32>(block, T_PAGES_IN) | load<u32>(block, T_PAGES_OF);
      const fp = isCall(block) || load<u32>(block, T_KIND) == KIND_CSR ? 0 : load<u32>(block, T_FP_IN) | load<u32>(block, T_FP);
      for (let i: usize = 0, n = edges(block); i < n; i++) {
        const index = successor(block, i);
        if (index < 0) continue;
        const next = blockAtIndex(index);
        const pagesIn = load<u32>(next, T_PAGES_IN);
        const fpIn = load<u32>(next, T_FP_IN);
        if ((pagesIn & pages) != pagesIn || (fpIn & fp) != fpIn) {
          store<u32>(next, pagesIn & pages, T_PAGES_IN);
          store<u32>(next, fpIn & fp, T_FP_IN);
          changed = true;
        }
      }
    }
  }
  for (let place = 0; place < blocks; place++) {
    const block = inOrder(place);
    store<u32>(block, load<u32>(block, T_PAGES_OF) & ~load<u32>(block, T_PAGES_IN), T_GUARD);
    store<u32>(block, load<u32>(block, T_FP) & ~load<u32>(block, T_FP_IN), T_FP);
  }
}

/** Leaves unless the pages of the block are mapped as they were when it was translated. */
export function checkPages(block: usize): void {
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
    i64Const(hostPaddr(host as usize) as i64);
    emit(Wasm.I64_NE);
    emit(Wasm.I32_OR);
    // The instruction TLB may just have lost it.
    open(Wasm.IF);
    localGet(LOCAL_HART);
    localGet(LOCAL_I64);
    i32Const(host);
    call(HELPER_FETCH);
    emit(Wasm.I32_EQZ);
    emitExitWhen(load<u64>(block, T_DIRTY_IN), sideExitCode(load<i32>(block, T_START), 0));
    end();
  }
}
