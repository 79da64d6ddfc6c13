#: {"uses": ["virtio"], "powerButton": true}
# The power button: a virtio input device (virtio 1.2, 5.8) with KEY_POWER among its keys. Whoever
# runs this program presses and releases it for each line `press` that is printed.

        .equ    BUTTON, VIRTIO_MMIO + VIRTIO_MMIO_STEP

        .equ    CONFIG_SELECT, CONFIG
        .equ    CONFIG_SUBSEL, CONFIG + 1
        .equ    CONFIG_SIZE, CONFIG + 2
        .equ    CONFIG_DATA, CONFIG + 8

        .equ    ID_NAME, 1
        .equ    ID_DEVIDS, 3
        .equ    EV_BITS, 0x11

        # As in Linux.
        .equ    EV_KEY, 1
        .equ    EV_ABS, 3
        .equ    KEY_POWER, 116

        .equ    EVENTS, 0
        .equ    STATUSES, 1

        # What marks a buffer that nobody has written to.
        .equ    BLANK, 0x5555555555555555

# Selects a part of the configuration; its size is in a0.
.macro  select what:req, sub:req
        li      t5, \what
        sb      t5, CONFIG_SELECT(s11)
        li      t5, \sub
        sb      t5, CONFIG_SUBSEL(s11)
        lbu     a0, CONFIG_SIZE(s11)
.endm

# Checks event number `index` of those that came: type and code in the lower word, and the value.
.macro  check_event id:req, index:req, type:req, code:req, value:req
        la      t5, came
        ld      a0, 8 * \index(t5)
        check   \id, a0, \type | (\code << 16) | (\value << 32)
.endm

program:
        li      s11, BUTTON
        lwu     a0, DEVICE_ID(s11)
        check   button.device_id, a0, 18

        # What there is to select, and that the selection can be read.
        select  ID_NAME, 0
        mv      s0, a0
        lbu     s1, CONFIG_SELECT(s11)
        lbu     s2, CONFIG_DATA(s11)
        addi    a0, s0, -1
        sltiu   a0, a0, 128
        snez    s2, s2
        check   button.config.select, s1, ID_NAME
        check   button.config.name, a0, 1
        check   button.config.name.text, s2, 1
        select  ID_NAME, 1
        check   button.config.name.sub, a0, 0
        select  ID_DEVIDS, 0
        mv      s0, a0
        check   button.config.ids, s0, 8
        select  EV_BITS, EV_KEY
        lbu     a1, CONFIG_SUBSEL(s11)
        sltiu   a2, a0, KEY_POWER / 8 + 1
        lbu     a3, CONFIG_DATA + KEY_POWER / 8(s11)
        check   button.config.subsel, a1, EV_KEY
        check   button.key.size, a2, 0
        check_bits button.key.power, a3, 1 << (KEY_POWER % 8), 1 << (KEY_POWER % 8)
        # What there is not has the size 0.
        select  0, 0
        check   button.config.none, a0, 0
        select  0x7f, 0
        check   button.config.unknown, a0, 0
        select  EV_BITS, EV_ABS
        check   button.config.no_axes, a0, 0
        select  EV_BITS, 0x1f
        check   button.config.no_type, a0, 0

        li      a0, 0
        li      a1, 0
        call    set_up_device
        use_ring STATUSES
        call    set_up_queue
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK

        # Buffers for events: nothing happens, and they stay where they are.
        use_ring EVENTS
        describe descriptors, 0, events, 8, WRITE, 0
        describe descriptors, 1, events + 8, 8, WRITE, 0
        describe descriptors, 2, events + 16, 8, WRITE, 0
        describe descriptors, 3, events + 24, 8, WRITE, 0
        describe descriptors, 4, events + 32, 8, WRITE, 0
        call    offer_events
        li      a0, A_WHILE
        call    wait_used
        check   button.waits, a0, 0

        # A press and a release, each with the end of its report. One buffer is left over.
        put     INTERRUPT_ACK, 3
        call    press
        li      a0, 4
        call    wait_events
        check   button.event.count, a0, 4
        call    take_interrupt
        check   button.event.interrupt, a3, 1
        check_event button.event.press, 0, EV_KEY, KEY_POWER, 1
        check_event button.event.press.end, 1, 0, 0, 0
        check_event button.event.release, 2, EV_KEY, KEY_POWER, 0
        check_event button.event.release.end, 3, 0, 0, 0
        # One buffer is not used.
        la      t5, events
        ld      a1, (t5)
        ld      a2, 8(t5)
        ld      a3, 16(t5)
        ld      a4, 24(t5)
        ld      a5, 32(t5)
        li      t5, BLANK
        li      a0, 0
        .irp    event, a1, a2, a3, a4, a5
        xor     t6, t5, \event
        seqz    t6, t6
        add     a0, a0, t6
        .endr
        check   button.event.rest, a0, 1
        lwu     a0, USED + 8(gp)
        lwu     a1, USED + 16(gp)
        lwu     a2, USED + 24(gp)
        lwu     a3, USED + 32(gp)
        check   button.event.length.press, a0, 8
        check   button.event.length.press.end, a1, 8
        check   button.event.length.release, a2, 8
        check   button.event.length.release.end, a3, 8

        # What the driver sends is taken and given back.
        use_ring STATUSES
        describe descriptors + RING, 0, feedback, 8, 0, 0
        li      a0, 0
        li      a1, 1
        call    submit
        lhu     a0, USED + 2(gp)
        check   button.status, a0, 1
        check   button.status.length, a1, 0

        # After a reset it is pressed again, the ring being empty at first.
        put     STATUS, 0
        lwu     a0, STATUS(s11)
        check   button.reset, a0, 0
        li      a0, 0
        call    start_device
        call    offer_events
        call    press
        li      a0, 4
        call    wait_events
        check   button.reset.count, a0, 4
        check_event button.reset.press, 0, EV_KEY, KEY_POWER, 1
        check_event button.reset.release, 2, EV_KEY, KEY_POWER, 0
        j       finish

# Offers descriptors 0 to 4, for events that are blank.
offer_events:
        mv      s9, ra
        la      t4, events
        li      t5, BLANK
        li      s8, 5
1:      sd      t5, (t4)
        addi    t4, t4, 8
        addi    s8, s8, -1
        bnez    s8, 1b
1:      mv      a0, s8
        li      a1, 1
        call    offer
        addi    s8, s8, 1
        li      t5, 5
        bltu    s8, t5, 1b
        call    notify
        jr      s9

# Waits five seconds for a0 used elements; how many there are is returned in a0. What is in their
# buffers is copied to `came`, in the order of the ring.
wait_events:
        csrr    t0, time
        li      t5, PATIENCE
        add     t0, t0, t5
1:      lhu     t5, USED + 2(gp)
        bgeu    t5, a0, 2f
        csrr    t6, time
        bltu    t6, t0, 1b
2:      fence
        mv      a0, t5
        li      t0, 0
3:      slli    t5, t0, 3
        add     t6, t5, gp
        lwu     t6, USED + 4(t6)
        andi    t6, t6, ENTRIES - 1
        slli    t6, t6, 3
        la      t4, events
        add     t6, t6, t4
        ld      t6, (t6)
        la      t4, came
        add     t5, t5, t4
        sd      t6, (t5)
        addi    t0, t0, 1
        li      t5, ENTRIES
        bltu    t0, t5, 3b
        ret

# Asks for a press of the button.
press:
        addi    sp, sp, -16
        sd      ra, (sp)
        la      a0, text_press
        call    print
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

        .data
        .balign 8
events:         .space  8 * ENTRIES
came:           .space  8 * ENTRIES
# An LED that is switched on: type 0x11, code 0.
feedback:       .half   0x11, 0
                .4byte  1
text_press:     .asciz  "press\n"
        .balign 8
        .text
