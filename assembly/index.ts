/** The exports of the core: what a machine needs of its harts. */
import {
  HART_STATE_SIZE,
  H_EXTERNAL_SEIP,
  H_FS,
  H_ID,
  H_MCOUNTEREN,
  H_MEDELEG,
  H_MENVCFG,
  H_MIDELEG,
  H_MIP,
  H_MSTATUS,
  H_MTIMECMP,
  H_PC,
  H_PMPADDR,
  H_PMPCFG,
  H_PRIV,
  H_RESERVATION,
  H_RUN_STATE,
  H_SATP,
  H_SCOUNTEREN,
  H_STIMECMP,
  H_SYNCED,
  H_TLBS_USED,
  MACHINE,
  M_CLOCK_KIND,
  M_HART_COUNT,
  M_IDLE_TICKS,
  M_PAGING,
  M_RAM_SIZE,
  M_ROM_BANK,
  M_ROM_BASE,
  M_ROM_SHOWN,
  M_ROM_SIZE,
  M_ROM_USED,
  M_SBI,
  M_TICK_INSTRUCTIONS,
  PRIV_M,
  PRIV_S,
  RAM_BASE,
  RUN_STARTED,
  RUN_STOPPED,
  TLB_SETS,
} from './layout';
import {
  CAUSE_SUPERVISOR_ECALL,
  CSR_MSTATUS,
  CSR_SSTATUS,
  IRQ_S_EXT,
  MENVCFG_CBCFE,
  MENVCFG_CBIE,
  MENVCFG_CBZE,
  MENVCFG_PBMTE,
  MENVCFG_STCE,
} from './generated/csr';
import { emptyArena, hasCode, invalidateCode } from './hart/block';
import { pass } from './hart/debug';
import { csrValue, DELEGABLE_EXCEPTIONS, readCsr, S_INTERRUPTS, writeCsr } from './hart/csr';
import { hartAddress, requestExit, requestReschedule, runHarts, wake } from './hart/schedule';
import { NEVER, readTime as readMtime, ticksToDeadline, updateTimers, writeTime as writeMtime } from './hart/timer';
import { takeException } from './hart/trap';
import { abandonBatch, activateBatch } from './jit/batch';
import { dropAllRegions } from './jit/region';
import { configure } from './jit/tier';
import { accessValue, leaveAfterAccess, readSlow } from './mmu/access';
import { flushTlb as flushHartTlb, flushTlbPage, updateMode } from './mmu/tlb';
import { PMP_ADDRESS_MASK, PMP_NAPOT, PMP_RWX, pmpUpdate } from './mmu/pmp';
import { isRam, romBank } from './mmu/walk';

export { mmioFault, mmioHigh } from './mmu/access';
export { requestExit } from './hart/schedule';
export { isFetchedFrom } from './hart/fetch';
export { executeCsr, locate } from './jit/helpers';
export { resume } from './jit/tier';
export { addBreakpoint, addWatchpoint, clearBreakpoints, clearWatchpoints } from './hart/debug';
export { countInstructions, stopAtEbreak, stopAtTrap } from './hart/debug';
export { RAM, RAM_BASE, MACHINE, M_ICOUNT, M_EXIT_HART } from './layout';
export { JIT_TABLE_SIZE, J_STATISTICS, J_TIMES } from './layout';
export { D_COUNTS, D_HIT, HIT_ACCESS, HIT_ADDRESS, HIT_INDEX, HIT_SIZE } from './layout';
export { HARTS, HART_AREA_SIZE, HART_STATE_SIZE, X_SINK, F_BASE, H_PC, H_PRIV, H_RUN_STATE } from './layout';

/** A fence of more pages than that drops every translation instead. */
const FLUSH_PAGES: u64 = 64;

/** Version of this boundary; the host refuses a core with another one. */
export const ABI_VERSION: u32 = 4;

/**
 * Prepares the machine; to be called once, before everything else. RAM must be
 * a multiple of the page size. `paging` is the largest satp mode offered.
 */
export function init(ramPages: u32, harts: u32, paging: u32, clockKind: u32, tickInstructions: u32): void {
  store<u64>(MACHINE, (ramPages as u64) << 12, M_RAM_SIZE);
  store<u32>(MACHINE, harts, M_HART_COUNT);
  store<u32>(MACHINE, paging, M_PAGING);
  store<u32>(MACHINE, clockKind, M_CLOCK_KIND);
  store<u32>(MACHINE, tickInstructions, M_TICK_INSTRUCTIONS);
  emptyArena();
  for (let i: u32 = 0; i < harts; i++) resetHart(i);
}

/**
 * There is ROM: `banks` times `bankPages` pages at `base`, which the host keeps behind RAM in the linear memory. No
 * bank is shown yet. To be called once, after `init`.
 */
export function placeRom(base: u64, banks: u32, bankPages: u32): void {
  const bank = (bankPages as u64) << 12;
  store<u64>(MACHINE, base, M_ROM_BASE);
  store<u64>(MACHINE, bank, M_ROM_BANK);
  store<u64>(MACHINE, bank * banks, M_ROM_SIZE);
}

/**
 * Whether a bank of the ROM is read, and code fetched from it, as from memory. Of one that is not, loads go to the
 * host as those of a device, and there is no code. Stores always go to the host.
 */
export function showRom(bank: u32, isShown: bool): void {
  const bit: u32 = 1 << bank;
  const shown = load<u32>(MACHINE, M_ROM_SHOWN);
  store<u32>(MACHINE, isShown ? shown | bit : shown & ~bit, M_ROM_SHOWN);
  const used = load<u32>(MACHINE, M_ROM_USED);
  if (isShown || !(used & bit)) return;
  store<u32>(MACHINE, used & ~bit, M_ROM_USED);
  const size = load<u64>(MACHINE, M_ROM_BANK);
  dropCode(load<u64>(MACHINE, M_ROM_BASE) + size * bank, size);
  const harts = load<u32>(MACHINE, M_HART_COUNT);
  for (let i: u32 = 0; i < harts; i++) flushHartTlb(hartAddress(i));
}

/** Resets a hart as the privileged spec, 3.4, says; it does not run until `startHart`. mtime goes on. */
export function resetHart(hart: u32): void {
  const h = hartAddress(hart);
  memory.fill(h, 0, HART_STATE_SIZE);
  store<u32>(h, hart, H_ID);
  store<u32>(h, PRIV_M, H_PRIV);
  store<u32>(h, RUN_STOPPED, H_RUN_STATE);
  store<u64>(h, NEVER, H_STIMECMP);
  store<u64>(h, NEVER, H_MTIMECMP);
  store<u64>(h, NEVER, H_RESERVATION);
  pmpUpdate(h);
  store<u32>(h, (1 << TLB_SETS) - 1, H_TLBS_USED);
  updateMode(h);
  flushHartTlb(h);
}

/** Whether the machine answers S-mode ecalls itself: the run then ends with EXIT_SBI after each. */
export function provideSbi(provided: bool): void {
  store<u32>(MACHINE, provided, M_SBI);
}

/**
 * Sets up a hart as SBI firmware does before it enters S-mode: everything
 * delegated, counters and extensions enabled, satp = 0, sstatus.SIE = 0.
 */
export function prepareSupervisor(hart: u32): void {
  const h = hartAddress(hart);
  store<u32>(h, PRIV_S, H_PRIV);
  store<u64>(h, 0, H_MSTATUS);
  store<u64>(h, 0, H_SATP);
  store<u64>(h, DELEGABLE_EXCEPTIONS & ~((1 as u64) << CAUSE_SUPERVISOR_ECALL), H_MEDELEG);
  store<u64>(h, S_INTERRUPTS, H_MIDELEG);
  store<u32>(h, -1, H_MCOUNTEREN);
  store<u32>(h, -1, H_SCOUNTEREN);
  store<u64>(h, MENVCFG_STCE | MENVCFG_PBMTE | MENVCFG_CBZE | MENVCFG_CBCFE | MENVCFG_CBIE, H_MENVCFG);
  // One PMP entry opens all of memory: NAPOT, every address, RWX.
  store<u8>(h, ((PMP_NAPOT << 3) | PMP_RWX) as u8, H_PMPCFG);
  store<u64>(h, PMP_ADDRESS_MASK, H_PMPADDR);
  pmpUpdate(h);
  updateMode(h);
  flushHartTlb(h);
}

export function startHart(hart: u32, pc: u64): void {
  store<u64>(hartAddress(hart), pc, H_PC);
  store<u32>(hartAddress(hart), RUN_STARTED, H_RUN_STATE);
}

/**
 * What is translated: MODE_OFF, MODE_ON or MODE_FORCE (assembly/jit/tier.ts). Bit 0
 * of `flags`: the host has tail calls; bits 8 to 31: arrivals that make code hot, 0 for the default. Nothing is translated before the first call.
 */
export function configureJit(mode: u32, flags: u32): void {
  configure(mode, flags);
}

/** The module of `batch` is compiled and its functions are in the table. Not to be called while the core runs, but from `compile`. */
export function batchReady(batch: u32): void {
  activateBatch(batch);
}

/** The module of `batch` will not be compiled. */
export function batchFailed(batch: u32): void {
  abandonBatch(batch);
}

/** What slot 0 of the table holds: leaves translated code for the dispatcher. */
export function leaveRegion(h: usize, pc: u64, budget: i32, depth: i32): i32 {
  store<u64>(h, pc, H_PC);
  return budget;
}

/** Executes at most `budget` instructions; returns EXIT_*. */
export function run(budget: u32): u32 {
  return runHarts(budget);
}

/** Drives the interrupt inputs `mask` (mip bits) of a hart. The PLIC's S-mode input is kept apart from software's SEIP. */
export function setInterrupt(hart: u32, mask: u32, level: bool): void {
  const h = hartAddress(hart);
  if (mask & (1 << IRQ_S_EXT)) {
    store<u32>(h, level, H_EXTERNAL_SEIP);
    mask &= ~(1 << IRQ_S_EXT);
  }
  const mip = load<u64>(h, H_MIP);
  store<u64>(h, level ? mip | mask : mip & ~(mask as u64), H_MIP);
  // Now, because the line may fall again before the next slice, whose start depends on the host.
  wake(h);
}

/** Drops what was decoded from `length` bytes of RAM or ROM. */
function dropCode(paddr: u64, length: u64): void {
  const end = paddr + length;
  for (let at = paddr; at < end; ) {
    const pageEnd = min((at & ~0xfff) + 4096, end);
    if (hasCode(at)) invalidateCode(at, pageEnd - at);
    at = pageEnd;
  }
}

/** The host wrote `length` bytes of RAM or of a bank of ROM at `paddr`: decoded code and reservations there end. */
export function noteHostWrite(paddr: u64, length: u32): void {
  if (!length || (!isRam(paddr, length) && !romBank(paddr))) return;
  const end = paddr + length;
  dropCode(paddr, length);
  const harts = load<u32>(MACHINE, M_HART_COUNT);
  for (let i: u32 = 0; i < harts; i++) {
    const h = hartAddress(i);
    const reservation = load<u64>(h, H_RESERVATION);
    if (reservation < end && reservation + 64 > paddr) store<u64>(h, NEVER, H_RESERVATION);
  }
}

export function flushTlb(hart: u32): void {
  flushHartTlb(hartAddress(hart));
}

/** SFENCE.VMA for `size` bytes at `start`, every address space. */
export function flushTlbRange(hart: u32, start: u64, size: u64): void {
  const h = hartAddress(hart);
  if (size > FLUSH_PAGES * 4096) {
    flushHartTlb(h);
    return;
  }
  // By offset, because the range may end where addresses do.
  const first = start & ~0xfff;
  const end = start - first + size;
  for (let offset: u64 = 0; offset < end; offset += 4096) flushTlbPage(h, first + offset);
}

/** Loads 8 bytes as S-mode on a hart that has just made an ecall; false when it took the exception at the ecall. */
export function loadAsSupervisor(hart: u32, vaddr: u64): bool {
  const h = hartAddress(hart);
  // The counters are exact here, so that a device may be read.
  store<u32>(h, 1, H_SYNCED);
  const isLoaded = readSlow(h, vaddr, 8);
  leaveAfterAccess(h);
  store<u32>(h, 0, H_SYNCED);
  if (isLoaded) return true;
  const next = load<u64>(h, H_PC);
  takeException(h, next - 4);
  return false;
}

/** What `loadAsSupervisor` loaded. */
export function loadedValue(): u64 {
  return accessValue;
}

export function readTime(): u64 {
  return readMtime();
}

export function writeTime(value: u64): void {
  writeMtime(value);
  refreshTimers();
  // The host has deadlines of its own, which have moved.
  requestExit();
}

export function readTimecmp(hart: u32): u64 {
  return load<u64>(hartAddress(hart), H_MTIMECMP);
}

export function writeTimecmp(hart: u32, value: u64): void {
  store<u64>(hartAddress(hart), value, H_MTIMECMP);
  refreshTimers();
}

/** Sets stimecmp, for the SBI's set_timer. */
export function writeStimecmp(hart: u32, value: u64): void {
  store<u64>(hartAddress(hart), value, H_STIMECMP);
  refreshTimers();
}

/**
 * Ticks of the time base until a timer fires, infinite when none is set; 0 when
 * one has fired since the run ended for which a hart waits.
 */
export function idleTicks(): f64 {
  const now = readMtime();
  const harts = load<u32>(MACHINE, M_HART_COUNT);
  for (let i: u32 = 0; i < harts; i++) {
    const h = hartAddress(i);
    updateTimers(h, now);
    wake(h);
    if (load<u32>(h, H_RUN_STATE) == RUN_STARTED) return 0;
  }
  const ticks = ticksToDeadline(now);
  return ticks == NEVER ? Infinity : (ticks as f64);
}

/** Virtual clock: lets `ticks` pass without an instruction. */
export function skipIdle(ticks: f64): void {
  store<u64>(MACHINE, load<u64>(MACHINE, M_IDLE_TICKS) + (ticks as u64), M_IDLE_TICKS);
}

/** Breakpoints or watchpoints have changed: what was decoded, translated and mapped without them goes. */
export function applyDebug(): void {
  dropAllRegions();
  emptyArena();
  const harts = load<u32>(MACHINE, M_HART_COUNT);
  for (let i: u32 = 0; i < harts; i++) flushHartTlb(hartAddress(i));
}

/** A hart goes on from where it is, even if a breakpoint lies there. */
export function passBreakpoint(hart: u32): void {
  pass(hartAddress(hart));
}

function refreshTimers(): void {
  const now = readMtime();
  const harts = load<u32>(MACHINE, M_HART_COUNT);
  for (let i: u32 = 0; i < harts; i++) updateTimers(hartAddress(i), now);
  requestReschedule();
}

let csrFound: bool = false;

/** Reads a CSR as M-mode would; `csrExists` tells whether there is one of that number. */
export function inspectCsr(hart: u32, csr: u32): u64 {
  const h = hartAddress(hart);
  const privilege = load<u32>(h, H_PRIV);
  const fs = load<u32>(h, H_FS);
  // As a debugger: neither the privilege mode nor mstatus.FS stands in the way.
  store<u32>(h, PRIV_M, H_PRIV);
  store<u32>(h, 1, H_FS);
  csrFound = readCsr(h, csr);
  store<u32>(h, privilege, H_PRIV);
  store<u32>(h, fs, H_FS);
  if (csrFound && (csr == CSR_MSTATUS || csr == CSR_SSTATUS)) readCsr(h, csr);
  return csrFound ? csrValue : 0;
}

export function csrExists(): bool {
  return csrFound;
}

/** Writes a CSR as M-mode would. False when there is none of that number, or it is read-only. */
export function modifyCsr(hart: u32, csr: u32, value: u64): bool {
  const h = hartAddress(hart);
  inspectCsr(hart, csr);
  if (!csrFound || csr >> 10 == 3) return false;
  writeCsr(h, csr, value);
  return true;
}
