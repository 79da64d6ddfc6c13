#: {}
# What CSR instructions do, CSRs that show parts of others, delegation, and what traps and returns change.

        .equ    U, 0
        .equ    S, 1
        .equ    ILLEGAL, 2
        .equ    SSIP, 2
        .equ    STIP, 1 << 5
        .equ    SEIP, 1 << 9
        .equ    S_INTERRUPTS, 0x222
        .equ    INTERRUPT, 1 << 63

# Runs code in a mode until an ecall of S-mode, which the handler at stvec ends with, and checks scause.
.macro  delegated id:req, mode:req, expected:req, code:req
        la      a0, \code
        li      a1, \mode
        call    run_below
        csrr    a0, scause
        check   \id, a0, \expected
.endm

# Checks what writing all ones and zeros through one CSR does to the bits of another.
.macro  alias   id:req, csr:req, of:req, mask:req, set:req
        csrr    s10, \of
        li      a0, -1
        csrw    \csr, a0
        csrr    a1, \of
        csrw    \csr, zero
        csrr    a2, \of
        csrw    \of, s10
        check_bits \id\().set, a1, \mask, \set
        check_bits \id\().clear, a2, \mask, 0
.endm

# Checks that M-mode takes an interrupt as soon as a mode below is entered, with MIE clear.
.macro  above   id:req, mode:req
        li      a0, MSTATUS_MIE | MSTATUS_MPIE
        csrc    mstatus, a0
        li      a0, SSIP
        csrs    mip, a0
        csrw    mie, a0
        la      a0, just_ecall
        li      a1, \mode
        call    run_below
        li      a1, INTERRUPT | 1
        check_equal \id, a0, a1
        la      a1, trap_pc
        ld      a1, (a1)
        la      a0, just_ecall
        check_equal \id\().mepc, a1, a0
        li      a0, 0
        check_mtval \id\().mtval, a0
.endm

program:
        li      a0, -1
        csrw    pmpaddr0, a0
        li      a0, 0x1f
        csrw    pmpcfg0, a0

        # The six instructions: rd gets the old value, also where it is the operand.
        li      a0, 0xf0
        csrw    mscratch, a0
        li      a0, 0x3c
        csrrs   a0, mscratch, a0
        check   csr.access.set, a0, 0xf0
        li      a0, 0x30
        csrrc   a1, mscratch, a0
        check   csr.access.clear, a1, 0xfc
        li      a0, 5
        csrrw   a0, mscratch, a0
        check   csr.access.swap, a0, 0xcc
        csrrwi  a0, mscratch, 31
        check   csr.access.swap_immediate, a0, 5
        csrrci  a0, mscratch, 17
        check   csr.access.clear_immediate, a0, 31
        csrrsi  a0, mscratch, 16
        check   csr.access.set_immediate, a0, 14
        csrrw   zero, mscratch, zero
        csrr    a0, mscratch
        check   csr.access.zero, a0, 0
        # Setting and clearing nothing writes not, if that is said by x0 or 0; no other register does.
        expect_traps
        csrrs   a0, mhartid, zero
        csrrc   a0, mhartid, zero
        csrrsi  a0, mhartid, 0
        csrrci  a0, mhartid, 0
        check_no_trap csr.access.read_only
        li      a1, 0
        expect_traps
        csrrs   a0, mhartid, a1
        check_trap csr.access.set_none, ILLEGAL
        expect_traps
        csrrc   a0, mhartid, a1
        check_trap csr.access.clear_none, ILLEGAL
        expect_traps
        csrrw   zero, mhartid, zero
        check_trap csr.access.write_only, ILLEGAL
        # What trapped changed no register.
        li      a0, 77
        expect_traps
        csrrw   a0, mhartid, a0
        check   csr.access.kept, a0, 77
        # Registers of debug mode are not for M-mode.
        expect_traps
        csrr    a0, 0x7b0
        check_trap csr.absent.dcsr, ILLEGAL

        # sstatus is mstatus, but for what is M-mode's.
        .equ    SHARED, MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP | MSTATUS_SUM | MSTATUS_MXR | MSTATUS_FS
        .equ    MACHINES, MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP | MSTATUS_MPRV | MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR
        li      a0, MACHINES
        csrc    mstatus, a0
        alias   csr.sstatus.shared, sstatus, mstatus, SHARED, SHARED
        alias   csr.sstatus.machine, sstatus, mstatus, MACHINES, 0
        csrr    a0, sstatus
        check_bits csr.sstatus.uxl, a0, 3 << 32, 2 << 32
        # MPP keeps no mode that is not there.
        li      a0, 2 << 11
        csrs    mstatus, a0
        csrr    a1, mstatus
        li      a0, MSTATUS_MPP
        csrs    mstatus, a0
        srli    a1, a1, 11
        andi    a1, a1, 3
        addi    a1, a1, -2
        snez    a1, a1
        check   csr.mstatus.mpp.reserved, a1, 1

        # sie and sip are what is delegated of mie and mip; S-mode can write SSIP alone.
        csrw    mideleg, zero
        alias   csr.sie.none, sie, mie, 0xaaa, 0
        li      a0, SSIP
        csrs    mip, a0
        csrr    a1, sip
        check_bits csr.sip.none, a1, S_INTERRUPTS, 0
        csrw    sip, zero
        csrr    a1, mip
        check_bits csr.sip.none.write, a1, SSIP, SSIP
        li      a0, S_INTERRUPTS
        csrw    mideleg, a0
        alias   csr.sie, sie, mie, 0xaaa, S_INTERRUPTS
        csrr    a1, sip
        check_bits csr.sip.delegated, a1, S_INTERRUPTS, SSIP
        csrw    sip, zero
        csrr    a1, mip
        check_bits csr.sip.clear, a1, SSIP, 0
        li      a0, -1
        csrw    sip, a0
        csrr    a1, mip
        check_bits csr.sip.set, a1, S_INTERRUPTS, SSIP
        li      a0, STIP | SEIP
        csrs    mip, a0
        csrr    a1, sip
        check_bits csr.sip.machine, a1, S_INTERRUPTS, S_INTERRUPTS
        csrw    sip, zero
        csrr    a1, mip
        check_bits csr.sip.read_only, a1, STIP | SEIP, STIP | SEIP
        csrc    mip, a0
        # One that is not delegated stays hidden.
        li      a0, SSIP
        csrw    mideleg, a0
        li      a0, S_INTERRUPTS
        csrw    mie, a0
        csrr    a1, sie
        csrw    mie, zero
        check_bits csr.sie.partly, a1, S_INTERRUPTS, SSIP
        # All standard causes are kept.
        li      a0, 0
        li      a2, 0
1:      csrw    mcause, a0
        csrr    a1, mcause
        xor     a1, a1, a0
        or      a2, a2, a1
        csrw    scause, a0
        csrr    a1, scause
        xor     a1, a1, a0
        or      a2, a2, a1
        addi    a0, a0, 1
        li      a1, 16
        bltu    a0, a1, 1b
        check   csr.mcause.exceptions, a2, 0

        # MRET: MIE is MPIE, MPIE 1, and MPP the lowest mode.
        li      a0, MSTATUS_MIE
        csrc    mstatus, a0
        li      a0, MSTATUS_MPP | MSTATUS_MPIE
        csrs    mstatus, a0
        la      a0, 1f
        csrw    mepc, a0
        mret
1:      csrr    a1, mstatus
        csrci   mstatus, MSTATUS_MIE
        check_bits trap.mret.mie, a1, MSTATUS_MIE, MSTATUS_MIE
        check_bits trap.mret.mpie, a1, MSTATUS_MPIE, MSTATUS_MPIE
        check_bits trap.mret.mpp, a1, MSTATUS_MPP, 0
        # From M-mode to M-mode MPRV stays.
        li      a0, MSTATUS_MPP | MSTATUS_MPRV
        csrs    mstatus, a0
        la      a0, 1f
        csrw    mepc, a0
        mret
1:      csrr    a1, mstatus
        li      a0, MSTATUS_MPRV
        csrc    mstatus, a0
        check_bits trap.mret.mprv.machine, a1, MSTATUS_MPRV, MSTATUS_MPRV

        # Delegated exceptions of S-mode: what the trap leaves.
        li      a0, 1 << 2 | 1 << 3 | 1 << 5
        csrw    medeleg, a0
        la      a0, supervisor_handler
        csrw    stvec, a0
        li      a0, MSTATUS_SIE
        csrs    mstatus, a0
        delegated trap.delegated.illegal, S, ILLEGAL, illegal
        csrr    a0, stval
        check   trap.delegated.illegal.stval, a0, 0xffffffff
        csrr    a0, sstatus
        check_bits trap.delegated.supervisor.spp, a0, MSTATUS_SPP, MSTATUS_SPP
        check_bits trap.delegated.supervisor.spie, a0, MSTATUS_SPIE, MSTATUS_SPIE
        check_bits trap.delegated.supervisor.sie, a0, MSTATUS_SIE, 0
        delegated trap.delegated.short, S, ILLEGAL, illegal_short
        csrr    a0, stval
        check   trap.delegated.short.stval, a0, 0x9000
        delegated trap.delegated.breakpoint, U, 3, breakpoint
        csrr    a0, sstatus
        check_bits trap.delegated.user.spp, a0, MSTATUS_SPP, 0
        check_bits trap.delegated.user.spie, a0, MSTATUS_SPIE, 0
        li      s0, 0x18000000
        delegated trap.delegated.access, S, 5, load
        csrr    a0, stval
        check_equal trap.delegated.access.stval, a0, s0
        # One that is not delegated is M-mode's, from S-mode, too.
        csrw    medeleg, zero
        csrw    scause, zero
        la      a0, illegal
        li      a1, S
        call    run_below
        check   trap.delegated.none, a0, ILLEGAL
        csrr    a0, scause
        check   trap.delegated.none.scause, a0, 0

        # An interrupt that is not delegated is M-mode's, from every mode below it.
        csrw    mideleg, zero
        above   interrupt.above.supervisor, S
        above   interrupt.above.user, U
        csrw    mie, zero

        # Delegated interrupts: U-mode takes them at once, S-mode with SIE; vectored, at their own place.
        li      a0, SSIP
        csrw    mideleg, a0
        csrw    mie, a0
        csrs    mip, a0
        li      a0, MSTATUS_SIE
        csrc    mstatus, a0
        csrw    scause, zero
        delegated interrupt.below.user, U, INTERRUPT | 1, just_ecall
        csrr    a0, sepc
        la      a1, just_ecall
        check_equal interrupt.below.user.sepc, a0, a1
        csrr    a0, stval
        check   interrupt.below.user.stval, a0, 0
        li      a0, MSTATUS_SIE
        csrc    mstatus, a0
        csrw    scause, zero
        delegated interrupt.below.supervisor_off, S, 0, just_ecall
        li      a0, MSTATUS_SIE
        csrs    mstatus, a0
        delegated interrupt.below.supervisor, S, INTERRUPT | 1, just_ecall
        la      a0, vectors + 1
        csrw    stvec, a0
        li      a0, MSTATUS_SIE
        csrs    mstatus, a0
        li      s1, 0
        delegated interrupt.below.vectored, S, INTERRUPT | 1, just_ecall
        check   interrupt.below.vectored.place, s1, 2
        # One that S-mode lets in by itself is taken behind the instruction that does.
        li      a0, MSTATUS_SIE
        csrc    mstatus, a0
        csrw    scause, zero
        delegated interrupt.below.switched_on, S, INTERRUPT | 1, switch_on
        csrr    a0, sepc
        la      a1, switched_on
        check_equal interrupt.below.switched_on.sepc, a0, a1
        # SRET lets one in, too.
        csrw    scause, zero
        la      a0, just_ecall
        csrw    sepc, a0
        li      a0, MSTATUS_SPIE | MSTATUS_SPP
        csrs    mstatus, a0
        delegated interrupt.below.sret, S, INTERRUPT | 1, return
        csrci   mip, SSIP
        csrw    mie, zero
        csrw    mideleg, zero
        j       finish

just_ecall:
        ecall
        j       just_ecall
illegal:
        .4byte  0xffffffff
        ecall
illegal_short:
        .2byte  0x9000
        ecall
breakpoint:
        ebreak
        ecall
load:   ld      a0, (s0)
        ecall
return: sret
        ecall
switch_on:
        csrsi   sstatus, MSTATUS_SIE
switched_on:
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
        li      s1, 1
        ecall
vector_software:
        li      s1, 2
        ecall
