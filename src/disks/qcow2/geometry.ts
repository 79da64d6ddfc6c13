/** What follows from the sizes in a header, and the parts of table entries (qcow2 specification, "Cluster mapping"). */
import { DiskImageError } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';

/** The sizes that everything else follows from; they stay as they are while an image is open. */
export interface Geometry {
  readonly version: 2 | 3;
  readonly clusterBits: number;
  readonly clusterSize: number;
  /** Whether L2 entries have a bitmap of subclusters (incompatible feature 4). */
  readonly isExtended: boolean;
  /** Bytes of an L2 entry: 8, or 16 with a bitmap. */
  readonly entrySize: number;
  /** Entries of an L2 table. */
  readonly l2Entries: number;
  /** Bytes of the disk that an L2 table describes. */
  readonly l2Span: number;
  /** Subclusters of a cluster: 32, or 1 where the whole cluster is one. */
  readonly subclusters: number;
  readonly subclusterSize: number;
  /** Bit 0 for each subcluster. */
  readonly allSubclusters: number;
  /** Width of a reference count is 1 << this, in bits. */
  readonly refcountOrder: number;
  /** Reference counts in a block of them. */
  readonly blockEntries: number;
  /** The greatest reference count; what is greater than 2^53 - 1 is that. */
  readonly maxRefcount: number;
}

export function geometryOf(
  version: 2 | 3,
  clusterBits: number,
  refcountOrder: number,
  isExtended: boolean,
): Geometry {
  const clusterSize = 2 ** clusterBits;
  const entrySize = isExtended ? 16 : 8;
  const subclusters = isExtended ? 32 : 1;
  return {
    version,
    clusterBits,
    clusterSize,
    isExtended,
    entrySize,
    l2Entries: clusterSize / entrySize,
    l2Span: (clusterSize / entrySize) * clusterSize,
    subclusters,
    subclusterSize: clusterSize / subclusters,
    allSubclusters: isExtended ? 0xffff_ffff : 1,
    refcountOrder,
    blockEntries: (clusterSize * 8) >> refcountOrder,
    maxRefcount: Math.min(2 ** (1 << refcountOrder) - 1, Number.MAX_SAFE_INTEGER),
  };
}

/** Bit 63 of L1 and L2 entries, in their upper word: nothing else refers to what this entry refers to. */
export const COPIED = 0x8000_0000;
/** Bit 62 of L2 entries, in their upper word. */
export const COMPRESSED = 0x4000_0000;
/** Bit 0 of L2 entries without a bitmap. */
export const ZERO = 1;
/** Bits of the upper word that are part of an offset (56 bits). */
export const OFFSET_HIGH = 0x00ff_ffff;
/** Offsets that L1 and L2 entries can have end here. */
export const MAX_OFFSET = 2 ** 56;

const WORD = 2 ** 32;

/** The offset in an entry of an L1, L2 or refcount table, without flags. It is a multiple of 512, so that it is exact. */
export function entryOffset(view: DataView, at: number, highMask = OFFSET_HIGH): number {
  return ((view.getUint32(at) & highMask) >>> 0) * WORD + ((view.getUint32(at + 4) & ~0x1ff) >>> 0);
}

/** Stores an offset with flags in bits 62 and 63 and in the lowest 9. */
export function setEntry(view: DataView, at: number, offset: number, highFlags = 0, lowFlags = 0): void {
  view.setUint32(at, (Math.floor(offset / WORD) | highFlags) >>> 0);
  view.setUint32(at + 4, ((offset % WORD) | lowFlags) >>> 0);
}

export function getUint64(view: DataView, at: number): number {
  return view.getUint32(at) * WORD + view.getUint32(at + 4);
}

export function setUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / WORD));
  view.setUint32(at + 4, value % WORD);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function damaged(file: ImageFile, reason: string, offset?: number, cause?: unknown): DiskImageError {
  return new DiskImageError(file.name, 'qcow2', reason, offset, { cause });
}

/** @throws DiskImageError unless `offset` is a cluster's and `length` bytes from it lie in the file. */
export function checkTable(
  file: ImageFile,
  { clusterSize }: Geometry,
  what: string,
  offset: number,
  length: number,
): void {
  if (offset % clusterSize !== 0)
    throw damaged(file, `expected ${what} at the start of a cluster of ${clusterSize} bytes`, offset);
  if (offset === 0) throw damaged(file, `${what} lies over the header`, offset);
  if (offset + length > file.size)
    throw damaged(file, `${what}, ${length} bytes, ends behind the file's end at ${file.size}`, offset);
}
