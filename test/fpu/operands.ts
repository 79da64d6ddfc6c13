/** Operands that find mistakes: the corners of a format, and random ones that crowd around them. */
import { type Format, type IntegerType, biasOf, encode, exponentFieldMax } from './reference.ts';

/** Set FPU_SEED to repeat a run. */
export const SEED = Number(process.env['FPU_SEED'] ?? Math.floor(Math.random() * 2 ** 32));

/** Set FPU_ROUNDS to run that many times the default number of random cases. */
export const ROUNDS = Number(process.env['FPU_ROUNDS'] ?? 1);

if (!Number.isInteger(SEED))
  throw new Error(`FPU_SEED: expected an integer, found ${process.env['FPU_SEED']}`);
if (!(ROUNDS >= 1))
  throw new Error(`FPU_ROUNDS: expected a number from 1, found ${process.env['FPU_ROUNDS']}`);

/** Uniform 32-bit numbers of a 64-bit xorshift generator (Marsaglia, 2003). */
export class Random {
  #high: number;
  #low: number;

  constructor(seed: number) {
    this.#high = seed | 0;
    this.#low = 0x9e3779b9;
    for (let i = 0; i < 20; i++) this.next();
  }

  next(): number {
    let high = this.#high;
    let low = this.#low;
    // x ^= x << 13; x ^= x >> 7; x ^= x << 17
    high ^= (high << 13) | (low >>> 19);
    low ^= low << 13;
    low ^= (low >>> 7) | (high << 25);
    high ^= high >>> 7;
    high ^= (high << 17) | (low >>> 15);
    low ^= low << 17;
    this.#high = high;
    this.#low = low;
    return (high ^ low) >>> 0;
  }

  /** From 0 to n - 1. */
  below(n: number): number {
    return this.next() % n;
  }

  bits(width: number): bigint {
    return BigInt.asUintN(width, (BigInt(this.next()) << 32n) | BigInt(this.next()));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}

/** Zeros, subnormals, neighbours of powers of two, halves of the last place, the largest, infinities and NaNs. */
export function specialOperands(format: Format): bigint[] {
  const bias = biasOf(format);
  const top = exponentFieldMax(format);
  const ones = (1n << BigInt(format.fraction)) - 1n;
  const half = 1n << BigInt(format.fraction - 1);
  const pairs: [number, bigint][] = [
    [0, 0n],
    [0, 1n],
    [0, 2n],
    [0, half],
    [0, ones],
    [1, 0n],
    [1, 1n],
    [1, ones],
    [2, 0n],
    [bias - format.fraction - 1, 0n],
    [bias - format.fraction - 1, 1n],
    [bias - 1, 0n],
    [bias - 1, ones],
    [bias, 0n],
    [bias, 1n],
    [bias, half],
    [bias, half + 1n],
    [bias + 1, half],
    [bias + format.fraction, 1n],
    [top - 2, ones],
    [top - 1, 0n],
    [top - 1, ones],
    [top, 0n],
    [top, 1n],
    [top, half],
    [top, half | 1n],
  ];
  const valid = pairs.filter(([field]) => field >= 0);
  return [false, true].flatMap((negative) =>
    valid.map(([field, fraction]) => encode(format, negative, field, fraction)),
  );
}

function randomFraction(random: Random, width: number): bigint {
  const ones = (1n << BigInt(width)) - 1n;
  const any = random.bits(width);
  switch (random.below(6)) {
    case 0: // few leading bits, as integers and short decimals have
      return any & ~(ones >> BigInt(random.below(width + 1))) & ones;
    case 1: // near a power of two, from above
      return BigInt(random.below(4));
    case 2: // and from below
      return ones - BigInt(random.below(4));
    case 3: // one bit
      return 1n << BigInt(random.below(width));
    default:
      return any;
  }
}

/** A random operand, its exponent field near that of `near` in half of the cases where one is given. */
export function randomOperand(random: Random, format: Format, near?: bigint): bigint {
  const top = exponentFieldMax(format);
  const bias = biasOf(format);
  let field: number;
  if (near !== undefined && random.below(2) === 0) {
    const distance = random.below(2) === 0 ? 3 : format.fraction + 4;
    field =
      Number((near >> BigInt(format.fraction)) & BigInt(top)) + random.below(2 * distance + 1) - distance;
  } else {
    field = random.pick([
      random.below(3),
      random.below(top),
      random.below(top + 1),
      bias - 3 + random.below(7),
      bias + random.below(format.fraction + 8),
      Math.floor(bias / 2) - 2 + random.below(5),
      bias + Math.floor(bias / 2) - 2 + random.below(5),
      top - random.below(4),
    ]);
  }
  field = Math.min(Math.max(field, 0), top);
  return encode(format, random.below(2) === 1, field, randomFraction(random, format.fraction));
}

/**
 * Operands of a × b + c just beside the midpoint of two numbers: a product that
 * ends in half a unit or less, and a c far below it.
 */
export function nearTie(random: Random, format: Format): [bigint, bigint, bigint] {
  const { fraction } = format;
  const bias = biasOf(format);
  /** A number from 1 to 2 whose fraction has `length` bits, of which the last is one. */
  const number = (length: number): bigint => {
    const bits = (random.bits(64) >> BigInt(64 - length)) | 1n;
    return encode(format, random.below(2) === 1, bias, bits << BigInt(fraction - length));
  };
  const short = 1 + random.below(fraction);
  const a = number(short);
  const b = number(fraction + 1 - short);
  const field = Math.max(0, bias - random.below(2 * fraction + 8));
  const negative = random.below(2) === 1;
  return [a, b, encode(format, negative, field, random.pick([0n, 1n, random.bits(fraction)]))];
}

/** The borders of the type and the neighbours of powers of two. */
export function specialIntegers(type: IntegerType): bigint[] {
  const list = new Set<bigint>();
  for (const shift of [0, 1, 10, 11, 12, 23, 24, 25, 31, 32, 40, 52, 53, 54, 62, 63, 64]) {
    if (shift > type.width) continue;
    for (const delta of [-3n, -2n, -1n, 0n, 1n, 2n, 3n]) {
      list.add(BigInt.asUintN(type.width, (1n << BigInt(shift)) + delta));
      list.add(BigInt.asUintN(type.width, -(1n << BigInt(shift)) + delta));
    }
  }
  return [...list];
}

export function randomInteger(random: Random, type: IntegerType): bigint {
  const width = 1 + random.below(type.width);
  const value = random.bits(width) << BigInt(random.below(type.width - width + 1));
  return BigInt.asUintN(type.width, random.below(2) === 0 ? value : -value);
}

/** Numbers around the borders of integer types, with fractions of and near a half. */
export function integralBorders(format: Format): bigint[] {
  const list: bigint[] = [];
  for (const exponent of [-2, -1, 0, 1, 2, 7, 8, 15, 16, 30, 31, 32, 33, 51, 52, 53, 61, 62, 63, 64, 65]) {
    const field = exponent + biasOf(format);
    if (field >= exponentFieldMax(format)) continue;
    const halfPlace = format.fraction - exponent - 1;
    const half = halfPlace >= 0 && halfPlace < format.fraction ? 1n << BigInt(halfPlace) : 0n;
    const ones = (1n << BigInt(format.fraction)) - 1n;
    for (const fraction of [0n, 1n, half, half + 1n, 3n * half, ones, ones - half, ones - 1n]) {
      const masked = fraction & ones;
      list.push(encode(format, false, field, masked), encode(format, true, field, masked));
    }
  }
  return list;
}
