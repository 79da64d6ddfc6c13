/** `hartware/disks` and drives in a page: files that the user chose, IndexedDB, URLs. */
import type * as hartware from '../../src/bindings/browser/index.ts';
import type * as Disks from '../../src/bindings/browser/disks.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assemble } from '../../src/assembler/assembler.ts';
import { FileServer } from '../disks/http/server.ts';
import { virtioCopy } from '../support/virtio-copy.ts';
import { hasChromium } from './chromium.ts';
import { useSite } from './site.ts';

declare global {
  // What the page imports.
  var disks: typeof Disks;
}

describe.skipIf(!hasChromium)('disks in a page', () => {
  const site = useSite();
  let remote: FileServer;
  let url: string;
  beforeAll(async () => {
    remote = new FileServer(
      Uint8Array.from({ length: 300_032 }, (_, index) => (index * 7 + (index >> 9)) & 0xff),
    );
    url = await remote.start();
  });
  afterAll(() => remote.stop());

  const openPage = async () => {
    site.server.replies.set('/disks/', {
      body: '<!doctype html><script type="module" src="/disks/page.js"></script>',
    });
    site.server.replies.set('/disks/page.js', {
      body: "import * as hartware from '/dist/browser.js'; import * as disks from '/dist/disks.js'; Object.assign(globalThis, { hartware, disks });",
    });
    const page = await site.browser.newPage();
    await page.goto(site.server.url('/disks/'));
    await page.waitForFunction(() => 'disks' in globalThis);
    return page;
  };

  test('a file in IndexedDB is what was flushed, and belongs to one machine', async () => {
    const page = await openPage();
    const result = await page.evaluate(async () => {
      const { IndexedDbImageFile, MemoryImageFile, openDisk } = globalThis.disks;
      const file = await IndexedDbImageFile.open('home');
      const model = new MemoryImageFile();
      let seed = 1;
      const random = (below: number): number => {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
        return (seed >>> 8) % below;
      };
      const same = async (): Promise<boolean> => {
        const [ours, theirs] = [new Uint8Array(file.size), new Uint8Array(model.size)];
        await Promise.all([file.read(0, ours), model.read(0, theirs)]);
        return ours.length === theirs.length && ours.every((byte, index) => byte === theirs[index]);
      };
      const equal: boolean[] = [];
      for (let round = 0; round < 6; round++) {
        const writes: Promise<void>[] = [];
        for (let i = 0; i < 12; i++) {
          const [offset, length] = [random(600_000), 1 + random(200_000)];
          const bytes = new Uint8Array(length).fill(1 + random(255));
          writes.push(file.write(offset, bytes));
          await model.write(offset, bytes);
        }
        await Promise.all(writes);
        if (round % 2) await file.flush();
        const size = 100_000 + random(700_000);
        await Promise.all([file.truncate(size), model.truncate(size)]);
        equal.push(await same());
      }
      const second = await IndexedDbImageFile.open('home').catch((error: Error) => error.message);
      await file.close();
      const again = await openDisk('indexeddb:home', { format: 'raw' });
      const kept = new Uint8Array(model.size);
      await again.read(0, kept);
      const expected = new Uint8Array(model.size);
      await model.read(0, expected);
      await again.close();
      await IndexedDbImageFile.delete('home');
      const gone = await IndexedDbImageFile.open('home');
      const { size } = gone;
      await gone.close();
      return { equal, second, kept: kept.every((byte, index) => byte === expected[index]), size };
    });
    expect(result).toEqual({
      equal: [true, true, true, true, true, true],
      second: 'indexeddb:home is in use by another page or machine',
      kept: true,
      size: 0,
    });
    await page.close();
  });

  test('a chosen file and a URL are read in place', async () => {
    const page = await openPage();
    const result = await page.evaluate(async (url) => {
      const { openDisk, openUrl, compareImages } = globalThis.disks;
      const { FetchError } = globalThis.hartware as unknown as typeof hartware;
      const bytes = Uint8Array.from({ length: 300_032 }, (_, index) => (index * 7 + (index >> 9)) & 0xff);
      const chosen = await openDisk(new File([bytes], 'chosen.img'));
      const behind = await openDisk(await openUrl(url));
      const difference = await compareImages(chosen, behind);
      const error: unknown = await openDisk(`${location.origin}/none.img`).catch((error: unknown) => error);
      await Promise.all([chosen.close(), behind.close()]);
      return {
        name: chosen.file.name,
        difference,
        isOurs: error instanceof FetchError,
        error: String(error),
      };
    }, url);
    expect(result).toEqual({
      name: 'chosen.img',
      difference: undefined,
      isOurs: true,
      error: `FetchError: cannot read ${site.server.url('/none.img')}: the server answers with status 404: there is no such file`,
    });
    await page.close();
  });

  test('what is downloaded is kept: by a page in IndexedDB, by a worker in its own file system', async () => {
    const page = await openPage();
    const read = `async (disks, store, url) => {
      const file = await disks.openUrl(url, { store });
      const bytes = new Uint8Array(200_000);
      await file.read(100_000, bytes);
      await file.close();
      return [file.downloaded, bytes.reduce((sum, byte) => sum + byte)];
    }`;
    site.server.replies.set('/disks/worker.js', {
      body: `import { createOpfsDisk } from '/dist/browser.js'; import * as disks from '/dist/disks.js';
        const read = ${read};
        onmessage = async ({ data: url }) => {
          await createOpfsDisk('chunks', 512);
          const once = async () => read(disks, await disks.OpfsImageFile.open('chunks', false), url);
          postMessage([await once(), await once()]);
        };`,
    });
    const [inPage, inWorker] = await page.evaluate(
      async ({ read, url }) => {
        const { disks } = globalThis;
        const readIn = eval(read) as (...args: unknown[]) => Promise<number[]>;
        const once = async () => readIn(disks, await disks.IndexedDbImageFile.open('chunks'), url);
        const inPage = [await once(), await once()];
        const worker = new Worker('/disks/worker.js', { type: 'module' });
        const inWorker = await new Promise<number[][]>((resolve, reject) => {
          worker.onmessage = ({ data }) => resolve(data as number[][]);
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.postMessage(url);
        });
        worker.terminate();
        return [inPage, inWorker];
      },
      { read: `(${read})`, url },
    );
    const sum = remote.content.subarray(100_000, 300_000).reduce((all, byte) => all + byte);
    // The start of the file says each time which version it is.
    const expected = [
      [300_032, sum],
      [65_536, sum],
    ];
    expect([inPage, inWorker]).toEqual([expected, expected]);
    await page.close();
  });

  test.each([true, false])('a machine has them as drives (worker: %s)', async (worker) => {
    const page = await openPage();
    const result = await page.evaluate(
      async ({ program, url, worker }) => {
        const { createMachine } = globalThis.hartware as unknown as typeof hartware;
        const { IndexedDbImageFile } = globalThis.disks;
        const name = `copy-${worker}`;
        const file = await IndexedDbImageFile.open(name);
        await file.write(0, new Uint8Array(8192).fill(9, 0, 512));
        await file.close();
        const describe = (drive: object) =>
          ({ hartware: 1, memory: '16M', boot: { firmware: 'program' }, drives: [drive] }) as never;
        const options = { worker, files: { program } };
        const machine = await createMachine(describe({ file: `indexeddb:${name}` }), options as never);
        const { reason } = await machine.run();
        await machine.dispose();
        const again = await IndexedDbImageFile.open(name);
        const copied = new Uint8Array(512);
        await again.read(1024, copied);
        await again.close();
        // The copy is refused by a drive that cannot be written to, which the program does not mind.
        const remote = await createMachine(describe({ file: url, readOnly: true }), options as never);
        const stop = await remote.run();
        await remote.dispose();
        const refused = await createMachine(describe({ file: url }), options as never).catch(
          (error: Error) => `${error.name}: ${error.message}`,
        );
        return { reason, copied: copied.every((byte) => byte === 9), stop: stop.reason, refused };
      },
      { program: assemble(virtioCopy()).bytes, url, worker },
    );
    expect(result).toMatchObject({ reason: 'ended', copied: true });
    expect(result.stop).toBe('ended');
    expect(result.refused).toMatch(/^FetchError: cannot write to http.*: give "readOnly"/);
    await page.close();
  });
});
