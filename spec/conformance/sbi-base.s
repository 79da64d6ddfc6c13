#: {"boot": "kernel", "uses": ["sbi"], "optional": ["sbi.legacy"]}
# SBI: unknown functions, registers, the timer, what traps a kernel gets, and the calls of SBI 0.1.

# Makes a call with all registers full, and checks that only a0 and a1 may have changed.
.macro  keeps id:req, extension:req, function:req
        li      a7, \extension
        li      a6, \function
        call    call_full
        check   \id, a0, 0
.endm

.macro  unknown id:req, extension:req, function:req
        sbi     \extension, \function
        check   \id, a0, NOT_SUPPORTED
.endm

        .equ    INTERRUPT, 1 << 63
        .equ    STIE, 1 << 5
        .equ    SSTATUS_SPIE, 1 << 5

program:
        # What every implementation answers.
        sbi     BASE, 2
        check   sbi.base.implementation_version, a0, 0
        sbi     BASE, 4
        check   sbi.base.mvendorid, a0, 0
        sbi     BASE, 5
        check   sbi.base.marchid, a0, 0
        sbi     BASE, 6
        check   sbi.base.mimpid, a0, 0

        unknown sbi.unknown_function.base, BASE, 7
        unknown sbi.unknown_function.negative, BASE, -1
        unknown sbi.unknown_function.time, TIME, 2
        unknown sbi.unknown_function.ipi, IPI, 1
        unknown sbi.unknown_function.rfence, RFENCE, 7
        unknown sbi.unknown_function.hsm, HSM, 4
        unknown sbi.unknown_function.srst, SRST, 1

        # Registers: of calls that succeed, and that fail.
        li      a0, 0
        keeps   sbi.registers.base, BASE, 0
        li      a0, -1
        keeps   sbi.registers.time, TIME, 0
        li      a0, 0
        li      a1, 0
        keeps   sbi.registers.ipi, IPI, 0
        li      a0, 0
        li      a1, -1
        li      a2, 0
        li      a3, -1
        keeps   sbi.registers.rfence, RFENCE, 1
        li      a0, 0
        keeps   sbi.registers.hsm, HSM, 2
        li      a0, 3
        li      a1, 0
        keeps   sbi.registers.srst, SRST, 0
        keeps   sbi.registers.unknown, 0x0fedcba9, 1

        # The timer: what is past comes at once, and the last call counts.
        li      a0, 0
        sbi     TIME, 0
        li      a4, STIP
        call    await_bit
        check_bits sbi.time.past, a1, STIP, STIP
        csrr    a0, time
        li      a1, 1 << 40
        add     a0, a0, a1
        sbi     TIME, 0
        csrr    a1, sip
        check_bits sbi.time.future, a1, STIP, 0
        csrr    a0, time
        addi    a0, a0, 1000
        sbi     TIME, 0
        li      a4, STIP
        call    await_bit
        check_bits sbi.time.sooner, a1, STIP, STIP
        # It interrupts S-mode.
        li      a0, STIE
        csrw    sie, a0
        expect_traps
        csrsi   sstatus, SSTATUS_SIE
        nop
        csrci   sstatus, SSTATUS_SIE
        csrw    sie, zero
        check_trap sbi.time.interrupt, INTERRUPT | 5
        # With the interrupt masked, STIP is cleared all the same.
        li      a0, -1
        sbi     TIME, 0
        csrr    a1, sip
        check_bits sbi.time.masked, a1, STIP, 0

        # Traps that a kernel gets: by delegation, or because what is beneath passes them on.
        li      s0, 0x18000000
        expect_traps
        ld      a0, (s0)
        check_trap entry.kernel.traps.load_access, 5
        check_mtval entry.kernel.traps.load_access.stval, s0
        expect_traps
        sd      a0, (s0)
        check_trap entry.kernel.traps.store_access, 7
        expect_traps
        resume_at 1f
        jr      s0
1:      check_trap entry.kernel.traps.fetch_access, 1
        expect_traps
        .4byte  0xffffffff
        check_trap entry.kernel.traps.illegal, 2
        # Misaligned accesses to RAM work.
        la      s1, room + 1
        li      a1, 0x1122334455667788
        expect_traps
        sd      a1, (s1)
        ld      a2, (s1)
        check_no_trap entry.kernel.traps.misaligned
        check_equal entry.kernel.traps.misaligned.value, a2, a1
        # Page faults, with RAM mapped where it is and nothing else.
        la      a0, table
        li      a1, (0x80000000 >> 2) | 0xcf
        sd      a1, 16(a0)
        srli    a0, a0, 12
        li      a1, 8 << 60
        or      a0, a0, a1
        la      s2, table
        li      a1, 0xcf
        sd      a1, (s2)                # the first GiB, for the devices
        csrw    satp, a0
        sfence.vma
        li      s0, 0x40000000
        expect_traps
        ld      a0, (s0)
        check_trap entry.kernel.traps.load_page, 13
        check_mtval entry.kernel.traps.load_page.stval, s0
        expect_traps
        sd      a0, (s0)
        check_trap entry.kernel.traps.store_page, 15
        expect_traps
        resume_at 1f
        jr      s0
1:      check_trap entry.kernel.traps.fetch_page, 12
        # Calls work with translation, too.
        sbi     BASE, 0
        check   sbi.translated, a0, 0
        csrw    satp, zero
        sfence.vma

        # A call from U-mode is the kernel's.
        li      a0, SSTATUS_SPP | SSTATUS_SPIE
        csrc    sstatus, a0
        la      a0, in_user
        csrw    sepc, a0
        li      a0, 0
        li      a7, BASE
        li      a6, 1
        expect_traps
        resume_at 1f
        sret
1:      check_trap sbi.user, 8
        check   sbi.user.a0, a0, 0

        # The calls of SBI 0.1, if all are there: one result, in a0.
        li      s0, 0
        li      s1, 0
2:      mv      a0, s0
        sbi     BASE, 3
        snez    a1, a1
        add     s1, s1, a1
        addi    s0, s0, 1
        li      a0, 9
        bltu    s0, a0, 2b
        bne     s1, a0, no_legacy
        li      a0, 0
        li      a1, 0x5eed
        sbi     0, 0
        mv      s0, a1
        check   sbi.legacy.set_timer, a0, 0
        check   sbi.legacy.a1, s0, 0x5eed
        li      a4, STIP
        call    await_bit
        check_bits sbi.legacy.set_timer.pending, a1, STIP, STIP
        li      a0, -1
        sbi     0, 0
        csrr    a1, sip
        check_bits sbi.legacy.set_timer.cleared, a1, STIP, 0
        la      a0, entry_a0
        ld      a0, (a0)
        li      a1, 1
        sll     a1, a1, a0
        la      a0, room
        sd      a1, (a0)
        sbi     4, 0
        check   sbi.legacy.send_ipi, a0, 0
        li      a4, SSIP
        call    await_bit
        check_bits sbi.legacy.send_ipi.pending, a1, SSIP, SSIP
        sbi     3, 0
        csrr    a1, sip
        check_bits sbi.legacy.clear_ipi, a1, SSIP, 0
        la      a0, room
        sbi     5, 0
        check   sbi.legacy.remote_fence_i, a0, 0
        la      a0, room
        li      a1, 0
        li      a2, -1
        sbi     6, 0
        check   sbi.legacy.remote_sfence_vma, a0, 0
        la      a0, room
        li      a1, 0x80000000
        li      a2, 0x1000
        li      a3, 1
        sbi     7, 0
        check   sbi.legacy.remote_sfence_vma_asid, a0, 0
        li      a0, 10
        sbi     1, 0
        check   sbi.legacy.putchar, a0, 0
        # Nobody has typed anything.
        sbi     2, 0
        check   sbi.legacy.getchar, a0, -1
        j       finish
no_legacy:
        absent  sbi.legacy
        j       finish

in_user:
        ecall
1:      j       1b

# Fills the registers but for arguments with numbers of their own, calls, and returns how many
# have changed.
call_full:
        la      t0, outside
        sd      ra, (t0)
        sd      sp, 8(t0)
        sd      gp, 16(t0)
        sd      tp, 24(t0)
        la      t0, before
        .irp    n, 12, 13, 14, 15, 16, 17
        sd      x\n, 8 * \n(t0)
        .endr
        .irp    n, 1, 2, 3, 4, 6, 7, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        li      x\n, \n * 0x1234567
        sd      x\n, 8 * \n(t0)
        .endr
        li      t0, 0x5a5a5a5a
        ecall
        csrw    sscratch, t0
        la      t0, after
        .irp    n, 1, 2, 3, 4, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        sd      x\n, 8 * \n(t0)
        .endr
        csrr    t1, sscratch
        sd      t1, 8 * 5(t0)
        la      t1, before
        li      t2, 0x5a5a5a5a
        sd      t2, 8 * 5(t1)
        li      a0, 0
        li      t2, 31
1:      addi    t0, t0, 8
        addi    t1, t1, 8
        ld      t3, (t0)
        ld      t4, (t1)
        xor     t3, t3, t4
        snez    t3, t3
        add     a0, a0, t3
        addi    t2, t2, -1
        bnez    t2, 1b
        la      t0, outside
        ld      ra, (t0)
        ld      sp, 8(t0)
        ld      gp, 16(t0)
        ld      tp, 24(t0)
        ret

        .data
        .balign 8
room:           .dword  0, 0, 0
outside:        .space  32
before:         .space  32 * 8
after:          .space  32 * 8
        .balign 4096
table:          .space  4096
        .text
