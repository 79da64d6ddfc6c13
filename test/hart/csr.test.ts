/** CSRs: which exist, who may access them, and their WARL rules (privileged spec, 2, 3.1, 12.1; Zicsr). */
import { describe, expect, it } from 'vitest';
import * as CSR from '../../src/generated/csr.ts';
import {
  DATA,
  enter,
  GuestProgram,
  runGuest,
  SV39,
  SV48,
  SV57,
  trapOf,
  type GuestOptions,
  type Mode,
} from '../support/guest-program.ts';

const ILLEGAL = { cause: 2n };

/** What a CSR reads after all of `value` was written to it in M-mode. */
const written = (csr: string, value: bigint | number, before: bigint | number = 0, options?: GuestOptions) =>
  runGuest(
    `li t0, ${before}
     csrw ${csr}, t0
     li t0, ${value}
     csrw ${csr}, t0
     csrr a0, ${csr}
     csrw ${csr}, zero`,
    options,
  ).x('a0');

/** Which of the instructions, one after the other, are illegal in `mode`. */
function illegalOnes(mode: Mode, instructions: readonly string[]): boolean[] {
  const attempts = instructions.map(
    (instruction) => `li a0, 0\n ${instruction}\n sb a0, (s0)\n addi s0, s0, 1`,
  );
  const guest = runGuest(`
    la t0, skip
    csrw mtvec, t0
    li t0, 0x2000
    csrs mstatus, t0
    li s0, DATA
    ${enter(mode)}
    ${attempts.join('\n')}
    li s1, 1
    .word 0
    .balign 4
    skip:
    csrr a0, mepc
    addi a0, a0, 4
    csrw mepc, a0
    li a0, 1
    bnez s1, 1f
    mret
    1: la t0, m_trap
    csrw mtvec, t0`);
  return Array.from(guest.memory.view(DATA, instructions.length), (byte) => byte === 1);
}

describe('existence', () => {
  const existing = CSR.CSRS.filter(({ name }) => !/^pmp(addr(1[6-9]|[2-6]\d)|cfg([4-9]|1\d))$/.test(name));

  it('every CSR of the tables but the PMP entries 16 to 63 can be read in M-mode, no other number can', () => {
    const numbers = Array.from({ length: 0x1000 }, (_, number) => number);
    const illegal = illegalOnes(
      'M',
      numbers.map((number) => `csrr a1, ${number}`),
    );
    const exists = new Set(existing.map(({ number }) => number));
    expect(numbers.filter((number) => !illegal[number])).toEqual(
      numbers.filter((number) => exists.has(number)),
    );
  });

  it.each([
    '0x3a1',
    '0x3a3',
    '0x3a4',
    '0x3c0',
    '0x747',
    '0x30c',
    '0x5a8',
    '0x310',
    '0xb80',
    '0xc80',
    '0xb01',
  ])('not of RV32, of missing extensions, or a gap: %s', (csr) => {
    expect(illegalOnes('M', [`csrr a1, ${csr}`, `csrw ${csr}, a1`])).toEqual([true, true]);
  });

  it.each(['U', 'S'] as Mode[])(
    'bits 9:8 of the number are the lowest mode that may access it: %s',
    (mode) => {
      const above = existing.filter(({ number }) => ((number >> 8) & 3) > (mode === 'U' ? 0 : 1));
      const illegal = illegalOnes(
        mode,
        above.map(({ number }) => `csrr a1, ${number}`),
      );
      expect(above.filter((_, index) => !illegal[index])).toEqual([]);
    },
  );

  it('bits 11:10 = 3 make it read-only: also for csrrs with a register that holds zero', () => {
    const readOnly = existing.filter(({ isReadOnly }) => isReadOnly);
    const writable = (form: (number: number) => string) => {
      const illegal = illegalOnes(
        'M',
        readOnly.map(({ number }) => form(number)),
      );
      return readOnly.filter((_, index) => !illegal[index]).length;
    };
    expect(writable((number) => `csrw ${number}, zero`)).toBe(0);
    expect(writable((number) => `csrrs a1, ${number}, a2`)).toBe(0);
    expect(writable((number) => `csrrs a1, ${number}, zero`)).toBe(readOnly.length);
    expect(writable((number) => `csrrci a1, ${number}, 0`)).toBe(readOnly.length);
  });
});

describe('identification', () => {
  it('mhartid is the number of the hart', () => {
    const guest = runGuest('csrr a0, mhartid\n bnez a0, 1f\n 2: bnez a0, 2b\n j finish\n 1: j 1b', {
      harts: 3,
    });
    expect(guest.x('a0', 0)).toBe(0n);
  });
  it('misa names RV64 with A, C, D, F, I, M, S and U, and ignores writes', () => {
    const letters = [...'ACDFIMSU'].map((letter) => 1n << BigInt(letter.charCodeAt(0) - 65));
    const misa = letters.reduce((all, bit) => all | bit, 2n << 62n);
    expect(written('misa', 0)).toBe(misa);
  });
});

describe('WARL fields', () => {
  const SUPPORTED = [
    [SV39, [0, 8]],
    [SV48, [0, 8, 9]],
    [SV57, [0, 8, 9, 10]],
  ] as const;
  it.each(SUPPORTED)(
    'satp of a core that offers %i takes the modes %j; another leaves all of it',
    (paging, modes) => {
      for (let mode = 0n; mode < 16n; mode++) {
        const value = (mode << 60n) | 0x1234_00000084444n;
        const isTaken = (modes as readonly number[]).includes(Number(mode));
        const before = (8n << 60n) | 0x80005n;
        expect(written('satp', value, before, { paging }), `mode ${mode}`).toBe(isTaken ? value : before);
      }
    },
  );

  it('satp keeps 16 bits of ASID and 44 of PPN', () => {
    expect(written('satp', 0x8fff_ffff_ffff_ffffn)).toBe(0x8fff_ffff_ffff_ffffn);
  });

  it.each(['mtvec', 'stvec'])('%s takes modes 0 and 1 only', (csr) => {
    const keep = `csrr a3, ${csr}\n`;
    const restore = `\n csrr a0, ${csr}\n csrw ${csr}, a3`;
    const mode = (value: number) =>
      runGuest(
        `${keep} li t0, 0x80000100\n csrw ${csr}, t0\n li t0, ${value}\n csrw ${csr}, t0 ${restore}`,
      ).x('a0');
    expect(mode(0x80000200)).toBe(0x80000200n);
    expect(mode(0x80000301)).toBe(0x80000301n);
    expect(mode(0x80000202)).not.toBe(0x80000202n);
    expect(mode(0x80000203) & 2n).toBe(0n);
  });

  it('mstatus.MPP keeps its value when 2 is written', () => {
    const mpp = (value: number) => (written('mstatus', value << 11, 1 << 11) >> 11n) & 3n;
    expect([0, 1, 2, 3].map(mpp)).toEqual([0n, 1n, 1n, 3n]);
  });

  it('mstatus has no big-endian mode, no vectors and 64-bit modes', () => {
    expect(written('mstatus', ~0n & ~(3n << 13n) & ((1n << 64n) - 1n))).toBe(
      CSR.MSTATUS_SIE |
        CSR.MSTATUS_MIE |
        CSR.MSTATUS_SPIE |
        CSR.MSTATUS_MPIE |
        CSR.MSTATUS_SPP |
        CSR.MSTATUS_MPP |
        CSR.MSTATUS_MPRV |
        CSR.MSTATUS_SUM |
        CSR.MSTATUS_MXR |
        CSR.MSTATUS_TVM |
        CSR.MSTATUS_TW |
        CSR.MSTATUS_TSR |
        (0xan << 32n),
    );
  });

  it('sstatus shows and changes its part of mstatus', () => {
    const guest = runGuest(`
      li t0, -1
      csrc sstatus, t0
      csrr a0, mstatus
      csrw sstatus, t0
      csrr a1, mstatus
      csrr a2, sstatus
      csrw sstatus, zero
      csrr a3, sstatus
      csrr a4, mstatus`);
    const part =
      CSR.SSTATUS_SIE |
      CSR.SSTATUS_SPIE |
      CSR.SSTATUS_SPP |
      CSR.SSTATUS_SUM |
      CSR.SSTATUS_MXR |
      CSR.SSTATUS_FS |
      CSR.SSTATUS_SD;
    expect(guest.x('a1')).toBe(guest.x('a0') | part);
    expect(guest.x('a2')).toBe(part | (2n << 32n));
    expect(guest.x('a3')).toBe(2n << 32n);
    expect(guest.x('a4')).toBe(guest.x('a0'));
  });

  it.each([
    // Exceptions 0 to 9, 12, 13 and 15; an ecall from M-mode never leaves it.
    ['medeleg', 0xb3ffn],
    ['mideleg', 0x222n],
    ['mie', 0xaaan],
    ['mcounteren', 0xffffffffn],
    ['scounteren', 0xffffffffn],
    ['mcountinhibit', 0x5n],
    ['mscratch', (1n << 64n) - 1n],
    ['sscratch', (1n << 64n) - 1n],
    ['mepc', (1n << 64n) - 2n],
    ['sepc', (1n << 64n) - 2n],
    ['stval', (1n << 64n) - 1n],
    ['scause', (1n << 64n) - 1n],
    ['mcause', (1n << 64n) - 1n],
    ['mtval', (1n << 64n) - 1n],
    ['menvcfg', 0xe0000000000000f1n],
    ['senvcfg', 0xf1n],
    ['stimecmp', (1n << 64n) - 1n],
    ['pmpaddr15', (1n << 54n) - 1n],
    ['mhpmcounter3', 0n],
    ['mhpmevent31', 0n],
    ['tselect', 0n],
    ['tdata1', 0n],
    ['fcsr', 0xffn],
    ['frm', 7n],
    ['fflags', 0x1fn],
  ])('%s keeps 0x%s of all ones', (csr, mask) => {
    const value = runGuest(`
      li t0, 0x2000
      csrs mstatus, t0
      li t0, -1
      csrw ${csr}, t0
      csrr a0, ${csr}
      csrw ${csr}, zero
      csrr a1, ${csr}`);
    expect(value.x('a0')).toBe(mask);
    expect(value.x('a1')).toBe(0n);
  });

  it.each(['menvcfg', 'senvcfg'])('%s.CBIE keeps its value when the reserved 2 is written', (csr) => {
    expect([0x00, 0x10, 0x20, 0x30].map((value) => written(csr, value, 0x30))).toEqual([
      0n,
      0x10n,
      0x30n,
      0x30n,
    ]);
  });

  it('sie and sip are the delegated part of mie and mip', () => {
    const guest = runGuest(`
      li t0, 0xaaa
      csrw mie, t0
      li t0, 0x222
      csrw mip, t0
      li t0, 0x202
      csrw mideleg, t0
      csrr a0, sie
      csrr a1, sip
      csrw sie, zero
      csrr a2, mie
      csrw sip, zero
      csrr a3, mip`);
    expect([guest.x('a0'), guest.x('a1')]).toEqual([0x202n, 0x202n]);
    expect(guest.x('a2')).toBe(0x8a8n);
    // Of sip, S-mode may change SSIP only.
    expect(guest.x('a3')).toBe(0x220n);
  });

  it('sip.SSIP cannot be written while it is not delegated', () => {
    expect(runGuest('csrwi sip, 2\n csrr a0, mip').x('a0')).toBe(0n);
  });

  it("mip: software writes SSIP, STIP and SEIP; the bits of M-mode are the devices'", () => {
    expect(written('mip', 0xaaa)).toBe(0x222n);
  });
});

describe('SEIP: what software wrote and the line of the interrupt controller (3.1.9)', () => {
  it('reads as their OR, while csrrs and csrrc change the software bit alone', () => {
    const guest = new GuestProgram(`
      csrr a0, mip
      csrrs a1, mip, zero
      csrrsi a2, mip, 2   # must not copy the line into the software bit
      li t0, PROBE
      sw zero, (t0)       # the line goes down here
      csrr a3, mip
      li t0, 0x200
      csrs mip, t0
      csrr a4, mip`);
    guest.setLine(9, true);
    guest.probe.onWrite = () => guest.setLine(9, false);
    guest.run();
    expect([guest.x('a0'), guest.x('a1'), guest.x('a2'), guest.x('a3'), guest.x('a4')]).toEqual([
      0x200n,
      0x200n,
      0x200n,
      0x2n,
      0x202n,
    ]);
  });
});

describe('csrrs and csrrc with x0 or zero do not write, csrrw always does', () => {
  it('on a register whose write has an effect', () => {
    // A write of mcycle would set it; without, it goes on counting.
    const guest = runGuest(`
      csrwi mcycle, 0
      nop
      csrrs a0, mcycle, zero
      csrrc a1, mcycle, zero
      csrrsi a2, mcycle, 0
      csrrw a3, mcycle, zero
      csrr a4, mcycle`);
    expect(['a0', 'a1', 'a2', 'a3', 'a4'].map((name) => guest.x(name))).toEqual([1n, 2n, 3n, 4n, 0n]);
  });

  it('csrrw with rd = rs1 swaps', () => {
    const guest = runGuest(
      'li a0, 5\n csrw mscratch, a0\n li a0, 9\n csrrw a0, mscratch, a0\n csrr a1, mscratch',
    );
    expect([guest.x('a0'), guest.x('a1')]).toEqual([5n, 9n]);
  });

  it('the immediate forms take five bits, unsigned', () => {
    const guest = runGuest(
      'csrwi mscratch, 31\n csrrci a0, mscratch, 16\n csrrsi a1, mscratch, 0\n csrr a2, mscratch',
    );
    expect([guest.x('a0'), guest.x('a1'), guest.x('a2')]).toEqual([31n, 15n, 15n]);
  });
});

describe('mstatus.FS (3.1.6.7)', () => {
  it.each([
    'fadd.d fa0, fa0, fa0',
    'flw fa0, (a1)',
    'fsd fa0, (a1)',
    'fmv.x.d a0, fa0',
    'csrr a0, fcsr',
    'csrr a0, fflags',
    'csrw frm, zero',
    'c.fld fa0, 0(a1)',
    'c.fsdsp fa0, 0(sp)',
  ])('off makes %s illegal', (instruction) => {
    expect(trapOf(`li a1, DATA\n li sp, DATA\n ${instruction}`)).toMatchObject(ILLEGAL);
    expect(
      trapOf(`li t0, 0x2000\n csrs mstatus, t0\n li a1, DATA\n li sp, DATA\n ${instruction}`),
    ).toBeUndefined();
  });

  it.each([
    ['fadd.d fa0, fa0, fa0', 3n],
    ['fmv.d.x fa0, zero', 3n],
    ['flw fa0, (a1)', 3n],
    ['csrw fflags, zero', 3n],
    ['csrr a0, fcsr', 2n],
    ['fsw fa0, (a1)', 2n],
    ['fmv.x.w a0, fa0', 2n],
  ])('after %s is %i', (instruction, state) => {
    const guest = runGuest(
      `li t0, 0x4000\n csrs mstatus, t0\n li a1, DATA\n ${instruction}\n csrr a5, mstatus`,
    );
    expect((guest.x('a5') & CSR.MSTATUS_FS) >> CSR.MSTATUS_FS_SHIFT).toBe(state);
    expect((guest.x('a5') & CSR.MSTATUS_SD) !== 0n).toBe(state === 3n);
  });

  it('SD cannot be written', () => {
    const guest = runGuest('li t0, 0x8000000000000000\n csrs mstatus, t0\n csrr a0, mstatus');
    expect(guest.x('a0') & CSR.MSTATUS_SD).toBe(0n);
  });

  it('a load that traps does not make it dirty', () => {
    const guest = runGuest('li t0, 0x4000\n csrs mstatus, t0\n flw fa0, (zero)');
    expect((guest.csr(CSR.CSR_MSTATUS) & CSR.MSTATUS_FS) >> CSR.MSTATUS_FS_SHIFT).toBe(2n);
  });
});

describe('counter enables (3.1.11, 12.1.5)', () => {
  const COUNTERS = [
    ['cycle', 0],
    ['time', 1],
    ['instret', 2],
    ['hpmcounter3', 3],
    ['hpmcounter31', 31],
  ] as const;
  it.each(COUNTERS)('%s', (name, bit) => {
    const read = (mode: Mode, m: boolean, s: boolean) =>
      trapOf(`
        li t0, ${m ? (1 << bit) >>> 0 : ~(1 << bit) >>> 0}
        csrw mcounteren, t0
        li t0, ${s ? (1 << bit) >>> 0 : ~(1 << bit) >>> 0}
        csrw scounteren, t0
        ${enter(mode)}
        csrr a0, ${name}`);
    expect(read('M', false, false)).toBeUndefined();
    expect(read('S', true, false)).toBeUndefined();
    expect(read('S', false, true)).toMatchObject(ILLEGAL);
    expect(read('U', true, true)).toBeUndefined();
    expect(read('U', true, false)).toMatchObject(ILLEGAL);
    expect(read('U', false, true)).toMatchObject(ILLEGAL);
  });
});

describe('counters are exact (3.1.10)', () => {
  it.each(['mcycle', 'minstret'])(
    '%s counts one an instruction; a write is what the next one reads',
    (csr) => {
      const guest = runGuest(`
      li t0, 100
      csrw ${csr}, t0
      csrr a0, ${csr}
      nop
      nop
      csrr a1, ${csr}
      csrw ${csr}, t0
      nop
      csrr a2, ${csr}`);
      expect(['a0', 'a1', 'a2'].map((name) => guest.x(name))).toEqual([100n, 103n, 101n]);
    },
  );

  it('an instruction that traps does not retire, but takes a cycle', () => {
    const guest = runGuest(`
      la t0, handler
      csrw mtvec, t0
      csrwi mcycle, 0
      csrwi minstret, 0
      lw a5, (zero)   # cycle 1
      j done
      .balign 4
      handler:
      csrr a0, minstret # instret: no instruction since the write of minstret
      csrr a1, mcycle
      done: la t0, m_trap
      csrw mtvec, t0`);
    expect([guest.x('a0'), guest.x('a1')]).toEqual([0n, 3n]);
  });

  it.each(['ecall', 'ebreak', '.word 0'])('%s does not retire', (instruction) => {
    const guest = runGuest(`
      la t0, handler
      csrw mtvec, t0
      csrwi minstret, 0
      ${instruction}
      .balign 4
      handler: csrr a0, minstret
      la t0, m_trap
      csrw mtvec, t0`);
    expect(guest.x('a0')).toBe(0n);
  });

  it('they count over loops, calls and loads', () => {
    const guest = runGuest(`
      li a2, DATA
      li a1, 1000
      csrwi minstret, 0
      1: ld a3, (a2)
      sd a3, 8(a2)
      addi a1, a1, -1
      bnez a1, 1b
      csrr a0, minstret`);
    expect(guest.x('a0')).toBe(4000n);
  });

  it('64 bits wrap', () => {
    const guest = runGuest('li t0, -1\n csrw mcycle, t0\n nop\n csrr a0, mcycle');
    expect(guest.x('a0')).toBe(0n);
  });

  it('mcountinhibit stops each of them', () => {
    const guest = runGuest(`
      csrwi mcountinhibit, 1
      csrr a0, mcycle
      csrr a1, minstret
      nop
      csrr a2, mcycle
      csrr a3, minstret
      csrwi mcountinhibit, 4
      csrr a4, minstret
      csrr a5, mcycle
      nop
      csrr a6, minstret
      csrr a7, mcycle`);
    expect(guest.x('a2')).toBe(guest.x('a0'));
    expect(guest.x('a3') - guest.x('a1')).toBe(3n);
    expect(guest.x('a6')).toBe(guest.x('a4'));
    expect(guest.x('a7') - guest.x('a5')).toBe(3n);
  });

  it('a stopped counter can be written', () => {
    const guest = runGuest(
      'csrwi mcountinhibit, 5\n csrwi mcycle, 9\n nop\n csrr a0, mcycle\n csrwi minstret, 7\n csrr a1, instret',
    );
    expect([guest.x('a0'), guest.x('a1')]).toEqual([9n, 7n]);
  });

  it('cycle and instret show mcycle and minstret', () => {
    const guest = runGuest('csrwi mcycle, 10\n csrr a0, cycle\n csrwi minstret, 10\n csrr a1, instret');
    expect([guest.x('a0'), guest.x('a1')]).toEqual([10n, 10n]);
  });
});
