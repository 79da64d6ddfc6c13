import { describe, it } from 'vitest';
import { expectRegisterForms, s32, s64, TestHart, u32 } from './test-hart.ts';

const quotient = (a: bigint, b: bigint): bigint => (b === 0n ? -1n : a / b);
const remainder = (a: bigint, b: bigint): bigint => (b === 0n ? a : a % b);

describe('M', () => {
  const hart = new TestHart();

  it('multiplies, low and high halves', () => {
    expectRegisterForms(hart, {
      mul: (a, b) => a * b,
      mulh: (a, b) => (s64(a) * s64(b)) >> 64n,
      mulhsu: (a, b) => (s64(a) * b) >> 64n,
      mulhu: (a, b) => (a * b) >> 64n,
      mulw: (a, b) => s32(a * b),
    });
  });

  it('divides without trapping, by zero and on overflow too', () => {
    expectRegisterForms(hart, {
      div: (a, b) => quotient(s64(a), s64(b)),
      divu: (a, b) => quotient(a, b),
      rem: (a, b) => remainder(s64(a), s64(b)),
      remu: (a, b) => remainder(a, b),
      divw: (a, b) => s32(quotient(s32(a), s32(b))),
      divuw: (a, b) => s32(quotient(u32(a), u32(b))),
      remw: (a, b) => s32(remainder(s32(a), s32(b))),
      remuw: (a, b) => s32(remainder(u32(a), u32(b))),
    });
  });
});
