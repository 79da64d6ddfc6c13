import { expect, it } from 'vitest';
import { enter, runGuest, trapOf, type Mode } from '../support/guest-program.ts';

it.each(['M', 'S', 'U'] as Mode[])('%s-mode has fence.i', (mode) => {
  expect(trapOf(`${enter(mode)} fence.i`)).toBeUndefined();
});

it('fields that are reserved are ignored', () => {
  expect(trapOf('.word 0x1235958f')).toBeUndefined();
});

it('shows code that was stored before', () => {
  const guest = runGuest('la a1, at\n li a2, 0x00900513\n sw a2, (a1)\n fence.i\n at: li a0, 1');
  expect(guest.x('a0')).toBe(9n);
});
