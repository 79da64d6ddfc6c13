/**
 * The host's clock, made finer. Browsers let pages see their clock in steps, of 0.1 ms and
 * more where a page is not isolated, which no hardware does: guests measure with it, and
 * schedulers that see no time pass switch more often. Between two steps time follows the
 * instructions executed, at the rate of late, and never past the next step.
 */
import { MACHINE, M_ICOUNT } from '../layout';
import { hostTime } from '../host';

/** What the host's clock said last, in ticks, and how many instructions had been executed when it first did. */
let reading: u64 = 0;
let readAt: u64 = 0;
/** What the guest was told last, and the instructions then. */
let told: f64 = 0;
let toldAt: u64 = 0;
/** How often the clock has moved, up to ENOUGH, and its shortest step so far, in ticks. */
let moves: u32 = 0;
let step: u64 = u64.MAX_VALUE;
/** Instructions a tick; 0: not known. */
let rate: f64 = 0;

/** Of so many steps one was no longer than the clock's own: the guest had not waited. */
const ENOUGH: u32 = 8;
/** No clock moves in longer steps than this, of 2 ms. */
const LONGEST_STEP: u64 = 20_000;
/** Of intervals with more steps than this, part may have been spent waiting. */
const MOST_STEPS: u64 = 4;
/** How much of the rate the last interval makes. */
const WEIGHT: f64 = 1 / 8;

/** Ticks since an origin of the host's; does not go back, as the host's clock does not. */
export function hostClock(): u64 {
  const now = hostTime() as u64;
  const count = load<u64>(MACHINE, M_ICOUNT);
  if (now != reading) {
    const moved = now - reading;
    if (moves) {
      step = min(step, moved);
      if (moved <= MOST_STEPS * step) {
        const sample = ((count - readAt) as f64) / (moved as f64);
        rate = rate > 0 ? rate + (sample - rate) * WEIGHT : sample;
      }
    }
    moves = min(moves + 1, ENOUGH);
    reading = now;
    readAt = count;
  }
  let time = now as f64;
  if (moves == ENOUGH && step <= LONGEST_STEP && rate > 0) {
    const next = told + ((count - toldAt) as f64) / rate;
    time = max(time, min(next, (now + step - 1) as f64));
  }
  // A shorter step than any before must not take back what the guest was told.
  told = max(told, time);
  toldAt = count;
  return told as u64;
}
