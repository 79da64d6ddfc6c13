/** Operand values to instruction words, checked against what the fields can hold. */
import {
  COMPRESSED_FIELDS,
  COMPRESSED_INSTRUCTIONS,
  type CompressedInstructionDescription,
  FIELDS,
  type InstructionDescription,
  type InstructionField,
} from '../generated/isa.ts';
import { fieldRange, insertField } from '../isa/fields.ts';
import { type Operands, decode, findCompressed, operandKey } from '../isa/instructions.ts';
import { INTEGER_REGISTERS } from '../isa/registers.ts';
import { AssemblyError } from './error.ts';

function checkRange(key: string, value: number, field: InstructionField): void {
  const { min, max, step } = fieldRange(field);
  if (value >= min && value <= max && value % step === 0) return;
  const multiple = step === 1 ? '' : `, a multiple of ${step}`;
  const what = key === 'imm' ? 'an immediate or offset' : key;
  throw new AssemblyError(`expected ${what} from ${min} to ${max}${multiple}, found ${value}`);
}

/** The word of a 32-bit instruction. @throws AssemblyError if a value does not fit. */
export function encode(row: InstructionDescription, operands: Operands): number {
  let raw = row.match;
  const names = row.name === 'fence' ? ['pred', 'succ'] : row.operands;
  for (const name of names) {
    const value = operands[operandKey(name)] ?? 0;
    const field = FIELDS[name]!;
    checkRange(operandKey(name), value, field);
    raw |= insertField(field, value);
  }
  raw >>>= 0;
  const decoded = decode(raw)?.instruction.name;
  // Only where the mask excludes register numbers, as amocas.q does odd ones.
  if (decoded === undefined || (decoded !== row.name && decoded !== row.aliasOf)) {
    throw new AssemblyError(`${row.name} is reserved with these registers`);
  }
  return raw;
}

/** The halfword of a 16-bit instruction. @throws AssemblyError if a value does not fit. */
export function encodeCompressed(row: CompressedInstructionDescription, operands: Operands): number {
  let raw = row.match;
  for (const [key, source] of Object.entries(row.sources)) {
    const value = operands[key];
    // Written once, under the other key that has the same source.
    if (value === undefined) continue;
    if (typeof source === 'number' || /^x\d+$/.test(source)) {
      const wanted = typeof source === 'number' ? source : Number(source.slice(1));
      if (value !== wanted) throw new AssemblyError(`expected ${source} as ${key} of ${row.name}`);
      continue;
    }
    const field = COMPRESSED_FIELDS[source]!;
    if (source.endsWith("'")) {
      if (value < 8 || value > 15) {
        const found = key.startsWith('f') ? `f${value}` : INTEGER_REGISTERS[value];
        throw new AssemblyError(
          `${row.name} takes registers 8 to 15 only (s0, s1, a0 to a5), found ${found}`,
        );
      }
      raw |= insertField(field, value - 8);
    } else {
      checkRange(key, value, field);
      raw |= insertField(field, value);
    }
  }
  const decoded = decode(raw)?.compressed?.name;
  if (decoded === row.name || (decoded !== undefined && decoded === row.aliasOf)) return raw;
  const what = decoded === undefined ? 'a reserved encoding' : decoded;
  throw new AssemblyError(`${row.name} with these operands is ${what}`);
}

/** The 16-bit form of a 32-bit instruction, or undefined if there is none for these operands. */
export function compress(row: InstructionDescription, operands: Operands): number | undefined {
  if (row.name === 'addi' && operands['imm'] === 0 && operands['rd'] !== 0 && operands['rs1'] !== 0) {
    return encodeCompressed(findCompressed('c.mv')!, { rd: operands['rd']!, rs2: operands['rs1']! });
  }
  // Other writes to x0 are hints, and stay as they are written.
  if (row.kind === 'alu' && operands['rd'] === 0) return undefined;
  for (const compressed of COMPRESSED_INSTRUCTIONS) {
    if (compressed.expandsTo !== row.name || compressed.aliasOf !== undefined) continue;
    // A field that is the source of two operands holds one value only.
    const bySource = new Map<string, number>();
    const isConsistent = Object.entries(compressed.sources).every(([key, source]) => {
      const value = operands[key] ?? 0;
      if (typeof source === 'number') return value === source;
      if (/^x\d+$/.test(source)) return value === Number(source.slice(1));
      if (bySource.has(source) && bySource.get(source) !== value) return false;
      bySource.set(source, value);
      return true;
    });
    if (!isConsistent) continue;
    try {
      return encodeCompressed(compressed, operands);
    } catch (error) {
      if (!(error instanceof AssemblyError)) throw error;
    }
  }
  return undefined;
}
