/** Guest RAM as devices and embedders see it, over the core's linear memory. */
import type { Core } from '../core/core.ts';
import { GuestMemoryError, type GuestMemory } from '../memory.ts';

export class GuestRam implements GuestMemory {
  readonly base: number;
  readonly size: number;
  private readonly bytes: Uint8Array;
  private readonly data: DataView;

  constructor(private readonly core: Core) {
    this.base = core.ramBase;
    this.bytes = core.ram;
    this.size = core.ram.length;
    this.data = new DataView(core.ram.buffer, core.ram.byteOffset, core.ram.length);
  }

  contains(address: bigint | number, length: number): boolean {
    const offset = Number(address) - this.base;
    return offset >= 0 && length >= 0 && offset + length <= this.size;
  }

  /** Offset of a range in RAM. Addresses past 2^53 are rounded, and stay far outside RAM. */
  private offset(address: bigint | number, length: number): number {
    if (!this.contains(address, length)) throw new GuestMemoryError(BigInt(address), length);
    return Number(address) - this.base;
  }

  view(address: bigint | number, length: number): Uint8Array {
    const offset = this.offset(address, length);
    return this.bytes.subarray(offset, offset + length);
  }

  write(address: bigint | number, bytes: Uint8Array): void {
    this.bytes.set(bytes, this.offset(address, bytes.length));
    this.core.exports.noteHostWrite(BigInt(address), bytes.length);
  }

  noteWrite(address: bigint | number, length: number): void {
    this.offset(address, length);
    this.core.exports.noteHostWrite(BigInt(address), length);
  }

  getUint8(address: bigint | number): number {
    return this.bytes[this.offset(address, 1)];
  }

  getUint16(address: bigint | number): number {
    return this.data.getUint16(this.offset(address, 2), true);
  }

  getUint32(address: bigint | number): number {
    return this.data.getUint32(this.offset(address, 4), true);
  }

  getUint64(address: bigint | number): bigint {
    return this.data.getBigUint64(this.offset(address, 8), true);
  }

  setUint8(address: bigint | number, value: number): void {
    this.bytes[this.offset(address, 1)] = value;
    this.core.exports.noteHostWrite(BigInt(address), 1);
  }

  setUint16(address: bigint | number, value: number): void {
    this.data.setUint16(this.offset(address, 2), value, true);
    this.core.exports.noteHostWrite(BigInt(address), 2);
  }

  setUint32(address: bigint | number, value: number): void {
    this.data.setUint32(this.offset(address, 4), value, true);
    this.core.exports.noteHostWrite(BigInt(address), 4);
  }

  setUint64(address: bigint | number, value: bigint): void {
    this.data.setBigUint64(this.offset(address, 8), value, true);
    this.core.exports.noteHostWrite(BigInt(address), 8);
  }
}
