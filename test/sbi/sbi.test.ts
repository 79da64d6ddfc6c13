import { expect, test } from 'vitest';
import { error, setUp } from './fake-host.ts';

const BASE = 0x10;

test('an unknown extension or function is not supported', () => {
  const { ecall } = setUp();
  for (const eid of [9, 15, 0x11, 0x08000000, 0x0a000000, -1, 0x10n + 2n ** 32n]) {
    expect(ecall(eid, 0)).toEqual(error(-2));
  }
  for (const eid of [
    BASE,
    0x54494d45,
    0x735049,
    0x52464e43,
    0x48534d,
    0x53525354,
    0x4442434e,
    0x53555350,
    0x504d55,
  ]) {
    for (const fid of [9, 100, -1, 2n ** 32n, 2n ** 63n])
      expect(ecall(eid, fid, 0, 0, 0, 0, 0, 0)).toEqual(error(-2));
  }
});

test('a0 and a1 are all that a call changes', () => {
  const { ecall, host } = setUp();
  expect(ecall(BASE, 0)).toEqual([0, 0x3000000]);
  expect(host.registers[0][12]).toBe(0x5555n);
});

test('calls act on the hart that made them', () => {
  const { ecallOn, host } = setUp();
  host.states[2] = 'started';
  expect(ecallOn(2, 0x54494d45, 0, 77)).toEqual([0, 0]);
  expect(host.log).toEqual([['setTimer', 2, 77n]]);
});
