/** Regions that are written for one TLB set (assembly/jit/tlb-set.ts), used with another one. */
import { describe, expect, it } from 'vitest';
import { DATA } from '../support/guest-program.ts';
import { PAGE_VA, PagedProgram } from '../support/paged-program.ts';
import { PTE_ALL, PTE_U } from '../support/page-table.ts';
import { runBeside, runBoth, sideExits } from './run-both.ts';

describe('a function that accesses memory with SUM set and clear, in turns', () => {
  const ROUNDS = 6000;

  it('is translated for both', async () => {
    const guest = await runBeside(
      (options) => {
        const paged = new PagedProgram(
          `
          li s0, PAGE
          li s1, 0x40000
          li s2, ${ROUNDS}
          1: csrs sstatus, s1
          call function
          csrc sstatus, s1
          call function
          addi s2, s2, -1
          bnez s2, 1b
          ecall
          function: ld a0, (s0)
          addi a0, a0, 1
          sd a0, (s0)
          add a1, a1, a0
          ret`,
          options,
        );
        paged.tables.map(PAGE_VA, DATA, PTE_ALL);
        return paged;
      },
      { jit: 'on', threshold: 3 },
    );
    expect(guest.x('a0')).toBe(BigInt(2 * ROUNDS));
    // A few more than it takes until a region is written anew.
    expect(sideExits(guest)).toBeLessThan(3000);
  });

  it('faults where the second set has no access', async () => {
    const guest = await runBoth((options) => {
      const paged = new PagedProgram(
        `
        li s0, PAGE
        li s1, 0x40000
        li s2, 100
        csrs sstatus, s1
        1: bnez s2, 2f
        csrc sstatus, s1
        2: call function
        addi s2, s2, -1
        j 1b
        function: ld a0, (s0)
        addi a1, a1, 1
        sd a1, (s0)
        ret`,
        options,
      );
      paged.tables.map(PAGE_VA, DATA, PTE_ALL | PTE_U);
      return paged;
    });
    expect(guest.x('a1')).toBe(100n);
    expect(guest.trap?.cause).toBe(13n);
  });
});
