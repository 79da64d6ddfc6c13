/** Bitmaps that say which sectors of a block are stored in it. */
import type { MetadataPage, MetadataPages } from './metadata-pages.ts';
import { Serial } from './serial.ts';

/** `bitmap` is always where the bitmap of a block lies in the file. */
export class SectorBitmaps {
  /** Writes of parts of sectors, of which two may be in one sector. */
  private readonly completing = new Serial();

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
  private async mark(bitmap: number, first: number, count: number): Promise<void> {
    for (let sector = first; sector < first + count;) {
      const at = bitmap + (sector >> 3);
      const page = this.pages.peek(at) ?? (await this.pages.load(at));
      const pageEnd = (page.offset + page.bytes.length - bitmap) * 8;
      const end = Math.min(first + count, pageEnd);
      for (; sector < end; sector++) page.bytes[bitmap + (sector >> 3) - page.offset]! |= this.bit(sector);
      this.pages.change(page);
    }
  }

  /**
   * Writes `from` at `start` of a block. Sectors become stored as a whole: what is written of the first and the last
   * one is completed with what they read as.
   * @param block access to it, by places within it.
   */
  async store(
    bitmap: number,
    start: number,
    from: Uint8Array,
    block: {
      read(start: number, into: Uint8Array): Promise<void>;
      write(start: number, from: Uint8Array): Promise<void>;
    },
  ): Promise<void> {
    if (await this.isStored(bitmap, start, from.length)) return block.write(start, from);
    const { sectorSize } = this;
    const end = start + from.length;
    const write = async (at: number, bytes: Uint8Array): Promise<void> => {
      await block.write(at, bytes);
      const first = Math.floor(at / sectorSize);
      await this.mark(bitmap, first, Math.ceil((at + bytes.length) / sectorSize) - first);
    };
    const head = start % sectorSize;
    const tail = -end & (sectorSize - 1);
    if (head === 0 && tail === 0) return write(start, from);
    // One after the other, and nothing of a sector that became stored: others write to it by now.
    return this.completing.run(async () => {
      const isMissing = async (at: number): Promise<boolean> =>
        !(await this.isStored(bitmap, at, sectorSize));
      const before = head !== 0 && (await isMissing(start - head)) ? head : 0;
      const after = tail !== 0 && (await isMissing(end + tail - sectorSize)) ? tail : 0;
      const bytes = new Uint8Array(before + from.length + after);
      if (before > 0) await block.read(start - before, bytes.subarray(0, before));
      if (after > 0) await block.read(end, bytes.subarray(before + from.length));
      bytes.set(from, before);
      await write(start - before, bytes);
    });
  }

  private bit(sector: number): number {
    return this.first === 'high' ? 0x80 >> (sector & 7) : 1 << (sector & 7);
  }
}
