/**
 * The header of qcow2 images, and its extensions (QEMU, docs/interop/qcow2.txt, "Header" to "Bitmaps
 * extension"). Encryption and external data files are not supported.
 */
import { decodeUtf8, encodeUtf8 } from '../../text.ts';
import type { BackingReference, DiskFormatName } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import {
  damaged,
  checkTable,
  geometryOf,
  getUint64,
  setUint64,
  viewOf,
  MAX_OFFSET,
  type Geometry,
} from './geometry.ts';

export const MAGIC = 0x5146_49fb;

export const INCOMPATIBLE_DIRTY = 1n << 0n;
export const INCOMPATIBLE_CORRUPT = 1n << 1n;
export const INCOMPATIBLE_DATA_FILE = 1n << 2n;
export const INCOMPATIBLE_COMPRESSION = 1n << 3n;
export const INCOMPATIBLE_EXTENDED_L2 = 1n << 4n;
export const COMPATIBLE_LAZY_REFCOUNTS = 1n << 0n;
export const AUTOCLEAR_BITMAPS = 1n << 0n;

const KNOWN_INCOMPATIBLE =
  INCOMPATIBLE_DIRTY | INCOMPATIBLE_CORRUPT | INCOMPATIBLE_COMPRESSION | INCOMPATIBLE_EXTENDED_L2;

const EXTENSION_BACKING_FORMAT = 0xe279_2aca;
const EXTENSION_FEATURE_NAMES = 0x6803_f857;
export const EXTENSION_BITMAPS = 0x2385_2875;

const HEADER_2 = 72;
const HEADER_3 = 104;
const MIN_CLUSTER_BITS = 9;
const MAX_CLUSTER_BITS = 21;
const MIN_EXTENDED_CLUSTER_BITS = 14;
const MAX_BACKING_NAME = 1023;
/** QEMU's limit, too. */
export const MAX_L1_BYTES = 32 << 20;
/** QEMU's limit, too. */
export const MAX_REFCOUNT_TABLE_BYTES = 8 << 20;

/** Places of fields that are changed by themselves. */
export const HEADER_SIZE_AND_L1 = 24;
export const HEADER_REFCOUNT_TABLE = 48;
export const HEADER_SNAPSHOTS = 60;
export const HEADER_FEATURES = 72;

export interface HeaderExtension {
  readonly type: number;
  readonly data: Uint8Array;
}

/** The header as it is in memory; whoever changes it writes it back. */
export interface Header {
  readonly geometry: Geometry;
  /** As in the file; not always whole sectors. */
  size: number;
  l1Entries: number;
  l1Offset: number;
  refcountTableOffset: number;
  refcountTableClusters: number;
  snapshotCount: number;
  snapshotsOffset: number;
  incompatible: bigint;
  compatible: bigint;
  autoclear: bigint;
  readonly compression: 'deflate' | 'zstd';
  /** Fields behind `header_length`, which are kept as they are; the first byte is that of the compression type. */
  readonly furtherFields: Uint8Array;
  /** All but the backing format, in the order of the file. */
  extensions: HeaderExtension[];
  backing: BackingReference | undefined;
}

/** How many entries an L1 table needs for a disk of `size` bytes. */
export function l1EntriesFor(size: number, { l2Span }: Geometry): number {
  return Math.ceil(size / l2Span);
}

/** The formats of ours by the names that images have for them. */
const BACKING_FORMATS: Readonly<Record<string, DiskFormatName>> = {
  raw: 'raw',
  file: 'raw',
  host_device: 'raw',
  qcow2: 'qcow2',
  vmdk: 'vmdk',
  vpc: 'vhd',
  vhdx: 'vhdx',
  vdi: 'vdi',
};

export function isQcow2(head: Uint8Array): boolean {
  return head.length >= 8 && viewOf(head).getUint32(0) === MAGIC;
}

/** @throws DiskImageError */
export async function readHeader(file: ImageFile): Promise<Header> {
  const fail = (reason: string, offset: number): never => {
    throw damaged(file, reason, offset);
  };
  if (file.size < HEADER_2) fail(`expected a header of ${HEADER_2} bytes, found ${file.size}`, 0);
  const start = new Uint8Array(Math.min(file.size, HEADER_3 + 8));
  await file.read(0, start);
  const head = viewOf(start);
  if (head.getUint32(0) !== MAGIC) fail('expected the magic "QFI\\xfb"', 0);
  const version = head.getUint32(4);
  if (version !== 2 && version !== 3) return fail(`expected version 2 or 3, found ${version}`, 4);
  const clusterBits = head.getUint32(20);
  if (clusterBits < MIN_CLUSTER_BITS || clusterBits > MAX_CLUSTER_BITS)
    fail(
      `expected clusters of 2^${MIN_CLUSTER_BITS} to 2^${MAX_CLUSTER_BITS} bytes, found 2^${clusterBits}`,
      20,
    );
  const clusterSize = 2 ** clusterBits;
  const cryptMethod = head.getUint32(32);
  if (cryptMethod !== 0) {
    const method = { 1: 'AES', 2: 'LUKS' }[cryptMethod] ?? `method ${cryptMethod}`;
    fail(`it is encrypted (${method}), which is not supported: decrypt it with qemu-img convert`, 32);
  }
  const isNew = version === 3;
  if (isNew && file.size < HEADER_3) fail(`expected a header of ${HEADER_3} bytes, found ${file.size}`, 0);
  const headerLength = isNew ? head.getUint32(100) : HEADER_2;
  if (isNew && (headerLength < HEADER_3 || headerLength % 8 !== 0 || headerLength > clusterSize))
    fail(
      `expected a header length of ${HEADER_3} to ${clusterSize}, a multiple of 8, found ${headerLength}`,
      100,
    );

  const bytes = new Uint8Array(Math.min(file.size, clusterSize));
  await file.read(0, bytes);
  if (bytes.length < headerLength) fail(`the header's ${headerLength} bytes end behind the file's end`, 100);
  const view = viewOf(bytes);
  const incompatible = isNew ? view.getBigUint64(72) : 0n;
  const extensionsEnd = endOfExtensions(view, bytes.length, headerLength);
  const all = [...extensionsIn(file, bytes, headerLength, extensionsEnd)];
  checkFeatures(file, incompatible, all);
  const compressionType = headerLength > HEADER_3 ? bytes[HEADER_3] : 0;
  if (compressionType > 1) fail(`unknown compression type ${compressionType}`, HEADER_3);
  if ((compressionType !== 0) !== ((incompatible & INCOMPATIBLE_COMPRESSION) !== 0n))
    fail('the compression type and incompatible feature 3 contradict each other', HEADER_3);
  const isExtended = (incompatible & INCOMPATIBLE_EXTENDED_L2) !== 0n;
  if (isExtended && clusterBits < MIN_EXTENDED_CLUSTER_BITS)
    fail(`extended L2 entries need clusters of 16 KiB at least, found 2^${clusterBits} bytes`, 20);
  const refcountOrder = isNew ? view.getUint32(96) : 4;
  if (refcountOrder > 6) fail(`expected reference counts of 2^0 to 2^6 bits, found 2^${refcountOrder}`, 96);

  const geometry = geometryOf(version, clusterBits, refcountOrder, isExtended);
  const header: Header = {
    geometry,
    size: getUint64(view, 24),
    l1Entries: view.getUint32(36),
    l1Offset: getUint64(view, 40),
    refcountTableOffset: getUint64(view, 48),
    refcountTableClusters: view.getUint32(56),
    snapshotCount: view.getUint32(60),
    snapshotsOffset: getUint64(view, 64),
    incompatible,
    compatible: isNew ? view.getBigUint64(80) : 0n,
    autoclear: isNew ? view.getBigUint64(88) : 0n,
    compression: compressionType === 1 ? 'zstd' : 'deflate',
    furtherFields: bytes.slice(Math.min(HEADER_3, headerLength), headerLength),
    extensions: all.filter(({ type }) => type !== EXTENSION_BACKING_FORMAT),
    backing: undefined,
  };
  checkSizes(file, header);
  header.backing = backingIn(file, bytes, all);
  return header;
}

function checkSizes(file: ImageFile, { geometry, size, l1Entries, l1Offset }: Header): void {
  if (size > Number.MAX_SAFE_INTEGER || size > MAX_OFFSET)
    throw damaged(file, `a disk of ${size} bytes is too large`, 24);
  if (l1Entries * 8 > MAX_L1_BYTES)
    throw damaged(file, `expected at most ${MAX_L1_BYTES / 8} L1 entries, found ${l1Entries}`, 36);
  const needed = l1EntriesFor(size, geometry);
  if (l1Entries < needed)
    throw damaged(file, `expected ${needed} L1 entries for ${size} bytes, found ${l1Entries}`, 36);
  if (l1Entries > 0) checkTable(file, geometry, 'the L1 table', l1Offset, l1Entries * 8);
}

/** Header extensions end where the name of the backing file begins. */
function endOfExtensions(view: DataView, length: number, headerLength: number): number {
  const backingOffset = getUint64(view, 8);
  return backingOffset >= headerLength && backingOffset <= length ? backingOffset : length;
}

function* extensionsIn(
  file: ImageFile,
  bytes: Uint8Array,
  start: number,
  end: number,
): Generator<HeaderExtension> {
  const view = viewOf(bytes);
  for (let at = start; at + 8 <= end;) {
    const type = view.getUint32(at);
    const length = view.getUint32(at + 4);
    if (type === 0) return;
    if (length > end - at - 8)
      throw damaged(file, `a header extension of ${length} bytes ends behind the header's ${end} bytes`, at);
    yield { type, data: bytes.slice(at + 8, at + 8 + length) };
    at += 8 + Math.ceil(length / 8) * 8;
  }
}

function checkFeatures(file: ImageFile, incompatible: bigint, extensions: readonly HeaderExtension[]): void {
  if (incompatible & INCOMPATIBLE_DATA_FILE)
    throw damaged(file, 'its data lie in an external file, which is not supported', 72);
  const unknown = incompatible & ~KNOWN_INCOMPATIBLE;
  if (unknown === 0n) return;
  const names = [...Array(64).keys()]
    .filter((bit) => (unknown >> BigInt(bit)) & 1n)
    .map((bit) => featureName(extensions, bit) ?? `bit ${bit}`);
  throw damaged(file, `it has features that are not supported: ${names.join(', ')}`, 72);
}

/** What the image itself calls an incompatible feature ("Feature name table"). */
function featureName(extensions: readonly HeaderExtension[], bit: number): string | undefined {
  const table = extensions.find(({ type }) => type === EXTENSION_FEATURE_NAMES)?.data ?? new Uint8Array();
  for (let at = 0; at + 48 <= table.length; at += 48) {
    if (table[at] !== 0 || table[at + 1] !== bit) continue;
    const name = table.subarray(at + 2, at + 48);
    const end = name.indexOf(0);
    // Whoever made the image chose it: nothing that a terminal obeys.
    return decodeUtf8(end < 0 ? name : name.subarray(0, end)).replace(/\p{Cc}/gu, '?');
  }
  return undefined;
}

function backingIn(
  file: ImageFile,
  bytes: Uint8Array,
  extensions: readonly HeaderExtension[],
): BackingReference | undefined {
  const view = viewOf(bytes);
  const offset = getUint64(view, 8);
  if (offset === 0) return undefined;
  const length = view.getUint32(16);
  if (length > MAX_BACKING_NAME)
    throw damaged(
      file,
      `expected a backing file's name of at most ${MAX_BACKING_NAME} bytes, found ${length}`,
      16,
    );
  if (offset + length > bytes.length)
    throw damaged(file, `the backing file's name, ${length} bytes, ends behind the first cluster`, offset);
  const extension = extensions.find(({ type }) => type === EXTENSION_BACKING_FORMAT);
  const name = extension && decodeUtf8(extension.data);
  if (name !== undefined && name !== '' && !Object.hasOwn(BACKING_FORMATS, name))
    throw damaged(file, `the backing file's format "${name.replace(/\p{Cc}/gu, '?')}" is not supported`);
  const reference = decodeUtf8(bytes.subarray(offset, offset + length));
  return name ? { reference, format: BACKING_FORMATS[name] } : { reference };
}

/** The names of features that QEMU and we know, for programs that do not. */
function featureNameTable(): HeaderExtension {
  const names: readonly (readonly [number, number, string])[] = [
    [0, 0, 'dirty bit'],
    [0, 1, 'corrupt bit'],
    [0, 2, 'external data file'],
    [0, 3, 'compression type'],
    [0, 4, 'extended L2 entries'],
    [1, 0, 'lazy refcounts'],
    [2, 0, 'bitmaps'],
    [2, 1, 'raw external data'],
  ];
  const data = new Uint8Array(names.length * 48);
  names.forEach(([kind, bit, name], i) => {
    data[i * 48] = kind;
    data[i * 48 + 1] = bit;
    data.set(encodeUtf8(name), i * 48 + 2);
  });
  return { type: EXTENSION_FEATURE_NAMES, data };
}

/** The extensions of a new image. */
export function newExtensions(version: 2 | 3): HeaderExtension[] {
  return version === 3 ? [featureNameTable()] : [];
}

/**
 * The start of the first cluster: header, extensions, name of the backing file.
 * @throws DiskImageError when they do not fit into a cluster.
 */
export function encodeHeader(file: ImageFile, header: Header): Uint8Array<ArrayBuffer> {
  const { geometry, backing } = header;
  const isNew = geometry.version === 3;
  const headerLength = isNew ? HEADER_3 + header.furtherFields.length : HEADER_2;
  const extensions = [...header.extensions];
  if (backing?.format) {
    const name = backing.format === 'vhd' ? 'vpc' : backing.format;
    extensions.unshift({ type: EXTENSION_BACKING_FORMAT, data: encodeUtf8(name) });
  }
  const room = (data: Uint8Array): number => 8 + Math.ceil(data.length / 8) * 8;
  const name = backing ? encodeUtf8(backing.reference) : new Uint8Array();
  if (name.length > MAX_BACKING_NAME)
    throw damaged(file, `the backing file's name has ${name.length} bytes, more than ${MAX_BACKING_NAME}`);
  const nameOffset = extensions.reduce((at, { data }) => at + room(data), headerLength) + 8;
  const length = nameOffset + name.length;
  if (length > geometry.clusterSize) {
    // Names of features are of use, not needed.
    const rest = header.extensions.filter(({ type }) => type !== EXTENSION_FEATURE_NAMES);
    if (rest.length < header.extensions.length) return encodeHeader(file, { ...header, extensions: rest });
    throw damaged(
      file,
      `header and backing file's name have ${length} bytes, and a cluster has ${geometry.clusterSize}`,
    );
  }
  const bytes = new Uint8Array(length);
  const view = viewOf(bytes);
  view.setUint32(0, MAGIC);
  view.setUint32(4, geometry.version);
  if (backing) {
    setUint64(view, 8, nameOffset);
    view.setUint32(16, name.length);
  }
  view.setUint32(20, geometry.clusterBits);
  bytes.set(encodeSizeAndL1(header), HEADER_SIZE_AND_L1);
  bytes.set(encodeRefcountTable(header), HEADER_REFCOUNT_TABLE);
  bytes.set(encodeSnapshots(header), HEADER_SNAPSHOTS);
  if (isNew) {
    bytes.set(encodeFeatures(header), HEADER_FEATURES);
    view.setUint32(96, geometry.refcountOrder);
    view.setUint32(100, headerLength);
    bytes.set(header.furtherFields, HEADER_3);
  }
  let at = headerLength;
  for (const { type, data } of extensions) {
    view.setUint32(at, type);
    view.setUint32(at + 4, data.length);
    bytes.set(data, at + 8);
    at += room(data);
  }
  bytes.set(name, nameOffset);
  return bytes;
}

/** For `HEADER_SIZE_AND_L1`: one write changes size and L1 table together. */
export function encodeSizeAndL1({ size, l1Entries, l1Offset }: Header): Uint8Array {
  const bytes = new Uint8Array(24);
  const view = viewOf(bytes);
  setUint64(view, 0, size);
  view.setUint32(12, l1Entries);
  setUint64(view, 16, l1Offset);
  return bytes;
}

/** For `HEADER_REFCOUNT_TABLE`. */
export function encodeRefcountTable(header: Header): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = viewOf(bytes);
  setUint64(view, 0, header.refcountTableOffset);
  view.setUint32(8, header.refcountTableClusters);
  return bytes;
}

/** For `HEADER_SNAPSHOTS`. */
export function encodeSnapshots({ snapshotCount, snapshotsOffset }: Header): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = viewOf(bytes);
  view.setUint32(0, snapshotCount);
  setUint64(view, 4, snapshotsOffset);
  return bytes;
}

/** For `HEADER_FEATURES`. */
export function encodeFeatures({ incompatible, compatible, autoclear }: Header): Uint8Array {
  const bytes = new Uint8Array(24);
  const view = viewOf(bytes);
  view.setBigUint64(0, incompatible);
  view.setBigUint64(8, compatible);
  view.setBigUint64(16, autoclear);
  return bytes;
}
