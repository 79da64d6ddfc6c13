/** The grain directory and the grain tables of a sparse extent, and their redundant copies. */
import { ABSENT, ZERO, type ClusterFormat } from '../clusters.ts';
import {
  decodeEntries,
  encodeEntries,
  PAGE_ENTRIES,
  type Entries,
  type TableUnit,
} from '../cluster-tables.ts';
import { DiskImageError, type DiskImage } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { writeZeros } from '../zeros.ts';
import { SECTOR, UNCLEAN_AT, type SparseHeader } from './sparse-header.ts';

/** An entry for a grain of zeros, where the header says that there are such. */
const ZERO_GRAIN = 1;

/** Tables that follow each other are read and written together up to this many bytes. */
const MAX_IO = 1 << 20;

/** Sectors that belong to metadata. */
interface Range {
  start: number;
  end: number;
}

/** What the extent is a part of. */
export type Owner = Pick<DiskImage, 'backing' | 'backingReference'> & {
  /** Called before anything changes. */
  touch(): Promise<void>;
};

export class GrainTables implements ClusterFormat {
  readonly clusterSize: number;
  readonly step: number;
  readonly entryCount: number;
  readonly unitEntries: number;
  /** In ascending order, and apart from each other. */
  private metadata: Range[] = [];
  /** A sector that belongs to metadata twice. */
  private overlap: number | undefined;
  /** The sector behind all that is used, or will be. */
  private next: number;
  private reserved = 0;

  private constructor(
    private readonly file: ImageFile,
    readonly header: SparseHeader,
    private readonly owner: Owner,
    /** Sectors of the tables; 0 where there is none. */
    private readonly directory: Uint32Array,
    private readonly redundant: Uint32Array | undefined,
  ) {
    this.clusterSize = header.grain * SECTOR;
    this.step = header.grain;
    this.entryCount = Math.ceil(header.capacity / header.grain);
    this.unitEntries = header.tableEntries;
    this.next = this.behindFile();
    this.findMetadata();
  }

  /** @throws DiskImageError when the directory cannot be. */
  static async open(file: ImageFile, header: SparseHeader, owner: Owner): Promise<GrainTables> {
    const read = async (sector: number): Promise<Uint32Array> => {
      const bytes = new Uint8Array(header.directoryEntries * 4);
      await file.read(sector * SECTOR, bytes);
      return decodeEntries(bytes);
    };
    const redundant =
      header.redundantDirectory === undefined ? undefined : await read(header.redundantDirectory);
    return new GrainTables(file, header, owner, await read(header.directory), redundant);
  }

  get zeroEntry(): number | undefined {
    if (!this.owner.backingReference) return 0;
    return this.header.hasZeroGrains ? ZERO_GRAIN : undefined;
  }

  get tableSectors(): number {
    return Math.ceil((this.unitEntries * 4) / SECTOR);
  }

  private behindFile(): number {
    return Math.ceil(this.file.size / this.clusterSize) * this.step;
  }

  private fail(offset: number, reason: string): DiskImageError {
    return new DiskImageError(this.file.name, 'vmdk', reason, offset);
  }

  async load(first: number, count: number): Promise<Entries> {
    const entries = new Uint32Array(count);
    const { unitEntries, directory } = this;
    const tables = Math.ceil(count / unitEntries);
    const base = first / unitEntries;
    for (let table = 0; table < tables;) {
      const sector = directory[base + table];
      if (!this.isTable(base + table)) {
        if (sector === ZERO_GRAIN && this.header.hasZeroGrains)
          entries.fill(ZERO_GRAIN, table * unitEntries, (table + 1) * unitEntries);
        table++;
        continue;
      }
      let end = table + 1;
      while (end < tables && directory[base + end] === directory[base + end - 1] + this.tableSectors) end++;
      const bytes = new Uint8Array((Math.min(end * unitEntries, count) - table * unitEntries) * 4);
      if (sector * SECTOR + bytes.length > this.file.size)
        throw this.fail(sector * SECTOR, `grain table ${base + table} ends behind the file`);
      await this.file.read(sector * SECTOR, bytes);
      entries.set(decodeEntries(bytes), table * unitEntries);
      table = end;
    }
    return entries;
  }

  locate(entry: number, grain: number): number {
    if (entry === 0) return ABSENT;
    if (entry === ZERO_GRAIN && this.header.hasZeroGrains) return ZERO;
    if (entry >= this.reserved) {
      const length = this.header.isCompressed ? 1 : this.lengthOf(grain);
      if (entry * SECTOR + length > this.file.size)
        throw this.fail(entry * SECTOR, `grain ${grain} lies there, and the file ends at ${this.file.size}`);
    }
    if (!this.header.isCompressed && this.isMetadata(entry))
      throw this.fail(entry * SECTOR, `grain ${grain} lies there, among the metadata`);
    return entry * SECTOR;
  }

  /** Bytes of a grain that belong to the disk. */
  lengthOf(grain: number): number {
    return Math.min(this.step, this.header.capacity - grain * this.step) * SECTOR;
  }

  async beginChanges(): Promise<readonly number[]> {
    if (this.overlap !== undefined)
      throw this.fail(this.overlap * SECTOR, 'a grain table lies there, in another one or in other metadata');
    await this.owner.touch();
    await this.file.write(UNCLEAN_AT, Uint8Array.of(1));
    return [];
  }

  /** Says that all is written. */
  async endChanges(): Promise<void> {
    await this.file.write(UNCLEAN_AT, Uint8Array.of(0));
    await this.file.flush();
  }

  extend(count: number): { entry: number; count: number } {
    const entry = this.next;
    const found = Math.min(count, Math.floor((2 ** 32 - entry) / this.step));
    if (found <= 0) throw this.fail(entry * SECTOR, 'an extent cannot be longer than 2 TiB');
    this.next = this.reserved = entry + found * this.step;
    return { entry, count: found };
  }

  async store(units: readonly TableUnit[]): Promise<void> {
    const missing = units.filter(({ index }) => !this.isTable(index)).map(({ index }) => index);
    if (missing.length > 0) await this.makeTables(missing);
    for (const directory of this.redundant ? [this.redundant, this.directory] : [this.directory]) {
      const sorted = [...units].sort((a, b) => directory[a.index] - directory[b.index]);
      for (let i = 0; i < sorted.length;) {
        const start = directory[sorted[i].index] * SECTOR;
        const length = (unit: TableUnit): number => unit.entries.length * 4;
        let [end, size] = [i + 1, length(sorted[i])];
        while (end < sorted.length && size < MAX_IO && directory[sorted[end].index] * SECTOR === start + size)
          size += length(sorted[end++]);
        const bytes = new Uint8Array(size);
        for (let at = 0; i < end; i++) {
          encodeEntries(sorted[i].entries, bytes.subarray(at));
          at += length(sorted[i]);
        }
        await this.file.write(start, bytes);
      }
    }
  }

  /** Makes the copies equal, as they may not be when the process has died. */
  async synchronise(): Promise<void> {
    if (this.redundant) {
      const group = PAGE_ENTRIES / this.unitEntries;
      for (let first = 0; first < this.directory.length; first += group) {
        const start = first * this.unitEntries;
        const entries = await this.load(start, Math.min(PAGE_ENTRIES, this.entryCount - start));
        for (let index = first; index < Math.min(first + group, this.directory.length); index++) {
          const at = (index - first) * this.unitEntries;
          const unit = entries.slice(at, at + this.unitEntries);
          if (!(await this.isCopied(index, unit))) await this.writeCopy(index, unit);
        }
      }
    }
    await this.file.flush();
    await this.endChanges();
  }

  /** Makes the rest of the tables up to a number say nothing, from a grain on, in all copies; not those in memory. */
  async forgetFrom(grain: number, endTable: number): Promise<void> {
    const table = Math.floor(grain / this.unitEntries);
    for (const directory of this.redundant ? [this.redundant, this.directory] : [this.directory]) {
      for (let index = table; index < Math.min(endTable, directory.length); index++) {
        const first = index === table ? grain % this.unitEntries : 0;
        if (directory[index] > ZERO_GRAIN)
          await writeZeros(this.file, directory[index] * SECTOR + first * 4, (this.unitEntries - first) * 4);
      }
    }
  }

  private get metadataEnd(): number {
    // A large disk has more tables than a call has room for arguments.
    return this.metadata.reduce((most, { end }) => Math.max(most, end), 0);
  }

  /** The sector behind all that is used. */
  async findEnd(): Promise<number> {
    let end = this.metadataEnd;
    for (let first = 0; first < this.entryCount; first += PAGE_ENTRIES)
      for (const entry of await this.load(first, Math.min(PAGE_ENTRIES, this.entryCount - first)))
        if (entry > ZERO_GRAIN) end = Math.max(end, entry + this.step);
    return end;
  }

  /** Bytes that metadata takes in the file, with what is too small for a grain beside it. */
  get metadataBytes(): number {
    let sectors = 0;
    for (const { start, end } of this.metadata)
      sectors += Math.ceil(end / this.step) * this.step - Math.floor(start / this.step) * this.step;
    return sectors * SECTOR;
  }

  /** Whether the redundant table is as the other one. */
  async isCopied(index: number, entries: Entries): Promise<boolean> {
    const sector = this.redundant?.[index] ?? 0;
    if (!this.redundant || !this.isTable(index)) return true;
    const bytes = new Uint8Array(entries.length * 4);
    if (sector <= 1 || sector * SECTOR + bytes.length > this.file.size) return false;
    await this.file.read(sector * SECTOR, bytes);
    return decodeEntries(bytes).every((entry, i) => entry === entries[i]);
  }

  async writeCopy(index: number, entries: Entries): Promise<void> {
    const sector = this.redundant![index];
    const bytes = new Uint8Array(entries.length * 4);
    if (sector <= 1 || sector * SECTOR + bytes.length > this.file.size)
      throw this.fail(sector * SECTOR, `the redundant grain table ${index} cannot lie there`);
    encodeEntries(entries, bytes);
    await this.file.write(sector * SECTOR, bytes);
  }

  /** Makes all tables empty, and the file as short as that allows. */
  async makeEmpty(): Promise<void> {
    await this.file.flush();
    for (const directory of this.redundant ? [this.redundant, this.directory] : [this.directory]) {
      for (let i = 0; i < directory.length; i++) {
        if (this.isTable(i)) await writeZeros(this.file, directory[i] * SECTOR, this.unitEntries * 4);
      }
    }
    await this.file.flush();
    const end = this.metadataEnd * SECTOR;
    if (end < this.file.size) await this.file.truncate(end);
    this.next = this.behindFile();
    this.reserved = 0;
  }

  private isTable(index: number): boolean {
    return this.directory[index] > ZERO_GRAIN;
  }

  /** Makes tables where the directory has none; they are durable before the directory leads to them. */
  private async makeTables(missing: readonly number[]): Promise<void> {
    const directories = this.redundant ? [this.directory, this.redundant] : [this.directory];
    const sectors = this.tableSectors;
    const length = missing.length * sectors * directories.length;
    const start = this.next;
    this.next = this.reserved = start + Math.ceil(length / this.step) * this.step;
    if (this.next > 2 ** 32) throw this.fail(start * SECTOR, 'an extent cannot be longer than 2 TiB');
    const bytes = new Uint8Array(length * SECTOR);
    for (const [i, index] of missing.entries()) {
      if (this.directory[index] !== ZERO_GRAIN || !this.header.hasZeroGrains) continue;
      for (let copy = 0; copy < directories.length; copy++) {
        const at = (copy * missing.length + i) * sectors * SECTOR;
        encodeEntries(new Uint32Array(this.unitEntries).fill(ZERO_GRAIN), bytes.subarray(at));
      }
    }
    await this.file.write(start * SECTOR, bytes);
    await this.file.flush();
    for (const [copy, directory] of directories.entries()) {
      const at = copy === 0 ? this.header.directory : this.header.redundantDirectory!;
      for (const [i, index] of missing.entries()) {
        const sector = start + (copy * missing.length + i) * sectors;
        const entry = new Uint8Array(4);
        encodeEntries(Uint32Array.of(sector), entry);
        await this.file.write(at * SECTOR + index * 4, entry);
        directory[index] = sector;
      }
    }
    this.findMetadata();
  }

  /** Where no grain can lie. */
  private findMetadata(): void {
    const { header, tableSectors } = this;
    const directorySectors = Math.ceil((header.directoryEntries * 4) / SECTOR);
    const ranges: Range[] = [{ start: 0, end: header.kind === 'COWD' ? 4 : 1 }];
    const add = (start: number, length: number): void => void ranges.push({ start, end: start + length });
    if (header.descriptor) add(header.descriptor.offset, header.descriptor.length);
    add(header.directory, directorySectors);
    if (header.redundantDirectory !== undefined) add(header.redundantDirectory, directorySectors);
    for (const directory of [this.directory, this.redundant ?? []])
      for (const sector of directory) if (sector > ZERO_GRAIN) add(sector, tableSectors);
    ranges.sort((a, b) => a.start - b.start);
    const merged: Range[] = [];
    for (const range of ranges) {
      const last = merged.at(-1);
      if (last && range.start < last.end) this.overlap ??= range.start;
      // What is too small for a grain need not be told apart.
      if (last && range.start < last.end + this.step) last.end = Math.max(last.end, range.end);
      else merged.push({ ...range });
    }
    this.metadata = merged;
  }

  /** Whether a grain that begins at a sector would lie in metadata. */
  private isMetadata(sector: number): boolean {
    let [low, high] = [0, this.metadata.length];
    if (sector >= this.metadata[high - 1].end) return false;
    // The first that ends behind it.
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.metadata[middle].end > sector) high = middle;
      else low = middle + 1;
    }
    return this.metadata[low].start < sector + this.step;
  }
}
