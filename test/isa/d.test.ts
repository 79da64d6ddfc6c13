import { describe, expect, it } from 'vitest';
import { DATA } from './test-hart.ts';
import {
  bits32,
  bits64,
  BOX_32,
  DYN,
  DZ,
  FloatHart,
  FS_CLEAN,
  FS_DIRTY,
  NAN_64,
  NV,
  NX,
  OF,
  RDN,
  RMM,
  RNE,
  RTZ,
  RUP,
  UF,
} from './float-hart.ts';

const SIGN = 0x8000000000000000n;
const VALUES = [
  0,
  -0,
  1,
  -1,
  1.5,
  0.1,
  -0.3,
  3,
  -7,
  1e308,
  -1e308,
  1e-310,
  -5e-324,
  2 ** 53 + 2,
  Infinity,
  -Infinity,
  NaN,
].map((value) => value);
const SIGNALING = 0x7ff0000000000001n;
const number = (bits: bigint): number => new Float64Array(new BigUint64Array([bits]).buffer)[0]!;
const ROUNDING = 'fadd fsub fmul fdiv fsqrt fmadd fmsub fnmsub fnmadd fcvt.w fcvt.wu fcvt.l fcvt.lu'
  .split(' ')
  .map((name) => `${name}.d`)
  .concat(['fcvt.d.w', 'fcvt.d.wu', 'fcvt.d.l', 'fcvt.d.lu', 'fcvt.s.d', 'fcvt.d.s']);
const OTHERS = 'fsgnj fsgnjn fsgnjx fmin fmax feq flt fle fclass'
  .split(' ')
  .map((name) => `${name}.d`)
  .concat(['fmv.x.d', 'fmv.d.x', 'fld', 'fsd']);

describe('D', () => {
  const hart = new FloatHart();

  it('adds, subtracts, multiplies, divides and takes roots as IEEE 754 says', () => {
    const references: Record<string, (a: number, b: number) => number> = {
      'fadd.d': (a, b) => a + b,
      'fsub.d': (a, b) => a - b,
      'fmul.d': (a, b) => a * b,
      'fdiv.d': (a, b) => a / b,
    };
    for (const [name, reference] of Object.entries(references)) {
      for (const a of VALUES) {
        for (const b of VALUES) {
          const { bits, fs } = hart.toF(name, [bits64(a), bits64(b)]);
          expect(bits, `${name} ${a}, ${b}`).toBe(bits64(reference(a, b)));
          expect(fs).toBe(FS_DIRTY);
        }
      }
    }
    for (const a of VALUES)
      expect(hart.toF('fsqrt.d', [bits64(a)]).bits, `fsqrt ${a}`).toBe(bits64(Math.sqrt(a)));
  });

  it('fuses multiplication and addition, with the signs of each form', () => {
    for (const [a, b, c] of [
      [2, 3, 10],
      [-5, 7, 0.5],
      [1.5, -4, -8],
    ] as const) {
      const sources = [bits64(a), bits64(b), bits64(c)];
      expect(hart.toF('fmadd.d', sources).bits).toBe(bits64(a * b + c));
      expect(hart.toF('fmsub.d', sources).bits).toBe(bits64(a * b - c));
      expect(hart.toF('fnmsub.d', sources).bits).toBe(bits64(-(a * b) + c));
      expect(hart.toF('fnmadd.d', sources).bits).toBe(bits64(-(a * b) - c));
    }
    // (1 + e)^2 - (1 + 2e) = e^2, which a product rounded on its own would lose.
    const e = 2 ** -30;
    const sources = [bits64(1 + e), bits64(1 + e), bits64(-(1 + 2 * e))];
    expect(hart.toF('fmadd.d', sources)).toMatchObject({ bits: bits64(e * e), flags: 0 });
    // The product of infinity and zero is invalid even beside a quiet NaN.
    expect(hart.toF('fmadd.d', [bits64(Infinity), bits64(0), bits64(NaN)])).toMatchObject({
      bits: NAN_64,
      flags: NV,
    });
  });

  it('rounds in all five modes, static and dynamic', () => {
    const down = bits64(1 / 3);
    const expected: [number, bigint, bigint][] = [
      [RNE, down, down],
      [RTZ, down, down],
      [RDN, down, down + 1n],
      [RUP, down + 1n, down],
      [RMM, down, down],
    ];
    for (const [rm, positive, negative] of expected) {
      for (const [field, frm] of [
        [rm, (rm + 1) % 5],
        [DYN, rm],
      ] as const) {
        expect(hart.toF('fdiv.d', [bits64(1), bits64(3)], field, frm)).toMatchObject({
          bits: positive,
          flags: NX,
        });
        expect(hart.toF('fdiv.d', [bits64(-1), bits64(3)], field, frm).bits).toBe(negative | SIGN);
      }
    }
    // A tie: 2.5 to an integer.
    const ties = [RNE, RTZ, RDN, RUP, RMM].map((rm) => hart.toX('fcvt.l.d', [bits64(2.5)], rm).bits);
    expect(ties).toEqual([2n, 2n, 2n, 3n, 3n]);
  });

  it('raises its exceptions and keeps those that are accrued', () => {
    expect(hart.toF('fdiv.d', [bits64(1), bits64(0)]).flags).toBe(DZ);
    expect(hart.toF('fsqrt.d', [bits64(-1)])).toMatchObject({ bits: NAN_64, flags: NV });
    expect(hart.toF('fadd.d', [SIGNALING, bits64(1)])).toMatchObject({ bits: NAN_64, flags: NV });
    expect(hart.toF('fadd.d', [bits64(NaN), bits64(1)])).toMatchObject({ bits: NAN_64, flags: 0 });
    expect(hart.toF('fmul.d', [bits64(1e308), bits64(1e308)]).flags).toBe(OF | NX);
    expect(hart.toF('fmul.d', [bits64(1e-200), bits64(1e-200)]).flags).toBe(UF | NX);
    hart.toF('fdiv.d', [bits64(1), bits64(0)]);
    hart.execute('fdiv.d', { fd: 10, fs1: 11, fs2: 11, rm: RNE });
    expect(hart.fflags).toBe(DZ);
  });

  it('compares, and tells quiet from signaling', () => {
    for (const a of VALUES) {
      for (const b of VALUES) {
        const isUnordered = Number.isNaN(a) || Number.isNaN(b);
        const sources = [bits64(a), bits64(b)];
        expect(hart.toX('feq.d', sources)).toMatchObject({ bits: BigInt(a === b), flags: 0 });
        expect(hart.toX('flt.d', sources)).toMatchObject({
          bits: BigInt(a < b),
          flags: isUnordered ? NV : 0,
        });
        expect(hart.toX('fle.d', sources)).toMatchObject({
          bits: BigInt(a <= b),
          flags: isUnordered ? NV : 0,
        });
      }
    }
    expect(hart.toX('feq.d', [SIGNALING, bits64(1)])).toEqual({ bits: 0n, flags: NV, fs: FS_DIRTY });
    expect(hart.toX('feq.d', [bits64(1), bits64(1)])).toEqual({ bits: 1n, flags: 0, fs: FS_CLEAN });
  });

  it('takes minimum and maximum, where a NaN gives way', () => {
    const pick = (a: number, b: number, of: typeof Math.min): number =>
      Number.isNaN(a) ? b : Number.isNaN(b) ? a : of(a, b);
    for (const a of VALUES) {
      for (const b of VALUES) {
        expect(hart.toF('fmin.d', [bits64(a), bits64(b)]).bits, `min ${a}, ${b}`).toBe(
          bits64(pick(a, b, Math.min)),
        );
        expect(hart.toF('fmax.d', [bits64(a), bits64(b)]).bits, `max ${a}, ${b}`).toBe(
          bits64(pick(a, b, Math.max)),
        );
      }
    }
    expect(hart.toF('fmin.d', [SIGNALING, bits64(1)])).toMatchObject({ bits: bits64(1), flags: NV });
  });

  it('injects signs without looking at the value', () => {
    for (const a of [bits64(1), bits64(-2), SIGNALING]) {
      for (const b of [bits64(3), bits64(-0)]) {
        expect(hart.toF('fsgnj.d', [a, b])).toMatchObject({ bits: (a & ~SIGN) | (b & SIGN), flags: 0 });
        expect(hart.toF('fsgnjn.d', [a, b]).bits).toBe((a & ~SIGN) | (~b & SIGN));
        expect(hart.toF('fsgnjx.d', [a, b]).bits).toBe(a ^ (b & SIGN));
      }
    }
  });

  it('classifies', () => {
    const classes = [-Infinity, -1, -5e-324, -0, 0, 5e-324, 1, Infinity].map(bits64);
    [...classes, SIGNALING, NAN_64].forEach((bits, i) => {
      expect(hart.toX('fclass.d', [bits])).toEqual({ bits: 1n << BigInt(i), flags: 0, fs: FS_CLEAN });
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
      for (const input of [...inputs, Infinity, -Infinity, NaN].map((value) => value)) {
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
        const outcome = hart.toX(`fcvt.${kind}.d`, [bits64(input)], RTZ);
        expect(outcome, `fcvt.${kind}.d ${input}`).toMatchObject({ bits: extend(value), flags });
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
        const { bits, flags } = hart.toF(`fcvt.d.${kind}`, [x], RNE);
        expect(bits, `fcvt.d.${kind} ${x}`).toBe(bits64(value));
        expect(flags).toBe(BigInt(number(bits)) === read(x) ? 0 : NX);
      }
    }
  });

  it('converts between formats', () => {
    for (const value of VALUES) {
      expect(hart.toF('fcvt.s.d', [bits64(value)]).bits, `fcvt.s.d ${value}`).toBe(bits32(value));
      const single = Math.fround(value);
      expect(hart.toF('fcvt.d.s', [bits32(single)])).toMatchObject({ bits: bits64(single), flags: 0 });
    }
    expect(hart.toF('fcvt.s.d', [bits64(0.1)], RUP)).toMatchObject({ bits: 0x3dcccccdn | BOX_32, flags: NX });
    expect(hart.toF('fcvt.s.d', [bits64(0.1)], RTZ)).toMatchObject({ bits: 0x3dccccccn | BOX_32, flags: NX });
    expect(hart.toF('fcvt.d.s', [0x7f800001n | BOX_32])).toMatchObject({ bits: NAN_64, flags: NV });
    expect(hart.toF('fcvt.d.s', [bits32(1) & ~BOX_32])).toMatchObject({ bits: NAN_64, flags: 0 });
  });

  it('moves bits as they are', () => {
    expect(hart.toX('fmv.x.d', [SIGNALING])).toEqual({ bits: SIGNALING, flags: 0, fs: FS_CLEAN });
    expect(hart.toF('fmv.d.x', [SIGNALING])).toEqual({ bits: SIGNALING, flags: 0, fs: FS_DIRTY });
  });

  it('loads and stores', () => {
    hart.poke(DATA + 8n, 0x8091a2b3c4d5e6f7n, 8);
    hart.core.writeX(0, 11, DATA + 13n);
    hart.setFs(FS_CLEAN);
    hart.execute('fld', { fd: 10, rs1: 11, imm: -5 });
    expect(hart.core.readF(0, 10)).toBe(0x8091a2b3c4d5e6f7n);
    expect(hart.fs).toBe(FS_DIRTY);
    hart.execute('fld', { fd: 10, rs1: 11, imm: -4 });
    expect(hart.core.readF(0, 10)).toBe(hart.peek(DATA + 9n, 8));
    hart.poke(DATA + 24n, 0n, 16);
    hart.core.writeF(0, 12, 0x1122334455667788n);
    hart.setFs(FS_CLEAN);
    hart.execute('fsd', { fs2: 12, rs1: 11, imm: 12 });
    expect(hart.peek(DATA + 25n, 8)).toBe(0x1122334455667788n);
    expect(hart.fs).toBe(FS_CLEAN);
  });

  it('is illegal with FS off, and with a reserved rounding mode', () => {
    hart.expectRefusals(ROUNDING, OTHERS);
  });
});
