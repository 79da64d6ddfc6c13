/** Requests about what is known of files, and of the file system. */
import type { FileChanges, FileKind } from '../filesystem/backend.ts';
import { FileSystemError } from '../filesystem/error.ts';
import { MAX_NAME } from '../filesystem/name.ts';
import { IO_OVERHEAD, MessageWriter } from './messages.ts';
import { qidOf, type Operation } from './session.ts';

/** Everything up to the number of blocks (P9_GETATTR_BASIC). */
const GETATTR_BASIC = 0x7ff;
const SETATTR_MODE = 0x1;
const SETATTR_UID = 0x2;
const SETATTR_GID = 0x4;
const SETATTR_SIZE = 0x8;
const SETATTR_ATIME = 0x10;
const SETATTR_MTIME = 0x20;
const SETATTR_ATIME_SET = 0x80;
const SETATTR_MTIME_SET = 0x100;

const NANOSECONDS = 1_000_000_000n;
/** What blocks are counted in. */
const BLOCK = 512;
const PAGE = 4096;
/** File system type that Linux has for 9P (V9FS_MAGIC). */
const V9FS_MAGIC = 0x0102_1997;

/** File types of st_mode. */
const S_IF: Readonly<Record<FileKind, number>> = {
  fifo: 0o010000,
  'character-device': 0o020000,
  directory: 0o040000,
  'block-device': 0o060000,
  file: 0o100000,
  symlink: 0o120000,
  socket: 0o140000,
};

/** As makedev(3) has it. */
function deviceNumber({ major, minor }: { readonly major: number; readonly minor: number }): bigint {
  const [high, low] = [BigInt(major), BigInt(minor)];
  return (
    (low & 0xffn) | ((high & 0xfffn) << 8n) | ((low & 0xffff_ff00n) << 12n) | ((high & 0xffff_f000n) << 32n)
  );
}

export const getattr: Operation = {
  async perform(session, message) {
    const fid = session.fid(message.uint32());
    message.uint64();
    const status = await session.status(fid);
    const { kind, mode, userId, groupId, links, size, allocated = size, device } = status;
    const fields = new MessageWriter().uint64(GETATTR_BASIC).qid(qidOf(status));
    fields
      .uint32(S_IF[kind] | (mode & 0o7777))
      .uint32(userId)
      .uint32(groupId);
    fields
      .uint64(links)
      .uint64(device ? deviceNumber(device) : 0)
      .uint64(size);
    // What programs read and write at once: whole pages of one message.
    fields.uint64(Math.floor((session.messageSize - IO_OVERHEAD) / PAGE) * PAGE || PAGE);
    fields.uint64(Math.ceil(allocated / BLOCK));
    for (const time of [status.accessed, status.modified, status.changed]) {
      const nanoseconds = ((time % NANOSECONDS) + NANOSECONDS) % NANOSECONDS;
      fields.uint64((time - nanoseconds) / NANOSECONDS).uint64(nanoseconds);
    }
    // Time of birth, generation and version of the data are not told.
    for (let field = 0; field < 4; field++) fields.uint64(0);
    return { fields };
  },
};

export const setattr: Operation = {
  isChange: true,
  async perform(session, message) {
    const fid = session.fid(message.uint32());
    const valid = message.uint32();
    const has = (bit: number): boolean => (valid & bit) !== 0;
    const mode = message.uint32() & 0o7777;
    const userId = message.uint32();
    const groupId = message.uint32();
    const size = message.uint64();
    const time = (): bigint => {
      const seconds = BigInt.asIntN(64, message.uint64());
      const nanoseconds = message.uint64();
      if (nanoseconds >= NANOSECONDS) throw new FileSystemError('EINVAL');
      return seconds * NANOSECONDS + nanoseconds;
    };
    const accessed = time();
    const modified = time();
    if (has(SETATTR_SIZE)) {
      if (fid.kind === 'directory') throw new FileSystemError('EISDIR');
      if (fid.kind !== 'file') throw new FileSystemError('EINVAL');
      if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw new FileSystemError('EFBIG');
    }
    if (has(SETATTR_MODE) && fid.kind === 'symlink') throw new FileSystemError('EOPNOTSUPP');
    const changes: FileChanges = {
      ...(has(SETATTR_MODE) && { mode }),
      ...(has(SETATTR_UID) && { userId }),
      ...(has(SETATTR_GID) && { groupId }),
      ...(has(SETATTR_SIZE) && { size: Number(size) }),
      ...(has(SETATTR_ATIME) && { accessed: has(SETATTR_ATIME_SET) ? accessed : 'now' }),
      ...(has(SETATTR_MTIME) && { modified: has(SETATTR_MTIME_SET) ? modified : 'now' }),
    };
    if (Object.keys(changes).length === 0) return {};
    // What is open to be read alone is truncated by its path: Linux does so for O_TRUNC.
    const isOfFile = fid.file && (fid.isWritable || !has(SETATTR_SIZE));
    if (isOfFile) await fid.use((file) => file.change(changes));
    else await session.backend.change(fid.place.path, changes);
    return {};
  },
};

/** What a file system without an end says of its room. */
const ENDLESS = { size: 2 ** 50, free: 2 ** 50, available: 2 ** 50, files: 2 ** 30, freeFiles: 2 ** 30 };

export const statfs: Operation = {
  async perform(session, message) {
    session.fid(message.uint32());
    const space = (await session.backend.space?.()) ?? ENDLESS;
    const blocks = (bytes: number): number => Math.floor(bytes / PAGE);
    const fields = new MessageWriter().uint32(V9FS_MAGIC).uint32(PAGE);
    fields.uint64(blocks(space.size)).uint64(blocks(space.free)).uint64(blocks(space.available));
    fields.uint64(space.files).uint64(space.freeFiles).uint64(0).uint32(MAX_NAME);
    return { fields };
  },
};

/** Made once: Linux asks for an attribute before each write, and to make an error with its stack takes longer than to write. */
const NO_ATTRIBUTES = new FileSystemError('EOPNOTSUPP');

/** There are no extended attributes. */
export const xattr: Operation = {
  async perform(session, message) {
    session.fid(message.uint32());
    throw NO_ATTRIBUTES;
  },
};
