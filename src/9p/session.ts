/** One connection: its fids, and what requests have in common. */
import type { FileKind, FileStatus, FileSystemBackend, OpenFile } from '../filesystem/backend.ts';
import { FileSystemError } from '../filesystem/error.ts';
import { byteLength, isFileName, MAX_NAME } from '../filesystem/name.ts';
import type { Listing } from './listing.ts';
import { RecordLocks } from './locks.ts';
import { NOFID, QTDIR, QTSYMLINK, type MessageReader, type MessageWriter, type Qid } from './messages.ts';
import { Place } from './places.ts';

/** Fids that there may be, and files that may be open at a time: what a guest can take of the host. */
const MOST_FIDS = 1 << 17;
const MOST_OPEN = 2048;

/** What a request is answered with: fields, and data that comes behind them. */
export interface Reply {
  readonly fields?: MessageWriter;
  readonly data?: Uint8Array;
}

/** What a request does. */
export interface Operation {
  /** Whether it changes where files are, so that nothing else may be under way. */
  readonly isAlone?: boolean;
  /** Whether it changes something, so that it is refused where guests may only read. */
  readonly isChange?: boolean;
  /** @param room bytes of the answer that there is room for, header included. */
  perform(session: Session, message: MessageReader, room: number): Promise<Reply>;
}

/** What a guest calls a file by. */
export class Fid {
  /** While the file is open. */
  file: OpenFile | undefined;
  /** Whether that was opened to be written. */
  isWritable = false;
  /** While it is open as a directory. */
  listing: Listing | undefined;
  /** Whether somebody opens it right now. */
  isOpening = false;
  private uses = 0;
  private onIdle: (() => void) | undefined;

  constructor(
    public place: Place,
    public kind: FileKind,
    /** Inode number. */
    public id: bigint,
  ) {}

  get isOpen(): boolean {
    return this.file !== undefined || this.listing !== undefined;
  }

  /** Does something with the fid, which does not end meanwhile. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.uses++;
    try {
      return await work();
    } finally {
      if (--this.uses === 0) this.onIdle?.();
    }
  }

  /** Uses the open file, which is not closed meanwhile. */
  async use<T>(work: (file: OpenFile) => Promise<T>): Promise<T> {
    const { file } = this;
    if (!file) throw new FileSystemError(this.listing ? 'EISDIR' : 'EBADF');
    return this.hold(() => work(file));
  }

  /** Opens it through `open`; no one else opens it meanwhile. */
  async opening<T>(open: () => Promise<T>): Promise<T> {
    if (this.isOpen || this.isOpening) throw new FileSystemError('EBADF');
    this.isOpening = true;
    try {
      return await this.hold(open);
    } finally {
      this.isOpening = false;
    }
  }

  /** Resolves when nobody holds it. */
  async idle(): Promise<void> {
    if (this.uses > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
  }
}

export class Session {
  /** The most bytes of a message; 0 before it was agreed on. */
  messageSize = 0;
  readonly locks = new RecordLocks();
  private readonly root = Place.root();
  private readonly fids = new Map<number, Fid>();
  private opened = 0;

  constructor(
    readonly backend: FileSystemBackend,
    readonly readOnly: boolean,
  ) {}

  /** @throws FileSystemError EBADF */
  fid(number: number): Fid {
    const fid = this.fids.get(number);
    if (!fid) throw new FileSystemError('EBADF');
    return fid;
  }

  /** Gives a number to a file: its place is the fid's then, or is let go of where that cannot be. */
  addFid(number: number, place: Place, { kind, id }: Pick<FileStatus, 'kind' | 'id'>): void {
    try {
      this.checkFree(number);
    } catch (error) {
      place.letGo();
      throw error;
    }
    this.fids.set(number, new Fid(place, kind, id));
  }

  /** @throws FileSystemError where no file can have this number. */
  checkFree(number: number): void {
    if (number === NOFID || this.fids.has(number)) throw new FileSystemError('EINVAL');
    if (this.fids.size >= MOST_FIDS) throw new FileSystemError('ENFILE');
  }

  /** The root's place, to be let go of. */
  enterRoot(): Place {
    return this.root.keep();
  }

  /** Ends a fid: from now on its number is free. Resolves when its file is closed. */
  async clunk(number: number): Promise<void> {
    const fid = this.fid(number);
    this.fids.delete(number);
    await fid.idle();
    this.locks.release(fid);
    fid.place.letGo();
    const { file } = fid;
    fid.file = fid.listing = undefined;
    if (file) await this.close(file);
  }

  /** Ends all fids. */
  async clear(): Promise<void> {
    for (const number of [...this.fids.keys()]) await this.clunk(number).catch(() => {});
  }

  /** Opens a file through `open`, if there may be another one that is open. */
  async open(open: () => Promise<OpenFile>): Promise<OpenFile> {
    if (this.opened >= MOST_OPEN) throw new FileSystemError('ENFILE');
    this.opened++;
    try {
      return await open();
    } catch (error) {
      this.opened--;
      throw error;
    }
  }

  async close(file: OpenFile): Promise<void> {
    this.opened--;
    await file.close();
  }

  /** What is known of a file: also of one that has lost its name, if it is open. */
  status(fid: Fid): Promise<FileStatus> {
    return fid.file ? fid.use((file) => file.status()) : this.backend.status(fid.place.path);
  }

  /** @throws FileSystemError unless it is a directory. */
  directory(number: number): Place {
    const { kind, place } = this.fid(number);
    if (kind !== 'directory') throw new FileSystemError('ENOTDIR');
    return place;
  }

  /** The name of something that is to be made, or must be there. */
  name(message: MessageReader): string {
    const name = message.text();
    if (name === '.' || name === '..') throw new FileSystemError('EEXIST');
    checkName(name);
    return name;
  }
}

/** @throws FileSystemError where no file can have this name. */
export function checkName(name: string): void {
  if (!isFileName(name)) throw new FileSystemError('ENOENT');
  if (byteLength(name) > MAX_NAME) throw new FileSystemError('ENAMETOOLONG');
}

export function typeOf(kind: FileKind): number {
  return kind === 'directory' ? QTDIR : kind === 'symlink' ? QTSYMLINK : 0;
}

/** The version tells a changed file; 0 would tell Linux not to keep anything of it. */
export function qidOf({ kind, id, size, modified }: FileStatus): Qid {
  const version = Number(BigInt.asUintN(32, modified ^ (modified >> 32n) ^ BigInt(size)));
  return { type: typeOf(kind), version: version === 0 ? 1 : version, path: id };
}
