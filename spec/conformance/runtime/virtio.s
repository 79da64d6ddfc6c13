# For programs with "uses": ["virtio"]: the registers of virtio over MMIO (virtio 1.2, 4.2.2), split
# rings for two queues, and their driver. s11 is the address of the device's registers, gp that of
# the ring in use: `start_device` leaves it at the one of queue 0.

        .equ    DEVICE_ID, 0x08
        .equ    DEVICE_FEATURES, 0x10
        .equ    DEVICE_FEATURES_SEL, 0x14
        .equ    DRIVER_FEATURES, 0x20
        .equ    DRIVER_FEATURES_SEL, 0x24
        .equ    QUEUE_SEL, 0x30
        .equ    QUEUE_NUM_MAX, 0x34
        .equ    QUEUE_NUM, 0x38
        .equ    QUEUE_READY, 0x44
        .equ    QUEUE_NOTIFY, 0x50
        .equ    INTERRUPT_STATUS, 0x60
        .equ    INTERRUPT_ACK, 0x64
        .equ    STATUS, 0x70
        .equ    QUEUE_DESC, 0x80
        .equ    QUEUE_DRIVER, 0x90
        .equ    QUEUE_DEVICE, 0xa0
        .equ    QUEUE_RESET, 0xc0
        .equ    CONFIG, 0x100

        .equ    ACKNOWLEDGE, 1
        .equ    DRIVER, 2
        .equ    DRIVER_OK, 4
        .equ    FEATURES_OK, 8
        .equ    NEEDS_RESET, 64

        .equ    INDIRECT_DESC, 1 << 28
        .equ    EVENT_IDX, 1 << 29
        # These two from the upper half.
        .equ    RING_PACKED, 1 << 2
        .equ    RING_RESET, 1 << 8

        .equ    ENTRIES, 8
        .equ    NEXT, 1
        .equ    WRITE, 2
        .equ    INDIRECT, 4

        # What lies where behind gp: the ring, and what the driver knows of it. RING is the size.
        .equ    DESCRIPTORS, 0
        .equ    AVAILABLE, 128
        .equ    USED, 160
        .equ    RING_QUEUE, 240
        .equ    RING_ENTRIES, 244
        .equ    RING, 256

        # How long a device that has to answer may take, in ticks of `time`: five seconds; and how
        # long one is waited for that may not.
        .equ    PATIENCE, 50000000
        .equ    A_WHILE, 100000

# The address of a part of the queue, by its place in the ring at gp.
.macro  put_address register:req, place:req
        addi    t5, gp, \place
        sw      t5, \register(s11)
        srli    t5, t5, 32
        sw      t5, \register + 4(s11)
.endm

# Writes a descriptor of a table.
.macro  describe table:req, index:req, label:req, length:req, flags:req, next:req
        la      t6, \table + 16 * \index
        la      t5, \label
        sd      t5, (t6)
        li      t5, \length
        sw      t5, 8(t6)
        li      t5, \flags
        sh      t5, 12(t6)
        li      t5, \next
        sh      t5, 14(t6)
.endm

# Takes the ring of a queue into use.
.macro  use_ring queue:req
        la      gp, descriptors + RING * \queue
.endm

# Brings the device up with VERSION_1, the features a0 below it, a1 above it, and an empty queue 0,
# whose ring is in use ...
start_device:
        li      a1, 0
start_with_upper:
        mv      t3, ra
        call    set_up_device
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK
        jr      t3

# ... and the same but for the last step.
set_up_device:
        mv      t2, ra
        call    negotiate
        use_ring 0
        call    set_up_queue
        jr      t2

# Up to FEATURES_OK.
negotiate:
        put     STATUS, 0
        put     STATUS, ACKNOWLEDGE
        put     STATUS, ACKNOWLEDGE | DRIVER
        put     DRIVER_FEATURES_SEL, 0
        sw      a0, DRIVER_FEATURES(s11)
        put     DRIVER_FEATURES_SEL, 1
        ori     a1, a1, 1
        sw      a1, DRIVER_FEATURES(s11)
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK
        ret

# Empties the ring at gp and gives it to the device ...
set_up_queue:
        mv      t1, ra
        call    place_queue
        put     QUEUE_READY, 1
        jr      t1

# ... and the same but for the last step.
place_queue:
        sw      zero, AVAILABLE(gp)
        sw      zero, USED(gp)
        lwu     t5, RING_QUEUE(gp)
        sw      t5, QUEUE_SEL(s11)
        lwu     t5, RING_ENTRIES(gp)
        sw      t5, QUEUE_NUM(s11)
        put_address QUEUE_DESC, DESCRIPTORS
        put_address QUEUE_DRIVER, AVAILABLE
        put_address QUEUE_DEVICE, USED
        ret

# The upper half of the features that the device offers, in a0; and the lower half.
upper_features:
        put     DEVICE_FEATURES_SEL, 1
        j       1f
lower_features:
        put     DEVICE_FEATURES_SEL, 0
1:      lwu     a0, DEVICE_FEATURES(s11)
        ret

# Makes the chain from descriptor a0 available, and with it those that stand behind it in the ring
# already: a1 in all.
offer:
        lhu     t5, AVAILABLE + 2(gp)
        lwu     t6, RING_ENTRIES(gp)
        addi    t6, t6, -1
        and     t6, t6, t5
        slli    t6, t6, 1
        add     t6, t6, gp
        sh      a0, AVAILABLE + 4(t6)
        fence
        add     t5, t5, a1
        sh      t5, AVAILABLE + 2(gp)
        fence
        ret

# Notifies the device of the queue.
notify:
        lwu     t5, RING_QUEUE(gp)
        sw      t5, QUEUE_NOTIFY(s11)
        ret

# Waits until all that is available is used, for at most a0 ticks of `time`; the used index is
# returned in a0.
wait_used:
        csrr    t6, time
        add     t6, t6, a0
1:      lhu     t5, AVAILABLE + 2(gp)
        lhu     a0, USED + 2(gp)
        beq     a0, t5, 2f
        csrr    t5, time
        bltu    t5, t6, 1b
2:      fence
        ret

# Offers as above, notifies the device, and waits five seconds at most. The length and ID of the
# last used element are in a1 and a2.
submit:
        mv      t3, ra
        call    offer
        call    notify
        li      a0, PATIENCE
        call    wait_used
        call    last_used
        jr      t3

# The length and ID, in a1 and a2, of the used element before the available index.
last_used:
        lhu     t5, AVAILABLE + 2(gp)
        lwu     t6, RING_ENTRIES(gp)
        addi    t5, t5, -1
        addi    t6, t6, -1
        and     t5, t5, t6
        slli    t5, t5, 3
        add     t5, t5, gp
        lwu     a1, USED + 8(t5)
        lwu     a2, USED + 4(t5)
        ret

# Whether the device interrupts, in a3: that may come a little after the used element, here within
# 10 ms. It is acknowledged ...
take_interrupt:
        mv      t3, ra
        call    await_interrupt
        put     INTERRUPT_ACK, 1
        jr      t3

# ... or not.
await_interrupt:
        csrr    t6, time
        li      t5, A_WHILE
        add     t6, t6, t5
1:      lwu     a3, INTERRUPT_STATUS(s11)
        bnez    a3, 2f
        csrr    t5, time
        bltu    t5, t6, 1b
2:      ret

        .data
        .balign 16
descriptors:    .space  AVAILABLE
available:      .space  USED - AVAILABLE
used:           .space  RING_QUEUE - USED
        .4byte  0, ENTRIES, 0, 0
        .space  RING_QUEUE
        .4byte  1, ENTRIES, 0, 0
        .text
