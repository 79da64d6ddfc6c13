/**
 * Writing: in place where the cluster is this image's alone, and otherwise to a new one, with what surrounds the
 * written bytes copied to it. Two writes to one cluster that is being allocated come one after the other.
 */
import { together } from '../together.ts';
import { isZero } from '../zeros.ts';
import type { CompressedClusters } from './compressed.ts';
import type { Geometry } from './geometry.ts';
import { Claims } from './locks.ts';
import { compressedDescriptor, type Entry, type Mapping } from './mapping.ts';
import type { Metadata } from './metadata.ts';

/** What is copied around written bytes is put into one file access with them up to this many bytes. */
const JOINED_WRITE = 256 * 1024;

/** Where a stretch of clusters is to be written. */
interface Place {
  readonly first: number;
  readonly count: number;
  /** Where the first of them lies in the file. */
  readonly host: number;
  /** Whether the clusters are new, and replace what was there. */
  readonly isNew: boolean;
  /** Whether they read as zeros where nothing is written. */
  readonly isFresh: boolean;
  /** The subclusters of the first and of the last cluster that are written. */
  readonly start: number;
  readonly end: number;
  /** Whether the first and the last cluster are written as a whole, because they had data elsewhere. */
  readonly isFirstWhole: boolean;
  readonly isLastWhole: boolean;
}

export class Writer {
  readonly claims = new Claims();
  private readonly geometry: Geometry;
  private readonly mapping: Mapping;

  /** @param read reads the disk as guests see it. */
  constructor(
    private readonly metadata: Metadata,
    private readonly compressed: CompressedClusters,
    private readonly read: (offset: number, into: Uint8Array) => Promise<void>,
  ) {
    this.geometry = metadata.geometry;
    this.mapping = metadata.mapping;
  }

  async write(offset: number, from: Uint8Array): Promise<void> {
    const { mapping, metadata } = this;
    await together(async (add) => {
      for (let done = 0; done < from.length;) {
        const at = offset + done;
        const table = mapping.peek(at);
        if (table === undefined) {
          await mapping.loadTable(at);
          continue;
        }
        const { kind, host, isCopied, length } = mapping.segment(table, at, from.length - done);
        if (kind !== 'data' || !isCopied) {
          done += await this.allocate(at, from.subarray(done));
          continue;
        }
        const bytes = length === from.length ? from : from.subarray(done, done + length);
        if (this.mayBeMetadata(host, length)) await metadata.checkDataPlace(host, length);
        add(metadata.inFlight.track(metadata.file.write(host, bytes)));
        done += length;
      }
    });
  }

  /** Stores a whole cluster in compressed form. False when nothing would be gained by it. */
  async writeCompressed(offset: number, cluster: Uint8Array): Promise<boolean> {
    const { compressed, metadata, mapping, geometry } = this;
    const packed = await compressed.pack(cluster);
    if (!packed) return false;
    const index = Math.floor(offset / geometry.clusterSize);
    for (let other; (other = this.claims.overlapping(index, index));) await other;
    await this.claims.hold(index, index, async () => {
      const place = await metadata.change(async () => {
        await metadata.ownTable(mapping.l1Index(offset));
        return compressed.allocate(packed.length);
      });
      try {
        await metadata.file.write(place, packed);
        await metadata.lock.run(async () => {
          const table = await metadata.ownTable(mapping.l1Index(offset));
          const at = index % geometry.l2Entries;
          this.release(mapping.entry(table, at));
          const { high, low } = compressedDescriptor(place, packed.length, geometry.clusterBits);
          mapping.setCompressed(table, at, high, low);
          metadata.noteDataWritten();
        });
      } catch (error) {
        await metadata.lock.run(() => compressed.release(place, packed.length));
        throw error;
      }
    });
    return true;
  }

  /** Gives every cluster of an empty image a place in the file, which reads as zeros. */
  async preallocate(size: number): Promise<void> {
    const { metadata, mapping, geometry } = this;
    const { clusterSize, l2Entries, l2Span, allSubclusters } = geometry;
    for (let offset = 0; offset < size; offset += l2Span) {
      await metadata.change(async () => {
        const table = await metadata.ownTable(mapping.l1Index(offset));
        const clusters = Math.min(l2Entries, Math.ceil((size - offset) / clusterSize));
        for (let index = 0; index < clusters;) {
          const { first, count } = await metadata.refcounts.allocate(clusters - index);
          if (metadata.file.size < (first + count) * clusterSize)
            await metadata.file.truncate((first + count) * clusterSize);
          for (let i = 0; i < count; i++, index++)
            mapping.setEntry(table, index, (first + i) * clusterSize, allSubclusters, 0);
        }
        metadata.noteDataWritten();
      });
    }
  }

  /** Gives back what an entry refers to, which is about to be replaced. Under the lock. */
  release(entry: Entry): void {
    const { metadata, geometry, compressed } = this;
    if (entry.isCompressed) compressed.releaseDescriptor(entry.high, entry.low);
    else if (entry.host !== 0) metadata.refcounts.release(entry.host / geometry.clusterSize);
  }

  /** Metadata that are in memory; those are the ones that could be written over by a damaged image. */
  private mayBeMetadata(host: number, length: number): boolean {
    const { clusterSize } = this.geometry;
    for (let cluster = Math.floor(host / clusterSize); cluster * clusterSize < host + length; cluster++)
      if (this.metadata.isMetadata(cluster)) return true;
    return false;
  }

  /** Writes the start of `from`, for which something must be allocated, and tells how many bytes it was. */
  private async allocate(offset: number, from: Uint8Array): Promise<number> {
    const { clusterSize, l2Span } = this.geometry;
    const most = Math.min(from.length, l2Span - (offset % l2Span));
    const first = Math.floor(offset / clusterSize);
    const last = Math.floor((offset + most - 1) / clusterSize);
    const other = this.claims.overlapping(first, last);
    if (other) {
      await other;
      // Now it may lie where it can be written in place.
      return 0;
    }
    return this.claims.hold(first, last, async () => {
      const place = await this.metadata.change(() => this.findPlace(offset, most, first));
      if (!place) return 0;
      const length = Math.min(most, (place.first + place.count) * clusterSize - offset);
      try {
        await this.store(place, offset, from.subarray(0, length));
        await this.metadata.lock.run(() => this.link(place));
      } catch (error) {
        if (place.isNew)
          await this.metadata.lock.run(() =>
            this.metadata.refcounts.release(place.host / clusterSize, place.count),
          );
        throw error;
      }
      return length;
    });
  }

  /** Undefined when it may be written in place after all. Under the lock. */
  private async findPlace(offset: number, length: number, first: number): Promise<Place | undefined> {
    const { mapping, geometry, metadata } = this;
    const { clusterSize, subclusterSize, l2Entries } = geometry;
    const table = await metadata.ownTable(mapping.l1Index(offset));
    const wanted = Math.floor((offset + length - 1) / clusterSize) - first + 1;
    const entries: Entry[] = [];
    const isInPlace = (entry: Entry): boolean => entry.host !== 0 && entry.isCopied;
    for (let i = 0; i < wanted; i++) {
      const entry = mapping.entry(table, (first % l2Entries) + i);
      if (i > 0) {
        if (isInPlace(entry) !== isInPlace(entries[0])) break;
        // The same file access must do for all of them, and those that are whole need none of this.
        if (isInPlace(entry)) {
          const isAfter = entry.host === entries[i - 1].host + clusterSize;
          if (!isAfter || entry.allocated >>> 0 === geometry.allSubclusters) break;
        }
      }
      entries.push(entry);
    }
    const isNew = !isInPlace(entries[0]);
    let host = entries[0].host;
    let count = entries.length;
    let isFresh = false;
    if (isNew) {
      const run = await metadata.refcounts.allocate(count);
      host = run.first * clusterSize;
      count = run.count;
      isFresh = run.isFresh;
    } else {
      await metadata.checkDataPlace(host, count * clusterSize);
    }
    const end = Math.min(offset + length, (first + count) * clusterSize);
    // What lies in a cluster that is replaced goes along as a whole.
    const hasData = (entry: Entry): boolean => isNew && (entry.isCompressed || entry.allocated !== 0);
    return {
      first,
      count,
      host,
      isNew,
      isFresh,
      start: Math.floor((offset % clusterSize) / subclusterSize),
      end: Math.floor(((end - 1) % clusterSize) / subclusterSize),
      isFirstWhole: hasData(entries[0]),
      isLastWhole: hasData(entries[count - 1]),
    };
  }

  /** Writes data, and before and behind them what was there, up to whole subclusters. */
  private async store(place: Place, offset: number, from: Uint8Array): Promise<void> {
    const { clusterSize, subclusterSize } = this.geometry;
    const guest = place.first * clusterSize;
    const lastGuest = guest + (place.count - 1) * clusterSize;
    const end = offset + from.length;
    let start = place.isFirstWhole ? guest : guest + place.start * subclusterSize;
    let stop = place.isLastWhole ? lastGuest + clusterSize : lastGuest + (place.end + 1) * subclusterSize;
    // What is there already must stay: others may be writing to it.
    if (!place.isNew && start < offset && (await this.isData(offset - 1))) start = offset;
    if (!place.isNew && stop > end && (await this.isData(end))) stop = end;
    const before = await this.content(start, offset - start, place.isFresh);
    const behind = await this.content(end, stop - end, place.isFresh);
    const { file } = this.metadata;
    const at = (position: number): number => place.host + position - guest;
    if (from.length + before.length + behind.length <= JOINED_WRITE && before.length + behind.length > 0) {
      const joined = new Uint8Array(before.length + from.length + behind.length);
      joined.set(before);
      joined.set(from, before.length);
      joined.set(behind, before.length + from.length);
      await file.write(at(offset - before.length), joined);
      return;
    }
    await file.write(at(offset), from);
    if (before.length > 0) await file.write(at(offset - before.length), before);
    if (behind.length > 0) await file.write(at(end), behind);
  }

  /** What is to be copied; nothing where zeros would come to where zeros are. */
  private async content(offset: number, length: number, isFresh: boolean): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array();
    const bytes = new Uint8Array(length);
    await this.read(offset, bytes);
    return isFresh && isZero(bytes) ? new Uint8Array() : bytes;
  }

  private async isData(offset: number): Promise<boolean> {
    for (;;) {
      const table = this.mapping.peek(offset);
      if (table !== undefined) return this.mapping.segment(table, offset, 1).kind === 'data';
      await this.mapping.loadTable(offset);
    }
  }

  /** Has the L2 table say where the clusters lie now. Under the lock. */
  private async link(place: Place): Promise<void> {
    const { mapping, geometry, metadata } = this;
    const { clusterSize, l2Entries, allSubclusters } = geometry;
    const table = await metadata.ownTable(mapping.l1Index(place.first * clusterSize));
    for (let i = 0; i < place.count; i++) {
      const index = (place.first % l2Entries) + i;
      const old = mapping.entry(table, index);
      let written = allSubclusters;
      const isFirst = i === 0 && !place.isFirstWhole;
      const isLast = i === place.count - 1 && !place.isLastWhole;
      if (isFirst) written &= bitsFrom(place.start);
      if (isLast) written &= bitsTo(place.end);
      if (place.isNew) {
        // Those that move as a whole have no other subclusters.
        const keepsBitmap = !old.isCompressed && old.allocated === 0;
        this.release(old);
        mapping.setEntry(
          table,
          index,
          place.host + i * clusterSize,
          written,
          keepsBitmap ? old.zero & ~written : 0,
        );
      } else {
        mapping.setEntry(table, index, old.host, old.allocated | written, old.zero & ~written);
      }
    }
    metadata.noteDataWritten();
  }
}

const bitsFrom = (first: number): number => -1 << first;
const bitsTo = (last: number): number => -1 >>> (31 - last);
