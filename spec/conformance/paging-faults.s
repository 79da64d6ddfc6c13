#: {"uses": ["paging"]}
# Address translation: accesses across two pages, ASIDs, what takes effect without a fence, MPRV, and PMP
# beneath.

        .equ    LOAD_ACCESS, 5
        .equ    STORE_ACCESS, 7
        .equ    FETCH_ACCESS, 1
        .equ    SECOND, PAGE + 0x1000
        .equ    ROOM2, ROOM + 0x3000

# The leaf PTE of the page behind PAGE: the page at ROOM2 with these bits.
.macro  second  bits:req
        li      t5, (ROOM2 >> 12) << 10 | (\bits)
        la      t6, leaf_table
        sd      t5, 8(t6)
        sfence.vma
.endm

# Checks the address that the last trap left.
.macro  at      id:req, address:req
        li      a0, \address
        check_mtval \id, a0
.endm

# An access of M-mode as that of the mode MPP, with other bits of mstatus.
.macro  as_below id:req, bits:req, cause:req
        la      a1, trap_cause
        sd      zero, (a1)
        li      a1, MSTATUS_MPP | MSTATUS_SUM | MSTATUS_MXR
        csrc    mstatus, a1
        li      a1, MSTATUS_MPRV | (\bits)
        csrs    mstatus, a1
        ld      a0, (s0)
        li      a1, MSTATUS_MPRV | MSTATUS_SUM | MSTATUS_MXR
        csrc    mstatus, a1
        la      a1, trap_cause
        ld      a1, (a1)
        check   paging.mprv.\id, a1, \cause
.endm

# satp with Sv39, an ASID and the root; no fence.
.macro  switch_to asid:req, table:req
        la      t5, \table
        srli    t5, t5, 12
        li      t6, SV39 << 60 | \asid << 44
        or      t5, t5, t6
        csrw    satp, t5
.endm

program:
        call    prepare_paging
        use     SV39, root39

        # Loads and stores across two pages that are far from each other in memory.
        leaf    ALL
        second  ALL
        li      a0, ROOM + 0xff8
        li      a1, 0x1122334455667788
        sd      a1, (a0)
        li      a0, ROOM2
        li      a1, 0x99aabbccddeeff00
        sd      a1, (a0)
        li      s0, SECOND - 3
        tries   paging.crossing.load, SUPERVISOR, load, S_NONE
        check   paging.crossing.load.value, s2, 0xccddeeff00112233
        li      s0, SECOND - 1
        li      s2, -0x1235
        tries   paging.crossing.store, SUPERVISOR, store_half, S_NONE
        li      a0, ROOM + 0xfff
        lbu     a1, (a0)
        li      a0, ROOM2
        lbu     a2, (a0)
        slli    a2, a2, 8
        or      a1, a1, a2
        check   paging.crossing.store.value, a1, 0xedcb

        # A fault is reported at the part that it is about.
        second  0
        li      s0, SECOND - 4
        tries   paging.crossing.load.second, SUPERVISOR, load, LOAD_FAULT
        at      paging.crossing.load.second.mtval, SECOND
        tries   paging.crossing.store.second, SUPERVISOR, store_double, STORE_FAULT
        at      paging.crossing.store.second.mtval, SECOND
        second  V | R | A | D
        tries   paging.crossing.store.read_only, SUPERVISOR, store_double, STORE_FAULT
        at      paging.crossing.store.read_only.mtval, SECOND
        li      a0, ROOM2
        ld      a1, (a0)
        check   paging.crossing.store.kept, a1, 0x99aabbccddeeffed
        second  ALL
        leaf    0
        tries   paging.crossing.load.first, SUPERVISOR, load, LOAD_FAULT
        at      paging.crossing.load.first.mtval, SECOND - 4
        leaf    ALL | U
        tries   paging.crossing.load.user, USER, load, LOAD_FAULT
        at      paging.crossing.load.user.mtval, SECOND

        # An instruction across two pages: `li s2, 0x123`, and an ecall behind it.
        leaf    ALL
        second  ALL
        li      a0, ROOM + 0xffe
        li      a1, 0x12300913
        sh      a1, (a0)
        srli    a1, a1, 16
        li      a0, ROOM2
        sh      a1, (a0)
        li      a1, 0x73
        sw      a1, 2(a0)
        fence.i
        li      s0, SECOND - 2
        li      s2, 0
        tries   paging.crossing.fetch, SUPERVISOR, fetch, S_NONE
        check   paging.crossing.fetch.value, s2, 0x123
        second  0
        tries   paging.crossing.fetch.second, SUPERVISOR, fetch, FETCH_FAULT
        at      paging.crossing.fetch.second.mtval, SECOND
        la      a0, trap_pc
        ld      a0, (a0)
        check   paging.crossing.fetch.second.mepc, a0, SECOND - 2
        second  V | R | W | A | D
        tries   paging.crossing.fetch.not_executable, SUPERVISOR, fetch, FETCH_FAULT
        at      paging.crossing.fetch.not_executable.mtval, SECOND
        # One of two bytes does not reach it.
        li      a0, ROOM + 0xffe
        li      a1, 1
        sh      a1, (a0)
        fence.i
        tries   paging.crossing.fetch.short, SUPERVISOR, fetch, FETCH_FAULT
        la      a0, trap_pc
        ld      a0, (a0)
        check   paging.crossing.fetch.short.mepc, a0, SECOND

        # A fetch of U-mode from a page without U; LR is a load.
        li      s0, PAGE
        leaf    ALL
        tries   paging.supervisor.user_fetch, USER, fetch, FETCH_FAULT
        leaf    V | X | A | D
        tries   paging.execute.lr, SUPERVISOR, reserve, LOAD_FAULT
        # Stores need W, whatever MXR says.
        li      a0, MSTATUS_MXR
        csrs    mstatus, a0
        tries   paging.mxr.store, SUPERVISOR, store, STORE_FAULT
        li      a0, MSTATUS_MXR
        csrc    mstatus, a0

        # M-mode with MPRV: the mode in MPP, SUM and MXR decide.
        as_below supervisor.execute, MSTATUS_MPP_S, LOAD_FAULT
        as_below supervisor.mxr, MSTATUS_MPP_S | MSTATUS_MXR, 0
        leaf    ALL | U
        as_below supervisor.user_page, MSTATUS_MPP_S, LOAD_FAULT
        check_mtval paging.mprv.mtval, s0
        as_below supervisor.sum, MSTATUS_MPP_S | MSTATUS_SUM, 0
        as_below user, 0, 0
        leaf    ALL
        as_below user.supervisor_page, MSTATUS_SUM, LOAD_FAULT
        as_below machine, MSTATUS_MPP, LOAD_ACCESS

        # SUM and MXR, and Bare mode, take effect without a fence.
        leaf    ALL | U
        li      a0, MSTATUS_SUM
        csrs    mstatus, a0
        tries   paging.at_once.sum, SUPERVISOR, load, S_NONE
        li      a0, MSTATUS_SUM
        csrc    mstatus, a0
        tries   paging.at_once.no_sum, SUPERVISOR, load, LOAD_FAULT
        leaf    V | X | A | D
        li      a0, MSTATUS_MXR
        csrs    mstatus, a0
        tries   paging.at_once.mxr, SUPERVISOR, load, S_NONE
        li      a0, MSTATUS_MXR
        csrc    mstatus, a0
        tries   paging.at_once.no_mxr, SUPERVISOR, load, LOAD_FAULT
        leaf    ALL
        try     SUPERVISOR, load
        csrr    s3, satp
        csrw    satp, zero
        tries   paging.at_once.bare, SUPERVISOR, load, LOAD_ACCESS
        csrw    satp, s3
        tries   paging.at_once.translated, SUPERVISOR, load, S_NONE

        # ASIDs: two address spaces, between which no fence is needed; the second has ROOM2 at PAGE.
        la      a0, root39
        la      a1, other_root
        li      a2, 512
1:      ld      a3, (a0)
        sd      a3, (a1)
        addi    a0, a0, 8
        addi    a1, a1, 8
        addi    a2, a2, -1
        bnez    a2, 1b
        la      a0, other_root
        la      a1, other_middle
        srli    a2, a1, 2
        ori     a2, a2, V
        sd      a2, 32(a0)
        la      a0, other_leaf
        srli    a2, a0, 2
        ori     a2, a2, V
        sd      a2, (a1)
        li      s4, (ROOM2 >> 12) << 10 | ALL
        sd      s4, (a0)
        li      a1, ROOM2
        li      a2, 2
        sd      a2, (a1)
        li      a1, ROOM
        li      a2, 1
        sd      a2, (a1)
        sfence.vma
        switch_to 1, root39
        tries   paging.asid.first, SUPERVISOR, load, S_NONE
        check   paging.asid.first.value, s2, 1
        switch_to 2, other_root
        try     SUPERVISOR, load
        check   paging.asid.second.value, s2, 2
        switch_to 1, root39
        try     SUPERVISOR, load
        check   paging.asid.again.value, s2, 1
        # A fence for one ASID, and for one page of it.
        la      a0, other_leaf
        sd      zero, (a0)
        li      a1, 2
        sfence.vma zero, a1
        switch_to 2, other_root
        tries   paging.asid.fence, SUPERVISOR, load, LOAD_FAULT
        la      a0, other_leaf
        sd      s4, (a0)
        sfence.vma
        try     SUPERVISOR, load
        la      a0, other_leaf
        li      a1, (ROOM >> 12) << 10 | ALL
        sd      a1, (a0)
        li      a1, 2
        sfence.vma s0, a1
        try     SUPERVISOR, load
        check   paging.asid.fence.page, s2, 1
        # A global page is one of all address spaces; a fence for all ASIDs is for it, too.
        la      a0, other_leaf
        li      a1, (ROOM >> 12) << 10 | ALL | G
        sd      a1, (a0)
        leaf    ALL | G
        switch_to 1, root39
        tries   paging.global, SUPERVISOR, load, S_NONE
        switch_to 2, other_root
        tries   paging.global.other, SUPERVISOR, load, S_NONE
        la      a0, other_leaf
        sd      zero, (a0)
        la      a0, leaf_table
        sd      zero, (a0)
        sfence.vma s0, zero
        tries   paging.global.fence, SUPERVISOR, load, LOAD_FAULT

        # A fence is for fetches and stores, too, and for all of a megapage.
        use     SV39, root39
        leaf    ALL
        li      a0, ROOM
        li      a1, CONTENT
        sd      a1, (a0)
        fence.i
        tries   paging.fence.fetch.before, SUPERVISOR, fetch, S_NONE
        la      a0, leaf_table
        li      a1, (ROOM >> 12) << 10 | V | R | A | D
        sd      a1, (a0)
        sfence.vma s0, zero
        tries   paging.fence.fetch, SUPERVISOR, fetch, FETCH_FAULT
        tries   paging.fence.store, SUPERVISOR, store, STORE_FAULT
        la      s3, middle_table
        li      a1, (ROOM >> 12) << 10 | ALL
        sd      a1, 8(s3)
        sfence.vma
        li      s0, PAGE + 0x210000
        tries   paging.fence.megapage.before, SUPERVISOR, store, S_NONE
        sd      zero, 8(s3)
        li      a0, PAGE + 0x200000
        sfence.vma a0, zero
        tries   paging.fence.megapage, SUPERVISOR, store, STORE_FAULT
        # A table's pointer that is changed.
        li      s0, PAGE
        leaf    ALL
        try     SUPERVISOR, load
        ld      s4, (s3)
        sd      zero, (s3)
        sfence.vma
        tries   paging.fence.pointer, SUPERVISOR, load, LOAD_FAULT
        sd      s4, (s3)
        # Two addresses of one page.
        la      a0, leaf_table
        li      a1, (ROOM >> 12) << 10 | ALL
        sd      a1, 8(a0)
        sfence.vma
        li      a0, ROOM
        sd      s4, 16(a0)
        li      s0, SECOND
        tries   paging.alias, SUPERVISOR, store, S_NONE
        li      s0, PAGE + 16
        try     SUPERVISOR, load
        check   paging.alias.value, s2, 0

        # PMP: what a translated access comes to, and the tables themselves, where the fault is that of the
        # access. So is that of a table where nothing answers.
        li      s0, PAGE
        li      a0, (ROOM | 0x7ff) >> 2
        csrw    pmpaddr0, a0
        li      a0, -1
        csrw    pmpaddr1, a0
        li      a0, 0x1f18
        csrw    pmpcfg0, a0
        sfence.vma
        tries   paging.pmp.page, SUPERVISOR, load, LOAD_ACCESS
        check_mtval paging.pmp.page.mtval, s0
        la      a0, leaf_table
        srli    a0, a0, 2
        ori     a0, a0, 0x1ff
        csrw    pmpaddr0, a0
        sfence.vma
        tries   paging.pmp.table.load, SUPERVISOR, load, LOAD_ACCESS
        check_mtval paging.pmp.table.load.mtval, s0
        tries   paging.pmp.table.store, SUPERVISOR, store, STORE_ACCESS
        tries   paging.pmp.table.fetch, SUPERVISOR, fetch, FETCH_ACCESS
        li      a0, 0x1f1c              # X alone does not do
        csrw    pmpcfg0, a0
        sfence.vma
        tries   paging.pmp.table.execute, SUPERVISOR, load, LOAD_ACCESS
        li      a0, 0x1f19              # and R does
        csrw    pmpcfg0, a0
        sfence.vma
        tries   paging.pmp.table.read, SUPERVISOR, load, S_NONE
        li      a0, (0x18000000 >> 12) << 10 | V
        sd      a0, (s3)
        sfence.vma
        tries   paging.hole.load, SUPERVISOR, load, LOAD_ACCESS
        check_mtval paging.hole.mtval, s0
        tries   paging.hole.store, SUPERVISOR, store, STORE_ACCESS
        tries   paging.hole.fetch, SUPERVISOR, fetch, FETCH_ACCESS
        csrw    satp, zero
        sfence.vma
        j       finish

store_half:
        sh      s2, (s0)
        ecall
store_double:
        sd      zero, (s0)
        ecall
reserve:
        lr.d    s2, (s0)
        ecall

        .data
        .balign 4096
other_root:
        .space  4096
other_middle:
        .space  4096
other_leaf:
        .space  4096
