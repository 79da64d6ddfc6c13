/**
 * The physical address bus: routes an access that is not RAM to the device
 * mapped there. A device sees offsets into its own window, never an address.
 */

/** Width of a bus access in bytes. */
export type AccessSize = 1 | 2 | 4 | 8;

/** A device's register window. */
export interface MmioDevice {
  /** Smallest and largest access in bytes; others get an access fault. Default 1 to 4. */
  readonly accessSizes?: { readonly min: AccessSize; readonly max: AccessSize };
  /**
   * Reads `size` (1, 2 or 4) bytes at a naturally aligned `offset`; unsigned.
   * An 8-byte read becomes two 4-byte reads, low half first, unless `read64` is there.
   */
  read(offset: number, size: 1 | 2 | 4): number;
  /** Writes the low `size` bytes of `value` (unsigned) at a naturally aligned `offset`. */
  write(offset: number, size: 1 | 2 | 4, value: number): void;
  /** Reads 8 bytes in one go, for registers that change on their own (mtime). */
  read64?(offset: number): bigint;
  write64?(offset: number, value: bigint): void;
}
