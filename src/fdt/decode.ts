/**
 * Reads a DTB of version 16 or 17 (Devicetree Specification 0.4, 5). The bytes
 * are untrusted: every offset is checked, and nesting is bounded. Property
 * values come back as bytes, because a DTB does not say what they mean.
 */
import { HartwareError } from '../errors.ts';
import { decodeUtf8 } from '../text.ts';
import {
  FDT_BEGIN_NODE,
  FDT_END,
  FDT_END_NODE,
  FDT_HEADER_SIZE,
  FDT_LAST_COMP_VERSION,
  FDT_MAGIC,
  FDT_NOP,
  FDT_PROP,
  FDT_VERSION,
  type FdtNode,
  type MemoryReservation,
} from './fdt.ts';

/** Deepest nesting accepted; real trees stay below ten. */
export const MAX_FDT_DEPTH = 64;

/** A blob that is no valid DTB. */
export class FdtFormatError extends HartwareError {
  override readonly name = 'FdtFormatError';
  readonly code = 'FDT_FORMAT';
}

/** A device tree as read from a blob. */
export interface DecodedFdt {
  /** The node that holds all others; its name is empty. */
  readonly root: DecodedFdtNode;
  /** In the order of the blob. */
  readonly memoryReservations: readonly MemoryReservation[];
  /** Physical ID of the boot hart. */
  readonly bootHart: number;
}

/** A node whose property values are bytes. */
export interface DecodedFdtNode extends FdtNode {
  /** By their names; numbers are big-endian (Devicetree Specification 0.4, 2.2.4.2), an empty property has no bytes. */
  readonly properties: Readonly<Record<string, Uint8Array>>;
  /** Nodes within this one, in the order of the blob. */
  readonly children: readonly DecodedFdtNode[];
}

/**
 * Decodes `blob`; property values are copies.
 * @throws FdtFormatError that says what was expected and what was found.
 */
export function decodeFdt(blob: Uint8Array): DecodedFdt {
  if (blob.length < FDT_HEADER_SIZE) {
    throw new FdtFormatError(
      `not a DTB: expected a header of ${FDT_HEADER_SIZE} bytes, found ${blob.length}`,
    );
  }
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const magic = view.getUint32(0);
  if (magic !== FDT_MAGIC) {
    throw new FdtFormatError(`not a DTB: expected magic ${hex(FDT_MAGIC)}, found ${hex(magic)}`);
  }
  const totalSize = view.getUint32(4);
  if (totalSize < FDT_HEADER_SIZE || totalSize > blob.length) {
    throw new FdtFormatError(`truncated DTB: its header says ${totalSize} bytes, found ${blob.length}`);
  }
  const version = view.getUint32(20);
  const lastCompatible = view.getUint32(24);
  if (version < FDT_LAST_COMP_VERSION || lastCompatible > FDT_VERSION) {
    throw new FdtFormatError(
      `DTB version: expected ${FDT_LAST_COMP_VERSION} or ${FDT_VERSION}, found ${version} (compatible with ${lastCompatible})`,
    );
  }
  const structureOffset = view.getUint32(8);
  // Version 16 has no size of the structure block: it ends where the file ends at the latest.
  const structureSize = version >= 17 ? view.getUint32(36) : totalSize - structureOffset;
  const stringsOffset = view.getUint32(12);
  const stringsSize = view.getUint32(32);
  checkBlock('structure', structureOffset, structureSize, totalSize);
  checkBlock('strings', stringsOffset, stringsSize, totalSize);
  if (structureOffset % 4 !== 0) {
    throw new FdtFormatError(
      `DTB structure block: expected a 4-byte aligned offset, found ${hex(structureOffset)}`,
    );
  }
  const strings = blob.subarray(stringsOffset, stringsOffset + stringsSize);
  const structure = blob.subarray(structureOffset, structureOffset + structureSize);
  return {
    root: new StructureReader(structure, strings).tree(),
    memoryReservations: readReservations(view, view.getUint32(16), totalSize),
    bootHart: view.getUint32(28),
  };
}

function checkBlock(name: string, offset: number, size: number, totalSize: number): void {
  if (offset < FDT_HEADER_SIZE || size < 0 || offset + size > totalSize) {
    throw new FdtFormatError(
      `DTB ${name} block: ${size} bytes at ${hex(offset)} do not lie in the ${totalSize} bytes of the blob`,
    );
  }
}

function readReservations(view: DataView, start: number, totalSize: number): MemoryReservation[] {
  const reservations: MemoryReservation[] = [];
  for (let offset = start; offset + 16 <= totalSize; offset += 16) {
    const address = view.getBigUint64(offset);
    const size = view.getBigUint64(offset + 8);
    if (address === 0n && size === 0n) return reservations;
    reservations.push({ address, size });
  }
  throw new FdtFormatError(
    `DTB memory reservation block at ${hex(start)}: expected a closing entry of zeros`,
  );
}

interface OpenNode {
  name: string;
  properties: Record<string, Uint8Array>;
  children: OpenNode[];
}

class StructureReader {
  private offset = 0;
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly strings: Uint8Array,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  tree(): DecodedFdtNode {
    const open: OpenNode[] = [];
    let root: OpenNode | undefined;
    for (;;) {
      const at = this.offset;
      const token = this.word();
      const node = open[open.length - 1];
      switch (token) {
        case FDT_NOP:
          break;
        case FDT_BEGIN_NODE: {
          if (open.length === MAX_FDT_DEPTH) {
            throw new FdtFormatError(`DTB: nodes are nested more than ${MAX_FDT_DEPTH} deep`);
          }
          // No prototype: a property may be called "__proto__".
          const child: OpenNode = { name: this.name(), properties: Object.create(null), children: [] };
          if (node) node.children.push(child);
          else if (root)
            throw new FdtFormatError(`DTB: second root node at ${hex(at)} of the structure block`);
          else root = child;
          open.push(child);
          break;
        }
        case FDT_PROP: {
          if (!node)
            throw new FdtFormatError(`DTB: property outside a node at ${hex(at)} of the structure block`);
          const length = this.word();
          const name = this.string(this.word());
          // Not slice(): on a Node Buffer that shares the memory.
          node.properties[name] = new Uint8Array(this.data(length));
          break;
        }
        case FDT_END_NODE:
          if (!open.pop())
            throw new FdtFormatError(`DTB: unmatched end of node at ${hex(at)} of the structure block`);
          break;
        case FDT_END:
          if (!root || node)
            throw new FdtFormatError(`DTB: structure block ends at ${hex(at)} inside a node`);
          return root;
        default:
          throw new FdtFormatError(`DTB: unknown token ${hex(token)} at ${hex(at)} of the structure block`);
      }
    }
  }

  private word(): number {
    if (this.offset + 4 > this.bytes.length) {
      throw new FdtFormatError(`DTB: structure block ends early, after ${this.bytes.length} bytes`);
    }
    const value = this.view.getUint32(this.offset);
    this.offset += 4;
    return value;
  }

  private data(length: number): Uint8Array {
    if (length > this.bytes.length - this.offset) {
      throw new FdtFormatError(
        `DTB: property of ${length} bytes at ${hex(this.offset)} reaches past the structure block`,
      );
    }
    const data = this.bytes.subarray(this.offset, this.offset + length);
    this.offset = (this.offset + length + 3) & ~3;
    return data;
  }

  private name(): string {
    const end = this.bytes.indexOf(0, this.offset);
    if (end < 0) throw new FdtFormatError(`DTB: node name at ${hex(this.offset)} has no end`);
    return decodeUtf8(this.data(end + 1 - this.offset).subarray(0, -1));
  }

  private string(offset: number): string {
    const end = offset < this.strings.length ? this.strings.indexOf(0, offset) : -1;
    if (end < 0) throw new FdtFormatError(`DTB: no property name at ${hex(offset)} of the strings block`);
    return decodeUtf8(this.strings.subarray(offset, end));
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
