/**
 * Loops that walk through memory (assembly/jit/page-loop.ts), against the
 * interpreter: pages that are other ones the next time, and more pages than the TLB has entries.
 */
import { describe, expect, it } from 'vitest';
import { DATA, GuestProgram, type GuestOptions } from '../support/guest-program.ts';
import { PageTables, PTE_A, PTE_ALL, PTE_DATA, PTE_R, PTE_U, PTE_V } from '../support/page-table.ts';
import { PAGE_VA, PagedProgram, type PagedOptions } from '../support/paged-program.ts';
import { Random } from '../support/random.ts';
import { runLoops } from './page-loops.ts';
import type { Make } from './run-both.ts';

const MEMORY = new Random(4).bytes(0x8000);
const PAGES = 4n;

/** Reads and writes through the pages at PAGE, each time a bit further. */
const WALK = `
  walk: addi s6, s6, 8
  li s0, PAGE
  add s0, s0, s6
  mv s2, s0
  li s1, 1500
  1: ld a1, (s0)
  add a0, a0, a1
  sd a0, 8(s0)
  lw a2, 4(s2)
  xor a0, a0, a2
  addi s2, s2, 8
  addi s0, s0, 8
  addi s1, s1, -1
  bnez s1, 1b
  ret`;

/** A paged program with pages at PAGE, one after the other. */
const paged =
  (source: string, options: PagedOptions = {}, more: (guest: PagedProgram) => void = () => {}): Make =>
  (translation: GuestOptions) => {
    const guest = new PagedProgram(`${source}\n j finish\n ${WALK}`, { ...translation, ...options });
    for (let page = 0n; page < PAGES; page++)
      guest.tables.map(PAGE_VA + page * 4096n, DATA + page * 4096n, PTE_DATA);
    guest.memory.write(DATA, MEMORY);
    guest.core.writeX(0, 20, guest.tables.entry(PAGE_VA)); // s4
    more(guest);
    return guest;
  };

describe('pages that are others the next time', () => {
  it('in two address spaces', async () => {
    const root = 0x80500000n;
    const { known } = await runLoops(
      paged(
        `
        li s3, SATP ^ ((8 << 60) | ${root >> 12n})
        li s8, 12
        2: call walk
        csrr t0, satp
        xor t0, t0, s3
        csrw satp, t0
        addi s8, s8, -1
        bnez s8, 2b`,
        {},
        ({ memory, tables }) => {
          const other = new PageTables(memory, tables.mode, root);
          other.map(2n << 30n, 2n << 30n, PTE_ALL, 2);
          for (let page = 0n; page < PAGES; page++)
            other.map(PAGE_VA + page * 4096n, DATA + (7n - page) * 4096n, PTE_DATA);
        },
      ),
    );
    expect(known).toBeGreaterThan(20_000);
  });

  it.each([
    ['every translation', 'sfence.vma'],
    ['those of the pages', 'sfence.vma s2\n sfence.vma s3'],
  ])('after a fence for %s', async (_, fence) => {
    const { known } = await runLoops(
      paged(`
        li s8, 12
        li s2, PAGE + 0x1000
        li s3, PAGE + 0x2000
        2: call walk
        li s2, PAGE + 0x1000
        ld t0, 8(s4)
        ld t1, 16(s4)
        sd t1, 8(s4)
        sd t0, 16(s4)
        ${fence}
        addi s8, s8, -1
        bnez s8, 2b`),
    );
    expect(known).toBeGreaterThan(20_000);
  });

  it.each([
    ['may only be read', PTE_V | PTE_R | PTE_A],
    ['are gone', 0n],
  ])('that %s', async (_, flags) => {
    const { guest, known } = await runLoops(
      paged(`
        li s8, 5
        2: call walk
        addi s8, s8, -1
        bnez s8, 2b
        ld t0, 16(s4)
        andi t0, t0, -256
        ori t0, t0, ${flags}
        sd t0, 16(s4)
        sfence.vma
        call walk`),
    );
    expect(guest.trap?.cause).toBe(15n);
    expect(guest.trap!.value >> 12n).toBe((PAGE_VA >> 12n) + 2n);
    expect(known).toBeGreaterThan(10_000);
  });

  it("that are U-mode's, when sstatus.SUM is cleared", async () => {
    const { guest, known } = await runLoops(
      paged(
        `
        li s8, 5
        li s9, 0x40000
        csrs sstatus, s9
        2: call walk
        addi s8, s8, -1
        bnez s8, 2b
        csrc sstatus, s9
        call walk`,
        {},
        ({ tables }) => {
          for (let page = 0n; page < PAGES; page++)
            tables.map(PAGE_VA + page * 4096n, DATA + page * 4096n, PTE_DATA | PTE_U);
        },
      ),
    );
    expect(guest.trap?.cause).toBe(13n);
    expect(known).toBeGreaterThan(10_000);
  });

  // S-mode may only read one page, which M-mode sees with MPRV alone.
  it.each([
    ['mstatus.MPRV', 'li s5, 0x20000', 'csrs mstatus, s5', 'csrc mstatus, s5'],
    ['the PMP', 'li s5, 0x20000\n csrs mstatus, s5', 'csrci pmpcfg0, 2', 'csrsi pmpcfg0, 2'],
  ])('when %s changes between two loops', async (_, setup, on, off) => {
    const { guest, known } = await runLoops(
      (options) =>
        new GuestProgram(
          `
          li t0, -1
          csrw pmpaddr1, t0
          li t0, (DATA + 0x1000) >> 2 | 0x1ff
          csrw pmpaddr0, t0
          li t0, 0x1f19
          csrw pmpcfg0, t0
          li t0, 0x1000
          csrc mstatus, t0
          li t0, 0x800
          csrs mstatus, t0
          ${setup}
          li s8, 6
          2: ${on}
          li s0, DATA
          li s1, 300
          1: ld a1, (s0)
          sd a1, 8(s0)
          addi s0, s0, 8
          addi s1, s1, -1
          bnez s1, 1b
          addi s8, s8, -1
          beqz s8, 3f
          ${off}
          3: li s0, DATA + 0x1000
          li s1, 300
          1: ld a1, (s0)
          sd a1, 8(s0)
          addi s0, s0, 8
          addi s1, s1, -1
          bnez s1, 1b
          bnez s8, 2b`,
          options,
        ),
    );
    expect(guest.trap?.cause).toBe(7n);
    expect(guest.trap?.value).toBe(DATA + 0x1008n);
    expect(known).toBeGreaterThan(2000);
  });
});

describe('more pages than the TLB has entries', () => {
  /** To s2 from s0. */
  const WIDE = 550n;
  /** Where the second half of a page lies to which s0 comes, but s2 does not. */
  const HALF = 500n * 4096n + 0x800n;
  const physical = (page: bigint): bigint => 0x80110000n + ((page * 7n) % 727n) * 4096n;

  /** Walks through all pages `times` times by s0, and by s2 from the middle on. */
  const wide =
    (times: number, setup: string): Make =>
    (options) => {
      const source = `
      li s8, ${times}
      li s9, ${WIDE * 4n - 800n}
      li s10, PAGE + 4094
      2: li s0, PAGE
      li s2, PAGE + ${WIDE * 4096n}
      li s1, ${WIDE * 4n}
      1: ld a1, 16(s0)
      sw a1, 24(s0)
      add a0, a0, a1
      ld a2, 8(s2)
      # Across pages, at first.
      sltu t1, s9, s1
      add t1, t1, s10
      lhu a3, 0(t1)
      lw a4, 32(s2)
      add a0, a0, a2
      sub a0, a0, a3
      xor a0, a0, a4
      # Mostly twice on a page.
      andi t0, s1, 1
      slli t0, t0, 10
      addi t0, t0, 1024
      add s2, s2, t0
      addi t0, t0, 8
      add s0, s0, t0
      addi s1, s1, -1
      bnez s1, 1b
      addi s8, s8, -1
      bnez s8, 2b`;
      const guest = new PagedProgram(source, { ...options, setup });
      for (let page = 0n; page < 3n * WIDE; page++) {
        guest.tables.map(PAGE_VA + page * 4096n, physical(page), PTE_DATA);
        guest.memory.write(physical(page), MEMORY.subarray(Number(page), Number(page) + 4096));
      }
      return guest;
    };

  const ALL = 'li t0, -1\n csrw pmpaddr0, t0\n li t0, 0x1f\n csrw pmpcfg0, t0';

  it('walked again and again', async () => {
    const { known, hasCalls } = await runLoops(wide(4, ALL));
    expect(hasCalls).toBe(true);
    expect(known).toBeGreaterThan(4000);
  });

  /** S-mode may do as `bits` say with half a page, to which s0 comes first. */
  const part = (bits: number): string => `
    li t0, ${((physical(500n) + 0x800n) >> 2n) | 0xffn}
    csrw pmpaddr0, t0
    li t0, -1
    csrw pmpaddr1, t0
    li t0, ${0x1f18 | bits}
    csrw pmpcfg0, t0`;

  it('of which one has different protections that do not matter', async () => {
    const { guest, known, hasCalls } = await runLoops(wide(4, part(7)));
    expect(guest.trap).toBeUndefined();
    expect(hasCalls).toBe(true);
    expect(known).toBeGreaterThan(4000);
  });

  it.each([
    ['read alone', 1, 7n],
    ['in no way', 0, 5n],
  ])('of which half a one may be accessed %s', async (_, bits, cause) => {
    const { guest, known, hasCalls } = await runLoops(wide(4, part(bits)));
    expect(guest.trap?.cause).toBe(cause);
    expect(guest.trap!.value & -0x800n).toBe(PAGE_VA + HALF);
    expect(hasCalls).toBe(true);
    expect(known).toBeGreaterThan(100);
  });
});
