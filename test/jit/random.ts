/**
 * Random programs in lockstep: translated, and interpreted. FUZZ_SEED=n runs one
 * of them again, FUZZ_FRESH=1 takes seeds nobody has tried.
 */
import { describeDifference, runLockstep } from '../../src/debug/lockstep.ts';
import { LockstepGuest } from '../support/lockstep-guest.ts';
import { Random } from '../support/random.ts';
import { randomProgram, type Translation } from './random-program.ts';

/** Instructions a program runs. */
const LENGTH = 150_000;

/** What is different about the program of a seed when it is translated; undefined when nothing is. */
export async function findDifference(seed: number, length = LENGTH): Promise<string | undefined> {
  const random = new Random(seed);
  const program = randomProgram(random);
  const translation: Translation = random.pick([
    { jit: 'force' },
    { jit: 'on', threshold: 2 },
    { jit: 'on', threshold: 10 },
    { jit: 'on', threshold: 50 },
  ] as const);
  const longest = random.pick([40, 700, 5000, 20_000]);
  const cuts = random.uint32();
  const found = await runLockstep(
    {
      make: (kind) =>
        Promise.resolve(new LockstepGuest(program.make(kind === 'subject' ? translation : { jit: 'off' }))),
      chunk: (index) => 1 + new Random(cuts + index * 7919).below(longest),
      memoryInterval: 50,
    },
    length,
  );
  return (
    found &&
    `seed ${seed} (${program.description}, ${JSON.stringify(translation)}): ${describeDifference(found)}`
  );
}
