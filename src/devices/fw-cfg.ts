/**
 * QEMU's firmware configuration device over MMIO (QEMU, docs/specs/fw_cfg): items of bytes behind a
 * selector, read through a data register or by DMA, and a directory of those that have names.
 *
 *    0  data      the next bytes of the item, in their order in memory
 *    8  selector  the key of an item, big-endian
 *   16  DMA       address of a descriptor, big-endian; writing its lower half starts
 *
 * Left out on purpose: items that a guest may write; bit 14 of a key, which asks for that, changes nothing.
 */
import type { FdtNode } from '../fdt/fdt.ts';
import type { GuestMemory } from '../memory.ts';
import type { Device } from './device.ts';

export const FW_CFG_SIGNATURE = 0x00;
export const FW_CFG_ID = 0x01;
export const FW_CFG_RAM_SIZE = 0x03;
export const FW_CFG_NB_CPUS = 0x05;
export const FW_CFG_KERNEL_SIZE = 0x08;
export const FW_CFG_INITRD_SIZE = 0x0b;
export const FW_CFG_MAX_CPUS = 0x0f;
export const FW_CFG_KERNEL_DATA = 0x11;
export const FW_CFG_INITRD_DATA = 0x12;
export const FW_CFG_CMDLINE_SIZE = 0x14;
export const FW_CFG_CMDLINE_DATA = 0x15;
export const FW_CFG_FILE_DIR = 0x19;
export const FW_CFG_FILE_FIRST = 0x20;

const KEY_WRITE = 0x4000;
const NAME_SIZE = 56;
const ENTRY_SIZE = 8 + NAME_SIZE;

/** What FW_CFG_ID says: the registers above, and DMA. */
const FEATURES = 3;
const SIGNATURE = 'QEMU';
/** What the DMA register reads as. */
const DMA_SIGNATURE = 'QEMU CFG';

const DATA = 0;
const SELECTOR = 8;
const DMA = 16;

const DMA_ERROR = 1;
const DMA_READ = 2;
const DMA_SKIP = 4;
const DMA_SELECT = 8;
const DMA_WRITE = 16;
const DESCRIPTOR_SIZE = 16;
/** Zeros behind an item are written so many bytes at a time. */
const PIECE = 1 << 20;

/** An item, in pieces that follow each other. */
export type FwCfgContent = readonly Uint8Array[];

export class FwCfg implements Device {
  readonly accessSizes = { min: 1, max: 8 } as const;
  private readonly items = new Map<number, FwCfgContent>();
  private item: FwCfgContent = [];
  /** Bytes of the item that were read or skipped. */
  private position = 0;
  private dmaHigh = 0;

  constructor(private readonly memory: GuestMemory) {
    this.setFiles([]);
    this.setItem(FW_CFG_SIGNATURE, [ascii(SIGNATURE)]);
    this.setItem(FW_CFG_ID, [littleEndian(FEATURES, 4)]);
  }

  setItem(key: number, content: FwCfgContent): void {
    this.items.set(key, content);
  }

  /** The files of the directory, instead of those before. @throws RangeError for a name of more than 55 bytes. */
  setFiles(files: readonly { readonly name: string; readonly content: Uint8Array }[]): void {
    const directory = new Uint8Array(4 + files.length * ENTRY_SIZE);
    const view = new DataView(directory.buffer);
    view.setUint32(0, files.length);
    files.forEach(({ name, content }, index) => {
      const bytes = ascii(name);
      if (bytes.length >= NAME_SIZE) throw new RangeError(`expected a shorter name, found ${name}`);
      const at = 4 + index * ENTRY_SIZE;
      view.setUint32(at, content.length);
      view.setUint16(at + 4, FW_CFG_FILE_FIRST + index);
      directory.set(bytes, at + 8);
      this.setItem(FW_CFG_FILE_FIRST + index, [content]);
    });
    this.setItem(FW_CFG_FILE_DIR, [directory]);
  }

  reset(): void {
    this.dmaHigh = 0;
    this.select(0);
  }

  read(offset: number, size: 1 | 2 | 4): number {
    if (offset < DATA + 8) {
      const bytes = new Uint8Array(4);
      this.take(size, (piece, at) => bytes.set(piece, at));
      return new DataView(bytes.buffer).getUint32(0, true);
    }
    if (offset < DMA) return 0;
    let value = 0;
    for (let i = 0; i < size; i++) value |= DMA_SIGNATURE.charCodeAt(offset - DMA + i) << (8 * i);
    return value >>> 0;
  }

  write(offset: number, size: 1 | 2 | 4, value: number): void {
    if (offset === SELECTOR && size === 2) this.select(((value & 0xff) << 8) | (value >>> 8));
    else if (offset === DMA && size === 4) this.dmaHigh = swap32(value);
    else if (offset === DMA + 4 && size === 4) {
      const address = (BigInt(this.dmaHigh) << 32n) | BigInt(swap32(value));
      this.dmaHigh = 0;
      this.transfer(address);
    }
  }

  fdtNode(): FdtNode {
    return { name: 'fw-cfg', properties: { 'dma-coherent': true, compatible: 'qemu,fw-cfg-mmio' } };
  }

  private select(key: number): void {
    this.item = this.items.get(key & ~KEY_WRITE) ?? [];
    this.position = 0;
  }

  /** Hands out the next `length` bytes of the item in pieces, each with its place among them. Behind its end are none. */
  private take(length: number, use: (piece: Uint8Array, at: number) => void): void {
    let start = 0;
    for (const piece of this.item) {
      const from = Math.max(this.position - start, 0);
      const to = Math.min(this.position - start + length, piece.length);
      if (from < to) use(piece.subarray(from, to), start + from - this.position);
      start += piece.length;
    }
    this.position = Math.min(this.position + length, start);
  }

  /** What the descriptor at `address` asks for. Where there is no RAM, nobody can be told of the error. */
  private transfer(address: bigint): void {
    const { memory } = this;
    if (!memory.contains(address, DESCRIPTOR_SIZE)) return;
    const descriptor = memory.view(address, DESCRIPTOR_SIZE).slice();
    const view = new DataView(descriptor.buffer);
    const control = view.getUint32(0);
    const length = view.getUint32(4);
    let isWrong = false;
    if (control & DMA_SELECT) this.select(control >>> 16);
    if (control & DMA_READ) isWrong = !this.readInto(view.getBigUint64(8), length);
    else if (control & DMA_WRITE) isWrong = true;
    else if (control & DMA_SKIP) this.take(length, () => {});
    view.setUint32(0, isWrong ? DMA_ERROR : 0);
    memory.write(address, descriptor.subarray(0, 4));
  }

  /** The next `length` bytes of the item, and zeros behind it, to RAM; false if they do not lie there, and nothing is written. */
  private readInto(address: bigint, length: number): boolean {
    const { memory } = this;
    if (!memory.contains(address, length)) return false;
    const to = Number(address);
    let end = 0;
    this.take(length, (piece, at) => {
      memory.write(to + at, piece);
      end = at + piece.length;
    });
    const zeros = new Uint8Array(Math.min(PIECE, length - end));
    for (; end < length; end += zeros.length) memory.write(to + end, zeros.subarray(0, length - end));
    return true;
  }
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** `value` in `size` bytes, little-endian as numbers of fw_cfg are. */
export function littleEndian(value: number, size: 2 | 4 | 8): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(value), true);
  return new Uint8Array(view.buffer, 0, size);
}

function swap32(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value);
  return view.getUint32(0, true);
}
