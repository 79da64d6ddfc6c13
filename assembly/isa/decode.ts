/** Decoding one instruction into a record. */
import { REC_LEN, REC_OP, REC_RD, X_SINK } from '../layout';
import { decodeRow } from '../generated/decode-table';
import { decodeOperands } from '../generated/operands';
import { FIRST_ALU, LAST_ALU, Op } from '../generated/opcodes';

/** Decodes the bits `raw` (16 of them, if bits 1:0 are not 3) into `r`, but for REC_OFF and REC_INDEX; returns the opcode. */
export function decodeInstruction(raw: u32, r: usize): u32 {
  const row = decodeRow(raw);
  let op = row & 0xffff;
  decodeOperands(row >> 16, raw, r);
  // Without a destination nothing is left of it: hints, and moves to x0.
  if (op >= FIRST_ALU && op <= LAST_ALU && load<u16>(r, REC_RD) == X_SINK) op = Op.FENCE;
  store<u16>(r, op as u16, REC_OP);
  store<u8>(r, (raw & 3) == 3 ? 4 : 2, REC_LEN);
  return op;
}
