/** New qcow2 images. */
import { ArgumentError } from '../../errors.ts';
import type { CreateImageOptions, FormatOptions, ImageHost } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { geometryOf, setEntry, viewOf, MAX_OFFSET, type Geometry } from './geometry.ts';
import {
  COMPATIBLE_LAZY_REFCOUNTS,
  encodeHeader,
  INCOMPATIBLE_COMPRESSION,
  INCOMPATIBLE_EXTENDED_L2,
  l1EntriesFor,
  newExtensions,
  type Header,
} from './header.ts';
import { Qcow2Image } from './image.ts';
import { setCount } from './refcounts.ts';

/** What the options mean, for the help and for messages. */
export const OPTIONS: Readonly<Record<string, string>> = {
  compat: '"0.10" for version 2, "1.1" (the default) for version 3',
  clusterSize: 'unit of allocation in bytes, a power of 2 from 512 to 2097152; default 65536',
  refcountBits: 'width of reference counts, 1, 2, 4, 8, 16 (the default), 32 or 64; version 2 has 16',
  lazyRefcounts: 'whether other programs may put off counting; default false',
  extendedL2: 'whether clusters have 32 subclusters; default false',
  compressionType: '"zlib" (the default) or "zstd"',
  preallocation:
    '"off" (the default), "metadata" for tables, "falloc" or "full" for tables and zeros as data',
};

/** What was asked for, checked. */
interface Request {
  readonly geometry: Geometry;
  readonly hasLazyRefcounts: boolean;
  readonly compression: 'deflate' | 'zstd';
  readonly preallocation: 'off' | 'metadata' | 'falloc' | 'full';
}

export async function createQcow2(
  file: ImageFile,
  { size, backing, options = {} }: CreateImageOptions,
  host: ImageHost,
): Promise<Qcow2Image> {
  const request = readOptions(options);
  const { geometry, preallocation, compression } = request;
  if (!Number.isSafeInteger(size) || size < 0 || size % 512 !== 0 || size > MAX_OFFSET)
    throw new ArgumentError(`expected a size that is a multiple of 512, found ${size}`);
  const l1Entries = l1EntriesFor(size, geometry);
  if (l1Entries * 8 > 32 << 20) {
    const most = ((32 << 20) / 8) * geometry.l2Span;
    throw new ArgumentError(
      `expected at most ${most} bytes with clusters of ${geometry.clusterSize}, found ${size}`,
    );
  }
  if (backing && preallocation !== 'off')
    throw new ArgumentError('expected no preallocation with a backing image, which it would hide');

  const isNew = geometry.version === 3;
  const furtherFields = new Uint8Array(isNew ? 8 : 0);
  if (compression === 'zstd') furtherFields[0] = 1;
  const header: Header = {
    geometry,
    size,
    l1Entries,
    l1Offset: 0,
    refcountTableOffset: 0,
    refcountTableClusters: 0,
    snapshotCount: 0,
    snapshotsOffset: 0,
    incompatible:
      (compression === 'zstd' ? INCOMPATIBLE_COMPRESSION : 0n) |
      (geometry.isExtended ? INCOMPATIBLE_EXTENDED_L2 : 0n),
    compatible: request.hasLazyRefcounts ? COMPATIBLE_LAZY_REFCOUNTS : 0n,
    autoclear: 0n,
    compression,
    furtherFields,
    extensions: newExtensions(geometry.version),
    backing: backing && { reference: backing.reference, format: backing.format ?? backing.image.format },
  };
  await writeTables(file, header);
  const image = await Qcow2Image.open(file, header, host);
  if (preallocation !== 'off') await image.preallocate(preallocation === 'metadata' ? 'metadata' : 'zeros');
  return image;
}

/** Header, refcount table, block of counts and L1 table, in this order; all of it is new, so that no order is needed. */
async function writeTables(file: ImageFile, header: Header): Promise<void> {
  const { geometry, l1Entries } = header;
  const { clusterSize, blockEntries, refcountOrder } = geometry;
  const l1Clusters = Math.ceil((l1Entries * 8) / clusterSize);
  let [tableClusters, blocks, clusters] = [1, 1, 0];
  for (let known = -1; known !== clusters;) {
    known = clusters;
    clusters = 1 + tableClusters + blocks + l1Clusters;
    blocks = Math.ceil(clusters / blockEntries);
    tableClusters = Math.ceil((blocks * 8) / clusterSize);
  }
  header.refcountTableOffset = clusterSize;
  header.refcountTableClusters = tableClusters;
  header.l1Offset = l1Entries === 0 ? 0 : (1 + tableClusters + blocks) * clusterSize;
  const counts = new Uint8Array((tableClusters + blocks) * clusterSize);
  const [table, block] = [viewOf(counts), viewOf(counts.subarray(tableClusters * clusterSize))];
  for (let i = 0; i < blocks; i++) setEntry(table, i * 8, (1 + tableClusters + i) * clusterSize);
  for (let i = 0; i < clusters; i++) setCount(block, refcountOrder, i, 1);
  const head = encodeHeader(file, header);
  await file.truncate(clusters * clusterSize);
  await file.write(clusterSize, counts);
  await file.write(0, head);
  await file.flush();
}

function readOptions(options: FormatOptions): Request {
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(OPTIONS, name)) continue;
    throw new ArgumentError(`qcow2 has no option "${name}"; it has ${Object.keys(OPTIONS).join(', ')}`);
  }
  const compat = oneOf(options, 'compat', ['0.10', '1.1'], '1.1');
  const version = compat === '1.1' ? 3 : 2;
  const clusterSize = powerOf2(options, 'clusterSize', 512, 2 << 20, 65536);
  const refcountBits = powerOf2(options, 'refcountBits', 1, 64, 16);
  const isExtended = flag(options, 'extendedL2');
  const hasLazyRefcounts = flag(options, 'lazyRefcounts');
  const compression =
    oneOf(options, 'compressionType', ['zlib', 'zstd'], 'zlib') === 'zstd' ? 'zstd' : 'deflate';
  const preallocation = oneOf(options, 'preallocation', ['off', 'metadata', 'falloc', 'full'], 'off');
  if (version === 2) {
    const asked = {
      refcountBits: refcountBits !== 16,
      isExtended,
      hasLazyRefcounts,
      compression: compression === 'zstd',
    };
    const names = {
      refcountBits: 'refcountBits',
      isExtended: 'extendedL2',
      hasLazyRefcounts: 'lazyRefcounts',
      compression: 'compressionType',
    };
    for (const [key, name] of Object.entries(names))
      if (asked[key as keyof typeof asked])
        throw new ArgumentError(`expected compat "1.1" for the option ${name}`);
  }
  if (isExtended && clusterSize < 16384)
    throw new ArgumentError(`expected clusters of 16384 bytes at least for extendedL2, found ${clusterSize}`);
  const geometry = geometryOf(version, Math.log2(clusterSize), Math.log2(refcountBits), isExtended);
  return { geometry, hasLazyRefcounts, compression, preallocation };
}

function oneOf<T extends string>(options: FormatOptions, name: string, values: readonly T[], fallback: T): T {
  const value = options[name] ?? fallback;
  const found = values.find((other) => other === value);
  if (found !== undefined) return found;
  throw new ArgumentError(`expected ${values.join(', ')} for the option ${name}, found "${value}"`);
}

function powerOf2(
  options: FormatOptions,
  name: string,
  least: number,
  most: number,
  fallback: number,
): number {
  const value = Number(options[name] ?? fallback);
  if (value >= least && value <= most && Number.isInteger(Math.log2(value))) return value;
  throw new ArgumentError(
    `expected a power of 2 from ${least} to ${most} for the option ${name}, found "${options[name]}"`,
  );
}

function flag(options: FormatOptions, name: string): boolean {
  const value = options[name] ?? false;
  if (value === true || value === 'true' || value === 'on') return true;
  if (value === false || value === 'false' || value === 'off') return false;
  throw new ArgumentError(`expected true or false for the option ${name}, found "${value}"`);
}
