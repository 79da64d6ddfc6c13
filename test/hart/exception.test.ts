/** What exceptions report: cause, trap value and pc (privileged spec, 3.1.14 to 3.1.16, 12.1.8 and 12.1.9). */
import { describe, expect, it } from 'vitest';
import * as CSR from '../../src/generated/csr.ts';
import {
  CLINT,
  DATA,
  enter,
  FINISHER,
  GuestProgram,
  HOLE,
  PROBE,
  runGuest,
  trapOf,
  type Mode,
} from '../support/guest-program.ts';
import { PAGE_VA, runPaged } from '../support/paged-program.ts';
import { PTE_ALL, PTE_DATA } from '../support/page-table.ts';

describe('illegal instruction: the trap value holds the bits', () => {
  it.each([
    ['all zeros, 16 bits', '.half 0', 0n],
    ['all ones', '.word 0xffffffff', 0xffffffffn],
    ['c.addiw x0 (reserved)', '.half 0x2001', 0x2001n],
    ['an unknown opcode of 32 bits', '.word 0x0000707b', 0x707bn],
    ['a CSR that does not exist', 'csrr a0, 0x5c0', 0x5c002573n],
    ['a write to a read-only CSR', 'csrw mhartid, a0', 0xf1451073n],
    ['an fence with a reserved funct3', '.word 0x0000700f', 0x700fn],
    ['an encoding longer than 32 bits', '.word 0x0000001f', 0x1fn],
    ['an even longer one', '.word 0x1234007f', 0x1234007fn],
  ])('%s', (_, instruction, bits) => {
    const guest = runGuest(`at: ${instruction}\n nop`);
    expect(guest.trap).toEqual({
      to: 'M',
      from: 'M',
      cause: BigInt(CSR.CAUSE_ILLEGAL_INSTRUCTION),
      value: bits,
      epc: guest.symbol('at'),
    });
  });

  it('that lies across two pages', () => {
    const guest = runGuest(`j at\n .balign 4096\n .space 4094\n at: .word 0xabcd707b`);
    expect(guest.trap).toMatchObject({ cause: 2n, value: 0xabcd707bn, epc: guest.symbol('at') });
  });

  it('that lies across two pages of which each is mapped elsewhere', () => {
    const guest = runPaged(
      `li t0, DATA + 4094
       li t1, 0x707b
       sh t1, (t0)
       li t0, DATA + 0x5000
       li t1, 0x1234
       sh t1, (t0)
       fence.i
       li t0, PAGE + 4094
       jr t0`,
      (tables) => {
        tables.map(PAGE_VA, DATA, PTE_ALL);
        tables.map(PAGE_VA + 4096n, DATA + 0x5000n, PTE_ALL);
      },
    );
    expect(guest.trap).toMatchObject({ cause: 2n, value: 0x1234707bn, epc: PAGE_VA + 4094n });
  });
});

describe('environment calls and breakpoints', () => {
  it.each([
    ['U', 8n],
    ['S', 9n],
    ['M', 11n],
  ] as [Mode, bigint][])('ecall from %s-mode', (mode, cause) => {
    const guest = runGuest(`${enter(mode)} at: ecall`);
    expect(guest.trap).toEqual({ to: 'M', from: mode, cause, value: 0n, epc: guest.symbol('at') });
  });

  it.each(['ebreak', 'c.ebreak'])('%s leaves the trap value zero (Sstvala exempts it)', (name) => {
    const guest = runGuest(`at: ${name}`);
    expect(guest.trap).toMatchObject({ cause: 3n, value: 0n, epc: guest.symbol('at') });
  });
});

describe('misaligned atomics', () => {
  it.each([
    ['lr.w a0, (a1)', 2, 4n],
    ['lr.d a0, (a1)', 4, 4n],
    ['sc.w a0, a2, (a1)', 1, 6n],
    ['sc.d a0, a2, (a1)', 4, 6n],
    ['amoadd.w a0, a2, (a1)', 2, 6n],
    ['amoswap.d a0, a2, (a1)', 4, 6n],
    ['amocas.w a0, a2, (a1)', 2, 6n],
    ['amocas.d a0, a2, (a1)', 4, 6n],
    ['amocas.q a2, a4, (a1)', 8, 6n],
  ])('%s at offset %i', (instruction, offset, cause) => {
    const guest = runGuest(`li a1, DATA + ${offset}\n at: ${instruction}`);
    expect(guest.trap).toMatchObject({ cause, value: DATA + BigInt(offset), epc: guest.symbol('at') });
  });
});

describe('access faults', () => {
  const BEYOND = 0x80000000n + (8n << 20n);
  it.each([
    ['a hole in the memory map', BigInt(HOLE)],
    ['address zero', 0n],
    ['the first byte behind RAM', BEYOND],
    ['an address of more than 32 bits', 0x1_8000_0000n],
    ['an address of 64 bits', 0xffff_ffff_8000_0000n],
  ])('at %s', (_, address) => {
    for (const [instruction, cause] of [
      ['lw a0, (a1)', 5n],
      ['sw a0, (a1)', 7n],
      ['lr.w a0, (a1)', 5n],
      ['sc.w a0, a2, (a1)', 7n],
      ['amoadd.w a0, a2, (a1)', 7n],
      ['cbo.zero (a1)', 7n],
      ['fld fa0, (a1)', 5n],
      ['fsw fa0, (a1)', 7n],
    ] as const) {
      const trap = trapOf(`li t0, 0x2000\n csrs mstatus, t0\n li a1, ${address}\n ${instruction}`);
      expect(trap, instruction).toMatchObject({ cause, value: address });
    }
    expect(trapOf(`li a1, ${address}\n jr a1`), 'fetch').toMatchObject({
      cause: 1n,
      value: address,
      epc: address,
    });
  });

  it.each([
    ['a byte of a register that takes words', 'lb a0, (a1)', CLINT, 5n],
    ['a store of a byte there', 'sb a0, (a1)', CLINT, 7n],
    ['8 bytes where 4 are the most', 'ld a0, (a1)', PROBE, 5n],
    ['a store of 8 bytes there', 'sd a0, (a1)', PROBE, 7n],
    ['a misaligned load', 'lw a0, (a1)', PROBE + 2, 5n],
    ['a misaligned store', 'sw a0, (a1)', PROBE + 2, 7n],
    ['a load across the end of the window', 'lw a0, (a1)', PROBE + 254, 5n],
    ['an AMO on a device', 'amoadd.w a0, a2, (a1)', PROBE, 7n],
    ['a reservation on a device', 'lr.w a0, (a1)', PROBE, 5n],
  ])('for %s', (_, instruction, address, cause) => {
    expect(trapOf(`li a1, ${address}\n ${instruction}`)).toMatchObject({ cause, value: BigInt(address) });
  });

  it('for a fetch from a device', () => {
    expect(trapOf(`li a1, ${FINISHER}\n jr a1`)).toMatchObject({ cause: 1n, value: BigInt(FINISHER) });
  });

  it('for a load across the end of RAM reports the part behind it', () => {
    expect(trapOf(`li a1, ${BEYOND - 4n}\n ld a0, (a1)`)).toMatchObject({ cause: 5n, value: BEYOND });
  });

  it('for a store across the end of RAM changes nothing', () => {
    const guest = runGuest(`li a1, ${BEYOND - 4n}\n li a0, -1\n sd a0, (a1)`);
    expect(guest.trap).toMatchObject({ cause: 7n, value: BEYOND });
    expect(guest.memory.getUint32(BEYOND - 4n)).toBe(0);
  });

  it('for an instruction across the end of RAM reports its second half', () => {
    const guest = runGuest(`li a1, ${BEYOND - 2n}\n li a0, 0x13\n sh a0, (a1)\n jr a1`);
    expect(guest.trap).toMatchObject({ cause: 1n, value: BEYOND, epc: BEYOND - 2n });
  });

  it('a device that answers raises none', () => {
    const guest = runGuest('li a1, PROBE\n li a0, 0x12345678\n sw a0, 8(a1)\n lhu a2, 10(a1)\n lb a3, 8(a1)');
    expect(guest.trap).toBeUndefined();
    expect([guest.x('a2'), guest.x('a3')]).toEqual([0x1234n, 0x78n]);
  });
});

describe('page faults report the page that is missing', () => {
  const first = (access: string) => `li a1, PAGE + 0xff8\n at: ${access}`;
  const firstPage = {
    map: (tables: Parameters<Parameters<typeof runPaged>[1] & object>[0]) =>
      tables.map(PAGE_VA, DATA, PTE_DATA),
  };

  it.each([
    ['a load', 'ld a0, 12(a1)', 13n, 0x1004n],
    ['a load across pages', 'ld a0, 4(a1)', 13n, 0x1000n],
    ['a load across pages by one byte', 'lh a0, 7(a1)', 13n, 0x1000n],
    ['a store', 'sd a0, 12(a1)', 15n, 0x1004n],
    ['a store across pages', 'sd a0, 4(a1)', 15n, 0x1000n],
    ['an AMO', 'addi a1, a1, 8\n amoadd.w a0, a0, (a1)', 15n, 0x1000n],
    ['a load-reserved', 'addi a1, a1, 8\n lr.w a0, (a1)', 13n, 0x1000n],
    ['a store-conditional without reservation', 'addi a1, a1, 8\n sc.w a0, a0, (a1)', 15n, 0x1000n],
  ])('%s', (_, access, cause, offset) => {
    const guest = runPaged(first(access), firstPage.map);
    expect(guest.trap).toMatchObject({ to: 'M', from: 'S', cause, value: PAGE_VA + offset });
  });

  it('a load whose first page is missing reports its address', () => {
    const guest = runPaged('li a1, PAGE + 0xffc\n ld a0, (a1)', (t) =>
      t.map(PAGE_VA + 4096n, DATA, PTE_DATA),
    );
    expect(guest.trap).toMatchObject({ cause: 13n, value: PAGE_VA + 0xffcn });
  });

  it('a fetch', () => {
    const guest = runPaged('li a1, PAGE\n jr a1');
    expect(guest.trap).toMatchObject({ cause: 12n, value: PAGE_VA, epc: PAGE_VA });
  });

  it('a fetch across pages: the value is the second page, the pc the instruction', () => {
    const guest = runPaged(
      'li a0, DATA + 0xffe\n li a1, 0x13\n sh a1, (a0)\n li a1, PAGE + 0xffe\n jr a1',
      (t) => t.map(PAGE_VA, DATA, PTE_ALL),
    );
    expect(guest.trap).toMatchObject({ cause: 12n, value: PAGE_VA + 0x1000n, epc: PAGE_VA + 0xffen });
  });

  it('a 16-bit instruction at the end of a page does not touch the next', () => {
    const guest = runPaged(
      'li a0, DATA + 0xffe\n li a1, 0x8002\n sh a1, (a0)\n li a1, PAGE + 0xffe\n jr a1',
      (t) => t.map(PAGE_VA, DATA, PTE_ALL),
    );
    // c.jr x0 is reserved.
    expect(guest.trap).toMatchObject({ cause: 2n, value: 0x8002n, epc: PAGE_VA + 0xffen });
  });

  it('a store that faults on its second page leaves the first as it was', () => {
    const guest = runPaged(first('li a0, -1\n sd a0, 4(a1)'), firstPage.map);
    expect(guest.memory.getUint32(DATA + 0xffcn)).toBe(0);
  });

  it('a load that faults leaves its destination as it was', () => {
    const guest = runPaged(first('li a0, 77\n ld a0, 4(a1)'), firstPage.map);
    expect(guest.x('a0')).toBe(77n);
  });
});

it('an exception in the middle of a block counts what came before it, and nothing behind', () => {
  const guest = new GuestProgram('li a0, 1\n lw a1, (zero)\n li a0, 2').run();
  expect(guest.x('a0')).toBe(1n);
});
