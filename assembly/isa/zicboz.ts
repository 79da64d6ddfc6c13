/** Zicboz: zeroing a cache block of 64 bytes (Zic64b), as eight aligned stores. */
import { H_MENVCFG, H_PRIV, PRIV_S } from '../layout';
import { MENVCFG_CBZE } from '../generated/csr';
import { raiseIllegal } from '../hart/exception';
import { zeroBlock } from '../mmu/access';
import { Wasm } from '../wasm/opcode';
import { emit, i32Const, i64Const, localGet, localSet, memoryAccess } from '../wasm/writer';
import { emitLocateBlock } from './access';
import { emitExitIf, LOCAL_HART, LOCAL_I32 } from './emit';
import { rs1 } from './registers';
import { blockOperationEnabled } from './zicbom';

const CACHE_BLOCK: u32 = 64;

export function executeCboZero(h: usize, r: usize): void {
  if (blockOperationEnabled(h, MENVCFG_CBZE)) zeroBlock(h, rs1(h, r) as u64);
  else raiseIllegal(h);
}

/** In S-mode only, where one bit of menvcfg decides: kernels clear pages with it. */
export function emitCboZero(r: usize): void {
  const address = LOCAL_I32;
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
  emitLocateBlock(r, CACHE_BLOCK);
  localSet(address);
  for (let offset: u32 = 0; offset < CACHE_BLOCK; offset += 8) {
    localGet(address);
    i64Const(0);
    memoryAccess(Wasm.I64_STORE, offset);
  }
}
