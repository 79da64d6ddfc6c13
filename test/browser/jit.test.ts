/** Translated code in a page, and a page that may not compile. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasChromium } from './chromium.ts';
import { looping } from './programs.ts';
import { useSite } from './site.ts';

const description = { hartware: 1, memory: '16M', boot: { firmware: 'program' } } as const;
const ROUNDS = 300_000;

/** Compiles the core for a page that may not. A worker has the policy that comes with its own script. */
const COMPILER = `
const response = await fetch('/dist/core.wasm');
postMessage(await WebAssembly.compile(await response.arrayBuffer()));
`;

/** Runs the loop in the page, with the core from a worker if it says so. */
function run(page: Page, jit: { mode: 'on' | 'force'; compile: 'sync' | 'async' }, isCompiledAside = false) {
  return page.evaluate(
    async ({ description, program, jit, isCompiledAside }) => {
      const wasm = isCompiledAside
        ? await new Promise<WebAssembly.Module>((resolve, reject) => {
            const worker = new Worker('/compiler.js', { type: 'module' });
            worker.onmessage = ({ data }) => resolve(data as WebAssembly.Module);
            worker.onerror = ({ message }) => reject(new Error(message));
          })
        : undefined;
      const log: string[] = [];
      const machine = await globalThis.hartware.createMachine(description, {
        worker: false,
        files: { program },
        jit,
        wasm,
        log: (message) => void log.push(message),
      });
      await machine.start();
      const exit = await machine.ended;
      return { exit, sum: machine.harts[0].getX(10), statistics: machine.figures, log };
    },
    { description, program: looping(ROUNDS), jit, isCompiledAside },
  );
}

const right = {
  exit: { reason: 'power-off', code: 0 },
  sum: (BigInt(ROUNDS) * BigInt(ROUNDS + 1)) / 2n,
};

describe.skipIf(!hasChromium)('translated code in a page', () => {
  const site = useSite();

  beforeAll(async () => {
    site.server.replies.set('/compiler.js', { body: COMPILER });
  });

  test.each([
    { mode: 'on', compile: 'sync' },
    { mode: 'on', compile: 'async' },
    { mode: 'force', compile: 'sync' },
  ] as const)('%j', async (jit) => {
    const { statistics, log, ...outcome } = await run(await site.open(), jit);
    expect(outcome).toEqual(right);
    expect(log).toEqual([]);
    expect(statistics.jit).toMatchObject({ state: jit.mode, failedModules: 0 });
    // The loop may be over before it is compiled aside.
    expect(statistics.jit.modules).toBeGreaterThan(0);
    if (jit.compile === 'sync') expect(statistics.jit.instructions).toBeGreaterThan(ROUNDS);
  });

  test.each([
    { mode: 'on', compile: 'sync' },
    { mode: 'on', compile: 'async' },
    { mode: 'force', compile: 'sync' },
  ] as const)('interpreted where a policy forbids to compile: %j', async (jit) => {
    site.server.addPage('/forbidden/', { headers: { 'content-security-policy': "script-src 'self'" } });
    const page = await site.open('/forbidden/');
    const { statistics, log, ...outcome } = await run(page, jit, true);
    expect(outcome).toEqual(right);
    expect(log).toEqual([expect.stringMatching(/^the host refuses to compile, .*Content Security Policy/)]);
    expect(statistics.jit).toMatchObject({ state: 'refused', instructions: 0 });
    expect(statistics.jit.refusal).toContain('Content Security Policy');
  });
});
