import { expect, test } from 'vitest';
import { error, RAM_BASE, setUp } from './fake-host.ts';

const SUSP = 0x53555350;

test('suspends the last running hart', () => {
  const { ecall, host } = setUp();
  expect(ecall(SUSP, 0, 0, RAM_BASE + 0x100, 7)).toBeUndefined();
  expect(host.log).toEqual([['suspendHart', 0, { address: BigInt(RAM_BASE + 0x100), opaque: 7n }]]);
});

test('errors', () => {
  const { ecall, host } = setUp();
  expect(ecall(SUSP, 0, 1, RAM_BASE, 0)).toEqual(error(-3));
  expect(ecall(SUSP, 0, 0x80000000, RAM_BASE, 0)).toEqual(error(-3));
  expect(ecall(SUSP, 0, 0, 0x1000, 0)).toEqual(error(-5));
  expect(ecall(SUSP, 1, 0, RAM_BASE, 0)).toEqual(error(-2));
  host.states[3] = 'suspended';
  expect(ecall(SUSP, 0, 0, RAM_BASE, 0)).toEqual(error(-4));
  host.states[3] = 'started';
  expect(ecall(SUSP, 0, 0, RAM_BASE, 0)).toEqual(error(-4));
  expect(host.log).toEqual([]);
});
