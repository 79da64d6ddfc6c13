/** mtime, mtimecmp and stimecmp on the virtual clock (privileged spec, 3.2.1; Sstc). */
import { describe, expect, it } from 'vitest';
import * as CSR from '../../src/generated/csr.ts';
import { enter, GuestProgram, runGuest, trapOf, type Mode } from '../support/guest-program.ts';

const INTERRUPT = 1n << 63n;
const STCE = 'li t0, 1 << 63\n csrw menvcfg, t0';
const TM = 'li t0, 2\n csrw mcounteren, t0';

describe('the virtual clock', () => {
  it.each([1, 10, 100])('counts a tick every %i instructions', (tickInstructions) => {
    const guest = runGuest(
      'rdtime a0\n li a1, 1000\n 1: addi a1, a1, -1\n bnez a1, 1b\n rdtime a2\n csrr a3, mcycle',
      {
        tickInstructions,
      },
    );
    expect(guest.x('a2')).toBe((guest.x('a3') - 1n) / BigInt(tickInstructions));
  });

  it('mtime is the same as time, and can be written', () => {
    const guest = runGuest(`
      li s0, CLINT + 0xbff8
      ld a0, (s0)
      rdtime a1
      li t0, 1000000
      sd t0, (s0)
      rdtime a2
      lw a3, 4(s0)
      sw t0, 4(s0)
      ld a4, (s0)`);
    expect(guest.x('a1') - guest.x('a0')).toBe(1n);
    expect(guest.x('a2')).toBe(1000001n);
    expect(guest.x('a3')).toBe(0n);
    expect(guest.x('a4')).toBe((1000000n << 32n) + 1000004n);
  });
});

describe('mtimecmp', () => {
  const armed = (after: number) => `
    li s0, CLINT + 0x4000
    li t0, 0x80
    csrw mie, t0
    csrsi mstatus, 8
    rdtime a0
    addi t0, a0, ${after}
    sd t0, (s0)
    ${'addi a1, a1, 1\n'.repeat(60)}`;

  it('interrupts at the exact instruction', () => {
    for (let after = 4; after < 50; after++) {
      const guest = runGuest(armed(after));
      expect(guest.trap).toMatchObject({ cause: INTERRUPT | 7n });
      // rdtime, addi and sd came first.
      expect(guest.x('a1')).toBe(BigInt(after - 3));
    }
  });

  it('that is not later than mtime interrupts at once', () => {
    for (const after of [-1, 0, 1, 2, 3]) expect(runGuest(armed(after)).x('a1')).toBe(0n);
  });

  it('MTIP goes when the comparator moves on, and cannot be written', () => {
    const guest = runGuest(`
      li s0, CLINT + 0x4000
      sd zero, (s0)
      csrr a0, mip
      csrw mip, zero
      csrr a1, mip
      li t0, -1
      sd t0, (s0)
      csrr a2, mip`);
    expect([guest.x('a0'), guest.x('a1'), guest.x('a2')]).toEqual([0x80n, 0x80n, 0n]);
  });

  it('a write of mtime may reach it', () => {
    const guest = runGuest(`
      li s0, CLINT + 0x4000
      li s1, CLINT + 0xbff8
      li t0, 0x80
      csrw mie, t0
      csrsi mstatus, 8
      li t0, 1000000
      sd t0, (s0)
      sd t0, (s1)
      at: addi a1, a1, 1
      addi a1, a1, 1`);
    expect(guest.trap).toMatchObject({ cause: INTERRUPT | 7n, epc: guest.symbol('at') });
  });

  it('a write of mtime back in time clears MTIP', () => {
    const guest = runGuest(`
      li s0, CLINT + 0x4000
      li s1, CLINT + 0xbff8
      li t0, 20
      sd t0, (s0)
      ${'nop\n'.repeat(20)}
      csrr a0, mip
      sd zero, (s1)
      csrr a1, mip`);
    expect([guest.x('a0'), guest.x('a1')]).toEqual([0x80n, 0n]);
  });

  it('is never reached after reset', () => {
    expect(runGuest('csrr a0, mip').x('a0')).toBe(0n);
    const guest = new GuestProgram('1: wfi\n j 1b');
    guest.execute(1000);
    expect(guest.core.exports.idleTicks()).toBe(Infinity);
  });

  it('in the farthest future is waited for without harm', () => {
    const guest = runGuest(
      'li s0, CLINT + 0x4000\n li t0, -2\n sd t0, (s0)\n li t0, 0x80\n csrw mie, t0\n wfi\n rdtime a0',
    );
    expect(guest.x('a0')).toBeGreaterThanOrEqual((1n << 64n) - 2n);
  });
});

describe('Sstc', () => {
  const access = (mode: Mode, setup: string, code = 'csrr a0, stimecmp') =>
    trapOf(`${setup}\n ${enter(mode)} ${code}`);

  it('S-mode needs menvcfg.STCE and mcounteren.TM for stimecmp', () => {
    expect(access('S', `${STCE}\n ${TM}`)).toBeUndefined();
    expect(access('S', STCE)).toMatchObject({ cause: 2n });
    expect(access('S', TM)).toMatchObject({ cause: 2n });
    expect(access('S', `${STCE}\n ${TM}`, 'csrw stimecmp, zero')).toBeUndefined();
    expect(access('S', STCE, 'csrw stimecmp, zero')).toMatchObject({ cause: 2n });
  });

  it('M-mode does not, U-mode never may', () => {
    expect(access('M', '')).toBeUndefined();
    expect(access('U', `${STCE}\n ${TM}\n csrw scounteren, t0`)).toMatchObject({ cause: 2n });
  });

  it('drives STIP, which software then cannot write', () => {
    const guest = runGuest(`
      ${STCE}
      csrr a0, mip
      csrw stimecmp, zero
      csrr a1, mip
      li t0, 0x20
      csrc mip, t0
      csrr a2, mip
      li t0, -1
      csrw stimecmp, t0
      csrr a3, mip
      csrs mip, t0
      csrr a4, mip`);
    expect(['a0', 'a1', 'a2', 'a3'].map((name) => guest.x(name) & 0x20n)).toEqual([0n, 0x20n, 0x20n, 0n]);
    expect(guest.x('a4') & 0x20n).toBe(0n);
  });

  it('without STCE the comparator does nothing, and software sets STIP', () => {
    const guest = runGuest('csrw stimecmp, zero\n csrr a0, mip\n li t0, 0x20\n csrs mip, t0\n csrr a1, mip');
    expect([guest.x('a0'), guest.x('a1')]).toEqual([0n, 0x20n]);
  });

  it('setting STCE makes a comparator that was passed pending', () => {
    expect(runGuest(`csrw stimecmp, zero\n ${STCE}\n csrr a0, mip`).x('a0')).toBe(0x20n);
  });

  it('interrupts S-mode at the exact instruction', () => {
    for (const after of [3, 10, 31]) {
      const guest = runGuest(`
        ${STCE}
        ${TM}
        li t0, 0x20
        csrw mideleg, t0
        csrw mie, t0
        ${enter('S')}
        csrsi sstatus, 2
        rdtime a0
        addi t0, a0, ${after}
        csrw stimecmp, t0
        ${'addi a1, a1, 1\n'.repeat(40)}`);
      expect(guest.trap).toMatchObject({ to: 'S', from: 'S', cause: INTERRUPT | 5n });
      expect(guest.x('a1')).toBe(BigInt(after - 3));
    }
  });

  it('wakes wfi', () => {
    const guest = runGuest(`
      ${STCE}
      li t0, 5000
      csrw stimecmp, t0
      li t0, 0x20
      csrw mie, t0
      wfi
      rdtime a0`);
    expect(guest.x('a0')).toBe(5000n);
    expect(guest.instructionCount).toBeLessThan(100);
    expect(guest.csr(CSR.CSR_MCAUSE)).toBe(11n);
  });
});
