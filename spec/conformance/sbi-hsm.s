#: {"boot": "kernel", "harts": 3, "uses": ["sbi", "harts"]}
# SBI HSM: the states of harts, starting, stopping and suspending them, and IPIs. s1 is the hart that
# the kernel was entered on, s2 and s3 are the others.

        .equ    INTERRUPT, 1 << 63
        .equ    RETENTIVE, 0
        .equ    NON_RETENTIVE, 0x80000000

# Gives a job to the hart in a register; what it returned is in a0 then.
.macro  start_on hart:req, job:req
        mv      a0, \hart
        la      a1, \job
        call    start_job
.endm

.macro  result_of hart:req
        mv      a0, \hart
        call    await_job
.endm

.macro  run_on hart:req, job:req
        start_on \hart, \job
        result_of \hart
.endm

# sip of all three: s4, s5 and s6.
.macro  get_all_sip
        call    read_sip
        mv      s4, a0
        run_on  s2, read_sip
        mv      s5, a0
        run_on  s3, read_sip
        mv      s6, a0
.endm

# The area of the hart in a register.
.macro  area_of register:req, hart:req
        slli    \register, \hart, 7
        la      t5, hart_areas
        add     \register, \register, t5
.endm

program:
        la      a0, entry_a0
        ld      s1, (a0)
        addi    s2, s1, 1
        addi    s3, s1, 2
        li      a0, 3
        remu    s2, s2, a0
        remu    s3, s3, a0

        # At the entry of a kernel all harts but one are stopped.
        mv      a0, s2
        sbi     HSM, 2
        mv      s4, a1
        mv      a0, s3
        sbi     HSM, 2
        check   entry.kernel.stopped.one, s4, STOPPED
        check   entry.kernel.stopped.other, a1, STOPPED

        # Started, they have what they should, and say so.
        mv      a0, s2
        la      a1, serve
        li      a2, 0x123456789abcdef0
        sbi     HSM, 0
        mv      s4, a0
        mv      a0, s3
        la      a1, serve
        li      a2, -1
        sbi     HSM, 0
        check   sbi.hsm.start.one, s4, 0
        check   sbi.hsm.start.two, a0, 0
        li      a0, 7
        li      a1, 1
        sll     a1, a1, s1
        sub     a0, a0, a1
        mv      s4, a0
        call    await_harts
        check_equal sbi.hsm.start.both, a0, s4
        area_of s4, s2
        area_of s5, s3
        ld      a0, HART_A0(s4)
        check_equal sbi.hsm.start.number.one, a0, s2
        ld      a0, HART_A0(s5)
        check_equal sbi.hsm.start.number.two, a0, s3
        ld      a0, HART_A1(s4)
        li      a1, 0x123456789abcdef0
        check_equal sbi.hsm.start.opaque.one, a0, a1
        ld      a0, HART_A1(s5)
        check   sbi.hsm.start.opaque.two, a0, -1
        ld      a0, HART_STATUS(s4)
        check_bits sbi.hsm.start.interrupts, a0, SSTATUS_SIE, 0
        mv      a0, s2
        li      a1, STARTED
        call    await_status
        check   sbi.hsm.start.status, a0, STARTED
        mv      a0, s2
        la      a1, serve
        sbi     HSM, 0
        check   sbi.hsm.start.again, a0, ALREADY_AVAILABLE

        # What a kernel can do, they can: counters, and their traps are theirs.
        run_on  s2, read_counters
        check   sbi.hsm.start.counters, a0, 0
        expect_traps
        run_on  s2, break
        check   sbi.hsm.start.trap, a0, 3
        check_no_trap sbi.hsm.start.trap.here

        # IPIs: by a mask, by a base, to all, to none.
        li      a0, 1
        sll     a0, a0, s2
        li      a1, 1
        sll     a1, a1, s3
        or      a0, a0, a1
        li      a1, 0
        sbi     IPI, 0
        mv      s7, a0
        get_all_sip
        check   sbi.ipi.mask, s7, 0
        check_bits sbi.ipi.mask.here, s4, SSIP, 0
        check_bits sbi.ipi.mask.one, s5, SSIP, SSIP
        check_bits sbi.ipi.mask.two, s6, SSIP, SSIP
        run_on  s2, clear_sip
        run_on  s3, clear_sip
        li      a0, 1
        mv      a1, s3
        sbi     IPI, 0
        get_all_sip
        check_bits sbi.ipi.base.here, s4, SSIP, 0
        check_bits sbi.ipi.base.one, s5, SSIP, 0
        check_bits sbi.ipi.base.two, s6, SSIP, SSIP
        run_on  s3, clear_sip
        li      a0, 0
        li      a1, -1
        sbi     IPI, 0
        mv      s7, a0
        li      a4, SSIP
        call    await_bit
        get_all_sip
        check   sbi.ipi.all, s7, 0
        check_bits sbi.ipi.all.here, s4, SSIP, SSIP
        check_bits sbi.ipi.all.one, s5, SSIP, SSIP
        check_bits sbi.ipi.all.two, s6, SSIP, SSIP
        csrci   sip, SSIP
        run_on  s2, clear_sip
        run_on  s3, clear_sip
        li      a0, 0
        li      a1, 0
        sbi     IPI, 0
        mv      s7, a0
        get_all_sip
        or      s4, s4, s5
        or      s4, s4, s6
        check   sbi.ipi.none, s7, 0
        check_bits sbi.ipi.none.sip, s4, SSIP, 0
        # A mask with a hart that is not there, and a base behind all.
        li      a0, 0x80
        li      a1, 0
        sbi     IPI, 0
        check   sbi.ipi.absent.mask, a0, INVALID_PARAM
        li      a0, 1
        li      a1, 3
        sbi     IPI, 0
        check   sbi.ipi.absent.base, a0, INVALID_PARAM
        # Taken there.
        start_on s2, take_ipi
        call    a_while
        li      a0, 1
        mv      a1, s2
        sbi     IPI, 0
        result_of s2
        li      a1, INTERRUPT | 1
        check_equal sbi.ipi.taken, a0, a1

        # A hart that stopped is started again.
        start_on s2, stop
        mv      a0, s2
        li      a1, STOPPED
        call    await_status
        check   sbi.hsm.restart.stopped, a0, STOPPED
        area_of s4, s2
        sd      zero, HART_ARRIVED(s4)
        sd      zero, HART_JOB(s4)
        fence
        mv      a0, s2
        la      a1, serve
        li      a2, 77
        sbi     HSM, 0
        check   sbi.hsm.restart, a0, 0
        li      a0, 1
        sll     a0, a0, s2
        mv      s5, a0
        call    await_harts
        check_equal sbi.hsm.restart.arrived, a0, s5
        ld      a0, HART_A1(s4)
        check   sbi.hsm.restart.opaque, a0, 77

        # One that suspends itself comes back with an IPI, behind the call or where it said.
        start_on s2, suspend
        mv      a0, s2
        li      a1, SUSPENDED
        call    await_status
        check   sbi.hsm.suspend.status, a0, SUSPENDED
        li      a0, 1
        mv      a1, s2
        sbi     IPI, 0
        result_of s2
        check   sbi.hsm.suspend, a0, 0
        mv      a0, s2
        sbi     HSM, 2
        check   sbi.hsm.suspend.started, a1, STARTED
        start_on s2, suspend_and_resume
        mv      a0, s2
        li      a1, SUSPENDED
        call    await_status
        check   sbi.hsm.resume.status, a0, SUSPENDED
        li      a0, 1
        mv      a1, s2
        sbi     IPI, 0
        result_of s2
        la      s4, resumed_with
        ld      a0, (s4)
        check_equal sbi.hsm.resume.a0, a0, s2
        ld      a0, 8(s4)
        check   sbi.hsm.resume.a1, a0, 0x5eed
        ld      a0, 16(s4)
        check   sbi.hsm.resume.satp, a0, 0
        ld      a0, 24(s4)
        check_bits sbi.hsm.resume.sie, a0, SSTATUS_SIE, 0
        # The timer wakes this one.
        csrr    a0, time
        li      a1, 20000
        add     s7, a0, a1
        mv      a0, s7
        sbi     TIME, 0
        li      a0, STIP
        csrw    sie, a0
        li      s8, 0
1:      li      a0, RETENTIVE
        sbi     HSM, 3
        or      s8, s8, a0
        csrr    a0, sip
        andi    a0, a0, STIP
        beqz    a0, 1b
        csrr    a0, time
        sltu    a0, a0, s7
        csrw    sie, zero
        check   sbi.hsm.suspend.timer, s8, 0
        check   sbi.hsm.suspend.timer.not_before, a0, 0
        li      a0, -1
        sbi     TIME, 0

        # Types that are reserved, and that no platform has.
        li      a0, 1
        sbi     HSM, 3
        check   sbi.hsm.suspend.reserved, a0, INVALID_PARAM
        li      a0, 0x80000001
        la      a1, serve
        sbi     HSM, 3
        check   sbi.hsm.suspend.reserved_non_retentive, a0, INVALID_PARAM
        li      a0, 0x1fedcba9
        sbi     HSM, 3
        check_either sbi.hsm.suspend.platform, INVALID_PARAM, NOT_SUPPORTED

        # A hart is not started where there is no memory.
        start_on s3, stop
        mv      a0, s3
        li      a1, STOPPED
        call    await_status
        mv      a0, s3
        li      a1, 0x4000000000000000
        sbi     HSM, 0
        check   sbi.hsm.start.address, a0, INVALID_ADDRESS
        j       finish

a_while:
        csrr    t0, time
        li      t1, 20000
        add     t0, t0, t1
1:      csrr    t1, time
        bltu    t1, t0, 1b
        ret

# An interrupt's way may take a while.
read_sip:
        li      t0, 64
1:      addi    t0, t0, -1
        bnez    t0, 1b
        csrr    a0, sip
        ret
clear_sip:
        csrci   sip, SSIP
        ret
read_counters:
        csrr    a0, time
        csrr    a0, cycle
        csrr    a0, instret
        ld      a0, HART_TRAPS(tp)
        ret
break:  ebreak
        ld      a0, HART_CAUSE(tp)
        ret
take_ipi:
        csrsi   sie, SSIP
        csrsi   sstatus, SSTATUS_SIE
1:      pause_hint
        ld      a0, HART_TRAPS(tp)
        beqz    a0, 1b
        csrci   sstatus, SSTATUS_SIE
        csrci   sip, SSIP
        ld      a0, HART_CAUSE(tp)
        ret
stop:   sbi     HSM, 1
1:      j       1b

# Suspends this hart until there is an IPI: the errors, and what has changed.
suspend:
        csrsi   sie, SSIP
        li      a2, 0x1357
        li      a3, 0
1:      li      a0, RETENTIVE
        sbi     HSM, 3
        or      a3, a3, a0
        csrr    a0, sip
        andi    a0, a0, SSIP
        beqz    a0, 1b
        csrci   sip, SSIP
        csrw    sie, zero
        li      a0, 0x1357
        xor     a0, a0, a2
        or      a0, a0, a3
        ret

suspend_and_resume:
        csrsi   sie, SSIP
        la      t0, resume_stack
        sd      sp, (t0)
        sd      tp, 8(t0)
        sd      ra, 16(t0)
1:      li      a0, NON_RETENTIVE
        la      a1, resumed
        li      a2, 0x5eed
        sbi     HSM, 3
        # It failed.
        ret
        .balign 4
resumed:
        la      t0, resumed_with
        sd      a0, (t0)
        sd      a1, 8(t0)
        csrr    t1, satp
        sd      t1, 16(t0)
        csrr    t1, sstatus
        sd      t1, 24(t0)
        csrw    sie, zero
        csrci   sip, SSIP
        la      t0, resume_stack
        ld      sp, (t0)
        ld      tp, 8(t0)
        ld      ra, 16(t0)
        la      t1, hart_trap
        csrw    stvec, t1
        ret

        serve_in_supervisor_mode

        .data
        .balign 8
resume_stack:   .dword  0, 0, 0
resumed_with:   .dword  -1, -1, -1, -1
        .text
