/** Tables that say where the clusters of a disk lie, of which only what is used stays in memory. */

/** Entries of tables; those of more than 32 bits as the integers that a double holds. */
export type Entries = Uint32Array | Float64Array;

/** Entries that are read together. */
export const PAGE_ENTRIES = 8192;

/** Pages that stay in memory when nothing of them is to be written: 2 MiB of 32-bit entries. */
const MAX_PAGES = 64;

/** Some entries as they are to be written. */
export interface TableUnit {
  /** The number of its first entry is this times the entries of a unit. */
  readonly index: number;
  readonly entries: Entries;
}

/** Where tables come from. */
export interface TableSource {
  /** How many entries there are, one for each cluster of the disk. */
  readonly entryCount: number;
  /** Entries that are written together: a power of two, at most `PAGE_ENTRIES`. */
  readonly unitEntries: number;
  /** The entries from `first` on, at most `count`. */
  load(first: number, count: number): Promise<Entries>;
}

interface Page {
  readonly entries: Entries;
  /** How many of its units are not written yet: those that changed, and those that are being written. */
  unwritten: number;
}

/**
 * The tables of an image. Entries are changed in memory and written in units. A page stays in memory until all of it is
 * written; the others go when they have not been used for longest.
 */
export class ClusterTables {
  private readonly pages = new Map<number, Page>();
  private readonly loading = new Map<number, Promise<void>>();
  private readonly dirty = new Set<number>();
  private readonly unitsInPage: number;
  private lastIndex = -1;
  private lastPage: Page | undefined;

  constructor(private readonly source: TableSource) {
    this.unitsInPage = PAGE_ENTRIES / source.unitEntries;
  }

  /** How many units are to be written. */
  get dirtyCount(): number {
    return this.dirty.size;
  }

  /** A page of entries if it is in memory. Valid until the caller waits for something. */
  get(index: number): Entries | undefined {
    if (index === this.lastIndex) return this.lastPage!.entries;
    const page = this.pages.get(index);
    if (!page) return undefined;
    this.pages.delete(index);
    this.pages.set(index, page);
    this.lastIndex = index;
    this.lastPage = page;
    return page.entries;
  }

  /** Reads a page, which is in memory then, unless something else has been read since. */
  load(index: number): Promise<void> {
    let loading = this.loading.get(index);
    if (!loading) {
      loading = this.read(index).finally(() => this.loading.delete(index));
      this.loading.set(index, loading);
    }
    return loading;
  }

  /** Changes an entry of a page that is in memory. */
  set(cluster: number, entry: number): void {
    const index = Math.floor(cluster / PAGE_ENTRIES);
    const page = index === this.lastIndex ? this.lastPage! : this.pages.get(index)!;
    page.entries[cluster % PAGE_ENTRIES] = entry;
    this.mark(Math.floor(cluster / this.source.unitEntries), page);
  }

  /** A copy of what is to be written. Hand it to `settle` when it has been written, or could not be. */
  take(): TableUnit[] {
    const { unitEntries } = this.source;
    const units = [...this.dirty].sort((a, b) => a - b);
    this.dirty.clear();
    return units.map((index) => {
      const start = (index % this.unitsInPage) * unitEntries;
      return { index, entries: this.pageOf(index).entries.slice(start, start + unitEntries) };
    });
  }

  settle(units: readonly TableUnit[], isWritten: boolean): void {
    for (const { index } of units) {
      const page = this.pageOf(index);
      if (!isWritten) this.mark(index, page);
      page.unwritten--;
    }
  }

  /** Forgets all that is in memory. */
  clear(): void {
    this.pages.clear();
    this.dirty.clear();
    this.lastIndex = -1;
    this.lastPage = undefined;
  }

  private pageOf(unit: number): Page {
    return this.pages.get(Math.floor(unit / this.unitsInPage))!;
  }

  private mark(unit: number, page: Page): void {
    if (this.dirty.has(unit)) return;
    this.dirty.add(unit);
    page.unwritten++;
  }

  private async read(index: number): Promise<void> {
    const first = index * PAGE_ENTRIES;
    const entries = await this.source.load(first, Math.min(PAGE_ENTRIES, this.source.entryCount - first));
    for (const [old, page] of this.pages) {
      if (this.pages.size < MAX_PAGES) break;
      if (page.unwritten > 0) continue;
      this.pages.delete(old);
      if (old === this.lastIndex) this.lastIndex = -1;
    }
    this.pages.set(index, { entries, unwritten: 0 });
  }
}

/** Little-endian 32-bit entries as they lie in files. */
export function decodeEntries(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries = new Uint32Array(bytes.length >> 2);
  for (let i = 0; i < entries.length; i++) entries[i] = view.getUint32(i * 4, true);
  return entries;
}

/** The same the other way round. */
export function encodeEntries(entries: Entries, into: Uint8Array): void {
  const view = new DataView(into.buffer, into.byteOffset, into.length);
  for (let i = 0; i < entries.length; i++) view.setUint32(i * 4, entries[i], true);
}
