/** Loads and stores off the fast path: misaligned, across pages, and on devices (PMA: privileged spec, 3.6). */
import { describe, expect, it } from 'vitest';
import { DATA, PROBE, runGuest } from '../support/guest-program.ts';
import { PAGE_VA, PagedProgram } from '../support/paged-program.ts';
import { PTE_A, PTE_D, PTE_DATA, PTE_R, PTE_U, PTE_V, type PageTables } from '../support/page-table.ts';

const SECOND = PAGE_VA + 4096n;
const OTHER = DATA + 0x8000n;
const pattern = (length: number) => Uint8Array.from({ length }, (_, n) => 0x81 + n * 3);
const little = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

const LOADS = [
  ['lb', 1, true],
  ['lbu', 1, false],
  ['lh', 2, true],
  ['lhu', 2, false],
  ['lw', 4, true],
  ['lwu', 4, false],
  ['ld', 8, true],
] as const;

describe('at every offset around the end of a page', () => {
  const offsets = Array.from({ length: 18 }, (_, n) => 4096 - 9 + n);

  it.each(LOADS)('%s', (name, size, isSigned) => {
    const guest = new PagedProgram(`
      li s0, PAGE
      li s1, ${OTHER + 0x4000n}
      ${offsets.map((offset, n) => `li t0, ${offset}\n add t0, t0, s0\n ${name} t1, (t0)\n sd t1, ${8 * n}(s1)`).join('\n')}`);
    // The two pages lie apart, the second before the first.
    guest.tables.map(PAGE_VA, OTHER, PTE_DATA);
    guest.tables.map(SECOND, DATA, PTE_DATA);
    const bytes = pattern(32);
    guest.memory.write(OTHER + 4080n, bytes.subarray(0, 16));
    guest.memory.write(DATA, bytes.subarray(16));
    guest.run();
    offsets.forEach((offset, n) => {
      const value = little(bytes.subarray(offset - 4080, offset - 4080 + size));
      const expected = isSigned ? BigInt.asUintN(64, BigInt.asIntN(8 * size, value)) : value;
      expect(guest.memory.getUint64(OTHER + 0x4000n + BigInt(8 * n)), `offset ${offset}`).toBe(expected);
    });
  });

  it.each([
    ['sb', 1],
    ['sh', 2],
    ['sw', 4],
    ['sd', 8],
  ] as const)('%s', (name, size) => {
    for (const offset of offsets) {
      const guest = new PagedProgram(
        `li t0, PAGE + ${offset}\n li t1, 0x8877665544332211\n ${name} t1, (t0)`,
      );
      guest.tables.map(PAGE_VA, OTHER, PTE_DATA);
      guest.tables.map(SECOND, DATA, PTE_DATA);
      guest.run();
      const found = [...guest.memory.view(OTHER + 4080n, 16), ...guest.memory.view(DATA, 16)];
      const expected = new Array<number>(32).fill(0);
      for (let n = 0; n < size; n++) expected[offset - 4080 + n] = 0x11 * (n + 1);
      expect(found, `offset ${offset}`).toEqual(expected);
    }
  });
});

it('misaligned floating-point accesses work', () => {
  const guest = runGuest(`
    li t0, 0x2000
    csrs mstatus, t0
    li a0, DATA + 4093
    li a1, 0x400921fb54442d18
    fmv.d.x fa0, a1
    fsd fa0, (a0)
    fld fa1, (a0)
    fmv.x.d a2, fa1`);
  expect(guest.x('a2')).toBe(0x400921fb54442d18n);
});

describe('across pages of which the second', () => {
  const attempt = (code: string, map: (tables: PageTables) => void, setup = '') => {
    const guest = new PagedProgram(`li a1, PAGE + 0xffc\n li a0, -1\n ${code}`, { setup });
    guest.tables.map(PAGE_VA, DATA, PTE_DATA);
    map(guest.tables);
    guest.run();
    return { trap: guest.trap, first: guest.memory.getUint32(DATA + 0xffcn), guest };
  };

  it('is a device: an access fault, and the device sees nothing', () => {
    const device = (tables: PageTables) => tables.map(SECOND, BigInt(PROBE), PTE_DATA);
    expect(attempt('ld a0, (a1)', device).trap).toMatchObject({ cause: 5n, value: SECOND });
    const { trap, first, guest } = attempt('sd a0, (a1)', device);
    expect(trap).toMatchObject({ cause: 7n, value: SECOND });
    expect(first).toBe(0);
    expect(guest.probe.bytes.every((byte) => byte === 0)).toBe(true);
  });

  it('may only be read', () => {
    const readOnly = (tables: PageTables) => tables.map(SECOND, OTHER, PTE_V | PTE_R | PTE_A | PTE_D);
    expect(attempt('ld a0, (a1)', readOnly).trap).toBeUndefined();
    expect(attempt('sd a0, (a1)', readOnly)).toMatchObject({ trap: { cause: 15n, value: SECOND }, first: 0 });
  });

  it('belongs to U-mode', () => {
    const user = (tables: PageTables) => tables.map(SECOND, OTHER, PTE_DATA | PTE_U);
    expect(attempt('ld a0, (a1)', user).trap).toMatchObject({ cause: 13n, value: SECOND });
    expect(attempt('ld a0, (a1)', user, 'li t0, 0x40000\n csrs mstatus, t0').trap).toBeUndefined();
  });

  it('is not dirty yet', () => {
    const clean = (tables: PageTables) => tables.map(SECOND, OTHER, PTE_DATA & ~PTE_D);
    expect(attempt('sd a0, (a1)', clean)).toMatchObject({ trap: { cause: 15n, value: SECOND }, first: 0 });
    const { guest, trap } = attempt('sd a0, (a1)', clean, 'li t0, 1 << 61\n csrw menvcfg, t0');
    expect(trap).toBeUndefined();
    expect(guest.tables.read(SECOND) & PTE_D).toBe(PTE_D);
    expect(guest.memory.getUint32(OTHER)).toBe(0xffffffff);
  });

  it('lies outside RAM', () => {
    const outside = (tables: PageTables) => tables.map(SECOND, 0x1_0000_0000n, PTE_DATA);
    expect(attempt('ld a0, (a1)', outside).trap).toMatchObject({ cause: 5n, value: SECOND });
    expect(attempt('sd a0, (a1)', outside)).toMatchObject({ trap: { cause: 7n, value: SECOND }, first: 0 });
  });
});

it('the first page is a device: an access fault of its address', () => {
  const guest = new PagedProgram('li a1, PAGE + 0xffc\n ld a0, (a1)');
  guest.tables.map(PAGE_VA, BigInt(PROBE) & ~0xfffn, PTE_DATA);
  guest.tables.map(SECOND, DATA, PTE_DATA);
  expect(guest.run().trap).toMatchObject({ cause: 5n, value: PAGE_VA + 0xffcn });
});

describe('devices', () => {
  it('see each access once, in order, also in a loop', () => {
    const guest = runGuest(`
      li s0, PROBE
      li s1, 100
      1: lw t0, (s0)
      addi t0, t0, 1
      sw t0, (s0)
      addi s1, s1, -1
      bnez s1, 1b
      lw a0, (s0)`);
    expect(guest.x('a0')).toBe(100n);
  });

  it.each([
    ['lb', 0xffff_ffff_ffff_ff81n],
    ['lbu', 0x81n],
    ['lh', 0xffff_ffff_ffff_8381n],
    ['lhu', 0x8381n],
    ['lw', 0xffff_ffff_8785_8381n],
    ['lwu', 0x8785_8381n],
  ])('%s extends what they answer', (name, expected) => {
    const guest = runGuest(`li s0, PROBE\n li t0, 0x87858381\n sw t0, 8(s0)\n ${name} a0, 8(s0)`);
    expect(guest.x('a0')).toBe(expected);
  });

  it('8 bytes go in one access where a device takes them', () => {
    const guest = runGuest(
      'li s0, CLINT + 0x4000\n li t0, 0x8877665544332211\n sd t0, (s0)\n ld a0, (s0)\n lw a1, 4(s0)',
    );
    expect([guest.x('a0'), guest.x('a1')]).toEqual([0x8877665544332211n, 0xffff_ffff_8877_6655n]);
  });

  it('that raise an access fault leave rd as it was', () => {
    const guest = runGuest('li a0, 7\n li s0, HOLE\n lw a0, (s0)');
    expect(guest.x('a0')).toBe(7n);
  });
});
