/** L2 tables and blocks of reference counts in memory: a bounded number of them, written back in few writes. */
import type { ImageFile } from '../image-file.ts';
import { checkTable, viewOf, type Geometry } from './geometry.ts';

/** One cluster of the file. */
export interface Table {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** What is not in the file yet, in bytes of the table; nothing when `dirtyTo` is 0. */
  dirtyFrom: number;
  dirtyTo: number;
}

const SECTOR = 512;
/** Tables that follow each other in the file are written together up to this many bytes. */
const WRITE_SIZE = 1 << 20;
/** Tables that are few bytes take more for what is around them. */
const MAX_TABLES = 16384;

export class TableCache {
  private readonly tables = new Map<number, Table>();
  private readonly loads = new Map<number, Promise<Table>>();
  private readonly dirty = new Set<Table>();
  private readonly limit: number;

  /**
   * @param what what messages call a table.
   * @param bytes how much memory they take, as long as not all of them are dirty.
   */
  constructor(
    private readonly file: ImageFile,
    private readonly geometry: Geometry,
    private readonly what: string,
    bytes: number,
  ) {
    this.limit = Math.max(4, Math.min(MAX_TABLES, Math.floor(bytes / geometry.clusterSize)));
  }

  /** Whether so many are dirty that they should be written before more become dirty. */
  get isFull(): boolean {
    return this.dirty.size * 2 >= this.limit;
  }

  get dirtyTables(): ReadonlySet<Table> {
    return this.dirty;
  }

  has(offset: number): boolean {
    return this.tables.has(offset);
  }

  /** The table, when it is in memory. */
  peek(offset: number): Table | undefined {
    const table = this.tables.get(offset);
    if (table) {
      this.tables.delete(offset);
      this.tables.set(offset, table);
    }
    return table;
  }

  /**
   * Reads a table into memory. Between this and its use others may push it out again: look with `peek`.
   * @throws DiskImageError when there is none at that place.
   */
  load(offset: number): Promise<Table> {
    let load = this.loads.get(offset);
    if (!load) {
      load = this.read(offset).then(
        (table) => {
          // Unless it was dropped meanwhile.
          if (this.loads.get(offset) === load) {
            this.loads.delete(offset);
            this.insert(table);
          }
          return table;
        },
        (error: unknown) => {
          this.loads.delete(offset);
          throw error;
        },
      );
      this.loads.set(offset, load);
    }
    return load;
  }

  /** The table, from memory or the file. For those who hold the lock of the metadata. */
  async get(offset: number): Promise<Table> {
    for (;;) {
      const table = this.peek(offset);
      if (table) return table;
      await this.load(offset);
    }
  }

  /** A new table at a cluster that was allocated for it, all of it to be written. Default content: zeros. */
  add(offset: number, content?: Uint8Array): Table {
    const bytes = new Uint8Array(this.geometry.clusterSize);
    if (content) bytes.set(content);
    const table = { offset, bytes, view: viewOf(bytes), dirtyFrom: 0, dirtyTo: 0 };
    this.drop(offset);
    this.insert(table);
    this.markDirty(table, 0, bytes.length);
    return table;
  }

  markDirty(table: Table, from: number, to: number): void {
    table.dirtyFrom = table.dirtyTo === 0 ? from : Math.min(table.dirtyFrom, from);
    table.dirtyTo = Math.max(table.dirtyTo, to);
    this.dirty.add(table);
  }

  /** Forgets a table whose cluster is a table no more. */
  drop(offset: number): void {
    this.loads.delete(offset);
    const table = this.tables.get(offset);
    if (!table) return;
    this.tables.delete(offset);
    this.dirty.delete(table);
  }

  clear(): void {
    this.loads.clear();
    this.tables.clear();
    this.dirty.clear();
  }

  /** Writes those of the dirty tables that are chosen; nobody may change them meanwhile. */
  async writeBack(chosen: (table: Table) => boolean = () => true): Promise<void> {
    const tables = [...this.dirty].filter(chosen).sort((a, b) => a.offset - b.offset);
    for (let i = 0; i < tables.length;) {
      const pieces = [sectorsOf(tables[i++])];
      let { end } = pieces[0];
      let length = pieces[0].bytes.length;
      for (; i < tables.length && length < WRITE_SIZE; i++) {
        const next = sectorsOf(tables[i]);
        if (next.start !== end) break;
        pieces.push(next);
        end = next.end;
        length += next.bytes.length;
      }
      await this.file.write(pieces[0].start, join(pieces, length));
    }
    for (const table of tables) {
      table.dirtyFrom = table.dirtyTo = 0;
      this.dirty.delete(table);
    }
  }

  private async read(offset: number): Promise<Table> {
    const { clusterSize } = this.geometry;
    checkTable(this.file, this.geometry, this.what, offset, clusterSize);
    const bytes = new Uint8Array(clusterSize);
    await this.file.read(offset, bytes);
    return { offset, bytes, view: viewOf(bytes), dirtyFrom: 0, dirtyTo: 0 };
  }

  private insert(table: Table): void {
    if (this.tables.size >= this.limit) {
      for (const [offset, old] of this.tables) {
        if (old.dirtyTo !== 0) continue;
        this.tables.delete(offset);
        if (this.tables.size < this.limit) break;
      }
    }
    this.tables.set(table.offset, table);
  }
}

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

function sectorsOf({ offset, bytes, dirtyFrom, dirtyTo }: Table): Piece {
  const from = Math.floor(dirtyFrom / SECTOR) * SECTOR;
  const to = Math.ceil(dirtyTo / SECTOR) * SECTOR;
  return { start: offset + from, end: offset + to, bytes: bytes.subarray(from, to) };
}

function join(pieces: readonly Piece[], length: number): Uint8Array {
  if (pieces.length === 1) return pieces[0].bytes;
  const bytes = new Uint8Array(length);
  for (const piece of pieces) bytes.set(piece.bytes, piece.start - pieces[0].start);
  return bytes;
}
