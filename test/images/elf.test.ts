import { expect, test } from 'vitest';
import { ImageFormatError } from '../../src/images/boot-image.ts';
import { readElf } from '../../src/images/elf.ts';
import { buildElf } from './elf-builder.ts';

const code = new Uint8Array([0x13, 0, 0, 0, 0x6f, 0, 0, 0]);

function edited(
  edit: (view: DataView) => void,
  file = buildElf({ segments: [{ virtual: 0x80000000n, bytes: code }] }),
) {
  edit(new DataView(file.buffer));
  return file;
}

test('reads segments, the entry point and symbols', () => {
  const image = readElf(
    buildElf({
      entry: 0x80000004n,
      segments: [
        { virtual: 0x80000000n, bytes: code, memorySize: 0x1000n },
        { type: 0x6474e551, virtual: 0n, bytes: new Uint8Array(0) },
        { virtual: 0x80002000n, bytes: new Uint8Array([1]), flags: 6 },
        { virtual: 0x80003000n, bytes: new Uint8Array(0), flags: 6 },
      ],
      symbols: [
        { name: '_start', value: 0x80000000n, info: 0x12 },
        { name: 'tohost', value: 0x80002000n, size: 8n, info: 0x11 },
        { name: 'elsewhere', value: 0n, section: 0 },
        { name: 'file.c', value: 0n, info: 4 },
        { name: 'end', value: 0x80003000n },
      ],
    }),
  );
  expect(image).toMatchObject({ kind: 'elf', isRelative: false, entry: 0x80000004n });
  expect(image.segments).toEqual([
    { address: 0x80000000n, bytes: code, memorySize: 0x1000 },
    { address: 0x80002000n, bytes: new Uint8Array([1]), memorySize: 1 },
  ]);
  expect(image.symbols).toEqual([
    { name: '_start', address: 0x80000000n, size: 0, kind: 'function' },
    { name: 'tohost', address: 0x80002000n, size: 8, kind: 'object' },
    { name: 'end', address: 0x80003000n, size: 0, kind: 'other' },
  ]);
});

test('a segment may start with the headers of the file', () => {
  // As GNU ld -Ttext=0x80000000 lays it out: the headers in front of the text.
  const file = edited((view) => {
    view.setBigUint64(64 + 8, 0n, true);
    view.setBigUint64(64 + 16, 0x80000000n - 120n, true);
    view.setBigUint64(64 + 24, 0x80000000n - 120n, true);
    view.setBigUint64(64 + 32, 128n, true);
    view.setBigUint64(64 + 40, 128n, true);
  });
  expect(readElf(file).segments[0]).toMatchObject({ address: 0x80000000n - 120n, headerSize: 120 });
});

test('segments go to their physical addresses, and the entry point follows', () => {
  const image = readElf(
    buildElf({
      entry: 0xffffffff80000004n,
      segments: [{ virtual: 0xffffffff80000000n, physical: 0x80200000n, bytes: code }],
    }),
  );
  expect(image.entry).toBe(0x80200004n);
  expect(image.segments[0].address).toBe(0x80200000n);
});

test('a position-independent program is relative to its first page', () => {
  const image = readElf(
    buildElf({
      type: 3,
      entry: 0x1120n,
      segments: [
        { virtual: 0x3000n, bytes: new Uint8Array([1]), flags: 6 },
        { virtual: 0x1120n, bytes: code },
      ],
      symbols: [{ name: 'x', value: 0x3000n }],
    }),
  );
  expect(image).toMatchObject({ isRelative: true, entry: 0x120n });
  expect(image.segments.map(({ address }) => address)).toEqual([0x2000n, 0x120n]);
  expect(image.symbols[0].address).toBe(0x2000n);
});

test.each<[string, Uint8Array, string]>([
  ['not ELF', new Uint8Array(64), 'expected an ELF file'],
  ['short header', edited(() => undefined).slice(0, 63), 'expected a header of 64 bytes, found 63'],
  ['32-bit', edited((view) => view.setUint8(4, 1)), 'expected a 64-bit ELF file, found a 32-bit one'],
  ['odd class', edited((view) => view.setUint8(4, 9)), 'found class 9'],
  [
    'big-endian',
    edited((view) => view.setUint8(5, 2)),
    'expected a little-endian ELF file, found a big-endian one',
  ],
  [
    'x86-64',
    edited((view) => view.setUint16(18, 62, true)),
    'expected an ELF file for RISC-V, found one for x86-64',
  ],
  ['other machine', edited((view) => view.setUint16(18, 999, true)), 'found one for machine 999'],
  [
    'object file',
    edited((view) => view.setUint16(16, 1, true)),
    'expected an ELF executable, found a relocatable object',
  ],
  ['no program headers', buildElf({ segments: [] }), 'expected an ELF file with program headers, found none'],
  ['small program headers', edited((view) => view.setUint16(54, 8, true)), 'expected 56 bytes each, found 8'],
  [
    'program headers outside',
    edited((view) => view.setBigUint64(32, 2n ** 63n, true)),
    'its program header table ends',
  ],
  ['dynamic linker', edited((view) => view.setUint32(64, 3, true)), 'expected a static ELF program'],
  ['nothing to load', edited((view) => view.setUint32(64, 2, true)), 'with a segment to load, found none'],
  [
    'segment outside',
    edited((view) => view.setBigUint64(72, 146n, true)),
    'its segment 0 ends at byte 154, the file at 153',
  ],
  [
    'offset wraps',
    edited((view) => view.setBigUint64(72, 2n ** 64n - 1n, true)),
    'its segment 0 ends at byte',
  ],
  [
    'memory below file size',
    edited((view) => view.setBigUint64(104, 7n, true)),
    '7 bytes in memory do not go with 8',
  ],
  ['memory beyond reason', edited((view) => view.setBigUint64(104, 2n ** 60n, true)), 'do not go with 8'],
  [
    'entry elsewhere',
    edited((view) => view.setBigUint64(24, 4n, true)),
    'entry point 0x4 lies in no segment',
  ],
])('refuses: %s', (_, file, message) => {
  expect(() => readElf(file)).toThrow(ImageFormatError);
  expect(() => readElf(file)).toThrow(message);
});

test('any damaged word gives an image or an ImageFormatError', () => {
  const file = buildElf({
    segments: [{ virtual: 0x80000000n, bytes: code }],
    symbols: [{ name: 'a', value: 1n }],
  });
  for (let offset = 4; offset + 4 <= file.length; offset += 2) {
    for (const value of [0, 1, 0xff, 0x7fffffff, 0xffffffff]) {
      const damaged = file.slice();
      new DataView(damaged.buffer).setUint32(offset, value, true);
      try {
        expect(readElf(damaged).kind).toBe('elf');
      } catch (error) {
        expect(error).toBeInstanceOf(ImageFormatError);
      }
    }
  }
});
