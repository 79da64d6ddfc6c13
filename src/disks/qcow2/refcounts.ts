/**
 * Reference counts of clusters, and finding free ones (qcow2 specification, "Host cluster management"). All of it is
 * for the holder of the metadata's lock. Counts change in memory; `Metadata` writes them in the right order.
 */
import type { ImageFile } from '../image-file.ts';
import {
  checkTable,
  damaged,
  entryOffset,
  getUint64,
  setEntry,
  setUint64,
  viewOf,
  MAX_OFFSET,
  type Geometry,
} from './geometry.ts';
import {
  encodeRefcountTable,
  HEADER_REFCOUNT_TABLE,
  MAX_REFCOUNT_TABLE_BYTES,
  type Header,
} from './header.ts';
import { TableCache, type Table } from './table-cache.ts';

/** Blocks of 64 KiB describe 2 GiB each. */
const CACHE_BYTES = 4 << 20;
/** Entries of the refcount table have all of bits 9 to 63. */
const TABLE_OFFSET_HIGH = 0xffff_ffff;

export function getCount(view: DataView, order: number, index: number): number {
  switch (order) {
    case 4:
      return view.getUint16(index * 2);
    case 5:
      return view.getUint32(index * 4);
    case 6:
      return Math.min(getUint64(view, index * 8), Number.MAX_SAFE_INTEGER);
    default: {
      const bits = 1 << order;
      const bit = index * bits;
      return (view.getUint8(bit >> 3) >> (bit & 7)) & ((1 << bits) - 1);
    }
  }
}

export function setCount(view: DataView, order: number, index: number, count: number): void {
  switch (order) {
    case 4:
      return view.setUint16(index * 2, count);
    case 5:
      return view.setUint32(index * 4, count);
    case 6:
      return setUint64(view, index * 8, count);
    default: {
      const bits = 1 << order;
      const bit = index * bits;
      const mask = ((1 << bits) - 1) << (bit & 7);
      const byte = view.getUint8(bit >> 3);
      view.setUint8(bit >> 3, (byte & ~mask) | (count << (bit & 7)));
    }
  }
}

export interface Run {
  readonly first: number;
  readonly count: number;
  /** Whether nothing was ever there: it reads as zeros. */
  readonly isFresh: boolean;
}

export class Refcounts {
  readonly cache: TableCache;
  /** Clusters from here on were never used. */
  end = 0;
  private table: Uint8Array = new Uint8Array();
  private view = viewOf(this.table);
  private readonly blocks = new Set<number>();
  /** No cluster before this one is free. */
  private cursor = 1;
  private tableDirtyFrom = Infinity;
  private tableDirtyTo = 0;
  /** First cluster and number of those to be given back when nothing in the file refers to them any more. */
  private pending: { first: number; count: number }[] = [];

  /** @param isMetadata whether a cluster holds what is no data, whatever its count says. */
  constructor(
    private readonly file: ImageFile,
    private readonly header: Header,
    private readonly isMetadata: (cluster: number) => boolean,
  ) {
    this.cache = new TableCache(file, header.geometry, 'a block of reference counts', CACHE_BYTES);
  }

  private get geometry(): Geometry {
    return this.header.geometry;
  }

  /** @throws DiskImageError */
  async load(): Promise<void> {
    const { clusterSize } = this.geometry;
    const { refcountTableOffset, refcountTableClusters } = this.header;
    const length = refcountTableClusters * clusterSize;
    if (length > MAX_REFCOUNT_TABLE_BYTES || length === 0)
      throw damaged(
        this.file,
        `expected a refcount table of 1 to ${MAX_REFCOUNT_TABLE_BYTES} bytes, found ${length}`,
        56,
      );
    checkTable(this.file, this.geometry, 'the refcount table', refcountTableOffset, length);
    const table = new Uint8Array(length);
    await this.file.read(refcountTableOffset, table);
    this.adopt(table);
    this.end = Math.ceil(this.file.size / clusterSize);
    this.cursor = 1;
    for (let i = 0; i * 8 < length; i++) {
      const offset = this.blockOffset(i);
      if (offset !== 0) this.blocks.add(offset);
    }
  }

  /** Number of entries of the refcount table. */
  get tableEntries(): number {
    return this.table.length / 8;
  }

  get hasPending(): boolean {
    return this.pending.length > 0;
  }

  /** Whether so much waits to be given back that it should be, before there is more. */
  get isFull(): boolean {
    return this.cache.isFull || this.pending.length > 4096;
  }

  blockOffset(index: number): number {
    return index < this.tableEntries ? entryOffset(this.view, index * 8, TABLE_OFFSET_HIGH) : 0;
  }

  isBlock(offset: number): boolean {
    return this.blocks.has(offset);
  }

  async get(cluster: number): Promise<number> {
    const { blockEntries, refcountOrder } = this.geometry;
    const offset = this.blockOffset(Math.floor(cluster / blockEntries));
    if (offset === 0) return 0;
    return getCount((await this.cache.get(offset)).view, refcountOrder, cluster % blockEntries);
  }

  /** The block of counts must exist. */
  async set(cluster: number, count: number): Promise<void> {
    const { blockEntries } = this.geometry;
    const block = await this.cache.get(this.blockOffset(Math.floor(cluster / blockEntries)));
    this.store(block, cluster % blockEntries, count);
    if (count === 0) this.cursor = Math.min(this.cursor, cluster);
  }

  /** @throws DiskImageError when there is no count, or it cannot be greater. */
  async increase(first: number, count = 1): Promise<void> {
    for (let cluster = first; cluster < first + count; cluster++) {
      const now = await this.get(cluster);
      if (now === 0) throw this.corrupt(`a cluster in use has the reference count 0`, cluster);
      if (now >= this.geometry.maxRefcount)
        throw damaged(
          this.file,
          `the reference count ${now} cannot be greater with ${1 << this.geometry.refcountOrder} bits`,
          cluster * this.geometry.clusterSize,
        );
      await this.set(cluster, now + 1);
    }
  }

  /** Takes one reference from each, as soon as nothing in the file is one (`applyReleases`). */
  release(first: number, count = 1): void {
    const last = this.pending.at(-1);
    if (last && last.first + last.count === first) last.count += count;
    else this.pending.push({ first, count });
  }

  /** Takes the references, and tells which clusters are free by that. */
  async applyReleases(): Promise<Run[]> {
    const freed: { first: number; count: number; isFresh: boolean }[] = [];
    for (let next = this.pending.at(-1); next; next = this.pending.at(-1)) {
      // One after the other, so that after an error none is taken twice.
      const cluster = next.first + next.count - 1;
      const now = await this.get(cluster);
      // If it is 0 the image is damaged; a leak is the least that can come of it.
      if (now > 0) await this.set(cluster, now - 1);
      if (--next.count === 0) this.pending.pop();
      if (now !== 1) continue;
      const last = freed.at(-1);
      if (last && cluster + 1 === last.first)
        freed[freed.length - 1] = { ...last, first: cluster, count: last.count + 1 };
      else freed.push({ first: cluster, count: 1, isFresh: false });
    }
    return freed;
  }

  /** Takes up to `wanted` free clusters that follow each other. @throws DiskImageError */
  async allocate(wanted: number): Promise<Run> {
    const { blockEntries, refcountOrder } = this.geometry;
    for (;;) {
      const index = Math.floor(this.cursor / blockEntries);
      if (this.blockOffset(index) === 0) {
        await this.createBlock(index, this.cursor);
        continue;
      }
      const block = await this.cache.get(this.blockOffset(index));
      const start = findFree(block, refcountOrder, this.cursor % blockEntries, blockEntries);
      const first = index * blockEntries + start;
      this.cursor = first;
      if (start === blockEntries) continue;
      let count = 1;
      const most = Math.min(wanted, blockEntries - start);
      while (count < most && getCount(block.view, refcountOrder, start + count) === 0) count++;
      for (let i = 0; i < count; i++) {
        this.checkFree(first + i);
        this.store(block, start + i, 1);
      }
      const isFresh = first >= this.end;
      this.cursor = first + count;
      this.end = Math.max(this.end, first + count);
      return { first, count, isFresh };
    }
  }

  /** Takes `count` clusters that follow each other, at the end. @throws DiskImageError */
  async allocateContiguous(count: number): Promise<number> {
    const { blockEntries } = this.geometry;
    search: for (;;) {
      const first = this.end;
      for (let index = Math.floor(first / blockEntries); index * blockEntries < first + count; index++) {
        if (this.blockOffset(index) !== 0) continue;
        await this.createBlock(index, first);
        continue search;
      }
      for (let i = 0; i < count; i++) {
        if ((await this.get(first + i)) === 0) continue;
        this.end = first + i + 1;
        continue search;
      }
      for (let i = 0; i < count; i++) await this.set(first + i, 1);
      this.end = first + count;
      return first;
    }
  }

  /**
   * Writes the changed blocks, and entries of the table for those that are new after a barrier. Flushes nothing
   * behind them.
   */
  async writeBack(): Promise<void> {
    await this.cache.writeBack();
    if (this.tableDirtyTo === 0) return;
    await this.file.flush();
    const from = Math.floor(this.tableDirtyFrom / 512) * 512;
    const to = Math.ceil(this.tableDirtyTo / 512) * 512;
    await this.file.write(this.header.refcountTableOffset + from, this.table.subarray(from, to));
    this.tableDirtyFrom = Infinity;
    this.tableDirtyTo = 0;
  }

  private adopt(table: Uint8Array): void {
    this.table = table;
    this.view = viewOf(table);
    this.blocks.clear();
  }

  /** Changes a count in its block. */
  store(block: Table, index: number, count: number): void {
    const { refcountOrder } = this.geometry;
    setCount(block.view, refcountOrder, index, count);
    const byte = Math.floor((index * (1 << refcountOrder)) / 8);
    this.cache.markDirty(block, byte, byte + Math.max(1, (1 << refcountOrder) / 8));
  }

  /** @param place a free cluster for it, which it describes itself, or which has a block. */
  private async createBlock(index: number, place: number): Promise<void> {
    if (index >= this.tableEntries) return this.growTable(index);
    this.checkFree(place);
    this.addBlock(index, place);
    await this.set(place, 1);
    this.end = Math.max(this.end, place + 1);
    if (this.cursor === place) this.cursor++;
  }

  private addBlock(index: number, place: number): void {
    const offset = place * this.geometry.clusterSize;
    this.cache.add(offset);
    this.blocks.add(offset);
    setEntry(this.view, index * 8, offset);
    this.tableDirtyFrom = Math.min(this.tableDirtyFrom, index * 8);
    this.tableDirtyTo = Math.max(this.tableDirtyTo, index * 8 + 8);
  }

  /** Makes a longer table at the file's end, with blocks for itself, and then has the header say so. */
  private async growTable(index: number): Promise<void> {
    const { clusterSize, blockEntries } = this.geometry;
    const start = Math.max(this.end, Math.floor(this.file.size / clusterSize));
    const old = {
      first: this.header.refcountTableOffset / clusterSize,
      count: this.header.refcountTableClusters,
    };
    const firstIndex = Math.floor(start / blockEntries);
    let clusters = Math.ceil((Math.max(index + 2, this.tableEntries * 1.5) * 8) / clusterSize);
    let missing: number[] = [];
    for (let known = -1; known !== missing.length;) {
      known = missing.length;
      const lastIndex = Math.floor((start + clusters + known - 1) / blockEntries);
      clusters = Math.max(clusters, Math.ceil(((lastIndex + 1) * 8) / clusterSize));
      missing = [];
      for (let i = firstIndex; i <= lastIndex; i++) if (this.blockOffset(i) === 0) missing.push(i);
    }
    if (clusters * clusterSize > MAX_REFCOUNT_TABLE_BYTES)
      throw damaged(this.file, 'it cannot be greater: its refcount table would be longer than 8 MiB');
    await this.writeBack();
    const table = new Uint8Array(clusters * clusterSize);
    table.set(this.table);
    this.table = table;
    this.view = viewOf(table);
    missing.forEach((i, n) => this.addBlock(i, start + clusters + n));
    for (let i = 0; i < clusters + missing.length; i++) await this.set(start + i, 1);
    this.end = start + clusters + missing.length;
    await this.cache.writeBack();
    await this.file.write(start * clusterSize, table);
    await this.file.flush();
    this.header.refcountTableOffset = start * clusterSize;
    this.header.refcountTableClusters = clusters;
    await this.file.write(HEADER_REFCOUNT_TABLE, encodeRefcountTable(this.header));
    await this.file.flush();
    this.tableDirtyFrom = Infinity;
    this.tableDirtyTo = 0;
    for (let i = 0; i < old.count; i++) await this.set(old.first + i, 0);
  }

  private checkFree(cluster: number): void {
    const { clusterSize } = this.geometry;
    if ((cluster + 1) * clusterSize > MAX_OFFSET || !Number.isSafeInteger((cluster + 1) * clusterSize))
      throw damaged(this.file, 'it cannot be greater');
    if (this.isMetadata(cluster))
      throw this.corrupt('metadata lie in a cluster that has the reference count 0', cluster);
  }

  private corrupt(reason: string, cluster: number): Error {
    return damaged(this.file, `${reason}: check it with repair`, cluster * this.geometry.clusterSize);
  }
}

/** The first count of 0 from `start` on, or `entries`. */
function findFree({ view, bytes }: Table, order: number, start: number, entries: number): number {
  if (order === 4) {
    // Zero is zero in either byte order, and this is the usual width.
    const counts = new Uint16Array(bytes.buffer, bytes.byteOffset, entries);
    const found = counts.indexOf(0, start);
    return found < 0 ? entries : found;
  }
  for (let i = start; i < entries; i++) if (getCount(view, order, i) === 0) return i;
  return entries;
}
