/** Keeping a raw image raw. */
import type { BlockBackend } from '../block/backend.ts';
import { DiskImageError, type DiskImage } from './disk-image.ts';
import { HEAD_SIZE, probeHead } from './formats.ts';

/**
 * A raw image whose format was found out, as a drive: what would have it taken for one of another format the next
 * time, with a backing file of the guest's choice, cannot be written to its start.
 */
export function guardedRaw(image: DiskImage): BlockBackend & { close(): Promise<void> } {
  const headSize = Math.min(HEAD_SIZE, image.size);
  // One after the other, so that no two together write what neither may.
  let last: Promise<unknown> = Promise.resolve();
  const writeHead = async (offset: number, from: Uint8Array): Promise<void> => {
    const head = new Uint8Array(headSize);
    await image.read(0, head);
    head.set(from.subarray(0, headSize - offset), offset);
    const format = await probeHead(head, image.file);
    if (format !== 'raw') {
      throw new DiskImageError(
        image.file.name,
        'raw',
        `a write was refused that would have it taken for a ${format} image; name its format, raw, to allow that`,
        offset,
      );
    }
    await image.write(offset, from);
  };
  return {
    size: image.size,
    contentSize: image.contentSize,
    readOnly: image.readOnly,
    read: (offset, into) => image.read(offset, into),
    write(offset, from) {
      if (offset >= headSize) return image.write(offset, from);
      const next = last.then(() => writeHead(offset, from));
      last = next.catch(() => {});
      return next;
    },
    flush: () => image.flush(),
    ...(image.readNow && { readNow: (offset, into) => image.readNow!(offset, into) }),
    ...(image.writeNow && {
      writeNow: (offset, from) => offset >= headSize && image.writeNow!(offset, from),
    }),
    ...(image.discard && { discard: (offset, length) => image.discard!(offset, length) }),
    ...(image.writeZeroes && {
      writeZeroes: (offset, length, mayUnmap) => image.writeZeroes!(offset, length, mayUnmap),
    }),
    close: () => image.close(),
  };
}
