#: {"uses": ["virtio", "block"], "drives": [{"size": "1M", "id": "kit0"}]}
# A virtio block device (virtio 1.2, 5.2) with a disk of zeros, driven over a split ring.
#
# A disk outlives a reset of the machine, so that this program comes twice: what is on the disk
# tells that the test finisher has reset the machine, and how the device came out of it.

        .equ    SECTORS, 2048
        # The sector with MARK in it since the first time.
        .equ    MARKED, 7

        .equ    UNKNOWN, 0x1234

program:
        li      s11, BLOCK
        # How it comes out of a reset, which the second time is known to be one.
        lwu     s0, STATUS(s11)
        put     QUEUE_SEL, 0
        lwu     s1, QUEUE_READY(s11)
        lwu     s2, INTERRUPT_STATUS(s11)
        call    start
        request IN, MARKED, 512, WRITE
        la      a0, data
        ld      a1, (a0)
        li      a2, 0x6b69742d6d61726b
        bne     a1, a2, first_time
        check   finisher.reset.status, s0, 0
        check   finisher.reset.queue_ready, s1, 0
        check   finisher.reset.interrupt, s2, 0
        # The disk has what was written and flushed.
        request IN, 3, 512, WRITE
        la      a1, data
        ld      a1, 504(a1)
        li      a2, PATTERN
        check_equal finisher.reset.disk, a1, a2
        j       finish

first_time:
        lwu     a0, CONFIG(s11)
        lwu     a1, CONFIG + 4(s11)
        check   blk.capacity.low, a0, SECTORS
        check   blk.capacity.high, a1, 0

        # A read. The device says how much it wrote, the status with it, and interrupts.
        put     INTERRUPT_ACK, 3
        call    fill_data
        request IN, 3, 512, WRITE
        lwu     s0, INTERRUPT_STATUS(s11)
        put     INTERRUPT_ACK, 1
        lwu     s1, INTERRUPT_STATUS(s11)
        check   blk.read.status, a0, 0
        check   blk.read.used_length, a1, 513
        check   blk.read.interrupt, s0, 1
        check   blk.read.ack, s1, 0
        la      a0, data
        ld      a1, (a0)
        ld      a2, 504(a0)
        ld      a3, 512(a0)
        check   blk.read.first, a1, 0
        check   blk.read.last, a2, 0
        # And no more than it was asked for.
        li      a0, PATTERN
        check_equal blk.read.behind, a3, a0

        # A write of one sector changes that sector.
        call    fill_data
        request OUT, 3, 512, 0
        check   blk.write.status, a0, 0
        check   blk.write.used_length, a1, 1
        request IN, 2, 3 * 512, WRITE
        check   blk.read.three.status, a0, 0
        check   blk.read.three.used_length, a1, 3 * 512 + 1
        la      a0, data
        ld      a1, 504(a0)
        ld      a2, 512(a0)
        ld      a3, 1016(a0)
        ld      a4, 1024(a0)
        check   blk.write.before, a1, 0
        li      a0, PATTERN
        check_equal blk.write.first, a2, a0
        check_equal blk.write.last, a3, a0
        check   blk.write.behind, a4, 0

        # The last sector, and what is behind it.
        request IN, SECTORS - 1, 512, WRITE
        check   blk.end.read, a0, 0
        call    fill_data
        request OUT, SECTORS - 1, 512, 0
        check   blk.end.write, a0, 0
        request IN, SECTORS, 512, WRITE
        check   blk.end.behind, a0, 1
        request OUT, SECTORS, 512, 0
        check   blk.end.write_behind, a0, 1
        request IN, SECTORS - 1, 1024, WRITE
        check   blk.end.across, a0, 1
        request IN, 0x8000000000000000, 512, WRITE
        check   blk.end.far, a0, 1
        # 2^55 sectors are 2^64 bytes, and 2^32 sectors have no lower half.
        request IN, 1 << 55, 512, WRITE
        check   blk.end.wrapped, a0, 1
        request IN, 1 << 32, 512, WRITE
        check   blk.end.high, a0, 1
        # After errors it goes on.
        request IN, SECTORS - 1, 512, WRITE
        check   blk.end.after, a0, 0

        # The serial number: twenty bytes, filled up with zeros.
        call    fill_data
        request GET_ID, 0, 20, WRITE
        check   blk.id.status, a0, 0
        la      a0, data
        lwu     s0, (a0)
        lbu     s1, 4(a0)
        ld      s2, 5(a0)
        ld      s3, 12(a0)
        or      s2, s2, s3
        lbu     s3, 20(a0)
        check   blk.id.text, s0, 0x3074696b
        check   blk.id.end, s1, 0
        check   blk.id.padding, s2, 0
        check   blk.id.behind, s3, 0x67

        request UNKNOWN, 0, 512, WRITE
        check   blk.unknown, a0, 2
        call    flush
        check   blk.flush, a0, 0

        # How a request is spread over descriptors says nothing (2.7.4): the header in two, and
        # the data in two others, the second one with the status behind it.
        prepare IN, 3
        la      t5, data
        li      t6, -1
        sb      t6, 512(t5)
        describe descriptors, 0, header, 4, NEXT, 5
        describe descriptors, 5, header + 4, 12, NEXT, 1
        describe descriptors, 1, data, 100, NEXT | WRITE, 7
        describe descriptors, 7, data + 100, 413, WRITE, 0
        li      a0, 0
        li      a1, 1
        call    submit
        la      a0, data
        lbu     s0, 512(a0)
        ld      s1, 104(a0)
        ld      s2, 504(a0)
        check   blk.framing.used_length, a1, 513
        check   blk.framing.status, s0, 0
        li      a0, PATTERN
        check_equal blk.framing.middle, s1, a0
        check_equal blk.framing.end, s2, a0

        # Two requests with one notification, in whatever order they come back.
        prepare IN, 0
        describe descriptors, 0, header, 16, NEXT, 1
        describe descriptors, 1, data, 512, NEXT | WRITE, 2
        describe descriptors, 2, status, 1, WRITE, 0
        describe descriptors, 3, header, 16, NEXT, 4
        describe descriptors, 4, data + 512, 512, NEXT | WRITE, 5
        describe descriptors, 5, status + 1, 1, WRITE, 0
        la      t5, available
        lhu     t6, 2(t5)
        addi    t6, t6, 1
        andi    t6, t6, ENTRIES - 1
        slli    t6, t6, 1
        add     t5, t5, t6
        li      t6, 3
        sh      t6, 4(t5)
        li      a0, 0
        li      a1, 2
        call    submit
        mv      s0, a2
        la      a0, status
        lhu     s1, (a0)
        # The head that came last, and the one before.
        la      a0, used
        lhu     a1, 2(a0)
        addi    a1, a1, -2
        andi    a1, a1, ENTRIES - 1
        slli    a1, a1, 3
        add     a1, a1, a0
        lwu     a1, 4(a1)
        add     s2, s0, a1
        xor     s3, s0, a1
        check   blk.two.status, s1, 0
        check   blk.two.sum, s2, 3
        check   blk.two.different, s3, 3

        # The device's reset disables the queue, and leaves the disk alone.
        put     STATUS, 0
        put     QUEUE_SEL, 0
        lwu     a0, QUEUE_READY(s11)
        check   blk.reset.queue_ready, a0, 0
        call    start
        request IN, 3, 512, WRITE
        la      a1, data
        ld      a1, (a1)
        check   blk.reset.status, a0, 0
        li      a0, PATTERN
        check_equal blk.reset.disk, a1, a0

        # And now the machine's, with the device at work.
        la      a0, data
        li      a1, 0x6b69742d6d61726b
        sd      a1, (a0)
        request OUT, MARKED, 512, 0
        check   blk.mark, a0, 0
        call    flush
        li      a0, FINISHER
        li      a1, 0x7777
        sw      a1, (a0)
1:      j       1b

# Brings the device up with the feature FLUSH (in s7), if it has that.
start:
        mv      s9, ra
        call    lower_features
        andi    a0, a0, F_FLUSH
        mv      s7, a0
        mv      ra, s9
        j       start_device

# Flushes the disk. Without the feature there is nothing to flush: status 0.
flush:
        li      a0, 0
        beqz    s7, 1f
        mv      s9, ra
        request_nothing FLUSH
        mv      ra, s9
1:      ret
