#: {"uses": ["virtio", "block", "packed"], "drives": [{"size": "64K", "id": "kit0"}], "optional": ["ring.bad.packed"]}
# What a driver must not put into a packed ring, as in virtio-bad.s: bit 0 of what is found says that
# the guard was touched, bit 1 that the device does not read the disk after a reset.

        .equ    GUARDED, 1024
        .equ    NOWHERE, 1 << 40

# Makes what is planned available and checks what comes of it. A good request is planned then, for a
# ring of eight.
.macro  bad id:req, count:req
        li      a0, \count
        call    offer_bad
        check   ring.bad.packed.\id, a0, 0
.endm

# Sets flags of a planned descriptor that `put_chain` does not.
.macro  add_flags index:req, flags:req
        la      t5, planned
        lhu     t6, 16 * \index + 12(t5)
        ori     t6, t6, \flags
        sh      t6, 16 * \index + 12(t5)
.endm

# Moves the buffer of a planned descriptor to where nothing is.
.macro  move_buffer index:req
        la      t5, planned
        ld      t6, 16 * \index(t5)
        li      t4, NOWHERE
        add     t6, t6, t4
        sd      t6, 16 * \index(t5)
.endm

program:
        li      s11, BLOCK
        call    upper_features
        andi    a0, a0, RING_PACKED
        bnez    a0, 1f
        absent  ring.bad.packed
        j       finish
1:      call    lower_features
        mv      s10, a0
        la      t4, guard
        li      t5, GUARDED
        add     t5, t5, t4
        li      t6, PATTERN
1:      sd      t6, (t4)
        addi    t4, t4, 8
        bltu    t4, t5, 1b
        call    restart

        # A chain that goes around the ring and does not end: all of it can only be read.
        plan    1, data, 16, 0
        plan    2, data, 16, 0
        plan    3, data, 16, 0
        plan    4, data, 16, 0
        plan    5, data, 16, 0
        plan    6, data, 16, 0
        plan    7, data, 16, NEXT
        bad     loop, 8

        # Buffers where no memory is.
        move_buffer 0
        bad     outside.header, 3
        plan    1, guard, 512, WRITE
        move_buffer 1
        bad     outside.data, 3
        plan    2, guard, 1, WRITE
        move_buffer 2
        bad     outside.status, 3

        # Requests of which a part is missing, or in the wrong place.
        bad     part.header_alone, 1
        plan    0, data, 512, WRITE
        bad     part.no_header, 1
        plan    0, data, 512, WRITE
        plan    1, header, 16, 0
        bad     part.order, 3

        # A table that was not negotiated, and tables that are none.
        plan    0, table, 3 * 16, INDIRECT
        bad     table, 1
        li      t5, INDIRECT_DESC
        and     t5, t5, s10
        beqz    t5, 1f
        start   8, INDIRECT_DESC
        plan    0, table, 3 * 16 - 1, INDIRECT
1:      bad     table.odd, 1
        li      t5, INDIRECT_DESC
        and     t5, t5, s10
        beqz    t5, 1f
        start   8, INDIRECT_DESC
        plan    0, table, 3 * 16, INDIRECT
        move_buffer 0
1:      bad     table.outside, 1

        # Rings of no size, and of too large a one.
        start   0, 0
        put     QUEUE_NOTIFY, 0
        li      s4, LARGEST
        bad     size.zero, 3
        start   0x10000, 0
        bad     size.large, 3
        j       finish

# See `bad`: makes a0 planned descriptors available, notifies the device, and gives it a while.
offer_bad:
        mv      s9, ra
        li      a1, 0
        call    put_chain
        put     QUEUE_NOTIFY, 0
        csrr    t0, time
        li      t1, A_WHILE
        add     t0, t0, t1
1:      csrr    t1, time
        bltu    t1, t0, 1b
        mv      ra, s9
# Looks at the guard, resets the device, brings it up again and reads a sector; the outcome is in a0.
restart:
        mv      s5, ra
        li      s6, 0
        la      t4, guard
        li      t5, GUARDED
        add     t5, t5, t4
        li      t6, PATTERN
1:      ld      t3, (t4)
        beq     t3, t6, 2f
        sd      t6, (t4)
        ori     s6, s6, 1
2:      addi    t4, t4, 8
        bltu    t4, t5, 1b
        start   8, 0
        call    plan_read
        la      t5, data
        li      t6, -1
        sd      t6, (t5)
        try_plan 3, 0
        la      t5, data
        ld      t5, (t5)
        or      a0, a0, t5
        beqz    a0, 4f
        ori     s6, s6, 2
4:      start   8, 0
        call    plan_read
        mv      a0, s6
        jr      s5

        .data
        .balign 16
guard:          .space  GUARDED
# Entries as in a packed ring; the flags stand last.
table:          .dword  0, 0, 0, 0, 0, 0
        .text
