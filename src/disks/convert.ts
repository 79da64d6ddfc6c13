/** Copies of disks from one image to another. */
import { ArgumentError } from '../errors.ts';
import { contentChunks } from './chain.ts';
import type { DiskImage, WorkOptions } from './disk-image.ts';
import { together } from './together.ts';
import { CHUNK, forEachRange } from './work.ts';
import { isZero } from './zeros.ts';

/** Unit in which zeros are left out where the target has none of its own ... */
const UNIT = 4096;
/** ... or a larger one than this: of such clusters a part is written, so that the file has holes in them. */
const LARGEST_UNIT = 65536;
/** Fewer zeros than this between two stretches are written with them: a call costs more. */
const GAP = 32 * 1024;

export interface ConvertOptions extends WorkOptions {
  /** Whether clusters are written compressed. Default false. */
  readonly compress?: boolean;
}

/**
 * Copies what `source` reads as to `target`, which was just created, is not smaller, and reads as zeros: zeros are
 * not written.
 */
export async function convertImage(
  source: DiskImage,
  target: DiskImage,
  { compress = false, ...work }: ConvertOptions = {},
): Promise<void> {
  const isCompressed = (compress || target.isSequential) && target.writeCompressed !== undefined;
  if (compress && !isCompressed)
    throw new ArgumentError(`expected a format that can compress, found ${target.format}`);
  const { clusterSize = UNIT } = target;
  const isLarge = clusterSize > LARGEST_UNIT && !isCompressed;
  const unit = isLarge ? UNIT : Math.min(clusterSize, CHUNK);
  await forEachRange(contentChunks(source, CHUNK), source.size, work, {
    isOrdered: target.isSequential,
    read: ({ offset }, buffer) => source.read(offset, buffer),
    write: ({ offset }, buffer) =>
      together((add) => {
        for (const [start, end] of contentRuns(buffer, unit, isCompressed ? 0 : GAP)) {
          if (!isCompressed) add(target.write(offset + start, buffer.subarray(start, end)));
          else
            for (let at = start; at < end; at += unit)
              add(target.writeCompressed!(offset + at, buffer.subarray(at, Math.min(at + unit, end))));
        }
      }),
  });
}

/** Where something else than zeros is, in whole units; with no more than `gap` zeros within. */
export function contentRuns(bytes: Uint8Array, unit: number, gap: number): [start: number, end: number][] {
  const runs: [start: number, end: number][] = [];
  for (let start = 0; start < bytes.length; start += unit) {
    const end = Math.min(start + unit, bytes.length);
    if (isZero(bytes.subarray(start, end))) continue;
    const last = runs.at(-1);
    if (last && start - last[1] <= gap) last[1] = end;
    else runs.push([start, end]);
  }
  return runs;
}
