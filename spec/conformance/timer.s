#: {}
# Time: mtime and its comparators, the software interrupts, WFI, and how interrupts are taken.

        .equ    MTIP, 1 << 7
        .equ    STIP, 1 << 5
        .equ    SSIP, 1 << 1
        .equ    INTERRUPT, 1 << 63
        # A tenth of a second.
        .equ    DELAY, 1000000

# Waits for a while in a5 ticks.
.macro  wait ticks:req
        li      a5, \ticks
        call    wait_ticks
.endm

# Makes a register 0 if it is that time already: a slow machine may have missed what was before.
.macro  before register:req, time:req
        csrr    t5, time
        sltu    t5, t5, \time
        neg     t5, t5
        and     \register, \register, t5
.endm

# Waits until a bit of mip is set, or a second is over; a1 is mip.
.macro  pending bit:req
        li      a4, \bit
        call    await_bit
.endm

program:
        li      s0, MTIME
        li      s1, MTIMECMP
        li      s2, MSIP

        # mtime goes on, and the CSR time shows it.
        ld      a0, (s0)
        wait    100
        ld      a1, (s0)
        sltu    a2, a0, a1
        check   timer.mtime.advances, a2, 1
        ld      a0, (s0)
        csrr    a1, time
        ld      a2, (s0)
        sltu    a3, a1, a0
        sltu    a4, a2, a1
        or      a3, a3, a4
        check   timer.time_is_mtime, a3, 0
        # It can be read by halves.
        lwu     a1, 4(s0)
        ld      a0, (s0)
        srli    a0, a0, 32
        check_equal timer.mtime.high, a1, a0

        # mtimecmp can be read, also by halves; MTIP is set from that time on, and clear before.
        li      a0, -1
        sd      a0, (s1)
        ld      a1, (s1)
        check_equal timer.mtimecmp.read, a1, a0
        csrr    a1, mip
        check_bits timer.mtip.clear, a1, MTIP, 0
        sw      zero, (s1)
        ld      a1, (s1)
        check   timer.mtimecmp.low_half, a1, 0xffffffff00000000
        sw      zero, 4(s1)
        csrr    a1, mip
        check_bits timer.mtip.set, a1, MTIP, MTIP
        ld      a0, (s0)
        li      a1, DELAY
        add     a0, a0, a1
        sd      a0, (s1)
        csrr    a1, mip
        before  a1, a0
        check_bits timer.mtip.later, a1, MTIP, 0
        # It is set soon after: a machine may take some time to notice.
        pending MTIP
        check_bits timer.mtip.then, a1, MTIP, MTIP
        ld      a2, (s0)
        ld      a0, (s1)
        sltu    a2, a2, a0
        check   timer.mtip.not_before, a2, 0

        # The interrupt is taken when MIE and MTIE say so; mepc is where the hart goes on.
        expect_traps
        li      a0, MTIP
        csrw    mie, a0
        csrsi   mstatus, MSTATUS_MIE
        nop
        csrci   mstatus, MSTATUS_MIE
        check_trap timer.interrupt.cause, INTERRUPT | 7
        la      t5, trap_value
        ld      a0, (t5)
        check   timer.interrupt.mtval, a0, 0
        csrw    mie, zero
        li      a0, -1
        sd      a0, (s1)

        # With MIE clear it is not, but WFI ends.
        ld      a0, (s0)
        addi    a0, a0, 500
        sd      a0, (s1)
        li      a1, MTIP
        csrw    mie, a1
        expect_traps
2:      wfi
        csrr    a1, mip
        andi    a1, a1, MTIP
        beqz    a1, 2b
        ld      a1, (s0)
        csrw    mie, zero
        check_no_trap timer.wfi.no_trap
        sltu    a2, a1, a0
        check   timer.wfi.not_before, a2, 0
        li      a0, -1
        sd      a0, (s1)

        # Software interrupts of M-mode: one bit for each hart.
        csrr    a1, mip
        check_bits msip.clear, a1, 8, 0
        li      a0, 1
        sw      a0, (s2)
        lwu     a1, (s2)
        check   msip.read, a1, 1
        csrr    a1, mip
        check_bits msip.set, a1, 8, 8
        li      a0, -2
        sw      a0, (s2)
        lwu     a1, (s2)
        check   msip.reserved, a1, 0
        csrr    a1, mip
        check_bits msip.cleared, a1, 8, 0

        # Those of S-mode by SETSSIP: a write of 1 sets SSIP, it reads as zero, and the CSR clears it.
        li      s3, SETSSIP
        li      a0, 1
        sw      a0, (s3)
        csrr    a1, mip
        check_bits sswi.set, a1, SSIP, SSIP
        lwu     a1, (s3)
        check   sswi.reads_zero, a1, 0
        csrci   mip, SSIP
        csrr    a1, mip
        check_bits sswi.cleared, a1, SSIP, 0
        sw      zero, (s3)
        csrr    a1, mip
        check_bits sswi.zero, a1, SSIP, 0

        # Sstc: with STCE, STIP is time >= stimecmp.
        li      a0, 1 << 63
        csrs    menvcfg, a0
        li      a0, -1
        csrw    stimecmp, a0
        csrr    a1, mip
        check_bits sstc.clear, a1, STIP, 0
        csrw    stimecmp, zero
        csrr    a1, mip
        check_bits sstc.set, a1, STIP, STIP
        # M-mode cannot change it then.
        li      a0, STIP
        csrc    mip, a0
        csrr    a1, mip
        check_bits sstc.read_only, a1, STIP, STIP
        csrr    a0, time
        li      a1, DELAY
        add     a0, a0, a1
        csrw    stimecmp, a0
        csrr    a1, mip
        before  a1, a0
        check_bits sstc.later, a1, STIP, 0
        pending STIP
        check_bits sstc.then, a1, STIP, STIP
        li      a0, -1
        csrw    stimecmp, a0
        li      a0, 1 << 63
        csrc    menvcfg, a0

        # Order: of those that are pending, software of M-mode comes before its timer.
        li      a0, 1
        sw      a0, (s2)
        sd      zero, (s1)
        expect_traps
        li      a0, MTIP | 8 | SSIP
        csrw    mie, a0
        csrsi   mip, SSIP
        csrsi   mstatus, MSTATUS_MIE
        nop
        csrci   mstatus, MSTATUS_MIE
        csrw    mie, zero
        la      t5, first_cause
        ld      a0, (t5)
        check   interrupt.order, a0, INTERRUPT | 3
        sw      zero, (s2)
        li      a0, -1
        sd      a0, (s1)

        # An interrupt that is not delegated is taken in M-mode from S-mode, whatever SIE says;
        # SSIP does not come while M-mode runs, if it is delegated.
        li      a0, SSIP
        csrw    mideleg, a0
        csrw    mie, a0
        csrs    mip, a0
        expect_traps
        csrsi   mstatus, MSTATUS_MIE
        nop
        csrci   mstatus, MSTATUS_MIE
        check_no_trap interrupt.delegated.not_in_machine
        csrw    mideleg, zero
        expect_traps
        csrsi   mstatus, MSTATUS_MIE
        nop
        csrci   mstatus, MSTATUS_MIE
        check_trap interrupt.supervisor_in_machine, INTERRUPT | 1
        csrci   mip, SSIP
        csrw    mie, zero

        # mtime can be written.
        li      a0, 1 << 40
        sd      a0, (s0)
        ld      a1, (s0)
        srli    a1, a1, 40
        check   timer.mtime.write, a1, 1
        csrr    a1, time
        srli    a1, a1, 40
        check   timer.mtime.write.time, a1, 1
        # Each half of it leaves the other one as it is.
        li      a0, 1 << 28
        sw      a0, (s0)
        ld      a1, (s0)
        srli    a1, a1, 28
        check   timer.mtime.write.low, a1, 0x1001
        li      a0, 0x200
        sw      a0, 4(s0)
        ld      a1, (s0)
        srli    a1, a1, 28
        check   timer.mtime.write.high, a1, 0x2001
        csrr    a1, time
        srli    a1, a1, 28
        check   timer.mtime.write.halves, a1, 0x2001
        j       finish

wait_ticks:
        csrr    t0, time
        add     t0, t0, a5
1:      csrr    t1, time
        bltu    t1, t0, 1b
        ret
