/** What LOCAL_SHIFTED is: the source of the last slli of the block, while its result is in its register. */
import { REC_IMM, REC_OP, REC_RD, REC_RS1 } from '../layout';
import { Op } from '../generated/opcodes';

/** rd of that slli, and its count; 0 if there is none. */
let register: u32 = 0;
let count: i32 = 0;

export function forgetShift(): void {
  register = 0;
}

/** The instruction was emitted. */
export function stepShift(r: usize): void {
  const rd = load<u16>(r, REC_RD) as u32;
  if (load<u16>(r, REC_OP) == Op.SLLI) {
    register = rd;
    count = load<i32>(r, REC_IMM);
  } else if (rd == register) {
    register = 0;
  }
}

/** By how much rs1 is LOCAL_SHIFTED shifted to the left, 0 if it is not. */
export function shiftOf(r: usize): i32 {
  return register != 0 && load<u16>(r, REC_RS1) == register ? count : 0;
}
