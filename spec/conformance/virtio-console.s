#: {"uses": ["virtio"], "console": {"input": "What the host types goes to port 0.\n", "id": "console.transmit.output", "output": "!one, two and three.\nLater.\n"}, "optional": ["console.size", "console.emergency"]}
# The virtio console (virtio 1.2, 5.3), as port 0 without VIRTIO_CONSOLE_F_MULTIPORT. Whoever runs
# this program types the input above from the start, and compares all that is printed.

        .equ    CONSOLE, VIRTIO_MMIO

        .equ    F_SIZE, 1 << 0
        .equ    F_EMERG_WRITE, 1 << 2
        .equ    CONFIG_COLS, CONFIG
        .equ    CONFIG_ROWS, CONFIG + 2
        .equ    CONFIG_EMERG_WR, CONFIG + 8

        .equ    RECEIVE, 0
        .equ    TRANSMIT, 1

        .equ    TYPED, 36
        # Buffers of this size, of which the last one does not become full.
        .equ    PIECE, 5

program:
        li      s11, CONSOLE
        lwu     a0, DEVICE_ID(s11)
        check   console.device_id, a0, 3
        call    lower_features
        mv      s10, a0
        # Queues: two, and no more are needed.
        put     QUEUE_SEL, RECEIVE
        lwu     a0, QUEUE_NUM_MAX(s11)
        snez    a0, a0
        put     QUEUE_SEL, TRANSMIT
        lwu     a1, QUEUE_NUM_MAX(s11)
        snez    a1, a1
        check   console.queues.receive, a0, 1
        check   console.queues.transmit, a1, 1

        # The emergency write works in a device that nobody has set up, and sends the lowest byte.
        andi    t5, s10, F_EMERG_WRITE
        li      a0, '!'
        bnez    t5, 1f
        absent  console.emergency
        # What it would have sent goes through the queue below.
        la      t5, first
        sb      a0, (t5)
        li      s9, 1
        j       2f
1:      lwu     s0, STATUS(s11)
        li      t5, 0x12345600 + '!'
        sw      t5, CONFIG_EMERG_WR(s11)
        lwu     s1, STATUS(s11)
        check   console.emergency.before, s0, 0
        check   console.emergency.after, s1, 0
        li      s9, 0
2:

        # The size of the terminal, if it is known.
        andi    a0, s10, F_SIZE
        bnez    a0, 1f
        absent  console.size
        li      a0, 0
        call    set_up
        j       2f
1:      call    set_up
        lhu     a0, CONFIG_COLS(s11)
        lhu     a1, CONFIG_ROWS(s11)
        lwu     a2, CONFIG_COLS(s11)
        slli    a3, a1, 16
        or      a3, a3, a0
        snez    a0, a0
        snez    a1, a1
        check   console.size.columns, a0, 1
        check   console.size.rows, a1, 1
        check_equal console.size.word, a2, a3
2:
        # A buffer that is sent comes back; nothing was written to it.
        use_ring TRANSMIT
        beqz    s9, 1f
        describe transmit, 0, first, 1, 0, 0
        li      a0, 0
        li      a1, 1
        call    submit
1:      put     INTERRUPT_ACK, 3
        describe transmit, 3, one, 4, 0, 0
        li      a0, 3
        li      a1, 1
        call    submit
        call    take_interrupt
        lhu     a0, USED + 2(gp)
        sub     a0, a0, s9
        check   console.transmit.used, a0, 1
        check   console.transmit.length, a1, 0
        check   console.transmit.id, a2, 3
        check   console.transmit.interrupt, a3, 1

        # Pieces of a chain, in their order.
        describe transmit, 0, two, 3, NEXT, 6
        describe transmit, 6, two + 3, 1, NEXT, 4
        describe transmit, 4, and_three, 10, NEXT, 5
        describe transmit, 5, and_three + 10, 2, 0, 0
        li      a0, 0
        li      a1, 1
        call    submit
        check   console.transmit.chain.length, a1, 0
        check   console.transmit.chain.id, a2, 0

        # Two that are made available together are sent in that order.
        describe transmit, 1, later, 3, 0, 0
        describe transmit, 2, later + 3, 4, 0, 0
        lhu     t5, AVAILABLE + 2(gp)
        addi    t5, t5, 1
        andi    t5, t5, ENTRIES - 1
        slli    t5, t5, 1
        add     t5, t5, gp
        li      t6, 2
        sh      t6, AVAILABLE + 4(t5)
        li      a0, 1
        li      a1, 2
        call    submit
        lhu     t5, AVAILABLE + 2(gp)
        lhu     t6, USED + 2(gp)
        sub     a0, t5, t6
        check   console.transmit.two, a0, 0

        # The text as it was sent is still there: the device writes nothing.
        la      t5, one
        lwu     a0, (t5)
        check   console.transmit.kept, a0, 0x2c656e6f

        # What is typed comes in its order, in as many buffers as it takes: each has a byte or more,
        # and nothing changes behind what its length says. A buffer is offered again at once.
        use_ring RECEIVE
        li      s0, 0
        li      s1, 0
        li      s2, 0
        describe descriptors, 0, pieces, PIECE, WRITE, 0
        describe descriptors, 1, pieces + 8, PIECE, WRITE, 0
        put     INTERRUPT_ACK, 3
        li      a0, 0
        call    offer_piece
        li      a0, 1
        call    offer_piece
        call    notify
        # s3 is how many were taken from the used ring.
        li      s3, 0
1:      csrr    s4, time
        li      t5, PATIENCE
        add     s4, s4, t5
2:      lhu     t5, USED + 2(gp)
        bne     t5, s3, 3f
        csrr    t5, time
        bltu    t5, s4, 2b
        j       7f
3:      fence
        andi    t5, s3, ENTRIES - 1
        slli    t5, t5, 3
        add     t5, t5, gp
        lwu     s5, USED + 4(t5)
        lwu     s6, USED + 8(t5)
        addi    s3, s3, 1
        # Odd ones are counted in s1: of an unknown buffer, or of no length or too great a one.
        li      t5, 1
        bgtu    s5, t5, 6f
        addi    t5, s6, -1
        li      t6, PIECE
        bgeu    t5, t6, 6f
        # The bytes go to `typed`, as far as there is room.
        slli    s7, s5, 3
        la      t5, pieces
        add     s7, s7, t5
        li      s8, 0
4:      add     t5, s7, s8
        lbu     t6, (t5)
        la      t5, typed
        add     t5, t5, s0
        addi    s0, s0, 1
        li      t4, TYPED
        bgtu    s0, t4, 6f
        sb      t6, (t5)
        addi    s8, s8, 1
        bltu    s8, s6, 4b
        # Behind them stands what stood there.
5:      add     t5, s7, s8
        lbu     t5, (t5)
        addi    t5, t5, -0x55
        snez    t5, t5
        add     s2, s2, t5
        addi    s8, s8, 1
        li      t5, 8
        bltu    s8, t5, 5b
        mv      a0, s5
        call    offer_piece
        call    notify
        li      t5, TYPED
        bltu    s0, t5, 1b
        j       7f
6:      addi    s1, s1, 1
7:      call    take_interrupt
        check   console.receive.bytes, s0, TYPED
        check   console.receive.odd, s1, 0
        check   console.receive.behind, s2, 0
        check   console.receive.interrupt, a3, 1
        # Compared a byte at a time.
        la      a0, typed
        la      a1, input
        li      a2, TYPED
        li      s0, 0
8:      lbu     t5, (a0)
        lbu     t6, (a1)
        xor     t5, t5, t6
        or      s0, s0, t5
        addi    a0, a0, 1
        addi    a1, a1, 1
        addi    a2, a2, -1
        bnez    a2, 8b
        check   console.receive.text, s0, 0

        # Nothing more was typed: both buffers stay with the device.
        li      a0, A_WHILE
        call    wait_used
        lhu     a1, AVAILABLE + 2(gp)
        sub     a1, a1, a0
        la      t5, pieces
        ld      a2, (t5)
        li      a3, 0x5555555555555555
        check   console.receive.waits, a1, 2
        check_equal console.receive.untouched, a2, a3
        # And do so until the device is reset.
        put     STATUS, 0
        lwu     a0, STATUS(s11)
        check   console.reset, a0, 0
        j       finish

# Brings the device up with the features a0, and both queues.
set_up:
        mv      s8, ra
        li      a1, 0
        call    set_up_device
        use_ring TRANSMIT
        call    set_up_queue
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK
        jr      s8

# Fills buffer a0 with what tells whether it was written to, and offers it.
offer_piece:
        la      t5, pieces
        slli    t6, a0, 3
        add     t5, t5, t6
        li      t6, 0x5555555555555555
        sd      t6, (t5)
        li      a1, 1
        j       offer

        .data
        .balign 8
pieces:         .space  16
typed:          .space  TYPED
input:          .ascii  "What the host types goes to port 0.\n"
one:            .ascii  "one,"
two:            .ascii  " two"
and_three:      .ascii  " and three.\n"
later:          .ascii  "Later.\n"
first:          .byte   0
        .balign 8
        .equ    transmit, descriptors + RING
        .text
