#: {"harts": 8, "uses": ["harts"]}
# The greatest number of harts: all come, and all take part.

        .equ    HARTS, 8
        .equ    COUNT, 1000

program:
        la      a0, serve_from_reset
        la      a1, release
        fence
        sd      a0, (a1)
        li      a0, 0xfe
        call    await_harts
        check   harts.eight.arrived, a0, 0xfe
        run_all add_number, HARTS
        # The sum of the numbers, and a byte of a bit for each.
        check   harts.eight.sum, a0, 28
        la      a1, bits
        lbu     a0, (a1)
        check   harts.eight.numbers, a0, 0xff
        run_all count, HARTS
        la      a1, counter
        ld      a0, (a1)
        check   harts.eight.counter, a0, HARTS * COUNT

        # Each gets a software interrupt from the one before it, and the last one's goes to hart 0.
        run_all pass_on, HARTS
        check   harts.eight.interrupts, a0, 8
        j       finish

add_number:
        csrr    a0, mhartid
        la      t0, bits
        li      t1, 1
        sll     t1, t1, a0
        amoor.w zero, t1, (t0)
        ret

count:  li      a2, COUNT
        la      t0, counter
1:      lr.d    t1, (t0)
        addi    t1, t1, 1
        sc.d    t1, t1, (t0)
        bnez    t1, 1b
        addi    a2, a2, -1
        bnez    a2, 1b
        ret

# Hart 0 begins; the others wait for the one before. 1 when MSIP came to this hart.
pass_on:
        addi    sp, sp, -16
        sd      ra, (sp)
        mv      a3, a0
        call    barrier
        li      t0, CLINT
        slli    t1, a3, 2
        add     t1, t1, t0
        addi    t2, a3, 1
        andi    t2, t2, HARTS - 1
        slli    t2, t2, 2
        add     t2, t2, t0
        li      t3, 1
        bnez    a3, 1f
        sw      t3, (t2)
1:      li      t0, 1 << 3
        csrw    mie, t0
2:      wfi
        csrr    a0, mip
        and     a0, a0, t0
        beqz    a0, 2b
        csrw    mie, zero
        sw      zero, (t1)
        beqz    a3, 3f
        sw      t3, (t2)
3:      li      a0, 1
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

        serve_in_machine_mode

        .data
        .balign 8
bits:           .dword  0
counter:        .dword  0
        .text
