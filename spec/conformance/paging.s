#: {"uses": ["paging"], "optional": ["paging.sv48"]}
# Address translation: the modes, what each bit of a PTE allows, and what faults leave behind.

program:
        call    prepare_paging

        # M-mode is not translated.
        use     SV39, root39
        li      s0, ROOM
        ld      a0, (s0)
        li      a1, CONTENT
        check_equal paging.machine, a0, a1

        # Sv39: gigapages where the program lies, three levels to PAGE.
        li      s0, PAGE
        leaf    ALL
        tries   paging.sv39.load, SUPERVISOR, load, S_NONE
        check   paging.sv39.value, s2, CONTENT
        tries   paging.sv39.store, SUPERVISOR, store, S_NONE
        tries   paging.sv39.fetch, SUPERVISOR, fetch, S_NONE

        # Permissions.
        leaf    V | R | A | D
        tries   paging.read.load, SUPERVISOR, load, S_NONE
        tries   paging.read.store, SUPERVISOR, store, STORE_FAULT
        addi    s1, s0, 16
        check_mtval paging.read.store.mtval, s1
        tries   paging.read.amo, SUPERVISOR, amo, STORE_FAULT
        tries   paging.read.fetch, SUPERVISOR, fetch, FETCH_FAULT
        check_mtval paging.read.fetch.mtval, s0
        leaf    V | X | A | D
        tries   paging.execute.load, SUPERVISOR, load, LOAD_FAULT
        check_mtval paging.execute.load.mtval, s0
        tries   paging.execute.fetch, SUPERVISOR, fetch, S_NONE
        # MXR: what can be executed can be read.
        li      a0, MSTATUS_MXR
        csrs    mstatus, a0
        tries   paging.mxr, SUPERVISOR, load, S_NONE
        li      a0, MSTATUS_MXR
        csrc    mstatus, a0

        # W without R is reserved; a PTE that is not valid maps nothing.
        leaf    V | W | A | D
        tries   paging.reserved.write_only, SUPERVISOR, load, LOAD_FAULT
        leaf    V | W | X | A | D
        tries   paging.reserved.write_execute, SUPERVISOR, load, LOAD_FAULT
        leaf    R | W | X | A | D
        tries   paging.invalid, SUPERVISOR, load, LOAD_FAULT
        # A pointer where a leaf must be.
        leaf    V
        tries   paging.too_deep, SUPERVISOR, load, LOAD_FAULT
        # The reserved bits 54 to 60 must be zero.
        leaf    ALL | 1 << 54
        tries   paging.reserved.high, SUPERVISOR, load, LOAD_FAULT

        # U: for U-mode, and for S-mode with SUM, but never for S-mode to fetch.
        leaf    ALL
        tries   paging.supervisor.user_load, USER, load, LOAD_FAULT
        leaf    ALL | U
        tries   paging.user.load, USER, load, U_NONE
        tries   paging.user.supervisor_load, SUPERVISOR, load, LOAD_FAULT
        li      a0, MSTATUS_SUM
        csrs    mstatus, a0
        tries   paging.user.sum, SUPERVISOR, load, S_NONE
        tries   paging.user.sum_fetch, SUPERVISOR, fetch, FETCH_FAULT
        li      a0, MSTATUS_SUM
        csrc    mstatus, a0

        # A and D, without hardware updating (menvcfg.ADUE is 0): a page fault.
        leaf    V | R | W | X | D
        tries   paging.accessed.clear, SUPERVISOR, load, LOAD_FAULT
        leaf    V | R | W | X | A
        tries   paging.dirty.clear.load, SUPERVISOR, load, S_NONE
        tries   paging.dirty.clear.store, SUPERVISOR, store, STORE_FAULT

        # MPRV: M-mode loads as S-mode does, but fetches as itself.
        leaf    ALL
        li      a1, MSTATUS_MPP
        csrc    mstatus, a1
        li      a1, MSTATUS_MPP_S | MSTATUS_MPRV
        csrs    mstatus, a1
        ld      a0, (s0)
        li      a2, MSTATUS_MPRV
        csrc    mstatus, a2
        li      a1, CONTENT
        check_equal paging.mprv, a0, a1

        # Addresses that are not canonical fault.
        li      s0, 1 << 39
        tries   paging.sv39.canonical, SUPERVISOR, load, LOAD_FAULT
        check_mtval paging.sv39.canonical.mtval, s0

        # Leaves of 2 MiB and 1 GiB; a PPN that is not aligned to them faults.
        li      s0, PAGE + 0x200000
        la      t6, middle_table
        li      t5, (ROOM >> 12) << 10 | ALL
        sd      t5, 8(t6)
        sfence.vma
        tries   paging.megapage, SUPERVISOR, load, S_NONE
        check   paging.megapage.value, s2, CONTENT
        li      t5, ((ROOM + 0x1000) >> 12) << 10 | ALL
        la      t6, middle_table
        sd      t5, 8(t6)
        sfence.vma
        tries   paging.megapage.misaligned, SUPERVISOR, load, LOAD_FAULT

        # Without a fence an old translation may be used or not; behind one it is not.
        li      s0, PAGE
        leaf    ALL
        try     SUPERVISOR, load
        la      t6, leaf_table
        sd      zero, (t6)
        sfence.vma s0, zero
        tries   paging.fence.page, SUPERVISOR, load, LOAD_FAULT

        # Sv48: a level more.
        leaf    ALL
        use     SV48, root48
        csrr    a0, satp
        srli    a0, a0, 60
        addi    a0, a0, -SV48
        beqz    a0, 1f
        absent  paging.sv48
        j       2f
1:      li      s0, PAGE
        tries   paging.sv48.load, SUPERVISOR, load, S_NONE
        li      s0, 1 << 47
        tries   paging.sv48.canonical, SUPERVISOR, load, LOAD_FAULT
2:      csrw    satp, zero
        sfence.vma
        j       finish
