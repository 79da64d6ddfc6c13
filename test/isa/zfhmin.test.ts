import { describe, expect, it } from 'vitest';
import { DATA } from './test-hart.ts';
import {
  bits32,
  bits64,
  BOX_16,
  BOX_32,
  FloatHart,
  FS_CLEAN,
  FS_DIRTY,
  NAN_16,
  NAN_32,
  NAN_64,
  NV,
  NX,
  OF,
  RTZ,
  RUP,
  UF,
} from './float-hart.ts';

const HALVES: readonly [bigint, number][] = [
  [0x0000n, 0],
  [0x8000n, -0],
  [0x3c00n, 1],
  [0xc000n, -2],
  [0x7bffn, 65504],
  [0x0001n, 2 ** -24],
  [0x83ffn, -1023 * 2 ** -24],
  [0x7c00n, Infinity],
  [0xfc00n, -Infinity],
];

describe('Zfhmin', () => {
  const hart = new FloatHart();

  it('converts exactly where a half holds the value', () => {
    for (const [half, value] of HALVES) {
      expect(hart.toF('fcvt.s.h', [half | BOX_16])).toEqual({ bits: bits32(value), flags: 0, fs: FS_DIRTY });
      expect(hart.toF('fcvt.d.h', [half | BOX_16])).toMatchObject({ bits: bits64(value), flags: 0 });
      expect(hart.toF('fcvt.h.s', [bits32(value)])).toMatchObject({ bits: half | BOX_16, flags: 0 });
      expect(hart.toF('fcvt.h.d', [bits64(value)])).toMatchObject({ bits: half | BOX_16, flags: 0 });
    }
  });

  it('rounds, overflows and underflows', () => {
    expect(hart.toF('fcvt.h.d', [bits64(65520)])).toMatchObject({ bits: 0x7c00n | BOX_16, flags: OF | NX });
    expect(hart.toF('fcvt.h.d', [bits64(65536)], RTZ)).toMatchObject({
      bits: 0x7bffn | BOX_16,
      flags: OF | NX,
    });
    expect(hart.toF('fcvt.h.d', [bits64(65519)])).toMatchObject({ bits: 0x7bffn | BOX_16, flags: NX });
    expect(hart.toF('fcvt.h.s', [bits32(2 ** -25)])).toMatchObject({ bits: BOX_16, flags: UF | NX });
    expect(hart.toF('fcvt.h.s', [bits32(2 ** -25)], RUP)).toMatchObject({
      bits: 1n | BOX_16,
      flags: UF | NX,
    });
  });

  it('makes NaNs canonical, and reads what is not NaN-boxed as one', () => {
    expect(hart.toF('fcvt.s.h', [0x7c01n | BOX_16])).toMatchObject({ bits: NAN_32, flags: NV });
    expect(hart.toF('fcvt.d.h', [0xfe01n | BOX_16])).toMatchObject({ bits: NAN_64, flags: 0 });
    expect(hart.toF('fcvt.h.d', [0x7ff0000000000001n])).toMatchObject({ bits: NAN_16, flags: NV });
    expect(hart.toF('fcvt.s.h', [0x3c00n | BOX_32])).toMatchObject({ bits: NAN_32, flags: 0 });
    expect(hart.toF('fcvt.d.h', [0x3c00n]).bits).toBe(NAN_64);
    expect(hart.toF('fcvt.h.s', [bits32(1) & ~BOX_32]).bits).toBe(NAN_16);
  });

  it('moves bits as they are', () => {
    expect(hart.toX('fmv.x.h', [0x12348001n])).toEqual({ bits: 0xffffffffffff8001n, flags: 0, fs: FS_CLEAN });
    expect(hart.toF('fmv.h.x', [0x12348001n])).toEqual({ bits: 0x8001n | BOX_16, flags: 0, fs: FS_DIRTY });
  });

  it('loads and stores', () => {
    hart.poke(DATA, 0x8091a2b3c4d5e6f7n, 8);
    hart.core.writeX(0, 11, DATA + 5n);
    for (const offset of [0n, 1n]) {
      hart.execute('flh', { fd: 10, rs1: 11, imm: Number(offset) - 5 });
      expect(hart.core.readF(0, 10)).toBe(hart.peek(DATA + offset, 2) | BOX_16);
    }
    hart.core.writeF(0, 12, 0x1122334455667788n);
    hart.execute('fsh', { fs2: 12, rs1: 11, imm: -2 });
    expect(hart.peek(DATA, 8)).toBe(0x8091a27788d5e6f7n);
  });

  it('is illegal with FS off, and with a reserved rounding mode', () => {
    hart.expectRefusals(
      ['fcvt.s.h', 'fcvt.d.h', 'fcvt.h.s', 'fcvt.h.d'],
      ['fmv.x.h', 'fmv.h.x', 'flh', 'fsh'],
    );
  });
});
