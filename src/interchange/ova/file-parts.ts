/** Files that are parts of other files, and files that are made of several. */
import type { ImageFile } from '../../disks/image-file.ts';

/**
 * A stretch of a file as a file of its own. The last one of a file that is being written grows with it. Closing it
 * does nothing: the file is its owner's.
 */
export class FilePart implements ImageFile {
  readonly readOnly: boolean;

  /**
   * @param start where it begins in `file`.
   * @param length its size at first. Default 0.
   */
  constructor(
    readonly name: string,
    private readonly file: ImageFile,
    readonly start: number,
    private length = 0,
  ) {
    this.readOnly = file.readOnly;
  }

  get identity(): string {
    return `${this.file.identity ?? this.file.name} ${this.start}`;
  }

  get size(): number {
    return this.length;
  }

  read(offset: number, into: Uint8Array): Promise<void> {
    return this.file.read(this.start + offset, into);
  }

  write(offset: number, from: Uint8Array): Promise<void> {
    this.length = Math.max(this.length, offset + from.length);
    return this.file.write(this.start + offset, from);
  }

  async truncate(size: number): Promise<void> {
    await this.file.truncate(this.start + size);
    this.length = size;
  }

  flush(): Promise<void> {
    return this.file.flush();
  }

  async close(): Promise<void> {}
}

/** Files that follow each other as one, which is only read. */
export class JoinedFile implements ImageFile {
  readonly readOnly = true;
  readonly size: number;
  private readonly starts: readonly number[];

  constructor(
    readonly name: string,
    private readonly parts: readonly ImageFile[],
  ) {
    let size = 0;
    this.starts = parts.map((part) => (size += part.size) - part.size);
    this.size = size;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    const end = offset + into.length;
    for (const [index, part] of this.parts.entries()) {
      const start = this.starts[index];
      const from = Math.max(offset, start);
      const to = Math.min(end, start + part.size);
      if (from < to) await part.read(from - start, into.subarray(from - offset, to - offset));
    }
  }

  async write(): Promise<void> {
    throw new Error('this file is only read');
  }

  truncate(): Promise<void> {
    return this.write();
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    for (const part of this.parts) await part.close();
  }
}
