#: {"harts": 3, "uses": ["harts"]}
# Interrupts of several harts: software interrupts of M-mode and S-mode that one sends to another,
# and timers.

        .equ    HARTS, 3
        .equ    MSI, 1 << 3
        .equ    SSI, 1 << 1
        .equ    MTI, 1 << 7
        .equ    STI, 1 << 5
        .equ    INTERRUPT, 1 << 63
        .equ    ROUNDS, 100

program:
        la      a0, serve_from_reset
        la      a1, release
        fence
        sd      a0, (a1)
        li      a0, 6
        call    await_harts

        # MSIP of one hart, set by another, arrives there and nowhere else.
        put_at  MSIP + 4, 1
        get_all_mip
        check_bits msip.harts.set, s1, MSI, MSI
        check_bits msip.harts.here, s0, MSI, 0
        check_bits msip.harts.other, s2, MSI, 0
        # It can be read and cleared by all.
        run     2, clear_msip1
        check   msip.harts.read, a0, 1
        run     1, read_mip
        check_bits msip.harts.cleared, a0, MSI, 0
        # The other way: hart 2 sends one to hart 0.
        run     2, send_msip0
        li      a4, MSI
        call    await_bit
        check_bits msip.harts.to_first, a1, MSI, MSI
        put_at  MSIP, 0

        # It ends WFI, and is taken by the hart that it was sent to.
        start   1, sleep
        call    a_while
        put_at  MSIP + 4, 1
        result  1
        check_bits msip.harts.wfi, a0, MSI, MSI
        put_at  MSIP + 4, 0
        expect_traps
        start   1, take_interrupt
        call    a_while
        put_at  MSIP + 4, 1
        result  1
        li      a1, INTERRUPT | 3
        check_equal msip.harts.taken, a0, a1
        put_at  MSIP + 4, 0
        area    a0, 2
        ld      a1, HART_TRAPS(a0)
        check   msip.harts.taken.other, a1, 0
        check_no_trap msip.harts.taken.here

        # What was written before it is seen by whoever gets it.
        start   1, receive
        call    send
        check   msip.harts.message.sent, a0, ROUNDS
        result  1
        check   msip.harts.message, a0, 0

        # Each hart has an mtimecmp.
        run_all compare_others, HARTS
        la      a0, seen
        ld      a1, (a0)
        ld      a2, 8(a0)
        ld      a3, 16(a0)
        check_bits timer.harts.set, a2, MTI, MTI
        check_bits timer.harts.here, a1, MTI, 0
        check_bits timer.harts.other, a3, MTI, 0
        # All wait for times of their own.
        run_all await_own, HARTS
        check   timer.harts.wfi, a0, 0
        # And so it is with stimecmp.
        run_all supervisor_timer, HARTS
        la      a0, seen
        ld      a1, (a0)
        ld      a2, 8(a0)
        ld      a3, 16(a0)
        check_bits sstc.harts.set, a2, STI, STI
        check_bits sstc.harts.here, a1, STI, 0
        check_bits sstc.harts.other, a3, STI, 0

        # SETSSIP of one hart by another.
        put_at  SETSSIP + 4, 1
        get     s3, SETSSIP + 4
        get_all_mip
        check_bits sswi.harts.set, s1, SSI, SSI
        check_bits sswi.harts.here, s0, SSI, 0
        check_bits sswi.harts.other, s2, SSI, 0
        check   sswi.harts.read, s3, 0
        put_at  SETSSIP + 4, 0
        run     1, read_mip
        check_bits sswi.harts.zero, a0, SSI, SSI
        run     1, clear_ssip
        check_bits sswi.harts.cleared, a0, SSI, 0
        # Taken in S-mode, where it is delegated.
        start   1, take_in_supervisor
        call    a_while
        put_at  SETSSIP + 4, 1
        result  1
        li      a1, INTERRUPT | 1
        check_equal sswi.harts.delegated, a0, a1

        j       finish

a_while:
        csrr    t0, time
        li      t1, 20000
        add     t0, t0, t1
1:      csrr    t1, time
        bltu    t1, t0, 1b
        ret

read_mip:
        get_mip a0
        ret
clear_msip1:
        li      t0, MSIP + 4
        lwu     a0, (t0)
        sw      zero, (t0)
        ret
send_msip0:
        put_at  MSIP, 1
        ret
clear_ssip:
        csrci   mip, SSI
        get_mip a0
        ret

# Sleeps until MSIP is pending, which ends WFI without a trap.
sleep:  li      t0, MSI
        csrw    mie, t0
1:      wfi
        csrr    a0, mip
        and     t1, a0, t0
        beqz    t1, 1b
        csrw    mie, zero
        ret

# Waits for the interrupt of M-mode; its cause.
take_interrupt:
        li      t0, MSI
        csrw    mie, t0
        csrsi   mstatus, MSTATUS_MIE
1:      pause_hint
        ld      t0, HART_TRAPS(tp)
        beqz    t0, 1b
        csrci   mstatus, MSTATUS_MIE
        ld      a0, HART_CAUSE(tp)
        ret

# Sends ROUNDS numbers to hart 1: a0 is how many it has answered.
send:   li      a0, 0
        la      t0, message
        la      t1, answer
        li      t2, MSIP + 4
        li      t3, 1
1:      addi    a2, a0, 1
        sd      a2, (t0)
        fence   w, o
        sw      t3, (t2)
        csrr    a3, time
        li      a4, 100000000
        add     a3, a3, a4
2:      ld      a1, (t1)
        beq     a1, a2, 3f
        pause_hint
        csrr    a4, time
        bltu    a4, a3, 2b
        ret
3:      mv      a0, a2
        li      a4, ROUNDS
        bne     a0, a4, 1b
        ret

# Receives them: how many were not there with their interrupt.
receive:
        li      a0, 0
        li      a1, 1
        la      t0, message
        la      t1, answer
        li      t2, MSIP + 4
        li      t3, MSI
1:      csrr    a2, mip
        and     a2, a2, t3
        beqz    a2, 1b
        fence
        ld      a2, (t0)
        sw      zero, (t2)
2:      csrr    a3, mip
        and     a3, a3, t3
        bnez    a3, 2b
        xor     a2, a2, a1
        snez    a2, a2
        add     a0, a0, a2
        fence
        sd      a1, (t1)
        addi    a1, a1, 1
        li      a2, ROUNDS
        bleu    a1, a2, 1b
        ret

# mip of this hart, into `seen`.
note_mip:
        get_mip t0
        la      t1, seen
        slli    t2, a3, 3
        add     t1, t1, t2
        sd      t0, (t1)
        ret

# Hart 0 sets mtimecmp of hart 1 into the past, and those of all others far ahead.
compare_others:
        addi    sp, sp, -16
        sd      ra, (sp)
        mv      a3, a0
        call    barrier
        bnez    a3, 1f
        li      t0, MTIMECMP
        li      t1, -1
        sd      t1, (t0)
        sd      t1, 16(t0)
        sd      zero, 8(t0)
1:      call    barrier
        call    note_mip
        call    barrier
        li      t0, MTIMECMP
        slli    t1, a3, 3
        add     t0, t0, t1
        li      t1, -1
        sd      t1, (t0)
        li      a0, 0
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

# Waits until a time that is another one for each hart: 0 if it was not over too early.
await_own:
        addi    sp, sp, -16
        sd      ra, (sp)
        mv      a3, a0
        call    barrier
        addi    a3, a3, 1
        li      t0, 10000
        mul     a1, a3, t0
        csrr    t0, time
        add     a1, a1, t0
        li      t0, MTIMECMP - 8
        slli    t1, a3, 3
        add     t0, t0, t1
        sd      a1, (t0)
        li      t1, MTI
        csrw    mie, t1
1:      wfi
        csrr    t2, mip
        and     t2, t2, t1
        beqz    t2, 1b
        csrr    t2, time
        csrw    mie, zero
        sltu    a0, t2, a1
        li      t1, -1
        sd      t1, (t0)
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

# Only hart 1 has a stimecmp in the past.
supervisor_timer:
        addi    sp, sp, -16
        sd      ra, (sp)
        mv      a3, a0
        li      t0, 1 << 63
        csrs    menvcfg, t0
        addi    t1, a3, -1
        snez    t1, t1
        neg     t1, t1
        csrw    stimecmp, t1
        call    barrier
        call    note_mip
        li      t1, -1
        csrw    stimecmp, t1
        call    barrier
        li      t0, 1 << 63
        csrc    menvcfg, t0
        li      a0, 0
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

# Waits in S-mode for a software interrupt that is delegated: scause.
take_in_supervisor:
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        csrw    scause, zero
        la      t0, in_supervisor
        csrw    mepc, t0
        la      t0, on_supervisor
        csrw    stvec, t0
        li      t0, SSI
        csrw    mideleg, t0
        csrw    mie, t0
        li      t0, MSTATUS_MPP | MSTATUS_SIE
        csrc    mstatus, t0
        li      t0, MSTATUS_MPP_S | MSTATUS_SIE
        csrs    mstatus, t0
        la      t0, 1f
        sd      t0, HART_RESUME(tp)
        mret
1:      csrw    mie, zero
        csrw    mideleg, zero
        csrw    pmpcfg0, zero
        csrr    a0, scause
        ret
in_supervisor:
        pause_hint
        csrr    t0, scause
        beqz    t0, in_supervisor
        ecall
        .balign 4
on_supervisor:
        csrci   sip, SSI
        sret

        serve_in_machine_mode

        .data
        .balign 8
message:        .dword  0
answer:         .dword  0
seen:           .dword  0, 0, 0
        .text
