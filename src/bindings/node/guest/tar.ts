/**
 * Takes chosen files out of a tar stream. The rest is skipped as it streams by, so that
 * a large archive needs no memory.
 * Left out on purpose: sparse files, links (a wanted path that is a link is not found).
 */
import {
  decodePax,
  decodeTarHeader,
  isTarEnd,
  MAX_TAR_EXTENSION,
  TAR_BLOCK,
  TAR_FILES,
  TAR_LONG_NAME,
  TAR_PAX,
  tarText,
  type TarExtension,
} from '../../../tar-header.ts';

/** A damaged or truncated archive, or a file in it that is larger than expected. */
export class TarFormatError extends Error {
  override readonly name = 'TarFormatError';
}

/** A file to take. */
export interface TarSelection {
  /** Whether the file at `path` (no leading "./") is wanted. */
  matches(path: string): boolean;
  /** Largest size accepted for one file, in bytes. */
  readonly maximumSize: number;
  /** Stop reading after this many files. Default: read to the end. */
  readonly maximumFiles?: number;
}

export interface TarFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** @throws TarFormatError */
export async function extractTar(
  stream: AsyncIterable<Uint8Array>,
  selection: TarSelection,
): Promise<TarFile[]> {
  const source = new ByteSource(stream);
  const files: TarFile[] = [];
  let extension: TarExtension = {};
  try {
    while (files.length < (selection.maximumFiles ?? Infinity)) {
      const block = await source.take(TAR_BLOCK, true);
      if (!block || isTarEnd(block)) break;
      const header = decodeTarHeader(block);
      if (!header) throw new TarFormatError('expected a tar header, found data with a wrong checksum');
      const { name, size } = { ...header, ...extension };
      if (Number.isNaN(size)) throw new TarFormatError('expected a size in a tar header, found none');
      const padding = (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK;
      const path = name.replace(/^(\.?\/)+/, '');
      // Longer ones are skipped unread, and what they say with them.
      const isExtension = [TAR_LONG_NAME, TAR_PAX].includes(header.type) && size <= MAX_TAR_EXTENSION;
      if (isExtension) {
        const bytes = await source.take(size);
        extension = { ...extension, ...extensionIn(header.type, bytes) };
        await source.skip(padding);
        continue;
      }
      extension = {};
      if (TAR_FILES.includes(header.type) && selection.matches(path)) {
        if (size > selection.maximumSize) {
          throw new TarFormatError(
            `expected ${path} to have at most ${selection.maximumSize} bytes, found ${size}`,
          );
        }
        files.push({ path, bytes: await source.take(size) });
        await source.skip(padding);
      } else {
        await source.skip(size + padding);
      }
    }
  } finally {
    await source.close();
  }
  return files;
}

function extensionIn(type: string, bytes: Uint8Array): TarExtension {
  if (type === TAR_LONG_NAME) return { name: tarText(bytes) };
  const extension = decodePax(bytes);
  if (!extension) throw new TarFormatError('expected records of pax in a tar archive, found damaged ones');
  return extension;
}

/** Cuts a stream of chunks into the sizes asked for. */
class ByteSource {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#iterator = stream[Symbol.asyncIterator]();
  }

  /** The next `size` bytes, copied; undefined at the end of the stream when `orEnd`. */
  async take(size: number): Promise<Uint8Array>;
  async take(size: number, orEnd: true): Promise<Uint8Array | undefined>;
  async take(size: number, orEnd = false): Promise<Uint8Array | undefined> {
    const parts: Uint8Array[] = [];
    let missing = size;
    while (missing > 0) {
      const part = await this.#next(missing);
      if (!part) {
        if (orEnd && missing === size) return undefined;
        throw new TarFormatError(`truncated tar archive: ${missing} bytes are missing`);
      }
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts, size);
  }

  async skip(size: number): Promise<void> {
    let missing = size;
    while (missing > 0) {
      const part = await this.#next(missing);
      if (!part) throw new TarFormatError(`truncated tar archive: ${missing} bytes are missing`);
      missing -= part.length;
    }
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  async #next(limit: number): Promise<Uint8Array | undefined> {
    while (this.#chunk.length === 0) {
      const { done, value } = await this.#iterator.next();
      if (done) return undefined;
      this.#chunk = value;
    }
    const part = this.#chunk.subarray(0, limit);
    this.#chunk = this.#chunk.subarray(part.length);
    return part;
  }
}
