/**
 * Persistent dirty bitmaps of other programs (qcow2 specification, "Bitmaps extension"). We keep them and do not
 * track changes: those that should have are marked as not up to date before the first write.
 */
import type { ImageFile } from '../image-file.ts';
import { checkTable, damaged, entryOffset, getUint64, viewOf, OFFSET_HIGH } from './geometry.ts';
import { AUTOCLEAR_BITMAPS, EXTENSION_BITMAPS, type Header } from './header.ts';

const ENTRY = 24;
const MAX_DIRECTORY = 64 << 20;
const MAX_BITMAPS = 65535;
const MAX_TABLE_ENTRIES = (32 << 20) / 8;
const FLAG_IN_USE = 1;
const FLAG_AUTO = 2;

/** Whether the image has bitmaps that are said to be valid. */
export function hasBitmaps(header: Header): boolean {
  return (header.autoclear & AUTOCLEAR_BITMAPS) !== 0n;
}

export interface BitmapDirectory {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly bitmaps: readonly {
    readonly at: number;
    readonly tableOffset: number;
    readonly tableEntries: number;
  }[];
}

/** @throws DiskImageError */
export async function readBitmapDirectory(file: ImageFile, header: Header): Promise<BitmapDirectory> {
  const data = header.extensions.find(({ type }) => type === EXTENSION_BITMAPS)?.data;
  if (!data || data.length < 24)
    throw damaged(file, 'it says that it has bitmaps, and has no extension for them', 88);
  const view = viewOf(data);
  const [count, length, offset] = [view.getUint32(0), getUint64(view, 8), getUint64(view, 16)];
  if (count > MAX_BITMAPS || length > MAX_DIRECTORY || length < count * ENTRY)
    throw damaged(file, `a directory of ${length} bytes for ${count} bitmaps`, offset);
  checkTable(file, header.geometry, 'the directory of bitmaps', offset, length);
  const bytes = new Uint8Array(length);
  await file.read(offset, bytes);
  const directory = viewOf(bytes);
  const bitmaps: { at: number; tableOffset: number; tableEntries: number }[] = [];
  for (let at = 0, i = 0; i < count; i++) {
    if (at + ENTRY > length) throw damaged(file, 'the directory of bitmaps ends too soon', offset + at);
    const tableEntries = directory.getUint32(at + 8);
    if (tableEntries > MAX_TABLE_ENTRIES)
      throw damaged(file, `a bitmap with ${tableEntries} clusters`, offset + at);
    bitmaps.push({ at, tableOffset: getUint64(directory, at), tableEntries });
    at += Math.ceil((ENTRY + directory.getUint16(at + 18) + directory.getUint32(at + 20)) / 8) * 8;
  }
  return { offset, bytes, bitmaps };
}

/** Marks every bitmap that should track changes as not up to date. */
export async function markBitmapsInUse(
  file: ImageFile,
  { offset, bytes, bitmaps }: BitmapDirectory,
): Promise<void> {
  const view = viewOf(bytes);
  let hasChanged = false;
  for (const { at } of bitmaps) {
    const flags = view.getUint32(at + 12);
    if (!(flags & FLAG_AUTO) || flags & FLAG_IN_USE) continue;
    view.setUint32(at + 12, (flags | FLAG_IN_USE) >>> 0);
    hasChanged = true;
  }
  if (!hasChanged) return;
  await file.write(offset, bytes);
  await file.flush();
}

/** The clusters that a bitmap's table refers to. */
export async function bitmapClusters(
  file: ImageFile,
  header: Header,
  { tableOffset, tableEntries }: BitmapDirectory['bitmaps'][number],
): Promise<number[]> {
  if (tableEntries === 0) return [];
  checkTable(file, header.geometry, "a bitmap's table", tableOffset, tableEntries * 8);
  const bytes = new Uint8Array(tableEntries * 8);
  await file.read(tableOffset, bytes);
  const view = viewOf(bytes);
  const offsets: number[] = [];
  for (let i = 0; i < tableEntries; i++) {
    const offset = entryOffset(view, i * 8, OFFSET_HIGH);
    if (offset !== 0) offsets.push(offset);
  }
  return offsets;
}
