/** Files in IndexedDB, for browsers and threads without the origin private file system. */
import { FetchError, messageOf } from '../../errors.ts';
import type { ImageFile } from '../../disks/image-file.ts';
import { Serial } from '../../disks/serial.ts';

/** What `file` of a drive starts with when it is in IndexedDB. */
export const INDEXED_DB_SCHEME = 'indexeddb:';

/** What the database is called; it has a store of pages, by name and number, and one of sizes, by name. */
const DATABASE = 'hartware';
const PAGES = 'pages';
const SIZES = 'sizes';
const PAGE = 64 * 1024;
/** Pages in memory that are not stored yet: more are stored without a flush. */
const MAX_DIRTY = 256;

/**
 * Pages that were written are kept in memory until they are flushed, then stored together with the size in one
 * transaction: the file is always as it was at some flush. One page or worker at a time has it.
 */
export class IndexedDbImageFile implements ImageFile {
  readonly readOnly = false;
  private readonly dirty = new Map<number, Uint8Array | null>();
  private readonly storing = new Serial();
  private readonly writing = new Serial();

  private constructor(
    readonly name: string,
    private readonly database: IDBDatabase,
    private length: number,
    private readonly unlock: () => void,
  ) {}

  /** Opens a file of that name; there is an empty one when there was none. @throws FetchError */
  static async open(name: string): Promise<IndexedDbImageFile> {
    const unlock = await lock(name);
    try {
      const database = await openDatabase();
      const size = await done<number | undefined>(
        database.transaction(SIZES).objectStore(SIZES).get(name) as IDBRequest<number | undefined>,
      );
      return new IndexedDbImageFile(name, database, size ?? 0, unlock);
    } catch (error) {
      unlock();
      throw failure(name, error);
    }
  }

  /** Deletes a file; does nothing when there is none of that name. @throws FetchError when it is in use. */
  static async delete(name: string): Promise<void> {
    const unlock = await lock(name);
    try {
      const database = await openDatabase();
      const transaction = database.transaction([PAGES, SIZES], 'readwrite');
      transaction.objectStore(PAGES).delete(allPages(name));
      transaction.objectStore(SIZES).delete(name);
      await completed(transaction);
      database.close();
    } catch (error) {
      throw failure(name, error);
    } finally {
      unlock();
    }
  }

  get size(): number {
    return this.length;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    const first = Math.floor(offset / PAGE);
    const last = Math.floor((offset + into.length - 1) / PAGE);
    // What is written after this does not count.
    const pages = new Map([...this.dirty].filter(([index]) => index >= first && index <= last));
    if (pages.size <= last - first) {
      const range = IDBKeyRange.bound([this.name, first], [this.name, last]);
      const store = this.database.transaction(PAGES).objectStore(PAGES);
      const [keys, values] = await Promise.all([
        done(store.getAllKeys(range)),
        done<Uint8Array[]>(store.getAll(range) as IDBRequest<Uint8Array[]>),
      ]).catch((error) => {
        throw failure(this.name, error);
      });
      keys.forEach((key, index) => {
        const [, page] = key as [string, number];
        if (!pages.has(page)) pages.set(page, values[index]);
      });
    }
    for (let done = 0; done < into.length;) {
      const start = (offset + done) % PAGE;
      const length = Math.min(PAGE - start, into.length - done);
      const page = pages.get(Math.floor((offset + done) / PAGE));
      if (page) into.set(page.subarray(start, start + length), done);
      else into.fill(0, done, done + length);
      done += length;
    }
  }

  write(offset: number, from: Uint8Array): Promise<void> {
    // One after the other: two may write to the same page.
    return this.writing.run(() => this.store(offset, from));
  }

  private async store(offset: number, from: Uint8Array): Promise<void> {
    const end = offset + from.length;
    const first = Math.floor(offset / PAGE);
    const last = Math.floor((end - 1) / PAGE);
    // Pages of which only a part is written, with the rest of them.
    const partial = [...new Set([first, last])].filter(
      (page) => page * PAGE < offset || (page + 1) * PAGE > end,
    );
    const former = new Map<number, Uint8Array>();
    for (const page of partial) {
      if (this.dirty.has(page)) continue;
      const bytes = new Uint8Array(PAGE);
      await this.read(page * PAGE, bytes);
      former.set(page, bytes);
    }
    for (let page = first; page <= last; page++) {
      const bytes = this.dirty.get(page)?.slice() ?? former.get(page) ?? new Uint8Array(PAGE);
      const from0 = Math.max(offset - page * PAGE, 0);
      const start = page * PAGE + from0 - offset;
      bytes.set(from.subarray(start, start + PAGE - from0), from0);
      this.dirty.set(page, bytes);
    }
    this.length = Math.max(this.length, end);
    if (this.dirty.size > MAX_DIRTY) await this.flush();
  }

  async truncate(size: number): Promise<void> {
    if (size < this.length) {
      const within = size % PAGE;
      const first = Math.floor(size / PAGE);
      if (within > 0) {
        const rest = new Uint8Array(PAGE - within);
        await this.write(size, rest);
      }
      const last = Math.ceil(this.length / PAGE);
      for (let page = first + (within > 0 ? 1 : 0); page < last; page++) this.dirty.set(page, null);
    }
    this.length = size;
  }

  flush(): Promise<void> {
    const pages = new Map(this.dirty);
    const size = this.length;
    const stored = this.storing.run(async () => {
      const transaction = this.database.transaction([PAGES, SIZES], 'readwrite', { durability: 'strict' });
      const store = transaction.objectStore(PAGES);
      for (const [page, bytes] of pages) {
        if (bytes) store.put(bytes, [this.name, page]);
        else store.delete([this.name, page]);
      }
      transaction.objectStore(SIZES).put(size, this.name);
      await completed(transaction);
      // A page that was written again meanwhile is dirty still.
      for (const [page, bytes] of pages) if (this.dirty.get(page) === bytes) this.dirty.delete(page);
    });
    return stored.catch((error) => {
      throw failure(this.name, error);
    });
  }

  async close(): Promise<void> {
    try {
      await this.writing.run(async () => {});
      await this.flush();
    } finally {
      this.database.close();
      this.unlock();
    }
  }
}

function allPages(name: string): IDBKeyRange {
  return IDBKeyRange.bound([name], [name, Infinity]);
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(PAGES);
    request.result.createObjectStore(SIZES);
  };
  return done(request);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error!);
  });
}

function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () =>
      reject(transaction.error ?? new Error('it was aborted'));
  });
}

/** Has the name for this page or worker alone, where browsers have locks. */
async function lock(name: string): Promise<() => void> {
  if (!navigator.locks) return () => {};
  return new Promise((resolve, reject) => {
    void navigator.locks.request(`hartware indexeddb:${name}`, { ifAvailable: true }, (granted) => {
      if (!granted) {
        reject(new FetchError(`indexeddb:${name} is in use by another page or machine`));
        return undefined;
      }
      return new Promise<void>((unlock) => resolve(unlock));
    });
  });
}

function failure(name: string, error: unknown): FetchError {
  if (error instanceof FetchError) return error;
  return new FetchError(`cannot use indexeddb:${name}: ${messageOf(error)}`, { cause: error });
}
