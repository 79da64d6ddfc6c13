import { describe, it } from 'vitest';
import { expectImmediateForms, expectRegisterForms, TestHart } from './test-hart.ts';

const ONES = 0xffffffffffffffffn;
const bit = (index: bigint): bigint => 1n << (index & 63n);

describe('Zbs', () => {
  const hart = new TestHart();

  it('works on the bit that a register names', () => {
    expectRegisterForms(hart, {
      bclr: (a, b) => a & (bit(b) ^ ONES),
      bext: (a, b) => (a & bit(b) ? 1n : 0n),
      binv: (a, b) => a ^ bit(b),
      bset: (a, b) => a | bit(b),
    });
  });

  it('works on the bit that an immediate names', () => {
    expectImmediateForms(hart, [0, 1, 31, 32, 63], {
      bclri: (a, b) => a & (bit(b) ^ ONES),
      bexti: (a, b) => (a & bit(b) ? 1n : 0n),
      binvi: (a, b) => a ^ bit(b),
      bseti: (a, b) => a | bit(b),
    });
  });
});
