/** With the virtual clock a run is the same in Chromium and in Node, to the instruction and the byte. */
import { describe, expect, test } from 'vitest';
import * as node from '../../src/bindings/node/index.ts';
import { hasChromium } from './chromium.ts';
import { recordInPage } from './page-record.ts';
import { JIT } from '../support/jit-mode.ts';
import { interrupted } from './programs.ts';
import { record, type Run } from './record.ts';
import { useSite } from './site.ts';

describe.skipIf(!hasChromium)('a program with timer interrupts on two harts', () => {
  const site = useSite();

  test.each(['skip', 'sleep'] as const)('idle: %s', async (idle) => {
    const run: Run = {
      description: {
        hartware: 1,
        harts: 2,
        memory: '16M',
        clock: { kind: 'virtual', instructionsPerSecond: 10_000_000, idle },
        boot: { firmware: 'program' },
      },
      files: { program: interrupted() },
    };
    const here = await record({ hartware: node, run: { ...run, jit: JIT } });
    expect(here).toMatchObject({ output: 'done\n', exit: { reason: 'power-off', code: 0 } });
    const there = await recordInPage(await site.open(), run);
    expect(there).toEqual({ ...here, timerCallbacks: expect.any(Number) });
  });
});
