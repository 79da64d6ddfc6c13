/**
 * The instructions by name and by encoding, and how their operands are
 * written. Operands are known by short keys: `rd`, `rs1`, `fd`, .., `csr`,
 * `rm`, and `imm` for whatever immediate or shift amount the instruction has.
 */
import {
  COMPRESSED_FIELDS,
  COMPRESSED_INSTRUCTIONS,
  type CompressedInstructionDescription,
  FIELDS,
  INSTRUCTIONS,
  type InstructionDescription,
} from '../generated/isa.ts';
import { extractField } from './fields.ts';

/** Operand values by key; registers are register numbers. */
export type Operands = Record<string, number>;

/** An instruction word taken apart. */
export interface DecodedInstruction {
  /** What it does; the expansion if it is compressed. */
  readonly instruction: InstructionDescription;
  readonly compressed?: CompressedInstructionDescription;
  readonly operands: Operands;
  /** Bytes: 2 or 4. */
  readonly length: 2 | 4;
}

const instructionsByName = new Map(INSTRUCTIONS.map((row) => [row.name, row]));
const compressedByName = new Map(COMPRESSED_INSTRUCTIONS.map((row) => [row.name, row]));

/** The 32-bit instruction of that name. */
export function findInstruction(name: string): InstructionDescription | undefined {
  return instructionsByName.get(name);
}

/** The 16-bit instruction of that name. */
export function findCompressed(name: string): CompressedInstructionDescription | undefined {
  return compressedByName.get(name);
}

/** The key of an operand of the tables. */
export function operandKey(operand: string): string {
  return operand.startsWith('imm:') || operand.startsWith('shamt') ? 'imm' : operand;
}

/** The table's name of an instruction's immediate, such as `imm:b`. */
export function immediateOf(row: InstructionDescription): string | undefined {
  return row.operands.find((operand) => operandKey(operand) === 'imm');
}

/** Whether an instruction of the A extensions takes `.aq` and `.rl`. */
export function hasOrdering(row: InstructionDescription): boolean {
  return row.operands.includes('aqrl');
}

/** Conversions that cannot round; GNU as encodes them with rne unless told otherwise. */
const EXACT_CONVERSIONS = new Set(['fcvt.d.s', 'fcvt.d.w', 'fcvt.d.wu', 'fcvt.s.h', 'fcvt.d.h']);

/** The rounding mode that is meant when none is written. */
export function defaultRounding(row: InstructionDescription): number {
  return EXACT_CONVERSIONS.has(row.name) ? 0 : 7;
}

/** How operands are written, as keys: `rd,imm(rs1)`. */
export function syntaxOf(row: InstructionDescription): string {
  const has = (operand: string) => row.operands.includes(operand);
  if (row.name === 'fence') return 'pred,succ';
  if (row.name === 'jalr') return 'rd,imm(rs1)';
  if (row.name.startsWith('cbo.')) return '(rs1)';
  if (row.name.startsWith('prefetch.')) return 'imm(rs1)';
  switch (row.kind) {
    case 'load':
      return 'rd,imm(rs1)';
    case 'fload':
      return 'fd,imm(rs1)';
    case 'store':
      return 'rs2,imm(rs1)';
    case 'fstore':
      return 'fs2,imm(rs1)';
    case 'amo':
      return has('rs2') ? 'rd,rs2,(rs1)' : 'rd,(rs1)';
  }
  if (has('csr')) return has('zimm5') ? 'rd,csr,zimm5' : 'rd,csr,rs1';
  return row.operands.map(operandKey).join(',');
}

const bitsSet = (mask: number) => mask.toString(2).replaceAll('0', '').length;

/** Rows by a few bits that all of them fix, the more specific masks first. */
function intoBuckets<Row extends { mask: number; match: number; aliasOf?: string }>(
  rows: readonly Row[],
  bucketOf: (raw: number) => number,
): Row[][] {
  const buckets: Row[][] = Array.from({ length: 32 }, () => []);
  for (const row of rows) {
    if (row.aliasOf === undefined) buckets[bucketOf(row.match)]!.push(row);
  }
  for (const bucket of buckets) bucket.sort((a, b) => bitsSet(b.mask) - bitsSet(a.mask));
  return buckets;
}

const wideBucket = (raw: number) => (raw >>> 2) & 31;
const narrowBucket = (raw: number) => ((raw >>> 11) & 0x1c) | (raw & 3);
// Made when they are needed, because most who import the package decode nothing.
let wideRows: InstructionDescription[][] | undefined;
let narrowRows: CompressedInstructionDescription[][] | undefined;

export const matches = (row: { mask: number; match: number }, raw: number): boolean =>
  (raw & row.mask) >>> 0 === row.match;

/** The value of an operand of a compressed instruction, from where the table says it comes. */
function sourceValue(source: string | number, raw: number): number {
  if (typeof source === 'number') return source;
  if (/^x\d+$/.test(source)) return Number(source.slice(1));
  const value = extractField(COMPRESSED_FIELDS[source]!, raw);
  return source.endsWith("'") ? value + 8 : value;
}

function isReserved(row: CompressedInstructionDescription, operands: Operands): boolean {
  return row.constraints.some((constraint) => {
    const [key, value] = constraint.split(' != ');
    return operands[key!] === Number(value);
  });
}

/**
 * Decodes an instruction word; undefined if the encoding is illegal or
 * reserved. If bits 1:0 are not 3, the low half of `raw` is the instruction.
 */
export function decode(raw: number): DecodedInstruction | undefined {
  const operands: Operands = {};
  if ((raw & 3) === 3) {
    wideRows ??= intoBuckets(INSTRUCTIONS, wideBucket);
    const instruction = wideRows[wideBucket(raw)]!.find((row) => matches(row, raw));
    if (!instruction) return undefined;
    for (const name of instruction.operands) operands[operandKey(name)] = extractField(FIELDS[name]!, raw);
    if (instruction.name === 'fence') {
      for (const name of ['pred', 'succ']) operands[name] = extractField(FIELDS[name]!, raw);
    }
    return { instruction, operands, length: 4 };
  }
  const half = raw & 0xffff;
  narrowRows ??= intoBuckets(COMPRESSED_INSTRUCTIONS, narrowBucket);
  const compressed = narrowRows[narrowBucket(half)]!.find((row) => matches(row, half));
  if (!compressed) return undefined;
  const instruction = instructionsByName.get(compressed.expandsTo)!;
  for (const [key, source] of Object.entries(compressed.sources)) operands[key] = sourceValue(source, half);
  if (isReserved(compressed, operands)) return undefined;
  return { instruction, compressed, operands, length: 2 };
}
