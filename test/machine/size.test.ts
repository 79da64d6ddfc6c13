import { expect, test } from 'vitest';
import { parseSize } from '../../src/machine/size.ts';

test.each([
  ['256M', 256 * 2 ** 20],
  ['1G', 2 ** 30],
  ['1.5G', 1.5 * 2 ** 30],
  ['64k', 65536],
  ['64KiB', 65536],
  [' 2T ', 2 ** 41],
  ['0M', 0],
])('%s', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(['', '256', 'M', '256MB', '-1M', '1e3M', '0x10M', '1.M', '256 M B', '0.3K', '99999999999T'])(
  'refuses %j',
  (text) => {
    expect(() => parseSize(text)).toThrow(RangeError);
    expect(() => parseSize(text)).toThrow(
      `expected a size with a unit such as "256M" or "1G", found ${JSON.stringify(text)}`,
    );
  },
);
