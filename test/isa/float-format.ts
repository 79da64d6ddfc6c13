/** What the instructions of both formats of floating point have in common: the tests of F and D. */
import { expect, it } from 'vitest';
import {
  DYN,
  DZ,
  FS_CLEAN,
  FS_DIRTY,
  NV,
  NX,
  OF,
  RDN,
  RMM,
  RNE,
  RTZ,
  RUP,
  UF,
  type FloatHart,
} from './float-hart.ts';

/** A format, and some of its numbers. */
export interface FloatFormat {
  /** As it ends the names of instructions. */
  readonly format: 's' | 'd';
  /** The content of a register for the number that is nearest. */
  encode(value: number): bigint;
  decode(bits: bigint): number;
  /** The number of the format that is nearest. */
  round(value: number): number;
  readonly sign: bigint;
  /** The canonical NaN, and one that signals. */
  readonly nan: bigint;
  readonly signaling: bigint;
  /** Numbers at the ends of its range, subnormal ones, and the first that 1 cannot be added to. */
  readonly edges: readonly number[];
  /** Their square is too large, or too small. */
  readonly large: number;
  readonly small: number;
  readonly smallest: number;
  /** 1 + 2e has no room for its square, and the square is no subnormal. */
  readonly e: number;
  /** One third, rounded to nearest and down. */
  readonly third: { readonly nearest: bigint; readonly down: bigint };
}

const ROUNDING = 'fadd fsub fmul fdiv fsqrt fmadd fmsub fnmsub fnmadd fcvt.w fcvt.wu fcvt.l fcvt.lu';
const OTHERS = 'fsgnj fsgnjn fsgnjx fmin fmax feq flt fle fclass';

/** Names of those instructions in a format: that round, and that do not. */
export function namesOf(format: string): { rounding: string[]; others: string[] } {
  const inFormat = (names: string): string[] => names.split(' ').map((name) => `${name}.${format}`);
  return {
    rounding: inFormat(ROUNDING).concat(['w', 'wu', 'l', 'lu'].map((kind) => `fcvt.${format}.${kind}`)),
    others: inFormat(OTHERS),
  };
}

/** Numbers of all kinds. */
export function valuesOf({ edges, round }: Pick<FloatFormat, 'edges' | 'round'>): number[] {
  return [0, -0, 1, -1, 1.5, 0.1, -0.3, 3, -7, ...edges, Infinity, -Infinity, NaN].map(round);
}

export function testFormat(
  hart: FloatHart,
  {
    format,
    encode,
    decode,
    round,
    sign,
    nan,
    signaling,
    edges,
    large,
    small,
    smallest,
    e,
    third,
  }: FloatFormat,
): void {
  const values = valuesOf({ edges, round });

  it('adds, subtracts, multiplies, divides and takes roots as IEEE 754 says', () => {
    const references: Record<string, (a: number, b: number) => number> = {
      [`fadd.${format}`]: (a, b) => a + b,
      [`fsub.${format}`]: (a, b) => a - b,
      [`fmul.${format}`]: (a, b) => a * b,
      [`fdiv.${format}`]: (a, b) => a / b,
    };
    for (const [name, reference] of Object.entries(references)) {
      for (const a of values) {
        for (const b of values) {
          const { bits, fs } = hart.toF(name, [encode(a), encode(b)]);
          expect(bits, `${name} ${a}, ${b}`).toBe(encode(reference(a, b)));
          expect(fs).toBe(FS_DIRTY);
        }
      }
    }
    for (const a of values)
      expect(hart.toF(`fsqrt.${format}`, [encode(a)]).bits, `fsqrt ${a}`).toBe(encode(Math.sqrt(a)));
  });

  it('fuses multiplication and addition, with the signs of each form', () => {
    for (const [a, b, c] of [
      [2, 3, 10],
      [-5, 7, 0.5],
      [1.5, -4, -8],
    ] as const) {
      const sources = [encode(a), encode(b), encode(c)];
      expect(hart.toF(`fmadd.${format}`, sources).bits).toBe(encode(a * b + c));
      expect(hart.toF(`fmsub.${format}`, sources).bits).toBe(encode(a * b - c));
      expect(hart.toF(`fnmsub.${format}`, sources).bits).toBe(encode(-(a * b) + c));
      expect(hart.toF(`fnmadd.${format}`, sources).bits).toBe(encode(-(a * b) - c));
    }
    // (1 + e)^2 - (1 + 2e) = e^2, which a product rounded on its own would lose.
    const sources = [encode(1 + e), encode(1 + e), encode(-(1 + 2 * e))];
    expect(hart.toF(`fmadd.${format}`, sources)).toMatchObject({ bits: encode(e * e), flags: 0 });
    // The product of infinity and zero is invalid even beside a quiet NaN.
    expect(hart.toF(`fmadd.${format}`, [encode(Infinity), encode(0), encode(NaN)])).toMatchObject({
      bits: nan,
      flags: NV,
    });
  });

  it('rounds in all five modes, static and dynamic', () => {
    const { down } = third;
    const expected: [number, bigint, bigint][] = [
      [RNE, third.nearest, third.nearest],
      [RTZ, down, down],
      [RDN, down, down + 1n],
      [RUP, down + 1n, down],
      [RMM, third.nearest, third.nearest],
    ];
    for (const [rm, positive, negative] of expected) {
      for (const [field, frm] of [
        [rm, (rm + 1) % 5],
        [DYN, rm],
      ] as const) {
        expect(hart.toF(`fdiv.${format}`, [encode(1), encode(3)], field, frm)).toMatchObject({
          bits: positive,
          flags: NX,
        });
        expect(hart.toF(`fdiv.${format}`, [encode(-1), encode(3)], field, frm).bits).toBe(negative | sign);
      }
    }
    // A tie: 2.5 to an integer.
    const ties = [RNE, RTZ, RDN, RUP, RMM].map((rm) => hart.toX(`fcvt.l.${format}`, [encode(2.5)], rm).bits);
    expect(ties).toEqual([2n, 2n, 2n, 3n, 3n]);
  });

  it('raises its exceptions and keeps those that are accrued', () => {
    expect(hart.toF(`fdiv.${format}`, [encode(1), encode(0)]).flags).toBe(DZ);
    expect(hart.toF(`fsqrt.${format}`, [encode(-1)])).toMatchObject({ bits: nan, flags: NV });
    expect(hart.toF(`fadd.${format}`, [signaling, encode(1)])).toMatchObject({ bits: nan, flags: NV });
    expect(hart.toF(`fadd.${format}`, [encode(NaN), encode(1)])).toMatchObject({ bits: nan, flags: 0 });
    expect(hart.toF(`fmul.${format}`, [encode(large), encode(large)]).flags).toBe(OF | NX);
    expect(hart.toF(`fmul.${format}`, [encode(small), encode(small)]).flags).toBe(UF | NX);
    hart.toF(`fdiv.${format}`, [encode(1), encode(0)]);
    hart.execute(`fdiv.${format}`, { fd: 10, fs1: 11, fs2: 11, rm: RNE });
    expect(hart.fflags).toBe(DZ);
  });

  it('compares, and tells quiet from signaling', () => {
    for (const a of values) {
      for (const b of values) {
        const isUnordered = Number.isNaN(a) || Number.isNaN(b);
        const sources = [encode(a), encode(b)];
        expect(hart.toX(`feq.${format}`, sources)).toMatchObject({ bits: BigInt(a === b), flags: 0 });
        expect(hart.toX(`flt.${format}`, sources)).toMatchObject({
          bits: BigInt(a < b),
          flags: isUnordered ? NV : 0,
        });
        expect(hart.toX(`fle.${format}`, sources)).toMatchObject({
          bits: BigInt(a <= b),
          flags: isUnordered ? NV : 0,
        });
      }
    }
    expect(hart.toX(`feq.${format}`, [signaling, encode(1)])).toEqual({ bits: 0n, flags: NV, fs: FS_DIRTY });
    expect(hart.toX(`feq.${format}`, [encode(1), encode(1)])).toEqual({ bits: 1n, flags: 0, fs: FS_CLEAN });
  });

  it('takes minimum and maximum, where a NaN gives way', () => {
    const pick = (a: number, b: number, of: typeof Math.min): number =>
      Number.isNaN(a) ? b : Number.isNaN(b) ? a : of(a, b);
    for (const a of values) {
      for (const b of values) {
        expect(hart.toF(`fmin.${format}`, [encode(a), encode(b)]).bits, `min ${a}, ${b}`).toBe(
          encode(pick(a, b, Math.min)),
        );
        expect(hart.toF(`fmax.${format}`, [encode(a), encode(b)]).bits, `max ${a}, ${b}`).toBe(
          encode(pick(a, b, Math.max)),
        );
      }
    }
    expect(hart.toF(`fmin.${format}`, [signaling, encode(1)])).toMatchObject({ bits: encode(1), flags: NV });
  });

  it('injects signs without looking at the value', () => {
    for (const a of [encode(1), encode(-2), signaling]) {
      for (const b of [encode(3), encode(-0)]) {
        expect(hart.toF(`fsgnj.${format}`, [a, b])).toMatchObject({
          bits: (a & ~sign) | (b & sign),
          flags: 0,
        });
        expect(hart.toF(`fsgnjn.${format}`, [a, b]).bits).toBe((a & ~sign) | (~b & sign));
        expect(hart.toF(`fsgnjx.${format}`, [a, b]).bits).toBe(a ^ (b & sign));
      }
    }
  });

  it('classifies', () => {
    const classes = [-Infinity, -1, -smallest, -0, 0, smallest, 1, Infinity].map(encode);
    [...classes, signaling, nan].forEach((bits, i) => {
      expect(hart.toX(`fclass.${format}`, [bits])).toEqual({ bits: 1n << BigInt(i), flags: 0, fs: FS_CLEAN });
    });
  });

  it('converts to integers, saturating', () => {
    const ranges: [string, bigint, bigint][] = [
      ['w', -(2n ** 31n), 2n ** 31n - 1n],
      ['wu', 0n, 2n ** 32n - 1n],
      ['l', -(2n ** 63n), 2n ** 63n - 1n],
      ['lu', 0n, 2n ** 64n - 1n],
    ];
    const inputs = [
      0,
      -0,
      0.5,
      -0.5,
      1.75,
      -1.75,
      100,
      2 ** 31,
      -(2 ** 31),
      2 ** 32,
      1e15,
      2 ** 63,
      2 ** 64,
      -1e20,
    ];
    for (const [kind, min, max] of ranges) {
      const extend = (value: bigint): bigint =>
        BigInt.asUintN(64, kind[0] === 'w' ? BigInt.asIntN(32, value) : value);
      for (const input of [...inputs, Infinity, -Infinity, NaN].map((value) => round(value))) {
        let value =
          Number.isNaN(input) || input === Infinity
            ? max + 1n
            : input === -Infinity
              ? min - 1n
              : BigInt(Math.trunc(input));
        let flags = Number(value) === input ? 0 : NX;
        if (value < min || value > max) {
          value = value < min ? min : max;
          flags = NV;
        }
        const outcome = hart.toX(`fcvt.${kind}.${format}`, [encode(input)], RTZ);
        expect(outcome, `fcvt.${kind}.${format} ${input}`).toMatchObject({ bits: extend(value), flags });
        expect(outcome.fs).toBe(flags ? FS_DIRTY : FS_CLEAN);
      }
    }
  });

  it('converts from integers', () => {
    const kinds: [string, (x: bigint) => bigint][] = [
      ['w', (x) => BigInt.asIntN(32, x)],
      ['wu', (x) => BigInt.asUintN(32, x)],
      ['l', (x) => BigInt.asIntN(64, x)],
      ['lu', (x) => x],
    ];
    for (const [kind, read] of kinds) {
      for (const x of [0n, 1n, 0x7fffffffn, 0x80000000n, 0xffffffffffffffffn, 1n << 63n, 0x20000000000001n]) {
        const value = Number(read(x));
        const { bits, flags } = hart.toF(`fcvt.${format}.${kind}`, [x], RNE);
        expect(bits, `fcvt.${format}.${kind} ${x}`).toBe(encode(value));
        expect(flags).toBe(BigInt(decode(bits)) === read(x) ? 0 : NX);
      }
    }
  });
}
