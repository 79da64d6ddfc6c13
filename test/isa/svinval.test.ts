import { expect, it } from 'vitest';
import { enter, trapOf, type Mode } from '../support/guest-program.ts';

const INSTRUCTIONS = ['sfence.w.inval', 'sinval.vma a0, a1', 'sfence.inval.ir'];

it.each(['M', 'S'] as Mode[])('%s-mode has all of them', (mode) => {
  expect(trapOf(`${enter(mode)} ${INSTRUCTIONS.join('\n')}`)).toBeUndefined();
});

it.each(INSTRUCTIONS)('U-mode has no %s', (instruction) => {
  expect(trapOf(`${enter('U')} ${instruction}`)).toMatchObject({ from: 'U', cause: 2n });
});

it('only sinval.vma heeds TVM', () => {
  const tvm = `li t0, ${1 << 20}\n csrs mstatus, t0\n ${enter('S')}`;
  expect(INSTRUCTIONS.map((instruction) => trapOf(`${tvm} ${instruction}`)?.cause)).toEqual([
    undefined,
    2n,
    undefined,
  ]);
});
