/** The bitmaps of a sparse VHD: which sectors of a block are stored in it. */
import type { ImageFile } from '../image-file.ts';
import { MetadataPages, type MetadataPage } from '../metadata-pages.ts';
import { SECTOR } from './footer.ts';

/** 2 MiB of bitmaps, or 8 GiB of a disk. */
const PAGES = 4096;

/** `bitmap` is where the bitmap of a block lies in the file; bits count from the highest of the first byte. */
export class SectorBitmaps {
  readonly pages: MetadataPages;

  constructor(file: ImageFile) {
    this.pages = new MetadataPages(file, { pageSize: SECTOR, limit: PAGES });
  }

  /** How far sectors from `start` of a block are all stored in it, or all not. */
  async run(bitmap: number, start: number, length: number): Promise<{ isStored: boolean; length: number }> {
    const first = Math.floor(start / SECTOR);
    const last = Math.ceil((start + length) / SECTOR);
    let isStored: boolean | undefined;
    let sector = first;
    for (let page: MetadataPage | undefined; sector < last; sector++) {
      const at = bitmap + (sector >> 3);
      if (!page || at >= page.offset + SECTOR || at < page.offset)
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
      const bit = (byte & (0x80 >> (sector & 7))) !== 0;
      if (isStored === undefined) isStored = bit;
      else if (bit !== isStored) break;
    }
    return { isStored: isStored!, length: Math.min(sector * SECTOR - start, length) };
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
      const pageEnd = (page.offset + SECTOR - bitmap) * 8;
      const end = Math.min(first + count, pageEnd);
      for (; sector < end; sector++)
        page.bytes[bitmap + (sector >> 3) - page.offset]! |= 0x80 >> (sector & 7);
      this.pages.change(page);
    }
  }
}
