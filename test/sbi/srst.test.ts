import { expect, test } from 'vitest';
import { error, setUp } from './fake-host.ts';

const SRST = 0x53525354;

test.each([
  [0, 0, 'shutdown', 'none'],
  [0, 1, 'shutdown', 'failure'],
  [1, 0, 'cold-reboot', 'none'],
  [2, 1, 'warm-reboot', 'failure'],
])('type %i, reason %i', (type, reason, kind, why) => {
  const { ecall, host } = setUp();
  expect(ecall(SRST, 0, type, reason)).toBeUndefined();
  expect(host.log).toEqual([['requestReset', kind, why]]);
});

test('reserved and vendor values', () => {
  const { ecall, host } = setUp();
  for (const type of [3, 0xefffffff, 0xf0000000, 0xffffffff])
    expect(ecall(SRST, 0, type, 0)).toEqual(error(-3));
  for (const reason of [2, 0xdfffffff, 0xe0000000, 0xf0000000])
    expect(ecall(SRST, 0, 0, reason)).toEqual(error(-3));
  expect(ecall(SRST, 1, 0, 0)).toEqual(error(-2));
  expect(host.log).toEqual([]);
});
