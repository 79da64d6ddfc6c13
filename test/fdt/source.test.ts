import { expect, test } from 'vitest';
import { decodeFdt } from '../../src/fdt/decode.ts';
import { encodeFdt } from '../../src/fdt/encode.ts';
import { printFdtSource } from '../../src/fdt/source.ts';
import { dtc, hasDtc } from './dtc.ts';
import { tree } from './tree.ts';

test('prints values by their type', () => {
  const source = printFdtSource(
    {
      name: '',
      properties: {
        cell: 1,
        cells: [0x80000000, 0],
        text: 'a "b" \\',
        list: ['x', 'y'],
        flag: true,
        none: [],
        bytes: new Uint8Array([1, 2, 255]),
        looksText: new Uint8Array([97, 0, 98, 0]),
        looksCells: new Uint8Array([0, 0, 1, 0]),
      },
      children: [{ name: 'node@1', properties: {} }],
    },
    [{ address: 0x80000000n, size: 0x1000n }],
  );
  expect(source).toBe(`/dts-v1/;

/memreserve/ 0x80000000 0x1000;

/ {
	cell = <0x01>;
	cells = <0x80000000 0x00>;
	text = "a \\"b\\" \\\\";
	list = "x", "y";
	flag;
	none;
	bytes = [01 02 ff];
	looksText = "a", "b";
	looksCells = <0x100>;

	node@1 {
	};
};
`);
});

test.runIf(hasDtc)('dtc compiles the source to the tree it was printed from', () => {
  const reservations = [{ address: 0x80000000n, size: 0x1000n }];
  const expected = decodeFdt(encodeFdt(tree, { memoryReservations: reservations }));
  const typed = dtc('dts', 'dtb', printFdtSource(tree, reservations));
  expect(decodeFdt(typed.output)).toEqual(expected);
  const untyped = dtc('dts', 'dtb', printFdtSource(expected.root, reservations));
  expect(decodeFdt(untyped.output)).toEqual(expected);
});
