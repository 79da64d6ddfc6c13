#: {"uses": ["virtio", "block", "packed"], "drives": [{"size": "64K", "id": "kit0"}], "optional": ["ring.packed", "ring.packed.indirect", "ring.packed.event"]}
# Packed rings (virtio 1.2, 2.8), with a block device behind them.

# Descriptor `index` of a table: its flags are behind its ID here.
.macro  table_entry index:req, label:req, length:req, flags:req
        describe table, \index, \label, \length, 0x77, \flags
.endm

program:
        li      s11, BLOCK
        call    upper_features
        andi    a0, a0, RING_PACKED
        bnez    a0, 1f
        absent  ring.packed
        j       finish
1:      call    lower_features
        mv      s10, a0

        # A chain of three. One descriptor is used for it, the first one, and has its ID.
        start   8, 0
        lwu     a0, STATUS(s11)
        lwu     a1, QUEUE_READY(s11)
        check   ring.packed.negotiated, a0, 15
        check   ring.packed.ready, a1, 1
        call    plan_read
        try_plan 3, 0x1234
        check   ring.packed.status, a0, 0
        check   ring.packed.length, a1, 513
        check   ring.packed.id, a2, 0x1234
        check_bits ring.packed.flags, a3, LAP, LAP
        check_bits ring.packed.flags.written, a3, WRITE, WRITE
        # The rest of it is as it was.
        la      t5, ring
        lhu     a0, 16 + 14(t5)
        lwu     a1, 32 + 8(t5)
        check   ring.packed.rest.flags, a0, DESC_AVAIL | NEXT | WRITE
        check   ring.packed.rest.length, a1, 1
        # What the device wants to be notified of is one of three things.
        la      t5, device_events
        lhu     a0, 2(t5)
        andi    a0, a0, 3
        addi    a0, a0, -3
        snez    a0, a0
        check   ring.packed.device_events, a0, 1

        # In the second lap the flags say the opposite.
        call    plan_read
        try_plan 3, 1
        call    plan_read
        try_plan 3, 2
        mv      s5, a3
        call    plan_read
        try_plan 3, 3
        check_bits ring.packed.flags.last, s5, LAP, LAP
        check_bits ring.packed.flags.second_lap, a3, LAP, 0
        check   ring.packed.id.second_lap, a2, 3

        # Many laps, in a ring whose size no chain divides, and one whose size is no power of two.
        call    many_reads
        check   ring.packed.wrapped, s5, 0
        start   5, 0
        call    many_reads
        check   ring.packed.odd, s5, 0

        # A chain as long as the ring, twice.
        start   8, 0
        li      s5, 2
2:      prepare IN, 3
        call    fill_data
        plan    0, header, 4, 0
        plan    1, header + 4, 12, 0
        plan    2, data, 100, WRITE
        plan    3, data + 100, 100, WRITE
        plan    4, data + 200, 100, WRITE
        plan    5, data + 300, 100, WRITE
        plan    6, data + 400, 112, WRITE
        plan    7, status, 1, WRITE
        try_plan 8, 7
        addi    s5, s5, -1
        bnez    s5, 2b
        la      t5, data
        ld      s6, 504(t5)
        ld      s7, 512(t5)
        check   ring.packed.full.status, a0, 0
        check   ring.packed.full.length, a1, 513
        check   ring.packed.full.data, s6, 0
        li      t5, PATTERN
        check_equal ring.packed.full.behind, s7, t5

        # Data to the disk and back.
        call    fill_data
        prepare OUT, 3
        plan    0, header, 16, 0
        plan    1, data, 512, 0
        plan    2, status, 1, WRITE
        try_plan 3, 0
        mv      s5, a0
        mv      s6, a1
        la      t5, data
        sd      zero, 8(t5)
        call    plan_read
        la      t5, header
        li      t6, 3
        sd      t6, 8(t5)
        try_plan 3, 1
        la      t5, data
        ld      a0, 8(t5)
        check   ring.packed.write.status, s5, 0
        check   ring.packed.write.length, s6, 1
        li      t5, PATTERN
        check_equal ring.packed.write.data, a0, t5

        # Two with one notification, in whatever order they come back.
        prepare IN, 0
        plan    0, header, 16, 0
        plan    1, data, 512, WRITE
        plan    2, status, 1, WRITE
        li      a0, 3
        li      a1, 0x0a0a
        call    put_chain
        plan    1, data + 512, 512, WRITE
        plan    2, status + 1, 1, WRITE
        li      a0, 3
        li      a1, 0x5050
        call    put_chain
        put     QUEUE_NOTIFY, 0
        li      a0, 3
        call    wait_chain
        mv      s5, a2
        li      a0, 3
        call    wait_chain
        xor     s5, s5, a2
        la      t5, status
        lhu     s6, (t5)
        check   ring.packed.two.status, s6, 0
        check   ring.packed.two.ids, s5, 0x5a5a

        # Interrupts: with flags of 0 there are some.
        tell_of EVENT_DISABLE, 0, 0
        call    plan_read
        try_plan 3, 1
        put     INTERRUPT_ACK, 1
        tell_of EVENT_ENABLE, 0, 0
        call    plan_read
        try_plan 3, 2
        call    take_interrupt
        check   ring.packed.interrupt, a3, 1

        # A reset of the device starts over with the first lap.
        start   8, 0
        call    plan_read
        try_plan 3, 4
        check   ring.packed.reset.status, a0, 0
        check   ring.packed.reset.id, a2, 4

        li      t5, INDIRECT_DESC
        and     t5, t5, s10
        bnez    t5, 1f
        absent  ring.packed.indirect
        j       no_indirect
        # A table is gone through from its start to its end.
1:      start   4, INDIRECT_DESC
        prepare IN, 0
        table_entry 0, header, 16, 0
        table_entry 1, data, 512, WRITE
        table_entry 2, status, 1, WRITE
        plan    0, table, 3 * 16, INDIRECT
        try_plan 1, 6
        check   ring.packed.indirect.status, a0, 0
        check   ring.packed.indirect.length, a1, 513
        check   ring.packed.indirect.id, a2, 6
        # The flag WRITE says nothing of a table.
        prepare IN, 0
        plan    0, table, 3 * 16, INDIRECT | WRITE
        try_plan 1, 7
        check   ring.packed.indirect.write, a0, 0
        # Chains beside it, and around the ring's end.
        call    plan_read
        try_plan 3, 8
        mv      s5, a0
        prepare IN, 0
        plan    0, table, 3 * 16, INDIRECT
        try_plan 1, 9
        or      a0, a0, s5
        check   ring.packed.indirect.plain, a0, 0
        # In a table no other flag counts.
        table_entry 0, header, 16, NEXT | DESC_AVAIL
        table_entry 1, data, 512, WRITE | DESC_USED
        table_entry 2, status, 1, WRITE | INDIRECT | NEXT
        prepare IN, 0
        plan    0, table, 3 * 16, INDIRECT
        try_plan 1, 10
        check   ring.packed.indirect.reserved, a0, 0
no_indirect:

        li      t5, EVENT_IDX
        and     t5, t5, s10
        bnez    t5, 1f
        absent  ring.packed.event
        j       finish
        # An interrupt when descriptor 0 of the first lap is used.
1:      start   8, EVENT_IDX
        tell_of EVENT_DESC, 0, 1
        call    plan_read
        try_plan 3, 0
        call    take_interrupt
        check   ring.packed.event.first, a3, 1
        # Number 6 comes behind number 3.
        tell_of EVENT_DESC, 6, 1
        call    plan_read
        try_plan 3, 1
        put     INTERRUPT_ACK, 1
        call    plan_read
        try_plan 3, 2
        call    take_interrupt
        check   ring.packed.event.later, a3, 1
        # Then number 1 of the second lap is the next, and 7 the next but one.
        tell_of EVENT_DESC, 7, 0
        call    plan_read
        try_plan 3, 3
        put     INTERRUPT_ACK, 1
        call    plan_read
        try_plan 3, 4
        put     INTERRUPT_ACK, 1
        call    plan_read
        try_plan 3, 5
        call    take_interrupt
        check   ring.packed.event.second_lap, a3, 1
        # One that is asked for in the lap to come.
        tell_of EVENT_DESC, 5, 1
        call    plan_read
        try_plan 3, 6
        put     INTERRUPT_ACK, 1
        call    plan_read
        try_plan 3, 7
        call    take_interrupt
        check   ring.packed.event.wrapped, a3, 1
        # And all of them.
        tell_of EVENT_ENABLE, 0, 0
        call    plan_read
        try_plan 3, 8
        call    take_interrupt
        check   ring.packed.event.all, a3, 1
        check   ring.packed.event.status, a0, 0
        j       finish

# Reads sector 0 forty times; what goes wrong is counted in s5.
many_reads:
        mv      s9, ra
        li      s5, 0
        li      s6, 40
1:      call    plan_read
        addi    a1, s6, 0x100
        li      a0, 3
        call    try_chain
        addi    t5, s6, 0x100
        bne     a2, t5, 2f
        addi    a1, a1, -513
        or      a0, a0, a1
        beqz    a0, 3f
2:      addi    s5, s5, 1
3:      addi    s6, s6, -1
        bnez    s6, 1b
        jr      s9

        .data
        .balign 16
table:          .space  16 * 3
        .text
