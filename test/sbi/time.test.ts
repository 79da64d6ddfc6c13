import { expect, test } from 'vitest';
import { END, setUp } from './fake-host.ts';

test('sets the timer of the calling hart, also to never', () => {
  const { ecall, host } = setUp();
  expect(ecall(0x54494d45, 0, 12345)).toEqual([0, 0]);
  expect(ecall(0x54494d45, 0, END - 1n)).toEqual([0, 0]);
  expect(host.log).toEqual([
    ['setTimer', 0, 12345n],
    ['setTimer', 0, END - 1n],
  ]);
});

test('has one function', () => {
  expect(setUp().ecall(0x54494d45, 1, 0)).toEqual([-2, 0]);
});
