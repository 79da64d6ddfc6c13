import { expect, test } from 'vitest';
import { END, setUp } from './fake-host.ts';

const POINTER = 0xffffffe000001000n;
/** a1 keeps the argument that was in it. */
const UNTOUCHED = 0x5555;

test('set_timer; the function ID does not matter', () => {
  const { ecall, host } = setUp();
  expect(ecall(0, 99, 5)).toEqual([0, UNTOUCHED]);
  expect(host.log).toEqual([['setTimer', 0, 5n]]);
});

test('console', () => {
  const { ecall, host } = setUp();
  expect(ecall(1, 0, 0x141)).toEqual([0, UNTOUCHED]);
  expect(host.output).toBe('A');
  expect(ecall(2, 0)).toEqual([-1, UNTOUCHED]);
  host.input = [200];
  expect(ecall(2, 0)).toEqual([200, UNTOUCHED]);
});

test('clear_ipi says whether one was pending', () => {
  const { ecall, host } = setUp();
  expect(ecall(3, 0)).toEqual([0, UNTOUCHED]);
  host.softwareInterrupts.fill(true);
  expect(ecall(3, 0)).toEqual([1, UNTOUCHED]);
  expect(host.softwareInterrupts).toEqual([false, true, true, true]);
});

test('send_ipi reads its mask from virtual memory', () => {
  const { ecall, host } = setUp();
  host.states.fill('started');
  host.words.set(POINTER, 0b1010n);
  expect(ecall(4, 0, POINTER)).toEqual([0, UNTOUCHED]);
  expect(host.softwareInterrupts).toEqual([false, true, false, true]);
  expect(ecall(4, 0, 0)).toEqual([0, UNTOUCHED]);
  expect(host.softwareInterrupts).toEqual([true, true, true, true]);
  host.words.set(POINTER, 0b10000n);
  expect(ecall(4, 0, POINTER)).toEqual([-3, UNTOUCHED]);
});

test('a fault at the mask does not return', () => {
  const { ecall, host } = setUp();
  for (const eid of [4, 5, 6, 7]) expect(ecall(eid, 0, POINTER, 0, 0, 0)).toBeUndefined();
  expect(host.log).toEqual(Array.from({ length: 4 }, () => ['loadFault', 0, POINTER]));
});

test('remote fences', () => {
  const { ecall, host } = setUp();
  host.words.set(POINTER, 0b10n);
  expect(ecall(5, 0, POINTER)).toEqual([0, UNTOUCHED]);
  expect(ecall(6, 0, POINTER, 0x1000, 0x2000)).toEqual([0, 0x1000]);
  expect(ecall(7, 0, POINTER, 0, END - 1n, 3)).toEqual([0, 0]);
  expect(ecall(7, 0, POINTER, 0, 0, 0x10000)).toEqual([-3, 0]);
  expect(host.log).toEqual([
    ['fenceInstructions', 1],
    ['fenceAddresses', 1, { start: 0x1000n, size: 0x2000n }, undefined],
    ['fenceAddresses', 1, undefined, 3],
  ]);
});

test('shutdown', () => {
  const { ecall, host } = setUp();
  expect(ecall(8, 0)).toBeUndefined();
  expect(host.log).toEqual([['requestReset', 'shutdown', 'none']]);
});
