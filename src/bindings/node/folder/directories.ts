/**
 * Finds the directories of a folder, and never one outside of it. With /proc/self/fd (Linux) each
 * component is opened below the descriptor of the one before, and none that is a symbolic link, so
 * that nothing that is exchanged meanwhile leads elsewhere. Without it, names are all that there
 * is: a path is looked at before it is used, which another program of the host can outrun.
 */
import { constants, readlinkSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import type { FilePath } from '../../../filesystem/backend.ts';
import { FileSystemError } from '../../../filesystem/error.ts';
import { chmod, close, fstat, lstat, open, realpath } from './calls.ts';

/** Linux has it on all architectures that Node runs on; Node does not name it. */
const O_PATH = 0o10000000;
/** What opens a directory to go on from, and nothing that only leads to one. */
const DIRECTORY = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Directories that are kept open, those that were used last. */
const MOST_KEPT = 256;

/** A directory while something is done in it. */
export interface Directories {
  /** Has `work` done with a path of `name` in the directory, which leads nowhere else. */
  within<T>(directory: FilePath, name: string, work: (path: string) => Promise<T>): Promise<T>;
  /** The same with a path of the directory itself; of all of the folder for the empty one. */
  itself<T>(directory: FilePath, work: (path: string) => Promise<T>): Promise<T>;
  /** Sets the permissions of what a path of `within` or `itself` leads to, and of nothing that a link leads to. */
  changeMode(path: string, mode: number): Promise<void>;
  close(): Promise<void>;
}

interface Kept {
  readonly descriptor: number;
  users: number;
  /** Whether it is closed when nobody uses it. */
  isOver: boolean;
}

const placeOf = (descriptor: number): string => `/proc/self/fd/${descriptor}`;

/** Whether descriptors are to be had as paths. */
export function hasDescriptorPaths(): boolean {
  try {
    readlinkSync('/proc/self/fd/0');
    return process.platform === 'linux';
  } catch {
    return false;
  }
}

/** By descriptors. */
export class DescriptorDirectories implements Directories {
  private readonly kept = new Map<string, Kept>();

  private constructor(private readonly root: number) {}

  /** @param folder its path, in which symbolic links are followed. */
  static async open(folder: string): Promise<DescriptorDirectories> {
    return new DescriptorDirectories(await open(folder, O_PATH | constants.O_DIRECTORY));
  }

  within<T>(directory: FilePath, name: string, work: (path: string) => Promise<T>): Promise<T> {
    return this.use(directory, (descriptor) => work(`${placeOf(descriptor)}/${name}`));
  }

  itself<T>(directory: FilePath, work: (path: string) => Promise<T>): Promise<T> {
    return this.use(directory, (descriptor) => work(`${placeOf(descriptor)}/.`));
  }

  async changeMode(path: string, mode: number): Promise<void> {
    const descriptor = await open(path, O_PATH | constants.O_NOFOLLOW);
    try {
      if ((await fstat(descriptor)).isSymbolicLink()) throw new FileSystemError('EOPNOTSUPP');
      await chmod(placeOf(descriptor), mode);
    } finally {
      await close(descriptor);
    }
  }

  async close(): Promise<void> {
    for (const key of [...this.kept.keys()]) this.forget(key);
    await close(this.root);
  }

  private async use<T>(directory: FilePath, work: (descriptor: number) => Promise<T>): Promise<T> {
    if (directory.length === 0) return work(this.root);
    const kept = this.find(directory) ?? (await this.reach(directory));
    try {
      return await work(kept.descriptor);
    } finally {
      kept.users--;
      await closeIfOver(kept);
    }
  }

  /** Has one used that is open already, if it still is where it was: the kernel says where, without a disk. */
  private find(directory: FilePath): Kept | undefined {
    const key = directory.join('/');
    const kept = this.kept.get(key);
    if (!kept) return undefined;
    const root = readlinkSync(placeOf(this.root));
    const expected = `${root === '/' ? '' : root}/${key}`;
    let place: string;
    try {
      place = readlinkSync(placeOf(kept.descriptor));
    } catch {
      // Longer than the kernel can say.
      place = '';
    }
    this.kept.delete(key);
    if (place !== expected) {
      this.retire(kept);
      return undefined;
    }
    this.kept.set(key, kept);
    kept.users++;
    return kept;
  }

  private async reach(directory: FilePath): Promise<Kept> {
    let descriptor = this.root;
    for (const name of directory) {
      let next: number;
      try {
        next = await open(`${placeOf(descriptor)}/${name}`, DIRECTORY);
      } finally {
        if (descriptor !== this.root) await close(descriptor);
      }
      descriptor = next;
    }
    const key = directory.join('/');
    this.forget(key);
    const kept = { descriptor, users: 1, isOver: false };
    this.kept.set(key, kept);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MOST_KEPT) break;
      this.forget(oldest);
    }
    return kept;
  }

  private forget(key: string): void {
    const kept = this.kept.get(key);
    if (!kept) return;
    this.kept.delete(key);
    this.retire(kept);
  }

  private retire(kept: Kept): void {
    kept.isOver = true;
    void closeIfOver(kept).catch(() => {});
  }
}

async function closeIfOver(kept: Kept): Promise<void> {
  if (!kept.isOver || kept.users > 0) return;
  // Once.
  kept.isOver = false;
  await close(kept.descriptor);
}

/** By names. */
export class NamedDirectories implements Directories {
  private constructor(private readonly root: string) {}

  /** @param folder its path, in which symbolic links are followed. */
  static async open(folder: string): Promise<NamedDirectories> {
    return new NamedDirectories(await realpath(folder));
  }

  async within<T>(directory: FilePath, name: string, work: (path: string) => Promise<T>): Promise<T> {
    checkPlain(name);
    return work(resolve(await this.check(directory), name));
  }

  async itself<T>(directory: FilePath, work: (path: string) => Promise<T>): Promise<T> {
    return work(await this.check(directory));
  }

  async changeMode(path: string, mode: number): Promise<void> {
    if ((await lstat(path)).isSymbolicLink()) throw new FileSystemError('EOPNOTSUPP');
    await chmod(path, mode);
  }

  async close(): Promise<void> {}

  /** @throws FileSystemError where a symbolic link is on the way. */
  private async check(directory: FilePath): Promise<string> {
    directory.forEach(checkPlain);
    const path = resolve(this.root, ...directory);
    const isBelow =
      path === this.root || path.startsWith(this.root.endsWith(sep) ? this.root : this.root + sep);
    if (!isBelow || (await realpath(path)) !== path) throw new FileSystemError('ELOOP');
    return path;
  }
}

/** Names that Windows takes for something else: devices, streams, other directories, other names. */
const NOT_ON_WINDOWS = /[\\:*?"<>|]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\.|$)/i;

function checkPlain(name: string): void {
  if (process.platform === 'win32' && NOT_ON_WINDOWS.test(name)) throw new FileSystemError('EINVAL');
}
