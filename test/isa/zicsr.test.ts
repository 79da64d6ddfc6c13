import { describe, expect, it } from 'vitest';
import { runGuest } from '../support/guest-program.ts';

/** The old value in a1 and the new one of mscratch in a2, from 0b1100 with a0 = 0b1010. */
const run = (instruction: string) => {
  const guest = runGuest(`li t0, 12\n csrw mscratch, t0\n li a0, 10\n ${instruction}\n csrr a2, mscratch`);
  return [guest.x('a1'), guest.x('a2')];
};

describe('reading and writing', () => {
  it.each([
    ['csrrw a1, mscratch, a0', 12n, 10n],
    ['csrrs a1, mscratch, a0', 12n, 14n],
    ['csrrc a1, mscratch, a0', 12n, 4n],
    ['csrrwi a1, mscratch, 10', 12n, 10n],
    ['csrrsi a1, mscratch, 10', 12n, 14n],
    ['csrrci a1, mscratch, 10', 12n, 4n],
    ['csrrw zero, mscratch, a0', 0n, 10n],
    ['csrrs a1, mscratch, zero', 12n, 12n],
    ['csrrc a1, mscratch, zero', 12n, 12n],
    ['csrrsi a1, mscratch, 0', 12n, 12n],
    ['csrrci a1, mscratch, 0', 12n, 12n],
    ['csrrwi a1, mscratch, 0', 12n, 0n],
  ])('%s', (instruction, old, now) => {
    expect(run(instruction)).toEqual([old, now]);
  });
});

it('an instruction that is refused writes neither rd nor the CSR', () => {
  const guest = runGuest('li a1, 5\n csrrw a1, mhartid, a1');
  expect(guest.trap).toMatchObject({ cause: 2n });
  expect(guest.x('a1')).toBe(5n);
});

it('funct3 4 is no instruction', () => {
  expect(runGuest('.word 0x34054573').trap).toMatchObject({ cause: 2n });
});
