/**
 * The header of dynamic and differencing VHDs with the names of their parent, from Microsoft's Virtual Hard Disk
 * Image Format Specification 1.0: "Dynamic Disk Header Format".
 */
import { DiskImageError } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { fromWindowsPath, toWindowsPath, utf16, utf16Text } from '../windows-names.ts';
import { checksum, latin1, putLatin1, seal, SECTOR, viewOf } from './footer.ts';

export const HEADER_SIZE = 1024;

const COOKIE = 'cxsparse';
const VERSION_1 = 0x0001_0000;
const FIELD = {
  dataOffset: 8,
  tableOffset: 16,
  version: 24,
  tableEntries: 28,
  blockSize: 32,
  checksum: 36,
  parentId: 40,
  parentTime: 56,
  parentName: 64,
  locators: 576,
} as const;
const ID_SIZE = 16;
const PARENT_NAME_SIZE = 512;
const LOCATORS = 8;
const LOCATOR_SIZE = 24;
/** Windows has no longer path than 32767 characters. */
const MAX_LOCATOR_DATA = 65536;
/** Greater blocks are of no use, and their bitmaps would take room. */
const MAX_BLOCK_SIZE = 2 ** 30;

export interface ParentLocator {
  /** "W2ru" is a relative and "W2ku" an absolute path of Windows, both UTF-16; "MacX" a URL. */
  readonly platform: string;
  readonly offset: number;
  /** Bytes of the name. */
  readonly length: number;
}

export interface Header {
  /** All 1024 bytes. */
  readonly bytes: Uint8Array;
  readonly tableOffset: number;
  readonly tableEntries: number;
  readonly blockSize: number;
  readonly parentId: Uint8Array;
  /** "Parent Unicode Name": a file name, or a path. */
  readonly parentName: string;
  readonly locators: readonly ParentLocator[];
}

/** Where the table ends, in whole sectors. */
export const tableEnd = ({ tableOffset, tableEntries }: Header): number =>
  tableOffset + Math.ceil((tableEntries * 4) / SECTOR) * SECTOR;

/** @param offset where the footer says that it lies. */
export async function readHeader(file: ImageFile, offset: number): Promise<Header> {
  const fail = (reason: string, field = 0): never => {
    throw new DiskImageError(file.name, 'vhd', reason, offset + field);
  };
  if (!(offset >= SECTOR && offset + HEADER_SIZE <= file.size))
    throw new DiskImageError(file.name, 'vhd', `its header would lie at ${offset}, outside of the file`);
  const bytes = new Uint8Array(HEADER_SIZE);
  await file.read(offset, bytes);
  const view = viewOf(bytes);
  if (latin1(bytes.subarray(0, COOKIE.length)) !== COOKIE)
    fail(`expected a header that begins with "${COOKIE}"`);
  if (checksum(bytes, FIELD.checksum) !== view.getUint32(FIELD.checksum))
    fail('the checksum of the header is wrong', FIELD.checksum);
  const version = view.getUint32(FIELD.version);
  if (version !== VERSION_1)
    fail(`expected header version 1.0, found 0x${version.toString(16)}`, FIELD.version);
  const blockSize = view.getUint32(FIELD.blockSize);
  if (blockSize < SECTOR || blockSize > MAX_BLOCK_SIZE || (blockSize & (blockSize - 1)) !== 0)
    fail(`expected blocks of a power of two bytes up to 1 GiB, found ${blockSize}`, FIELD.blockSize);
  const tableOffset = Number(view.getBigUint64(FIELD.tableOffset));
  const tableEntries = view.getUint32(FIELD.tableEntries);
  const end = tableOffset + tableEntries * 4;
  if (tableOffset < SECTOR || tableOffset % SECTOR !== 0 || end > file.size)
    fail(`its table would lie from ${tableOffset} to ${end}, outside of the file`, FIELD.tableOffset);
  if (tableOffset < offset + HEADER_SIZE && end > offset)
    fail(`its table at ${tableOffset} lies over the header`, FIELD.tableOffset);
  const locators: ParentLocator[] = [];
  for (let i = 0; i < LOCATORS; i++) {
    const at = FIELD.locators + i * LOCATOR_SIZE;
    const platform = latin1(bytes.subarray(at, at + 4));
    if (view.getUint32(at) === 0) continue;
    locators.push({
      platform,
      length: view.getUint32(at + 8),
      offset: Number(view.getBigUint64(at + 16)),
    });
  }
  return {
    bytes,
    tableOffset,
    tableEntries,
    blockSize,
    parentId: bytes.slice(FIELD.parentId, FIELD.parentId + ID_SIZE),
    parentName: utf16Text(bytes.subarray(FIELD.parentName, FIELD.parentName + PARENT_NAME_SIZE), false),
    locators,
  };
}

/**
 * The path of the parent, with slashes: relative to the image where it says so, else absolute, else its name.
 */
export async function readParentName(file: ImageFile, header: Header): Promise<string> {
  for (const wanted of ['W2ru', 'W2ku']) {
    const locator = header.locators.find(({ platform }) => platform === wanted);
    if (!locator) continue;
    const { offset, length } = locator;
    if (length > MAX_LOCATOR_DATA || !(offset + length <= file.size)) {
      const reason = `the name of its parent would lie from ${offset} to ${offset + length}`;
      throw new DiskImageError(file.name, 'vhd', reason);
    }
    const bytes = new Uint8Array(length);
    await file.read(offset, bytes);
    const name = utf16Text(bytes, true);
    if (name !== '') return fromWindowsPath(name);
  }
  if (header.parentName !== '') return fromWindowsPath(header.parentName);
  throw new DiskImageError(file.name, 'vhd', 'it is a differencing disk and does not name its parent');
}

export interface NewHeader {
  readonly tableOffset: number;
  readonly tableEntries: number;
  readonly blockSize: number;
  readonly parent?: {
    readonly id: Uint8Array;
    /** Seconds since 2000-01-01. */
    readonly time: number;
    /** A path with slashes. */
    readonly reference: string;
    /** Where its name is to lie. */
    readonly nameOffset: number;
  };
}

/** What is stored of the name of a parent, in whole sectors; the platform code says what it is. */
export function buildParentName(reference: string): { platform: string; bytes: Uint8Array; length: number } {
  const path = toWindowsPath(reference);
  const text = utf16(path.text, true);
  const bytes = new Uint8Array(Math.ceil(text.length / SECTOR) * SECTOR);
  bytes.set(text);
  return { platform: path.isAbsolute ? 'W2ku' : 'W2ru', bytes, length: text.length };
}

export function buildHeader({ tableOffset, tableEntries, blockSize, parent }: NewHeader): Uint8Array {
  const bytes = new Uint8Array(HEADER_SIZE);
  const view = viewOf(bytes);
  putLatin1(bytes, 0, COOKIE);
  view.setBigUint64(FIELD.dataOffset, 0xffff_ffff_ffff_ffffn);
  view.setBigUint64(FIELD.tableOffset, BigInt(tableOffset));
  view.setUint32(FIELD.version, VERSION_1);
  view.setUint32(FIELD.tableEntries, tableEntries);
  view.setUint32(FIELD.blockSize, blockSize);
  if (parent) {
    bytes.set(parent.id, FIELD.parentId);
    view.setUint32(FIELD.parentTime, parent.time);
    // The file's name alone, which is zero-terminated.
    const file = parent.reference.slice(parent.reference.lastIndexOf('/') + 1);
    bytes.set(utf16(file, false).subarray(0, PARENT_NAME_SIZE - 2), FIELD.parentName);
    const name = buildParentName(parent.reference);
    putLatin1(bytes, FIELD.locators, name.platform);
    view.setUint32(FIELD.locators + 4, name.bytes.length / SECTOR);
    view.setUint32(FIELD.locators + 8, name.length);
    view.setBigUint64(FIELD.locators + 16, BigInt(parent.nameOffset));
  }
  seal(bytes, FIELD.checksum);
  return bytes;
}
