/**
 * Headers in archives of tar: POSIX.1 ustar, with what GNU tar and pax add for long names and for files of 8 GiB and
 * more. What goes wrong is left to whoever reads the archive, to be said as an error of its own.
 */
import { decodeUtf8, encodeUtf8 } from './text.ts';

/** Headers are blocks of this size, and files are filled up to them. */
export const TAR_BLOCK = 512;
/** Longest record of names and sizes that is worth reading. */
export const MAX_TAR_EXTENSION = 64 * 1024;
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
const MAGIC = 'ustar\0';

/** Types of entries: plain files have any of three. */
export const TAR_FILES: readonly string[] = ['0', '\0', '7'];
export const TAR_DIRECTORY = '5';
/** The entry is the name of the next one, or where its link leads, by GNU tar. */
export const TAR_LONG_NAME = 'L';
export const TAR_LONG_LINK = 'K';
/** The entry is records of pax about the next one, or about all that follow. */
export const TAR_PAX = 'x';
export const TAR_PAX_FOR_ALL = 'g';

export interface TarHeader {
  readonly name: string;
  readonly type: string;
  /** In bytes; NaN where it is damaged. */
  readonly size: number;
}

/** What is said of the next file beside its header. */
export interface TarExtension {
  readonly name?: string;
  readonly size?: number;
  /** Whether it is a sparse file of GNU tar's, whose content is not one piece. */
  readonly isSparse?: boolean;
}

/** Whether a block ends an archive. */
export function isTarEnd(block: Uint8Array): boolean {
  return block.every((byte) => byte === 0);
}

/** Undefined where the block is no header, by its checksum. */
export function decodeTarHeader(block: Uint8Array): TarHeader | undefined {
  const checksum = tarText(fieldOf(block, 'checksum')).trim();
  if (octal(checksum) !== sumOf(block)) return undefined;
  const hasPrefix = decodeUtf8(fieldOf(block, 'magic')) === MAGIC;
  const prefix = hasPrefix ? tarText(fieldOf(block, 'prefix')) : '';
  const name = tarText(fieldOf(block, 'name'));
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    type: String.fromCharCode(block[FIELD.type[0]]),
    size: sizeIn(fieldOf(block, 'size')),
  };
}

/** Text in a header or in an entry that is a name: up to the first NUL. */
export function tarText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decodeUtf8(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Records of "LENGTH KEY=VALUE\n" (POSIX.1, pax extended header); undefined where they are damaged. */
export function decodePax(bytes: Uint8Array): TarExtension | undefined {
  let extension: TarExtension = {};
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 ? NaN : Number(tarText(bytes.subarray(at, space)));
    const end = at + length;
    if (!Number.isInteger(length) || end <= space || end > bytes.length) return undefined;
    const [key, value] = decodeUtf8(bytes.subarray(space + 1, end - 1)).split(/=(.*)/s);
    at = end;
    if (key === 'path') extension = { ...extension, name: value };
    if (key === 'size') {
      if (!/^\d{1,15}$/.test(value)) return undefined;
      extension = { ...extension, size: Number(value) };
    }
    if (key.startsWith('GNU.sparse.')) extension = { ...extension, isSparse: true };
  }
  return extension;
}

/** A plain file of nobody's and no time, so that equal content makes equal archives. */
export function encodeTarHeader(name: string, size: number): Uint8Array {
  const header = new Uint8Array(TAR_BLOCK);
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
  set('type', TAR_FILES[0]);
  set('magic', MAGIC);
  set('version', '00');
  set('checksum', `${sumOf(header).toString(8).padStart(6, '0')}\0 `);
  return header;
}

function fieldOf(header: Uint8Array, name: keyof typeof FIELD): Uint8Array {
  const [start, length] = FIELD[name];
  return header.subarray(start, start + length);
}

/** Octal digits, or GNU tar's binary number. */
function sizeIn(bytes: Uint8Array): number {
  const size =
    bytes[0] === 0x80
      ? bytes.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0)
      : octal(tarText(bytes).trim());
  return Number.isSafeInteger(size) ? size : NaN;
}

function octal(digits: string): number {
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : NaN;
}

/** The sum counts its own field as blanks. */
function sumOf(header: Uint8Array): number {
  const [start, length] = FIELD.checksum;
  return header.reduce((sum, byte, at) => sum + (at >= start && at < start + length ? 0x20 : byte), 0);
}
