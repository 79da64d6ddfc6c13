/**
 * Accesses that one check covers: those of a basic block by the same register,
 * between two changes of it, as functions have them where they start, end and
 * spill, and for the members of a structure. If they do not lie in one page the
 * interpreter executes them; a region to which that happens often is written
 * without groups (STYLE_CALLS). Loops have groups of their own (page-loop.ts).
 */
import { RECORD_SIZE, REC_GROUP, REC_IMM, REC_OP, REC_RD, REC_RS1, STYLE_CALLS } from '../layout';
import { FIRST_FSTORE, FIRST_LOAD, FIRST_STORE, LAST_FSTORE, LAST_STORE, Op } from '../generated/opcodes';
import { blockGroupOf, COPY_NONE, copy, startBlockGroup } from '../isa/access';
import { style } from '../isa/emit';

/** How many bytes the accesses of a group may span. */
const LONGEST_GROUP: i32 = 1024;

/** Whether an instruction is a load or store, of a floating-point register too, but no atomic. */
// @ts-ignore: decorator
@inline
export function isAccess(op: u32): bool {
  return op >= FIRST_LOAD && op <= LAST_FSTORE;
}

// @ts-ignore: decorator
@inline
export function isStore(op: u32): bool {
  return (op >= FIRST_STORE && op <= LAST_STORE) || op >= FIRST_FSTORE;
}

/** How many bytes a load or store accesses. */
export function accessSize(op: u32): u32 {
  switch (op) {
    case Op.LB:
    case Op.LBU:
    case Op.SB:
      return 1;
    case Op.LH:
    case Op.LHU:
    case Op.SH:
    case Op.FLH:
    case Op.FSH:
      return 2;
    case Op.LW:
    case Op.LWU:
    case Op.SW:
    case Op.FLW:
    case Op.FSW:
      return 4;
    default:
      return 8;
  }
}

/** Before the instruction at `r`, `left` ones before the end of its block: starts a group if it begins one. */
export function groupAccesses(r: usize, left: u32): void {
  const base = load<u16>(r, REC_RS1) as u32;
  if (style & STYLE_CALLS || base == 0 || !isAccess(load<u16>(r, REC_OP)) || blockGroupOf(r) >= 0) return;
  let accesses: u32 = 0;
  let low: i32 = i32.MAX_VALUE;
  let high: i32 = i32.MIN_VALUE;
  let isWrite = false;
  for (let i: u32 = 0, at = r; i < left; i++, at += RECORD_SIZE) {
    const op = load<u16>(at, REC_OP) as u32;
    if (isAccess(op) && load<u16>(at, REC_RS1) == base) {
      if (copy != COPY_NONE && load<u16>(at, REC_GROUP)) return;
      const size = accessSize(op);
      const offset = load<i32>(at, REC_IMM);
      accesses++;
      low = min(low, offset);
      high = max(high, offset + (size as i32));
      if (isStore(op)) isWrite = true;
    }
    if (load<u16>(at, REC_RD) == base) break;
  }
  if (accesses < 2 || high - low > LONGEST_GROUP) return;
  startBlockGroup(r, low, (high - low) as u32, isWrite);
}
