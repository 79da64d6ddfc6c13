/** The core's generated decoder against the interpretation of the same tables in src/isa. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { beforeAll, describe, expect, it } from 'vitest';
import { decode } from '../../src/isa/instructions.ts';
import { ROWS, randomWords, samplesOf } from '../support/instruction-samples.ts';

const SEED = Number(process.env['SEED'] ?? 1);
const SOURCES = fileURLToPath(new URL('../../assembly', import.meta.url));
const ENTRY = `
import { decodeRow } from './generated/decode-table';
import { decodeOperands } from './generated/operands';
export { X_BASE, X_SINK, F_BASE, REC_RD, REC_RS1, REC_RS2, REC_IMM } from './layout';
const record = memory.data(16, 8);
export function decode(raw: u32): u32 {
  const row = decodeRow(raw);
  decodeOperands(row >> 16, raw, record);
  return row & 0xffff;
}
export function field16(offset: u32): u32 { return load<u16>(record + offset); }
export function field32(offset: u32): i32 { return load<i32>(record + offset); }
`;

interface Decoder {
  decode(raw: number): number;
  field16(offset: number): number;
  field32(offset: number): number;
}

interface Record16 {
  readonly op: number;
  readonly rd: number;
  readonly rs1: number;
  readonly rs2: number;
  readonly imm: number;
}

let decoder: Decoder;
let layout: Record<string, number>;

async function compileDecoder(): Promise<WebAssembly.Exports> {
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(
    [
      'decode-entry.ts',
      '--config',
      'none',
      '--runtime',
      'stub',
      '-O1',
      '--baseDir',
      SOURCES,
      '-o',
      'out.wasm',
    ],
    {
      readFile: (name, base) => {
        if (name === 'decode-entry.ts') return ENTRY;
        try {
          return readFileSync(`${base}/${name}`, 'utf8');
        } catch {
          return null;
        }
      },
      writeFile: (name, contents) => {
        if (name === 'out.wasm') binary = Uint8Array.from(contents as Uint8Array);
      },
    },
  );
  if (error || !binary) throw new Error(`asc: ${error?.message}\n${stderr.toString()}`);
  const imports = { env: { abort: () => undefined } };
  return (await WebAssembly.instantiate(binary, imports)).instance.exports;
}

/** Op numbers by the name of the instruction. */
function readOps(): Map<string, number> {
  const text = readFileSync(`${SOURCES}/generated/opcodes.ts`, 'utf8');
  const numbers = new Map(
    [...text.matchAll(/^ {2}([A-Z0-9_]+) = (\d+),$/gm)].map((m) => [m[1]!, Number(m[2])]),
  );
  const wide = ROWS.filter((row) => 'kind' in row && !row.aliasOf);
  return new Map(wide.map((row) => [row.name, numbers.get(row.name.toUpperCase().replaceAll('.', '_'))!]));
}

/** The record that the layout prescribes for an instruction. */
function expectedRecord(raw: number, ops: ReadonlyMap<string, number>): Record16 {
  const { X_BASE, X_SINK, F_BASE } = layout as { X_BASE: number; X_SINK: number; F_BASE: number };
  const decoded = decode(raw);
  if (!decoded) return { op: 0, rd: X_SINK, rs1: X_BASE, rs2: X_BASE, imm: 0 };
  const { instruction, operands } = decoded;
  const integer = (n: number | undefined) => (n === undefined ? undefined : X_BASE + 8 * n);
  const float = (n: number | undefined) => (n === undefined ? undefined : F_BASE + 8 * n);
  const rd = operands['rd'] === 0 ? X_SINK : (integer(operands['rd']) ?? float(operands['fd']) ?? X_SINK);
  const rs1 = integer(operands['rs1']) ?? float(operands['fs1']) ?? X_BASE;
  let rs2 = integer(operands['rs2']) ?? float(operands['fs2']) ?? X_BASE;
  let imm = operands['imm'] ?? operands['aqrl'] ?? 0;
  if (operands['rm'] !== undefined) {
    imm = operands['rm'] | (operands['fs3'] === undefined ? 0 : float(operands['fs3'])! << 16);
  }
  if (operands['csr'] !== undefined) {
    imm = operands['csr'] | ((operands['zimm5'] ?? 0) << 16);
    rs2 = operands['zimm5'] ?? operands['rs1']!;
  }
  if (/^(sfence|sinval)\.vma$/.test(instruction.name)) imm = operands['rs1']! | (operands['rs2']! << 5);
  return { op: ops.get(instruction.name)!, rd, rs1, rs2, imm };
}

function foundRecord(raw: number): Record16 {
  const op = decoder.decode(raw);
  return {
    op,
    rd: decoder.field16(layout['REC_RD']!),
    rs1: decoder.field16(layout['REC_RS1']!),
    rs2: decoder.field16(layout['REC_RS2']!),
    imm: decoder.field32(layout['REC_IMM']!),
  };
}

describe('the generated decoder', () => {
  const ops = readOps();

  beforeAll(async () => {
    const exports = await compileDecoder();
    decoder = exports as unknown as Decoder;
    const globals = Object.entries(exports).filter(([, value]) => value instanceof WebAssembly.Global);
    layout = Object.fromEntries(
      globals.map(([name, value]) => [name, Number((value as WebAssembly.Global).value)]),
    );
  }, 60_000);

  function compare(words: readonly number[]): void {
    const differences: unknown[] = [];
    for (const raw of words) {
      const expected = expectedRecord(raw, ops);
      const found = foundRecord(raw);
      if (JSON.stringify(found) !== JSON.stringify(expected))
        differences.push({ raw: raw.toString(16), expected, found });
    }
    expect(differences.slice(0, 10)).toEqual([]);
  }

  it('knows an op for every instruction', () => {
    expect([...ops.values()].every((op) => op >= 2)).toBe(true);
    expect(new Set(ops.values()).size).toBe(ops.size);
  });

  it('decodes all 16-bit encodings', () => {
    compare(Array.from({ length: 0x10000 }, (_, half) => half).filter((half) => (half & 3) !== 3));
  });

  it('looks at the low half alone of a 16-bit instruction', () => {
    compare([0x4501, 0xffff4501, 0x00014501, 0xdead0000]);
  });

  it('decodes every 32-bit instruction', () => {
    const random = randomWords(SEED);
    compare(ROWS.filter((row) => 'kind' in row).flatMap((row) => samplesOf(row, 50, random)));
  });

  it('decodes random words, legal or not', () => {
    const random = randomWords(SEED + 1);
    compare(Array.from({ length: 50_000 }, () => random() | 3));
  });
});
