/** An open qcow2 image. */
import { ArgumentError } from '../../errors.ts';
import {
  type BackingReference,
  type CheckReport,
  type DiskImage,
  type Extent,
  type ImageHost,
  type ImageInfo,
  type WorkOptions,
} from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { together } from '../together.ts';
import { hasBitmaps } from './bitmaps.ts';
import { checkImage } from './check.ts';
import { CompressedClusters } from './compressed.ts';
import { Eraser } from './eraser.ts';
import { damaged } from './geometry.ts';
import {
  COMPATIBLE_LAZY_REFCOUNTS,
  INCOMPATIBLE_DIRTY,
  encodeHeader,
  l1EntriesFor,
  type Header,
} from './header.ts';
import { Gate } from './locks.ts';
import type { Segment } from './mapping.ts';
import { Metadata } from './metadata.ts';
import { trimEnd } from './trim.ts';
import {
  applySnapshot,
  createSnapshot,
  deleteSnapshot,
  openState,
  replaceL1,
  snapshotInfo,
} from './snapshots.ts';
import { readSnapshots } from './snapshot-table.ts';
import { Writer } from './writer.ts';

const SECTOR = 512;

export class Qcow2Image implements DiskImage {
  readonly format = 'qcow2';
  backing?: DiskImage;
  private readonly gate = new Gate();
  private readonly compressed: CompressedClusters;
  private readonly writer: Writer;
  private readonly eraser: Eraser;
  private nextFlush: Promise<void> | undefined;
  /** Whether it is a snapshot of an image that has the file. */
  private isView = false;

  private constructor(
    readonly file: ImageFile,
    private readonly host: ImageHost,
    private readonly metadata: Metadata,
  ) {
    this.compressed = new CompressedClusters(metadata, host);
    metadata.onReuse = () => this.compressed.forget();
    this.writer = new Writer(metadata, this.compressed, (offset, into) => this.readMapped(offset, into));
    this.eraser = new Eraser(metadata, this.writer, () => this.backingEnd);
  }

  /** @param header of that file. */
  static async open(file: ImageFile, header: Header, host: ImageHost): Promise<Qcow2Image> {
    const image = new Qcow2Image(file, host, await Metadata.open(file, header));
    if (image.isDirty && !file.readOnly && !image.metadata.isCorrupt) await image.repairDirty();
    return image;
  }

  get size(): number {
    return Math.ceil(this.metadata.header.size / SECTOR) * SECTOR;
  }

  /** An image that is marked as corrupt is written by `check` with repair only. */
  get readOnly(): boolean {
    return this.file.readOnly || this.metadata.isCorrupt;
  }

  get clusterSize(): number {
    return this.metadata.geometry.clusterSize;
  }

  get backingReference(): BackingReference | undefined {
    return this.metadata.header.backing;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    if (this.gate.isClosed) return this.gate.pass(() => this.readMapped(offset, into));
    return this.readMapped(offset, into);
  }

  write(offset: number, from: Uint8Array): Promise<void> {
    return this.change(() => this.writer.write(offset, from));
  }

  discard(offset: number, length: number): Promise<void> {
    return this.change(() => this.eraser.discard(offset, length, this.size));
  }

  writeZeroes(offset: number, length: number, mayUnmap: boolean): Promise<void> {
    return this.change(() => this.eraser.writeZeroes(offset, length, mayUnmap, this.size));
  }

  writeCompressed(offset: number, from: Uint8Array): Promise<void> {
    return this.change(async () => {
      const { clusterSize } = this;
      const isWhole = from.length === clusterSize || offset + from.length === this.size;
      if (offset % clusterSize !== 0 || from.length > clusterSize || !isWhole)
        throw new ArgumentError(`expected a whole cluster of ${clusterSize} bytes to compress`);
      let cluster = from;
      if (from.length < clusterSize) (cluster = new Uint8Array(clusterSize)).set(from);
      if (!(await this.writer.writeCompressed(offset, cluster))) await this.writer.write(offset, from);
    });
  }

  /** Several at a time share one. */
  flush(): Promise<void> {
    if (this.nextFlush) return this.nextFlush;
    const flush = this.gate.pass(() =>
      this.metadata.lock.run(async () => {
        // What is written from here on is the next one's.
        this.nextFlush = undefined;
        if (this.readOnly) return;
        await this.metadata.commit();
        await this.file.flush();
      }),
    );
    this.nextFlush = flush;
    const done = (): void => {
      if (this.nextFlush === flush) this.nextFlush = undefined;
    };
    flush.then(done, done);
    return flush;
  }

  async nextExtent(offset: number): Promise<Extent> {
    const { mapping } = this.metadata;
    let extent: Extent | undefined;
    for (let at = offset; at < this.size;) {
      const table = mapping.peek(at);
      if (table === undefined) {
        // What follows costs a read of the file: that is for the next call.
        if (extent) break;
        await mapping.loadTable(at);
        continue;
      }
      const segment = mapping.segment(table, at, this.size - at);
      const next = extentOf(segment, at);
      if (extent && !isContinued(extent, next)) break;
      extent = extent ? { ...extent, length: extent.length + next.length } : next;
      at += next.length;
    }
    if (!extent) throw new ArgumentError(`expected an offset below ${this.size}, found ${offset}`);
    return extent;
  }

  async info(): Promise<ImageInfo> {
    const { header, geometry } = this.metadata;
    const { snapshots } = await readSnapshots(this.file, header);
    return {
      format: 'qcow2',
      virtualSize: this.size,
      fileSize: this.file.size,
      clusterSize: geometry.clusterSize,
      ...(header.backing && { backing: header.backing }),
      ...(this.isDirty && { isDirty: true }),
      ...(snapshots.length > 0 && {
        snapshots: snapshots.map((snapshot) => snapshotInfo(snapshot, header)),
      }),
      details: {
        compat: geometry.version === 3 ? '1.1' : '0.10',
        compressionType: header.compression === 'zstd' ? 'zstd' : 'zlib',
        lazyRefcounts: (header.compatible & COMPATIBLE_LAZY_REFCOUNTS) !== 0n,
        refcountBits: 1 << geometry.refcountOrder,
        corrupt: this.metadata.isCorrupt,
        extendedL2: geometry.isExtended,
        ...(hasBitmaps(header) && { bitmaps: true }),
      },
    };
  }

  check(options: WorkOptions & { readonly repair?: 'leaks' | 'all' } = {}): Promise<CheckReport> {
    return this.alone(async () => {
      if (options.repair && this.file.readOnly)
        throw new ArgumentError(`expected ${this.file.name} to be open for writing, to repair it`);
      if (!this.file.readOnly && this.metadata.isDirty) await this.metadata.commitAll();
      return checkImage(this.metadata, options);
    });
  }

  resize(size: number): Promise<void> {
    return this.alone(async () => {
      this.checkWritable();
      if (!Number.isSafeInteger(size) || size < 0 || size % SECTOR !== 0)
        throw new ArgumentError(`expected a size that is a multiple of ${SECTOR}, found ${size}`);
      const { metadata } = this;
      const { header, geometry } = metadata;
      await metadata.lock.run(() => metadata.prepare());
      if (hasBitmaps(header))
        throw damaged(
          this.file,
          'it has persistent bitmaps, whose size is that of the disk: remove them first',
        );
      if (geometry.version === 2 && metadata.snapshots.length > 0)
        throw damaged(
          this.file,
          'it has snapshots, and version 2 does not keep their sizes: delete them first',
        );
      if (size > this.size) await this.grow(size);
      else if (size < this.size) await this.shrink(size);
    });
  }

  setBackingReference(backing: BackingReference | undefined): Promise<void> {
    return this.alone(async () => {
      this.checkWritable();
      const { metadata } = this;
      await metadata.lock.run(async () => {
        await metadata.prepare();
        await metadata.commitAll();
        const former = metadata.header.backing;
        metadata.header.backing = backing;
        try {
          encodeHeader(this.file, metadata.header);
        } catch (error) {
          metadata.header.backing = former;
          throw error;
        }
        await metadata.writeHeader();
      });
    });
  }

  makeEmpty(): Promise<void> {
    return this.alone(async () => {
      this.checkWritable();
      const { metadata } = this;
      await metadata.lock.run(async () => {
        await metadata.prepare();
        await replaceL1(metadata, new Uint8Array(metadata.header.l1Entries * 8), metadata.header.size);
        await trimEnd(metadata);
      });
    });
  }

  /** Gives every cluster a place in the file, whose content is zeros; with `zeros` they are written, too. */
  preallocate(how: 'metadata' | 'zeros'): Promise<void> {
    return this.change(async () => {
      await this.writer.preallocate(this.size);
      if (how === 'zeros') await this.eraser.storeZeros(0, this.size);
      await this.metadata.lock.run(() => this.metadata.commitAll());
    });
  }

  createSnapshot(name: string): Promise<void> {
    return this.aloneWithSnapshots(() => createSnapshot(this.metadata, name, this.host.now()));
  }

  applySnapshot(name: string): Promise<void> {
    return this.aloneWithSnapshots(() => applySnapshot(this.metadata, name));
  }

  deleteSnapshot(name: string): Promise<void> {
    return this.aloneWithSnapshots(() => deleteSnapshot(this.metadata, name));
  }

  async openSnapshot(name: string): Promise<Qcow2Image> {
    const metadata = await openState(this.metadata, name);
    const image = new Qcow2Image(metadata.file, this.host, metadata);
    image.backing = this.backing;
    image.isView = true;
    return image;
  }

  async close(): Promise<void> {
    if (this.isView) return;
    try {
      await this.alone(async () => {
        if (this.file.readOnly || this.metadata.isCorrupt) return;
        await this.metadata.lock.run(async () => {
          if (this.metadata.isDirty) {
            await this.metadata.commitAll();
            await trimEnd(this.metadata);
          }
          await this.file.flush();
        });
      });
    } finally {
      try {
        await this.file.close();
      } finally {
        await this.backing?.close();
      }
    }
  }

  private get isDirty(): boolean {
    return (this.metadata.header.incompatible & INCOMPATIBLE_DIRTY) !== 0n;
  }

  /** Up to where the backing image may be seen; without it, everywhere. */
  private get backingEnd(): number {
    if (!this.backingReference) return 0;
    return this.backing ? Math.min(this.backing.size, this.size) : this.size;
  }

  private readMapped(offset: number, into: Uint8Array): Promise<void> {
    const { mapping, inFlight } = this.metadata;
    const table = into.length === 0 ? undefined : mapping.peek(offset);
    if (table === undefined) return this.readPieces(offset, into);
    const segment = mapping.segment(table, offset, into.length);
    // What lies in one piece costs one access to the file and no more promises than that.
    if (
      segment.kind === 'data' &&
      segment.length === into.length &&
      segment.host + into.length <= this.file.size
    )
      return inFlight.track(this.file.read(segment.host, into));
    return this.readPieces(offset, into);
  }

  private async readPieces(offset: number, into: Uint8Array): Promise<void> {
    const { mapping } = this.metadata;
    await together(async (add) => {
      for (let done = 0; done < into.length;) {
        const at = offset + done;
        const table = mapping.peek(at);
        if (table === undefined) {
          await mapping.loadTable(at);
          continue;
        }
        const segment = mapping.segment(table, at, into.length - done);
        const read = this.readSegment(segment, at, into.subarray(done, done + segment.length));
        if (read) add(read);
        done += segment.length;
      }
    });
  }

  private readSegment(segment: Segment, offset: number, into: Uint8Array): Promise<void> | undefined {
    const { file, inFlight } = this.metadata;
    switch (segment.kind) {
      case 'data': {
        // The last cluster need not be whole in the file.
        const length = Math.min(into.length, Math.max(0, file.size - segment.host));
        into.fill(0, length);
        return length === 0 ? undefined : inFlight.track(file.read(segment.host, into.subarray(0, length)));
      }
      case 'compressed':
        return this.compressed.read(segment.high, segment.low).then((cluster) => {
          const start = offset % this.clusterSize;
          into.set(cluster.subarray(start, start + into.length));
        });
      case 'absent': {
        const length = Math.min(into.length, Math.max(0, (this.backing?.size ?? 0) - offset));
        into.fill(0, length);
        return length === 0 ? undefined : this.backing!.read(offset, into.subarray(0, length));
      }
      case 'zero':
        into.fill(0);
        return undefined;
    }
  }

  private change(work: () => Promise<void>): Promise<void> {
    return this.gate.pass(async () => {
      if (!this.metadata.isReady) await this.metadata.makeReady();
      return work();
    });
  }

  /** When nothing else is under way. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    return this.gate.alone(async () => {
      await this.metadata.inFlight.drain();
      return work();
    });
  }

  private aloneWithSnapshots(work: () => Promise<void>): Promise<void> {
    return this.alone(async () => {
      this.checkWritable();
      await this.metadata.lock.run(async () => {
        await this.metadata.prepare();
        await this.metadata.commitAll();
        await work();
        this.compressed.forget();
      });
    });
  }

  private checkWritable(): void {
    if (this.metadata.isCorrupt) throw this.metadata.refuseCorrupt();
    if (this.file.readOnly) throw new ArgumentError(`${this.file.name} is open for reading only`);
  }

  private async grow(size: number): Promise<void> {
    const { metadata, clusterSize } = this;
    const { header, geometry, mapping } = metadata;
    const former = this.size;
    const formerEnd = Math.ceil(former / clusterSize) * clusterSize;
    const needed = l1EntriesFor(size, geometry);
    await metadata.lock.run(async () => {
      if (needed > header.l1Entries) {
        const l1 = new Uint8Array(needed * 8);
        l1.set(mapping.l1Table);
        await replaceL1(metadata, l1, header.size, true);
      }
    });
    // What is new reads as zeros, whatever lay behind the end or lies beneath.
    await this.eraser.forget(formerEnd, Math.ceil(size / clusterSize) * clusterSize);
    const backingEnd = this.backing ? Math.min(this.backing.size, size) : this.backingReference ? size : 0;
    header.size = size;
    try {
      const tail = Math.min(size, formerEnd);
      if (tail > former) await this.eraser.writeZeroes(former, tail - former, true, Infinity);
      if (backingEnd > formerEnd)
        await this.eraser.writeZeroes(formerEnd, backingEnd - formerEnd, true, size);
    } catch (error) {
      header.size = former;
      throw error;
    }
    await this.storeSize(size);
  }

  private async shrink(size: number): Promise<void> {
    const { metadata, clusterSize } = this;
    const end = Math.ceil(this.size / clusterSize) * clusterSize;
    await this.storeSize(size);
    await this.eraser.forget(Math.ceil(size / clusterSize) * clusterSize, end);
    await metadata.lock.run(async () => {
      await metadata.commitAll();
      await trimEnd(metadata);
    });
  }

  private async storeSize(size: number): Promise<void> {
    const { metadata } = this;
    await metadata.lock.run(async () => {
      await metadata.commitAll();
      metadata.header.size = size;
      await metadata.writeSize();
    });
  }

  /** Counts anew what was not counted while the image was in use ("Dirty bit"). */
  private async repairDirty(): Promise<void> {
    const report = await this.check({ repair: 'all' });
    if (report.errorCount + report.leaks > report.repaired)
      throw damaged(
        this.file,
        `it was not closed properly and cannot be repaired: ${report.errors[0] ?? 'leaks remain'}`,
      );
  }
}

function extentOf({ kind, length, host }: Segment, offset: number): Extent {
  if (kind === 'data') return { offset, length, kind, fileOffset: host };
  if (kind === 'compressed') return { offset, length, kind: 'data', isCompressed: true };
  return { offset, length, kind };
}

function isContinued(extent: Extent, next: Extent): boolean {
  if (extent.kind !== next.kind || extent.isCompressed !== next.isCompressed) return false;
  return extent.fileOffset === undefined || next.fileOffset === extent.fileOffset + extent.length;
}
