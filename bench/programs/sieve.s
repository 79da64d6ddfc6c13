# Sieve of Eratosthenes over one byte a number: short loops of stores and tests.
.equ LIMIT, 65536
.equ EXPECTED, 6542             # primes below LIMIT
.equ FLAGS, HEAP

prepare:
        ret

iteration:
        li      a1, FLAGS
        li      a2, LIMIT
        add     a3, a1, a2      # end of the flags
        li      t0, -1
        mv      t1, a1
1:      sd      t0, 0(t1)       # all prime
        addi    t1, t1, 8
        bltu    t1, a3, 1b
        li      a4, 2
outer:
        add     t0, a1, a4
        lbu     t1, 0(t0)
        beqz    t1, 2f
        mul     t2, a4, a4
        add     t2, t2, a1
1:      bgeu    t2, a3, 2f
        sb      zero, 0(t2)
        add     t2, t2, a4
        j       1b
2:      addi    a4, a4, 1
        mul     t0, a4, a4
        bltu    t0, a2, outer
        li      a0, 0
        addi    t1, a1, 2
1:      lbu     t2, 0(t1)
        beqz    t2, 2f
        addi    a0, a0, 1
2:      addi    t1, t1, 1
        bltu    t1, a3, 1b
        ret
