/** Damaged images, seeded: FUZZ_SEED=n runs one case again. */
import { describe, it } from 'vitest';
import { fuzzSeeds, Random } from '../support/random.ts';
import { fuzzSamples, mutate, useDamaged } from './qcow2-fuzz.ts';

describe('a damaged image', () => {
  it.each(fuzzSeeds(6))('gets an error of its own, seed %i', async (seed) => {
    const random = new Random(seed);
    const samples = await fuzzSamples(random);
    for (let i = 0; i < 80; i++) {
      try {
        await useDamaged(mutate(random.pick(samples), random), random);
      } catch (error) {
        throw new Error(`image ${i}: ${String(error)}`, { cause: error });
      }
    }
  });
});
