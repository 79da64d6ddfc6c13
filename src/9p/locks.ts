/**
 * Locks of ranges of files (fcntl(2)), among those that hold fids of one connection. Linux asks
 * here after its own processes agree, so that a conflict comes from two connections in one guest
 * alone; locks of programs of the host are not looked at.
 */
import { FileSystemError } from '../filesystem/error.ts';

export const LOCK_READ = 0;
export const LOCK_WRITE = 1;
export const LOCK_NONE = 2;

/** The end of a range without an end. */
const FOREVER = (1n << 64n) - 1n;
/** So that a guest cannot fill the host's memory. */
const MOST_LOCKS = 4096;
const MOST_OWNER = 256;

/** A range that somebody wants to lock, or has locked. */
export interface RecordLock {
  /** The file's inode number. */
  readonly file: bigint;
  readonly type: number;
  readonly start: bigint;
  /** Its last byte. */
  readonly last: bigint;
  readonly process: number;
  readonly client: string;
  /** Through which fid it was taken, and with which it goes. */
  readonly fid: object;
}

/** @throws FileSystemError EINVAL for what is no range. */
export function rangeOf(start: bigint, length: bigint): Pick<RecordLock, 'start' | 'last'> {
  const last = length === 0n ? FOREVER : start + length - 1n;
  if (last > FOREVER) throw new FileSystemError('EOVERFLOW');
  return { start, last };
}

const isSameOwner = (one: RecordLock, other: RecordLock): boolean =>
  one.process === other.process && one.client === other.client;

export class RecordLocks {
  private locks: RecordLock[] = [];

  /** The first lock of somebody else that is in the way. */
  conflict(wanted: RecordLock): RecordLock | undefined {
    if (wanted.type === LOCK_NONE) return undefined;
    return this.locks.find(
      (lock) =>
        this.overlaps(lock, wanted) &&
        !isSameOwner(lock, wanted) &&
        (lock.type === LOCK_WRITE || wanted.type === LOCK_WRITE),
    );
  }

  /** Takes a lock, or, with LOCK_NONE, gives up what is locked there; false where another one is in the way. */
  set(wanted: RecordLock): boolean {
    if (wanted.type > LOCK_NONE || wanted.client.length > MOST_OWNER) throw new FileSystemError('EINVAL');
    if (this.conflict(wanted)) return false;
    const after = this.locks.flatMap((lock) => {
      if (!this.overlaps(lock, wanted) || !isSameOwner(lock, wanted)) return [lock];
      // What is left of it before and behind.
      const parts: RecordLock[] = [];
      if (lock.start < wanted.start) parts.push({ ...lock, last: wanted.start - 1n });
      if (lock.last > wanted.last) parts.push({ ...lock, start: wanted.last + 1n });
      return parts;
    });
    if (wanted.type !== LOCK_NONE) after.push(wanted);
    if (after.length > MOST_LOCKS) throw new FileSystemError('ENOLCK');
    this.locks = after;
    return true;
  }

  /** Gives up all that were taken through a fid. */
  release(fid: object): void {
    if (this.locks.length > 0) this.locks = this.locks.filter((lock) => lock.fid !== fid);
  }

  private overlaps(one: RecordLock, other: RecordLock): boolean {
    return one.file === other.file && one.start <= other.last && other.start <= one.last;
  }
}
