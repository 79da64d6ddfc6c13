/** Bitmaps that say which sectors of a block are stored in it. */
import type { MetadataPage, MetadataPages } from './metadata-pages.ts';

/** `bitmap` is always where the bitmap of a block lies in the file. */
export class SectorBitmaps {
  /**
   * @param pages where the bitmaps are read and changed.
   * @param sectorSize bytes that a bit stands for.
   * @param first which bit of a byte is that of the first sector.
   */
  constructor(
    readonly pages: MetadataPages,
    private readonly sectorSize: number,
    private readonly first: 'high' | 'low',
  ) {}

  /** How far sectors from `start` of a block are all stored in it, or all not. */
  async run(bitmap: number, start: number, length: number): Promise<{ isStored: boolean; length: number }> {
    const first = Math.floor(start / this.sectorSize);
    const last = Math.ceil((start + length) / this.sectorSize);
    let isStored: boolean | undefined;
    let sector = first;
    for (let page: MetadataPage | undefined; sector < last; sector++) {
      const at = bitmap + (sector >> 3);
      if (!page || at >= page.offset + page.bytes.length)
        page = this.pages.peek(at) ?? (await this.pages.load(at));
      const byte = page.bytes[at - page.offset]!;
      // Eight at once, where they are alike.
      if (
        (sector & 7) === 0 &&
        sector + 8 <= last &&
        isStored !== undefined &&
        byte === (isStored ? 0xff : 0)
      ) {
        sector += 7;
        continue;
      }
      const bit = (byte & this.bit(sector)) !== 0;
      if (isStored === undefined) isStored = bit;
      else if (bit !== isStored) break;
    }
    return { isStored: isStored!, length: Math.min(sector * this.sectorSize - start, length) };
  }

  async isStored(bitmap: number, start: number, length: number): Promise<boolean> {
    const run = await this.run(bitmap, start, length);
    return run.isStored && run.length === length;
  }

  /** Sets bits of sectors whose data are written. */
  async mark(bitmap: number, first: number, count: number): Promise<void> {
    for (let sector = first; sector < first + count;) {
      const at = bitmap + (sector >> 3);
      const page = this.pages.peek(at) ?? (await this.pages.load(at));
      const pageEnd = (page.offset + page.bytes.length - bitmap) * 8;
      const end = Math.min(first + count, pageEnd);
      for (; sector < end; sector++) page.bytes[bitmap + (sector >> 3) - page.offset]! |= this.bit(sector);
      this.pages.change(page);
    }
  }

  private bit(sector: number): number {
    return this.first === 'high' ? 0x80 >> (sector & 7) : 1 << (sector & 7);
  }
}
