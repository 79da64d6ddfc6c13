/** The metadata region of a VHDX: [MS-VHDX] 2.6. */
import { DiskImageError } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { guidBytes, guidOf, guidText, hexOf } from './guid.ts';
import { ascii, MIB, putAscii, viewOf } from './header.ts';
import type { Region } from './regions.ts';

const SIGNATURE = 'metadata';
export const TABLE_SIZE = 65536;
const MAX_ITEMS = 2047;
/** Of the table (2.6.1.1) and its entries (2.6.1.2). */
export const TABLE = { count: 10, entries: 32 } as const;
export const ITEM_ENTRY_SIZE = 32;
export const ITEM_ENTRY = { offset: 16, length: 20, flags: 24 } as const;
const IS_VIRTUAL_DISK = 2;
export const IS_REQUIRED = 4;
const MAX_ITEM = MIB;

export const FILE_PARAMETERS = guidOf('CAA16737-FA36-4D43-B3B6-33F0AA44E76B');
const DISK_SIZE = guidOf('2FA54224-CD1B-4876-B211-5DBED83BF4B8');
const DISK_ID = guidOf('BECA12AB-B2E6-4523-93EF-C309E000C746');
const SECTOR_SIZE = guidOf('8141BF1D-A96F-4709-BA47-F233A8FAAB5F');
const PHYSICAL_SECTOR_SIZE = guidOf('CDA348C7-445D-4471-9CC9-E9885251C556');
export const PARENT_LOCATOR = guidOf('A8D35F2D-B30B-454D-ABF7-D3D84834AB0C');

/** File parameters (2.6.2.1). */
export const LEAVE_ALLOCATED = 1;
export const HAS_PARENT = 2;

/** 64 TiB, the greatest disk. */
export const MAX_SIZE = 2 ** 46;
export const MIN_BLOCK = MIB;
export const MAX_BLOCK = 256 * MIB;

export interface MetadataItem {
  /** Where its entry lies in the file. */
  readonly entry: number;
  /** Where it lies in the file. */
  readonly offset: number;
  readonly length: number;
}

export interface VhdxMetadata {
  readonly blockSize: number;
  /** Whether it is a fixed disk, whose blocks stay where they are. */
  readonly isFixed: boolean;
  readonly hasParent: boolean;
  readonly size: number;
  readonly sectorSize: number;
  readonly items: ReadonlyMap<string, MetadataItem>;
}

export const itemOf = (
  metadata: VhdxMetadata,
  name: 'size' | 'parameters' | 'parent',
): MetadataItem | undefined =>
  metadata.items.get({ size: DISK_SIZE, parameters: FILE_PARAMETERS, parent: PARENT_LOCATOR }[name]);

export async function readMetadata(file: ImageFile, region: Region): Promise<VhdxMetadata> {
  const fail = (reason: string, offset: number): DiskImageError =>
    new DiskImageError(file.name, 'vhdx', reason, offset);
  const table = new Uint8Array(TABLE_SIZE);
  await file.read(region.offset, table);
  const view = viewOf(table);
  if (ascii(table.subarray(0, SIGNATURE.length)) !== SIGNATURE)
    throw fail(`expected metadata that begin with "${SIGNATURE}"`, region.offset);
  const count = view.getUint16(TABLE.count, true);
  if (count > MAX_ITEMS)
    throw fail(`expected at most 2047 items, found ${count}`, region.offset + TABLE.count);
  const known = [FILE_PARAMETERS, DISK_SIZE, DISK_ID, SECTOR_SIZE, PHYSICAL_SECTOR_SIZE, PARENT_LOCATOR];
  const items = new Map<string, MetadataItem>();
  for (let i = 0; i < count; i++) {
    const at = TABLE.entries + i * ITEM_ENTRY_SIZE;
    const id = hexOf(table.subarray(at, at + 16));
    const offset = view.getUint32(at + ITEM_ENTRY.offset, true);
    const length = view.getUint32(at + ITEM_ENTRY.length, true);
    const flags = view.getUint32(at + ITEM_ENTRY.flags, true);
    const entry = region.offset + at;
    if (length > MAX_ITEM || (length > 0 && (offset < TABLE_SIZE || offset + length > region.length)))
      throw fail(`an item of ${length} bytes at ${offset} is not in the region of metadata`, entry);
    if (known.includes(id)) items.set(id, { entry, offset: region.offset + offset, length });
    else if ((flags & IS_REQUIRED) !== 0)
      throw fail(`it needs the metadata ${guidText(id)}, which are not supported`, entry);
  }
  const read = async (id: string, what: string, length: number): Promise<DataView> => {
    const item = items.get(id);
    if (!item || item.length < length) throw fail(`expected the ${what} among the metadata`, region.offset);
    const bytes = new Uint8Array(length);
    await file.read(item.offset, bytes);
    return viewOf(bytes);
  };
  const parameters = await read(FILE_PARAMETERS, 'file parameters', 8);
  const blockSize = parameters.getUint32(0, true);
  const flags = parameters.getUint32(4, true);
  if (blockSize < MIN_BLOCK || blockSize > MAX_BLOCK || (blockSize & (blockSize - 1)) !== 0)
    throw fail(`expected blocks of a power of two from 1 to 256 MiB, found ${blockSize}`, region.offset);
  const sectorSize = (await read(SECTOR_SIZE, 'logical sector size', 4)).getUint32(0, true);
  if (sectorSize !== 512 && sectorSize !== 4096)
    throw fail(`expected logical sectors of 512 or 4096 bytes, found ${sectorSize}`, region.offset);
  const size = Number((await read(DISK_SIZE, 'size of the disk', 8)).getBigUint64(0, true));
  if (size === 0 || size > MAX_SIZE || size % sectorSize !== 0)
    throw fail(`expected a disk of whole sectors up to 64 TiB, found ${size} bytes`, region.offset);
  return {
    blockSize,
    isFixed: (flags & LEAVE_ALLOCATED) !== 0,
    hasParent: (flags & HAS_PARENT) !== 0,
    size,
    sectorSize,
    items,
  };
}

export interface NewMetadata {
  readonly blockSize: number;
  readonly isFixed: boolean;
  readonly size: number;
  readonly sectorSize: number;
  readonly physicalSectorSize: number;
  /** 16 bytes. */
  readonly diskId: Uint8Array;
  /** The parent locator of a differencing disk. */
  readonly parent: Uint8Array | undefined;
}

/** Table and items, from the start of the region on. */
export function buildMetadata(metadata: NewMetadata): Uint8Array {
  const { blockSize, isFixed, size, sectorSize, physicalSectorSize, diskId, parent } = metadata;
  const number = (value: bigint, length: number): Uint8Array => {
    const bytes = new Uint8Array(8);
    viewOf(bytes).setBigUint64(0, value, true);
    return bytes.subarray(0, length);
  };
  const flags = (isFixed ? LEAVE_ALLOCATED : 0) | (parent ? HAS_PARENT : 0);
  const items: [id: string, flags: number, bytes: Uint8Array][] = [
    [FILE_PARAMETERS, IS_REQUIRED, number((BigInt(flags) << 32n) | BigInt(blockSize), 8)],
    [DISK_SIZE, IS_REQUIRED | IS_VIRTUAL_DISK, number(BigInt(size), 8)],
    [DISK_ID, IS_REQUIRED | IS_VIRTUAL_DISK, diskId],
    [SECTOR_SIZE, IS_REQUIRED | IS_VIRTUAL_DISK, number(BigInt(sectorSize), 4)],
    [PHYSICAL_SECTOR_SIZE, IS_REQUIRED | IS_VIRTUAL_DISK, number(BigInt(physicalSectorSize), 4)],
  ];
  if (parent) items.push([PARENT_LOCATOR, IS_REQUIRED, parent]);
  const length = items.reduce((sum, [, , bytes]) => sum + bytes.length, TABLE_SIZE);
  const region = new Uint8Array(length);
  const view = viewOf(region);
  putAscii(region, 0, SIGNATURE);
  view.setUint16(TABLE.count, items.length, true);
  let offset = TABLE_SIZE;
  for (const [i, [id, flags, bytes]] of items.entries()) {
    const at = TABLE.entries + i * ITEM_ENTRY_SIZE;
    region.set(guidBytes(id), at);
    view.setUint32(at + ITEM_ENTRY.offset, offset, true);
    view.setUint32(at + ITEM_ENTRY.length, bytes.length, true);
    view.setUint32(at + ITEM_ENTRY.flags, flags, true);
    region.set(bytes, offset);
    offset += bytes.length;
  }
  return region;
}
