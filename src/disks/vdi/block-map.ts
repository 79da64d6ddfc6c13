/** The map of blocks of a VDI image: where in the file each block of the disk lies. */
import { ABSENT, ZERO, type ClusterFormat } from '../clusters.ts';
import { decodeEntries, encodeEntries, type Entries, type TableUnit } from '../cluster-tables.ts';
import { DiskImageError, type ImageHost } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import {
  asUuid,
  BLOCKS_ALLOCATED_AT,
  MAX_BLOCKS,
  MODIFIED_UUID_AT,
  UUID_SIZE,
  type VdiHeader,
} from './header.ts';

/** A block that was never written. */
export const UNALLOCATED = 0xffff_ffff;
/** A block that was given up, and reads as zeros. */
export const DISCARDED = 0xffff_fffe;

/** Entries that are read together when all are looked at. */
const SCAN_ENTRIES = 1 << 16;

export class BlockMap implements ClusterFormat {
  readonly clusterSize: number;
  readonly entryCount: number;
  readonly unitEntries = 1024;
  readonly step = 1;
  /** Blocks in the file; all of them are used, or free. */
  private allocated: number;
  /** Those of them that the file need not be long enough for yet. */
  private reserved = 0;

  constructor(
    private readonly file: ImageFile,
    private readonly host: ImageHost,
    private readonly header: VdiHeader,
    private readonly diskSize: number,
  ) {
    this.clusterSize = header.blockSize;
    this.entryCount = Math.ceil(diskSize / header.blockSize);
    this.allocated = header.blocksAllocated;
  }

  async load(first: number, count: number): Promise<Entries> {
    const bytes = new Uint8Array(count * 4);
    await this.file.read(this.header.mapOffset + first * 4, bytes);
    return decodeEntries(bytes);
  }

  locate(entry: number, block: number): number {
    if (entry >= DISCARDED) return entry === DISCARDED ? ZERO : ABSENT;
    const place = this.placeOf(entry);
    if (entry >= this.reserved && this.isBehindEnd(entry, block))
      throw new DiskImageError(
        this.file.name,
        'vdi',
        `block ${block} lies at ${place}, behind the end of the file, which has ${this.file.size} bytes`,
        this.header.mapOffset + block * 4,
      );
    return place;
  }

  /** Where in the file a block's place is. */
  placeOf(entry: number): number {
    return this.header.dataOffset + entry * this.clusterSize;
  }

  private isBehindEnd(entry: number, block: number): boolean {
    const length = Math.min(this.clusterSize, this.diskSize - block * this.clusterSize);
    return this.placeOf(entry) + length > this.file.size;
  }

  async beginChanges(): Promise<readonly number[]> {
    const { used, count, end } = await this.scan((block, reason) => {
      throw new DiskImageError(
        this.file.name,
        'vdi',
        `block ${block} ${reason}`,
        this.header.mapOffset + block * 4,
      );
    });
    const free: number[] = [];
    for (let entry = 0; free.length < end - count; entry++) if (!has(used, entry)) free.push(entry);
    this.allocated = end;
    const uuid = new Uint8Array(UUID_SIZE);
    this.host.random(uuid);
    await this.file.write(MODIFIED_UUID_AT, asUuid(uuid));
    return free;
  }

  extend(count: number): { entry: number; count: number } {
    const entry = this.allocated;
    if (entry >= this.header.blocks)
      throw new DiskImageError(this.file.name, 'vdi', `the file has no room for more than ${entry} blocks`);
    const found = Math.min(count, this.header.blocks - entry);
    this.allocated += found;
    this.reserved = this.allocated;
    return { entry, count: found };
  }

  /** Who finds more blocks in the header than in the map has lost nothing; the other way round a block is used twice. */
  async beforeTables(): Promise<void> {
    const bytes = new Uint8Array(4);
    encodeEntries(Uint32Array.of(this.allocated), bytes);
    await this.file.write(BLOCKS_ALLOCATED_AT, bytes);
  }

  async store(units: readonly TableUnit[]): Promise<void> {
    for (let i = 0; i < units.length;) {
      let end = i + 1;
      while (end < units.length && units[end].index === units[end - 1].index + 1) end++;
      const entries = units.slice(i, end).flatMap((unit) => [...unit.entries]);
      const bytes = new Uint8Array(entries.length * 4);
      encodeEntries(Uint32Array.from(entries), bytes);
      await this.file.write(this.header.mapOffset + units[i].index * this.unitEntries * 4, bytes);
      i = end;
    }
  }

  /**
   * Looks at the whole map.
   * @param report called for each entry that cannot be.
   * @returns which blocks of the file are used (a bit each), how many, and the number after the last.
   */
  async scan(
    report: (block: number, reason: string) => void,
  ): Promise<{ used: Uint8Array; count: number; end: number }> {
    const room = Math.floor((this.file.size - this.header.dataOffset) / this.clusterSize) + 1;
    // While an image is resized some blocks lie behind the place of the last.
    const used = new Uint8Array(Math.ceil(Math.max(0, Math.min(room, 2 * MAX_BLOCKS)) / 8));
    let [count, end] = [0, 0];
    for (let first = 0; first < this.entryCount; first += SCAN_ENTRIES) {
      const entries = await this.load(first, Math.min(SCAN_ENTRIES, this.entryCount - first));
      for (let i = 0; i < entries.length; i++) {
        const entry = entries[i];
        if (entry >= DISCARDED) continue;
        if (entry >= used.length * 8 || this.isBehindEnd(entry, first + i))
          report(first + i, `lies at ${this.placeOf(entry)}, behind the end of the file`);
        else if (has(used, entry)) report(first + i, `has the place ${entry} of another block`);
        else {
          used[entry >> 3] |= 1 << (entry & 7);
          count++;
          end = Math.max(end, entry + 1);
        }
      }
    }
    return { used, count, end };
  }
}

function has(bits: Uint8Array, index: number): boolean {
  return ((bits[index >> 3] >> (index & 7)) & 1) !== 0;
}
