/** Loops that walk through memory (assembly/jit/page-loop.ts), against the interpreter: over code. */
import { describe, expect, it } from 'vitest';
import { GuestProgram } from '../support/guest-program.ts';
import { runLoops } from './page-loops.ts';
import type { Make } from './run-both.ts';

describe('stores to code', () => {
  const program =
    (source: string): Make =>
    (options) =>
      new GuestProgram(source, options);

  it.each([
    ['with fence.i', 'fence.i'],
    ['without it', ''],
  ])('that a loop copies to where it copied data before, %s', async (_, fence) => {
    const { guest, known } = await runLoops(
      program(`
        la s3, one
        la s4, two
        li s8, 60
        # From the page before the one that holds the function, and over it.
        2: li s0, DATA + 0x1000 - 320
        mv s2, s3
        li s1, 60
        1: ld a1, (s2)
        sd a1, (s0)
        sw s8, 64(s0)
        addi s0, s0, 8
        andi t0, s1, 7
        bnez t0, 3f
        mv s2, s3
        3: addi s1, s1, -1
        bnez s1, 1b
        li s0, DATA + 0x1000
        ld a1, (s3)
        sd a1, (s0)
        ld a1, 8(s3)
        sd a1, 8(s0)
        ${fence}
        li s7, 6
        4: jalr s0
        addi s7, s7, -1
        bnez s7, 4b
        xor s3, s3, s4
        xor s4, s4, s3
        xor s3, s3, s4
        addi s8, s8, -1
        bnez s8, 2b
        j finish
        .option norvc
        .balign 8
        one: addi a0, a0, 1
        addi a0, a0, 2
        add a0, a0, s7
        ret
        two: slli a0, a0, 1
        addi a0, a0, 5
        xor a0, a0, s7
        ret`),
    );
    expect(guest.x('a0')).not.toBe(0n);
    expect(known).toBeGreaterThan(300);
  });

  it.each([
    ['on the next page', ''],
    ['across the end of the page', '.skip 8'],
    ['further on', '.skip 512'],
  ])('of the loop itself, %s', async (_, pad) => {
    const { guest, known } = await runLoops(
      program(`
        li s8, 4
        la s9, change
        la s7, other
        lw s7, (s7)
        lw s6, (s9)
        2: la s0, before
        li s1, 1500
        j 1f
        .option norvc
        .balign 4096
        .skip 4096 - 1200
        before: .skip 1200 + 4096 - 16
        ${pad}
        # Writes what it reads, but for one instruction.
        1: lw a1, 4(s0)
        addi s0, s0, 4
        change: addi a0, a0, 1
        sw a1, (s0)
        bne s0, s9, 3f
        sw s7, (s0)
        3: addi s1, s1, -1
        bgtz s1, 1b
        sw s6, (s9)
        addi s8, s8, -1
        blez s8, finish
        j 2b
        other: addi a0, a0, 3`),
    );
    expect(guest.x('a0')).toBeGreaterThan(4n * 1500n);
    expect(known).toBeGreaterThan(200);
  });

  it('of a page that has data beside its code', async () => {
    await runLoops(
      program(`
        li s8, 60
        2: la s0, data
        li s2, DATA
        li s1, 30
        1: ld a1, (s0)
        add a0, a0, a1
        sd a0, 8(s0)
        lw a2, (s2)
        sw a0, 4(s2)
        addi s2, s2, 4
        addi s0, s0, 8
        addi s1, s1, -1
        bnez s1, 1b
        addi s8, s8, -1
        bnez s8, 2b
        j finish
        .balign 8
        data: .skip 512`),
    );
  });

  it('that another hart executes', async () => {
    const { known } = await runLoops(
      (options) =>
        new GuestProgram(
          `
          csrr t0, mhartid
          li s0, DATA + 0x1000
          li s3, 0x00150513 # addi a0, a0, 1
          li s4, 0x00008067 # ret
          sw s3, (s0)
          sw s4, 4(s0)
          li s8, 40
          bnez t0, 4f
          2: li s0, DATA + 0x1000 - 256
          li s1, 80
          li t1, 1 << 20
          add s3, s3, t1
          1: lw a1, (s0)
          sw s3, 4(s0)
          addi s0, s0, 4
          addi s1, s1, -1
          bnez s1, 1b
          li s0, DATA + 0x1000
          sw s4, 4(s0)
          addi s8, s8, -1
          bnez s8, 2b
          j finish
          4: la t0, back
          csrw mtvec, t0
          li s0, DATA + 0x1000
          back: li ra, 0
          5: jalr s0
          j 5b`.replace('back: li', '.balign 4\n back: li'),
          { ...options, harts: 2 },
        ),
    );
    expect(known).toBeGreaterThan(50);
  });
});
