/** The files that disk images consist of, wherever they lie. */
import { ArgumentError } from '../errors.ts';

/**
 * One file of a disk image: on a host's file system, in memory, in a browser's storage, behind a
 * URL. Reads and writes may overlap in time; what was written before a read began is what it
 * reads. Errors of the store are the store's own.
 */
export interface ImageFile {
  /** What messages call it. */
  readonly name: string;
  /** The same for two names of one file, so that loops are found. Default `name`. */
  readonly identity?: string;
  /** Size in bytes now; writes behind the end make it greater. */
  readonly size: number;
  /** Whether nothing that changes it may be called. */
  readonly readOnly: boolean;
  /** Fills `into` from `offset`; the caller asks for nothing behind the end. */
  read(offset: number, into: Uint8Array): Promise<void>;
  /** Stores `from` at `offset`; a gap behind the former end reads as zeros. Durable only after the next `flush`. */
  write(offset: number, from: Uint8Array): Promise<void>;
  /** As `BlockBackend.readNow`; the caller asks for nothing behind the end. */
  readNow?(offset: number, into: readonly Uint8Array[]): boolean;
  /** As `BlockBackend.writeNow`. */
  writeNow?(offset: number, from: readonly Uint8Array[]): boolean;
  /**
   * Whether a hole, which reads as zeros, begins at `offset`, and how long that or the content is. Absent where
   * the store does not know.
   */
  extentAt?(offset: number): Promise<{ readonly isHole: boolean; readonly length: number }>;
  /** Makes it shorter, or longer by zeros. */
  truncate(size: number): Promise<void>;
  /** Resolves when every write that was resolved before is durable. */
  flush(): Promise<void>;
  /** Gives the storage of a range back, which reads as zeros then. Absent where the store cannot. */
  punchHole?(offset: number, length: number): Promise<void>;
  /** Waits for what is under way, and lets go of the file. It need not be flushed. */
  close(): Promise<void>;
}

/**
 * The same file for reading only; whoever has it closes it.
 * @param refusal what changes of it reject with. Default: that it is read-only.
 */
export function readOnlyView(file: ImageFile, refusal = `${file.name} is read-only`): ImageFile {
  const refuse = async (): Promise<void> => {
    throw new ArgumentError(refusal);
  };
  return {
    name: file.name,
    identity: file.identity,
    get size() {
      return file.size;
    },
    readOnly: true,
    read: (offset, into) => file.read(offset, into),
    write: refuse,
    truncate: refuse,
    flush: async () => {},
    close: async () => {},
  };
}

/** Unit in which a file in memory is allocated, in bytes. */
const PAGE = 64 * 1024;

/** A file in memory, of which only the pages that were written take room. */
export class MemoryImageFile implements ImageFile {
  private readonly pages = new Map<number, Uint8Array>();
  private length = 0;

  /**
   * @param content what it begins with, copied. Default nothing.
   * @param readOnly default false.
   */
  constructor(
    readonly name = 'memory',
    content?: Uint8Array,
    readonly readOnly = false,
  ) {
    if (content) this.store(0, content);
  }

  get size(): number {
    return this.length;
  }

  /** Bytes that it takes. */
  get allocated(): number {
    return this.pages.size * PAGE;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    for (let done = 0; done < into.length;) {
      const start = (offset + done) % PAGE;
      const length = Math.min(PAGE - start, into.length - done);
      const page = this.pages.get(Math.floor((offset + done) / PAGE));
      if (page) into.set(page.subarray(start, start + length), done);
      else into.fill(0, done, done + length);
      done += length;
    }
  }

  async write(offset: number, from: Uint8Array): Promise<void> {
    this.store(offset, from);
  }

  async truncate(size: number): Promise<void> {
    if (size < this.length) this.clear(size, this.length - size);
    this.length = size;
  }

  async flush(): Promise<void> {}

  async punchHole(offset: number, length: number): Promise<void> {
    this.clear(offset, length);
  }

  async close(): Promise<void> {}

  private store(offset: number, from: Uint8Array): void {
    for (let done = 0; done < from.length;) {
      const index = Math.floor((offset + done) / PAGE);
      const start = (offset + done) % PAGE;
      const length = Math.min(PAGE - start, from.length - done);
      let page = this.pages.get(index);
      if (!page) this.pages.set(index, (page = new Uint8Array(PAGE)));
      page.set(from.subarray(done, done + length), start);
      done += length;
    }
    this.length = Math.max(this.length, offset + from.length);
  }

  private clear(offset: number, length: number): void {
    const end = offset + length;
    for (const [index, page] of this.pages) {
      const start = index * PAGE;
      if (start >= end || start + PAGE <= offset) continue;
      if (start >= offset && start + PAGE <= end) this.pages.delete(index);
      else page.fill(0, Math.max(offset - start, 0), Math.min(end - start, PAGE));
    }
  }
}
