#: {}
# Physical memory protection: matching, permissions, priority, locks.

# Tries an access to s0 in S-mode; a0 is the cause of the trap that it makes: 9, the ecall behind it, if none.
.macro  try_in_supervisor what:req
        la      a0, \what
        call    supervisor
.endm

# Entry 0: address and configuration; entry 15 opens all of it.
.macro  protect address:req, configuration:req
        csrw    pmpcfg0, zero
        li      t5, \address
        csrw    pmpaddr0, t5
        li      t5, \configuration
        csrw    pmpcfg0, t5
.endm

        .equ    R, 1
        .equ    W, 2
        .equ    X, 4
        .equ    TOR, 1 << 3
        .equ    NA4, 2 << 3
        .equ    NAPOT, 3 << 3
        .equ    LOCKED, 1 << 7
        .equ    ROOM, RAM + 0x100000
        .equ    LOAD_FAULT, 5
        .equ    STORE_FAULT, 7
        .equ    FETCH_FAULT, 1
        .equ    NONE, 9

program:
        # With no entry that matches, S-mode may do nothing: not even fetch.
        li      s0, ROOM
        try_in_supervisor load
        check   pmp.none.supervisor, a0, FETCH_FAULT
        # M-mode may do everything.
        expect_traps
        ld      a1, (s0)
        check_no_trap pmp.none.machine

        # The last entry opens all memory.
        li      a1, -1
        csrw    pmpaddr15, a1
        li      a1, (R | W | X | NAPOT) << 56
        csrw    pmpcfg2, a1
        try_in_supervisor load
        check   pmp.open.load, a0, NONE
        try_in_supervisor store
        check   pmp.open.store, a0, NONE

        # NAPOT, 4 KiB: each permission by itself.
        protect (ROOM | 0x7ff) >> 2, R | NAPOT
        try_in_supervisor load
        check   pmp.read.load, a0, NONE
        try_in_supervisor store
        check   pmp.read.store, a0, STORE_FAULT
        try_in_supervisor amo
        check   pmp.read.amo, a0, STORE_FAULT
        protect (ROOM | 0x7ff) >> 2, R | W | NAPOT
        try_in_supervisor store
        check   pmp.write.store, a0, NONE
        try_in_supervisor amo
        check   pmp.write.amo, a0, NONE
        try_in_supervisor fetch
        check   pmp.write.fetch, a0, FETCH_FAULT
        protect (ROOM | 0x7ff) >> 2, X | NAPOT
        try_in_supervisor load
        check   pmp.execute.load, a0, LOAD_FAULT
        li      a1, 0x73                # ecall
        sw      a1, (s0)
        fence.i
        try_in_supervisor fetch
        check   pmp.execute.fetch, a0, NONE
        protect (ROOM | 0x7ff) >> 2, NAPOT
        try_in_supervisor load
        check   pmp.nothing.load, a0, LOAD_FAULT
        check_mtval pmp.nothing.mtval, s0
        # M-mode is not bound by an entry that is not locked.
        expect_traps
        ld      a1, (s0)
        check_no_trap pmp.unlocked.machine
        # It is where MPRV has it access memory as S-mode does.
        li      a1, MSTATUS_MPP
        csrc    mstatus, a1
        li      a1, MSTATUS_MPP_S | MSTATUS_MPRV
        csrs    mstatus, a1
        expect_traps
        ld      a1, (s0)
        li      a2, MSTATUS_MPRV
        csrc    mstatus, a2
        check_trap pmp.mprv, LOAD_FAULT

        # The bounds of the region: the bytes before and behind it.
        li      s0, ROOM - 8
        try_in_supervisor load
        check   pmp.napot.before, a0, NONE
        li      s0, ROOM + 0xff8
        try_in_supervisor load
        check   pmp.napot.last, a0, LOAD_FAULT
        li      s0, ROOM + 0x1000
        try_in_supervisor load
        check   pmp.napot.behind, a0, NONE

        # NAPOT of 8 bytes, and NA4, which 4 bytes fill.
        protect ROOM >> 2, NAPOT
        li      s0, ROOM
        try_in_supervisor load
        check   pmp.napot8.inside, a0, LOAD_FAULT
        li      s0, ROOM + 8
        try_in_supervisor load
        check   pmp.napot8.behind, a0, NONE
        protect ROOM >> 2, NA4
        li      s0, ROOM
        try_in_supervisor load_word
        check   pmp.na4.inside, a0, LOAD_FAULT
        li      s0, ROOM + 4
        try_in_supervisor load_word
        check   pmp.na4.behind, a0, NONE
        # An access that an entry matches in part fails.
        li      s0, ROOM
        try_in_supervisor load
        check   pmp.partial, a0, LOAD_FAULT

        # TOR: from the entry before to its own address; entry 0 starts at zero.
        csrw    pmpcfg0, zero
        li      a1, ROOM >> 2
        csrw    pmpaddr0, a1
        li      a1, (ROOM + 0x100) >> 2
        csrw    pmpaddr1, a1
        li      a1, TOR << 8
        csrw    pmpcfg0, a1
        li      s0, ROOM - 8
        try_in_supervisor load
        check   pmp.tor.before, a0, NONE
        li      s0, ROOM
        try_in_supervisor load
        check   pmp.tor.first, a0, LOAD_FAULT
        li      s0, ROOM + 0xf8
        try_in_supervisor load
        check   pmp.tor.last, a0, LOAD_FAULT
        li      s0, ROOM + 0x100
        try_in_supervisor load
        check   pmp.tor.behind, a0, NONE
        # With its bounds the wrong way round it matches nothing.
        li      a1, (ROOM - 0x100) >> 2
        csrw    pmpaddr1, a1
        li      s0, ROOM - 0x80
        try_in_supervisor load
        check   pmp.tor.empty, a0, NONE

        # The entry of the lowest number decides.
        csrw    pmpcfg0, zero
        li      a1, ROOM >> 2 | 0xf
        csrw    pmpaddr0, a1
        li      a1, ROOM >> 2 | 0x1ff
        csrw    pmpaddr1, a1
        li      a1, (R | NAPOT) | NAPOT << 8
        csrw    pmpcfg0, a1
        li      s0, ROOM
        try_in_supervisor load
        check   pmp.priority.first, a0, NONE
        try_in_supervisor store
        check   pmp.priority.first.store, a0, STORE_FAULT
        li      s0, ROOM + 0x80
        try_in_supervisor load
        check   pmp.priority.second, a0, LOAD_FAULT

        # A locked entry binds M-mode, and keeps what it says.
        csrw    pmpcfg0, zero
        li      a1, ROOM >> 2 | 0x1ff
        csrw    pmpaddr0, a1
        li      a1, R | NAPOT | LOCKED
        csrw    pmpcfg0, a1
        li      s0, ROOM
        expect_traps
        ld      a1, (s0)
        check_no_trap pmp.locked.load
        expect_traps
        sd      a1, (s0)
        check_trap pmp.locked.store, STORE_FAULT
        csrw    pmpaddr0, zero
        csrr    a1, pmpaddr0
        li      a2, ROOM >> 2 | 0x1ff
        check_equal pmp.locked.address, a1, a2
        csrw    pmpcfg0, zero
        csrr    a1, pmpcfg0
        check_bits pmp.locked.configuration, a1, 0xff, R | NAPOT | LOCKED
        j       finish

# Runs the code at a0 in S-mode, with s0; returns in a0 the cause of the trap that ends it.
supervisor:
        addi    sp, sp, -16
        sd      ra, (sp)
        la      t5, traps
        sd      zero, (t5)
        la      t5, 1f
        la      t6, resume
        sd      t5, (t6)
        li      t5, MSTATUS_MPP
        csrc    mstatus, t5
        li      t5, MSTATUS_MPP_S
        csrs    mstatus, t5
        csrw    mepc, a0
        sfence.vma
        mret
1:      la      t5, trap_cause
        ld      a0, (t5)
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

load:   ld      a1, (s0)
        ecall
load_word:
        lw      a1, (s0)
        ecall
store:  sd      zero, (s0)
        ecall
amo:    amoadd.d a1, zero, (s0)
        ecall
fetch:  jr      s0
        ecall
