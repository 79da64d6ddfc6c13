/**
 * Reading and writing a disk whose clusters lie anywhere in a file, at the places that tables name. This is what the
 * formats VMDK and VDI have in common.
 */
import { readBeneath } from './beneath.ts';
import type { DiskImage, Extent } from './disk-image.ts';
import {
  ClusterTables,
  PAGE_ENTRIES,
  type Entries,
  type TableSource,
  type TableUnit,
} from './cluster-tables.ts';
import type { ImageFile } from './image-file.ts';
import { together } from './together.ts';
import { ZEROS, writeZeros } from './zeros.ts';

/** What `ClusterFormat.locate` answers for a cluster that has no place in the file: read what lies beneath. */
export const ABSENT = -1;
/** The same for one that reads as zeros. */
export const ZERO = -2;

/** Units of tables that may wait to be written before a write waits for them. */
const MAX_DIRTY_UNITS = 256;

/** Clusters that became free and are remembered to be used again. */
const MAX_FREE = 65536;

/** Up to how many bytes around what is written are put into one write with it, and not left as a hole. */
const MAX_PADDING = 128 * 1024;

/** How a format stores the tables and places of its clusters. */
export interface ClusterFormat extends TableSource {
  /** In bytes, a power of two. */
  readonly clusterSize: number;
  /** How much the entries of clusters that follow each other in the file differ. */
  readonly step: number;
  /** The entry of a cluster whose content is given up and reads as zeros, if the format can say that. */
  readonly zeroEntry?: number;
  /**
   * Where the cluster lies in the file, in bytes, `ABSENT`, or `ZERO`.
   * @throws DiskImageError for a place where none can lie.
   */
  locate(entry: number, cluster: number): number;
  /** Called once, before anything changes; returns the entries of places in the file that nothing uses. */
  beginChanges(): Promise<readonly number[]>;
  /**
   * Makes the file longer by room for up to `count` clusters, and returns the entry of the first of them.
   * @throws DiskImageError when the format has no entry for more.
   */
  extend(count: number): { readonly entry: number; readonly count: number };
  /** Called before what was written so far is made durable, so that tables can be stored after it. */
  beforeTables?(): Promise<void>;
  /** Writes tables, and what leads to them. */
  store(units: readonly TableUnit[]): Promise<void>;
}

/** Clusters that are being written for the first time. */
interface Fill {
  readonly first: number;
  readonly end: number;
  /** Settles when they have a place, or could not be written; never rejects. */
  readonly done: Promise<void>;
}

/** A cluster that nothing uses since some operation. */
interface Free {
  readonly entry: number;
  /** Older operations may still be reading or writing it. */
  readonly since: number;
}

/** A disk, or a part of one, in clusters. */
export class Clusters {
  private readonly tables: ClusterTables;
  private readonly clusterSize: number;
  private fills: Fill[] = [];
  private begun: Promise<void> | undefined;
  private committing: Promise<void> | undefined;
  private nextCommit: Promise<void> | undefined;
  /** Operations under way, the oldest first. */
  private readonly active = new Set<number>();
  private nextOperation = 1;
  /** Given up, but the tables in the file may still name them. */
  private released: number[] = [];
  private free: Free[] = [];

  /**
   * @param size of the disk, or the part, in bytes.
   * @param start where on the image's disk it begins.
   * @param owner the image, which knows what lies beneath it.
   */
  constructor(
    private readonly file: ImageFile,
    private readonly format: ClusterFormat,
    private readonly size: number,
    private readonly start = 0,
    private readonly owner?: Pick<DiskImage, 'backing' | 'backingReference'>,
  ) {
    this.tables = new ClusterTables(format);
    this.clusterSize = format.clusterSize;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    await this.operate(async (add) => {
      for (let done = 0; done < into.length;) {
        const at = offset + done;
        const entries = this.entriesAt(at);
        if (!entries) {
          await this.tables.load(this.pageAt(at));
          continue;
        }
        const { place, length } = this.runAt(at, into.length - done, entries);
        const part = into.subarray(done, done + length);
        if (place >= 0) add(this.file.read(place, part));
        else if (place === ABSENT) add(this.readBeneath(at, part));
        else part.fill(0);
        done += length;
      }
    });
  }

  async write(offset: number, from: Uint8Array): Promise<void> {
    await this.change();
    await this.operate(async (add) => {
      for (let done = 0; done < from.length;) {
        const at = offset + done;
        const entries = this.entriesAt(at);
        if (!entries) {
          await this.tables.load(this.pageAt(at));
          continue;
        }
        const { place, length } = this.runAt(at, from.length - done, entries);
        if (place >= 0) {
          add(this.file.write(place, from.subarray(done, done + length)));
          done += length;
          continue;
        }
        const first = Math.floor(at / this.clusterSize);
        const count = Math.ceil((at + length) / this.clusterSize) - first;
        const other = this.nextFill(first, first + count);
        if (other && other.first <= first) {
          await other.done;
          continue;
        }
        const taken = this.take(other ? other.first - first : count);
        const end = Math.min(at + length, (first + taken.count) * this.clusterSize);
        add(this.fill(first, taken, at, from.subarray(done, done + end - at), place));
        done += end - at;
      }
    });
    if (this.tables.dirtyCount > MAX_DIRTY_UNITS) await this.flush();
  }

  /** Gives up the content of whole clusters in a range, where the format can say so; they read as zeros then. */
  async discard(offset: number, length: number): Promise<void> {
    const first = Math.ceil(offset / this.clusterSize);
    const isLast = offset + length === this.size;
    const end = isLast ? this.format.entryCount : Math.floor((offset + length) / this.clusterSize);
    if (first < end) await this.clear(first, end, true, false);
  }

  async writeZeroes(offset: number, length: number, mayUnmap: boolean): Promise<void> {
    const end = offset + length;
    const first = Math.ceil(offset / this.clusterSize);
    const last = end === this.size ? this.format.entryCount : Math.floor(end / this.clusterSize);
    if (first >= last) return this.clearPart(offset, length);
    const [head, tail] = [first * this.clusterSize, Math.min(last * this.clusterSize, end)];
    if (head > offset) await this.clearPart(offset, head - offset);
    await this.clear(first, last, mayUnmap, true);
    if (end > tail) await this.clearPart(tail, end - tail);
  }

  /** The extent at `offset`, within a page of tables. */
  async nextExtent(offset: number): Promise<Extent> {
    let entries: Entries | undefined;
    while (!(entries = this.entriesAt(offset))) await this.tables.load(this.pageAt(offset));
    const { place, length } = this.runAt(offset, this.size - offset, entries);
    if (place >= 0) return { offset, length, kind: 'data', fileOffset: place };
    return { offset, length, kind: place === ZERO ? 'zero' : 'absent' };
  }

  /** Makes everything that was written durable, data before the tables that lead to it. */
  flush(): Promise<void> {
    if (!this.committing) {
      return (this.committing = this.commit().finally(() => (this.committing = undefined)));
    }
    // What was written since the one under way began waits for the next, which serves all who wait.
    return (this.nextCommit ??= this.committing
      .catch(() => {})
      .then(() => {
        this.nextCommit = undefined;
        return this.flush();
      }));
  }

  /** Whether anything may have been changed. */
  get isChanged(): boolean {
    return this.begun !== undefined;
  }

  /** Forgets what is known of the tables, which the format has written anew. Nothing else may be under way. */
  forget(): void {
    this.tables.clear();
    this.free = [];
    this.released = [];
  }

  private change(): Promise<void> {
    return (this.begun ??= this.format.beginChanges().then(
      (entries) => {
        this.free = entries.slice(0, MAX_FREE).map((entry) => ({ entry, since: 0 }));
      },
      (error) => {
        this.begun = undefined;
        throw error;
      },
    ));
  }

  /** Does work during which no cluster that it may know of is used for something else. */
  private async operate(work: Parameters<typeof together>[0]): Promise<void> {
    const operation = this.nextOperation++;
    this.active.add(operation);
    try {
      await together(work);
    } finally {
      this.active.delete(operation);
    }
  }

  private pageAt(offset: number): number {
    return Math.floor(offset / this.clusterSize / PAGE_ENTRIES);
  }

  private entriesAt(offset: number): Entries | undefined {
    return this.tables.get(this.pageAt(offset));
  }

  /**
   * Where the bytes from `offset` on lie, and how many of them, up to `limit`, lie there in one piece or nowhere in the
   * same way, as far as one page of tables says.
   */
  private runAt(offset: number, limit: number, entries: Entries): { place: number; length: number } {
    const { clusterSize, format } = this;
    let cluster = Math.floor(offset / clusterSize);
    const inside = offset - cluster * clusterSize;
    const start = format.locate(entries[cluster % PAGE_ENTRIES], cluster);
    let length = clusterSize - inside;
    while (length < limit && ++cluster % PAGE_ENTRIES !== 0) {
      const place = format.locate(entries[cluster % PAGE_ENTRIES], cluster);
      if (place !== (start < 0 ? start : start + inside + length)) break;
      length += clusterSize;
    }
    return { place: start < 0 ? start : start + inside, length: Math.min(length, limit) };
  }

  private readBeneath(offset: number, into: Uint8Array): Promise<void> {
    return readBeneath(this.owner?.backing, this.start + offset, into);
  }

  /** Whether a cluster without a place reads as zeros without looking at its content. */
  private readsZero(place: number, cluster: number): boolean {
    if (place !== ABSENT) return place === ZERO;
    const backing = this.owner?.backing;
    // What was not opened may have content all the same.
    if (!backing) return this.owner?.backingReference === undefined;
    return this.start + cluster * this.clusterSize >= backing.size;
  }

  /** The first fill of a cluster in a range. */
  private nextFill(first: number, end: number): Fill | undefined {
    let next: Fill | undefined;
    for (const fill of this.fills) {
      if (fill.end > first && fill.first < end && (!next || fill.first < next.first)) next = fill;
    }
    return next;
  }

  /** Places for up to `count` clusters, one after the other in the file. */
  private take(count: number): { entry: number; count: number; isFresh: boolean } {
    const [oldest = this.nextOperation] = this.active;
    const isUsable = (free: Free | undefined): boolean => free !== undefined && free.since <= oldest;
    if (!isUsable(this.free[0])) return { ...this.format.extend(count), isFresh: true };
    const { entry } = this.free[0];
    let found = 1;
    while (found < count && isUsable(this.free[found])) {
      if (this.free[found].entry !== entry + found * this.format.step) break;
      found++;
    }
    this.free.splice(0, found);
    return { entry, count: found, isFresh: false };
  }

  /** Writes clusters for the first time, with what they had around the new bytes, and gives them their places. */
  private fill(
    first: number,
    taken: { entry: number; count: number; isFresh: boolean },
    offset: number,
    from: Uint8Array,
    place: number,
  ): Promise<void> {
    const writing = this.writeNew(first, taken, offset, from, place);
    const fill: Fill = { first, end: first + taken.count, done: writing.catch(() => {}) };
    this.fills.push(fill);
    return writing.finally(() => (this.fills = this.fills.filter((other) => other !== fill)));
  }

  private async writeNew(
    first: number,
    { entry, count, isFresh }: { entry: number; count: number; isFresh: boolean },
    offset: number,
    from: Uint8Array,
    place: number,
  ): Promise<void> {
    const { clusterSize, format } = this;
    const to = format.locate(entry, first);
    const [start, end] = [first * clusterSize, (first + count) * clusterSize];
    const [head, tail] = [offset - start, end - offset - from.length];
    const isZero = this.readsZero(place, first) && this.readsZero(place, first + count - 1);
    if (head + tail === 0) {
      await this.file.write(to, from);
    } else if (isZero && isFresh && head + tail > MAX_PADDING) {
      // Behind the former end of the file are zeros; it only has to become long enough.
      const last = tail > 0 ? this.file.write(to + count * clusterSize - 1, ZEROS.subarray(0, 1)) : undefined;
      await Promise.all([this.file.write(to + head, from), last]);
    } else {
      const whole = new Uint8Array(end - start);
      whole.set(from, head);
      if (place === ABSENT) {
        await Promise.all([
          this.readBeneath(start, whole.subarray(0, head)),
          this.readBeneath(end - tail, whole.subarray(whole.length - tail)),
        ]);
      }
      await this.file.write(to, whole);
    }
    for (let i = 0; i < count;) {
      const page = Math.floor((first + i) / PAGE_ENTRIES);
      while (!this.tables.get(page)) await this.tables.load(page);
      do {
        this.tables.set(first + i, entry + i * format.step);
        i++;
      } while (i < count && (first + i) % PAGE_ENTRIES !== 0);
    }
  }

  /** Makes whole clusters read as zeros; without `mustBeZero` only where nothing has to be written for it. */
  private async clear(first: number, end: number, mayUnmap: boolean, mustBeZero: boolean): Promise<void> {
    await this.change();
    await this.operate(async () => {
      for (let cluster = first; cluster < end;) {
        const page = Math.floor(cluster / PAGE_ENTRIES);
        const fill = this.nextFill(cluster, end);
        if (fill && fill.first <= cluster) {
          await fill.done;
          continue;
        }
        const stop = Math.min(fill?.first ?? end, (page + 1) * PAGE_ENTRIES);
        const entries = this.tables.get(page);
        if (!entries) {
          await this.tables.load(page);
          continue;
        }
        const { place, length } = this.runAt(
          cluster * this.clusterSize,
          (stop - cluster) * this.clusterSize,
          entries,
        );
        const next = cluster + Math.ceil(length / this.clusterSize);
        await this.clearRun(cluster, next, place, mayUnmap, mustBeZero, entries);
        cluster = next;
      }
    });
    if (this.tables.dirtyCount > MAX_DIRTY_UNITS) await this.flush();
  }

  /** The same for clusters that lie in the file in one piece, or all nowhere. */
  private async clearRun(
    first: number,
    end: number,
    place: number,
    mayUnmap: boolean,
    mustBeZero: boolean,
    entries: Entries,
  ): Promise<void> {
    const { zeroEntry } = this.format;
    const isStored = place >= 0;
    const isNeeded = (cluster: number): boolean => isStored || !this.readsZero(place, cluster);
    if (zeroEntry !== undefined && (!isStored || mayUnmap)) {
      for (let cluster = first; cluster < end; cluster++) {
        if (!isNeeded(cluster)) continue;
        if (isStored) this.released.push(entries[cluster % PAGE_ENTRIES]);
        this.tables.set(cluster, zeroEntry);
      }
      return;
    }
    const offset = first * this.clusterSize;
    const length = Math.min((end - first) * this.clusterSize, this.size - offset);
    if (isStored) {
      if (mayUnmap && this.file.punchHole) await this.file.punchHole(place, length);
      else if (mustBeZero) await writeZeros(this.file, place, length);
    } else if (mustBeZero && isNeeded(first)) {
      for (let done = 0; done < length; done += ZEROS.length)
        await this.write(offset + done, ZEROS.subarray(0, Math.min(ZEROS.length, length - done)));
    }
  }

  /** Makes a part of a cluster read as zeros. */
  private async clearPart(offset: number, length: number): Promise<void> {
    for (let done = 0; done < length;) {
      const at = offset + done;
      const entries = this.entriesAt(at);
      if (!entries) {
        await this.tables.load(this.pageAt(at));
        continue;
      }
      const { place, length: run } = this.runAt(at, Math.min(length - done, ZEROS.length), entries);
      const cluster = Math.floor(at / this.clusterSize);
      const isFilling = this.nextFill(cluster, Math.ceil((at + run) / this.clusterSize)) !== undefined;
      if (isFilling || !this.readsZero(place, cluster)) await this.write(at, ZEROS.subarray(0, run));
      done += run;
    }
  }

  private async commit(): Promise<void> {
    const units = this.tables.take();
    const released = this.released;
    this.released = [];
    try {
      if (units.length > 0) await this.format.beforeTables?.();
      await this.file.flush();
      if (units.length > 0) {
        await this.format.store(units);
        await this.file.flush();
      }
    } catch (error) {
      this.tables.settle(units, false);
      this.released = [...released, ...this.released];
      throw error;
    }
    this.tables.settle(units, true);
    // Those that began before may still know where the clusters lay.
    const since = this.nextOperation;
    const room = Math.max(0, MAX_FREE - this.free.length);
    for (const entry of released.slice(0, room)) this.free.push({ entry, since });
  }
}
