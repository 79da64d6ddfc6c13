/** The device configuration space of a virtio device (virtio 1.2, 2.5): little-endian bytes. */
export class ConfigSpace {
  private readonly view: DataView;

  /** @param size in bytes. */
  constructor(size: number) {
    this.view = new DataView(new ArrayBuffer(size));
  }

  /** What the driver reads; bytes past the end are zero. */
  read(offset: number, size: 1 | 2 | 4): number {
    let value = 0;
    for (let i = size - 1; i >= 0; i--)
      value = value * 256 + (offset + i < this.view.byteLength ? this.view.getUint8(offset + i) : 0);
    return value;
  }

  setUint8(offset: number, value: number): void {
    this.view.setUint8(offset, value);
  }

  setUint16(offset: number, value: number): void {
    this.view.setUint16(offset, value, true);
  }

  setUint32(offset: number, value: number): void {
    this.view.setUint32(offset, value, true);
  }

  setUint64(offset: number, value: bigint): void {
    this.view.setBigUint64(offset, value, true);
  }
}
