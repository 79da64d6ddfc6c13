#: {"uses": ["virtio"], "network": 2, "optional": ["net.link"]}
# Two network cards (virtio 1.2, 5.1) on one wire: what one sends the other one receives. Only MAC
# and STATUS are negotiated, so that each packet has a header of zeros and a buffer of its own.

        .equ    FIRST, VIRTIO_MMIO + VIRTIO_MMIO_STEP
        .equ    SECOND, VIRTIO_MMIO + 2 * VIRTIO_MMIO_STEP

        .equ    F_MAC, 1 << 5
        .equ    F_STATUS, 1 << 16
        .equ    RECEIVE, 0
        .equ    TRANSMIT, 1
        .equ    HEADER, 12
        .equ    SHORT, 60
        .equ    LONG, 1514
        .equ    GUARD, 0xa5

# The rings of the second card.
.macro  use_second queue:req
        li      s11, SECOND
        la      gp, second + RING * \queue
.endm

.macro  use_first queue:req
        li      s11, FIRST
        use_ring \queue
.endm

# Whether the two texts are the same: a0 is how many bytes differ.
.macro  compare one:req, other:req, length:req
        la      a0, \one
        la      a1, \other
        li      a2, \length
        call    differences
.endm

program:
        # What the cards are, and their addresses: those that cards have if nobody says others.
        li      s11, FIRST
        lwu     a0, DEVICE_ID(s11)
        check   net.device_id, a0, 1
        call    lower_features
        mv      s10, a0
        check_bits net.mac.offered, a0, F_MAC, F_MAC
        lwu     a0, CONFIG(s11)
        lhu     a1, CONFIG + 4(s11)
        lbu     a2, CONFIG + 5(s11)
        check   net.mac.word, a0, 0x12005452
        check   net.mac.half, a1, 0x5634
        check   net.mac.byte, a2, 0x56
        li      s11, SECOND
        lhu     a1, CONFIG + 4(s11)
        check   net.mac.second, a1, 0x5734
        li      s11, FIRST
        put     QUEUE_SEL, RECEIVE
        lwu     a0, QUEUE_NUM_MAX(s11)
        snez    a0, a0
        put     QUEUE_SEL, TRANSMIT
        lwu     a1, QUEUE_NUM_MAX(s11)
        snez    a1, a1
        check   net.queues.receive, a0, 1
        check   net.queues.transmit, a1, 1

        # Both cards, with a cable between them.
        call    set_up_first
        call    set_up_second
        li      a0, F_STATUS
        and     a0, a0, s10
        bnez    a0, 1f
        absent  net.link
        j       2f
1:      lhu     a0, CONFIG + 6(s11)
        check_bits net.link, a0, 1, 1
2:
        # A buffer for a frame stays with the card while none comes.
        la      a0, frame
        li      a1, LONG
        li      a2, 1
        call    fill
        call    offer_whole
        li      a0, A_WHILE
        call    wait_used
        check   net.receive.waits, a0, 0

        # A short frame, behind its header in one buffer.
        use_first TRANSMIT
        describe transmit, 2, header, HEADER, NEXT, 5
        describe transmit, 5, frame, SHORT, 0, 0
        li      a0, 2
        call    send
        check   net.transmit.length, a1, 0
        check   net.transmit.id, a2, 2
        la      a0, frame
        la      a1, copy
        call    differences_of_short
        check   net.transmit.kept, a0, 0
        use_second RECEIVE
        li      a0, PATIENCE
        call    wait_used
        mv      s0, a0
        call    await_interrupt
        mv      s1, a3
        call    last_used
        check   net.receive.used, s0, 1
        check   net.receive.length, a1, HEADER + SHORT
        check   net.receive.id, a2, 0
        check_bits net.receive.interrupt, s1, 1, 1
        put     INTERRUPT_ACK, 3
        la      t5, packet
        ld      a0, (t5)
        lhu     a1, 8(t5)
        or      a0, a0, a1
        lhu     a1, 10(t5)
        lbu     a2, HEADER + SHORT(t5)
        check   net.receive.header, a0, 0
        check   net.receive.num_buffers, a1, 1
        check   net.receive.behind, a2, GUARD
        compare packet + HEADER, frame, SHORT
        check   net.receive.frame, a0, 0

        # The longest frame, in odd pieces on both sides.
        call    clear_packet
        describe second, 1, packet, 7, NEXT | WRITE, 2
        describe second, 2, packet + 7, 1000, NEXT | WRITE, 3
        describe second, 3, packet + 1007, 600, WRITE, 0
        li      a0, 1
        li      a1, 1
        call    offer
        call    notify
        use_first TRANSMIT
        describe transmit, 0, header, 5, NEXT, 1
        describe transmit, 1, header + 5, 7, NEXT, 3
        describe transmit, 3, frame, 1, NEXT, 4
        describe transmit, 4, frame + 1, LONG - 1, 0, 0
        li      a0, 0
        call    send
        use_second RECEIVE
        li      a0, PATIENCE
        call    wait_used
        call    last_used
        check   net.receive.pieces.length, a1, HEADER + LONG
        check   net.receive.pieces.id, a2, 1
        compare packet + HEADER, frame, LONG
        check   net.receive.pieces.frame, a0, 0
        la      t5, packet
        lbu     a0, HEADER + LONG(t5)
        check   net.receive.pieces.behind, a0, GUARD

        # Twenty frames, more than the rings have entries, come in their order; s2 counts what is not
        # as it should be.
        li      s2, 0
        li      s3, 20
1:      use_second RECEIVE
        call    offer_whole
        use_first TRANSMIT
        la      t5, frame
        sb      s3, 20(t5)
        describe transmit, 2, header, HEADER, NEXT, 5
        describe transmit, 5, frame, SHORT, 0, 0
        li      a0, 2
        call    send
        use_second RECEIVE
        li      a0, PATIENCE
        call    wait_used
        call    last_used
        addi    a1, a1, -HEADER - SHORT
        snez    a1, a1
        add     s2, s2, a1
        compare packet + HEADER, frame, SHORT
        add     s2, s2, a0
        addi    s3, s3, -1
        bnez    s3, 1b
        check   net.receive.order, s2, 0

        # The other way.
        use_first RECEIVE
        call    clear_packet
        describe descriptors, 0, packet, HEADER + LONG, WRITE, 0
        li      a0, 0
        li      a1, 1
        call    offer
        call    notify
        use_second TRANSMIT
        describe second_transmit, 0, header, HEADER, NEXT, 1
        describe second_transmit, 1, frame, SHORT, 0, 0
        li      a0, 0
        call    send
        use_first RECEIVE
        li      a0, PATIENCE
        call    wait_used
        call    last_used
        check   net.both.length, a1, HEADER + SHORT
        compare packet + HEADER, frame, SHORT
        check   net.both.frame, a0, 0

        # A card that is reset gives its buffers back, and hears nothing.
        use_second RECEIVE
        call    offer_whole
        put     STATUS, 0
        lwu     s0, STATUS(s11)
        use_first TRANSMIT
        li      a0, 2
        call    send
        use_second RECEIVE
        li      a0, A_WHILE
        call    wait_used
        la      t5, packet
        lbu     s1, HEADER(t5)
        check   net.reset.status, s0, 0
        check   net.reset.untouched, s1, GUARD
        call    set_up_second
        call    offer_whole
        use_first TRANSMIT
        li      a0, 2
        call    send
        use_second RECEIVE
        li      a0, PATIENCE
        call    wait_used
        call    last_used
        check   net.reset.again, a1, HEADER + SHORT
        j       finish

# Sends the chain from descriptor a0 of the ring in use. The length and ID of its used element are
# in a1 and a2.
send:   mv      s8, ra
        li      a1, 1
        call    submit
        jr      s8

# Offers the second card a buffer for the longest frame and more, full of GUARD.
offer_whole:
        mv      s8, ra
        call    clear_packet
        describe second, 0, packet, HEADER + LONG, WRITE, 0
        li      a0, 0
        li      a1, 1
        call    offer
        call    notify
        jr      s8

clear_packet:
        la      t0, packet
        li      t1, HEADER + LONG + 100
        li      t2, GUARD
1:      sb      t2, (t0)
        addi    t0, t0, 1
        addi    t1, t1, -1
        bnez    t1, 1b
        ret

# Fills a1 bytes at a0 with numbers from a2 on, behind the addresses and the type of a frame; a
# short one is kept at `copy`.
fill:   addi    a1, a1, -14
        addi    a0, a0, 14
1:      sb      a2, (a0)
        addi    a2, a2, 7
        addi    a0, a0, 1
        addi    a1, a1, -1
        bnez    a1, 1b
        la      t0, frame
        la      t1, copy
        li      t2, SHORT
2:      lbu     t5, (t0)
        sb      t5, (t1)
        addi    t0, t0, 1
        addi    t1, t1, 1
        addi    t2, t2, -1
        bnez    t2, 2b
        ret

differences_of_short:
        li      a2, SHORT
differences:
        li      t0, 0
1:      lbu     t1, (a0)
        lbu     t2, (a1)
        xor     t1, t1, t2
        snez    t1, t1
        add     t0, t0, t1
        addi    a0, a0, 1
        addi    a1, a1, 1
        addi    a2, a2, -1
        bnez    a2, 1b
        mv      a0, t0
        ret

# Brings the cards up, with MAC and, where it is offered, STATUS; s11 and gp are left at the card
# and its ring for what is received.
set_up_first:
        mv      s8, ra
        li      s11, FIRST
        call    negotiate_card
        use_ring TRANSMIT
        call    set_up_queue
        use_ring RECEIVE
        j       1f
set_up_second:
        mv      s8, ra
        li      s11, SECOND
        call    negotiate_card
        use_second TRANSMIT
        call    set_up_queue
        use_second RECEIVE
1:      call    set_up_queue
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK
        jr      s8

negotiate_card:
        li      a0, F_MAC | F_STATUS
        and     a0, a0, s10
        li      a1, 0
        j       negotiate

        .data
        .balign 16
second:         .space  RING_QUEUE
        .4byte  0, ENTRIES, 0, 0
        .space  RING_QUEUE
        .4byte  1, ENTRIES, 0, 0
        .equ    transmit, descriptors + RING
        .equ    second_transmit, second + RING
header:         .space  HEADER
        .balign 8
# To everybody, from the first card, of a type for experiments.
frame:          .byte   0xff, 0xff, 0xff, 0xff, 0xff, 0xff
                .byte   0x52, 0x54, 0x00, 0x12, 0x34, 0x56
                .byte   0x88, 0xb5
                .space  LONG - 14
copy:           .space  SHORT
        .balign 8
packet:         .space  HEADER + LONG + 100
        .text
