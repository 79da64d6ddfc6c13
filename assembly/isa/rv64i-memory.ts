/** RV64I: loads and stores (ISA manual, 2.6 and 4.3). */
import { loadRd, storeRs2 } from './access';

// @ts-ignore: decorator
@inline
export function executeLb(h: usize, r: usize, tlbRead: usize): bool {
  return loadRd<i8>(h, r, tlbRead);
}

// @ts-ignore: decorator
@inline
export function executeLh(h: usize, r: usize, tlbRead: usize): bool {
  return loadRd<i16>(h, r, tlbRead);
}

// @ts-ignore: decorator
@inline
export function executeLw(h: usize, r: usize, tlbRead: usize): bool {
  return loadRd<i32>(h, r, tlbRead);
}

// @ts-ignore: decorator
@inline
export function executeLd(h: usize, r: usize, tlbRead: usize): bool {
  return loadRd<i64>(h, r, tlbRead);
}

// @ts-ignore: decorator
@inline
export function executeLbu(h: usize, r: usize, tlbRead: usize): bool {
  return loadRd<u8>(h, r, tlbRead);
}

// @ts-ignore: decorator
@inline
export function executeLhu(h: usize, r: usize, tlbRead: usize): bool {
  return loadRd<u16>(h, r, tlbRead);
}

// @ts-ignore: decorator
@inline
export function executeLwu(h: usize, r: usize, tlbRead: usize): bool {
  return loadRd<u32>(h, r, tlbRead);
}

// @ts-ignore: decorator
@inline
export function executeSb(h: usize, r: usize, tlbWrite: usize): bool {
  return storeRs2<u8>(h, r, tlbWrite);
}

// @ts-ignore: decorator
@inline
export function executeSh(h: usize, r: usize, tlbWrite: usize): bool {
  return storeRs2<u16>(h, r, tlbWrite);
}

// @ts-ignore: decorator
@inline
export function executeSw(h: usize, r: usize, tlbWrite: usize): bool {
  return storeRs2<u32>(h, r, tlbWrite);
}

// @ts-ignore: decorator
@inline
export function executeSd(h: usize, r: usize, tlbWrite: usize): bool {
  return storeRs2<u64>(h, r, tlbWrite);
}
