import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  emitterName,
  executorName,
  readExports,
  regionsFor,
  replaceRegions,
} from '../../../tools/generate/dispatch.ts';
import { findStale, generate } from '../../../tools/generate/generate.ts';
import { readTables } from '../../../tools/generate/tables.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('generate', () => {
  it('finds every generated file up to date', async () => {
    const outputs = await generate(root);
    expect(outputs.size).toBeGreaterThanOrEqual(7);
    expect(findStale(root, outputs)).toEqual([]);
  });

  it('notices a file that differs or is missing', () => {
    const outputs = new Map([
      ['package.json', 'something else'],
      ['no/such/file.ts', ''],
    ]);
    expect(findStale(root, outputs)).toEqual(['package.json', 'no/such/file.ts']);
  });
});

describe('replaceRegions', () => {
  const text = 'a\n  // <generated:x>\n  old\n  // </generated:x>\nb\n';

  it('replaces what stands between the markers, in their indentation', () => {
    const expected = 'a\n  // <generated:x>\n  one\n  $1\n  // </generated:x>\nb\n';
    expect(replaceRegions(text, new Map([['x', ['one', '$1']]]))).toBe(expected);
    expect(replaceRegions(expected, new Map([['x', ['one', '$1']]]))).toBe(expected);
  });

  it('leaves a text without the region alone', () => {
    expect(replaceRegions(text, new Map([['y', ['one']]]))).toBe(text);
  });
});

describe('regionsFor', () => {
  const tables = readTables(`${root}spec/tables`);
  const exports = readExports(`${root}assembly/isa`);
  const caseOf = (lines: readonly string[] | undefined, op: string) =>
    lines?.filter((line) => line.startsWith(`case Op.${op}:`));

  it('imports an executor from the file that exports it', () => {
    expect(exports.get('executeFcvtWS')).toBe('f-convert');
    const regions = regionsFor(
      'assembly/hart/run.ts',
      tables,
      new Map([...exports, ['executeAdd', 'moved']]),
    );
    expect(regions.get('imports')).toContain("import * as fConvert from '../isa/f-convert';");
    expect(regions.get('imports')).toContain("import * as moved from '../isa/moved';");
    expect(caseOf(regions.get('cases'), 'ADD')).toEqual([
      'case Op.ADD: moved.executeAdd(h, r); r += RECORD_SIZE; continue;',
    ]);
  });

  it('names an executor that no file exports', () => {
    const without = new Map(exports);
    without.delete('executeAdd');
    expect(() => regionsFor('assembly/hart/run.ts', tables, without)).toThrow(/executeAdd/);
  });

  it('emits what has an emitter, and fences', () => {
    const file = 'assembly/jit/emit-instruction.ts';
    const regions = regionsFor(file, tables, new Map([['emitAdd', 'rv64i']]));
    expect([...regions.entries()]).toEqual([
      ['imports', ["import * as rv64i from '../isa/rv64i';"]],
      ['ops', ['case Op.ADD: case Op.FENCE:']],
      ['cases', ['case Op.ADD: rv64i.emitAdd(r); return true;', 'case Op.FENCE: return true;']],
    ]);
  });

  it('emits neither jumps nor system instructions', () => {
    const all = new Map(tables.instructions.map((row) => [emitterName(row.name), row.file]));
    const regions = regionsFor('assembly/jit/emit-instruction.ts', tables, all);
    expect(caseOf(regions.get('cases'), 'FADD_D')).toHaveLength(1);
    expect(caseOf(regions.get('cases'), 'JALR')).toHaveLength(0);
    expect(caseOf(regions.get('cases'), 'CSRRW')).toHaveLength(0);
  });
});

describe('executorName', () => {
  it('joins the parts of a name', () => {
    expect(executorName('add')).toBe('executeAdd');
    expect(executorName('fcvt.w.s')).toBe('executeFcvtWS');
    expect(executorName('sfence.inval.ir')).toBe('executeSfenceInvalIr');
  });
});
