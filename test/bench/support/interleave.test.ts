import { expect, test } from 'vitest';
import { interleave } from '../../../bench/support/interleave.ts';

test('gives everyone a turn in each round, and nobody the first one always', async () => {
  const order: string[] = [];
  const contenders = [{ name: 'a' }, { name: 'b' }];
  const values = await interleave(contenders, 3, async ({ name }) => order.push(name));
  expect(order.join('')).toBe('abbaab');
  expect(values.get(contenders[0])).toEqual([1, 4, 5]);
  expect(values.get(contenders[1])).toEqual([2, 3, 6]);
});
