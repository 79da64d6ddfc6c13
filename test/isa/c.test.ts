import { describe, expect, it } from 'vitest';
import { runGuest, trapOf } from '../support/guest-program.ts';

const ONES = (1n << 64n) - 1n;

/** a0 after `source`, each of whose instructions has 16 bits. */
function a0(source: string, setup = ''): bigint {
  const guest = runGuest(`${setup}\n from: ${source}\n to:`);
  const instructions = source.split('\n').filter((line) => line.trim() !== '').length;
  expect(guest.trap).toBeUndefined();
  expect(guest.symbol('to') - guest.symbol('from')).toBe(BigInt(2 * instructions));
  return guest.x('a0');
}

describe('integer computation', () => {
  it.each([
    ['c.li a0, -32', '', u64(-32n)],
    ['c.li a0, 31', '', 31n],
    ['c.lui a0, 1', '', 0x1000n],
    ['c.lui a0, 0xfffff', '', u64(-0x1000n)],
    ['c.addi a0, -1', 'li a0, 0', ONES],
    ['c.addiw a0, 1', 'li a0, 0x7fffffff', u64(-0x80000000n)],
    ['c.addiw a0, 0', 'li a0, 0x180000000', u64(-0x80000000n)],
    ['c.slli a0, 63', 'li a0, 3', 1n << 63n],
    ['c.srli a0, 63', 'li a0, -1', 1n],
    ['c.srai a0, 63', 'li a0, -5', ONES],
    ['c.andi a0, -16', 'li a0, 0x1ff', 0x1f0n],
    ['c.mv a0, a1', 'li a1, 9', 9n],
    ['c.add a0, a1', 'li a0, 5\n li a1, 9', 14n],
    ['c.sub a0, a1', 'li a0, 5\n li a1, 9', u64(-4n)],
    ['c.xor a0, a1', 'li a0, 5\n li a1, 9', 12n],
    ['c.or a0, a1', 'li a0, 5\n li a1, 9', 13n],
    ['c.and a0, a1', 'li a0, 5\n li a1, 9', 1n],
    ['c.addw a0, a1', 'li a0, 0x7fffffff\n li a1, 1', u64(-0x80000000n)],
    ['c.subw a0, a1', 'li a0, 0\n li a1, 0x80000000', u64(-0x80000000n)],
    ['c.addi4spn a0, sp, 1020', 'li sp, 100', 1120n],
    ['c.addi16sp sp, -512\n c.mv a0, sp', 'li sp, 1000', 488n],
    ['c.addi16sp sp, 496\n c.mv a0, sp', 'li sp, 1000', 1496n],
    ['c.nop', '', 0n],
  ])('%s', (instruction, setup, expected) => {
    expect(a0(instruction, setup)).toBe(expected);
  });
});

describe('loads and stores', () => {
  const setup = 'li a1, DATA\n li sp, DATA\n li a2, 0x8899aabbccddeeff';
  it.each([
    ['c.sd a2, 248(a1)\n c.ld a0, 248(a1)', 0x8899aabbccddeeffn],
    ['c.sw a2, 124(a1)\n c.lw a0, 124(a1)', 0xffffffffccddeeffn],
    ['c.sdsp a2, 504(sp)\n c.ldsp a0, 504(sp)', 0x8899aabbccddeeffn],
    ['c.swsp a2, 252(sp)\n c.lwsp a0, 252(sp)', 0xffffffffccddeeffn],
  ])('%s', (source, expected) => {
    expect(a0(source, setup)).toBe(expected);
  });

  it('of doubles', () => {
    const float = 'li t0, 0x2000\n csrs mstatus, t0\n fmv.d.x fa2, a2';
    expect(a0('c.fsd fa2, 248(a1)\n c.ld a0, 248(a1)', `${setup}\n ${float}`)).toBe(0x8899aabbccddeeffn);
    const guest = runGuest(
      `${setup}\n ${float}\n c.fsdsp fa2, 504(sp)\n c.fldsp fa0, 504(sp)\n c.fld fa1, 8(a1)\n fmv.x.d a0, fa0`,
    );
    expect(guest.x('a0')).toBe(0x8899aabbccddeeffn);
  });
});

describe('Zcb', () => {
  const setup = `li a1, DATA\n li a2, 0x8899aabbccddeeff\n sd a2, (a1)`;
  it.each([
    ['c.lbu a0, 1(a1)', 0xeen],
    ['c.lbu a0, 3(a1)', 0xccn],
    ['c.lhu a0, 2(a1)', 0xccddn],
    ['c.lh a0, 2(a1)', u64(0xccddn - 0x10000n)],
    ['c.sb a2, 3(a1)\n c.ld a0, 0(a1)', 0x8899aabbffddeeffn],
    ['c.sh a2, 2(a1)\n c.ld a0, 0(a1)', 0x8899aabbeeffeeffn],
  ])('%s', (source, expected) => {
    expect(a0(source, setup)).toBe(expected);
  });
  it.each([
    ['c.zext.b a0', 0xffn],
    ['c.sext.b a0', ONES],
    ['c.zext.h a0', 0xeeffn],
    ['c.sext.h a0', u64(0xeeffn - 0x10000n)],
    ['c.zext.w a0', 0xccddeeffn],
    ['c.not a0', ~0x8899aabbccddeeffn & ONES],
    ['c.mul a0, a1', u64(0x8899aabbccddeeffn * 3n)],
  ])('%s', (source, expected) => {
    expect(a0(source, 'li a0, 0x8899aabbccddeeff\n li a1, 3')).toBe(expected);
  });
});

describe('control transfer', () => {
  it('c.j, forwards and backwards', () => {
    expect(runGuest('c.j 2f\n 1: li a0, 5\n c.j 3f\n 2: c.j 1b\n 3:').x('a0')).toBe(5n);
  });
  it.each([
    ['c.beqz a1', 0, true],
    ['c.beqz a1', 1, false],
    ['c.bnez a1', 0, false],
    ['c.bnez a1', 1, true],
  ])('%s with %i', (instruction, value, taken) => {
    expect(runGuest(`li a1, ${value}\n ${instruction}, 1f\n li a0, 1\n 1:`).x('a0')).toBe(taken ? 0n : 1n);
  });
  it('c.jr and c.jalr: the link is two bytes on, and c.jalr ra jumps to the old value', () => {
    const guest = runGuest(
      'la ra, 1f\n c.jalr ra\n at: li a0, 1\n 1: c.nop\n c.mv a2, ra\n la a1, 2f\n c.jr a1\n li a0, 1\n 2:',
    );
    expect(guest.x('a0')).toBe(0n);
    expect(guest.x('a2')).toBe(guest.symbol('at'));
  });
  it('bit 0 of a target is cleared', () => {
    expect(runGuest('la a1, 1f\n addi a1, a1, 1\n c.jr a1\n li a0, 1\n 1:').x('a0')).toBe(0n);
  });
});

describe('reserved encodings and hints', () => {
  it.each([
    ['all zeros', 0x0000],
    ['c.addi4spn with nzuimm = 0', 0x0004],
    ['c.addiw with rd = x0', 0x2005],
    ['c.addi16sp with nzimm = 0', 0x6101],
    ['c.lui with nzimm = 0', 0x6501],
    ['c.lwsp with rd = x0', 0x4002],
    ['c.ldsp with rd = x0', 0x6002],
    ['c.jr with rs1 = x0', 0x8002],
    ['a reserved one of quadrant 1', 0x9c79],
    ['a reserved one of Zcb', 0x8c60],
    ['quadrant 0, funct3 4, reserved', 0x9c00],
  ])('%s is illegal', (_, half) => {
    expect(trapOf(`.half ${half}`)).toMatchObject({ cause: 2n, value: BigInt(half) });
  });

  it.each([
    ['c.nop with an immediate', 0x0005],
    ['c.addi with nzimm = 0', 0x0501],
    ['c.li x0', 0x4005],
    ['c.lui x0', 0x6005],
    ['c.mv x0', 0x802e],
    ['c.add x0', 0x902e],
    ['c.slli x0', 0x0006],
    ['c.slli by 0', 0x0502],
    ['c.srli by 0', 0x8101],
  ])('%s does nothing', (_, half) => {
    const guest = runGuest(`li a0, 5\n li a1, 6\n .half ${half}`);
    expect(guest.trap).toBeUndefined();
    expect([guest.x('a0'), guest.x('a1'), guest.x('zero')]).toEqual([5n, 6n, 0n]);
  });
});

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
