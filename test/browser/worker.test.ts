/** Machines in workers of a page: the package's default there. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { echoer, greeter } from '../bindings/cli/hartware.ts';
import { hasChromium } from './chromium.ts';
import { counter } from './programs.ts';
import { useSite } from './site.ts';

const description = { hartware: 1, memory: '16M', boot: { firmware: 'program' } } as const;

/** Runs a small program in a worker; what it printed, or the error. */
function greet(page: Page, worker: string | true = true, program = greeter('hello')): Promise<string> {
  return page.evaluate(
    async ({ description, worker, program }) => {
      try {
        const machine = await globalThis.hartware.createMachine(description, { worker, files: { program } });
        await machine.start();
        const output = machine.serial.output as ReadableStream<Uint8Array<ArrayBuffer>>;
        const text = await new Response(output).text();
        await machine.dispose();
        return text;
      } catch (error) {
        const { name, message, code } = error as Error & { code: string };
        return `${name} ${code}: ${message}`;
      }
    },
    { description, worker, program },
  );
}

describe.skipIf(!hasChromium)('a machine in a worker of a page', () => {
  const site = useSite();
  const dist = (name: string) => readFile(new URL(`../../dist/${name}`, import.meta.url));

  test('runs there by itself, without cross-origin isolation', async () => {
    const page = await site.open();
    const workers: string[] = [];
    page.on('worker', (worker) => workers.push(worker.url()));
    expect(await greet(page)).toBe('hello');
    expect(workers).toEqual([site.server.url('/dist/worker.js')]);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    // Disposed of, it is gone.
    await expect.poll(() => page.workers().length, { timeout: 30_000 }).toBe(0);
  });

  test('steps, pauses and goes on, with registers and memory in reach', async () => {
    const page = await site.open();
    const result = await page
      .evaluate(
        async ({ description, program, count }) => {
          const { createMachine } = globalThis.hartware;
          const machine = await createMachine(description, { worker: true, files: { program } });
          await machine.step(3);
          const registers = await machine.harts[0].registers();
          const watch = await machine.addWatchpoint(count, { access: 'write' });
          const seen = await machine.run();
          await watch.remove();
          const bytes = await machine.memory.read(count, 8);
          const error = await machine.start().catch((caught: Error) => `${caught.name}: ${caught.message}`);
          const isOurs =
            (await machine.harts[0].read('nonsense').catch((caught: unknown) => caught)) instanceof
            globalThis.hartware.ArgumentError;
          await machine.dispose();
          return { x: registers.x.slice(9, 10), seen, bytes: bytes.length, error, isOurs };
        },
        { description, program: counter().bytes, count: counter().symbols.get('count')! },
      )
      .catch((error: unknown) => error as Error);
    expect(result).toMatchObject({ x: [11n], bytes: 8, isOurs: true });
    expect((result as { seen: unknown }).seen).toMatchObject({ reason: 'watchpoint', access: 'write' });
    expect((result as { error: string }).error).toMatch(/^StateError: .*resume\(\)/);
  });

  test('takes input, drives and files of the page, and its output goes to another worker', async () => {
    const page = await site.open();
    const result = await page.evaluate(
      async ({ description, program }) => {
        const { createMachine, MemoryBlockBackend } = globalThis.hartware;
        const log: string[] = [];
        const machine = await createMachine(
          { ...description, drives: [{ file: 'disk' }] },
          {
            worker: true,
            files: { program: () => program.slice() },
            drives: { disk: new MemoryBlockBackend(new Uint8Array(4096)) },
            log: (message) => void log.push(message),
          },
        );
        const script = `onmessage = async ({ data }) => postMessage(await new Response(data).text());`;
        const worker = new Worker(URL.createObjectURL(new Blob([script])));
        const output = machine.serial.output as ReadableStream<Uint8Array<ArrayBuffer>>;
        const heard = new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
        worker.postMessage(output, [output]);
        await machine.start();
        const writer = machine.serial.input.getWriter();
        await writer.write(new TextEncoder().encode('Hartware.'));
        const exit = await machine.ended;
        return { heard: await heard, exit, log };
      },
      { description, program: echoer() },
    );
    expect(result).toEqual({
      heard: 'ready\nHARTWARE',
      exit: { reason: 'power-off', code: 0 },
      log: [],
    });
  });

  test('uses the script that it is given', async () => {
    site.server.addPage('/bundled/', { bundle: '/bundled/assets/app.js' });
    site.server.replies.set('/bundled/assets/app.js', { body: await dist('browser.js') });
    site.server.replies.set('/bundled/assets/core.wasm', { body: await dist('core.wasm') });
    site.server.replies.set('/elsewhere/machine.js', { body: await dist('worker.js') });
    const page = await site.open('/bundled/');
    expect(await greet(page, '/elsewhere/machine.js')).toBe('hello');
    // And says what to do where it is not there.
    const message = await greet(page);
    expect(message).toMatch(/^WorkerError WORKER: .*serve dist\/worker\.js.*option "worker"/);
  });

  test('works under a policy that allows WebAssembly, workers of its own, and no eval', async () => {
    const headers = {
      'content-security-policy':
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'",
    };
    site.server.addPage('/strict/', { bundle: '/strict/browser.js', headers });
    for (const name of ['browser.js', 'worker.js', 'core.wasm'])
      site.server.replies.set(`/strict/${name}`, { body: await dist(name), headers });
    expect(await greet(await site.open('/strict/'))).toBe('hello');
  });

  test('a policy that forbids workers, or compiling in them, is met', async () => {
    const headers = { 'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'" };
    site.server.addPage('/none/', { headers });
    expect(await greet(await site.open('/none/'))).toMatch(/^WorkerError WORKER: .*worker-src/);

    // Where the worker's own policy forbids it, the guest is interpreted.
    site.server.addPage('/interpreted/', { bundle: '/interpreted/browser.js' });
    for (const name of ['browser.js', 'core.wasm'])
      site.server.replies.set(`/interpreted/${name}`, { body: await dist(name) });
    site.server.replies.set('/interpreted/worker.js', {
      body: await dist('worker.js'),
      headers: { 'content-security-policy': "script-src 'self'" },
    });
    const page = await site.open('/interpreted/');
    const state = await page.evaluate(
      async ({ description, program }) => {
        const { createMachine } = globalThis.hartware;
        const machine = await createMachine(description, {
          worker: true,
          files: { program },
          jit: { mode: 'on' },
        });
        await machine.start();
        let state = '';
        while (state !== 'refused') state = (await machine.statistics()).jit.state;
        await machine.dispose();
        return state;
      },
      { description, program: counter().bytes },
    );
    expect(state).toBe('refused');
  });

  test('errors of making it arrive', async () => {
    const page = await site.open();
    const messages = await page.evaluate(async () => {
      const make = (description: unknown) =>
        globalThis.hartware
          .createMachine(description as never, { worker: true })
          .then(() => 'made')
          .catch((error: Error & { code: string }) => `${error.name} ${error.code}: ${error.message}`);
      return [
        await make({ hartware: 1 }),
        await make({ hartware: 1, boot: { kernel: 'missing/Image' } }),
        await make({ hartware: 1, boot: { kernel: 'x' }, drives: [{ file: 'disk' }] }),
      ];
    });
    expect(messages[0]).toMatch(/^DescriptionError DESCRIPTION: boot/);
    expect(messages[1]).toBe(
      `FetchError FETCH: cannot fetch ${site.server.url('/missing/Image')}: HTTP status 404`,
    );
    expect(messages[2]).toBe(
      `DescriptionError DESCRIPTION: boot.kernel: cannot fetch ${site.server.url('/x')}: HTTP status 404\n` +
        'drives[0]: no drive "disk": in a browser, pass its backend as drives["disk"], ' +
        'or name a URL, "opfs:NAME" or "indexeddb:NAME"',
    );
  });
});
