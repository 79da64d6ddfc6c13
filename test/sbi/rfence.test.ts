import { expect, test } from 'vitest';
import { END, error, setUp } from './fake-host.ts';

const RFENCE = 0x52464e43;

test('FENCE.I', () => {
  const { ecall, host } = setUp();
  expect(ecall(RFENCE, 0, 0b11, 1)).toEqual([0, 0]);
  expect(host.log).toEqual([
    ['fenceInstructions', 1],
    ['fenceInstructions', 2],
  ]);
});

test('SFENCE.VMA of a range', () => {
  const { ecall, host } = setUp();
  expect(ecall(RFENCE, 1, 1, 0, 0x1000, 0x2000)).toEqual([0, 0]);
  expect(ecall(RFENCE, 1, 1, 0, END - 0x1000n, 0x1000)).toEqual([0, 0]);
  expect(ecall(RFENCE, 2, 1, 3, 0x1000, 0x2000, 0xffff)).toEqual([0, 0]);
  expect(host.log).toEqual([
    ['fenceAddresses', 0, { start: 0x1000n, size: 0x2000n }, undefined],
    ['fenceAddresses', 0, { start: END - 0x1000n, size: 0x1000n }, undefined],
    ['fenceAddresses', 3, { start: 0x1000n, size: 0x2000n }, 0xffff],
  ]);
});

test.each([
  [0, 0],
  [0, -1],
  [0x1234, -1],
])('SFENCE.VMA with start %d and size %d is for every address', (start, size) => {
  const { ecall, host } = setUp(1);
  expect(ecall(RFENCE, 1, 0, -1, start, size)).toEqual([0, 0]);
  expect(ecall(RFENCE, 2, 0, -1, start, size, 5)).toEqual([0, 0]);
  expect(host.log).toEqual([
    ['fenceAddresses', 0, undefined, undefined],
    ['fenceAddresses', 0, undefined, 5],
  ]);
});

test('errors leave the harts alone', () => {
  const { ecall, host } = setUp();
  for (const fid of [0, 1, 2]) expect(ecall(RFENCE, fid, 1, 4, 0, 0, 0)).toEqual(error(-3));
  expect(ecall(RFENCE, 2, 1, 0, 0, 0, 0x10000)).toEqual(error(-3));
  for (const fid of [1, 2]) expect(ecall(RFENCE, fid, 1, 0, 0x2000, END - 0x1000n, 0)).toEqual(error(-5));
  for (const fid of [3, 4, 5, 6]) expect(ecall(RFENCE, fid, 1, 0, 0, 0, 0)).toEqual(error(-2));
  expect(host.log).toEqual([]);
});
