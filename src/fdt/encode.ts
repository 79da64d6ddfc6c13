/**
 * Writes a device tree as a DTB of version 17 (Devicetree Specification 0.4, 5).
 * Left out on purpose: suffix sharing in the strings block (a name that ends
 * another name gets its own entry), which saves a few bytes.
 */
import { encodeUtf8 } from '../text.ts';
import {
  FDT_BEGIN_NODE,
  FDT_END,
  FDT_END_NODE,
  FDT_HEADER_SIZE,
  FDT_LAST_COMP_VERSION,
  FDT_MAGIC,
  FDT_PROP,
  FDT_VERSION,
  type FdtNode,
  type FdtValue,
  type MemoryReservation,
} from './fdt.ts';

export interface EncodeFdtOptions {
  /** Entries of the memory reservation block. Default none. */
  readonly memoryReservations?: readonly MemoryReservation[];
  /** Physical ID of the boot hart. Default 0. */
  readonly bootHart?: number;
  /** Free bytes after the strings block, for firmware that edits the tree in place. Default 0. */
  readonly padding?: number;
}

/**
 * Encodes the tree below `root`, whose name is ignored.
 * @throws RangeError for a value that no cell can hold, TypeError for a name that no DTB can hold.
 */
export function encodeFdt(root: FdtNode, options: EncodeFdtOptions = {}): Uint8Array {
  const { memoryReservations = [], bootHart = 0, padding = 0 } = options;
  const structure = new StructureBlock();
  structure.node({ ...root, name: '' }, '');
  structure.word(FDT_END);
  const strings = structure.strings;

  const reservationsOffset = FDT_HEADER_SIZE; // 8-byte aligned, as 5.3 asks
  const structureOffset = reservationsOffset + 16 * (memoryReservations.length + 1);
  const stringsOffset = structureOffset + structure.length;
  const totalSize = align4(stringsOffset + strings.length + padding);

  const blob = new Uint8Array(totalSize);
  const view = new DataView(blob.buffer);
  const header = [
    FDT_MAGIC,
    totalSize,
    structureOffset,
    stringsOffset,
    reservationsOffset,
    FDT_VERSION,
    FDT_LAST_COMP_VERSION,
    bootHart,
    strings.length,
    structure.length,
  ];
  header.forEach((word, index) => view.setUint32(index * 4, word));
  memoryReservations.forEach(({ address, size }, index) => {
    view.setBigUint64(reservationsOffset + 16 * index, address);
    view.setBigUint64(reservationsOffset + 16 * index + 8, size);
  });
  blob.set(structure.bytes.subarray(0, structure.length), structureOffset);
  blob.set(strings, stringsOffset);
  return blob;
}

/** The bytes of a property value as a DTB holds them. */
export function encodeFdtValue(value: FdtValue): Uint8Array {
  if (value === true) return new Uint8Array(0);
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return encodeStrings([value]);
  if (typeof value === 'number') return encodeCells([value]);
  return typeof value[0] === 'string'
    ? encodeStrings(value as readonly string[])
    : encodeCells(value as readonly number[]);
}

function encodeStrings(list: readonly string[]): Uint8Array {
  for (const text of list) {
    if (text.includes('\0')) throw new TypeError(`string value ${JSON.stringify(text)} contains a NUL`);
  }
  return encodeUtf8(list.map((text) => `${text}\0`).join(''));
}

function encodeCells(cells: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(cells.length * 4);
  const view = new DataView(bytes.buffer);
  cells.forEach((cell, index) => {
    if (!Number.isInteger(cell) || cell < 0 || cell > 0xffffffff) {
      throw new RangeError(`a cell is an unsigned 32-bit integer, found ${String(cell)}`);
    }
    view.setUint32(index * 4, cell);
  });
  return bytes;
}

class StructureBlock {
  bytes = new Uint8Array(4096);
  length = 0;
  private readonly stringOffsets = new Map<string, number>();
  private readonly stringParts: Uint8Array[] = [];
  private stringsLength = 0;

  get strings(): Uint8Array {
    const block = new Uint8Array(this.stringsLength);
    let offset = 0;
    for (const part of this.stringParts) {
      block.set(part, offset);
      offset += part.length;
    }
    return block;
  }

  node(node: FdtNode, path: string): void {
    this.word(FDT_BEGIN_NODE);
    this.data(encodeUtf8(`${node.name}\0`));
    for (const [name, value] of Object.entries(node.properties)) {
      checkName(name, `property in ${path || '/'}`);
      let bytes: Uint8Array;
      try {
        bytes = encodeFdtValue(value);
      } catch (error) {
        if (error instanceof Error) error.message = `${path}/${name}: ${error.message}`;
        throw error;
      }
      this.word(FDT_PROP);
      this.word(bytes.length);
      this.word(this.stringOffset(name));
      this.data(bytes);
    }
    // 5.4.2: all properties of a node come before its subnodes.
    for (const child of node.children ?? []) {
      checkName(child.name, `child of ${path || '/'}`);
      this.node(child, `${path}/${child.name}`);
    }
    this.word(FDT_END_NODE);
  }

  word(value: number): void {
    this.reserve(4);
    new DataView(this.bytes.buffer).setUint32(this.length, value);
    this.length += 4;
  }

  private data(bytes: Uint8Array): void {
    this.reserve(bytes.length + 3);
    this.bytes.set(bytes, this.length);
    this.length = align4(this.length + bytes.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  private stringOffset(name: string): number {
    const known = this.stringOffsets.get(name);
    if (known !== undefined) return known;
    const offset = this.stringsLength;
    const bytes = encodeUtf8(`${name}\0`);
    this.stringOffsets.set(name, offset);
    this.stringParts.push(bytes);
    this.stringsLength += bytes.length;
    return offset;
  }
}

function checkName(name: string, what: string): void {
  if (name === '' || /[\0/\s]/.test(name)) {
    throw new TypeError(`${what}: ${JSON.stringify(name)} is no device-tree name`);
  }
}

function align4(value: number): number {
  return (value + 3) & ~3;
}
