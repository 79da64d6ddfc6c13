/** What a disk reads as, through all images beneath it. */
import type { DiskImage, Extent } from './disk-image.ts';

/** An extent of a disk and the image that it comes from. */
export interface ChainExtent extends Extent {
  /** How many images lie above it; for what no image has, that of the last. */
  readonly depth: number;
  readonly image: DiskImage;
}

/** The extent at `offset`, looked for in the backing images, too; `absent` is then what none of them has. */
export async function chainExtent(top: DiskImage, offset: number): Promise<ChainExtent> {
  let end = top.size;
  for (let image = top, depth = 0; ; image = image.backing, depth++) {
    const extent = await image.nextExtent(offset);
    end = Math.min(end, extent.offset + extent.length);
    if (extent.kind !== 'absent' || !image.backing || offset >= image.backing.size)
      return { ...(await withoutHole({ ...extent, length: end - offset }, image)), depth, image };
    end = Math.min(end, image.backing.size);
  }
}

/** The extent as far as it lies in a hole of the file that it is in, which formats do not know of, or up to the next one. */
export async function withoutHole(extent: Extent, { file }: Pick<DiskImage, 'file'>): Promise<Extent> {
  const { kind, offset, length, fileOffset } = extent;
  if (kind !== 'data' || fileOffset === undefined || fileOffset >= file.size || !file.extentAt) return extent;
  const found = await file.extentAt(fileOffset);
  // Where the file ends, zeros follow, which belong to what comes before.
  const part = fileOffset + found.length < file.size ? Math.min(found.length, length) : length;
  return found.isHole ? { offset, length: part, kind: 'zero' } : { ...extent, length: part };
}

/** All extents of a disk, in their order. */
export async function* chainExtents(top: DiskImage): AsyncGenerator<ChainExtent> {
  for (let offset = 0; offset < top.size;) {
    const extent = await chainExtent(top, offset);
    yield extent;
    offset += extent.length;
  }
}

/** Stretches of at most `unit` bytes, cut where `unit` cuts the disk, of which no image is known to say zero. */
export async function* contentChunks(
  top: DiskImage,
  unit: number,
): AsyncGenerator<{ readonly offset: number; readonly length: number }> {
  // The end of what was given out: an extent may begin in the middle of a chunk.
  let done = 0;
  for await (const { offset, length, kind } of chainExtents(top)) {
    if (kind !== 'data') continue;
    const end = offset + length;
    for (let start = Math.max(done, Math.floor(offset / unit) * unit); start < end; start = done) {
      done = Math.min(start + unit, top.size);
      yield { offset: start, length: done - start };
    }
  }
}
