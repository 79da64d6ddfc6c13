/**
 * Reads spec/tables and checks what the generator relies on. Errors name the
 * file, the row, what was expected and what was found.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How the run loop dispatches an instruction and what its executor's signature is. */
export const KINDS = [
  'alu',
  'load',
  'store',
  'fload',
  'fstore',
  'fp',
  'amo',
  'branch',
  'pc',
  'nop',
  'system',
] as const;
export type Kind = (typeof KINDS)[number];

/** Instruction bits `high..low` are operand bits `high - low + to .. to`. */
export interface Piece {
  readonly high: number;
  readonly low: number;
  readonly to: number;
}

export interface Field {
  readonly name: string;
  readonly pieces: readonly Piece[];
  readonly isSigned: boolean;
}

interface Row {
  readonly name: string;
  readonly extension: string;
  /** The table's file name without .json; the executor's module has the same. */
  readonly file: string;
  readonly mask: number;
  readonly match: number;
  /** An assembler name for some encodings of another row, not decoded apart. */
  readonly aliasOf?: string;
  /** The row whose encodings include these; the more specific mask wins. */
  readonly specialises?: string;
}

/** A 32-bit instruction. */
export interface Instruction extends Row {
  readonly operands: readonly string[];
  readonly kind: Kind;
}

/** A 16-bit instruction, executed as the 32-bit instruction it expands to. */
export interface CompressedInstruction extends Row {
  readonly syntax: string;
  readonly expandsTo: string;
  /** Operand of the expansion (`imm` for any immediate) to a compressed field, `x0`.., or a constant. */
  readonly sources: Readonly<Record<string, string | number>>;
  /** Reserved encodings, as `operand != value`. */
  readonly constraints: readonly string[];
}

export interface CsrField {
  readonly name: string;
  readonly high: number;
  readonly low: number;
}

export interface Csr {
  readonly name: string;
  readonly number: number;
  readonly privilege: 'U' | 'S' | 'M';
  readonly fields: readonly CsrField[];
  readonly values: Readonly<Record<string, number>>;
  /** Prefix of field constants. */
  readonly prefix: string;
}

export interface Cause {
  readonly code: number;
  readonly name: string;
  readonly description: string;
}

export interface Region {
  readonly name: string;
  readonly base: number;
  /** Bytes; undefined for RAM. */
  readonly size?: number;
  /** First PLIC source. */
  readonly irq?: number;
  readonly irqs?: number;
  readonly count?: number;
  readonly step?: number;
  readonly present: boolean;
  /** What it is, for readers. */
  readonly description: string;
  /** The file in spec/machine that describes it, without .md. */
  readonly chapter?: string;
}

export interface Tables {
  readonly instructions: readonly Instruction[];
  readonly compressed: readonly CompressedInstruction[];
  readonly fields: ReadonlyMap<string, Field>;
  readonly compressedFields: ReadonlyMap<string, Field>;
  readonly csrs: readonly Csr[];
  readonly exceptions: readonly Cause[];
  readonly interrupts: readonly Cause[];
  readonly regions: readonly Region[];
}

function fail(where: string, message: string): never {
  throw new Error(`${where}: ${message}`);
}

function readJson(directory: string, name: string): any {
  const path = join(directory, name);
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return fail(path, error instanceof Error ? error.message : String(error));
  }
}

function hex(where: string, text: unknown): number {
  if (typeof text !== 'string' || !/^0x[0-9a-f]+$/.test(text)) {
    fail(where, `expected a hexadecimal string such as "0x33", found ${JSON.stringify(text)}`);
  }
  return Number(text);
}

function parseField(name: string, text: string, isSigned: boolean): Field {
  const pieces = text.split(' ').map((part) => {
    const found = /^(\d+)(?::(\d+))?=(\d+)(?::(\d+))?$/.exec(part);
    if (!found) return fail(`field ${name}`, `expected a piece such as "31:25=11:5", found "${part}"`);
    const high = Number(found[1]);
    const low = Number(found[2] ?? high);
    const to = Number(found[4] ?? found[3]);
    if (Number(found[3]) - to !== high - low) fail(`field ${name}`, `the widths in "${part}" differ`);
    return { high, low, to };
  });
  return { name, pieces, isSigned };
}

function readFields(entries: Record<string, { bits: string; signed?: boolean }>): Map<string, Field> {
  return new Map(
    Object.entries(entries).map(([name, field]) => [
      name,
      parseField(name, field.bits, field.signed === true),
    ]),
  );
}

function readBits(where: string, text: string): { high: number; low: number } {
  const found = /^(\d+)(?::(\d+))?$/.exec(text);
  if (!found) return fail(where, `expected bits such as "12:11", found "${text}"`);
  return { high: Number(found[1]), low: Number(found[2] ?? found[1]) };
}

function readInstructions(directory: string, fields: ReadonlyMap<string, Field>) {
  const instructions: Instruction[] = [];
  const compressed: CompressedInstruction[] = [];
  const names = readdirSync(join(directory, 'isa'))
    .filter((name) => name.endsWith('.json'))
    .sort();
  for (const name of names) {
    const table = readJson(join(directory, 'isa'), name);
    for (const row of table.instructions) {
      const where = `${name}, ${row.name}`;
      const common = {
        name: row.name as string,
        extension: table.extension as string,
        file: name.slice(0, -'.json'.length),
        mask: hex(where, row.mask),
        match: hex(where, row.match),
        aliasOf: row.aliasOf as string | undefined,
        specialises: row.specialises as string | undefined,
      };
      if ((common.match & ~common.mask) !== 0) fail(where, 'match has bits outside mask');
      if (row.expandsTo === undefined) {
        if (!KINDS.includes(row.kind)) {
          fail(where, `expected a kind out of ${KINDS.join(', ')}, found ${JSON.stringify(row.kind)}`);
        }
        for (const operand of row.operands) {
          if (!fields.has(operand)) fail(where, `fields.json has no operand "${operand}"`);
        }
        instructions.push({ ...common, operands: row.operands, kind: row.kind });
      } else {
        compressed.push({
          ...common,
          syntax: row.syntax,
          expandsTo: row.expandsTo,
          sources: row.sources,
          constraints: row.constraints ?? [],
        });
      }
    }
  }
  return { instructions, compressed };
}

function checkCompressed(
  row: CompressedInstruction,
  instructions: readonly Instruction[],
  fields: ReadonlyMap<string, Field>,
): void {
  const where = `${row.file}.json, ${row.name}`;
  const base = instructions.find((each) => each.name === row.expandsTo);
  if (!base) return fail(where, `expands to an unknown instruction "${row.expandsTo}"`);
  const wanted = base.operands.map(sourceKey).sort().join(' ');
  const found = Object.keys(row.sources).sort().join(' ');
  if (wanted !== found) fail(where, `expected sources for "${wanted}", found "${found}"`);
  for (const source of Object.values(row.sources)) {
    if (typeof source === 'string' && !/^x\d+$/.test(source) && !fields.has(source)) {
      fail(where, `fields.json has no compressed field "${source}"`);
    }
  }
}

function readCsrs(directory: string): Csr[] {
  const result: Csr[] = [];
  for (const row of readJson(directory, 'csr.json').registers) {
    const where = `csr.json, ${row.name}`;
    const first = hex(where, row.number);
    const fields = Object.entries((row.fields ?? {}) as Record<string, string>).map(([name, bits]) => ({
      name,
      ...readBits(`${where}.${name}`, bits),
    }));
    const [, stem, start] = /^(\D+)(\d*)$/.exec(row.name) ?? fail(where, 'unexpected name');
    for (let i = 0; i < (row.count ?? 1); i++) {
      const step = i * (row.step ?? 1);
      const number = first + step;
      if ('US?M'[(number >> 8) & 3] !== row.privilege) fail(where, 'number and privilege disagree');
      result.push({
        name: row.count ? stem! + (Number(start) + step) : row.name,
        number,
        privilege: row.privilege,
        fields: i === 0 ? fields : [],
        values: i === 0 ? (row.values ?? {}) : {},
        prefix: row.prefix ?? row.name.toUpperCase(),
      });
    }
  }
  return result.sort((a, b) => a.number - b.number);
}

/** Key under which a compressed row gives the source of an operand of its expansion. */
export function sourceKey(operand: string): string {
  return /^(imm:|shamt)/.test(operand) ? 'imm' : operand;
}

/** Reads all tables below `directory` (spec/tables). */
export function readTables(directory: string): Tables {
  const layout = readJson(directory, 'fields.json');
  const fields = readFields(layout.fields);
  const compressedFields = readFields(layout.compressedFields);
  const { instructions, compressed } = readInstructions(directory, fields);
  for (const row of compressed) checkCompressed(row, instructions, compressedFields);
  const causes = readJson(directory, 'causes.json');
  const regions = readJson(directory, 'memory-map.json').regions.map((row: any): Region => {
    const where = `memory-map.json, ${row.name}`;
    return {
      name: row.name,
      base: hex(where, row.base),
      size: row.size === undefined ? undefined : hex(where, row.size),
      irq: row.irq,
      irqs: row.irqs,
      count: row.count,
      step: row.step === undefined ? undefined : hex(where, row.step),
      present: row.present === true,
      description: row.description,
      chapter: row.chapter,
    };
  });
  return {
    instructions,
    compressed,
    fields,
    compressedFields,
    csrs: readCsrs(directory),
    exceptions: causes.exceptions,
    interrupts: causes.interrupts,
    regions,
  };
}
