/**
 * Giving a VDI image another size. Where its map lies, where its blocks begin, and how many there are stands in one
 * sector, whose write is the moment at which the new size counts; until then the old map is whole.
 */
import { ArgumentError } from '../../errors.ts';
import { encodeEntries } from '../cluster-tables.ts';
import { DiskImageError, type ImageHost } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { writeZeros } from '../zeros.ts';
import { DISCARDED, UNALLOCATED, type BlockMap } from './block-map.ts';
import { MAX_BLOCKS, patchHeader, SECTOR, type VdiHeader } from './header.ts';

/** Entries that are read and written together. */
const PIECE = 1 << 16;
/** Blocks that are moved between two flushes. */
const MAX_MOVES = 16;
/** Bytes of a block that are moved at once. */
const MAX_COPY = 1 << 20;

interface Work {
  readonly file: ImageFile;
  readonly host: ImageHost;
  readonly header: VdiHeader;
  readonly map: BlockMap;
  /** Size of the disk now, in whole sectors. */
  readonly former: number;
}

/**
 * Everything must be flushed, nothing else under way, and the image be read anew afterwards.
 * @throws ArgumentError for a size that no VDI has; DiskImageError for a map with errors, which `check` tells.
 */
export async function resizeVdi(work: Work, size: number): Promise<void> {
  const { header, former, map } = work;
  const blocks = Math.ceil(size / header.blockSize);
  if (!Number.isSafeInteger(size) || size <= 0 || size % SECTOR !== 0 || blocks > MAX_BLOCKS)
    throw new ArgumentError(
      `expected a size for this VDI image that is a multiple of ${SECTOR}, not 0 and at most ${MAX_BLOCKS * header.blockSize}, found ${size}`,
    );
  if (size === former) return;
  const { used, end } = await map.scan((block, reason) => {
    const offset = header.mapOffset + block * 4;
    throw new DiskImageError(work.file.name, 'vdi', `block ${block} ${reason}`, offset);
  });
  if (size > former) await grow(work, size, blocks, end);
  else await shrink(work, size, blocks, used);
}

async function grow(work: Work, size: number, blocks: number, end: number): Promise<void> {
  const { file, header, map, former, host } = work;
  const { blockSize } = header;
  const last = map.entryCount - 1;
  const [entry] = await map.load(last, 1);
  const kept = former - last * blockSize;
  // What lies behind the end in the last block is on the disk from now on.
  if (entry < DISCARDED) await writeZeros(file, map.placeOf(entry) + kept, blockSize - kept);
  const room = Math.floor((header.dataOffset - header.mapOffset) / 4);
  // How many blocks give way to a longer map, which then lies where they lay.
  const shift = blocks <= room ? 0 : Math.ceil((blocks * 4) / blockSize);
  let next = end;
  if (shift > 0) {
    next = Math.max(end, shift);
    const count = (): Promise<void> => patchHeader(file, { blocksAllocated: next });
    const isInTheWay = (found: number): boolean => found < shift;
    await moveBlocks(work, map.entryCount, isInTheWay, () => next++, count);
  }
  const mapOffset = shift === 0 ? header.mapOffset : header.dataOffset;
  const dataOffset = header.dataOffset + shift * blockSize;
  next -= Math.min(next, shift);
  for (let first = shift === 0 ? map.entryCount : 0; first < blocks;) {
    // A piece has either entries that were there, or new ones.
    const isOld = first < map.entryCount;
    const length = Math.min(PIECE, (isOld ? map.entryCount : blocks) - first);
    const entries = isOld ? await map.load(first, length) : new Uint32Array(length);
    for (let i = 0; i < length; i++) {
      if (!isOld) entries[i] = header.isStatic ? next++ : UNALLOCATED;
      else if (entries[i] < DISCARDED) entries[i] -= shift;
    }
    const bytes = new Uint8Array(length * 4);
    encodeEntries(entries, bytes);
    await file.write(mapOffset + first * 4, bytes);
    first += length;
  }
  const needed = dataOffset + (header.isStatic ? next * blockSize : 0);
  if (file.size < needed) await file.truncate(needed);
  await file.flush();
  await patchHeader(file, { mapOffset, dataOffset, diskSize: size, blocks, blocksAllocated: next }, host);
  await file.flush();
}

async function shrink(work: Work, size: number, blocks: number, used: Uint8Array): Promise<void> {
  const { file, header, map, host } = work;
  for (let first = blocks; first < map.entryCount; first += PIECE) {
    const length = Math.min(PIECE, map.entryCount - first);
    const bytes = new Uint8Array(length * 4);
    for (const entry of await map.load(first, length))
      if (entry < DISCARDED) used[entry >> 3] &= ~(1 << (entry & 7));
    encodeEntries(new Uint32Array(length).fill(UNALLOCATED), bytes);
    await file.write(header.mapOffset + first * 4, bytes);
  }
  await file.flush();
  // An image has no places for more blocks than its disk has.
  let free = 0;
  const nextFree = (): number => {
    while (((used[free >> 3] ?? 0) & (1 << (free & 7))) !== 0) free++;
    return free++;
  };
  await moveBlocks(work, blocks, (entry) => entry >= blocks, nextFree);
  let end = 0;
  for (let first = 0; first < blocks; first += PIECE)
    for (const entry of await map.load(first, Math.min(PIECE, blocks - first)))
      if (entry < DISCARDED) end = Math.max(end, entry + 1);
  await patchHeader(file, { diskSize: size, blocks, blocksAllocated: end }, host);
  await file.flush();
  const length = map.placeOf(end);
  if (length < file.size) await file.truncate(length);
  await file.flush();
}

/** Gives those of the first `count` blocks that are in the way other places: content first, then what leads there. */
async function moveBlocks(
  { file, header, map }: Work,
  count: number,
  isInTheWay: (entry: number) => boolean,
  nextPlace: () => number,
  beforeTables?: () => Promise<void>,
): Promise<void> {
  for (let first = 0; first < count; first += PIECE) {
    const entries = await map.load(first, Math.min(PIECE, count - first));
    let moves: { readonly index: number; readonly entry: number }[] = [];
    const settle = async (): Promise<void> => {
      if (moves.length === 0) return;
      await beforeTables?.();
      await file.flush();
      for (const { index, entry } of moves) {
        const bytes = new Uint8Array(4);
        encodeEntries(Uint32Array.of(entry), bytes);
        await file.write(header.mapOffset + (first + index) * 4, bytes);
      }
      await file.flush();
      moves = [];
    };
    for (const [index, entry] of entries.entries()) {
      if (entry >= DISCARDED || !isInTheWay(entry)) continue;
      const to = nextPlace();
      await copyBlock(map.placeOf(entry), map.placeOf(to));
      moves.push({ index, entry: to });
      if (moves.length === MAX_MOVES) await settle();
    }
    await settle();
  }

  async function copyBlock(from: number, to: number): Promise<void> {
    // The last block of the file may be shorter.
    const length = Math.min(header.blockSize, file.size - from);
    for (let done = 0; done < length; done += MAX_COPY) {
      const bytes = new Uint8Array(Math.min(MAX_COPY, length - done));
      await file.read(from + done, bytes);
      await file.write(to + done, bytes);
    }
  }
}
