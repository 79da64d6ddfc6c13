/** Requests about where files are: attaching, walking, making, naming and removing. */
import { FileSystemError } from '../filesystem/error.ts';
import { byteLength, MAX_PATH } from '../filesystem/name.ts';
import { MAX_WALK, MessageWriter, NOFID, type Qid } from './messages.ts';
import type { Place } from './places.ts';
import { checkName, qidOf, type Fid, type Operation, type Reply, type Session } from './session.ts';

const AT_REMOVEDIR = 0x200;
/** What kind of file a mode stands for (inode(7)). */
const S_IFMT = 0o170000;
const S_IFREG = 0o100000;

export const attach: Operation = {
  async perform(session, message) {
    const number = message.uint32();
    const authentication = message.uint32();
    message.text();
    const tree = message.text();
    if (authentication !== NOFID) throw new FileSystemError('EINVAL');
    // There is one tree, and it is all that there is.
    if (tree !== '' && tree !== '/') throw new FileSystemError('ENOENT');
    session.checkFree(number);
    const status = await session.backend.status([]);
    if (status.kind !== 'directory') throw new FileSystemError('ENOTDIR');
    session.addFid(number, session.enterRoot(), status);
    return { fields: new MessageWriter().qid(qidOf(status)) };
  },
};

export const walk: Operation = {
  async perform(session, message) {
    const number = message.uint32();
    const newNumber = message.uint32();
    const count = message.uint16();
    if (count > MAX_WALK) throw new FileSystemError('EINVAL');
    const names = Array.from({ length: count }, () => message.text());
    const fid = session.fid(number);
    if (number !== newNumber) session.checkFree(newNumber);
    else if (fid.isOpen || fid.isOpening) throw new FileSystemError('EBADF');
    return fid.hold(async () => {
      const { place, kind, id, qids } = await follow(session, fid, names);
      if (qids.length < count) place.letGo();
      else if (number !== newNumber) session.addFid(newNumber, place, { kind, id });
      else {
        fid.place.letGo();
        Object.assign(fid, { place, kind, id });
      }
      const fields = new MessageWriter().uint16(qids.length);
      for (const qid of qids) fields.qid(qid);
      return { fields };
    });
  },
};

/** Goes from a file as far as there are names to go. @returns a place to be let go of. */
async function follow(
  session: Session,
  start: Fid,
  names: readonly string[],
): Promise<Pick<Fid, 'place' | 'kind' | 'id'> & { readonly qids: readonly Qid[] }> {
  const qids: Qid[] = [];
  let place = start.place.keep();
  let { kind, id } = start;
  for (const name of names) {
    let next: Place | undefined;
    try {
      if (kind !== 'directory') throw new FileSystemError('ENOTDIR');
      next = step(place, name);
      const status = await session.backend.status(next.path);
      ({ kind, id } = status);
      qids.push(qidOf(status));
    } catch (error) {
      next?.letGo();
      // walk(5): the first name decides whether it is an error; of the rest is told how far it went.
      if (qids.length > 0) break;
      place.letGo();
      throw error;
    }
    place.letGo();
    place = next;
  }
  return { place, kind, id, qids };
}

function step(place: Place, name: string): Place {
  if (name === '..') return place.leave();
  if (name === '.') return place.keep();
  checkName(name);
  place.pathOf(name);
  return place.enter(name);
}

export const clunk: Operation = {
  async perform(session, message) {
    await session.clunk(message.uint32());
    return {};
  },
};

export const readlink: Operation = {
  async perform(session, message) {
    const { place } = session.fid(message.uint32());
    return { fields: new MessageWriter().text(await session.backend.readSymlink(place.path)) };
  },
};

/** The qid of what was made in a directory. */
async function made(session: Session, directory: Place, name: string): Promise<Reply> {
  return { fields: new MessageWriter().qid(qidOf(await session.backend.status(directory.pathOf(name)))) };
}

export const mkdir: Operation = {
  isChange: true,
  async perform(session, message) {
    const directory = session.directory(message.uint32());
    const name = session.name(message);
    const mode = message.uint32() & 0o7777;
    await session.backend.makeDirectory(directory.pathOf(name), mode);
    return made(session, directory, name);
  },
};

export const symlink: Operation = {
  isChange: true,
  async perform(session, message) {
    const directory = session.directory(message.uint32());
    const name = session.name(message);
    const target = message.text();
    if (target === '' || target.includes('\0')) throw new FileSystemError('ENOENT');
    if (byteLength(target) >= MAX_PATH) throw new FileSystemError('ENAMETOOLONG');
    if (!session.backend.makeSymlink) throw new FileSystemError('EPERM');
    await session.backend.makeSymlink(directory.pathOf(name), target);
    return made(session, directory, name);
  },
};

export const mknod: Operation = {
  isChange: true,
  async perform(session, message) {
    const directory = session.directory(message.uint32());
    const name = session.name(message);
    const mode = message.uint32();
    // Devices, FIFOs and sockets are things of one host, and no files to share.
    const kind = mode & S_IFMT;
    if (kind !== S_IFREG && kind !== 0) throw new FileSystemError('EPERM');
    const path = directory.pathOf(name);
    const create = { mode: mode & 0o7777, exclusive: true };
    const file = await session.open(() =>
      session.backend.open(path, { access: 'write', truncate: false, create }),
    );
    await session.close(file);
    return made(session, directory, name);
  },
};

export const link: Operation = {
  isChange: true,
  async perform(session, message) {
    const directory = session.directory(message.uint32());
    const existing = session.fid(message.uint32());
    const name = session.name(message);
    if (existing.kind === 'directory' || !session.backend.link) throw new FileSystemError('EPERM');
    await session.backend.link(existing.place.path, directory.pathOf(name));
    return {};
  },
};

async function move(
  session: Session,
  from: { readonly directory: Place; readonly name: string },
  to: { readonly directory: Place; readonly name: string },
): Promise<Reply> {
  await session.backend.rename(from.directory.pathOf(from.name), to.directory.pathOf(to.name));
  from.directory.moved(from.name, to.directory, to.name);
  return {};
}

export const rename: Operation = {
  isAlone: true,
  isChange: true,
  async perform(session, message) {
    const { place } = session.fid(message.uint32());
    const directory = session.directory(message.uint32());
    return move(session, place.inDirectory, { directory, name: session.name(message) });
  },
};

export const renameat: Operation = {
  isAlone: true,
  isChange: true,
  async perform(session, message) {
    const from = { directory: session.directory(message.uint32()), name: session.name(message) };
    const to = { directory: session.directory(message.uint32()), name: session.name(message) };
    return move(session, from, to);
  },
};

export const unlinkat: Operation = {
  isAlone: true,
  isChange: true,
  async perform(session, message) {
    const directory = session.directory(message.uint32());
    const name = session.name(message);
    const flags = message.uint32();
    if ((flags & ~AT_REMOVEDIR) !== 0) throw new FileSystemError('EINVAL');
    await session.backend.remove(directory.pathOf(name), flags === AT_REMOVEDIR);
    directory.removed(name);
    return {};
  },
};

export const remove: Operation = {
  isAlone: true,
  async perform(session, message) {
    const number = message.uint32();
    const { place, kind } = session.fid(number);
    place.keep();
    try {
      // remove(5): the fid is gone even where the file stays.
      await session.clunk(number);
      if (session.readOnly) throw new FileSystemError('EROFS');
      const { directory, name } = place.inDirectory;
      await session.backend.remove(place.path, kind === 'directory');
      directory.removed(name);
      return {};
    } finally {
      place.letGo();
    }
  },
};
