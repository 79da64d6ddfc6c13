import { describe, expect, it } from 'vitest';
import { DATA, runGuest } from '../support/guest-program.ts';

const ONES = (1n << 64n) - 1n;

describe.each([
  ['w', 4],
  ['d', 8],
])('amocas.%s', (suffix, size) => {
  const run = (memory: bigint, expected: bigint, value: bigint) => {
    const guest = runGuest(`
      li a1, DATA
      li a0, ${memory}
      sd a0, (a1)
      li a0, ${expected}
      li a2, ${value}
      amocas.${suffix} a0, a2, (a1)`);
    return [guest.x('a0'), guest.memory.getUint64(DATA)];
  };

  it('swaps when the values are equal', () => {
    expect(run(5n, 5n, 9n)).toEqual([5n, 9n]);
  });

  it('leaves memory when they differ, and returns the old value', () => {
    expect(run(5n, 6n, 9n)).toEqual([5n, 5n]);
  });

  it('sign-extends what it returns', () => {
    expect(run(0x8000_0000_8000_0000n, 1n, 9n)[0]).toBe(
      size === 4 ? 0xffff_ffff_8000_0000n : 0x8000_0000_8000_0000n,
    );
  });

  it('compares its width only', () => {
    const memory = 0x1234_5678_0000_0005n;
    const [, after] = run(memory, 5n, ONES);
    expect(after).toBe(size === 4 ? 0x1234_5678_ffff_ffffn : memory);
  });
});

it('x0 as rd compares with zero', () => {
  const guest = runGuest('li a1, DATA\n li a2, 9\n amocas.d zero, a2, (a1)\n amocas.d zero, a1, (a1)');
  expect(guest.memory.getUint64(DATA)).toBe(9n);
});

describe('amocas.q', () => {
  const run = (source: string) =>
    runGuest(`li a1, DATA\n li t0, 1\n sd t0, (a1)\n li t0, 2\n sd t0, 8(a1)\n ${source}`);
  const memory = (guest: ReturnType<typeof runGuest>) => [
    guest.memory.getUint64(DATA),
    guest.memory.getUint64(DATA + 8n),
  ];

  it('compares and swaps pairs of registers', () => {
    const guest = run('li a2, 1\n li a3, 2\n li a4, 3\n li a5, 4\n amocas.q a2, a4, (a1)');
    expect(memory(guest)).toEqual([3n, 4n]);
    expect([guest.x('a2'), guest.x('a3')]).toEqual([1n, 2n]);
  });

  it('returns the old pair when one half differs', () => {
    const guest = run('li a2, 1\n li a3, 7\n li a4, 3\n li a5, 4\n amocas.q a2, a4, (a1)');
    expect(memory(guest)).toEqual([1n, 2n]);
    expect([guest.x('a2'), guest.x('a3')]).toEqual([1n, 2n]);
  });

  it('x0 names a pair of zeros, and writes neither x0 nor x1', () => {
    const guest = runGuest('li a1, DATA\n li ra, 77\n li a4, 3\n li a5, 4\n amocas.q zero, a4, (a1)');
    expect(memory(guest)).toEqual([3n, 4n]);
    expect(guest.x('ra')).toBe(77n);
    expect(memory(run('li ra, 77\n li a2, 1\n li a3, 2\n amocas.q a2, zero, (a1)'))).toEqual([0n, 0n]);
  });

  it.each([
    ['rd', 0x28d5c6afn],
    ['rs2', 0x28e5c62fn | (1n << 20n)],
  ])('an odd %s is reserved', (_, word) => {
    expect(runGuest(`li a1, DATA\n .word ${word}`).trap).toMatchObject({ cause: 2n, value: word });
  });
});
