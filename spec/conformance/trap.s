#: {}
# Exceptions: their causes, what they leave behind, delegation, and the way back.

# Checks the trap of M-mode that code in S-mode or U-mode comes to.
.macro  traps_in id:req, mode:req, to:req, cause:req
        la      a0, \to
        li      a1, \mode
        call    run_below
        check_trap \id, \cause
.endm

        .equ    U, 0
        .equ    S, 1

program:
        # One PMP entry that opens everything to S-mode and U-mode.
        li      a0, -1
        csrw    pmpaddr0, a0
        li      a0, 0x1f
        csrw    pmpcfg0, a0

        # Illegal instructions: all zeros, all ones, a CSR that is not there.
        expect_traps
        .2byte  0
        .2byte  1
        check_trap trap.illegal.zeros, 2
        expect_traps
1:      .4byte  0xffffffff
        check_trap trap.illegal.ones, 2
        la      a0, 1b
        la      a1, trap_pc
        ld      a1, (a1)
        check_equal trap.mepc, a1, a0
        li      a0, 0xffffffff
        check_mtval trap.illegal.mtval, a0

        expect_traps
1:      ebreak
        check_trap trap.breakpoint, 3
        la      a0, 1b
        la      a1, trap_pc
        ld      a1, (a1)
        check_equal trap.breakpoint.mepc, a1, a0
        # mtval is that address, or 0.
        la      a1, traps
        ld      a1, 16(a1)
        beqz    a1, 2f
        sub     a1, a1, a0
2:      check   trap.breakpoint.mtval, a1, 0
        expect_traps
        ecall
        check_trap trap.ecall.machine, 11
        li      a0, 0
        check_mtval trap.ecall.mtval, a0

        # Access faults outside of everything that answers.
        li      s0, 0x18000000
        expect_traps
        ld      a0, (s0)
        check_trap trap.load_access, 5
        check_mtval trap.load_access.mtval, s0
        expect_traps
        sd      a0, (s0)
        check_trap trap.store_access, 7
        check_mtval trap.store_access.mtval, s0
        expect_traps
        amoadd.w a0, a0, (s0)
        check_trap trap.amo_access, 7
        expect_traps
        resume_at 1f
        jr      s0
1:      check_trap trap.fetch_access, 1
        check_mtval trap.fetch_access.mtval, s0

        # A misaligned LR traps, in RAM too. An AMO does so, or works as a whole. Misaligned loads and
        # stores work there.
        la      s0, room + 1
        expect_traps
        lr.w    a0, (s0)
        la      a1, trap_cause
        ld      a1, (a1)
        # 4, or 5 where that is an access fault.
        addi    a1, a1, -4
        sltiu   a1, a1, 2
        check   trap.misaligned.lr, a1, 1
        expect_traps
        li      a1, 0x1122334455667788
        amoadd.d a2, a1, (s0)
        la      a3, traps
        ld      a3, (a3)
        beqz    a3, 1f
        # 6, or 7 where that is an access fault.
        la      a3, trap_cause
        ld      a3, (a3)
        addi    a3, a3, -6
        sltiu   a3, a3, 2
        j       2f
        # There was 0 before.
1:      ld      a3, -1(s0)
        slli    a1, a1, 8
        xor     a3, a3, a1
        or      a2, a2, a3
        lbu     a3, 7(s0)
        addi    a3, a3, -0x11
        or      a2, a2, a3
        seqz    a3, a2
2:      check   trap.misaligned.amo, a3, 1
        li      a0, 0x1122334455667788
        expect_traps
        sd      a0, (s0)
        ld      a1, (s0)
        check_no_trap trap.misaligned.works
        check_equal trap.misaligned.value, a1, a0

        # What mstatus becomes: MIE to MPIE, and MPP is the mode before.
        csrsi   mstatus, MSTATUS_MIE
        expect_traps
        ecall
        csrci   mstatus, MSTATUS_MIE
        la      a0, trap_status
        ld      a0, (a0)
        check_bits trap.mstatus.mie, a0, MSTATUS_MIE, 0
        check_bits trap.mstatus.mpie, a0, MSTATUS_MPIE, MSTATUS_MPIE
        check_bits trap.mstatus.mpp, a0, MSTATUS_MPP, MSTATUS_MPP

        # ecall from S-mode and U-mode.
        traps_in trap.ecall.supervisor, S, just_ecall, 9
        la      a0, trap_status
        ld      a0, (a0)
        check_bits trap.mstatus.mpp.supervisor, a0, MSTATUS_MPP, MSTATUS_MPP_S
        traps_in trap.ecall.user, U, just_ecall, 8
        la      a0, trap_status
        ld      a0, (a0)
        check_bits trap.mstatus.mpp.user, a0, MSTATUS_MPP, 0

        # M-mode CSRs are not for S-mode, those of S-mode not for U-mode.
        traps_in trap.csr.machine, S, read_mscratch, 2
        traps_in trap.csr.supervisor, U, read_sscratch, 2
        traps_in trap.mret.user, U, do_mret, 2
        traps_in trap.mret.supervisor, S, do_mret, 2
        traps_in trap.sret.user, U, do_sret, 2
        traps_in trap.sfence.user, U, do_sfence, 2

        # TVM, TW and TSR.
        li      a0, MSTATUS_TVM
        csrs    mstatus, a0
        traps_in trap.tvm.satp, S, read_satp, 2
        traps_in trap.tvm.sfence, S, do_sfence, 2
        li      a0, MSTATUS_TVM
        csrc    mstatus, a0
        li      a0, MSTATUS_TSR
        csrs    mstatus, a0
        traps_in trap.tsr.sret, S, do_sret, 2
        li      a0, MSTATUS_TSR
        csrc    mstatus, a0

        # Delegated, an ecall of U-mode goes to S-mode.
        li      a0, 1 << 8
        csrw    medeleg, a0
        la      a0, supervisor_handler
        csrw    stvec, a0
        traps_in trap.delegated, U, just_ecall, 9
        csrr    a0, scause
        check   trap.delegated.scause, a0, 8
        csrr    a0, sepc
        la      a1, just_ecall
        check_equal trap.delegated.sepc, a0, a1
        csrr    a0, sstatus
        check_bits trap.delegated.spp, a0, MSTATUS_SPP, 0
        # From M-mode it does not.
        li      a0, 1 << 3
        csrw    medeleg, a0
        expect_traps
        ebreak
        check_trap trap.delegated.not_from_machine, 3
        csrw    medeleg, zero

        # sret: SPP is the mode, SPIE becomes SIE, SPP becomes U.
        li      a0, MSTATUS_SPP | MSTATUS_SIE
        csrc    mstatus, a0
        li      a0, MSTATUS_SPIE
        csrs    mstatus, a0
        la      a0, just_ecall
        csrw    sepc, a0
        expect_traps
        resume_at 1f
        sret
1:      check_trap trap.sret.mode, 8
        csrr    a0, sstatus
        check_bits trap.sret.sie, a0, MSTATUS_SIE, MSTATUS_SIE
        check_bits trap.sret.spie, a0, MSTATUS_SPIE, MSTATUS_SPIE
        check_bits trap.sret.spp, a0, MSTATUS_SPP, 0
        csrci   sstatus, MSTATUS_SIE
        # From M-mode it clears MPRV, too, as it goes below.
        la      a0, just_ecall
        csrw    sepc, a0
        expect_traps
        resume_at 1f
        li      a0, MSTATUS_MPRV
        csrs    mstatus, a0
        sret
1:      la      a0, trap_status
        ld      a0, (a0)
        li      a1, MSTATUS_MPRV
        csrc    mstatus, a1
        check_bits trap.sret.mprv, a0, MSTATUS_MPRV, 0

        # mret to a mode below M clears MPRV.
        li      a0, MSTATUS_MPRV
        csrs    mstatus, a0
        la      a0, just_ecall
        li      a1, U
        call    run_below
        la      a0, trap_status
        ld      a0, (a0)
        check_bits trap.mret.mprv, a0, MSTATUS_MPRV, 0

        # Vectored: a software interrupt goes to its own place, exceptions do not.
        csrr    s0, mtvec
        la      a0, vectors + 1
        csrw    mtvec, a0
        li      s1, 0
        li      a0, 1 << 1
        csrw    mie, a0
        csrs    mip, a0
        csrsi   mstatus, MSTATUS_MIE
        nop
        csrci   mstatus, MSTATUS_MIE
        csrw    mie, zero
        csrci   mip, 1 << 1
        check   trap.vectored.interrupt, s1, 1
        li      s1, 0
        ecall
        check   trap.vectored.exception, s1, 100
        csrw    mtvec, s0
        j       finish

just_ecall:
        ecall
        j       just_ecall
read_mscratch:
        csrr    a0, mscratch
        ecall
read_sscratch:
        csrr    a0, sscratch
        ecall
do_mret:
        mret
        ecall
read_satp:
        csrr    a0, satp
        ecall
do_sfence:
        sfence.vma
        ecall
do_sret:
        sret
        ecall
        .balign 4
supervisor_handler:
        ecall
        j       supervisor_handler

        .balign 256
vectors:
        .option push
        .option norvc
        j       vector_exception
        j       vector_software
        .option pop
        .balign 4
vector_exception:
        li      s1, 100
        csrr    t5, mepc
        addi    t5, t5, 4
        csrw    mepc, t5
        mret
vector_software:
        li      s1, 1
        csrci   mip, 1 << 1
        mret

        .data
        .balign 8
room:   .dword 0, 0, 0
