# Copies 1 MiB, eight doublewords at a time.
.equ SIZE, 1 << 20
.equ SOURCE, HEAP
.equ TARGET, HEAP + SIZE
.equ EXPECTED, 0x123456789abcdef

prepare:
        li      t0, SOURCE
        li      t1, SOURCE + SIZE
        li      t2, EXPECTED
1:      sd      t2, 0(t0)
        addi    t0, t0, 8
        bltu    t0, t1, 1b
        ret

iteration:
        li      t0, SOURCE
        li      t1, TARGET
        li      t2, SOURCE + SIZE
        sd      zero, -8(t2)
        li      a6, EXPECTED
        sd      a6, -8(t2)
1:      ld      a0, 0(t0)
        ld      a1, 8(t0)
        ld      a2, 16(t0)
        ld      a3, 24(t0)
        ld      a4, 32(t0)
        ld      a5, 40(t0)
        ld      a6, 48(t0)
        ld      a7, 56(t0)
        sd      a0, 0(t1)
        sd      a1, 8(t1)
        sd      a2, 16(t1)
        sd      a3, 24(t1)
        sd      a4, 32(t1)
        sd      a5, 40(t1)
        sd      a6, 48(t1)
        sd      a7, 56(t1)
        addi    t0, t0, 64
        addi    t1, t1, 64
        bltu    t0, t2, 1b
        ld      a0, -8(t1)
        sd      zero, -8(t1)
        ret
