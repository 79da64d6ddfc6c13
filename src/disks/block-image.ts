/**
 * A disk whose blocks are added at the end of the file when they are first written to, with bitmaps that say which
 * sectors a block stores. This is what the formats VHD and VHDX have in common.
 */
import { readBeneath } from './beneath.ts';
import type { DiskImage } from './disk-image.ts';
import type { ImageFile } from './image-file.ts';
import type { SectorBitmaps } from './sector-bitmaps.ts';
import { Serial } from './serial.ts';
import { together } from './together.ts';

/** The part of a request that is in one block. */
export interface BlockPlace {
  /** Within the block. */
  readonly start: number;
  readonly length: number;
}

/** Where sectors of a block lie in the file that is stored in part. */
export interface StoredBlock {
  readonly bitmap: number;
  readonly data: number;
}

/** @typeParam Place what a format knows of a part of a request. @typeParam Added what it learns of a new block. */
export abstract class BlockImage<Place extends BlockPlace, Added> {
  abstract readonly file: ImageFile;
  abstract readonly readOnly: boolean;
  abstract readonly clusterSize: number;
  protected abstract readonly bitmaps: SectorBitmaps;
  /** Blocks that are being added. */
  protected readonly allocating = new Map<number, Promise<Added>>();
  /** What makes the file longer. */
  protected readonly growth = new Serial();
  protected beneath: DiskImage | undefined;
  private readonly flushing = new Serial();
  private nextFlush: Promise<void> | undefined;
  private closing: Promise<void> | undefined;

  async read(offset: number, into: Uint8Array): Promise<void> {
    await together(async (add) => {
      for (let done = 0; done < into.length;) {
        const place = await this.place(offset + done, into.length - done);
        add(this.readPlace(place, offset + done, into.subarray(done, done + place.length)));
        done += place.length;
      }
    });
  }

  async write(offset: number, from: Uint8Array): Promise<void> {
    await together((add) => {
      for (let done = 0; done < from.length;) {
        const at = offset + done;
        const length = Math.min(from.length - done, this.clusterSize - (at % this.clusterSize));
        add(this.writeBlock(at, from.subarray(done, done + length)));
        done += length;
      }
    });
    await this.limitDirty();
  }

  async writeZeroes(offset: number, length: number): Promise<void> {
    await this.clear(offset, length, false);
  }

  flush(): Promise<void> {
    // One that has not begun yet serves all who ask.
    this.nextFlush ??= this.flushing.run(() => {
      this.nextFlush = undefined;
      return this.writeTables();
    });
    return this.nextFlush;
  }

  close(): Promise<void> {
    return (this.closing ??= this.finish());
  }

  private async finish(): Promise<void> {
    try {
      if (!this.readOnly) {
        await this.flush();
        await this.finishWriting();
      }
    } finally {
      await this.file.close().finally(() => this.beneath?.close());
    }
  }

  /** What follows the last flush before the file is closed. */
  protected async finishWriting(): Promise<void> {}

  /** Where the part of a request lies that begins at `offset` of the disk and is in one block. */
  protected abstract place(offset: number, length: number): Promise<Place>;

  protected abstract readPlace(place: Place, offset: number, into: Uint8Array): Promise<void>;

  protected abstract writeBlock(offset: number, from: Uint8Array): Promise<void>;

  /** Makes a range read as zeros; or, as a hint, gives storage back where that does the same. */
  protected abstract clear(offset: number, length: number, isHint: boolean): Promise<void>;

  /** Writes tables when much of them has changed. */
  protected abstract limitDirty(): Promise<void>;

  /** Makes data durable, and then what leads to them. */
  protected abstract writeTables(): Promise<void>;

  /** Adds a block, once for all who ask for it at a time. */
  protected allocate(block: number, add: () => Promise<Added>): Promise<Added> {
    let allocation = this.allocating.get(block);
    if (!allocation) {
      allocation = this.growth.run(add).finally(() => this.allocating.delete(block));
      this.allocating.set(block, allocation);
    }
    return allocation;
  }

  /** Reads from `start` of a block that is stored in part; the rest comes from beneath. */
  protected async readStored(
    { bitmap, data }: StoredBlock,
    start: number,
    offset: number,
    into: Uint8Array,
  ): Promise<void> {
    for (let done = 0; done < into.length;) {
      const run = await this.bitmaps.run(bitmap, start + done, into.length - done);
      const part = into.subarray(done, done + run.length);
      if (run.isStored) await this.file.read(data + start + done, part);
      else await readBeneath(this.beneath, offset + done, part);
      done += run.length;
    }
  }

  /** Writes at `start` of a block that is stored in part. */
  protected async writeStored(
    block: StoredBlock,
    start: number,
    offset: number,
    from: Uint8Array,
  ): Promise<void> {
    const base = offset - start;
    await this.bitmaps.store(block.bitmap, start, from, {
      read: (at, into) => this.readStored(block, at, base + at, into),
      write: (at, bytes) => this.file.write(block.data + at, bytes),
    });
  }
}
