/** Where instructions come from: what the caches of the fetch path hold, and what they must not change. */
import { expect, it } from 'vitest';
import { DATA } from '../support/guest-program.ts';
import { PAGE_VA, PagedProgram, ROOT } from '../support/paged-program.ts';
import { PTE_ALL, PTE_DATA } from '../support/page-table.ts';

it('counters stay exact when a page of code vanishes without a fence before a device is accessed', () => {
  // Not fenced, so that the code may run on or fault; either way the clock of the device must be right.
  const twin = PAGE_VA + 256n * 4096n; // the same place in the instruction TLB
  const guest = new PagedProgram(
    `li s0, PAGE
     li s1, ${twin + 64n}
     li s2, CLINT + 0xbff8
     li s3, ${ROOT + 0x2000n}
     jalr s0
     jalr s1
     sd zero, (s3)
     jalr s0
     j finish`,
    {
      setup: `
        la t0, handler
        csrw mtvec, t0
        j 1f
        .balign 4
        handler:
        nop
        nop
        nop
        ld a1, (s2)
        rdtime a2
        la t0, m_trap
        csrw mtvec, t0
        ebreak
        1:`,
    },
  );
  guest.tables.map(PAGE_VA, DATA, PTE_ALL);
  guest.tables.map(twin, DATA, PTE_ALL);
  guest.tables.map(0n, 0n, PTE_DATA, 2);
  expect(guest.tables.entry(PAGE_VA)).toBe(ROOT + 0x2000n);
  guest.memory.setUint32(DATA, 0x00093503); // ld a0, (s2)
  guest.memory.setUint32(DATA + 4n, 0x00008067); // ret
  guest.memory.setUint32(DATA + 64n, 0x00008067);
  guest.run();
  expect(guest.x('a2') - guest.x('a1')).toBe(1n);
});
