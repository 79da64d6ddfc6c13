/** What is cached of translations, and what ends it: sfence.vma, satp, privilege (privileged spec, 12.2.1). */
import { describe, expect, it } from 'vitest';
import { DATA, RAM_BASE, type Mode } from '../support/guest-program.ts';
import { PAGE_VA, PagedProgram, ROOT, USER } from '../support/paged-program.ts';
import {
  PageTables,
  PTE_ALL,
  PTE_DATA,
  PTE_G,
  PTE_N,
  PTE_R,
  PTE_A,
  PTE_U,
  PTE_V,
  pteOf,
} from '../support/page-table.ts';

const OTHER = DATA + 0x10000n;
const GiB = 1n << 30n;

/** A program that maps `page` to DATA, uses it, maps it to OTHER, fences and uses it again: a0, then a1. */
function remapped(
  fence: string,
  options: { page?: bigint; level?: number; flags?: bigint; use?: bigint } = {},
) {
  const { page = PAGE_VA, level = 0, flags = PTE_DATA, use = page } = options;
  const source = (entry: bigint, pte: bigint) => `
    li s0, ${use}
    li s1, ${page}
    ld a0, (s0)
    li t0, ${entry}
    li t1, ${pte}
    sd t1, (t0)
    ${fence}
    ld a1, (s0)`;
  const probe = new PagedProgram('nop');
  probe.tables.map(page, 0n, 0n, level);
  const size = 1n << BigInt(12 + 9 * level);
  const second = level === 0 ? OTHER : RAM_BASE + size;
  const first = level === 0 ? DATA : RAM_BASE;
  const guest = new PagedProgram(source(probe.tables.entry(page, level), pteOf(second, flags)));
  guest.tables.map(page, first, flags, level);
  guest.memory.setUint64(first + (use - page), 1n);
  guest.memory.setUint64(second + (use - page), 2n);
  guest.run();
  return [guest.x('a0'), guest.x('a1')];
}

describe('after a change of a PTE', () => {
  it.each([
    'sfence.vma',
    'sfence.vma s0',
    'sfence.vma s0, zero',
    'sfence.vma zero, zero',
    'li t2, 0\n sfence.vma zero, t2',
    'li t2, 0\n sfence.vma s0, t2',
    'sinval.vma s0, zero',
    'sfence.w.inval\n sinval.vma zero, zero\n sfence.inval.ir',
  ])('%s makes it seen', (fence) => {
    expect(remapped(fence)).toEqual([1n, 2n]);
  });

  it('the address of the fence may be any in the page', () => {
    expect(remapped('addi s0, s0, 1234\n sfence.vma s0\n addi s0, s0, -1234')).toEqual([1n, 2n]);
  });

  it('rs1 = a register that holds zero is address zero, not all', () => {
    const guest = new PagedProgram(`
      li s0, PAGE
      li s1, 0
      ld a0, (s0)
      sfence.vma s1
      ld a1, (s0)`);
    guest.tables.map(PAGE_VA, DATA, PTE_DATA);
    guest.run();
    expect(guest.trap).toBeUndefined();
  });

  it.each([
    ['of the address that is used', 8n * GiB + 0x123000n, 0x123000n],
    ['of its base', 8n * GiB, 0x123000n],
    ['of its last byte', 8n * GiB + 0x1fffffn, 0x123000n],
  ])('of a superpage: a fence %s', (_, fenced, used) => {
    const page = 8n * GiB;
    expect(remapped(`li t2, ${fenced}\n sfence.vma t2`, { page, level: 1, use: page + used })).toEqual([
      1n,
      2n,
    ]);
  });

  it('of a 64 KiB page: a fence of any address in it', () => {
    const guest = new PagedProgram(`
      li s0, PAGE + 0x7000
      ld a0, (s0)
      li t0, ${ROOT + 0x2000n}
      li t1, ${pteOf(OTHER | 0x8000n, PTE_DATA | PTE_N)}
      li t2, 16
      1: sd t1, (t0)
      addi t0, t0, 8
      addi t2, t2, -1
      bnez t2, 1b
      li t2, PAGE
      sfence.vma t2
      ld a1, (s0)`);
    for (let n = 0n; n < 16n; n++) guest.tables.map(PAGE_VA + n * 4096n, DATA | 0x8000n, PTE_DATA | PTE_N);
    guest.memory.setUint64(DATA + 0x7000n, 1n);
    guest.memory.setUint64(OTHER + 0x7000n, 2n);
    guest.run();
    expect([guest.x('a0'), guest.x('a1')]).toEqual([1n, 2n]);
  });

  it('stores follow as well', () => {
    const guest = new PagedProgram(`
      li s0, PAGE
      li a0, 1
      sd a0, (s0)
      li t0, ${ROOT + 0x2000n}
      li t1, ${pteOf(OTHER, PTE_DATA)}
      sd t1, (t0)
      sfence.vma s0
      li a0, 2
      sd a0, (s0)`);
    guest.tables.map(PAGE_VA, DATA, PTE_DATA);
    guest.run();
    expect([guest.memory.getUint64(DATA), guest.memory.getUint64(OTHER)]).toEqual([1n, 2n]);
  });

  it('a permission that was taken away faults', () => {
    const guest = new PagedProgram(`
      li s0, PAGE
      sd a0, (s0)
      li t0, ${ROOT + 0x2000n}
      li t1, ${pteOf(DATA, PTE_V | PTE_R | PTE_A)}
      sd t1, (t0)
      sfence.vma s0
      ld a0, (s0)
      at: sd a0, (s0)`);
    guest.tables.map(PAGE_VA, DATA, PTE_DATA);
    guest.run();
    expect(guest.trap).toMatchObject({ cause: 15n, epc: guest.symbol('at') });
  });

  it('a global page is fenced without an ASID, and one with rs2 may keep it', () => {
    expect(remapped('sfence.vma s0', { flags: PTE_DATA | PTE_G })).toEqual([1n, 2n]);
  });

  it('a page that was invalid may be used after its fence, and no entry of the invalid one stays', () => {
    const guest = new PagedProgram(`
      li s0, PAGE
      li t0, ${ROOT + 0x2000n}
      li t1, ${pteOf(DATA, PTE_DATA)}
      sd t1, (t0)
      sfence.vma s0
      ld a0, (s0)`);
    guest.tables.map(PAGE_VA, 0n, 0n);
    guest.memory.setUint64(DATA, 7n);
    guest.run();
    expect(guest.x('a0')).toBe(7n);
  });
});

describe('code', () => {
  const RETURN = 0x00008067;
  const li = (value: number): number => 0x00000513 | (value << 20);

  /** Calls the page at PAGE, maps it to OTHER, fences, calls it again: a0 adds up 1 and 16. */
  const called = (fence: string, level = 0) => {
    const page = level === 0 ? PAGE_VA : 8n * GiB;
    const probe = new PagedProgram('nop');
    probe.tables.map(page, 0n, 0n, level);
    const size = 1n << BigInt(12 + 9 * level);
    const [first, second] = level === 0 ? [DATA, OTHER] : [RAM_BASE, RAM_BASE + size];
    const offset = level === 0 ? 0n : 0x123000n;
    const guest = new PagedProgram(`
      li s0, ${page + offset}
      li s1, ${level === 0 ? page : page + 0x45000n}
      jalr s0
      mv s2, a0
      li t0, ${probe.tables.entry(page, level)}
      li t1, ${pteOf(second, PTE_ALL)}
      sd t1, (t0)
      ${fence}
      jalr s0
      add a0, a0, s2`);
    guest.tables.map(page, first, PTE_ALL, level);
    for (const [at, value] of [
      [first, 1],
      [second, 16],
    ] as const) {
      guest.memory.setUint32(at + offset, li(value));
      guest.memory.setUint32(at + offset + 4n, RETURN);
    }
    return guest.run().x('a0');
  };

  it.each(['sfence.vma', 'sfence.vma s0', 'sinval.vma s0, zero'])('%s applies to fetches', (fence) => {
    expect(called(fence)).toBe(17n);
  });

  it('of a superpage: a fence of one address, for code elsewhere in it', () => {
    expect(called('sfence.vma s1', 1)).toBe(17n);
  });

  it('that lies across two pages, of which the second is mapped anew', () => {
    // jal x0, +imm at the end of the page: its upper half comes from the second page.
    // The halves 0x006f and 0x0020 make "j .+2", into the second page; jumps elsewhere keep that page unvisited.
    const j = (offset: number): number => {
      const imm = ((offset & 0x7fe) << 20) | (offset & 0xff000);
      return (imm | 0x6f) >>> 0;
    };
    const first = j(0x100);
    const second = j(0x200);
    expect(first & 0xffff).toBe(second & 0xffff);
    const guest = new PagedProgram(`
      li s0, PAGE + 0xffe
      li s1, PAGE + 0x1000
      jalr s0
      mv s2, a0
      li t0, ${ROOT + 0x2008n}
      li t1, ${pteOf(OTHER, PTE_ALL)}
      sd t1, (t0)
      sfence.vma s1
      jalr s0
      add a0, a0, s2`);
    guest.tables.map(PAGE_VA, DATA, PTE_ALL);
    guest.tables.map(PAGE_VA + 4096n, DATA + 4096n, PTE_ALL);
    guest.memory.setUint16(DATA + 0xffen, first & 0xffff);
    guest.memory.setUint16(DATA + 0x1000n, first >>> 16);
    guest.memory.setUint16(OTHER, second >>> 16);
    for (const page of [DATA + 0x1000n, OTHER]) {
      guest.memory.setUint32(page + 0xfen, li(1));
      guest.memory.setUint32(page + 0x102n, RETURN);
      guest.memory.setUint32(page + 0x1fen, li(16));
      guest.memory.setUint32(page + 0x202n, RETURN);
    }
    guest.run();
    expect(guest.x('a0')).toBe(17n);
  });

  it('that lies across two pages, without a jump into the second', () => {
    // jalr x0, 0(ra): no instruction of the second page is ever the first of a block.
    const jr = (register: number): number => 0x67 | (register << 15);
    const guest = new PagedProgram(`
      li s0, PAGE + 0xffe
      li s1, PAGE + 0x1000
      la s2, one
      la s4, two
      jr s0
      one: addi a0, a0, 1
      li t0, ${ROOT + 0x2008n}
      li t1, ${pteOf(OTHER, PTE_ALL)}
      sd t1, (t0)
      sfence.vma s1
      jr s0
      two: addi a0, a0, 16`);
    guest.tables.map(PAGE_VA, DATA, PTE_ALL);
    guest.tables.map(PAGE_VA + 4096n, DATA + 4096n, PTE_ALL);
    // s2 is x18 and s4 is x20, so that the lower halves are equal.
    guest.memory.setUint16(DATA + 0xffen, jr(18) & 0xffff);
    guest.memory.setUint16(DATA + 0x1000n, jr(18) >>> 16);
    guest.memory.setUint16(OTHER, jr(20) >>> 16);
    guest.run(5000);
    expect(guest.x('a0')).toBe(17n);
  });
});

describe('a change of satp', () => {
  it('needs no fence to see another address space (stronger than asked for)', () => {
    const guest = new PagedProgram(`
      li s0, PAGE
      ld a0, (s0)
      li t0, ${(8n << 60n) | (1n << 44n) | 0x80600n}
      csrw satp, t0
      ld a1, (s0)
      li t0, SATP
      csrw satp, t0
      ld a2, (s0)`);
    guest.tables.map(PAGE_VA, DATA, PTE_DATA);
    const other = new PageTables(guest.memory, 8, 0x80600000n);
    other.map(2n * GiB, 2n * GiB, PTE_ALL, 2);
    other.map(PAGE_VA, OTHER, PTE_DATA);
    guest.memory.setUint64(DATA, 1n);
    guest.memory.setUint64(OTHER, 2n);
    guest.run();
    expect([guest.x('a0'), guest.x('a1'), guest.x('a2')]).toEqual([1n, 2n, 1n]);
  });

  it('to Bare turns translation off at once', () => {
    const guest = new PagedProgram('li s0, PAGE\n ld a0, (s0)\n csrw satp, zero\n at: ld a0, (s0)');
    guest.tables.map(PAGE_VA, DATA, PTE_DATA);
    expect(guest.run().trap).toMatchObject({ cause: 5n, epc: guest.symbol('at') });
  });

  it('with a mode that is not offered changes nothing', () => {
    const guest = new PagedProgram(
      'li s0, PAGE\n ld a0, (s0)\n li t0, 0xf000000000000000\n csrw satp, t0\n ld a0, (s0)',
    );
    guest.tables.map(PAGE_VA, DATA, PTE_DATA);
    expect(guest.run().trap).toBeUndefined();
  });
});

describe("what one mode cached is not another's", () => {
  it.each([
    ['S', 'U', PTE_DATA],
    ['U', 'S', PTE_DATA | PTE_U],
  ] as [Mode, Mode, bigint][])('%s may load, then %s may not', (from, to, flags) => {
    const offset = to === 'U' ? USER - RAM_BASE : 0n;
    const guest = new PagedProgram(
      `li s0, PAGE
       ld a0, (s0)
       ecall`,
      {
        from,
        setup: `
          la t0, handler
          csrw mtvec, t0
          j 2f
          .balign 4
          handler:
          la t0, m_trap
          csrw mtvec, t0
          li t0, 0x1800
          csrc mstatus, t0
          li t0, ${to === 'S' ? 0x800 : 0}
          csrs mstatus, t0
          la t0, 1f
          li t1, ${offset}
          add t0, t0, t1
          csrw mepc, t0
          mret
          1: ld a0, (s0)
          2:`,
      },
    );
    guest.tables.map(PAGE_VA, DATA, flags);
    expect(guest.run().trap).toMatchObject({ from: to, cause: 13n, value: PAGE_VA });
  });
});

describe('an empty entry holds no page', () => {
  // Entries know pages by 1024 page numbers: the first and the last of them, and what wraps around.
  const PAGES = [0n, 0x1000n, 0x2000n, 0x3ff000n, 0x400000n, 0x401000n, -0x1000n, 1n << 38n];
  const ACCESSES = ['lb a0, (s0)', 'sb a0, 4095(s0)', 'lwu a0, 4092(s0)', 'sd a0, (s0)'].flatMap((access) =>
    ['nop', 'sfence.vma', 'sfence.vma s0, zero'].map((fence) => [access, fence] as const),
  );
  it.each(ACCESSES)('%s, after %s', (access, fence) => {
    const [instruction, at] = access.split(/(?=\d*\(s0\))/);
    for (const page of PAGES) {
      const offset = BigInt(at!.replace('(s0)', '') || 0);
      const guest = new PagedProgram(
        `li s0, ${page}\n ${fence}\n li t0, ${offset}\n add t0, t0, s0\n ${instruction}(t0)`,
      );
      guest.run();
      expect(guest.trap?.value, `page ${page}`).toBe(BigInt.asUintN(64, page + offset));
    }
  });
});
