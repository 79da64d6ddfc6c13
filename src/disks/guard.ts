/** Keeping a raw image raw. */
import type { BlockBackend } from '../block/backend.ts';
import { sizeOf } from '../pieces.ts';
import { readBeneath } from './beneath.ts';
import { DiskImageError, type DiskImage } from './disk-image.ts';
import { HEAD_SIZE, probeFormat, TAIL_SIZE } from './formats.ts';
import { readOnlyView, type ImageFile } from './image-file.ts';
import { Serial } from './serial.ts';

/**
 * A raw image whose format was found out, as a drive: what would have it taken for one of another format the next
 * time, with a backing file of the guest's choice, cannot be written.
 */
export function guardedRaw(image: DiskImage): BlockBackend & { close(): Promise<void> } {
  const { file } = image;
  // One after the other, so that no two together write what neither may.
  const turns = new Serial();
  const isFree = (offset: number, length: number): boolean =>
    offset >= HEAD_SIZE && offset + length <= Math.min(file.size, image.size) - TAIL_SIZE;
  /** @param from what is to be written; zeros if it is nothing. */
  const guarded = (
    offset: number,
    length: number,
    from: Uint8Array | undefined,
    work: () => Promise<void>,
  ): Promise<void> => {
    if (isFree(offset, length)) return work();
    return turns.run(async () => {
      const format = await probeFormat(written(file, offset, length, from));
      if (format !== 'raw') {
        const reason = `a write was refused that would have it taken for a ${format} image; name its format, raw, to allow that`;
        throw new DiskImageError(file.name, 'raw', reason, offset);
      }
      await work();
    });
  };
  return {
    size: image.size,
    contentSize: image.contentSize,
    readOnly: image.readOnly,
    read: (offset, into) => image.read(offset, into),
    write: (offset, from) => guarded(offset, from.length, from, () => image.write(offset, from)),
    flush: () => image.flush(),
    ...(image.readNow && { readNow: (offset, into) => image.readNow!(offset, into) }),
    ...(image.writeNow && {
      writeNow: (offset, from) => isFree(offset, sizeOf(from)) && image.writeNow!(offset, from),
    }),
    ...(image.discard && {
      discard: (offset, length) => guarded(offset, length, undefined, () => image.discard!(offset, length)),
    }),
    ...(image.writeZeroes && {
      writeZeroes: (offset, length, mayUnmap) =>
        guarded(offset, length, undefined, () => image.writeZeroes!(offset, length, mayUnmap)),
    }),
    close: () => image.close(),
  };
}

/** The file as it would be, for reading. */
function written(file: ImageFile, offset: number, length: number, from: Uint8Array | undefined): ImageFile {
  const end = offset + length;
  return {
    ...readOnlyView(file),
    size: Math.max(file.size, end),
    async read(at, into) {
      await readBeneath(file, at, into);
      const [start, stop] = [Math.max(at, offset), Math.min(at + into.length, end)];
      if (start >= stop) return;
      if (from) into.set(from.subarray(start - offset, stop - offset), start - at);
      else into.fill(0, start - at, stop - at);
    },
  };
}
