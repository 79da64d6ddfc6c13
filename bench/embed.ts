/**
 * What it costs to embed a machine: how soon it is there, how long it keeps the thread, how
 * soon it answers, and what many of them take. In Node, and with --chromium in a page.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { assemble } from '../src/assembler/assembler.ts';
import type * as Browser from '../src/bindings/browser/index.ts';
import { launchChromium } from './support/chromium.ts';
import type { BenchOptions } from './support/options.ts';
import type { Report, Result } from './support/report.ts';
import { withScratch } from './support/scratch.ts';

const MACHINES = 50;
/** How long machines are watched, in milliseconds. */
const WATCH = 3000;
const ECHOES = 40;

const BUSY = assemble('1: addi a0, a0, 1\n j 1b').bytes;
const IDLE = assemble('1: wfi\n j 1b').bytes;
const ECHO = assemble(
  'li s0, 0x10000000\n1: lbu a0, 5(s0)\nandi a0, a0, 1\nbeqz a0, 1b\nlbu a0, (s0)\nsb a0, (s0)\nj 1b',
).bytes;
const DESCRIPTION = { hartware: 1, memory: '64M', boot: { kernel: 'program' } } as const;

/** Measured in a process of its own: from the import to the first instruction, then idle machines. */
const nodeScript = (build: string): string => `
const start = performance.now();
const { createMachine } = await import(${JSON.stringify(pathToFileURL(resolve(build, 'node.js')).href)});
const make = () => createMachine(${JSON.stringify(DESCRIPTION)}, { files: { program: Uint8Array.of(${IDLE.join(',')}) } });
const first = await make();
await first.step(1);
const ready = performance.now() - start;
const sleep = (time) => new Promise((done) => setTimeout(done, time));
// A flag of the process would make it start without its cached code.
(await import('node:v8')).setFlagsFromString('--expose-gc');
const gc = (await import('node:vm')).runInNewContext('gc');
gc();
const before = process.memoryUsage().rss;
const machines = [];
for (let i = 0; i < ${MACHINES}; i++) machines.push(await make());
await Promise.all(machines.map((machine) => machine.start()));
await sleep(500);
gc();
const each = (process.memoryUsage().rss - before) / ${MACHINES};
const cpu = process.cpuUsage();
await sleep(${WATCH});
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ ready, each, share: (user + system) / 1000 / ${WATCH} / ${MACHINES} }));
process.exit(0);
`;

interface PageFigures {
  readonly ready: number;
  readonly blockedByNothing: number;
  readonly blockedByWorker: number;
  readonly blockedInPage: number;
  readonly echoes: readonly number[];
}

export async function embed(options: BenchOptions): Promise<Report> {
  const results: Result[] = [];
  const add = (name: string, contender: string, unit: string, samples: number[]): void => {
    results.push({ name, contender, unit, samples, isMoreBetter: false });
  };
  const inNode = await withScratch(async (directory) => {
    const script = join(directory, 'embed.mjs');
    await writeFile(script, nodeScript(options.build));
    const runs = [];
    for (let i = 0; i < options.runs; i++) {
      const { stdout } = await promisify(execFile)(process.execPath, [script]);
      runs.push(JSON.parse(stdout) as { ready: number; each: number; share: number });
    }
    return runs;
  });
  add(
    'import to first instruction',
    'node',
    'ms',
    inNode.map(({ ready }) => ready),
  );
  add(
    `${MACHINES} idle machines: memory of each`,
    'node',
    'MiB',
    inNode.map(({ each }) => each / 2 ** 20),
  );
  add(
    `${MACHINES} idle machines: share of a core of each`,
    'node',
    '%',
    inNode.map(({ share }) => 100 * share),
  );
  if (options.chromium !== undefined) {
    const inPages = await pages(options.chromium, options.build, options.runs);
    add(
      'import to first instruction',
      'chromium',
      'ms',
      inPages.map(({ ready }) => ready),
    );
    add(
      'longest pause of a page, no machine',
      'chromium',
      'ms',
      inPages.map(({ blockedByNothing }) => blockedByNothing),
    );
    add(
      'longest pause of a page, worker',
      'chromium',
      'ms',
      inPages.map(({ blockedByWorker }) => blockedByWorker),
    );
    add(
      'longest pause of a page, its own thread',
      'chromium',
      'ms',
      inPages.map(({ blockedInPage }) => blockedInPage),
    );
    add(
      'echo of a key',
      'chromium',
      'ms',
      inPages.flatMap(({ echoes }) => echoes),
    );
  }
  return { benchmark: 'embed', notes: ['64 MiB of RAM each'], results };
}

async function pages(executable: string, build: string, runs: number): Promise<PageFigures[]> {
  const server = createServer((request, response) => {
    const name = new URL(request.url!, 'http://localhost').pathname;
    if (name === '/')
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
    readFile(resolve(build, `.${name}`)).then(
      (body) => {
        const type = extname(name) === '.wasm' ? 'application/wasm' : 'text/javascript';
        response.writeHead(200, { 'content-type': type }).end(body);
      },
      () => void response.writeHead(404).end(),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const browser = await launchChromium(executable);
  try {
    const figures: PageFigures[] = [];
    for (let i = 0; i < runs; i++) {
      const context = await browser.newContext();
      const page = await context.newPage();
      // What tsx puts into functions.
      await page.addInitScript({ content: 'globalThis.__name = (named) => named;' });
      await page.goto(url);
      const programs = { busy: [...BUSY], idle: [...IDLE], echo: [...ECHO] };
      figures.push(
        await page.evaluate(measure, { programs, description: DESCRIPTION, watch: WATCH, echoes: ECHOES }),
      );
      await context.close();
    }
    return figures;
  } finally {
    await browser.close();
    server.close();
  }
}

/** Runs in the page, and refers to nothing outside. */
async function measure(given: {
  readonly programs: Readonly<Record<'busy' | 'idle' | 'echo', number[]>>;
  readonly description: Browser.MachineDescription;
  readonly watch: number;
  readonly echoes: number;
}): Promise<PageFigures> {
  const start = performance.now();
  const path = '/browser.js';
  const { createMachine } = (await import(path)) as typeof Browser;
  const make = (name: 'busy' | 'idle' | 'echo', worker: boolean) =>
    createMachine(given.description, { worker, files: { program: Uint8Array.from(given.programs[name]) } });
  const first = await make('idle', true);
  await first.step(1);
  const ready = performance.now() - start;
  await first.dispose();

  /** The longest time between two turns of the event loop while a machine computes, if there is one. */
  const pause = async (worker?: boolean): Promise<number> => {
    const machine = worker === undefined ? undefined : await make('busy', worker);
    await machine?.start();
    const channel = new MessageChannel();
    let longest = 0;
    let last = performance.now();
    const end = last + given.watch;
    await new Promise<void>((done) => {
      channel.port1.onmessage = () => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
        if (now < end) channel.port2.postMessage(0);
        else done();
      };
      channel.port2.postMessage(0);
    });
    await machine?.dispose();
    return longest;
  };
  const blockedByNothing = await pause();
  const blockedByWorker = await pause(true);
  const blockedInPage = await pause(false);

  const machine = await make('echo', true);
  await machine.start();
  const reader = machine.serial.output.getReader();
  const echoes: number[] = [];
  for (let i = 0; i < given.echoes; i++) {
    const typed = performance.now();
    await machine.serial.type(Uint8Array.of(120));
    await reader.read();
    echoes.push(performance.now() - typed);
  }
  await machine.dispose();
  return { ready, blockedByNothing, blockedByWorker, blockedInPage, echoes };
}
