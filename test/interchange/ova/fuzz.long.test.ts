/** Many damaged packages. */
import { beforeAll, describe, test } from 'vitest';
import { fuzzSeeds, Random } from '../../support/random.ts';
import { fuzzOnce, makeSamples, type Samples } from './fuzz.ts';

let samples: Samples;
beforeAll(async () => {
  samples = await makeSamples(new Random(1));
});

describe('a damaged package is refused, or is one', () => {
  test.each(fuzzSeeds(60))('seed %i', async (seed) => {
    const random = new Random(seed);
    for (let round = 0; round < 100; round++) await fuzzOnce(samples, random);
  });
});
