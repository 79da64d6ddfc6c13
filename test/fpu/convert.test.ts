import { beforeAll, describe, expect, test } from 'vitest';
import { compileFpu, Disagreements, type Fpu } from './core.ts';
import {
  integralBorders,
  Random,
  randomInteger,
  randomOperand,
  ROUNDS,
  SEED,
  specialIntegers,
  specialOperands,
} from './operands.ts';
import * as reference from './reference.ts';
import {
  BINARY16,
  BINARY32,
  BINARY64,
  type Format,
  I32,
  I64,
  ROUNDING_MODES,
  U32,
  U64,
} from './reference.ts';

let fpu: Fpu;
beforeAll(async () => {
  fpu = await compileFpu();
});

const random = new Random(SEED);
const capital = (name: string): string => name[0].toUpperCase() + name.slice(1);

function operandsOf(format: Format): bigint[] {
  const list = [...specialOperands(format), ...integralBorders(format)];
  for (let i = 0; i < 300 * ROUNDS; i++) list.push(randomOperand(random, format));
  return list;
}

/** Numbers of the wider format around the narrower one's numbers, their halves, and its ends. */
function neighboursOf(narrow: Format, wide: Format): bigint[] {
  return operandsOf(narrow).flatMap((x) => {
    const { bits } = reference.convert(narrow, wide, x, 'RNE');
    const half = 1n << BigInt(wide.fraction - narrow.fraction - 1);
    return [-half - 1n, -half, 1n - half, -1n, 0n, 1n, half - 1n, half, half + 1n].map((delta) =>
      BigInt.asUintN(wide.width, bits + delta),
    );
  });
}

const NARROWING = [
  { wide: BINARY64, narrow: BINARY32 },
  { wide: BINARY64, narrow: BINARY16 },
  { wide: BINARY32, narrow: BINARY16 },
];

describe.each(NARROWING)('$wide.name and $narrow.name', ({ wide, narrow }) => {
  test(`${wide.name} to ${narrow.name}`, () => {
    const name = `${wide.name}To${capital(narrow.name)}`;
    const actual = fpu.bind({ name, operands: [wide.width], result: 32 });
    const found = new Disagreements();
    for (const a of [...operandsOf(wide), ...neighboursOf(narrow, wide)]) {
      for (let rm = 0; rm < 5; rm++) {
        const expected = reference.convert(wide, narrow, a, ROUNDING_MODES[rm]);
        found.check(name, [a], rm, actual([a], [rm]), expected);
      }
    }
    found.expectNone();
  });

  test(`${narrow.name} to ${wide.name}`, () => {
    const name = `${narrow.name}To${capital(wide.name)}`;
    const actual = fpu.bind({ name, operands: [narrow.width], result: wide.width });
    const found = new Disagreements();
    const all =
      narrow === BINARY16 ? Array.from({ length: 0x10000 }, (_, i) => BigInt(i)) : operandsOf(narrow);
    for (const a of all) {
      found.check(name, [a], undefined, actual([a], []), reference.convert(narrow, wide, a, 'RNE'));
    }
    found.expectNone();
  });
});

const PAIRS = [BINARY32, BINARY64].flatMap((format) =>
  [I32, U32, I64, U64].map((type) => ({ format, type })),
);

test.each(PAIRS)('$format.name to $type.name', ({ format, type }) => {
  const name = `${format.name}To${capital(type.name)}`;
  const actual = fpu.bind({ name, operands: [format.width], result: type.width });
  const found = new Disagreements();
  for (const a of operandsOf(format)) {
    for (let rm = 0; rm < 5; rm++) {
      found.check(name, [a], rm, actual([a], [rm]), reference.toInteger(format, type, a, ROUNDING_MODES[rm]));
    }
  }
  found.expectNone();
});

test.each(PAIRS)('$type.name to $format.name', ({ format, type }) => {
  const name = `${type.name}To${capital(format.name)}`;
  const actual = fpu.bind({ name, operands: [type.width], result: format.width });
  const found = new Disagreements();
  const operands = specialIntegers(type);
  for (let i = 0; i < 300 * ROUNDS; i++) operands.push(randomInteger(random, type));
  for (const a of operands) {
    for (let rm = 0; rm < 5; rm++) {
      found.check(
        name,
        [a],
        rm,
        actual([a], [rm]),
        reference.fromInteger(type, format, a, ROUNDING_MODES[rm]),
      );
    }
  }
  found.expectNone();
});

test('NaNs and numbers outside the type saturate', () => {
  const toI32 = fpu.bind({ name: 'f64ToI32', operands: [64], result: 32 });
  const toU64 = fpu.bind({ name: 'f64ToU64', operands: [64], result: 64 });
  const minusOne = 0xbff0000000000000n;
  const minusQuarter = 0xbfd0000000000000n;
  expect(toI32([0xfff8000000000000n], [0])).toEqual({ bits: 0x7fffffffn, flags: reference.NV });
  expect(toI32([0xfff0000000000000n], [0])).toEqual({ bits: 0x80000000n, flags: reference.NV });
  expect(toU64([minusOne], [0])).toEqual({ bits: 0n, flags: reference.NV });
  expect(toU64([minusQuarter], [0])).toEqual({ bits: 0n, flags: reference.NX });
});

test('bits above a binary16 operand are ignored', () => {
  const f16ToF32 = fpu.bind({ name: 'f16ToF32', operands: [32], result: 32 });
  expect(f16ToF32([0xffff3c00n], [])).toEqual({ bits: 0x3f800000n, flags: 0 });
});
