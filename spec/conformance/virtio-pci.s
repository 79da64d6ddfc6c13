#: {"uses": ["virtio", "pci"], "bus": "pci", "drives": [{"size": "1M", "id": "kit0"}], "optional": ["pci.virtio", "pci.common", "pci.notify", "pci.isr", "pci.interrupt", "pci.config", "pci.access", "pci.master"]}
# virtio over PCI (virtio 1.2, 4.1): a block device as device 1, whose configuration is read, and
# the entropy device as device 2, which is driven.

        .equ    BLOCK, PCIE_ECAM + PCI_DEVICE
        .equ    ENTROPY, PCIE_ECAM + 2 * PCI_DEVICE
        # INTA of device 2.
        .equ    SOURCE, PCIE_ECAM_IRQ + 2
        .equ    MEIP, 1 << 11
        .equ    ON, PCI_MEMORY | PCI_MASTER
        .equ    RUNNING, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK

        .equ    ROOM, 64

# Has the device write to the buffer, and waits for at most so many ticks; the used index is in a0.
.macro  ask patience:req
        li      a0, 0
        li      a1, 1
        call    offer
        sh      zero, (s9)
        li      a0, \patience
        call    wait_used
.endm

# A capability of that type, with a BAR that there is.
.macro  capability id:req, type:req
        li      a0, \type
        call    find_capability
        snez    a1, a0
        beqz    a0, 7761f
        lbu     a1, CAP_BAR(a0)
        sltiu   a1, a1, 6
7761:   check   \id, a1, 1
.endm

# Selects what the capability at s8 accesses: in the BAR of the common configuration.
.macro  select_access offset:req, length:req
        li      a0, CAP_COMMON
        call    find_capability
        lbu     t0, CAP_BAR(a0)
        lwu     t1, CAP_OFFSET(a0)
        sb      t0, CAP_BAR(s8)
        addi    t1, t1, \offset
        sw      t1, CAP_OFFSET(s8)
        li      t5, \length
        sw      t5, CAP_LENGTH(s8)
.endm

program:
        call    has_pci
        bnez    a0, 1f
        absent  pci.virtio
        absent  pci.common
        absent  pci.notify
        absent  pci.isr
        absent  pci.interrupt
        absent  pci.config
        absent  pci.access
        absent  pci.master
        j       finish

        # Who they are.
1:      li      s10, BLOCK
        lwu     a0, (s10)
        check   pci.virtio.block, a0, 0x10421af4
        li      s10, ENTROPY
        lwu     a0, (s10)
        check   pci.virtio.entropy, a0, 0x10441af4
        lbu     a0, PCI_REVISION(s10)
        snez    a0, a0
        check   pci.virtio.revision, a0, 1
        capability pci.virtio.cap.common, CAP_COMMON
        capability pci.virtio.cap.notify, CAP_NOTIFY
        capability pci.virtio.cap.isr, CAP_ISR
        capability pci.virtio.cap.access, CAP_ACCESS

        # The common configuration, as reset leaves it.
        call    open_virtio
        lbu     a0, COMMON_STATUS(s11)
        check   pci.common.reset, a0, 0
        lhu     a0, COMMON_QUEUES(s11)
        check   pci.common.queues, a0, 1
        put_half COMMON_QUEUE, 0
        lhu     s0, COMMON_SIZE(s11)
        addi    a0, s0, -1
        and     a0, a0, s0
        snez    a1, s0
        check   pci.common.size, a0, 0
        check   pci.common.size.there, a1, 1
        lhu     a0, COMMON_ENABLE(s11)
        check   pci.common.enable.reset, a0, 0
        put_half COMMON_QUEUE, 1000
        lhu     a0, COMMON_QUEUE(s11)
        lhu     a1, COMMON_SIZE(s11)
        check   pci.common.select, a0, 1000
        check   pci.common.missing, a1, 0
        put     COMMON_DEVICE_SELECT, 1
        lwu     a0, COMMON_DEVICE_FEATURES(s11)
        check_bits pci.common.version_1, a0, 1, 1
        put     COMMON_DEVICE_SELECT, 2
        lwu     a0, COMMON_DEVICE_FEATURES(s11)
        check   pci.common.features.above, a0, 0
        # What is read-only stays.
        put_half COMMON_QUEUES, 7
        lhu     a0, COMMON_QUEUES(s11)
        check   pci.common.readonly.queues, a0, 1

        # A queue, one buffer in it, and an answer.
        call    start
        lbu     a0, COMMON_STATUS(s11)
        check   pci.common.status, a0, RUNNING
        put     COMMON_DRIVER_SELECT, 1
        lwu     a0, COMMON_DRIVER_FEATURES(s11)
        check   pci.common.driver_features, a0, 1
        lhu     a0, COMMON_ENABLE(s11)
        lhu     a1, COMMON_SIZE(s11)
        lwu     a2, COMMON_DESC(s11)
        la      a3, descriptors
        check   pci.common.enable, a0, 1
        check   pci.common.size.written, a1, ENTRIES
        check_equal pci.common.desc, a2, a3

        # Interrupts: the wire goes up with the answer, ...
        li      t4, PLIC
        li      t5, 1
        sw      t5, 4 * SOURCE(t4)
        li      t6, PLIC + 0x2004
        li      t5, 1 << (SOURCE - 32)
        sw      t5, (t6)
        li      s7, PLIC + 0x200000
        sw      zero, (s7)
        ask     PATIENCE
        mv      s0, a0
        get_mip s1
        lhu     s2, PCI_STATUS(s10)
        lwu     s3, 4(s7)
        # ... and down when the status is read, which takes it away.
        lbu     s4, (s6)
        lbu     s5, (s6)
        sw      s3, 4(s7)
        get_mip a3
        lhu     a4, PCI_STATUS(s10)
        check   pci.notify.used, s0, 1
        check_bits pci.interrupt.mip, s1, MEIP, MEIP
        check_bits pci.interrupt.status, s2, PCI_INTERRUPT, PCI_INTERRUPT
        check   pci.interrupt.claim, s3, SOURCE
        check   pci.isr.used, s4, 1
        check   pci.isr.cleared, s5, 0
        check_bits pci.interrupt.low, a3, MEIP, 0
        check_bits pci.interrupt.status.low, a4, PCI_INTERRUPT, 0
        la      a0, buffer
        ld      a1, ROOM(a0)
        check   pci.notify.behind, a1, 0

        # With the pin disabled there is the status alone; the interrupt comes when it is enabled.
        command ON | PCI_INTX_DISABLE
        ask     PATIENCE
        get_mip s1
        lhu     s2, PCI_STATUS(s10)
        command ON
        get_mip s3
        lwu     s4, 4(s7)
        lbu     s5, (s6)
        sw      s4, 4(s7)
        check_bits pci.interrupt.disabled, s1, MEIP, 0
        check_bits pci.interrupt.disabled.status, s2, PCI_INTERRUPT, PCI_INTERRUPT
        check_bits pci.interrupt.enabled, s3, MEIP, MEIP
        check   pci.interrupt.enabled.claim, s4, SOURCE
        check   pci.isr.disabled, s5, 1

        # Access by way of the configuration: the status, which is a byte, and the number of queues.
        li      a0, CAP_ACCESS
        call    find_capability
        mv      s8, a0
        select_access COMMON_STATUS, 1
        lbu     s0, CAP_DATA(s8)
        select_access COMMON_QUEUES, 2
        lhu     s1, CAP_DATA(s8)
        select_access COMMON_DRIVER_SELECT, 4
        li      t5, 1
        sw      t5, CAP_DATA(s8)
        lwu     s2, CAP_DATA(s8)
        lwu     s3, COMMON_DRIVER_SELECT(s11)
        check   pci.access.byte, s0, RUNNING
        check   pci.access.half, s1, 1
        check   pci.access.word, s2, 1
        check   pci.access.written, s3, 1

        # Without bus mastering the device leaves memory alone. What becomes of its queues is its own
        # affair: a reset brings it back.
        command PCI_MEMORY
        ask     A_WHILE
        check   pci.master.off, a0, 2
        command ON

        # A reset, by way of the configuration as well; and the device starts once more.
        select_access COMMON_STATUS, 1
        sb      zero, CAP_DATA(s8)
        lbu     s0, COMMON_STATUS(s11)
        put_half COMMON_QUEUE, 0
        lhu     s1, COMMON_ENABLE(s11)
        lbu     s2, (s6)
        check   pci.access.reset, s0, 0
        check   pci.common.enable.off, s1, 0
        check   pci.isr.reset, s2, 0
        call    start
        ask     PATIENCE
        check   pci.master.again, a0, 1
        lbu     a0, (s6)

        # The configuration of the block device: 2048 sectors, in every size.
        li      s10, BLOCK
        capability pci.config.cap, CAP_DEVICE
        call    open_virtio
        li      a0, CAP_DEVICE
        call    find_structure
        lwu     s0, (a0)
        lwu     s1, 4(a0)
        lhu     s2, (a0)
        lbu     s3, 1(a0)
        check   pci.config.word, s0, 2048
        check   pci.config.high, s1, 0
        check   pci.config.half, s2, 2048
        check   pci.config.byte, s3, 8
        j       finish

# Brings the device up with VERSION_1 alone and an empty queue 0: s9 is where it is notified, s6 the
# status of its interrupts.
start:
        addi    sp, sp, -16
        sd      ra, (sp)
        put_byte COMMON_STATUS, 0
1:      lbu     t5, COMMON_STATUS(s11)
        bnez    t5, 1b
        put_byte COMMON_STATUS, ACKNOWLEDGE
        put_byte COMMON_STATUS, ACKNOWLEDGE | DRIVER
        put     COMMON_DRIVER_SELECT, 0
        put     COMMON_DRIVER_FEATURES, 0
        put     COMMON_DRIVER_SELECT, 1
        put     COMMON_DRIVER_FEATURES, 1
        put_byte COMMON_STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK
        use_ring 0
        sw      zero, AVAILABLE(gp)
        sw      zero, USED(gp)
        describe descriptors, 0, buffer, ROOM, WRITE, 0
        put_half COMMON_QUEUE, 0
        put_half COMMON_SIZE, ENTRIES
        put_address COMMON_DESC, DESCRIPTORS
        put_address COMMON_DRIVER, AVAILABLE
        put_address COMMON_DEVICE, USED
        put_half COMMON_ENABLE, 1
        put_byte COMMON_STATUS, RUNNING
        li      a0, CAP_NOTIFY
        call    find_capability
        lwu     s9, CAP_MULTIPLIER(a0)
        lhu     t0, COMMON_NOTIFY_OFF(s11)
        mul     s9, s9, t0
        li      a0, CAP_NOTIFY
        call    find_structure
        add     s9, s9, a0
        li      a0, CAP_ISR
        call    find_structure
        mv      s6, a0
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

        .data
        .balign 8
buffer:         .space  ROOM + 8
        .text
