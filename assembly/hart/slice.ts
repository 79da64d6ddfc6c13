/** The instruction counters of the hart that runs: exact where somebody may look, behind the run loop's budget elsewhere. */
import { H_CYCLES, MACHINE, M_ICOUNT } from '../layout';

let startCycles: u64 = 0;
let startCount: u64 = 0;
let limit: i32 = 0;

/** A hart begins to run, with a budget of `instructions`. */
export function startSlice(h: usize, instructions: i32): void {
  startCycles = load<u64>(h, H_CYCLES);
  startCount = load<u64>(MACHINE, M_ICOUNT);
  limit = instructions;
}

/** Brings the counters up to date: of its budget the hart has `left` before the current instruction. */
export function synchronize(h: usize, left: i32): void {
  const executed = limit - left;
  store<u64>(h, startCycles + executed, H_CYCLES);
  store<u64>(MACHINE, startCount + executed, M_ICOUNT);
}
