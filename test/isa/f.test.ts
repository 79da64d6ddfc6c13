import { describe, expect, it } from 'vitest';
import { DATA } from './test-hart.ts';
import { namesOf, testFormat, type FloatFormat } from './float-format.ts';
import { bits32, BOX_32, FloatHart, FS_CLEAN, FS_DIRTY, NAN_32, NV } from './float-hart.ts';

const SINGLE: FloatFormat = {
  format: 's',
  encode: bits32,
  decode: (bits) => new Float32Array(new BigUint64Array([bits]).buffer)[0]!,
  round: Math.fround,
  sign: 0x80000000n,
  nan: NAN_32,
  signaling: 0x7f800001n | BOX_32,
  edges: [3e38, -3e38, 1e-40, -1.5e-45, 2 ** 24 + 2],
  large: 3e38,
  small: 1e-30,
  smallest: 1e-45,
  e: 2 ** -20,
  third: { nearest: bits32(1 / 3), down: bits32(1 / 3) - 1n },
};

describe('F', () => {
  const hart = new FloatHart();
  testFormat(hart, SINGLE);

  it('reads what is not NaN-boxed as the canonical NaN', () => {
    const one = bits32(1);
    for (const bare of [one & ~BOX_32, one ^ (1n << 32n), one ^ (1n << 63n)]) {
      expect(hart.toF('fadd.s', [bare, one])).toMatchObject({ bits: NAN_32, flags: 0 });
      expect(hart.toF('fadd.s', [one, bare]).bits).toBe(NAN_32);
      expect(hart.toF('fmadd.s', [one, one, bare]).bits).toBe(NAN_32);
      expect(hart.toF('fsgnjn.s', [bare, one]).bits).toBe(NAN_32 | SINGLE.sign);
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
    const { rounding, others } = namesOf('s');
    hart.expectRefusals(rounding, [...others, 'fmv.x.w', 'fmv.w.x', 'flw', 'fsw']);
  });
});
