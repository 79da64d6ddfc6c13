#: {"harts": 3, "uses": ["fdt"], "optional": ["dt.cpu.extensions"]}
# What the device tree says of harts.

        .equ    HARTS, 3
        .equ    TIMEBASE, 10000000

program:
        la      a0, entry_a1
        ld      a0, (a0)
        call    open_tree

        node    /cpus
        mv      s1, s0
        check_cell dt.cpus.address_cells, "#address-cells", 0, 1
        check_cell dt.cpus.size_cells, "#size-cells", 0, 0
        check_cell dt.cpus.timebase, timebase-frequency, 0, TIMEBASE
        mv      a0, s1
        call    count_harts
        check   dt.cpus.count, a0, HARTS

        # The harts that there are.
        la      t0, here
        la      t1, release
        fence
        sd      t0, (t1)
        csrr    a1, time
        li      a2, 50000000
        add     a1, a1, a2
3:      li      a0, 1
        la      t0, present
        .irp    other, 1, 2
        lbu     t1, \other(t0)
        add     a0, a0, t1
        .endr
        addi    a2, a0, -HARTS
        beqz    a2, 4f
        csrr    a2, time
        bltu    a2, a1, 3b
4:      check   dt.cpu.present, a0, HARTS
        .irp    hart, 0, 1, 2
        node    "/cpus/cpu@\hart"
        check_cell dt.cpu.hart\hart\().reg, reg, 0, \hart
        check_string dt.cpu.hart\hart\().type, device_type, cpu
        check_string dt.cpu.hart\hart\().status, status, okay
        check_string dt.cpu.hart\hart\().compatible, compatible, riscv
        node    "/cpus/cpu@\hart\()/interrupt-controller"
        check_cell dt.cpu.controller.hart\hart\().cells, "#interrupt-cells", 0, 1
        check_length dt.cpu.controller.hart\hart\().marked, interrupt-controller, 0
        check_string dt.cpu.controller.hart\hart\().compatible, compatible, "riscv,cpu-intc"
        mv      a0, s0
        text    a1, "phandle"
        li      a2, 0
        call    get_cell
        call    find_phandle
        check_equal dt.cpu.controller.hart\hart\().phandle, a0, s0
        .endr

        # riscv,isa: rv64, letters that misa has as well, and names behind "_". In s2.
        node    /cpus/cpu@0
        text    a1, "riscv,isa"
        mv      a0, s0
        call    find_property
        mv      s2, a0
        mv      s3, a1
        beqz    a0, 7f
        lwu     a0, (s2)
7:      check   dt.cpu.isa.base, a0, 0x34367672
        mv      a0, s2
        call    letters
        li      a1, 0x112d
        and     a2, a0, a1
        check_equal dt.cpu.isa.letters, a2, a1
        csrr    a1, misa
        not     a1, a1
        and     a0, a0, a1
        check   dt.cpu.isa.misa, a0, 0
        # Of all harts the same.
        .irp    hart, 1, 2
        text    a0, "/cpus/cpu@\hart"
        call    find_node
        text    a1, "riscv,isa"
        mv      a2, s2
        call    has_string
        check   dt.cpu.isa.hart\hart, a0, 1
        .endr

        # The translation that mmu-type names can be set: Sv39 to Sv57 are modes 8 to 10.
        node    /cpus/cpu@0
        li      s4, 0
        li      s5, 7
        .irp    mode, sv39, sv48, sv57
        addi    s5, s5, 1
        mv      a0, s0
        text    a1, "mmu-type"
        text    a2, "riscv,\mode"
        call    has_string
        neg     a0, a0
        and     a0, a0, s5
        or      s4, s4, a0
        .endr
        addi    a0, s4, -8
        sltiu   a0, a0, 3
        check   dt.cpu.mmu.type, a0, 1
        slli    a0, s4, 60
        csrw    satp, a0
        csrr    a1, satp
        csrw    satp, zero
        check_equal dt.cpu.mmu.mode, a1, a0

        # Sizes of cache blocks: powers of two, each exactly where its extension is.
        .irp    block, cbom, cboz
        text    a0, "zi\block"
        call    has_extension
        mv      s4, a0
        mv      a0, s0
        text    a1, "riscv,\block\()-block-size"
        li      a2, 0
        call    get_cell
        sltz    a1, a0
        xori    a1, a1, 1
        check_equal dt.cpu.blocks.\block, a1, s4
        addi    a1, a0, -1
        and     a0, a0, a1
        neg     s4, s4
        and     a0, a0, s4
        check   dt.cpu.blocks.\block\().power, a0, 0
        .endr

        # The list of extensions, which has what riscv,isa has.
        mv      a0, s0
        text    a1, "riscv,isa-extensions"
        call    find_property
        mv      s5, a0
        mv      a0, s0
        text    a1, "riscv,isa-base"
        call    find_property
        or      a0, a0, s5
        bnez    a0, 5f
        absent  dt.cpu.extensions
        j       finish
5:      check_string dt.cpu.extensions.base, "riscv,isa-base", rv64i
        .irp    letter, i, m, a, f, d, c
        check_string dt.cpu.extensions.\letter, "riscv,isa-extensions", \letter
        .endr
        # How many of the names in riscv,isa are missing.
        li      s6, 0
6:      mv      a0, s2
        call    next_name
        beqz    a0, 7f
        mv      s2, a0
        la      a2, name
        mv      a0, s0
        text    a1, "riscv,isa-extensions"
        call    has_string
        xori    a0, a0, 1
        add     s6, s6, a0
        j       6b
7:      check   dt.cpu.extensions.isa, s6, 0
        j       finish

# Where the harts but the first say that they are there.
here:
        csrr    t0, mhartid
        la      t1, present
        add     t1, t1, t0
        li      t2, 1
        sb      t2, (t1)
        fence
1:      wfi
        j       1b

# The letters behind "rv64" of the text at a0, as misa has them.
letters:
        mv      t0, a0
        li      a0, 0
        beqz    t0, 2f
        addi    t0, t0, 4
1:      lbu     t1, (t0)
        addi    t0, t0, 1
        addi    t1, t1, -'a'
        sltiu   t2, t1, 26
        beqz    t2, 2f
        li      t2, 1
        sll     t2, t2, t1
        or      a0, a0, t2
        j       1b
2:      ret

# Copies the name behind the next "_" of the text at a0 to `name`. a0 is where it stands, 0 if there
# is none.
next_name:
        beqz    a0, 4f
1:      lbu     t0, (a0)
        beqz    t0, 3f
        addi    a0, a0, 1
        addi    t0, t0, -'_'
        bnez    t0, 1b
        mv      t1, a0
        la      t2, name
2:      lbu     t0, (t1)
        addi    t1, t1, 1
        addi    t3, t0, -'_'
        seqz    t3, t3
        neg     t3, t3
        not     t3, t3
        and     t0, t0, t3
        sb      t0, (t2)
        addi    t2, t2, 1
        bnez    t0, 2b
        ret
3:      li      a0, 0
4:      ret

# Whether the name at a0 is in riscv,isa, which is at s2.
has_extension:
        addi    sp, sp, -16
        sd      ra, (sp)
        mv      a3, a0
        mv      a0, s2
1:      call    next_name
        beqz    a0, 3f
        mv      t0, a3
        la      t1, name
2:      lbu     t2, (t0)
        lbu     t3, (t1)
        addi    t0, t0, 1
        addi    t1, t1, 1
        bne     t2, t3, 1b
        bnez    t2, 2b
        li      a0, 1
3:      ld      ra, (sp)
        addi    sp, sp, 16
        ret

        .data
present:
        .space  HARTS
name:   .space  256
        .text
