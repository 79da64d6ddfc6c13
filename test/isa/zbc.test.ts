import { describe, it } from 'vitest';
import { expectRegisterForms, TestHart } from './test-hart.ts';

function carrylessProduct(a: bigint, b: bigint): bigint {
  let product = 0n;
  for (let i = 0n; i < 64n; i++) if ((b >> i) & 1n) product ^= a << i;
  return product;
}

describe('Zbc', () => {
  it('multiplies without carries', () => {
    expectRegisterForms(new TestHart(), {
      clmul: (a, b) => carrylessProduct(a, b),
      clmulh: (a, b) => carrylessProduct(a, b) >> 64n,
      clmulr: (a, b) => carrylessProduct(a, b) >> 63n,
    });
  });
});
