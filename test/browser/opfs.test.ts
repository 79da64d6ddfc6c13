/** Disks in the origin private file system: what a machine wrote is there for the next page. */
import { describe, expect, test } from 'vitest';
import { assemble } from '../../src/assembler/assembler.ts';
import { virtioCopy } from '../support/virtio-copy.ts';
import { hasChromium } from './chromium.ts';
import { useSite } from './site.ts';

const description = { hartware: 1, memory: '16M', boot: { firmware: 'program' } } as const;

describe.skipIf(!hasChromium)('a disk that stays', () => {
  const site = useSite();

  test('is made once, written by a machine, and read by the next one', async () => {
    const context = await site.browser.newContext();
    const program = assemble(virtioCopy()).bytes;
    const page = await context.newPage();
    const open = async (): Promise<void> => {
      await page.goto(site.server.url('/'));
      await page.waitForFunction(() => 'hartware' in globalThis);
    };
    await open();
    const made = await page.evaluate(
      async ({ description, program }) => {
        const { createMachine, createOpfsDisk } = globalThis.hartware;
        const isNew = await createOpfsDisk('disk', 8192, () => new Uint8Array(512).fill(7));
        const again = await createOpfsDisk('disk', 4096);
        const machine = await createMachine(
          { ...description, drives: [{ file: 'opfs:disk' }] },
          { worker: true, files: { program } },
        );
        // Two machines do not write to one disk.
        const second = await createMachine(
          { ...description, drives: [{ file: 'opfs:disk' }] },
          { worker: true, files: { program } },
        ).catch((error: Error) => `${error.name}: ${error.message}`);
        const stop = await machine.run();
        await machine.dispose();
        return { isNew, again, stop: stop.reason, second };
      },
      { description, program },
    );
    expect(made).toMatchObject({ isNew: true, again: false, stop: 'ended' });
    expect(made.second).toMatch(/^FetchError: cannot open opfs:disk: /);

    await open();
    const kept = await page.evaluate(async () => {
      const directory = await navigator.storage.getDirectory();
      const file = await (await directory.getFileHandle('disk')).getFile();
      return { size: file.size, copied: [...new Uint8Array(await file.arrayBuffer()).subarray(1024, 1536)] };
    });
    expect(kept).toEqual({ size: 8192, copied: new Array<number>(512).fill(7) });

    const messages = await page.evaluate(
      async ({ description, program }) => {
        const { createMachine, createOpfsDisk, deleteOpfsDisk } = globalThis.hartware;
        const failure = (error: Error): string => error.message;
        await deleteOpfsDisk('disk');
        await deleteOpfsDisk('disk');
        const make = (worker: boolean) =>
          createMachine(
            { ...description, drives: [{ file: 'opfs:disk' }] },
            { worker, files: { program } },
          ).then(() => 'made', failure);
        const gone = await make(true);
        const size = await createOpfsDisk('disk', 100).catch(failure);
        await createOpfsDisk('disk', 4096);
        return { gone, size, page: await make(false) };
      },
      { description, program },
    );
    expect(messages).toEqual({
      gone: 'there is no disk opfs:disk: createOpfsDisk makes one',
      size: 'expected a size in whole sectors of 512 bytes, found 100',
      page: 'cannot open opfs:disk on this thread: browsers allow it in workers only',
    });
    await context.close();
  });
});
