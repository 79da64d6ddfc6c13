import { describe, expect, test } from 'vitest';
import { decodePax, decodeTarHeader, encodeTarHeader, isTarEnd } from '../src/tar-header.ts';

/** A header with other bytes at an offset, and the right checksum again. */
function changed(header: Uint8Array, offset: number, text: string): Uint8Array {
  const bytes = Buffer.from(header);
  bytes.write(text, offset, 'latin1');
  bytes.fill(' ', 148, 156);
  const sum = bytes.reduce((all, byte) => all + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}

describe('headers', () => {
  const header = encodeTarHeader('disk.img', 0o1234);

  test.each([0, 8 ** 11 - 1, 8 ** 11, Number.MAX_SAFE_INTEGER])('of a file of %d bytes, and back', (size) => {
    expect(decodeTarHeader(encodeTarHeader('a/ü', size))).toEqual({ name: 'a/ü', type: '0', size });
  });

  test('that are none by their checksum', () => {
    for (const offset of [0, 124, 148, 511]) {
      const damaged = Uint8Array.from(header);
      damaged[offset] ^= 1;
      expect(decodeTarHeader(damaged)).toBe(undefined);
    }
    expect(decodeTarHeader(new Uint8Array(512))).toBe(undefined);
    expect(isTarEnd(new Uint8Array(512))).toBe(true);
    expect(isTarEnd(header)).toBe(false);
  });

  test('whose size is none', () => {
    for (const size of ['', '   1 8', '-1', '\x80' + '\xff'.repeat(11)])
      expect(decodeTarHeader(changed(header, 124, size.padEnd(12, '\0')))!.size).toBe(NaN);
    expect(decodeTarHeader(changed(header, 124, '      1234 \0'))!.size).toBe(0o1234);
  });

  test('have a prefix if they are of ustar', () => {
    const prefixed = changed(header, 345, 'some/where');
    expect(decodeTarHeader(prefixed)!.name).toBe('some/where/disk.img');
    // GNU tar has other fields there.
    expect(decodeTarHeader(changed(prefixed, 257, 'ustar  '))!.name).toBe('disk.img');
  });
});

describe('records of pax', () => {
  const decode = (text: string) => decodePax(Buffer.from(text));

  test('name the next file and its size', () => {
    expect(decode('13 mtime=1.5\n17 path=a=ü\nb/c\n20 size=99999999999\n')).toEqual({
      name: 'a=ü\nb/c',
      size: 99999999999,
    });
    expect(decode('22 GNU.sparse.major=1\n')).toEqual({ isSparse: true });
    expect(decode('')).toEqual({});
  });

  test.each([
    'path=a\n',
    '99 path=a\n',
    '0 path=a\n',
    '-9 path=a\n',
    'x path=a\n',
    '10 size=x\n',
    '11 size=-1\n',
  ])('are refused when they are damaged: %j', (text) => {
    expect(decode(text)).toBe(undefined);
  });
});
