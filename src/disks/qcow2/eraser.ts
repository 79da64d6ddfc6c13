/** Discard and write zeroes: whole clusters and subclusters by their entries, the rest by writing. */
import type { Geometry } from './geometry.ts';
import type { Mapping } from './mapping.ts';
import type { Metadata } from './metadata.ts';
import type { Table } from './table-cache.ts';
import type { Writer } from './writer.ts';

/** What becomes of a cluster: it says nothing, it reads as zeros, or it does and keeps its place. */
export type Erasure = 'forget' | 'zero' | 'keep';

const ZEROS = new Uint8Array(256 * 1024);

export class Eraser {
  private readonly geometry: Geometry;
  private readonly mapping: Mapping;

  /**
   * @param read reads the disk as guests see it.
   * @param backingEnd up to where clusters that say nothing may read as something else than zeros.
   */
  constructor(
    private readonly metadata: Metadata,
    private readonly writer: Writer,
    private readonly backingEnd: () => number,
  ) {
    this.geometry = metadata.geometry;
    this.mapping = metadata.mapping;
  }

  async discard(offset: number, length: number, diskSize: number): Promise<void> {
    const { clusterSize, version } = this.geometry;
    const start = Math.ceil(offset / clusterSize) * clusterSize;
    const end = this.endOfWhole(offset + length, diskSize, clusterSize);
    // Version 2 cannot say that something reads as zeros, and what lies beneath must not come to light again.
    const middle = version === 2 ? Math.max(start, this.wholeBackingEnd()) : start;
    if (middle < end) await this.erase(middle, end, (at) => (at < this.backingEnd() ? 'zero' : 'forget'));
  }

  async writeZeroes(offset: number, length: number, mayUnmap: boolean, diskSize: number): Promise<void> {
    const { clusterSize, subclusterSize, version } = this.geometry;
    const unit = version === 3 ? subclusterSize : clusterSize;
    const end = offset + length;
    const start = Math.ceil(offset / unit) * unit;
    const stop = this.endOfWhole(end, diskSize, unit);
    // All of it may lie within one.
    if (start >= Math.min(stop, end)) return this.storeZeros(offset, length);
    await this.storeZeros(offset, start - offset);
    if (version === 3) await this.erase(start, stop, () => (mayUnmap ? 'zero' : 'keep'));
    else await this.eraseVersion2(start, Math.min(stop, end), mayUnmap);
    if (stop < end) await this.storeZeros(stop, end - stop);
  }

  /** Makes whole clusters of the range say nothing, whatever lies beneath. */
  forget(start: number, end: number): Promise<void> {
    return this.erase(start, end, () => 'forget');
  }

  private async eraseVersion2(start: number, end: number, mayUnmap: boolean): Promise<void> {
    const middle = mayUnmap ? Math.min(end, Math.max(start, this.wholeBackingEnd())) : end;
    await this.storeZeros(start, middle - start);
    // Where it does not end with a cluster, the disk ends.
    const { clusterSize } = this.geometry;
    if (middle < end) await this.forget(middle, Math.ceil(end / clusterSize) * clusterSize);
  }

  /** The last whole unit ends here; at the disk's end all of it may go. */
  private endOfWhole(end: number, diskSize: number, unit: number): number {
    const { clusterSize } = this.geometry;
    return end >= diskSize ? Math.ceil(end / clusterSize) * clusterSize : Math.floor(end / unit) * unit;
  }

  private wholeBackingEnd(): number {
    const { clusterSize } = this.geometry;
    return Math.ceil(this.backingEnd() / clusterSize) * clusterSize;
  }

  /** Writes zeros as data where something else is. */
  async storeZeros(offset: number, length: number): Promise<void> {
    for (let done = 0; done < length;) {
      const at = offset + done;
      const table = this.mapping.peek(at);
      if (table === undefined) {
        await this.mapping.loadTable(at);
        continue;
      }
      const segment = this.mapping.segment(table, at, length - done);
      const isZero = segment.kind === 'zero' || (segment.kind === 'absent' && at >= this.backingEnd());
      const count = isZero ? segment.length : Math.min(segment.length, ZEROS.length);
      if (!isZero) await this.writer.write(at, ZEROS.subarray(0, count));
      done += count;
    }
  }

  private async erase(start: number, end: number, what: (offset: number) => Erasure): Promise<void> {
    const { l2Span } = this.geometry;
    for (let at = start; at < end;) {
      const stop = Math.min(end, (Math.floor(at / l2Span) + 1) * l2Span);
      if (this.mapping.l2Offset(this.mapping.l1Index(at)) === 0 && this.isNothing(at, stop, what)) {
        at = stop;
        continue;
      }
      const { other, rest } = await this.metadata.change(() => this.eraseInTable(at, stop, what));
      if (other) await other;
      else at = stop;
      for (const range of rest) await this.storeZeros(range.start, range.end - range.start);
    }
  }

  /** Whether what no L2 table describes is as it should be already. */
  private isNothing(start: number, end: number, what: (offset: number) => Erasure): boolean {
    return start >= this.backingEnd() || (what(start) === 'forget' && what(end - 1) === 'forget');
  }

  /**
   * Erases what one L2 table describes. `other` is something to wait for first, when part of it is being written to;
   * `rest` what must be written as data. Under the lock.
   */
  private async eraseInTable(
    start: number,
    end: number,
    what: (offset: number) => Erasure,
  ): Promise<{ other?: Promise<void>; rest: { start: number; end: number }[] }> {
    const { clusterSize, subclusterSize, l2Entries, allSubclusters } = this.geometry;
    const table = await this.metadata.ownTable(this.mapping.l1Index(start));
    const [first, last] = [Math.floor(start / clusterSize), Math.floor((end - 1) / clusterSize)];
    const rest: { start: number; end: number }[] = [];
    const other = this.writer.claims.overlapping(first, last);
    if (other) return { other, rest };
    for (let cluster = first; cluster <= last; cluster++) {
      const guest = cluster * clusterSize;
      const from = Math.max(guest, start);
      const to = Math.min(guest + clusterSize, end);
      let bits = allSubclusters;
      if (from > guest) bits &= -1 << ((from - guest) / subclusterSize);
      if (to < guest + clusterSize) bits &= -1 >>> (32 - (to - guest) / subclusterSize);
      if (!this.eraseEntry(table, cluster % l2Entries, bits, what(guest), guest))
        rest.push({ start: from, end: to });
    }
    return { rest };
  }

  /** Whether it could be done by the entry alone. */
  private eraseEntry(table: Table, index: number, bits: number, what: Erasure, guest: number): boolean {
    const { mapping, writer, geometry } = this;
    const entry = mapping.entry(table, index);
    const isWhole = bits >>> 0 === geometry.allSubclusters;
    const saysNothing = !entry.isCompressed && entry.allocated === 0 && entry.zero === 0;
    if (saysNothing && entry.host === 0 && (what === 'forget' || guest >= this.backingEnd())) return true;
    if (what === 'forget') {
      writer.release(entry);
      mapping.setEntry(table, index, 0, 0, 0);
      return true;
    }
    if (entry.isCompressed && !isWhole) return false;
    const allocated = entry.allocated & ~bits;
    const zero = (entry.zero | bits) & geometry.allSubclusters;
    // A place that snapshots have, too, is not kept for later writes.
    const keepsHost =
      allocated !== 0 || (entry.host !== 0 && entry.isCopied && (what === 'keep' || !isWhole));
    if (keepsHost) {
      mapping.setEntry(table, index, entry.host, allocated, zero, entry.isCopied);
    } else {
      writer.release(entry);
      mapping.setEntry(table, index, 0, 0, zero);
    }
    return true;
  }
}
