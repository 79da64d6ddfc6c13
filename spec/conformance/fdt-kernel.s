#: {"boot": "kernel", "harts": 2, "uses": ["fdt"], "append": "console=ttyS0 kit=fdt", "initrd": true}
# The device tree that a kernel is given: that of the machine, and how the kernel was started.

        .equ    HARTS, 2

program:
        la      s0, entry_a1
        ld      s1, (s0)
        mv      a0, s1
        call    open_tree
        mv      a0, s1
        call    cell
        check   dt.kernel.header.magic, a0, 0xd00dfeed
        addi    a0, s1, 20
        call    cell
        sltiu   a0, a0, 17
        check   dt.kernel.header.version, a0, 0
        addi    a0, s1, 4
        call    cell
        # s2 is the tree's end, s3 that of RAM.
        add     s2, a0, s1
        node    /memory@80000000
        mv      a0, s0
        text    a1, "reg"
        call    find_property
        mv      s3, a0
        call    two_cells
        mv      a3, a0
        addi    a0, s3, 8
        call    two_cells
        add     s3, a0, a3
        check   dt.kernel.memory.base, a3, RAM
        expect_traps
        lbu     a0, -1(s3)
        check_no_trap dt.kernel.memory.last
        expect_traps
        lbu     a0, (s3)
        check_trap dt.kernel.memory.behind, 5

        la      a0, _start
        sltu    a0, a0, s2
        la      a1, program_end
        sltu    a1, s1, a1
        and     a0, a0, a1
        check   dt.kernel.place.program, a0, 0
        sltu    a0, s3, s2
        check   dt.kernel.place.end, a0, 0

        # What a kernel may not touch is reserved: s5 is how many pages are not.
        li      s4, RAM
        li      s5, 0
1:      expect_traps
        lbu     a0, (s4)
        la      t5, traps
        ld      t5, (t5)
        beqz    t5, 2f
        mv      a0, s4
        call    is_reserved
        xori    a0, a0, 1
        add     s5, s5, a0
2:      li      t0, 4096
        add     s4, s4, t0
        bltu    s4, s3, 1b
        check   dt.kernel.reserved.memory, s5, 0
        la      a0, program
        call    is_reserved
        check   dt.kernel.reserved.program, a0, 0

        # How it was started.
        node    /chosen
        check_string dt.kernel.chosen.bootargs, bootargs, "console=ttyS0 kit=fdt"
        check_string dt.kernel.chosen.stdout, stdout-path, "/soc/serial@10000000"
        mv      a0, s0
        text    a1, "linux,initrd-start"
        call    get_address
        mv      s4, a0
        mv      a0, s0
        text    a1, "linux,initrd-end"
        call    get_address
        mv      s5, a0
        # It is this file: its length, and the header of an Image.
        sub     a0, s5, s4
        la      a1, program_end
        la      a2, _start
        sub     a1, a1, a2
        check_equal dt.kernel.initrd.size, a0, a1
        li      a0, RAM
        sltu    a0, s4, a0
        sltu    a1, s3, s5
        or      a0, a0, a1
        check   dt.kernel.initrd.ram, a0, 0
        bnez    a0, 3f
        ld      a0, 48(s4)
3:      li      a1, 0x5643534952
        check_equal dt.kernel.initrd.content, a0, a1
        sltu    a0, s4, s2
        sltu    a1, s1, s5
        and     a0, a0, a1
        la      a2, program_end
        sltu    a2, s4, a2
        la      a3, _start
        sltu    a3, a3, s5
        and     a2, a2, a3
        or      a0, a0, a2
        check   dt.kernel.initrd.apart, a0, 0

        # The harts, and the one that is here among them.
        node    /cpus
        mv      a0, s0
        call    count_harts
        check   dt.kernel.harts.count, a0, HARTS
        la      a0, entry_a0
        ld      s4, (a0)
        la      t0, hart_path + 10
        addi    a0, s4, '0'
        sb      a0, (t0)
        la      a0, hart_path
        call    find_node
        mv      s0, a0
        text    a1, "reg"
        li      a2, 0
        call    get_cell
        check_equal dt.kernel.harts.reg, a0, s4
        check_string dt.kernel.harts.status, status, okay

        # Devices; of the PLIC the contexts of S-mode count, those of M-mode may be firmware's.
        node    /soc/plic@c000000
        check_reg dt.kernel.devices.plic, PLIC, PLIC_SIZE
        mv      a0, s0
        li      a1, 0x09ff
        li      a2, 2 * HARTS
        li      a3, 2
        call    count_wires
        check   dt.kernel.devices.contexts, a0, 2 * HARTS
        node    /soc/serial@10000000
        check_reg dt.kernel.devices.serial, UART, UART_SIZE
        node    /soc/rtc@101000
        check_reg dt.kernel.devices.rtc, RTC, RTC_SIZE
        node    /soc/virtio_mmio@10008000
        check_reg dt.kernel.devices.virtio, VIRTIO_MMIO + 7 * VIRTIO_MMIO_STEP, VIRTIO_MMIO_SIZE
        j       finish

# The address that is the property a1 of the node a0, of one cell or two.
get_address:
        addi    sp, sp, -16
        sd      ra, (sp)
        call    find_property
        beqz    a0, 2f
        addi    a1, a1, -8
        beqz    a1, 1f
        call    cell
        j       2f
1:      call    two_cells
2:      ld      ra, (sp)
        addi    sp, sp, 16
        ret

# Whether the address a0 is in a region of /reserved-memory, or of the reservations in the tree whose
# header is at s1.
is_reserved:
        addi    sp, sp, -48
        sd      ra, 0(sp)
        sd      s4, 8(sp)
        sd      s5, 16(sp)
        sd      s6, 24(sp)
        sd      s7, 32(sp)
        mv      s4, a0
        addi    a0, s1, 16
        call    cell
        add     s5, a0, s1
1:      mv      a0, s5
        call    in_region
        bnez    a0, 5f
        or      a1, a1, a2
        addi    s5, s5, 16
        bnez    a1, 1b
        text    a0, "/reserved-memory"
        call    find_node
        beqz    a0, 5f
        mv      s5, a0
        li      s6, 0
2:      mv      a0, s5
        call    next_token
        mv      s5, a0
        li      a0, 0
        li      t0, FDT_END_NODE
        beq     a1, t0, 4f
        li      t0, FDT_BEGIN_NODE
        bne     a1, t0, 2b
        addi    s6, s6, 1
        mv      a0, s5
        text    a1, "reg"
        call    find_property
        # Each of its pairs.
        mv      s7, a0
        add     a5, a0, a1
3:      addi    t0, s7, 16
        bltu    a5, t0, 2b
        mv      a0, s7
        call    in_region
        bnez    a0, 5f
        addi    s7, s7, 16
        j       3b
4:      addi    s6, s6, -1
        bgez    s6, 2b
5:      ld      ra, 0(sp)
        ld      s4, 8(sp)
        ld      s5, 16(sp)
        ld      s6, 24(sp)
        ld      s7, 32(sp)
        addi    sp, sp, 48
        ret

# Whether the address s4 is in the region of which a0 points to the address and the size; these are
# left in a1 and a2.
in_region:
        addi    sp, sp, -16
        sd      ra, (sp)
        mv      a3, a0
        call    two_cells
        mv      a1, a0
        addi    a0, a3, 8
        call    two_cells
        mv      a2, a0
        sub     a0, s4, a1
        sltu    a0, a0, a2
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

        .data
hart_path:
        .asciz  "/cpus/cpu@0"
        .balign 16
program_end:
        .text
