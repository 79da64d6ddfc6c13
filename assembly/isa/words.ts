/**
 * Which x registers hold a word, sign-extended. RV64 code keeps every int like
 * that. Where an operand was made by extending an i32, bitwise operations and
 * comparisons of words use the low halves: then nothing needs the extension, and
 * the engine sees 32-bit operations, of which it makes rotations, for example.
 */
import { REC_IMM, REC_OP, REC_RD, REC_RS1, REC_RS2 } from '../layout';
import { Op } from '../generated/opcodes';

/** A bit for each register that holds a word where the emitter is now. */
let words: u32 = 0;
/** Those whose value is an i32 that was extended. */
let extended: u32 = 0;

export function setWords(known: u32, madeByExtension: u32): void {
  words = known;
  extended = madeByExtension;
}

// @ts-ignore: decorator
@inline
function bitOf(r: usize, field: usize): u32 {
  return 1 << (load<u16>(r + field) >> 3);
}

/** Whether both sources are among `registers`; x0 is a word. */
// @ts-ignore: decorator
@inline
function hasBoth(r: usize, registers: u32): bool {
  const sources = bitOf(r, REC_RS1) | bitOf(r, REC_RS2);
  return (sources & (registers | 1)) == sources;
}

// @ts-ignore: decorator
@inline
function hasFirst(r: usize, registers: u32): bool {
  return ((registers | 1) & bitOf(r, REC_RS1)) != 0;
}

/** Whether rd gets a word, if the registers of the mask hold words. */
function makesWord(r: usize, known: u32): bool {
  const immediate = load<i32>(r, REC_IMM);
  switch (load<u16>(r, REC_OP) as i32) {
    case Op.LUI:
    case Op.SLTI:
    case Op.SLTIU:
    case Op.SLT:
    case Op.SLTU:
    case Op.CLZ:
    case Op.CTZ:
    case Op.CPOP:
    case Op.SEXT_B:
    case Op.SEXT_H:
    case Op.ZEXT_H:
    case Op.BEXT:
    case Op.BEXTI:
    case Op.LBU:
    case Op.LHU:
    case Op.FEQ_D:
    case Op.FLT_D:
    case Op.FLE_D:
    case Op.FCLASS_D:
    case Op.FEQ_S:
    case Op.FLT_S:
    case Op.FLE_S:
    case Op.FCLASS_S:
    case Op.SC_W:
    case Op.SC_D:
      return true;
    case Op.ADDI:
      return immediate == 0 ? hasFirst(r, known) : hasFirst(r, 0);
    case Op.ANDI:
      return immediate >= 0 || hasFirst(r, known);
    case Op.XORI:
    case Op.ORI:
    case Op.CZERO_EQZ:
    case Op.CZERO_NEZ:
      return hasFirst(r, known);
    case Op.MIN:
    case Op.MAX:
    case Op.MINU:
    case Op.MAXU:
      return hasBoth(r, known);
    case Op.SRLI:
      return immediate > 32;
    case Op.SRAI:
      return immediate >= 32 || hasFirst(r, known);
    default:
      return isBitwise(r) ? hasBoth(r, known) : isExtension(r);
  }
}

/** Whether each bit of rd depends on that bit of rs1 and of rs2 alone. */
function isBitwise(r: usize): bool {
  const op = load<u16>(r, REC_OP) as i32;
  return op == Op.XOR || op == Op.OR || op == Op.AND || (op >= Op.ANDN && op <= Op.XNOR);
}

/** Whether the instruction makes rd by extending an i32, whatever its operands are. */
function isExtension(r: usize): bool {
  const op = load<u16>(r, REC_OP) as i32;
  return (
    (op >= Op.ADDIW && op <= Op.SRAW) ||
    (op >= Op.MULW && op <= Op.REMUW) ||
    (op >= Op.LB && op <= Op.LW) ||
    (op >= Op.CLZW && op <= Op.RORIW) ||
    (op >= Op.AMOSWAP_W && op <= Op.AMOMAXU_W)
  );
}

/** Whether bitwise operations and comparisons of both sources are to use the low halves. */
export function usesLow(r: usize): bool {
  return bothLow(r, words, extended);
}

/** The same for rs1 and an immediate. */
export function usesFirstLow(r: usize): bool {
  return (bitOf(r, REC_RS1) & extended) != 0;
}

function bothLow(r: usize, known: u32, made: u32): bool {
  return hasBoth(r, known) && ((bitOf(r, REC_RS1) | bitOf(r, REC_RS2)) & made) != 0;
}

/** Whether rd is made by extending an i32. */
function makesExtension(r: usize, known: u32, made: u32): bool {
  switch (load<u16>(r, REC_OP) as i32) {
    case Op.ADDI:
      return load<i32>(r, REC_IMM) == 0 && (bitOf(r, REC_RS1) & made) != 0;
    case Op.XORI:
    case Op.ORI:
      return (bitOf(r, REC_RS1) & made) != 0;
    case Op.ANDI:
      return load<i32>(r, REC_IMM) < 0 && (bitOf(r, REC_RS1) & made) != 0;
    default:
      return isBitwise(r) ? bothLow(r, known, made) : isExtension(r);
  }
}

/** What is known after an instruction: `known` and `made` as in `setWords`. To be called in this order. */
export function extendedAfter(r: usize, known: u32, made: u32): u32 {
  const bit = definedBit(r);
  return makesExtension(r, known, made) ? made | bit : made & ~bit;
}

export function wordsAfter(r: usize, known: u32): u32 {
  const bit = definedBit(r);
  return makesWord(r, known) ? known | bit : known & ~bit;
}

/** The bit of rd, if that is an x register. */
// @ts-ignore: decorator
@inline
function definedBit(r: usize): u32 {
  const rd = load<u16>(r, REC_RD) as u32;
  return rd < 256 ? (1 << (rd >> 3)) & ~1 : 0;
}

/** The instruction was emitted. */
export function stepWords(r: usize): void {
  extended = extendedAfter(r, words, extended);
  words = wordsAfter(r, words);
}
