import { expect, it } from 'vitest';
import { DATA, runGuest } from '../support/guest-program.ts';
import { PAGE_VA, runPaged } from '../support/paged-program.ts';
import { PTE_A, PTE_DATA, PTE_R, PTE_V } from '../support/page-table.ts';

const setup = 'li t0, 0x80\n csrw menvcfg, t0';

it.each([0, 1, 8, 63])('zeroes the 64 bytes around the address, here at offset %i', (offset) => {
  const guest = runGuest(`
    li a0, DATA
    li a1, -1
    li a2, 24
    1: sd a1, (a0)
    addi a0, a0, 8
    addi a2, a2, -1
    bnez a2, 1b
    li a0, DATA + 64 + ${offset}
    cbo.zero (a0)`);
  const bytes = [...guest.memory.view(DATA, 192)];
  expect(bytes.findIndex((byte) => byte === 0)).toBe(64);
  expect(bytes.filter((byte) => byte === 0)).toHaveLength(64);
  expect(bytes.lastIndexOf(0)).toBe(127);
});

it('a fault reports the address it was given', () => {
  const guest = runPaged('li a0, PAGE + 77\n cbo.zero (a0)', undefined, { setup });
  expect(guest.trap).toMatchObject({ cause: 15n, value: PAGE_VA + 77n });
});

it('needs a page that may be written', () => {
  const map = (flags: bigint) =>
    runPaged('li a0, PAGE\n cbo.zero (a0)', (tables) => tables.map(PAGE_VA, DATA, flags), { setup }).trap;
  expect(map(PTE_V | PTE_R | PTE_A)).toMatchObject({ cause: 15n });
  expect(map(PTE_DATA)).toBeUndefined();
});

it('is for main memory only', () => {
  expect(runGuest('li a0, PROBE + 8\n cbo.zero (a0)').trap).toMatchObject({ cause: 7n, value: 0x10000008n });
});
