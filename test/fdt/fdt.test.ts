import { expect, test } from 'vitest';
import { cells64 } from '../../src/fdt/fdt.ts';

test('cells64 gives the high cell first', () => {
  expect(cells64(0x80000000)).toEqual([0, 0x80000000]);
  expect(cells64(0x1_2345_6789)).toEqual([1, 0x23456789]);
  expect(cells64(0xffff_ffff_8000_0000n)).toEqual([0xffffffff, 0x80000000]);
});
