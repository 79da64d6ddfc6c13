/** Files of a host as those that disk images consist of. */
import { readvSync, writevSync, type BigIntStats } from 'node:fs';
import { constants, open, realpath, type FileHandle } from 'node:fs/promises';
import type { ImageFile } from '../../disks/image-file.ts';
import { sizeOf } from '../../pieces.ts';
import { FileError, fileError } from './file-error.ts';
import { findData, type DataRange } from './file-holes.ts';
import { checkUnlocked, lockFile } from './file-lock.ts';
import { Promptness } from './promptness.ts';
import { checkUnlockedByQemu } from './qemu-locks.ts';

/** So many bytes of holes are worth the question where they are. */
const WORTH_ASKING = 16 * 1024 * 1024;

/** What a file is known by, whatever names it has. */
export const fileIdentity = ({ dev, ino }: BigIntStats): string => `${dev}:${ino}`;

/** A file on the host's file system; one that is written to is locked against other machines. */
export class NodeImageFile implements ImageFile {
  /** Whether `flush` does nothing: for a file that is worth nothing before it is complete. */
  isFlushIdle = false;
  private readonly reads = new Promptness();
  private readonly writes = new Promptness();
  private closing: Promise<void> | undefined;
  private data: Promise<readonly DataRange[]> | undefined;

  private constructor(
    readonly name: string,
    /** Where it lies, without symbolic links. */
    readonly path: string,
    readonly identity: string,
    private readonly handle: FileHandle,
    private length: number,
    readonly readOnly: boolean,
    private readonly unlock: () => void,
  ) {}

  /**
   * @param name what messages call the file. Default `path`.
   * @throws FileError when the file cannot be used, or another machine uses it.
   */
  static async open(path: string, readOnly: boolean, name = path): Promise<NodeImageFile> {
    // A FIFO is refused and not waited for.
    const flags = (readOnly ? constants.O_RDONLY : constants.O_RDWR) | (constants.O_NONBLOCK ?? 0);
    const handle = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
      const isProtected = ['EACCES', 'EPERM', 'EROFS'].includes(error.code ?? '');
      throw fileError(readOnly ? 'read' : isProtected ? 'write to' : 'open', name, error);
    });
    return NodeImageFile.of(handle, path, readOnly, name);
  }

  /** Makes a new file. @throws FileError when there is one already, or it cannot be made. */
  static async create(path: string, name = path): Promise<NodeImageFile> {
    const handle = await open(path, 'wx+').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw new FileError(`cannot create ${name}: it exists already`);
      throw fileError('create', name, error);
    });
    return NodeImageFile.of(handle, path, false, name);
  }

  private static async of(
    handle: FileHandle,
    path: string,
    readOnly: boolean,
    name: string,
  ): Promise<NodeImageFile> {
    try {
      const status = await handle.stat({ bigint: true });
      if (status.isDirectory()) throw new FileError(`cannot use ${name} as a disk image: it is a directory`);
      if (!status.isFile())
        throw new FileError(`cannot use ${name} as a disk image: expected a regular file`);
      checkUnlockedByQemu(name, status, readOnly);
      const real = await realpath(path);
      if (readOnly) checkUnlocked(real);
      const unlock = readOnly ? () => {} : lockFile(real);
      const size = Number(status.size);
      return new NodeImageFile(name, real, fileIdentity(status), handle, size, readOnly, unlock);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get size(): number {
    return this.length;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    for (let done = 0; done < into.length;) {
      const { bytesRead } = await this.handle
        .read(into, done, into.length - done, offset + done)
        .catch((error) => this.fail('read', error));
      if (bytesRead === 0) throw this.tooShort();
      done += bytesRead;
    }
  }

  async write(offset: number, from: Uint8Array): Promise<void> {
    // Another write may follow it before it is done: behind it, not over it.
    this.length = Math.max(this.length, offset + from.length);
    for (let done = 0; done < from.length;) {
      const { bytesWritten } = await this.handle
        .write(from, done, from.length - done, offset + done)
        .catch((error) => this.fail('write', error));
      done += bytesWritten;
    }
  }

  /** What the system has in memory comes within microseconds; other threads take several times as long to ask. */
  readNow(offset: number, into: readonly Uint8Array[]): boolean {
    return this.reads.attempt(() => {
      const total = sizeOf(into);
      for (let done = 0; done < total;) {
        const count = readvSync(this.handle.fd, from(into, done), offset + done);
        if (count === 0) throw this.tooShort();
        done += count;
      }
      return total;
    });
  }

  writeNow(offset: number, parts: readonly Uint8Array[]): boolean {
    return this.writes.attempt(() => {
      const total = sizeOf(parts);
      for (let done = 0; done < total;) done += writevSync(this.handle.fd, from(parts, done), offset + done);
      this.length = Math.max(this.length, offset + total);
      return total;
    });
  }

  /** Of files that are only read: of others, what has content changes. */
  async extentAt(offset: number): Promise<{ isHole: boolean; length: number }> {
    const { length } = this;
    if (!this.readOnly) return { isHole: false, length: length - offset };
    const data = await (this.data ??= this.findData());
    // The first stretch that ends behind it.
    let [low, high] = [0, data.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (data[middle].end <= offset) low = middle + 1;
      else high = middle;
    }
    const { start, end } = data[low] ?? { start: length, end: length };
    const isHole = offset < start;
    return { isHole, length: (isHole ? start : end) - offset };
  }

  private async findData(): Promise<readonly DataRange[]> {
    const { blocks } = await this.handle.stat();
    const isDense = this.length - blocks * 512 < WORTH_ASKING;
    return (!isDense && (await findData(this.path, this.length))) || [{ start: 0, end: this.length }];
  }

  async truncate(size: number): Promise<void> {
    await this.handle.truncate(size).catch((error) => this.fail('resize', error));
    this.length = size;
  }

  async flush(): Promise<void> {
    if (!this.isFlushIdle) await this.handle.datasync().catch((error) => this.fail('write', error));
  }

  close(): Promise<void> {
    return (this.closing ??= this.handle.close().finally(this.unlock));
  }

  private tooShort(): FileError {
    return new FileError(`${this.name} became shorter while it was used`);
  }

  private fail(action: string, error: unknown): never {
    throw fileError(action, this.name, error);
  }
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
