/** A file behind a URL, of which only what is read is downloaded. */
import { FetchError } from '../../errors.ts';
import type { ImageFile } from '../image-file.ts';
import { ChunkStore } from './chunk-store.ts';
import { ReadAhead } from './read-ahead.ts';
import { RangeRequests, type HttpHost, type RangeAnswer, type RequestOptions } from './requests.ts';

export interface HttpFileOptions extends RequestOptions {
  /** What is downloaded at least, in bytes: a power of two. Default 64 KiB. */
  readonly chunkSize?: number;
  /** How much is kept in memory, in bytes. Default 64 MiB. */
  readonly cacheSize?: number;
  /**
   * A file of its own in which all that was downloaded is kept, if the server tells its version (an entity tag, or when
   * it was last modified). Default: none. It is closed with this one.
   */
  readonly store?: ImageFile;
  /** How much room it may take, in bytes. Default: what it needs for everything. */
  readonly storeSize?: number;
  /** Greatest file that is loaded whole into memory where the server knows no ranges, in bytes. Default 64 MiB. */
  readonly wholeSize?: number;
  /** What messages call it. Default the URL, without what follows a question mark. */
  readonly name?: string;
}

/**
 * A system that boots reads here and there: smaller chunks are requests for which it waits, larger ones much that it
 * never reads. docs/performance.md has the figures.
 */
const CHUNK_SIZE = 64 * 1024;
/** Most that one request asks for, in bytes. */
const MAX_REQUEST = 4 * 1024 * 1024;
/** Greatest file that has a store, in bytes: the map of its chunks lies in memory. */
const MAX_STORED = 2 ** 42;
/** Requests under way at a time: as many connections as browsers open to one server. */
const MAX_PARALLEL = 6;

/** Cannot be written to. A file that changes on the server while it is read is noticed, and no further read succeeds. */
export class HttpImageFile implements ImageFile {
  readonly readOnly = true;
  readonly name: string;
  /** Bytes that were downloaded. */
  downloaded = 0;

  private readonly cache = new Map<number, Uint8Array>();
  private readonly pending = new Map<number, Promise<Uint8Array>>();
  private readonly readAhead = new ReadAhead();
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private failure: FetchError | undefined;
  private maxCached: number;

  private constructor(
    /** Where relative references in the image start from. */
    readonly url: string,
    readonly size: number,
    private readonly validator: string | undefined,
    private readonly requests: RangeRequests,
    private readonly store: ChunkStore | undefined,
    private readonly chunkSize: number,
    { cacheSize = 64 * 1024 * 1024, name = withoutQuery(url) }: HttpFileOptions,
  ) {
    this.name = name;
    this.maxCached = Math.max(16, Math.floor(cacheSize / chunkSize));
  }

  /** @throws FetchError when it cannot be had, or the server does not serve ranges of it. */
  static async open(url: string, host: HttpHost, options: HttpFileOptions = {}): Promise<HttpImageFile> {
    const { chunkSize = CHUNK_SIZE, wholeSize = 64 * 1024 * 1024, storeSize } = options;
    let store: ChunkStore | undefined;
    try {
      const requests = new RangeRequests(url, host, options);
      const first = await requests.range(0, chunkSize, wholeSize);
      const size = first.size ?? (await requests.size());
      if (size === undefined)
        throw requests.failure(
          'the server does not tell its size (a page sees Content-Range only if the server exposes it: Access-Control-Expose-Headers)',
        );
      if (size > Number.MAX_SAFE_INTEGER) throw requests.failure(`expected its size, found ${size}`);
      const { validator } = first;
      // Without a name for the version nobody knows whether what is kept is of this one.
      if (options.store && !first.isWhole && validator !== undefined && size <= MAX_STORED) {
        const stored = { chunkSize, size, validator, limit: storeSize };
        // A full disk is no reason to read nothing.
        store = await ChunkStore.open(options.store, stored).catch(() => undefined);
      }
      const file = new HttpImageFile(url, size, validator, requests, store, chunkSize, options);
      file.begin(first);
      return file;
    } finally {
      if (!store) await options.store?.close().catch(() => {});
    }
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    if (into.length === 0) return;
    const { chunkSize } = this;
    const end = offset + into.length;
    const chunks = this.chunks(offset, end);
    // What is likely to be read next is asked for at the same time.
    const ahead = this.readAhead.after(offset, end);
    if (ahead && ahead.start < this.size)
      for (const chunk of this.chunks(ahead.start, Math.min(ahead.end, this.size)))
        void chunk.catch(() => {});
    let at = Math.floor(offset / chunkSize) * chunkSize;
    for (const bytes of await Promise.all(chunks)) {
      const from = Math.max(offset - at, 0);
      into.set(bytes.subarray(from, Math.min(bytes.length, end - at)), at + from - offset);
      at += chunkSize;
    }
  }

  async write(): Promise<void> {
    throw new FetchError(`${this.name} cannot be written to`);
  }

  truncate(): Promise<void> {
    return this.write();
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    await Promise.allSettled(this.pending.values());
    await this.store?.close().catch(() => {});
  }

  private begin({ bytes, isWhole }: RangeAnswer): void {
    this.downloaded = bytes.length;
    const { chunkSize } = this;
    if (isWhole) this.maxCached = Infinity;
    for (let at = 0; at < bytes.length; at += chunkSize)
      this.keep(at / chunkSize, bytes.subarray(at, at + chunkSize));
  }

  /** The chunks of a range; those that are not there are asked for, adjacent ones together. */
  private chunks(start: number, end: number): Promise<Uint8Array>[] {
    const { chunkSize, cache, pending, store } = this;
    const first = Math.floor(start / chunkSize);
    const last = Math.floor((end - 1) / chunkSize);
    const chunks: Promise<Uint8Array>[] = [];
    let missing = -1;
    const ask = (after: number): void => {
      if (missing >= 0) this.ask(missing, after);
      missing = -1;
    };
    for (let index = first; index <= last; index++) {
      const bytes = cache.get(index);
      const isThere = bytes !== undefined || pending.has(index);
      if (bytes) {
        // The last of the map is the one that was used last.
        cache.delete(index);
        cache.set(index, bytes);
      } else if (!isThere && store?.has(index)) this.track(index, this.stored(index, store));
      const isMissing = !isThere && !pending.has(index);
      if (!isMissing || (missing >= 0 && (index - missing) * chunkSize >= MAX_REQUEST)) ask(index);
      if (isMissing && missing < 0) missing = index;
    }
    ask(last + 1);
    for (let index = first; index <= last; index++) {
      const bytes = cache.get(index);
      chunks.push(bytes ? Promise.resolve(bytes) : pending.get(index)!);
    }
    return chunks;
  }

  /** Has a chunk kept when it is there. */
  private track(index: number, bytes: Promise<Uint8Array>): void {
    const tracked = bytes.then(
      (chunk) => {
        this.pending.delete(index);
        this.keep(index, chunk);
        return chunk;
      },
      (error: unknown) => {
        this.pending.delete(index);
        throw error;
      },
    );
    this.pending.set(index, tracked);
  }

  private stored(index: number, store: ChunkStore): Promise<Uint8Array> {
    const start = index * this.chunkSize;
    return store.read(index).catch(() => this.fetch(start, Math.min(start + this.chunkSize, this.size)));
  }

  private ask(first: number, after: number): void {
    const { chunkSize, store } = this;
    const answer = this.fetch(first * chunkSize, Math.min(after * chunkSize, this.size));
    for (let index = first; index < after; index++) {
      const at = (index - first) * chunkSize;
      // A copy, so that no chunk holds on to the memory of all.
      const chunk = answer.then((bytes) => bytes.slice(at, at + chunkSize));
      this.track(index, chunk);
      // Nor is one that becomes full.
      if (store) void chunk.then((bytes) => store.write(index, bytes)).catch(() => {});
    }
  }

  private fetch(start: number, end: number): Promise<Uint8Array> {
    return this.inTurn(async () => {
      if (this.failure) throw this.failure;
      const answer = await this.requests.range(start, end);
      this.check(answer, start, end);
      this.downloaded += answer.bytes.length;
      return answer.bytes;
    });
  }

  private check({ bytes, size, validator }: RangeAnswer, start: number, end: number): void {
    const isSame =
      (size === undefined || size === this.size) &&
      (validator === undefined || this.validator === undefined || validator === this.validator);
    if (!isSame) {
      this.failure = this.requests.failure('it changed on the server while it was used');
      throw this.failure;
    }
    if (bytes.length !== end - start)
      throw this.requests.failure(`the server sent ${bytes.length} bytes, asked for ${end - start}`);
  }

  /** Does not make more requests at a time than there may be. */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < MAX_PARALLEL) this.running++;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Whoever waited longest has its place.
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }

  private keep(index: number, bytes: Uint8Array): void {
    this.cache.set(index, bytes);
    if (this.cache.size > this.maxCached) this.cache.delete(this.cache.keys().next().value!);
  }
}

/**
 * The URL of a file that an image behind a URL names: in the image's folder there, or beneath it.
 * @throws FetchError when it lies elsewhere, or is to be written to.
 */
export function referencedUrl(reference: string, from: HttpImageFile, readOnly: boolean): string {
  // A URL would leave out blanks and line ends, and with them what tells other dots from a way up, and would end at "#".
  const name = reference.replace(/[#\0-\x20]/g, encodeURIComponent);
  // A path that goes down: neither another scheme or server nor a way up, however it is written.
  const isBeneath = !/^[a-z][a-z\d+.-]*:|^[/\\]|(^|[/\\]|%2f|%5c)(\.|%2e){2}([/\\]|%2f|%5c|$)/i.test(name);
  if (readOnly && isBeneath) return withoutQuery(from.url).replace(/[^/]*$/, '') + name;
  throw new FetchError(
    `${from.name} names the file ${reference}, which ${readOnly ? 'lies outside its folder' : 'cannot be written to'}`,
  );
}

/** A URL without what may be secret in it. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}
