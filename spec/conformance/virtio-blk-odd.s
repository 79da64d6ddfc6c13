#: {"uses": ["virtio", "block"], "drives": [{"size": "64K", "id": "kit0"}, {"size": "64K", "id": "kit1", "readOnly": true}]}
# Block devices (virtio 1.2, 5.2): a drive that is read-only, the configuration, requests in odd
# pieces, and odd requests. Where a driver does what it must not, any answer is right, if there is
# one and nothing else is touched.

        .equ    READ_ONLY, VIRTIO_MMIO + VIRTIO_MMIO_STEP

        .equ    F_SEG_MAX, 1 << 2
        .equ    F_BLK_SIZE, 1 << 6

        .equ    SEG_MAX, CONFIG + 12
        .equ    BLK_SIZE, CONFIG + 20

# Whether the status in a0 is an answer, in a0: 0, 1 or 2.
.macro  is_answer
        sltiu   a0, a0, 3
.endm

# The first doubleword of `data` behind `length` bytes, in a1.
.macro  behind length:req
        la      t5, data + \length
        ld      a1, (t5)
.endm

program:
        li      s11, BLOCK
        call    lower_features
        check_bits blk.readonly.not_offered, a0, F_RO, 0
        li      s11, READ_ONLY
        call    lower_features
        mv      s10, a0
        check_bits blk.readonly.offered, a0, F_RO, F_RO

        # Reads work, writes fail, whether or not the driver accepts the feature.
        li      a0, F_RO
        call    start_device
        request IN, 3, 512, WRITE
        mv      s0, a0
        call    fill_data
        request OUT, 3, 512, 0
        mv      s1, a0
        request IN, 3, 512, WRITE
        or      s0, s0, a0
        behind  0
        check   blk.readonly.read, s0, OK
        check   blk.readonly.write, s1, IOERR
        check   blk.readonly.unchanged, a1, 0
        # A range that write zeroes would name: its type is unknown, or it fails.
        li      t5, F_WRITE_ZEROES | F_RO
        and     a0, s10, t5
        call    start_device
        la      t5, data
        sd      zero, (t5)
        li      t6, 1
        sd      t6, 8(t5)
        request WRITE_ZEROES, 0, 16, 0
        snez    s0, a0
        is_answer
        check   blk.readonly.zeroes, a0, 1
        check   blk.readonly.zeroes.refused, s0, 1
        li      a0, 0
        call    start_device
        call    fill_data
        request OUT, 0, 512, 0
        mv      s0, a0
        request IN, 0, 512, WRITE
        behind  0
        check   blk.readonly.unaware.write, s0, IOERR
        check   blk.readonly.unaware.read, a0, OK
        check   blk.readonly.unaware.unchanged, a1, 0

        # The configuration, as far as there is one.
        li      s11, BLOCK
        call    lower_features
        mv      s10, a0
        andi    a0, a0, F_SEG_MAX | F_BLK_SIZE
        call    start_device
        lwu     a0, SEG_MAX(s11)
        snez    a0, a0
        andi    t5, s10, F_SEG_MAX
        bnez    t5, 1f
        li      a0, 1
1:      check   blk.config.segments, a0, 1
        # A power of two from 512 on.
        lwu     a0, BLK_SIZE(s11)
        addi    t5, a0, -1
        and     t5, t5, a0
        sltiu   t6, a0, 512
        or      a0, t5, t6
        andi    t5, s10, F_BLK_SIZE
        bnez    t5, 1f
        li      a0, 0
1:      check   blk.config.block_size, a0, 0

        # The header in five pieces, one of them a byte.
        call    fill_data
        prepare OUT, 5
        describe descriptors, 7, header, 1, NEXT, 6
        describe descriptors, 6, header + 1, 3, NEXT, 5
        describe descriptors, 5, header + 4, 5, NEXT, 4
        describe descriptors, 4, header + 9, 6, NEXT, 3
        describe descriptors, 3, header + 15, 1, NEXT, 2
        describe descriptors, 2, data, 512, NEXT, 1
        describe descriptors, 1, status, 1, WRITE, 0
        submit_chain 7
        check   blk.framing.header, a0, OK
        # Data in odd pieces.
        la      t5, data
        sd      zero, (t5)
        sd      zero, 504(t5)
        prepare IN, 5
        describe descriptors, 0, header, 16, NEXT, 1
        describe descriptors, 1, data, 1, NEXT | WRITE, 2
        describe descriptors, 2, data + 1, 2, NEXT | WRITE, 3
        describe descriptors, 3, data + 3, 506, NEXT | WRITE, 4
        describe descriptors, 4, data + 509, 3, NEXT | WRITE, 5
        describe descriptors, 5, status, 1, WRITE, 0
        submit_chain 0
        la      t5, data
        ld      s0, (t5)
        ld      s1, 504(t5)
        li      s2, PATTERN
        check   blk.framing.odd, a0, OK
        check   blk.framing.odd.length, a1, 513
        check_equal blk.framing.odd.first, s0, s2
        check_equal blk.framing.odd.last, s1, s2
        # Header and data in one: they lie behind each other.
        la      t5, data
        li      t6, 0x1122334455667788
        sd      t6, (t5)
        prepare OUT, 6
        describe descriptors, 0, header, 16 + 512, NEXT, 1
        describe descriptors, 1, status, 1, WRITE, 0
        submit_chain 0
        mv      s0, a0
        request IN, 6, 512, WRITE
        behind  0
        check   blk.framing.joined, s0, OK
        li      a0, 0x1122334455667788
        check_equal blk.framing.joined.data, a1, a0

        # Without FLUSH, which was not accepted here, a write is done when it is answered.
        put     STATUS, 0
        li      a0, 0
        call    start_device
        request IN, 6, 512, WRITE
        behind  0
        check   blk.flush.without.status, a0, OK
        li      a2, 0x1122334455667788
        check_equal blk.flush.without.data, a1, a2

        # GET_ID with less room than it needs, and with none.
        call    fill_data
        request GET_ID, 0, 3, WRITE
        is_answer
        la      t5, data
        lbu     a1, 3(t5)
        check   blk.odd.id, a0, 1
        check   blk.odd.id.behind, a1, 0x89
        request GET_ID, 0, 0, WRITE
        is_answer
        check   blk.odd.id.nothing, a0, 1

        # Reads and writes of nothing, and of what is no whole sector.
        call    fill_data
        request IN, 0, 0, WRITE
        is_answer
        mv      s0, a0
        request OUT, 0, 0, 0
        is_answer
        and     s0, s0, a0
        check   blk.odd.nothing, s0, 1
        request IN, 5, 100, WRITE
        is_answer
        behind  104
        mv      s1, a1
        call    fill_data
        request OUT, 8, 100, 0
        mv      s2, a0
        request OUT, 9, 513, 0
        sltiu   s2, s2, 3
        is_answer
        and     s2, s2, a0
        check   blk.odd.read, a0, 1
        li      a0, PATTERN
        check_equal blk.odd.read.behind, s1, a0
        check   blk.odd.write, s2, 1
        # The next sectors are as they were: zeros.
        request IN, 11, 512, WRITE
        behind  0
        check   blk.odd.write.behind, a1, 0
        # A type with data in a direction that is not its own.
        call    fill_data
        request IN, 0, 512, 0
        is_answer
        mv      s0, a0
        request OUT, 12, 512, WRITE
        is_answer
        and     s0, s0, a0
        request FLUSH, 0, 512, WRITE
        is_answer
        and     s0, s0, a0
        check   blk.odd.direction, s0, 1
        # What a driver leaves in the header's second word has no meaning.
        prepare IN, 5
        la      t5, header
        li      t6, -1
        sw      t6, 4(t5)
        describe descriptors, 0, header, 16, NEXT, 1
        describe descriptors, 1, data, 512, NEXT | WRITE, 2
        describe descriptors, 2, status, 1, WRITE, 0
        submit_chain 0
        check   blk.odd.reserved, a0, OK
        # It goes on.
        request IN, 5, 512, WRITE
        behind  0
        check   blk.odd.after, a0, OK
        li      a0, PATTERN
        check_equal blk.odd.after.data, a1, a0
        j       finish
