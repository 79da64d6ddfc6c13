/** RV64I: loads and stores (ISA manual, 2.6 and 4.3). */
import { Wasm } from '../wasm/opcode';
import { emitLoadRd, emitStoreRs2, loadRd, storeRs2 } from './access';

// @ts-ignore: decorator
@inline
export function executeLb(h: usize, r: usize, tlbRead: usize): bool {
  return loadRd<i8>(h, r, tlbRead);
}

export function emitLb(r: usize): void {
  emitLoadRd(r, 1, Wasm.I64_LOAD8_S);
}

// @ts-ignore: decorator
@inline
export function executeLh(h: usize, r: usize, tlbRead: usize): bool {
  return loadRd<i16>(h, r, tlbRead);
}

export function emitLh(r: usize): void {
  emitLoadRd(r, 2, Wasm.I64_LOAD16_S);
}

// @ts-ignore: decorator
@inline
export function executeLw(h: usize, r: usize, tlbRead: usize): bool {
  return loadRd<i32>(h, r, tlbRead);
}

export function emitLw(r: usize): void {
  emitLoadRd(r, 4, Wasm.I64_LOAD32_S);
}

// @ts-ignore: decorator
@inline
export function executeLd(h: usize, r: usize, tlbRead: usize): bool {
  return loadRd<i64>(h, r, tlbRead);
}

export function emitLd(r: usize): void {
  emitLoadRd(r, 8, Wasm.I64_LOAD);
}

// @ts-ignore: decorator
@inline
export function executeLbu(h: usize, r: usize, tlbRead: usize): bool {
  return loadRd<u8>(h, r, tlbRead);
}

export function emitLbu(r: usize): void {
  emitLoadRd(r, 1, Wasm.I64_LOAD8_U);
}

// @ts-ignore: decorator
@inline
export function executeLhu(h: usize, r: usize, tlbRead: usize): bool {
  return loadRd<u16>(h, r, tlbRead);
}

export function emitLhu(r: usize): void {
  emitLoadRd(r, 2, Wasm.I64_LOAD16_U);
}

// @ts-ignore: decorator
@inline
export function executeLwu(h: usize, r: usize, tlbRead: usize): bool {
  return loadRd<u32>(h, r, tlbRead);
}

export function emitLwu(r: usize): void {
  emitLoadRd(r, 4, Wasm.I64_LOAD32_U);
}

// @ts-ignore: decorator
@inline
export function executeSb(h: usize, r: usize, tlbWrite: usize): bool {
  return storeRs2<u8>(h, r, tlbWrite);
}

export function emitSb(r: usize): void {
  emitStoreRs2(r, 1, Wasm.I64_STORE8);
}

// @ts-ignore: decorator
@inline
export function executeSh(h: usize, r: usize, tlbWrite: usize): bool {
  return storeRs2<u16>(h, r, tlbWrite);
}

export function emitSh(r: usize): void {
  emitStoreRs2(r, 2, Wasm.I64_STORE16);
}

// @ts-ignore: decorator
@inline
export function executeSw(h: usize, r: usize, tlbWrite: usize): bool {
  return storeRs2<u32>(h, r, tlbWrite);
}

export function emitSw(r: usize): void {
  emitStoreRs2(r, 4, Wasm.I64_STORE32);
}

// @ts-ignore: decorator
@inline
export function executeSd(h: usize, r: usize, tlbWrite: usize): bool {
  return storeRs2<u64>(h, r, tlbWrite);
}

export function emitSd(r: usize): void {
  emitStoreRs2(r, 8, Wasm.I64_STORE);
}
