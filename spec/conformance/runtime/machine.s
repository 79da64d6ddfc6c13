# The entry of programs that are firmware, a trap handler in M-mode, and how to run code below it.

        .text
        .globl  _start
_start:
        # Harts but the first wait for a program to send them off by `release`.
        csrr    t5, mhartid
        bnez    t5, 1f
        enter_program m
1:      la      t5, release
        ld      t6, (t5)
        beqz    t6, 1b
        jr      t6

        handle_traps m, MSTATUS_MPP

# Runs the code at a0 in the mode a1 (0 for U, 1 for S); returns in a0 the cause of the trap that
# ends it.
run_below:
        addi    sp, sp, -16
        sd      ra, (sp)
        expect_traps
        resume_at 1f
        li      t5, MSTATUS_MPP
        csrc    mstatus, t5
        slli    t5, a1, 11
        csrs    mstatus, t5
        csrw    mepc, a0
        mret
1:      la      t5, trap_cause
        ld      a0, (t5)
        ld      ra, (sp)
        addi    sp, sp, 16
        ret
