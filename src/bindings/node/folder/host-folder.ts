/** A folder of the host, shared with a guest. */
import { constants, type BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import type {
  DirectoryEntry,
  FileChanges,
  FileKind,
  FilePath,
  FileStatus,
  FileSystemBackend,
  FileSystemSpace,
  OpenFile,
  OpenOptions,
} from '../../../filesystem/backend.ts';
import { FileSystemError } from '../../../filesystem/error.ts';
import { decodeName, isFileName } from '../../../filesystem/name.ts';
import { FileError, fileError } from '../file-error.ts';
import * as calls from './calls.ts';
import {
  DescriptorDirectories,
  hasDescriptorPaths,
  NamedDirectories,
  type Directories,
} from './directories.ts';

/** How a folder is shared. */
export interface HostFolderOptions {
  /** Whether guests may only read. Default false. */
  readonly readOnly?: boolean;
}

/** 0 where a platform has none: then what is opened was looked at before. */
const O_NOFOLLOW = constants.O_NOFOLLOW ?? 0;
const ACCESS: Readonly<Record<OpenOptions['access'], number>> = {
  read: constants.O_RDONLY,
  write: constants.O_WRONLY,
  'read-write': constants.O_RDWR,
};
/** A FIFO that has taken the place of a file must not hold a thread up. */
const FLAGS = O_NOFOLLOW | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);
const NEW = constants.O_CREAT | constants.O_EXCL;
/** What a guest may set of a mode: setuid and setgid would make its programs the host's. */
const MODE = 0o1777;
const S_IFMT = 0o170000n;
const KINDS: Readonly<Record<string, FileKind>> = {
  [0o010000]: 'fifo',
  [0o020000]: 'character-device',
  [0o040000]: 'directory',
  [0o060000]: 'block-device',
  [0o100000]: 'file',
  [0o120000]: 'symlink',
  [0o140000]: 'socket',
};
/** What blocks are counted in (st_blocks). */
const BLOCK = 512;
/** Names whose inode numbers are asked for at a time. */
const BATCH = 64;
const NANOSECONDS = 1_000_000_000;

/**
 * A folder of the host as the content of a shared one. Guests get at nothing else: symbolic links
 * are theirs to resolve, and no device, FIFO or socket is opened. What guests make belongs to this
 * process; see docs/shared-folders.md.
 */
export class HostFolder implements FileSystemBackend {
  /** Other file systems that are mounted within, in the order in which they were met. */
  private readonly devices: bigint[] = [];

  private constructor(
    private readonly directories: Directories,
    readonly readOnly: boolean,
    device: bigint,
  ) {
    this.devices.push(device);
  }

  /** @throws FileError when there is no such folder. */
  static async open(folder: string, { readOnly = false }: HostFolderOptions = {}): Promise<HostFolder> {
    try {
      const { dev } = await stat(folder, { bigint: true }).then((status) => {
        if (!status.isDirectory()) throw new FileError(`cannot share ${folder}: expected a folder`);
        return status;
      });
      const kind = hasDescriptorPaths() ? DescriptorDirectories : NamedDirectories;
      return new HostFolder(await kind.open(folder), readOnly, dev);
    } catch (error) {
      throw error instanceof FileError ? error : fileError('share', folder, error);
    }
  }

  /** Lets go of the folder; machines that share it must have ended. */
  close(): Promise<void> {
    return this.directories.close();
  }

  /** See `FileSystemBackend`, as for everything below. */
  async status(path: FilePath): Promise<FileStatus> {
    return this.statusOf(await this.at(path, calls.lstat));
  }

  /** See `FileSystemBackend`. */
  async list(path: FilePath): Promise<DirectoryEntry[]> {
    return this.directories.itself(checked(path), async (directory) => {
      const found = await calls.readdir(directory);
      const entries: DirectoryEntry[] = [];
      for (let start = 0; start < found.length; start += BATCH) {
        const batch = found.slice(start, start + BATCH).map(async (bytes) => {
          // A name that is not UTF-8 cannot be told to a guest.
          const name = decodeName(bytes);
          if (name === undefined) return undefined;
          const status = await calls.lstat(`${directory}/${name}`).catch(() => undefined);
          return status && { name, kind: kindOf(status), id: this.idOf(status) };
        });
        for (const entry of await Promise.all(batch)) if (entry) entries.push(entry);
      }
      return entries;
    });
  }

  /** See `FileSystemBackend`. */
  async open(path: FilePath, options: OpenOptions): Promise<OpenFile> {
    try {
      return await this.openOnce(path, options);
    } catch (error) {
      // Somebody else has just made it, which is nothing wrong.
      const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
      if (!isThere || !options.create || options.create.exclusive) throw error;
      return this.openOnce(path, options);
    }
  }

  private openOnce(path: FilePath, { access, truncate, create }: OpenOptions): Promise<OpenFile> {
    return this.at(path, async (place) => {
      // A descriptor that only reads truncates nothing.
      const flags = ACCESS[truncate && access === 'read' ? 'read-write' : access] | FLAGS;
      // Looked at before, because opening a device may do something.
      const before = await calls.lstat(place).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' && create) return undefined;
        throw error;
      });
      if (before) {
        if (create?.exclusive) throw new FileSystemError('EEXIST');
        checkRegular(before);
      }
      const isNew = before === undefined;
      const mode = create ? create.mode & MODE : 0;
      const descriptor = await calls.open(place, isNew ? flags | NEW : flags, mode);
      try {
        checkRegular(await calls.fstat(descriptor));
        if (isNew && (mode & process.umask()) !== 0) await calls.fchmod(descriptor, mode);
        // Behind the look at what it is.
        if (truncate && !isNew) await calls.ftruncate(descriptor, 0);
        return new HostFile(descriptor, (status) => this.statusOf(status));
      } catch (error) {
        await calls.close(descriptor);
        throw error;
      }
    });
  }

  /** See `FileSystemBackend`. */
  async change(path: FilePath, changes: FileChanges): Promise<void> {
    await this.at(path, async (place) => {
      const status = await calls.lstat(place);
      const { mode, size, userId, groupId } = changes;
      if (kindOf(status) === 'symlink' && (mode !== undefined || size !== undefined))
        throw new FileSystemError('EOPNOTSUPP');
      if (size !== undefined) checkRegular(status);
      if (userId !== undefined || groupId !== undefined)
        await calls.lchown(place, userId ?? Number(status.uid), groupId ?? Number(status.gid));
      if (size !== undefined) {
        const descriptor = await calls.open(place, constants.O_WRONLY | FLAGS);
        try {
          checkRegular(await calls.fstat(descriptor));
          await calls.ftruncate(descriptor, size);
        } finally {
          await calls.close(descriptor);
        }
      }
      if (mode !== undefined) await this.directories.changeMode(place, mode & MODE);
      const times = timesOf(changes, status);
      if (times) await calls.lutimes(place, ...times);
    });
  }

  /** See `FileSystemBackend`. */
  async makeDirectory(path: FilePath, mode: number): Promise<void> {
    await this.at(path, async (place) => {
      const wanted = mode & MODE;
      await calls.mkdir(place, wanted);
      if ((wanted & process.umask()) !== 0) await this.directories.changeMode(place, wanted);
    });
  }

  /** See `FileSystemBackend`. */
  async remove(path: FilePath, isDirectory: boolean): Promise<void> {
    await this.at(path, isDirectory ? calls.rmdir : calls.unlink);
  }

  /** See `FileSystemBackend`. */
  async rename(from: FilePath, to: FilePath): Promise<void> {
    await this.at(from, (old) => this.at(to, (place) => calls.rename(old, place)));
  }

  /** See `FileSystemBackend`. */
  async readSymlink(path: FilePath): Promise<string> {
    const target = decodeName(await this.at(path, calls.readlink));
    if (target === undefined) throw new FileSystemError('EILSEQ');
    return target;
  }

  /** See `FileSystemBackend`. */
  async makeSymlink(path: FilePath, target: string): Promise<void> {
    await this.at(path, (place) => calls.symlink(target, place));
  }

  /** See `FileSystemBackend`. */
  async link(existing: FilePath, path: FilePath): Promise<void> {
    await this.at(existing, (old) => this.at(path, (place) => calls.link(old, place)));
  }

  /** See `FileSystemBackend`. */
  async space(): Promise<FileSystemSpace> {
    const { bsize, blocks, bfree, bavail, files, ffree } = await this.directories.itself([], calls.statfs);
    const bytes = (count: bigint): number => Number(count * bsize);
    return {
      ...{ size: bytes(blocks), free: bytes(bfree), available: bytes(bavail) },
      ...{ files: Number(files), freeFiles: Number(ffree) },
    };
  }

  /** Has something done with a file's place; that of the folder itself for the empty path. */
  private at<T>(path: FilePath, work: (place: string) => Promise<T>): Promise<T> {
    const name = checked(path).at(-1);
    return name === undefined
      ? this.directories.itself([], work)
      : this.directories.within(path.slice(0, -1), name, work);
  }

  private statusOf(status: BigIntStats): FileStatus {
    const kind = kindOf(status);
    return {
      kind,
      id: this.idOf(status),
      mode: Number(status.mode & 0o7777n),
      userId: Number(status.uid),
      groupId: Number(status.gid),
      links: Number(status.nlink),
      size: Number(status.size),
      allocated: Number(status.blocks ?? 0n) * BLOCK,
      ...(kind.endsWith('device') && { device: deviceOf(status.rdev) }),
      accessed: status.atimeNs,
      modified: status.mtimeNs,
      changed: status.ctimeNs,
    };
  }

  /** Inode numbers are unique in one file system; those of others are told apart by their upper bits. */
  private idOf({ dev, ino }: BigIntStats): bigint {
    let index = this.devices.indexOf(dev);
    if (index < 0) index = this.devices.push(dev) - 1;
    return ino ^ (BigInt(index) << 48n);
  }
}

class HostFile implements OpenFile {
  constructor(
    private readonly descriptor: number,
    private readonly statusOf: (status: BigIntStats) => FileStatus,
  ) {}

  read(offset: number, into: Uint8Array): Promise<number> {
    return calls.readAll(this.descriptor, into, offset);
  }

  write(offset: number, from: Uint8Array): Promise<void> {
    return calls.writeAll(this.descriptor, from, offset);
  }

  async status(): Promise<FileStatus> {
    return this.statusOf(await calls.fstat(this.descriptor));
  }

  async change(changes: FileChanges): Promise<void> {
    const { descriptor } = this;
    const { mode, size, userId, groupId } = changes;
    const status = await calls.fstat(descriptor);
    if (userId !== undefined || groupId !== undefined)
      await calls.fchown(descriptor, userId ?? Number(status.uid), groupId ?? Number(status.gid));
    if (size !== undefined) await calls.ftruncate(descriptor, size);
    if (mode !== undefined) await calls.fchmod(descriptor, mode & MODE);
    const times = timesOf(changes, status);
    if (times) await calls.futimes(descriptor, ...times);
  }

  sync(dataOnly: boolean): Promise<void> {
    return dataOnly ? calls.fdatasync(this.descriptor) : calls.fsync(this.descriptor);
  }

  close(): Promise<void> {
    return calls.close(this.descriptor);
  }
}

/** @throws FileSystemError where a component is no name: the path has not been checked. */
function checked(path: FilePath): FilePath {
  if (!path.every(isFileName)) throw new FileSystemError('EINVAL');
  return path;
}

function kindOf({ mode }: BigIntStats): FileKind {
  return KINDS[Number(mode & S_IFMT)] ?? 'file';
}

function checkRegular(status: BigIntStats): void {
  const kind = kindOf(status);
  if (kind === 'directory') throw new FileSystemError('EISDIR');
  if (kind === 'symlink') throw new FileSystemError('ELOOP');
  if (kind !== 'file') throw new FileSystemError('EACCES');
}

/** As makedev(3) has it. */
function deviceOf(number: bigint): { readonly major: number; readonly minor: number } {
  return {
    major: Number(((number >> 8n) & 0xfffn) | ((number >> 32n) & 0xffff_f000n)),
    minor: Number((number & 0xffn) | ((number >> 12n) & 0xffff_ff00n)),
  };
}

/**
 * Both times, in seconds, if one of them is to be changed: Node sets both. As text, because Node takes
 * a number below zero, a time before 1970, for the present.
 */
function timesOf({ accessed, modified }: FileChanges, status: BigIntStats): [string, string] | undefined {
  if (accessed === undefined && modified === undefined) return undefined;
  const now = Date.now() / 1000;
  const seconds = (time: bigint | 'now' | undefined, old: bigint): string =>
    String(time === 'now' ? now : Number(time ?? old) / NANOSECONDS);
  return [seconds(accessed, status.atimeNs), seconds(modified, status.mtimeNs)];
}
