/** Programs on which translated code once differed from the interpreter, or easily would. */
import { describe, expect, it } from 'vitest';
import { DATA, enter, GuestProgram } from '../support/guest-program.ts';
import { PAGE_VA, PagedProgram } from '../support/paged-program.ts';
import { PTE_ALL, PTE_U } from '../support/page-table.ts';
import { runBoth, type Make } from './run-both.ts';
import { callOuter, interruptedAt, START_TIMER, TIMER_HANDLER } from './timer-interrupt.ts';

const program =
  (source: string): Make =>
  (options) =>
    new GuestProgram(source, options);

describe('mstatus.FS', () => {
  const fs = (guest: GuestProgram): bigint => (guest.x('a0') >> 13n) & 3n;

  it('stays clean where a region has floating point but does not come to it', async () => {
    const guest = await runBoth(
      program(`
        li t0, 0x6000
        csrc mstatus, t0
        li t0, 0x4000
        csrs mstatus, t0
        li s0, 50
        1: beqz s1, 2f
        fmv.d.x f0, s0
        fld f1, (sp)
        2: addi s0, s0, -1
        bnez s0, 1b
        csrr a0, mstatus`),
    );
    expect(fs(guest)).toBe(2n);
  });

  it('stays off after it was switched off behind arithmetic', async () => {
    const guest = await runBoth(
      program(`
        ${enter('S')}
        li s0, 50
        li s1, 0x6000
        1: csrs sstatus, s1
        csrwi fflags, 1
        fcvt.d.l f0, s0
        fadd.d f1, f1, f0
        csrc sstatus, s1
        addi s2, s2, 1
        addi s0, s0, -1
        bnez s0, 1b
        csrr a0, sstatus`),
    );
    expect(fs(guest)).toBe(0n);
  });

  it('gets dirty by the first load and by an exception that had been accrued', async () => {
    await runBoth(
      program(`
        li s0, 50
        li s1, 0x2000
        li s2, DATA
        li s3, 0x3ff8000000000000
        sd s3, (s2)
        1: csrs mstatus, s1
        csrwi fflags, 1
        csrc mstatus, s1
        csrr a1, mstatus
        fld f0, (s2)
        csrr a2, mstatus
        csrc mstatus, s1
        fcvt.w.d a0, f0
        csrr a3, mstatus
        addi s0, s0, -1
        bnez s0, 1b`),
    );
  });
});

describe('sstatus.SUM', () => {
  it('counts for accesses behind the function that changed it', async () => {
    const guest = await runBoth((options) => {
      const paged = new PagedProgram(
        `
        li s0, PAGE
        li s1, 0x40000
        li s2, 50
        li s3, 0
        1: snez a1, s2
        call change
        ld a0, (s0)
        add s3, s3, a0
        addi s2, s2, -1
        j 1b
        change: beqz a1, 2f
        csrs sstatus, s1
        ret
        2: csrc sstatus, s1
        ret`,
        options,
      );
      paged.tables.map(PAGE_VA, DATA, PTE_ALL | PTE_U);
      paged.memory.setUint64(DATA, 3n);
      return paged;
    });
    expect(guest.x('s3')).toBe(150n);
    expect(guest.trap?.cause).toBe(13n);
  });
});

describe('code across two pages', () => {
  it('is what the second page is mapped to', async () => {
    const guest = await runBoth((options) => {
      const paged = new PagedProgram(
        `
        li s0, PAGE + 0xff8
        li s1, PAGE + 0x1000
        li s2, 60
        # Often enough to be translated while the second page is known.
        1: jalr s0
        jalr s0
        jalr s0
        # The other page.
        ld t0, (s3)
        xor t0, t0, s4
        sd t0, (s3)
        sfence.vma s1
        addi s2, s2, -1
        bnez s2, 1b`,
        options,
      );
      const { tables, memory } = paged;
      tables.map(PAGE_VA, DATA, PTE_ALL);
      tables.map(PAGE_VA + 0x1000n, DATA + 0x2000n, PTE_ALL);
      const words = [0x00150513, 0x00150513, 0x00a50513, 0x00008067]; // twice addi a0, a0, 1; addi a0, a0, 10; ret
      words.forEach((word, i) =>
        memory.setUint32(DATA + 0xff8n + BigInt(i < 2 ? 4 * i : 0x1000 + 4 * i), word),
      );
      memory.setUint32(DATA + 0x3000n, 0x06450513); // addi a0, a0, 100
      memory.setUint32(DATA + 0x3004n, 0x00008067);
      paged.core.writeX(0, 19, tables.entry(PAGE_VA + 0x1000n));
      paged.core.writeX(0, 20, 1n << 10n);
      return paged;
    });
    expect(guest.x('a0')).toBe(BigInt(180 * 2 + 90 * 10 + 90 * 100));
  });
});

describe('a jump across two pages', () => {
  /** The half of `jal x0, offset` that lies on the second page; offsets are negative and small. */
  const half = (offset: number): number => (0x801f_f06f | ((offset & 0x7fe) << 20)) >>> 16;

  // Nothing else lies on that page, so that only the region which holds the jump takes its write fast path away.
  it('is what was stored to the second page', async () => {
    const guest = await runBoth(
      program(`
        la s0, second
        li s2, ${half(-24)}
        li s3, ${half(-20)}
        li s8, 60
        2: sh s2, (s0)
        li s1, 12
        j one
        3: xor s2, s2, s3
        xor s3, s3, s2
        xor s2, s2, s3
        addi s8, s8, -1
        bnez s8, 2b
        j finish
        .option norvc
        .balign 4096
        out: j 3b
        .skip 4094 - 24 - 4
        one: addi a0, a0, 1
        addi a1, a1, 1
        addi s1, s1, -1
        beqz s1, out
        nop
        nop
        .2byte 0xf06f
        second: .2byte 0`),
    );
    expect(guest.x('a1')).toBe(60n * 12n);
    expect(guest.x('a0')).toBe(30n * 12n + 30n);
  });
});

describe('a timer interrupt', () => {
  const SOURCE = `${START_TIMER}
    li s0, DATA
    ${callOuter(3)}
    outer: mv s2, ra
    li s3, 4
    2: lw a0, (s0)
    add a0, a0, s3
    sw a0, (s0)
    call inner
    addi s3, s3, -1
    bnez s3, 2b
    jr s2
    inner: mul a1, a0, a0
    amoadd.d a2, a1, (s0)
    ret${TIMER_HANDLER}`;

  it('comes at the same place, wherever that is', async () => {
    const places = new Set<bigint>();
    for (let at = 25; at < 125; at++) {
      const guest = await runBoth(interruptedAt(SOURCE, BigInt(at)));
      expect(guest.x('a6')).toBe(1n);
      places.add(guest.x('a3'));
    }
    expect(places.size).toBeGreaterThan(15);
  });
});

describe('a region whose blocks were all dropped', () => {
  it('ends with the next store to it', async () => {
    // The first store changes what follows the region, and with it all blocks of the page; the second one the region.
    const guest = await runBoth(
      program(`
        la s1, function
        li s0, 60
        1: jalr s1
        addi s0, s0, -1
        bnez s0, 1b
        la t0, other
        lwu t1, 0(t0)
        lwu t2, 4(t0)
        sw t1, 4(s1)
        sw t2, 8(s1)
        li a0, 0
        la t0, twice
        lwu t1, 0(t0)
        sw t1, 0(s1)
        li s0, 60
        2: jalr s1
        addi s0, s0, -1
        bnez s0, 2b
        j finished
        .option norvc
        other: nop
        jr ra
        twice: addi a0, a0, 2
        .balign 4096
        function: addi a0, a0, 1
        fence.i
        jr ra
        .balign 4096
        finished:`),
    );
    expect(guest.x('a0')).toBe(120n);
  });
});
