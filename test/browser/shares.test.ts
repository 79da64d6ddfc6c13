/** Shared folders in a browser: files in memory, and directories of the origin private file system. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { assembleConformance, readRuntime } from '../../src/conformance/program.ts';
import { isConforming, parseReport } from '../../src/conformance/report.ts';
import { hasChromium } from './chromium.ts';
import { useSite } from './site.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../spec/conformance/${name}`, import.meta.url), 'utf8');
const program = assembleConformance(readRuntime(read), { name: 'virtio-9p', text: read('virtio-9p.s') });

/** Runs the program with the file that it expects; what it printed, and the names that are left. */
function run(
  page: Page,
  kind: 'memory' | 'directory',
  worker: boolean,
): Promise<{ text: string; left: string[] }> {
  return page.evaluate(
    async ({ kind, worker, program }) => {
      const { createMachine, DirectoryFileSystem, MemoryFileSystem } = globalThis.hartware;
      const root = await navigator.storage.getDirectory();
      const directory = await root.getDirectoryHandle(`share ${worker}`, { create: true });
      const writable = await (await directory.getFileHandle('file', { create: true })).createWritable();
      await writable.write('from the host');
      await writable.close();
      const memory = new MemoryFileSystem({ clock: Date });
      memory.writeFile('file', 'from the host');
      const backend = kind === 'memory' ? memory : new DirectoryFileSystem(directory);
      const machine = await createMachine(
        { hartware: 1, memory: '16M', boot: { firmware: 'program' }, shares: [{ tag: 'kit' }] },
        { worker, files: { program }, shares: { kit: backend } },
      );
      await machine.start();
      const output = machine.serial.output as ReadableStream<Uint8Array<ArrayBuffer>>;
      const text = await new Response(output).text();
      await machine.dispose();
      return { text, left: (await backend.list([])).map(({ name }) => name) };
    },
    { kind, worker, program: program.bytes },
  );
}

describe.skipIf(!hasChromium)('a shared folder in a browser', () => {
  const site = useSite();

  test.each([
    ['memory', true],
    ['memory', false],
    ['directory', true],
    ['directory', false],
  ] as const)('of %s does what the specification says (worker: %s)', async (kind, worker) => {
    const { text, left } = await run(await site.open(), kind, worker);
    const results = parseReport(program, text);
    expect(results.length).toBeGreaterThan(50);
    // A browser removes no file that is open, which the program's is.
    const isOpen = (id: string): boolean => kind === 'directory' && id.startsWith('9p.unlink');
    expect(results.filter((result) => !isConforming(result) && !isOpen(result.id))).toEqual([]);
    expect(left).toContain('file');
  });

  test('a directory is read, written, renamed and removed', async () => {
    const page = await site.open();
    const found = await page.evaluate(async () => {
      const { DirectoryFileSystem } = globalThis.hartware;
      const root = await (
        await navigator.storage.getDirectory()
      ).getDirectoryHandle('work', { create: true });
      const files = new DirectoryFileSystem(root);
      const seen: Record<string, unknown> = {};
      const errno = (work: Promise<unknown>): Promise<unknown> =>
        work.then(
          () => 'done',
          (error: Error & { errno?: string }) => error.errno ?? error.message,
        );
      const create = { mode: 0o644, exclusive: true };
      const options = { access: 'read-write', truncate: false, create } as const;
      await files.makeDirectory(['a']);
      await files.makeDirectory(['a', 'b']);
      seen.again = await errno(files.makeDirectory(['a']));
      const file = await files.open(['a', 'b', 'file'], options);
      seen.exclusive = await errno(files.open(['a', 'b', 'file'], options));
      await file.write(5, new TextEncoder().encode('world'));
      await file.write(0, new TextEncoder().encode('hello'));
      seen.size = (await file.status()).size;
      const into = new Uint8Array(20);
      seen.count = await file.read(0, into);
      seen.text = new TextDecoder().decode(into.subarray(0, 10));
      await file.change({ size: 7 });
      await file.write(9, Uint8Array.of(33));
      seen.busy = await errno(files.remove(['a', 'b', 'file'], false));
      await file.close();
      const bytes = new Uint8Array(
        await (
          await (
            await (await (await root.getDirectoryHandle('a')).getDirectoryHandle('b')).getFileHandle('file')
          ).getFile()
        ).arrayBuffer(),
      );
      seen.stored = [...bytes];
      seen.full = await errno(files.remove(['a'], true));
      seen.kind = await errno(files.remove(['a'], false));
      await files.rename(['a', 'b', 'file'], ['a', 'moved']);
      await files.rename(['a'], ['c']);
      seen.inside = await errno(files.rename(['c'], ['c', 'b', 'x']));
      seen.moved = (await files.list(['c'])).map(({ name, kind }) => `${kind} ${name}`).sort();
      seen.movedSize = (await files.status(['c', 'moved'])).size;
      seen.missing = await errno(files.status(['a']));
      seen.below = await errno(files.status(['c', 'moved', 'x']));
      seen.owner = await errno(files.change(['c'], { userId: 7 }));
      await files.change(['c'], { mode: 0o700 });
      await files.remove(['c', 'moved'], false);
      await files.remove(['c', 'b'], true);
      await files.remove(['c'], true);
      seen.left = await files.list([]);
      return seen;
    });
    expect(found).toEqual({
      again: 'EEXIST',
      exclusive: 'EEXIST',
      size: 10,
      count: 10,
      text: 'helloworld',
      busy: 'EBUSY',
      stored: [...Buffer.from('hellowo\0\0!')],
      full: 'ENOTEMPTY',
      kind: 'EISDIR',
      inside: 'EINVAL',
      moved: ['directory b', 'file moved'],
      movedSize: 10,
      missing: 'ENOENT',
      below: 'ENOTDIR',
      owner: 'EPERM',
      left: [],
    });
  });
});
