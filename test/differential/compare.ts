/**
 * Random programs here and under QEMU give the same state. HARTWARE_SEED repeats a run,
 * HARTWARE_DIFF_KIND picks one kind of program, HARTWARE_DIFF_SECONDS says how long to go on
 * (hours are fine).
 */
import { describe, expect, test } from 'vitest';
import { Random } from '../support/random.ts';
import { runOnHartware } from './hartware.ts';
import { pagingBlock } from './paging.ts';
import { MAX_BLOCKS, buildProgram, compareRuns, type Block } from './program.ts';
import { qemuMissing, runOnQemu } from './qemu.ts';
import { STREAM_KINDS, randomBlock } from './streams.ts';

const KINDS = [...STREAM_KINDS, 'paging'] as const;
const FIRST_SEED = Number(process.env.HARTWARE_SEED ?? Date.now() % 1_000_000_000);

const missing = qemuMissing();
if (missing) console.warn(`differential tests are skipped: ${missing}`);

function blocksOf(kind: (typeof KINDS)[number], seed: number): Block[] {
  const random = new Random(seed);
  return Array.from({ length: MAX_BLOCKS }, (_, index) =>
    kind === 'paging' ? pagingBlock(random, index) : randomBlock(random, kind),
  );
}

/** Declares the tests, one for each kind of program, which together take about `defaultSeconds`. */
export function compareWithQemu(defaultSeconds: number): void {
  const seconds = Number(process.env.HARTWARE_DIFF_SECONDS ?? defaultSeconds);
  describe.skipIf(missing !== undefined)('the same state as QEMU', () => {
    test.each(KINDS.filter((kind) => (process.env.HARTWARE_DIFF_KIND ?? kind) === kind))(
      '%s',
      async (kind) => {
        const end = Date.now() + (seconds * 1000) / KINDS.length;
        let seed = FIRST_SEED;
        do {
          const program = buildProgram(blocksOf(kind, seed));
          const theirs = runOnQemu(program);
          const ours = await runOnHartware(program);
          const differences = compareRuns(program, ours, theirs).slice(0, 3);
          expect(differences, `HARTWARE_SEED=${seed} (${kind}; ours | QEMU)`).toEqual([]);
          seed++;
        } while (Date.now() < end);
        console.info(`${kind}: seeds ${FIRST_SEED} to ${seed - 1}`);
      },
      (seconds + 120) * 1000,
    );
  });
}
