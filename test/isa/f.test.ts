import { describe, expect, it } from 'vitest';
import { DATA } from './test-hart.ts';
import {
  bits32,
  BOX_32,
  DYN,
  DZ,
  FloatHart,
  FS_CLEAN,
  FS_DIRTY,
  NAN_32,
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

const SIGN = 0x80000000n;
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
  3e38,
  -3e38,
  1e-40,
  -1.5e-45,
  2 ** 24 + 2,
  Infinity,
  -Infinity,
  NaN,
].map((value) => Math.fround(value));
const SIGNALING = 0x7f800001n | BOX_32;
const number = (bits: bigint): number => new Float32Array(new BigUint64Array([bits]).buffer)[0]!;
const ROUNDING = 'fadd fsub fmul fdiv fsqrt fmadd fmsub fnmsub fnmadd fcvt.w fcvt.wu fcvt.l fcvt.lu'
  .split(' ')
  .map((name) => `${name}.s`)
  .concat(['fcvt.s.w', 'fcvt.s.wu', 'fcvt.s.l', 'fcvt.s.lu']);
const OTHERS = 'fsgnj fsgnjn fsgnjx fmin fmax feq flt fle fclass'
  .split(' ')
  .map((name) => `${name}.s`)
  .concat(['fmv.x.w', 'fmv.w.x', 'flw', 'fsw']);

describe('F', () => {
  const hart = new FloatHart();

  it('adds, subtracts, multiplies, divides and takes roots as IEEE 754 says', () => {
    const references: Record<string, (a: number, b: number) => number> = {
      'fadd.s': (a, b) => a + b,
      'fsub.s': (a, b) => a - b,
      'fmul.s': (a, b) => a * b,
      'fdiv.s': (a, b) => a / b,
    };
    for (const [name, reference] of Object.entries(references)) {
      for (const a of VALUES) {
        for (const b of VALUES) {
          const { bits, fs } = hart.toF(name, [bits32(a), bits32(b)]);
          expect(bits, `${name} ${a}, ${b}`).toBe(bits32(reference(a, b)));
          expect(fs).toBe(FS_DIRTY);
        }
      }
    }
    for (const a of VALUES)
      expect(hart.toF('fsqrt.s', [bits32(a)]).bits, `fsqrt ${a}`).toBe(bits32(Math.sqrt(a)));
  });

  it('fuses multiplication and addition, with the signs of each form', () => {
    for (const [a, b, c] of [
      [2, 3, 10],
      [-5, 7, 0.5],
      [1.5, -4, -8],
    ] as const) {
      const sources = [bits32(a), bits32(b), bits32(c)];
      expect(hart.toF('fmadd.s', sources).bits).toBe(bits32(a * b + c));
      expect(hart.toF('fmsub.s', sources).bits).toBe(bits32(a * b - c));
      expect(hart.toF('fnmsub.s', sources).bits).toBe(bits32(-(a * b) + c));
      expect(hart.toF('fnmadd.s', sources).bits).toBe(bits32(-(a * b) - c));
    }
    // (1 + e)^2 - (1 + 2e) = e^2, which a product rounded on its own would lose.
    const e = 2 ** -20;
    const sources = [bits32(1 + e), bits32(1 + e), bits32(-(1 + 2 * e))];
    expect(hart.toF('fmadd.s', sources)).toMatchObject({ bits: bits32(e * e), flags: 0 });
    // The product of infinity and zero is invalid even beside a quiet NaN.
    expect(hart.toF('fmadd.s', [bits32(Infinity), bits32(0), bits32(NaN)])).toMatchObject({
      bits: NAN_32,
      flags: NV,
    });
  });

  it('rounds in all five modes, static and dynamic', () => {
    const down = bits32(1 / 3) - 1n;
    const expected: [number, bigint, bigint][] = [
      [RNE, bits32(1 / 3), bits32(1 / 3)],
      [RTZ, down, down],
      [RDN, down, down + 1n],
      [RUP, down + 1n, down],
      [RMM, bits32(1 / 3), bits32(1 / 3)],
    ];
    for (const [rm, positive, negative] of expected) {
      for (const [field, frm] of [
        [rm, (rm + 1) % 5],
        [DYN, rm],
      ] as const) {
        expect(hart.toF('fdiv.s', [bits32(1), bits32(3)], field, frm)).toMatchObject({
          bits: positive,
          flags: NX,
        });
        expect(hart.toF('fdiv.s', [bits32(-1), bits32(3)], field, frm).bits).toBe(negative | SIGN);
      }
    }
    // A tie: 2.5 to an integer.
    const ties = [RNE, RTZ, RDN, RUP, RMM].map((rm) => hart.toX('fcvt.l.s', [bits32(2.5)], rm).bits);
    expect(ties).toEqual([2n, 2n, 2n, 3n, 3n]);
  });

  it('raises its exceptions and keeps those that are accrued', () => {
    expect(hart.toF('fdiv.s', [bits32(1), bits32(0)]).flags).toBe(DZ);
    expect(hart.toF('fsqrt.s', [bits32(-1)])).toMatchObject({ bits: NAN_32, flags: NV });
    expect(hart.toF('fadd.s', [SIGNALING, bits32(1)])).toMatchObject({ bits: NAN_32, flags: NV });
    expect(hart.toF('fadd.s', [bits32(NaN), bits32(1)])).toMatchObject({ bits: NAN_32, flags: 0 });
    expect(hart.toF('fmul.s', [bits32(3e38), bits32(3e38)]).flags).toBe(OF | NX);
    expect(hart.toF('fmul.s', [bits32(1e-30), bits32(1e-30)]).flags).toBe(UF | NX);
    hart.toF('fdiv.s', [bits32(1), bits32(0)]);
    hart.execute('fdiv.s', { fd: 10, fs1: 11, fs2: 11, rm: RNE });
    expect(hart.fflags).toBe(DZ);
  });

  it('compares, and tells quiet from signaling', () => {
    for (const a of VALUES) {
      for (const b of VALUES) {
        const isUnordered = Number.isNaN(a) || Number.isNaN(b);
        const sources = [bits32(a), bits32(b)];
        expect(hart.toX('feq.s', sources)).toMatchObject({ bits: BigInt(a === b), flags: 0 });
        expect(hart.toX('flt.s', sources)).toMatchObject({
          bits: BigInt(a < b),
          flags: isUnordered ? NV : 0,
        });
        expect(hart.toX('fle.s', sources)).toMatchObject({
          bits: BigInt(a <= b),
          flags: isUnordered ? NV : 0,
        });
      }
    }
    expect(hart.toX('feq.s', [SIGNALING, bits32(1)])).toEqual({ bits: 0n, flags: NV, fs: FS_DIRTY });
    expect(hart.toX('feq.s', [bits32(1), bits32(1)])).toEqual({ bits: 1n, flags: 0, fs: FS_CLEAN });
  });

  it('takes minimum and maximum, where a NaN gives way', () => {
    const pick = (a: number, b: number, of: typeof Math.min): number =>
      Number.isNaN(a) ? b : Number.isNaN(b) ? a : of(a, b);
    for (const a of VALUES) {
      for (const b of VALUES) {
        expect(hart.toF('fmin.s', [bits32(a), bits32(b)]).bits, `min ${a}, ${b}`).toBe(
          bits32(pick(a, b, Math.min)),
        );
        expect(hart.toF('fmax.s', [bits32(a), bits32(b)]).bits, `max ${a}, ${b}`).toBe(
          bits32(pick(a, b, Math.max)),
        );
      }
    }
    expect(hart.toF('fmin.s', [SIGNALING, bits32(1)])).toMatchObject({ bits: bits32(1), flags: NV });
  });

  it('injects signs without looking at the value', () => {
    for (const a of [bits32(1), bits32(-2), SIGNALING]) {
      for (const b of [bits32(3), bits32(-0)]) {
        expect(hart.toF('fsgnj.s', [a, b])).toMatchObject({ bits: (a & ~SIGN) | (b & SIGN), flags: 0 });
        expect(hart.toF('fsgnjn.s', [a, b]).bits).toBe((a & ~SIGN) | (~b & SIGN));
        expect(hart.toF('fsgnjx.s', [a, b]).bits).toBe(a ^ (b & SIGN));
      }
    }
  });

  it('classifies', () => {
    const classes = [-Infinity, -1, -1e-45, -0, 0, 1e-45, 1, Infinity].map(bits32);
    [...classes, SIGNALING, NAN_32].forEach((bits, i) => {
      expect(hart.toX('fclass.s', [bits])).toEqual({ bits: 1n << BigInt(i), flags: 0, fs: FS_CLEAN });
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
      for (const input of [...inputs, Infinity, -Infinity, NaN].map((value) => Math.fround(value))) {
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
        const outcome = hart.toX(`fcvt.${kind}.s`, [bits32(input)], RTZ);
        expect(outcome, `fcvt.${kind}.s ${input}`).toMatchObject({ bits: extend(value), flags });
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
        const { bits, flags } = hart.toF(`fcvt.s.${kind}`, [x], RNE);
        expect(bits, `fcvt.s.${kind} ${x}`).toBe(bits32(value));
        expect(flags).toBe(BigInt(number(bits)) === read(x) ? 0 : NX);
      }
    }
  });

  it('reads what is not NaN-boxed as the canonical NaN', () => {
    const one = bits32(1);
    for (const bare of [one & ~BOX_32, one ^ (1n << 32n), one ^ (1n << 63n)]) {
      expect(hart.toF('fadd.s', [bare, one])).toMatchObject({ bits: NAN_32, flags: 0 });
      expect(hart.toF('fadd.s', [one, bare]).bits).toBe(NAN_32);
      expect(hart.toF('fmadd.s', [one, one, bare]).bits).toBe(NAN_32);
      expect(hart.toF('fsgnjn.s', [bare, one]).bits).toBe(NAN_32 | SIGN);
      expect(hart.toF('fmin.s', [bare, one]).bits).toBe(one);
      expect(hart.toX('feq.s', [bare, bare])).toMatchObject({ bits: 0n, flags: 0 });
      expect(hart.toX('fclass.s', [bare]).bits).toBe(1n << 9n);
      expect(hart.toX('fcvt.w.s', [bare])).toMatchObject({ bits: 0x7fffffffn, flags: NV });
    }
  });

  it('moves bits as they are', () => {
    expect(hart.toX('fmv.x.w', [0x80000001n]).bits).toBe(0xffffffff80000001n);
    expect(hart.toF('fmv.w.x', [0x1234567880000001n])).toEqual({
      bits: 0x80000001n | BOX_32,
      flags: 0,
      fs: FS_DIRTY,
    });
  });

  it('loads and stores', () => {
    hart.poke(DATA + 8n, 0x8091a2b3c4d5e6f7n, 8);
    hart.core.writeX(0, 11, DATA + 13n);
    hart.setFs(FS_CLEAN);
    hart.execute('flw', { fd: 10, rs1: 11, imm: -5 });
    expect(hart.core.readF(0, 10)).toBe(0xc4d5e6f7n | BOX_32);
    expect(hart.fs).toBe(FS_DIRTY);
    hart.execute('flw', { fd: 10, rs1: 11, imm: -4 });
    expect(hart.core.readF(0, 10)).toBe(hart.peek(DATA + 9n, 4) | BOX_32);
    hart.poke(DATA + 24n, 0n, 16);
    hart.core.writeF(0, 12, 0x1122334455667788n);
    hart.setFs(FS_CLEAN);
    hart.execute('fsw', { fs2: 12, rs1: 11, imm: 12 });
    expect(hart.peek(DATA + 25n, 8)).toBe(0x55667788n);
    expect(hart.fs).toBe(FS_CLEAN);
  });

  it('is illegal with FS off, and with a reserved rounding mode', () => {
    hart.expectRefusals(ROUNDING, OTHERS);
  });
});
