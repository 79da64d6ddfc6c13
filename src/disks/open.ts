/** Opening an image with all that lies beneath it. */
import { diskFormat, probeFormat } from './formats.ts';
import {
  DiskImageError,
  type BackingReference,
  type DiskFormatName,
  type DiskImage,
  type ImageHost,
} from './disk-image.ts';
import type { ImageFile } from './image-file.ts';

/** How many images may lie beneath each other: what is longer is a mistake or an attack. */
export const MAX_BACKING_CHAIN = 200;

export interface OpenImageOptions {
  /** Default: found out. Name it where a guest could write another format's header into a raw image. */
  readonly format?: DiskFormatName;
  /** Whether backing images are opened, too. Default true. */
  readonly withBacking?: boolean;
}

/**
 * Opens a disk image and, for reading only, the backing images beneath it. The image owns `file`; it is closed
 * when opening fails.
 * @throws DiskImageError, and what `host` throws for files that may not be opened.
 */
export async function openDiskImage(
  file: ImageFile,
  host: ImageHost,
  { format, withBacking = true }: OpenImageOptions = {},
): Promise<DiskImage> {
  const top = await openOne(file, host, format);
  const seen = [file];
  try {
    for (let image = top; withBacking && image.backingReference;) {
      const { reference } = image.backingReference;
      const from = (text: string): DiskImageError =>
        new DiskImageError(image.file.name, image.format, `backing file "${reference}": ${text}`);
      if (seen.length > MAX_BACKING_CHAIN) throw from(`more than ${MAX_BACKING_CHAIN} images lie beneath`);
      // By the file as it was given: an image may have put another one before it.
      const below = await host.openReferenced(reference, seen.at(-1)!, true);
      const isLoop = seen.some((other) => identityOf(other) === identityOf(below));
      if (isLoop) {
        await below.close();
        throw from('it lies beneath itself');
      }
      image.backing = await openOne(below, host, image.backingReference.format);
      image = image.backing;
      seen.push(below);
    }
    return top;
  } catch (error) {
    await top.close().catch(() => {});
    throw error;
  }
}

function identityOf(file: ImageFile): string {
  return file.identity ?? file.name;
}

async function openOne(
  file: ImageFile,
  host: ImageHost,
  format: BackingReference['format'],
): Promise<DiskImage> {
  try {
    return await diskFormat(format ?? (await probeFormat(file))).open(file, host);
  } catch (error) {
    await file.close().catch(() => {});
    throw error;
  }
}
