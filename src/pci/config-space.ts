/** The 256 bytes of configuration of a PCI function (PCI Local Bus 3.0, 6.1), of which some can be written. */

export const CONFIG_SIZE = 256;

export class PciConfigSpace {
  private readonly bytes = new Uint8Array(CONFIG_SIZE);
  private readonly view = new DataView(this.bytes.buffer);
  /** What each bit is after a reset. */
  private readonly initial = new Uint8Array(CONFIG_SIZE);
  /** Bits that can be written; the others stay. */
  private readonly writable = new Uint8Array(CONFIG_SIZE);

  /** Sets `size` bytes to `value` after each reset, of which the bits of `mask` can be written. */
  define(offset: number, size: 1 | 2 | 4, value: number, mask = 0): void {
    for (let i = 0; i < size; i++) {
      this.initial[offset + i] = value >>> (8 * i);
      this.writable[offset + i] = mask >>> (8 * i);
    }
    this.bytes.set(this.initial.subarray(offset, offset + size), offset);
  }

  reset(): void {
    this.bytes.set(this.initial);
  }

  /** Reads at a naturally aligned offset below CONFIG_SIZE. */
  read(offset: number, size: 1 | 2 | 4): number {
    switch (size) {
      case 1:
        return this.view.getUint8(offset);
      case 2:
        return this.view.getUint16(offset, true);
      case 4:
        return this.view.getUint32(offset, true);
    }
  }

  /** Writes what can be written. */
  write(offset: number, size: 1 | 2 | 4, value: number): void {
    for (let i = 0; i < size; i++) {
      const mask = this.writable[offset + i];
      this.bytes[offset + i] = (this.bytes[offset + i] & ~mask) | ((value >>> (8 * i)) & mask);
    }
  }
}
