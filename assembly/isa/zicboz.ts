/** Zicboz: zeroing a cache block of 64 bytes (Zic64b), as eight aligned stores. */
import { H_MENVCFG, H_PRIV, PRIV_S, TLB_INDEX_MASK } from '../layout';
import { MENVCFG_CBZE } from '../generated/csr';
import { raiseIllegal } from '../hart/exception';
import { zeroBlock } from '../mmu/access';
import { Wasm } from '../wasm/opcode';
import { emit, i32Const, i64Const, localGet, localSet, localTee, memoryAccess } from '../wasm/writer';
import { emitExitIf, emitRs1, LOCAL_HART, LOCAL_I32, LOCAL_I64, LOCAL_TLB_WRITE } from './emit';
import { rs1 } from './registers';
import { blockOperationEnabled } from './zicbom';

const CACHE_BLOCK: u32 = 64;

export function executeCboZero(h: usize, r: usize): void {
  if (blockOperationEnabled(h, MENVCFG_CBZE)) zeroBlock(h, rs1(h, r) as u64);
  else raiseIllegal(h);
}

/** In S-mode only, where one bit of menvcfg decides: kernels clear pages with it. */
export function emitCboZero(r: usize): void {
  const entry = LOCAL_I32;
  const address = LOCAL_I64;
  localGet(LOCAL_HART);
  memoryAccess(Wasm.I32_LOAD, H_PRIV as u32);
  i32Const(PRIV_S);
  emit(Wasm.I32_NE);
  localGet(LOCAL_HART);
  memoryAccess(Wasm.I64_LOAD, H_MENVCFG as u32);
  i64Const(MENVCFG_CBZE);
  emit(Wasm.I64_AND);
  emit(Wasm.I64_EQZ);
  emit(Wasm.I32_OR);
  emitExitIf();
  emitRs1(r);
  i64Const(-(CACHE_BLOCK as i64));
  emit(Wasm.I64_AND);
  localTee(address);
  emit(Wasm.I32_WRAP_I64);
  i32Const(8);
  emit(Wasm.I32_SHR_U);
  i32Const(TLB_INDEX_MASK);
  emit(Wasm.I32_AND);
  localGet(LOCAL_TLB_WRITE);
  emit(Wasm.I32_ADD);
  localTee(entry);
  memoryAccess(Wasm.I64_LOAD, 0);
  localGet(address);
  i64Const(~0xfff);
  emit(Wasm.I64_AND);
  emit(Wasm.I64_NE);
  emitExitIf();
  localGet(address);
  emit(Wasm.I32_WRAP_I64);
  localGet(entry);
  memoryAccess(Wasm.I32_LOAD, 8);
  emit(Wasm.I32_ADD);
  localSet(entry);
  for (let offset: u32 = 0; offset < CACHE_BLOCK; offset += 8) {
    localGet(entry);
    i64Const(0);
    memoryAccess(Wasm.I64_STORE, offset);
  }
}
