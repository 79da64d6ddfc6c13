/** Code that changes: decoded blocks follow every store, with and without fence.i (stronger than Zifencei asks for). */
import { describe, expect, it } from 'vitest';
import { DATA, GuestProgram, runGuest } from '../support/guest-program.ts';
import { UNFORCED } from '../support/jit-mode.ts';
import { PAGE_VA, PagedProgram } from '../support/paged-program.ts';
import { PTE_ALL, PTE_DATA } from '../support/page-table.ts';

/** addi a0, a0, n */
const addi = (n: number): number => 0x00050513 | (n << 20);
const RETURN = 0x00008067;
const FENCES = [
  ['with fence.i', 'fence.i'],
  ['without', ''],
] as const;

describe.each(FENCES)('%s', (_, fence) => {
  it('a store to the next instruction', () => {
    const guest = runGuest(`
      la a1, at
      li a2, ${addi(5)}
      sw a2, (a1)
      ${fence}
      at: addi a0, a0, 1`);
    expect(guest.x('a0')).toBe(5n);
  });

  it('a store to the next instruction of a block that ran before', () => {
    const guest = runGuest(`
      la a1, at
      li a2, ${addi(5)}
      li a3, 3
      loop:
      ${fence}
      at: addi a0, a0, 1
      addi a3, a3, -1
      sw a2, (a1)
      bnez a3, loop`);
    expect(guest.x('a0')).toBe(11n);
  });

  it('a store a few instructions ahead in its own block', () => {
    const guest = runGuest(`
      la a1, at
      li a2, ${addi(5)}
      li a3, 2
      li a4, ${addi(1)}
      loop:
      sw a2, (a1)
      nop
      ${fence}
      nop
      at: addi a0, a0, 1
      sw a4, (a1)
      addi a3, a3, -1
      bnez a3, loop`);
    expect(guest.x('a0')).toBe(10n);
  });

  const other = (store: string, expected: number) => {
    const guest = runGuest(`
      li s0, DATA
      li t0, ${addi(1)}
      sw t0, (s0)
      li t0, ${RETURN}
      sw t0, 4(s0)
      jalr s0
      jalr s0
      ${store}
      ${fence}
      jalr s0
      jalr s0`);
    expect(guest.x('a0')).toBe(BigInt(expected));
  };

  it('a word, half and byte of another block', () => {
    other(`li t0, ${addi(4)}\n sw t0, (s0)`, 10);
    other(`li t0, ${addi(4) >>> 16}\n sh t0, 2(s0)`, 10);
    other(`li t0, 0x45\n sb t0, 2(s0)`, 10);
    other(`li t0, ${BigInt(addi(4)) | (BigInt(RETURN) << 32n)}\n sd t0, (s0)`, 10);
  });

  it('a floating-point store', () => {
    other(`li t0, 0x2000\n csrs mstatus, t0\n li t0, ${addi(4)}\n fmv.w.x fa0, t0\n fsw fa0, (s0)`, 10);
  });

  it.each([
    ['amoswap.w', `li t0, ${addi(4)}\n amoswap.w zero, t0, (s0)`],
    ['amoadd.w', `li t0, ${3 << 20}\n amoadd.w zero, t0, (s0)`],
    ['amocas.w', `li t0, ${addi(4)}\n lw t1, (s0)\n amocas.w t1, t0, (s0)`],
    ['sc.w', `li t0, ${addi(4)}\n lr.w t1, (s0)\n sc.w t1, t0, (s0)`],
    ['amoswap.d', `li t0, ${BigInt(addi(4)) | (BigInt(RETURN) << 32n)}\n amoswap.d zero, t0, (s0)`],
  ])('%s', (__, store) => {
    other(store, 10);
  });

  it('cbo.zero makes an illegal instruction of it', () => {
    const guest = runGuest(`
      li s0, DATA
      li t0, ${addi(1)}
      sw t0, (s0)
      li t0, ${RETURN}
      sw t0, 4(s0)
      jalr s0
      cbo.zero (s0)
      ${fence}
      jalr s0`);
    expect(guest.trap).toMatchObject({ cause: 2n, value: 0n, epc: DATA });
    expect(guest.x('a0')).toBe(1n);
  });

  it('through a second mapping of the page', () => {
    const guest = new PagedProgram(`
      li s0, PAGE
      li s1, PAGE + 0x10000
      jalr s0
      li t0, ${addi(4)}
      sw t0, (s1)
      ${fence}
      jalr s0`);
    guest.tables.map(PAGE_VA, DATA, PTE_ALL);
    guest.tables.map(PAGE_VA + 0x10000n, DATA, PTE_DATA);
    guest.memory.setUint32(DATA, addi(1));
    guest.memory.setUint32(DATA + 4n, RETURN);
    expect(guest.run().x('a0')).toBe(5n);
  });

  it('across two pages, both of which hold code', () => {
    const guest = runGuest(`
      li s0, DATA + 0xffe
      li t0, ${addi(1)}
      sw t0, (s0)
      li t0, ${RETURN}
      sw t0, 4(s0)
      jalr s0
      addi s1, s0, 4
      jalr s1
      li t0, ${addi(4)}
      sw t0, (s0)
      ${fence}
      jalr s0`);
    expect(guest.x('a0')).toBe(5n);
  });

  it('a page that was written before its code ran loses its fast path', () => {
    const guest = runGuest(`
      li s0, DATA
      li s1, 10
      1: li t0, ${addi(1)}
      sw t0, (s0)
      li t0, ${RETURN}
      sw t0, 4(s0)
      ${fence}
      jalr s0
      li t0, ${addi(2)}
      sw t0, (s0)
      ${fence}
      jalr s0
      addi s1, s1, -1
      bnez s1, 1b`);
    expect(guest.x('a0')).toBe(30n);
  });
});

it('a write by a device (DMA) to code that ran', () => {
  const guest = new GuestProgram(`
    li s0, DATA
    li s1, PROBE
    jalr s0
    sw zero, (s1)
    jalr s0`);
  guest.memory.setUint32(DATA, addi(1));
  guest.memory.setUint32(DATA + 4n, RETURN);
  guest.probe.onWrite = () => guest.memory.write(DATA, new Uint8Array(new Uint32Array([addi(4)]).buffer));
  expect(guest.run().x('a0')).toBe(5n);
});

it('a write by a device to the block that asked for it', () => {
  const guest = new GuestProgram(`
    li s1, PROBE
    sw zero, (s1)
    at: addi a0, a0, 1`);
  guest.probe.onWrite = () => guest.memory.setUint32(guest.symbol('at'), addi(4));
  expect(guest.run().x('a0')).toBe(4n);
});

it('a store by another hart to code that runs in a loop', () => {
  const guest = new GuestProgram(
    `
    csrr t0, mhartid
    li s0, DATA
    bnez t0, second
    jalr s0
    j finish
    second:
    li t1, 30000 # longer than a turn
    1: addi t1, t1, -1
    bnez t1, 1b
    li t0, ${RETURN}
    sw t0, 4(s0)
    1: j 1b`,
    { harts: 2 },
  );
  guest.memory.setUint32(DATA, addi(1));
  guest.memory.setUint32(DATA + 4n, 0xffdff06f); // j .-4
  guest.run();
  expect(guest.trap).toBeUndefined();
  expect(guest.x('a0')).toBeGreaterThan(10_000n);
});

it('more code than the cache holds still runs right', () => {
  // Every pass decodes blocks anew in other places: 2 MiB of code, several times the arena in all.
  const guest = runGuest(
    `
    li s0, DATA
    li t0, ${addi(1)}
    li t1, ${RETURN}
    li s1, 120000
    1: sw t0, (s0)
    sw t1, 4(s0)
    jalr s0
    addi s0, s0, 16
    addi s1, s1, -1
    bnez s1, 1b`,
    { jit: UNFORCED },
  );
  expect(guest.x('a0')).toBe(120000n);
});
