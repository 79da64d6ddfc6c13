import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ImageFormatError, loadKernel } from '../../src/images/index.ts';
import { buildElf } from './elf-builder.ts';
import { buildLinuxImage } from './linux-image-builder.ts';

const code = new Uint8Array([0x13, 0, 0, 0]);
const elf = buildElf({ segments: [{ virtual: 0x80000000n, bytes: code }] });

describe('recognises', () => {
  test.each<[string, Uint8Array]>([
    ['linux', buildLinuxImage()],
    ['linux', buildLinuxImage({ isPe: true })],
    ['elf', elf],
    ['raw', code],
  ])('%s', async (kind, file) => {
    expect((await loadKernel(file)).kind).toBe(kind);
    expect((await loadKernel(gzipSync(file))).kind).toBe(kind);
  });

  test('a gzip-compressed kernel larger than one chunk, byte for byte', async () => {
    const file = buildLinuxImage({ size: 1_000_003 });
    for (let offset = 256; offset < file.length; offset++) file[offset] = (offset * 2654435761) >>> 13;
    const { segments } = await loadKernel(gzipSync(file));
    expect(Buffer.compare(segments[0].bytes, file)).toBe(0);
  });

  test('raw code as it is', async () => {
    expect(await loadKernel(code)).toEqual({
      kind: 'raw',
      isRelative: true,
      entry: 0n,
      segments: [{ address: 0n, bytes: code, memorySize: 4 }],
      symbols: [],
    });
  });
});

function zboot(payload: Uint8Array, compression: string, claimed = payload.length): Uint8Array {
  const file = new Uint8Array(64 + payload.length);
  const view = new DataView(file.buffer);
  file.set([0x4d, 0x5a, 0, 0, 0x7a, 0x69, 0x6d, 0x67]);
  view.setUint32(8, 64, true);
  view.setUint32(12, claimed, true);
  file.set(Buffer.from(compression), 24);
  file.set(payload, 64);
  return file;
}

describe('EFI zboot', () => {
  test('with gzip is unpacked', async () => {
    expect((await loadKernel(zboot(gzipSync(buildLinuxImage()), 'gzip'))).kind).toBe('linux');
  });
  test.each<[string, Uint8Array, string]>([
    ['zstd', zboot(code, 'zstd22'), 'compressed with gzip, found "zstd22"; supply the uncompressed Image'],
    ['truncated', zboot(code, 'gzip', 5), 'its payload ends at byte 69, the file at 68'],
    ['header only', zboot(code, 'gzip').slice(0, 40), 'truncated EFI zboot image: 40 bytes'],
    ['wrong name', zboot(code, 'gzip'), 'expected gzip data in the EFI zboot image'],
  ])('%s is refused', async (_, file, message) => {
    await expect(loadKernel(file)).rejects.toThrow(message);
  });
});

const gz = gzipSync(buildLinuxImage({ size: 100_000 }));

describe('refuses', () => {
  test.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(0), 'kernel: expected code, found an empty file'],
    ['truncated gzip', gz.subarray(0, gz.length - 12), 'found damaged or truncated data'],
    ['gzip header only', gz.subarray(0, 2), 'found damaged or truncated data'],
    [
      'garbage after the gzip header',
      Buffer.concat([gz.subarray(0, 10), Buffer.alloc(64, 0xff)]),
      'damaged or truncated',
    ],
    ['a wrong checksum', Buffer.concat([gz.subarray(0, -8), Buffer.alloc(8)]), 'damaged or truncated'],
    ['gzip in gzip', gzipSync(gz), 'found it compressed twice'],
    ['gzip of nothing', gzipSync(new Uint8Array(0)), 'found an empty file'],
    ['xz', Buffer.from('fd377a585a0000', 'hex'), 'found xz-compressed data; unpack it with xz -d'],
    ['zstd', Buffer.from('28b52ffd00', 'hex'), 'found zstd-compressed data'],
    ['lz4', Buffer.from('04224d18', 'hex'), 'found lz4-compressed data'],
    ['legacy lz4', Buffer.from('02214c18', 'hex'), 'found lz4-compressed data'],
    ['bzip2', Buffer.from('BZh91AY'), 'found bzip2-compressed data'],
    ['lzma', Buffer.from('5d000080', 'hex'), 'found lzma-compressed data'],
    ['lzo', Buffer.from('894c5a4f00', 'hex'), 'found lzo-compressed data'],
    ['uImage', Buffer.from('27051956', 'hex'), 'found a U-Boot uImage'],
    ['device tree', Buffer.from('d00dfeed', 'hex'), 'found a device tree or FIT image'],
    ['initrd', Buffer.from('070701000000'), 'found a cpio archive; is it the initrd?'],
    ['deb', Buffer.from('!<arch>\ndebian-binary'), 'found a package'],
    ['text', Buffer.from('{ "hartware": 1, "boot": {} }'), 'or raw code, found a text file'],
    ['disk image', new Uint8Array(4096), 'found zeros where its first instruction would be'],
    ['web page', Buffer.from('<!DOCTYPE html>'), 'found an HTML page'],
    ['foreign EFI program', Buffer.from('MZ'.padEnd(80, '\0')), 'expected a Linux image for RISC-V'],
  ])('%s', async (_, file, message) => {
    const loading = loadKernel(file);
    await expect(loading).rejects.toBeInstanceOf(ImageFormatError);
    await expect(loading).rejects.toThrow(message);
  });

  test('what unpacks to more than the bound', async () => {
    const bomb = gzipSync(new Uint8Array(4_000_000).fill(0x13));
    await expect(loadKernel(bomb, { what: 'firmware', maximumSize: 1_000_000 })).rejects.toThrow(
      'firmware: expected a firmware of at most 1000000 bytes, found more when unpacking it',
    );
    await expect(loadKernel(bomb, { maximumSize: 4_000_000 })).resolves.toMatchObject({ kind: 'raw' });
  });
});
