import { describe, expect, it } from 'vitest';
import { DATA } from './test-hart.ts';
import { namesOf, testFormat, valuesOf, type FloatFormat } from './float-format.ts';
import {
  bits32,
  bits64,
  BOX_32,
  FloatHart,
  FS_CLEAN,
  FS_DIRTY,
  NAN_64,
  NV,
  NX,
  RTZ,
  RUP,
} from './float-hart.ts';

const DOUBLE: FloatFormat = {
  format: 'd',
  encode: bits64,
  decode: (bits) => new Float64Array(new BigUint64Array([bits]).buffer)[0]!,
  round: (value) => value,
  sign: 0x8000000000000000n,
  nan: NAN_64,
  signaling: 0x7ff0000000000001n,
  edges: [1e308, -1e308, 1e-310, -5e-324, 2 ** 53 + 2],
  large: 1e308,
  small: 1e-200,
  smallest: 5e-324,
  e: 2 ** -30,
  third: { nearest: bits64(1 / 3), down: bits64(1 / 3) },
};

describe('D', () => {
  const hart = new FloatHart();
  testFormat(hart, DOUBLE);

  it('converts between formats', () => {
    for (const value of valuesOf(DOUBLE)) {
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
    expect(hart.toX('fmv.x.d', [DOUBLE.signaling])).toEqual({
      bits: DOUBLE.signaling,
      flags: 0,
      fs: FS_CLEAN,
    });
    expect(hart.toF('fmv.d.x', [DOUBLE.signaling])).toEqual({
      bits: DOUBLE.signaling,
      flags: 0,
      fs: FS_DIRTY,
    });
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
    const { rounding, others } = namesOf('d');
    hart.expectRefusals(
      [...rounding, 'fcvt.s.d', 'fcvt.d.s'],
      [...others, 'fmv.x.d', 'fmv.d.x', 'fld', 'fsd'],
    );
  });
});
