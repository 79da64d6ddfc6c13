/** Raw images: the bytes of the disk and nothing else. */
import { ArgumentError } from '../errors.ts';
import {
  DiskImageError,
  type CreateImageOptions,
  type DiskFormat,
  type DiskImage,
  type Extent,
  type ImageInfo,
} from './disk-image.ts';
import { sizeOf } from '../pieces.ts';
import type { ImageFile } from './image-file.ts';
import { isZero, ZEROS } from './zeros.ts';

const SECTOR = 512;

/**
 * A file as a disk. One that does not end with a whole sector of 512 bytes reads as if zeros followed, and becomes
 * longer when something is written there.
 */
export class RawImage implements DiskImage {
  readonly format = 'raw';
  readonly readOnly: boolean;
  readonly contentSize: number;
  readonly discard?: (offset: number, length: number) => Promise<void>;
  readonly readNow?: (offset: number, into: readonly Uint8Array[]) => boolean;
  readonly writeNow?: (offset: number, from: readonly Uint8Array[]) => boolean;

  private closing: Promise<void> | undefined;

  constructor(readonly file: ImageFile) {
    this.readOnly = file.readOnly;
    this.contentSize = file.size;
    if (file.punchHole) this.discard = (offset, length) => file.punchHole!(offset, length);
    if (file.readNow)
      this.readNow = (offset, into) => offset + sizeOf(into) <= file.size && file.readNow!(offset, into);
    if (file.writeNow) this.writeNow = (offset, from) => file.writeNow!(offset, from);
  }

  get size(): number {
    return Math.ceil(this.file.size / SECTOR) * SECTOR;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    const length = Math.min(into.length, this.file.size - offset);
    await this.file.read(offset, length === into.length ? into : into.subarray(0, length));
    into.fill(0, length);
  }

  async write(offset: number, from: Uint8Array): Promise<void> {
    await this.file.write(offset, from);
  }

  /** Writes only where there is something else, so that holes stay holes; makes some where the file can have them. */
  async writeZeroes(offset: number, length: number, mayUnmap: boolean): Promise<void> {
    if (mayUnmap && this.file.punchHole) return this.file.punchHole(offset, length);
    const found = new Uint8Array(Math.min(length, ZEROS.length));
    for (let done = 0; done < length; done += found.length) {
      const piece = found.subarray(0, length - done);
      await this.read(offset + done, piece);
      if (!isZero(piece)) await this.write(offset + done, ZEROS.subarray(0, piece.length));
    }
  }

  async flush(): Promise<void> {
    await this.file.flush();
  }

  async nextExtent(offset: number): Promise<Extent> {
    return { offset, length: this.size - offset, kind: 'data', fileOffset: offset };
  }

  async info(): Promise<ImageInfo> {
    return { format: 'raw', virtualSize: this.size, fileSize: this.file.size };
  }

  async resize(size: number): Promise<void> {
    await this.file.truncate(size);
  }

  close(): Promise<void> {
    return (this.closing ??= this.finish());
  }

  private async finish(): Promise<void> {
    try {
      if (!this.readOnly) await this.file.flush();
    } finally {
      await this.file.close();
    }
  }
}

export const RAW: DiskFormat = {
  name: 'raw',
  title: 'raw',
  extensions: ['.img', '.raw'],
  options: {},
  // Whatever is nothing else: the list ends with it.
  probe: () => true,
  async open(file) {
    if (file.size === 0) throw new DiskImageError(file.name, 'raw', 'it is empty');
    return new RawImage(file);
  },
  async create(file, { size, backing }: CreateImageOptions) {
    if (backing) throw new ArgumentError('expected no backing image: raw images have none');
    await file.truncate(size);
    return new RawImage(file);
  },
};
