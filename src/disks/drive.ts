/** A disk image as a drive of a machine. */
import type { BlockBackend } from '../block/backend.ts';
import type { DiskFormatName, DiskImage, ImageHost } from './disk-image.ts';
import { diskFormat } from './formats.ts';
import { guardedRaw } from './guard.ts';
import { MemoryImageFile, type ImageFile } from './image-file.ts';
import { openDiskImage } from './open.ts';

export interface DiskDriveOptions {
  readonly readOnly: boolean;
  /** Default: found out. */
  readonly format?: DiskFormatName;
  /** Whether what is written stays in memory, and goes when the drive is closed. Default false. */
  readonly temporary?: boolean;
}

/**
 * @param openFile opens the image's file.
 * @throws DiskImageError, and what `openFile` and `host` throw.
 */
export async function openDiskDrive(
  openFile: (readOnly: boolean) => Promise<ImageFile>,
  host: ImageHost,
  { readOnly, format, temporary = false }: DiskDriveOptions,
): Promise<BlockBackend & { close(): Promise<void> }> {
  const isRead = readOnly || temporary;
  const image = await openDiskImage(await openFile(isRead), host, { format });
  if (temporary && !readOnly) return overlay(image, host);
  return image.format === 'raw' && format === undefined && !isRead ? guardedRaw(image) : image;
}

/** What lies over an image in memory, and takes the writes. */
async function overlay(image: DiskImage, host: ImageHost): Promise<DiskImage> {
  const { format, size } = image;
  const top = new MemoryImageFile(`changes to ${image.file.name}`);
  // Nobody looks for it by name, and a path may be longer than an image has room for.
  const backing = { reference: 'beneath', format, image };
  const changes = await diskFormat('qcow2').create(top, { size, backing }, host);
  changes.backing = image;
  return changes;
}
