import { describe, expect, test } from 'vitest';
import { encodeFdt, encodeFdtValue } from '../../src/fdt/encode.ts';
import { decodeFdt } from '../../src/fdt/decode.ts';
import { dtc, hasDtc } from './dtc.ts';
import { tree } from './tree.ts';

const word = (blob: Uint8Array, offset: number) =>
  new DataView(blob.buffer, blob.byteOffset).getUint32(offset);

describe('header and blocks', () => {
  test('fields stand where version 17 puts them', () => {
    const blob = encodeFdt({ name: '', properties: { a: 1 } }, { bootHart: 3 });
    const words = Array.from({ length: 10 }, (_, index) => word(blob, index * 4));
    // structure: BEGIN_NODE, "", PROP, length, name, value, END_NODE, END = 32 bytes; strings: "a"
    expect(words).toEqual([0xd00dfeed, blob.length, 56, 88, 40, 17, 16, 3, 2, 32]);
    expect(blob.length).toBe(92);
    expect(Array.from({ length: 8 }, (_, index) => word(blob, 56 + index * 4))).toEqual([
      1, 0, 3, 4, 0, 1, 2, 9,
    ]);
  });

  test('a property name stands once in the strings block', () => {
    const child = (name: string) => ({ name, properties: { status: 'okay', reg: 1 } });
    const blob = encodeFdt({ name: '', properties: {}, children: [child('a'), child('b'), child('c')] });
    expect(word(blob, 32)).toBe('status\0reg\0'.length);
  });

  test('memory reservations end with a zero entry', () => {
    const memoryReservations = [{ address: 0x1_8000_0000n, size: 0x200000n }];
    const blob = encodeFdt(tree, { memoryReservations });
    expect(word(blob, 8)).toBe(40 + 32);
    expect(decodeFdt(blob).memoryReservations).toEqual(memoryReservations);
  });

  test('padding is inside the total size', () => {
    const plain = encodeFdt(tree);
    const padded = encodeFdt(tree, { padding: 1000 });
    expect(word(padded, 4)).toBe(padded.length);
    expect(padded.length).toBe(plain.length + 1000);
  });
});

test('values', () => {
  expect(encodeFdtValue(true)).toEqual(new Uint8Array(0));
  expect(encodeFdtValue([])).toEqual(new Uint8Array(0));
  expect(encodeFdtValue('ab')).toEqual(new Uint8Array([97, 98, 0]));
  expect(encodeFdtValue(['a', 'b'])).toEqual(new Uint8Array([97, 0, 98, 0]));
  expect(encodeFdtValue([1, 0xfffffffe])).toEqual(new Uint8Array([0, 0, 0, 1, 255, 255, 255, 254]));
  expect(encodeFdtValue('ü')).toEqual(new Uint8Array([0xc3, 0xbc, 0]));
});

test('what no DTB can hold is refused with its path', () => {
  const inNode = (value: number | string) => ({
    name: '',
    properties: {},
    children: [{ name: 'cpus', properties: { x: value } }],
  });
  expect(() => encodeFdt(inNode(-1))).toThrow('/cpus/x: a cell is an unsigned 32-bit integer, found -1');
  expect(() => encodeFdt(inNode(2 ** 32))).toThrow(RangeError);
  expect(() => encodeFdt(inNode(0.5))).toThrow(RangeError);
  expect(() => encodeFdt(inNode('a\0b'))).toThrow('/cpus/x: string value "a\\u0000b" contains a NUL');
  expect(() => encodeFdt({ name: '', properties: { 'a/b': 1 } })).toThrow('"a/b" is no device-tree name');
  expect(() => encodeFdt({ name: '', properties: {}, children: [{ name: '', properties: {} }] })).toThrow(
    TypeError,
  );
});

test.runIf(hasDtc)('dtc reads the blob without a warning and sees the same tree', () => {
  const blob = encodeFdt(tree, { memoryReservations: [{ address: 0x80000000n, size: 0x1000n }] });
  const { output, messages } = dtc('dtb', 'dtb', blob);
  expect(messages).toBe('');
  expect(decodeFdt(output)).toEqual(decodeFdt(blob));
});
