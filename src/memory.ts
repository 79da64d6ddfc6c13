/**
 * Guest memory as a device sees it: bounds-checked access by guest physical
 * address. Everything outside RAM is refused, never wrapped or clamped.
 */
import { HartwareError } from './errors.ts';

/** Thrown when a guest physical range does not lie wholly in RAM. */
export class GuestMemoryError extends HartwareError {
  override readonly name = 'GuestMemoryError';
  readonly code = 'GUEST_MEMORY';
  constructor(
    /** First address of the range. */
    readonly address: bigint,
    /** Bytes of the range. */
    readonly length: number,
  ) {
    super(`guest address 0x${address.toString(16)} (${length} bytes) is outside RAM`);
  }
}

/**
 * Bounds-checked view of guest RAM. Addresses are guest physical addresses. Numbers are
 * little-endian and at any alignment; one that does not lie wholly in RAM is a GuestMemoryError.
 */
export interface GuestMemory {
  /** First guest physical address of RAM. */
  readonly base: number;
  /** Size of RAM in bytes. */
  readonly size: number;
  /** Whether `length` bytes at `address` lie wholly in RAM. */
  contains(address: bigint | number, length: number): boolean;
  /**
   * A live, read-only-by-convention view of `length` bytes at `address`.
   * @throws GuestMemoryError when the range is not in RAM.
   */
  view(address: bigint | number, length: number): Uint8Array;
  /**
   * Copies `bytes` to `address` and drops decoded code and reservations there.
   * Every device write to RAM goes through this or the setters below, or is told to `noteWrite`.
   * @throws GuestMemoryError when the range is not in RAM.
   */
  write(address: bigint | number, bytes: Uint8Array): void;
  /**
   * Drops decoded code and reservations where a `view` was written to, as a host's own functions
   * do it. To be called before the guest goes on.
   * @throws GuestMemoryError when the range is not in RAM.
   */
  noteWrite(address: bigint | number, length: number): void;
  /** The byte at `address`, unsigned. */
  getUint8(address: bigint | number): number;
  /** The 16 bits at `address`, unsigned. */
  getUint16(address: bigint | number): number;
  /** The 32 bits at `address`, unsigned. */
  getUint32(address: bigint | number): number;
  /** The 64 bits at `address`, unsigned. */
  getUint64(address: bigint | number): bigint;
  /** Stores the low 8 bits of `value`. */
  setUint8(address: bigint | number, value: number): void;
  /** Stores the low 16 bits of `value`. */
  setUint16(address: bigint | number, value: number): void;
  /** Stores the low 32 bits of `value`. */
  setUint32(address: bigint | number, value: number): void;
  /** Stores the low 64 bits of `value`. */
  setUint64(address: bigint | number, value: bigint): void;
}
