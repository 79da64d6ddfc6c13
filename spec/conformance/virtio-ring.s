#: {"uses": ["virtio"], "drives": [{"size": "64K", "id": "kit0"}]}
# What a split ring has beside the plain one (virtio 1.2, 2.7): tables of indirect descriptors,
# and the suppression of notifications. A block device answers; every request reads its first
# sector. What a device only should do, such as not to interrupt, is not checked.

        .equ    BLOCK, VIRTIO_MMIO

        .equ    INDIRECT_DESC, 1 << 28
        .equ    EVENT_IDX, 1 << 29

        .equ    INDIRECT, 4

.macro  start features:req
        li      a0, \features
        call    start_device
.endm

# Makes the chain from a descriptor available: the used length is in a1, the ID in a2, the
# status in a0 (-1 without an answer), and in a3 whether there was an interrupt.
.macro  try_chain head:req
        li      a0, \head
        call    submit_chain
.endm

# The available ring's flags, and the used index that is to be told of.
.macro  suppress flags:req, event:req
        la      t6, available
        li      t5, \flags
        sh      t5, (t6)
        li      t5, \event
        sh      t5, 4 + 2 * ENTRIES(t6)
.endm

program:
        li      s11, BLOCK
        put     DEVICE_FEATURES_SEL, 0
        lwu     s10, DEVICE_FEATURES(s11)

        # Notifications without the event index: flags of 0 ask for them.
        start   0
        call    describe_request
        suppress 1, 0
        try_chain 0
        put     INTERRUPT_ACK, 1
        suppress 0, 0
        try_chain 0
        check   ring.flags.status, a0, 0
        check   ring.flags.interrupt, a3, 1

        # Features are the device's choice: without one, what follows of it counts as passed.
        li      t5, INDIRECT_DESC
        and     t5, t5, s10
        beqz    t5, no_indirect

        # A whole request in a table, whose entries refer to each other by their place in it.
        start   INDIRECT_DESC
        describe indirect, 0, header, 16, NEXT, 3
        describe indirect, 3, data, 512, NEXT | WRITE, 1
        describe indirect, 1, status, 1, WRITE, 0
        describe descriptors, 5, indirect, 4 * 16, INDIRECT, 0
        try_chain 5
        mv      s0, a0
        mv      s1, a1
        mv      s2, a2
        # The flag WRITE says nothing of a table.
        describe descriptors, 6, indirect, 4 * 16, INDIRECT | WRITE, 0
        try_chain 6
        mv      s3, a0
        # Without the table, on the same ring.
        call    describe_request
        try_chain 0
        mv      s4, a0
        j       1f
no_indirect:
        li      s0, 0
        li      s1, 513
        li      s2, 5
        li      s3, 0
        li      s4, 0
1:      check   ring.indirect.status, s0, 0
        check   ring.indirect.length, s1, 513
        check   ring.indirect.id, s2, 5
        check   ring.indirect.write, s3, 0
        check   ring.indirect.plain, s4, 0

        li      t5, EVENT_IDX
        and     t5, t5, s10
        beqz    t5, no_event
        start   EVENT_IDX
        call    describe_request
        # The first used element is number 0.
        suppress 0, 0
        try_chain 0
        mv      s0, a3
        # Number 2 is waited for, so that what comes before it may pass in silence.
        suppress 0, 2
        try_chain 0
        put     INTERRUPT_ACK, 1
        try_chain 0
        mv      s1, a3
        # The flags count no more.
        suppress 1, 3
        try_chain 0
        mv      s2, a3
        # Around the ring, and with one that was passed long ago.
        suppress 0, 4
        li      s3, 6
2:      try_chain 0
        put     INTERRUPT_ACK, 1
        addi    s3, s3, -1
        bnez    s3, 2b
        suppress 0, 10
        try_chain 0
        mv      s3, a3
        mv      s4, a0
        j       1f
no_event:
        li      s0, 1
        li      s1, 1
        li      s2, 1
        li      s3, 1
        li      s4, 0
1:      check   ring.event.first, s0, 1
        check   ring.event.later, s1, 1
        check   ring.event.flags, s2, 1
        check   ring.event.wrapped, s3, 1
        check   ring.event.status, s4, 0

        # With both: a descriptor of the ring's, and the rest in a table. The last check, for QEMU
        # takes the table for a buffer and is not to be used behind that.
        li      s0, 0
        li      t5, INDIRECT_DESC
        and     t5, t5, s10
        beqz    t5, 1f
        start   INDIRECT_DESC
        describe descriptors, 2, header, 16, NEXT, 4
        describe descriptors, 4, indirect, 2 * 16, INDIRECT, 0
        describe indirect, 0, data, 512, NEXT | WRITE, 1
        describe indirect, 1, status, 1, WRITE, 0
        try_chain 2
        mv      s0, a0
1:      check   ring.indirect.mixed, s0, 0
        j       finish

# The request without a table.
describe_request:
        describe descriptors, 0, header, 16, NEXT, 1
        describe descriptors, 1, data, 512, NEXT | WRITE, 2
        describe descriptors, 2, status, 1, WRITE, 0
        ret

# See `try_chain`. An interrupt may come a little after its used element; it is acknowledged.
submit_chain:
        mv      s9, ra
        la      t5, status
        li      t6, -1
        sb      t6, (t5)
        li      a1, 1
        call    submit
        la      a0, status
        lb      a0, (a0)
        # 10 ms for the interrupt.
        csrr    t6, time
        li      t5, 100000
        add     t6, t6, t5
3:      lwu     a3, INTERRUPT_STATUS(s11)
        bnez    a3, 4f
        csrr    t5, time
        bltu    t5, t6, 3b
4:      put     INTERRUPT_ACK, 1
        jr      s9

        .data
        .balign 16
indirect:       .space  16 * 4
# Type 0, sector 0.
header:         .space  16
data:           .space  512
status:         .space  1
        .balign 8
        .text
