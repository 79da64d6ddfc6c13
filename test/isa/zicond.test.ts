import { describe, it } from 'vitest';
import { expectRegisterForms, TestHart } from './test-hart.ts';

describe('Zicond', () => {
  it('gives zero on its condition, else rs1', () => {
    expectRegisterForms(new TestHart(), {
      'czero.eqz': (a, b) => (b === 0n ? 0n : a),
      'czero.nez': (a, b) => (b !== 0n ? 0n : a),
    });
  });
});
