# Follows pointers through 32 MiB in an order without locality: caches and TLBs miss.
# One node each 64 bytes; node i leads to node (A i + C) mod NODES, which is one cycle
# through all of them (Hull and Dobell: C odd, A - 1 divisible by 4).
.equ NODES, 1 << 19
.equ A, 345621
.equ C, 214013
.equ EXPECTED, HEAP             # where the chase starts and ends

prepare:
        li      t0, HEAP
        li      t1, NODES
        li      t2, 0
        li      t3, A
        li      t4, C
        li      t5, NODES - 1
1:      slli    t6, t2, 6
        add     t6, t6, t0
        mul     a0, t2, t3
        add     a0, a0, t4
        and     a0, a0, t5
        slli    a0, a0, 6
        add     a0, a0, t0
        sd      a0, 0(t6)
        addi    t2, t2, 1
        bltu    t2, t1, 1b
        ret

iteration:
        li      a0, HEAP
        li      t0, NODES / 8
1:      ld      a0, 0(a0)
        ld      a0, 0(a0)
        ld      a0, 0(a0)
        ld      a0, 0(a0)
        ld      a0, 0(a0)
        ld      a0, 0(a0)
        ld      a0, 0(a0)
        ld      a0, 0(a0)
        addi    t0, t0, -1
        bnez    t0, 1b
        ret
