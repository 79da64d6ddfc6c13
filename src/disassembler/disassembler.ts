/**
 * Instruction words to text in GNU syntax, which the assembler takes back.
 * Common pseudo-instructions are shown by their names, compressed instructions
 * by their own (`c.*`). Words that are no instruction of this machine become
 * `.half` and `.word`.
 */
import { CSRS } from '../generated/csr.ts';
import { COMPRESSED_INSTRUCTIONS, INSTRUCTIONS, type InstructionDescription } from '../generated/isa.ts';
import {
  type DecodedInstruction,
  type Operands,
  decode,
  defaultRounding,
  immediateOf,
  matches,
  syntaxOf,
} from '../isa/instructions.ts';
import { ALIASES } from '../isa/pseudo.ts';
import { FLOAT_REGISTERS, INTEGER_REGISTERS, ROUNDING_MODES } from '../isa/registers.ts';

/** An instruction as text. */
export interface Disassembly {
  /** Such as "addi a0,a0,1"; ".word" or ".half" and the bits where the machine has no such instruction. */
  readonly text: string;
  /** Bytes: 2 or 4. */
  readonly length: 2 | 4;
}

const csrNames = new Map(CSRS.map((csr) => [csr.number, csr.name]));
const namedEncodings = [...INSTRUCTIONS, ...COMPRESSED_INSTRUCTIONS].filter(
  (row) => row.aliasOf !== undefined,
);
const hex = (value: number | bigint) => '0x' + value.toString(16);

function fenceSet(bits: number): string {
  return bits === 0 ? '0' : [...'iorw'].filter((_, i) => (bits & (8 >> i)) !== 0).join('');
}

function immediate(row: InstructionDescription, value: number, pc: bigint | undefined): string {
  switch (immediateOf(row)) {
    case 'imm:b':
    case 'imm:j':
      if (pc !== undefined) return hex(BigInt.asUintN(64, pc + BigInt(value)));
      return value < 0 ? `.${value}` : `.+${value}`;
    case 'imm:u':
      return hex((value >>> 12) & 0xfffff);
    case 'shamt5':
    case 'shamt6':
      return hex(value);
    default:
      return String(value);
  }
}

function operandText(
  key: string,
  value: number,
  row: InstructionDescription,
  pc: bigint | undefined,
): string {
  switch (key) {
    case 'rd':
    case 'rs1':
    case 'rs2':
      return INTEGER_REGISTERS[value]!;
    case 'fd':
    case 'fs1':
    case 'fs2':
    case 'fs3':
      return FLOAT_REGISTERS[value]!;
    case 'csr':
      return csrNames.get(value) ?? hex(value);
    case 'rm':
      return ROUNDING_MODES[value]!;
    case 'pred':
    case 'succ':
      return fenceSet(value);
    case 'imm':
      return immediate(row, value, pc);
    default:
      return String(value);
  }
}

function write(
  name: string,
  syntax: string,
  decoded: DecodedInstruction,
  operands: Operands,
  pc?: bigint,
): string {
  const row = decoded.instruction;
  const text = syntax.replace(/[a-z][a-z0-9]*/g, (key) => {
    const value = operands[key];
    return value === undefined ? key : operandText(key, value, row, pc);
  });
  return text === '' ? name : `${name} ${text}`;
}

/** The name and syntax to show for a 32-bit instruction. */
function formOf({ instruction, operands }: DecodedInstruction): { name: string; syntax: string } {
  const alias = ALIASES.find(
    (form) =>
      form.instruction === instruction.name &&
      Object.entries(form.fixed).every(
        ([key, value]) => operands[key] === (typeof value === 'string' ? operands[value] : value),
      ),
  );
  if (alias) return alias;
  let name = instruction.name;
  if (operands['aqrl'] !== undefined) name += ['', '.rl', '.aq', '.aqrl'][operands['aqrl']];
  let syntax = syntaxOf(instruction).replace(',aqrl', '');
  if (operands['rm'] === defaultRounding(instruction)) syntax = syntax.replace(',rm', '');
  return { name, syntax };
}

/**
 * Disassembles one instruction. If bits 1:0 of `word` are not 3, its low half
 * is a 16-bit instruction. With `pc`, the instruction's address, targets of
 * jumps and branches are addresses; without, they are relative (`.+8`).
 */
export function disassemble(word: number, pc?: bigint): Disassembly {
  const isWide = (word & 3) === 3;
  const raw = isWide ? word >>> 0 : word & 0xffff;
  const decoded = decode(raw);
  if (!decoded || (decoded.operands['rm'] !== undefined && !ROUNDING_MODES[decoded.operands['rm']])) {
    return isWide
      ? { text: `.word ${hex(raw)}`, length: 4 }
      : { text: raw === 0 ? 'c.unimp' : `.half ${hex(raw)}`, length: 2 };
  }
  const { compressed, instruction, operands, length } = decoded;
  const named = namedEncodings.find(
    (row) => row.aliasOf === (compressed ?? instruction).name && matches(row, raw),
  );
  if (named) {
    const syntax = 'syntax' in named ? named.syntax : syntaxOf(named);
    // Of a prefetch hint, the low five bits of ori's immediate are part of the name.
    const masked = named.name.startsWith('prefetch.')
      ? { ...operands, imm: operands['imm']! & ~31 }
      : operands;
    return { text: write(named.name, syntax, decoded, masked, pc), length };
  }
  if (compressed) return { text: write(compressed.name, compressed.syntax, decoded, operands, pc), length };
  const form = formOf(decoded);
  return { text: write(form.name, form.syntax, decoded, operands, pc), length };
}
