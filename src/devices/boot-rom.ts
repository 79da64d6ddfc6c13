/**
 * The boot ROM: a few bytes that the machine writes at reset, such as the
 * fw_dynamic info that firmware reads. Writes are ignored. Left out: executing
 * from it, because harts start where its code would take them.
 */
import type { Device } from './device.ts';

export class BootRom implements Device {
  readonly accessSizes = { min: 1, max: 8 } as const;
  private data = new DataView(new ArrayBuffer(0));

  /** Replaces the content, from the first byte on; the rest of the ROM reads as zeros. */
  fill(bytes: Uint8Array): void {
    // Rounded up, so that an aligned access lies inside or outside as a whole.
    const buffer = new ArrayBuffer(Math.ceil(bytes.length / 8) * 8);
    new Uint8Array(buffer).set(bytes);
    this.data = new DataView(buffer);
  }

  reset(): void {}

  read(offset: number, size: 1 | 2 | 4): number {
    if (offset >= this.data.byteLength) return 0;
    if (size === 1) return this.data.getUint8(offset);
    return size === 2 ? this.data.getUint16(offset, true) : this.data.getUint32(offset, true);
  }

  write(): void {}
}
