/** Machines on the thread of a page, which are made of a file that other pages do not load. */
import { readFile } from 'node:fs/promises';
import type * as Browser from '../../src/bindings/browser/index.ts';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { greeter } from '../bindings/cli/hartware.ts';
import { hasChromium } from './chromium.ts';
import { useSite } from './site.ts';

const description = { hartware: 1, memory: '16M', boot: { firmware: 'program' } } as const;

/** Runs a small program; what it printed, or the error. */
function greet(page: Page, worker: boolean): Promise<string> {
  return page.evaluate(
    async ({ description, worker, program }) => {
      try {
        const machine = await globalThis.hartware.createMachine(description, { worker, files: { program } });
        await machine.start();
        return await new Response(machine.serial.output as ReadableStream<Uint8Array<ArrayBuffer>>).text();
      } catch (error) {
        const { name, message, code } = error as Error & { code: string };
        return `${name} ${code}: ${message}`;
      }
    },
    { description, worker, program: greeter('hello') },
  );
}

describe.skipIf(!hasChromium)("a machine on a page's thread", () => {
  const site = useSite();

  test('is loaded where one is made, and by no page whose machines are in workers', async () => {
    const page = await site.open();
    const loaded: string[] = [];
    page.on('request', (request) => void loaded.push(new URL(request.url()).pathname));
    expect(await greet(page, true)).toBe('hello');
    expect(loaded).not.toContain('/dist/local-machine.js');
    expect(await greet(page, false)).toBe('hello');
    expect(loaded).toContain('/dist/local-machine.js');
  });

  test('is loaded while the core is', async () => {
    const page = await site.open();
    const names = ['local-machine.js', 'core.wasm'];
    // Neither arrives before both were asked for.
    let onAsked = (): void => {};
    const asked = new Promise<void>((resolve) => (onAsked = resolve));
    let count = 0;
    for (const name of names)
      await page.route(`**/dist/${name}`, async (route) => {
        if (++count === names.length) onAsked();
        await asked;
        await route.continue();
      });
    expect(await greet(page, false)).toBe('hello');
  });

  test('throws the errors of the package, also on a host of createBrowserHost', async () => {
    const page = await site.open();
    const result = await page.evaluate(async (description) => {
      const {
        LocalMachine,
        createBrowserHost,
        ArgumentError,
        DescriptionError,
        GuestMemoryError,
        HartwareError,
      } = globalThis.hartware as unknown as typeof Browser;
      const classes = [DescriptionError, GuestMemoryError, ArgumentError, HartwareError];
      const thrownBy = (act: () => unknown) =>
        Promise.resolve()
          .then(act)
          .catch(
            (error: unknown) =>
              classes.filter((each) => error instanceof each).map(({ name }) => name).length,
          );
      const program = Uint8Array.of(0x73, 0x00, 0x50, 0x10);
      const machine = await LocalMachine.create(description, await createBrowserHost({ files: { program } }));
      return [
        machine.ram.size,
        await thrownBy(() => LocalMachine.create({ hartware: 2 }, {} as never)),
        await thrownBy(() => machine.ram.view(0n, 1)),
        await thrownBy(() => machine.harts[0].read('nonsense')),
        await thrownBy(() => createBrowserHost({ wasm: '/dist/browser.js' }).catch(() => 'core')),
      ];
    }, description);
    // Each is of its class and a HartwareError.
    expect(result).toEqual([16 << 20, 2, 2, 2, 'core']);
  });

  test('where its file is not served, the error says what to do', async () => {
    site.server.addPage('/alone/', { bundle: '/alone/browser.js' });
    for (const name of ['browser.js', 'core.wasm'])
      site.server.replies.set(`/alone/${name}`, {
        body: await readFile(new URL(`../../dist/${name}`, import.meta.url)),
      });
    const message = await greet(await site.open('/alone/'), false);
    expect(message).toMatch(/^FetchError FETCH: .*dist\/local-machine\.js.*beside the bundle/);
  });
});
