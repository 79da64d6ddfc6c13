import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import * as node from '../../src/bindings/node/index.ts';
import { echoer, greeter } from '../bindings/cli/hartware.ts';
import { JIT } from '../support/jit-mode.ts';
import { hasChromium } from './chromium.ts';
import { counter, RAM_BASE, topOfRam } from './programs.ts';
import { recordInPage } from './page-record.ts';
import type { Package } from './record.ts';
import { useSite } from './site.ts';

const description = { hartware: 1, memory: '16M', boot: { firmware: 'program' } } as const;

describe.skipIf(!hasChromium)('a machine in a page', () => {
  const site = useSite();
  let page: Page;

  beforeAll(async () => {
    page = await site.open();
  });

  test('prints, and powers off', async () => {
    const run = { description, files: { program: greeter('hello from the guest\n') } };
    expect(await recordInPage(page, run)).toMatchObject({
      output: 'hello from the guest\n',
      exit: { reason: 'power-off', code: 0 },
    });
  });

  test('fails with the code of the guest', async () => {
    const run = { description, files: { program: greeter('', 42) } };
    expect((await recordInPage(page, run)).exit).toEqual({ reason: 'failure', code: 42 });
  });

  test('takes what is typed', async () => {
    const dialogue = [
      { after: 'ready\n', type: 'one ' },
      { after: 'ONE ', type: 'two.' },
    ];
    const { output, exit } = await recordInPage(page, {
      description,
      files: { program: echoer() },
      dialogue,
    });
    expect(output).toBe('ready\nONE TWO');
    expect(exit.reason).toBe('power-off');
  });

  test('steps, pauses and stops, with registers and memory in reach', async () => {
    const program = counter();
    const start = program.entry;
    const result = await page.evaluate(
      async ({ description, program, start, count }) => {
        const { createMachine } = globalThis.hartware;
        const machine = await createMachine(description, { worker: false, files: { program } });
        const [hart] = machine.harts;
        while (hart.pc !== start) await machine.step();
        const stepped = {
          executed: await machine.step(2),
          pc: hart.pc,
          privilege: hart.privilege,
          s: [9, 18, 19].map((n) => hart.getX(n)),
          state: machine.state,
        };

        machine.ram.setUint64(count, 1000n);
        await machine.resume();
        const stateAfterStart = machine.state;
        while (machine.ram.getUint64(count) < 5000n) await new Promise((done) => setTimeout(done, 0));
        await machine.pause();
        const paused = { state: machine.state, instructions: machine.instructionCount };
        await new Promise((done) => setTimeout(done, 50));
        const later = machine.instructionCount;

        // Where the program changes the register next.
        hart.setX(10, 7n);
        hart.pc = start + 0x1000n;
        machine.ram.write(hart.pc, new Uint8Array([0x13, 0x05, 0x15, 0x00])); // addi a0, a0, 1
        await machine.step();
        const changed = hart.getX(10);
        const view = Array.from(machine.ram.view(hart.pc - 4n, 4));
        const exit = await machine.stop();
        return { stepped, stateAfterStart, paused, later, changed, view, exit, end: machine.state };
      },
      { description, program: program.bytes, start, count: program.symbols.get('count')! },
    );
    expect(result.stepped).toEqual({
      executed: 2,
      pc: start + 8n,
      privilege: 'machine',
      s: [11n, 22n, 0n],
      state: 'paused',
    });
    expect(result.stateAfterStart).toBe('running');
    expect(result.paused.state).toBe('paused');
    expect(result.later).toBe(result.paused.instructions);
    expect(result.changed).toBe(8n);
    expect(result.view).toEqual([0x13, 0x05, 0x15, 0x00]);
    expect(result).toMatchObject({ exit: { reason: 'stopped', code: 0 }, end: 'ended' });
  });

  test('fetches boot files by URL, and names the one that is not there', async () => {
    site.server.replies.set('/guest/hello.bin', { body: greeter('fetched\n') });
    const boot = { firmware: '/guest/hello.bin' };
    expect((await recordInPage(page, { description: { ...description, boot } })).output).toBe('fetched\n');
    const missing = { ...description, boot: { firmware: '/guest/missing.bin' } };
    const message = await page.evaluate(
      (wrong) =>
        globalThis.hartware.createMachine(wrong).then(
          () => 'made',
          (error: Error) => `${error.name}: ${error.message}`,
        ),
      missing,
    );
    expect(message).toMatch(/^FetchError: .*\/guest\/missing\.bin.* 404/);
  });

  test('unpacks boot files', async () => {
    const run = { description, files: { program: new Uint8Array(gzipSync(greeter('unpacked\n'))) } };
    expect((await recordInPage(page, run)).output).toBe('unpacked\n');
  });

  test('has a drive from memory', async () => {
    const program = greeter('with a drive\n');
    const output = await page.evaluate(
      async ({ description, program }) => {
        const { createMachine, MemoryBlockBackend } = globalThis.hartware;
        const machine = await createMachine(
          { ...description, drives: [{ file: 'disk' }] },
          { files: { program }, drives: { disk: new MemoryBlockBackend(new Uint8Array(4096)) } },
        );
        await machine.start();
        return new Response(machine.serial.output as ReadableStream<Uint8Array<ArrayBuffer>>).text();
      },
      { description, program },
    );
    expect(output).toBe('with a drive\n');
    const refused = await page.evaluate(
      ({ description, program }) =>
        globalThis.hartware
          .createMachine({ ...description, drives: [{ file: 'disk' }] }, { files: { program } })
          .catch((error: Error) => `${error.name}: ${error.message}`),
      { description, program },
    );
    expect(refused).toMatch(/^FetchError: no drive "disk": in a browser, pass its backend/);
  });

  test('runs in a worker', async () => {
    site.server.replies.set('/worker.js', {
      body: `
import { createMachine } from '/dist/browser.js';
onmessage = async ({ data: { description, program } }) => {
  const machine = await createMachine(description, { worker: false, files: { program }, jit: ${JSON.stringify(JIT)} });
  await machine.start();
  const output = await new Response(machine.serial.output).text();
  postMessage({ output, exit: await machine.ended });
};
`,
    });
    const result = await page.evaluate(
      ({ description, program }) =>
        new Promise((resolve, reject) => {
          const worker = new Worker('/worker.js', { type: 'module' });
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message || 'the worker failed'));
          worker.postMessage({ description, program });
        }),
      { description, program: greeter('in a worker\n') },
    );
    expect(result).toEqual({ output: 'in a worker\n', exit: { reason: 'power-off', code: 0 } });
  });

  test('has 3 GiB of RAM', async () => {
    const size = 3 * 2 ** 30;
    const run = { ...description, memory: '3G' };
    const result = await page.evaluate(
      async ({ run, program, top }) => {
        const { createMachine } = globalThis.hartware;
        const machine = await createMachine(run, { worker: false, files: { program } });
        await machine.start();
        const exit = await machine.ended;
        return { exit, size: machine.ram.size, value: machine.ram.getUint64(top) };
      },
      { run, program: topOfRam(size), top: RAM_BASE + BigInt(size) - 8n },
    );
    expect(result).toEqual({
      exit: { reason: 'power-off', code: 0 },
      size,
      value: 0x0123456789abcdefn,
    });
  });

  test('has the interface that it has in Node', async () => {
    const inPage = await page.evaluate(() => Object.keys(globalThis.hartware));
    const inNode = Object.keys(node satisfies Package);
    const onlyOneHas = inPage
      .filter((name) => !inNode.includes(name))
      .concat(inNode.filter((name) => !inPage.includes(name)));
    expect(onlyOneHas.sort()).toEqual([
      'DirectoryFileSystem',
      'FileError',
      'HostFolder',
      'attachTerminal',
      'createBrowserHost',
      'createNodeHost',
      'createOpfsDisk',
      'deleteOpfsDisk',
    ]);
  });
});
