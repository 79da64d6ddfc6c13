/**
 * Prints a device tree as source (DTS, Devicetree Specification 0.4, 6). `dtc`
 * compiles the text back to the same tree. Bytes of unknown meaning are printed
 * as strings or cells where they look like them.
 */
import { decodeUtf8 } from '../text.ts';
import type { FdtNode, FdtValue, MemoryReservation } from './fdt.ts';

/** The DTS text of the tree below `root`, indented with tabs as `dtc` does. */
export function printFdtSource(root: FdtNode, memoryReservations: readonly MemoryReservation[] = []): string {
  const lines = ['/dts-v1/;', ''];
  for (const { address, size } of memoryReservations) {
    lines.push(`/memreserve/ 0x${address.toString(16)} 0x${size.toString(16)};`);
  }
  if (memoryReservations.length > 0) lines.push('');
  printNode({ ...root, name: '/' }, '', lines);
  return `${lines.join('\n')}\n`;
}

function printNode(node: FdtNode, indent: string, lines: string[]): void {
  lines.push(`${indent}${node.name} {`);
  const inner = `${indent}\t`;
  for (const [name, value] of Object.entries(node.properties)) {
    const text = printValue(value);
    lines.push(text === '' ? `${inner}${name};` : `${inner}${name} = ${text};`);
  }
  for (const child of node.children ?? []) {
    lines.push('');
    printNode(child, inner, lines);
  }
  lines.push(`${indent}};`);
}

function printValue(value: FdtValue): string {
  if (value === true) return '';
  if (value instanceof Uint8Array) return printBytes(value);
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return printCells([value]);
  if (value.length === 0) return '';
  return typeof value[0] === 'string'
    ? (value as readonly string[]).map(quote).join(', ')
    : printCells(value as readonly number[]);
}

function printBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return '';
  if (looksLikeStrings(bytes)) {
    return decodeUtf8(bytes.subarray(0, -1)).split('\0').map(quote).join(', ');
  }
  if (bytes.length % 4 === 0) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return printCells(Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(index * 4)));
  }
  return `[${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')}]`;
}

/** Printable ASCII in NUL-terminated pieces, none of them empty. */
function looksLikeStrings(bytes: Uint8Array): boolean {
  if (bytes[bytes.length - 1] !== 0) return false;
  return bytes.every((byte, index) =>
    byte === 0 ? index > 0 && bytes[index - 1] !== 0 : byte >= 0x20 && byte < 0x7f,
  );
}

function printCells(cells: readonly number[]): string {
  return `<${cells.map((cell) => `0x${cell.toString(16).padStart(2, '0')}`).join(' ')}>`;
}

function quote(text: string): string {
  const escaped = text
    .replace(/["\\]/g, '\\$&')
    .replace(/\n/g, '\\n')
    .replace(/\t/g, '\\t')
    .replace(/\r/g, '\\r');
  return `"${escaped}"`;
}
