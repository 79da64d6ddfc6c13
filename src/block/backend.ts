/**
 * Where the bytes of a disk come from. A backend is the host's side: its errors
 * become I/O errors of the guest, and it never sees a range outside `size`.
 */
export interface BlockBackend {
  /** Size in bytes. */
  readonly size: number;
  /** Bytes of it that are content, and checked by a digest; zeros follow, up to a whole sector. Default all. */
  readonly contentSize?: number;
  /** Whether guests may only read (VIRTIO_BLK_F_RO; virtio 1.2, 5.2.3): nothing that changes the content is called. */
  readonly readOnly: boolean;
  /** Fills `into` from `offset`. */
  read(offset: number, into: Uint8Array): Promise<void>;
  /** Stores `from` at `offset`; durable only after the next `flush`. */
  write(offset: number, from: Uint8Array): Promise<void>;
  /** Resolves when every write that was resolved before is durable. */
  flush(): Promise<void>;
  /**
   * As `read`, but at once: fills `into`, one after the other. Only where that takes about as long
   * as copying; where it would have to wait, nothing is done, and the answer is false.
   */
  readNow?(offset: number, into: readonly Uint8Array[]): boolean;
  /** As `write`, but at once, like `readNow`. */
  writeNow?(offset: number, from: readonly Uint8Array[]): boolean;
  /** Hints that the content of a range is not needed any more. */
  discard?(offset: number, length: number): Promise<void>;
  /** Makes a range read as zeros; with `mayUnmap` its storage may be given back. */
  writeZeroes?(offset: number, length: number, mayUnmap: boolean): Promise<void>;
}

/** A disk in host memory. */
export class MemoryBlockBackend implements BlockBackend {
  readonly size: number;

  /**
   * @param bytes the content, used in place.
   * @param readOnly default false.
   */
  constructor(
    readonly bytes: Uint8Array,
    readonly readOnly = false,
  ) {
    this.size = bytes.length;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    into.set(this.bytes.subarray(offset, offset + into.length));
  }

  async write(offset: number, from: Uint8Array): Promise<void> {
    this.bytes.set(from, offset);
  }

  async flush(): Promise<void> {}

  readNow(offset: number, into: readonly Uint8Array[]): boolean {
    let at = offset;
    for (const part of into) {
      part.set(this.bytes.subarray(at, at + part.length));
      at += part.length;
    }
    return true;
  }

  writeNow(offset: number, from: readonly Uint8Array[]): boolean {
    let at = offset;
    for (const part of from) {
      this.bytes.set(part, at);
      at += part.length;
    }
    return true;
  }

  async discard(offset: number, length: number): Promise<void> {
    this.bytes.fill(0, offset, offset + length);
  }

  async writeZeroes(offset: number, length: number): Promise<void> {
    this.bytes.fill(0, offset, offset + length);
  }
}
