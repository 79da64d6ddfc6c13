/**
 * Raising an exception: the executor notes cause and trap value and returns
 * false; the run loop knows the pc and takes the trap.
 */
import { H_CAUSE, H_LEAVE, H_TVAL, LEAVE_TRAP } from '../layout';
import { CAUSE_ILLEGAL_INSTRUCTION } from '../generated/csr';

export function raise(h: usize, cause: u32, tval: u64): bool {
  store<u32>(h, LEAVE_TRAP, H_LEAVE);
  store<u32>(h, cause, H_CAUSE);
  store<u64>(h, tval, H_TVAL);
  return false;
}

/** The run loop puts the instruction's bits into the trap value: it can find them. */
export function raiseIllegal(h: usize): bool {
  return raise(h, CAUSE_ILLEGAL_INSTRUCTION, 0);
}
