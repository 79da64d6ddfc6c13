# fib(24) by recursion: calls, returns and a stack.
.equ EXPECTED, 46368

prepare:
        ret

iteration:
        li      a0, 24
fib:
        li      t0, 2
        blt     a0, t0, 1f
        addi    sp, sp, -32
        sd      ra, 24(sp)
        sd      s0, 16(sp)
        sd      s1, 8(sp)
        mv      s0, a0
        addi    a0, a0, -1
        jal     fib
        mv      s1, a0
        addi    a0, s0, -2
        jal     fib
        add     a0, a0, s1
        ld      ra, 24(sp)
        ld      s0, 16(sp)
        ld      s1, 8(sp)
        addi    sp, sp, 32
1:      ret
