import { describe, expect, it } from 'vitest';
import { enter, runGuest, trapOf } from '../support/guest-program.ts';

it.each(['mret', 'sret'])('%s goes to the address in its epc, also to one with 2-byte alignment', (name) => {
  const epc = name === 'mret' ? 'mepc' : 'sepc';
  const guest = runGuest(`
    la t0, at
    addi t0, t0, 1 # bit 0 is never set
    csrw ${epc}, t0
    ${name === 'mret' ? 'li t0, 0x1800\n csrs mstatus, t0' : 'li t0, 0x100\n csrs mstatus, t0'}
    ${name}
    li a0, 7
    .half 0x0001
    at: addi a0, a0, 1`);
  expect(guest.x('a0')).toBe(1n);
  expect(guest.symbol('at') & 3n).toBe(2n);
});

describe('what U-mode may not', () => {
  it.each(['mret', 'sret', 'wfi', 'sfence.vma', 'sinval.vma zero, zero', 'csrr a0, sstatus'])(
    '%s',
    (instruction) => {
      expect(trapOf(`${enter('U')} ${instruction}`)).toMatchObject({ from: 'U', cause: 2n });
    },
  );
});

describe('encodings beside', () => {
  it.each([
    ['mret with rd', 0x302000f3n],
    ['sret with rs1', 0x10208073n],
    ['uret (removed)', 0x00200073n],
    ['dret outside debug mode', 0x7b200073n],
    ['hfence.vvma (no hypervisor)', 0x22000073n],
    ['hlv.b', 0x60004573n],
    ['sfence.vma with rd', 0x120000f3n],
    ['wfi with rd', 0x105000f3n],
    ['ecall with rd', 0x000000f3n],
  ])('%s is illegal', (_, word) => {
    expect(trapOf(`.word ${word}`)).toMatchObject({ cause: 2n, value: word });
  });
});
