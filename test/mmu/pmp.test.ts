/** Physical memory protection (privileged spec, 3.7). */
import { describe, expect, it } from 'vitest';
import * as CSR from '../../src/generated/csr.ts';
import { DATA, enter, runGuest, trapOf } from '../support/guest-program.ts';
import { PAGE_VA, PagedProgram, ROOT, runPaged } from '../support/paged-program.ts';
import { PTE_ALL, PTE_DATA, PTE_V, PTE_R } from '../support/page-table.ts';

const R = 1;
const W = 2;
const X = 4;
const L = 0x80;
const TOR = 1 << 3;
const NA4 = 2 << 3;
const NAPOT = 3 << 3;
const ALL = R | W | X;

/** pmpaddr of a power-of-two range. */
const napot = (base: bigint, size: bigint): bigint => (base >> 2n) | ((size >> 3n) - 1n);
const EVERYTHING = (1n << 54n) - 1n;

type Entry = readonly [address: bigint, cfg: number];
/** Programs entries 0, 1, 2 and so on. */
function pmp(...entries: readonly Entry[]): string {
  const cfg = (from: number) =>
    entries.slice(from, from + 8).reduce((all, [, bits], n) => all | (BigInt(bits) << BigInt(8 * n)), 0n);
  return `
    ${entries.map(([address], n) => `li t0, ${address}\n csrw pmpaddr${n}, t0`).join('\n')}
    li t0, ${cfg(8)}
    csrw pmpcfg2, t0
    li t0, ${cfg(0)}
    csrw pmpcfg0, t0`;
}

const OPEN: Entry = [EVERYTHING, NAPOT | ALL];
const access = (instruction: string, address: bigint): string => `li a1, ${address}\n ${instruction}`;
const causeOf = (entries: readonly Entry[], code: string, mode: 'S' | 'U' | 'M' = 'S'): bigint | undefined =>
  trapOf(`${pmp(...entries)}\n ${enter(mode)} ${code}`)?.cause;

describe('address matching', () => {
  const allowed = (entry: readonly Entry[], from: bigint, to: bigint): boolean[] => {
    const result: boolean[] = [];
    for (let address = from; address < to; address += 4n) {
      result.push(causeOf([...entry, OPEN], access('lw a0, (a1)', address)) === undefined);
    }
    return result;
  };

  it('NA4 covers four bytes', () => {
    expect(allowed([[(DATA + 8n) >> 2n, NA4]], DATA, DATA + 20n)).toEqual([true, true, false, true, true]);
  });

  it.each([8n, 16n])('NAPOT covers %i bytes', (size) => {
    const base = DATA + 16n;
    const expected = Array.from({ length: 12 }, (_, n) => {
      const address = DATA + 4n * BigInt(n);
      return address < base || address >= base + size;
    });
    expect(allowed([[napot(base, size), NAPOT]], DATA, DATA + 48n)).toEqual(expected);
  });

  it('NAPOT covers pages and more', () => {
    const entries: Entry[] = [[napot(DATA, 0x10000n), NAPOT], OPEN];
    expect(causeOf(entries, access('lb a0, (a1)', DATA - 1n))).toBeUndefined();
    expect(causeOf(entries, access('lb a0, (a1)', DATA))).toBe(5n);
    expect(causeOf(entries, access('lb a0, (a1)', DATA + 0xffffn))).toBe(5n);
    expect(causeOf(entries, access('lb a0, (a1)', DATA + 0x10000n))).toBeUndefined();
  });

  it('TOR covers from the entry before to its own address', () => {
    expect(
      allowed(
        [
          [(DATA + 4n) >> 2n, 0],
          [(DATA + 12n) >> 2n, TOR],
        ],
        DATA,
        DATA + 16n,
      ),
    ).toEqual([true, false, false, true]);
  });

  it('TOR of entry 0 starts at address 0', () => {
    const entries: Entry[] = [[0x20000000n, TOR], OPEN];
    expect(causeOf(entries, access('lw a0, (a1)', 0x2000000n))).toBe(5n);
    expect(causeOf(entries, access('lw a0, (a1)', DATA))).toBeUndefined();
  });

  it('TOR with its bounds the wrong way round matches nothing', () => {
    expect(
      causeOf([[(DATA + 64n) >> 2n, 0], [DATA >> 2n, TOR], OPEN], access('lw a0, (a1)', DATA + 32n)),
    ).toBeUndefined();
  });

  it('what matches no entry is closed to S and U, open to M', () => {
    const only: Entry[] = [[napot(0x80000000n, 0x10000n), NAPOT | ALL]];
    expect(causeOf(only, access('lw a0, (a1)', DATA))).toBe(5n);
    expect(causeOf(only, access('lw a0, (a1)', DATA), 'U')).toBe(5n);
    expect(causeOf(only, access('lw a0, (a1)', DATA), 'M')).toBeUndefined();
  });

  it('with every entry off, S and U have nothing, not even the next instruction', () => {
    const guest = runGuest(`csrw pmpcfg0, zero\n ${enter('S')} at: nop`);
    expect(guest.trap).toMatchObject({ from: 'S', cause: 1n, epc: guest.symbol('at') });
  });
});

describe('priority and partial matches (3.7.1.3)', () => {
  it('the entry of the lowest number decides', () => {
    const page: Entry = [napot(DATA, 4096n), NAPOT | R];
    const word: Entry = [DATA >> 2n, NA4 | R | W];
    expect(causeOf([page, word, OPEN], access('sw a0, (a1)', DATA))).toBe(7n);
    expect(causeOf([word, page, OPEN], access('sw a0, (a1)', DATA))).toBeUndefined();
  });

  it('an access that an entry matches in part fails, whatever the entry allows', () => {
    const entries: Entry[] = [[DATA >> 2n, NA4 | ALL], OPEN];
    expect(causeOf(entries, access('ld a0, (a1)', DATA))).toBe(5n);
    expect(causeOf(entries, access('sd a0, (a1)', DATA))).toBe(7n);
    expect(causeOf(entries, access('lw a0, (a1)', DATA))).toBeUndefined();
    expect(causeOf(entries, access('lw a0, (a1)', DATA + 2n))).toBe(5n);
    expect(causeOf(entries, access('lh a0, (a1)', DATA + 3n))).toBe(5n);
  });

  it('also in M-mode, although the entry is not locked', () => {
    expect(causeOf([[DATA >> 2n, NA4 | ALL], OPEN], access('ld a0, (a1)', DATA), 'M')).toBe(5n);
  });

  it('all sixteen entries count', () => {
    const off = Array.from({ length: 14 }, (): Entry => [0n, 0]);
    expect(causeOf([...off, [DATA >> 2n, NA4], OPEN], access('lw a0, (a1)', DATA))).toBe(5n);
    expect(causeOf([...off, [DATA >> 2n, NA4], OPEN], access('lw a0, (a1)', DATA + 4n))).toBeUndefined();
  });
});

describe('permissions', () => {
  it.each([
    [0, 5n, 7n, 1n],
    [R, undefined, 7n, 1n],
    [R | W, undefined, undefined, 1n],
    [X, 5n, 7n, undefined],
    [R | X, undefined, 7n, undefined],
    [ALL, undefined, undefined, undefined],
  ])('cfg %i: load %s, store %s, fetch %s', (bits, load, store, fetch) => {
    const entries: Entry[] = [[napot(DATA, 4096n), NAPOT | bits], OPEN];
    // At DATA: a jump back, so that the fetch does not end in a trap of its own.
    const setup = (code: string) =>
      `li a1, DATA\n li a2, 0x00008067\n sw a2, (a1)\n ${pmp(...entries)}\n ${enter('S')} ${code}`;
    expect(trapOf(setup('lw a0, (a1)'))?.cause).toBe(load);
    expect(trapOf(setup('sw a0, (a1)'))?.cause).toBe(store);
    expect(trapOf(setup('amoadd.w a0, a2, (a1)'))?.cause).toBe(store);
    expect(trapOf(setup('jalr a1'))?.cause).toBe(fetch);
  });

  it('M-mode is not bound by entries that are not locked', () => {
    expect(causeOf([[napot(DATA, 4096n), NAPOT], OPEN], access('sw a0, (a1)', DATA), 'M')).toBeUndefined();
  });

  it('locked entries bind M-mode too', () => {
    const entries: Entry[] = [[napot(DATA, 4096n), NAPOT | L | R]];
    expect(causeOf(entries, access('lw a0, (a1)', DATA), 'M')).toBeUndefined();
    expect(causeOf(entries, access('sw a0, (a1)', DATA), 'M')).toBe(7n);
    expect(causeOf(entries, access('jr a1', DATA), 'M')).toBe(1n);
  });

  it('MPRV makes M-mode subject to those of S-mode', () => {
    const code = (mpp: number) =>
      `li t0, 0x1800\n csrc mstatus, t0\n li t0, ${0x20000 | (mpp << 11)}\n csrs mstatus, t0\n li a1, DATA\n lw a0, (a1)`;
    const entries: Entry[] = [[napot(DATA, 4096n), NAPOT], OPEN];
    expect(trapOf(`${pmp(...entries)}\n ${code(1)}`)).toMatchObject({ from: 'M', cause: 5n });
    expect(trapOf(`${pmp(...entries)}\n ${code(3)}`)).toBeUndefined();
  });

  it('apply to devices', () => {
    const probe = 0x10000000n;
    expect(causeOf([[napot(probe, 8n), NAPOT | R], OPEN], access('lw a0, (a1)', probe))).toBeUndefined();
    expect(causeOf([[napot(probe, 8n), NAPOT | R], OPEN], access('sw a0, (a1)', probe))).toBe(7n);
    expect(causeOf([[napot(probe, 8n), NAPOT | R], OPEN], access('sw a0, (a1)', probe + 8n))).toBeUndefined();
  });

  it('change takes effect at once, also where the access was allowed before', () => {
    const guest = runGuest(`
      ${pmp([napot(DATA, 4096n), NAPOT | ALL], OPEN)}
      li t0, 0x20800
      csrs mstatus, t0   # MPRV, MPP = S
      li a1, DATA
      sw a0, (a1)
      li t0, ${((NAPOT | ALL) << 8) | NAPOT | R}
      csrw pmpcfg0, t0
      lw a0, (a1)
      at: sw a0, (a1)`);
    expect(guest.trap).toMatchObject({ cause: 7n, epc: guest.symbol('at') });
  });
});

describe('boundaries inside a page', () => {
  const HALF = DATA + 0x800n;
  const lower: Entry[] = [[HALF >> 2n, TOR | ALL]];

  it('loads and stores below and above', () => {
    for (const [address, load, store] of [
      [HALF - 8n, undefined, undefined],
      [HALF, 5n, 7n],
      [HALF - 4n, 5n, 7n],
    ] as const) {
      expect(causeOf(lower, access('ld a0, (a1)', address))).toBe(load);
      expect(causeOf(lower, access('sd a0, (a1)', address))).toBe(store);
    }
  });

  it('an allowed access beside does not open the rest', () => {
    expect(causeOf(lower, `${access('ld a0, -8(a1)', HALF)}\n sd a0, -8(a1)\n ld a0, (a1)`)).toBe(5n);
    expect(causeOf(lower, `${access('sd a0, -8(a1)', HALF)}\n sd a0, (a1)`)).toBe(7n);
  });

  const fetchAt = (code: string, end: bigint) => {
    const source = `
      li a1, ${end}
      ${code}
      fence.i
      ${pmp([end >> 2n, TOR | ALL])}
      ${enter('S')}
      li a0, 0
      jr a2`;
    return runGuest(source);
  };

  it('code runs up to the boundary', () => {
    // li a0, 1 twice; the second lies behind.
    const guest = fetchAt('li a3, 0x00150513\n sw a3, -4(a1)\n sw a3, (a1)\n addi a2, a1, -4', HALF);
    expect(guest.trap).toMatchObject({ from: 'S', cause: 1n, value: HALF, epc: HALF });
    expect(guest.x('a0')).toBe(1n);
  });

  it('an instruction across it faults, reporting its second half', () => {
    const guest = fetchAt(
      'li a3, 0x0513\n sh a3, -2(a1)\n li a3, 0x0015\n sh a3, (a1)\n addi a2, a1, -2',
      HALF,
    );
    expect(guest.trap).toMatchObject({ from: 'S', cause: 1n, value: HALF, epc: HALF - 2n });
    expect(guest.x('a0')).toBe(0n);
  });

  it('16-bit instructions run up to it', () => {
    const guest = fetchAt('li a3, 0x0505\n sh a3, -2(a1)\n sh a3, -4(a1)\n addi a2, a1, -4', HALF);
    expect(guest.trap).toMatchObject({ cause: 1n, epc: HALF });
    expect(guest.x('a0')).toBe(2n);
  });

  it('self-modifying code works beside it', () => {
    const guest = runGuest(`
      ${pmp([HALF >> 2n, TOR | ALL], OPEN)}
      li a1, DATA
      li a2, 0x00150513
      sw a2, (a1)
      li a2, 0x00008067
      sw a2, 4(a1)
      ${enter('S')}
      li a0, 0
      jalr a1
      li a2, 0x00250513
      sw a2, (a1)
      fence.i
      jalr a1`);
    expect(guest.x('a0')).toBe(3n);
  });

  it('code that ran before a boundary was drawn is checked afterwards', () => {
    const guest = runGuest(`
      ${pmp(OPEN)}
      li a1, DATA
      li a2, 0x00150513
      sw a2, (a1)
      li a2, 0x00008067
      sw a2, 4(a1)
      la t0, handler
      csrw mtvec, t0
      ${enter('S')}
      li a0, 0
      jalr a1
      ecall
      .balign 4
      handler:
      la t0, m_trap
      csrw mtvec, t0
      ${pmp([(DATA + 4n) >> 2n, NA4], OPEN)}
      ${enter('S')}
      jalr a1`);
    expect(guest.trap).toMatchObject({ from: 'S', cause: 1n, epc: DATA + 4n });
    expect(guest.x('a0')).toBe(2n);
  });
});

describe('page walks are checked as S-mode (3.7.2)', () => {
  const walk = (cfg: number, options: { flags?: bigint; code?: string; adue?: boolean } = {}) => {
    const { flags = PTE_DATA, code = 'lw a0, (a1)', adue = false } = options;
    // The tables lie from ROOT on.
    const setup = `${pmp([napot(ROOT, 0x100000n), NAPOT | cfg], OPEN)}
      li t0, ${adue ? 1n << 61n : 0n}
      csrw menvcfg, t0`;
    return runPaged(`li a1, PAGE\n ${code}`, (tables) => tables.map(PAGE_VA, DATA, flags), { setup });
  };

  it('a table that may not be read is an access fault of the access', () => {
    // Even the first fetch in S-mode walks.
    const guest = walk(0);
    expect(guest.trap).toMatchObject({ from: 'S', cause: 1n });
  });

  it('a page table that alone is closed', () => {
    const guest = new PagedProgram('li a1, PAGE\n at: sw a0, (a1)', {
      setup: pmp([napot(ROOT + 0x2000n, 4096n), NAPOT], OPEN),
    });
    guest.tables.map(PAGE_VA, DATA, PTE_DATA);
    expect(guest.tables.entry(PAGE_VA)).toBe(ROOT + 0x2000n);
    guest.run();
    expect(guest.trap).toMatchObject({ cause: 7n, value: PAGE_VA, epc: guest.symbol('at') });
  });

  it('reading suffices while A and D are set', () => {
    expect(walk(R).trap).toBeUndefined();
  });

  it('setting A or D needs writing', () => {
    expect(walk(R, { flags: PTE_V | PTE_R, adue: true }).trap).toMatchObject({ cause: 5n, value: PAGE_VA });
    expect(walk(R | W, { flags: PTE_V | PTE_R, adue: true }).trap).toBeUndefined();
  });

  it('what a walk arrives at is checked too', () => {
    const guest = runPaged(
      'li a1, PAGE\n lw a0, (a1)\n jr a1',
      (tables) => tables.map(PAGE_VA, DATA, PTE_ALL),
      {
        setup: pmp([napot(DATA, 4096n), NAPOT | R], OPEN),
      },
    );
    expect(guest.trap).toMatchObject({ cause: 1n, value: PAGE_VA });
  });
});

describe('the registers', () => {
  const value = (source: string, csr: string) => runGuest(`${source}\n csrr a0, ${csr}`).x('a0');

  it('W without R is reserved and reads as neither', () => {
    expect(value('li t0, 0x1a\n csrw pmpcfg0, t0', 'pmpcfg0')).toBe(0x18n);
    expect(value('li t0, 0x1e\n csrw pmpcfg0, t0', 'pmpcfg0')).toBe(0x1cn);
  });

  it('bits 5 and 6 of a cfg are zero', () => {
    expect(value('li t0, 0x7f\n csrw pmpcfg0, t0', 'pmpcfg0')).toBe(0x1fn);
  });

  it('pmpcfg2 holds entries 8 to 15', () => {
    const guest = runGuest(
      'li t0, 0x0f00000000000009\n csrw pmpcfg2, t0\n csrr a0, pmpcfg2\n csrr a1, pmpcfg0',
    );
    expect([guest.x('a0'), guest.x('a1')]).toEqual([0x0f00000000000009n, 0x1fn]);
  });

  it('a locked entry cannot be changed, its neighbours can', () => {
    const guest = runGuest(`
      li t0, 0x1234
      csrw pmpaddr1, t0
      li t0, ${(BigInt(NAPOT | L | R) << 8n) | BigInt(NAPOT | ALL)}
      csrw pmpcfg0, t0
      csrw pmpaddr1, zero
      csrr a0, pmpaddr1
      li t0, ${0x1fn | (0x0fn << 16n)}
      csrw pmpcfg0, t0
      csrr a1, pmpcfg0`);
    expect(guest.x('a0')).toBe(0x1234n);
    expect(guest.x('a1')).toBe(0x0f991fn);
  });

  it('the address below a locked TOR entry is locked with it', () => {
    const guest = runGuest(`
      li t0, 0x100
      csrw pmpaddr1, t0
      li t0, 0x200
      csrw pmpaddr2, t0
      li t0, ${BigInt(TOR | L) << 16n}
      csrw pmpcfg0, t0
      csrw pmpaddr1, zero
      csrr a0, pmpaddr1`);
    expect(guest.x('a0')).toBe(0x100n);
    expect(guest.csr(CSR.CSR_PMPADDR2)).toBe(0x200n);
  });
});
