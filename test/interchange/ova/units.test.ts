/** Sizes as descriptors write them. */
import { expect, test } from 'vitest';
import { sizeIn } from '../../../src/interchange/ova/units.ts';

const MiB = 1 << 20;

test('sizes are numbers in programmatic units, or in those before them', () => {
  for (const [quantity, unit, size] of [
    ['512', 'byte * 2^20', 512 * MiB],
    ['512', 'MegaBytes', 512 * MiB],
    ['2', 'byte*2 ^ 30', 2 ** 31],
    ['3', 'byte * 1024 * 10^3', 3_072_000],
    ['7', 'byte', 7],
    ['7', 'hertz * 10^6', undefined],
    ['7', 'byte * 2^99', undefined],
    ['99999999999999999', 'byte', undefined],
    ['-7', 'byte', undefined],
    ['1e3', 'byte', undefined],
  ] as const)
    expect(sizeIn(quantity, unit), `${quantity} ${unit}`).toBe(size);
});
