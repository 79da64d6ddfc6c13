/**
 * Address translation (privileged spec, 12.3 to 12.6): Sv39, Sv48 and Sv57
 * with Svnapot, Svpbmt and Svadu. ASIDs are stored in satp; translations of
 * different satp values are never mixed, so they need not be compared.
 */
import {
  H_MENVCFG,
  H_MSTATUS,
  H_SATP,
  MACHINE,
  M_RAM_SIZE,
  M_ROM_BANK,
  M_ROM_BASE,
  M_ROM_SHOWN,
  M_ROM_SIZE,
  M_ROM_USED,
  PRIV_M,
  PRIV_S,
  PRIV_U,
  RAM,
  RAM_BASE,
} from '../layout';
import {
  CAUSE_FETCH_ACCESS,
  CAUSE_FETCH_PAGE_FAULT,
  CAUSE_LOAD_ACCESS,
  CAUSE_LOAD_PAGE_FAULT,
  CAUSE_STORE_ACCESS,
  CAUSE_STORE_PAGE_FAULT,
  MENVCFG_ADUE,
  MENVCFG_PBMTE,
  MSTATUS_MXR,
  MSTATUS_SUM,
} from '../generated/csr';
import { hasCode, invalidateCode } from '../hart/block';
import { raise } from '../hart/exception';
import { PMP_R, PMP_W, pmpAllows } from './pmp';
import { noteLargePage } from './tlb';

export const ACCESS_READ: u32 = 1;
export const ACCESS_WRITE: u32 = 2;
export const ACCESS_FETCH: u32 = 4;

export const SATP_MODE_SHIFT: u64 = 60;
export const SATP_MODE_SV39: u32 = 8;
export const SATP_MODE_SV57: u32 = 10;
export const SATP_PPN: u64 = 0x00000fffffffffff;

const PTE_V: u64 = 1;
const PTE_R: u64 = 2;
const PTE_W: u64 = 4;
const PTE_X: u64 = 8;
const PTE_U: u64 = 16;
const PTE_A: u64 = 64;
const PTE_D: u64 = 128;
const PTE_PPN_SHIFT: u64 = 10;
const PTE_PPN: u64 = 0x003ffffffffffc00;
const PTE_RESERVED: u64 = 0x1fc0000000000000;
const PTE_PBMT: u64 = 0x6000000000000000;
const PTE_N: u64 = 0x8000000000000000;

/** The physical address of the last successful `translate`. */
export let paddr: u64 = 0;
/** Whether stores to that page need no further page walk: D is set, or there is no translation. */
export let isDirty: bool = false;

// @ts-ignore: decorator
@inline
export function isRam(address: u64, length: u64): bool {
  const offset = address - RAM_BASE;
  const size = load<u64>(MACHINE, M_RAM_SIZE);
  return offset < size && offset + length <= size;
}

/** The bank of the ROM that holds an address, as a bit of M_ROM_SHOWN; 0 when none does. */
export function romBank(address: u64): u32 {
  const offset = address - load<u64>(MACHINE, M_ROM_BASE);
  return offset < load<u64>(MACHINE, M_ROM_SIZE) ? 1 << ((offset / load<u64>(MACHINE, M_ROM_BANK)) as u32) : 0;
}

/** Whether the page at `page` is one of ROM that is read as memory now; what is learnt of it is forgotten when its bank is hidden. */
export function useRom(page: u64): bool {
  const bank = romBank(page) & load<u32>(MACHINE, M_ROM_SHOWN);
  store<u32>(MACHINE, load<u32>(MACHINE, M_ROM_USED) | bank, M_ROM_USED);
  return bank != 0;
}

/** Where the ROM starts in the linear memory, which is where RAM ends: with the largest RAM, and then no ROM, behind its last byte. */
// @ts-ignore: decorator
@inline
export function romStart(): u64 {
  return (RAM as u64) + load<u64>(MACHINE, M_RAM_SIZE);
}

/** Where RAM or ROM at a guest physical address lies in the linear memory. */
// @ts-ignore: decorator
@inline
export function memoryAddress(address: u64): usize {
  return address >= RAM_BASE
    ? RAM + ((address - RAM_BASE) as usize)
    : ((romStart() + address - load<u64>(MACHINE, M_ROM_BASE)) as usize);
}

/** Guest physical address of a byte of RAM or ROM that lies at `address` in the linear memory. */
export function hostPaddr(address: usize): u64 {
  const start = romStart();
  return (address as u64) < start
    ? (address - RAM) as u64 + RAM_BASE
    : (address as u64) - start + load<u64>(MACHINE, M_ROM_BASE);
}

export function raiseAccessFault(h: usize, vaddr: u64, access: u32): bool {
  const cause =
    access == ACCESS_FETCH ? CAUSE_FETCH_ACCESS : access == ACCESS_READ ? CAUSE_LOAD_ACCESS : CAUSE_STORE_ACCESS;
  return raise(h, cause, vaddr);
}

function raisePageFault(h: usize, vaddr: u64, access: u32): bool {
  const cause =
    access == ACCESS_FETCH
      ? CAUSE_FETCH_PAGE_FAULT
      : access == ACCESS_READ
        ? CAUSE_LOAD_PAGE_FAULT
        : CAUSE_STORE_PAGE_FAULT;
  return raise(h, cause, vaddr);
}

/**
 * Translates `vaddr` for `access` by `privilege` into `paddr`; false when it
 * raised a page fault, or an access fault because a PTE is out of reach. The
 * protection of `paddr` itself (PMP, PMA) is the caller's.
 */
export function translate(h: usize, vaddr: u64, access: u32, privilege: u32): bool {
  const satp = load<u64>(h, H_SATP);
  const mode = (satp >> SATP_MODE_SHIFT) as u32;
  if (privilege == PRIV_M || mode == 0) {
    paddr = vaddr;
    isDirty = true;
    return true;
  }
  const levels: i32 = (mode as i32) - 5;
  const unused: u64 = 64 - (12 + 9 * (levels as u64));
  if ((((vaddr << unused) as i64) >> unused) as u64 != vaddr) return raisePageFault(h, vaddr, access);

  const mstatus = load<u64>(h, H_MSTATUS);
  const menvcfg = load<u64>(h, H_MENVCFG);
  let table = (satp & SATP_PPN) << 12;
  for (let level = levels - 1; level >= 0; level--) {
    const shift: u64 = 12 + 9 * (level as u64);
    const pteAddress = table + (((vaddr >> shift) & 0x1ff) << 3);
    if (!isRam(pteAddress, 8) || !pmpAllows(h, pteAddress, 8, PRIV_S, PMP_R)) {
      return raiseAccessFault(h, vaddr, access);
    }
    const pte = load<u64>(memoryAddress(pteAddress));
    if (!(pte & PTE_V) || (pte & (PTE_R | PTE_W)) == PTE_W || pte & PTE_RESERVED) {
      return raisePageFault(h, vaddr, access);
    }
    if (!(pte & (PTE_R | PTE_X))) {
      if (pte & (PTE_U | PTE_A | PTE_D | PTE_PBMT | PTE_N)) return raisePageFault(h, vaddr, access);
      table = (pte & PTE_PPN) << (12 - PTE_PPN_SHIFT);
      continue;
    }

    if (pte & PTE_PBMT && (!(menvcfg & MENVCFG_PBMTE) || (pte & PTE_PBMT) == PTE_PBMT)) {
      return raisePageFault(h, vaddr, access);
    }
    if (pte & PTE_U) {
      if (privilege == PRIV_S && (access == ACCESS_FETCH || !(mstatus & MSTATUS_SUM))) {
        return raisePageFault(h, vaddr, access);
      }
    } else if (privilege == PRIV_U) {
      return raisePageFault(h, vaddr, access);
    }
    const allowed: bool =
      access == ACCESS_FETCH
        ? (pte & PTE_X) != 0
        : access == ACCESS_WRITE
          ? (pte & PTE_W) != 0
          : (pte & PTE_R) != 0 || ((mstatus & MSTATUS_MXR) != 0 && (pte & PTE_X) != 0);
    if (!allowed) return raisePageFault(h, vaddr, access);

    let offsetMask: u64 = ((1 as u64) << shift) - 1;
    let frame = (pte & PTE_PPN) << (12 - PTE_PPN_SHIFT);
    if (pte & PTE_N) {
      // Svnapot: 64 KiB pages only, at the last level.
      if (level != 0 || (frame & 0xf000) != 0x8000) return raisePageFault(h, vaddr, access);
      offsetMask = 0xffff;
      frame &= ~0xffff;
    } else if (frame & offsetMask) {
      return raisePageFault(h, vaddr, access);
    }

    const wanted = access == ACCESS_WRITE ? PTE_A | PTE_D : PTE_A;
    if ((pte & wanted) != wanted) {
      if (!(menvcfg & MENVCFG_ADUE)) return raisePageFault(h, vaddr, access);
      if (!pmpAllows(h, pteAddress, 8, PRIV_S, PMP_W)) return raiseAccessFault(h, vaddr, access);
      store<u64>(memoryAddress(pteAddress), pte | wanted);
      if (hasCode(pteAddress)) invalidateCode(pteAddress, 8);
    }
    if (offsetMask != 0xfff) noteLargePage(h, vaddr, popcnt(offsetMask));
    paddr = frame | (vaddr & offsetMask);
    isDirty = ((pte | wanted) & PTE_D) != 0;
    return true;
  }
  return raisePageFault(h, vaddr, access);
}
