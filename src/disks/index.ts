/**
 * Disk images, without a machine: opened, made, converted, compared. The entry points of `hartware/disks`,
 * src/bindings/node/disks.ts and src/bindings/browser/disks.ts, add where their files come from.
 * @packageDocumentation
 */
export { chainExtent, chainExtents, type ChainExtent } from './chain.ts';
export { commitImage, rebaseImage, type RebaseOptions } from './commit.ts';
export { compareImages, type DiskDifference } from './compare.ts';
export { convertImage, type ConvertOptions } from './convert.ts';
export {
  DiskImageError,
  type BackingReference,
  type CheckReport,
  type Compression,
  type CreateImageOptions,
  type DiskFormat,
  type DiskFormatName,
  type DiskImage,
  type Extent,
  type FormatOptions,
  type ImageHost,
  type ImageInfo,
  type SnapshotInfo,
  type WorkOptions,
} from './disk-image.ts';
export { DISK_FORMATS, diskFormat, probeFormat } from './formats.ts';
export { HttpImageFile, type HttpFileOptions } from './http/http-file.ts';
export type { HttpBody, HttpHost, HttpResponse, RequestOptions } from './http/requests.ts';
export { MemoryImageFile, type ImageFile } from './image-file.ts';
export { MAX_BACKING_CHAIN, openDiskImage, type OpenImageOptions } from './open.ts';
export type { BlockBackend } from '../block/backend.ts';
