/**
 * Random programs in lockstep: translated, and interpreted. FUZZ_SEED=n starts
 * with the program of that seed, FUZZ_SECONDS=n says how long to go on, and a
 * FUZZ_SECONDS of 0 runs that one program alone.
 */
import { expect, test } from 'vitest';
import { describeDifference, runLockstep } from '../../src/debug/lockstep.ts';
import type { GuestProgram } from '../support/guest-program.ts';
import { LockstepGuest } from '../support/lockstep-guest.ts';
import { Random } from '../support/random.ts';
import { randomProgram, type Translation } from './random-program.ts';

/** Instructions a program runs. */
const LENGTH = 150_000;

/** As on a host that has no tail calls. */
function withoutTailCalls({ core }: GuestProgram, { jit, threshold = 0 }: Translation): void {
  const { configureJit } = core.exports as unknown as { configureJit(mode: number, flags: number): void };
  configureJit(jit === 'force' ? 2 : 1, threshold << 8);
}

/** What is different about the program of a seed when it is translated; undefined when nothing is. */
export async function findDifference(seed: number, length = LENGTH): Promise<string | undefined> {
  const random = new Random(seed);
  const program = randomProgram(random);
  const translation: Translation = random.pick([
    { jit: 'force' },
    { jit: 'on', threshold: 2 },
    { jit: 'on', threshold: 5 },
    { jit: 'on', threshold: 10 },
    { jit: 'on', threshold: 50 },
    { jit: 'on', threshold: 5, compile: 'async' },
  ] as const);
  const longest = random.pick([40, 700, 5000, 20_000]);
  const cuts = random.uint32();
  const hasTailCalls = !random.oneIn(4);
  const found = await runLockstep(
    {
      make: (kind) => {
        if (kind === 'reference') return Promise.resolve(new LockstepGuest(program.make({ jit: 'off' })));
        const guest = program.make(translation);
        if (!hasTailCalls) withoutTailCalls(guest, translation);
        return Promise.resolve(new LockstepGuest(guest));
      },
      // So that what was compiled aside arrives.
      after: () => translation.compile === 'async' && new Promise((done) => setImmediate(done, false)),
      chunk: (index) => 1 + new Random(cuts + index * 7919).below(longest),
      memoryInterval: 300,
    },
    length,
  );
  return (
    found &&
    `seed ${seed} (${program.description}, ${JSON.stringify({ ...translation, hasTailCalls })}): ${describeDifference(found)}`
  );
}

/** Declares the test, which takes some `defaultSeconds`. */
export function compareRandomPrograms(defaultSeconds: number): void {
  const seconds = Number(process.env.FUZZ_SECONDS ?? defaultSeconds);
  const first = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_000);
  test(
    'random programs do the same translated and interpreted',
    async () => {
      const end = Date.now() + seconds * 1000;
      let seed = first;
      do {
        expect(await findDifference(seed), `FUZZ_SEED=${seed}`).toBeUndefined();
        seed++;
      } while (Date.now() < end);
      console.info(`random programs: seeds ${first} to ${seed - 1}`);
    },
    (seconds + 300) * 1000,
  );
}
