/**
 * Dynamic and differencing VHDs, from Microsoft's Virtual Hard Disk Image Format Specification 1.0: "Block
 * Allocation Table and Data Blocks", "Implementing a Dynamic Disk", "Implementing a Differencing Hard Disk".
 *
 * A block is a bitmap, one bit for each of its sectors, and the sectors. A sector whose bit is clear reads as the
 * parent does, or as zeros without one. Blocks are only ever added at the end of the file, in the order footer
 * behind the new block, its bitmap, its data; then, after a barrier, bits and table. So the table never refers to
 * what is not there, and what a new block does not say yet is zero.
 */
import { readBeneath } from '../beneath.ts';
import { BlockImage, type BlockPlace, type StoredBlock } from '../block-image.ts';
import {
  DiskImageError,
  type BackingReference,
  type CheckReport,
  type DiskImage,
  type Extent,
  type ImageHost,
  type ImageInfo,
  type WorkOptions,
} from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { MetadataPages } from '../metadata-pages.ts';
import { SectorBitmaps } from '../sector-bitmaps.ts';
import { checkSparseVhd, surveyBlocks } from './check.ts';
import { FOOTER_SIZE, SECTOR, TYPE_DIFFERENCING, TYPE_DYNAMIC, viewOf, type Footer } from './footer.ts';
import { tableEnd, type Header } from './header.ts';
import { readParent, sameId, uniqueIdOf } from './identity.ts';
import { restructure, type NewStructure } from './restructure.ts';
import { checkSize } from './size.ts';

/** An entry of the table without a block. */
export const NO_BLOCK = 0xffff_ffff;

const TABLE_PAGE = 4096;
/** 2 MiB of the table, or 1 TiB of a disk in blocks of 2 MiB. */
const TABLE_PAGES = 512;
/** 2 MiB of bitmaps, or 8 GiB of a disk. */
const BITMAP_PAGES = 4096;
/** Changed pages of bitmaps and table that are written without a flush being asked for. */
const MAX_DIRTY = 1024;
/** How many zeros are written at once. */
const MAX_ZEROS = 2 ** 21;

/** What is stored of one block within a request. */
interface Place extends BlockPlace {
  /** Where its bitmap lies in the file; undefined where there is no block. */
  readonly bitmap: number | undefined;
}

export class SparseVhd extends BlockImage<Place, number> implements DiskImage {
  readonly format = 'vhd';
  readonly readOnly: boolean;
  readonly clusterSize: number;
  readonly discard?: (offset: number, length: number) => Promise<void>;
  readonly bitmapSize: number;
  /** Pages of the block allocation table. */
  table: MetadataPages;
  protected bitmaps: SectorBitmaps;
  private surveyed: Promise<void> | undefined;

  /** @param end where the next block goes, behind all others: the footer's place. */
  constructor(
    readonly file: ImageFile,
    private readonly host: ImageHost,
    public footer: Footer,
    public header: Header,
    public backingReference: BackingReference | undefined,
    public end: number,
  ) {
    super();
    this.readOnly = file.readOnly;
    this.clusterSize = header.blockSize;
    this.bitmapSize = Math.ceil(header.blockSize / SECTOR / 8 / SECTOR) * SECTOR;
    this.table = this.tablePages();
    this.bitmaps = this.bitmapPages();
    if (file.punchHole) this.discard = (offset, length) => this.clear(offset, length, true);
  }

  get size(): number {
    return this.footer.size;
  }

  /** "Unique Id", which differencing disks know their parent by. */
  get uniqueId(): Uint8Array {
    return this.footer.uniqueId;
  }

  get backing(): DiskImage | undefined {
    return this.beneath;
  }

  /** @throws DiskImageError when it is not the parent that this disk was made upon. */
  set backing(image: DiskImage | undefined) {
    this.beneath = image;
    if (!image || this.footer.type !== TYPE_DIFFERENCING) return;
    if (!sameId(uniqueIdOf(image), this.header.parentId))
      throw this.error(`${image.file.name} is not its parent, or not any more: it has another unique id`);
  }

  /** How many blocks the disk has. */
  get blocks(): number {
    return Math.ceil(this.size / this.clusterSize);
  }

  error(reason: string, offset?: number): DiskImageError {
    return new DiskImageError(this.file.name, 'vhd', reason, offset);
  }

  async nextExtent(offset: number): Promise<Extent> {
    const { bitmap, start, length } = await this.place(offset, this.size - offset);
    const empty = this.backingReference ? 'absent' : 'zero';
    if (bitmap !== undefined) {
      const run = await this.bitmaps.run(bitmap, start, length);
      if (!run.isStored) return { offset, length: run.length, kind: empty };
      return { offset, length: run.length, kind: 'data', fileOffset: bitmap + this.bitmapSize + start };
    }
    // Further blocks as far as the same page of the table tells.
    let found = length;
    const page = await this.table.load(this.entryOffset(offset));
    const view = viewOf(page.bytes);
    while (offset + found < this.size) {
      const at = this.entryOffset(offset + found) - page.offset;
      if (at >= page.bytes.length || view.getUint32(at) !== NO_BLOCK) break;
      found += Math.min(this.clusterSize, this.size - offset - found);
    }
    return { offset, length: found, kind: 'absent' };
  }

  async info(): Promise<ImageInfo> {
    return {
      format: 'vhd',
      virtualSize: this.size,
      fileSize: this.file.size,
      clusterSize: this.clusterSize,
      ...(this.backingReference && { backing: this.backingReference }),
      details: {
        subformat: this.footer.type === TYPE_DIFFERENCING ? 'differencing' : 'dynamic',
        creator: this.footer.creator.trim(),
      },
    };
  }

  async check(options: WorkOptions & { readonly repair?: 'leaks' | 'all' } = {}): Promise<CheckReport> {
    await this.flush();
    const report = await checkSparseVhd(this, options);
    this.surveyed = undefined;
    return report;
  }

  async resize(size: number): Promise<void> {
    checkSize(size);
    if (this.backingReference && size !== this.size)
      throw this.error('a differencing disk has the size of its parent');
    const former = this.size;
    if (size === former) return;
    // What lies behind the end must not be there when the disk becomes greater.
    const keptEnd = Math.ceil(Math.min(size, former) / this.clusterSize) * this.clusterSize;
    await this.survey();
    if (size < former) {
      await this.clear(size, Math.min(keptEnd, former) - size, false);
      await this.dropBlocks(keptEnd);
    }
    await this.restructure({ size, type: TYPE_DYNAMIC, parent: undefined });
    if (size > former) await this.clear(former, Math.min(keptEnd, size) - former, false);
  }

  async setBackingReference(backing: BackingReference | undefined): Promise<void> {
    if (!backing) {
      await this.restructure({ size: this.size, type: TYPE_DYNAMIC, parent: undefined });
      this.backingReference = undefined;
      return;
    }
    const { reference } = backing;
    const parent = await readParent(this.host, this.file, reference);
    if (parent.size !== this.size)
      throw this.error(`expected a parent of ${this.size} bytes, found ${reference} with ${parent.size}`);
    const { uniqueId: id } = parent;
    await this.restructure({ size: this.size, type: TYPE_DIFFERENCING, parent: { id, reference } });
    this.backingReference = { reference, format: 'vhd' };
  }

  async makeEmpty(): Promise<void> {
    await this.flush();
    const blank = new Uint8Array(TABLE_PAGE).fill(0xff);
    const end = tableEnd(this.header);
    for (let at = this.header.tableOffset; at < end; at += TABLE_PAGE)
      await this.file.write(at, blank.subarray(0, Math.min(TABLE_PAGE, end - at)));
    this.forgetTables();
    await this.file.flush();
    await this.check({ repair: 'leaks' });
  }

  /** Forgets what is in memory of tables, after they were written by other means. */
  forgetTables(): void {
    this.table = this.tablePages();
    this.bitmaps = this.bitmapPages();
  }

  private tablePages(): MetadataPages {
    const { tableOffset, tableEntries } = this.header;
    const options = { origin: tableOffset, end: tableOffset + tableEntries * 4 };
    return new MetadataPages(this.file, { ...options, pageSize: TABLE_PAGE, limit: TABLE_PAGES });
  }

  private bitmapPages(): SectorBitmaps {
    const pages = new MetadataPages(this.file, { pageSize: SECTOR, limit: BITMAP_PAGES });
    return new SectorBitmaps(pages, SECTOR, 'high');
  }

  private entryOffset(offset: number): number {
    return this.header.tableOffset + Math.floor(offset / this.clusterSize) * 4;
  }

  protected async place(offset: number, length: number): Promise<Place> {
    const start = offset % this.clusterSize;
    const entry = this.entryOffset(offset);
    const page = this.table.peek(entry) ?? (await this.table.load(entry));
    const bitmap = this.decode(viewOf(page.bytes).getUint32(entry - page.offset), entry);
    return { bitmap, start, length: Math.min(length, this.clusterSize - start) };
  }

  private decode(value: number, entry: number): number | undefined {
    if (value === NO_BLOCK) return undefined;
    const offset = value * SECTOR;
    if (this.isOutside(offset))
      throw this.error(`a block would lie at ${offset}, not among the blocks`, entry);
    return offset;
  }

  /** Whether a block at `offset` would lie behind the end, or over what is no block. */
  isOutside(offset: number): boolean {
    const end = offset + this.bitmapSize + this.clusterSize;
    const { headerOffset } = this.footer;
    const { tableOffset } = this.header;
    return (
      offset < FOOTER_SIZE ||
      end > this.end ||
      (offset < headerOffset + this.header.bytes.length && end > headerOffset) ||
      (offset < tableEnd(this.header) && end > tableOffset)
    );
  }

  /** A block whose bitmap lies there. */
  private stored(bitmap: number): StoredBlock {
    return { bitmap, data: bitmap + this.bitmapSize };
  }

  protected async readPlace({ bitmap, start }: Place, offset: number, into: Uint8Array): Promise<void> {
    if (bitmap === undefined) await readBeneath(this.beneath, offset, into);
    else await this.readStored(this.stored(bitmap), start, offset, into);
  }

  protected async writeBlock(offset: number, from: Uint8Array): Promise<void> {
    await this.survey();
    const { bitmap, start } = await this.place(offset, from.length);
    const block = Math.floor(offset / this.clusterSize);
    const at = bitmap ?? (await this.allocate(block, () => this.addBlock(offset)));
    await this.writeStored(this.stored(at), start, offset, from);
  }

  /** @returns the bitmap of a new block for what lies at `offset` of the disk, or of one that was made meanwhile. */
  private async addBlock(offset: number): Promise<number> {
    const entry = this.entryOffset(offset);
    const before = await this.table.load(entry);
    const found = this.decode(viewOf(before.bytes).getUint32(entry - before.offset), entry);
    if (found !== undefined) return found;
    const bitmap = this.end;
    const end = bitmap + this.bitmapSize + this.clusterSize;
    if (bitmap / SECTOR >= NO_BLOCK) throw this.error('the file would be greater than 2 TiB');
    await this.file.write(end, this.footer.bytes);
    // All sectors of a dynamic disk are stored where there is a block: not every program looks at the bits.
    const bits = new Uint8Array(this.bitmapSize).fill(this.backingReference ? 0 : 0xff);
    await this.file.write(bitmap, bits);
    this.bitmaps.pages.store(bitmap, bits);
    const page = await this.table.load(entry);
    this.end = end;
    viewOf(page.bytes).setUint32(entry - page.offset, bitmap / SECTOR);
    this.table.change(page);
    return bitmap;
  }

  protected async clear(offset: number, length: number, isHint: boolean): Promise<void> {
    for (let done = 0; done < length;) {
      const at = offset + done;
      const { bitmap, start, length: part } = await this.place(at, Math.min(length - done, MAX_ZEROS));
      done += part;
      if (bitmap === undefined && !this.backingReference) continue;
      const isStored = bitmap !== undefined && (await this.bitmaps.isStored(bitmap, start, part));
      if (isHint) {
        if (isStored) await this.file.punchHole!(bitmap + this.bitmapSize + start, part);
        continue;
      }
      if (isStored && this.file.punchHole) await this.file.punchHole(bitmap + this.bitmapSize + start, part);
      else await this.writeBlock(at, new Uint8Array(part));
    }
    await this.limitDirty();
  }

  /** Takes the blocks from `offset` of the disk on out of the table. */
  private async dropBlocks(offset: number): Promise<void> {
    for (let at = offset; at < this.size; at += this.clusterSize) {
      const entry = this.entryOffset(at);
      const page = this.table.peek(entry) ?? (await this.table.load(entry));
      const view = viewOf(page.bytes);
      if (view.getUint32(entry - page.offset) === NO_BLOCK) continue;
      view.setUint32(entry - page.offset, NO_BLOCK);
      this.table.change(page);
      await this.limitDirty();
    }
  }

  /** Looks at the whole table once, before anything is written, so that no block is written into another. */
  private survey(): Promise<void> {
    this.surveyed ??= surveyBlocks(this).then(({ findings }) => {
      if (findings.first) throw this.error(`${findings.first}; it is not written to before it is repaired`);
    });
    return this.surveyed;
  }

  protected async limitDirty(): Promise<void> {
    if (this.table.dirtyCount + this.bitmaps.pages.dirtyCount > MAX_DIRTY) await this.flush();
  }

  protected async writeTables(): Promise<void> {
    const [table, bitmaps] = [this.table, this.bitmaps.pages];
    const taken = [
      { pages: bitmaps, changed: bitmaps.take() },
      { pages: table, changed: table.take() },
    ];
    let isWritten = false;
    try {
      // Data first: neither bits nor table may refer to what is not durable.
      await this.file.flush();
      const changed = taken.flatMap(({ changed }) => changed);
      if (changed.length > 0) {
        for (const { offset, bytes } of changed) await this.file.write(offset, bytes);
        await this.file.flush();
      }
      isWritten = true;
    } finally {
      for (const { pages, changed } of taken) pages.settle(changed, isWritten);
    }
  }

  private async restructure(change: Omit<NewStructure, 'now'>): Promise<void> {
    await this.survey();
    await this.flush();
    await this.growth.run(async () => {
      const result = await restructure(this, { ...change, now: this.host.now() });
      this.footer = result.footer;
      this.header = result.header;
      this.end = result.end;
      this.forgetTables();
    });
  }
}
