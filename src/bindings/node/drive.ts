/** Drives of machines: disk images of any format, in files and behind URLs. */
import type { BlockBackend } from '../../block/backend.ts';
import { openDiskDrive } from '../../disks/drive.ts';
import { HttpImageFile } from '../../disks/http/http-file.ts';
import type { ImageFile } from '../../disks/image-file.ts';
import type { DriveOptions } from '../../machine/host.ts';
import { FileError } from './file-error.ts';
import { nodeHttp } from './http.ts';
import { createImageHost } from './image-host.ts';
import { NodeImageFile } from './image-file.ts';
import { toPath } from './paths.ts';

export interface NodeDriveOptions extends DriveOptions {
  /** What relative paths start from. */
  readonly baseDirectory: string;
  /** Folders in which images may name files, beside their own. */
  readonly allow: readonly string[];
}

/** @throws FileError, FetchError, DiskImageError */
export async function openNodeDrive(
  reference: string,
  { baseDirectory, allow, ...options }: NodeDriveOptions,
): Promise<BlockBackend & { close(): Promise<void> }> {
  const open = (readOnly: boolean): Promise<ImageFile> => openImageFile(reference, readOnly, baseDirectory);
  return openDiskDrive(open, createImageHost({ allow }), options);
}

/**
 * The file at a path or URL.
 * @throws FileError, FetchError
 */
export async function openImageFile(
  reference: string,
  readOnly: boolean,
  baseDirectory = '.',
): Promise<ImageFile> {
  if (!/^https?:\/\//i.test(reference))
    return NodeImageFile.open(toPath(reference, baseDirectory), readOnly, reference);
  if (!readOnly) throw new FileError(`cannot write to ${reference}: give "readOnly" or "temporary"`);
  return HttpImageFile.open(reference, nodeHttp);
}
