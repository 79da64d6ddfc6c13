#: {"harts": 4, "uses": ["harts"]}
# Several harts: how they come from reset, that each has CSRs and counters of its own, and that
# there is one time.

        .equ    HARTS, 4

# A CSR that each hart writes another value to: all find their own.
.macro  own id:req, register:req, shift:req
        j       7792f
7791:   addi    sp, sp, -16
        sd      ra, (sp)
        addi    t3, a0, 1
        slli    t3, t3, \shift
        csrw    \register, t3
        call    barrier
        csrr    a0, \register
        csrw    \register, zero
        xor     a0, a0, t3
        snez    a0, a0
        ld      ra, (sp)
        addi    sp, sp, 16
        ret
7792:   la      a0, 7791b
        li      a1, HARTS
        call    run_everywhere
        check   \id, a0, 0
.endm

# What all harts but this one found at their entry, each compared with s0.
.macro  arrived_with id:req, field:req
        la      a0, hart_areas
        ld      a1, HART_AREA + \field(a0)
        ld      a2, 2 * HART_AREA + \field(a0)
        ld      a3, 3 * HART_AREA + \field(a0)
        xor     a1, a1, s0
        xor     a2, a2, s0
        xor     a3, a3, s0
        or      a1, a1, a2
        or      a1, a1, a3
        check   \id, a1, 0
.endm

# The bits that the CSRs of one of the others had at its entry.
.macro  arrived_without id:req, field:req, mask:req
        la      a0, hart_areas
        ld      a1, HART_AREA + \field(a0)
        ld      a2, 2 * HART_AREA + \field(a0)
        ld      a3, 3 * HART_AREA + \field(a0)
        or      a1, a1, a2
        or      a1, a1, a3
        check_bits \id, a1, \mask, 0
.endm

program:
        # All come from reset, each with a number of its own, and in the same way.
        la      a0, serve_from_reset
        la      a1, release
        fence
        sd      a0, (a1)
        li      a0, 0xe
        call    await_harts
        check   harts.numbers, a0, 0xe
        la      a0, hart_areas
        ld      a1, HART_AREA + HART_A0(a0)
        ld      a2, 2 * HART_AREA + HART_A0(a0)
        ld      a3, 3 * HART_AREA + HART_A0(a0)
        xori    a1, a1, 1
        xori    a2, a2, 2
        xori    a3, a3, 3
        or      a1, a1, a2
        or      a1, a1, a3
        check   harts.entry.a0, a1, 0
        la      a0, entry_a1
        ld      s0, (a0)
        arrived_with harts.entry.a1, HART_A1
        la      a0, entry_a2
        ld      s0, (a0)
        arrived_with harts.entry.a2, HART_A2
        arrived_without harts.entry.mstatus, HART_STATUS, MSTATUS_MIE | MSTATUS_MPRV
        arrived_without harts.entry.mie, HART_IE, -1
        arrived_without harts.entry.satp, HART_SATP, -1

        # CSRs.
        own     harts.csr.mscratch, mscratch, 60
        own     harts.csr.sscratch, sscratch, 40
        own     harts.csr.mepc, mepc, 4
        own     harts.csr.sepc, sepc, 20
        own     harts.csr.stvec, stvec, 12
        own     harts.csr.mcause, mcause, 0
        own     harts.csr.scause, scause, 0
        own     harts.csr.mtval, mtval, 50
        own     harts.csr.stval, stval, 0
        own     harts.csr.medeleg, medeleg, 2
        own     harts.csr.mcounteren, mcounteren, 0
        own     harts.csr.scounteren, scounteren, 0
        own     harts.csr.pmpaddr0, pmpaddr0, 8
        run_all float_registers, HARTS
        check   harts.csr.fcsr, a0, 0

        # A trap is taken by the hart that makes it.
        expect_traps
        run     2, make_ecall
        check   harts.trap.cause, a0, 11
        area    a0, 2
        ld      a1, HART_TRAPS(a0)
        check   harts.trap.count, a1, 1
        area    a0, 1
        ld      a1, HART_TRAPS(a0)
        check   harts.trap.other, a1, 0
        check_no_trap harts.trap.here

        # Counters: what one hart writes, and that it stops one, is its own.
        run     1, write_cycle
        csrr    a0, mcycle
        srli    a0, a0, 60
        check   harts.counters.other, a0, 0
        run     1, read_cycle
        srli    a0, a0, 60
        check   harts.counters.own, a0, 1
        run     1, stop_cycle
        csrr    a0, mcountinhibit
        check_bits harts.counters.inhibit, a0, 1, 0
        csrr    s0, mcycle
        run     1, read_cycle
        mv      s1, a0
        csrr    a1, mcycle
        sltu    a1, s0, a1
        check   harts.counters.runs, a1, 1
        run     1, read_cycle
        check_equal harts.counters.stopped, a0, s1

        # Time: what one hart has seen of it is past for all others, by the CSR and by mtime.
        run_all compare_times, HARTS
        check   harts.time, a0, 0

        # When one hart writes it, it is changed for all.
        li      a0, CLINT + 0xbff8
        li      a1, 1 << 45
        sd      a1, (a0)
        run     3, read_time
        srli    a0, a0, 45
        check   harts.time.written, a0, 1
        run     2, read_mtime
        srli    a0, a0, 45
        check   harts.time.mtime, a0, 1
        j       finish

# A floating-point register, and the flags and rounding mode: values 1 to 4.
float_registers:
        addi    sp, sp, -16
        sd      ra, (sp)
        li      t0, MSTATUS_FS
        csrs    mstatus, t0
        addi    t3, a0, 1
        slli    t0, t3, 5
        or      t3, t3, t0
        csrw    fcsr, t3
        fmv.d.x fs0, t3
        call    barrier
        csrr    a0, fcsr
        fmv.x.d a1, fs0
        xor     a0, a0, t3
        xor     a1, a1, t3
        or      a0, a0, a1
        snez    a0, a0
        li      t0, MSTATUS_FS
        csrc    mstatus, t0
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

make_ecall:
        ecall
        ld      a0, HART_CAUSE(tp)
        ret

write_cycle:
        li      a0, 1 << 60
        csrw    mcycle, a0
        ret
read_cycle:
        csrr    a0, mcycle
        ret
stop_cycle:
        csrsi   mcountinhibit, 1
        ret
read_time:
        csrr    a0, time
        ret
read_mtime:
        li      a0, CLINT + 0xbff8
        ld      a0, (a0)
        ret

# Counts the times that are less than one that has been seen before.
compare_times:
        addi    sp, sp, -16
        sd      ra, (sp)
        call    barrier
        la      a1, latest
        li      a2, 1000
        li      a3, CLINT + 0xbff8
        li      a0, 0
1:      ld      t0, (a1)
        fence
        csrr    t1, time
        andi    t2, a2, 1
        beqz    t2, 2f
        ld      t1, (a3)
2:      fence
        amomaxu.d zero, t1, (a1)
        sltu    t1, t1, t0
        add     a0, a0, t1
        addi    a2, a2, -1
        bnez    a2, 1b
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

        serve_in_machine_mode

        .data
        .balign 8
latest: .dword  0
