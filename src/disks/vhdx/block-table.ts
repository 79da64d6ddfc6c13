/** The block allocation table of a VHDX: [MS-VHDX] 2.5. */
import { DiskImageError } from '../disk-image.ts';
import type { MetadataPages } from '../metadata-pages.ts';
import { HEADER_SECTION, MIB, viewOf } from './header.ts';
import type { VhdxMetadata } from './metadata.ts';
import type { Region, Regions } from './regions.ts';

/** States of payload blocks (2.5.1.1), of which bitmap blocks have the first and `present` (2.5.1.2). */
export const STATE = { notPresent: 0, undefined: 1, zero: 2, unmapped: 3, present: 6, partial: 7 } as const;

export const ENTRY_SIZE = 8;
/** A bitmap block. */
export const BITMAP_SIZE = MIB;
const BITMAP_SECTORS = BITMAP_SIZE * 8;

export interface BlockEntry {
  readonly state: number;
  /** Where the block lies in the file, if the state says that it does. */
  readonly offset: number;
}

export const isStored = (state: number): boolean => state === STATE.present || state === STATE.partial;

/** Reads an entry. `view` begins where the entry does not need to. */
export function decodeEntry(view: DataView, at: number): BlockEntry {
  const low = view.getUint32(at, true);
  const high = view.getUint32(at + 4, true);
  return { state: low & 7, offset: high * 2 ** 32 + ((low & 0xfff0_0000) >>> 0) };
}

export function encodeEntry(view: DataView, at: number, { state, offset }: BlockEntry): void {
  view.setUint32(at, ((offset % 2 ** 32) | state) >>> 0, true);
  view.setUint32(at + 4, Math.floor(offset / 2 ** 32), true);
}

/** Where entries lie, for blocks of `blockSize` and sectors of `sectorSize`: after each chunk that of its bitmap. */
export class TableLayout {
  /** Blocks of a chunk: those that a bitmap block tells of. */
  readonly ratio: number;

  constructor(
    readonly blockSize: number,
    readonly sectorSize: number,
  ) {
    this.ratio = (BITMAP_SECTORS * sectorSize) / blockSize;
  }

  /** The block of an entry that is none of a bitmap. */
  blockOf(index: number): number {
    return index - Math.floor(index / (this.ratio + 1));
  }

  /** The index of the entry of a block. */
  indexOf(block: number): number {
    return block + Math.floor(block / this.ratio);
  }

  bitmapIndexOf(block: number): number {
    return (Math.floor(block / this.ratio) + 1) * (this.ratio + 1) - 1;
  }

  blocksOf(size: number): number {
    return Math.ceil(size / this.blockSize);
  }

  /** How many entries a disk needs. */
  entriesOf(size: number, hasParent: boolean): number {
    const last = this.blocksOf(size) - 1;
    return (hasParent ? this.bitmapIndexOf(last) : this.indexOf(last)) + 1;
  }

  /** Where the bits of a block are within its bitmap block. */
  bitsOf(block: number): number {
    return ((block % this.ratio) * this.blockSize) / this.sectorSize / 8;
  }
}

/** The table of an image: entries are read and changed in pages of its metadata. */
export class BlockTable {
  readonly layout: TableLayout;
  private readonly region: Region;
  private readonly reserved: readonly Region[];

  /**
   * @param endOf how long the file is now.
   * @param lengthOf how much of a block that is stored must be in the file.
   */
  constructor(
    private readonly name: string,
    readonly pages: MetadataPages,
    { bat, reserved }: Regions,
    { blockSize, sectorSize }: VhdxMetadata,
    private readonly endOf: () => number,
    readonly lengthOf: (block: number) => number,
  ) {
    this.layout = new TableLayout(blockSize, sectorSize);
    this.region = bat;
    this.reserved = reserved;
  }

  /** The entry of a block. */
  payload(block: number): Promise<BlockEntry> {
    return this.entry(this.layout.indexOf(block), this.lengthOf(block));
  }

  /** The entry of the bitmap block that tells of a block. */
  bitmap(block: number): Promise<BlockEntry> {
    return this.entry(this.layout.bitmapIndexOf(block), BITMAP_SIZE);
  }

  setPayload(block: number, entry: BlockEntry): Promise<void> {
    return this.set(this.layout.indexOf(block), entry);
  }

  setBitmap(block: number, entry: BlockEntry): Promise<void> {
    return this.set(this.layout.bitmapIndexOf(block), entry);
  }

  /** Where an entry lies in the file. */
  offsetOf(index: number): number {
    return this.region.offset + index * ENTRY_SIZE;
  }

  isInTable(offset: number): boolean {
    return offset >= this.region.offset && offset < this.region.offset + this.region.length;
  }

  /** What is wrong with an entry. @param length of its block. */
  fault({ state, offset }: BlockEntry, length: number): string | undefined {
    if (state === 4 || state === 5) return `the state ${state} of a block is reserved`;
    if (!isStored(state)) return undefined;
    if (offset < HEADER_SECTION || offset + length > this.endOf())
      return `a block would lie at ${offset}, not among the blocks`;
    if (this.reserved.some((other) => offset < other.offset + other.length && offset + length > other.offset))
      return `a block would lie at ${offset}, over the log or a region`;
    return undefined;
  }

  private async entry(index: number, length: number): Promise<BlockEntry> {
    const at = this.offsetOf(index);
    const page = this.pages.peek(at) ?? (await this.pages.load(at));
    const entry = decodeEntry(viewOf(page.bytes), at - page.offset);
    const fault = this.fault(entry, length);
    if (fault) throw new DiskImageError(this.name, 'vhdx', fault, at);
    return entry;
  }

  private async set(index: number, entry: BlockEntry): Promise<void> {
    const at = this.offsetOf(index);
    const page = this.pages.peek(at) ?? (await this.pages.load(at));
    encodeEntry(viewOf(page.bytes), at - page.offset, entry);
    this.pages.change(page);
  }
}
