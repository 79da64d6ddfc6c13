/**
 * cpio archives in the "newc" format (SVR4, no checksum), which Linux takes as
 * initramfs (Linux, Documentation/driver-api/early-userspace/buffer-format.rst).
 * Left out on purpose: hard links, checksums ("070702"), other cpio formats.
 */
import { decodeUtf8, encodeUtf8 } from '../text.ts';

const MAGIC = '070701';
const HEADER_SIZE = 110;
const TRAILER = 'TRAILER!!!';
const PATH_MAX = 4096;

const S_IFMT = 0o170000;
const S_IFLNK = 0o120000;
const S_IFREG = 0o100000;
const S_IFBLK = 0o060000;
const S_IFDIR = 0o040000;
const S_IFCHR = 0o020000;

interface CpioEntryBase {
  /** Path in the archive, without a leading slash. */
  readonly path: string;
  /** Permission bits, setuid and sticky included. Default 0o755 for directories, 0o777 for links, else 0o644. */
  readonly permissions?: number;
  /** Default 0. */
  readonly userId?: number;
  /** Default 0. */
  readonly groupId?: number;
  /** Seconds since 1970. Default 0, so that equal input gives equal bytes. */
  readonly modified?: number;
}

export type CpioEntry = CpioEntryBase &
  (
    | { readonly kind: 'directory' }
    | { readonly kind: 'file'; readonly bytes: Uint8Array }
    | { readonly kind: 'symlink'; readonly target: string }
    | { readonly kind: 'character-device' | 'block-device'; readonly major: number; readonly minor: number }
  );

/** A file that is no newc archive. */
export class CpioFormatError extends Error {
  override readonly name = 'CpioFormatError';
}

const TYPES = {
  directory: { type: S_IFDIR, permissions: 0o755 },
  file: { type: S_IFREG, permissions: 0o644 },
  symlink: { type: S_IFLNK, permissions: 0o777 },
  'character-device': { type: S_IFCHR, permissions: 0o644 },
  'block-device': { type: S_IFBLK, permissions: 0o644 },
} as const;

/** Writes an archive; a directory has to come before what it contains, as Linux asks. */
export function writeCpio(entries: readonly CpioEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  entries.forEach((entry, index) => {
    const { type, permissions } = TYPES[entry.kind];
    const path = encodeUtf8(entry.path);
    if (
      path.length === 0 ||
      entry.path.startsWith('/') ||
      entry.path.includes('\0') ||
      path.length >= PATH_MAX
    ) {
      throw new RangeError(
        `cpio path: expected a relative path below ${PATH_MAX} bytes, found ${JSON.stringify(entry.path)}`,
      );
    }
    const data =
      entry.kind === 'file'
        ? entry.bytes
        : entry.kind === 'symlink'
          ? encodeUtf8(entry.target)
          : new Uint8Array(0);
    const device = 'major' in entry ? [entry.major, entry.minor] : [0, 0];
    const fields = [
      index + 1, // inode
      type | ((entry.permissions ?? permissions) & 0o7777),
      entry.userId ?? 0,
      entry.groupId ?? 0,
      entry.kind === 'directory' ? 2 : 1, // links
      entry.modified ?? 0,
      data.length,
      0, // device that holds the file
      0,
      ...device,
      path.length + 1,
      0, // checksum
    ];
    parts.push(...record(fields, path, data));
  });
  parts.push(
    ...record(
      [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, TRAILER.length + 1, 0],
      encodeUtf8(TRAILER),
      new Uint8Array(0),
    ),
  );
  const archive = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    archive.set(part, offset);
    offset += part.length;
  }
  return archive;
}

/** Header and path, then data, each padded to four bytes. */
function record(fields: readonly number[], path: Uint8Array, data: Uint8Array): Uint8Array[] {
  const header = MAGIC + fields.map(hex8).join('');
  const head = new Uint8Array(align4(HEADER_SIZE + path.length + 1));
  head.set(encodeUtf8(header));
  head.set(path, HEADER_SIZE);
  return [head, data, new Uint8Array(align4(data.length) - data.length)];
}

function hex8(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new RangeError(`cpio field: expected an unsigned 32-bit integer, found ${String(value)}`);
  }
  return value.toString(16).padStart(8, '0');
}

/**
 * Reads an uncompressed archive, or several with zeros between them; file bytes are views.
 * @throws CpioFormatError when `archive` is damaged.
 */
export function readCpio(archive: Uint8Array): CpioEntry[] {
  const entries: CpioEntry[] = [];
  let offset = 0;
  let isOpen = false;
  while (offset < archive.length) {
    if (!isOpen && archive[offset] === 0) {
      offset += 1;
      continue;
    }
    const header = decodeUtf8(archive.subarray(offset, offset + HEADER_SIZE));
    if (!/^070701[0-9a-fA-F]{104}$/.test(header)) {
      throw new CpioFormatError(
        `expected a newc header ("${MAGIC}") at byte ${offset}, found ${JSON.stringify(header.slice(0, 6))}`,
      );
    }
    const field = (index: number) => Number.parseInt(header.slice(6 + index * 8, 14 + index * 8), 16);
    const dataSize = field(6);
    const pathSize = field(11);
    const pathStart = offset + HEADER_SIZE;
    const dataStart = align4(pathStart + pathSize);
    if (dataStart + dataSize > archive.length || pathSize === 0 || archive[pathStart + pathSize - 1] !== 0) {
      throw new CpioFormatError(`truncated or damaged cpio entry at byte ${offset}`);
    }
    const path = decodeUtf8(archive.subarray(pathStart, pathStart + pathSize - 1));
    offset = align4(dataStart + dataSize);
    isOpen = path !== TRAILER;
    if (isOpen) entries.push(entryOf(path, field, archive.subarray(dataStart, dataStart + dataSize)));
  }
  if (isOpen) throw new CpioFormatError(`expected the archive to end with "${TRAILER}"`);
  return entries;
}

function entryOf(path: string, field: (index: number) => number, data: Uint8Array): CpioEntry {
  const mode = field(1);
  const base = {
    path,
    permissions: mode & 0o7777,
    userId: field(2),
    groupId: field(3),
    modified: field(5),
  };
  const device = { major: field(9), minor: field(10) };
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return { ...base, kind: 'directory' };
    case S_IFREG:
      return { ...base, kind: 'file', bytes: data };
    case S_IFLNK:
      return { ...base, kind: 'symlink', target: decodeUtf8(data) };
    case S_IFCHR:
      return { ...base, kind: 'character-device', ...device };
    case S_IFBLK:
      return { ...base, kind: 'block-device', ...device };
    default:
      throw new CpioFormatError(
        `cpio entry ${JSON.stringify(path)}: unknown file type 0o${(mode & S_IFMT).toString(8)}`,
      );
  }
}

function align4(value: number): number {
  return Math.ceil(value / 4) * 4;
}
