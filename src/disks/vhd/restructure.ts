/** Giving a dynamic or differencing VHD another size or parent. */
import { changeFooter, FOOTER_SIZE, SECTOR, toVhdTime, type Footer } from './footer.ts';
import { buildHeader, buildParentName, HEADER_SIZE, readHeader, tableEnd, type Header } from './header.ts';
import type { ImageFile } from '../image-file.ts';
import type { SparseVhd } from './sparse.ts';

const CHUNK = 65536;

export interface NewStructure {
  readonly size: number;
  readonly type: number;
  /** Of a differencing disk. */
  readonly parent: { readonly id: Uint8Array; readonly reference: string } | undefined;
  /** Milliseconds since 1970-01-01. */
  readonly now: number;
}

/**
 * Writes a new header, and a new table where the old one is too small, behind the blocks; then the footer behind
 * them, and last its copy. Either footer, old or new, has a header and a table that are whole. No block may be
 * added meanwhile, and no table be changed in memory.
 */
export async function restructure(
  image: SparseVhd,
  { size, type, parent, now }: NewStructure,
): Promise<{ footer: Footer; header: Header; end: number }> {
  const { file, header: former } = image;
  const headerOffset = image.end;
  let end = headerOffset + HEADER_SIZE;
  const name = parent && buildParentName(parent.reference);
  const nameOffset = end;
  if (name) {
    await file.write(end, name.bytes);
    end += name.bytes.length;
  }
  let { tableOffset, tableEntries } = former;
  const blocks = Math.ceil(size / former.blockSize);
  if (blocks > tableEntries) {
    const tableLength = tableEnd({ ...former, tableOffset: 0, tableEntries: blocks });
    const used = tableEntries * 4;
    const buffer = new Uint8Array(CHUNK);
    for (let at = 0; at < tableLength; at += CHUNK) {
      const chunk = buffer.subarray(0, Math.min(CHUNK, tableLength - at)).fill(0xff);
      if (at < used) await file.read(tableOffset + at, chunk.subarray(0, Math.min(chunk.length, used - at)));
      await file.write(end + at, chunk);
    }
    tableOffset = end;
    tableEntries = blocks;
    end += tableLength;
  }
  const header = buildHeader({
    tableOffset,
    tableEntries,
    blockSize: former.blockSize,
    ...(parent && {
      parent: { id: parent.id, time: toVhdTime(now), reference: parent.reference, nameOffset },
    }),
  });
  await file.write(headerOffset, header);
  await file.flush();
  const bytes = changeFooter(image.footer.bytes, { type, size, headerOffset });
  await file.write(end, bytes);
  await file.flush();
  await file.write(0, bytes);
  await file.flush();
  return {
    footer: { ...image.footer, bytes, type, size, headerOffset },
    header: await readHeader(file, headerOffset),
    end,
  };
}

/** Makes a file that has no content an image without blocks. @returns where the footer lies. */
export async function layOut(
  file: ImageFile,
  footer: Uint8Array,
  layout: { blockSize: number; size: number; parent: NewStructure['parent']; now: number },
): Promise<number> {
  const { blockSize, size, parent, now } = layout;
  const tableOffset = FOOTER_SIZE + HEADER_SIZE;
  const tableEntries = Math.ceil(size / blockSize);
  const tableLength = Math.ceil((tableEntries * 4) / SECTOR) * SECTOR;
  const nameOffset = tableOffset + tableLength;
  const name = parent && buildParentName(parent.reference);
  const end = nameOffset + (name?.bytes.length ?? 0);
  const header = buildHeader({
    tableOffset,
    tableEntries,
    blockSize,
    ...(parent && {
      parent: { id: parent.id, time: toVhdTime(now), reference: parent.reference, nameOffset },
    }),
  });
  const blank = new Uint8Array(CHUNK).fill(0xff);
  for (let at = 0; at < tableLength; at += CHUNK)
    await file.write(tableOffset + at, blank.subarray(0, Math.min(CHUNK, tableLength - at)));
  await file.write(FOOTER_SIZE, header);
  if (name) await file.write(nameOffset, name.bytes);
  await file.write(end, footer);
  await file.write(0, footer);
  return end;
}
