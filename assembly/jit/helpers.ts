/** What translated code calls in the core, imported by each module under these names. */
import {
  H_CAUSE,
  H_LEAVE,
  H_PC,
  H_PRIV,
  LEAVE_AFTER,
  LEAVE_TRAP,
  REC_IMM,
  REC_LEN,
  REC_OP,
  H_TVAL,
  SYSTEM_RECORD,
} from '../layout';
import { CAUSE_ILLEGAL_INSTRUCTION } from '../generated/csr';
import { fetchRaw } from '../hart/fetch';
import { mustLeaveSlice } from '../hart/schedule';
import { synchronize } from '../hart/slice';
import { executeSystem } from '../hart/system';
import { takeException, takeInterrupt } from '../hart/trap';
import { locateAhead } from '../mmu/access';
import { ACCESS_READ, ACCESS_WRITE } from '../mmu/walk';

export const LOCATE_WRITE: u32 = 128;
/** A misaligned one traps. */
export const LOCATE_ATOMIC: u32 = 256;

/**
 * Where an access lies that missed the TLB: its address in the linear memory, 0
 * if the interpreter must perform it. `kind` is its size, plus LOCATE_*.
 */
export function locate(h: usize, va: u64, kind: u32): usize {
  const size = kind & (LOCATE_WRITE - 1);
  if (kind & LOCATE_ATOMIC && (va as u32) & (size - 1)) return 0;
  return locateAhead(h, va, size, kind & LOCATE_WRITE ? ACCESS_WRITE : ACCESS_READ);
}

/**
 * Executes a CSR instruction at `pc`, whose registers are in the hart record.
 * `operands` are the first eight bytes of its record. False when control does
 * not simply go on behind it; then H_PC tells where it goes.
 */
export function executeCsr(h: usize, pc: u64, operands: u64, immediate: u32, budget: i32): bool {
  const r = SYSTEM_RECORD;
  store<u64>(r, operands, REC_OP);
  store<u32>(r, immediate, REC_IMM);
  store<u8>(r, 4, REC_LEN);
  const privilege = load<u32>(h, H_PRIV);
  // The instruction itself was charged already.
  synchronize(h, budget + 1);
  const next = pc + 4;
  store<u64>(h, next, H_PC);
  store<u32>(h, LEAVE_AFTER, H_LEAVE);
  executeSystem(h, r);
  if (load<u32>(h, H_LEAVE) == LEAVE_TRAP) {
    if (load<u32>(h, H_CAUSE) == CAUSE_ILLEGAL_INSTRUCTION) store<u64>(h, fetchRaw(h, pc), H_TVAL);
    takeException(h, pc);
    return leave(h, mustLeaveSlice() || load<u32>(h, H_PRIV) != privilege);
  }
  if (mustLeaveSlice()) return leave(h, true);
  return !takeInterrupt(h) || leave(h, load<u32>(h, H_PRIV) != privilege);
}

/**
 * Control goes elsewhere. If `isFinal` no caller may wait for it to return (`resume`): in
 * another privilege mode other code may lie where it does.
 */
function leave(h: usize, isFinal: bool): bool {
  if (isFinal) store<u64>(h, load<u64>(h, H_PC) | 1, H_PC);
  return false;
}
