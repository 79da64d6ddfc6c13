/**
 * Reads the common `ar` archive, the container of Debian packages (deb(5)).
 * Left out on purpose: BSD and GNU long names, which packages do not use.
 */
const MAGIC = '!<arch>\n';
const HEADER_SIZE = 60;

export interface ArMember {
  readonly name: string;
  /** A view of the archive. */
  readonly bytes: Uint8Array;
}

/** A file that is no `ar` archive, or a damaged one. */
export class ArFormatError extends Error {
  override readonly name = 'ArFormatError';
}

/** @throws ArFormatError */
export function readAr(archive: Uint8Array): ArMember[] {
  const text = (start: number, end: number) => String.fromCharCode(...archive.subarray(start, end));
  if (text(0, MAGIC.length) !== MAGIC) {
    throw new ArFormatError(`expected an ar archive ("!<arch>"), found ${JSON.stringify(text(0, 8))}`);
  }
  const members: ArMember[] = [];
  let offset = MAGIC.length;
  while (offset < archive.length) {
    const start = offset + HEADER_SIZE;
    const size = text(offset + 48, offset + 58).trimEnd();
    if (start > archive.length || text(start - 2, start) !== '`\n' || !/^\d+$/.test(size)) {
      throw new ArFormatError(`expected an ar member header at byte ${offset}, found damaged data`);
    }
    const end = start + Number(size);
    if (end > archive.length) {
      throw new ArFormatError(
        `truncated ar archive: a member ends at byte ${end}, the file at ${archive.length}`,
      );
    }
    const name = text(offset, offset + 16)
      .trimEnd()
      .replace(/\/$/, '');
    members.push({ name, bytes: archive.subarray(start, end) });
    offset = end + (end & 1); // members start at even offsets
  }
  return members;
}
