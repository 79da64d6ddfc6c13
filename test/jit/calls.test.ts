/** Calls of the guest whose callees leave translated code (`resume` in assembly/jit/tier.ts), against the interpreter. */
import { describe, expect, it } from 'vitest';
import { DATA, GuestProgram, SV39 } from '../support/guest-program.ts';
import { PAGE_VA, PagedProgram, ROOT } from '../support/paged-program.ts';
import { PageTables, PTE_ALL } from '../support/page-table.ts';
import { entries, runBeside, runBoth, sideExits, type Make } from './run-both.ts';
import { callOuter, interruptedAt, START_TIMER, TIMER_HANDLER } from './timer-interrupt.ts';

const program =
  (source: string): Make =>
  (options) =>
    new GuestProgram(source, options);

describe('a function that the interpreter must take part in', () => {
  const SOURCE = `
    li sp, DATA + 0x40000
    li s0, PROBE
    li s1, 2000
    1: call outer
    addi s1, s1, -1
    bnez s1, 1b
    j finish
    outer: addi sp, sp, -16
    sd ra, (sp)
    call middle
    add a0, a0, a1
    call middle
    xor a0, a0, s1
    ld ra, (sp)
    addi sp, sp, 16
    ret
    middle: addi sp, sp, -16
    sd ra, (sp)
    call device
    addi a0, a0, 3
    ld ra, (sp)
    addi sp, sp, 16
    ret
    device: sb a0, (s0)
    lbu a1, (s0)
    addi a1, a1, 5
    ret`;

  it('returns into the translated code that called it', async () => {
    const guest = await runBeside(program(SOURCE), { jit: 'on', threshold: 3 });
    expect(sideExits(guest)).toBeGreaterThan(4000);
    // Of one byte and the other; the returns from three functions would be 10,000 more.
    expect(entries(guest)).toBeLessThan(9000);
  });

  it('does so where everything is translated at once', async () => {
    await runBeside(program(SOURCE), { jit: 'force' });
  });

  it('calls itself deeper than the host has frames for', async () => {
    const guest = await runBoth(
      program(`
        li sp, DATA + 0x40000
        li s0, PROBE
        li s1, 3
        1: li a1, 1500
        call recurse
        addi s1, s1, -1
        bnez s1, 1b
        j finish
        recurse: beqz a1, 2f
        addi sp, sp, -16
        sd ra, (sp)
        sd a1, 8(sp)
        addi a1, a1, -1
        call recurse
        ld a1, 8(sp)
        andi t0, a1, 15
        bnez t0, 3f
        sb a1, (s0)
        3: add a0, a0, a1
        ld ra, (sp)
        addi sp, sp, 16
        2: ret`),
    );
    expect(guest.x('a0')).toBe(BigInt((3 * 1500 * 1501) / 2));
  });
});

describe('a function that does not return to where it was called', () => {
  it('gives control to the caller of its caller', async () => {
    const guest = await runBoth(
      program(`
        li sp, DATA + 0x40000
        li s0, PROBE
        li s1, 300
        1: la s4, 2f
        mv s5, sp
        call outer
        addi a0, a0, 100
        2: addi s1, s1, -1
        bnez s1, 1b
        j finish
        outer: addi sp, sp, -16
        sd ra, (sp)
        call inner
        addi a0, a0, 7
        ld ra, (sp)
        addi sp, sp, 16
        ret
        inner: sb a0, (s0)
        andi t0, s1, 3
        bnez t0, 3f
        mv sp, s5
        jr s4
        3: addi a0, a0, 1
        ret`),
    );
    expect(guest.x('a0')).toBe(BigInt(225 * 108));
  });

  it('goes on on another stack, as two threads that take turns', async () => {
    const guest = await runBoth(
      program(`
        li s10, PROBE
        li sp, DATA + 0x40000
        li t0, DATA + 0x80000
        la t1, second
        sd t1, (t0)
        li t1, DATA
        sd t0, 8(t1)
        li s1, 500
        1: addi a0, a0, 1
        call yield
        addi s1, s1, -1
        bnez s1, 1b
        j finish
        second: addi a1, a1, 3
        call yield
        j second
        # The stack of the other one is at 8(DATA); what it goes on with lies on it.
        yield: sb a0, (s10)
        li t1, DATA
        ld t0, 8(t1)
        sd ra, -16(sp)
        addi sp, sp, -16
        sd sp, 8(t1)
        mv sp, t0
        ld ra, (sp)
        addi sp, sp, 16
        ret`),
    );
    expect(guest.x('a0')).toBe(500n);
    expect(guest.x('a1')).toBe(1500n);
  });

  it('traps, and the handler goes on elsewhere', async () => {
    const guest = await runBoth(
      program(`
        la t0, handler
        csrw mtvec, t0
        li s1, 300
        1: call outer
        addi a0, a0, 100
        2: addi s1, s1, -1
        bnez s1, 1b
        la t0, m_trap
        csrw mtvec, t0
        j finish
        outer: mv s2, ra
        call inner
        addi a0, a0, 7
        jr s2
        inner: andi t0, s1, 1
        beqz t0, 3f
        ecall
        3: ret
        .balign 4
        handler: csrr t0, mepc
        addi t0, t0, 4
        andi t1, s1, 3
        addi t1, t1, -3
        bnez t1, 4f
        la t0, 2b
        4: csrw mepc, t0
        addi a1, a1, 1
        mret`),
    );
    expect(guest.x('a1')).toBe(150n);
    expect(guest.x('a0')).toBe(225n * 107n);
  });
});

describe('a function that changes what its callers rely on', () => {
  it.each([
    ['with fence.i', 'fence.i'],
    ['without it', ''],
  ])('stores to the code behind the call, %s', async (_, fence) => {
    const guest = await runBoth(
      program(`
        la s0, place
        la s1, other
        lw s2, (s0)
        lw s3, (s1)
        li s4, 200
        1: call outer
        addi s4, s4, -1
        bnez s4, 1b
        j finish
        .option norvc
        .balign 4096
        outer: mv s5, ra
        call middle
        place: addi a0, a0, 1
        jr s5
        other: addi a0, a0, 100
        .balign 4096
        middle: mv s6, ra
        call change
        addi a1, a1, 1
        jr s6
        .balign 4096
        change: andi t0, s4, 7
        bnez t0, 2f
        xor s2, s2, s3
        xor s3, s3, s2
        xor s2, s2, s3
        sw s2, (s0)
        ${fence}
        2: ret`),
    );
    expect(guest.x('a1')).toBe(200n);
    expect(guest.x('a0')).toBeGreaterThan(5000n);
  });

  it('maps another page where they lie', async () => {
    const guest = await runBoth((options) => {
      const paged = new PagedProgram(
        `
        li s0, PAGE
        la s1, change
        li s2, 200
        1: jalr s0
        addi s2, s2, -1
        bnez s2, 1b
        ecall
        change: andi t0, s2, 7
        bnez t0, 2f
        ld t0, (s3)
        xor t0, t0, s4
        sd t0, (s3)
        sfence.vma s0
        2: ret`,
        options,
      );
      const { tables, memory } = paged;
      tables.map(PAGE_VA, DATA, PTE_ALL);
      // mv t2, ra; jalr s1; addi a0, a0, 1 or 100; jr t2
      for (const [page, step] of [
        [DATA, 0x00150513],
        [DATA + 0x1000n, 0x06450513],
      ] as const) {
        [0x00008393, 0x000480e7, step, 0x00038067].forEach((word, i) =>
          memory.setUint32(page + BigInt(4 * i), word),
        );
      }
      paged.core.writeX(0, 19, tables.entry(PAGE_VA));
      paged.core.writeX(0, 20, 1n << 10n);
      return paged;
    });
    expect(guest.x('a0')).toBeGreaterThan(5000n);
  });

  it('asks for an interrupt just before it returns', async () => {
    const source = `${START_TIMER}
      ${callOuter(400)}
      outer: mv s2, ra
      andi t0, s1, 15
      bnez t0, 2f
      call soon
      2: addi a0, a0, 1
      addi a1, a1, 1
      addi a2, a2, 1
      jr s2
      soon: li t0, CLINT + 0xbff8
      ld t0, (t0)
      addi t0, t0, 1
      sd t0, (t1)
      ret${TIMER_HANDLER}`;
    const guest = await runBoth(interruptedAt(source, -1n));
    expect(guest.x('a6')).toBe(25n);
  });

  it('asks for it with a CSR', async () => {
    const source = `
      la t0, handler
      csrw mtvec, t0
      li t0, 1 << 63
      csrw menvcfg, t0
      li t0, -1
      csrw stimecmp, t0
      li t0, 0x20
      csrw mie, t0
      csrsi mstatus, 8
      ${callOuter(400)}
      outer: mv s2, ra
      andi t0, s1, 15
      bnez t0, 2f
      call soon
      2: addi a0, a0, 1
      addi a1, a1, 1
      jr s2
      soon: rdtime t0
      csrw stimecmp, t0
      addi a2, a2, 1
      ret
      .balign 4
      handler: csrr a3, mepc
      csrr a4, minstret
      add a5, a5, a4
      li t0, -1
      csrw stimecmp, t0
      addi a6, a6, 1
      mret`;
    const guest = await runBoth(program(source));
    expect(guest.x('a6')).toBe(25n);
    expect(guest.x('a2')).toBe(25n);
  });

  it('returns in another privilege mode, for which something else lies there', async () => {
    const guest = await runBoth((options) => {
      const loaded = new GuestProgram(
        `
        li s1, 100
        la t0, handler
        csrw mtvec, t0
        csrw satp, s3
        1: call outer
        .balign 4
        handler: addi s1, s1, -1
        bnez s1, 1b
        la t0, m_trap
        csrw mtvec, t0
        j finish
        .option norvc
        .balign 4096
        outer: mv s2, ra
        call change
        addi a0, a0, 1
        ecall
        .balign 4096
        other: mv s2, ra
        nop
        nop
        addi a0, a0, 100
        ecall
        .balign 4096
        change: andi t0, s1, 3
        bnez t0, 2f
        li t0, 0x1800
        csrc mstatus, t0
        li t0, 0x800
        csrs mstatus, t0
        csrw mepc, ra
        mret
        2: ret`,
        options,
      );
      const tables = new PageTables(loaded.memory, SV39, ROOT);
      const outer = loaded.symbol('outer');
      for (let page = outer - 0x1000n; page < outer + 0x4000n; page += 0x1000n) {
        tables.map(page, page === outer ? loaded.symbol('other') : page, PTE_ALL);
      }
      loaded.core.writeX(0, 19, (BigInt(SV39) << 60n) | (ROOT >> 12n));
      return loaded;
    });
    expect(guest.x('a0')).toBe(25n * 100n + 75n);
  });

  it('traps at a CSR, and the handler returns for it in a mode that must not execute the caller', async () => {
    const guest = await runBoth(
      (options) =>
        new PagedProgram(
          `
          li s1, 100
          1: call outer
          addi a0, a0, 1
          addi s1, s1, -1
          bnez s1, 1b
          ecall
          outer: csrr t0, sscratch
          ret
          .balign 4
          handler: csrr t0, scause
          li t1, 8
          beq t0, t1, finish
          li t1, 12
          beq t0, t1, 2f
          # To where the caller waits, in S-mode: its page belongs to U-mode.
          csrw sepc, ra
          li t0, 0x100
          csrs sstatus, t0
          sret
          2: addi a1, a1, 1
          li t0, 0x100
          csrc sstatus, t0
          sret`,
          {
            ...options,
            from: 'U',
            // With one hart, code that is written for U-mode's TLB leaves in S-mode anyway.
            harts: 2,
            setup: `
              1: csrr t0, mhartid
              beqz t0, 2f
              wfi
              j 1b
              2: li t0, 0x1104
              csrw medeleg, t0
              la t0, handler
              csrw stvec, t0`,
          },
        ),
    );
    expect([guest.x('a0'), guest.x('a1')]).toEqual([100n, 100n]);
  });
});

describe('a function on the page of its caller', () => {
  it('is found again after it was changed and translated anew', async () => {
    const guest = await runBeside(
      program(`
        la s0, function
        la s1, other
        lw s2, (s0)
        lw s3, (s1)
        li s4, 6000
        # For a batch of its own.
        li s5, 100
        1: call function
        addi s5, s5, -1
        bnez s5, 1b
        li a0, 0
        j caller
        .option norvc
        .balign 4096
        caller: jal function
        addi a1, a1, 1
        addi s4, s4, -1
        li t0, 1023
        and t0, t0, s4
        bnez t0, caller
        beqz s4, 2f
        xor s2, s2, s3
        xor s3, s3, s2
        xor s2, s2, s3
        sw s2, (s0)
        j caller
        2: j finish
        .skip 256
        function: addi a0, a0, 1
        ret
        other: addi a0, a0, 100`),
      { jit: 'on', threshold: 3 },
      { budget: 200_000, chunk: () => 20_000 },
    );
    // 880 rounds, and then 1024 each with the other function.
    expect(guest.x('a0')).toBe(BigInt(880 + 2 * 1024 + 3 * 1024 * 100));
    expect(entries(guest)).toBeLessThan(100);
  });
});

describe('a jump that notes where it came from in t1', () => {
  it('is no call, as in a procedure linkage table', async () => {
    const guest = await runBeside(
      program(`
        la t3, function
        li s1, 3000
        1: call entry
        addi s1, s1, -1
        bnez s1, 1b
        j finish
        entry: jalr t1, t3
        unimp
        function: add a0, a0, s1
        ret`),
      { jit: 'on', threshold: 3 },
    );
    expect(guest.x('a0')).toBe(BigInt((3000 * 3001) / 2));
    expect(entries(guest)).toBeLessThan(200);
  });
});

describe('code on two pages', () => {
  it('stays translated where the instruction TLB has lost the second one', async () => {
    const guest = await runBeside(
      (options) => {
        const loaded = new GuestProgram(
          `
          la s0, function
          li s1, 3000
          li s3, 100
          2: jalr s0
          addi s3, s3, -1
          bnez s3, 2b
          1: jalr s0
          # Other functions of that page each time, so that the interpreter fetches them.
          andi t0, s1, 1023
          slli t0, t0, 1
          add t0, t0, s2
          jalr t0
          addi s1, s1, -1
          bnez s1, 1b
          j finish
          .option norvc
          .balign 4096
          .skip 4088
          function: addi a0, a0, 1
          addi a0, a0, 2
          addi a0, a0, 3
          ret`,
          options,
        );
        // 256 entries: a megabyte further on, a page has the same one.
        const rival = ((loaded.symbol('function') + 0x1000n) & ~0xfffn) + 0x100000n;
        for (let at = rival; at < rival + 0x1000n; at += 2n) loaded.memory.setUint16(at, 0x8082); // c.jr ra
        loaded.core.writeX(0, 18, rival);
        return loaded;
      },
      { jit: 'on', threshold: 3 },
    );
    expect(guest.x('a0')).toBe(18600n);
    expect(sideExits(guest)).toBeLessThan(100);
  });
});
