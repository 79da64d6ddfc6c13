/** What disks and files have in them, and how much of it is read. */
import type { ImageFile } from '../../src/disks/image-file.ts';

/** All of a disk, or of a file. */
export async function readAll(from: {
  readonly size: number;
  read(offset: number, into: Uint8Array): Promise<void>;
}): Promise<Uint8Array<ArrayBuffer>> {
  // A read that leaves something out is noticed.
  const bytes = new Uint8Array(from.size).fill(0xee);
  await from.read(0, bytes);
  return bytes;
}

/** How many bytes have been read of a file from now on. */
export function countReads(file: ImageFile): () => number {
  let count = 0;
  const read = file.read.bind(file);
  file.read = (offset, into) => {
    count += into.length;
    return read(offset, into);
  };
  return () => count;
}
