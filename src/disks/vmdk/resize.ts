/**
 * Giving the last part of a VMDK image another size. The old header of a sparse extent leads to what was there until
 * one write of a sector replaces it.
 */
import { encodeEntries } from '../cluster-tables.ts';
import { DiskImageError, type ImageHost } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { writeZeros } from '../zeros.ts';
import { ArgumentError } from '../../errors.ts';
import { MAX_EXTENTS, type ExtentLine } from './descriptor.ts';
import { listParts, MAX_FLAT, MAX_SPARSE, SPLIT } from './extents.ts';
import { GrainTables, type Owner } from './grain-tables.ts';
import { flatPart, sparsePart, type Part } from './parts.ts';
import { patchSparseHeader, readSparseHeader, SECTOR } from './sparse-header.ts';

/** A part that is to have another size. Everything in it is flushed, and nothing else is under way. */
export interface ResizedPart {
  readonly part: Part;
  /** Its line in the descriptor. */
  readonly line: ExtentLine;
  /** Where on the disk it begins. */
  readonly start: number;
  readonly owner: Owner;
  readonly host: ImageHost;
}

/**
 * How many sectors the last part is to have so that the disk has so many, and which parts follow it.
 * @throws ArgumentError
 */
export function planResize(
  image: {
    readonly name: string;
    readonly subformat: string;
    readonly lines: readonly ExtentLine[];
    /** Where the last part begins, in sectors, and what it is. */
    readonly start: number;
    readonly part: Part;
  },
  sectors: number,
): { readonly wanted: number; readonly more: readonly ExtentLine[] } {
  const { name, subformat, lines, start, part } = image;
  const isSplit = subformat.startsWith('twoGb');
  const usual = lines.length > 1 ? lines[0].sectors : SPLIT;
  const most = Math.max(part.size / SECTOR, isSplit ? usual : part.tables ? MAX_SPARSE : MAX_FLAT);
  const wanted = Math.min(sectors - start, most);
  const rest = sectors - start - wanted;
  const count = Math.ceil(rest / usual);
  if (isSplit ? lines.length + count > MAX_EXTENTS : rest > 0) {
    const possible = start + most + (isSplit ? (MAX_EXTENTS - lines.length) * usual : 0);
    throw new ArgumentError(
      `expected at most ${possible * SECTOR} bytes for this image of the type ${subformat}, found ${sectors * SECTOR}`,
    );
  }
  const type = lines[0]?.type === 'SPARSE' ? 'SPARSE' : 'FLAT';
  return { wanted, more: isSplit ? listParts(name, type, lines.length, usual, rest) : [] };
}

/**
 * Makes it greater by what reads as zeros, or shorter.
 * @returns the part as it is afterwards.
 */
export async function resizePart(resized: ResizedPart, sectors: number): Promise<Part> {
  const { part, line, start, owner, host } = resized;
  const file = part.file!;
  if (!part.tables) {
    await resizeFlat(file, line.offset * SECTOR, part.size, sectors * SECTOR);
    return flatPart(file, { ...line, sectors }, owner);
  }
  await part.changes!.finish();
  // As it is in the file now: tables may have been added, and the header may count more than the descriptor.
  const header = await readSparseHeader(file);
  const tables = await GrainTables.open(file, header, owner);
  const isShorter = sectors * SECTOR < part.size;
  const kept = Math.min(sectors, part.size / SECTOR);
  if (!isShorter) await growSparse(file, tables, kept, sectors);
  else {
    const first = Math.ceil(kept / header.grain);
    // Further tables are in the directory no longer.
    await tables.forgetFrom(first, Math.ceil(first / header.tableEntries));
    await file.flush();
    await patchSparseHeader(file, { ...header, capacity: sectors });
  }
  await file.flush();
  const now = await readSparseHeader(file);
  if (isShorter) {
    const end = (await (await GrainTables.open(file, now, owner)).findEnd()) * SECTOR;
    if (end < file.size) await file.truncate(end);
    await file.flush();
  }
  return sparsePart(file, { ...now, capacity: sectors }, start, owner, host);
}

async function resizeFlat(file: ImageFile, start: number, former: number, size: number): Promise<void> {
  if (size > former) {
    // What lies behind the part is on the disk from now on.
    await writeZeros(file, start + former, Math.max(0, Math.min(file.size, start + size) - start - former));
    if (start + size > file.size) await file.truncate(start + size);
  } else if (file.size === start + former) {
    await file.truncate(start + size);
  }
  await file.flush();
}

/** @param former sectors that it has on the disk until now. */
async function growSparse(
  file: ImageFile,
  tables: GrainTables,
  former: number,
  capacity: number,
): Promise<void> {
  const { header, tableSectors, clusterSize } = tables;
  const last = Math.floor(former / header.grain);
  // Those that were left in the middle of becoming shorter, too.
  await tables.forgetFrom(Math.ceil(former / header.grain), header.directoryEntries);
  if (last < tables.entryCount) {
    const first = last - (last % header.tableEntries);
    const entries = await tables.load(first, Math.min(header.tableEntries, tables.entryCount - first));
    const place = tables.locate(entries[last - first], last);
    const used = (former - last * header.grain) * SECTOR;
    if (place >= 0) await writeZeros(file, place + used, clusterSize - used);
  }
  const count = Math.ceil(capacity / (header.grain * header.tableEntries));
  const added = Math.max(0, count - header.directoryEntries);
  let { directory, redundantDirectory } = header;
  if (added > 0) {
    let next = Math.ceil(file.size / clusterSize) * header.grain;
    const writes: { readonly at: number; readonly bytes: Uint8Array }[] = [];
    /** Puts a directory and its new tables behind the file; or only the tables, where it has room. */
    const extend = async (sector: number): Promise<number> => {
      const former = header.directoryEntries;
      const room = Math.ceil((former * 4) / SECTOR) * SECTOR;
      const isFitting = count * 4 <= room;
      const bytes = new Uint8Array(isFitting ? added * 4 : Math.ceil((count * 4) / SECTOR) * SECTOR);
      const place = isFitting ? sector : next;
      if (!isFitting) {
        await file.read(sector * SECTOR, bytes.subarray(0, former * 4));
        next += bytes.length / SECTOR;
      }
      const first = next;
      encodeEntries(
        Uint32Array.from({ length: added }, (_, i) => first + i * tableSectors),
        bytes.subarray(isFitting ? 0 : former * 4),
      );
      next += added * tableSectors;
      writes.push({ at: place * SECTOR + (isFitting ? former * 4 : 0), bytes });
      return place;
    };
    if (redundantDirectory !== undefined) redundantDirectory = await extend(redundantDirectory);
    directory = await extend(directory);
    next = Math.ceil(next / header.grain) * header.grain;
    if (next > 2 ** 32)
      throw new DiskImageError(file.name, 'vmdk', 'an extent cannot be longer than 2 TiB', 12);
    // Tables of zeros, which is what lies behind the former end.
    await file.truncate(next * SECTOR);
    for (const { at, bytes } of writes) await file.write(at, bytes);
  }
  await file.flush();
  await patchSparseHeader(file, { capacity, directory, redundantDirectory });
}
