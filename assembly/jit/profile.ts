/** Where the guest's indirect jumps lead: noted by the interpreter, so that a region can hold their targets. */
import { JIT_PROFILE, JIT_PROFILE_ENTRIES, JIT_PROFILE_TARGETS } from '../layout';

const ENTRY_SIZE: usize = 64;

// @ts-ignore: decorator
@inline
function entryOf(paddr: u64): usize {
  const key = (paddr >> 1) as u32;
  return JIT_PROFILE + (((key ^ (key >> 12)) & (JIT_PROFILE_ENTRIES - 1)) as usize) * ENTRY_SIZE;
}

/** The jump at `paddr` went `distance` bytes further. */
export function noteIndirectJump(paddr: u64, distance: i64): void {
  if (distance != (distance as i16 as i64) || distance == 0) return;
  const entry = entryOf(paddr);
  if (load<u64>(entry) != paddr) {
    memory.fill(entry, 0, ENTRY_SIZE);
    store<u64>(entry, paddr);
  }
  for (let i: usize = 0; i < JIT_PROFILE_TARGETS; i++) {
    const known = load<i16>(entry + (i << 1), 8);
    if (known == (distance as i16)) return;
    if (known) continue;
    store<i16>(entry + (i << 1), distance as i16, 8);
    return;
  }
}

/** The `index`th target of the jump at `paddr`, in bytes from there; 0 when there are no more. */
export function profiledTarget(paddr: u64, index: usize): i32 {
  const entry = entryOf(paddr);
  if (index >= JIT_PROFILE_TARGETS || load<u64>(entry) != paddr) return 0;
  return load<i16>(entry + (index << 1), 8);
}
