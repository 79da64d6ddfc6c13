import { expect, test } from 'vitest';
import { ImageFormatError } from '../../src/images/boot-image.ts';
import { isLinuxImage, readLinuxImage } from '../../src/images/linux-image.ts';
import { buildLinuxImage } from './linux-image-builder.ts';

function edited(edit: (view: DataView) => void): Uint8Array {
  const file = buildLinuxImage({ size: 0x300, isPe: true });
  edit(new DataView(file.buffer));
  return file;
}
const withoutMagic = (view: DataView) => {
  view.setBigUint64(48, 0n);
  view.setUint32(56, 0);
};

test.each([false, true])('reads the header (EFI stub: %s)', (isPe) => {
  const file = buildLinuxImage({ isPe });
  expect(readLinuxImage(file)).toEqual({
    kind: 'linux',
    isRelative: true,
    entry: 0n,
    segments: [{ address: 0n, bytes: file, memorySize: 0x2000 }],
    symbols: [],
  });
});

test('takes at least the room of the file', () => {
  expect(readLinuxImage(buildLinuxImage({ size: 0x3000 })).segments[0].memorySize).toBe(0x3000);
  expect(readLinuxImage(buildLinuxImage({ imageSize: 0n })).segments[0].memorySize).toBe(256);
});

test('either magic number will do', () => {
  expect(isLinuxImage(edited((view) => view.setBigUint64(48, 0n)))).toBe(true);
  expect(isLinuxImage(edited((view) => view.setUint32(56, 0)))).toBe(true);
  expect(isLinuxImage(edited(withoutMagic))).toBe(false);
  expect(isLinuxImage(buildLinuxImage().slice(0, 63))).toBe(false);
});

test.each<[string, Uint8Array, string]>([
  ['short', buildLinuxImage().slice(0, 40), 'found a file of 40 bytes'],
  ['big-endian', buildLinuxImage({ flags: 1n }), 'expected a little-endian Linux image'],
  ['absurd size', buildLinuxImage({ imageSize: 2n ** 60n }), 'asks for 1152921504606846976 bytes'],
  [
    'other code',
    edited((view) => (withoutMagic(view), view.setUint32(0, 0), view.setUint32(56, 0x2a, true))),
    'found 0x0000002a there',
  ],
  [
    'arm64',
    edited((view) => (withoutMagic(view), view.setUint32(56, 0x644d5241, true))),
    'found a Linux image for arm64',
  ],
  [
    'x86',
    edited((view) => (withoutMagic(view), view.setUint32(0x202, 0x53726448, true))),
    'found a Linux bzImage for x86',
  ],
  ['EFI program', edited(withoutMagic), 'found an EFI program for riscv64 without'],
  [
    'EFI x86-64',
    edited((view) => (withoutMagic(view), view.setUint16(68, 0x8664, true))),
    'an EFI program for x86-64',
  ],
  [
    'EFI unknown',
    edited((view) => (withoutMagic(view), view.setUint16(68, 0x1234, true))),
    'for machine type 0x1234',
  ],
  [
    'DOS',
    edited((view) => (withoutMagic(view), view.setUint32(60, 0xffffffff, true))),
    'found a DOS program',
  ],
])('refuses: %s', (_, file, message) => {
  expect(() => readLinuxImage(file)).toThrow(ImageFormatError);
  expect(() => readLinuxImage(file)).toThrow(message);
});
