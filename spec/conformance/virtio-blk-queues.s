#: {"uses": ["virtio", "block"], "drives": [{"size": "64K", "id": "kit0", "queues": 2}], "optional": ["blk.queues", "blk.writeback", "blk.topology"]}
# A virtio block device (virtio 1.2, 5.2) with two queues, its cache mode, and what it says of blocks.

        .equ    SECTORS, 128

        .equ    F_BLK_SIZE, 1 << 6
        .equ    F_TOPOLOGY, 1 << 10
        .equ    F_CONFIG_WCE, 1 << 11
        .equ    F_MQ, 1 << 12

        .equ    PHYSICAL_BLOCK_EXP, CONFIG + 24
        .equ    ALIGNMENT_OFFSET, CONFIG + 25
        .equ    MIN_IO_SIZE, CONFIG + 26
        .equ    OPT_IO_SIZE, CONFIG + 28
        .equ    WRITEBACK, CONFIG + 32
        .equ    UNUSED, CONFIG + 33
        .equ    NUM_QUEUES, CONFIG + 34

# Descriptors 0 to 2 of a queue for a request with 512 bytes at `label`, and its status at `answer`.
.macro  describe_request queue:req, label:req, answer:req, flags:req
        describe descriptors + RING * \queue, 0, header, 16, NEXT, 1
        describe descriptors + RING * \queue, 1, \label, 512, NEXT | \flags, 2
        describe descriptors + RING * \queue, 2, \answer, 1, WRITE, 0
.endm

# As `request`, with 512 bytes in a queue.
.macro  request_in queue:req, type:req, sector:req, flags:req
        prepare \type, \sector
        describe_request \queue, data, status, \flags
        use_ring \queue
        submit_chain 0
        use_ring 0
.endm

# Makes the request of a queue available and notifies of it, without waiting.
.macro  begin queue:req
        use_ring \queue
        li      a0, 0
        li      a1, 1
        call    offer
        call    notify
.endm

# Waits until a queue is done; whether it is comes to `register`.
.macro  await register:req, queue:req
        use_ring \queue
        li      a0, PATIENCE
        call    wait_used
        lhu     t5, AVAILABLE + 2(gp)
        xor     \register, a0, t5
        seqz    \register, \register
.endm

program:
        li      s11, BLOCK
        call    lower_features
        mv      s10, a0

        li      t5, F_MQ
        and     t5, t5, s10
        bnez    t5, 1f
        absent  blk.queues
        j       no_queues
1:      li      a0, F_MQ
        li      a1, 0
        call    set_up_device
        use_ring 1
        call    set_up_queue
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK
        lhu     s0, NUM_QUEUES(s11)
        put     QUEUE_SEL, 1
        lwu     s1, QUEUE_NUM_MAX(s11)
        snez    s1, s1
        put     QUEUE_SEL, 2
        lwu     s2, QUEUE_NUM_MAX(s11)
        check   blk.queues.count, s0, 2
        check   blk.queues.second, s1, 1
        check   blk.queues.third, s2, 0

        # What one queue writes the other reads, and each has its answers to itself.
        call    fill_data
        request_in 1, OUT, 3, 0
        mv      s0, a0
        mv      s1, a1
        la      t5, used
        lhu     s2, 2(t5)
        la      t5, data
        sd      zero, (t5)
        request_in 0, IN, 3, WRITE
        mv      s3, a0
        la      t5, data
        ld      s4, (t5)
        la      t5, used + RING
        lhu     s5, 2(t5)
        check   blk.queues.write, s0, OK
        check   blk.queues.write.length, s1, 1
        check   blk.queues.write.apart, s2, 0
        check   blk.queues.read, s3, OK
        li      a0, PATTERN
        check_equal blk.queues.read.data, s4, a0
        check   blk.queues.read.apart, s5, 1

        # Requests in both at the same time.
        la      t5, data
        sd      zero, (t5)
        sd      zero, 512(t5)
        prepare IN, 3
        describe_request 0, data, status, WRITE
        describe_request 1, data + 512, status + 1, WRITE
        begin   1
        begin   0
        await   s0, 0
        await   s1, 1
        use_ring 0
        and     s0, s0, s1
        la      t5, status
        lhu     s1, (t5)
        la      t5, data
        ld      s2, (t5)
        ld      s3, 512(t5)
        check   blk.queues.both, s0, 1
        check   blk.queues.both.status, s1, 0
        li      a0, PATTERN
        check_equal blk.queues.both.first, s2, a0
        check_equal blk.queues.both.second, s3, a0

        # A flush in one queue ends, with a write in the other one before it.
        li      t5, F_FLUSH
        and     t5, t5, s10
        li      s0, 0
        beqz    t5, 2f
        li      a0, F_MQ | F_FLUSH
        li      a1, 0
        call    set_up_device
        use_ring 1
        call    set_up_queue
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK
        request_in 1, OUT, 4, 0
        mv      s0, a0
        request_nothing FLUSH
        or      s0, s0, a0
2:      check   blk.queues.flush, s0, OK

        # Without the feature there is the first one.
        li      a0, 0
        call    start_device
        request IN, 3, 512, WRITE
        check   blk.queues.unaware, a0, OK
no_queues:

        li      t5, F_CONFIG_WCE
        and     t5, t5, s10
        bnez    t5, 1f
        absent  blk.writeback
        j       no_writeback
1:      check_bits blk.writeback.flush, s10, F_FLUSH, F_FLUSH
        # Who cannot flush finds the cache write-through, as soon as that is known.
        li      a0, F_CONFIG_WCE
        li      a1, 0
        call    set_up_device
        lbu     a0, WRITEBACK(s11)
        check   blk.writeback.initial, a0, 0
        li      a0, F_CONFIG_WCE | F_FLUSH
        call    start_device
        lbu     s0, WRITEBACK(s11)
        sltiu   s0, s0, 2
        sb      zero, WRITEBACK(s11)
        lbu     s1, WRITEBACK(s11)
        call    fill_data
        request OUT, 5, 512, 0
        mv      s2, a0
        li      t5, 1
        sb      t5, WRITEBACK(s11)
        lbu     s3, WRITEBACK(s11)
        request OUT, 6, 512, 0
        or      s2, s2, a0
        la      t5, data
        sd      zero, (t5)
        request IN, 5, 512, WRITE
        or      s2, s2, a0
        la      t5, data
        ld      s4, (t5)
        # The rest of the configuration stays.
        lwu     s5, CONFIG(s11)
        check   blk.writeback.value, s0, 1
        check   blk.writeback.through, s1, 0
        check   blk.writeback.back, s3, 1
        check   blk.writeback.requests, s2, OK
        li      a0, PATTERN
        check_equal blk.writeback.data, s4, a0
        check   blk.writeback.capacity, s5, SECTORS
no_writeback:

        li      a0, 0
        call    start_device
        lbu     a0, UNUSED(s11)
        check   blk.config.unused, a0, 0

        li      t5, F_TOPOLOGY
        and     t5, t5, s10
        bnez    t5, 1f
        absent  blk.topology
        j       finish
1:      li      a0, F_TOPOLOGY | F_BLK_SIZE
        and     a0, a0, s10
        call    start_device
        # Physical blocks of 2^s0 logical ones; the first that is aligned lies within one.
        lbu     s0, PHYSICAL_BLOCK_EXP(s11)
        sltiu   s1, s0, 16
        lbu     s2, ALIGNMENT_OFFSET(s11)
        srl     s2, s2, s0
        # The largest size that is good is not below the least, where both are said.
        lhu     s3, MIN_IO_SIZE(s11)
        lwu     s4, OPT_IO_SIZE(s11)
        sltu    s3, s4, s3
        snez    s4, s4
        and     s3, s3, s4
        check   blk.topology.exponent, s1, 1
        check   blk.topology.alignment, s2, 0
        check   blk.topology.sizes, s3, 0
        j       finish
