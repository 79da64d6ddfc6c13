#: {"harts": 3, "uses": ["fdt"]}
# The device tree that firmware is given: its format, and what it says of the board, of memory and
# of how the machine was started.

        .equ    HARTS, 3

program:
        la      s0, entry_a1
        ld      s1, (s0)
        mv      a0, s1
        call    open_tree

        # The header.
        mv      a0, s1
        call    cell
        check   dt.header.magic, a0, 0xd00dfeed
        addi    a0, s1, 20
        call    cell
        sltiu   a0, a0, 17
        check   dt.header.version, a0, 0
        addi    a0, s1, 24
        call    cell
        sltiu   a0, a0, 18
        check   dt.header.last_compatible, a0, 1
        addi    a0, s1, 28
        call    cell
        sltiu   a0, a0, HARTS
        check   dt.header.boot_hart, a0, 1
        # s2 is the size of all of it; s3 and s4 are the offset and the size of the structure block,
        # s5 and s6 those of the strings block, s7 the offset of the reservations.
        addi    a0, s1, 4
        call    cell
        mv      s2, a0
        addi    a0, s1, 8
        call    cell
        mv      s3, a0
        addi    a0, s1, 36
        call    cell
        mv      s4, a0
        addi    a0, s1, 12
        call    cell
        mv      s5, a0
        addi    a0, s1, 32
        call    cell
        mv      s6, a0
        addi    a0, s1, 16
        call    cell
        mv      s7, a0
        add     a0, s3, s4
        sltu    a0, s2, a0
        check   dt.header.structure, a0, 0
        add     a0, s5, s6
        sltu    a0, s2, a0
        check   dt.header.strings, a0, 0
        sltiu   a0, s7, 40
        check   dt.header.reservations, a0, 0
        check_bits dt.alignment.tree, s1, 7, 0
        check_bits dt.alignment.reservations, s7, 7, 0
        check_bits dt.alignment.structure, s3, 3, 0

        # It lies in RAM, and away from the program.
        li      a0, RAM
        sltu    a0, s1, a0
        check   dt.place.start, a0, 0
        add     s8, s1, s2
        node    /memory@80000000
        mv      a0, s0
        text    a1, "reg"
        call    find_property
        addi    a0, a0, 8
        call    two_cells
        mv      s9, a0
        li      t0, RAM
        add     a0, a0, t0
        sltu    a0, a0, s8
        check   dt.place.end, a0, 0
        la      a0, _start
        sltu    a0, a0, s8
        la      a1, program_end
        sltu    a1, s1, a1
        and     a0, a0, a1
        check   dt.place.program, a0, 0

        # The reservations end with an empty one, within the tree; none is of the program.
        add     s10, s1, s7
        li      s11, 0
1:      addi    a0, s10, 16
        bltu    s8, a0, 2f
        mv      a0, s10
        call    two_cells
        mv      a3, a0
        addi    a0, s10, 8
        call    two_cells
        or      t0, a0, a3
        beqz    t0, 2f
        addi    s10, s10, 16
        add     a0, a0, a3
        la      t0, _start
        bgeu    t0, a0, 1b
        la      t0, program_end
        bgeu    a3, t0, 1b
        li      s11, 1
        j       1b
2:      addi    a0, s10, 16
        sltu    a0, s8, a0
        check   dt.reservations.end, a0, 0
        check   dt.reservations.program, s11, 0

        # The structure block: s0 collects what is wrong, s10 is where its walk ended.
        add     s3, s3, s1
        add     s5, s5, s1
        call    walk
        check_bits dt.structure.tokens, s0, 1, 0
        check_bits dt.structure.order, s0, 2, 0
        check_bits dt.structure.names, s0, 4, 0
        check_bits dt.structure.nesting, s0, 8, 0
        add     a0, s3, s4
        check_equal dt.structure.end, s10, a0

        node    /
        check_cell dt.root.address_cells, "#address-cells", 0, 2
        check_cell dt.root.size_cells, "#size-cells", 0, 2
        check_string dt.root.compatible, compatible, riscv-virtio
        mv      a0, s0
        text    a1, "model"
        call    find_property
        slti    a0, a1, 2
        check   dt.root.model, a0, 0


        # Memory answers up to the last byte that the node names, and not behind it.
        node    /memory@80000000
        check_string dt.memory.type, device_type, memory
        check_cell dt.memory.base.high, reg, 0, RAM >> 32
        check_cell dt.memory.base.low, reg, 1, RAM
        check_length dt.memory.ranges, reg, 16
        li      s10, RAM
        add     s10, s10, s9
        expect_traps
        lbu     a0, -1(s10)
        sb      a0, -1(s10)
        check_no_trap dt.memory.last
        expect_traps
        lbu     a0, (s10)
        check_trap dt.memory.behind, 5

        # The console is the serial port.
        node    /chosen
        check_string dt.chosen.stdout, stdout-path, "/soc/serial@10000000"
        # Random bytes, at least 32, of which few are equal.
        mv      a0, s0
        text    a1, "rng-seed"
        call    find_property
        slti    a2, a1, 32
        check   dt.chosen.rng_seed.size, a2, 0
        li      a3, 32
        bnez    a2, 3f
        li      a3, 0
        lbu     a4, (a0)
        add     a1, a1, a0
2:      lbu     a5, (a0)
        sub     a5, a5, a4
        seqz    a5, a5
        add     a3, a3, a5
        addi    a0, a0, 1
        bltu    a0, a1, 2b
3:      slti    a3, a3, 16
        check   dt.chosen.rng_seed.random, a3, 1
        # Nothing but the firmware was given.
        check_length dt.chosen.none.bootargs, bootargs, -1
        check_length dt.chosen.none.initrd, "linux,initrd-start", -1
        j       finish

# Goes through the structure block from s3, of s4 bytes, with the names at s5, s6 bytes. Sets bits of
# s0: 1 for an unknown token, 2 for a property that is not before the children of its node, 4 for a
# name that is not in the strings block, 8 for nodes that do not end, or are not in one root, or no FDT_END. s10 is the address behind the last token.
walk:
        addi    sp, sp, -16
        sd      ra, (sp)
        li      s0, 0
        mv      s10, s3
        add     s4, s4, s3
        add     s6, s6, s5
        li      s7, 0                   # depth
        li      s8, 0                   # whether a property may come
        li      s11, 0                  # roots
1:      bgeu    s10, s4, 8f
        mv      a0, s10
        call    next_token
        mv      s10, a0
        li      t0, FDT_NOP
        beq     a1, t0, 1b
        li      t0, FDT_END
        beq     a1, t0, 9f
        li      t0, FDT_PROP
        beq     a1, t0, 3f
        li      t0, FDT_END_NODE
        beq     a1, t0, 2f
        li      t0, FDT_BEGIN_NODE
        bne     a1, t0, 7f
        bnez    s7, 6f
        addi    s11, s11, 1
6:      addi    s7, s7, 1
        li      s8, 1
        j       1b
2:      addi    s7, s7, -1
        li      s8, 0
        bgez    s7, 1b
        j       8f
3:      bnez    s8, 4f
        ori     s0, s0, 2
4:      # Its name ends within the block.
        bltu    a4, s5, 5f
        bgeu    a4, s6, 5f
        lbu     t0, (a4)
        addi    a4, a4, 1
        bnez    t0, 4b
        j       1b
5:      ori     s0, s0, 4
        j       1b
7:      ori     s0, s0, 1
        j       10f
8:      ori     s0, s0, 8
        j       10f
9:      bnez    s7, 8b
        addi    s11, s11, -1
        bnez    s11, 8b
10:     sub     s4, s4, s3
        sub     s6, s6, s5
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

        .data
program_end:
        .text
