/** Several harts: taking turns, reservations, inter-processor interrupts and waiting (ISA manual, 13; ACLINT). */
import { describe, expect, it } from 'vitest';
import * as CSR from '../../src/generated/csr.ts';
import { DATA, enter, GuestProgram, runGuest } from '../support/guest-program.ts';

const EXIT_IDLE = 1;
const COUNT = 10_000;
const HARTS = 4;

/** Every hart runs `work` COUNT times, then hart 0 waits for the others. s0: counter, s1: lock. */
const inParallel = (work: string) => `
  li s0, DATA
  li s1, DATA + 256
  li s2, ${COUNT}
  li s3, DATA + 512
  loop:
  ${work}
  addi s2, s2, -1
  bnez s2, loop
  li t0, 1
  amoadd.d zero, t0, (s3)
  csrr t0, mhartid
  1: bnez t0, 1b
  li t1, ${HARTS}
  2: ld t0, (s3)
  bne t0, t1, 2b`;

describe('a counter that four harts increment', () => {
  it.each([
    ['LR/SC', '3: lr.d t0, (s0)\n addi t0, t0, 1\n sc.d t1, t0, (s0)\n bnez t1, 3b'],
    ['LR/SC of words', '3: lr.w t0, (s0)\n addi t0, t0, 1\n sc.w t1, t0, (s0)\n bnez t1, 3b'],
    ['an AMO', 'li t0, 1\n amoadd.d zero, t0, (s0)'],
    ['amocas', '3: ld t0, (s0)\n mv t2, t0\n addi t1, t0, 1\n amocas.d t0, t1, (s0)\n bne t0, t2, 3b'],
    [
      'a spinlock with pause',
      `3: li t0, 1
       amoswap.w.aq t0, t0, (s1)
       beqz t0, 4f
       pause
       j 3b
       4: ld t0, (s0)
       addi t0, t0, 1
       sd t0, (s0)
       amoswap.w.rl zero, zero, (s1)`,
    ],
    [
      'a lock that waits with wrs.nto',
      `3: lr.w t0, (s1)
       beqz t0, 4f
       wrs.nto
       j 3b
       4: li t0, 1
       sc.w t0, t0, (s1)
       bnez t0, 3b
       ld t0, (s0)
       addi t0, t0, 1
       sd t0, (s0)
       sw zero, (s1)`,
    ],
  ])('with %s', (_, work) => {
    const guest = new GuestProgram(inParallel(work), { harts: HARTS });
    guest.run(20_000_000);
    expect(guest.memory.getUint64(DATA)).toBe(BigInt(COUNT * HARTS));
  });

  it('loses updates without either: turns end anywhere', () => {
    const guest = new GuestProgram(
      inParallel(`ld t0, (s0)\n ${'nop\n'.repeat(30)} addi t0, t0, 1\n sd t0, (s0)`),
      {
        harts: HARTS,
      },
    );
    guest.run(20_000_000);
    expect(guest.memory.getUint64(DATA)).toBeLessThan(BigInt(COUNT * HARTS));
  });
});

describe('a reservation', () => {
  /** Hart 0 reserves DATA and lets hart 1 do `work`; a0 is 0 when its store-conditional succeeds. */
  const disturbed = (work: string) =>
    runGuest(
      `
      li s0, DATA
      li s1, DATA + 4096
      csrr t0, mhartid
      bnez t0, second
      lr.d t0, (s0)
      li t1, 1
      sd t1, (s1)
      1: ld t0, 8(s1)
      beqz t0, 1b
      sc.d a0, zero, (s0)
      j finish
      second:
      1: ld t0, (s1)
      beqz t0, 1b
      ${work}
      sd t0, 8(s1)
      1: j 1b`,
      { harts: 2 },
    ).x('a0');

  it.each([
    ['a store', 'li t1, 5\n sd t1, (s0)'],
    ['a store of the same value', 'sd zero, (s0)'],
    ['a store of a byte in the reservation set', 'sb zero, 7(s0)'],
    ['an AMO', 'amoor.d zero, zero, (s0)'],
    ['a store-conditional', '2: lr.d t1, (s0)\n sc.d t1, t1, (s0)\n bnez t1, 2b'],
    ['cbo.zero', 'cbo.zero (s0)'],
  ])('is broken by %s of another hart', (_, work) => {
    expect(disturbed(work)).toBe(1n);
  });

  it('is broken by a device', () => {
    const guest = new GuestProgram(`
      li s0, DATA
      li s1, PROBE
      lr.d t0, (s0)
      sw zero, (s1)
      sc.d a0, zero, (s0)`);
    guest.probe.onWrite = () => guest.memory.setUint64(DATA, 0n);
    expect(guest.run().x('a0')).toBe(1n);
  });

  it('is not broken by a write of a device elsewhere', () => {
    const guest = new GuestProgram(`
      li s0, DATA
      li s1, PROBE
      lr.d t0, (s0)
      sw zero, (s1)
      sc.d a0, zero, (s0)`);
    guest.probe.onWrite = () => guest.memory.setUint64(DATA + 64n, 0n);
    expect(guest.run().x('a0')).toBe(0n);
  });
});

describe('interrupts between harts', () => {
  /** Hart 1 waits; hart 0 does `send` and waits until hart 1 says it came. */
  const program = (enable: string, send: string, then = '') => `
    li s0, DATA
    csrr t0, mhartid
    bnez t0, second
    2: ld t0, 8(s0)
    beqz t0, 2b
    ${send}
    1: ld t0, (s0)
    beqz t0, 1b
    j finish
    second:
    ${enable}
    li t0, 1
    sd t0, 8(s0)
    wfi
    csrr a0, mip
    ${then}
    sd a0, (s0)
    1: j 1b`;

  it('MSIP of the CLINT wakes a hart, and goes when it is cleared', () => {
    const guest = runGuest(
      program(
        'csrwi mie, 8',
        'li t0, CLINT\n li t1, 1\n sw t1, 4(t0)',
        'li t0, CLINT\n sw zero, 4(t0)\n csrr a1, mip',
      ),
      { harts: 2 },
    );
    expect([guest.x('a0', 1), guest.x('a1', 1)]).toEqual([8n, 0n]);
  });

  it('the SSWI wakes a hart; the pending bit is for software to clear', () => {
    const guest = runGuest(
      program('csrwi mie, 2', 'li t0, SSWI\n li t1, 1\n sw t1, 4(t0)', 'csrci mip, 2\n csrr a1, mip'),
      { harts: 2 },
    );
    expect([guest.x('a0', 1), guest.x('a1', 1)]).toEqual([2n, 0n]);
  });

  it('the interrupt is taken by the hart it was sent to', () => {
    const guest = new GuestProgram(
      `
      csrwi mie, 8
      csrsi mstatus, 8
      csrr t0, mhartid
      li t1, 2
      bne t0, t1, 1f
      li t0, CLINT
      li t1, 1
      sw t1, 12(t0)
      1: j 1b`,
      { harts: 4 },
    );
    guest.run();
    expect([0, 1, 2, 3].map((hart) => guest.csr(CSR.CSR_MCAUSE, hart))).toEqual([
      0n,
      0n,
      0n,
      (1n << 63n) | 3n,
    ]);
  });
});

describe('timers', () => {
  it('each hart has its own comparator', () => {
    const guest = runGuest(
      `
      csrr s0, mhartid
      slli t0, s0, 3
      li t1, CLINT + 0x4000
      add t1, t1, t0
      addi t2, s0, 1
      slli t2, t2, 16
      sd t2, (t1)
      li t0, 0x80
      csrw mie, t0
      wfi
      rdtime a0
      li t1, DATA
      slli t0, s0, 3
      add t1, t1, t0
      sd a0, (t1)
      li t1, 3
      1: bne s0, t1, 1b`,
      { harts: 4 },
    );
    for (let hart = 0; hart < 4; hart++) {
      const time = guest.memory.getUint64(DATA + BigInt(8 * hart));
      // At the earliest when it fired; a turn of another hart may come between.
      expect(time).toBeGreaterThanOrEqual(BigInt(hart + 1) << 16n);
      expect(time).toBeLessThan((BigInt(hart + 1) << 16n) + 70_000n);
    }
  });

  it('waits for the first of them', () => {
    const guest = new GuestProgram(
      `csrr t0, mhartid
       slli t0, t0, 3
       li t1, CLINT + 0x4000
       add t1, t1, t0
       addi t0, t0, 1
       slli t0, t0, 20
       sd t0, (t1)
       li t0, 0x80
       csrw mie, t0
       wfi`,
      { harts: 2 },
    );
    expect(guest.execute(10_000)).toBe(EXIT_IDLE);
    const ticks = guest.core.exports.idleTicks();
    expect(Number(guest.core.exports.readTime()) + ticks).toBe(1 << 20);
    guest.core.exports.skipIdle(ticks);
    guest.run();
    expect(guest.csr(CSR.CSR_MCAUSE, 0)).toBe(11n);
    expect(guest.csr(CSR.CSR_MCAUSE, 1)).toBe(0n);
  });
});

describe('turns', () => {
  it('no hart starves', () => {
    const guest = new GuestProgram('1: addi a0, a0, 1\n j 1b', { harts: 8 });
    guest.execute(2_000_000);
    for (let hart = 0; hart < 8; hart++) expect(guest.x('a0', hart)).toBeGreaterThan(50_000n);
  });

  it('a stopped hart does not run, a started one does', () => {
    const guest = new GuestProgram('1: addi a0, a0, 1\n j 1b', { harts: 2 });
    guest.core.setRunState(1, 2);
    guest.execute(100_000);
    expect(guest.x('a0', 1)).toBe(0n);
    guest.core.exports.startHart(1, guest.program.entry);
    guest.execute(100_000);
    expect(guest.x('a0', 1)).toBeGreaterThan(0n);
  });

  it('a hart in wfi takes no instructions from the others', () => {
    const guest = new GuestProgram('csrr t0, mhartid\n beqz t0, 1f\n wfi\n 1: addi a0, a0, 1\n j 1b', {
      harts: 3,
    });
    guest.execute(300_000);
    const before = guest.x('a0');
    guest.execute(100_000);
    expect(guest.x('a0') - before).toBe(50_000n);
  });

  it('all of them waiting is idle', () => {
    const guest = new GuestProgram(`${enter('S')} 1: wfi\n j 1b`, { harts: 4 });
    expect(guest.execute(1_000_000)).toBe(EXIT_IDLE);
    expect(guest.instructionCount).toBeLessThan(1000);
    expect(guest.core.exports.idleTicks()).toBe(Infinity);
    expect(guest.execute(1_000_000)).toBe(EXIT_IDLE);
  });
});
