/** Random operations, seeded: FUZZ_SEED=n runs one case again. */
import { describe, it } from 'vitest';
import { fuzzSeeds, Random } from '../support/random.ts';
import { runRandomly } from './qcow2-random.ts';
import { VARIANTS } from './qcow2-support.ts';

describe.each(VARIANTS)('%j', (options) => {
  it.each(fuzzSeeds(2))('holds what an array of bytes holds, seed %i', async (seed) => {
    const hasSnapshots = Number(options.refcountBits ?? 16) >= 8 && seed % 2 === 0;
    await runRandomly({
      random: new Random(seed),
      options,
      steps: 70,
      hasBacking: seed % 4 !== 1,
      hasSnapshots,
    });
  });
});
