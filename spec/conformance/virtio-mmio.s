#: {"uses": ["virtio"], "drives": [{"size": "1M", "id": "kit0"}]}
# virtio over MMIO, version 2 of its registers (virtio 1.2, 4.2): a block device in the first
# slot, the entropy device in the second, which is driven here, and nothing in the others.

        .equ    BLOCK, VIRTIO_MMIO
        .equ    ENTROPY, VIRTIO_MMIO + VIRTIO_MMIO_STEP
        .equ    EMPTY, VIRTIO_MMIO + 2 * VIRTIO_MMIO_STEP
        .equ    BEHIND, VIRTIO_MMIO + VIRTIO_MMIO_COUNT * VIRTIO_MMIO_STEP

        .equ    MAGIC, 0x00
        .equ    VERSION, 0x04
        .equ    VENDOR_ID, 0x0c
        .equ    SHM_SEL, 0xac
        .equ    SHM_LEN, 0xb0
        .equ    CONFIG_GENERATION, 0xfc

        .equ    SOURCE, VIRTIO_MMIO_IRQ + 1
        .equ    MEIP, 1 << 11

        .equ    ROOM, 64

# Makes the buffer available once more.
.macro  offer_buffer
        li      a0, 0
        li      a1, 1
        call    offer
.endm

program:
        # What is in the slots.
        li      s11, BLOCK
        lwu     a0, MAGIC(s11)
        check   virtio.mmio.magic, a0, 0x74726976
        lwu     a0, VERSION(s11)
        check   virtio.mmio.version, a0, 2
        lwu     a0, DEVICE_ID(s11)
        check   virtio.mmio.device_id.block, a0, 2
        li      s11, ENTROPY
        lwu     a0, DEVICE_ID(s11)
        check   virtio.mmio.device_id.entropy, a0, 4

        # An empty slot has the magic number, the version, and 0 for its device; a driver leaves
        # it alone. All of them must be so: what differs is counted.
        li      s0, EMPTY
        li      s1, BEHIND
        li      s2, 0
        li      s3, 0
1:      lwu     t5, MAGIC(s0)
        li      t6, 0x74726976
        bne     t5, t6, 2f
        lwu     t5, VERSION(s0)
        addi    t5, t5, -2
        beqz    t5, 3f
2:      addi    s2, s2, 1
3:      lwu     t5, DEVICE_ID(s0)
        add     s3, s3, t5
        li      t6, 0x1000
        add     s0, s0, t6
        bltu    s0, s1, 1b
        check   virtio.mmio.empty.magic, s2, 0
        check   virtio.mmio.empty.device_id, s3, 0

        # As reset leaves a device.
        li      s11, BLOCK
        lwu     a0, STATUS(s11)
        check   virtio.mmio.reset.status, a0, 0
        lwu     a0, INTERRUPT_STATUS(s11)
        check   virtio.mmio.reset.interrupt, a0, 0
        put     QUEUE_SEL, 0
        lwu     a0, QUEUE_READY(s11)
        check   virtio.mmio.reset.queue_ready, a0, 0

        # What is read-only stays.
        lwu     s0, VENDOR_ID(s11)
        put     MAGIC, 0
        put     VERSION, 1
        put     DEVICE_ID, 0
        put     VENDOR_ID, 0
        put     QUEUE_NUM_MAX, 0
        lwu     a0, MAGIC(s11)
        lwu     a1, VERSION(s11)
        lwu     a2, DEVICE_ID(s11)
        lwu     a3, VENDOR_ID(s11)
        check   virtio.mmio.readonly.magic, a0, 0x74726976
        check   virtio.mmio.readonly.version, a1, 2
        check   virtio.mmio.readonly.device_id, a2, 2
        check_equal virtio.mmio.readonly.vendor, a3, s0

        # Features: 64 of them, with VERSION_1 as the first of the upper half.
        put     DEVICE_FEATURES_SEL, 1
        lwu     a0, DEVICE_FEATURES(s11)
        check_bits virtio.features.version_1, a0, 1, 1
        put     DEVICE_FEATURES_SEL, 2
        lwu     a0, DEVICE_FEATURES(s11)
        check   virtio.features.above, a0, 0
        # What belongs to the legacy interface is not offered: ANY_LAYOUT.
        put     DEVICE_FEATURES_SEL, 0
        lwu     a0, DEVICE_FEATURES(s11)
        check_bits virtio.features.legacy, a0, 1 << 27, 0

        # The queue that is there, and one that is not.
        put     QUEUE_SEL, 0
        lwu     a0, QUEUE_NUM_MAX(s11)
        li      a1, 32769
        sltu    a1, a0, a1
        snez    a2, a0
        check   virtio.queue.max.legal, a1, 1
        check   virtio.queue.max.there, a2, 1
        put     QUEUE_SEL, 1000
        lwu     a0, QUEUE_NUM_MAX(s11)
        lwu     a1, QUEUE_READY(s11)
        check   virtio.queue.missing.max, a0, 0
        check   virtio.queue.missing.ready, a1, 0
        put     QUEUE_SEL, 0

        # No shared memory; a configuration that nobody changes keeps its generation.
        put     SHM_SEL, 0
        lwu     a0, SHM_LEN(s11)
        lwu     a1, SHM_LEN + 4(s11)
        check   virtio.shm.low, a0, 0xffffffff
        check   virtio.shm.high, a1, 0xffffffff
        lwu     s0, CONFIG_GENERATION(s11)
        lwu     a0, CONFIG(s11)
        lwu     s1, CONFIG_GENERATION(s11)
        check_equal virtio.config.generation, s1, s0

        # The configuration space, here the capacity in sectors, is read in every size.
        lwu     a1, CONFIG + 4(s11)
        lhu     a2, CONFIG(s11)
        lbu     a3, CONFIG + 1(s11)
        check   virtio.config.word, a0, 2048
        check   virtio.config.high, a1, 0
        check   virtio.config.half, a2, 2048
        check   virtio.config.byte, a3, 8
        sw      zero, CONFIG(s11)
        lwu     a0, CONFIG(s11)
        check   virtio.config.readonly, a0, 2048

        # The status: what a driver sets, one after the other, and back to 0.
        put     STATUS, ACKNOWLEDGE
        lwu     a0, STATUS(s11)
        check   virtio.status.acknowledge, a0, 1
        put     STATUS, ACKNOWLEDGE | DRIVER
        lwu     a0, STATUS(s11)
        check   virtio.status.driver, a0, 3
        # Without VERSION_1 a device may refuse, and need not.
        put     DRIVER_FEATURES_SEL, 0
        put     DRIVER_FEATURES, 0
        put     DRIVER_FEATURES_SEL, 1
        put     DRIVER_FEATURES, 0
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK
        lwu     a0, STATUS(s11)
        check_bits virtio.status.legacy, a0, 0xf7, 3
        put     STATUS, 0
        lwu     a0, STATUS(s11)
        check   virtio.status.reset, a0, 0
        put     STATUS, ACKNOWLEDGE | DRIVER
        put     DRIVER_FEATURES_SEL, 1
        put     DRIVER_FEATURES, 1
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK
        lwu     a0, STATUS(s11)
        check   virtio.status.features_ok, a0, 11
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | 128
        lwu     a0, STATUS(s11)
        check   virtio.status.failed, a0, 139
        put     STATUS, 0
        lwu     a0, STATUS(s11)
        check   virtio.status.reset.failed, a0, 0

        # A queue for the entropy device, with its one buffer made available too early: until
        # DRIVER_OK the device takes nothing.
        li      s11, ENTROPY
        li      a0, 0
        call    set_up_device
        describe descriptors, 0, buffer, ROOM, WRITE, 0
        lwu     s0, QUEUE_READY(s11)
        offer_buffer
        put     QUEUE_NOTIFY, 0
        li      a0, 100000
        call    wait_used
        mv      s1, a0
        check   virtio.queue.ready, s0, 1
        check   virtio.status.not_ready, s1, 0
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK
        lwu     a0, STATUS(s11)
        check   virtio.status.driver_ok, a0, 15

        # Then it answers, and interrupts until that is acknowledged.
        li      t4, PLIC
        li      t5, 1
        sw      t5, 4 * SOURCE(t4)
        li      t6, PLIC + 0x2000
        li      t5, 1 << SOURCE
        sw      t5, (t6)
        li      s10, PLIC + 0x200000
        sw      zero, (s10)
        put     QUEUE_NOTIFY, 0
        li      a0, 50000000
        call    wait_used
        mv      s0, a0
        lwu     s1, INTERRUPT_STATUS(s11)
        get_mip s2
        # Before the claim: QEMU's PLIC would count this as another request.
        put     INTERRUPT_ACK, 2
        lwu     s4, INTERRUPT_STATUS(s11)
        lwu     s3, 4(s10)
        put     INTERRUPT_ACK, 1
        lwu     s5, INTERRUPT_STATUS(s11)
        sw      s3, 4(s10)
        get_mip s6
        check   virtio.used.idx, s0, 1
        check   virtio.interrupt.status, s1, 1
        check_bits virtio.interrupt.mip, s2, MEIP, MEIP
        check   virtio.interrupt.claim, s3, SOURCE
        check   virtio.interrupt.ack.other, s4, 1
        check   virtio.interrupt.ack, s5, 0
        check_bits virtio.interrupt.low, s6, MEIP, 0

        # What it answered: from 1 to all bytes, in the buffer that was offered, and no more.
        la      a0, used
        lwu     s0, 4(a0)
        lwu     s1, 8(a0)
        addi    a1, s1, -1
        sltiu   s2, a1, ROOM
        la      a0, buffer
        li      s3, 0
        li      s4, ROOM
1:      add     t5, a0, s1
        bgeu    s1, s4, 2f
        lbu     t5, (t5)
        or      s3, s3, t5
        addi    s1, s1, 1
        j       1b
2:      ld      s4, ROOM(a0)
        ld      s5, (a0)
        check   virtio.used.id, s0, 0
        check   virtio.used.length, s2, 1
        check   virtio.entropy.rest, s3, 0
        check   virtio.entropy.behind, s4, 0

        # Twice around the ring; each answer has other bytes than the one before. An answer
        # that is too short to tell counts as one that differs.
        li      s6, 2 * ENTRIES
        li      s7, 0
3:      la      a0, buffer
        sd      zero, (a0)
        offer_buffer
        put     QUEUE_NOTIFY, 0
        li      a0, 50000000
        call    wait_used
        la      a0, buffer
        ld      a0, (a0)
        beqz    a0, 4f
        bne     a0, s5, 5f
4:      addi    s7, s7, 1
5:      mv      s5, a0
        addi    s6, s6, -1
        bnez    s6, 3b
        la      a0, used
        lhu     a0, 2(a0)
        check   virtio.used.wrapped, a0, 2 * ENTRIES + 1
        check   virtio.entropy.random, s7, 0

        # Reset gives up everything.
        put     STATUS, 0
        lwu     a0, STATUS(s11)
        lwu     a1, INTERRUPT_STATUS(s11)
        put     QUEUE_SEL, 0
        lwu     a2, QUEUE_READY(s11)
        check   virtio.reset.status, a0, 0
        check   virtio.reset.interrupt, a1, 0
        check   virtio.reset.queue_ready, a2, 0
        offer_buffer
        put     QUEUE_NOTIFY, 0
        li      a0, 100000
        call    wait_used
        check   virtio.reset.used, a0, 2 * ENTRIES + 1
        j       finish

        .data
        .balign 8
buffer:         .space  ROOM + 8
        .text
