import { expect, test } from 'vitest';
import { compare, comparisonTable, type ComparedWork } from '../../../bench/support/comparison.ts';

const work = (group: string, name: string, samples: Record<string, number[]>): ComparedWork => ({
  group,
  name,
  samples: new Map(Object.entries(samples)),
});

const WORKS = [
  work('integer', 'sieve', { ours: [100, 200, 100], qemu: [200, 200, 400] }),
  work('system', 'pipe', { ours: [100], qemu: [300] }),
  work('integer', 'qsort', { ours: [100, 100, 100], qemu: [50, 50, 50] }),
];

test('gives speeds relative to the reference, round by round, and their geometric mean', () => {
  const { groups } = compare('time', WORKS, 'qemu');
  expect(groups.map(({ group, works }) => [group, works.map(({ name }) => name)])).toEqual([
    ['integer', ['sieve', 'qsort']],
    ['system', ['pipe']],
  ]);
  const [sieve] = groups[0].works;
  expect(sieve.contenders).toEqual([
    { contender: 'ours', median: 100, spread: 1, ratio: { median: 2, low: 1, high: 4 } },
    { contender: 'qemu', median: 200, spread: 1 },
  ]);
  expect(groups[0].means).toEqual({ ours: 1 });
  expect(groups[1].means.ours).toBeCloseTo(3);
});

test('has no mean for whom a member is missing', () => {
  const { groups } = compare('time', [...WORKS, work('integer', 'hash', { qemu: [10] })], 'qemu');
  expect(groups[0].means).toEqual({});
});

test('prints times, ratios and means by group', () => {
  const text = comparisonTable(compare('time', WORKS, 'qemu'), { integer: 'integer code' });
  expect(text).toMatch(/^time; ratios are speed relative to qemu\n/);
  expect(text).toMatch(
    /integer code\n {2}sieve\s+100 ms ±50 %\s+2\.00 \(1\.00 to 4\.00\)\s+200 ms ±50 %\n {2}qsort.*\n {2}geometric mean\s+1\.00\n/,
  );
  expect(text).toContain('\nsystem\n');
  expect(comparisonTable(compare('time', WORKS, undefined))).not.toMatch(/relative|mean/);
});
