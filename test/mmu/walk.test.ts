/** Address translation (privileged spec, 12.3 to 12.6; Svnapot, Svpbmt, Svade, Svadu). */
import { describe, expect, it } from 'vitest';
import { DATA, SV39, SV48, SV57 } from '../support/guest-program.ts';
import { PAGE_VA, PagedProgram, ROOT, runPaged, USER, type PagedOptions } from '../support/paged-program.ts';
import * as T from '../support/page-table.ts';

const { PTE_A, PTE_D, PTE_DATA, PTE_ALL, PTE_G, PTE_N, PTE_R, PTE_U, PTE_V, PTE_W, PTE_X } = T;
const MODES = [SV39, SV48, SV57];
const MENVCFG = (bit: bigint) => `li t0, ${1n << bit}\n csrw menvcfg, t0`;
const ADUE = MENVCFG(61n);
const PBMTE = MENVCFG(62n);
const MARK = 0x1234_5678_9abc_def0n;

type Cause = bigint | undefined;
interface Outcome {
  load: Cause;
  store: Cause;
  fetch: Cause;
}

/** What a load, a store and a fetch at PAGE come to when its leaf PTE is `pte`. */
function outcome(pte: bigint, options: PagedOptions = {}, level = 0): Outcome {
  const attempt = (code: string): Cause => {
    const guest = new PagedProgram(`li a1, PAGE\n ${code}`, options);
    // Code that returns, for the fetch.
    guest.memory.setUint32(DATA, 0x00008067);
    guest.tables.map(PAGE_VA, 0n, pte, level);
    return guest.run().trap?.cause;
  };
  return { load: attempt('lw a0, (a1)'), store: attempt('sw a2, 64(a1)'), fetch: attempt('jalr a1') };
}

const at = (flags: bigint, paddr = DATA): bigint => T.pteOf(paddr, flags);
const OK = { load: undefined, store: undefined, fetch: undefined };
const FAULT = { load: 13n, store: 15n, fetch: 12n };
const ACCESS_FAULT = { load: 5n, store: 7n, fetch: 1n };

describe.each(MODES)('satp mode %i', (mode) => {
  const levels = mode - 5;

  it('translates a page', () => {
    const guest = runPaged(
      'li a1, PAGE + 8\n ld a0, (a1)\n li a2, 77\n sd a2, 8(a1)',
      (tables) => {
        tables.map(PAGE_VA, DATA, PTE_DATA);
      },
      { mode, setup: `li t0, DATA\n li t1, ${MARK}\n sd t1, 8(t0)` },
    );
    expect(guest.x('a0')).toBe(MARK);
    expect(guest.memory.getUint64(DATA + 16n)).toBe(77n);
  });

  it.each([1, 2, 3, 4].filter((level) => level < levels))('a superpage of level %i', (level) => {
    const size = 1n << BigInt(12 + 9 * level);
    // Where nothing else is mapped.
    const vaddr = level === 1 ? 8n << 30n : 3n * size;
    const frame = DATA & ~(size - 1n);
    const guest = runPaged(
      `li a1, ${vaddr + (DATA - frame) + 24n}\n ld a0, (a1)`,
      (tables) => tables.map(vaddr, frame, PTE_DATA, level),
      { mode, setup: `li t0, DATA\n li t1, ${MARK}\n sd t1, 24(t0)` },
    );
    expect(guest.trap).toBeUndefined();
    expect(guest.x('a0')).toBe(MARK);
  });

  it.each([1, 2].filter((level) => level < levels))('a misaligned superpage of level %i faults', (level) => {
    const size = 1n << BigInt(12 + 9 * level);
    for (const misalignment of [4096n, size / 2n]) {
      const vaddr = 8n << 30n;
      const guest = runPaged(
        `li a1, ${vaddr}\n lw a0, (a1)`,
        (tables) => tables.map(vaddr, 0x80000000n + misalignment, PTE_DATA, level),
        { mode },
      );
      expect(guest.trap, `${misalignment}`).toMatchObject({ cause: 13n, value: vaddr });
    }
  });

  it('addresses that are not canonical fault', () => {
    const bits = BigInt(12 + 9 * levels);
    for (const vaddr of [1n << (bits - 1n), 1n << bits, 1n << 63n, (1n << 64n) - (1n << bits)]) {
      for (const [code, cause] of [
        ['lw a0, (a1)', 13n],
        ['sw a0, (a1)', 15n],
        ['jr a1', 12n],
      ] as const) {
        const guest = runPaged(`li a1, ${vaddr}\n ${code}`, undefined, { mode });
        expect(guest.trap, `${code} at ${vaddr.toString(16)}`).toMatchObject({ cause, value: vaddr });
      }
    }
  });

  it('the upper half is the negative addresses', () => {
    const vaddr = (1n << 64n) - (1n << 30n);
    const guest = runPaged(`li a1, ${vaddr}\n ld a0, (a1)`, (tables) => tables.map(vaddr, DATA, PTE_DATA), {
      mode,
    });
    expect(guest.trap).toBeUndefined();
  });

  it('a chain of tables without a leaf faults', () => {
    const guest = runPaged('li a1, PAGE\n lw a0, (a1)', (tables) => tables.map(PAGE_VA, DATA, PTE_V), {
      mode,
    });
    expect(guest.trap).toMatchObject({ cause: 13n, value: PAGE_VA });
  });
});

describe('permissions', () => {
  it.each([
    ['R', PTE_R, { load: undefined, store: 15n, fetch: 12n }],
    ['R W', PTE_R | PTE_W, { load: undefined, store: undefined, fetch: 12n }],
    ['X', PTE_X, { load: 13n, store: 15n, fetch: undefined }],
    ['R X', PTE_R | PTE_X, { load: undefined, store: 15n, fetch: undefined }],
    ['R W X', PTE_R | PTE_W | PTE_X, OK],
    ['W, reserved', PTE_W, FAULT],
    ['W X, reserved', PTE_W | PTE_X, FAULT],
  ])('%s', (_, bits, expected) => {
    expect(outcome(at(PTE_V | PTE_A | PTE_D | bits))).toEqual(expected);
  });

  it('without V all of it faults', () => {
    expect(outcome(at(PTE_ALL & ~PTE_V))).toEqual(FAULT);
  });

  it('pages of U-mode are closed to S-mode', () => {
    expect(outcome(at(PTE_ALL | PTE_U))).toEqual(FAULT);
  });

  it('SUM opens them to loads and stores, never to fetches', () => {
    expect(outcome(at(PTE_ALL | PTE_U), { setup: 'li t0, 0x40000\n csrs mstatus, t0' })).toEqual({
      ...OK,
      fetch: 12n,
    });
  });

  it('U-mode has them, and only them', () => {
    expect(outcome(at(PTE_ALL | PTE_U), { from: 'U' })).toEqual(OK);
    expect(outcome(at(PTE_ALL), { from: 'U' })).toEqual(FAULT);
    expect(outcome(at(PTE_ALL), { from: 'U', setup: 'li t0, 0x40000\n csrs mstatus, t0' })).toEqual(FAULT);
  });

  it('MXR makes executable pages readable', () => {
    const setup = 'li t0, 0x80000\n csrs mstatus, t0';
    expect(outcome(at(PTE_V | PTE_A | PTE_D | PTE_X), { setup })).toEqual({ ...OK, store: 15n });
    expect(outcome(at(PTE_V | PTE_A | PTE_D | PTE_X | PTE_U), { setup })).toEqual(FAULT);
  });

  it.each([
    ['SUM', 0x40000, PTE_DATA | PTE_U],
    ['MXR', 0x80000, PTE_V | PTE_A | PTE_X],
  ])('clearing %s takes effect at once', (_, bit, flags) => {
    const guest = runPaged(
      `li a1, PAGE\n li t0, ${bit}\n csrs sstatus, t0\n lw a0, (a1)\n csrc sstatus, t0\n at: lw a0, (a1)`,
      (tables) => tables.map(PAGE_VA, DATA, flags),
    );
    expect(guest.trap).toMatchObject({ cause: 13n, epc: guest.symbol('at') });
  });

  it('an AMO needs to write, a load-reserved to read', () => {
    const cause = (code: string, flags: bigint) =>
      runPaged(`li a1, PAGE\n ${code}`, (tables) => tables.map(PAGE_VA, DATA, flags)).trap?.cause;
    expect(cause('amoadd.w a0, a0, (a1)', PTE_V | PTE_R | PTE_A | PTE_D)).toBe(15n);
    expect(cause('lr.w a0, (a1)', PTE_V | PTE_R | PTE_A | PTE_D)).toBeUndefined();
    expect(cause('lr.w a0, (a1)', PTE_V | PTE_X | PTE_A | PTE_D)).toBe(13n);
    expect(cause('sc.w a0, a0, (a1)', PTE_V | PTE_R | PTE_A | PTE_D)).toBe(15n);
  });

  it('M-mode is not translated', () => {
    expect(
      runPaged('li a1, DATA\n lw a0, (a1)\n li a1, PAGE\n lw a0, (a1)', undefined, { from: 'M' }).trap,
    ).toMatchObject({
      cause: 5n,
    });
  });
});

describe('reserved bits', () => {
  it.each([54, 55, 56, 57, 58, 59, 60])('bit %i of a leaf faults', (bit) => {
    expect(outcome(at(PTE_ALL | (1n << BigInt(bit))))).toEqual(FAULT);
  });

  it("bits 8 and 9 are software's", () => {
    expect(outcome(at(PTE_ALL | 0x300n))).toEqual(OK);
  });

  it.each([
    ['A', PTE_A],
    ['D', PTE_D],
    ['U', PTE_U],
    ['PBMT', 1n << 61n],
    ['N', PTE_N],
    ['bit 54', 1n << 54n],
  ])('a pointer to a table with %s faults', (_, bit) => {
    const guest = new PagedProgram('li a1, PAGE\n lw a0, (a1)', { setup: PBMTE });
    guest.tables.map(PAGE_VA, DATA, PTE_DATA);
    const entry = guest.tables.entry(PAGE_VA, 1);
    guest.memory.setUint64(entry, guest.memory.getUint64(entry) | bit);
    expect(guest.run().trap).toMatchObject({ cause: 13n, value: PAGE_VA });
  });

  it('a pointer to a table with G does not', () => {
    const guest = new PagedProgram('li a1, PAGE\n lw a0, (a1)');
    guest.tables.map(PAGE_VA, DATA, PTE_DATA);
    const entry = guest.tables.entry(PAGE_VA, 1);
    guest.memory.setUint64(entry, guest.memory.getUint64(entry) | PTE_G);
    expect(guest.run().trap).toBeUndefined();
  });
});

describe('Svnapot', () => {
  const napot = (paddr: bigint, bits = 0x8n): bigint => T.pteOf(paddr | (bits << 12n), PTE_ALL | PTE_N);

  it('a page of 64 KiB: the low bits come from the virtual address', () => {
    const guest = new PagedProgram(`li a1, PAGE + 0xb010\n ld a0, (a1)\n li a2, 5\n sd a2, 8(a1)`);
    for (let page = 0n; page < 16n; page++) guest.tables.map(PAGE_VA + page * 4096n, 0n, napot(DATA));
    guest.memory.setUint64(DATA + 0xb010n, MARK);
    guest.run();
    expect(guest.x('a0')).toBe(MARK);
    expect(guest.memory.getUint64(DATA + 0xb018n)).toBe(5n);
  });

  it.each([0x0n, 0x1n, 0x2n, 0x4n, 0x7n, 0x9n, 0xcn, 0xfn])('ppn[3:0] = %i is reserved', (bits) => {
    expect(outcome(napot(DATA, bits))).toEqual(FAULT);
  });

  it('N on a superpage is reserved', () => {
    expect(outcome(T.pteOf(0x80000000n | 0x8000n, PTE_ALL | PTE_N), {}, 1)).toEqual(FAULT);
    expect(outcome(T.pteOf(0x80000000n, PTE_ALL | PTE_N), {}, 1)).toEqual(FAULT);
  });
});

describe('Svpbmt', () => {
  it.each([1n, 2n])('type %i needs menvcfg.PBMTE', (type) => {
    expect(outcome(at(PTE_ALL | (type << 61n)))).toEqual(FAULT);
    expect(outcome(at(PTE_ALL | (type << 61n)), { setup: PBMTE })).toEqual(OK);
  });
  it('type 3 is reserved', () => {
    expect(outcome(at(PTE_ALL | (3n << 61n)), { setup: PBMTE })).toEqual(FAULT);
  });
});

describe('accessed and dirty', () => {
  const NONE = PTE_V | PTE_R | PTE_W | PTE_X;

  it('Svade: clear bits fault', () => {
    expect(outcome(at(NONE))).toEqual(FAULT);
    expect(outcome(at(NONE | PTE_D))).toEqual(FAULT);
    expect(outcome(at(NONE | PTE_A))).toEqual({ ...OK, store: 15n });
  });

  it.each([
    ['lw a0, (a1)', PTE_A],
    ['sw a0, 64(a1)', PTE_A | PTE_D],
    ['jalr a1', PTE_A],
    ['lr.w a0, (a1)', PTE_A],
    ['amoor.w a0, zero, (a1)', PTE_A | PTE_D],
    ['lw a0, (a1)\n sw a0, 64(a1)', PTE_A | PTE_D],
  ])('Svadu: %s sets them', (code, bits) => {
    const guest = new PagedProgram(`li a1, PAGE\n ${code}`, { setup: ADUE });
    guest.memory.setUint32(DATA, 0x00008067);
    guest.tables.map(PAGE_VA, DATA, NONE);
    guest.run();
    expect(guest.trap).toBeUndefined();
    expect(guest.tables.read(PAGE_VA)).toBe(at(NONE | bits));
  });

  it('Svadu: what is not allowed sets nothing', () => {
    const guest = new PagedProgram('li a1, PAGE\n sw a0, (a1)', { setup: ADUE });
    guest.tables.map(PAGE_VA, DATA, PTE_V | PTE_R);
    guest.run();
    expect(guest.trap).toMatchObject({ cause: 15n });
    expect(guest.tables.read(PAGE_VA)).toBe(at(PTE_V | PTE_R));
  });

  it('Svadu: the D bit that software cleared comes back after a fence', () => {
    const guest = new PagedProgram(
      `li a1, PAGE
       sw a0, (a1)
       li a2, ${ROOT + 0x2000n}
       ld a3, (a2)
       andi a3, a3, ${~PTE_D}
       sd a3, (a2)
       sfence.vma a1
       lw a0, (a1)
       ld a4, (a2)
       sw a0, (a1)
       ld a5, (a2)`,
      { setup: ADUE },
    );
    guest.tables.map(PAGE_VA, DATA, NONE);
    guest.run();
    expect(guest.x('a4') & PTE_D).toBe(0n);
    expect(guest.x('a5') & PTE_D).toBe(PTE_D);
  });

  it('menvcfg.ADUE takes effect on what was cached', () => {
    const guest = new PagedProgram(
      `li t0, 0x20800
       csrs mstatus, t0
       li a1, PAGE
       sw a0, (a1)
       csrw menvcfg, zero
       li a2, ${ROOT + 0x2000n}
       li t0, 0x20000
       csrc mstatus, t0
       li a3, ${at(NONE)}
       sd a3, (a2)
       csrs mstatus, t0
       sfence.vma
       at: sw a0, (a1)`,
      { setup: ADUE, from: 'M' },
    );
    guest.tables.map(PAGE_VA, DATA, NONE);
    guest.run();
    expect(guest.trap).toMatchObject({ cause: 15n, epc: guest.symbol('at') });
  });
});

describe('tables and pages outside RAM', () => {
  it('a table outside RAM is an access fault of the kind of the access', () => {
    const pointer = T.pteOf(0x10000000n, PTE_V);
    const cause = (code: string) => {
      const guest = new PagedProgram(`li a1, PAGE\n ${code}`);
      guest.memory.setUint64(guest.tables.entry(PAGE_VA, 1), pointer);
      return guest.run().trap?.cause;
    };
    expect({ load: cause('lw a0, (a1)'), store: cause('sw a0, (a1)'), fetch: cause('jr a1') }).toEqual(
      ACCESS_FAULT,
    );
  });

  it('a page where nothing is, also above 4 GiB', () => {
    for (const paddr of [0x10001000n, 0x1_0000_0000n, 0x80_0000_0000_0000n]) {
      expect(outcome(at(PTE_ALL, paddr))).toEqual(ACCESS_FAULT);
    }
  });

  it('a root outside RAM', () => {
    const guest = runPaged('nop', undefined, { setup: 'li t0, (8 << 60) + 0x10000\n csrw satp, t0' });
    expect(guest.trap).toMatchObject({ from: 'S', cause: 1n });
  });

  it('a device through a page', () => {
    const guest = runPaged('li a1, PAGE\n li a0, 42\n sw a0, 4(a1)\n lw a2, 4(a1)', (tables) =>
      tables.map(PAGE_VA, 0x10000000n, PTE_DATA),
    );
    expect(guest.x('a2')).toBe(42n);
    expect(guest.probe.bytes[4]).toBe(42);
  });
});

it('U-mode runs in its own pages', () => {
  const guest = runPaged('li a0, 1\n ecall', undefined, { from: 'U' });
  expect(guest.trap).toMatchObject({ from: 'U', cause: 8n });
  expect(guest.trap!.epc >> 30n).toBe(USER >> 30n);
});
