/** Requests that open, read and write files and directories. */
import type { OpenOptions } from '../filesystem/backend.ts';
import { FileSystemError } from '../filesystem/error.ts';
import { formatEntries, type Listings } from './listing.ts';
import { LOCK_NONE, rangeOf, type RecordLock } from './locks.ts';
import { MessageWriter, READ_OVERHEAD, type MessageReader } from './messages.ts';
import { qidOf, type Fid, type Operation, type Session } from './session.ts';

/** Flags of open(2), in the numbers that all architectures have in 9P. */
const O_ACCMODE = 3;
const O_EXCL = 0o200;
const O_TRUNC = 0o1000;
const O_DIRECTORY = 0o200000;
const ACCESS: readonly OpenOptions['access'][] = ['read', 'write', 'read-write'];

const LOCK_SUCCESS = 0;
const LOCK_BLOCKED = 1;

/** Lets the message's size decide how much goes in one: whoever has a unit of its own says it here. */
const NO_UNIT = 0;

function accessOf(flags: number): OpenOptions['access'] {
  const access = ACCESS[flags & O_ACCMODE];
  if (access === undefined) throw new FileSystemError('EINVAL');
  return access;
}

export const lopen: Operation = {
  async perform(session, message) {
    const fid = session.fid(message.uint32());
    const flags = message.uint32();
    const access = accessOf(flags);
    const truncate = (flags & O_TRUNC) !== 0;
    return fid.opening(async () => {
      const { path } = fid.place;
      if (fid.kind === 'directory') {
        if (access !== 'read' || truncate) throw new FileSystemError('EISDIR');
        const status = await session.backend.status(path);
        fid.listing = { entries: undefined };
        return { fields: new MessageWriter().qid(qidOf(status)).uint32(NO_UNIT) };
      }
      if ((flags & O_DIRECTORY) !== 0) throw new FileSystemError('ENOTDIR');
      // A guest's own kernel opens devices, FIFOs and sockets; this host's are not for it.
      if (fid.kind !== 'file') throw new FileSystemError(fid.kind === 'symlink' ? 'ELOOP' : 'EACCES');
      if (session.readOnly && (access !== 'read' || truncate)) throw new FileSystemError('EROFS');
      const file = await session.open(() => session.backend.open(path, { access, truncate }));
      return opened(session, fid, file, access);
    });
  },
};

export const lcreate: Operation = {
  isChange: true,
  async perform(session, message) {
    const fid = session.fid(message.uint32());
    const name = session.name(message);
    const flags = message.uint32();
    const mode = message.uint32() & 0o7777;
    const access = accessOf(flags);
    if (fid.kind !== 'directory') throw new FileSystemError('ENOTDIR');
    return fid.opening(async () => {
      const directory = fid.place;
      const create = { mode, exclusive: (flags & O_EXCL) !== 0 };
      const path = directory.pathOf(name);
      const file = await session.open(() =>
        session.backend.open(path, { access, truncate: (flags & O_TRUNC) !== 0, create }),
      );
      const reply = await opened(session, fid, file, access);
      const place = directory.enter(name);
      fid.place.letGo();
      fid.place = place;
      fid.kind = 'file';
      return reply;
    });
  },
};

/** The answer for a file that was opened; the fid has it then. */
async function opened(
  session: Session,
  fid: Fid,
  file: NonNullable<Fid['file']>,
  access: OpenOptions['access'],
): Promise<{ fields: MessageWriter }> {
  try {
    const status = await file.status();
    fid.file = file;
    fid.isWritable = access !== 'read';
    fid.id = status.id;
    return { fields: new MessageWriter().qid(qidOf(status)).uint32(NO_UNIT) };
  } catch (error) {
    await session.close(file);
    throw error;
  }
}

/** @throws FileSystemError where a number is too large for offsets in files. */
function offsetOf(offset: bigint): number {
  if (offset > BigInt(Number.MAX_SAFE_INTEGER)) throw new FileSystemError('EFBIG');
  return Number(offset);
}

export const read: Operation = {
  async perform(session, message, room) {
    const fid = session.fid(message.uint32());
    const offset = offsetOf(message.uint64());
    const count = Math.min(message.uint32(), room - READ_OVERHEAD);
    return fid.use(async (file) => {
      const into = new Uint8Array(count);
      const length = await file.read(offset, into);
      return { fields: new MessageWriter().uint32(length), data: into.subarray(0, length) };
    });
  },
};

export const write: Operation = {
  isChange: true,
  async perform(session, message) {
    const fid = session.fid(message.uint32());
    const offset = offsetOf(message.uint64());
    const data = message.data(message.uint32());
    return fid.use(async (file) => {
      offsetOf(BigInt(offset + data.length));
      await file.write(offset, data);
      return { fields: new MessageWriter().uint32(data.length) };
    });
  },
};

export const fsync: Operation = {
  async perform(session, message) {
    const fid = session.fid(message.uint32());
    const dataOnly = message.uint32() !== 0;
    // Directories are as durable as the host has them.
    if (!fid.listing) await fid.use((file) => file.sync(dataOnly));
    return {};
  },
};

/** Reading directories needs memory that all connections of a device share. */
export function readdir(listings: Listings): Operation {
  return {
    async perform(session, message, room) {
      const fid = session.fid(message.uint32());
      const start = Number(message.uint64());
      const count = Math.min(message.uint32(), room - READ_OVERHEAD);
      const { listing } = fid;
      if (!listing) throw new FileSystemError(fid.file ? 'ENOTDIR' : 'EBADF');
      const entries = await listings.entriesOf(session, fid, listing, start === 0);
      // It may have been clunked meanwhile.
      if (!fid.listing) listings.forget(listing);
      const data = formatEntries(entries, start, count);
      if (!data) throw new FileSystemError('EINVAL');
      return { fields: new MessageWriter().uint32(data.length), data };
    },
  };
}

function lockOf(session: Session, message: MessageReader, hasFlags: boolean): RecordLock {
  const fid = session.fid(message.uint32());
  const type = message.uint8();
  if (hasFlags) message.uint32();
  const range = rangeOf(message.uint64(), message.uint64());
  const process = message.uint32();
  const client = message.text();
  if (!fid.isOpen) throw new FileSystemError('EBADF');
  return { file: fid.id, type, ...range, process, client, fid };
}

export const lock: Operation = {
  async perform(session, message) {
    const isTaken = session.locks.set(lockOf(session, message, true));
    return { fields: new MessageWriter().uint8(isTaken ? LOCK_SUCCESS : LOCK_BLOCKED) };
  },
};

export const getlock: Operation = {
  async perform(session, message) {
    const wanted = lockOf(session, message, false);
    const found = session.locks.conflict(wanted);
    const { type, start, last, process, client } = found ?? { ...wanted, type: LOCK_NONE };
    const length = last === (1n << 64n) - 1n ? 0n : last - start + 1n;
    const fields = new MessageWriter().uint8(type).uint64(start).uint64(length);
    return { fields: fields.uint32(process).text(client) };
  },
};
