/** Where guest clusters lie: the L1 table, and what L2 tables say (qcow2 specification, "Cluster mapping"). */
import type { ImageFile } from '../image-file.ts';
import {
  COMPRESSED,
  COPIED,
  OFFSET_HIGH,
  ZERO,
  checkTable,
  damaged,
  entryOffset,
  setEntry,
  viewOf,
  type Geometry,
} from './geometry.ts';
import type { Header } from './header.ts';
import { TableCache, type Table } from './table-cache.ts';

/** One of 64 KiB describes 512 MiB, so that these are for 200 GiB and more. */
const CACHE_BYTES = 27 << 20;

/** What a stretch of the disk consists of, as far as one L2 table tells it. */
export interface Segment {
  readonly kind: 'data' | 'zero' | 'absent' | 'compressed';
  readonly length: number;
  /** Of data: where the first byte lies in the file. */
  readonly host: number;
  /** Of data: whether it may be written where it lies. */
  readonly isCopied: boolean;
  /** Of a compressed cluster: both words of its descriptor. */
  readonly high: number;
  readonly low: number;
}

/** An entry of an L2 table. The bitmaps have bit 0 alone where clusters have no subclusters. */
export interface Entry {
  readonly isCompressed: boolean;
  /** 0 when there is no cluster. Of compressed clusters: 0. */
  readonly host: number;
  readonly isCopied: boolean;
  /** Subclusters that lie at `host`. */
  readonly allocated: number;
  /** Subclusters that read as zeros. */
  readonly zero: number;
  readonly high: number;
  readonly low: number;
}

/** Where a compressed cluster lies in the file (qcow2 specification, "Compressed Clusters Descriptor"). */
export function compressedExtent(
  high: number,
  low: number,
  clusterBits: number,
): { offset: number; length: number } {
  const shift = 62 - (clusterBits - 8) - 32;
  const offset = (((high & ((1 << shift) - 1)) >>> 0) & OFFSET_HIGH) * 2 ** 32 + (low >>> 0);
  const sectors = ((high & 0x3fff_ffff) >>> shift) + 1;
  return { offset, length: sectors * 512 - (offset % 512) };
}

export function compressedDescriptor(
  offset: number,
  length: number,
  clusterBits: number,
): { high: number; low: number } {
  const shift = 62 - (clusterBits - 8) - 32;
  const sectors = Math.floor((offset + length - 1) / 512) - Math.floor(offset / 512);
  return {
    high: (COMPRESSED | (sectors << shift) | Math.floor(offset / 2 ** 32)) >>> 0,
    low: offset % 2 ** 32,
  };
}

/** Offsets of compressed clusters end here. */
export function compressedLimit(clusterBits: number): number {
  return 2 ** Math.min(56, 62 - (clusterBits - 8));
}

export class Mapping {
  readonly cache: TableCache;
  /** Where new L2 tables lie that the L1 table in the file does not have yet. */
  readonly newTables = new Set<number>();
  private l1: Uint8Array = new Uint8Array();
  private view = viewOf(this.l1);
  private dirtyFrom = Infinity;
  private dirtyTo = 0;

  constructor(
    private readonly file: ImageFile,
    private readonly header: Header,
  ) {
    this.cache = new TableCache(file, header.geometry, 'an L2 table', CACHE_BYTES);
  }

  /** Reads the L1 table, whose place the header's reader has checked. */
  async load(): Promise<void> {
    const bytes = new Uint8Array(this.header.l1Entries * 8);
    await this.file.read(this.header.l1Offset, bytes);
    this.adopt(bytes);
  }

  /** Takes another L1 table, which is in the file already. */
  adopt(l1: Uint8Array): void {
    this.l1 = l1;
    this.view = viewOf(l1);
    this.dirtyFrom = Infinity;
    this.dirtyTo = 0;
    this.newTables.clear();
  }

  /** The L1 table; to be changed with `setL1`. */
  get l1Table(): Uint8Array {
    return this.l1;
  }

  get hasDirtyL1(): boolean {
    return this.dirtyTo > 0;
  }

  l1Index(offset: number): number {
    return Math.floor(offset / this.header.geometry.l2Span);
  }

  /** Where the L2 table lies; 0 when there is none. */
  l2Offset(l1Index: number): number {
    return entryOffset(this.view, l1Index * 8);
  }

  isL2Copied(l1Index: number): boolean {
    return this.view.getUint32(l1Index * 8) >= COPIED;
  }

  setL1(l1Index: number, offset: number, isCopied: boolean): void {
    setEntry(this.view, l1Index * 8, offset, isCopied && offset !== 0 ? COPIED : 0);
    this.dirtyFrom = Math.min(this.dirtyFrom, l1Index * 8);
    this.dirtyTo = Math.max(this.dirtyTo, l1Index * 8 + 8);
  }

  /** Writes changed entries of the L1 table. */
  async writeL1(): Promise<void> {
    if (this.dirtyTo === 0) return;
    const from = Math.floor(this.dirtyFrom / 512) * 512;
    const to = Math.min(Math.ceil(this.dirtyTo / 512) * 512, this.l1.length);
    await this.file.write(this.header.l1Offset + from, this.l1.subarray(from, to));
    this.dirtyFrom = Infinity;
    this.dirtyTo = 0;
    this.newTables.clear();
  }

  /** The L2 table for a place on the disk: null when there is none, undefined when it must be loaded first. */
  peek(offset: number): Table | null | undefined {
    const at = this.l2Offset(this.l1Index(offset));
    return at === 0 ? null : this.cache.peek(at);
  }

  /** Loads what `peek` did not find. */
  async loadTable(offset: number): Promise<void> {
    const at = this.l2Offset(this.l1Index(offset));
    if (at !== 0) await this.cache.load(at);
  }

  entry(table: Table, index: number): Entry {
    const { geometry } = this.header;
    const at = index * geometry.entrySize;
    const high = table.view.getUint32(at);
    const low = table.view.getUint32(at + 4);
    if (high & COMPRESSED)
      return { isCompressed: true, host: 0, isCopied: false, allocated: 0, zero: 0, high, low };
    const host = entryOffset(table.view, at);
    const isCopied = high >= COPIED && host !== 0;
    if (host % geometry.clusterSize !== 0)
      throw damaged(this.file, `the L2 entry refers to ${host}, where no cluster begins`, table.offset + at);
    if (geometry.isExtended) {
      const zero = table.view.getUint32(at + 8);
      const allocated = table.view.getUint32(at + 12);
      if ((zero & allocated) !== 0)
        throw damaged(
          this.file,
          'the L2 entry has subclusters that are both allocated and zero',
          table.offset + at,
        );
      if (allocated !== 0 && host === 0)
        throw damaged(this.file, 'the L2 entry has allocated subclusters and no cluster', table.offset + at);
      return { isCompressed: false, host, isCopied, allocated, zero, high, low };
    }
    const zero = low & ZERO;
    if (zero && geometry.version === 2)
      throw damaged(
        this.file,
        'the L2 entry is a zero cluster, which version 2 does not have',
        table.offset + at,
      );
    return { isCompressed: false, host, isCopied, allocated: host !== 0 && !zero ? 1 : 0, zero, high, low };
  }

  setEntry(
    table: Table,
    index: number,
    host: number,
    allocated: number,
    zero: number,
    isCopied = true,
  ): void {
    const { entrySize, isExtended } = this.header.geometry;
    const at = index * entrySize;
    setEntry(table.view, at, host, isCopied && host !== 0 ? COPIED : 0, isExtended ? 0 : zero);
    if (isExtended) {
      table.view.setUint32(at + 8, zero);
      table.view.setUint32(at + 12, allocated);
    }
    this.cache.markDirty(table, at, at + entrySize);
  }

  setCompressed(table: Table, index: number, high: number, low: number): void {
    const { entrySize, isExtended } = this.header.geometry;
    const at = index * entrySize;
    table.view.setUint32(at, high);
    table.view.setUint32(at + 4, low);
    if (isExtended) table.bytes.fill(0, at + 8, at + 16);
    this.cache.markDirty(table, at, at + entrySize);
  }

  /** What begins at `offset`, up to `length` bytes of one kind. @param table what `peek` found. */
  segment(table: Table | null, offset: number, length: number): Segment {
    const { geometry } = this.header;
    const { clusterSize, l2Span } = geometry;
    if (table === null) return this.withoutTables(offset, length);
    const most = Math.min(length, l2Span - (offset % l2Span));
    let index = Math.floor((offset % l2Span) / clusterSize);
    let within = offset % clusterSize;
    const first = this.entry(table, index);
    const kind = this.kindAt(first, within);
    const host = first.host + within;
    let isCopied = first.isCopied;
    let done = 0;
    for (let entry = first; ;) {
      if (kind === 'data') this.checkData(table, index, entry.host);
      done += this.runLength(entry, within, kind);
      if (done >= most || kind === 'compressed' || (offset + done) % clusterSize !== 0) break;
      entry = this.entry(table, ++index);
      within = 0;
      if (this.kindAt(entry, 0) !== kind) break;
      if (kind !== 'data') continue;
      if (entry.host !== host + done) break;
      if (entry.isCopied !== isCopied) break;
      isCopied = entry.isCopied;
    }
    return { kind, length: Math.min(done, most), host, isCopied, high: first.high, low: first.low };
  }

  /** Forgets what is in memory; the file has it. */
  clear(): void {
    this.cache.clear();
    this.newTables.clear();
  }

  private withoutTables(offset: number, length: number): Segment {
    const { l2Span } = this.header.geometry;
    let end = (this.l1Index(offset) + 1) * l2Span;
    while (end < offset + length && this.l2Offset(this.l1Index(end)) === 0) end += l2Span;
    const most = Math.min(length, end - offset);
    return { kind: 'absent', length: most, host: 0, isCopied: false, high: 0, low: 0 };
  }

  private kindAt(entry: Entry, within: number): Segment['kind'] {
    if (entry.isCompressed) return 'compressed';
    const bit = 1 << Math.floor(within / this.header.geometry.subclusterSize);
    if (entry.allocated & bit) return 'data';
    return entry.zero & bit ? 'zero' : 'absent';
  }

  /** Bytes from `within` to the cluster's end, or to the first subcluster of another kind. */
  private runLength(entry: Entry, within: number, kind: Segment['kind']): number {
    const { clusterSize, subclusterSize, subclusters } = this.header.geometry;
    if (subclusters === 1 || kind === 'compressed') return clusterSize - within;
    let end = (Math.floor(within / subclusterSize) + 1) * subclusterSize;
    while (end < clusterSize && this.kindAt(entry, end) === kind) end += subclusterSize;
    return end - within;
  }

  private checkData(table: Table, index: number, host: number): void {
    if (host < this.file.size) return;
    const at = table.offset + index * this.header.geometry.entrySize;
    throw damaged(
      this.file,
      `the L2 entry refers to ${host}, behind the file's end at ${this.file.size}`,
      at,
    );
  }
}

/** Checks an L1 table that is not the active one, and reads it. @throws DiskImageError */
export async function readL1(
  file: ImageFile,
  geometry: Geometry,
  offset: number,
  entries: number,
): Promise<Uint8Array> {
  if (entries > 0) checkTable(file, geometry, "a snapshot's L1 table", offset, entries * 8);
  const bytes = new Uint8Array(entries * 8);
  await file.read(offset, bytes);
  return bytes;
}
