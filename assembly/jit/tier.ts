/**
 * When code is translated, and how the run loop enters what was: a block is hot
 * after so many arrivals by calls, indirect jumps, backward jumps, and from
 * system instructions, traps and translated code. Those are where loops and
 * functions start; arrivals by other ways are not counted, so that the
 * interpreter can link its blocks.
 */
import {
  BLOCK_TRANSLATED,
  B_COUNT,
  B_HEAT,
  B_PADDR,
  H_FFLAGS,
  H_PC,
  H_REGION_CACHE,
  H_SIDE_EXIT,
  J_ENTRIES,
  J_IN_REGIONS,
  J_SIDE_EXITS,
  J_TIME_IN_REGIONS,
  MACHINE,
  M_ICOUNT,
  REGION_LIVE,
  R_EXITS,
  R_EXITS_SINCE,
  R_INEXACT,
  R_SLOT,
  R_STATE,
  R_STYLE,
  STYLE_CALLS,
  STYLE_EXACT,
  STYLE_MIXED,
} from '../layout';
import { FFLAGS_NX } from '../fpu/flags';
import { run } from '../hart/run';
import { hostNow } from '../host';
import { compileBatch, HEAT_NEVER, rewrite, translate } from './batch';
import { setTailCalls } from './transfer';
import { cacheInstall, regionIndex } from '../mmu/tlb';
import { regionAt, regionAtSlot } from './region';
import { addTime, count } from './statistics';
import { forAllTlbs, isForOtherTlb } from './tlb-set';

export const MODE_OFF: u32 = 0;
export const MODE_ON: u32 = 1;
/** Every block is translated before it is executed for the first time. */
export const MODE_FORCE: u32 = 2;
export const FLAG_TAIL_CALLS: u32 = 1;
/** The upper 24 bits of the flags say what makes a block hot, 0 for what is best. */
const FLAG_THRESHOLD_SHIFT: u32 = 8;

/** Arrivals that make a block hot, unless the host says otherwise. */
const HOT: u32 = 3000;
/** Guest calls that may be under way in translated code, each with a frame on the host's stack. */
export const MAX_DEPTH: i32 = 200;
/** How many of these frames are worth those of one more run loop. */
const RESUME_DEPTH: i32 = 4;
/** A region is written anew when it took so many side exits, one in less than OFTEN instructions of the machine. */
const MANY_EXITS: u32 = 1024;
const OFTEN: u32 = 8192;
/** How many arrivals at regions that wait for others to be compiled with are borne, as a multiple of what makes a block hot. */
const PATIENCE: u32 = 3;
/** One entry of so many is timed. */
const SAMPLING: u64 = 64;

/** Arrivals that make a block hot; 0 when nothing is translated. */
export let hotAt: u32 = 0;
export let isForced: bool = false;

export function configure(mode: u32, flags: u32): void {
  const threshold = flags >> FLAG_THRESHOLD_SHIFT;
  hotAt = mode == MODE_OFF ? 0 : mode == MODE_FORCE ? 1 : threshold ? threshold : HOT;
  isForced = mode == MODE_FORCE;
  setTailCalls((flags & FLAG_TAIL_CALLS) != 0);
}

/** Counts an arrival at `block`, and translates it when it is time; false where that is of no use any more. */
// @ts-ignore: decorator
@inline
export function noteArrival(h: usize, pc: u64, block: usize): bool {
  if (load<u32>(block, B_COUNT) == BLOCK_TRANSLATED) return false;
  const heat = load<u32>(block, B_HEAT) + 1;
  if (heat > HEAT_NEVER) return false;
  store<u32>(block, heat, B_HEAT);
  if (heat >= hotAt) heatUp(h, pc, block, heat);
  return true;
}

/** Arrivals at blocks whose regions wait to be compiled. */
let waited: u32 = 0;

function heatUp(h: usize, pc: u64, block: usize, heat: u32): void {
  if (heat == hotAt) {
    // A region may wait already, and its block have been decoded anew.
    if (regionAt(load<u64>(block, B_PADDR))) return;
    if (!translate(h, pc, load<u64>(block, B_PADDR), isForced)) store<u32>(block, HEAT_NEVER, B_HEAT);
    else if (isForced) compileBatch();
    return;
  }
  waited++;
  if (waited < PATIENCE * hotAt) return;
  waited = 0;
  compileBatch();
}

/** The entry under way is timed; what it spends in `resume` does not count. */
let isTimed: bool = false;
let timeResumed: f64 = 0;

/** Runs a region; returns the budget that is left. Where it left off is in H_PC and H_SIDE_EXIT. */
// @ts-ignore: decorator
@inline
export function enterRegion(h: usize, region: usize, pc: u64, budget: i32, depth: i32): i32 {
  const slot = load<u32>(region, R_SLOT);
  // So that translated code finds it, too.
  cacheInstall(h, load<u32>(h, H_REGION_CACHE) + regionIndex(pc), pc, slot);
  store<u32>(h, 0, H_SIDE_EXIT);
  count(J_ENTRIES, 1);
  isTimed = load<u64>(J_ENTRIES) % SAMPLING == 0;
  const start = isTimed ? hostNow() : 0;
  if (isTimed) timeResumed = 0;
  const left = call_indirect<i32>(slot, h, pc, budget, depth);
  if (isTimed) addTime(J_TIME_IN_REGIONS, (hostNow() - start - timeResumed) * (SAMPLING as f64));
  isTimed = false;
  count(J_IN_REGIONS, (budget - left) as u64);
  catchSideExit(h);
  return left;
}

/**
 * For translated code: what it called has left, and is to return to `pc`. Runs the hart
 * until it does, so that the frames of the callers stay good; returns the budget that is
 * left. With another H_PC the caller must leave as well.
 */
export function resume(h: usize, pc: u64, budget: i32, depth: i32): i32 {
  if (depth <= RESUME_DEPTH || load<u64>(h, H_PC) & 1) return budget;
  catchSideExit(h);
  const wasTimed = isTimed;
  const before = timeResumed;
  const start = wasTimed ? hostNow() : 0;
  const left = run(h, budget, pc, depth - RESUME_DEPTH);
  store<u32>(h, 0, H_SIDE_EXIT);
  count(J_IN_REGIONS, (left - budget) as u64);
  if (wasTimed) timeResumed = before + hostNow() - start;
  isTimed = wasTimed;
  return left;
}

// @ts-ignore: decorator
@inline
function catchSideExit(h: usize): void {
  const exiting = load<u32>(h, H_SIDE_EXIT);
  if (exiting) noteSideExit(h, regionAtSlot(exiting));
}

/** A region left: if it does so often, it is written anew. */
function noteSideExit(h: usize, region: usize): void {
  count(J_SIDE_EXITS, 1);
  const exits = load<u32>(region, R_EXITS) + 1;
  store<u32>(region, exits, R_EXITS);
  if (exits < MANY_EXITS) return;
  const now = load<u64>(MACHINE, M_ICOUNT) as u32;
  const since = load<u32>(region, R_EXITS_SINCE);
  store<u32>(region, 0, R_EXITS);
  store<u32>(region, now, R_EXITS_SINCE);
  const isLive = load<u32>(region, R_STATE) == REGION_LIVE;
  if (!isLive || now - since >= MANY_EXITS * OFTEN) return;
  const style = betterStyle(h, region);
  if (style != load<u16>(region, R_STYLE)) rewrite(region, style, hotAt - 1);
}

/**
 * How to write a region that leaves often in the state that the FPU is in: with
 * STYLE_EXACT while nothing inexact was accrued, and without it from then on. Where
 * that changes again both kinds of programs use the code, and it stays at both.
 */
function betterStyle(h: usize, region: usize): u32 {
  const style = load<u16>(region, R_STYLE) as u32;
  if (isForOtherTlb(h, style)) return forAllTlbs(style);
  if (load<u16>(region, R_INEXACT)) {
    const isInexact = (load<u32>(h, H_FFLAGS) & FFLAGS_NX) != 0;
    if (!isInexact && !(style & STYLE_EXACT)) return style | STYLE_EXACT;
    if (isInexact && style & STYLE_EXACT && !(style & STYLE_MIXED)) return (style & ~STYLE_EXACT) | STYLE_MIXED;
  }
  return style | STYLE_CALLS;
}
