/**
 * The buffers of one request (virtio 1.2, 2.6): the device-readable ones, then
 * the device-writable ones, each seen as one run of bytes. The segments have been
 * checked against guest RAM when the chain was taken from its queue.
 */
import type { GuestMemory } from '../memory.ts';
import type { VirtioChain } from './device.ts';
import type { Virtqueue } from './queue.ts';

/** Segments of one chain. Above any queue size we offer and any indirect table a known driver makes. */
export const MAX_SEGMENTS = 1024;
/** Bytes of one chain (2.7.5.2: a chain is no longer than 2^32 bytes). */
const MAX_LENGTH = 2 ** 32;

export class DescriptorChain implements VirtioChain {
  /** Name of the chain towards the driver: head index (split) or buffer ID (packed). */
  id = 0;
  /** Ring entries that the chain occupies (packed). */
  slots = 0;
  /** Bytes the driver wrote for the device. */
  readableLength = 0;
  /** Bytes the device may write. */
  writableLength = 0;

  /** Addresses and lengths of the segments; readable before writable. */
  private readonly addresses: number[] = [];
  private readonly lengths: number[] = [];
  private readableCount = 0;
  private count = 0;

  constructor(
    readonly queue: Virtqueue,
    private readonly memory: GuestMemory,
  ) {}

  /** Whether the queue was reset since: the buffers are the driver's again and must not be touched. */
  get isStale(): boolean {
    return !this.queue.isEnabled;
  }

  /** Empties the chain for reuse. */
  clear(): void {
    this.readableLength = 0;
    this.writableLength = 0;
    this.readableCount = 0;
    this.count = 0;
    this.slots = 0;
  }

  /** Appends a segment; returns what is wrong with it, if anything. */
  add(address: number, length: number, isWritable: boolean): string | undefined {
    if (length === 0) return undefined;
    if (!this.memory.contains(address, length))
      return `buffer 0x${address.toString(16)} (${length} bytes) is outside RAM`;
    if (this.count === MAX_SEGMENTS) return `chain of more than ${MAX_SEGMENTS} buffers`;
    // 2.7.4.2: device-writable elements come after all device-readable ones.
    if (!isWritable && this.count > this.readableCount)
      return 'device-readable buffer after a device-writable one';
    this.addresses[this.count] = address;
    this.lengths[this.count] = length;
    this.count++;
    if (isWritable) this.writableLength += length;
    else {
      this.readableLength += length;
      this.readableCount++;
    }
    if (this.readableLength + this.writableLength > MAX_LENGTH) return 'chain of more than 2^32 bytes';
    return undefined;
  }

  /** Copies from `offset` in the readable part into `into`; returns how many bytes there were. */
  read(offset: number, into: Uint8Array): number {
    let done = 0;
    this.visit(0, this.readableCount, offset, into.length, (address, length) => {
      into.set(this.memory.view(address, length), done);
      done += length;
    });
    return done;
  }

  /** Copies `bytes` to `offset` in the writable part; returns how many bytes had room. */
  write(offset: number, bytes: Uint8Array): number {
    let done = 0;
    this.visit(this.readableCount, this.count, offset, bytes.length, (address, length) => {
      this.memory.write(address, length === bytes.length ? bytes : bytes.subarray(done, done + length));
      done += length;
    });
    return done;
  }

  /** Guest RAM from `offset` in the readable part on, for at most `length` bytes. */
  readableViews(offset: number, length: number): Uint8Array[] {
    const views: Uint8Array[] = [];
    this.visit(0, this.readableCount, offset, length, (address, part) => {
      views.push(this.memory.view(address, part));
    });
    return views;
  }

  /** Guest RAM from `offset` in the writable part on, to be written to at once and told to `noteWrite`. */
  writableViews(offset: number, length: number): Uint8Array[] {
    const views: Uint8Array[] = [];
    this.visit(this.readableCount, this.count, offset, length, (address, part) => {
      views.push(this.memory.view(address, part));
    });
    return views;
  }

  /** The views of the same range were written to. */
  noteWrite(offset: number, length: number): void {
    this.visit(this.readableCount, this.count, offset, length, (address, part) => {
      this.memory.noteWrite(address, part);
    });
  }

  /** Calls back for each piece of a range, whose `offset` counts from the segment `first` on. */
  private visit(
    first: number,
    end: number,
    offset: number,
    length: number,
    callback: (address: number, length: number) => void,
  ): void {
    let skip = offset;
    let left = length;
    for (let i = first; i < end && left > 0; i++) {
      const segment = this.lengths[i];
      if (skip >= segment) {
        skip -= segment;
        continue;
      }
      const part = Math.min(segment - skip, left);
      callback(this.addresses[i] + skip, part);
      left -= part;
      skip = 0;
    }
  }
}
