/**
 * Archives of tar, of which an OVA is one: POSIX.1 ustar, with what GNU tar and pax add for long names and for files
 * of 8 GiB and more. Files are not taken into memory: they are parts of the archive.
 */
import type { ImageFile } from '../../disks/image-file.ts';
import { decodeUtf8, encodeUtf8 } from '../../text.ts';
import { InterchangeError } from '../error.ts';
import { FilePart } from './file-parts.ts';

const BLOCK = 512;
/** What GNU tar writes at a time; an archive is filled up to it. */
const RECORD = 20 * BLOCK;
/** Packages have some files. */
export const MAX_MEMBERS = 4096;
/** Of a record of names and sizes; longer ones name no file of a package. */
const MAX_EXTENSION = 64 * 1024;
/** The greatest size that eleven octal digits hold. */
const MAX_OCTAL_SIZE = 8 ** 11 - 1;

/** Where fields lie in a header, and how long they are (POSIX.1, ustar interchange format). */
const FIELD = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 6],
  version: [263, 2],
  prefix: [345, 155],
} as const;

const FILE_TYPES = ['0', '\0', '7'];
const DIRECTORY = '5';
const LONG_NAME = 'L';
const LONG_LINK = 'K';
const PAX = 'x';
const PAX_FOR_ALL = 'g';
/** What is no file, for messages. */
const OTHER_TYPES: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a device',
  '4': 'a device',
  '6': 'a FIFO',
  S: 'a sparse file of GNU tar',
};

/**
 * The files in an archive, by their names without a leading "./", in their order.
 * @throws InterchangeError for what is no whole archive of plain files with names of their own.
 */
export async function readTar(archive: ImageFile): Promise<ReadonlyMap<string, ImageFile>> {
  const members = new Map<string, ImageFile>();
  let extension: Extension = {};
  for (let offset = 0, headers = 0; offset + BLOCK <= archive.size; headers++) {
    const at = offset;
    const header = new Uint8Array(BLOCK);
    await archive.read(at, header);
    if (header.every((byte) => byte === 0)) break;
    if (!hasRightSum(header))
      throw new InterchangeError(`expected an archive of tar, found no header of it at offset ${at}`);
    const type = String.fromCharCode(header[FIELD.type[0]]);
    const { size = numberAt(header, 'size', at) } = extension;
    const start = at + BLOCK;
    offset = start + Math.ceil(size / BLOCK) * BLOCK;
    if (start + size > archive.size)
      throw new InterchangeError(
        `the archive is cut off: the file at offset ${at} has ${size} bytes, of which ${archive.size - start} are there`,
      );
    if (headers >= 2 * MAX_MEMBERS)
      throw new InterchangeError(`expected an archive of at most ${MAX_MEMBERS} files, found more`);
    if ([LONG_NAME, LONG_LINK, PAX, PAX_FOR_ALL].includes(type)) {
      if (size > MAX_EXTENSION)
        throw new InterchangeError(`the archive has a name of ${size} bytes at offset ${at}`);
      const bytes = new Uint8Array(size);
      await archive.read(start, bytes);
      if (type === LONG_NAME) extension = { ...extension, name: textOf(bytes) };
      else if (type === PAX) extension = { ...extension, ...readPax(bytes, at) };
      continue;
    }
    const name = (extension.name ?? nameOf(header)).replace(/^(\.\/+)+/, '');
    extension = {};
    if (type === DIRECTORY) continue;
    if (!FILE_TYPES.includes(type)) {
      const what = OTHER_TYPES[type] ?? `of the unknown type ${JSON.stringify(type)}`;
      throw new InterchangeError(`expected files in the archive, found ${quote(name)}, which is ${what}`);
    }
    if (members.has(name)) throw new InterchangeError(`the archive has two files ${quote(name)}`);
    members.set(name, new FilePart(name, archive, start, size));
  }
  return members;
}

/** What is said of the next file beside its header. */
interface Extension {
  readonly name?: string;
  readonly size?: number;
}

/** Records of "LENGTH KEY=VALUE\n" (POSIX.1, pax extended header). */
function readPax(bytes: Uint8Array, offset: number): Extension {
  let extension: Extension = {};
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 ? NaN : Number(textOf(bytes.subarray(at, space)));
    const end = at + length;
    if (!Number.isInteger(length) || end <= space || end > bytes.length)
      throw new InterchangeError(`the archive has a damaged pax header at offset ${offset}`);
    const [key, value] = decodeUtf8(bytes.subarray(space + 1, end - 1)).split(/=(.*)/s);
    at = end;
    if (key === 'path') extension = { ...extension, name: value };
    if (key === 'size') {
      if (!/^\d{1,15}$/.test(value))
        throw new InterchangeError(`the archive has a damaged size at offset ${offset}`);
      extension = { ...extension, size: Number(value) };
    }
    if (key.startsWith('GNU.sparse.'))
      throw new InterchangeError(`the archive has a sparse file of GNU tar at offset ${offset}`);
  }
  return extension;
}

function nameOf(header: Uint8Array): string {
  const prefix = header[FIELD.magic[0] + 5] === 0 ? textOf(field(header, 'prefix')) : '';
  const name = textOf(field(header, 'name'));
  return prefix === '' ? name : `${prefix}/${name}`;
}

function field(header: Uint8Array, name: keyof typeof FIELD): Uint8Array {
  const [start, length] = FIELD[name];
  return header.subarray(start, start + length);
}

/** Up to the first NUL. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decodeUtf8(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Octal digits, or GNU tar's binary number. */
function numberAt(header: Uint8Array, name: 'size' | 'checksum', offset: number): number {
  const bytes = field(header, name);
  let value: number;
  if (bytes[0] === 0x80) value = bytes.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
  else {
    const digits = textOf(bytes).trim();
    value = /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : NaN;
  }
  if (Number.isSafeInteger(value)) return value;
  throw new InterchangeError(`expected a ${name} in the archive's header at offset ${offset}, found none`);
}

/** The sum counts its own field as blanks. */
function sumOf(header: Uint8Array): number {
  const [start, length] = FIELD.checksum;
  return header.reduce((sum, byte, at) => sum + (at >= start && at < start + length ? 0x20 : byte), 0);
}

function hasRightSum(header: Uint8Array): boolean {
  const digits = textOf(field(header, 'checksum')).trim();
  return /^[0-7]+$/.test(digits) && Number.parseInt(digits, 8) === sumOf(header);
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}

/** Writes an archive. A file is added when the one before it has its full size. */
export class TarWriter {
  /** Where the next header goes. */
  private end = 0;
  private last: FilePart | undefined;

  /** @param archive an empty file; it remains the caller's to close. */
  constructor(private readonly archive: ImageFile) {}

  /** A file whose content is written later, and has exactly this size. */
  async reserve(name: string, size: number): Promise<FilePart> {
    await this.endLast();
    await this.archive.write(this.end, encodeHeader(name, size));
    const part = new FilePart(name, this.archive, this.end + BLOCK, size);
    this.end = padded(part);
    return part;
  }

  /** A file that grows while it is written. */
  async add(name: string): Promise<FilePart> {
    await this.endLast();
    this.last = new FilePart(name, this.archive, this.end + BLOCK);
    return this.last;
  }

  /** Makes it a whole archive, and durable. */
  async finish(): Promise<void> {
    await this.endLast();
    // Two blocks of zeros end it.
    await this.archive.truncate(Math.ceil((this.end + 2 * BLOCK) / RECORD) * RECORD);
    await this.archive.flush();
  }

  private async endLast(): Promise<void> {
    const { last } = this;
    if (!last) return;
    this.last = undefined;
    await this.archive.write(this.end, encodeHeader(last.name, last.size));
    this.end = padded(last);
    if (this.archive.size < this.end) await this.archive.truncate(this.end);
  }
}

/** Where the header of the file behind it goes. */
function padded(part: FilePart): number {
  return part.start + Math.ceil(part.size / BLOCK) * BLOCK;
}

/** A plain file of nobody's and no time, so that equal content makes equal archives. */
function encodeHeader(name: string, size: number): Uint8Array {
  const header = new Uint8Array(BLOCK);
  const set = (to: keyof typeof FIELD, text: string): void => header.set(encodeUtf8(text), FIELD[to][0]);
  const setOctal = (to: keyof typeof FIELD, value: number): void =>
    set(to, `${value.toString(8).padStart(FIELD[to][1] - 1, '0')}\0`);
  set('name', name);
  setOctal('mode', 0o644);
  setOctal('uid', 0);
  setOctal('gid', 0);
  setOctal('mtime', 0);
  if (size <= MAX_OCTAL_SIZE) setOctal('size', size);
  else {
    const [start, length] = FIELD.size;
    header[start] = 0x80;
    new DataView(header.buffer).setBigUint64(start + length - 8, BigInt(size));
  }
  set('type', FILE_TYPES[0]);
  set('magic', 'ustar\0');
  set('version', '00');
  set('checksum', `${sumOf(header).toString(8).padStart(6, '0')}\0 `);
  return header;
}
