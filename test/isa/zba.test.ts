import { describe, it } from 'vitest';
import { expectImmediateForms, expectRegisterForms, TestHart, u32 } from './test-hart.ts';

describe('Zba', () => {
  const hart = new TestHart();

  it('adds shifted operands', () => {
    expectRegisterForms(hart, {
      'add.uw': (a, b) => u32(a) + b,
      sh1add: (a, b) => (a << 1n) + b,
      sh2add: (a, b) => (a << 2n) + b,
      sh3add: (a, b) => (a << 3n) + b,
      'sh1add.uw': (a, b) => (u32(a) << 1n) + b,
      'sh2add.uw': (a, b) => (u32(a) << 2n) + b,
      'sh3add.uw': (a, b) => (u32(a) << 3n) + b,
    });
  });

  it('shifts an unsigned word', () => {
    expectImmediateForms(hart, [0, 1, 31, 32, 63], { 'slli.uw': (a, b) => u32(a) << b });
  });
});
