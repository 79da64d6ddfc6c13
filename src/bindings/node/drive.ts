/** Drives of machines in files: disk images of any format. */
import type { BlockBackend } from '../../block/backend.ts';
import { guardedRaw } from '../../disks/guard.ts';
import { openDiskImage } from '../../disks/open.ts';
import type { DriveOptions } from '../../machine/host.ts';
import { NodeImageFile } from './image-file.ts';
import { createImageHost } from './image-host.ts';

/**
 * @param name what messages call the file.
 * @param allow folders in which images may name files, beside their own.
 * @throws FileError, DiskImageError
 */
export async function openNodeDrive(
  path: string,
  { readOnly, format }: DriveOptions,
  name: string,
  allow: readonly string[],
): Promise<BlockBackend & { close(): Promise<void> }> {
  const file = await NodeImageFile.open(path, readOnly, name);
  const image = await openDiskImage(file, createImageHost({ allow }), { format });
  return image.format === 'raw' && format === undefined && !readOnly ? guardedRaw(image) : image;
}
