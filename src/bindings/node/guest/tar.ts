/**
 * Takes chosen files out of a tar stream (POSIX.1-1988 ustar, and GNU and pax long
 * names, of which only the path matters here). The rest is skipped as it streams by,
 * so that a large archive needs no memory.
 * Left out on purpose: sparse files, links (a wanted path that is a link is not found).
 */
const BLOCK = 512;
/** Longest GNU or pax record read; longer ones are skipped unread, and their paths with them. */
const MAX_RECORD = 64 * 1024;

const TYPE_FILE = '0';
const TYPE_FILE_OLD = '\0';
const TYPE_GNU_LONG_NAME = 'L';
const TYPE_PAX = 'x';

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
  let longName: string | undefined;
  try {
    while (files.length < (selection.maximumFiles ?? Infinity)) {
      const header = await source.take(BLOCK, true);
      if (!header || header.every((byte) => byte === 0)) break;
      checkHeader(header);
      const size = octal(header, 124, 12, 'size');
      const padding = (BLOCK - (size % BLOCK)) % BLOCK;
      const type = String.fromCharCode(header[156]);
      const path = (longName ?? headerPath(header)).replace(/^(\.?\/)+/, '');
      const isLongName = type === TYPE_GNU_LONG_NAME || type === TYPE_PAX;
      longName = undefined;
      if (isLongName && size <= MAX_RECORD) {
        const record = await source.take(size);
        longName = type === TYPE_PAX ? paxPath(latin1(record)) : latin1(record).replace(/\0.*$/s, '');
        await source.skip(padding);
      } else if ((type === TYPE_FILE || type === TYPE_FILE_OLD) && selection.matches(path)) {
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

/** The checksum counts its own field as blanks. */
function checkHeader(header: Uint8Array): void {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : header[i];
  if (sum !== octal(header, 148, 8, 'checksum')) {
    throw new TarFormatError('expected a tar header, found data with a wrong checksum');
  }
}

function headerPath(header: Uint8Array): string {
  const name = field(header, 0, 100);
  const isUstar = latin1(header.subarray(257, 262)) === 'ustar';
  const prefix = isUstar && header[262] === 0 ? field(header, 345, 155) : '';
  return prefix ? `${prefix}/${name}` : name;
}

/** Records of "length key=value\n". */
function paxPath(record: string): string | undefined {
  let offset = 0;
  let path: string | undefined;
  while (offset < record.length) {
    const length = Number.parseInt(record.slice(offset), 10);
    if (!(length > 0)) break;
    const match = /^\d+ path=(.*)\n$/s.exec(record.slice(offset, offset + length));
    if (match) path = match[1];
    offset += length;
  }
  return path;
}

function field(header: Uint8Array, offset: number, length: number): string {
  return latin1(header.subarray(offset, offset + length)).replace(/\0.*$/s, '');
}

function octal(header: Uint8Array, offset: number, length: number, what: string): number {
  const digits = field(header, offset, length).trim();
  if (!/^[0-7]+$/.test(digits)) {
    throw new TarFormatError(`expected an octal ${what} in a tar header, found ${JSON.stringify(digits)}`);
  }
  return Number.parseInt(digits, 8);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
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
