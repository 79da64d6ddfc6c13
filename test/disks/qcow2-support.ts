/** What the tests of qcow2 images have in common. */
import { createImageHost } from '../../src/bindings/node/image-host.ts';
import type { FormatOptions } from '../../src/disks/disk-image.ts';
import { MemoryImageFile, type ImageFile } from '../../src/disks/image-file.ts';
import type { Qcow2Image } from '../../src/disks/qcow2/image.ts';
import { QCOW2 } from '../../src/disks/qcow2/index.ts';
import { RAW } from '../../src/disks/raw.ts';
import type { Random } from '../support/random.ts';

export const HOST = createImageHost();

/** Combinations of options that differ in how they work. */
export const VARIANTS: readonly FormatOptions[] = [
  {},
  { compat: '0.10', clusterSize: 4096 },
  { clusterSize: 512, refcountBits: 64 },
  { clusterSize: 1024, refcountBits: 1 },
  { clusterSize: 4096, refcountBits: 2 },
  { clusterSize: 2097152, refcountBits: 32 },
  { extendedL2: true, clusterSize: 16384 },
  { extendedL2: true, compressionType: 'zstd', refcountBits: 8 },
  { compressionType: 'zstd', clusterSize: 8192 },
];

export const SECTOR = 512;

export async function createImage(
  file: ImageFile,
  size: number,
  options: FormatOptions = {},
  backing?: Uint8Array,
): Promise<Qcow2Image> {
  const below = backing && (await RAW.open(new MemoryImageFile('base', backing, true), HOST));
  const image = await QCOW2.create(
    file,
    { size, options, ...(below && { backing: { reference: 'base', format: 'raw', image: below } }) },
    HOST,
  );
  if (below) image.backing = below;
  return image as Qcow2Image;
}

export async function openImage(file: ImageFile, backing?: Uint8Array): Promise<Qcow2Image> {
  const image = (await QCOW2.open(file, HOST)) as Qcow2Image;
  if (backing) image.backing = await RAW.open(new MemoryImageFile('base', backing, true), HOST);
  return image;
}

/** Bytes that are not all zero, and quick to make. */
export function pattern(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const words = random.bytes(67);
  for (let at = 0; at < length; at += words.length) bytes.set(words.subarray(0, length - at), at);
  return bytes;
}

/** Where the first difference is, or -1. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  if (Buffer.compare(a, b) === 0) return -1;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return length;
}
