/** `hartware/disks` in Node. */
import type { DiskFormatName, DiskImage } from '../../disks/disk-image.ts';
import { HttpImageFile, type HttpFileOptions } from '../../disks/http/http-file.ts';
import type { ImageFile } from '../../disks/image-file.ts';
import { openDiskImage } from '../../disks/open.ts';
import { openImageFile } from './drive.ts';
import { nodeHttp } from './http.ts';
import { createImageHost } from './image-host.ts';
import type { UrlCacheOptions } from './url-cache.ts';

export * from '../../disks/index.ts';
export { FileError } from './file-error.ts';
export { createImageHost, type NodeImageHostOptions } from './image-host.ts';
export { NodeImageFile } from './image-file.ts';
export type { UrlCacheOptions } from './url-cache.ts';

export interface OpenDiskOptions {
  /** Default true. */
  readonly readOnly?: boolean;
  /** Default: found out. */
  readonly format?: DiskFormatName;
  /** Folders in which images may name files, beside the folder of the image that names them and what is beneath it. */
  readonly allow?: readonly string[];
  /** Where what is downloaded of files behind URLs is kept, so that it need not be downloaded again. Default: in memory alone. */
  readonly urlCache?: UrlCacheOptions;
}

/**
 * Opens a disk image, with what lies beneath it: a path, an http or https URL, or a file of your own.
 * @throws FileError, FetchError, DiskImageError
 */
export async function openDisk(
  source: string | URL | ImageFile,
  { readOnly = true, format, allow, urlCache }: OpenDiskOptions = {},
): Promise<DiskImage> {
  const file =
    typeof source === 'string' || source instanceof URL
      ? await openImageFile(String(source), readOnly, undefined, urlCache)
      : source;
  return openDiskImage(file, createImageHost({ allow, urlCache }), { format });
}

/**
 * A file behind a URL, of which only what is read is downloaded: for `openDisk`, where there is more to say than the
 * URL.
 * @throws FetchError
 */
export function openUrl(url: string | URL, options?: HttpFileOptions): Promise<HttpImageFile> {
  return HttpImageFile.open(String(url), nodeHttp, options);
}
