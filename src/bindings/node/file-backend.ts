/**
 * Image files as disks. Left out on purpose: discard, because Node cannot punch holes; block special files,
 * because Node cannot ask for their size.
 */
import { readvSync, writevSync } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import type { BlockBackend } from '../../block/backend.ts';
import { FileError, fileError } from './file-error.ts';
import { checkUnlocked, lockFile } from './file-lock.ts';
import { Promptness } from './promptness.ts';

const SECTOR = 512;
/** Zeros to write and to compare with. */
const ZEROS = new Uint8Array(1 << 20);

/**
 * A raw image file as a disk. A file that does not end with a whole sector of 512 bytes reads
 * as if zeros followed, and becomes longer when the guest writes there. A file that is written
 * to is locked against other machines.
 */
export class FileBlockBackend implements BlockBackend {
  readonly size: number;
  private readonly reads = new Promptness();
  private readonly writes = new Promptness();

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

  /** What the system has in memory comes within microseconds; other threads take several times as long to ask. */
  readNow(offset: number, into: readonly Uint8Array[]): boolean {
    return this.reads.attempt(() => {
      const total = lengthOf(into);
      for (let done = 0; done < total;) {
        const rest = from(into, done);
        const count = readvSync(this.handle.fd, rest, offset + done);
        done += count;
        if (count > 0) continue;
        for (const part of rest) part.fill(0);
        break;
      }
      return total;
    });
  }

  writeNow(offset: number, parts: readonly Uint8Array[]): boolean {
    return this.writes.attempt(() => {
      const total = lengthOf(parts);
      for (let done = 0; done < total;) done += writevSync(this.handle.fd, from(parts, done), offset + done);
      return total;
    });
  }

  async flush(): Promise<void> {
    await this.handle.datasync();
  }

  /** Writes only where there is something else, so that holes stay holes; it makes none. */
  async writeZeroes(offset: number, length: number): Promise<void> {
    const piece = new Uint8Array(Math.min(length, ZEROS.length));
    for (let done = 0; done < length; done += piece.length) {
      const found = piece.subarray(0, length - done);
      const zeros = ZEROS.subarray(0, found.length);
      await this.read(offset + done, found);
      if (Buffer.compare(found, zeros) !== 0) await this.write(offset + done, zeros);
    }
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

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((length, part) => length + part.length, 0);
}

/** `parts` without their first `skip` bytes. */
function from(parts: readonly Uint8Array[], skip: number): readonly Uint8Array[] {
  if (skip === 0) return parts;
  let left = skip;
  return parts.flatMap((part) => {
    const gone = Math.min(left, part.length);
    left -= gone;
    return gone < part.length ? [part.subarray(gone)] : [];
  });
}
