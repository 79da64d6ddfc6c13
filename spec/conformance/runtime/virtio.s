# For programs with "uses": ["virtio"]: the registers of virtio over MMIO (virtio 1.2, 4.2.2), a
# split ring, and its driver. s11 is the address of the device's registers.

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
        .equ    CONFIG, 0x100

        .equ    ACKNOWLEDGE, 1
        .equ    DRIVER, 2
        .equ    DRIVER_OK, 4
        .equ    FEATURES_OK, 8

        .equ    ENTRIES, 8
        .equ    NEXT, 1
        .equ    WRITE, 2

# The address of a part of the queue.
.macro  put_address register:req, label:req
        la      t5, \label
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

# Brings the device up with VERSION_1, the features a0 below it, and an empty queue 0 ...
start_device:
        mv      t3, ra
        call    set_up_device
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK
        jr      t3

# ... and the same but for the last step.
set_up_device:
        put     STATUS, 0
        put     STATUS, ACKNOWLEDGE
        put     STATUS, ACKNOWLEDGE | DRIVER
        put     DRIVER_FEATURES_SEL, 0
        sw      a0, DRIVER_FEATURES(s11)
        put     DRIVER_FEATURES_SEL, 1
        put     DRIVER_FEATURES, 1
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK
        la      t5, available
        sw      zero, (t5)
        la      t5, used
        sw      zero, (t5)
        put     QUEUE_SEL, 0
        put     QUEUE_NUM, ENTRIES
        put_address QUEUE_DESC, descriptors
        put_address QUEUE_DRIVER, available
        put_address QUEUE_DEVICE, used
        put     QUEUE_READY, 1
        ret

# Makes the chain from descriptor a0 available, and with it those that stand behind it in the ring
# already: a1 in all.
offer:
        la      t4, available
        lhu     t5, 2(t4)
        andi    t6, t5, ENTRIES - 1
        slli    t6, t6, 1
        add     t6, t6, t4
        sh      a0, 4(t6)
        fence
        add     t5, t5, a1
        sh      t5, 2(t4)
        fence
        ret

# Waits until all that is available is used, for at most a0 ticks of `time`; the used index is
# returned in a0.
wait_used:
        csrr    t6, time
        add     t6, t6, a0
        la      t4, available
1:      lhu     t5, 2(t4)
        la      a0, used
        lhu     a0, 2(a0)
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
        put     QUEUE_NOTIFY, 0
        li      a0, 50000000
        call    wait_used
        la      t4, available
        lhu     t5, 2(t4)
        addi    t5, t5, -1
        andi    t5, t5, ENTRIES - 1
        slli    t5, t5, 3
        la      t4, used
        add     t4, t4, t5
        lwu     a1, 8(t4)
        lwu     a2, 4(t4)
        jr      t3

        .data
        .balign 16
descriptors:    .space  16 * ENTRIES
available:      .space  6 + 2 * ENTRIES
        .balign 8
used:           .space  6 + 8 * ENTRIES
        .balign 8
        .text
