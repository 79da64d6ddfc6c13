# Quicksort (Hoare) of pseudo-random 64-bit keys: branches that cannot be predicted.
.equ COUNT, 8192
.equ KEYS, HEAP
.equ EXPECTED, COUNT            # keys in ascending order

prepare:
        ret

iteration:
        addi    sp, sp, -16
        sd      ra, 8(sp)
        li      t0, KEYS
        li      t1, COUNT
        li      t2, 0x9e3779b97f4a7c15
        li      t3, 6364136223846793005
1:      mul     t2, t2, t3
        addi    t2, t2, 1442
        srli    t4, t2, 20
        sd      t4, 0(t0)
        addi    t0, t0, 8
        addi    t1, t1, -1
        bnez    t1, 1b
        li      a0, KEYS
        li      a1, KEYS + COUNT * 8 - 8
        jal     sort
        li      t0, KEYS
        li      t1, COUNT - 1
        li      a0, 1
        ld      t2, 0(t0)
1:      ld      t3, 8(t0)
        bltu    t3, t2, 2f
        addi    a0, a0, 1
2:      mv      t2, t3
        addi    t0, t0, 8
        addi    t1, t1, -1
        bnez    t1, 1b
        ld      ra, 8(sp)
        addi    sp, sp, 16
        ret

# Sorts from *a0 to *a1 inclusive.
sort:
        bgeu    a0, a1, sorted
        addi    sp, sp, -32
        sd      ra, 24(sp)
        sd      s0, 16(sp)
        sd      s1, 8(sp)
        add     t0, a0, a1
        srli    t0, t0, 4
        slli    t0, t0, 3
        ld      t0, 0(t0)       # pivot
        addi    t1, a0, -8
        addi    t2, a1, 8
partition:
1:      addi    t1, t1, 8
        ld      t3, 0(t1)
        bltu    t3, t0, 1b
1:      addi    t2, t2, -8
        ld      t4, 0(t2)
        bltu    t0, t4, 1b
        bgeu    t1, t2, 2f
        sd      t4, 0(t1)
        sd      t3, 0(t2)
        j       partition
2:      addi    s0, t2, 8
        mv      s1, a1
        mv      a1, t2
        jal     sort
        mv      a0, s0
        mv      a1, s1
        jal     sort
        ld      ra, 24(sp)
        ld      s0, 16(sp)
        ld      s1, 8(sp)
        addi    sp, sp, 32
sorted:
        ret
