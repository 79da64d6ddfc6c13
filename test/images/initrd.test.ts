import { expect, test } from 'vitest';
import { concatenateInitrds } from '../../src/images/initrd.ts';

test('each part starts at a multiple of four bytes', () => {
  const joined = concatenateInitrds([
    new Uint8Array([1]),
    new Uint8Array([2, 3, 4, 5]),
    new Uint8Array([6, 7, 8, 9, 10]),
  ]);
  expect([...joined]).toEqual([1, 0, 0, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('a single part stays the same, none gives none', () => {
  const part = new Uint8Array([1, 2, 3]);
  expect(concatenateInitrds([part])).toBe(part);
  expect(concatenateInitrds([])).toEqual(new Uint8Array(0));
});
