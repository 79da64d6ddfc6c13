/** Fast paths give the bits and flags of the exact forms, which other tests hold against the reference. */
import { beforeAll, describe, test } from 'vitest';
import { compileFpu, Disagreements, type Fpu } from './core.ts';
import {
  integralBorders,
  nearTie,
  Random,
  randomInteger,
  randomOperand,
  ROUNDS,
  SEED,
  specialIntegers,
  specialOperands,
} from './operands.ts';
import { BINARY32, BINARY64, type Format, I32, I64, type IntegerType, NX, U32, U64 } from './reference.ts';

let fpu: Fpu;
beforeAll(async () => {
  fpu = await compileFpu();
});

const capital = (name: string): string => name[0].toUpperCase() + name.slice(1);

interface Pair {
  fast: string;
  exact: string;
  operands: number[];
  result: number;
  /** How many of (rm, flags) the fast form takes. */
  takes: 0 | 1 | 2;
  /** Whether the exact form takes rm. */
  exactTakesRm: boolean;
}

/** Calls both forms on the cases, round to nearest with and without NX accrued, and in the given mode. */
function expectEqual(pair: Pair, cases: Iterable<{ operands: bigint[]; rm: number }>): void {
  const fast = fpu.bind({ name: pair.fast, operands: pair.operands, result: pair.result });
  const exact = fpu.bind({ name: pair.exact, operands: pair.operands, result: pair.result });
  const found = new Disagreements();
  for (const { operands, rm } of cases) {
    for (const [mode, accrued] of [
      [0, 0],
      [0, NX],
      [rm, 0x1f ^ NX],
    ]) {
      const actual = fast(operands, [mode, accrued].slice(0, pair.takes), accrued);
      const expected = exact(operands, pair.exactTakesRm ? [mode] : [], accrued);
      found.check(pair.fast, operands, mode, actual, expected);
    }
  }
  found.expectNone();
}

describe.each([BINARY32, BINARY64])('$name', (format) => {
  const { width } = format;
  const suffix = capital(format.name);
  const special = specialOperands(format);
  const pair = (operation: string, count: number): Pair => ({
    fast: `${operation}${suffix}`,
    exact: `${format.name}${capital(operation)}`,
    operands: Array<number>(count).fill(width),
    result: width,
    takes: 2,
    exactTakesRm: true,
  });

  function* binaryCases(operation: string) {
    const random = new Random(SEED);
    for (const a of special) for (const b of special) yield { operands: [a, b], rm: random.below(5) };
    const product = fpu.bind({ name: `${format.name}Mul`, operands: [width, width], result: width });
    for (let i = 0; i < 6000 * ROUNDS; i++) {
      const a = randomOperand(random, format);
      const b = randomOperand(random, format, a);
      yield { operands: [a, b], rm: random.below(5) };
      // Quotients that are exact, or nearly.
      if (operation === 'div') {
        const dividend = BigInt.asUintN(width, product([a, b], [0]).bits + BigInt(random.below(3) - 1));
        yield { operands: [dividend, b], rm: random.below(5) };
      }
    }
  }

  test.each(['add', 'sub', 'mul', 'div'])('%s', (operation) => {
    expectEqual(pair(operation, 2), binaryCases(operation));
  });

  test('sqrt', () => {
    const random = new Random(SEED);
    const product = fpu.bind({ name: `${format.name}Mul`, operands: [width, width], result: width });
    function* cases() {
      for (const a of special) yield { operands: [a], rm: random.below(5) };
      for (let i = 0; i < 6000 * ROUNDS; i++) {
        const root = randomOperand(random, format);
        const square = BigInt.asUintN(width, product([root, root], [0]).bits + BigInt(random.below(3) - 1));
        yield { operands: [random.below(2) === 0 ? root : square], rm: random.below(5) };
      }
    }
    expectEqual(pair('sqrt', 1), cases());
  });

  test('fma', () => {
    const random = new Random(SEED);
    const product = fpu.bind({ name: `${format.name}Mul`, operands: [width, width], result: width });
    function* cases() {
      for (let i = 0; i < 6000 * ROUNDS; i++) {
        const [a, b] =
          random.below(4) === 0
            ? [random.pick(special), random.pick(special)]
            : [randomOperand(random, format), randomOperand(random, format)];
        const near = BigInt.asUintN(width, product([a, b], [0]).bits + BigInt(random.below(3) - 1));
        const negated = near ^ (1n << BigInt(width - 1));
        const c = random.pick([negated, randomOperand(random, format, near), random.pick(special)]);
        yield { operands: [a, b, c], rm: random.below(5) };
        yield { operands: nearTie(random, format), rm: random.below(5) };
      }
    }
    expectEqual(pair('fma', 3), cases());
  });

  function* unaryCases(from: Format) {
    const random = new Random(SEED);
    for (const a of [...specialOperands(from), ...integralBorders(from)]) {
      for (let rm = 0; rm < 5; rm++) yield { operands: [a], rm };
    }
    for (let i = 0; i < 2000 * ROUNDS; i++) {
      yield { operands: [randomOperand(random, from)], rm: random.below(5) };
    }
  }

  function* integerCases(from: IntegerType) {
    const random = new Random(SEED);
    for (const a of specialIntegers(from)) for (let rm = 0; rm < 5; rm++) yield { operands: [a], rm };
    for (let i = 0; i < 2000 * ROUNDS; i++)
      yield { operands: [randomInteger(random, from)], rm: random.below(5) };
  }

  describe.each([I32, U32, I64, U64])('$name', (type) => {
    test('to it', () => {
      const names = { fast: `${type.name}From${suffix}`, exact: `${format.name}To${capital(type.name)}` };
      expectEqual(
        { ...names, operands: [width], result: type.width, takes: 1, exactTakesRm: true },
        unaryCases(format),
      );
    });

    test('from it', () => {
      const names = { fast: `${format.name}From${capital(type.name)}`, exact: `${type.name}To${suffix}` };
      const isAlwaysExact = format === BINARY64 && type.width === 32;
      const takes = isAlwaysExact ? 0 : 2;
      expectEqual(
        { ...names, operands: [type.width], result: width, takes, exactTakesRm: true },
        integerCases(type),
      );
    });
  });

  test('from the other format', () => {
    const isNarrowing = format === BINARY32;
    const from = isNarrowing ? BINARY64 : BINARY32;
    const names = { fast: `${format.name}From${capital(from.name)}`, exact: `${from.name}To${suffix}` };
    const takes = isNarrowing ? 2 : 0;
    expectEqual(
      { ...names, operands: [from.width], result: width, takes, exactTakesRm: isNarrowing },
      unaryCases(from),
    );
  });
});
