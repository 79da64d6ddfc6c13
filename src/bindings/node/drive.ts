/** Drives of machines: disk images of any format, in files and behind URLs. */
import type { BlockBackend } from '../../block/backend.ts';
import { openDiskDrive } from '../../disks/drive.ts';
import { withoutQuery } from '../../disks/http/http-file.ts';
import type { ImageFile } from '../../disks/image-file.ts';
import type { DriveOptions } from '../../machine/host.ts';
import { FileError } from './file-error.ts';
import { isHttpUrl } from './http.ts';
import { createImageHost } from './image-host.ts';
import { NodeImageFile } from './image-file.ts';
import { toPath } from './paths.ts';
import { openCachedUrl, type UrlCacheOptions } from './url-cache.ts';

export interface NodeDriveOptions extends DriveOptions {
  /** What relative paths start from. */
  readonly baseDirectory: string;
  /** Folders in which images may name files, beside their own. */
  readonly allow: readonly string[];
  readonly urlCache?: UrlCacheOptions;
}

/** @throws FileError, FetchError, DiskImageError */
export async function openNodeDrive(
  reference: string,
  { baseDirectory, allow, urlCache, ...options }: NodeDriveOptions,
): Promise<BlockBackend & { close(): Promise<void> }> {
  const open = (readOnly: boolean): Promise<ImageFile> =>
    openImageFile(reference, readOnly, baseDirectory, urlCache);
  return openDiskDrive(open, createImageHost({ allow, urlCache }), options);
}

/**
 * The file at a path or URL.
 * @throws FileError, FetchError
 */
export async function openImageFile(
  reference: string,
  readOnly: boolean,
  baseDirectory = '.',
  urlCache?: UrlCacheOptions,
): Promise<ImageFile> {
  if (!isHttpUrl(reference)) return NodeImageFile.open(toPath(reference, baseDirectory), readOnly, reference);
  if (!readOnly)
    throw new FileError(`cannot write to ${withoutQuery(reference)}: give "readOnly" or "temporary"`);
  return openCachedUrl(reference, urlCache);
}
