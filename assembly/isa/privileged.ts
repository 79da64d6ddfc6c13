/** Environment calls, trap returns, wait for interrupt and memory-management fences (privileged spec, 3.3 and 12.2). */
import {
  EXIT_SBI,
  H_ID,
  H_MIE,
  H_MSTATUS,
  H_PRIV,
  H_RUN_STATE,
  MACHINE,
  M_EXIT,
  M_EXIT_HART,
  M_SBI,
  PRIV_M,
  PRIV_S,
  PRIV_U,
  REC_LEN,
  RUN_WAITING,
} from '../layout';
import {
  CAUSE_BREAKPOINT,
  CAUSE_MACHINE_ECALL,
  CAUSE_SUPERVISOR_ECALL,
  CAUSE_USER_ECALL,
  MSTATUS_TSR,
  MSTATUS_TVM,
  MSTATUS_TW,
} from '../generated/csr';
import { stopsAtThisEbreak } from '../hart/debug';
import { raise, raiseIllegal } from '../hart/exception';
import { requestReschedule } from '../hart/schedule';
import { pendingInterrupts, returnFromMachine, returnFromSupervisor } from '../hart/trap';
import { flushTlb, flushTlbPage } from '../mmu/tlb';
import { imm, rs1 } from './registers';

export function executeEcall(h: usize, r: usize): void {
  const privilege = load<u32>(h, H_PRIV);
  if (privilege == PRIV_S && load<u32>(MACHINE, M_SBI)) {
    store<u32>(MACHINE, EXIT_SBI, M_EXIT);
    store<u32>(MACHINE, load<u32>(h, H_ID), M_EXIT_HART);
    return;
  }
  raise(h, privilege == PRIV_U ? CAUSE_USER_ECALL : privilege == PRIV_S ? CAUSE_SUPERVISOR_ECALL : CAUSE_MACHINE_ECALL, 0);
}

export function executeEbreak(h: usize, r: usize): void {
  if (stopsAtThisEbreak(h, load<u8>(r, REC_LEN))) return;
  raise(h, CAUSE_BREAKPOINT, 0);
}

/** Whether S-mode is kept from an instruction by `trapBit` of mstatus, or U-mode as always. */
function isTrapped(h: usize, trapBit: u64): bool {
  const privilege = load<u32>(h, H_PRIV);
  return privilege == PRIV_U || (privilege == PRIV_S && (load<u64>(h, H_MSTATUS) & trapBit) != 0);
}

export function executeMret(h: usize, r: usize): void {
  if (load<u32>(h, H_PRIV) != PRIV_M) raiseIllegal(h);
  else returnFromMachine(h);
}

export function executeSret(h: usize, r: usize): void {
  if (isTrapped(h, MSTATUS_TSR)) raiseIllegal(h);
  else returnFromSupervisor(h);
}

export function executeWfi(h: usize, r: usize): void {
  if (isTrapped(h, MSTATUS_TW)) {
    raiseIllegal(h);
    return;
  }
  if (pendingInterrupts(h) & load<u64>(h, H_MIE)) return;
  store<u32>(h, RUN_WAITING, H_RUN_STATE);
  requestReschedule();
}

export function executeSfenceVma(h: usize, r: usize): void {
  if (isTrapped(h, MSTATUS_TVM)) {
    raiseIllegal(h);
    return;
  }
  // The immediate holds the rs2 and rs1 fields: x0 means every address, and no register that holds 0 does.
  if ((imm(r) & 31) == 0) flushTlb(h);
  else flushTlbPage(h, rs1(h, r) as u64);
}
