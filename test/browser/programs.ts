/** Bare-metal programs for machines in Node and in pages. They start in M-mode, at the start of RAM. */
import { assemble } from '../../src/assembler/assembler.ts';

export const RAM_BASE = 0x80000000n;

const DEVICES = `
        .equ  UART, 0x10000000
        .equ  FINISHER, 0x100000
        .equ  CLINT, 0x2000000
        .equ  MTIMECMP, CLINT + 0x4000
        .equ  MTIME, CLINT + 0xbff8
`;

const POWER_OFF = `
        li    t0, FINISHER
        li    t1, 0x5555
        sw    t1, (t0)
        j     .
`;

/** Sets a few registers, one instruction each, then counts in a0 and at `count` without end. */
export function counter() {
  return assemble(`
_start: li    s1, 11
        li    s2, 22
        li    s3, 33
        la    s0, count
        ld    a0, (s0)
loop:   addi  a0, a0, 1
        sd    a0, (s0)
        j     loop
        .balign 8
count:  .dword 0
`);
}

/** Stores to the last eight bytes of RAM, reads them back, and powers off; fails if they differ. */
export function topOfRam(size: number): Uint8Array {
  return assemble(`${DEVICES}
_start: li    s0, ${RAM_BASE + BigInt(size) - 8n}
        li    t0, 0x0123456789abcdef
        sd    t0, (s0)
        ld    t1, (s0)
        bne   t0, t1, fail
        ${POWER_OFF}
fail:   li    t0, FINISHER
        li    t1, 0x13333
        sw    t1, (t0)
        j     .
`).bytes;
}

/** Timer interrupts that {@link interrupted} takes. */
export const INTERRUPTS = 300;

/**
 * For two harts. Hart 0 takes timer interrupts, at distances that vary, in the midst of
 * integer and floating-point arithmetic and in WFI; it keeps in RAM when and where each
 * came. Hart 1 computes and counts all the time in memory that both use.
 */
export function interrupted(): Uint8Array {
  return assemble(`${DEVICES}
_start: csrr  t0, mhartid
        li    t1, 0x6000            # mstatus.FS: dirty
        csrs  mstatus, t1
        la    s0, shared
        bnez  t0, second

        la    t0, handler
        csrw  mtvec, t0
        la    s1, log
        li    s2, 0                 # interrupts so far
        li    s3, 12345
        li    t0, 1
        fcvt.d.l fa0, t0
        li    t0, 3
        fcvt.d.l fa1, t0
        call  arm
        li    t0, 0x80              # mie.MTIE
        csrw  mie, t0
        csrsi mstatus, 8            # mstatus.MIE
work:   li    t0, 6364136223846793005
        mul   s3, s3, t0
        addi  s3, s3, 1442
        fdiv.d fa0, fa0, fa1
        fmadd.d fa0, fa0, fa1, fa1
        fsqrt.s fa2, fa0            # not NaN-boxed: a NaN
        amoadd.d zero, s3, (s0)
        andi  t0, s3, 0x700
        bnez  t0, 1f
        wfi
1:      li    t0, ${INTERRUPTS}
        bltu  s2, t0, work

        csrw  mie, zero
        la    a0, text
        li    t1, UART
2:      lbu   t0, (a0)
        beqz  t0, 3f
        sb    t0, (t1)
        addi  a0, a0, 1
        j     2b
3:      ${POWER_OFF}

second: addi  s4, s4, 1
        amoxor.d s5, s4, (s0)
        fcvt.d.lu fs0, s5
        fadd.d fs1, fs1, fs0
        sd    s4, 8(s0)
        j     second

# The next interrupt comes 100 to 1123 ticks from now: after the handler.
arm:    li    t3, MTIME
        ld    t4, (t3)
        andi  t5, s3, 0x3ff
        addi  t5, t5, 100
        add   t4, t4, t5
        li    t3, MTIMECMP
        sd    t4, (t3)
        ret

        .balign 4
handler:
        csrw  mscratch, ra
        csrr  t6, mepc
        sd    t6, (s1)
        csrr  t6, minstret
        sd    t6, 8(s1)
        csrr  t6, time
        sd    t6, 16(s1)
        addi  s1, s1, 24
        addi  s2, s2, 1
        mv    s8, t3
        mv    s9, t4
        mv    s10, t5
        call  arm
        mv    t3, s8
        mv    t4, s9
        mv    t5, s10
        csrr  ra, mscratch
        mret

text:   .asciz "done\\n"
        .balign 8
shared: .dword 0, 0
log:    .zero ${INTERRUPTS * 24}
`).bytes;
}

/** Sums the numbers from `rounds` down to 1 in a0, by way of memory, and powers off. */
export function looping(rounds: number): Uint8Array {
  return assemble(`${DEVICES}
_start: la    s0, place
        li    s1, ${rounds}
        li    a0, 0
1:      sd    s1, (s0)
        ld    t0, (s0)
        add   a0, a0, t0
        addi  s1, s1, -1
        bnez  s1, 1b
        ${POWER_OFF}
        # A page of its own: stores to pages with code are not translated.
        .balign 4096
place:  .dword 0
`).bytes;
}
