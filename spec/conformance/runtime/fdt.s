# For programs with "uses": ["fdt"]: a reader of flattened device trees (Devicetree specification
# 0.4, 5). A node is the address of the first token behind its name, or 0 for one that is not there.
# Functions change a0 to a5, t0 to t3 and the registers of the macros.

        .equ    FDT_BEGIN_NODE, 1
        .equ    FDT_END_NODE, 2
        .equ    FDT_PROP, 3
        .equ    FDT_NOP, 4
        .equ    FDT_END, 9
        .equ    SLASH, 0x2f
        .equ    AT, 0x40

# Puts the address of a text into a register.
.macro  text register:req, string:req
        jal     \register, 7791f
        .asciz  "\string"
        .balign 8
7791:
.endm

# The node of a path, in s0.
.macro  node path:req
        text    a0, "\path"
        call    find_node
        mv      s0, a0
.endm

# Checks that the node at s0 has a property of that length.
.macro  check_length id:req, name:req, length:req
        mv      a0, s0
        text    a1, "\name"
        call    find_property
        check   \id, a1, \length
.endm

# Checks a cell of a property of the node at s0.
.macro  check_cell id:req, name:req, index:req, expected:req
        mv      a0, s0
        text    a1, "\name"
        li      a2, \index
        call    get_cell
        check   \id, a0, \expected
.endm

# Checks that a string is among those of a property of the node at s0.
.macro  check_string id:req, name:req, string:req
        mv      a0, s0
        text    a1, "\name"
        text    a2, "\string"
        call    has_string
        check   \id, a0, 1
.endm

# Checks that `reg` of the node at s0 is one address and size, of two cells each.
.macro  check_reg id:req, address:req, size:req
        mv      a0, s0
        li      a1, \address
        li      a2, \size
        call    is_reg
        check   \id, a0, 1
.endm

# Reads the header of the tree at a0.
open_tree:
        mv      t3, ra
        mv      a5, a0
        addi    a0, a5, 8
        call    cell
        add     a0, a0, a5
        la      t5, tree_structure
        sd      a0, (t5)
        addi    a0, a5, 12
        call    cell
        add     a0, a0, a5
        la      t5, tree_strings
        sd      a0, (t5)
        jr      t3

# The cell at a0, which is big-endian, without a sign.
cell:
        lbu     t5, 0(a0)
        lbu     t6, 1(a0)
        slli    t5, t5, 8
        or      t5, t5, t6
        lbu     t6, 2(a0)
        slli    t5, t5, 8
        or      t5, t5, t6
        lbu     t6, 3(a0)
        slli    t5, t5, 8
        or      a0, t5, t6
        ret

# The two cells at a0 as one number.
two_cells:
        mv      t1, ra
        mv      t0, a0
        call    cell
        slli    t2, a0, 32
        addi    a0, t0, 4
        call    cell
        or      a0, a0, t2
        jr      t1

# The token at a0 is returned in a1, the address of the next one in a0; of a node its name in a2, of
# a property its value in a2, the value's length in a3, and its name in a4.
next_token:
        mv      t1, ra
        mv      t0, a0
        call    cell
        mv      a1, a0
        addi    t0, t0, 4
        mv      a2, t0
        li      t6, FDT_BEGIN_NODE
        beq     a1, t6, 1f
        li      t6, FDT_PROP
        bne     a1, t6, 2f
        mv      a0, t0
        call    cell
        mv      a3, a0
        addi    a0, t0, 4
        call    cell
        la      t5, tree_strings
        ld      a4, (t5)
        add     a4, a4, a0
        addi    a2, t0, 8
        add     t0, a2, a3
        j       2f
1:      lbu     t6, (t0)
        addi    t0, t0, 1
        bnez    t6, 1b
2:      addi    a0, t0, 3
        andi    a0, a0, -4
        jr      t1

# The node with the path at a0. A part of it without "@" means the node of that name at any address.
find_node:
        addi    sp, sp, -32
        sd      ra, 0(sp)
        sd      s0, 8(sp)
        sd      s1, 16(sp)
        mv      s0, a0
        la      a0, tree_structure
        ld      a0, (a0)
1:      call    next_token
        li      t6, FDT_NOP
        beq     a1, t6, 1b
        # Behind the root's name. Each part of the path is looked for among the children.
2:      lbu     t6, (s0)
        beqz    t6, 7f
        addi    s0, s0, 1
        lbu     t6, (s0)
        beqz    t6, 7f
        li      s1, 0
3:      call    next_token
        li      t6, FDT_BEGIN_NODE
        beq     a1, t6, 4f
        li      t6, FDT_END
        beq     a1, t6, 6f
        li      t6, FDT_END_NODE
        bne     a1, t6, 3b
        beqz    s1, 6f
        addi    s1, s1, -1
        j       3b
4:      addi    s1, s1, 1
        li      t6, 1
        bne     s1, t6, 3b
        # A child: its name at a2 against the part at s0.
        mv      t0, s0
5:      lbu     t5, (t0)
        lbu     t6, (a2)
        addi    t0, t0, 1
        addi    a2, a2, 1
        beqz    t5, 8f
        addi    t4, t5, -SLASH
        beqz    t4, 8f
        beq     t5, t6, 5b
        j       3b
8:      addi    t4, t6, -AT
        beqz    t4, 9f
        bnez    t6, 3b
9:      addi    s0, t0, -1
        j       2b
6:      li      a0, 0
7:      ld      ra, 0(sp)
        ld      s0, 8(sp)
        ld      s1, 16(sp)
        addi    sp, sp, 32
        ret

# The property with the name at a1 of the node a0: the address of its value in a0, and its length in
# a1; 0 and -1 if it is not there.
find_property:
        beqz    a0, 3f
        addi    sp, sp, -16
        sd      ra, 0(sp)
        mv      t2, a1
1:      call    next_token
        li      t6, FDT_NOP
        beq     a1, t6, 1b
        li      t6, FDT_PROP
        bne     a1, t6, 4f
        mv      t0, t2
2:      lbu     t5, (t0)
        lbu     t6, (a4)
        addi    t0, t0, 1
        addi    a4, a4, 1
        bne     t5, t6, 1b
        bnez    t5, 2b
        mv      a0, a2
        mv      a1, a3
        j       5f
4:      li      a0, 0
        li      a1, -1
5:      ld      ra, 0(sp)
        addi    sp, sp, 16
        ret
3:      li      a1, -1
        ret

# Cell a2 of the property with the name at a1 of the node a0; -1 if there is none.
get_cell:
        addi    sp, sp, -16
        sd      ra, 0(sp)
        sd      a2, 8(sp)
        call    find_property
        ld      a2, 8(sp)
        slli    a2, a2, 2
        addi    t5, a2, 4
        blt     a1, t5, 1f
        add     a0, a0, a2
        call    cell
        j       2f
1:      li      a0, -1
2:      ld      ra, 0(sp)
        addi    sp, sp, 16
        ret

# Whether the string at a2 is among those of the property with the name at a1 of the node a0.
has_string:
        addi    sp, sp, -16
        sd      ra, 0(sp)
        sd      a2, 8(sp)
        call    find_property
        ld      a2, 8(sp)
        li      t1, 0
        blez    a1, 4f
        add     a1, a1, a0
1:      # The string at a0 against that at a2.
        mv      t0, a2
        li      t1, 1
2:      lbu     t5, (a0)
        lbu     t6, (t0)
        addi    a0, a0, 1
        addi    t0, t0, 1
        beq     t5, t6, 3f
        li      t1, 0
        addi    t0, t0, -1
3:      beqz    t5, 5f
        bltu    a0, a1, 2b
        # Not ended by a zero.
        li      t1, 0
5:      bnez    t1, 4f
        bltu    a0, a1, 1b
4:      mv      a0, t1
        ld      ra, 0(sp)
        addi    sp, sp, 16
        ret

# Whether `reg` of the node a0 is the address a1 and the size a2, of two cells each.
is_reg:
        addi    sp, sp, -32
        sd      ra, 0(sp)
        sd      a1, 8(sp)
        sd      a2, 16(sp)
        text    a1, "reg"
        call    find_property
        addi    a1, a1, -16
        bnez    a1, 1f
        mv      a3, a0
        call    two_cells
        ld      a1, 8(sp)
        bne     a0, a1, 1f
        addi    a0, a3, 8
        call    two_cells
        ld      a1, 16(sp)
        bne     a0, a1, 1f
        li      a0, 1
        j       2f
1:      li      a0, 0
2:      ld      ra, 0(sp)
        addi    sp, sp, 32
        ret

# The node whose phandle is a0.
find_phandle:
        addi    sp, sp, -32
        sd      ra, 0(sp)
        sd      s0, 8(sp)
        sd      s1, 16(sp)
        mv      s0, a0
        li      a0, 0
        bltz    s0, 2f
        la      a0, tree_structure
        ld      s1, (a0)
1:      mv      a0, s1
        call    next_token
        mv      s1, a0
        li      a0, 0
        li      t6, FDT_END
        beq     a1, t6, 2f
        addi    a1, a1, -FDT_BEGIN_NODE
        bnez    a1, 1b
        mv      a0, s1
        text    a1, "phandle"
        li      a2, 0
        call    get_cell
        bne     a0, s0, 1b
        mv      a0, s1
2:      ld      ra, 0(sp)
        ld      s0, 8(sp)
        ld      s1, 16(sp)
        addi    sp, sp, 32
        ret

# How many children of the node a0 have names that begin with "cpu@".
count_harts:
        addi    sp, sp, -32
        sd      ra, 0(sp)
        sd      s0, 8(sp)
        sd      s1, 16(sp)
        li      s0, 0
        li      s1, 0
1:      beqz    a0, 2f
        call    next_token
        li      t6, FDT_END_NODE
        beq     a1, t6, 3f
        li      t6, FDT_BEGIN_NODE
        bne     a1, t6, 1b
        addi    s1, s1, 1
        addi    t6, s1, -1
        bnez    t6, 1b
        lwu     t5, (a2)
        li      t6, 0x40757063
        bne     t5, t6, 1b
        addi    s0, s0, 1
        j       1b
3:      addi    s1, s1, -1
        bgez    s1, 1b
2:      mv      a0, s0
        ld      ra, 0(sp)
        ld      s0, 8(sp)
        ld      s1, 16(sp)
        addi    sp, sp, 32
        ret

# The node of a hart's interrupt controller; a0 is the hart, below 10.
find_controller:
        la      t5, controller_path + 10
        addi    a0, a0, '0'
        sb      a0, (t5)
        la      a0, controller_path
        j       find_node

# How many of the first a2 pairs of the node a0's interrupts-extended are as they have to be: those
# of hart 0 first, a3 for each, whose interrupts are the bytes of a1, the lowest first. An interrupt
# of 0xff may be anything. -1 if the property has another length.
count_wires:
        addi    sp, sp, -64
        sd      ra, 0(sp)
        sd      s0, 8(sp)
        sd      s1, 16(sp)
        sd      s2, 24(sp)
        sd      s3, 32(sp)
        sd      s4, 40(sp)
        sd      s5, 48(sp)
        mv      s1, a1
        mv      s2, a2
        mv      s3, a3
        text    a1, "interrupts-extended"
        call    find_property
        mv      s0, a0
        li      s4, -1
        slli    t5, s2, 3
        bne     a1, t5, 3f
        li      s4, 0
1:      # Pair s4: the hart's controller ...
        bgeu    s4, s2, 3f
        divu    a0, s4, s3
        call    find_controller
        text    a1, "phandle"
        li      a2, 0
        call    get_cell
        mv      s5, a0
        slli    a0, s4, 3
        add     a0, a0, s0
        call    cell
        bne     a0, s5, 3f
        # ... and the interrupt.
        slli    a0, s4, 3
        add     a0, a0, s0
        addi    a0, a0, 4
        call    cell
        remu    t5, s4, s3
        slli    t5, t5, 3
        srl     t5, s1, t5
        andi    t5, t5, 0xff
        addi    t6, t5, -0xff
        beqz    t6, 2f
        bne     a0, t5, 3f
2:      addi    s4, s4, 1
        j       1b
3:      mv      a0, s4
        ld      ra, 0(sp)
        ld      s0, 8(sp)
        ld      s1, 16(sp)
        ld      s2, 24(sp)
        ld      s3, 32(sp)
        ld      s4, 40(sp)
        ld      s5, 48(sp)
        addi    sp, sp, 64
        ret

        .data
        .balign 8
tree_structure: .dword  0
tree_strings:   .dword  0
controller_path:
        .asciz  "/cpus/cpu@0/interrupt-controller"
        .balign 8
        .text
