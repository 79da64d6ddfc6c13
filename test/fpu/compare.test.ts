import { beforeAll, describe, expect, test } from 'vitest';
import { compileFpu, Disagreements, type Fpu } from './core.ts';
import { Random, randomOperand, ROUNDS, SEED, specialOperands } from './operands.ts';
import * as reference from './reference.ts';
import { BINARY32, BINARY64 } from './reference.ts';

let fpu: Fpu;
beforeAll(async () => {
  fpu = await compileFpu();
});

const BINARY = {
  Eq: reference.eq,
  Lt: reference.lt,
  Le: reference.le,
  Min: reference.min,
  Max: reference.max,
};

describe.each([BINARY32, BINARY64])('$name', (format) => {
  const { width } = format;
  const random = new Random(SEED);
  const special = specialOperands(format);
  const pairs = special.flatMap((a) => special.map((b) => [a, b] as const));
  for (let i = 0; i < 2000 * ROUNDS; i++) {
    const a = randomOperand(random, format);
    pairs.push([a, random.below(8) === 0 ? a : randomOperand(random, format, a)]);
  }

  test.each(Object.entries(BINARY))('%s', (operation, expected) => {
    const isSelection = operation === 'Min' || operation === 'Max';
    const suffix = `F${width}`;
    const found = new Disagreements();
    for (const name of [`${format.name}${operation}`, `${operation.toLowerCase()}${suffix}`]) {
      const actual = fpu.bind({ name, operands: [width, width], result: isSelection ? width : 32 });
      for (const [a, b] of pairs)
        found.check(name, [a, b], undefined, actual([a, b], []), expected(format, a, b));
    }
    found.expectNone();
  });

  test('Class', () => {
    const name = `${format.name}Class`;
    const actual = fpu.bind({ name, operands: [width], result: 32 });
    const found = new Disagreements();
    for (const [a] of pairs)
      found.check(name, [a], undefined, actual([a], []), reference.classify(format, a));
    found.expectNone();
  });
});

test('the bits of a class are those of the specification', () => {
  const f32Class = fpu.bind({ name: 'f32Class', operands: [32], result: 32 });
  const operands = [
    0xff800000n, // -∞
    0xbf800000n, // -1
    0x80000001n, // negative subnormal
    0x80000000n, // -0
    0n,
    1n,
    0x3f800000n,
    0x7f800000n,
    0x7f800001n, // signaling NaN
    0xffc00000n, // quiet NaN
  ];
  expect(operands.map((x) => f32Class([x], []).bits)).toEqual(operands.map((_, i) => 1n << BigInt(i)));
});
