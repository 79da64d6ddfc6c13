import { expect, it } from 'vitest';
import { enter, runGuest, trapOf } from '../support/guest-program.ts';

it.each(['wrs.nto', 'wrs.sto'])('%s without a reservation goes on at once', (name) => {
  expect(runGuest(`${name}\n li a0, 1`).x('a0')).toBe(1n);
});

it.each(['wrs.nto', 'wrs.sto'])('%s with a reservation ends when another hart stores', (name) => {
  const guest = runGuest(
    `li s0, DATA
     csrr t0, mhartid
     bnez t0, second
     1: lr.d a0, (s0)
     bnez a0, 2f
     ${name}
     j 1b
     second:
     li t0, 50000
     1: addi t0, t0, -1
     bnez t0, 1b
     li t0, 9
     sd t0, (s0)
     1: j 1b
     2:`,
    { harts: 2 },
  );
  expect(guest.x('a0')).toBe(9n);
  // The waiting hart took a few instructions a turn.
  expect(guest.instructionCount).toBeLessThan(200_000);
});

it.each(['wrs.nto', 'wrs.sto'])('%s with a reservation that nobody breaks goes on', (name) => {
  expect(runGuest(`li s0, DATA\n lr.d a1, (s0)\n ${name}\n li a0, 1`).x('a0')).toBe(1n);
});

it('only wrs.nto heeds mstatus.TW', () => {
  const tw = `li t0, ${1 << 21}\n csrs mstatus, t0`;
  expect(trapOf(`${tw}\n ${enter('U')} wrs.nto`)).toMatchObject({ cause: 2n });
  expect(trapOf(`${tw}\n ${enter('U')} wrs.sto`)).toBeUndefined();
  expect(trapOf(`${tw}\n wrs.nto`)).toBeUndefined();
});
