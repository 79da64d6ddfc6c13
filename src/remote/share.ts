/** Shared folders of one thread for a machine on another one, by their tags. */
import type {
  FileSystemBackend,
  FileSystemSpace,
  OpenFile,
  OpenOptions,
  FilePath,
  DirectoryEntry,
  FileStatus,
  FileChanges,
} from '../filesystem/backend.ts';
import { FileSystemError } from '../filesystem/error.ts';
import { suppliedShare, type HostOptions } from '../machine/host-options.ts';
import { Moved, type Peer, type Services } from './peer.ts';

/** What the machine's side learns of a shared folder. */
export interface ShareFacts {
  readonly tag: string;
  readonly readOnly: boolean;
  readonly hasSymlinks: boolean;
  readonly hasLinks: boolean;
  readonly hasSpace: boolean;
}

/** What is called by its name on the other side: everything that gives no open file. */
type Called = Exclude<keyof FileSystemBackend, 'readOnly' | 'open'>;

/** Serves them to the other side. */
export class ShareServer {
  private readonly files = new Map<number, OpenFile>();
  private nextFile = 1;

  readonly services: Services = {
    share: (tag: string): ShareFacts | undefined => {
      const backend = suppliedShare(this.host, tag);
      return (
        backend && {
          tag,
          readOnly: backend.readOnly,
          hasSymlinks: backend.makeSymlink !== undefined,
          hasLinks: backend.link !== undefined,
          hasSpace: backend.space !== undefined,
        }
      );
    },
    'share.call': (tag: string, method: Called, args: readonly unknown[]) =>
      (this.backend(tag)[method] as (...args: unknown[]) => unknown).call(this.backend(tag), ...args),
    'share.open': async (tag: string, path: FilePath, options: OpenOptions) => {
      const id = this.nextFile++;
      this.files.set(id, await this.backend(tag).open(path, options));
      return id;
    },
    'file.read': async (id: number, offset: number, length: number) => {
      const bytes = new Uint8Array(length);
      const count = await this.file(id).read(offset, bytes);
      return new Moved([count, bytes], [bytes.buffer]);
    },
    'file.write': (id: number, offset: number, bytes: Uint8Array) => this.file(id).write(offset, bytes),
    'file.status': (id: number) => this.file(id).status(),
    'file.change': (id: number, changes: FileChanges) => this.file(id).change(changes),
    'file.sync': (id: number, dataOnly: boolean) => this.file(id).sync(dataOnly),
    'file.close': (id: number) => {
      const file = this.file(id);
      this.files.delete(id);
      return file.close();
    },
  };

  constructor(private readonly host: HostOptions) {}

  /** The other side is gone: what it had open is closed. */
  close(): void {
    for (const file of this.files.values())
      void file
        .close()
        .catch((error: unknown) => this.host.log?.(`a shared folder failed: ${String(error)}`));
    this.files.clear();
  }

  private backend(tag: string): FileSystemBackend {
    return suppliedShare(this.host, tag)!;
  }

  private file(id: number): OpenFile {
    const file = this.files.get(id);
    if (!file) throw new FileSystemError('EBADF');
    return file;
  }
}

/** The shared folder of the other side as a backend. */
export function remoteShare(
  peer: Peer,
  { tag, readOnly, hasSymlinks, hasLinks, hasSpace }: ShareFacts,
): FileSystemBackend {
  const call = <T>(method: Called, ...args: unknown[]): Promise<T> =>
    peer.call<T>('share.call', [tag, method, args]);
  return {
    readOnly,
    status: (path) => call<FileStatus>('status', path),
    list: (path) => call<readonly DirectoryEntry[]>('list', path),
    open: async (path, options) =>
      remoteFile(peer, await peer.call<number>('share.open', [tag, path, options])),
    change: (path, changes) => call<void>('change', path, changes),
    makeDirectory: (path, mode) => call<void>('makeDirectory', path, mode),
    remove: (path, isDirectory) => call<void>('remove', path, isDirectory),
    rename: (from, to) => call<void>('rename', from, to),
    readSymlink: (path) => call<string>('readSymlink', path),
    ...(hasSymlinks && {
      makeSymlink: (path: FilePath, target: string) => call<void>('makeSymlink', path, target),
    }),
    ...(hasLinks && { link: (existing: FilePath, path: FilePath) => call<void>('link', existing, path) }),
    ...(hasSpace && { space: () => call<FileSystemSpace>('space') }),
  };
}

function remoteFile(peer: Peer, id: number): OpenFile {
  return {
    async read(offset, into) {
      const [count, bytes] = await peer.call<[number, Uint8Array]>('file.read', [id, offset, into.length]);
      into.set(bytes.subarray(0, count));
      return count;
    },
    async write(offset, from) {
      // A copy, because `from` is a part of a message.
      const bytes = from.slice();
      await peer.call('file.write', [id, offset, bytes], [bytes.buffer]);
    },
    status: () => peer.call('file.status', [id]),
    change: (changes) => peer.call('file.change', [id, changes]),
    sync: (dataOnly) => peer.call('file.sync', [id, dataOnly]),
    close: () => peer.call('file.close', [id]),
  };
}
