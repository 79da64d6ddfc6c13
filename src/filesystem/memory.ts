/** A tree of files in memory, for embedders that give a guest files and take others from it. */
import { encodeUtf8 } from '../text.ts';
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
} from './backend.ts';
import { FileContent } from './content.ts';
import { FileSystemError } from './error.ts';
import { byteLength, isFileName, MAX_NAME } from './name.ts';

const MiB = 1024 * 1024;
const DEFAULT_CAPACITY = 256 * MiB;
/** What a file counts for beside its content: more than its object and its name take. */
const FILE_COST = 1024;
/** The most bytes of a file: offsets are doubles. */
const MAX_SIZE = Number.MAX_SAFE_INTEGER;
const NANOSECONDS_PER_MILLISECOND = 1_000_000;

/** What a file system in memory is made with. */
export interface MemoryFileSystemOptions {
  /** What time it is, in milliseconds since 1970-01-01 UTC: `Date`, or something that gives the same in each run. */
  readonly clock: {
    /** As `Date.now`. */
    now(): number;
  };
  /** Whether guests may only read. Default false. */
  readonly readOnly?: boolean;
  /** How much memory its files may take, in bytes. Default 256 MiB. */
  readonly capacity?: number;
}

interface MemoryFile {
  readonly kind: FileKind;
  readonly id: bigint;
  mode: number;
  userId: number;
  groupId: number;
  links: number;
  accessed: bigint;
  modified: bigint;
  changed: bigint;
  /** Of a file. */
  readonly content?: FileContent;
  /** Of a directory. */
  readonly entries?: Map<string, MemoryFile>;
  /** Of a symbolic link. */
  readonly target?: string;
  /** How often it is open. */
  opened: number;
}

/**
 * Files in memory: shared with a guest, they are the embedder's, too, at any time. Paths are those
 * of the guest, such as "results/log.txt"; symbolic links are not followed.
 */
export class MemoryFileSystem implements FileSystemBackend {
  readonly readOnly: boolean;

  private readonly clock: { now(): number };
  private readonly capacity: number;
  private readonly root: MemoryFile;
  private used = 0;
  private nextId = 1n;

  constructor({ clock, readOnly = false, capacity = DEFAULT_CAPACITY }: MemoryFileSystemOptions) {
    this.clock = clock;
    this.readOnly = readOnly;
    this.capacity = capacity;
    this.root = this.make('directory', 0o755, { entries: new Map() });
  }

  /**
   * Puts a file in, with the directories that lead there; one that is there has this content then.
   * @param mode permissions of a new file. Default 0o644.
   * @throws FileSystemError where there is a directory, or no room.
   */
  writeFile(path: string, content: Uint8Array | string, mode = 0o644): void {
    const names = split(path);
    const bytes = typeof content === 'string' ? encodeUtf8(content) : content;
    for (let depth = 1; depth < names.length; depth++) {
      const parent = names.slice(0, depth);
      if (!this.has(parent)) this.add(parent, 'directory', 0o755, { entries: new Map() });
    }
    const file = this.has(names)
      ? this.find(names)
      : this.add(names, 'file', mode, { content: new FileContent() });
    if (!file.content) throw new FileSystemError(file.entries ? 'EISDIR' : 'EINVAL', path);
    this.resize(file, 0);
    this.write(file, 0, bytes);
  }

  /**
   * The content of a file.
   * @throws FileSystemError where there is none, and EFBIG where a guest made it longer than an array can be.
   */
  readFile(path: string): Uint8Array<ArrayBuffer> {
    const { content, entries } = this.find(split(path), path);
    if (!content) throw new FileSystemError(entries ? 'EISDIR' : 'EINVAL', path);
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = new Uint8Array(content.size);
    } catch {
      throw new FileSystemError('EFBIG', path);
    }
    content.read(0, bytes);
    return bytes;
  }

  /**
   * Removes a file, or a directory with all that is in it.
   * @throws FileSystemError where there is none.
   */
  removeFile(path: string): void {
    const names = split(path);
    const files = [this.find(names, path)];
    this.detach(names);
    // A list, because a guest may make trees deeper than a host's stack.
    for (let file = files.pop(); file; file = files.pop()) {
      for (const child of file.entries?.values() ?? []) {
        this.unname(child);
        files.push(child);
      }
      file.entries?.clear();
    }
  }

  /** The paths of all files and symbolic links, in the order of their names. */
  listFiles(): string[] {
    const found: string[] = [];
    const directories = [{ prefix: '', entries: this.root.entries! }];
    for (let next = directories.pop(); next; next = directories.pop()) {
      for (const [name, { entries }] of next.entries) {
        const path = `${next.prefix}${name}`;
        if (entries) directories.push({ prefix: `${path}/`, entries });
        else found.push(path);
      }
    }
    return found.sort();
  }

  /** For guests, as everything below. */
  async status(path: FilePath): Promise<FileStatus> {
    return statusOf(this.find(path));
  }

  /** See `FileSystemBackend`. */
  async list(path: FilePath): Promise<DirectoryEntry[]> {
    return [...directoryOf(this.find(path))].map(([name, { kind, id }]) => ({ name, kind, id }));
  }

  /** See `FileSystemBackend`. */
  async open(path: FilePath, { truncate, create }: OpenOptions): Promise<OpenFile> {
    let file: MemoryFile;
    if (create && !this.has(path)) file = this.add(path, 'file', create.mode, { content: new FileContent() });
    else if (create?.exclusive) throw new FileSystemError('EEXIST');
    else file = this.find(path);
    if (file.entries) throw new FileSystemError('EISDIR');
    if (!file.content) throw new FileSystemError('ELOOP');
    if (truncate) this.resize(file, 0);
    file.opened++;
    return this.openFile(file, file.content);
  }

  /** See `FileSystemBackend`. */
  async change(path: FilePath, changes: FileChanges): Promise<void> {
    this.apply(this.find(path), changes);
  }

  /** See `FileSystemBackend`. */
  async makeDirectory(path: FilePath, mode: number): Promise<void> {
    this.add(path, 'directory', mode, { entries: new Map() });
  }

  /** See `FileSystemBackend`. */
  async remove(path: FilePath, isDirectory: boolean): Promise<void> {
    const file = this.find(path);
    if (isDirectory !== (file.entries !== undefined))
      throw new FileSystemError(isDirectory ? 'ENOTDIR' : 'EISDIR');
    if (file.entries && file.entries.size > 0) throw new FileSystemError('ENOTEMPTY');
    this.detach(path);
  }

  /** See `FileSystemBackend`. */
  async rename(from: FilePath, to: FilePath): Promise<void> {
    const file = this.find(from);
    const place = this.placeOf(to);
    const there = place.entries.get(place.name);
    if (there === file) return;
    const isInside = from.length < to.length && from.every((name, index) => name === to[index]);
    if (isInside || from.length === 0) throw new FileSystemError('EINVAL');
    if (there) {
      if (file.entries && !there.entries) throw new FileSystemError('ENOTDIR');
      if (!file.entries && there.entries) throw new FileSystemError('EISDIR');
      if (there.entries && there.entries.size > 0) throw new FileSystemError('ENOTEMPTY');
      this.detach(to);
    }
    const old = this.placeOf(from);
    old.entries.delete(old.name);
    place.entries.set(place.name, file);
    old.directory.modified = place.directory.modified = file.changed = this.now();
  }

  /** See `FileSystemBackend`. */
  async readSymlink(path: FilePath): Promise<string> {
    const { target } = this.find(path);
    if (target === undefined) throw new FileSystemError('EINVAL');
    return target;
  }

  /** See `FileSystemBackend`. */
  async makeSymlink(path: FilePath, target: string): Promise<void> {
    this.add(path, 'symlink', 0o777, { target });
  }

  /** See `FileSystemBackend`. */
  async link(existing: FilePath, path: FilePath): Promise<void> {
    const file = this.find(existing);
    if (file.entries) throw new FileSystemError('EPERM');
    const { directory, entries, name } = this.freePlace(path);
    entries.set(name, file);
    file.links++;
    directory.modified = file.changed = this.now();
  }

  /** See `FileSystemBackend`. */
  async space(): Promise<FileSystemSpace> {
    const free = Math.max(0, this.capacity - this.used);
    const freeFiles = Math.floor(free / FILE_COST);
    return {
      size: this.capacity,
      free,
      available: free,
      files: Math.floor(this.capacity / FILE_COST),
      freeFiles,
    };
  }

  private openFile(file: MemoryFile, content: FileContent): OpenFile {
    let isOpen = true;
    return {
      read: async (offset, into) => {
        file.accessed = this.now();
        return content.read(offset, into);
      },
      write: async (offset, from) => this.write(file, offset, from),
      status: async () => statusOf(file),
      change: async (changes) => this.apply(file, changes),
      sync: async () => {},
      close: async () => {
        if (!isOpen) return;
        isOpen = false;
        file.opened--;
        this.forget(file);
      },
    };
  }

  private now(): bigint {
    return BigInt(Math.round(this.clock.now() * 1000)) * BigInt(NANOSECONDS_PER_MILLISECOND / 1000);
  }

  private make(
    kind: FileKind,
    mode: number,
    what: Pick<MemoryFile, 'content' | 'entries' | 'target'>,
  ): MemoryFile {
    this.charge(FILE_COST + (what.target?.length ?? 0));
    const now = this.now();
    return {
      ...{ kind, mode: mode & 0o7777, userId: 0, groupId: 0, opened: 0, ...what },
      ...{ id: this.nextId++, links: kind === 'directory' ? 2 : 1 },
      ...{ accessed: now, modified: now, changed: now },
    };
  }

  private charge(bytes: number): void {
    if (this.used + bytes > this.capacity) throw new FileSystemError('ENOSPC');
    this.used += bytes;
  }

  /** What nobody names or has open any more takes no room. */
  private forget(file: MemoryFile): void {
    if (file.links > 0 || file.opened > 0) return;
    this.used -= FILE_COST + (file.target?.length ?? 0) + (file.content?.allocated ?? 0);
  }

  private has(path: FilePath): boolean {
    if (path.length === 0) return true;
    const { entries, name } = this.placeOf(path);
    return entries.has(name);
  }

  private find(path: FilePath, shown?: string): MemoryFile {
    let file = this.root;
    for (const name of path) {
      const next = directoryOf(file).get(name);
      if (!next) throw new FileSystemError('ENOENT', shown);
      file = next;
    }
    return file;
  }

  private placeOf(path: FilePath): {
    readonly directory: MemoryFile;
    readonly entries: Map<string, MemoryFile>;
    readonly name: string;
  } {
    const name = path.at(-1);
    if (name === undefined) throw new FileSystemError('EBUSY');
    const directory = this.find(path.slice(0, -1));
    return { directory, entries: directoryOf(directory), name };
  }

  private freePlace(path: FilePath): ReturnType<MemoryFileSystem['placeOf']> {
    const place = this.placeOf(path);
    if (place.directory.links === 0) throw new FileSystemError('ENOENT');
    if (place.entries.has(place.name)) throw new FileSystemError('EEXIST');
    return place;
  }

  private add(
    path: FilePath,
    kind: FileKind,
    mode: number,
    what: Parameters<typeof this.make>[2],
  ): MemoryFile {
    const { directory, entries, name } = this.freePlace(path);
    const file = this.make(kind, mode, what);
    entries.set(name, file);
    directory.modified = directory.changed = file.modified;
    return file;
  }

  private detach(path: FilePath): void {
    const { directory, entries, name } = this.placeOf(path);
    const file = entries.get(name)!;
    entries.delete(name);
    directory.modified = directory.changed = file.changed = this.now();
    this.unname(file);
  }

  private unname(file: MemoryFile): void {
    file.links = file.entries ? 0 : file.links - 1;
    this.forget(file);
  }

  private write(file: MemoryFile, offset: number, from: Uint8Array): void {
    const content = file.content!;
    if (offset + from.length > MAX_SIZE) throw new FileSystemError('EFBIG');
    this.charge(content.growthOf(offset, from.length));
    content.write(offset, from);
    file.modified = file.changed = this.now();
  }

  private resize(file: MemoryFile, size: number): void {
    const content = file.content!;
    if (size > MAX_SIZE) throw new FileSystemError('EFBIG');
    const before = content.allocated;
    content.resize(size);
    this.used += content.allocated - before;
    file.modified = file.changed = this.now();
  }

  private apply(file: MemoryFile, changes: FileChanges): void {
    const { mode, userId, groupId, size, accessed, modified } = changes;
    if (size !== undefined) {
      if (!file.content) throw new FileSystemError(file.entries ? 'EISDIR' : 'EINVAL');
      this.resize(file, size);
    }
    const now = this.now();
    if (mode !== undefined) file.mode = mode & 0o7777;
    if (userId !== undefined) file.userId = userId;
    if (groupId !== undefined) file.groupId = groupId;
    if (accessed !== undefined) file.accessed = accessed === 'now' ? now : accessed;
    if (modified !== undefined) file.modified = modified === 'now' ? now : modified;
    file.changed = now;
  }
}

function directoryOf(file: MemoryFile): Map<string, MemoryFile> {
  if (!file.entries) throw new FileSystemError('ENOTDIR');
  return file.entries;
}

function statusOf(file: MemoryFile): FileStatus {
  const { kind, id, mode, userId, groupId, accessed, modified, changed, content, entries, target } = file;
  let links = file.links;
  // As ever: a directory's name, its ".", and the ".." of each directory in it.
  if (entries && links > 0) for (const child of entries.values()) if (child.entries) links++;
  return {
    ...{ kind, id, mode, userId, groupId, links, accessed, modified, changed },
    size: content?.size ?? (target === undefined ? 0 : byteLength(target)),
    allocated: content?.allocated ?? 0,
  };
}

/** The names of an embedder's path. */
function split(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '');
  if (names.length === 0 || !names.every((name) => isFileName(name) && byteLength(name) <= MAX_NAME))
    throw new FileSystemError(
      'EINVAL',
      `expected a path such as "results/log.txt", found ${JSON.stringify(path)}`,
    );
  return names;
}
