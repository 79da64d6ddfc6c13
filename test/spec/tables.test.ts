import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readTables } from '../../tools/generate/tables.ts';

const tables = readTables(fileURLToPath(new URL('../../spec/tables', import.meta.url)));
type Row = { name: string; mask: number; match: number; aliasOf?: string; specialises?: string };

/** Whether `row` says, itself or over others, that its encodings are among those of `general`. */
function isDeclared(row: Row, general: Row, rows: readonly Row[]): boolean {
  const other = rows.find((each) => each.name === (row.specialises ?? row.aliasOf));
  return other !== undefined && (other === general || isDeclared(other, general, rows));
}

/** Pairs of rows that share an encoding, except those that say so. */
function findOverlaps(rows: readonly Row[]): string[] {
  const overlaps: string[] = [];
  rows.forEach((a, i) => {
    for (const b of rows.slice(i + 1)) {
      if (((a.match ^ b.match) & a.mask & b.mask) !== 0) continue;
      if (!isDeclared(a, b, rows) && !isDeclared(b, a, rows)) overlaps.push(`${a.name} and ${b.name}`);
    }
  });
  return overlaps;
}

describe('the instruction tables', () => {
  const all: Row[] = [...tables.instructions, ...tables.compressed];

  it('have no two rows with an encoding in common', () => {
    expect(findOverlaps(tables.instructions)).toEqual([]);
    expect(findOverlaps(tables.compressed)).toEqual([]);
  });

  it('would show an overlap', () => {
    const add = { name: 'add', mask: 0xfe00707f, match: 0x33 };
    expect(findOverlaps([add, { name: 'other', mask: 0x7f, match: 0x33 }])).toEqual(['add and other']);
  });

  it('name each instruction once', () => {
    expect(new Set(all.map((row) => row.name)).size).toBe(all.length);
  });

  it('keep each match within its mask, and each length apart', () => {
    for (const row of all) expect((row.match & ~row.mask) >>> 0, row.name).toBe(0);
    for (const row of tables.instructions) expect(row.match & row.mask & 3, row.name).toBe(3);
    for (const row of tables.compressed)
      expect((row.mask & 3) === 3 && (row.match & 3) !== 3, row.name).toBe(true);
  });

  it('specialise with masks that fix more, and alias rows that exist', () => {
    for (const row of all) {
      const other = row.specialises ?? row.aliasOf;
      if (other === undefined) continue;
      const general = all.find((each) => each.name === other);
      expect(general, row.name).toBeDefined();
      expect(row.mask & general!.mask, row.name).toBe(general!.mask | 0);
      expect((row.match & general!.mask) >>> 0, row.name).toBe(general!.match);
    }
  });

  it('give every free bit of an instruction to an operand', () => {
    // These ignore what stands in their other fields.
    const ignoring = new Set(['fence', 'fence.tso', 'fence.i']);
    for (const row of tables.instructions) {
      if (ignoring.has(row.name)) continue;
      let used = row.mask;
      for (const operand of row.operands) {
        for (const { high, low } of tables.fields.get(operand)!.pieces)
          used |= (2 ** (high - low + 1) - 1) << low;
      }
      expect(used >>> 0, row.name).toBe(0xffffffff);
    }
    for (const row of tables.compressed) {
      let used = row.mask;
      for (const source of Object.values(row.sources)) {
        const pieces = tables.compressedFields.get(String(source))?.pieces ?? [];
        for (const { high, low } of pieces) used |= (2 ** (high - low + 1) - 1) << low;
      }
      expect(used, row.name).toBe(0xffff);
    }
  });
});

describe('the CSR table', () => {
  it('names each number once', () => {
    expect(new Set(tables.csrs.map((csr) => csr.number)).size).toBe(tables.csrs.length);
    expect(new Set(tables.csrs.map((csr) => csr.name)).size).toBe(tables.csrs.length);
  });

  it('has the numbers of the privileged specification', () => {
    const number = (name: string) => tables.csrs.find((csr) => csr.name === name)?.number;
    expect(number('hpmcounter31')).toBe(0xc1f);
    expect(number('mhpmevent31')).toBe(0x33f);
    expect(number('mhpmcounter3')).toBe(0xb03);
    expect(number('pmpcfg14')).toBe(0x3ae);
    expect(number('pmpaddr63')).toBe(0x3ef);
    expect(number('pmpcfg1')).toBeUndefined();
  });

  it('has no overlapping fields', () => {
    for (const csr of tables.csrs) {
      let used = 0n;
      for (const { name, high, low } of csr.fields) {
        const mask = ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);
        expect(used & mask, `${csr.name}.${name}`).toBe(0n);
        used |= mask;
      }
    }
  });
});

describe('the memory map', () => {
  it('has no overlapping regions', () => {
    const spans = tables.regions.flatMap((region) =>
      Array.from({ length: region.count ?? 1 }, (_, i) => {
        const start = region.base + i * (region.step ?? 0);
        return { name: region.name, start, end: start + (region.size ?? 2 ** 32) };
      }),
    );
    spans.sort((a, b) => a.start - b.start);
    for (let i = 1; i < spans.length; i++) {
      expect(spans[i]!.start, `${spans[i - 1]!.name} and ${spans[i]!.name}`).toBeGreaterThanOrEqual(
        spans[i - 1]!.end,
      );
    }
  });

  it('gives each interrupt source to one device', () => {
    const sources = tables.regions.flatMap(({ irq, count, irqs }) =>
      irq === undefined ? [] : Array.from({ length: count ?? irqs ?? 1 }, (_, i) => irq + i),
    );
    expect(sources.length).toBeGreaterThan(9);
    expect(new Set(sources).size).toBe(sources.length);
  });
});
