/** The content of files, piece by piece. */
import type { WorkOptions } from '../../disks/disk-image.ts';
import type { ImageFile } from '../../disks/image-file.ts';
import { CHUNK, forEachRange, type Range } from '../../disks/work.ts';

/** Hands each piece of a file over, in their order; some are read ahead. */
export function forPieces(
  file: Pick<ImageFile, 'size' | 'read'>,
  work: WorkOptions,
  take: (piece: Uint8Array, offset: number) => Promise<void>,
): Promise<void> {
  return forEachRange(ranges(file.size), file.size, work, {
    isOrdered: true,
    read: ({ offset }, buffer) => file.read(offset, buffer),
    write: ({ offset }, buffer) => take(buffer, offset),
  });
}

async function* ranges(size: number): AsyncGenerator<Range> {
  for (let offset = 0; offset < size; offset += CHUNK)
    yield { offset, length: Math.min(CHUNK, size - offset) };
}

/** Progress of several pieces of work as that of one. */
export class Stages {
  private done = 0;
  private total = 0;

  constructor(private readonly work: WorkOptions) {}

  /** Counts on that much, which is told before it begins where possible. */
  expect(size: number): void {
    this.total += size;
  }

  /** What the next piece of work is given, whose progress counts as `size`. */
  next(size: number): WorkOptions {
    const start = this.done;
    this.done += size;
    return {
      signal: this.work.signal,
      progress: (done, total) =>
        this.work.progress?.(start + (total > 0 ? Math.round((size * done) / total) : size), this.total),
    };
  }
}
