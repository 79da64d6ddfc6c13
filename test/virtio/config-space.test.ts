import { expect, it } from 'vitest';
import { ConfigSpace } from '../../src/virtio/config-space.ts';

it('ConfigSpace is little-endian, with zeros past its end', () => {
  const config = new ConfigSpace(16);
  config.setUint64(0, 0x8877_6655_4433_2211n);
  config.setUint32(8, 0xccbb_aa99);
  config.setUint16(12, 0xeedd);
  config.setUint8(15, 0xff);
  expect([0, 4, 8, 12].map((offset) => config.read(offset, 4))).toEqual([
    0x4433_2211, 0x8877_6655, 0xccbb_aa99, 0xff00_eedd,
  ]);
  expect([
    config.read(1, 2),
    config.read(7, 1),
    config.read(15, 2),
    config.read(14, 4),
    config.read(16, 1),
  ]).toEqual([0x3322, 0x88, 0xff, 0xff00, 0]);
});
