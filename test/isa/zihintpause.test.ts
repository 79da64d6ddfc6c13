import { expect, it } from 'vitest';
import { runGuest } from '../support/guest-program.ts';

it('is one instruction without effect on registers', () => {
  const guest = runGuest('li a0, 5\n csrr a1, minstret\n pause\n csrr a2, minstret');
  expect([guest.x('a0'), guest.x('a2') - guest.x('a1')]).toEqual([5n, 2n]);
});

it('gives the turn to another hart', () => {
  const guest = runGuest(
    `li s0, DATA
     csrr t0, mhartid
     bnez t0, second
     1: pause
     ld a0, (s0)
     beqz a0, 1b
     j finish
     second:
     li t0, 1
     sd t0, (s0)
     1: j 1b`,
    { harts: 2 },
  );
  // Hart 0 does not use up its turn of thousands of instructions; hart 1 does.
  expect(guest.csr(0xb02, 0)).toBeLessThan(50n);
});
