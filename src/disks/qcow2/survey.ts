/** Finds out how often each cluster of the file is referred to, from the header on. */
import type { WorkOptions } from '../disk-image.ts';
import { bitmapClusters, hasBitmaps, readBitmapDirectory } from './bitmaps.ts';
import { ClusterCounts } from './counts.ts';
import type { Findings } from '../findings.ts';
import { checkTable, entryOffset, viewOf } from './geometry.ts';
import { MAX_REFCOUNT_TABLE_BYTES } from './header.ts';
import { compressedExtent, readL1 } from './mapping.ts';
import type { Metadata } from './metadata.ts';
import { readSnapshots } from './snapshot-table.ts';

/** Of all snapshots together: more is an attack. */
const MAX_L1_BYTES = 1 << 30;

/** Bits of entries that mean nothing yet: what sets them knows more than we do, or is damage. */
const RESERVED_LOW = 0x1ff;
const RESERVED_L1_HIGH = 0x7f00_0000;
const RESERVED_L2_HIGH = 0x3f00_0000;
/** The lowest says that a cluster reads as zeros. */
const RESERVED_L2_LOW = 0x1fe;

export interface References {
  readonly counts: ClusterCounts;
  /** The clusters of the refcount table and of its blocks; they are among `counts`. */
  readonly refcountClusters: readonly number[];
  /** Whether the refcount table and its blocks are where they can be, and nothing else is there. */
  readonly isSound: boolean;
}

export async function countReferences(
  metadata: Metadata,
  findings: Findings,
  options: WorkOptions,
): Promise<References> {
  return new Survey(metadata, findings, options).run();
}

class Survey {
  private readonly counts: ClusterCounts;
  /** What lies in clusters that hold metadata. */
  private readonly metadataAt = new Map<number, string>();
  /** By the offset of an L2 table, how many L1 tables refer to it. */
  private readonly l2Tables = new Map<number, number>();
  private isSound = true;

  constructor(
    private readonly metadata: Metadata,
    private readonly findings: Findings,
    private readonly options: WorkOptions,
  ) {
    this.counts = new ClusterCounts(metadata.file);
  }

  async run(): Promise<References> {
    const { header, mapping, file } = this.metadata;
    const { signal, progress } = this.options;
    this.addMetadata('the header', 0, 1);
    this.addMetadata('the L1 table', header.l1Offset, header.l1Entries * 8);
    const refcountClusters = await this.addRefcounts();
    await this.addSnapshots();
    await this.addBitmaps();
    this.addL1('the L1 table', header.l1Offset, mapping.l1Table, 1);
    for (const offset of this.l2Tables.keys())
      this.addMetadata('an L2 table', offset, 1, this.l2Tables.get(offset));
    let done = 0;
    for (const [offset, times] of this.l2Tables) {
      signal?.throwIfAborted();
      progress?.(done++, this.l2Tables.size);
      await this.addL2(offset, times);
    }
    // What else lies there was found on the way.
    const isSound = this.isSound && refcountClusters.every((cluster) => this.counts.get(cluster) === 1);
    if (this.isSound && !isSound)
      this.findings.errorAt(header.refcountTableOffset, 'other things lie over reference counts');
    progress?.(file.size, file.size);
    return { counts: this.counts, refcountClusters, isSound };
  }

  /** Counts the clusters of a range that holds metadata, as far as they are in the file. */
  private addMetadata(what: string, offset: number, length: number, times = 1): void {
    const { clusterSize } = this.metadata.geometry;
    const first = Math.floor(offset / clusterSize);
    for (let cluster = first; length > 0 && cluster * clusterSize < offset + length; cluster++) {
      const other = this.metadataAt.get(cluster);
      if (other === undefined) this.metadataAt.set(cluster, what);
      else this.findings.errorAt(cluster * clusterSize, `${what} and ${other} lie in the same cluster`);
      this.counts.add(cluster, times);
    }
  }

  private addData(cluster: number, times: number, from: number): void {
    const other = this.metadataAt.get(cluster);
    if (other !== undefined) this.findings.errorAt(from, `the L2 entry refers to the cluster of ${other}`);
    this.counts.add(cluster, times);
  }

  private async addRefcounts(): Promise<number[]> {
    const { header, geometry, file } = this.metadata;
    const { clusterSize } = geometry;
    const length = header.refcountTableClusters * clusterSize;
    const table = await this.findings.collect(async () => {
      checkTable(file, geometry, 'the refcount table', header.refcountTableOffset, Math.max(1, length));
      const bytes = new Uint8Array(Math.min(length, MAX_REFCOUNT_TABLE_BYTES));
      await file.read(header.refcountTableOffset, bytes);
      return bytes;
    });
    this.isSound = table !== undefined && length === table.length;
    if (!table) return [];
    this.addMetadata('the refcount table', header.refcountTableOffset, table.length);
    const first = header.refcountTableOffset / clusterSize;
    const clusters = Array.from({ length: header.refcountTableClusters }, (_, i) => first + i);
    const view = viewOf(table);
    for (let at = 0; at < table.length; at += 8) {
      const offset = entryOffset(view, at, 0xffff_ffff);
      if (view.getUint32(at + 4) & RESERVED_LOW) {
        this.findings.errorAt(header.refcountTableOffset + at, 'the refcount table has reserved bits set');
        this.isSound = false;
        continue;
      }
      if (offset === 0) continue;
      const error = await this.problem(offset, 'a block of reference counts');
      if (error) {
        this.isSound = false;
        continue;
      }
      this.addMetadata('a block of reference counts', offset, 1);
      clusters.push(offset / clusterSize);
    }
    return clusters;
  }

  /** Whether no table can lie there, which is noted then. */
  private async problem(offset: number, what: string): Promise<boolean> {
    const { file, geometry } = this.metadata;
    const result = await this.findings.collect(() => {
      checkTable(file, geometry, what, offset, geometry.clusterSize);
      return true;
    });
    return result !== true;
  }

  private async addSnapshots(): Promise<void> {
    const { header, geometry, file } = this.metadata;
    const table = await this.findings.collect(() => readSnapshots(file, header));
    if (!table) return;
    this.addMetadata('the snapshot table', header.snapshotsOffset, table.length);
    const l1Tables = new Map<string, { offset: number; entries: number; times: number }>();
    let bytes = 0;
    for (const { l1Offset: offset, l1Entries: entries } of table.snapshots) {
      if (entries === 0) continue;
      const key = `${offset}:${entries}`;
      const known = l1Tables.get(key);
      if (known) known.times++;
      else bytes += entries * 8;
      if (!known) l1Tables.set(key, { offset, entries, times: 1 });
    }
    if (bytes > MAX_L1_BYTES) {
      this.findings.errorAt(header.snapshotsOffset, `the snapshots' L1 tables have ${bytes} bytes together`);
      return;
    }
    for (const { offset, entries, times } of l1Tables.values()) {
      const l1 = await this.findings.collect(() => readL1(file, geometry, offset, entries));
      if (!l1) continue;
      this.addMetadata("a snapshot's L1 table", offset, entries * 8, times);
      this.addL1("a snapshot's L1 table", offset, l1, times);
    }
  }

  private async addBitmaps(): Promise<void> {
    const { header, file, geometry } = this.metadata;
    if (!hasBitmaps(header)) return;
    const directory = await this.findings.collect(() => readBitmapDirectory(file, header));
    if (!directory) return;
    this.addMetadata('the directory of bitmaps', directory.offset, directory.bytes.length);
    for (const bitmap of directory.bitmaps) {
      const offsets = await this.findings.collect(() => bitmapClusters(file, header, bitmap));
      if (!offsets) continue;
      this.addMetadata("a bitmap's table", bitmap.tableOffset, bitmap.tableEntries * 8);
      for (const offset of offsets) {
        if (offset % geometry.clusterSize === 0 && offset < file.size)
          this.addMetadata('a bitmap', offset, 1);
        else this.findings.errorAt(bitmap.tableOffset, `a bitmap lies at ${offset}`);
      }
    }
  }

  private addL1(what: string, at: number, l1: Uint8Array, times: number): void {
    const { clusterSize } = this.metadata.geometry;
    const view = viewOf(l1);
    for (let i = 0; i * 8 < l1.length; i++) {
      const offset = entryOffset(view, i * 8);
      if (view.getUint32(i * 8) & RESERVED_L1_HIGH || view.getUint32(i * 8 + 4) & RESERVED_LOW)
        this.findings.errorAt(at + i * 8, `${what} has reserved bits set`);
      if (offset === 0) continue;
      if (offset % clusterSize !== 0 || offset + clusterSize > this.metadata.file.size)
        this.findings.errorAt(at + i * 8, `${what} refers to an L2 table at ${offset}`);
      else this.l2Tables.set(offset, (this.l2Tables.get(offset) ?? 0) + times);
    }
  }

  private async addL2(offset: number, times: number): Promise<void> {
    const { mapping, geometry, file } = this.metadata;
    const { clusterSize, clusterBits, entrySize } = geometry;
    const table = await mapping.cache.get(offset);
    for (let index = 0; index < geometry.l2Entries; index++) {
      const at = index * entrySize;
      // Most entries of most tables.
      if (table.view.getUint32(at) === 0 && table.view.getUint32(at + 4) === 0 && !geometry.isExtended)
        continue;
      const entry = await this.findings.collect(() => mapping.entry(table, index));
      if (!entry) continue;
      if (!entry.isCompressed && (entry.high & RESERVED_L2_HIGH || entry.low & RESERVED_L2_LOW))
        this.findings.errorAt(offset + at, 'the L2 entry has reserved bits set');
      const place = entry.isCompressed
        ? compressedExtent(entry.high, entry.low, clusterBits)
        : { offset: entry.host, length: clusterSize };
      if (!entry.isCompressed && entry.host === 0) continue;
      if (place.offset >= file.size) {
        this.findings.errorAt(offset + at, `the L2 entry refers to ${place.offset}, behind the file's end`);
        continue;
      }
      const end = Math.min(place.offset + place.length, Math.ceil(file.size / clusterSize) * clusterSize);
      for (let cluster = Math.floor(place.offset / clusterSize); cluster * clusterSize < end; cluster++)
        this.addData(cluster, times, offset + at);
    }
  }
}
