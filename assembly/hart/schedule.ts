/**
 * Which hart runs, and for how many instructions. Harts take turns in one
 * thread: a turn lasts TURN_INSTRUCTIONS, or until the hart waits or says
 * `pause`. Where a turn ends depends on executed instructions alone, so that
 * with the virtual clock a run does not depend on how the host cuts it up.
 */
import {
  CLOCK_VIRTUAL,
  EXIT_BUDGET,
  EXIT_HOST,
  EXIT_IDLE,
  HARTS,
  HART_AREA_SIZE,
  H_MIE,
  H_RESERVATION,
  H_RUN_STATE,
  MACHINE,
  M_CLOCK_KIND,
  M_CURRENT_HART,
  M_EXIT,
  M_HART_COUNT,
  M_ICOUNT,
  M_TURN_LEFT,
  RUN_STARTED,
  RUN_WAITING,
} from '../layout';
import { runHart } from './run';
import { NEVER, instructionsToTick, readTime, ticksToDeadline, updateTimers } from './timer';
import { pendingInterrupts } from './trap';

const TURN_INSTRUCTIONS: u32 = 50000;
/** With the host's clock, how many instructions pass at most between looks at it: some 0.1 ms of translated code, 0.6 of others. */
const CLOCK_INSTRUCTIONS: u32 = 250000;

let leaveSlice: bool = false;

/** Makes the run loop come back after the current instruction: deadlines or run states have changed. */
export function requestReschedule(): void {
  leaveSlice = true;
}

// @ts-ignore: decorator
@inline
export function mustLeaveSlice(): bool {
  return leaveSlice || load<u32>(MACHINE, M_EXIT) != EXIT_BUDGET;
}

/** Ends the turn of the current hart: it waits for another one. */
export function endTurn(): void {
  store<u32>(MACHINE, 0, M_TURN_LEFT);
  leaveSlice = true;
}

export function hartAddress(index: u32): usize {
  return HARTS + (index as usize) * HART_AREA_SIZE;
}

/** Ends the wait of a hart that has an enabled interrupt pending. */
export function wake(h: usize): void {
  if (load<u32>(h, H_RUN_STATE) == RUN_WAITING && pendingInterrupts(h) & load<u64>(h, H_MIE)) {
    store<u32>(h, RUN_STARTED, H_RUN_STATE);
  }
}

/** The hart to run next, from the one whose turn it is; -1 when none can. */
function nextHart(): i32 {
  const harts = load<u32>(MACHINE, M_HART_COUNT);
  const current = load<u32>(MACHINE, M_CURRENT_HART);
  if (load<u32>(MACHINE, M_TURN_LEFT) && load<u32>(hartAddress(current), H_RUN_STATE) == RUN_STARTED) return current;
  for (let i: u32 = 1; i <= harts; i++) {
    const candidate = (current + i) % harts;
    if (load<u32>(hartAddress(candidate), H_RUN_STATE) != RUN_STARTED) continue;
    if (candidate != current) {
      // Another hart may now store to the reservation set unseen.
      store<u64>(hartAddress(current), NEVER, H_RESERVATION);
      store<u32>(MACHINE, candidate, M_CURRENT_HART);
    }
    // Alone, a hart needs no turns.
    store<u32>(MACHINE, harts == 1 ? (i32.MAX_VALUE as u32) : TURN_INSTRUCTIONS, M_TURN_LEFT);
    return candidate;
  }
  return -1;
}

/** Executes at most `budget` instructions over all harts; returns EXIT_*. */
export function runHarts(budget: u32): u32 {
  store<u32>(MACHINE, EXIT_BUDGET, M_EXIT);
  const harts = load<u32>(MACHINE, M_HART_COUNT);
  const isVirtual = load<u32>(MACHINE, M_CLOCK_KIND) == CLOCK_VIRTUAL;
  while (budget) {
    const now = readTime();
    for (let i: u32 = 0; i < harts; i++) {
      updateTimers(hartAddress(i), now);
      wake(hartAddress(i));
    }
    const hart = nextHart();
    if (hart < 0) return EXIT_IDLE;
    let limit = min(budget, load<u32>(MACHINE, M_TURN_LEFT));
    limit = isVirtual ? instructionsToTick(ticksToDeadline(now), limit) : min(limit, CLOCK_INSTRUCTIONS);
    leaveSlice = false;
    const start = load<u64>(MACHINE, M_ICOUNT);
    const executed = runHart(hartAddress(hart), limit);
    store<u64>(MACHINE, start + executed, M_ICOUNT);
    const left = load<u32>(MACHINE, M_TURN_LEFT);
    store<u32>(MACHINE, left > executed ? left - executed : 0, M_TURN_LEFT);
    budget -= executed;
    if (load<u32>(MACHINE, M_EXIT)) return load<u32>(MACHINE, M_EXIT);
  }
  return EXIT_BUDGET;
}

/** Makes `runHarts` return EXIT_HOST after the instruction under way. */
export function requestExit(): void {
  if (load<u32>(MACHINE, M_EXIT) == EXIT_BUDGET) store<u32>(MACHINE, EXIT_HOST, M_EXIT);
}
