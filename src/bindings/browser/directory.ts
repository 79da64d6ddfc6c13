/**
 * Directories of browsers as the content of shared folders: those of the origin private file system,
 * and those that a user has chosen (File System Access). They have neither links nor owners,
 * permissions or times of directories: these are the same for all, and changing them changes
 * nothing.
 */
import type {
  DirectoryEntry,
  FileChanges,
  FilePath,
  FileStatus,
  FileSystemBackend,
  OpenFile,
  OpenOptions,
} from '../../filesystem/backend.ts';
import { FileSystemError, type ErrnoName } from '../../filesystem/error.ts';

/** How a directory is shared. */
export interface DirectoryOptions {
  /** Whether guests may only read. Default false. */
  readonly readOnly?: boolean;
}

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
const DIRECTORY_MODE = 0o755;
const FILE_MODE = 0o644;

const REASONS: Readonly<Record<string, ErrnoName>> = {
  NotFoundError: 'ENOENT',
  TypeMismatchError: 'ENOTDIR',
  NotAllowedError: 'EACCES',
  SecurityError: 'EACCES',
  NoModificationAllowedError: 'EBUSY',
  InvalidModificationError: 'ENOTEMPTY',
  InvalidStateError: 'ESTALE',
  QuotaExceededError: 'ENOSPC',
  // Names that the browser or the host does not take.
  TypeError: 'EINVAL',
};

/** What is not in the types of the DOM. */
interface Movable {
  move?(directory: FileSystemDirectoryHandle, name: string): Promise<void>;
}

/** A file that somebody has open: what was written and is not in the file yet is in a stream. */
interface Shared {
  handle: FileSystemFileHandle;
  users: number;
  stream: FileSystemWritableFileStream | undefined;
  /** Of the file, with what is in the stream. */
  size: number;
  /** One after the other. */
  work: Promise<unknown>;
}

/** A directory of the origin private file system, or one that a user has chosen, to be shared with a guest. */
export class DirectoryFileSystem implements FileSystemBackend {
  readonly readOnly: boolean;
  private readonly shared = new Map<string, Shared>();

  /** @param root such as `await navigator.storage.getDirectory()`. */
  constructor(
    private readonly root: FileSystemDirectoryHandle,
    { readOnly = false }: DirectoryOptions = {},
  ) {
    this.readOnly = readOnly;
  }

  /** See `FileSystemBackend`, as for everything below. */
  status(path: FilePath): Promise<FileStatus> {
    return translated(async () => {
      const shared = this.shared.get(keyOf(path));
      if (shared) return this.fileStatus(path, shared);
      const handle = await this.find(path);
      return handle.kind === 'directory'
        ? statusOf(path, 'directory', 0, 0)
        : this.fileStatus(path, { handle, size: undefined });
    });
  }

  /** See `FileSystemBackend`. */
  list(path: FilePath): Promise<DirectoryEntry[]> {
    return translated(async () => {
      const entries: DirectoryEntry[] = [];
      for await (const [name, { kind }] of entriesOf(await this.directory(path)))
        entries.push({ name, kind, id: idOf([...path, name]) });
      return entries;
    });
  }

  /** See `FileSystemBackend`. */
  open(path: FilePath, { truncate, create }: OpenOptions): Promise<OpenFile> {
    return translated(async () => {
      const { directory, name } = await this.place(path);
      const there = await this.find(path).catch((error: Error) => {
        if (error.name !== 'NotFoundError' || !create) throw error;
        return undefined;
      });
      if (there && create?.exclusive) throw new FileSystemError('EEXIST');
      if (there?.kind === 'directory') throw new FileSystemError('EISDIR');
      const handle = there ?? (await directory.getFileHandle(name, { create: true }));
      const key = keyOf(path);
      let shared = this.shared.get(key);
      if (!shared) {
        const { size } = await handle.getFile();
        // Somebody else may have been quicker.
        shared = this.shared.get(key) ?? {
          handle,
          users: 0,
          stream: undefined,
          size,
          work: Promise.resolve(),
        };
        this.shared.set(key, shared);
      }
      shared.users++;
      const file = this.openFile(path, shared);
      if (truncate) await file.change({ size: 0 });
      return file;
    });
  }

  /** See `FileSystemBackend`. */
  change(path: FilePath, changes: FileChanges): Promise<void> {
    return translated(async () => {
      const handle = await this.find(path);
      checkOwner(changes);
      if (changes.size === undefined) return;
      if (handle.kind === 'directory') throw new FileSystemError('EISDIR');
      const file = await this.open(path, { access: 'write', truncate: false });
      await file.change(changes).finally(() => file.close());
    });
  }

  /** See `FileSystemBackend`. */
  makeDirectory(path: FilePath): Promise<void> {
    return translated(async () => {
      if (await this.has(path)) throw new FileSystemError('EEXIST');
      const { directory, name } = await this.place(path);
      await directory.getDirectoryHandle(name, { create: true });
    });
  }

  /** See `FileSystemBackend`. */
  remove(path: FilePath, isDirectory: boolean): Promise<void> {
    return translated(async () => {
      const handle = await this.find(path);
      if ((handle.kind === 'directory') !== isDirectory)
        throw new FileSystemError(isDirectory ? 'ENOTDIR' : 'EISDIR');
      // Where a file is open, browsers keep it for nobody.
      if (this.isOpen(path)) throw new FileSystemError('EBUSY');
      const { directory, name } = await this.place(path);
      await directory.removeEntry(name);
    });
  }

  /** See `FileSystemBackend`. What a browser cannot move is copied, which may end half done. */
  rename(from: FilePath, to: FilePath): Promise<void> {
    return translated(async () => {
      const handle = await this.find(from);
      const isSame = keyOf(from) === keyOf(to);
      if (isSame) return;
      if (from.every((name, index) => name === to[index])) throw new FileSystemError('EINVAL');
      if (this.isOpen(from) || this.isOpen(to)) throw new FileSystemError('EBUSY');
      if (await this.has(to)) {
        const there = await this.find(to);
        if (there.kind !== handle.kind)
          throw new FileSystemError(there.kind === 'directory' ? 'EISDIR' : 'ENOTDIR');
        await this.remove(to, there.kind === 'directory');
      }
      const { directory, name } = await this.place(to);
      const isMoved = await (handle as Movable).move?.(directory, name).then(
        () => true,
        () => false,
      );
      if (isMoved) return;
      await copy(handle, directory, name);
      const old = await this.place(from);
      await old.directory.removeEntry(old.name, { recursive: true });
    });
  }

  /** There are none. */
  async readSymlink(): Promise<string> {
    throw new FileSystemError('EINVAL');
  }

  private openFile(path: FilePath, shared: Shared): OpenFile {
    const key = keyOf(path);
    /** In turn, because a stream and a file are not looked at at the same time. */
    const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
      const done = shared.work.then(() => translated(work));
      shared.work = done.catch(() => {});
      return done;
    };
    const stream = async (): Promise<FileSystemWritableFileStream> =>
      (shared.stream ??= await shared.handle.createWritable({ keepExistingData: true }));
    let isOpen = true;
    return {
      read: (offset, into) =>
        inTurn(async () => {
          await settle(shared);
          const file = await shared.handle.getFile();
          const bytes = await file.slice(offset, offset + into.length).arrayBuffer();
          into.set(new Uint8Array(bytes));
          return bytes.byteLength;
        }),
      write: (offset, from) =>
        inTurn(async () => {
          const writable = await stream();
          // What lies between is filled with zeros.
          if (offset > shared.size) await writable.truncate(offset);
          await writable.write({ type: 'write', position: offset, data: from.slice() });
          shared.size = Math.max(shared.size, offset + from.length);
        }),
      status: () => inTurn(() => this.fileStatus(path, shared)),
      change: (changes) =>
        inTurn(async () => {
          checkOwner(changes);
          if (changes.size === undefined || changes.size === shared.size) return;
          await (await stream()).truncate(changes.size);
          shared.size = changes.size;
        }),
      sync: () => inTurn(() => settle(shared)),
      close: () =>
        inTurn(async () => {
          if (!isOpen) return;
          isOpen = false;
          try {
            await settle(shared);
          } finally {
            if (--shared.users === 0) this.shared.delete(key);
          }
        }),
    };
  }

  private async fileStatus(
    path: FilePath,
    { handle, size }: { readonly handle: FileSystemFileHandle; readonly size: number | undefined },
  ): Promise<FileStatus> {
    const file = await handle.getFile();
    return statusOf(path, 'file', size ?? file.size, file.lastModified);
  }

  /** Whether a file, or one below, is open. */
  private isOpen(path: FilePath): boolean {
    const key = keyOf(path);
    return [...this.shared.keys()].some((open) => open === key || open.startsWith(`${key}/`));
  }

  private async directory(path: FilePath): Promise<FileSystemDirectoryHandle> {
    let directory = this.root;
    for (const name of path) directory = await directory.getDirectoryHandle(name);
    return directory;
  }

  private async place(path: FilePath): Promise<{ directory: FileSystemDirectoryHandle; name: string }> {
    const name = path.at(-1);
    if (name === undefined) throw new FileSystemError('EBUSY');
    return { directory: await this.directory(path.slice(0, -1)), name };
  }

  private async has(path: FilePath): Promise<boolean> {
    return this.find(path).then(
      () => true,
      (error: Error) => {
        if (error.name === 'NotFoundError') return false;
        throw error;
      },
    );
  }

  private async find(path: FilePath): Promise<FileSystemDirectoryHandle | FileSystemFileHandle> {
    if (path.length === 0) return this.root;
    const { directory, name } = await this.place(path);
    try {
      return await directory.getFileHandle(name);
    } catch (error) {
      if ((error as Error).name !== 'TypeMismatchError') throw error;
      return directory.getDirectoryHandle(name);
    }
  }
}

/** Puts into the file what was written. */
async function settle(shared: Shared): Promise<void> {
  const { stream } = shared;
  shared.stream = undefined;
  await stream?.close();
}

async function copy(
  handle: FileSystemDirectoryHandle | FileSystemFileHandle,
  directory: FileSystemDirectoryHandle,
  name: string,
): Promise<void> {
  if (handle.kind === 'file') {
    const file = await handle.getFile();
    const target = await directory.getFileHandle(name, { create: true });
    await file.stream().pipeTo(await target.createWritable());
    return;
  }
  const target = await directory.getDirectoryHandle(name, { create: true });
  for await (const [child, entry] of entriesOf(handle)) await copy(entry, target, child);
}

/** Which the types of the DOM have elsewhere. */
function entriesOf(
  directory: FileSystemDirectoryHandle,
): AsyncIterable<[string, FileSystemDirectoryHandle | FileSystemFileHandle]> {
  return directory as unknown as ReturnType<typeof entriesOf>;
}

/** All belongs to root, and stays so. */
function checkOwner({ userId = 0, groupId = 0 }: FileChanges): void {
  if (userId !== 0 || groupId !== 0) throw new FileSystemError('EPERM');
}

function statusOf(
  path: FilePath,
  kind: 'file' | 'directory',
  size: number,
  milliseconds: number,
): FileStatus {
  const time = BigInt(milliseconds) * NANOSECONDS_PER_MILLISECOND;
  return {
    kind,
    id: idOf(path),
    mode: kind === 'directory' ? DIRECTORY_MODE : FILE_MODE,
    ...{ userId: 0, groupId: 0, links: kind === 'directory' ? 2 : 1, size },
    ...{ accessed: time, modified: time, changed: time },
  };
}

const keyOf = (path: FilePath): string => path.join('/');

/** Browsers have no inode numbers: FNV-1a of the path, so that equal paths have equal ones. */
function idOf(path: FilePath): bigint {
  let hash = 0xcbf2_9ce4_8422_2325n;
  for (const byte of new TextEncoder().encode(keyOf(path)))
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100_0000_01b3n);
  return hash;
}

/** What browsers say, as error numbers. */
async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = REASONS[(error as Error).name];
    throw reason === undefined ? error : new FileSystemError(reason);
  }
}
