import { describe, expect, it } from 'vitest';
import { DATA, runGuest } from '../support/guest-program.ts';
import { INTEGERS, s32, s64, TestHart, u32, u64, DATA as TEST_DATA } from './test-hart.ts';

const signed = (size: number, value: bigint): bigint => (size === 4 ? s32(value) : s64(value));
const unsigned = (size: number, value: bigint): bigint => (size === 4 ? u32(value) : u64(value));
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const greatest = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** What an AMO stores, of the value in memory and that of rs2. */
const OPERATIONS: Readonly<Record<string, (a: bigint, b: bigint, size: number) => bigint>> = {
  amoswap: (_, b) => b,
  amoadd: (a, b) => a + b,
  amoxor: (a, b) => a ^ b,
  amoand: (a, b) => a & b,
  amoor: (a, b) => a | b,
  amomin: (a, b, size) => least(signed(size, a), signed(size, b)),
  amomax: (a, b, size) => greatest(signed(size, a), signed(size, b)),
  amominu: (a, b, size) => least(unsigned(size, a), unsigned(size, b)),
  amomaxu: (a, b, size) => greatest(unsigned(size, a), unsigned(size, b)),
};

describe.each([
  ['w', 4],
  ['d', 8],
])('atomic operations on .%s', (suffix, size) => {
  it.each(Object.keys(OPERATIONS))('%s', (name) => {
    const hart = new TestHart();
    const rest = 0x1111_1111n;
    for (const a of INTEGERS) {
      for (const b of INTEGERS) {
        hart.poke(TEST_DATA, unsigned(size, a), size);
        hart.poke(TEST_DATA + BigInt(size), rest, 4);
        hart.core.writeX(0, 11, TEST_DATA);
        hart.core.writeX(0, 12, b);
        hart.execute(`${name}.${suffix}`, { rd: 10, rs1: 11, rs2: 12, aq: 0, rl: 0 });
        const message = `${name}.${suffix} ${a.toString(16)}, ${b.toString(16)}`;
        expect(hart.peek(TEST_DATA, size), message).toBe(unsigned(size, OPERATIONS[name](a, b, size)));
        expect(hart.core.readX(0, 10), message).toBe(u64(signed(size, a)));
        expect(hart.peek(TEST_DATA + BigInt(size), 4)).toBe(rest);
      }
    }
  });
});

it('rd = rs2 gets the old value, memory the one of rs2 before', () => {
  const guest = runGuest('li a1, DATA\n li a0, 7\n sd a0, (a1)\n li a0, 5\n amoadd.d a0, a0, (a1)');
  expect([guest.x('a0'), guest.memory.getUint64(DATA)]).toEqual([7n, 12n]);
});

it('rd = rs1 works, and x0 as rd discards the old value', () => {
  const guest = runGuest(
    'li a1, DATA\n li a2, 3\n sd a2, (a1)\n amoadd.d zero, a2, (a1)\n amoswap.d a1, a2, (a1)',
  );
  expect([guest.x('a1'), guest.memory.getUint64(DATA)]).toEqual([6n, 3n]);
});

it('aq and rl do not change the result', () => {
  const guest = runGuest(
    'li a1, DATA\n li a2, 1\n amoadd.w.aq zero, a2, (a1)\n amoadd.w.rl zero, a2, (a1)\n amoadd.w.aqrl zero, a2, (a1)',
  );
  expect(guest.memory.getUint32(DATA)).toBe(3);
});

describe('load-reserved and store-conditional', () => {
  it('of words sign-extend, and store 32 bits', () => {
    const guest = runGuest('li a1, DATA\n li a2, -1\n sd a2, (a1)\n lr.w a0, (a1)\n sc.w a3, zero, (a1)');
    expect([guest.x('a0'), guest.x('a3')]).toEqual([(1n << 64n) - 1n, 0n]);
    expect(guest.memory.getUint64(DATA)).toBe(0xffffffff_00000000n);
  });

  it('without a reservation fails and stores nothing', () => {
    const guest = runGuest('li a1, DATA\n li a2, 5\n sc.d a0, a2, (a1)');
    expect([guest.x('a0'), guest.memory.getUint64(DATA)]).toEqual([1n, 0n]);
  });

  it('a second store-conditional fails, whatever the first did', () => {
    const guest = runGuest('li a1, DATA\n lr.d a0, (a1)\n sc.d a2, a1, (a1)\n sc.d a3, a1, (a1)');
    expect([guest.x('a2'), guest.x('a3')]).toEqual([0n, 1n]);
  });

  it('a store-conditional elsewhere fails and ends the reservation', () => {
    const guest = runGuest(
      'li a1, DATA\n addi a4, a1, 128\n lr.d a0, (a1)\n sc.d a2, a1, (a4)\n sc.d a3, a1, (a1)',
    );
    expect([guest.x('a2'), guest.x('a3')]).toEqual([1n, 1n]);
    expect(guest.memory.getUint64(DATA + 128n)).toBe(0n);
  });

  it('the latest reservation counts', () => {
    const guest = runGuest(
      'li a1, DATA\n addi a4, a1, 128\n lr.d a0, (a1)\n lr.d a0, (a4)\n sc.d a2, a1, (a1)',
    );
    expect(guest.x('a2')).toBe(1n);
  });

  it('the loop of the manual (13.3) makes progress also with a branch and a jump inside', () => {
    const guest = runGuest(`
      li a1, DATA
      li a2, 100
      1: lr.w t0, (a1)
      beq t0, a2, 2f
      addi t0, t0, 1
      sc.w t1, t0, (a1)
      bnez t1, 1b
      j 1b
      2:`);
    expect(guest.memory.getUint32(DATA)).toBe(100);
  });

  it('an lr with rs2 that is not x0 is no instruction', () => {
    expect(runGuest('.word 0x1015a52f').trap).toMatchObject({ cause: 2n });
  });
});
