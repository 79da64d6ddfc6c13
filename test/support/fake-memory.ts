/**
 * Guest RAM for tests without a core. Every access out of bounds throws, as in the
 * real one, and is counted: a device is to check first.
 */
import { GuestMemoryError, type GuestMemory } from '../../src/memory.ts';

/** Bytes before and after RAM that nothing may touch. */
const GUARD = 4096;
const CANARY = 0xa5;

export class FakeMemory implements GuestMemory {
  readonly bytes: Uint8Array;
  /** Accesses that were refused. */
  refusals = 0;
  /** Ranges of `noteWrite`. */
  readonly noted: [address: number, length: number][] = [];
  private readonly whole: Uint8Array;
  private readonly dataView: DataView;

  constructor(
    readonly size = 1 << 20,
    readonly base = 0x8000_0000,
  ) {
    this.whole = new Uint8Array(size + 2 * GUARD).fill(CANARY);
    this.bytes = this.whole.subarray(GUARD, GUARD + size).fill(0);
    this.dataView = new DataView(this.whole.buffer, GUARD, size);
  }

  /** Whether what lies around RAM is as it was. */
  get isGuardIntact(): boolean {
    const isCanary = (byte: number): boolean => byte === CANARY;
    return (
      this.whole.subarray(0, GUARD).every(isCanary) && this.whole.subarray(GUARD + this.size).every(isCanary)
    );
  }

  contains(address: bigint | number, length: number): boolean {
    const start = Number(address);
    return start >= this.base && length >= 0 && start + length <= this.base + this.size;
  }

  view(address: bigint | number, length: number): Uint8Array {
    const offset = this.offset(address, length);
    return this.bytes.subarray(offset, offset + length);
  }

  write(address: bigint | number, bytes: Uint8Array): void {
    this.bytes.set(bytes, this.offset(address, bytes.length));
  }

  noteWrite(address: bigint | number, length: number): void {
    this.offset(address, length);
    this.noted.push([Number(address), length]);
  }

  getUint8(address: bigint | number): number {
    return this.dataView.getUint8(this.offset(address, 1));
  }

  getUint16(address: bigint | number): number {
    return this.dataView.getUint16(this.offset(address, 2), true);
  }

  getUint32(address: bigint | number): number {
    return this.dataView.getUint32(this.offset(address, 4), true);
  }

  getUint64(address: bigint | number): bigint {
    return this.dataView.getBigUint64(this.offset(address, 8), true);
  }

  setUint8(address: bigint | number, value: number): void {
    this.dataView.setUint8(this.offset(address, 1), value);
  }

  setUint16(address: bigint | number, value: number): void {
    this.dataView.setUint16(this.offset(address, 2), value, true);
  }

  setUint32(address: bigint | number, value: number): void {
    this.dataView.setUint32(this.offset(address, 4), value, true);
  }

  setUint64(address: bigint | number, value: bigint): void {
    this.dataView.setBigUint64(this.offset(address, 8), value, true);
  }

  private offset(address: bigint | number, length: number): number {
    if (!this.contains(address, length)) {
      this.refusals++;
      throw new GuestMemoryError(BigInt(address), length);
    }
    return Number(address) - this.base;
  }
}
