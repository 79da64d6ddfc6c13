/** Exact counting: a run of n instructions is n instructions, and where runs are cut changes nothing. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as CSR from '../../src/generated/csr.ts';
import { GuestProgram } from '../support/guest-program.ts';
import { PAGE_VA, PagedProgram, ROOT } from '../support/paged-program.ts';
import { PTE_ALL, pteOf } from '../support/page-table.ts';
import { DATA } from '../support/guest-program.ts';
import { Random } from '../support/random.ts';

const EXIT_BUDGET = 0;
const EXIT_IDLE = 1;

/** Everything of a program's state that a guest could see. */
function state(guest: GuestProgram): string {
  const parts: string[] = [createHash('sha1').update(guest.core.ram).digest('hex')];
  for (let hart = 0; hart < guest.core.harts; hart++) {
    parts.push(`pc ${guest.core.readPc(hart).toString(16)} mode ${guest.core.readPrivilege(hart)}`);
    for (let n = 1; n < 32; n++) parts.push(`x${n} ${guest.core.readX(hart, n).toString(16)}`);
    for (const csr of CSR.CSRS) {
      const value = guest.csr(csr.number, hart);
      if (guest.core.exports.csrExists()) parts.push(`${csr.name} ${value.toString(16)}`);
    }
  }
  parts.push(`time ${guest.core.exports.readTime()}`);
  return parts.join('\n');
}

/** Loops, calls, traps, MMIO, self-modifying code and timer interrupts in one, in some 150 instructions. */
const MIXED = `
  la t0, handler
  csrw mtvec, t0
  li s0, DATA
  li s1, PROBE
  li s2, CLINT + 0x4000
  li t0, 0x80
  csrw mie, t0
  rdtime t0
  addi t0, t0, 37
  sd t0, (s2)
  csrsi mstatus, 8
  li s3, 2
  outer:
  la a1, patch
  lw a2, (a1)
  li a3, 1 << 20
  add a2, a2, a3
  sw a2, (a1)
  patch: addi a0, a0, 1
  sw a0, 4(s1)
  lw a4, 4(s1)
  add a5, a5, a4
  call function
  amoadd.d a6, a0, (s0)
  ecall
  li t4, DATA + 4093
  sd a5, (t4)
  ld a7, (t4)
  csrr s4, minstret
  csrr s5, time
  csrrw s6, mscratch, s4
  .half 0
  .half 0x0001
  addi s3, s3, -1
  bnez s3, outer
  la t0, m_trap
  csrw mtvec, t0
  j finish
  function:
  li t1, 5
  1: addi t1, t1, -1
  mul t2, t1, a0
  add s7, s7, t2
  bnez t1, 1b
  ret
  .balign 4
  handler:
  csrr t3, mcause
  bltz t3, 2f
  csrr t3, mepc
  addi t3, t3, 4
  csrw mepc, t3
  addi s8, s8, 1
  mret
  2: rdtime t3
  addi t3, t3, 53
  sd t3, (s2)
  addi s9, s9, 1
  mret`;

const LENGTH = new GuestProgram(MIXED).run().instructionCount;

describe('a run of n instructions', () => {
  it('executes n, for every n', () => {
    for (let n = 1; n < LENGTH; n++) {
      const guest = new GuestProgram(MIXED);
      expect(guest.execute(n)).toBe(EXIT_BUDGET);
      expect(guest.instructionCount).toBe(n);
      expect(guest.csr(CSR.CSR_MCYCLE)).toBe(BigInt(n));
    }
  });

  it('leaves the harts of n single steps, for every n', () => {
    const stepped = new GuestProgram(MIXED);
    for (let n = 1; n < LENGTH; n++) {
      stepped.execute(1);
      const guest = new GuestProgram(MIXED);
      guest.execute(n);
      expect(state(guest), `after ${n} instructions`).toBe(state(stepped));
    }
  });

  it('ends early when every hart waits', () => {
    const guest = new GuestProgram('nop\n wfi');
    expect(guest.execute(100_000)).toBe(EXIT_IDLE);
    const count = guest.instructionCount;
    expect(guest.execute(100_000)).toBe(EXIT_IDLE);
    expect(guest.instructionCount).toBe(count);
  });

  it('of none does nothing', () => {
    const guest = new GuestProgram(MIXED);
    expect(guest.execute(0)).toBe(EXIT_BUDGET);
    expect(guest.instructionCount).toBe(0);
  });
});

describe('where a run is cut changes nothing', () => {
  const finalState = (make: () => GuestProgram, cut: (left: number) => number): string => {
    const guest = make();
    for (let i = 0; !guest.finish; i++) {
      if (i > 1_000_000) throw new Error('the program is not through');
      if (guest.execute(cut(i)) === EXIT_IDLE) guest.core.exports.skipIdle(guest.core.exports.idleTicks());
    }
    return state(guest);
  };

  const expectUncut = (make: () => GuestProgram, seed: number): void => {
    const uncut = finalState(make, () => 10_000_000);
    for (const size of [1, 2, 3, 7, 64, 1000])
      expect(
        finalState(make, () => size),
        `every ${size}`,
      ).toBe(uncut);
    const random = new Random(seed);
    expect(
      finalState(make, () => 1 + random.below(200)),
      `seed ${seed}`,
    ).toBe(uncut);
  };

  it('for one cut at every place', () => {
    const make = () => new GuestProgram(MIXED);
    const uncut = finalState(make, () => 1_000_000);
    for (let n = 1; n < LENGTH; n++)
      expect(
        finalState(make, (i) => (i === 0 ? n : 1_000_000)),
        `at ${n}`,
      ).toBe(uncut);
  });

  it('for a mixed program', () => expectUncut(() => new GuestProgram(MIXED), 1));

  it('for four harts with a lock, IPIs and timers', () => {
    const program = `
      csrr s0, mhartid
      slli t0, s0, 3
      li s1, CLINT + 0x4000
      add s1, s1, t0
      slli t0, s0, 2
      li s2, CLINT
      add s2, s2, t0
      la t0, handler
      csrw mtvec, t0
      li t0, 0x88
      csrw mie, t0
      csrsi mstatus, 8
      li s3, DATA
      li s4, 50
      1: rdtime t0
      addi t0, t0, 400
      sd t0, (s1)
      2: li t0, 1
      amoswap.w t0, t0, (s3)
      beqz t0, 3f
      pause
      j 2b
      3: ld t0, 8(s3)
      addi t0, t0, 1
      sd t0, 8(s3)
      amoswap.w zero, zero, (s3)
      addi t1, s0, 1
      andi t1, t1, 3
      slli t1, t1, 2
      li t2, CLINT
      add t1, t1, t2
      li t2, 1
      sw t2, (t1)
      wfi
      addi s4, s4, -1
      bnez s4, 1b
      li t0, 1
      amoadd.d zero, t0, 16(s3)
      li t1, 4
      4: bnez s0, 4b
      5: ld t0, 16(s3)
      bne t0, t1, 5b
      la t0, m_trap
      csrw mtvec, t0
      j finish
      .balign 4
      handler:
      li t3, -1
      sd t3, (s1)
      sw zero, (s2)
      addi s5, s5, 1
      mret`.replace('amoadd.d zero, t0, 16(s3)', 'addi t2, s3, 16\n amoadd.d zero, t0, (t2)');
    expectUncut(() => new GuestProgram(program, { harts: 4, tickInstructions: 3 }), 2);
  });

  it('for an interrupt that comes and goes while its hart waits', () => {
    const program = `
      csrr t0, mhartid
      bnez t0, second
      li s0, DATA
      1: ld t0, (s0)
      beqz t0, 1b
      ${'nop\n'.repeat(20)}
      li t1, CLINT
      li t0, 1
      sw t0, 4(t1)
      nop
      sw zero, 4(t1)
      li t2, 100
      2: addi t2, t2, -1
      bnez t2, 2b
      pause
      pause
      j finish
      second:
      csrwi mie, 8
      li t1, DATA
      li t0, 1
      sd t0, (t1)
      wfi
      li a0, 1
      1: j 1b`;
    expectUncut(() => new GuestProgram(program, { harts: 2 }), 3);
  });

  it('with paging and code that is mapped anew', () => {
    const make = () => {
      const guest = new PagedProgram(`
        li s0, PAGE
        li s2, ${ROOT + 0x2000n}
        li s3, ${pteOf(DATA, PTE_ALL)}
        li s4, ${pteOf(DATA + 0x1000n, PTE_ALL)}
        li s5, 40
        1: jalr s0
        sd s4, (s2)
        sfence.vma s0
        jalr s0
        sd s3, (s2)
        sfence.vma s0
        addi s5, s5, -1
        bnez s5, 1b`);
      guest.tables.map(PAGE_VA, DATA, PTE_ALL);
      for (const [at, n] of [
        [DATA, 1],
        [DATA + 0x1000n, 3],
      ] as const) {
        guest.memory.setUint32(at, 0x00050513 | (n << 20));
        guest.memory.setUint32(at + 4n, 0x00008067);
      }
      return guest;
    };
    expectUncut(make, 4);
    const guest = make().run();
    expect(guest.x('a0')).toBe(160n);
  });
});
