/** The tables of an image, of which a bounded part is kept in memory. */
import type { ImageFile } from './image-file.ts';

export interface MetadataPage {
  /** Where it lies in the file. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** Whether it was changed after it was last taken to be written. */
  isDirty: boolean;
  /** Whether it is being written. */
  isWriting: boolean;
}

export interface MetadataPagesOptions {
  /** Where the first page begins in the file. Default 0. */
  readonly origin?: number;
  /** Where the last page ends at the latest. Default: nowhere. */
  readonly end?: number;
  /** Bytes of a page. */
  readonly pageSize: number;
  /** How many unchanged pages are kept. */
  readonly limit: number;
}

/**
 * Pages of a file, the most recently used ones in memory. Changed pages stay until their owner has written them,
 * in whatever way keeps the image consistent.
 */
export class MetadataPages {
  /** By offset; the least recently used comes first. */
  private readonly pages = new Map<number, MetadataPage>();
  private readonly loading = new Map<number, Promise<MetadataPage>>();
  private readonly dirty = new Set<MetadataPage>();
  private readonly origin: number;
  private readonly end: number;
  private readonly pageSize: number;
  private readonly limit: number;

  constructor(
    private readonly file: ImageFile,
    { origin = 0, end = Infinity, pageSize, limit }: MetadataPagesOptions,
  ) {
    this.origin = origin;
    this.end = end;
    this.pageSize = pageSize;
    this.limit = limit;
  }

  /** How many pages were changed and not taken since. */
  get dirtyCount(): number {
    return this.dirty.size;
  }

  /** The page with the byte at `offset` of the file, if it is in memory. */
  peek(offset: number): MetadataPage | undefined {
    const start = this.startOf(offset);
    const page = this.pages.get(start);
    if (page) {
      this.pages.delete(start);
      this.pages.set(start, page);
    }
    return page;
  }

  /** The page with the byte at `offset` of the file. What lies behind the file's end reads as zeros. */
  async load(offset: number): Promise<MetadataPage> {
    const found = this.peek(offset);
    if (found) return found;
    const start = this.startOf(offset);
    let loading = this.loading.get(start);
    if (!loading) {
      loading = this.fetch(start).finally(() => this.loading.delete(start));
      this.loading.set(start, loading);
    }
    return loading;
  }

  /** Takes note of whole pages that were just written for the first time. */
  store(offset: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += this.pageSize) {
      const page = bytes.slice(at, at + this.pageSize);
      this.pages.set(offset + at, { offset: offset + at, bytes: page, isDirty: false, isWriting: false });
    }
    this.evict();
  }

  /** Says that a page was changed: at once after `peek` or `load`, with nothing awaited between. */
  change(page: MetadataPage): void {
    page.isDirty = true;
    this.dirty.add(page);
    this.pages.set(page.offset, page);
  }

  /** Copies of all pages that were changed, in the order of the file, to be written; `settle` follows. */
  take(): MetadataPage[] {
    const taken = [...this.dirty].sort((a, b) => a.offset - b.offset);
    this.dirty.clear();
    return taken.map((page) => {
      page.isDirty = false;
      page.isWriting = true;
      return { ...page, bytes: page.bytes.slice() };
    });
  }

  /** Ends what `take` began. @param isWritten whether they are in the file now; else they count as changed again. */
  settle(taken: readonly MetadataPage[], isWritten: boolean): void {
    for (const { offset } of taken) {
      const page = this.pages.get(offset)!;
      page.isWriting = false;
      if (!isWritten) this.change(page);
    }
    this.evict();
  }

  private startOf(offset: number): number {
    return offset - ((offset - this.origin) % this.pageSize);
  }

  private async fetch(offset: number): Promise<MetadataPage> {
    const bytes = new Uint8Array(Math.min(this.pageSize, this.end - offset));
    const length = Math.max(0, Math.min(bytes.length, this.file.size - offset));
    await this.file.read(offset, bytes.subarray(0, length));
    const page = { offset, bytes, isDirty: false, isWriting: false };
    this.pages.set(offset, page);
    this.evict();
    return page;
  }

  private evict(): void {
    let excess = this.pages.size - this.dirty.size - this.limit;
    if (excess <= 0) return;
    for (const [offset, page] of this.pages) {
      if (page.isDirty || page.isWriting) continue;
      this.pages.delete(offset);
      if (--excess <= 0) return;
    }
  }
}
