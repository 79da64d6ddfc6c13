#: {"uses": ["virtio", "block"], "drives": [{"size": "64K", "id": "kit0"}], "optional": ["blk.discard", "blk.zeroes"]}
# Write zeroes and discard (virtio 1.2, 5.2.6): requests whose data is a list of ranges.

        .equ    SECTORS, 128

        .equ    MAX_DISCARD_SECTORS, CONFIG + 36
        .equ    MAX_DISCARD_SEG, CONFIG + 40
        .equ    MAX_ZEROES_SECTORS, CONFIG + 48
        .equ    MAX_ZEROES_SEG, CONFIG + 52
        .equ    ZEROES_MAY_UNMAP, CONFIG + 56

        .equ    UNMAP, 1

# Range number `index` of the next request.
.macro  range index:req, sector:req, count:req, flags:req
        la      t5, data + 16 * \index
        li      t6, \sector
        sd      t6, (t5)
        li      t6, \count
        sw      t6, 8(t5)
        li      t6, \flags
        sw      t6, 12(t5)
.endm

# A request with one range: its status is in a0, and the used length in a1.
.macro  try_range type:req, sector:req, count:req, flags:req
        range   0, \sector, \count, \flags
        request \type, 0, 16, 0
.endm

# Which of the first 16 sectors have the pattern in their first and last bytes, as bits from 0 on;
# and as bits from 16 on, which are zero there. The answer is in a0.
.macro  look
        call    look_at_disk
.endm

program:
        li      s11, BLOCK
        call    lower_features
        mv      s10, a0

        li      t5, F_WRITE_ZEROES
        and     t5, t5, s10
        bnez    t5, 1f
        absent  blk.zeroes
        j       no_zeroes
1:      li      a0, F_WRITE_ZEROES
        call    start_device
        call    fill_disk
        look
        mv      s0, a0
        lwu     a0, MAX_ZEROES_SECTORS(s11)
        snez    a0, a0
        lwu     a1, MAX_ZEROES_SEG(s11)
        mv      s5, a1
        snez    a1, a1
        lbu     a2, ZEROES_MAY_UNMAP(s11)
        sltiu   a2, a2, 2
        check   blk.zeroes.max_sectors, a0, 1
        check   blk.zeroes.max_segments, a1, 1
        check   blk.zeroes.may_unmap, a2, 1
        check   blk.zeroes.before, s0, 0xffff

        try_range WRITE_ZEROES, 2, 2, 0
        mv      s0, a0
        mv      s1, a1
        look
        check   blk.zeroes.status, s0, OK
        check   blk.zeroes.length, s1, 1
        check   blk.zeroes.sectors, a0, 0x000cfff3
        try_range WRITE_ZEROES, 6, 1, UNMAP
        mv      s0, a0
        look
        check   blk.zeroes.unmap.status, s0, OK
        check   blk.zeroes.unmap.sectors, a0, 0x004cffb3

        # As many ranges as there may be, up to two.
        range   0, 8, 1, 0
        range   1, 10, 2, 0
        li      s1, 1
        beq     s5, s1, 1f
        request WRITE_ZEROES, 0, 32, 0
        mv      s0, a0
        j       2f
1:      request WRITE_ZEROES, 0, 16, 0
        mv      s0, a0
        try_range WRITE_ZEROES, 10, 2, 0
        or      s0, s0, a0
2:      look
        check   blk.zeroes.two.status, s0, OK
        check   blk.zeroes.two.sectors, a0, 0x0d4cf2b3

        # Flags that are unknown; what is behind the disk's end; and what comes back to its start
        # when it is multiplied or added.
        try_range WRITE_ZEROES, 0, 1, 2
        mv      s0, a0
        try_range WRITE_ZEROES, 0, 1, 0x80000001
        mv      s1, a0
        try_range WRITE_ZEROES, SECTORS, 1, 0
        mv      s2, a0
        try_range WRITE_ZEROES, SECTORS - 1, 2, 0
        mv      s3, a0
        try_range WRITE_ZEROES, 1 << 55, 1, 0
        mv      s4, a0
        try_range WRITE_ZEROES, 0xffffffffffffffff, 2, 0
        mv      s6, a0
        try_range WRITE_ZEROES, 0, 0xffffffff, 0
        mv      s7, a0
        look
        check   blk.zeroes.reserved, s0, UNSUPP
        check   blk.zeroes.reserved.high, s1, UNSUPP
        check   blk.zeroes.behind, s2, IOERR
        check   blk.zeroes.across, s3, IOERR
        check   blk.zeroes.multiplied, s4, IOERR
        check   blk.zeroes.added, s6, IOERR
        check   blk.zeroes.huge, s7, IOERR
        check   blk.zeroes.refused, a0, 0x0d4cf2b3
        # The last sector is on the disk.
        try_range WRITE_ZEROES, SECTORS - 1, 1, 0
        check   blk.zeroes.last, a0, OK

        # More ranges than there may be, and half a range: answered in some way, with no other
        # sector changed. More than `data` holds is left out.
        li      t5, DATA_ROOM / 16
        li      s0, 0
        bgeu    s5, t5, 2f
        mv      s1, s5
        la      t4, data
1:      li      t5, 13
        sd      t5, (t4)
        li      t5, 1
        sd      t5, 8(t4)
        addi    t4, t4, 16
        addi    s1, s1, -1
        bgez    s1, 1b
        prepare WRITE_ZEROES, 0
        describe descriptors, 0, header, 16, NEXT, 1
        describe descriptors, 1, data, 0, NEXT, 2
        describe descriptors, 2, status, 1, WRITE, 0
        addi    t5, s5, 1
        slli    t5, t5, 4
        la      t6, descriptors
        sw      t5, 16 + 8(t6)
        submit_chain 0
        mv      s0, a0
2:      sltiu   s0, s0, 3
        range   0, 13, 1, 0
        range   1, 13, 1, 0
        request WRITE_ZEROES, 0, 24, 0
        sltiu   s1, a0, 3
        look
        li      t5, ~(1 << 13 | 1 << 29)
        and     s2, a0, t5
        check   blk.zeroes.many, s0, 1
        check   blk.zeroes.half, s1, 1
        check   blk.zeroes.others, s2, 0x0d4cd2b3
no_zeroes:

        li      t5, F_DISCARD
        and     t5, t5, s10
        bnez    t5, 1f
        absent  blk.discard
        j       finish
1:      li      a0, F_DISCARD
        call    start_device
        call    fill_disk
        lwu     a0, MAX_DISCARD_SECTORS(s11)
        snez    a0, a0
        lwu     a1, MAX_DISCARD_SEG(s11)
        snez    a1, a1
        check   blk.discard.max_sectors, a0, 1
        check   blk.discard.max_segments, a1, 1
        # Sectors 8 to 11 may hold anything then, and the others what they held.
        try_range DISCARD, 8, 4, 0
        mv      s0, a0
        mv      s1, a1
        look
        li      t5, 0xf0ff
        and     s2, a0, t5
        check   blk.discard.status, s0, OK
        check   blk.discard.length, s1, 1
        check   blk.discard.others, s2, 0xf0ff
        # No flag is known.
        try_range DISCARD, 0, 1, UNMAP
        mv      s0, a0
        try_range DISCARD, 0, 1, 0x40000000
        mv      s1, a0
        try_range DISCARD, SECTORS, 1, 0
        mv      s2, a0
        try_range DISCARD, SECTORS - 1, 2, 0
        mv      s3, a0
        try_range DISCARD, 1 << 55, 1, 0
        mv      s4, a0
        look
        li      t5, 0xf0ff
        and     s5, a0, t5
        check   blk.discard.unmap, s0, UNSUPP
        check   blk.discard.reserved, s1, UNSUPP
        check   blk.discard.behind, s2, IOERR
        check   blk.discard.across, s3, IOERR
        check   blk.discard.multiplied, s4, IOERR
        check   blk.discard.refused, s5, 0xf0ff
        # The disk can be written there again.
        call    fill_disk
        look
        check   blk.discard.again, a0, 0xffff
        j       finish

# Puts the pattern into sectors 0 to 15.
fill_disk:
        mv      s9, ra
        call    fill_data
        request OUT, 0, DATA_ROOM, 0
        request OUT, 4, DATA_ROOM, 0
        request OUT, 8, DATA_ROOM, 0
        request OUT, 12, DATA_ROOM, 0
        jr      s9

# See `look`. The sectors are read from the last to the first.
look_at_disk:
        mv      s9, ra
        li      s8, 15
        li      a5, 0
1:      prepare IN, 0
        la      t5, header
        sd      s8, 8(t5)
        la      t5, data
        li      t6, 0x77
        sd      t6, (t5)
        describe descriptors, 0, header, 16, NEXT, 1
        describe descriptors, 1, data, 512, NEXT | WRITE, 2
        describe descriptors, 2, status, 1, WRITE, 0
        submit_chain 0
        slli    a5, a5, 1
        la      t5, data
        ld      t4, (t5)
        ld      t5, 504(t5)
        bne     t4, t5, 3f
        bnez    t4, 2f
        li      t4, 1 << 16
        or      a5, a5, t4
2:      li      t6, PATTERN
        bne     t4, t6, 3f
        ori     a5, a5, 1
3:      addi    s8, s8, -1
        bgez    s8, 1b
        mv      a0, a5
        jr      s9
