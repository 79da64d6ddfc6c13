/** Suspending through the machine's own SBI (SBI 3.0, chapters 9 and 13): the timer wakes what was suspended. */
import { expect, test } from 'vitest';
import { kernelMachine } from '../support/firmware-machine.ts';

const TIME = 0x54494d45;
const SUSP = 0x53555350;
const HSM = 0x48534d;
const HART_SUSPEND = 3;

const call = (extension: number, functionId: number): string =>
  `li a7, ${extension}\n li a6, ${functionId}\n ecall`;

/** Sets the timer to 5000 ticks from now, s1, and enables its interrupt, though not sstatus.SIE. */
const ALARM = `
  rdtime s1
  li t0, 5000
  add s1, s1, t0
  mv a0, s1
  ${call(TIME, 0)}
  li t0, 0x20
  csrw sie, t0
`;

/** Powers off if the time has come; else fails with 2. */
const FINISH = `
  rdtime t0
  li t6, 0x100000
  li t5, 0x23333
  bltu t0, s1, 8f
  li t5, 0x5555
8: sw t5, (t6)
9: j 9b
fail:
  li t6, 0x100000
  li t5, 0x13333
  sw t5, (t6)
  j 9b
`;

/** Where the machine goes on is checked: a0 = hart, a1 = opaque, registers are lost but for what memory holds. */
const RESUME = `
  li t0, 77
  bne a1, t0, fail
  bnez a0, fail
  csrr t0, satp
  bnez t0, fail
`;

test.each([
  ['SUSP', `li a0, 0\n la a1, resume\n li a2, 77\n ${call(SUSP, 0)}\n j fail\n resume: ${RESUME}`],
  [
    'HSM, not retentive',
    `li a0, 0x80000000\n la a1, resume\n li a2, 77\n ${call(HSM, HART_SUSPEND)}\n j fail\n resume: ${RESUME}`,
  ],
  ['HSM, retentive', `li a0, 0\n ${call(HSM, HART_SUSPEND)}\n bnez a0, fail`],
])('%s', async (_, suspend) => {
  for (const clock of [{ kind: 'virtual', idle: 'skip' }, { kind: 'host' }] as const) {
    const machine = await kernelMachine(ALARM + suspend + FINISH, { clock });
    await machine.start();
    expect(await machine.ended).toEqual({ reason: 'power-off', code: 0 });
  }
});
