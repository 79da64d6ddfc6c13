# SHA-256 of "abc" (FIPS 180-4), again and again: rotations, additions, logic.
.equ BLOCKS, 20
.equ SCHEDULE, HEAP             # W of FIPS 180-4, 6.2.2
.equ EXPECTED, 0xba7816bf8f01cfea

.data
.balign 8
round_constants:
        .word 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5
        .word 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5
        .word 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3
        .word 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174
        .word 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc
        .word 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da
        .word 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7
        .word 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967
        .word 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13
        .word 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85
        .word 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3
        .word 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070
        .word 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5
        .word 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3
        .word 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208
        .word 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
initial_hash:
        .word 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a
        .word 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
message:
        .word 0x61626380, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 24

.text
prepare:
        ret

iteration:
        li      s10, BLOCKS
hash_block:
        # The schedule: sixteen words of the message, then what follows from them.
        la      t0, message
        li      t1, SCHEDULE
        addi    t2, t0, 64
1:      lw      t3, 0(t0)
        sw      t3, 0(t1)
        addi    t0, t0, 4
        addi    t1, t1, 4
        bltu    t0, t2, 1b
        li      t2, SCHEDULE + 256
1:      lw      t3, -8(t1)
        srliw   t4, t3, 17
        slliw   t5, t3, 15
        or      t4, t4, t5
        srliw   t5, t3, 19
        slliw   t6, t3, 13
        or      t5, t5, t6
        xor     t4, t4, t5
        srliw   t5, t3, 10
        xor     t4, t4, t5
        lw      t5, -28(t1)
        addw    t4, t4, t5
        lw      t3, -60(t1)
        srliw   t5, t3, 7
        slliw   t6, t3, 25
        or      t5, t5, t6
        srliw   t6, t3, 18
        slliw   t0, t3, 14
        or      t6, t6, t0
        xor     t5, t5, t6
        srliw   t6, t3, 3
        xor     t5, t5, t6
        addw    t4, t4, t5
        lw      t5, -64(t1)
        addw    t4, t4, t5
        sw      t4, 0(t1)
        addi    t1, t1, 4
        bltu    t1, t2, 1b

        # Working variables a to h in a0 to a7.
        la      t0, initial_hash
        lw      a0, 0(t0)
        lw      a1, 4(t0)
        lw      a2, 8(t0)
        lw      a3, 12(t0)
        lw      a4, 16(t0)
        lw      a5, 20(t0)
        lw      a6, 24(t0)
        lw      a7, 28(t0)
        la      s0, round_constants
        li      s1, SCHEDULE
        addi    s2, s0, 256
1:      srliw   t0, a4, 6
        slliw   t1, a4, 26
        or      t0, t0, t1
        srliw   t1, a4, 11
        slliw   t2, a4, 21
        or      t1, t1, t2
        xor     t0, t0, t1
        srliw   t1, a4, 25
        slliw   t2, a4, 7
        or      t1, t1, t2
        xor     t0, t0, t1
        and     t1, a4, a5
        not     t2, a4
        and     t2, t2, a6
        xor     t1, t1, t2
        addw    t0, t0, t1
        addw    t0, t0, a7
        lw      t1, 0(s0)
        addw    t0, t0, t1
        lw      t1, 0(s1)
        addw    t0, t0, t1      # T1
        srliw   t1, a0, 2
        slliw   t2, a0, 30
        or      t1, t1, t2
        srliw   t2, a0, 13
        slliw   t3, a0, 19
        or      t2, t2, t3
        xor     t1, t1, t2
        srliw   t2, a0, 22
        slliw   t3, a0, 10
        or      t2, t2, t3
        xor     t1, t1, t2
        and     t2, a0, a1
        and     t3, a0, a2
        xor     t2, t2, t3
        and     t3, a1, a2
        xor     t2, t2, t3
        addw    t1, t1, t2      # T2
        mv      a7, a6
        mv      a6, a5
        mv      a5, a4
        addw    a4, a3, t0
        mv      a3, a2
        mv      a2, a1
        mv      a1, a0
        addw    a0, t0, t1
        addi    s0, s0, 4
        addi    s1, s1, 4
        bltu    s0, s2, 1b

        la      t0, initial_hash
        lw      t1, 0(t0)
        addw    a0, a0, t1
        lw      t1, 4(t0)
        addw    a1, a1, t1
        addi    s10, s10, -1
        bnez    s10, hash_block
        # The first eight bytes of the hash.
        slli    a0, a0, 32
        slli    a1, a1, 32
        srli    a1, a1, 32
        or      a0, a0, a1
        ret
