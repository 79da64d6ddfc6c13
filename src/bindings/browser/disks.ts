/** `hartware/disks` in browsers and their workers. */
import type { DiskFormatName, DiskImage } from '../../disks/disk-image.ts';
import { HttpImageFile, type HttpFileOptions } from '../../disks/http/http-file.ts';
import type { ImageFile } from '../../disks/image-file.ts';
import { openDiskImage } from '../../disks/open.ts';
import { openImageFile } from './image-drive.ts';
import { BlobImageFile, browserHttp } from './image-files.ts';
import { createImageHost } from './image-host.ts';

export * from '../../disks/index.ts';
export { FetchError } from '../../errors.ts';
export { BlobImageFile } from './image-files.ts';
export { createImageHost } from './image-host.ts';
export { IndexedDbImageFile } from './indexed-db.ts';
export { OpfsImageFile } from './opfs.ts';

export interface OpenDiskOptions {
  /** Default true. */
  readonly readOnly?: boolean;
  /** Default: found out. */
  readonly format?: DiskFormatName;
}

/**
 * Opens a disk image, with what lies beneath it: "opfs:NAME", "indexeddb:NAME", an http or https URL, a file that
 * the user chose, or one of your own.
 * @throws FetchError, DiskImageError
 */
export async function openDisk(
  source: string | URL | Blob | ImageFile,
  { readOnly = true, format }: OpenDiskOptions = {},
): Promise<DiskImage> {
  const file =
    typeof source === 'string' || source instanceof URL
      ? await openImageFile(String(source), readOnly)
      : source instanceof Blob
        ? new BlobImageFile(source)
        : source;
  return openDiskImage(file, createImageHost(), { format });
}

/**
 * A file behind a URL, of which only what is read is downloaded: for `openDisk`, where there is more to say than the
 * URL.
 * @throws FetchError
 */
export function openUrl(url: string | URL, options?: HttpFileOptions): Promise<HttpImageFile> {
  return HttpImageFile.open(new URL(url, location.href).href, browserHttp, options);
}
