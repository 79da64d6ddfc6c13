/** Trap entry and return, delegation and interrupts (privileged spec, 3.1.6 to 3.1.9, 3.3.2, 12.1.1 to 12.1.3). */
import { describe, expect, it } from 'vitest';
import * as CSR from '../../src/generated/csr.ts';
import { enter, GuestProgram, runGuest, trapOf, type Mode } from '../support/guest-program.ts';
import { runPaged, USER } from '../support/paged-program.ts';
import { PTE_DATA } from '../support/page-table.ts';

const INTERRUPT = 1n << 63n;
const ALL = { MSI: 3, MTI: 7, MEI: 11, SSI: 1, STI: 5, SEI: 9 } as const;

describe('exception delegation', () => {
  it.each([
    ['U', 'ecall', 8n],
    ['S', 'ecall', 9n],
    ['U', 'ebreak', 3n],
    ['S', '.half 0', 2n],
    ['U', 'lw a0, (zero)', 5n],
    ['S', 'sw a0, (zero)', 7n],
    ['U', 'jr zero', 1n],
    ['U', 'li a0, DATA + 1\n lr.w a1, (a0)', 4n],
    ['U', 'li a0, DATA + 1\n sc.w a1, a1, (a0)', 6n],
  ] as [Mode, string, bigint][])('%s: %s goes to S when its bit is set', (mode, instruction, cause) => {
    const program = (mask: bigint) => `li t0, ${mask}\n csrw medeleg, t0\n ${enter(mode)} ${instruction}`;
    // The S-mode handler's own ecall must arrive in M-mode, so that one test goes without a handler.
    if (cause === 9n) {
      const guest = new GuestProgram(program(1n << 9n));
      guest.execute(100);
      expect(guest.csr(CSR.CSR_SCAUSE)).toBe(9n);
    } else {
      expect(trapOf(program(1n << cause))).toMatchObject({ to: 'S', from: mode, cause });
    }
    expect(trapOf(program(~(1n << cause) & 0xffffn & ~(1n << 9n)))).toMatchObject({
      to: 'M',
      from: mode,
      cause,
    });
  });

  it('never takes a trap of M-mode to S-mode', () => {
    expect(trapOf('li t0, -1\n csrw medeleg, t0\n ebreak')).toMatchObject({ to: 'M', from: 'M', cause: 3n });
  });

  it('leaves the registers of the other mode alone', () => {
    const guest = runGuest(`li a0, 42\n csrw mcause, a0\n li a0, 0x5556\n csrw stval, a0\n ecall`);
    expect(guest.csr(CSR.CSR_SCAUSE)).toBe(0n);
    expect(guest.csr(CSR.CSR_STVAL)).toBe(0x5556n);
  });

  it('writes stval and sepc', () => {
    const guest = runGuest(`li t0, 1 << 5\n csrw medeleg, t0\n ${enter('U')} li a1, 0x30\n at: lw a0, (a1)`);
    expect(guest.trap).toEqual({ to: 'S', from: 'U', cause: 5n, value: 0x30n, epc: guest.symbol('at') });
  });

  it.each([
    [12n, 'li a0, PAGE\n jr a0'],
    [13n, 'li a0, PAGE\n lw a1, (a0)'],
    [15n, 'li a0, PAGE\n sw a1, (a0)'],
  ])('takes page faults too (cause %i)', (cause, source) => {
    const guest = runPaged(source, undefined, { setup: `li t0, ${1n << cause}\n csrw medeleg, t0` });
    expect(guest.trap).toMatchObject({ to: 'S', from: 'S', cause });
  });
});

describe('mstatus on trap entry and return', () => {
  const MPIE = CSR.MSTATUS_MPIE;
  const MIE = CSR.MSTATUS_MIE;
  const mstatus = (source: string) => runGuest(source).csr(CSR.CSR_MSTATUS);

  it('a trap to M-mode moves MIE to MPIE and the mode to MPP', () => {
    expect(mstatus('csrsi mstatus, 8\n ebreak') & (MIE | MPIE | CSR.MSTATUS_MPP)).toBe(
      MPIE | CSR.MSTATUS_MPP,
    );
    expect(mstatus('csrci mstatus, 8\n ebreak') & (MIE | MPIE)).toBe(0n);
    expect(mstatus(`${enter('S')} ecall`) & CSR.MSTATUS_MPP).toBe(1n << CSR.MSTATUS_MPP_SHIFT);
    expect(mstatus(`${enter('U')} ecall`) & CSR.MSTATUS_MPP).toBe(0n);
  });

  it('mret moves MPIE to MIE, sets MPIE and leaves U in MPP', () => {
    const guest = runGuest(`
      li t0, 0x1880
      csrs mstatus, t0
      la t0, 1f
      csrw mepc, t0
      mret
      1: csrr a0, mstatus`);
    expect(guest.x('a0') & (MIE | MPIE | CSR.MSTATUS_MPP)).toBe(MIE | MPIE);
  });

  it('mret with MPIE clear clears MIE', () => {
    const guest = runGuest(`
      li t0, 0x80
      csrc mstatus, t0
      li t0, 0x1808
      csrs mstatus, t0
      la t0, 1f
      csrw mepc, t0
      mret
      1: csrr a0, mstatus`);
    expect(guest.x('a0') & (MIE | MPIE)).toBe(MPIE);
  });

  it('a trap to S-mode moves SIE to SPIE and the mode to SPP', () => {
    const to = (mode: Mode, enable: string) =>
      mstatus(`li t0, 8\n csrw medeleg, t0\n ${enable} mstatus, 2\n ${enter(mode)} ebreak`) &
      (CSR.MSTATUS_SIE | CSR.MSTATUS_SPIE | CSR.MSTATUS_SPP);
    expect(to('S', 'csrsi')).toBe(CSR.MSTATUS_SPIE | CSR.MSTATUS_SPP);
    expect(to('U', 'csrsi')).toBe(CSR.MSTATUS_SPIE);
    expect(to('U', 'csrci')).toBe(0n);
  });

  it('sret moves SPIE to SIE, sets SPIE, leaves U in SPP and goes to the mode in SPP', () => {
    const guest = runGuest(`${enter('S')}
      li t0, 0x120
      csrs sstatus, t0
      la t0, 1f
      csrw sepc, t0
      sret
      1: csrr a0, sstatus
      la t0, 2f
      csrw sepc, t0
      sret
      2: csrr a1, sstatus`);
    expect(guest.x('a0') & (CSR.SSTATUS_SIE | CSR.SSTATUS_SPIE | CSR.SSTATUS_SPP)).toBe(
      CSR.SSTATUS_SIE | CSR.SSTATUS_SPIE,
    );
    expect(guest.trap).toMatchObject({ from: 'U', cause: 2n });
  });

  it('mret to a lower mode clears MPRV, to M-mode keeps it', () => {
    const after = (mpp: number) => `
      li t0, 0x1800
      csrc mstatus, t0
      li t0, ${0x20000 | (mpp << 11)}
      csrs mstatus, t0
      la t0, 1f
      csrw mepc, t0
      mret
      1: ecall
      .balign 4
      handler: csrr a0, mstatus
      la t0, m_trap
      csrw mtvec, t0
      ebreak`;
    const mprv = (mpp: number) =>
      runGuest(`la t0, handler\n csrw mtvec, t0\n ${after(mpp)}`).x('a0') & CSR.MSTATUS_MPRV;
    expect(mprv(3)).toBe(CSR.MSTATUS_MPRV);
    expect(mprv(1)).toBe(0n);
    expect(mprv(0)).toBe(0n);
  });

  it('sret from M-mode clears MPRV', () => {
    const guest = runGuest(`
      li t0, 0x20000
      csrs mstatus, t0
      la t0, 1f
      csrw sepc, t0
      sret
      1: nop`);
    expect(guest.csr(CSR.CSR_MSTATUS) & CSR.MSTATUS_MPRV).toBe(0n);
    expect(guest.csr(CSR.CSR_MCAUSE)).toBe(8n);
  });
});

describe('instructions that mstatus keeps from S-mode, and U-mode never has', () => {
  const TVM = 1 << 20;
  const TW = 1 << 21;
  const TSR = 1 << 22;
  it.each([
    ['sret', TSR, 'sret'],
    ['wfi', TW, 'csrsi sie, 2\n csrsi sip, 2\n wfi'],
    ['wrs.nto', TW, 'wrs.nto'],
    ['sfence.vma', TVM, 'sfence.vma'],
    ['sinval.vma', TVM, 'sinval.vma zero, zero'],
    ['reading satp', TVM, 'csrr a0, satp'],
    ['writing satp', TVM, 'csrw satp, zero'],
  ])('%s', (name, bit, source) => {
    const setup = 'li t0, 0x222\n csrw mideleg, t0\n la t0, finish\n csrw sepc, t0\n';
    const run = (mode: Mode, bits: number) =>
      trapOf(`${setup} li t0, ${bits}\n csrs mstatus, t0\n ${enter(mode)} ${source}`);
    expect(run('S', 0)).toBeUndefined();
    expect(run('S', (TVM | TW | TSR) & ~bit)).toBeUndefined();
    expect(run('S', bit)).toMatchObject({ from: 'S', cause: 2n });
    if (name !== 'wrs.nto') expect(run('U', 0)).toMatchObject({ from: 'U', cause: 2n });
    if (name !== 'sret') expect(run('M', bit)).toBeUndefined();
  });

  it.each(['sfence.w.inval', 'sfence.inval.ir'])('%s does not heed TVM', (name) => {
    expect(trapOf(`li t0, ${TVM}\n csrs mstatus, t0\n ${enter('S')} ${name}`)).toBeUndefined();
    expect(trapOf(`${enter('U')} ${name}`)).toMatchObject({ cause: 2n });
  });

  it.each(['S', 'U'] as Mode[])('mret in %s-mode', (mode) => {
    expect(trapOf(`${enter(mode)} mret`)).toMatchObject({ from: mode, cause: 2n });
  });
});

describe('interrupt vectors', () => {
  const vectored = `
    la t0, vectors
    addi t0, t0, 1
    csrw mtvec, t0
    j go
    .balign 256
    vectors:
      j m_trap
      ${Array.from({ length: 11 }, (_, n) => `j v${n + 1}`).join('\n')}
      ${Array.from({ length: 11 }, (_, n) => `v${n + 1}: li a0, ${n + 1}\n j m_trap`).join('\n')}
    go:`;

  it.each(Object.entries(ALL))('%s is taken at base + 4 × cause', (_, irq) => {
    const guest = new GuestProgram(`${vectored} li t0, -1\n csrw mie, t0\n csrsi mstatus, 8\n j .`);
    guest.setLine(irq, true);
    guest.run();
    expect(guest.x('a0')).toBe(BigInt(irq));
    expect(guest.trap).toMatchObject({ cause: INTERRUPT | BigInt(irq), value: 0n });
  });

  it('exceptions are taken at the base', () => {
    expect(runGuest(`${vectored} ebreak`).trap).toMatchObject({ cause: 3n });
  });

  it('stvec has its own mode', () => {
    const guest = runGuest(`
      la t0, svectors + 1
      csrw stvec, t0
      li t0, 2
      csrw mideleg, t0
      csrw mie, t0
      csrw mip, t0
      csrs mstatus, t0
      ${enter('S')}
      j .
      .balign 64
      svectors: j s_trap
      li a0, 1
      j s_trap`);
    expect(guest.x('a0')).toBe(1n);
    expect(guest.trap).toMatchObject({ to: 'S', from: 'S', cause: INTERRUPT | 1n });
  });
});

describe('interrupt priorities (3.1.9): MEI, MSI, MTI, SEI, SSI, STI', () => {
  const ORDER = [ALL.MEI, ALL.MSI, ALL.MTI, ALL.SEI, ALL.SSI, ALL.STI];
  it.each([
    ['M', 0],
    ['S', 0x222],
  ])('in %s-mode', (mode, mideleg) => {
    const order = mode === 'M' ? ORDER : ORDER.slice(3);
    for (let first = 0; first < order.length; first++) {
      const guest = new GuestProgram(`
        li t0, ${mideleg}
        csrw mideleg, t0
        li t0, 0xaaa
        csrw mie, t0
        li t0, ${mode === 'M' ? 8 : 2}
        csrs mstatus, t0
        ${mode === 'S' ? enter('S') : ''}
        j .`);
      guest.execute(200);
      for (const irq of order.slice(first)) guest.setLine(irq, true);
      guest.run();
      expect(guest.trap).toMatchObject({ to: mode, cause: INTERRUPT | BigInt(order[first]) });
    }
  });

  it('what is not delegated comes before what is', () => {
    const guest = new GuestProgram(`
      li t0, 0x200
      csrw mideleg, t0
      li t0, 0xaaa
      csrw mie, t0
      csrsi mstatus, 2
      ${enter('S')}
      j .`);
    guest.execute(200);
    guest.setLine(ALL.SEI, true);
    guest.setLine(ALL.STI, true);
    guest.run();
    expect(guest.trap).toMatchObject({ to: 'M', cause: INTERRUPT | 5n });
  });
});

describe('which interrupts are taken', () => {
  const program = (mode: Mode, options: { mideleg?: number; mie?: number; status?: number }) => `
    li t0, ${options.mideleg ?? 0}
    csrw mideleg, t0
    li t0, ${options.mie ?? 0xaaa}
    csrw mie, t0
    ${enter(mode)}
    ${mode === 'M' ? `li t0, ${options.status ?? 0}\n csrs mstatus, t0` : ''}
    ${mode === 'S' ? `li t0, ${options.status ?? 0}\n csrs sstatus, t0` : ''}
    j .`;
  const taken = (
    mode: Mode,
    irq: number,
    options: { mideleg?: number; mie?: number; status?: number } = {},
  ) => {
    const guest = new GuestProgram(program(mode, options));
    guest.execute(200);
    guest.setLine(irq, true);
    guest.execute(200);
    return guest.finish ? guest.trap?.to : undefined;
  };

  it('M-mode heeds MIE for its own', () => {
    expect(taken('M', ALL.MEI, { status: 8 })).toBe('M');
    expect(taken('M', ALL.MEI, { status: 0 })).toBeUndefined();
  });
  it('lower modes take those of M-mode always', () => {
    expect(taken('S', ALL.MEI)).toBe('M');
    expect(taken('U', ALL.MSI)).toBe('M');
  });
  it('M-mode does not take what is delegated', () => {
    expect(taken('M', ALL.SEI, { mideleg: 0x222, status: 0xa })).toBeUndefined();
  });
  it('S-mode heeds SIE for what is delegated', () => {
    expect(taken('S', ALL.SEI, { mideleg: 0x222, status: 2 })).toBe('S');
    expect(taken('S', ALL.SEI, { mideleg: 0x222, status: 0 })).toBeUndefined();
    expect(taken('U', ALL.SEI, { mideleg: 0x222 })).toBe('S');
  });
  it('mie masks each of them', () => {
    for (const irq of Object.values(ALL)) {
      expect(taken('M', irq, { mie: 0xaaa & ~(1 << irq), status: 8 })).toBeUndefined();
      expect(taken('M', irq, { mie: 1 << irq, status: 8 })).toBe('M');
    }
  });
});

describe('an interrupt is taken before the next instruction', () => {
  it('after csrs mstatus', () => {
    const guest = runGuest('li t0, 2\n csrw mie, t0\n csrw mip, t0\n csrsi mstatus, 8\n at: li a0, 1');
    expect(guest.trap).toMatchObject({ cause: INTERRUPT | 1n, epc: guest.symbol('at') });
    expect(guest.x('a0')).toBe(0n);
  });
  it('after csrs mie', () => {
    const guest = runGuest('csrsi mstatus, 8\n csrwi mip, 2\n csrwi mie, 2\n at: li a0, 1');
    expect(guest.trap).toMatchObject({ cause: INTERRUPT | 1n, epc: guest.symbol('at') });
  });
  it('after csrs mip', () => {
    const guest = runGuest('csrsi mstatus, 8\n csrwi mie, 2\n csrwi mip, 2\n at: li a0, 1');
    expect(guest.trap).toMatchObject({ cause: INTERRUPT | 1n, epc: guest.symbol('at') });
  });
  it('after the store that raises it', () => {
    const guest = runGuest(
      'csrwi mie, 8\n csrsi mstatus, 8\n li a1, CLINT\n li a2, 1\n sw a2, (a1)\n at: li a0, 1',
    );
    expect(guest.trap).toMatchObject({ cause: INTERRUPT | 3n, epc: guest.symbol('at') });
  });
  it('after mret', () => {
    const guest = runGuest(`
      csrwi mie, 2
      csrwi mip, 2
      li t0, 0x1880
      csrs mstatus, t0
      la t0, at
      csrw mepc, t0
      mret
      nop
      at: li a0, 1`);
    expect(guest.trap).toMatchObject({ cause: INTERRUPT | 1n, epc: guest.symbol('at') });
    expect(guest.x('a0')).toBe(0n);
  });
});

describe('wfi', () => {
  it.each([
    ['interrupts are off in M-mode', ''],
    ['the interrupt is delegated and off in S-mode', `csrwi mideleg, 2\n ${enter('S')}`],
  ])('ends when an enabled interrupt is pending, although %s', (_, setup) => {
    const guest = new GuestProgram(`csrwi mie, 2\n ${setup} wfi\n li a0, 1`);
    expect(guest.execute(1000)).toBe(1);
    expect(guest.x('a0')).toBe(0n);
    guest.setLine(1, true);
    guest.run();
    expect(guest.x('a0')).toBe(1n);
    expect(guest.trap).toBeUndefined();
  });

  it('goes on at once when one is already pending', () => {
    expect(runGuest('csrwi mie, 2\n csrwi mip, 2\n wfi').trap).toBeUndefined();
  });

  it('goes on waiting when what is pending is not enabled', () => {
    const guest = new GuestProgram('csrwi mie, 2\n wfi');
    guest.execute(1000);
    guest.setLine(3, true);
    expect(guest.execute(1000)).toBe(1);
    expect(guest.finish).toBeUndefined();
  });

  it('takes the interrupt behind itself when interrupts are on', () => {
    const guest = new GuestProgram('csrwi mie, 8\n csrsi mstatus, 8\n wfi\n at: li a0, 1');
    guest.execute(1000);
    guest.setLine(3, true);
    guest.run();
    expect(guest.trap).toMatchObject({ cause: INTERRUPT | 3n, epc: guest.symbol('at') });
  });
});

describe('MPRV: loads and stores of M-mode as those of MPP', () => {
  const mprv = (mpp: number) => `li t0, ${0x20000 | (mpp << 11)}\n csrs mstatus, t0`;

  it('translates them, but not fetches', () => {
    const guest = runPaged(`${mprv(1)}\n li a1, PAGE\n ld a0, (a1)`, undefined, { from: 'M' });
    expect(guest.trap).toMatchObject({ from: 'M', cause: 13n });
  });

  it('with MPP = M changes nothing', () => {
    const guest = runPaged(`${mprv(3)}\n li a1, DATA\n ld a0, (a1)`, undefined, { from: 'M' });
    expect(guest.trap).toBeUndefined();
  });

  it('with MPP = U sees the pages of U-mode only', () => {
    const load = (address: bigint) =>
      runPaged(`li t0, 0x1800\n csrc mstatus, t0\n ${mprv(0)}\n li a1, ${address}\n ld a0, (a1)`, undefined, {
        from: 'M',
      }).csr(CSR.CSR_MCAUSE);
    expect(load(USER + (1n << 20n))).toBe(11n);
    expect(load(0x80100000n)).toBe(13n);
  });

  it('has no effect in S-mode', () => {
    const guest = runPaged(
      'li a1, PAGE\n lw a0, (a1)',
      (tables) => tables.map(6n << 30n, 0x80100000n, PTE_DATA),
      {
        setup: 'li t0, 0x20000\n csrs mstatus, t0',
      },
    );
    expect(guest.trap).toBeUndefined();
  });
});
