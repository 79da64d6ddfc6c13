import { expect, test } from 'vitest';
import { geometricMean, median, spread } from '../../../bench/support/statistics.ts';

test('takes the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 2, 9])).toBe(3);
  expect(() => median([])).toThrow(/at least one/);
});

test('tells the range in units of the median', () => {
  expect(spread([2, 4, 6])).toBe(1);
  expect(spread([3])).toBe(0);
  expect(spread([0, 0])).toBe(0);
});

test('has a geometric mean, in which a half and a double cancel out', () => {
  expect(geometricMean([0.5, 2, 1])).toBeCloseTo(1);
  expect(geometricMean([3])).toBeCloseTo(3);
  expect(() => geometricMean([])).toThrow(/at least one/);
});
