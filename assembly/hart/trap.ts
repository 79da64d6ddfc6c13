/**
 * Taking traps and returning from them (privileged spec, 3.1.6.1, 3.1.8,
 * 3.1.9, 3.3.2, 12.1.3).
 */
import {
  H_CAUSE,
  H_EXTERNAL_SEIP,
  H_MCAUSE,
  H_MEDELEG,
  H_MEPC,
  H_MIDELEG,
  H_MIE,
  H_MIP,
  H_MSTATUS,
  H_MTVAL,
  H_MTVEC,
  H_PC,
  H_PRIV,
  H_SCAUSE,
  H_SEPC,
  H_STVAL,
  H_STVEC,
  H_TRAPS,
  H_TVAL,
  PRIV_M,
  PRIV_S,
  PRIV_U,
} from '../layout';
import {
  IRQ_M_EXT,
  IRQ_M_SOFT,
  IRQ_M_TIMER,
  IRQ_S_EXT,
  IRQ_S_SOFT,
  IRQ_S_TIMER,
  MSTATUS_MIE,
  MSTATUS_MPIE,
  MSTATUS_MPP,
  MSTATUS_MPRV,
  MSTATUS_SIE,
  MSTATUS_SPIE,
  MSTATUS_SPP,
} from '../generated/csr';
import { updateMode } from '../mmu/tlb';
import { noteException } from './debug';

const INTERRUPT: u64 = (1 as u64) << 63;

/** mip as software and the interrupt logic see it. */
// @ts-ignore: decorator
@inline
export function pendingInterrupts(h: usize): u64 {
  return load<u64>(h, H_MIP) | ((load<u32>(h, H_EXTERNAL_SEIP) as u64) << IRQ_S_EXT);
}

/** Takes the exception in H_CAUSE and H_TVAL, raised by the instruction at `epc`. */
export function takeException(h: usize, epc: u64): void {
  const cause = load<u32>(h, H_CAUSE);
  store<u64>(h, load<u64>(h, H_TRAPS) + 1, H_TRAPS);
  const toSupervisor = load<u32>(h, H_PRIV) != PRIV_M && (load<u64>(h, H_MEDELEG) >> cause) & 1;
  enterTrap(h, toSupervisor ? PRIV_S : PRIV_M, cause, epc, load<u64>(h, H_TVAL));
  if (!toSupervisor) noteException(h, load<u64>(h, H_PC));
}

/** Takes the pending interrupt of the highest priority, if one is enabled; the hart's pc must be in H_PC. */
export function takeInterrupt(h: usize): bool {
  const pending = pendingInterrupts(h) & load<u64>(h, H_MIE);
  if (!pending) return false;
  const privilege = load<u32>(h, H_PRIV);
  const mstatus = load<u64>(h, H_MSTATUS);
  const delegated = load<u64>(h, H_MIDELEG);
  let target = PRIV_M;
  let ready = privilege < PRIV_M || mstatus & MSTATUS_MIE ? pending & ~delegated : 0;
  if (!ready) {
    target = PRIV_S;
    ready = privilege < PRIV_S || (privilege == PRIV_S && mstatus & MSTATUS_SIE) ? pending & delegated : 0;
    if (!ready) return false;
  }
  enterTrap(h, target, INTERRUPT | highestPriority(ready), load<u64>(h, H_PC), 0);
  return true;
}

function highestPriority(ready: u64): u32 {
  if (ready & (1 << IRQ_M_EXT)) return IRQ_M_EXT;
  if (ready & (1 << IRQ_M_SOFT)) return IRQ_M_SOFT;
  if (ready & (1 << IRQ_M_TIMER)) return IRQ_M_TIMER;
  if (ready & (1 << IRQ_S_EXT)) return IRQ_S_EXT;
  if (ready & (1 << IRQ_S_SOFT)) return IRQ_S_SOFT;
  return IRQ_S_TIMER;
}

function enterTrap(h: usize, target: u32, cause: u64, epc: u64, tval: u64): void {
  const privilege = load<u32>(h, H_PRIV);
  let mstatus = load<u64>(h, H_MSTATUS);
  let tvec: u64;
  if (target == PRIV_S) {
    store<u64>(h, cause, H_SCAUSE);
    store<u64>(h, epc, H_SEPC);
    store<u64>(h, tval, H_STVAL);
    const enabled = mstatus & MSTATUS_SIE;
    mstatus &= ~(MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP);
    if (enabled) mstatus |= MSTATUS_SPIE;
    if (privilege != PRIV_U) mstatus |= MSTATUS_SPP;
    tvec = load<u64>(h, H_STVEC);
  } else {
    store<u64>(h, cause, H_MCAUSE);
    store<u64>(h, epc, H_MEPC);
    store<u64>(h, tval, H_MTVAL);
    const enabled = mstatus & MSTATUS_MIE;
    mstatus &= ~(MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP);
    if (enabled) mstatus |= MSTATUS_MPIE;
    mstatus |= (privilege as u64) << ctz(MSTATUS_MPP);
    tvec = load<u64>(h, H_MTVEC);
  }
  store<u64>(h, mstatus, H_MSTATUS);
  store<u32>(h, target, H_PRIV);
  const isVectored = (tvec & 1) != 0 && (cause & INTERRUPT) != 0;
  store<u64>(h, (tvec & ~3) + (isVectored ? (cause & 0x3f) << 2 : 0), H_PC);
  updateMode(h);
}

export function returnFromMachine(h: usize): void {
  let mstatus = load<u64>(h, H_MSTATUS);
  const previous = ((mstatus & MSTATUS_MPP) >> ctz(MSTATUS_MPP)) as u32;
  const enable = mstatus & MSTATUS_MPIE;
  mstatus &= ~(MSTATUS_MPP | MSTATUS_MIE);
  mstatus |= MSTATUS_MPIE;
  if (enable) mstatus |= MSTATUS_MIE;
  leaveTrap(h, mstatus, previous, load<u64>(h, H_MEPC));
}

export function returnFromSupervisor(h: usize): void {
  let mstatus = load<u64>(h, H_MSTATUS);
  const previous = mstatus & MSTATUS_SPP ? PRIV_S : PRIV_U;
  const enable = mstatus & MSTATUS_SPIE;
  mstatus &= ~(MSTATUS_SPP | MSTATUS_SIE);
  mstatus |= MSTATUS_SPIE;
  if (enable) mstatus |= MSTATUS_SIE;
  leaveTrap(h, mstatus, previous, load<u64>(h, H_SEPC));
}

function leaveTrap(h: usize, mstatus: u64, privilege: u32, pc: u64): void {
  if (privilege != PRIV_M) mstatus &= ~MSTATUS_MPRV;
  store<u64>(h, mstatus, H_MSTATUS);
  store<u32>(h, privilege, H_PRIV);
  store<u64>(h, pc, H_PC);
  updateMode(h);
}
