/**
 * The metadata of an open image, and the order in which they come into the file. Changes are made in memory
 * under one lock, and written by `commit`:
 *
 * 1. reference counts, and L2 tables that nothing in the file refers to yet; a barrier, which is one for data, too;
 * 2. other L2 tables, and the L1 table;
 * 3. when clusters are to be given back, another barrier; only now are they free.
 *
 * So whatever is referred to is counted, and nothing is used again while something may still refer to it: when
 * everything stops in between, room may be lost until the next repair, and no content is.
 */
import type { DiskImageError } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { hasBitmaps, markBitmapsInUse, readBitmapDirectory } from './bitmaps.ts';
import { damaged, type Geometry } from './geometry.ts';
import {
  AUTOCLEAR_BITMAPS,
  encodeFeatures,
  encodeHeader,
  encodeSizeAndL1,
  HEADER_FEATURES,
  HEADER_SIZE_AND_L1,
  INCOMPATIBLE_CORRUPT,
  type Header,
} from './header.ts';
import { InFlight, Lock } from './locks.ts';
import { Mapping } from './mapping.ts';
import { Refcounts } from './refcounts.ts';
import { readSnapshots, type Snapshot } from './snapshot-table.ts';
import type { Table } from './table-cache.ts';

export class Metadata {
  readonly lock = new Lock();
  readonly inFlight = new InFlight();
  readonly mapping: Mapping;
  readonly refcounts: Refcounts;
  /** Called when clusters of the file may be used for something else. */
  onReuse = (): void => {};
  /** Known from the first write on. */
  snapshots: readonly Snapshot[] = [];
  /** Bytes of their table. */
  snapshotsLength = 0;
  private isPrepared = false;
  /** Whether something was written that L2 tables refer to, and no barrier came since. */
  private needsBarrier = false;

  private constructor(
    readonly file: ImageFile,
    readonly header: Header,
  ) {
    this.mapping = new Mapping(file, header);
    this.refcounts = new Refcounts(file, header, (cluster) => this.isMetadata(cluster));
  }

  static async open(file: ImageFile, header: Header): Promise<Metadata> {
    const metadata = new Metadata(file, header);
    await metadata.mapping.load();
    return metadata;
  }

  get geometry(): Geometry {
    return this.header.geometry;
  }

  get isCorrupt(): boolean {
    return (this.header.incompatible & INCOMPATIBLE_CORRUPT) !== 0n;
  }

  /** Whether there is something that `commit` would write. */
  get isDirty(): boolean {
    const { mapping, refcounts } = this;
    return (
      mapping.hasDirtyL1 ||
      mapping.cache.dirtyTables.size > 0 ||
      refcounts.cache.dirtyTables.size > 0 ||
      refcounts.hasPending
    );
  }

  /** Runs a change of the metadata, with what it needs in memory and room for what becomes dirty. */
  change<T>(work: () => T | Promise<T>): Promise<T> {
    return this.lock.run(async () => {
      if (this.isCorrupt) throw this.refuseCorrupt();
      await this.prepare();
      if (this.mapping.cache.isFull || this.refcounts.isFull) await this.commit();
      return work();
    });
  }

  /** Data were written that L2 entries are about to refer to. */
  noteDataWritten(): void {
    this.needsBarrier = true;
  }

  /** An L2 table that may be changed: made, or copied when a snapshot has it too. Under the lock. */
  async ownTable(l1Index: number): Promise<Table> {
    const { mapping, refcounts } = this;
    const offset = mapping.l2Offset(l1Index);
    if (offset !== 0 && mapping.isL2Copied(l1Index)) return mapping.cache.get(offset);
    const { clusterSize } = this.geometry;
    const old = offset === 0 ? undefined : await mapping.cache.get(offset);
    const { first } = await refcounts.allocate(1);
    const place = first * clusterSize;
    const table = mapping.cache.add(place, old?.bytes);
    mapping.newTables.add(place);
    mapping.setL1(l1Index, place, true);
    if (offset !== 0) refcounts.release(offset / clusterSize);
    return table;
  }

  /** Writes what is dirty, in order. Under the lock. */
  async commit(): Promise<void> {
    const { mapping, refcounts, file } = this;
    const isNew = (table: Table): boolean => mapping.newTables.has(table.offset);
    await refcounts.writeBack();
    await mapping.cache.writeBack(isNew);
    if (mapping.cache.dirtyTables.size > 0 || mapping.hasDirtyL1) {
      if (this.needsBarrier || mapping.hasDirtyL1) await file.flush();
      this.needsBarrier = false;
      await mapping.cache.writeBack();
      await mapping.writeL1();
    }
    if (!refcounts.hasPending) return;
    await file.flush();
    await this.free();
  }

  /** Commits until nothing is dirty, and makes it durable. Under the lock. */
  async commitAll(): Promise<void> {
    await this.commit();
    // What became free by it.
    await this.refcounts.writeBack();
    await this.file.flush();
  }

  /** Takes the references that nothing in the file is any more. Under the lock, behind a barrier. */
  async free(): Promise<void> {
    const { file, geometry, mapping } = this;
    await this.inFlight.drain();
    this.onReuse();
    for (const { first, count } of await this.refcounts.applyReleases()) {
      for (let i = 0; i < count; i++) mapping.cache.drop((first + i) * geometry.clusterSize);
      const length = Math.min(count * geometry.clusterSize, file.size - first * geometry.clusterSize);
      if (length > 0) await file.punchHole?.(first * geometry.clusterSize, length);
    }
  }

  /** What must be known, and said in the file, before anything is changed. Under the lock. */
  async prepare(): Promise<void> {
    if (this.isPrepared) return;
    await this.doPrepare();
    this.isPrepared = true;
  }

  /** Whether data may be written where they lie. */
  get isReady(): boolean {
    return this.isPrepared && !this.isCorrupt;
  }

  /** @throws DiskImageError when nothing may be written. */
  async makeReady(): Promise<void> {
    if (this.isCorrupt) throw this.refuseCorrupt();
    await this.lock.run(() => this.prepare());
  }

  /** Forgets what is in memory, of which nothing is dirty, because the file was changed. */
  async reload(): Promise<void> {
    this.isPrepared = false;
    this.refcounts.cache.clear();
    this.mapping.clear();
    await this.mapping.load();
  }

  async loadSnapshots(): Promise<void> {
    const { snapshots, length } = await readSnapshots(this.file, this.header);
    this.snapshots = snapshots;
    this.snapshotsLength = length;
  }

  /** Has the header name another L1 table, which is in the file already, and another size. Under the lock. */
  async switchL1(offset: number, l1: Uint8Array, size: number): Promise<void> {
    const { header, file } = this;
    await file.flush();
    const next = { l1Offset: offset, l1Entries: l1.length / 8, size };
    await file.write(HEADER_SIZE_AND_L1, encodeSizeAndL1({ ...header, ...next }));
    await file.flush();
    Object.assign(header, next);
    this.mapping.adopt(l1);
  }

  /** Has the header say the size that is in memory. */
  async writeSize(): Promise<void> {
    await this.file.write(HEADER_SIZE_AND_L1, encodeSizeAndL1(this.header));
    await this.file.flush();
  }

  async writeFeatures(): Promise<void> {
    if (this.geometry.version === 2) return;
    await this.file.write(HEADER_FEATURES, encodeFeatures(this.header));
    await this.file.flush();
  }

  async writeHeader(): Promise<void> {
    await this.file.write(0, encodeHeader(this.file, this.header));
    await this.file.flush();
  }

  /** Refuses to write data over metadata, and marks the image as damaged. */
  async checkDataPlace(host: number, length: number): Promise<void> {
    const { clusterSize } = this.geometry;
    for (let cluster = Math.floor(host / clusterSize); cluster * clusterSize < host + length; cluster++) {
      if (!this.isMetadata(cluster)) continue;
      this.header.incompatible |= INCOMPATIBLE_CORRUPT;
      await this.writeFeatures();
      throw damaged(
        this.file,
        'a cluster of data lies over metadata, so that nothing is written',
        cluster * clusterSize,
      );
    }
  }

  /** Whether a cluster holds metadata, as far as they are in memory. */
  isMetadata(cluster: number): boolean {
    const { header, geometry } = this;
    const offset = cluster * geometry.clusterSize;
    const lies = (start: number, length: number): boolean =>
      length > 0 && offset + geometry.clusterSize > start && offset < start + length;
    return (
      cluster === 0 ||
      this.refcounts.isBlock(offset) ||
      this.mapping.cache.has(offset) ||
      lies(header.l1Offset, header.l1Entries * 8) ||
      lies(header.refcountTableOffset, header.refcountTableClusters * geometry.clusterSize) ||
      lies(header.snapshotsOffset, this.snapshotsLength)
    );
  }

  refuseCorrupt(): DiskImageError {
    return damaged(
      this.file,
      'it is marked as corrupt, so that nothing is written: check it with repair first',
      72,
    );
  }

  private async doPrepare(): Promise<void> {
    const { file, header } = this;
    await this.refcounts.load();
    await this.loadSnapshots();
    let autoclear = 0n;
    if (hasBitmaps(header)) {
      try {
        await markBitmapsInUse(file, await readBitmapDirectory(file, header));
        autoclear = AUTOCLEAR_BITMAPS;
      } catch {
        // They are damaged: nobody shall believe them.
      }
    }
    if (header.autoclear === autoclear) return;
    header.autoclear = autoclear;
    await this.writeFeatures();
  }
}
