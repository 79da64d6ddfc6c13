/** What the log of a VHDX would do to the file: [MS-VHDX] 2.3. */
import { DiskImageError } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { crc32c } from './crc32c.ts';
import { hexOf } from './guid.ts';
import { ascii, MIB, viewOf, type VhdxHeader } from './header.ts';

export const LOG_SECTOR = 4096;
export const ENTRY_SIGNATURE = 'loge';
export const DATA_DESCRIPTOR = 'desc';
const ZERO_DESCRIPTOR = 'zero';
export const DATA_SECTOR = 'data';

/** Of a log entry (2.3.1.1). */
export const ENTRY = {
  checksum: 4,
  length: 8,
  tail: 12,
  sequence: 16,
  descriptors: 24,
  guid: 32,
  flushedSize: 48,
  lastSize: 56,
} as const;
export const ENTRY_HEADER_SIZE = 64;
export const DESCRIPTOR_SIZE = 32;
/** Of data descriptors (2.3.1.3) and zero descriptors (2.3.1.2). */
export const DESCRIPTOR = { trailing: 4, leading: 8, zeroLength: 8, fileOffset: 16, sequence: 24 } as const;
/** Of data sectors (2.3.1.4): the bytes between come from the descriptor. */
export const SECTOR_FIELD = { sequenceHigh: 4, data: 8, sequenceLow: 4092 } as const;

/** The identifier and the headers are never in the log. */
const FIRST_LOGGED = 192 * 1024;
/** More stretches of zeros than any log has; each takes memory. */
const MAX_ZEROS = 65536;

interface Entry {
  /** Within the log. */
  readonly start: number;
  readonly length: number;
  readonly tail: number;
  readonly sequence: bigint;
  readonly bytes: Uint8Array;
}

/** A stretch of a file. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface LogContent {
  /** Sectors of 4 KiB, by their offset in the file. They lie over the zeros. */
  readonly sectors: ReadonlyMap<number, Uint8Array>;
  /** Apart, in order. */
  readonly zeros: readonly Range[];
  /** How long the file is at least afterwards. */
  readonly size: number;
}

/** How many sectors header and descriptors of an entry take. */
export const descriptorSectors = (count: number): number =>
  Math.ceil((ENTRY_HEADER_SIZE + count * DESCRIPTOR_SIZE) / LOG_SECTOR);

/** @returns what is to be done to the file before it is used. @throws DiskImageError when it is damaged. */
export async function readLog(file: ImageFile, header: VhdxHeader): Promise<LogContent> {
  const { logOffset, logLength, logGuid } = header;
  const log = new Uint8Array(logLength);
  await file.read(logOffset, log);
  const entries = findEntries(log, logGuid);
  const active = activeSequence(entries, logLength);
  if (!active)
    throw new DiskImageError(
      file.name,
      'vhdx',
      'its log is to be replayed, and has no whole sequence',
      logOffset,
    );
  const last = viewOf(active.at(-1)!.bytes);
  const flushed = Number(last.getBigUint64(ENTRY.flushedSize, true));
  if (flushed > file.size) {
    const reason = `it was cut off: it had ${flushed} bytes when its log was written, and has ${file.size}`;
    throw new DiskImageError(file.name, 'vhdx', reason, logOffset + active.at(-1)!.start);
  }
  const size = Math.ceil(Number(last.getBigUint64(ENTRY.lastSize, true)) / MIB) * MIB;
  return { ...collect(active, file, logOffset), size: Math.max(size, file.size) };
}

/** All valid entries, by where they start. No sector belongs to two, so that all is read once. */
function findEntries(log: Uint8Array, guid: string): Map<number, Entry> {
  const entries = new Map<number, Entry>();
  const signature = (at: number): string => ascii(log.subarray(at, at + 4));
  for (let start = 0; start < log.length; start += LOG_SECTOR) {
    if (signature(start) !== ENTRY_SIGNATURE) continue;
    const view = viewOf(log.subarray(start, start + ENTRY_HEADER_SIZE));
    const length = view.getUint32(ENTRY.length, true);
    const sequence = view.getBigUint64(ENTRY.sequence, true);
    const tail = view.getUint32(ENTRY.tail, true);
    const isSane =
      length > 0 &&
      length % LOG_SECTOR === 0 &&
      length <= log.length &&
      tail % LOG_SECTOR === 0 &&
      tail < log.length &&
      sequence > 0n &&
      hexOf(log.subarray(start + ENTRY.guid, start + ENTRY.guid + 16)) === guid;
    if (!isSane) continue;
    let isBroken = false;
    for (let at = LOG_SECTOR; at < length && !isBroken; at += LOG_SECTOR)
      isBroken = signature((start + at) % log.length) === ENTRY_SIGNATURE;
    if (isBroken) continue;
    const bytes = new Uint8Array(length);
    const head = log.subarray(start, start + length);
    bytes.set(head);
    bytes.set(log.subarray(0, length - head.length), head.length);
    const entry = { start, length, tail, sequence, bytes };
    if (crc32c(bytes, ENTRY.checksum) === view.getUint32(ENTRY.checksum, true) && isConsistent(entry))
      entries.set(start, entry);
  }
  return entries;
}

/** Whether descriptors and sectors belong to the entry (2.3.1). */
function isConsistent({ bytes, length, sequence }: Entry): boolean {
  const view = viewOf(bytes);
  const count = view.getUint32(ENTRY.descriptors, true);
  let sector = descriptorSectors(count) * LOG_SECTOR;
  if (sector > length) return false;
  for (let i = 0; i < count; i++) {
    const at = ENTRY_HEADER_SIZE + i * DESCRIPTOR_SIZE;
    const kind = ascii(bytes.subarray(at, at + 4));
    if (view.getBigUint64(at + DESCRIPTOR.sequence, true) !== sequence) return false;
    if (view.getBigUint64(at + DESCRIPTOR.fileOffset, true) % BigInt(LOG_SECTOR) !== 0n) return false;
    if (kind === ZERO_DESCRIPTOR) {
      if (view.getBigUint64(at + DESCRIPTOR.zeroLength, true) % BigInt(LOG_SECTOR) !== 0n) return false;
    } else if (kind === DATA_DESCRIPTOR) {
      if (sector + LOG_SECTOR > length || ascii(bytes.subarray(sector, sector + 4)) !== DATA_SECTOR)
        return false;
      const high = view.getUint32(sector + SECTOR_FIELD.sequenceHigh, true);
      const low = view.getUint32(sector + SECTOR_FIELD.sequenceLow, true);
      if (((BigInt(high) << 32n) | BigInt(low)) !== sequence) return false;
      sector += LOG_SECTOR;
    } else {
      return false;
    }
  }
  return true;
}

/** The entries of the sequence that ends with the greatest number and has its tail, from the tail on (2.3.2). */
function activeSequence(entries: ReadonlyMap<number, Entry>, logLength: number): Entry[] | undefined {
  const next = ({ start, length, sequence }: Entry): Entry | undefined => {
    const follower = entries.get((start + length) % logLength);
    return follower?.sequence === sequence + 1n ? follower : undefined;
  };
  const followers = new Set<Entry>();
  for (const entry of entries.values()) {
    const follower = next(entry);
    if (follower) followers.add(follower);
  }
  let best: Entry[] | undefined;
  for (const first of entries.values()) {
    if (followers.has(first)) continue;
    const sequence: Entry[] = [];
    for (let entry: Entry | undefined = first; entry; entry = next(entry)) sequence.push(entry);
    const head = sequence.at(-1)!;
    const tail = sequence.findIndex(({ start }) => start === head.tail);
    if (tail >= 0 && (!best || head.sequence > best.at(-1)!.sequence)) best = sequence.slice(tail);
  }
  return best;
}

/** From the last change to the first, so that each place is settled by the first one found. */
function collect(
  active: readonly Entry[],
  file: ImageFile,
  logOffset: number,
): Pick<LogContent, 'sectors' | 'zeros'> {
  const sectors = new Map<number, Uint8Array>();
  const zeros: Range[] = [];
  for (const { bytes, start } of [...active].reverse()) {
    const view = viewOf(bytes);
    const count = view.getUint32(ENTRY.descriptors, true);
    let sector = descriptorSectors(count) * LOG_SECTOR;
    const changes: { offset: number; zeroLength: number; at: number; sector: number }[] = [];
    for (let i = 0; i < count; i++) {
      const at = ENTRY_HEADER_SIZE + i * DESCRIPTOR_SIZE;
      const isZero = ascii(bytes.subarray(at, at + 4)) === ZERO_DESCRIPTOR;
      const offset = Number(view.getBigUint64(at + DESCRIPTOR.fileOffset, true));
      const zeroLength = isZero ? Number(view.getBigUint64(at + DESCRIPTOR.zeroLength, true)) : 0;
      if (offset < FIRST_LOGGED || offset + Math.max(zeroLength, LOG_SECTOR) > Number.MAX_SAFE_INTEGER) {
        const reason = `its log would write at offset ${offset}`;
        throw new DiskImageError(file.name, 'vhdx', reason, logOffset + start);
      }
      changes.push({ offset, zeroLength, at, sector });
      if (!isZero) sector += LOG_SECTOR;
    }
    for (const { offset, zeroLength, at, sector } of changes.reverse()) {
      if (zeroLength > 0) {
        addRange(zeros, offset, offset + zeroLength);
        if (zeros.length > MAX_ZEROS)
          throw new DiskImageError(
            file.name,
            'vhdx',
            `its log has more than ${MAX_ZEROS} stretches of zeros`,
          );
      } else if (ascii(bytes.subarray(at, at + 4)) === DATA_DESCRIPTOR) {
        if (sectors.has(offset) || isCovered(zeros, offset)) continue;
        const content = bytes.slice(sector, sector + LOG_SECTOR);
        content.set(bytes.subarray(at + DESCRIPTOR.leading, at + DESCRIPTOR.leading + 8), 0);
        const trailing = bytes.subarray(at + DESCRIPTOR.trailing, at + DESCRIPTOR.trailing + 4);
        content.set(trailing, SECTOR_FIELD.sequenceLow);
        sectors.set(offset, content);
      }
    }
  }
  return { sectors, zeros };
}

/** The index of the first range that ends behind `offset`. */
export function rangeAt(ranges: readonly Range[], offset: number): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]!.end > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

const isCovered = (ranges: readonly Range[], offset: number): boolean => {
  const range = ranges[rangeAt(ranges, offset)];
  return range !== undefined && range.start <= offset;
};

function addRange(ranges: Range[], start: number, end: number): void {
  const first = rangeAt(ranges, start - 1);
  let last = first;
  while (last < ranges.length && ranges[last]!.start <= end) {
    start = Math.min(start, ranges[last]!.start);
    end = Math.max(end, ranges[last]!.end);
    last++;
  }
  ranges.splice(first, last - first, { start, end });
}
