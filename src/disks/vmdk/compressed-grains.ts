/** Grains that are compressed, each for itself (Virtual Disk Format 5.0, "Stream-Optimized Compressed"). */
import { readBeneath } from '../beneath.ts';
import { ABSENT } from '../clusters.ts';
import { ClusterTables, PAGE_ENTRIES, type Entries } from '../cluster-tables.ts';
import { DiskImageError, type Extent, type ImageHost } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import type { GrainTables, Owner } from './grain-tables.ts';
import { SECTOR } from './sparse-header.ts';

/** Before the compressed bytes: the first sector (64 bits) and how many bytes. */
const MARKER_SIZE = 12;

/** Grains that lie near each other are read together, up to this many bytes. */
const MAX_READ = 2 << 20;

/** Grains that were unpacked last and stay in memory, in bytes. */
const CACHE_BYTES = 4 << 20;

/** What a read needs of one grain. */
interface Wanted {
  readonly grain: number;
  readonly place: number;
  /** Which part of it goes where. */
  readonly from: number;
  readonly into: Uint8Array;
}

/** Reads compressed grains. */
export class CompressedGrains {
  private readonly tables: ClusterTables;
  private readonly grainSize: number;
  private readonly recent = new Map<number, Uint8Array>();

  constructor(
    private readonly file: ImageFile,
    private readonly grains: GrainTables,
    private readonly host: ImageHost,
    private readonly size: number,
    private readonly start: number,
    private readonly owner: Owner,
  ) {
    this.tables = new ClusterTables(grains);
    this.grainSize = grains.clusterSize;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    const wanted: Wanted[] = [];
    for (let done = 0; done < into.length;) {
      const grain = Math.floor((offset + done) / this.grainSize);
      const from = offset + done - grain * this.grainSize;
      const length = Math.min(this.grainSize - from, into.length - done);
      const part = into.subarray(done, done + length);
      const place = this.grains.locate(await this.entry(grain), grain);
      const known = place < 0 ? undefined : this.recent.get(grain);
      if (known) part.set(known.subarray(from, from + length));
      else if (place === ABSENT) await readBeneath(this.owner.backing, this.start + offset + done, part);
      else if (place < 0) part.fill(0);
      else wanted.push({ grain, place, from, into: part });
      done += length;
    }
    for (let first = 0; first < wanted.length;) {
      let end = first + 1;
      while (end < wanted.length && this.isNear(wanted, first, end)) end++;
      await this.readTogether(wanted.slice(first, end));
      first = end;
    }
  }

  async nextExtent(offset: number): Promise<Extent> {
    let grain = Math.floor(offset / this.grainSize);
    const kindOf = async (index: number): Promise<Extent['kind']> => {
      const place = this.grains.locate(await this.entry(index), index);
      return place >= 0 ? 'data' : place === ABSENT ? 'absent' : 'zero';
    };
    const kind = await kindOf(grain);
    const { entryCount } = this.grains;
    while (++grain < entryCount && grain % PAGE_ENTRIES !== 0 && (await kindOf(grain)) === kind);
    const length = Math.min(grain * this.grainSize, this.size) - offset;
    return kind === 'data' ? { offset, length, kind, isCompressed: true } : { offset, length, kind };
  }

  private async entry(grain: number): Promise<number> {
    const page = Math.floor(grain / PAGE_ENTRIES);
    let entries: Entries | undefined;
    while (!(entries = this.tables.get(page))) await this.tables.load(page);
    return entries[grain % PAGE_ENTRIES];
  }

  private isNear(wanted: readonly Wanted[], first: number, index: number): boolean {
    const gap = wanted[index].place - wanted[index - 1].place;
    const length = wanted[index].place - wanted[first].place + this.grainSize;
    return gap > 0 && gap <= 2 * this.grainSize && length <= MAX_READ;
  }

  private async readTogether(wanted: readonly Wanted[]): Promise<void> {
    const start = wanted[0].place;
    const last = wanted[wanted.length - 1].place;
    // What cannot be made smaller becomes a little longer.
    const bound = this.grainSize + (this.grainSize >> 6) + 64 + MARKER_SIZE;
    const bytes = new Uint8Array(Math.min(last - start + bound, this.file.size - start));
    await this.file.read(start, bytes);
    await Promise.all(
      wanted.map(async ({ grain, place, from, into }) => {
        const unpacked = await this.unpack(grain, place, bytes.subarray(place - start));
        into.set(unpacked.subarray(from, from + into.length));
        this.keep(grain, unpacked);
      }),
    );
  }

  private async unpack(grain: number, place: number, bytes: Uint8Array): Promise<Uint8Array> {
    const fail = (reason: string, cause?: unknown): DiskImageError =>
      new DiskImageError(this.file.name, 'vmdk', `grain ${grain} ${reason}`, place, { cause });
    let packed = bytes;
    if (this.grains.header.hasMarkers) {
      if (bytes.length < MARKER_SIZE) throw fail('ends behind the file');
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const length = view.getUint32(8, true);
      if (Number(view.getBigUint64(0, true)) !== grain * this.grains.step)
        throw fail('is marked as another one');
      if (length === 0 || length > 2 * this.grainSize + SECTOR)
        throw fail(`cannot have ${length} compressed bytes`);
      if (place + MARKER_SIZE + length > this.file.size) throw fail('ends behind the file');
      packed = bytes.subarray(MARKER_SIZE, MARKER_SIZE + length);
      if (packed.length < length) {
        packed = new Uint8Array(length);
        await this.file.read(place + MARKER_SIZE, packed);
      }
    }
    const unpacked = await this.host.decompress('zlib', packed, this.grainSize).catch((error) => {
      throw fail('cannot be unpacked', error);
    });
    const expected = this.grains.lengthOf(grain);
    if (unpacked.length < expected) throw fail(`has ${unpacked.length} bytes, expected ${expected}`);
    return unpacked;
  }

  private keep(grain: number, bytes: Uint8Array): void {
    const most = Math.max(1, Math.floor(CACHE_BYTES / this.grainSize));
    for (const old of this.recent.keys()) {
      if (this.recent.size < most) break;
      this.recent.delete(old);
    }
    this.recent.set(grain, bytes);
  }
}
