/** What the formats of disk images need of Node. */
import { randomFillSync } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { deflate, deflateRaw, inflate, inflateRaw, type ZlibOptions } from 'node:zlib';
import type { Compression, ImageHost } from '../../disks/disk-image.ts';
import { HttpImageFile, referencedUrl } from '../../disks/http/http-file.ts';
import type { ImageFile } from '../../disks/image-file.ts';
import { FileError, fileError } from './file-error.ts';
import { NodeImageFile } from './image-file.ts';
import { openCachedUrl, type UrlCacheOptions } from './url-cache.ts';
import { zstdCompress, zstdDecompress } from './zstd.ts';

type Transform = (bytes: Uint8Array, options: ZlibOptions) => Promise<Uint8Array>;

const PACK: Readonly<Record<Compression, Transform>> = {
  deflate: promisify(deflateRaw) as Transform,
  zlib: promisify(deflate) as Transform,
  zstd: zstdCompress,
};
const UNPACK: Readonly<Record<Compression, Transform>> = {
  deflate: promisify(inflateRaw) as Transform,
  zlib: promisify(inflate) as Transform,
  zstd: (bytes, { maxOutputLength }) => zstdDecompress(bytes, maxOutputLength!),
};

export interface NodeImageHostOptions {
  /** Folders that images may name files in, beside the folder of the image that names them and what is beneath it. */
  readonly allow?: readonly string[];
  /** Where what is downloaded of files behind URLs is kept. Default: in memory alone. */
  readonly urlCache?: UrlCacheOptions;
}

/**
 * Opens the files that an image names only where they lie in the image's own folder, beneath it, or in a folder that
 * is allowed; symbolic links are followed first. So no image reads what its author chose.
 */
export function createImageHost({ allow = [], urlCache }: NodeImageHostOptions = {}): ImageHost {
  const locate = async (reference: string, from: ImageFile): Promise<string> => {
    if (!(from instanceof NodeImageFile))
      throw new FileError(`${from.name} names the file ${reference}, and is in no folder itself`);
    const base = dirname(from.path);
    const path = resolve(base, reference);
    const real = await realpath(path).catch((error) => {
      throw fileError(`open what ${from.name} names:`, reference, error);
    });
    for (const folder of [base, ...allow]) {
      const way = relative(await realpath(folder).catch(() => resolve(folder)), real);
      if (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)) return real;
    }
    throw new FileError(
      `${from.name} names the file ${reference}, which lies outside its folder: allow the folder ${dirname(real)} to use it`,
    );
  };
  return {
    async decompress(compression, bytes, size) {
      // One buffer: zlib would begin with 16 KiB and join several. While one is full it takes another, so that
      // this one does not become full.
      return UNPACK[compression](bytes, { maxOutputLength: size, chunkSize: Math.max(size + 1, 64) });
    },
    async compress(compression, bytes, { windowBits } = {}) {
      return PACK[compression](bytes, windowBits === undefined ? {} : { windowBits });
    },
    async openReferenced(reference, from, readOnly) {
      if (from instanceof HttpImageFile)
        return openCachedUrl(referencedUrl(reference, from, readOnly), urlCache);
      return NodeImageFile.open(await locate(reference, from), readOnly, reference);
    },
    async createReferenced(name, from) {
      if (!(from instanceof NodeImageFile) || basename(name) !== name)
        throw new FileError(`cannot create ${name} beside ${from.name}`);
      return NodeImageFile.create(resolve(dirname(from.path), name), name);
    },
    random: (into) => void randomFillSync(into),
    now: () => Date.now(),
  };
}
