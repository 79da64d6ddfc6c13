/** The region tables of a VHDX: [MS-VHDX] 2.2.3. */
import { DiskImageError } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { crc32c } from './crc32c.ts';
import { guidBytes, guidOf, guidText, hexOf } from './guid.ts';
import { ascii, HEADER_SECTION, MIB, putAscii, viewOf, type VhdxHeader } from './header.ts';

const TABLE_OFFSETS = [192 * 1024, 256 * 1024] as const;
const TABLE_SIZE = 65536;
const SIGNATURE = 'regi';
const MAX_ENTRIES = 2047;
const FIELD = { checksum: 4, count: 8, entries: 16 } as const;
const ENTRY_SIZE = 32;
const ENTRY = { offset: 16, length: 24, required: 28 } as const;

const BAT = guidOf('2DC27766-F623-4200-9D64-115E9BFD4A08');
const METADATA = guidOf('8B7CA206-4790-4B9A-B8FE-575F050F886E');

export interface Region {
  readonly offset: number;
  readonly length: number;
}

export interface Regions {
  /** The block allocation table. */
  readonly bat: Region;
  readonly metadata: Region;
  /** All that blocks may not lie over: these two, the log, and regions of other programs. */
  readonly reserved: readonly Region[];
  /** The bytes of the tables' one content, and which of the two are damaged. */
  readonly bytes: Uint8Array;
  damaged: readonly number[];
}

export async function readRegions(file: ImageFile, { logOffset, logLength }: VhdxHeader): Promise<Regions> {
  const damaged: number[] = [];
  let found: { bytes: Uint8Array; offset: number } | undefined;
  for (const offset of TABLE_OFFSETS) {
    const bytes = new Uint8Array(TABLE_SIZE);
    await file.read(offset, bytes);
    const isValid =
      ascii(bytes.subarray(0, 4)) === SIGNATURE &&
      crc32c(bytes, FIELD.checksum) === viewOf(bytes).getUint32(FIELD.checksum, true);
    if (!isValid) damaged.push(offset);
    else found ??= { bytes, offset };
  }
  if (!found) {
    const reason = 'neither region table has its signature and a right checksum';
    throw new DiskImageError(file.name, 'vhdx', reason, TABLE_OFFSETS[0]);
  }
  const { bytes, offset: table } = found;
  const view = viewOf(bytes);
  const count = view.getUint32(FIELD.count, true);
  if (count > MAX_ENTRIES)
    throw new DiskImageError(
      file.name,
      'vhdx',
      `expected at most 2047 regions, found ${count}`,
      table + FIELD.count,
    );
  const reserved: Region[] = [{ offset: logOffset, length: logLength }];
  const known = new Map<string, Region>();
  for (let i = 0; i < count; i++) {
    const at = FIELD.entries + i * ENTRY_SIZE;
    const fail = (reason: string): DiskImageError =>
      new DiskImageError(file.name, 'vhdx', reason, table + at);
    const guid = hexOf(bytes.subarray(at, at + 16));
    const offset = Number(view.getBigUint64(at + ENTRY.offset, true));
    const length = view.getUint32(at + ENTRY.length, true);
    const isRequired = (view.getUint32(at + ENTRY.required, true) & 1) !== 0;
    if (offset < HEADER_SECTION || offset % MIB !== 0 || length % MIB !== 0 || length === 0)
      throw fail(`expected a region of whole MiB, found one at ${offset} of ${length} bytes`);
    if (offset + length > file.size)
      throw fail(`a region from ${offset} to ${offset + length} is not in the file`);
    if (reserved.some((other) => offset < other.offset + other.length && offset + length > other.offset))
      throw fail(`the region at ${offset} lies over another, or over the log`);
    reserved.push({ offset, length });
    if (guid === BAT || guid === METADATA) known.set(guid, { offset, length });
    else if (isRequired) throw fail(`it needs a region ${guidText(guid)}, which is not supported`);
  }
  const [bat, metadata] = [known.get(BAT), known.get(METADATA)];
  if (!bat || !metadata)
    throw new DiskImageError(
      file.name,
      'vhdx',
      'expected a region of block allocations and one of metadata',
      table,
    );
  return { bat, metadata, reserved, bytes, damaged };
}

export async function writeRegions(file: ImageFile, bat: Region, metadata: Region): Promise<void> {
  const bytes = new Uint8Array(TABLE_SIZE);
  const view = viewOf(bytes);
  putAscii(bytes, 0, SIGNATURE);
  view.setUint32(FIELD.count, 2, true);
  for (const [i, [guid, region]] of (
    [
      [BAT, bat],
      [METADATA, metadata],
    ] as const
  ).entries()) {
    const at = FIELD.entries + i * ENTRY_SIZE;
    bytes.set(guidBytes(guid), at);
    view.setBigUint64(at + ENTRY.offset, BigInt(region.offset), true);
    view.setUint32(at + ENTRY.length, region.length, true);
    view.setUint32(at + ENTRY.required, 1, true);
  }
  view.setUint32(FIELD.checksum, crc32c(bytes, FIELD.checksum), true);
  for (const offset of TABLE_OFFSETS) await file.write(offset, bytes);
}
