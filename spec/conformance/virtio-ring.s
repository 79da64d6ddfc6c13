#: {"uses": ["virtio", "block"], "drives": [{"size": "64K", "id": "kit0"}], "optional": ["ring.indirect", "ring.event"]}
# What a split ring has beside the plain one (virtio 1.2, 2.7): tables of indirect descriptors,
# and the suppression of notifications. A block device answers; every request reads its first
# sector. What a device only should do, such as not to interrupt, is not checked.

.macro  start features:req
        li      a0, \features
        call    start_device
.endm

# Makes the chain from a descriptor available: the used length is in a1, the ID in a2, the
# status in a0 (-1 without an answer), and in a3 whether there was an interrupt.
.macro  try_chain head:req
        li      a0, \head
        call    try_chain_at
.endm

# The available ring's flags, and the used index that is to be told of.
.macro  suppress flags:req, event:req
        li      t5, \flags
        sh      t5, AVAILABLE(gp)
        li      t5, \event
        sh      t5, AVAILABLE + 4 + 2 * ENTRIES(gp)
.endm

program:
        li      s11, BLOCK
        call    lower_features
        mv      s10, a0

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

        li      t5, EVENT_IDX
        and     t5, t5, s10
        bnez    t5, 1f
        absent  ring.event
        j       no_event
1:      start   EVENT_IDX
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
        check   ring.event.first, s0, 1
        check   ring.event.later, s1, 1
        check   ring.event.flags, s2, 1
        check   ring.event.wrapped, a3, 1
        check   ring.event.status, a0, 0
no_event:

        li      t5, INDIRECT_DESC
        and     t5, t5, s10
        bnez    t5, 1f
        absent  ring.indirect
        j       finish

        # A whole request in a table, whose entries refer to each other by their place in it.
1:      start   INDIRECT_DESC
        describe indirect, 0, header, 16, NEXT, 3
        describe indirect, 3, data, 512, NEXT | WRITE, 1
        describe indirect, 1, status, 1, WRITE, 0
        describe descriptors, 5, indirect, 4 * 16, INDIRECT, 0
        try_chain 5
        check   ring.indirect.status, a0, 0
        check   ring.indirect.length, a1, 513
        check   ring.indirect.id, a2, 5
        # The flag WRITE says nothing of a table.
        describe descriptors, 6, indirect, 4 * 16, INDIRECT | WRITE, 0
        try_chain 6
        check   ring.indirect.write, a0, 0
        # Without the table, on the same ring.
        call    describe_request
        try_chain 0
        check   ring.indirect.plain, a0, 0

        # With both: a descriptor of the ring's, and the rest in a table. The last check, for QEMU
        # takes the table for a buffer and is not to be used behind that.
        start   INDIRECT_DESC
        describe descriptors, 2, header, 16, NEXT, 4
        describe descriptors, 4, indirect, 2 * 16, INDIRECT, 0
        describe indirect, 0, data, 512, NEXT | WRITE, 1
        describe indirect, 1, status, 1, WRITE, 0
        try_chain 2
        check   ring.indirect.mixed, a0, 0
        j       finish

# The request without a table.
describe_request:
        describe descriptors, 0, header, 16, NEXT, 1
        describe descriptors, 1, data, 512, NEXT | WRITE, 2
        describe descriptors, 2, status, 1, WRITE, 0
        ret

# See `try_chain`.
try_chain_at:
        mv      s9, ra
        mv      s8, a0
        prepare IN, 0
        mv      a0, s8
        call    make_chain
        call    take_interrupt
        jr      s9

        .data
        .balign 16
indirect:       .space  16 * 4
        .text
