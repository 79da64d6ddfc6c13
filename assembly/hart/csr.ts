/**
 * Control and status registers: which exist, who may access them, and their
 * WARL rules. Read-only zero: hpmcounters and their events, tselect and tdata
 * (no triggers), mconfigptr, and the identification registers but mhartid.
 */
import {
  H_CYCLES,
  H_EXTERNAL_SEIP,
  H_FFLAGS,
  H_FRM,
  H_FS,
  H_ID,
  H_MCAUSE,
  H_MCOUNTEREN,
  H_MCOUNTINHIBIT,
  H_MCYCLE_OFFSET,
  H_MEDELEG,
  H_MENVCFG,
  H_MEPC,
  H_MIDELEG,
  H_MIE,
  H_MINSTRET_OFFSET,
  H_MIP,
  H_MSCRATCH,
  H_MSTATUS,
  H_MTVAL,
  H_MTVEC,
  H_PMPADDR,
  H_PMPCFG,
  H_PRIV,
  H_SATP,
  H_SCAUSE,
  H_SCOUNTEREN,
  H_SENVCFG,
  H_SEPC,
  H_SSCRATCH,
  H_STIMECMP,
  H_STVAL,
  H_STVEC,
  H_TRAPS,
  MACHINE,
  M_PAGING,
  PRIV_M,
  PRIV_S,
} from '../layout';
import * as CSR from '../generated/csr';
import { FS_DIRTY } from '../isa/registers';
import { PMP_ADDRESS_MASK, PMP_L, PMP_R, PMP_TOR, PMP_W, pmpMode, pmpUpdate } from '../mmu/pmp';
import { flushTlb, switchAddressSpace, updateMode } from '../mmu/tlb';
import { SATP_MODE_SHIFT, SATP_MODE_SV39 } from '../mmu/walk';
import { readTime, updateTimers } from './timer';
import { pendingInterrupts } from './trap';
import { requestReschedule } from './schedule';

export const S_INTERRUPTS: u64 = (1 << CSR.IRQ_S_SOFT) | (1 << CSR.IRQ_S_TIMER) | (1 << CSR.IRQ_S_EXT);
const M_INTERRUPTS: u64 = (1 << CSR.IRQ_M_SOFT) | (1 << CSR.IRQ_M_TIMER) | (1 << CSR.IRQ_M_EXT);
/** Everything but ecall from M-mode, and what is reserved. */
export const DELEGABLE_EXCEPTIONS: u64 = 0xb3ff;
const XLEN_64: u64 = (2 << ctz(CSR.MSTATUS_UXL)) | (2 << ctz(CSR.MSTATUS_SXL));
const MSTATUS_WRITABLE: u64 =
  CSR.MSTATUS_SIE | CSR.MSTATUS_MIE | CSR.MSTATUS_SPIE | CSR.MSTATUS_MPIE | CSR.MSTATUS_SPP | CSR.MSTATUS_MPP |
  CSR.MSTATUS_MPRV | CSR.MSTATUS_SUM | CSR.MSTATUS_MXR | CSR.MSTATUS_TVM | CSR.MSTATUS_TW | CSR.MSTATUS_TSR;
const SSTATUS_WRITABLE: u64 =
  CSR.MSTATUS_SIE | CSR.MSTATUS_SPIE | CSR.MSTATUS_SPP | CSR.MSTATUS_SUM | CSR.MSTATUS_MXR;
const SSTATUS_READABLE: u64 = SSTATUS_WRITABLE | CSR.MSTATUS_UXL | CSR.MSTATUS_FS | CSR.MSTATUS_SD;
const ENVCFG_CMO: u64 = CSR.MENVCFG_FIOM | CSR.MENVCFG_CBIE | CSR.MENVCFG_CBCFE | CSR.MENVCFG_CBZE;
const MENVCFG_WRITABLE: u64 = ENVCFG_CMO | CSR.MENVCFG_ADUE | CSR.MENVCFG_PBMTE | CSR.MENVCFG_STCE;
const INHIBIT_CYCLE: u32 = 1;
const INHIBIT_INSTRET: u32 = 4;
const COUNTER_TIME: u32 = 1;
// RV64 with A, C, D, F, I, M, S and U.
const MISA: u64 = ((2 as u64) << 62) | 0x14112d;

/** The value of the last successful `readCsr`. */
export let csrValue: u64 = 0;

// @ts-ignore: decorator
@inline
function retired(h: usize): u64 {
  return load<u64>(h, H_CYCLES) - load<u64>(h, H_TRAPS);
}

function counter(h: usize, count: u64, offset: usize, inhibit: u32): u64 {
  const value = load<u64>(h + offset);
  return load<u32>(h, H_MCOUNTINHIBIT) & inhibit ? value : value + count;
}

function setCounter(h: usize, count: u64, offset: usize, inhibit: u32, value: u64): void {
  store<u64>(h + offset, load<u32>(h, H_MCOUNTINHIBIT) & inhibit ? value : value - count);
}

export function readMcycle(h: usize): u64 {
  return counter(h, load<u64>(h, H_CYCLES), H_MCYCLE_OFFSET, INHIBIT_CYCLE);
}

export function readMinstret(h: usize): u64 {
  return counter(h, retired(h), H_MINSTRET_OFFSET, INHIBIT_INSTRET);
}

export function readMstatus(h: usize): u64 {
  const fs = load<u32>(h, H_FS);
  const value = load<u64>(h, H_MSTATUS) | XLEN_64 | ((fs as u64) << ctz(CSR.MSTATUS_FS));
  return fs == FS_DIRTY ? value | CSR.MSTATUS_SD : value;
}

/** Whether the counter-enable registers let the current mode read counter `index` (privileged spec, 3.1.11). */
function counterEnabled(h: usize, index: u32): bool {
  const privilege = load<u32>(h, H_PRIV);
  const bit: u32 = 1 << index;
  if (privilege == PRIV_M) return true;
  if (!(load<u32>(h, H_MCOUNTEREN) & bit)) return false;
  return privilege == PRIV_S || (load<u32>(h, H_SCOUNTEREN) & bit) != 0;
}

function mayAccessStimecmp(h: usize): bool {
  if (load<u32>(h, H_PRIV) == PRIV_M) return true;
  return (load<u64>(h, H_MENVCFG) & CSR.MENVCFG_STCE) != 0 && (load<u32>(h, H_MCOUNTEREN) & (1 << COUNTER_TIME)) != 0;
}

function mayAccessSatp(h: usize): bool {
  return load<u32>(h, H_PRIV) == PRIV_M || !(load<u64>(h, H_MSTATUS) & CSR.MSTATUS_TVM);
}

/** The checks that the number alone decides: privilege mode and read-only. */
export function csrAccessible(h: usize, csr: u32, writes: bool): bool {
  return load<u32>(h, H_PRIV) >= ((csr >> 8) & 3) && !(writes && csr >> 10 == 3);
}

/** Reads a CSR into `csrValue`; false if it does not exist or may not be accessed now. */
export function readCsr(h: usize, csr: u32): bool {
  if (csr >= CSR.CSR_HPMCOUNTER3 && csr < CSR.CSR_HPMCOUNTER3 + 29) {
    csrValue = 0;
    return counterEnabled(h, csr & 31);
  }
  if (
    (csr >= CSR.CSR_MHPMCOUNTER3 && csr < CSR.CSR_MHPMCOUNTER3 + 29) ||
    (csr >= CSR.CSR_MHPMEVENT3 && csr < CSR.CSR_MHPMEVENT3 + 29)
  ) {
    csrValue = 0;
    return true;
  }
  if (csr >= CSR.CSR_PMPADDR0 && csr < CSR.CSR_PMPADDR0 + 16) {
    csrValue = load<u64>(h + ((csr - CSR.CSR_PMPADDR0) << 3), H_PMPADDR);
    return true;
  }
  switch (csr) {
    case CSR.CSR_FFLAGS:
      csrValue = load<u32>(h, H_FFLAGS);
      return load<u32>(h, H_FS) != 0;
    case CSR.CSR_FRM:
      csrValue = load<u32>(h, H_FRM);
      return load<u32>(h, H_FS) != 0;
    case CSR.CSR_FCSR:
      csrValue = (load<u32>(h, H_FRM) << 5) | load<u32>(h, H_FFLAGS);
      return load<u32>(h, H_FS) != 0;
    case CSR.CSR_CYCLE:
      csrValue = readMcycle(h);
      return counterEnabled(h, 0);
    case CSR.CSR_TIME:
      csrValue = readTime();
      return counterEnabled(h, COUNTER_TIME);
    case CSR.CSR_INSTRET:
      csrValue = readMinstret(h);
      return counterEnabled(h, 2);
    case CSR.CSR_SSTATUS:
      csrValue = readMstatus(h) & SSTATUS_READABLE;
      break;
    case CSR.CSR_SIE:
      csrValue = load<u64>(h, H_MIE) & load<u64>(h, H_MIDELEG);
      break;
    case CSR.CSR_SIP:
      updateTimers(h, readTime());
      csrValue = pendingInterrupts(h) & load<u64>(h, H_MIDELEG);
      break;
    case CSR.CSR_STVEC:
      csrValue = load<u64>(h, H_STVEC);
      break;
    case CSR.CSR_SCOUNTEREN:
      csrValue = load<u32>(h, H_SCOUNTEREN);
      break;
    case CSR.CSR_SENVCFG:
      csrValue = load<u64>(h, H_SENVCFG);
      break;
    case CSR.CSR_SSCRATCH:
      csrValue = load<u64>(h, H_SSCRATCH);
      break;
    case CSR.CSR_SEPC:
      csrValue = load<u64>(h, H_SEPC);
      break;
    case CSR.CSR_SCAUSE:
      csrValue = load<u64>(h, H_SCAUSE);
      break;
    case CSR.CSR_STVAL:
      csrValue = load<u64>(h, H_STVAL);
      break;
    case CSR.CSR_STIMECMP:
      csrValue = load<u64>(h, H_STIMECMP);
      return mayAccessStimecmp(h);
    case CSR.CSR_SATP:
      csrValue = load<u64>(h, H_SATP);
      return mayAccessSatp(h);
    case CSR.CSR_MSTATUS:
      csrValue = readMstatus(h);
      break;
    case CSR.CSR_MISA:
      csrValue = MISA;
      break;
    case CSR.CSR_MEDELEG:
      csrValue = load<u64>(h, H_MEDELEG);
      break;
    case CSR.CSR_MIDELEG:
      csrValue = load<u64>(h, H_MIDELEG);
      break;
    case CSR.CSR_MIE:
      csrValue = load<u64>(h, H_MIE);
      break;
    case CSR.CSR_MIP:
      updateTimers(h, readTime());
      csrValue = pendingInterrupts(h);
      break;
    case CSR.CSR_MTVEC:
      csrValue = load<u64>(h, H_MTVEC);
      break;
    case CSR.CSR_MCOUNTEREN:
      csrValue = load<u32>(h, H_MCOUNTEREN);
      break;
    case CSR.CSR_MCOUNTINHIBIT:
      csrValue = load<u32>(h, H_MCOUNTINHIBIT);
      break;
    case CSR.CSR_MENVCFG:
      csrValue = load<u64>(h, H_MENVCFG);
      break;
    case CSR.CSR_MSCRATCH:
      csrValue = load<u64>(h, H_MSCRATCH);
      break;
    case CSR.CSR_MEPC:
      csrValue = load<u64>(h, H_MEPC);
      break;
    case CSR.CSR_MCAUSE:
      csrValue = load<u64>(h, H_MCAUSE);
      break;
    case CSR.CSR_MTVAL:
      csrValue = load<u64>(h, H_MTVAL);
      break;
    case CSR.CSR_PMPCFG0:
      csrValue = load<u64>(h, H_PMPCFG);
      break;
    case CSR.CSR_PMPCFG2:
      csrValue = load<u64>(h, H_PMPCFG + 8);
      break;
    case CSR.CSR_MCYCLE:
      csrValue = readMcycle(h);
      break;
    case CSR.CSR_MINSTRET:
      csrValue = readMinstret(h);
      break;
    case CSR.CSR_MHARTID:
      csrValue = load<u32>(h, H_ID);
      break;
    case CSR.CSR_MVENDORID:
    case CSR.CSR_MARCHID:
    case CSR.CSR_MIMPID:
    case CSR.CSR_MCONFIGPTR:
    case CSR.CSR_TSELECT:
    case CSR.CSR_TDATA1:
    case CSR.CSR_TDATA2:
    case CSR.CSR_TDATA3:
      csrValue = 0;
      break;
    default:
      return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function merge(old: u64, value: u64, mask: u64): u64 {
  return (old & ~mask) | (value & mask);
}

function setFs(h: usize, fs: u32): void {
  store<u32>(h, fs, H_FS);
}

function writeMstatus(h: usize, value: u64, mask: u64): void {
  const old = load<u64>(h, H_MSTATUS);
  // MPP is WARL: 2 names no privilege mode.
  if ((value & CSR.MSTATUS_MPP) >> ctz(CSR.MSTATUS_MPP) == 2) mask &= ~CSR.MSTATUS_MPP;
  const next = merge(old, value, mask);
  store<u64>(h, next, H_MSTATUS);
  setFs(h, ((value & CSR.MSTATUS_FS) >> ctz(CSR.MSTATUS_FS)) as u32);
  if ((old ^ next) & CSR.MSTATUS_MXR) flushTlb(h);
  updateMode(h);
}

function envcfg(old: u64, value: u64, mask: u64): u64 {
  // CBIE is WARL: 2 is reserved.
  if ((value & CSR.MENVCFG_CBIE) >> ctz(CSR.MENVCFG_CBIE) == 2) mask &= ~CSR.MENVCFG_CBIE;
  return merge(old, value, mask);
}

function writeSatp(h: usize, value: u64): void {
  const mode = (value >> SATP_MODE_SHIFT) as u32;
  if (mode != 0 && (mode < SATP_MODE_SV39 || mode > load<u32>(MACHINE, M_PAGING))) return;
  const before = load<u64>(h, H_SATP);
  if (value == before) return;
  store<u64>(h, value, H_SATP);
  switchAddressSpace(h, before, value);
}

function writePmpcfg(h: usize, first: u32, value: u64): void {
  for (let i: u32 = 0; i < 8; i++) {
    const at = h + H_PMPCFG + first + i;
    if (load<u8>(at) & PMP_L) continue;
    let cfg = ((value >> (i << 3)) as u32) & 0x9f;
    // R = 0 with W = 1 is reserved.
    if (!(cfg & PMP_R)) cfg &= ~PMP_W;
    store<u8>(at, cfg as u8);
  }
  pmpUpdate(h);
  flushTlb(h);
}

function writePmpaddr(h: usize, i: u32, value: u64): void {
  if (load<u8>(h + i, H_PMPCFG) & PMP_L) return;
  if (i < 15) {
    const above = load<u8>(h + i + 1, H_PMPCFG);
    if (above & PMP_L && pmpMode(above) == PMP_TOR) return;
  }
  store<u64>(h + (i << 3), value & PMP_ADDRESS_MASK, H_PMPADDR);
  flushTlb(h);
}

function writeInhibit(h: usize, value: u32): void {
  const cycle = readMcycle(h);
  const instret = readMinstret(h);
  store<u32>(h, value & (INHIBIT_CYCLE | INHIBIT_INSTRET), H_MCOUNTINHIBIT);
  setCounter(h, load<u64>(h, H_CYCLES), H_MCYCLE_OFFSET, INHIBIT_CYCLE, cycle);
  setCounter(h, retired(h), H_MINSTRET_OFFSET, INHIBIT_INSTRET, instret);
}

function writeMip(h: usize, value: u64, mask: u64): void {
  store<u64>(h, merge(load<u64>(h, H_MIP), value, mask), H_MIP);
}

/** Writes a CSR that `readCsr` allowed to be accessed. */
export function writeCsr(h: usize, csr: u32, value: u64): void {
  if (csr >= CSR.CSR_PMPADDR0 && csr < CSR.CSR_PMPADDR0 + 16) {
    writePmpaddr(h, csr - CSR.CSR_PMPADDR0, value);
    return;
  }
  switch (csr) {
    case CSR.CSR_FFLAGS:
      store<u32>(h, (value as u32) & 31, H_FFLAGS);
      setFs(h, FS_DIRTY);
      break;
    case CSR.CSR_FRM:
      store<u32>(h, (value as u32) & 7, H_FRM);
      setFs(h, FS_DIRTY);
      break;
    case CSR.CSR_FCSR:
      store<u32>(h, (value as u32) & 31, H_FFLAGS);
      store<u32>(h, ((value as u32) >> 5) & 7, H_FRM);
      setFs(h, FS_DIRTY);
      break;
    case CSR.CSR_SSTATUS:
      writeMstatus(h, value, SSTATUS_WRITABLE);
      break;
    case CSR.CSR_SIE:
      store<u64>(h, merge(load<u64>(h, H_MIE), value, load<u64>(h, H_MIDELEG)), H_MIE);
      break;
    case CSR.CSR_SIP:
      writeMip(h, value, load<u64>(h, H_MIDELEG) & (1 << CSR.IRQ_S_SOFT));
      break;
    case CSR.CSR_STVEC:
      if ((value & 3) < 2) store<u64>(h, value, H_STVEC);
      break;
    case CSR.CSR_SCOUNTEREN:
      store<u32>(h, value as u32, H_SCOUNTEREN);
      break;
    case CSR.CSR_SENVCFG:
      store<u64>(h, envcfg(load<u64>(h, H_SENVCFG), value, ENVCFG_CMO), H_SENVCFG);
      break;
    case CSR.CSR_SSCRATCH:
      store<u64>(h, value, H_SSCRATCH);
      break;
    case CSR.CSR_SEPC:
      store<u64>(h, value & ~1, H_SEPC);
      break;
    case CSR.CSR_SCAUSE:
      store<u64>(h, value, H_SCAUSE);
      break;
    case CSR.CSR_STVAL:
      store<u64>(h, value, H_STVAL);
      break;
    case CSR.CSR_STIMECMP:
      store<u64>(h, value, H_STIMECMP);
      updateTimers(h, readTime());
      requestReschedule();
      break;
    case CSR.CSR_SATP:
      writeSatp(h, value);
      break;
    case CSR.CSR_MSTATUS:
      writeMstatus(h, value, MSTATUS_WRITABLE);
      break;
    case CSR.CSR_MEDELEG:
      store<u64>(h, value & DELEGABLE_EXCEPTIONS, H_MEDELEG);
      break;
    case CSR.CSR_MIDELEG:
      store<u64>(h, value & S_INTERRUPTS, H_MIDELEG);
      break;
    case CSR.CSR_MIE:
      store<u64>(h, value & (S_INTERRUPTS | M_INTERRUPTS), H_MIE);
      break;
    case CSR.CSR_MIP:
      // With Sstc, STIP is stimecmp's.
      writeMip(
        h,
        value,
        load<u64>(h, H_MENVCFG) & CSR.MENVCFG_STCE ? S_INTERRUPTS & ~(1 << CSR.IRQ_S_TIMER) : S_INTERRUPTS,
      );
      break;
    case CSR.CSR_MTVEC:
      if ((value & 3) < 2) store<u64>(h, value, H_MTVEC);
      break;
    case CSR.CSR_MCOUNTEREN:
      store<u32>(h, value as u32, H_MCOUNTEREN);
      break;
    case CSR.CSR_MCOUNTINHIBIT:
      writeInhibit(h, value as u32);
      break;
    case CSR.CSR_MENVCFG: {
      const old = load<u64>(h, H_MENVCFG);
      const next = envcfg(old, value, MENVCFG_WRITABLE);
      store<u64>(h, next, H_MENVCFG);
      if ((old ^ next) & (CSR.MENVCFG_ADUE | CSR.MENVCFG_PBMTE)) flushTlb(h);
      updateTimers(h, readTime());
      requestReschedule();
      break;
    }
    case CSR.CSR_MSCRATCH:
      store<u64>(h, value, H_MSCRATCH);
      break;
    case CSR.CSR_MEPC:
      store<u64>(h, value & ~1, H_MEPC);
      break;
    case CSR.CSR_MCAUSE:
      store<u64>(h, value, H_MCAUSE);
      break;
    case CSR.CSR_MTVAL:
      store<u64>(h, value, H_MTVAL);
      break;
    case CSR.CSR_PMPCFG0:
      writePmpcfg(h, 0, value);
      break;
    case CSR.CSR_PMPCFG2:
      writePmpcfg(h, 8, value);
      break;
    case CSR.CSR_MCYCLE:
      // The write takes effect after this instruction, which counts no more (privileged spec, 3.1.10; Zicsr: ISA manual, 6.1).
      setCounter(h, load<u64>(h, H_CYCLES) + 1, H_MCYCLE_OFFSET, INHIBIT_CYCLE, value);
      break;
    case CSR.CSR_MINSTRET:
      setCounter(h, retired(h) + 1, H_MINSTRET_OFFSET, INHIBIT_INSTRET, value);
      break;
  }
}

/** What csrrs and csrrc read-modify-write: SEIP as software wrote it, without the line (privileged spec, 3.1.9). */
export function readForModify(h: usize, csr: u32): u64 {
  if (csr != CSR.CSR_MIP) return csrValue;
  return csrValue & ~((load<u32>(h, H_EXTERNAL_SEIP) as u64) << CSR.IRQ_S_EXT) | load<u64>(h, H_MIP) & (1 << CSR.IRQ_S_EXT);
}
