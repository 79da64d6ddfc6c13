/**
 * IEEE 754 arithmetic with the choices that RISC-V makes, worked out on exact
 * rationals of BigInts straight from the definitions, as the measure for
 * assembly/fpu. Slow and plain on purpose; it shares no method with what it tests.
 */

/** A binary interchange format: its width and the width of its stored fraction. */
export interface Format {
  readonly name: string;
  readonly width: number;
  readonly fraction: number;
}

export const BINARY16: Format = { name: 'f16', width: 16, fraction: 10 };
export const BINARY32: Format = { name: 'f32', width: 32, fraction: 23 };
export const BINARY64: Format = { name: 'f64', width: 64, fraction: 52 };

export interface IntegerType {
  readonly name: string;
  readonly width: number;
  readonly isSigned: boolean;
}

export const I32: IntegerType = { name: 'i32', width: 32, isSigned: true };
export const U32: IntegerType = { name: 'u32', width: 32, isSigned: false };
export const I64: IntegerType = { name: 'i64', width: 64, isSigned: true };
export const U64: IntegerType = { name: 'u64', width: 64, isSigned: false };

export const NX = 1;
export const UF = 2;
export const OF = 4;
export const DZ = 8;
export const NV = 16;

export const ROUNDING_MODES = ['RNE', 'RTZ', 'RDN', 'RUP', 'RMM'] as const;
export type RoundingMode = (typeof ROUNDING_MODES)[number];

/** The bits of a result (an integer below 2^width) and the exceptions it raised. */
export interface Outcome {
  readonly bits: bigint;
  readonly flags: number;
}

/** A number: numerator / denominator with a positive denominator, and the sign that a zero has. */
interface Finite {
  readonly kind: 'finite';
  readonly negative: boolean;
  readonly numerator: bigint;
  readonly denominator: bigint;
}
type Datum =
  | Finite
  | { readonly kind: 'infinity'; readonly negative: boolean }
  | { readonly kind: 'nan'; readonly signaling: boolean };

const power = (exponent: number): bigint => 1n << BigInt(exponent);
const absolute = (x: bigint): bigint => (x < 0n ? -x : x);
const exponentBits = (format: Format): number => format.width - 1 - format.fraction;
export const biasOf = (format: Format): number => 2 ** (exponentBits(format) - 1) - 1;

function bitLength(x: bigint): number {
  const digits = x.toString(16);
  return digits.length * 4 - (Math.clz32(parseInt(digits[0], 16)) - 28);
}

export function encode(format: Format, negative: boolean, exponentField: number, fraction: bigint): bigint {
  return (
    (BigInt(Number(negative)) << BigInt(format.width - 1)) |
    (BigInt(exponentField) << BigInt(format.fraction)) |
    fraction
  );
}

export const exponentFieldMax = (format: Format): number => 2 ** exponentBits(format) - 1;

function decode(format: Format, bits: bigint): Datum {
  const negative = bits >> BigInt(format.width - 1) !== 0n;
  const fraction = bits & (power(format.fraction) - 1n);
  const field = Number((bits >> BigInt(format.fraction)) & BigInt(exponentFieldMax(format)));
  if (field === exponentFieldMax(format)) {
    if (fraction === 0n) return { kind: 'infinity', negative };
    return { kind: 'nan', signaling: fraction < power(format.fraction - 1) };
  }
  const integer = field === 0 ? fraction : fraction + power(format.fraction);
  const exponent = Math.max(field, 1) - biasOf(format) - format.fraction;
  const magnitude = exponent >= 0 ? integer << BigInt(exponent) : integer;
  return {
    kind: 'finite',
    negative,
    numerator: negative ? -magnitude : magnitude,
    denominator: exponent >= 0 ? 1n : power(-exponent),
  };
}

/** n / d, both not negative, rounded to an integer as the magnitude of a number of that sign. */
function roundMagnitude(n: bigint, d: bigint, negative: boolean, rm: RoundingMode): bigint {
  const floor = n / d;
  const twice = 2n * (n % d);
  if (twice === 0n) return floor;
  switch (rm) {
    case 'RNE':
      return twice > d || (twice === d && floor % 2n === 1n) ? floor + 1n : floor;
    case 'RTZ':
      return floor;
    case 'RDN':
      return negative ? floor + 1n : floor;
    case 'RUP':
      return negative ? floor : floor + 1n;
    case 'RMM':
      return twice >= d ? floor + 1n : floor;
  }
}

/** The multiple of 2^quantum that n / d rounds to, counted in that quantum, and whether it is n / d. */
function roundToQuantum(n: bigint, d: bigint, quantum: number, negative: boolean, rm: RoundingMode) {
  const scaledN = quantum < 0 ? n << BigInt(-quantum) : n;
  const scaledD = quantum > 0 ? d << BigInt(quantum) : d;
  const integer = roundMagnitude(scaledN, scaledD, negative, rm);
  return { integer, isExact: integer * scaledD === scaledN };
}

/** The finite number in a format. A zero keeps the sign that it comes with. */
function round(format: Format, value: Omit<Finite, 'kind'>, rm: RoundingMode): Outcome {
  const { negative, denominator: d } = value;
  const n = absolute(value.numerator);
  if (n === 0n) return { bits: encode(format, negative, 0, 0n), flags: 0 };
  const emin = 1 - biasOf(format);
  let exponent = bitLength(n) - bitLength(d);
  if (exponent >= 0 ? n < d << BigInt(exponent) : n << BigInt(-exponent) < d) exponent--;

  const quantum = Math.max(exponent, emin) - format.fraction;
  const { integer, isExact } = roundToQuantum(n, d, quantum, negative, rm);
  let flags = isExact ? 0 : NX;
  if (exponent < emin && !isExact) {
    const unbounded = roundToQuantum(n, d, exponent - format.fraction, negative, rm).integer;
    const reachesNormal = exponent === emin - 1 && unbounded === power(format.fraction + 1);
    if (!reachesNormal) flags |= UF;
  }
  const carries = integer === power(format.fraction + 1);
  const significand = carries ? integer / 2n : integer;
  const isSubnormal = significand < power(format.fraction);
  const field = isSubnormal ? 0 : quantum + format.fraction + Number(carries) + biasOf(format);
  if (field >= exponentFieldMax(format)) {
    const towardsInfinity = rm === 'RNE' || rm === 'RMM' || rm === (negative ? 'RDN' : 'RUP');
    const infinity = encode(format, negative, exponentFieldMax(format), 0n);
    return { bits: towardsInfinity ? infinity : infinity - 1n, flags: OF | NX };
  }
  const fraction = isSubnormal ? significand : significand - power(format.fraction);
  return { bits: encode(format, negative, field, fraction), flags };
}

export const canonicalNaN = (format: Format): bigint =>
  encode(format, false, exponentFieldMax(format), power(format.fraction - 1));

const infinityOf = (format: Format, negative: boolean): Outcome => ({
  bits: encode(format, negative, exponentFieldMax(format), 0n),
  flags: 0,
});

const invalid = (format: Format): Outcome => ({ bits: canonicalNaN(format), flags: NV });

const nan = (format: Format, ...data: Datum[]): Outcome => ({
  bits: canonicalNaN(format),
  flags: data.some((x) => x.kind === 'nan' && x.signaling) ? NV : 0,
});

/** x + y where neither is a NaN. */
function sum(format: Format, x: Datum, y: Datum, rm: RoundingMode): Outcome {
  if (x.kind === 'nan' || y.kind === 'nan') throw new Error('sum expects numbers');
  if (x.kind === 'infinity') {
    return y.kind === 'infinity' && x.negative !== y.negative
      ? invalid(format)
      : infinityOf(format, x.negative);
  }
  if (y.kind === 'infinity') return infinityOf(format, y.negative);
  const numerator = x.numerator * y.denominator + y.numerator * x.denominator;
  const zeroSign = x.negative === y.negative ? x.negative : rm === 'RDN';
  const negative = numerator === 0n ? zeroSign : numerator < 0n;
  return round(format, { negative, numerator, denominator: x.denominator * y.denominator }, rm);
}

/** x × y, undefined where that is invalid or a NaN. */
function product(x: Datum, y: Datum): Datum | undefined {
  if (x.kind === 'nan' || y.kind === 'nan') return undefined;
  const negative = x.negative !== y.negative;
  if (x.kind === 'finite' && y.kind === 'finite') {
    return {
      kind: 'finite',
      negative,
      numerator: x.numerator * y.numerator,
      denominator: x.denominator * y.denominator,
    };
  }
  const hasZero = [x, y].some((z) => z.kind === 'finite' && z.numerator === 0n);
  return hasZero ? undefined : { kind: 'infinity', negative };
}

export function add(format: Format, a: bigint, b: bigint, rm: RoundingMode): Outcome {
  const x = decode(format, a);
  const y = decode(format, b);
  return x.kind === 'nan' || y.kind === 'nan' ? nan(format, x, y) : sum(format, x, y, rm);
}

export function sub(format: Format, a: bigint, b: bigint, rm: RoundingMode): Outcome {
  return add(format, a, b ^ power(format.width - 1), rm);
}

export function mul(format: Format, a: bigint, b: bigint, rm: RoundingMode): Outcome {
  const x = decode(format, a);
  const y = decode(format, b);
  if (x.kind === 'nan' || y.kind === 'nan') return nan(format, x, y);
  const z = product(x, y);
  if (z === undefined) return invalid(format);
  return z.kind === 'finite' ? round(format, z, rm) : infinityOf(format, x.negative !== y.negative);
}

export function fma(format: Format, a: bigint, b: bigint, c: bigint, rm: RoundingMode): Outcome {
  const [x, y, z] = [a, b, c].map((bits) => decode(format, bits));
  const xy = product(x, y);
  if (xy === undefined && x.kind !== 'nan' && y.kind !== 'nan') return invalid(format);
  if (xy === undefined || z.kind === 'nan') return nan(format, x, y, z);
  return sum(format, xy, z, rm);
}

export function div(format: Format, a: bigint, b: bigint, rm: RoundingMode): Outcome {
  const x = decode(format, a);
  const y = decode(format, b);
  if (x.kind === 'nan' || y.kind === 'nan') return nan(format, x, y);
  const negative = x.negative !== y.negative;
  if (x.kind === 'infinity') return y.kind === 'infinity' ? invalid(format) : infinityOf(format, negative);
  if (y.kind === 'infinity') return { bits: encode(format, negative, 0, 0n), flags: 0 };
  if (y.numerator === 0n) {
    return x.numerator === 0n ? invalid(format) : { ...infinityOf(format, negative), flags: DZ };
  }
  const numerator = x.numerator * y.denominator * (y.numerator < 0n ? -1n : 1n);
  return round(format, { negative, numerator, denominator: x.denominator * absolute(y.numerator) }, rm);
}

function integerRoot(x: bigint): bigint {
  let root = power(Math.ceil(bitLength(x) / 2) + 1);
  for (;;) {
    const next = (root + x / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}

export function sqrt(format: Format, a: bigint, rm: RoundingMode): Outcome {
  const x = decode(format, a);
  if (x.kind === 'nan') return nan(format, x);
  if (x.kind === 'finite' && x.numerator === 0n) return { bits: a, flags: 0 };
  if (x.negative) return invalid(format);
  if (x.kind === 'infinity') return { bits: a, flags: 0 };
  // √(n / d) = √(n × d) / d. Enough places for every format and its half; a digit more stands for the rest.
  const places = 140;
  const radicand = (x.numerator * x.denominator) << BigInt(2 * places);
  const root = integerRoot(radicand);
  const numerator = 2n * root + (root * root === radicand ? 0n : 1n);
  return round(format, { negative: false, numerator, denominator: x.denominator << BigInt(places + 1) }, rm);
}

/** -1, 0 or 1; undefined when unordered. */
function compare(x: Datum, y: Datum): number | undefined {
  if (x.kind === 'nan' || y.kind === 'nan') return undefined;
  if (x.kind === 'finite' && y.kind === 'finite') {
    const difference = x.numerator * y.denominator - y.numerator * x.denominator;
    return difference === 0n ? 0 : difference < 0n ? -1 : 1;
  }
  const rank = (z: Datum): number => (z.kind === 'infinity' ? (z.negative ? -1 : 1) : 0);
  return Math.sign(rank(x) - rank(y));
}

export function eq(format: Format, a: bigint, b: bigint): Outcome {
  const x = decode(format, a);
  const y = decode(format, b);
  return { bits: compare(x, y) === 0 ? 1n : 0n, flags: nan(format, x, y).flags };
}

export function lt(format: Format, a: bigint, b: bigint): Outcome {
  const order = compare(decode(format, a), decode(format, b));
  return { bits: order === -1 ? 1n : 0n, flags: order === undefined ? NV : 0 };
}

export function le(format: Format, a: bigint, b: bigint): Outcome {
  const order = compare(decode(format, a), decode(format, b));
  return { bits: order === -1 || order === 0 ? 1n : 0n, flags: order === undefined ? NV : 0 };
}

function extreme(format: Format, a: bigint, b: bigint, wanted: -1 | 1): Outcome {
  const x = decode(format, a);
  const y = decode(format, b);
  const { flags } = nan(format, x, y);
  if (x.kind === 'nan') return { bits: y.kind === 'nan' ? canonicalNaN(format) : b, flags };
  if (y.kind === 'nan') return { bits: a, flags };
  const order = compare(x, y);
  if (order !== 0) return { bits: order === wanted ? a : b, flags };
  // Equal: only the signs of zeros can differ.
  return { bits: x.negative === (wanted === -1) ? a : b, flags };
}

export function min(format: Format, a: bigint, b: bigint): Outcome {
  return extreme(format, a, b, -1);
}

export function max(format: Format, a: bigint, b: bigint): Outcome {
  return extreme(format, a, b, 1);
}

export function classify(format: Format, a: bigint): Outcome {
  const x = decode(format, a);
  const bit = (): number => {
    if (x.kind === 'nan') return x.signaling ? 8 : 9;
    if (x.kind === 'infinity') return x.negative ? 0 : 7;
    if (x.numerator === 0n) return x.negative ? 3 : 4;
    const smallestNormal = decode(format, encode(format, false, 1, 0n));
    const magnitude: Datum = { ...x, numerator: absolute(x.numerator) };
    const isSubnormal = compare(magnitude, smallestNormal) === -1;
    if (x.negative) return isSubnormal ? 2 : 1;
    return isSubnormal ? 5 : 6;
  };
  return { bits: power(bit()), flags: 0 };
}

export function convert(from: Format, to: Format, a: bigint, rm: RoundingMode): Outcome {
  const x = decode(from, a);
  if (x.kind === 'nan') return nan(to, x);
  return x.kind === 'infinity' ? infinityOf(to, x.negative) : round(to, x, rm);
}

/** The bits of the integer, two's complement. */
export function toInteger(from: Format, to: IntegerType, a: bigint, rm: RoundingMode): Outcome {
  const largest = power(to.isSigned ? to.width - 1 : to.width) - 1n;
  const smallest = to.isSigned ? -power(to.width - 1) : 0n;
  const result = (integer: bigint, flags: number): Outcome => ({
    bits: BigInt.asUintN(to.width, integer),
    flags,
  });
  const x = decode(from, a);
  if (x.kind === 'nan') return result(largest, NV);
  if (x.kind === 'infinity') return result(x.negative ? smallest : largest, NV);
  const magnitude = roundMagnitude(absolute(x.numerator), x.denominator, x.negative, rm);
  const integer = x.negative ? -magnitude : magnitude;
  if (integer > largest) return result(largest, NV);
  if (integer < smallest) return result(smallest, NV);
  return result(integer, integer * x.denominator === x.numerator ? 0 : NX);
}

export function fromInteger(from: IntegerType, to: Format, a: bigint, rm: RoundingMode): Outcome {
  const numerator = from.isSigned ? BigInt.asIntN(from.width, a) : a;
  return round(to, { negative: numerator < 0n, numerator, denominator: 1n }, rm);
}
