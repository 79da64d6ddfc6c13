/**
 * Image files as disks. Left out on purpose: discard, because Node cannot punch holes; block special files,
 * because Node cannot ask for their size.
 */
import { open, realpath, type FileHandle } from 'node:fs/promises';
import type { BlockBackend } from '../../block/backend.ts';
import { FileError, fileError } from './file-error.ts';
import { checkUnlocked, lockFile } from './file-lock.ts';

const SECTOR = 512;

/**
 * A raw image file as a disk. A file that does not end with a whole sector of 512 bytes reads
 * as if zeros followed, and becomes longer when the guest writes there. A file that is written
 * to is locked against other machines.
 */
export class FileBlockBackend implements BlockBackend {
  readonly size: number;

  private constructor(
    private readonly handle: FileHandle,
    readonly contentSize: number,
    readonly readOnly: boolean,
    private readonly unlock: () => void,
  ) {
    this.size = Math.ceil(contentSize / SECTOR) * SECTOR;
  }

  /**
   * @param name what messages call the file. Default `path`.
   * @throws FileError when the file cannot be used, or another machine uses it.
   */
  static async open(path: string, readOnly: boolean, name = path): Promise<FileBlockBackend> {
    let handle: FileHandle;
    try {
      handle = await open(path, readOnly ? 'r' : 'r+');
    } catch (error) {
      throw fileError(readOnly ? 'read drive' : 'open drive', name, error);
    }
    try {
      const status = await handle.stat();
      if (status.isDirectory()) throw new FileError(`cannot use ${name} as a drive: it is a directory`);
      if (!status.isFile()) throw new FileError(`cannot use ${name} as a drive: expected a regular file`);
      if (status.size === 0) throw new FileError(`cannot use ${name} as a drive: it is empty`);
      const real = await realpath(path);
      if (readOnly) checkUnlocked(real);
      const unlock = readOnly ? () => {} : lockFile(real);
      return new FileBlockBackend(handle, status.size, readOnly, unlock);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    let done = 0;
    while (done < into.length) {
      const { bytesRead } = await this.handle.read(into, done, into.length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    into.fill(0, done);
  }

  async write(offset: number, from: Uint8Array): Promise<void> {
    for (let done = 0; done < from.length;) {
      const { bytesWritten } = await this.handle.write(from, done, from.length - done, offset + done);
      done += bytesWritten;
    }
  }

  async flush(): Promise<void> {
    await this.handle.datasync();
  }

  /** Waits for what is under way, closes the file and gives up the lock. */
  async close(): Promise<void> {
    try {
      await this.handle.close();
    } finally {
      this.unlock();
    }
  }
}
