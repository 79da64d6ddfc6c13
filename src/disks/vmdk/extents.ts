/** Making the files that a VMDK image consists of. */
import { encodeEntries } from '../cluster-tables.ts';
import type { ImageHost } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import type { ExtentLine } from './descriptor.ts';
import {
  encodeSparseHeader,
  FLAG_NEWLINES,
  FLAG_REDUNDANT,
  FLAG_ZERO_GRAINS,
  SECTOR,
  type NewHeader,
} from './sparse-header.ts';

export const GRAIN = 128;
export const TABLE_ENTRIES = 512;
const TABLE_SECTORS = 4;
/** What a descriptor in a sparse extent has room for, in sectors, and where it stands. */
export const DESCRIPTOR = { offset: 1, length: 20 };
/** The longest part of a split image, in sectors. */
export const SPLIT = 2 ** 31 / SECTOR;
/** A sparse extent cannot have more, as its tables have 32-bit sector numbers. */
export const MAX_SPARSE = 2 ** 32 - 2 ** 24;
export const MAX_FLAT = 2 ** 40;

/** The files of an image and their names, which are qemu-img's. */
export function listExtents(name: string, sectors: number, isFlat: boolean, isSplit: boolean): ExtentLine[] {
  const type = isFlat ? 'FLAT' : 'SPARSE';
  if (isSplit) return listParts(name, type, 0, SPLIT, sectors);
  const [stem, ending] = splitName(name);
  return [{ access: 'RW', sectors, type, file: isFlat ? `${stem}-flat${ending}` : name, offset: 0 }];
}

/**
 * Extents of an image that is split, in files with numbers.
 * @param count how many there are already.
 * @param most sectors of each, at most.
 */
export function listParts(
  name: string,
  type: 'FLAT' | 'SPARSE',
  count: number,
  most: number,
  sectors: number,
): ExtentLine[] {
  const [stem, ending] = splitName(name);
  const lines: ExtentLine[] = [];
  for (let rest = sectors; rest > 0; rest -= most) {
    const number = String(count + lines.length + 1).padStart(3, '0');
    const file = `${stem}-${type === 'FLAT' ? 'f' : 's'}${number}${ending}`;
    lines.push({ access: 'RW', sectors: Math.min(most, rest), type, file, offset: 0 });
  }
  return lines;
}

function splitName(name: string): [string, string] {
  const plain = name.split(/[/\\]/).at(-1)!;
  const dot = plain.lastIndexOf('.');
  return dot > 0 ? [plain.slice(0, dot), plain.slice(dot)] : [plain, ''];
}

/** Makes the file of an extent beside the descriptor. */
export async function createExtent(
  extent: ExtentLine,
  from: ImageFile,
  host: ImageHost,
  isFlat: boolean,
  hasZeroGrains: boolean,
): Promise<void> {
  const file = await host.createReferenced(extent.file!, from);
  try {
    if (isFlat) {
      await file.truncate(extent.sectors * SECTOR);
      await file.flush();
    } else {
      await writeSparse(file, extent.sectors, hasZeroGrains);
    }
  } finally {
    await file.close();
  }
}

/** Writes header, directories and empty tables of a sparse extent. */
export async function writeSparse(file: ImageFile, capacity: number, hasZeroGrains: boolean): Promise<void> {
  const tables = Math.ceil(capacity / (GRAIN * TABLE_ENTRIES));
  const directorySectors = Math.ceil((tables * 4) / SECTOR);
  const redundantDirectory = DESCRIPTOR.offset + DESCRIPTOR.length;
  const directory = redundantDirectory + directorySectors + tables * TABLE_SECTORS;
  const end = directory + directorySectors + tables * TABLE_SECTORS;
  const overhead = Math.ceil(end / GRAIN) * GRAIN;
  for (const sector of [redundantDirectory, directory]) {
    const bytes = new Uint8Array(directorySectors * SECTOR);
    const first = sector + directorySectors;
    encodeEntries(
      Uint32Array.from({ length: tables }, (_, i) => first + i * TABLE_SECTORS),
      bytes,
    );
    await file.write(sector * SECTOR, bytes);
  }
  // The tables are zeros.
  await file.truncate(overhead * SECTOR);
  const header: NewHeader = {
    version: hasZeroGrains ? 2 : 1,
    flags: FLAG_NEWLINES | FLAG_REDUNDANT | (hasZeroGrains ? FLAG_ZERO_GRAINS : 0),
    capacity,
    grain: GRAIN,
    descriptor: DESCRIPTOR,
    tableEntries: TABLE_ENTRIES,
    redundantDirectory,
    directory,
    overhead,
  };
  await file.write(0, encodeSparseHeader(header));
  await file.flush();
}
