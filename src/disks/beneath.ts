/** Reading what lies beneath an image, and other disks that may end sooner. */
import type { DiskImage } from './disk-image.ts';

/** Fills `into` from the backing image; with zeros without one and behind its end. */
export async function readBeneath(
  backing: Pick<DiskImage, 'size' | 'read'> | undefined,
  offset: number,
  into: Uint8Array,
): Promise<void> {
  const length = backing ? Math.max(0, Math.min(into.length, backing.size - offset)) : 0;
  if (length < into.length) into.fill(0, length);
  if (length > 0) await backing!.read(offset, length === into.length ? into : into.subarray(0, length));
}
