/** Shared folders of machines in worker threads, whose content is on this one. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assemble } from '../../src/assembler/assembler.ts';
import { createMachine, DescriptionError, MemoryFileSystem } from '../../src/bindings/node/index.ts';
import { assembleConformance, readRuntime } from '../../src/conformance/program.ts';
import { isConforming, parseReport } from '../../src/conformance/report.ts';
import { runProgram } from '../../src/conformance/run.ts';
import { JIT } from '../support/jit-mode.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../spec/conformance/${name}`, import.meta.url), 'utf8');
const program = assembleConformance(readRuntime(read), { name: 'virtio-9p', text: read('virtio-9p.s') });

test('files go there and back, and so do errors', async () => {
  const text = await runProgram(program, (description, options) =>
    createMachine(description, { ...options, jit: JIT, worker: true }),
  );
  const results = parseReport(program, text);
  expect(results.length).toBeGreaterThan(50);
  expect(results.filter((result) => !isConforming(result))).toEqual([]);
});

test.each([true, false])('what is open is closed when the machine ends (worker: %s)', async (worker) => {
  const files = new MemoryFileSystem({ clock: Date });
  files.writeFile('file', 'from the host');
  const opened: string[] = [];
  const open = files.open.bind(files);
  files.open = async (path, options) => {
    const file = await open(path, options);
    opened.push('open');
    return { ...file, close: () => (opened.push('close'), file.close()) };
  };
  const description = { hartware: 1, memory: '16M', boot: { firmware: 'program' } } as const;
  const machine = await createMachine(
    { ...description, shares: [{ tag: 'kit' }] },
    { files: { program: program.bytes }, shares: { kit: files }, worker, jit: JIT },
  );
  await machine.run();
  await machine.dispose();
  expect(opened.filter((what) => what === 'close')).toHaveLength(opened.length / 2);
  expect(opened.length).toBeGreaterThan(4);
});

test.each([true, false])('a machine without what it shares is not made (worker: %s)', async (worker) => {
  const description = { hartware: 1, memory: '16M', boot: { firmware: 'program' } } as const;
  const files = { program: assemble('wfi').bytes };
  await expect(
    createMachine({ ...description, shares: [{ tag: 'host' }] }, { files, worker }),
  ).rejects.toThrow('nothing is shared as "host": pass its backend as shares["host"]');
});

test.each([true, false])(
  'what is not shared is told with all else that is wrong (worker: %s)',
  async (worker) => {
    const description = {
      hartware: 1,
      harts: 9,
      boot: { kernel: 'none' },
      shares: [{ tag: 'there' }, { tag: 'host' }, { tag: 'no tag' }],
    } as const;
    const shares = { there: new MemoryFileSystem({ clock: Date }) };
    const error: unknown = await createMachine(description, { shares, worker }).catch(
      (error: unknown) => error,
    );
    expect(error).toBeInstanceOf(DescriptionError);
    expect((error as DescriptionError).errors.map(({ path }) => path)).toEqual([
      'harts',
      'shares[2].tag',
      'boot.kernel',
      'shares[1]',
    ]);
  },
);
