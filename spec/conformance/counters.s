#: {}
# Counters, who may read them, and what else is for S-mode and U-mode by leave only.

        .equ    U, 0
        .equ    S, 1
        .equ    ILLEGAL, 2
        .equ    S_NONE, 9
        .equ    U_NONE, 8
        .equ    STCE, 1 << 63

# Checks what an instruction comes to in a mode: the cause of its trap, or of the ecall behind it.
.macro  below   id:req, mode:req, expected:req, instruction:vararg
        la      a0, 7796f
        li      a1, \mode
        call    run_below
        check   \id, a0, \expected
        j       7797f
        .balign 4
7796:   \instruction
        ecall
7797:
.endm

# Checks that an instruction in a mode is illegal or ends.
.macro  ends    id:req, mode:req, none:req, instruction:vararg
        la      a0, 7796f
        li      a1, \mode
        call    run_below
        addi    a1, a0, -ILLEGAL
        seqz    a1, a1
        addi    a0, a0, -\none
        seqz    a0, a0
        or      a0, a0, a1
        check   \id, a0, 1
        j       7797f
        .balign 4
7796:   \instruction
        ecall
7797:
.endm

# Both registers that let counters be read.
.macro  allow   machine:req, supervisor:req
        li      a0, \machine
        csrw    mcounteren, a0
        li      a0, \supervisor
        csrw    scounteren, a0
.endm

program:
        li      a0, -1
        csrw    pmpaddr0, a0
        li      a0, 0x1f
        csrw    pmpcfg0, a0

        # All counters are there, with their events; those without a use read as zero.
        expect_traps
        .irp    n, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        csrr    a0, 0xb00 + \n
        csrw    0xb00 + \n, a0
        .endr
        check_no_trap csr.mhpmcounter3
        expect_traps
        .irp    n, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        csrr    a0, 0x320 + \n
        csrw    0x320 + \n, a0
        .endr
        check_no_trap csr.mhpmevent3
        expect_traps
        .irp    n, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        csrr    a0, 0xc00 + \n
        .endr
        check_no_trap csr.hpmcounter3.read
        expect_traps
        csrw    0xc03, zero
        check_trap csr.hpmcounter3.write, ILLEGAL
        expect_traps
        csrw    0xc1f, zero
        check_trap csr.hpmcounter3.write_last, ILLEGAL
        expect_traps
        csrr    a0, 0xf15
        check_no_trap csr.mconfigptr.read
        expect_traps
        csrw    0xf15, zero
        check_trap csr.mconfigptr.write, ILLEGAL

        # mcounteren is for S-mode and U-mode, scounteren for U-mode, too; M-mode needs neither.
        allow   0, -1
        expect_traps
        csrr    a0, cycle
        csrr    a0, time
        csrr    a0, instret
        check_no_trap counter.enable.machine
        below   counter.enable.off.cycle, S, ILLEGAL, csrr a0, cycle
        below   counter.enable.off.time, S, ILLEGAL, csrr a0, time
        below   counter.enable.off.instret, S, ILLEGAL, csrr a0, instret
        below   counter.enable.off.hpmcounter3, S, ILLEGAL, csrr a0, 0xc03
        below   counter.enable.off.hpmcounter31, S, ILLEGAL, csrr a0, 0xc1f
        below   counter.enable.off.user, U, ILLEGAL, csrr a0, time
        allow   1, -1
        below   counter.enable.cycle, S, S_NONE, csrr a0, cycle
        below   counter.enable.cycle.user, U, U_NONE, csrr a0, cycle
        below   counter.enable.cycle.not_time, S, ILLEGAL, csrr a0, time
        allow   2, -1
        below   counter.enable.time, S, S_NONE, csrr a0, time
        below   counter.enable.time.user, U, U_NONE, csrr a0, time
        below   counter.enable.time.not_instret, U, ILLEGAL, csrr a0, instret
        allow   4, -1
        below   counter.enable.instret, S, S_NONE, csrr a0, instret
        below   counter.enable.instret.user, U, U_NONE, csrr a0, instret
        below   counter.enable.instret.not_cycle, S, ILLEGAL, csrr a0, cycle
        allow   -1, 0
        below   counter.enable.supervisor, S, S_NONE, csrr a0, cycle
        below   counter.enable.user_off.cycle, U, ILLEGAL, csrr a0, cycle
        below   counter.enable.user_off.time, U, ILLEGAL, csrr a0, time
        below   counter.enable.user_off.instret, U, ILLEGAL, csrr a0, instret
        below   counter.enable.user_off.hpmcounter3, U, ILLEGAL, csrr a0, 0xc03
        # One that mcounteren has a bit for can be read.
        allow   -1, -1
        csrr    a0, mcounteren
        srli    a0, a0, 3
        andi    a0, a0, 1
        li      s3, ILLEGAL
        beqz    a0, 1f
        li      s3, S_NONE
1:      la      a0, read_hpmcounter3
        li      a1, S
        call    run_below
        check_equal counter.enable.hpmcounter3, a0, s3
        # They are not for U-mode and S-mode to write, nor those of M-mode to read.
        below   counter.lower.write, S, ILLEGAL, csrw cycle, zero
        below   counter.lower.mcycle, S, ILLEGAL, csrr a0, mcycle
        below   counter.lower.mcounteren, S, ILLEGAL, csrr a0, mcounteren
        below   counter.lower.scounteren, U, ILLEGAL, csrr a0, scounteren

        # What was counted is what the other reads, with mcycle before and behind it.
        csrr    a1, mcycle
        csrr    a2, cycle
        csrr    a3, mcycle
        sltu    a4, a2, a1
        sltu    a5, a3, a2
        or      a4, a4, a5
        check   counter.shadow.cycle, a4, 0
        li      a0, 1 << 50
        csrw    mcycle, a0
        csrr    a1, cycle
        srli    a1, a1, 50
        check   counter.shadow.write, a1, 1
        csrw    mcycle, zero
        # The inhibited counters can be written, too, and keep it.
        li      a0, 5
        csrw    mcountinhibit, a0
        li      a0, 0x1234
        csrw    mcycle, a0
        csrw    minstret, a0
        nop
        csrr    a1, mcycle
        csrr    a2, minstret
        csrw    mcountinhibit, zero
        check   counter.inhibited.mcycle, a1, 0x1234
        check   counter.inhibited.minstret, a2, 0x1234

        # stimecmp is for S-mode if STCE and TM are set, and not for U-mode.
        li      a0, STCE
        csrs    menvcfg, a0
        li      a0, -1
        csrw    0x14d, a0
        allow   -1, -1
        below   csr.stimecmp.supervisor, S, S_NONE, csrr a0, 0x14d
        below   csr.stimecmp.supervisor.write, S, S_NONE, csrw 0x14d, a0
        below   csr.stimecmp.user, U, ILLEGAL, csrr a0, 0x14d
        allow   ~2, -1
        below   csr.stimecmp.tm_off, S, ILLEGAL, csrr a0, 0x14d
        below   csr.stimecmp.tm_off.write, S, ILLEGAL, csrw 0x14d, a0
        allow   -1, -1
        li      a0, STCE
        csrc    menvcfg, a0
        below   csr.stimecmp.stce_off, S, ILLEGAL, csrr a0, 0x14d
        expect_traps
        li      a0, -1
        csrw    0x14d, a0
        csrr    a0, 0x14d
        check_no_trap csr.stimecmp.machine
        check   csr.stimecmp.value, a0, -1

        # senvcfg: FIOM, CBIE, CBCFE and CBZE; CBIE takes no 2.
        .irp    name, menvcfg, senvcfg
        writes_bits csr.envcfg.\name\().set, \name, 0xf1, 0xf1, 0xf1
        writes_bits csr.envcfg.\name\().clear, \name, 0, 0xf1, 0
        writes_bits csr.envcfg.\name\().flush, \name, 0x10, 0x30, 0x10
        csrw    \name, zero
        li      a0, 0x20
        csrw    \name, a0
        csrr    a0, \name
        csrw    \name, zero
        andi    a0, a0, 0x30
        addi    a0, a0, -0x20
        snez    a0, a0
        check   csr.envcfg.\name\().reserved, a0, 1
        .endr
        below   csr.envcfg.supervisor, S, S_NONE, csrr a0, senvcfg
        below   csr.envcfg.user, U, ILLEGAL, csrr a0, senvcfg
        below   csr.envcfg.machine, S, ILLEGAL, csrr a0, menvcfg

        # WFI in U-mode, and with TW in S-mode, does not wait for ever.
        csrw    mie, zero
        ends    trap.wfi.user, U, U_NONE, wfi
        li      a0, MSTATUS_TW
        csrs    mstatus, a0
        ends    trap.wfi.user_tw, U, U_NONE, wfi
        ends    trap.wfi.tw, S, S_NONE, wfi
        li      a0, MSTATUS_TW
        csrc    mstatus, a0
        j       finish

read_hpmcounter3:
        csrr    a0, 0xc03
        ecall
