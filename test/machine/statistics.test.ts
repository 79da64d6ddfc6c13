/** What machines report of themselves in each mode of the JIT, which no guest notices. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { JitOptions } from '../../src/core/jit-options.ts';
import type { LocalMachine } from '../../src/machine/machine.ts';
import type { MachineStatistics } from '../../src/machine/statistics.ts';
import { firmwareMachine } from '../support/firmware-machine.ts';

const POWER_OFF = `
        li    t0, 0x100000
        li    t1, 0x5555
        sw    t1, (t0)
2:      j     2b
`;
const ROUNDS = 200_000;
/** Sums in a0 what it stores and loads, in a loop, and powers off. */
const LOOP = `
        li    s0, 0x80100000
        li    s1, ${ROUNDS}
        li    a0, 0
1:      sd    s1, (s0)
        ld    t0, (s0)
        add   a0, a0, t0
        addi  s1, s1, -1
        bnez  s1, 1b
        ${POWER_OFF}`;
const SUM = (BigInt(ROUNDS) * BigInt(ROUNDS + 1)) / 2n;
/** Of the loop. */
const INSTRUCTIONS = 5 * ROUNDS;

interface Outcome {
  readonly statistics: MachineStatistics;
  readonly log: readonly string[];
  readonly instructionCount: bigint;
}

const machines: LocalMachine[] = [];

async function run(jit: JitOptions): Promise<Outcome> {
  const log: string[] = [];
  const options = { jit, log: (message: string) => void log.push(message) };
  const machine = await firmwareMachine(LOOP, { clock: { kind: 'virtual' } }, options);
  machines.push(machine);
  await machine.start();
  expect(await machine.ended).toEqual({ reason: 'power-off', code: 0 });
  expect(machine.harts[0].getX(10)).toBe(SUM);
  return { statistics: machine.figures, log, instructionCount: machine.instructionCount };
}

afterEach(async () => {
  vi.unstubAllGlobals();
  await Promise.all(machines.splice(0).map((machine) => machine.stop()));
});

const MODES: readonly JitOptions[] = [
  { mode: 'off' },
  { mode: 'on' },
  { mode: 'on', compile: 'async' },
  { mode: 'force' },
  { mode: 'force', compile: 'async' },
];

test('no mode changes what is executed', async () => {
  const outcomes = await Promise.all(MODES.map(run));
  const counts = new Set(outcomes.map(({ instructionCount }) => instructionCount));
  expect([...counts]).toHaveLength(1);
});

describe.each(MODES)('%j', (jit) => {
  test('the figures add up', async () => {
    const { statistics, instructionCount, log } = await run(jit);
    expect(statistics.instructions).toBe(Number(instructionCount));
    const { run: all, interpreter, translation, compile, translated } = statistics.time;
    expect(all).toBeGreaterThan(0);
    for (const part of [interpreter, translation, compile, translated])
      expect(part).toBeGreaterThanOrEqual(0);
    // What is estimated may come out too large.
    expect(interpreter).toBeLessThanOrEqual(all);
    expect(log).toEqual([]);
    expect(statistics.jit.failedModules).toBe(0);
    expect(JSON.parse(JSON.stringify(statistics))).toEqual(statistics);
  });
});

/** Stores once to each of PAGES pages, and powers off. */
const PAGES = 3000;
const SWEEP = `
        li    s0, 0x80100000
        li    s1, ${PAGES}
        li    s2, 4096
1:      sd    s1, (s0)
        add   s0, s0, s2
        addi  s1, s1, -1
        bnez  s1, 1b
        ${POWER_OFF}`;

test.each(['off', 'force'] as const)('%s: a TLB miss counts once', async (mode) => {
  const machine = await firmwareMachine(SWEEP, {}, { jit: { mode } });
  machines.push(machine);
  await machine.start();
  await machine.ended;
  const { tlbMisses } = machine.figures;
  expect(tlbMisses).toBeGreaterThanOrEqual(PAGES);
  // And the MMIO at the end.
  expect(tlbMisses).toBeLessThan(PAGES + 5);
});

test('interpreted', async () => {
  const { statistics } = await run({ mode: 'off' });
  const { state, ...counters } = statistics.jit;
  expect(state).toBe('off');
  expect(new Set(Object.values(counters))).toEqual(new Set([0]));
  expect(statistics.time.interpreter).toBe(statistics.time.run);
});

describe.each(['on', 'force'] as const)('%s', (mode) => {
  test('the loop is translated', async () => {
    const { statistics } = await run({ mode });
    const { jit, time } = statistics;
    expect(jit.state).toBe(mode);
    expect(jit.instructions).toBeGreaterThan(0.9 * INSTRUCTIONS);
    expect(jit.instructions).toBeLessThanOrEqual(statistics.instructions);
    expect(jit.regions).toBeGreaterThan(0);
    expect(jit.liveRegions).toBeLessThanOrEqual(jit.regions);
    expect(jit.modules).toBeGreaterThan(0);
    expect(jit.modules).toBeLessThanOrEqual(jit.regions);
    // At least the loop, whose five instructions are twenty bytes or, compressed, ten.
    expect(jit.guestBytes).toBeGreaterThanOrEqual(10);
    expect(jit.wasmBytes).toBeGreaterThan(100);
    expect(jit.entries).toBeGreaterThan(0);
    expect(statistics.tlbMisses).toBeGreaterThan(0);
    expect(time.compile).toBeGreaterThan(0);
    expect(time.translation).toBeGreaterThan(0);
  });

  test('a host that refuses leaves it to the interpreter, and says so once', async () => {
    refuseToCompile();
    const { statistics, log } = await run({ mode });
    expect(log).toEqual([expect.stringContaining('no code generation here')]);
    expect(statistics.jit).toMatchObject({
      state: 'refused',
      refusal: 'no code generation here',
      instructions: 0,
      liveRegions: 0,
    });
    expect(statistics.jit.failedModules).toBeGreaterThan(0);
    // No more than what was under way is translated in vain.
    expect(statistics.jit.modules).toBeLessThan(20);
  });
});

test('refused while compiling aside', async () => {
  refuseToCompile();
  const endless = LOOP.replace('bnez  s1, 1b', 'j 1b');
  const log: string[] = [];
  const machine = await firmwareMachine(
    endless,
    {},
    { jit: { mode: 'on', compile: 'async' }, log: (message) => void log.push(message) },
  );
  machines.push(machine);
  await machine.start();
  await vi.waitFor(() => expect(machine.figures.jit.state).toBe('refused'), 10_000);
  const before = machine.instructionCount;
  await vi.waitFor(() => expect(machine.instructionCount).toBeGreaterThan(before));
  expect(machine.figures.jit).toMatchObject({ failedModules: 1, instructions: 0 });
  expect(log).toHaveLength(1);
});

test('compiled aside, code is entered when it is ready, also after a reset', async () => {
  const endless = LOOP.replace('bnez  s1, 1b', 'j 1b');
  const machine = await firmwareMachine(endless, {}, { jit: { mode: 'on', compile: 'async' } });
  machines.push(machine);
  const translated = (): number => machine.figures.jit.instructions;
  await machine.start();
  await vi.waitFor(() => expect(translated()).toBeGreaterThan(1_000_000), 10_000);
  await machine.reset();
  const before = translated();
  await vi.waitFor(() => expect(translated()).toBeGreaterThan(before + 1_000_000), 10_000);
});

test('what was asked of the compiler when a machine ends comes to nothing', async () => {
  const endless = LOOP.replace('bnez  s1, 1b', 'j 1b');
  const jit = { mode: 'on', compile: 'async', threshold: 1000 } as const;
  const machine = await firmwareMachine(endless, {}, { jit });
  await machine.step(50_000);
  expect(machine.figures.jit.modules).toBeGreaterThan(0);
  const { liveRegions } = machine.figures.jit;
  await machine.stop();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(machine.figures.jit).toMatchObject({ liveRegions, failedModules: 0 });
});

/** As a content security policy does. */
function refuseToCompile(): void {
  const refusal = (): Error => new WebAssembly.CompileError('no code generation here');
  vi.stubGlobal(
    'WebAssembly',
    Object.create(WebAssembly, {
      Module: {
        value: class {
          constructor() {
            throw refusal();
          }
          // The core itself was compiled before.
          static [Symbol.hasInstance](value: unknown): boolean {
            return Object.prototype.toString.call(value) === '[object WebAssembly.Module]';
          }
        },
      },
      compile: { value: async () => Promise.reject(refusal()) },
    }),
  );
}
