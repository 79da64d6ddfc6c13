/** Fixed VHDs: the bytes of the disk, and a footer. */
import type { CheckReport, DiskImage, Extent, ImageInfo } from '../disk-image.ts';
import { Findings } from '../findings.ts';
import type { ImageFile } from '../image-file.ts';
import { checkSize } from './size.ts';
import { changeFooter, FOOTER_SIZE, TYPE_FIXED, type Footer } from './footer.ts';

export class FixedVhd implements DiskImage {
  readonly format = 'vhd';
  readonly readOnly: boolean;
  readonly discard?: (offset: number, length: number) => Promise<void>;
  private diskSize: number;
  private closing: Promise<void> | undefined;

  constructor(
    readonly file: ImageFile,
    private footer: Footer,
  ) {
    this.readOnly = file.readOnly;
    this.diskSize = footer.size;
    if (file.punchHole) this.discard = (offset, length) => file.punchHole!(offset, length);
  }

  get size(): number {
    return this.diskSize;
  }

  /** "Unique Id", which differencing disks know their parent by. */
  get uniqueId(): Uint8Array {
    return this.footer.uniqueId;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    await this.file.read(offset, into);
  }

  async write(offset: number, from: Uint8Array): Promise<void> {
    await this.file.write(offset, from);
  }

  async flush(): Promise<void> {
    await this.file.flush();
  }

  async nextExtent(offset: number): Promise<Extent> {
    return { offset, length: this.size - offset, kind: 'data', fileOffset: offset };
  }

  async info(): Promise<ImageInfo> {
    return {
      format: 'vhd',
      virtualSize: this.size,
      fileSize: this.file.size,
      details: { subformat: 'fixed', creator: this.footer.creator.trim() },
    };
  }

  /** There is nothing but the footer, without which it does not open. */
  async check(): Promise<CheckReport> {
    return new Findings().report(0);
  }

  async resize(size: number): Promise<void> {
    checkSize(size);
    const formerEnd = this.file.size;
    const bytes = changeFooter(this.footer.bytes, { type: TYPE_FIXED, size });
    if (size + FOOTER_SIZE < formerEnd) {
      // The footer at the end of the file counts until the file is shorter.
      await this.file.write(size, bytes);
      await this.file.flush();
      await this.file.truncate(size + FOOTER_SIZE);
    } else if (size + FOOTER_SIZE > formerEnd) {
      await this.file.write(size, bytes);
      await this.file.flush();
      // What was behind the disk is on it now.
      await this.file.write(this.diskSize, new Uint8Array(Math.min(formerEnd, size) - this.diskSize));
    }
    await this.file.flush();
    this.footer = { ...this.footer, bytes, size };
    this.diskSize = size;
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
