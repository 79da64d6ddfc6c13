/** From decoded records to the emitters of assembly/isa: what they do not know ends a region. */
import { REC_OP } from '../layout';
import { Op } from '../generated/opcodes';
// <generated:imports>
// </generated:imports>

/** Whether `emitInstruction` knows instructions of this op. */
export function canEmit(op: u32): bool {
  switch (op) {
    // <generated:ops>
    case Op.FENCE:
    // </generated:ops>
      return true;
    default:
      return false;
  }
}

/**
 * Writes what the instruction in record `r` does. A conditional branch pushes
 * its condition, an i32; all others leave the stack as it was. False, with
 * nothing written, for one that `canEmit` does not know.
 */
export function emitInstruction(r: usize): bool {
  switch (load<u16>(r, REC_OP) as u32) {
    // <generated:cases>
    case Op.FENCE: return true;
    // </generated:cases>
    default:
      return false;
  }
}
