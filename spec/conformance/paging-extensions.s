#: {"uses": ["paging"], "optional": ["paging.sv57", "paging.napot", "paging.adue"]}
# Address translation: Svpbmt and Svinval; and Sv57, Svnapot and Svadu.

        .option arch, +svinval

        .equ    SV57, 10
        .equ    N, 1 << 63
        .equ    PBMT_NC, 1 << 61
        .equ    PBMT_IO, 2 << 61
        .equ    PBMT_RESERVED, 3 << 61
        .equ    PBMTE, 1 << 62
        .equ    ADUE, 1 << 61
        .equ    RSW, 3 << 8
        .equ    ILLEGAL, 2

# An entry of a table: the page at ROOM, with bits of its number and of the PTE.
.macro  entry   table:req, index:req, number:req, bits:req
        li      t5, (ROOM >> 12 | \number) << 10 | (\bits)
        la      t6, \table
        li      t4, \index * 8
        add     t6, t6, t4
        sd      t5, (t6)
        sfence.vma
.endm

# Tries an access, and checks A and D of the leaf and the bits for software.
.macro  marks   id:req, what:req, before:req, cause:req, after:req
        leaf    (\before) | RSW
        tries   paging.adue.\id, SUPERVISOR, \what, \cause
        la      a0, leaf_table
        ld      a0, (a0)
        check   paging.adue.\id\().pte, a0, (ROOM >> 12) << 10 | (\after) | RSW
.endm

# Checks that the pointer at s3, which is s4, must not have a bit.
.macro  pointer name:req, bit:req
        li      a0, \bit
        or      a0, a0, s4
        sd      a0, (s3)
        sfence.vma
        tries   paging.reserved.pointer.\name, SUPERVISOR, load, LOAD_FAULT
.endm

# Checks an instruction of Svinval in S-mode and U-mode, and with TVM.
.macro  invalidates name:req, tvm:req
        tries   paging.inval.\name, SUPERVISOR, do_\name, S_NONE
        tries   paging.inval.\name\().user, USER, do_\name, ILLEGAL
        li      a0, MSTATUS_TVM
        csrs    mstatus, a0
        tries   paging.inval.\name\().tvm, SUPERVISOR, do_\name, \tvm
        li      a0, MSTATUS_TVM
        csrc    mstatus, a0
.endm

program:
        call    prepare_paging
        use     SV39, root39
        li      s0, PAGE

        # Svpbmt: without PBMTE bits 61 and 62 are reserved; with it 3 is, and both in pointers.
        li      a0, PBMTE
        csrc    menvcfg, a0
        leaf    ALL | PBMT_NC
        tries   paging.pbmt.off.nc, SUPERVISOR, load, LOAD_FAULT
        leaf    ALL | PBMT_IO
        tries   paging.pbmt.off.io, SUPERVISOR, store, STORE_FAULT
        li      a0, PBMTE
        csrs    menvcfg, a0
        leaf    ALL | PBMT_NC
        tries   paging.pbmt.nc, SUPERVISOR, load, S_NONE
        check   paging.pbmt.nc.value, s2, CONTENT
        tries   paging.pbmt.nc.store, SUPERVISOR, store, S_NONE
        tries   paging.pbmt.nc.fetch, SUPERVISOR, fetch, S_NONE
        leaf    ALL | PBMT_IO
        tries   paging.pbmt.io, SUPERVISOR, load, S_NONE
        leaf    ALL | PBMT_RESERVED
        tries   paging.pbmt.reserved, SUPERVISOR, load, LOAD_FAULT
        check_mtval paging.pbmt.reserved.mtval, s0
        leaf    ALL
        la      s3, middle_table
        ld      s4, (s3)
        li      a0, PBMT_NC
        or      a0, a0, s4
        sd      a0, (s3)
        sfence.vma
        tries   paging.pbmt.pointer, SUPERVISOR, load, LOAD_FAULT
        sd      s4, (s3)
        # On a megapage, too.
        li      s0, PAGE + 0x200000
        entry   middle_table, 1, 0, ALL | PBMT_NC
        tries   paging.pbmt.megapage, SUPERVISOR, load, S_NONE
        li      a0, PBMTE
        csrc    menvcfg, a0
        sfence.vma
        tries   paging.pbmt.megapage.off, SUPERVISOR, load, LOAD_FAULT

        # Bits of a pointer that only a leaf has are reserved.
        li      s0, PAGE
        pointer user, U
        pointer accessed, A
        pointer dirty, D
        sd      s4, (s3)
        sfence.vma

        # Svinval: the three instructions are an SFENCE.VMA; U-mode has none of them, and TVM is for one.
        leaf    ALL
        try     SUPERVISOR, load
        la      a0, leaf_table
        sd      zero, (a0)
        sfence.w.inval
        sinval.vma s0, zero
        sfence.inval.ir
        tries   paging.inval.page, SUPERVISOR, load, LOAD_FAULT
        leaf    ALL
        try     SUPERVISOR, load
        la      a0, leaf_table
        sd      zero, (a0)
        sfence.w.inval
        sinval.vma zero, zero
        sfence.inval.ir
        tries   paging.inval.all, SUPERVISOR, load, LOAD_FAULT
        invalidates sinval, ILLEGAL
        invalidates w_inval, S_NONE
        invalidates inval_ir, S_NONE

        # Sv57: a level more.
        la      a0, root57
        la      a1, root48
        srli    a1, a1, 2
        ori     a1, a1, V
        sd      a1, (a0)
        leaf    ALL
        use     SV57, root57
        csrr    a0, satp
        srli    a0, a0, 60
        addi    a0, a0, -SV57
        beqz    a0, has57
        absent  paging.sv57
        j       napot
has57:  tries   paging.sv57.load, SUPERVISOR, load, S_NONE
        check   paging.sv57.value, s2, CONTENT
        tries   paging.sv57.store, SUPERVISOR, store, S_NONE
        li      s0, 1 << 56
        tries   paging.sv57.canonical, SUPERVISOR, load, LOAD_FAULT
        check_mtval paging.sv57.canonical.mtval, s0
        li      s0, 1 << 48
        tries   paging.sv57.empty, SUPERVISOR, load, LOAD_FAULT

        # Svnapot: 64 KiB by sixteen entries that are alike; other sizes are reserved.
napot:  use     SV39, root39
        li      s0, PAGE
        li      a0, N | (ROOM >> 12 | 8) << 10 | ALL
        la      a1, leaf_table
        addi    a2, a1, 16 * 8
1:      sd      a0, (a1)
        addi    a1, a1, 8
        bltu    a1, a2, 1b
        sfence.vma
        try     SUPERVISOR, load
        addi    a0, a0, -S_NONE
        beqz    a0, has_napot
        absent  paging.napot
        j       adue
has_napot:
        # Each page has its number; s2 is what was loaded last.
        li      a0, ROOM
        li      a1, 0
        li      a2, 16
        li      a3, 0x1000
1:      sd      a1, 32(a0)
        add     a0, a0, a3
        addi    a1, a1, 1
        bltu    a1, a2, 1b
        li      s3, 0
        li      s4, 16
        li      s5, 0
        addi    s0, s0, 32
1:      try     SUPERVISOR, load
        xor     s2, s2, s3
        or      s5, s5, s2
        li      a3, 0x1000
        add     s0, s0, a3
        addi    s3, s3, 1
        bltu    s3, s4, 1b
        check   paging.napot.pages, s5, 0
        li      s0, PAGE + 0x5008
        tries   paging.napot.store, SUPERVISOR, store, S_NONE
        li      a0, ROOM + 0x5018
        ld      a1, (a0)
        check   paging.napot.store.place, a1, 0
        li      s0, PAGE
        entry   leaf_table, 0, 0, ALL | N
        tries   paging.napot.reserved.0, SUPERVISOR, load, LOAD_FAULT
        entry   leaf_table, 0, 1, ALL | N
        tries   paging.napot.reserved.1, SUPERVISOR, load, LOAD_FAULT
        entry   leaf_table, 0, 2, ALL | N
        tries   paging.napot.reserved.2, SUPERVISOR, load, LOAD_FAULT
        entry   leaf_table, 0, 4, ALL | N
        tries   paging.napot.reserved.4, SUPERVISOR, load, LOAD_FAULT
        entry   leaf_table, 0, 12, ALL | N
        tries   paging.napot.reserved.12, SUPERVISOR, load, LOAD_FAULT
        # In a leaf of 2 MiB, and in a pointer.
        li      s0, PAGE + 0x200000
        entry   middle_table, 1, 8, ALL | N
        tries   paging.napot.megapage, SUPERVISOR, load, LOAD_FAULT
        li      s0, PAGE
        leaf    ALL
        la      s3, middle_table
        ld      s4, (s3)
        li      a0, N
        or      a0, a0, s4
        sd      a0, (s3)
        sfence.vma
        tries   paging.napot.pointer, SUPERVISOR, load, LOAD_FAULT
        sd      s4, (s3)

        # Svadu: with ADUE an access sets A, and a store D, too.
adue:   li      s0, PAGE
        li      a0, ADUE
        csrs    menvcfg, a0
        csrr    a1, menvcfg
        and     a1, a1, a0
        bnez    a1, has_adue
        absent  paging.adue
        j       finish
has_adue:
        marks   load, load, V | R | W | X, S_NONE, V | R | W | X | A
        marks   fetch, fetch, V | R | W | X, S_NONE, V | R | W | X | A
        marks   store, store, V | R | W | X, S_NONE, ALL
        marks   store_accessed, store, V | R | W | X | A, S_NONE, ALL
        marks   amo, amo, V | R | W | X, S_NONE, ALL
        marks   load_dirty, load, V | R | W | X | D, S_NONE, ALL
        # A store that is refused leaves D.
        marks   refused, store, V | R | A, STORE_FAULT, V | R | A
        # A load first, and the store behind it.
        leaf    V | R | W
        try     SUPERVISOR, load
        tries   paging.adue.then_store, SUPERVISOR, store, S_NONE
        la      a0, leaf_table
        ld      a0, (a0)
        check   paging.adue.then_store.pte, a0, (ROOM >> 12) << 10 | V | R | W | A | D
        # Tables between have no A.
        la      a0, middle_table
        ld      a0, (a0)
        check_bits paging.adue.pointer, a0, A | D, 0
        li      a0, ADUE
        csrc    menvcfg, a0
        sfence.vma
        leaf    V | R | W
        tries   paging.adue.off, SUPERVISOR, load, LOAD_FAULT
        csrw    satp, zero
        sfence.vma
        j       finish

do_sinval:
        sinval.vma s0, zero
        ecall
do_w_inval:
        sfence.w.inval
        ecall
do_inval_ir:
        sfence.inval.ir
        ecall

        .data
        .balign 4096
root57: .space  4096
