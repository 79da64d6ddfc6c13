import { beforeAll, describe, expect, test } from 'vitest';
import { compileFpu, Disagreements, type Fpu } from './core.ts';
import { Random, randomOperand, ROUNDS, SEED, specialOperands } from './operands.ts';
import * as reference from './reference.ts';
import { BINARY32, BINARY64, type Format, ROUNDING_MODES } from './reference.ts';

let fpu: Fpu;
beforeAll(async () => {
  fpu = await compileFpu();
});

const BINARY = { Add: reference.add, Sub: reference.sub, Mul: reference.mul, Div: reference.div };

/** A third operand that cancels the product of the other two, all of it or nearly, or is far away. */
function cancelling(random: Random, format: Format, a: bigint, b: bigint): bigint {
  const { bits } = reference.mul(format, a, b, ROUNDING_MODES[random.below(5)]);
  const negated = bits ^ (1n << BigInt(format.width - 1));
  return BigInt.asUintN(format.width, negated + BigInt(random.below(5) - 2));
}

describe.each([BINARY32, BINARY64])('$name', (format) => {
  const special = specialOperands(format);
  const { width } = format;

  describe.each(Object.entries(BINARY))('%s', (operation, expected) => {
    const name = `${format.name}${operation}`;
    const signature = { name, operands: [width, width], result: width };

    test('on special operands, in all rounding modes', () => {
      const actual = fpu.bind(signature);
      const found = new Disagreements();
      for (const a of special) {
        for (const b of special) {
          for (let rm = 0; rm < 5; rm++) {
            found.check(name, [a, b], rm, actual([a, b], [rm]), expected(format, a, b, ROUNDING_MODES[rm]));
          }
        }
      }
      found.expectNone();
    });

    test('on random operands', () => {
      const actual = fpu.bind(signature);
      const found = new Disagreements();
      const random = new Random(SEED);
      for (let i = 0; i < 2000 * ROUNDS; i++) {
        const a = randomOperand(random, format);
        const b = randomOperand(random, format, a);
        const rm = random.below(5);
        found.check(name, [a, b], rm, actual([a, b], [rm]), expected(format, a, b, ROUNDING_MODES[rm]));
      }
      found.expectNone();
    });
  });

  test('Sqrt', () => {
    const name = `${format.name}Sqrt`;
    const actual = fpu.bind({ name, operands: [width], result: width });
    const found = new Disagreements();
    const random = new Random(SEED);
    const operands = [...special];
    for (let i = 0; i < 500 * ROUNDS; i++) {
      const x = randomOperand(random, format);
      operands.push(x, reference.mul(format, x, x, 'RNE').bits);
    }
    for (const a of operands) {
      for (let rm = 0; rm < 5; rm++) {
        found.check(name, [a], rm, actual([a], [rm]), reference.sqrt(format, a, ROUNDING_MODES[rm]));
      }
    }
    found.expectNone();
  });

  describe('Fma', () => {
    const name = `${format.name}Fma`;
    const signature = { name, operands: [width, width, width], result: width };

    test('on special operands', () => {
      const actual = fpu.bind(signature);
      const found = new Disagreements();
      const random = new Random(SEED);
      // Each triple in one mode, drawn anew in each run; the random cases below visit all modes.
      for (const a of special) {
        for (const b of special) {
          for (const c of special) {
            if (ROUNDS === 1 && random.below(4) !== 0) continue;
            const rm = random.below(5);
            const expected = reference.fma(format, a, b, c, ROUNDING_MODES[rm]);
            found.check(name, [a, b, c], rm, actual([a, b, c], [rm]), expected);
          }
        }
      }
      found.expectNone();
    });

    test('on random operands, many of which cancel', () => {
      const actual = fpu.bind(signature);
      const found = new Disagreements();
      const random = new Random(SEED);
      for (let i = 0; i < 5000 * ROUNDS; i++) {
        const a = randomOperand(random, format);
        const b = randomOperand(random, format);
        const product = cancelling(random, format, a, b);
        const c = random.below(2) === 0 ? product : randomOperand(random, format, product);
        const rm = random.below(5);
        const expected = reference.fma(format, a, b, c, ROUNDING_MODES[rm]);
        found.check(name, [a, b, c], rm, actual([a, b, c], [rm]), expected);
      }
      found.expectNone();
    });

    test('0 × ∞ is invalid, also with a quiet NaN to add', () => {
      const actual = fpu.bind(signature);
      const infinity = reference.encode(format, false, reference.exponentFieldMax(format), 0n);
      const quiet = reference.canonicalNaN(format);
      expect(actual([0n, infinity, quiet], [0])).toEqual({ bits: quiet, flags: reference.NV });
    });
  });
});

test('flags are added to those already accrued', () => {
  const one = 0x3f800000n;
  const f32Div = fpu.bind({ name: 'f32Div', operands: [32, 32], result: 32 });
  expect(f32Div([one, 0n], [0], reference.NX)).toEqual({
    bits: 0x7f800000n,
    flags: reference.NX | reference.DZ,
  });
});

test('tininess is detected after rounding', () => {
  // (2^-1022 - 2^-1074) × (1 + 2^-52) is below 2^-1022 by less than half a place of a normal number there.
  const f64Mul = fpu.bind({ name: 'f64Mul', operands: [64, 64], result: 64 });
  expect(f64Mul([0x000fffffffffffffn, 0x3ff0000000000001n], [0])).toEqual({
    bits: 0x0010000000000000n,
    flags: reference.NX,
  });
});

test('the far end of a product decides a tie', () => {
  // a × b is 2 and some 2^-80, and half a place of c = 2^54 is 2: c is even, yet the sum rounds away from it.
  const a = 0x3ffff7d04a6811b7n;
  const b = 0x3ff00418e7219352n;
  const c = 0x4350000000000000n;
  const f64Fma = fpu.bind({ name: 'f64Fma', operands: [64, 64, 64], result: 64 });
  expect(f64Fma([a, b, c], [0])).toEqual({ bits: c + 1n, flags: reference.NX });
  expect(reference.fma(BINARY64, a, b, c, 'RNE')).toEqual({ bits: c + 1n, flags: reference.NX });
});
