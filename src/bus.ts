/**
 * The physical address bus: routes an access that is not RAM to the device
 * mapped there. A device sees offsets into its own window, never an address.
 *
 * What no device answers is an access fault: an address without a device, a
 * size the device does not take, a misaligned access (a PMA of
 * I/O regions: privileged spec, 3.6.2), an access across the window's end.
 */
import { messageOf } from './errors.ts';

/** Width of a bus access in bytes. */
export type AccessSize = 1 | 2 | 4 | 8;

/** A device's register window. */
export interface MmioDevice {
  /** What accesses the registers take; others get an access fault. Default 1 to 4 bytes. */
  readonly accessSizes?: {
    /** Bytes of the smallest. */
    readonly min: AccessSize;
    /** Bytes of the largest. */
    readonly max: AccessSize;
  };
  /**
   * Reads `size` (1, 2 or 4) bytes at a naturally aligned `offset`; unsigned.
   * An 8-byte read becomes two 4-byte reads, low half first, unless `read64` is there.
   */
  read(offset: number, size: 1 | 2 | 4): number;
  /** Writes the low `size` bytes of `value` (unsigned) at a naturally aligned `offset`. */
  write(offset: number, size: 1 | 2 | 4, value: number): void;
  /** Reads 8 bytes in one go, for registers that change on their own (mtime). */
  read64?(offset: number): bigint;
  /** Writes 8 bytes in one go, unsigned. Without it, that becomes two 4-byte writes, low half first. */
  write64?(offset: number, value: bigint): void;
}

/** A device's place on the bus. */
export interface Mapping {
  readonly base: number;
  /** Size of the window in bytes. */
  readonly size: number;
  readonly name: string;
  readonly device: MmioDevice;
}

interface Slot extends Mapping {
  readonly end: number;
  readonly min: number;
  readonly max: number;
}

const MASK32 = 0xffff_ffffn;

export class Bus {
  /** Upper 32 bits, unsigned, of the last 8-byte read; 0 after a read of any other size. */
  high = 0;
  /** Whether the last access ended in an access fault. */
  fault = false;

  /** Ordered by base. */
  private readonly slots: Slot[] = [];
  private last: Slot | undefined;

  /** @param log told of a device that threw, which is a fault of ours and never the guest's. */
  constructor(private readonly log: (message: string) => void = () => {}) {}

  /** What is mapped, by ascending address. */
  get mappings(): readonly Mapping[] {
    return this.slots;
  }

  /**
   * Maps `device` at physical addresses `base` to `base + size - 1`.
   * @throws RangeError when the window is misaligned (8 bytes), empty, or overlaps another.
   */
  map(base: number, size: number, device: MmioDevice, name: string): void {
    if (!Number.isSafeInteger(base) || base < 0 || base % 8 !== 0)
      throw new RangeError(`base of ${name} must be a multiple of 8, got ${base}`);
    if (!Number.isSafeInteger(size) || size <= 0 || !Number.isSafeInteger(base + size))
      throw new RangeError(`size of ${name} must be a positive number of bytes, got ${size}`);
    const end = base + size;
    const other = this.slots.find((slot) => base < slot.end && slot.base < end);
    if (other) {
      const range = `0x${base.toString(16)}..0x${(end - 1).toString(16)}`;
      const taken = `0x${other.base.toString(16)}..0x${(other.end - 1).toString(16)}`;
      throw new RangeError(`${name} at ${range} overlaps ${other.name} at ${taken}`);
    }
    const { min, max } = device.accessSizes ?? { min: 1, max: 4 };
    this.slots.push({ base, size, end, device, name, min, max });
    this.slots.sort((a, b) => a.base - b.base);
  }

  /**
   * Reads `size` bytes at `address` (unsigned): returns the low 32 bits, unsigned,
   * and leaves the rest in `high`. On an access fault `fault` is true and the result 0.
   */
  read(address: number, size: number): number {
    this.high = 0;
    const slot = this.select(address, size);
    if (slot === undefined) return 0;
    const { device } = slot;
    const offset = address - slot.base;
    try {
      switch (size) {
        case 1:
          return device.read(offset, 1) & 0xff;
        case 2:
          return device.read(offset, 2) & 0xffff;
        case 4:
          return device.read(offset, 4) >>> 0;
      }
      if (device.read64) {
        const value = device.read64(offset);
        this.high = Number((value >> 32n) & MASK32);
        return Number(value & MASK32);
      }
      const low = device.read(offset, 4) >>> 0;
      this.high = device.read(offset + 4, 4) >>> 0;
      return low;
    } catch (error) {
      this.high = 0;
      this.deviceThrew(slot, `read of ${size} bytes at offset 0x${offset.toString(16)}`, error);
      return 0;
    }
  }

  /** Writes the low `size` bytes of `high:low`. On an access fault `fault` is true. */
  write(address: number, size: number, low: number, high = 0): void {
    const slot = this.select(address, size);
    if (slot === undefined) return;
    const { device } = slot;
    const offset = address - slot.base;
    try {
      switch (size) {
        case 1:
          return device.write(offset, 1, low & 0xff);
        case 2:
          return device.write(offset, 2, low & 0xffff);
        case 4:
          return device.write(offset, 4, low >>> 0);
      }
      if (device.write64) {
        device.write64(offset, (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0));
        return;
      }
      device.write(offset, 4, low >>> 0);
      device.write(offset + 4, 4, high >>> 0);
    } catch (error) {
      this.deviceThrew(slot, `write of ${size} bytes at offset 0x${offset.toString(16)}`, error);
    }
  }

  /** The slot that takes this access; otherwise undefined and `fault` set. */
  private select(address: number, size: number): Slot | undefined {
    this.fault = true;
    if ((size !== 1 && size !== 2 && size !== 4 && size !== 8) || (address & (size - 1)) !== 0)
      return undefined;
    let slot = this.last;
    if (slot === undefined || address < slot.base || address >= slot.end) {
      slot = this.find(address);
      if (slot === undefined) return undefined;
      this.last = slot;
    }
    if (size < slot.min || size > slot.max || address + size > slot.end) return undefined;
    this.fault = false;
    return slot;
  }

  private find(address: number): Slot | undefined {
    const { slots } = this;
    let low = 0;
    let high = slots.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (slots[middle].end <= address) low = middle + 1;
      else high = middle;
    }
    const slot = slots[low];
    return slot !== undefined && slot.base <= address ? slot : undefined;
  }

  private deviceThrew(slot: Slot, access: string, error: unknown): void {
    this.fault = true;
    this.log(`${slot.name}: ${access} failed: ${messageOf(error)}`);
  }
}
