import { expect, test } from 'vitest';
import { summarize, table, type Result } from '../../../bench/support/report.ts';

const result = (contender: string, samples: number[], isMoreBetter: boolean): Result => ({
  name: 'boot',
  contender,
  unit: isMoreBetter ? 'MIPS' : 'ms',
  samples,
  isMoreBetter,
});

test('compares round by round, above 1 when the first is better', () => {
  const [ours, slower] = summarize([result('ours', [2, 4, 8], false), result('peer', [4, 4, 8], false)]);
  expect(ours).toMatchObject({ median: 4, spread: 1.5 });
  expect(ours.ratio).toBeUndefined();
  expect(slower.ratio).toEqual({ median: 1, low: 1, high: 2 });
  const [, faster] = summarize([result('ours', [100, 100], true), result('peer', [200, 400], true)]);
  expect(faster.ratio).toEqual({ median: 0.375, low: 0.25, high: 0.5 });
});

test('has no ratio between different numbers of rounds', () => {
  const [, peer] = summarize([result('ours', [1, 2], true), result('peer', [1], true)]);
  expect(peer.ratio).toBeUndefined();
});

test('prints a line for each result', () => {
  const text = table({
    benchmark: 'boot',
    notes: ['a note'],
    results: [result('ours', [1000], false), result('peer', [500], false)],
  });
  expect(text).toContain('a note');
  expect(text).toMatch(/boot\s+ours\s+1000 ms\s+0 %/);
  expect(text).toMatch(/boot\s+peer\s+500 ms\s+0 %\s+0\.50 \(0\.50 to 0\.50\)/);
});
