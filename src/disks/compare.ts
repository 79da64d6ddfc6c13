/** Comparing what two disks read as. */
import { readBeneath } from './beneath.ts';
import { chainExtent } from './chain.ts';
import type { DiskImage, WorkOptions } from './disk-image.ts';
import { CHUNK, forEachRange, lender, type Range } from './work.ts';

/** How two disks differ. */
export type DiskDifference =
  /** The first byte that differs, where the shorter one counts as followed by zeros. */
  | { readonly kind: 'content'; readonly offset: number }
  /** Only their sizes differ, which counts when `strict`. */
  | { readonly kind: 'size' };

/**
 * Undefined when they read the same. A longer disk that only has zeros more is the same, unless `strict`.
 */
export async function compareImages(
  a: DiskImage,
  b: DiskImage,
  { strict = false, ...work }: WorkOptions & { readonly strict?: boolean } = {},
): Promise<DiskDifference | undefined> {
  if (strict && a.size !== b.size) return { kind: 'size' };
  const total = Math.max(a.size, b.size);
  let first = Infinity;
  const lend = lender();
  await forEachRange(contentRanges(a, b, 0, total), total, work, {
    async read({ offset }, buffer) {
      if (offset >= first) return;
      await lend(buffer.length, async (theirs) => {
        await readBeneath(a, offset, buffer);
        await readBeneath(b, offset, theirs);
        const at = firstDifference(buffer, theirs);
        if (at >= 0) first = Math.min(first, offset + at);
      });
    },
  });
  return first === Infinity ? undefined : { kind: 'content', offset: first };
}

/** Where at least one of two disks has content, from `start` to `end`, in pieces of CHUNK at most. */
export async function* contentRanges(
  a: DiskImage,
  b: DiskImage | undefined,
  start: number,
  end: number,
): AsyncGenerator<Range> {
  const look = async (image: DiskImage | undefined, offset: number) =>
    image && offset < image.size
      ? chainExtent(image, offset)
      : ({ offset, length: end - offset, kind: 'zero' } as const);
  for (let offset = start; offset < end;) {
    const [ours, theirs] = [await look(a, offset), await look(b, offset)];
    const isData = ours.kind === 'data' || theirs.kind === 'data';
    const length = Math.min(ours.length, theirs.length, end - offset);
    const step = isData ? Math.min(length, CHUNK) : length;
    if (isData) yield { offset, length: step };
    offset += step;
  }
}

/** The first index at which two arrays of one length differ, or -1. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const isAligned = a.byteOffset % 4 === 0 && b.byteOffset % 4 === 0;
  let i = 0;
  if (isAligned) {
    const words = a.length >> 2;
    const ours = new Uint32Array(a.buffer, a.byteOffset, words);
    const theirs = new Uint32Array(b.buffer, b.byteOffset, words);
    while (i < words && ours[i] === theirs[i]) i++;
    i *= 4;
  }
  while (i < a.length && a[i] === b[i]) i++;
  return i < a.length ? i : -1;
}
