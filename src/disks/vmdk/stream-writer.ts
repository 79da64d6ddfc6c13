/**
 * Writing a stream-optimised image (Virtual Disk Format 5.0, "Stream-Optimized Compressed"): compressed grains in
 * ascending order, each grain table behind the grains it leads to, the directory and a footer at the end.
 */
import { encodeEntries } from '../cluster-tables.ts';
import {
  DiskImageError,
  type DiskImage,
  type Extent,
  type ImageHost,
  type ImageInfo,
} from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { isZero } from '../zeros.ts';
import {
  encodeMarker,
  encodeSparseHeader,
  MARKER_DIRECTORY,
  MARKER_END,
  MARKER_FOOTER,
  MARKER_TABLE,
  SECTOR,
  type NewHeader,
} from './sparse-header.ts';

const MARKER_SIZE = 12;

/** Bytes that are written at once. */
const PIECE = 1 << 20;

/** An image that is being written. It can be read when it has been closed and is opened again. */
export class StreamWriter implements DiskImage {
  readonly format = 'vmdk';
  readonly readOnly = false;
  readonly isSequential = true;
  readonly clusterSize: number;
  readonly size: number;
  /** What was asked for so far, in order. */
  private tail: Promise<void> = Promise.resolve();
  private error: unknown;
  private written = 0;
  private readonly directory: Uint32Array;
  private table: Uint32Array;
  private tableIndex = 0;
  /** Not yet in the file, whose end is at `end`. */
  private pending: Uint8Array[] = [];
  private pendingBytes = 0;
  private closing: Promise<void> | undefined;

  /**
   * @param header without a directory.
   * @param end where the grains begin, in bytes.
   */
  constructor(
    readonly file: ImageFile,
    private readonly host: ImageHost,
    private readonly header: NewHeader,
    private readonly subformat: string,
    private end: number,
  ) {
    this.size = header.capacity * SECTOR;
    this.clusterSize = header.grain * SECTOR;
    this.directory = new Uint32Array(Math.ceil(header.capacity / (header.grain * header.tableEntries)));
    this.table = new Uint32Array(header.tableEntries);
  }

  private fail(reason: string): DiskImageError {
    return new DiskImageError(this.file.name, 'vmdk', reason);
  }

  async read(): Promise<void> {
    throw this.fail('a stream-optimised image can be read when it has been closed');
  }

  /** Whole grains, behind all that was written before; what is left out reads as zeros. */
  async write(offset: number, from: Uint8Array): Promise<void> {
    const end = offset + from.length;
    if (offset % this.clusterSize !== 0 || (end % this.clusterSize !== 0 && end !== this.size))
      throw this.fail('a stream-optimised image is written in whole grains');
    if (offset < this.written || this.closing)
      throw this.fail(
        `a stream-optimised image is written once, from start to end, and not at ${offset} again`,
      );
    this.written = end;
    const packed: (Promise<Uint8Array> | undefined)[] = [];
    for (let at = 0; at < from.length; at += this.clusterSize) {
      let grain = from.subarray(at, Math.min(at + this.clusterSize, from.length));
      if (isZero(grain)) {
        packed.push(undefined);
        continue;
      }
      if (grain.length < this.clusterSize) {
        const whole = new Uint8Array(this.clusterSize);
        whole.set(grain);
        grain = whole;
      }
      const packing = this.host.compress('zlib', grain);
      // It is waited for later; until then, a failure is nobody's.
      packing.catch(() => {});
      packed.push(packing);
    }
    return this.inOrder(async () => {
      for (const [i, packing] of packed.entries()) {
        if (packing) await this.addGrain(offset / this.clusterSize + i, await packing);
      }
    });
  }

  writeCompressed(offset: number, from: Uint8Array): Promise<void> {
    return this.write(offset, from);
  }

  async writeZeroes(offset: number, length: number): Promise<void> {
    if (offset < this.written) throw this.fail(`it was written at ${offset} before`);
    this.written = offset + length;
  }

  flush(): Promise<void> {
    return this.inOrder(async () => {
      await this.writePending();
      await this.file.flush();
    });
  }

  async nextExtent(offset: number): Promise<Extent> {
    return { offset, length: this.size - offset, kind: 'absent' };
  }

  async info(): Promise<ImageInfo> {
    return {
      format: 'vmdk',
      virtualSize: this.size,
      fileSize: this.file.size,
      clusterSize: this.clusterSize,
      details: { subformat: this.subformat },
    };
  }

  /** Only now the image is one. */
  close(): Promise<void> {
    return (this.closing ??= this.inOrder(() => this.finish()).finally(() => this.file.close()));
  }

  private inOrder(work: () => Promise<void>): Promise<void> {
    this.tail = this.tail.then(async () => {
      if (this.error !== undefined) throw this.error;
      await work();
    });
    const done = this.tail;
    // What comes after a failure fails as well.
    this.tail = done.catch((error) => void (this.error ??= error));
    return done;
  }

  private async addGrain(grain: number, packed: Uint8Array): Promise<void> {
    const { tableEntries, grain: sectors } = this.header;
    const table = Math.floor(grain / tableEntries);
    if (table !== this.tableIndex) {
      this.addTable();
      this.tableIndex = table;
    }
    const bytes = new Uint8Array(Math.ceil((MARKER_SIZE + packed.length) / SECTOR) * SECTOR);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt(grain * sectors), true);
    view.setUint32(8, packed.length, true);
    bytes.set(packed, MARKER_SIZE);
    this.table[grain % tableEntries] = this.add(bytes);
    if (this.pendingBytes >= PIECE) await this.writePending();
  }

  /** The table of the grains since the last one, unless there are none. */
  private addTable(): void {
    if (this.table.every((entry) => entry === 0)) return;
    this.directory[this.tableIndex] = this.addEntries(MARKER_TABLE, this.table);
    this.table = new Uint32Array(this.header.tableEntries);
  }

  private addEntries(type: number, entries: Uint32Array): number {
    const bytes = new Uint8Array(Math.ceil((entries.length * 4) / SECTOR) * SECTOR);
    encodeEntries(entries, bytes);
    this.add(encodeMarker(type, bytes.length / SECTOR));
    return this.add(bytes);
  }

  /** @returns the sector at which the bytes lie. */
  private add(bytes: Uint8Array): number {
    const sector = this.end / SECTOR;
    if (sector >= 2 ** 32) throw this.fail('an extent cannot be longer than 2 TiB');
    this.pending.push(bytes);
    this.pendingBytes += bytes.length;
    this.end += bytes.length;
    return sector;
  }

  private async writePending(): Promise<void> {
    if (this.pendingBytes === 0) return;
    const bytes = new Uint8Array(this.pendingBytes);
    let at = 0;
    for (const piece of this.pending) {
      bytes.set(piece, at);
      at += piece.length;
    }
    this.pending = [];
    this.pendingBytes = 0;
    await this.file.write(this.end - bytes.length, bytes);
  }

  private async finish(): Promise<void> {
    this.addTable();
    const directory = this.addEntries(MARKER_DIRECTORY, this.directory);
    this.add(encodeMarker(MARKER_FOOTER, 1));
    this.add(encodeSparseHeader({ ...this.header, directory }));
    this.add(encodeMarker(MARKER_END, 0));
    await this.writePending();
    await this.file.flush();
  }
}
