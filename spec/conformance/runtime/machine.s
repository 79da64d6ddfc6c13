# The entry of programs that are firmware, and a trap handler in M-mode.

        .text
        .globl  _start
_start:
        # Harts but the first wait for a program to send them off by `release`.
        csrr    t5, mhartid
        bnez    t5, 1f
        la      sp, stack_top
        la      t5, entry_a1
        sd      a0, -8(t5)
        sd      a1, (t5)
        sd      a2, 8(t5)
        la      t5, trap_handler
        csrw    mtvec, t5
        j       program
1:      la      t5, release
        ld      t6, (t5)
        beqz    t6, 1b
        jr      t6

        .balign 4
trap_handler:
        csrw    mscratch, t5
        la      t5, saved
        sd      t6, (t5)
        sd      t4, 8(t5)
        la      t5, traps
        ld      t6, (t5)
        addi    t6, t6, 1
        sd      t6, (t5)
        addi    t4, t6, -1
        csrr    t6, mcause
        sd      t6, 8(t5)
        bnez    t4, 4f
        sd      t6, 64(t5)
4:      # An interrupt is switched off in mie, so that it comes once.
        bgez    t6, 5f
        li      t4, 1
        sll     t4, t4, t6
        csrc    mie, t4
5:      csrr    t6, mtval
        sd      t6, 16(t5)
        csrr    t6, mepc
        sd      t6, 24(t5)
        csrr    t4, mstatus
        sd      t4, 32(t5)
        # Where to go on: at `resume`, which counts once, and in M-mode ...
        ld      t4, 40(t5)
        sd      zero, 40(t5)
        beqz    t4, 1f
        csrw    mepc, t4
        li      t4, MSTATUS_MPP
        csrs    mstatus, t4
        j       3f
        # ... or behind the instruction, whose length its lowest bits tell.
1:      csrr    t4, mcause
        bltz    t4, 3f
        lhu     t4, (t6)
        andi    t4, t4, 3
        addi    t4, t4, -3
        beqz    t4, 2f
        addi    t6, t6, -2
2:      addi    t6, t6, 4
        csrw    mepc, t6
3:      la      t5, saved
        ld      t6, (t5)
        ld      t4, 8(t5)
        csrr    t5, mscratch
        mret
