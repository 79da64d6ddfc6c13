/** Programs that an M-mode timer interrupt comes to. */
import { GuestProgram } from '../support/guest-program.ts';
import type { Make } from './run-both.ts';

/** Asks for an interrupt at the time in a7, and has t1 point to the comparator. */
export const START_TIMER = `
    la t0, handler
    csrw mtvec, t0
    li t0, 0x80
    csrw mie, t0
    li t1, CLINT + 0x4000
    sd a7, (t1)
    csrsi mstatus, 8`;

/** Calls `outer` so often, counting s1 down to 0, and ends the program. */
export const callOuter = (rounds: number): string => `
    li s1, ${rounds}
    1: call outer
    addi s1, s1, -1
    bnez s1, 1b
    la t0, m_trap
    csrw mtvec, t0
    j finish`;

/** Counts interrupts in a6, and notes in a3 to a5 where and when the last one came; there are no more. */
export const TIMER_HANDLER = `
    .balign 4
    handler: csrr a3, mepc
    csrr a4, mcycle
    csrr a5, minstret
    li t0, -1
    sd t0, (t1)
    addi a6, a6, 1
    mret`;

/** The program, with this time in a7. */
export const interruptedAt =
  (source: string, time: bigint): Make =>
  (options) => {
    const guest = new GuestProgram(source, options);
    guest.core.writeX(0, 17, time);
    return guest;
  };
