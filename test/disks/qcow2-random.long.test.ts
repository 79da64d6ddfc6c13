/** Random operations, many of them: FUZZ_SEED=n runs one case again, FUZZ_FRESH=1 takes seeds nobody has tried. */
import { describe, it } from 'vitest';
import { fuzzSeeds, Random } from '../support/random.ts';
import { runRandomly } from './qcow2-random.ts';
import { VARIANTS } from './qcow2-support.ts';

describe.each(VARIANTS)('%j', (options) => {
  it.each(fuzzSeeds(24))('holds what an array of bytes holds, seed %i', async (seed) => {
    const hasSnapshots = Number(options.refcountBits ?? 16) >= 8 && seed % 2 === 0;
    await runRandomly({
      random: new Random(seed),
      options,
      steps: 300,
      hasBacking: seed % 4 !== 1,
      hasSnapshots,
    });
  });
});
