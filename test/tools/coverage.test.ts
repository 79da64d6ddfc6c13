/** The table of which clause is checked by what (tools/generate/coverage.ts). */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { readRuntime } from '../../src/conformance/program.ts';
import { coverageTable } from '../../tools/generate/coverage.ts';

const MACROS = '.macro check id\n check.\\id: nop\n .endm\n';
const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function table(chapter: string, program: string, deviations = '{}'): string {
  const spec = mkdtempSync(join(tmpdir(), 'hartware-coverage-'));
  directories.push(spec);
  for (const folder of ['machine', 'conformance', 'conformance/runtime']) mkdirSync(join(spec, folder));
  writeFileSync(join(spec, 'machine/a.md'), chapter);
  readRuntime((file) => {
    writeFileSync(join(spec, 'conformance', file), file === 'runtime/macros.s' ? MACROS : '');
    return '';
  });
  writeFileSync(join(spec, 'conformance/p.s'), `#: {}\n${program}`);
  writeFileSync(join(spec, 'conformance/deviations.json'), deviations);
  return coverageTable(spec, '');
}

it('has the checks of each clause, by the longest name', () => {
  const text = table(
    '# A\n\n- `a.b`, `a.b.c`: MUST.\n- `d`: may `e.f`: be.\n',
    'check a.b.x\n check a.b.c\n check d.y.z',
  );
  expect(text).toContain('3 clauses, 3 checks');
  expect(text).toContain('| [a.b](machine/a.md) | x |');
  expect(text).toContain('| [a.b.c](machine/a.md) | itself |');
  expect(text).toContain('| [d](machine/a.md) | y.z |');
});

it('has what others are known to do otherwise', () => {
  const list = (check: string) => JSON.stringify({ 'qemu 7.2': { [check]: 'does not' } });
  expect(table('- `a`: MUST.', 'check a.b', list('a.b'))).toContain(
    '## Known deviations of QEMU 7.2\n\n| check | what it does |\n|---|---|\n| a.b | does not |',
  );
  expect(() => table('- `a`: MUST.', 'check a.b', list('a.c'))).toThrow('expected a check, found a.c');
});

it.each([
  ['- `a.b`: MUST.', 'nop', 'expected a check of a.b'],
  ['- `a.b`: MUST.', 'check a.b\n check a.c', 'expected a clause for the check a.c'],
  ['- `a.b`: MUST.\n- `a.b`: MUST.', 'check a.b', 'expected a.b once'],
])('%j and %j do not fit', (chapter, program, message) => {
  expect(() => table(chapter, program)).toThrow(message);
});
