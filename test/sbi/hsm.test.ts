import { expect, test } from 'vitest';
import { END, error, RAM_BASE, RAM_SIZE, setUp } from './fake-host.ts';

const HSM = 0x48534d;

test('starts a stopped hart', () => {
  const { ecall, host } = setUp();
  expect(ecall(HSM, 0, 1, RAM_BASE + 2, END - 1n)).toEqual([0, 0]);
  expect(host.log).toEqual([['startHart', 1, { address: BigInt(RAM_BASE + 2), opaque: END - 1n }]]);
  expect(ecall(HSM, 0, 1, RAM_BASE, 0)).toEqual(error(-6));
  host.states[2] = 'suspended';
  expect(ecall(HSM, 0, 2, RAM_BASE, 0)).toEqual(error(-6));
  expect(ecall(HSM, 0, 0, RAM_BASE, 0)).toEqual(error(-6));
});

test.each<[string, number, number | bigint, number | bigint]>([
  ['no such hart', -3, 4, RAM_BASE],
  ['a hart number that is 1 in its low half', -3, 2n ** 32n + 1n, RAM_BASE],
  ['address 0', -5, 1, 0],
  ['past RAM', -5, 1, RAM_BASE + RAM_SIZE],
  ['a virtual address', -5, 1, 0xffffffff80000000n],
  ['an odd address', -5, 1, RAM_BASE + 1],
])('start: %s', (_, code, hart, address) => {
  const { ecall, host } = setUp();
  expect(ecall(HSM, 0, hart, address, 0)).toEqual(error(code));
  expect(host.log).toEqual([]);
});

test('stop does not return', () => {
  const { ecall, host } = setUp();
  expect(ecall(HSM, 1)).toBeUndefined();
  expect(host.log).toEqual([['stopHart', 0]]);
});

test('status', () => {
  const { ecall, host } = setUp();
  host.states[2] = 'suspended';
  expect([0, 1, 2].map((hart) => ecall(HSM, 2, hart))).toEqual([
    [0, 0],
    [0, 1],
    [0, 4],
  ]);
  expect(ecall(HSM, 2, 4)).toEqual(error(-3));
  expect(ecall(HSM, 2, -1)).toEqual(error(-3));
});

test('retentive suspend returns success', () => {
  const { ecall, host } = setUp();
  expect(ecall(HSM, 3, 0, 0, 0)).toEqual([0, 0]);
  expect(host.log).toEqual([['suspendHart', 0, undefined]]);
});

test('non-retentive suspend goes on elsewhere; the type is 32 bits wide', () => {
  for (const type of [0x80000000n, 0xffffffff80000000n]) {
    const { ecall, host } = setUp();
    expect(ecall(HSM, 3, type, RAM_BASE, 9)).toBeUndefined();
    expect(host.log).toEqual([['suspendHart', 0, { address: BigInt(RAM_BASE), opaque: 9n }]]);
  }
});

test('suspend errors', () => {
  const { ecall, host } = setUp();
  for (const type of [1, 0x0fffffff, 0x10000000, 0x7fffffff, 0x80000001, 0x90000000, 0xffffffff]) {
    expect(ecall(HSM, 3, type, RAM_BASE, 0)).toEqual(error(-3));
  }
  expect(ecall(HSM, 3, 0x80000000, 0x1000, 0)).toEqual(error(-5));
  expect(host.log).toEqual([]);
});
