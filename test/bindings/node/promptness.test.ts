import { expect, test } from 'vitest';
import { Promptness } from '../../../src/bindings/node/promptness.ts';

const makeClock = () => {
  const clock = { time: 0 };
  const promptness = new Promptness(() => clock.time);
  /** A call that takes so many milliseconds; whether it was made. */
  const call = (milliseconds: number, bytes = 4096): boolean =>
    promptness.attempt(() => {
      clock.time += milliseconds;
      return bytes;
    });
  return { clock, call };
};

test('prompt calls are made, however many', () => {
  const { call } = makeClock();
  for (let i = 0; i < 1000; i++) expect(call(0.9)).toBe(true);
});

test('large calls may take longer', () => {
  const { call } = makeClock();
  for (let i = 0; i < 100; i++) expect(call(16, 16 << 20)).toBe(true);
});

test('slow calls are made for a quarter of the time at most', () => {
  const { clock, call } = makeClock();
  let waited = 0;
  while (clock.time < 10_000) {
    if (call(8)) waited += 8;
    else clock.time += 1;
  }
  expect(waited).toBeGreaterThan(1500);
  expect(waited).toBeLessThan(2600);
});

test('one that is very slow is paid for', () => {
  const { clock, call } = makeClock();
  expect(call(1000)).toBe(true);
  clock.time += 2900;
  expect(call(0)).toBe(false);
  clock.time += 200;
  expect(call(0)).toBe(true);
});

test('a call that fails is no longer under way', () => {
  const promptness = new Promptness(() => 0);
  expect(() =>
    promptness.attempt(() => {
      throw new Error('gone');
    }),
  ).toThrow('gone');
  expect(promptness.attempt(() => 0)).toBe(true);
});
