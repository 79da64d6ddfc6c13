#: {"harts": 3, "uses": ["fdt"], "optional": ["dt.pci"]}
# What the device tree says of devices, against the memory map and what answers there.

        .equ    HARTS, 3
        .equ    MAGIC, 0x74726976

# A device of /soc: its node, its address and size.
.macro  device clause:req, unit:req, address:req, size:req
        node    "/soc/\unit"
        check_reg \clause\().reg, \address, \size
.endm

# Its interrupt, at the PLIC, whose node is s1; the parent may be named further up.
.macro  wire clause:req, source:req
        check_cell \clause\().interrupts, interrupts, 0, \source
        check_length \clause\().interrupts.length, interrupts, 4
        mv      a0, s0
        call    find_parent
        check_equal \clause\().interrupt_parent, a0, s1
.endm

# Its interrupts at the harts: `each` for every hart, the bytes of `causes`.
.macro  wires id:req, each:req, causes:req
        mv      a0, s0
        li      a1, \causes
        li      a2, HARTS * \each
        li      a3, \each
        call    count_wires
        check   \id, a0, HARTS * \each
.endm

# A node that writes a value to the test finisher, whose node is s2.
.macro  power clause:req, name:req, value:req
        node    /\name
        check_string \clause\().compatible, compatible, syscon-\name
        check_cell \clause\().offset, offset, 0, 0
        check_cell \clause\().value, value, 0, \value
        mv      a0, s0
        text    a1, "regmap"
        li      a2, 0
        call    get_cell
        call    find_phandle
        check_equal \clause\().regmap, a0, s2
.endm

program:
        la      a0, entry_a1
        ld      a0, (a0)
        call    open_tree

        node    /soc
        check_cell dt.soc.address_cells, "#address-cells", 0, 2
        check_cell dt.soc.size_cells, "#size-cells", 0, 2
        check_string dt.soc.compatible, compatible, simple-bus
        check_length dt.soc.ranges, ranges, 0

        device  dt.plic, plic@c000000, PLIC, PLIC_SIZE
        mv      s1, s0
        check_string dt.plic.compatible.sifive, compatible, "sifive,plic-1.0.0"
        check_string dt.plic.compatible.riscv, compatible, "riscv,plic0"
        check_length dt.plic.controller, interrupt-controller, 0
        check_cell dt.plic.interrupt_cells, "#interrupt-cells", 0, 1
        check_cell dt.plic.address_cells, "#address-cells", 0, 0
        check_cell dt.plic.sources, "riscv,ndev", 0, 96
        wires   dt.plic.contexts, 2, 0x090b

        # The CLINT, as one device or as two (ACLINT): what is found is the same.
        node    /soc/clint@2000000
        beqz    s0, 1f
        mv      a0, s0
        li      a1, CLINT
        li      a2, CLINT_SIZE
        call    is_reg
        mv      s4, a0
        mv      a0, s0
        text    a1, "compatible"
        text    a2, "sifive,clint0"
        call    has_string
        mv      s5, a0
        mv      a0, s0
        li      a1, 0x0703
        li      a2, 2 * HARTS
        li      a3, 2
        call    count_wires
        mv      s6, a0
        j       2f
1:      call    aclint
2:      check   dt.clint.reg, s4, 1
        check   dt.clint.compatible, s5, 1
        check   dt.clint.interrupts, s6, 2 * HARTS

        device  dt.sswi, sswi@2f00000, ACLINT_SSWI, ACLINT_SSWI_SIZE
        check_string dt.sswi.compatible, compatible, "riscv,aclint-sswi"
        check_length dt.sswi.controller, interrupt-controller, 0
        check_cell dt.sswi.interrupt_cells, "#interrupt-cells", 0, 0
        wires   dt.sswi.interrupts, 1, 1

        device  dt.finisher, test@100000, TEST, TEST_SIZE
        mv      s2, s0
        check_string dt.finisher.compatible.test1, compatible, "sifive,test1"
        check_string dt.finisher.compatible.test0, compatible, "sifive,test0"
        check_string dt.finisher.compatible.syscon, compatible, syscon
        power   dt.poweroff, poweroff, 0x5555
        power   dt.reboot, reboot, 0x7777

        device  dt.rtc, rtc@101000, RTC, RTC_SIZE
        check_string dt.rtc.compatible, compatible, "google,goldfish-rtc"
        wire    dt.rtc, RTC_IRQ

        device  dt.serial, serial@10000000, UART, UART_SIZE
        check_string dt.serial.compatible, compatible, ns16550a
        check_cell dt.serial.clock, clock-frequency, 0, 3686400
        wire    dt.serial, UART_IRQ

        # Each slot of virtio: 63 if all is right, see check_slot.
        .irp    slot, 1, 2, 3, 4, 5, 6, 7, 8
        li      a0, \slot
        call    check_slot
        check   dt.virtio.slot\slot, a0, 63
        .endr

        node    /soc/pci@30000000
        bnez    s0, 1f
        absent  dt.pci
        j       finish
1:      check_reg dt.pci.reg, PCIE_ECAM, PCIE_ECAM_SIZE
        check_string dt.pci.compatible, compatible, pci-host-ecam-generic
        check_string dt.pci.device_type, device_type, pci
        check_cell dt.pci.address_cells, "#address-cells", 0, 3
        check_cell dt.pci.size_cells, "#size-cells", 0, 2
        check_cell dt.pci.interrupt_cells, "#interrupt-cells", 0, 1
        check_cell dt.pci.first_bus, bus-range, 0, 0
        check_length dt.pci.coherent, dma-coherent, 0
        # The two windows, of seven cells each, and perhaps others behind them.
        check_cell dt.pci.ports.kind, ranges, 0, 1 << 24
        check_cell dt.pci.ports.bus, ranges, 2, 0
        check_cell dt.pci.ports.address, ranges, 4, PCIE_PIO
        check_cell dt.pci.ports.size, ranges, 6, PCIE_PIO_SIZE
        check_cell dt.pci.memory.kind, ranges, 7, 2 << 24
        check_cell dt.pci.memory.bus, ranges, 9, PCIE_MMIO
        check_cell dt.pci.memory.address, ranges, 11, PCIE_MMIO
        check_cell dt.pci.memory.size, ranges, 13, PCIE_MMIO_SIZE
        # The map of interrupts: 16 entries of six cells, a device, a pin and a source in each.
        check_cell dt.pci.mask.device, interrupt-map-mask, 0, 0x1800
        check_cell dt.pci.mask.pin, interrupt-map-mask, 3, 7
        check_length dt.pci.map.length, interrupt-map, 16 * 24
        li      s3, 0
        li      s4, 0
2:      call    map_entry
        add     s4, s4, a0
        addi    s3, s3, 1
        li      t0, 16
        bltu    s3, t0, 2b
        check   dt.pci.map, s4, 16
        j       finish

# Whether entry s3 of the map of interrupts at s0 is right, in a0: devices in turn, the pins of each in
# turn, and at the PLIC, whose node is s1, the sources in turn as well, one further with each device.
map_entry:
        addi    sp, sp, -16
        sd      ra, (sp)
        srli    s5, s3, 2
        andi    s6, s3, 3
        li      t0, 6
        mul     s7, s3, t0
        mv      a2, s7
        call    map_cell
        slli    t0, s5, 11
        bne     a0, t0, 1f
        addi    a2, s7, 3
        call    map_cell
        addi    t0, s6, 1
        bne     a0, t0, 1f
        addi    a2, s7, 4
        call    map_cell
        call    find_phandle
        bne     a0, s1, 1f
        addi    a2, s7, 5
        call    map_cell
        add     t0, s5, s6
        andi    t0, t0, 3
        addi    t0, t0, PCIE_ECAM_IRQ
        bne     a0, t0, 1f
        li      a0, 1
        j       2f
1:      li      a0, 0
2:      ld      ra, (sp)
        addi    sp, sp, 16
        ret

# Cell a2 of the map.
map_cell:
        addi    sp, sp, -16
        sd      ra, (sp)
        mv      a0, s0
        text    a1, "interrupt-map"
        call    get_cell
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

# The CLINT as two devices: s4 is whether their addresses are right, s5 whether their names are, s6 how
# many of their interrupts.
aclint:
        addi    sp, sp, -16
        sd      ra, (sp)
        node    /soc/mswi@2000000
        mv      s3, s0
        mv      a0, s0
        li      a1, CLINT
        li      a2, 0x4000
        call    is_reg
        mv      s4, a0
        mv      a0, s3
        text    a1, "compatible"
        text    a2, "riscv,aclint-mswi"
        call    has_string
        mv      s5, a0
        mv      a0, s3
        li      a1, 3
        li      a2, HARTS
        li      a3, 1
        call    count_wires
        mv      s6, a0
        node    /soc/mtimer@2004000
        # Two ranges: that of mtime, and that of mtimecmp.
        mv      a0, s0
        text    a1, "reg"
        call    find_property
        addi    a1, a1, -32
        bnez    a1, 1f
        mv      a3, a0
        call    two_cells
        li      a1, CLINT + 0xbff8
        bne     a0, a1, 1f
        addi    a0, a3, 16
        call    two_cells
        li      a1, CLINT + 0x4000
        beq     a0, a1, 2f
1:      li      s4, 0
2:      mv      a0, s0
        text    a1, "compatible"
        text    a2, "riscv,aclint-mtimer"
        call    has_string
        and     s5, s5, a0
        mv      a0, s0
        li      a1, 7
        li      a2, HARTS
        li      a3, 1
        call    count_wires
        add     s6, s6, a0
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

# What may name the interrupt controller of the node a0: itself, /soc, or the root.
find_parent:
        addi    sp, sp, -16
        sd      ra, (sp)
        text    a1, "interrupt-parent"
        li      a2, 0
        call    get_cell
        bgez    a0, 1f
        text    a0, "/soc"
        call    find_node
        text    a1, "interrupt-parent"
        li      a2, 0
        call    get_cell
        bgez    a0, 1f
        text    a0, "/"
        call    find_node
        text    a1, "interrupt-parent"
        li      a2, 0
        call    get_cell
1:      call    find_phandle
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

# What is right of slot a0, counted from 1: 1 that its node is there, 2 its reg, 4 its compatible, 8
# its interrupt, 16 the controller of that, 32 that a virtio device answers at the address.
check_slot:
        addi    sp, sp, -32
        sd      ra, (sp)
        sd      s2, 8(sp)
        sd      s3, 16(sp)
        mv      s2, a0
        la      t0, slot_path + 21
        addi    a0, a0, '0'
        sb      a0, (t0)
        la      a0, slot_path
        call    find_node
        mv      s0, a0
        snez    s3, a0
        addi    a1, s2, -1
        li      t0, VIRTIO_MMIO_STEP
        mul     a1, a1, t0
        li      t0, VIRTIO_MMIO
        add     a1, a1, t0
        mv      a4, a1
        mv      a0, s0
        li      a2, VIRTIO_MMIO_SIZE
        lwu     t0, (a4)
        li      t1, MAGIC
        xor     t0, t0, t1
        seqz    t0, t0
        slli    t0, t0, 5
        or      s3, s3, t0
        call    is_reg
        slli    a0, a0, 1
        or      s3, s3, a0
        mv      a0, s0
        text    a1, "compatible"
        text    a2, "virtio,mmio"
        call    has_string
        slli    a0, a0, 2
        or      s3, s3, a0
        mv      a0, s0
        text    a1, "interrupts"
        li      a2, 0
        call    get_cell
        addi    a1, s2, VIRTIO_MMIO_IRQ - 1
        xor     a0, a0, a1
        seqz    a0, a0
        slli    a0, a0, 3
        or      s3, s3, a0
        mv      a0, s0
        call    find_parent
        xor     a0, a0, s1
        seqz    a0, a0
        slli    a0, a0, 4
        or      a0, a0, s3
        ld      ra, (sp)
        ld      s2, 8(sp)
        ld      s3, 16(sp)
        addi    sp, sp, 32
        ret

        .data
slot_path:
        .asciz  "/soc/virtio_mmio@1000?000"
        .text
