import { expect, test } from 'vitest';
import { resetVector } from '../../src/machine/reset-vector.ts';

test('is what QEMU virt has at 0x1000', () => {
  // Read with `xp /12wx 0x1000` from QEMU 7.2 with -m 256 -bios <file>.
  const expected = [
    0x00000297, 0x02828613, 0xf1402573, 0x0202b583, 0x0182b283, 0x00028067, 0x80000000, 0x00000000,
    0x8fe00000, 0x00000000, 0x4942534f, 0x00000000,
  ];
  const bytes = resetVector({ start: 0x80000000, fdt: 0x8fe00000 });
  const view = new DataView(bytes.buffer);
  expect(expected.map((_, index) => view.getUint32(index * 4, true))).toEqual(expected);
});

test('fw_dynamic info', () => {
  const view = new DataView(
    resetVector({ start: 1, fdt: 0x1_0000_0000n, next: 0x80200000, bootHart: 3 }).buffer,
  );
  expect(view.getBigUint64(32, true)).toBe(0x1_0000_0000n);
  const info = Array.from({ length: 6 }, (_, index) => view.getBigUint64(40 + 8 * index, true));
  expect(info).toEqual([0x4942534fn, 2n, 0x80200000n, 1n, 0n, 3n]);
  expect(view.byteLength).toBe(88);
});
