/** Overlays: what they have, written to the image beneath, or moved onto another one. */
import { ArgumentError } from '../errors.ts';
import { readBeneath } from './beneath.ts';
import { contentRanges, firstDifference } from './compare.ts';
import type { BackingReference, DiskImage, Extent, ImageHost, WorkOptions } from './disk-image.ts';
import { openDiskImage } from './open.ts';
import { CHUNK, forEachRange, lender, type Range } from './work.ts';
import { isZero } from './zeros.ts';

/**
 * Writes what `top` has to the image beneath it, which is opened for writing and becomes as long as `top`, and
 * empties `top` when that is durable. Interrupted, it can be done again: both images read as before all the time,
 * but for others that lie on the same image, which read something else.
 * @throws ArgumentError when nothing lies beneath.
 */
export async function commitImage(top: DiskImage, host: ImageHost, work: WorkOptions = {}): Promise<void> {
  const { backing, backingReference } = top;
  if (!backing || !backingReference)
    throw new ArgumentError(`${top.file.name} has no backing image to commit to`);
  // What was opened for reading knows nothing of what is written.
  await backing.close();
  const file = await host.openReferenced(backingReference.reference, top.file, false);
  const base = await openDiskImage(file, host, { format: backing.format });
  top.backing = base;
  if (base.size < top.size) {
    if (!base.resize)
      throw new ArgumentError(
        `${base.file.name} is smaller than ${top.file.name}, and ${base.format} cannot grow`,
      );
    await base.resize(top.size);
  }
  for await (const { offset, length } of zeroedRanges(top, base)) {
    work.signal?.throwIfAborted();
    if (base.writeZeroes) await base.writeZeroes(offset, length, true);
    else await base.write(offset, new Uint8Array(length));
  }
  await forEachRange(dataRanges(top), top.size, work, {
    read: ({ offset }, buffer) => top.read(offset, buffer),
    async write({ offset }, buffer) {
      if (base.writeZeroes && isZero(buffer)) await base.writeZeroes(offset, buffer.length, true);
      else await base.write(offset, buffer);
    },
  });
  await base.flush();
  await top.makeEmpty?.();
}

/** What the image itself says of all of its disk, extent by extent, as it is when the next one is asked for. */
async function* ownExtents(
  image: DiskImage,
): AsyncGenerator<Pick<Extent, 'kind'> & { readonly start: number; readonly end: number }> {
  for (let start = 0; start < image.size;) {
    const { length, kind } = await image.nextExtent(start);
    const end = start + length;
    yield { kind, start, end };
    start = end;
  }
}

/** Where an image says that zeros are, and the one beneath it has something else. */
async function* zeroedRanges(top: DiskImage, base: DiskImage): AsyncGenerator<Range> {
  for await (const { kind, start, end } of ownExtents(top)) {
    if (kind === 'zero') yield* contentRanges(base, undefined, start, end);
  }
}

/** Where the image itself has bytes, as it is before anything is written. */
async function* dataRanges(image: DiskImage): AsyncGenerator<Range> {
  for await (const { kind, start, end } of ownExtents(image)) {
    for (let offset = start; kind === 'data' && offset < end; offset += CHUNK)
      yield { offset, length: Math.min(CHUNK, end - offset) };
  }
}

/**
 * Where the image itself has nothing, and what lies beneath it or `other` has something else than zeros: in whole
 * multiples of `unit`, so that what is written there is allocated once.
 */
async function* foreignRanges(
  image: DiskImage,
  other: DiskImage | undefined,
  unit: number,
): AsyncGenerator<Range> {
  for await (const { kind, start, end } of ownExtents(image)) {
    let done = start;
    for await (const range of kind === 'absent' ? contentRanges(image, other, start, end) : []) {
      const last = Math.min(Math.ceil((range.offset + range.length) / unit) * unit, end);
      for (
        let offset = Math.max(done, Math.floor(range.offset / unit) * unit);
        offset < last;
        offset = done
      ) {
        done = Math.min(offset + CHUNK, last);
        yield { offset, length: done - offset };
      }
    }
  }
}

export interface RebaseOptions extends WorkOptions {
  /** Whether content is left as it is: for a backing image that only has another name. Default false. */
  readonly isUnsafe?: boolean;
}

/**
 * Puts an overlay onto another backing image, or onto none: what it had from the former one and reads otherwise on
 * the new one becomes its own, so that it reads as before. The reference changes when all that is durable.
 * @throws ArgumentError when the format has no backing images.
 */
export async function rebaseImage(
  top: DiskImage,
  backing: (BackingReference & { readonly image?: DiskImage }) | undefined,
  { isUnsafe = false, ...work }: RebaseOptions = {},
): Promise<void> {
  if (!top.setBackingReference)
    throw new ArgumentError(`${top.file.name}: ${top.format} has no backing images that could be changed`);
  if (!isUnsafe) {
    const unit = Math.min(top.clusterSize ?? 65536, CHUNK);
    const lend = lender();
    await forEachRange(foreignRanges(top, backing?.image, unit), top.size, work, {
      read: ({ offset }, buffer) => top.read(offset, buffer),
      write: ({ offset }, buffer) =>
        lend(buffer.length, async (other) => {
          await readBeneath(backing?.image, offset, other);
          for (let at = 0; at < buffer.length; at += unit) {
            const piece = buffer.subarray(at, at + unit);
            if (firstDifference(piece, other.subarray(at, at + unit)) >= 0)
              await top.write(offset + at, piece);
          }
        }),
    });
    await top.flush();
  }
  await top.setBackingReference(
    backing && { reference: backing.reference, ...(backing.format && { format: backing.format }) },
  );
  await top.flush();
}
