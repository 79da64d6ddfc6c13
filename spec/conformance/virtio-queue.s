#: {"uses": ["virtio", "block", "packed"], "drives": [{"size": "64K", "id": "kit0"}], "powerButton": true, "optional": ["virtio.queue_reset"]}
# The reset of a queue (virtio 1.2, 2.6.1), of a block device with a split and a packed ring, and of
# one queue of a device that has two.

        .equ    BUTTON, VIRTIO_MMIO + 2 * VIRTIO_MMIO_STEP
        .equ    STATUSES, 1

program:
        li      s11, BLOCK
        call    upper_features
        andi    t5, a0, RING_RESET
        mv      s10, a0
        bnez    t5, 1f
        absent  virtio.queue_reset
        j       finish
1:      li      a0, 0
        li      a1, RING_RESET
        call    start_with_upper
        lwu     a0, STATUS(s11)
        lwu     a1, QUEUE_RESET(s11)
        check   virtio.queue_reset.negotiated, a0, 15
        check   virtio.queue_reset.register, a1, 0
        call    fill_data
        request OUT, 3, 512, 0
        check   virtio.queue_reset.before, a0, 0

        # The queue is gone then, and the device still there.
        lwu     s0, QUEUE_NUM_MAX(s11)
        call    reset_queue
        lwu     a1, QUEUE_READY(s11)
        lwu     a2, STATUS(s11)
        lwu     a3, QUEUE_NUM_MAX(s11)
        check   virtio.queue_reset.over, a0, 0
        check   virtio.queue_reset.ready, a1, 0
        check   virtio.queue_reset.status, a2, 15
        check_equal virtio.queue_reset.max, a3, s0

        # What was in it is not looked at any more.
        put     INTERRUPT_ACK, 3
        prepare OUT, 3
        la      t5, data
        sd      zero, (t5)
        li      a0, 0
        li      a1, 1
        call    offer
        call    notify
        li      a0, A_WHILE
        call    wait_used
        la      t5, status
        lb      a1, (t5)
        lwu     a2, INTERRUPT_STATUS(s11)
        check   virtio.queue_reset.unused, a0, 1
        check   virtio.queue_reset.untouched, a1, -1
        check   virtio.queue_reset.quiet, a2, 0

        # The queue is set up again, elsewhere and with another size: it starts with index 0.
        use_ring 1
        sw      zero, RING_QUEUE(gp)
        li      t5, 4
        sw      t5, RING_ENTRIES(gp)
        call    set_up_queue
        lwu     s0, QUEUE_READY(s11)
        lwu     s1, QUEUE_RESET(s11)
        check   virtio.queue_reset.again.ready, s0, 1
        check   virtio.queue_reset.again.register, s1, 0
        # Around it several times; it has what was written before.
        call    fill_data
        la      t5, data
        sd      zero, 504(t5)
        li      s1, 10
        li      s2, 0
1:      prepare IN, 3
        describe descriptors + RING, 3, header, 16, NEXT, 2
        describe descriptors + RING, 2, data, 512, NEXT | WRITE, 0
        describe descriptors + RING, 0, status, 1, WRITE, 0
        submit_chain 3
        mv      s2, a0
        bnez    s2, 2f
        addi    s1, s1, -1
        bnez    s1, 1b
2:      lhu     a0, USED + 2(gp)
        la      t5, data
        ld      a1, (t5)
        ld      a2, 504(t5)
        check   virtio.queue_reset.again.status, s2, 0
        check   virtio.queue_reset.again.used, a0, 10
        li      a0, PATTERN
        check_equal virtio.queue_reset.again.kept, a1, a0
        check_equal virtio.queue_reset.again.data, a2, a0
        # The old ring has stayed as it was.
        use_ring 0
        lhu     a0, USED + 2(gp)
        check   virtio.queue_reset.again.old, a0, 1

        # A packed ring starts over, too, with its first lap.
        li      s5, 0
        li      s6, 0
        andi    t5, s10, RING_PACKED
        beqz    t5, 2f
        li      s4, 8
        li      a0, 0
        li      a1, RING_PACKED | RING_RESET
        call    negotiate
        call    set_up_packed
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK
        # Into the second lap.
        li      s6, 3
1:      call    plan_read
        try_plan 3, 1
        or      s5, s5, a0
        addi    s6, s6, -1
        bnez    s6, 1b
        call    reset_queue
        call    set_up_packed
        call    plan_read
        try_plan 3, 2
        mv      s6, a0
2:      check   virtio.queue_reset.packed.before, s5, 0
        check   virtio.queue_reset.packed.again, s6, 0

        # One of two queues: the other one stays.
        li      s11, BUTTON
        li      a0, 0
        li      a1, RING_RESET
        call    set_up_device
        use_ring 1
        li      t5, STATUSES
        sw      t5, RING_QUEUE(gp)
        call    set_up_queue
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK
        put     QUEUE_SEL, STATUSES
        call    reset_selected
        lwu     s0, QUEUE_READY(s11)
        put     QUEUE_SEL, 0
        lwu     s1, QUEUE_READY(s11)
        check   virtio.queue_reset.other.ready, s0, 0
        check   virtio.queue_reset.other.stays, s1, 1
        use_ring 1
        call    set_up_queue
        describe descriptors + RING, 1, event, 8, 0, 0
        li      a0, 1
        li      a1, 1
        call    submit
        lhu     a0, USED + 2(gp)
        check   virtio.queue_reset.other.used, a0, 1
        check   virtio.queue_reset.other.id, a2, 1
        j       finish

# Resets queue 0, or the one that is selected, and waits five seconds for the end of that: what the
# register says then is in a0.
reset_queue:
        put     QUEUE_SEL, 0
reset_selected:
        put     QUEUE_RESET, 1
        csrr    t0, time
        li      t1, PATIENCE
        add     t0, t0, t1
1:      lwu     a0, QUEUE_RESET(s11)
        beqz    a0, 2f
        csrr    t1, time
        bltu    t1, t0, 1b
2:      ret

        .data
        .balign 8
# An LED that is switched on.
event:          .half   0x11, 0
                .4byte  1
        .text
