/**
 * What makes harts stop for the host to look at them: breakpoints by the virtual
 * address of an instruction, watchpoints by the address of a load or store, ebreak;
 * and the count of instructions by kind. None of it is state of the guest. With none
 * of it in use nothing costs anything: a hart comes to a breakpoint by looking for a
 * block, because no block and no region goes on at a place in a page where one lies,
 * and to a watchpoint by missing the TLB, because none maps a watched page.
 */
import {
  B_HEADER_SIZE,
  D_BREAKPOINTS,
  D_COUNTS,
  D_HIT,
  D_OFFSETS,
  D_WATCHPOINTS,
  EXIT_BREAKPOINT,
  EXIT_EBREAK,
  EXIT_TRAP,
  EXIT_WATCHPOINT,
  HIT_ACCESS,
  HIT_ADDRESS,
  HIT_INDEX,
  HIT_SIZE,
  H_ID,
  H_PASS,
  H_PC,
  MACHINE,
  MAX_BREAKPOINTS,
  MAX_WATCHPOINTS,
  M_EXIT,
  M_EXIT_HART,
  REC_LEN,
  REC_OP,
  WATCHPOINT_SIZE,
  WATCH_PHYSICAL,
  W_FIRST,
  W_FLAGS,
  W_LAST,
} from '../layout';

let breakpoints: u32 = 0;
let watchpoints: u32 = 0;
/** Every instruction is counted by its kind, and none is translated. */
export let isCounting: bool = false;
/** An exception to M-mode stops the hart where mtvec is 0, as at reset: it has no handler. */
let stopsAtTrap: bool = false;
/** An ebreak stops the hart in place of raising its exception. */
let stopsAtEbreak: bool = false;

export function clearBreakpoints(): void {
  breakpoints = 0;
  memory.fill(D_OFFSETS, 0, D_BREAKPOINTS - D_OFFSETS);
}

/** False when there is no room for one more. What was decoded before must be dropped. */
export function addBreakpoint(address: u64): bool {
  if (breakpoints == MAX_BREAKPOINTS) return false;
  store<u64>(D_BREAKPOINTS + ((breakpoints as usize) << 3), address);
  store<u8>(D_OFFSETS + ((address as usize) & 0xfff) / 2, 1);
  breakpoints++;
  return true;
}

/** Whether a breakpoint lies at the same place of a page as `address`, so that code must be entered there by looking for it. */
// @ts-ignore: decorator
@inline
export function mayStopAt(address: u32): bool {
  return breakpoints != 0 && load<u8>(D_OFFSETS + ((address as usize) & 0xfff) / 2) != 0;
}

/** The hart comes to `pc`: true if it stops there, before the instruction. */
export function stopsAt(h: usize, pc: u64): bool {
  if (!mayStopAt(pc as u32)) return false;
  for (let i: usize = 0; i < (breakpoints as usize); i++) {
    if (load<u64>(D_BREAKPOINTS + (i << 3)) != pc) continue;
    const pass = load<u64>(h, H_PASS);
    store<u64>(h, 0, H_PASS);
    if (pass == (pc | 1)) return false;
    stop(h, EXIT_BREAKPOINT);
    return true;
  }
  return false;
}

/** Whether the hart has just stopped at a breakpoint. */
// @ts-ignore: decorator
@inline
export function isStopped(): bool {
  return load<u32>(MACHINE, M_EXIT) == EXIT_BREAKPOINT;
}

/** The hart goes on from where it is, even if a breakpoint lies there. */
export function pass(h: usize): void {
  store<u64>(h, load<u64>(h, H_PC) | 1, H_PASS);
}

function stop(h: usize, exit: u32): void {
  store<u32>(MACHINE, exit, M_EXIT);
  store<u32>(MACHINE, load<u32>(h, H_ID), M_EXIT_HART);
}

/** Whether an ebreak stops the hart (EXIT_EBREAK) in place of raising its exception. */
export function stopAtEbreak(stops: bool): void {
  stopsAtEbreak = stops;
}

/** An ebreak of `length` bytes is executed and H_PC is behind it: true if the hart stops at it. */
export function stopsAtThisEbreak(h: usize, length: u32): bool {
  if (!stopsAtEbreak) return false;
  store<u64>(h, load<u64>(h, H_PC) - length, H_PC);
  store<u32>(D_HIT, length, HIT_SIZE);
  stop(h, EXIT_EBREAK);
  return true;
}

/** Whether an exception that nobody handles stops the hart (EXIT_TRAP), after it was taken. */
export function stopAtTrap(stops: bool): void {
  stopsAtTrap = stops;
}

/** The hart has taken an exception to M-mode, and goes on at `handler`. */
// @ts-ignore: decorator
@inline
export function noteException(h: usize, handler: u64): void {
  if (stopsAtTrap && handler == 0) stop(h, EXIT_TRAP);
}

/** Whether instructions are counted by kind, which also keeps them from being translated; to be followed by `applyDebug`. */
export function countInstructions(counts: bool): void {
  isCounting = counts;
}

/** Counts the first instruction of a block. */
export function countInstruction(block: usize): void {
  const r = block + B_HEADER_SIZE;
  const counter = D_COUNTS + ((load<u16>(r, REC_OP) as usize) << 4) + (load<u8>(r, REC_LEN) == 2 ? 8 : 0);
  store<u64>(counter, load<u64>(counter) + 1);
}

export function clearWatchpoints(): void {
  watchpoints = 0;
}

/** Watches `first` to `last`; false when there is no room for one more. The TLBs must be flushed. */
export function addWatchpoint(first: u64, last: u64, flags: u32): bool {
  if (watchpoints == MAX_WATCHPOINTS) return false;
  const w = watchpointAt(watchpoints);
  store<u64>(w, first, W_FIRST);
  store<u64>(w, last, W_LAST);
  store<u32>(w, flags, W_FLAGS);
  watchpoints++;
  return true;
}

// @ts-ignore: decorator
@inline
function watchpointAt(index: u32): usize {
  return D_WATCHPOINTS + (index as usize) * WATCHPOINT_SIZE;
}

// @ts-ignore: decorator
@inline
export function isWatching(): bool {
  return watchpoints != 0;
}

/** The first watchpoint that has to do with `size` bytes at a virtual and physical address, -1 for none; `flags` are accesses. */
function findWatchpoint(vaddr: u64, paddr: u64, size: u32, flags: u32): i32 {
  for (let i: u32 = 0; i < watchpoints; i++) {
    const w = watchpointAt(i);
    const own = load<u32>(w, W_FLAGS);
    const address = own & WATCH_PHYSICAL ? paddr : vaddr;
    if (!(own & flags)) continue;
    if (address <= load<u64>(w, W_LAST) && address + (size - 1) >= load<u64>(w, W_FIRST)) return i;
  }
  return -1;
}

/** Whether accesses to the page of `vaddr`, which lies at that of `paddr`, are to be looked at one by one. */
export function isWatchedPage(vaddr: u64, paddr: u64): bool {
  return findWatchpoint(vaddr & ~0xfff, paddr & ~0xfff, 4096, -1) >= 0;
}

/** The hart has made an access: true if it stops after its instruction. */
export function stopsAfter(h: usize, vaddr: u64, paddr: u64, size: u32, access: u32): bool {
  const index = findWatchpoint(vaddr, paddr, size, access);
  if (index < 0) return false;
  store<u32>(D_HIT, index, HIT_INDEX);
  store<u32>(D_HIT, access, HIT_ACCESS);
  store<u64>(D_HIT, vaddr, HIT_ADDRESS);
  store<u32>(D_HIT, size, HIT_SIZE);
  stop(h, EXIT_WATCHPOINT);
  return true;
}
