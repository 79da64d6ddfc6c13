import { describe, it } from 'vitest';
import { expectImmediateForms, expectRegisterForms, s32, s64, TestHart, u32 } from './test-hart.ts';

const ONES = 0xffffffffffffffffn;
const bits = (value: bigint, width: number): string => value.toString(2).padStart(width, '0');
const leadingZeros = (value: bigint, width: number): bigint => BigInt(`${bits(value, width)}1`.indexOf('1'));
const trailingZeros = (value: bigint, width: number): bigint =>
  BigInt(width - 1 - bits(value, width).lastIndexOf('1'));
const ones = (value: bigint): bigint => BigInt(value.toString(2).replaceAll('0', '').length);
const rotateLeft = (value: bigint, count: bigint, width: bigint): bigint =>
  (value << count) | (value >> (width - count));
const bytesOf = (value: bigint): bigint[] =>
  [0n, 8n, 16n, 24n, 32n, 40n, 48n, 56n].map((at) => (value >> at) & 0xffn);
const ofBytes = (bytes: readonly bigint[]): bigint =>
  bytes.reduceRight((value, byte) => (value << 8n) | byte, 0n);

describe('Zbb', () => {
  const hart = new TestHart();

  it('does logic with negation', () => {
    expectRegisterForms(hart, {
      andn: (a, b) => a & (b ^ ONES),
      orn: (a, b) => a | (b ^ ONES),
      xnor: (a, b) => a ^ b ^ ONES,
    });
  });

  it('selects minimum and maximum', () => {
    expectRegisterForms(hart, {
      max: (a, b) => (s64(a) > s64(b) ? a : b),
      maxu: (a, b) => (a > b ? a : b),
      min: (a, b) => (s64(a) < s64(b) ? a : b),
      minu: (a, b) => (a < b ? a : b),
    });
  });

  it('rotates', () => {
    expectRegisterForms(hart, {
      rol: (a, b) => rotateLeft(a, b & 63n, 64n),
      ror: (a, b) => rotateLeft(a, -b & 63n, 64n),
      rolw: (a, b) => s32(rotateLeft(u32(a), b & 31n, 32n)),
      rorw: (a, b) => s32(rotateLeft(u32(a), -b & 31n, 32n)),
    });
    expectImmediateForms(hart, [0, 1, 31, 32, 63], { rori: (a, b) => rotateLeft(a, -b & 63n, 64n) });
    expectImmediateForms(hart, [0, 1, 15, 31], { roriw: (a, b) => s32(rotateLeft(u32(a), -b & 31n, 32n)) });
  });

  it('counts, extends and rearranges', () => {
    expectImmediateForms(hart, [0], {
      clz: (a) => leadingZeros(a, 64),
      clzw: (a) => leadingZeros(u32(a), 32),
      ctz: (a) => (a === 0n ? 64n : trailingZeros(a, 64)),
      ctzw: (a) => (u32(a) === 0n ? 32n : trailingZeros(u32(a), 32)),
      cpop: (a) => ones(a),
      cpopw: (a) => ones(u32(a)),
      'sext.b': (a) => BigInt.asIntN(8, a),
      'sext.h': (a) => BigInt.asIntN(16, a),
      'zext.h': (a) => a & 0xffffn,
      'orc.b': (a) => ofBytes(bytesOf(a).map((byte) => (byte ? 0xffn : 0n))),
      rev8: (a) => ofBytes(bytesOf(a).reverse()),
    });
  });
});
