/** Directories as guests read them: a list is taken when a guest begins to read, and stays for the rest of it. */
import type { DirectoryEntry, FileKind } from '../filesystem/backend.ts';
import { byteLength, isFileName, MAX_NAME } from '../filesystem/name.ts';
import { MessageWriter } from './messages.ts';
import type { Fid, Session } from './session.ts';
import { typeOf } from './session.ts';

/** d_type (readdir(3)). */
const TYPES: Readonly<Record<FileKind, number>> = {
  fifo: 1,
  'character-device': 2,
  directory: 4,
  'block-device': 6,
  file: 8,
  symlink: 10,
  socket: 12,
};

/** A directory that is open. */
export interface Listing {
  /** What is in it, `.` and `..` first; undefined before it was read, or when it was forgotten for others. */
  entries: readonly DirectoryEntry[] | undefined;
}

/** Entries that are kept for all directories that are open. */
const MOST_KEPT = 1 << 20;

/** Keeps lists of directories, the last ones that were read, as far as there is room. */
export class Listings {
  private readonly kept = new Set<Listing>();
  private count = 0;

  /** What is in a directory; taken anew where reading begins, and where the list was forgotten. */
  async entriesOf(
    session: Session,
    { place, id }: Fid,
    listing: Listing,
    isStart: boolean,
  ): Promise<readonly DirectoryEntry[]> {
    if (listing.entries && !isStart) return listing.entries;
    this.forget(listing);
    const path = place.path;
    const parent = path.length === 0 ? id : (await session.backend.status(path.slice(0, -1))).id;
    const found = await session.backend.list(path);
    const entries: DirectoryEntry[] = [
      { name: '.', kind: 'directory', id },
      { name: '..', kind: 'directory', id: parent },
    ];
    for (const entry of found)
      if (isFileName(entry.name) && byteLength(entry.name) <= MAX_NAME) entries.push(entry);
    // Another reader of the same fid may have been quicker.
    this.forget(listing);
    listing.entries = entries;
    this.kept.add(listing);
    this.count += entries.length;
    for (const oldest of this.kept) {
      if (this.count <= MOST_KEPT || oldest === listing) break;
      this.forget(oldest);
    }
    return entries;
  }

  forget(listing: Listing): void {
    if (!this.kept.delete(listing)) return;
    this.count -= listing.entries!.length;
    listing.entries = undefined;
  }
}

/** As many entries from `start` on as have room; undefined where not even one has. */
export function formatEntries(
  entries: readonly DirectoryEntry[],
  start: number,
  room: number,
): Uint8Array | undefined {
  const writer = new MessageWriter();
  const begin = writer.length;
  for (let index = start; index < entries.length; index++) {
    const { name, kind, id } = entries[index];
    if (writer.length - begin + 24 + byteLength(name) > room) {
      if (index === start) return undefined;
      break;
    }
    writer.qid({ type: typeOf(kind), version: 0, path: id });
    writer
      .uint64(index + 1)
      .uint8(TYPES[kind])
      .text(name);
  }
  return writer.finish(0, 0).subarray(begin);
}
