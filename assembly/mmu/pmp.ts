/**
 * Physical memory protection (privileged spec, 3.7): 16 entries, granularity
 * of four bytes.
 */
import { H_PMPADDR, H_PMPCFG, H_PMP_ACTIVE, PRIV_M } from '../layout';

export const PMP_ENTRIES: u32 = 16;
export const PMP_R: u32 = 1;
export const PMP_W: u32 = 2;
export const PMP_X: u32 = 4;
export const PMP_RWX: u32 = 7;
export const PMP_L: u32 = 0x80;
export const PMP_TOR: u32 = 1;
export const PMP_NA4: u32 = 2;
export const PMP_NAPOT: u32 = 3;
export const PMP_ADDRESS_MASK: u64 = 0x003fffffffffffff;

/** No single set of permissions holds for the whole range. */
export const PMP_MIXED: i32 = -1;

// @ts-ignore: decorator
@inline
export function pmpMode(cfg: u32): u32 {
  return (cfg >> 3) & 3;
}

let first: u64 = 0;
let last: u64 = 0; // inclusive

/** Puts the bounds of entry `i` into `first` and `last`; false when it covers nothing. */
function bounds(h: usize, i: u32, mode: u32): bool {
  const address = load<u64>(h + (i << 3), H_PMPADDR);
  if (mode == PMP_TOR) {
    first = i == 0 ? 0 : load<u64>(h + ((i - 1) << 3), H_PMPADDR) << 2;
    if (address << 2 <= first) return false;
    last = (address << 2) - 1;
  } else if (mode == PMP_NA4) {
    first = address << 2;
    last = first + 3;
  } else {
    const ones = ctz(~address); // trailing ones give the size: 8 << ones bytes
    const size: u64 = 8 << ones;
    first = (address << 2) & ~(size - 1);
    last = first + size - 1;
  }
  return true;
}

/**
 * The permissions (PMP_R | PMP_W | PMP_X) that `privilege` has on all of
 * `length` bytes at `paddr`, or PMP_MIXED when the first matching entry covers
 * only a part: for a single access that means it fails (3.7.1.3).
 */
export function pmpPermissions(h: usize, paddr: u64, length: u64, privilege: u32): i32 {
  const active = load<u32>(h, H_PMP_ACTIVE);
  const end = paddr + length - 1;
  for (let i: u32 = 0; i < active; i++) {
    const cfg = load<u8>(h + i, H_PMPCFG) as u32;
    const mode = pmpMode(cfg);
    if (mode == 0 || !bounds(h, i, mode) || end < first || paddr > last) continue;
    if (paddr < first || end > last) return PMP_MIXED;
    return (privilege == PRIV_M && !(cfg & PMP_L) ? PMP_RWX : cfg & PMP_RWX) as i32;
  }
  return privilege == PRIV_M ? PMP_RWX : 0;
}

export function pmpAllows(h: usize, paddr: u64, length: u64, privilege: u32, access: u32): bool {
  const permissions = pmpPermissions(h, paddr, length, privilege);
  return permissions != PMP_MIXED && (permissions & access) != 0;
}

/** To be called after any change of the entries. */
export function pmpUpdate(h: usize): void {
  let active: u32 = 0;
  for (let i: u32 = 0; i < PMP_ENTRIES; i++) {
    if (pmpMode(load<u8>(h + i, H_PMPCFG))) active = i + 1;
  }
  store<u32>(h, active, H_PMP_ACTIVE);
}
