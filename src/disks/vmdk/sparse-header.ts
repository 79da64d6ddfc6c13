/**
 * The headers of sparse extents. Hosted ones (Virtual Disk Format 5.0, "Hosted Sparse Extents") have a sector,
 * little-endian, with offsets and lengths in sectors of 512 bytes:
 *
 *     0   "KDMV"                         44  entries of a grain table
 *     4   version, 1 to 3                48  redundant grain directory (64 bits)
 *     8   flags                          56  grain directory (64 bits)
 *     12  capacity (64 bits)             64  length of the metadata in front (64 bits)
 *     20  length of a grain (64 bits)    72  whether it was not closed properly
 *     28  descriptor (64 bits)           73  "\n \r\n"
 *     36  length of the descriptor       77  how grains are compressed
 *
 * Those of ESX servers ("COWD") have numbers of 32 bits: version, flags, capacity, length of a grain, grain directory,
 * entries of it; a table has 4096 entries.
 */
import { DiskImageError } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';

export const SECTOR = 512;

export const FLAG_NEWLINES = 1;
export const FLAG_REDUNDANT = 2;
export const FLAG_ZERO_GRAINS = 4;
export const FLAG_COMPRESSED = 1 << 16;
export const FLAG_MARKERS = 1 << 17;

/** Where the byte that says that an extent was not closed lies. */
export const UNCLEAN_AT = 72;

/** A grain directory that stands at the end of the file, where the footer says. */
export const AT_END = 0xffff_ffff_ffff_ffffn;

export const MARKER_END = 0;
export const MARKER_TABLE = 1;
export const MARKER_DIRECTORY = 2;
export const MARKER_FOOTER = 3;

const MAX_GRAIN = 32768;
const MAX_COMPRESSED_GRAIN = 4096;
const MAX_TABLE = 4096;
const MAX_DIRECTORY = 1 << 22;

/** All in sectors, where it is not a count. */
export interface SparseHeader {
  readonly kind: 'KDMV' | 'COWD';
  readonly version: number;
  readonly capacity: number;
  readonly grain: number;
  readonly descriptor?: { readonly offset: number; readonly length: number };
  readonly tableEntries: number;
  readonly directory: number;
  readonly directoryEntries: number;
  readonly redundantDirectory?: number;
  readonly isUnclean: boolean;
  readonly hasZeroGrains: boolean;
  readonly isCompressed: boolean;
  readonly hasMarkers: boolean;
}

export function isSparse(head: Uint8Array): boolean {
  const magic = String.fromCharCode(...head.subarray(0, 4));
  return magic === 'KDMV' || magic === 'COWD';
}

/** @throws DiskImageError */
export async function readSparseHeader(file: ImageFile): Promise<SparseHeader> {
  const head = await sectorAt(file, 0);
  if (String.fromCharCode(...head.subarray(0, 4)) === 'COWD') return parseCowd(file, head);
  if (new DataView(head.buffer).getBigUint64(56, true) !== AT_END) return parseHosted(file, head, 0);
  const footer = file.size - 2 * SECTOR;
  const marker = await sectorAt(file, footer - SECTOR);
  const end = await sectorAt(file, footer + SECTOR);
  const type = (sector: Uint8Array): number => new DataView(sector.buffer).getUint32(12, true);
  const length = (sector: Uint8Array): number => new DataView(sector.buffer).getUint32(8, true);
  if (type(marker) !== MARKER_FOOTER || length(marker) !== 0 || type(end) !== MARKER_END || length(end) !== 0)
    throw new DiskImageError(file.name, 'vmdk', 'expected a footer: the end of the file is missing', footer);
  return parseHosted(file, await sectorAt(file, footer), footer);
}

async function sectorAt(file: ImageFile, offset: number): Promise<Uint8Array> {
  if (offset < 0 || offset + SECTOR > file.size)
    throw new DiskImageError(
      file.name,
      'vmdk',
      `a sector at ${offset} is behind the end of the file, which has ${file.size} bytes`,
    );
  const sector = new Uint8Array(SECTOR);
  await file.read(offset, sector);
  return sector;
}

function parseHosted(file: ImageFile, head: Uint8Array, at: number): SparseHeader {
  const view = new DataView(head.buffer);
  const fail = (offset: number, reason: string): DiskImageError =>
    new DiskImageError(file.name, 'vmdk', reason, at + offset);
  const u32 = (offset: number): number => view.getUint32(offset, true);
  const u64 = (offset: number): number => Number(view.getBigUint64(offset, true));
  if (String.fromCharCode(...head.subarray(0, 4)) !== 'KDMV')
    throw fail(0, 'expected the header of a sparse extent');
  const [version, flags] = [u32(4), u32(8)];
  if (version < 1 || version > 3) throw fail(4, `version ${version} is not supported, only 1 to 3`);
  if ((flags & FLAG_NEWLINES) !== 0 && String.fromCharCode(...head.subarray(73, 77)) !== '\n \r\n')
    throw fail(73, 'line ends were converted: the file was transferred as text');
  const compression = head[77] | (head[78] << 8);
  if (compression > 1) throw fail(77, `there is no compression ${compression}`);
  const isCompressed = (flags & FLAG_COMPRESSED) !== 0 || compression === 1;
  const [capacity, grain, tableEntries] = [u64(12), u64(20), u32(44)];
  const descriptor = u64(28) > 0 && u64(36) > 0 ? { offset: u64(28), length: u64(36) } : undefined;
  if (descriptor && (descriptor.offset + descriptor.length) * SECTOR > file.size)
    throw fail(28, 'the descriptor ends behind the file');
  const header = {
    kind: 'KDMV' as const,
    version,
    capacity,
    grain,
    descriptor,
    tableEntries,
    directory: u64(56),
    directoryEntries: 0,
    isUnclean: head[UNCLEAN_AT] !== 0,
    hasZeroGrains: (flags & FLAG_ZERO_GRAINS) !== 0,
    isCompressed,
    hasMarkers: (flags & FLAG_MARKERS) !== 0,
  };
  // Only a descriptor, which names other files.
  if (capacity === 0) return header;
  if (!isPowerOfTwo(grain) || grain > (isCompressed ? MAX_COMPRESSED_GRAIN : MAX_GRAIN))
    throw fail(20, `grains of ${grain} sectors are not supported`);
  if (!isPowerOfTwo(tableEntries) || tableEntries > MAX_TABLE)
    throw fail(44, `grain tables of ${tableEntries} entries are not supported`);
  const directoryEntries = Math.ceil(capacity / (grain * tableEntries));
  checkDirectory(directoryEntries, header.directory, 56);
  const redundantDirectory = (flags & FLAG_REDUNDANT) !== 0 && u64(48) > 0 ? u64(48) : undefined;
  if (redundantDirectory !== undefined) checkDirectory(directoryEntries, redundantDirectory, 48);
  return { ...header, directoryEntries, redundantDirectory };

  function checkDirectory(entries: number, sector: number, field: number): void {
    if (entries > MAX_DIRECTORY) throw fail(12, `a capacity of ${capacity} sectors is not supported`);
    if (sector === 0 || sector * SECTOR + entries * 4 > file.size)
      throw fail(
        field,
        `a grain directory of ${entries} entries at sector ${sector} does not lie in the file`,
      );
  }
}

function parseCowd(file: ImageFile, head: Uint8Array): SparseHeader {
  const view = new DataView(head.buffer);
  const fail = (offset: number, reason: string): DiskImageError =>
    new DiskImageError(file.name, 'vmdk', reason, offset);
  const [version, , capacity, grain, directory, directoryEntries] = [4, 8, 12, 16, 20, 24].map((offset) =>
    view.getUint32(offset, true),
  );
  if (version !== 1) throw fail(4, `version ${version} of ESX sparse extents is not supported, only 1`);
  if (capacity === 0) throw fail(12, 'it is empty');
  if (!isPowerOfTwo(grain) || grain > MAX_GRAIN)
    throw fail(16, `grains of ${grain} sectors are not supported`);
  const needed = Math.ceil(capacity / (grain * 4096));
  if (directoryEntries < needed)
    throw fail(24, `expected ${needed} entries in the directory, found ${directoryEntries}`);
  if (directory === 0 || directory * SECTOR + needed * 4 > file.size)
    throw fail(20, `a grain directory of ${needed} entries at sector ${directory} does not lie in the file`);
  return {
    kind: 'COWD',
    version,
    capacity,
    grain,
    tableEntries: 4096,
    directory,
    directoryEntries: needed,
    isUnclean: false,
    hasZeroGrains: false,
    isCompressed: false,
    hasMarkers: false,
  };
}

function isPowerOfTwo(value: number): boolean {
  return value >= 1 && value <= 2 ** 30 && (value & (value - 1)) === 0;
}

/** What a new extent's header says; in sectors. */
export interface NewHeader {
  readonly version: number;
  readonly flags: number;
  readonly capacity: number;
  readonly grain: number;
  readonly descriptor: { readonly offset: number; readonly length: number };
  readonly tableEntries: number;
  readonly redundantDirectory: number;
  /** `undefined`: at the end. */
  readonly directory: number | undefined;
  readonly overhead: number;
}

export function encodeSparseHeader(header: NewHeader): Uint8Array {
  const bytes = new Uint8Array(SECTOR);
  const view = new DataView(bytes.buffer);
  const put64 = (offset: number, value: number): void => view.setBigUint64(offset, BigInt(value), true);
  for (const [i, char] of [...'KDMV'].entries()) bytes[i] = char.charCodeAt(0);
  view.setUint32(4, header.version, true);
  view.setUint32(8, header.flags, true);
  put64(12, header.capacity);
  put64(20, header.grain);
  put64(28, header.descriptor.offset);
  put64(36, header.descriptor.length);
  view.setUint32(44, header.tableEntries, true);
  put64(48, header.redundantDirectory);
  if (header.directory === undefined) view.setBigUint64(56, AT_END, true);
  else put64(56, header.directory);
  put64(64, header.overhead);
  for (const [i, char] of [...'\n \r\n'].entries()) bytes[73 + i] = char.charCodeAt(0);
  view.setUint16(77, (header.flags & FLAG_COMPRESSED) !== 0 ? 1 : 0, true);
  return bytes;
}

/** Changes fields of the header in one write; directories in sectors. */
export async function patchSparseHeader(
  file: ImageFile,
  changes: Pick<SparseHeader, 'capacity' | 'directory' | 'redundantDirectory'>,
): Promise<void> {
  const bytes = await sectorAt(file, 0);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(12, BigInt(changes.capacity), true);
  if (changes.redundantDirectory !== undefined)
    view.setBigUint64(48, BigInt(changes.redundantDirectory), true);
  view.setBigUint64(56, BigInt(changes.directory), true);
  await file.write(0, bytes);
}

/** A sector that says what follows it, in a stream. */
export function encodeMarker(type: number, sectors: number): Uint8Array {
  const bytes = new Uint8Array(SECTOR);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(sectors), true);
  view.setUint32(12, type, true);
  return bytes;
}
