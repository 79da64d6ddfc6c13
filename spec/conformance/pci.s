#: {"uses": ["pci"], "bus": "pci", "drives": [{"size": "1M", "id": "kit0"}], "optional": ["pci.bridge", "pci.absent", "pci.header", "pci.command", "pci.bar", "pci.window"]}
# The PCI host bridge: configuration space, BARs and windows. The bridge is device 0, a block device
# is device 1, the entropy device is device 2, and there are no others.

        .equ    BRIDGE, PCIE_ECAM
        .equ    BLOCK, PCIE_ECAM + PCI_DEVICE
        .equ    NOTHING, PCIE_ECAM + 31 * PCI_DEVICE
        .equ    WINDOW_END, PCIE_MMIO + PCIE_MMIO_SIZE

# What a place reads as where nobody answers, in each size, without a trap and unmoved by a store.
.macro  nobody id:req, address:req
        li      a0, \address
        call    count_ones
        check   \id, a0, 7
.endm

program:
        call    has_pci
        bnez    a0, 1f
        absent  pci.bridge
        absent  pci.absent
        absent  pci.header
        absent  pci.command
        absent  pci.bar
        absent  pci.window
        j       finish

        # The bridge is one, and has a header of type 0.
1:      li      s10, BRIDGE
        lwu     a0, PCI_REVISION(s10)
        srli    a0, a0, 8
        check   pci.bridge.class, a0, 0x060000
        lbu     a0, PCI_HEADER_TYPE(s10)
        check   pci.bridge.header, a0, 0

        # Where there is no function.
        nobody  pci.absent.device, NOTHING
        nobody  pci.absent.function, BLOCK + PCI_FUNCTION
        nobody  pci.absent.function7, BLOCK + 7 * PCI_FUNCTION
        nobody  pci.absent.bus, PCIE_ECAM + PCI_BUS
        nobody  pci.absent.last, PCIE_ECAM + PCIE_ECAM_SIZE - 8

        # The parts of a header are the same in each size.
        li      s10, BLOCK
        lwu     s0, (s10)
        lhu     a0, (s10)
        lhu     a1, 2(s10)
        slli    a1, a1, 16
        or      a0, a0, a1
        check_equal pci.header.half, a0, s0
        li      a0, 0
        lbu     a1, 3(s10)
        slli    a0, a1, 8
        lbu     a1, 2(s10)
        or      a0, a0, a1
        slli    a0, a0, 8
        lbu     a1, 1(s10)
        or      a0, a0, a1
        slli    a0, a0, 8
        lbu     a1, (s10)
        or      a0, a0, a1
        check_equal pci.header.byte, a0, s0
        # What is read-only stays.
        lwu     s1, PCI_REVISION(s10)
        li      t5, -1
        sw      t5, (s10)
        sw      t5, PCI_REVISION(s10)
        lwu     a0, (s10)
        lwu     a1, PCI_REVISION(s10)
        check_equal pci.header.readonly.id, a0, s0
        check_equal pci.header.readonly.class, a1, s1
        lbu     a0, PCI_HEADER_TYPE(s10)
        check   pci.header.type, a0, 0
        lhu     a0, PCI_STATUS(s10)
        check_bits pci.header.capabilities, a0, PCI_HAS_CAPABILITIES, PCI_HAS_CAPABILITIES
        # INTA; and a byte that is a note of software's.
        lbu     a0, PCI_INTERRUPT_PIN(s10)
        check   pci.header.pin, a0, 1
        li      t5, 0x5a
        sb      t5, PCI_INTERRUPT_LINE(s10)
        lbu     a0, PCI_INTERRUPT_LINE(s10)
        lbu     a1, PCI_INTERRUPT_PIN(s10)
        check   pci.header.line, a0, 0x5a
        check   pci.header.pin.kept, a1, 1

        # The command register: off at reset, and what can be switched on.
        .equ    SWITCHES, PCI_MEMORY | PCI_MASTER | PCI_INTX_DISABLE
        lhu     a0, PCI_COMMAND(s10)
        check_bits pci.command.reset, a0, SWITCHES, 0
        command SWITCHES
        lhu     a0, PCI_COMMAND(s10)
        check_bits pci.command.on, a0, SWITCHES, SWITCHES
        li      t5, PCI_INTX_DISABLE >> 8
        sb      zero, PCI_COMMAND(s10)
        lhu     a0, PCI_COMMAND(s10)
        check_bits pci.command.byte, a0, SWITCHES, PCI_INTX_DISABLE
        command 0
        lhu     a0, PCI_COMMAND(s10)
        check_bits pci.command.off, a0, SWITCHES, 0

        # The BAR with the common configuration of the block device: s3 is its register.
        li      a0, CAP_COMMON
        call    find_capability
        lbu     s3, CAP_BAR(a0)
        slli    s3, s3, 2
        addi    s3, s3, PCI_BAR
        add     s3, s3, s10
        lw      s4, (s3)
        li      t5, -1
        sw      t5, (s3)
        lw      s5, (s3)
        xor     a0, s5, s4
        check_bits pci.bar.kind, a0, 15, 0
        # A power of two.
        andi    s5, s5, -16
        neg     s5, s5
        addi    a0, s5, -1
        and     a0, a0, s5
        snez    a1, s5
        check   pci.bar.size, a0, 0
        check   pci.bar.there, a1, 1
        # Behind it, where the window begins, nothing is yet; s6 is where the structure gets to.
        call    place_bars
        li      a0, CAP_COMMON
        call    find_structure
        mv      s6, a0
        lwu     a0, COMMON_STATUS(s6)
        check   pci.bar.disabled, a0, 0xffffffff
        command PCI_MEMORY
        lwu     a0, COMMON_STATUS(s6)
        check   pci.bar.decoded, a0, 0
        # It answers to the size of each field.
        lbu     a0, COMMON_STATUS(s6)
        lhu     a1, COMMON_QUEUES(s6)
        check   pci.bar.byte, a0, 0
        check   pci.bar.half, a1, 1
        # Moved on by 64 MiB: it answers there, and no more where it was.
        lwu     t0, (s3)
        li      t1, 0x4000000
        add     t0, t0, t1
        sw      t0, (s3)
        lwu     a0, COMMON_STATUS(s6)
        add     s7, s6, t1
        lwu     a1, COMMON_STATUS(s7)
        check   pci.bar.moved.from, a0, 0xffffffff
        check   pci.bar.moved.to, a1, 0
        # Onto RAM, which is as it was.
        la      s8, room
        li      t5, 0x1234567
        sw      t5, (s8)
        neg     t0, s5
        and     t0, t0, s8
        sw      t0, (s3)
        lwu     a0, (s8)
        lwu     a1, COMMON_STATUS(s7)
        check   pci.bar.ram, a0, 0x1234567
        check   pci.bar.ram.from, a1, 0xffffffff
        command 0
        sw      zero, (s3)

        # In the windows.
        nobody  pci.window.memory.start, PCIE_MMIO
        nobody  pci.window.memory.end, WINDOW_END - 8
        nobody  pci.window.ports.start, PCIE_PIO
        nobody  pci.window.ports.end, PCIE_PIO + PCIE_PIO_SIZE - 8
        j       finish

# Of a word, a halfword and a byte at a0, 1, 2 and 4 for those that read as all ones after a store of
# zeros; none if there is a trap.
count_ones:
        expect_traps
        sw      zero, (a0)
        sh      zero, (a0)
        sb      zero, (a0)
        lw      t0, (a0)
        lh      t1, (a0)
        lb      t2, (a0)
        addi    t0, t0, 1
        seqz    t0, t0
        addi    t1, t1, 1
        seqz    t1, t1
        slli    t1, t1, 1
        addi    t2, t2, 1
        seqz    t2, t2
        slli    t2, t2, 2
        or      a0, t0, t1
        or      a0, a0, t2
        la      t5, traps
        ld      t5, (t5)
        beqz    t5, 1f
        li      a0, 0
1:      ret

        .data
        .balign 8
room:           .8byte  0
        .text
