import { expect, test } from 'vitest';
import { decodeFdt, FdtFormatError, MAX_FDT_DEPTH } from '../../src/fdt/decode.ts';
import { encodeFdt, encodeFdtValue } from '../../src/fdt/encode.ts';
import type { FdtNode } from '../../src/fdt/fdt.ts';
import { tree } from './tree.ts';

function asBytes(node: FdtNode): FdtNode {
  return {
    name: node.name,
    properties: Object.fromEntries(
      Object.entries(node.properties).map(([name, value]) => [name, encodeFdtValue(value)]),
    ),
    children: (node.children ?? []).map(asBytes),
  };
}

function edited(edit: (view: DataView) => void): Uint8Array {
  const blob = encodeFdt(tree);
  edit(new DataView(blob.buffer));
  return blob;
}

test('gives back what was encoded', () => {
  const decoded = decodeFdt(encodeFdt(tree, { bootHart: 2 }));
  expect(decoded.root).toEqual(asBytes(tree));
  expect(decoded.bootHart).toBe(2);
  expect(encodeFdt(decoded.root)).toEqual(encodeFdt(tree));
});

test('reads a blob that does not start at the start of its buffer', () => {
  const blob = encodeFdt(tree);
  const shifted = new Uint8Array(blob.length + 7);
  shifted.set(blob, 7);
  expect(decodeFdt(shifted.subarray(7)).root).toEqual(asBytes(tree));
});

test('values are copies, also out of a Buffer', () => {
  const buffer = Buffer.from(encodeFdt({ name: '', properties: { a: 1 } }));
  const { root } = decodeFdt(buffer);
  buffer.fill(0);
  expect(root.properties.a).toEqual(new Uint8Array([0, 0, 0, 1]));
});

test('skips NOP tokens', () => {
  const blob = encodeFdt({ name: '', properties: { a: 1 } });
  const view = new DataView(blob.buffer);
  for (const offset of [8, 12, 16, 20]) view.setUint32(56 + offset, 4);
  expect(decodeFdt(blob).root.properties).toEqual({});
});

test('a property called __proto__ stays a property', () => {
  const properties = Object.defineProperty({}, '__proto__', { value: 'x', enumerable: true });
  const { root } = decodeFdt(encodeFdt({ name: '', properties }));
  expect(Object.keys(root.properties)).toEqual(['__proto__']);
});

test.each<[string, Uint8Array, string]>([
  ['too short', new Uint8Array(39), 'expected a header of 40 bytes, found 39'],
  ['bad magic', new Uint8Array(64), 'expected magic 0xd00dfeed, found 0x0'],
  ['truncated', encodeFdt(tree).slice(0, -4), 'truncated DTB: its header says'],
  ['old version', edited((view) => view.setUint32(20, 3)), 'expected 16 or 17, found 3'],
  ['future version', edited((view) => view.setUint32(24, 18)), 'compatible with 18'],
  ['structure outside', edited((view) => view.setUint32(8, 0xfffffff0)), 'structure block'],
  ['structure misaligned', edited((view) => view.setUint32(8, 57)), 'do not lie in|aligned'],
  ['strings outside', edited((view) => view.setUint32(32, 0xffffffff)), 'strings block'],
  ['reservations outside', edited((view) => view.setUint32(16, 0xfffffff0)), 'memory reservation block'],
  ['no root', edited((view) => view.setUint32(56, 9)), 'inside a node'],
  ['property outside a node', edited((view) => view.setUint32(56, 3)), 'property outside a node'],
  ['unknown token', edited((view) => view.setUint32(64, 7)), 'unknown token 0x7 at 0x8'],
  ['huge property', edited((view) => view.setUint32(68, 0xffffffff)), 'reaches past the structure block'],
  ['bad name', edited((view) => view.setUint32(72, 0xffffff)), 'no property name at 0xffffff'],
  ['no END', edited((view) => view.setUint32(36, view.getUint32(36) - 4)), 'ends early'],
])('refuses: %s', (_, blob, message) => {
  expect(() => decodeFdt(blob)).toThrow(FdtFormatError);
  expect(() => decodeFdt(blob)).toThrow(new RegExp(message));
});

test('nesting is bounded', () => {
  let node: FdtNode = { name: 'leaf', properties: {} };
  for (let depth = 0; depth < MAX_FDT_DEPTH; depth++) node = { name: 'n', properties: {}, children: [node] };
  expect(() => decodeFdt(encodeFdt(node))).toThrow(`nested more than ${MAX_FDT_DEPTH} deep`);
  expect(decodeFdt(encodeFdt(node.children![0])).root.children).toHaveLength(1);
});

test('any damaged word gives a tree or an FdtFormatError', () => {
  const blob = encodeFdt(tree);
  for (let offset = 0; offset < blob.length; offset += 4) {
    for (const value of [0, 1, 2, 3, 9, 0x7fffffff, 0x80000000, 0xffffffff]) {
      const damaged = blob.slice();
      new DataView(damaged.buffer).setUint32(offset, value);
      try {
        expect(decodeFdt(damaged).root).toBeDefined();
      } catch (error) {
        expect(error).toBeInstanceOf(FdtFormatError);
      }
    }
  }
});
