#: {"uses": ["virtio", "block"], "drives": [{"size": "64K", "id": "kit0"}], "optional": ["ring.bad.indirect"]}
# What a driver must not put into a ring, or say of one. A device may ask for a reset, ignore it, or
# make something of it; it touches no memory that no descriptor names, and works after a reset.
#
# Each check is of one mistake: bit 0 of what is found says that the guard was touched, bit 1 that
# the device does not read the disk after a reset.

        .equ    GUARDED, 1024
        # What it holds: nothing that is on the disk.
        .equ    GUARD, 0x6475726167647261
        # Where nothing is, and far from any memory.
        .equ    NOWHERE, 1 << 40
        .equ    SECTOR, 1

# Offers the chain from a descriptor and checks what comes of it; the device is as `restart` has it
# then, with a good request described in descriptors 0 to 2.
.macro  bad id:req, head:req
        li      a0, \head
        call    offer_bad
        check   ring.bad.\id, a0, 0
.endm

# The same, of a queue that is placed, with a register of it changed.
.macro  bad_register id:req, register:req, value:req
        call    place
        li      t5, \value
        sw      t5, \register(s11)
        call    enable
        bad     \id, 0
.endm

# The same, with one of its addresses changed.
.macro  bad_address id:req, register:req, label:req, offset:req
        call    place
        la      t5, \label
        li      t6, \offset
        add     t5, t5, t6
        sw      t5, \register(s11)
        srli    t5, t5, 32
        sw      t5, \register + 4(s11)
        call    enable
        bad     \id, 0
.endm

# Puts an address into a descriptor, or adds to the one that is there.
.macro  set_buffer index:req, address:req
        la      t5, descriptors
        li      t6, \address
        sd      t6, 16 * \index(t5)
.endm
.macro  move_buffer index:req, offset:req
        la      t5, descriptors
        ld      t6, 16 * \index(t5)
        li      t4, \offset
        add     t6, t6, t4
        sd      t6, 16 * \index(t5)
.endm

program:
        li      s11, BLOCK
        call    lower_features
        mv      s10, a0
        la      t4, guard
        li      t5, GUARDED
        add     t5, t5, t4
        li      t6, GUARD
1:      sd      t6, (t4)
        addi    t4, t4, 8
        bltu    t4, t5, 1b
        li      a0, 0
        call    start_device
        call    fill_data
        request OUT, SECTOR, 512, 0
        mv      s0, a0
        call    restart
        or      a0, a0, s0
        check   ring.bad.before, a0, 0

        # Behind the table, at `forged`, there is a request that would write to the guard. s5 is
        # the index of its first descriptor.
        la      t5, forged
        la      t6, descriptors
        sub     s5, t5, t6
        srli    s5, s5, 4
        call    forge
        mv      a0, s5
        call    offer_bad
        check   ring.bad.head, a0, 0
        # One that a chain comes to.
        describe descriptors, 0, header, 16, NEXT, 0
        addi    t5, s5, 1
        la      t6, descriptors
        sh      t5, 14(t6)
        bad     next, 0

        # Chains without an end.
        describe descriptors, 2, status, 1, NEXT | WRITE, 1
        bad     loop, 0
        describe descriptors, 1, data, 512, NEXT, 1
        bad     loop.self, 0
        describe descriptors, 2, data, 512, NEXT, 0
        bad     loop.head, 0

        # Buffers where no memory is: of each kind, and such as come back into it.
        move_buffer 0, NOWHERE
        bad     outside.header, 0
        describe descriptors, 1, guard, 512, NEXT | WRITE, 2
        move_buffer 1, NOWHERE
        bad     outside.data, 0
        describe descriptors, 2, guard, 1, WRITE, 0
        move_buffer 2, NOWHERE
        bad     outside.status, 0
        describe descriptors, 1, guard, 512, NEXT | WRITE, 2
        move_buffer 1, 1 << 63
        bad     outside.far, 0
        set_buffer 1, 0xffffffffffffff00
        bad     outside.end, 0
        set_buffer 1, 0
        bad     outside.zero, 0
        # The length of all memory there is, and more.
        describe descriptors, 1, data, 0xffffffff, NEXT, 2
        bad     outside.length, 0

        # More chains than the ring has entries.
        la      t5, available
        lhu     t6, 2(t5)
        addi    t6, t6, 3 * ENTRIES + 1
        sh      t6, 2(t5)
        bad     available, 0
        la      t5, available
        lhu     t6, 2(t5)
        addi    t6, t6, -2
        sh      t6, 2(t5)
        bad     available.back, 0

        # Requests of which a part is missing, or in the wrong place.
        describe descriptors, 0, header, 16, 0, 0
        bad     part.header_alone, 0
        bad     part.no_header, 1
        bad     part.status_alone, 2
        describe descriptors, 0, header, 15, NEXT, 2
        bad     part.short_header, 0
        describe descriptors, 0, header, 0, 0, 0
        bad     part.empty, 0
        describe descriptors, 0, data, 512, NEXT | WRITE, 1
        describe descriptors, 1, header, 16, NEXT, 2
        bad     part.order, 0
        describe descriptors, 2, status, 1, 0, 0
        bad     part.status_readable, 0

        # Tables that are not there, or where none may be.
        describe descriptors, 0, table, 3 * 16, INDIRECT, 0
        call    fill_table
        bad     table, 0
        li      t5, INDIRECT_DESC
        and     t5, t5, s10
        bnez    t5, 1f
        absent  ring.bad.indirect
        j       no_indirect
1:      call    with_table
        describe descriptors, 0, table, 3 * 16 - 1, INDIRECT, 0
        bad     indirect.odd, 0
        call    with_table
        describe descriptors, 0, table, 0, INDIRECT, 0
        bad     indirect.empty, 0
        call    with_table
        move_buffer 0, NOWHERE
        bad     indirect.outside, 0
        call    with_table
        describe descriptors, 0, table, 3 * 16, INDIRECT | NEXT, 1
        bad     indirect.next, 0
        call    with_table
        describe table, 1, inner, 3 * 16, INDIRECT, 0
        bad     indirect.nested, 0
        call    with_table
        describe table, 0, table, 3 * 16, INDIRECT, 0
        bad     indirect.itself, 0
        # Behind its end there is an entry that names the guard.
        call    with_table
        describe descriptors, 0, table, 2 * 16, INDIRECT, 0
        describe table, 0, header, 16, NEXT, 2
        describe table, 2, guard, 512, NEXT | WRITE, 1
        describe table, 1, status, 1, WRITE, 0
        bad     indirect.behind, 0
        call    with_table
        describe table, 1, data, 512, NEXT | WRITE, 1
        bad     indirect.loop, 0
no_indirect:

        # What is said of a queue.
        bad_register size.zero, QUEUE_NUM, 0
        bad_register size.odd, QUEUE_NUM, 5
        bad_register size.large, QUEUE_NUM, 0x10000
        bad_register size.huge, QUEUE_NUM, 0xffffffff
        bad_address misaligned.descriptors, QUEUE_DESC, descriptors, 8
        bad_address misaligned.available, QUEUE_DRIVER, available, 1
        bad_address misaligned.used, QUEUE_DEVICE, used, 2
        bad_address nowhere.descriptors, QUEUE_DESC, descriptors, NOWHERE
        bad_address nowhere.available, QUEUE_DRIVER, available, NOWHERE
        bad_address nowhere.used, QUEUE_DEVICE, guard, NOWHERE
        bad_register zero.descriptors, QUEUE_DESC, 0
        bad_register zero.available, QUEUE_DRIVER, 0
        bad_register zero.used, QUEUE_DEVICE, 0

        # Queues that are not there, or not ready.
        call    place
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK
        bad     not_ready, 0
        put     QUEUE_NOTIFY, 1000
        put     QUEUE_NOTIFY, 0xffffffff
        put     QUEUE_SEL, 1000
        put     QUEUE_NUM, 8
        put_address QUEUE_DESC, DESCRIPTORS
        put     QUEUE_READY, 1
        bad     not_there, 0
        call    place
        put     STATUS, 0
        put     QUEUE_READY, 1
        bad     after_reset, 0

        j       finish

# See `bad`: offers the chain from descriptor a0, notifies the device, and gives it a while.
offer_bad:
        mv      s9, ra
        li      a1, 1
        call    offer
        put     QUEUE_NOTIFY, 0
        csrr    t0, time
        li      t1, A_WHILE
        add     t0, t0, t1
2:      csrr    t1, time
        bltu    t1, t0, 2b
        mv      ra, s9
# Resets the device, brings it up again and reads a sector; the outcome is in a0. A good request is
# described in descriptors 0 to 2 then.
restart:
        mv      s9, ra
        li      s8, 0
        la      t4, guard
        li      t5, GUARDED
        add     t5, t5, t4
        li      t6, GUARD
1:      ld      t3, (t4)
        beq     t3, t6, 2f
        sd      t6, (t4)
        ori     s8, s8, 1
2:      addi    t4, t4, 8
        bltu    t4, t5, 1b
        put     STATUS, 0
        csrr    t0, time
        li      t1, PATIENCE
        add     t0, t0, t1
4:      lwu     t2, STATUS(s11)
        csrr    t1, time
        beqz    t2, 5f
        bltu    t1, t0, 4b
5:      li      a0, 0
        call    start_device
        la      t5, data
        sd      zero, (t5)
        sd      zero, 504(t5)
        request IN, SECTOR, 512, WRITE
        la      t5, data
        ld      t4, (t5)
        ld      t5, 504(t5)
        li      t6, PATTERN
        bnez    a0, 6f
        bne     t4, t6, 6f
        beq     t5, t6, 7f
6:      ori     s8, s8, 2
7:      mv      a0, s8
        jr      s9

# A queue that waits to be enabled, of a device that is otherwise set up.
place:
        mv      s9, ra
        li      a0, 0
        li      a1, 0
        call    negotiate
        use_ring 0
        call    place_queue
        jr      s9
enable:
        put     QUEUE_READY, 1
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK
        ret

# A device with tables, one of which has a good request.
with_table:
        mv      s9, ra
        li      a0, INDIRECT_DESC
        call    start_device
        describe descriptors, 0, table, 3 * 16, INDIRECT, 0
        mv      ra, s9
fill_table:
        describe table, 0, header, 16, NEXT, 1
        describe table, 1, data, 512, NEXT | WRITE, 2
        describe table, 2, status, 1, WRITE, 0
        describe inner, 0, data, 512, NEXT | WRITE, 1
        describe inner, 1, status, 1, WRITE, 0
        describe inner, 2, status, 1, WRITE, 0
        ret

# The request at `forged`.
forge:
        describe forged, 0, header, 16, NEXT, 0
        describe forged, 1, guard, 512, NEXT | WRITE, 0
        describe forged, 2, status, 1, WRITE, 0
        la      t6, forged
        addi    t5, s5, 1
        sh      t5, 14(t6)
        addi    t5, t5, 1
        sh      t5, 16 + 14(t6)
        ret

        .data
        .balign 16
guard:          .space  GUARDED
forged:         .space  16 * 3
table:          .space  16 * 3
inner:          .space  16 * 3
        .text
