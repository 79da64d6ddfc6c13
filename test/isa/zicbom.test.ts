import { describe, expect, it } from 'vitest';
import { DATA, enter, trapOf, type Mode } from '../support/guest-program.ts';
import { PAGE_VA, runPaged } from '../support/paged-program.ts';
import { PTE_A, PTE_D, PTE_DATA, PTE_R, PTE_V } from '../support/page-table.ts';

/** Field of menvcfg and senvcfg that enables the instruction, and what it is set to. */
const ENABLES = [
  ['cbo.inval', 4, [1, 3]],
  ['cbo.clean', 6, [1]],
  ['cbo.flush', 6, [1]],
  ['cbo.zero', 7, [1]],
] as const;

describe.each(ENABLES)('%s: who may (ISA manual, 19.5; menvcfg and senvcfg)', (name, shift, values) => {
  const cause = (mode: Mode, m: number, s: number) =>
    trapOf(`
      li a0, DATA
      li t0, ${m << shift}
      csrw menvcfg, t0
      li t0, ${s << shift}
      csrw senvcfg, t0
      ${enter(mode)}
      ${name} (a0)`)?.cause;

  it('M-mode always', () => {
    expect(cause('M', 0, 0)).toBeUndefined();
  });
  it.each(values)('S-mode with menvcfg = %i', (value) => {
    expect(cause('S', value, 0)).toBeUndefined();
    expect(cause('S', 0, value)).toBe(2n);
  });
  it.each(values)('U-mode with both = %i', (value) => {
    expect(cause('U', value, value)).toBeUndefined();
    expect(cause('U', value, 0)).toBe(2n);
    expect(cause('U', 0, value)).toBe(2n);
  });
});

describe.each(['cbo.clean', 'cbo.flush', 'cbo.inval'])('%s', (name) => {
  const setup = 'li t0, 0xf0\n csrw menvcfg, t0';
  const at = (flags: bigint, offset = 0) =>
    runPaged(`li a0, PAGE + ${offset}\n ${name} (a0)`, (tables) => tables.map(PAGE_VA, DATA, flags), {
      setup,
    }).trap;

  it('needs a page that may be read', () => {
    expect(at(PTE_V | PTE_R | PTE_A)).toBeUndefined();
    expect(at(PTE_DATA)).toBeUndefined();
  });
  it('faults as a store, with the address it was given', () => {
    expect(at(0n, 0x123)).toMatchObject({ cause: 15n, value: PAGE_VA + 0x123n });
  });
  it('does not need D', () => {
    expect(at(PTE_DATA & ~PTE_D)).toBeUndefined();
  });
  it('faults as a store access where PMP allows nothing', () => {
    const trap = trapOf(`
      li t0, ${(DATA >> 2n) + 511n}
      csrw pmpaddr0, t0
      li t0, -1
      csrw pmpaddr1, t0
      li t0, 0x1f18
      csrw pmpcfg0, t0
      ${setup}
      ${enter('S')}
      li a0, DATA + 8
      ${name} (a0)`);
    expect(trap).toMatchObject({ cause: 7n, value: DATA + 8n });
  });
  it('keeps what is in memory', () => {
    const guest = runPaged(
      `li a0, PAGE\n li a1, 77\n sd a1, (a0)\n ${name} (a0)\n ld a2, (a0)`,
      (tables) => tables.map(PAGE_VA, DATA, PTE_DATA),
      { setup },
    );
    expect(guest.x('a2')).toBe(77n);
  });
});
