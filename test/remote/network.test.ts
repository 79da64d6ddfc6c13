/** Network cards of machines in worker threads, whose other ends are on this one. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assemble } from '../../src/assembler/assembler.ts';
import { createMachine } from '../../src/bindings/node/index.ts';
import { assembleConformance, readRuntime } from '../../src/conformance/program.ts';
import { isConforming, parseReport } from '../../src/conformance/report.ts';
import { runProgram } from '../../src/conformance/run.ts';
import { FRAME_WINDOW, RemoteNetwork } from '../../src/remote/network.ts';
import type { Peer } from '../../src/remote/peer.ts';
import { JIT } from '../support/jit-mode.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../../spec/conformance/${name}`, import.meta.url), 'utf8');
const MAC = '52:54:00:12:34:56';

test('frames go there and back', async () => {
  const program = assembleConformance(readRuntime(read), {
    name: 'virtio-network',
    text: read('virtio-network.s'),
  });
  const text = await runProgram(program, (description, options) =>
    createMachine(description, { ...options, jit: JIT, worker: true }),
  );
  const results = parseReport(program, text);
  expect(results.length).toBeGreaterThan(20);
  expect(results.filter((result) => !isConforming(result))).toEqual([]);
});

test('a guest that floods the other side loses frames there', async () => {
  let answer: () => void = () => {};
  const sent: unknown[] = [];
  const peer = {
    tell() {},
    call(method: string, args: unknown[]) {
      sent.push([method, args[0]]);
      return new Promise<void>((resolve) => (answer = resolve));
    },
  } as unknown as Peer;
  const backend = new RemoteNetwork(() => peer).backend(MAC);
  for (let count = 0; count < 2 * FRAME_WINDOW; count++) backend.send(new Uint8Array(60));
  expect(sent).toHaveLength(FRAME_WINDOW);
  expect(sent[0]).toEqual(['network.send', MAC]);
  answer();
  await Promise.resolve();
  for (let count = 0; count < 3; count++) backend.send(new Uint8Array(60));
  expect(sent).toHaveLength(FRAME_WINDOW + 1);
});

test.each([true, false])(
  'cables are plugged in once, and out when the machine ends (worker: %s)',
  async (worker) => {
    const calls: string[] = [];
    const log: string[] = [];
    const machine = await createMachine(
      { hartware: 1, memory: '16M', boot: { firmware: 'program' }, network: [{}, {}] },
      {
        files: { program: assemble('1: wfi\n j 1b').bytes },
        worker,
        log: (line) => void log.push(line),
        network: {
          [MAC]: {
            attach: (receive) => {
              calls.push('attach');
              receive(new Uint8Array(60));
            },
            send: () => {},
            detach: () => {
              calls.push('detach');
              throw new Error('stuck');
            },
          },
        },
      },
    );
    await machine.start();
    await machine.stop();
    await machine.dispose();
    expect(calls).toEqual(['attach', 'detach']);
    expect(log).toContain('detach of the network failed: stuck');
  },
);
