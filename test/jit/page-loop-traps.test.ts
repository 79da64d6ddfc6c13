/** Loops that walk through memory (assembly/jit/page-loop.ts), against the interpreter: where they cannot go on, and interrupts. */
import { describe, expect, it } from 'vitest';
import { DATA, GuestProgram, PROBE, RAM_BASE, RAM_SIZE, type Trap } from '../support/guest-program.ts';
import { PTE_A, PTE_D, PTE_DATA, PTE_R, PTE_U, PTE_V, PTE_W } from '../support/page-table.ts';
import { PAGE_VA, PagedProgram } from '../support/paged-program.ts';
import { runLoops } from './page-loops.ts';
import { runBeside, TRANSLATIONS, type Make } from './run-both.ts';
import { interruptedAt, START_TIMER, TIMER_HANDLER } from './timer-interrupt.ts';

/** Loops that go upwards by s0, 8 bytes a round, and the offset and kind of the access that comes to a page first. */
const UPWARDS = {
  load: { body: 'ld a1, (s0)\n addi s0, s0, 8', isStore: false },
  store: { body: 'sd a0, (s0)\n addi s0, s0, 8', isStore: true },
  'load before a store': { body: 'lw a1, 4(s0)\n sw a0, (s0)\n addi s0, s0, 8', isStore: false },
  'store before a load': { body: 'sw a0, (s0)\n lw a1, 4(s0)\n addi s0, s0, 8', isStore: true },
  'load far ahead': { body: 'ld a1, -16(s0)\n ld a2, 64(s0)\n sd a0, (s0)\n addi s0, s0, 8', isStore: false },
  'store far ahead': {
    body: 'ld a1, -16(s0)\n sd a0, 64(s0)\n lb a2, 3(s0)\n addi s0, s0, 8',
    isStore: true,
  },
  'store before a load far ahead': { body: 'sd a0, (s0)\n lw a2, 64(s0)\n addi s0, s0, 8', isStore: false },
  'two bases': { body: 'ld a1, (s2)\n sd a1, (s0)\n addi s0, s0, 8\n addi s2, s2, 8', isStore: true },
  'floating-point store before a load': {
    body: 'fsd f1, (s0)\n flw f2, 64(s0)\n addi s0, s0, 8',
    isStore: false,
  },
  'floating point': { body: 'fld f1, (s0)\n fsd f1, 8(s2)\n addi s0, s0, 8', isStore: false },
} as const;
type Upwards = keyof typeof UPWARDS;
const NAMES = Object.keys(UPWARDS) as Upwards[];

const LOOP = (name: Upwards, rounds = 1200) => `
  li t0, 0x6000
  csrs sstatus, t0
  li s1, ${rounds}
  1: ${UPWARDS[name].body}
  add a0, a0, a1
  addi s1, s1, -1
  bnez s1, 1b`;

/** A page that can be used in each way, and the next one with `flags`; the loop starts some way before. */
const towards =
  (name: Upwards, flags: bigint, setup = ''): Make =>
  (options) => {
    const guest = new PagedProgram(`li s0, PAGE + 0x400\n li s2, DATA + 0x8000 - 1024\n ${LOOP(name)}`, {
      ...options,
      setup,
    });
    guest.tables.map(PAGE_VA, DATA, PTE_DATA);
    guest.tables.map(PAGE_VA + 4096n, DATA + 0x3000n, flags);
    return guest;
  };

const LOAD_PAGE_FAULT = 13n;
const STORE_PAGE_FAULT = 15n;

/** What ends a loop that comes to a page with `flags`, if anything does there: with the first access, or the first store. */
function expectFault(trap: Trap | undefined, name: Upwards, isReadable: boolean): void {
  const { isStore } = UPWARDS[name];
  const first = isStore ? STORE_PAGE_FAULT : LOAD_PAGE_FAULT;
  const cause = isReadable ? STORE_PAGE_FAULT : first;
  expect(trap?.cause).toBe(cause);
  expect(trap!.value >> 12n).toBe((PAGE_VA >> 12n) + 1n);
}

/** The trap came from the first access at or behind `address`. */
function expectEnd({ trap }: GuestProgram, address: bigint): void {
  expect(trap && trap.value & -8n).toBe(address);
}

describe('a walk to a page', () => {
  const onlyLoads = (name: Upwards) => name === 'load' || name === 'floating point';

  it.each(NAMES)('that is not mapped: %s', async (name) => {
    const { guest, known } = await runLoops(towards(name, 0n));
    expectFault(guest.trap, name, false);
    expect(known).toBeGreaterThan(200);
  });

  it.each(NAMES)('that is only read: %s', async (name) => {
    const { guest, known } = await runLoops(towards(name, PTE_V | PTE_R | PTE_A));
    if (onlyLoads(name)) expectEnd(guest, PAGE_VA + 0x2000n);
    else expectFault(guest.trap, name, true);
    expect(known).toBeGreaterThan(200);
  });

  it.each(['store', 'load before a store'] as const)('that is not dirty yet: %s', async (name) => {
    const { guest, known } = await runLoops(towards(name, PTE_V | PTE_R | PTE_W | PTE_A));
    expectFault(guest.trap, name, true);
    expect(known).toBeGreaterThan(200);
  });

  const ADUE = 'li t0, 1 << 61\n csrs menvcfg, t0';
  it.each(NAMES)('that gets dirty by itself: %s', async (name) => {
    const { guest, known } = await runLoops(towards(name, PTE_V | PTE_R | PTE_W, ADUE));
    const { tables } = guest as PagedProgram;
    expectEnd(guest, PAGE_VA + 0x2000n);
    expect((tables.read(PAGE_VA + 4096n) & PTE_D) !== 0n).toBe(!onlyLoads(name));
    expect(known).toBeGreaterThan(500);
  });

  it.each(['load', 'store'] as const)("of U-mode's: %s", async (name) => {
    const { guest } = await runLoops(towards(name, PTE_DATA | PTE_U));
    expectFault(guest.trap, name, false);
  });

  it.each(NAMES)('that a handler maps: %s', async (name) => {
    const { guest, known } = await runLoops((options) => {
      const paged = new PagedProgram(
        `
        la t0, handler
        csrw stvec, t0
        li s0, PAGE + 0x400
        li s2, DATA + 0x10000 - 1024
        ${LOOP(name, 2000)}
        j finish
        .balign 4
        handler: csrr t3, stval
        srli t3, t3, 12
        andi t3, t3, 511
        slli t3, t3, 3
        add t3, t3, s4
        ld t4, (t3)
        ori t4, t4, 1
        sd t4, (t3)
        addi s5, s5, 1
        csrr t3, stval
        sfence.vma t3
        sret`,
        { ...options, setup: 'li t0, 0xb000\n csrw medeleg, t0' },
      );
      for (let page = 0n; page < 6n; page++) {
        // Downwards, so that one addend does not do for all.
        paged.tables.map(PAGE_VA + page * 4096n, DATA + 0x6000n - page * 4096n, PTE_DATA & ~PTE_V);
      }
      paged.core.writeX(0, 20, paged.tables.entry(PAGE_VA));
      return paged;
    });
    expect(guest.trap).toBeUndefined();
    expect(guest.x('s5')).toBe(5n);
    expect(known).toBeGreaterThan(1000);
  });
});

describe('a walk to', () => {
  const machine =
    (source: string): Make =>
    (options) =>
      new GuestProgram(source, options);

  it.each(['load', 'load before a store', 'two bases'] as const)('the end of RAM: %s', async (name) => {
    const end = RAM_BASE + BigInt(RAM_SIZE);
    const source = `li s0, ${end - 3000n}\n li s2, DATA + 0x8000 - 1024\n ${LOOP(name)}`;
    const { guest, known } = await runLoops(machine(source));
    expectEnd(guest, end);
    expect(guest.trap?.cause).toBe(UPWARDS[name].isStore ? 7n : 5n);
    expect(known).toBeGreaterThan(200);
  });

  it.each(['load before a store', 'store before a load'] as const)(
    'registers of a device: %s',
    async (name) => {
      const { guest, known } = await runLoops((options) => {
        const guest = towards(name, 0n)(options) as PagedProgram;
        guest.tables.map(PAGE_VA + 4096n, BigInt(PROBE), PTE_DATA);
        return guest;
      });
      expect((guest.trap!.value - PAGE_VA) >> 12n).toBe(1n);
      expect(known).toBeGreaterThan(200);
    },
  );

  // Registers of up to four bytes, which take what is written.
  it('registers of a device and back', async () => {
    const { known } = await runLoops(
      machine(`
        li s8, 30
        1: li s0, DATA
        li s1, 20
        2: lw a1, (s0)
        addi a1, a1, 3
        sw a1, 4(s0)
        addi s0, s0, 4
        addi s1, s1, -1
        bnez s1, 2b
        andi t0, s8, 1
        beqz t0, 3f
        bnez s1, 4f
        3: li t1, PROBE
        bgeu s0, t1, 4f
        mv s0, t1
        li s1, 10
        lw a2, (s0)
        xor a0, a0, a2
        j 2b
        4: addi s8, s8, -1
        bnez s8, 1b`),
    );
    expect(known).toBeGreaterThan(100);
  });

  it.each(NAMES)('where the PMP ends within a page: %s', async (name) => {
    const edge = DATA + 0x3000n + 0x628n;
    const setup = `
      li t0, ${edge >> 2n}
      csrw pmpaddr0, t0
      li t0, ${(edge + 0x100n) >> 2n}
      csrw pmpaddr1, t0
      li t0, ${(edge + 0x200n) >> 2n}
      csrw pmpaddr2, t0
      li t0, -1
      csrw pmpaddr3, t0
      # All, read, nothing, all.
      li t0, 0x1f08090f
      csrw pmpcfg0, t0`;
    const { guest, known } = await runLoops(towards(name, PTE_DATA, setup));
    const offset = guest.trap!.value - PAGE_VA - 4096n - 0x628n;
    expect(guest.trap!.cause).toBe(offset < 0x100n ? 7n : 5n);
    expect([0n, 4n, 0x100n]).toContain(offset);
    expect(known).toBeGreaterThan(200);
  });

  it.each([
    ['upwards', '0xffffffffffffff00', 'ld a1, (s0)\n lw a2, 16(s0)\n sd a0, -8(s0)\n addi s0, s0, 8'],
    ['upwards, ahead of the base', '0xfffffffffffffe00', 'ld a1, 248(s0)\n addi s0, s0, 8\n sb a0, 17(s0)'],
    ['downwards', '0x200', 'ld a1, -8(s0)\n lw a2, 16(s0)\n sd a0, (s0)\n addi s0, s0, -8'],
    ['downwards, behind the base', '0x200', 'ld a1, -256(s0)\n addi s0, s0, -8\n sb a0, 1(s0)'],
  ])('the other end of the address space: %s', async (_, start, body) => {
    const { guest, known } = await runLoops((options) => {
      const paged = new PagedProgram(
        `
        li s0, ${start}
        li s3, DATA
        li s1, 600
        1: ${body}
        lw a3, (s3)
        addi s3, s3, 4
        add a0, a0, a1
        xor a0, a0, a2
        addi s1, s1, -1
        bnez s1, 1b`,
        options,
      );
      // Instead of the devices.
      paged.memory.setUint64(paged.tables.entry(0n, 2), 0n);
      paged.tables.map(0n, DATA + 0x5000n, PTE_DATA);
      paged.tables.map((1n << 64n) - 4096n, DATA + 0x2000n, PTE_DATA);
      return paged;
    });
    expect(guest.trap === undefined || guest.trap.cause >= LOAD_PAGE_FAULT).toBe(true);
    expect(known).toBeGreaterThan(200);
  });

  it('an address that is none', async () => {
    // What a base is compared with must not be taken for the page of another gigabyte.
    const { guest, known } = await runLoops((options) => {
      const paged = new PagedProgram(
        `
        li s0, PAGE + 0x800
        li s1, 960
        li s2, 1 << 32
        1: ld a1, (s0)
        add a0, a0, a1
        sd a0, 8(s0)
        addi s1, s1, -1
        addi s0, s0, 8
        andi t0, s1, 63
        snez t0, t0
        addi t0, t0, -1
        and t0, t0, s2
        add s0, s0, t0
        bnez s1, 1b`,
        options,
      );
      paged.tables.map(PAGE_VA, DATA, PTE_DATA);
      return paged;
    });
    expect(guest.trap!.value >> 32n).toBe((PAGE_VA >> 32n) + 1n);
    expect(known).toBeGreaterThan(40);
  });
});

describe('a page that one loop reads', () => {
  // Were the store taken for one of each round, it would be believed to have noted the page.
  it.each([
    ['on one way through it', 'bnez t0, 2f\n sw a0, (s0)\n 2: addi s9, s9, -1\n bgtz s9, 1b'],
    ['behind a jump back', 'addi s9, s9, -1\n bnez t0, 1b\n sw a0, (s0)\n bgtz s9, 1b'],
  ])('cannot be written by the next one, %s', async (_, rest) => {
    const { guest, known } = await runLoops((options) => {
      const paged = new PagedProgram(
        `
        li s0, PAGE
        li s9, 100
        1: ld a1, (s0)
        add a0, a0, a1
        addi s9, s9, -1
        bnez s9, 1b
        li s9, 395
        1: andi t0, s9, 15
        ${rest}`,
        options,
      );
      paged.tables.map(PAGE_VA, DATA, PTE_V | PTE_R | PTE_A);
      return paged;
    });
    expect(guest.trap?.cause).toBe(STORE_PAGE_FAULT);
    expect(known).toBeGreaterThan(50);
  });
});

describe('a timer interrupt in a loop', () => {
  const source = `${START_TIMER}
    li s8, 6
    li s0, DATA + 0x1000 - 80
    li s2, DATA + 0x3000 - 24
    2: li s1, 6
    1: ld a1, (s0)
    addi a1, a1, 5
    sd a1, 8(s0)
    addi s0, s0, 8
    lw a2, (s2)
    addi s2, s2, 4
    add a0, a0, a2
    addi s1, s1, -1
    bnez s1, 1b
    addi s8, s8, -1
    bnez s8, 2b
    csrci mstatus, 8
    la t0, m_trap
    csrw mtvec, t0
    j finish${TIMER_HANDLER}`;

  it('comes at the same place, wherever that is', async () => {
    const places = new Set<bigint>();
    for (let at = 30; at < 300; at += 4) {
      const guest = await runBeside(interruptedAt(source, BigInt(at)), TRANSLATIONS[(at >> 2) & 1]);
      expect(guest.x('a6')).toBe(1n);
      places.add(guest.x('a3'));
    }
    expect(places.size).toBeGreaterThan(8);
  });

  it('comes again and again', async () => {
    const often = source
      .replace('li s8, 6', 'li s8, 100')
      .replace('li t0, -1\n    sd t0, (t1)', 'rdtime t0\n    addi t0, t0, 117\n    sd t0, (t1)');
    const { guest, known } = await runLoops(interruptedAt(often, 40n));
    expect(guest.x('a6')).toBeGreaterThan(40n);
    expect(known).toBeGreaterThan(300);
  });
});
