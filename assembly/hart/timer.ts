/**
 * mtime and its comparators. mtime counts ticks of the time base: of the host's
 * clock, or of the virtual clock, which advances with executed instructions and
 * by what was skipped while every hart waited.
 */
import {
  CLOCK_HOST,
  HARTS,
  HART_AREA_SIZE,
  H_MENVCFG,
  H_MIP,
  H_MTIMECMP,
  H_STIMECMP,
  MACHINE,
  M_CLOCK_KIND,
  M_HART_COUNT,
  M_ICOUNT,
  M_IDLE_TICKS,
  M_TICK_INSTRUCTIONS,
  M_TIME_BASE,
} from '../layout';
import { IRQ_M_TIMER, IRQ_S_TIMER, MENVCFG_STCE } from '../generated/csr';
import { hostClock } from './host-clock';

export const NEVER: u64 = 0xffffffffffffffff;

function clock(): u64 {
  if (load<u32>(MACHINE, M_CLOCK_KIND) == CLOCK_HOST) return hostClock();
  return load<u64>(MACHINE, M_ICOUNT) / load<u32>(MACHINE, M_TICK_INSTRUCTIONS) + load<u64>(MACHINE, M_IDLE_TICKS);
}

export function readTime(): u64 {
  return load<u64>(MACHINE, M_TIME_BASE) + clock();
}

export function writeTime(value: u64): void {
  store<u64>(MACHINE, value - clock(), M_TIME_BASE);
}

// @ts-ignore: decorator
@inline
function hasSupervisorTimer(h: usize): bool {
  return (load<u64>(h, H_MENVCFG) & MENVCFG_STCE) != 0;
}

/** Sets MTIP, and STIP where Sstc drives it, as `now` demands. */
export function updateTimers(h: usize, now: u64): void {
  let mip = load<u64>(h, H_MIP) & ~(1 << IRQ_M_TIMER);
  if (now >= load<u64>(h, H_MTIMECMP)) mip |= 1 << IRQ_M_TIMER;
  if (hasSupervisorTimer(h)) {
    mip &= ~(1 << IRQ_S_TIMER);
    if (now >= load<u64>(h, H_STIMECMP)) mip |= 1 << IRQ_S_TIMER;
  }
  store<u64>(h, mip, H_MIP);
}

/** Ticks until the next comparator of any hart fires, or NEVER. */
export function ticksToDeadline(now: u64): u64 {
  let ticks = NEVER;
  const harts = load<u32>(MACHINE, M_HART_COUNT) as usize;
  for (let i: usize = 0; i < harts; i++) {
    const h = HARTS + i * HART_AREA_SIZE;
    const mtimecmp = load<u64>(h, H_MTIMECMP);
    if (mtimecmp > now && mtimecmp != NEVER) ticks = min(ticks, mtimecmp - now);
    if (!hasSupervisorTimer(h)) continue;
    const stimecmp = load<u64>(h, H_STIMECMP);
    if (stimecmp > now && stimecmp != NEVER) ticks = min(ticks, stimecmp - now);
  }
  return ticks;
}

/** Instructions until `ticks` from now on the virtual clock, at most `limit`. */
export function instructionsToTick(ticks: u64, limit: u32): u32 {
  const perTick = load<u32>(MACHINE, M_TICK_INSTRUCTIONS) as u64;
  if (ticks > limit) return limit;
  const instructions = ticks * perTick - (load<u64>(MACHINE, M_ICOUNT) % perTick);
  return min(instructions, limit as u64) as u32;
}
