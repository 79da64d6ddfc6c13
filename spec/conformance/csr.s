#: {"optional": ["csr.satp.sv48"]}
# Which CSRs there are, and what each keeps of what is written to it (WARL).

# Writes a value to a CSR and checks what it reads as; the CSR gets its old value back.
.macro  writes id:req, csr:req, value:req, expected:req
        csrr    s10, \csr
        li      s11, \value
        csrw    \csr, s11
        csrr    s11, \csr
        csrw    \csr, s10
        check   \id, s11, \expected
.endm

# A CSR that may be read, and must not be written.
.macro  read_only id:req, csr:req
        expect_traps
        csrr    s10, \csr
        check_no_trap \id\().read
        expect_traps
        csrw    \csr, zero
        check_trap \id\().write, 2
.endm

program:
        csrr    a0, misa
        # MXL is 2, and the extensions are I, M, A, F, D, C, S and U at least.
        check_bits csr.misa.mxl, a0, 3 << 62, 2 << 62
        check_bits csr.misa.extensions, a0, 0x14112d, 0x14112d
        writes_bits csr.misa.fixed, misa, 0, 3 << 62, 2 << 62

        read_only csr.mvendorid, mvendorid
        read_only csr.marchid, marchid
        read_only csr.mimpid, mimpid
        read_only csr.mhartid, mhartid
        read_only csr.cycle, cycle
        read_only csr.time, time
        read_only csr.instret, instret

        # CSRs that are not there.
        expect_traps
        csrr    a0, 0x5c0
        check_trap csr.absent.read, 2
        expect_traps
        csrw    0x7c0, zero
        check_trap csr.absent.write, 2

        # mtvec and stvec: direct and vectored; the base is a multiple of 4.
        csrr    s10, mtvec
        la      s11, trap_handler
        ori     s9, s11, 1
        csrw    mtvec, s9
        csrr    s8, mtvec
        csrw    mtvec, s10
        check_equal csr.mtvec.vectored, s8, s9
        writes  csr.stvec.direct, stvec, 0x80001234, 0x80001234
        writes  csr.stvec.vectored, stvec, 0x80001235, 0x80001235
        writes_bits csr.stvec.reserved, stvec, 0x80001236, 2, 0

        writes  csr.mscratch, mscratch, 0xfedcba9876543210, 0xfedcba9876543210
        writes  csr.sscratch, sscratch, 0xfedcba9876543210, 0xfedcba9876543210
        writes  csr.mepc.even, mepc, 0x80001237, 0x80001236
        writes  csr.sepc.even, sepc, 0x80001237, 0x80001236
        writes  csr.mtval, mtval, 0xfedcba9876543210, 0xfedcba9876543210
        writes  csr.stval, stval, 0xfedcba9876543210, 0xfedcba9876543210
        writes  csr.mcause, mcause, 0x8000000000000007, 0x8000000000000007
        writes  csr.scause, scause, 0x8000000000000005, 0x8000000000000005

        # medeleg: exceptions that S-mode can take may be delegated, ecall from M-mode may not.
        # Bit 0 is open: with C no jump is misaligned.
        writes_bits csr.medeleg.delegable, medeleg, -1, 0xb1fe, 0xb1fe
        writes_bits csr.medeleg.ecall_m, medeleg, -1, 1 << 11, 0
        # mideleg: the interrupts of S-mode.
        writes_bits csr.mideleg.supervisor, mideleg, -1, 0x222, 0x222
        writes_bits csr.mideleg.machine, mideleg, -1, 0x888, 0
        writes_bits csr.mie.bits, mie, 0xaaa, 0xaaa, 0xaaa
        # mip: SSIP, STIP and SEIP can be set by M-mode, those of M-mode cannot.
        writes_bits csr.mip.supervisor, mip, 0x222, 0x222, 0x222
        li      a2, 0x888
        csrr    a0, mip
        csrw    mip, a2
        csrr    a1, mip
        csrw    mip, zero
        csrr    a3, mip
        xor     a0, a0, a1
        xor     a1, a1, a3
        or      a0, a0, a1
        and     a0, a0, a2
        check   csr.mip.machine, a0, 0

        # mstatus.
        writes_bits csr.mstatus.mpp.user, mstatus, 0, MSTATUS_MPP, 0
        writes_bits csr.mstatus.mpp.supervisor, mstatus, MSTATUS_MPP_S, MSTATUS_MPP, MSTATUS_MPP_S
        writes_bits csr.mstatus.mpp.machine, mstatus, MSTATUS_MPP, MSTATUS_MPP, MSTATUS_MPP
        .equ    SWITCHES, MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_MPIE | MSTATUS_SPP | MSTATUS_SUM | MSTATUS_MXR | MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR
        writes_bits csr.mstatus.switches.set, mstatus, SWITCHES | MSTATUS_MPP, SWITCHES, SWITCHES
        writes_bits csr.mstatus.switches.clear, mstatus, MSTATUS_MPP, SWITCHES, 0
        writes_bits csr.mstatus.xl.fixed, mstatus, MSTATUS_MPP, 15 << 32, 10 << 32
        writes_bits csr.mstatus.endian, mstatus, MSTATUS_MPP | 3 << 36, 3 << 36, 0
        writes_bits csr.mstatus.fs.off, mstatus, MSTATUS_MPP, MSTATUS_FS, 0
        writes_bits csr.mstatus.fs.initial, mstatus, MSTATUS_MPP | 1 << 13, MSTATUS_FS, 1 << 13
        writes_bits csr.mstatus.fs.clean, mstatus, MSTATUS_MPP | 2 << 13, MSTATUS_FS, 2 << 13
        writes_bits csr.mstatus.fs.dirty, mstatus, MSTATUS_MPP | 3 << 13, MSTATUS_FS, 3 << 13
        # SD says that FS is dirty.
        writes_bits csr.mstatus.sd.set, mstatus, MSTATUS_MPP | 3 << 13, 1 << 63, 1 << 63
        writes_bits csr.mstatus.sd.clear, mstatus, MSTATUS_MPP | 2 << 13, 1 << 63, 0

        # sstatus shows what S-mode may see of it.
        li      a0, MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP | MSTATUS_SUM | MSTATUS_MXR | MSTATUS_TVM
        csrs    mstatus, a0
        csrr    a1, sstatus
        csrc    mstatus, a0
        check_bits csr.sstatus.visible, a1, SWITCHES | MSTATUS_MPP, MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP | MSTATUS_SUM | MSTATUS_MXR

        # FS off: the f registers and fcsr are not there.
        li      a0, MSTATUS_FS
        csrc    mstatus, a0
        expect_traps
        csrr    a1, fcsr
        check_trap csr.fcsr.off, 2
        expect_traps
        fmv.d.x f0, zero
        check_trap csr.mstatus.fs.off.traps, 2
        li      a0, 1 << 13
        csrs    mstatus, a0
        expect_traps
        fmv.d.x f0, zero
        check_no_trap csr.mstatus.fs.initial.works
        csrr    a0, mstatus
        check_bits csr.mstatus.fs.becomes_dirty, a0, MSTATUS_FS, MSTATUS_FS
        writes  csr.fcsr, fcsr, 0xff, 0xff
        writes  csr.fflags, fflags, 0xff, 0x1f
        writes  csr.frm, frm, 7, 7

        # satp: Sv39 and Bare are there; a mode that is not takes nothing of the write.
        writes  csr.satp.sv39, satp, 8 << 60 | 0x80123, 8 << 60 | 0x80123
        li      a0, 9 << 60 | 0x80123
        csrw    satp, a0
        csrr    a1, satp
        csrw    satp, zero
        bnez    a1, 1f
        absent  csr.satp.sv48
        j       2f
1:      check_equal csr.satp.sv48, a1, a0
2:
        writes  csr.satp.asid, satp, 8 << 60 | 0xffff << 44, 8 << 60 | 0xffff << 44
        li      a0, 8 << 60 | 0x80123
        csrw    satp, a0
        li      a1, 7 << 60 | 0x456
        csrw    satp, a1
        csrr    a1, satp
        csrw    satp, zero
        check_equal csr.satp.reserved_mode, a1, a0

        # Counters: they count, can be written, and stop.
        csrr    a0, mcycle
        nop
        csrr    a1, mcycle
        sltu    a2, a0, a1
        check   csr.mcycle.counts, a2, 1
        csrr    a0, minstret
        nop
        csrr    a1, minstret
        sub     a2, a1, a0
        check   csr.minstret.exact, a2, 2
        li      a0, 1 << 40
        csrw    minstret, a0
        csrr    a1, minstret
        check_equal csr.minstret.write, a1, a0
        li      a0, 5
        csrs    mcountinhibit, a0
        csrr    a1, minstret
        nop
        csrr    a2, minstret
        csrr    a3, mcycle
        nop
        csrr    a4, mcycle
        csrw    mcountinhibit, zero
        check_equal csr.mcountinhibit.ir, a2, a1
        check_equal csr.mcountinhibit.cy, a4, a3
        csrr    a1, mcountinhibit
        check_bits csr.mcountinhibit.tm, a1, 2, 0

        # mcounteren and scounteren: cycle, time and instret can be given.
        writes_bits csr.mcounteren.bits, mcounteren, 7, 7, 7
        writes_bits csr.scounteren.bits, scounteren, 7, 7, 7
        writes_bits csr.mcounteren.none, mcounteren, 0, 7, 0

        # menvcfg: STCE, PBMTE, CBZE, CBCFE and FIOM.
        writes_bits csr.menvcfg.stce, menvcfg, 1 << 63, 1 << 63, 1 << 63
        writes_bits csr.menvcfg.pbmte, menvcfg, 1 << 62, 1 << 62, 1 << 62
        writes_bits csr.menvcfg.cbze, menvcfg, 1 << 7, 1 << 7, 1 << 7
        writes_bits csr.menvcfg.cbcfe, menvcfg, 1 << 6, 1 << 6, 1 << 6
        writes_bits csr.menvcfg.fiom, menvcfg, 1, 1, 1

        # PMP: sixteen entries; the last two of the configuration are read back.
        writes  csr.pmpcfg0.bits, pmpcfg0, 0x0f0f, 0x0f0f
        writes_bits csr.pmpcfg0.reserved, pmpcfg0, 0x60, 0x60, 0
        # What W without R becomes is open, but it is not kept.
        csrr    s10, pmpcfg0
        li      s11, 2
        csrw    pmpcfg0, s11
        csrr    s11, pmpcfg0
        csrw    pmpcfg0, s10
        andi    s11, s11, 3
        addi    s11, s11, -2
        snez    s11, s11
        check   csr.pmpcfg0.write_only, s11, 1
        writes_bits csr.pmpaddr0.bits, pmpaddr0, (1 << 54) - 1, (1 << 54) - 1, (1 << 54) - 1
        writes_bits csr.pmpaddr0.high, pmpaddr0, -1, 0x3ff << 54, 0
        writes_bits csr.pmpaddr15, pmpaddr15, 0x12345678, -1, 0x12345678
        expect_traps
        csrr    a0, 0x3a1
        check_trap csr.pmpcfg1.absent, 2
        j       finish
