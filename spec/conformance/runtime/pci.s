# For programs with "uses": ["pci"]: the configuration of PCI functions (PCI Local Bus 3.0, 6) and
# virtio over PCI (virtio 1.2, 4.1). s10 is the address of a function's configuration, s11 that of
# a virtio device's common one. Functions change a0 to a2, t0 to t3 and the registers of the macros.

        .equ    PCI_DEVICE, 1 << 15
        .equ    PCI_FUNCTION, 1 << 12
        .equ    PCI_BUS, 1 << 20

        .equ    PCI_COMMAND, 0x04
        .equ    PCI_STATUS, 0x06
        .equ    PCI_REVISION, 0x08
        .equ    PCI_HEADER_TYPE, 0x0e
        .equ    PCI_BAR, 0x10
        .equ    PCI_CAPABILITIES, 0x34
        .equ    PCI_INTERRUPT_LINE, 0x3c
        .equ    PCI_INTERRUPT_PIN, 0x3d

        .equ    PCI_MEMORY, 1 << 1
        .equ    PCI_MASTER, 1 << 2
        .equ    PCI_INTX_DISABLE, 1 << 10
        .equ    PCI_INTERRUPT, 1 << 3
        .equ    PCI_HAS_CAPABILITIES, 1 << 4

        # Types of virtio's capabilities, and their fields.
        .equ    CAP_COMMON, 1
        .equ    CAP_NOTIFY, 2
        .equ    CAP_ISR, 3
        .equ    CAP_DEVICE, 4
        .equ    CAP_ACCESS, 5
        .equ    CAP_TYPE, 3
        .equ    CAP_BAR, 4
        .equ    CAP_OFFSET, 8
        .equ    CAP_LENGTH, 12
        .equ    CAP_MULTIPLIER, 16
        .equ    CAP_DATA, 16

        .equ    COMMON_DEVICE_SELECT, 0x00
        .equ    COMMON_DEVICE_FEATURES, 0x04
        .equ    COMMON_DRIVER_SELECT, 0x08
        .equ    COMMON_DRIVER_FEATURES, 0x0c
        .equ    COMMON_QUEUES, 0x12
        .equ    COMMON_STATUS, 0x14
        .equ    COMMON_GENERATION, 0x15
        .equ    COMMON_QUEUE, 0x16
        .equ    COMMON_SIZE, 0x18
        .equ    COMMON_ENABLE, 0x1c
        .equ    COMMON_NOTIFY_OFF, 0x1e
        .equ    COMMON_DESC, 0x20
        .equ    COMMON_DRIVER, 0x28
        .equ    COMMON_DEVICE, 0x30

# Bytes and halfwords of the device at s11.
.macro  put_byte register:req, value:req
        li      t5, \value
        sb      t5, \register(s11)
.endm

.macro  put_half register:req, value:req
        li      t5, \value
        sh      t5, \register(s11)
.endm

# Sets the command register of the function at s10.
.macro  command value:req
        li      t5, \value
        sh      t5, PCI_COMMAND(s10)
.endm

# Whether there is PCI, in a0: its configuration can be read.
has_pci:
        expect_traps
        li      t0, PCIE_ECAM
        lwu     t0, (t0)
        la      t5, traps
        ld      t5, (t5)
        seqz    a0, t5
        ret

# Finds a place in the window for each BAR of memory, one behind the other.
place_bars:
        addi    t0, s10, PCI_BAR
        addi    t1, t0, 24
1:      li      t2, -1
        sw      t2, (t0)
        lw      t2, (t0)
        andi    t3, t2, -16
        neg     t3, t3
        andi    t5, t2, 1
        beqz    t3, 3f
        bnez    t5, 2f
        la      a0, next_bar
        ld      a1, (a0)
        add     a1, a1, t3
        addi    a1, a1, -1
        neg     a2, t3
        and     a1, a1, a2
        sw      a1, (t0)
        add     a2, a1, t3
        sd      a2, (a0)
        # The upper half of one of 64 bits.
        andi    t2, t2, 4
        beqz    t2, 3f
        addi    t0, t0, 4
2:      sw      zero, (t0)
3:      addi    t0, t0, 4
        bltu    t0, t1, 1b
        ret

# The address of virtio's capability of type a0, in a0; 0 if there is none.
find_capability:
        lbu     t0, PCI_CAPABILITIES(s10)
        li      t2, 48
1:      andi    t0, t0, -4
        beqz    t0, 3f
        beqz    t2, 3f
        addi    t2, t2, -1
        add     t1, s10, t0
        lbu     t3, (t1)
        li      t5, 9
        bne     t3, t5, 2f
        lbu     t3, CAP_TYPE(t1)
        beq     t3, a0, 4f
2:      lbu     t0, 1(t1)
        j       1b
3:      li      t1, 0
4:      mv      a0, t1
        ret

# The address of the structure that the capability of type a0 names, in a0.
find_structure:
        addi    sp, sp, -16
        sd      ra, (sp)
        call    find_capability
        lbu     t0, CAP_BAR(a0)
        slli    t0, t0, 2
        add     t0, t0, s10
        lwu     t0, PCI_BAR(t0)
        andi    t0, t0, -16
        lwu     t1, CAP_OFFSET(a0)
        add     a0, t0, t1
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

# Turns on the virtio device at s10, and finds its common configuration.
open_virtio:
        addi    sp, sp, -16
        sd      ra, (sp)
        call    place_bars
        command PCI_MEMORY | PCI_MASTER
        li      a0, CAP_COMMON
        call    find_structure
        mv      s11, a0
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

        .data
        .balign 8
next_bar:       .8byte  PCIE_MMIO + 0x100000
        .text
