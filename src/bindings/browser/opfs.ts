/**
 * Disks in the origin private file system of a browser: they stay when the page goes.
 * Access is synchronous, which browsers allow in workers only.
 */
import type { ImageFile } from '../../disks/image-file.ts';
import { ArgumentError, FetchError, messageOf } from '../../errors.ts';

/** What `file` of a drive starts with when it is in the origin private file system. */
export const OPFS_SCHEME = 'opfs:';

interface SyncAccessHandle {
  read(into: Uint8Array, options: { at: number }): number;
  write(from: Uint8Array, options: { at: number }): number;
  flush(): void;
  getSize(): number;
  truncate(size: number): void;
  close(): void;
}

/** How often, and after how many milliseconds, a disk is asked for again that a page which is just going still has. */
const ATTEMPTS = 20;
const PAUSE = 100;

/**
 * Makes a disk of `size` bytes, zeros, unless there is one of that name.
 * @param prepare called for a new one, with what to write to its start.
 * @returns whether it is new.
 */
export async function createOpfsDisk(
  name: string,
  size: number,
  prepare?: () => Uint8Array | Promise<Uint8Array>,
): Promise<boolean> {
  if (!Number.isSafeInteger(size) || size < 512 || size % 512 !== 0)
    throw new ArgumentError(`expected a size in whole sectors of 512 bytes, found ${size}`);
  const directory = await navigator.storage.getDirectory();
  const existing = await directory.getFileHandle(name).catch(() => undefined);
  if (existing && (await existing.getFile()).size > 0) return false;
  const handle = await directory.getFileHandle(name, { create: true });
  const file = await handle.createWritable();
  if (prepare) await file.write((await prepare()) as Uint8Array<ArrayBuffer>);
  await file.truncate(size);
  await file.close();
  return true;
}

/** Deletes a disk; does nothing when there is none of that name. */
export async function deleteOpfsDisk(name: string): Promise<void> {
  const directory = await navigator.storage.getDirectory();
  await directory.removeEntry(name).catch((error: Error) => {
    if (error.name !== 'NotFoundError') throw error;
  });
}

/** A file in the origin private file system, for this machine alone. */
export class OpfsImageFile implements ImageFile {
  private isClosed = false;

  private constructor(
    readonly name: string,
    private readonly handle: SyncAccessHandle,
    private length: number,
    readonly readOnly: boolean,
  ) {}

  /** @throws FetchError when there is no such file, another machine has it, or this thread may not open it. */
  static async open(name: string, readOnly: boolean): Promise<OpfsImageFile> {
    const what = `${OPFS_SCHEME}${name}`;
    const directory = await navigator.storage.getDirectory();
    const file = await directory.getFileHandle(name).catch(() => {
      throw new FetchError(`there is no disk ${what}: createOpfsDisk makes one`);
    });
    const open = (file as unknown as { createSyncAccessHandle?(): Promise<SyncAccessHandle> })
      .createSyncAccessHandle;
    if (!open) throw new FetchError(`cannot open ${what} on this thread: browsers allow it in workers only`);
    for (let attempt = 1; ; attempt++) {
      try {
        const handle = await open.call(file);
        return new OpfsImageFile(what, handle, handle.getSize(), readOnly);
      } catch (error) {
        if (attempt === ATTEMPTS) {
          const reason = messageOf(error);
          throw new FetchError(`cannot open ${what}: ${reason}`, { cause: error });
        }
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }
  }

  get size(): number {
    return this.length;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    if (this.handle.read(into, { at: offset }) !== into.length) throw new Error('the disk ended too soon');
  }

  async write(offset: number, from: Uint8Array): Promise<void> {
    if (this.handle.write(from, { at: offset }) !== from.length) throw new Error('there is no room left');
    this.length = Math.max(this.length, offset + from.length);
  }

  async truncate(size: number): Promise<void> {
    this.handle.truncate(size);
    this.length = size;
  }

  async flush(): Promise<void> {
    this.handle.flush();
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.handle.flush();
    this.handle.close();
  }
}
