/** Drives of machines in browsers: disk images of any format, behind URLs or in what the browser keeps. */
import type { BlockBackend } from '../../block/backend.ts';
import { openDiskDrive } from '../../disks/drive.ts';
import { HttpImageFile, withoutQuery } from '../../disks/http/http-file.ts';
import type { ImageFile } from '../../disks/image-file.ts';
import { FetchError } from '../../errors.ts';
import type { DriveOptions } from '../../machine/host.ts';
import { browserHttp } from './image-files.ts';
import { createImageHost } from './image-host.ts';
import { INDEXED_DB_SCHEME, IndexedDbImageFile } from './indexed-db.ts';
import { isUrl } from './urls.ts';
import { OPFS_SCHEME, OpfsImageFile } from './opfs.ts';

/**
 * @param reference "opfs:NAME", "indexeddb:NAME" or the URL of a file that is read by ranges.
 * @throws FetchError, DiskImageError
 */
export async function openBrowserDrive(
  reference: string,
  options: DriveOptions,
): Promise<BlockBackend & { close(): Promise<void> }> {
  return openDiskDrive((readOnly) => openImageFile(reference, readOnly), createImageHost(), options);
}

/**
 * The file of that name or behind that URL.
 * @throws FetchError
 */
export async function openImageFile(reference: string, readOnly: boolean): Promise<ImageFile> {
  if (reference.startsWith(OPFS_SCHEME))
    return OpfsImageFile.open(reference.slice(OPFS_SCHEME.length), readOnly);
  if (reference.startsWith(INDEXED_DB_SCHEME))
    return IndexedDbImageFile.open(reference.slice(INDEXED_DB_SCHEME.length));
  if (!isUrl(reference))
    throw new FetchError(
      `no drive ${JSON.stringify(reference)}: in a browser, pass its backend as drives[${JSON.stringify(reference)}], ` +
        'or name a URL, "opfs:NAME" or "indexeddb:NAME"',
    );
  if (!readOnly)
    throw new FetchError(`cannot write to ${withoutQuery(reference)}: give "readOnly" or "temporary"`);
  return HttpImageFile.open(new URL(reference, location.href).href, browserHttp);
}
