/**
 * Whole machines under guests that do random things: writes to device
 * registers, SBI calls, jumps into nothing. The machine goes on, the host
 * process never sees an exception. FUZZ_SEED, FUZZ_FRESH and FUZZ_COUNT as in
 * core.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { MEMORY_MAP } from '../../src/generated/memory-map.ts';
import { firmwareMachine, kernelMachine, type ProgramDescription } from '../support/firmware-machine.ts';
import { fuzzSeeds, Random } from '../support/random.ts';

const COUNT = Number(process.env.FUZZ_COUNT ?? 12);
const STEPS = 60_000;

const DESCRIPTION: ProgramDescription = {
  clock: { kind: 'virtual', idle: 'skip' },
  devices: { console: true, rng: { seed: 1 } },
  drives: [{ memory: '1M' }],
};

const DEVICES = MEMORY_MAP.filter(({ present, name }) => present && name !== 'ram' && name !== 'test');
const SBI_EXTENSIONS = [
  0x10, 0x54494d45, 0x735049, 0x52464e43, 0x48534d, 0x4442434e, 0x504d55, 0x53555350, 0, 1, 2, 5, 8,
];

function value(random: Random): string {
  switch (random.below(5)) {
    case 0:
      return `${random.below(8)}`;
    case 1:
      return `${(BigInt(random.uint32()) << 32n) | BigInt(random.uint32())}`;
    case 2:
      return `${0x80100000 + random.below(1 << 16)}`;
    case 3:
      return `-${1 + random.below(16)}`;
    default:
      return `${random.uint32()}`;
  }
}

/** A load from or a store to a device, mostly near its first registers. */
function deviceAccess(random: Random): string {
  const region = random.pick(DEVICES);
  const index = region.count === undefined ? 0 : random.below(region.count);
  const offset = random.below(random.oneIn(3) ? region.size! : Math.min(region.size!, 0x200));
  const size = random.pick(['b', 'h', 'w', 'w', 'w', 'd']);
  const aligned = offset & ~({ b: 0, h: 1, w: 3, d: 7 }[size] ?? 0);
  const at = region.base + index * (region.step ?? 0) + (random.oneIn(10) ? offset : aligned);
  return `li t0, ${at}\n ${random.oneIn(4) ? `l${size} t1, (t0)` : `li t1, ${value(random)}\n s${size} t1, (t0)`}`;
}

/** Not SRST, which ends the machine. */
function sbiCall(random: Random): string {
  const values = Array.from({ length: 6 }, (_, n) => `li a${n}, ${value(random)}`).join('\n');
  return `${values}\n li a6, ${random.below(12)}\n li a7, ${random.pick(SBI_EXTENSIONS)}\n ecall`;
}

/** A trap handler that goes on behind the instruction, in M-mode or S-mode. */
const handler = (mode: 'm' | 's') => `
  la t0, handler
  csrw ${mode}tvec, t0
  j begin
  .balign 4
  handler:
  csrw ${mode}scratch, t6
  csrr t6, ${mode}cause
  bltz t6, 1f
  csrr t6, ${mode}epc
  addi t6, t6, 4
  csrw ${mode}epc, t6
  j 2f
  1: csrw ${mode}ie, zero
  2: csrr t6, ${mode}scratch
  ${mode}ret
  begin:`;

const program = (mode: 'm' | 's', statements: readonly string[]) => `${handler(mode)}
  again:
  ${statements.join('\n')}
  la t0, again
  jr t0`;

describe('a machine whose guest does random things', () => {
  it.each(fuzzSeeds(COUNT))('to devices, in M-mode (seed %i)', async (seed) => {
    const random = new Random(seed);
    const statements = Array.from({ length: 300 }, () => deviceAccess(random));
    const machine = await firmwareMachine(program('m', statements), {
      ...DESCRIPTION,
      harts: 1 + random.below(3),
    });
    const executed = await machine.step(STEPS);
    expect(executed).toBeLessThanOrEqual(STEPS);
    if (machine.state !== 'ended') expect(executed).toBe(STEPS);
    await machine.stop();
  });

  it.each(fuzzSeeds(COUNT))('to devices and SBI, in S-mode (seed %i)', async (seed) => {
    const random = new Random(seed ^ 0x5eed);
    const statements = Array.from({ length: 200 }, () =>
      random.oneIn(2) ? sbiCall(random) : deviceAccess(random),
    );
    const machine = await kernelMachine(program('s', statements), {
      ...DESCRIPTION,
      harts: 1 + random.below(3),
    });
    expect(await machine.step(STEPS)).toBeLessThanOrEqual(STEPS);
    await machine.stop();
  });

  it.each(fuzzSeeds(COUNT))('with bytes that are no program (seed %i)', async (seed) => {
    const random = new Random(seed ^ 0xb17e5);
    const words = Array.from({ length: 2000 }, () => `.word ${random.uint32()}`);
    const machine = await firmwareMachine(`${handler('m')}\n ${words.join('\n')}`, DESCRIPTION);
    expect(await machine.step(STEPS)).toBeLessThanOrEqual(STEPS);
    await machine.stop();
  });
});
