#: {}
# Physical memory protection: matching, permissions, priority, locks.

# Checks what an access to s0 comes to in S-mode: the cause of the trap that it makes, or of the ecall
# behind it.
.macro  tries id:req, what:req, expected:req
        sfence.vma
        la      a0, \what
        li      a1, 1
        call    run_below
        check   \id, a0, \expected
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
        tries   pmp.none.supervisor, load, FETCH_FAULT
        # M-mode may do everything.
        expect_traps
        ld      a1, (s0)
        check_no_trap pmp.none.machine

        # The last entry opens all memory.
        li      a1, -1
        csrw    pmpaddr15, a1
        li      a1, (R | W | X | NAPOT) << 56
        csrw    pmpcfg2, a1
        tries   pmp.open.load, load, NONE
        tries   pmp.open.store, store, NONE

        # NAPOT, 4 KiB: each permission by itself.
        protect (ROOM | 0x7ff) >> 2, R | NAPOT
        tries   pmp.read.load, load, NONE
        tries   pmp.read.store, store, STORE_FAULT
        tries   pmp.read.amo, amo, STORE_FAULT
        protect (ROOM | 0x7ff) >> 2, R | W | NAPOT
        tries   pmp.write.store, store, NONE
        tries   pmp.write.amo, amo, NONE
        tries   pmp.write.fetch, fetch, FETCH_FAULT
        protect (ROOM | 0x7ff) >> 2, X | NAPOT
        tries   pmp.execute.load, load, LOAD_FAULT
        li      a1, 0x73                # ecall
        sw      a1, (s0)
        fence.i
        tries   pmp.execute.fetch, fetch, NONE
        protect (ROOM | 0x7ff) >> 2, NAPOT
        tries   pmp.nothing.load, load, LOAD_FAULT
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
        tries   pmp.napot.before, load, NONE
        li      s0, ROOM + 0xff8
        tries   pmp.napot.last, load, LOAD_FAULT
        li      s0, ROOM + 0x1000
        tries   pmp.napot.behind, load, NONE

        # NAPOT of 8 bytes, and NA4, which 4 bytes fill.
        protect ROOM >> 2, NAPOT
        li      s0, ROOM
        tries   pmp.napot8.inside, load, LOAD_FAULT
        li      s0, ROOM + 8
        tries   pmp.napot8.behind, load, NONE
        protect ROOM >> 2, NA4
        li      s0, ROOM
        tries   pmp.na4.inside, load_word, LOAD_FAULT
        li      s0, ROOM + 4
        tries   pmp.na4.behind, load_word, NONE
        # An access that an entry matches in part fails.
        li      s0, ROOM
        tries   pmp.partial, load, LOAD_FAULT

        # TOR: from the entry before to its own address; entry 0 starts at zero.
        csrw    pmpcfg0, zero
        li      a1, ROOM >> 2
        csrw    pmpaddr0, a1
        li      a1, (ROOM + 0x100) >> 2
        csrw    pmpaddr1, a1
        li      a1, TOR << 8
        csrw    pmpcfg0, a1
        li      s0, ROOM - 8
        tries   pmp.tor.before, load, NONE
        li      s0, ROOM
        tries   pmp.tor.first, load, LOAD_FAULT
        li      s0, ROOM + 0xf8
        tries   pmp.tor.last, load, LOAD_FAULT
        li      s0, ROOM + 0x100
        tries   pmp.tor.behind, load, NONE
        # With its bounds the wrong way round it matches nothing.
        li      a1, (ROOM - 0x100) >> 2
        csrw    pmpaddr1, a1
        li      s0, ROOM - 0x80
        tries   pmp.tor.empty, load, NONE

        # The entry of the lowest number decides.
        csrw    pmpcfg0, zero
        li      a1, ROOM >> 2 | 0xf
        csrw    pmpaddr0, a1
        li      a1, ROOM >> 2 | 0x1ff
        csrw    pmpaddr1, a1
        li      a1, (R | NAPOT) | NAPOT << 8
        csrw    pmpcfg0, a1
        li      s0, ROOM
        tries   pmp.priority.first, load, NONE
        tries   pmp.priority.first.store, store, STORE_FAULT
        li      s0, ROOM + 0x80
        tries   pmp.priority.second, load, LOAD_FAULT

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
        # The address before an entry with TOR is the start of its range, and locked with it. So is an entry
        # that matches nothing.
        li      a2, (ROOM + 0x2000) >> 2
        csrw    pmpaddr1, a2
        addi    a1, a2, 4
        csrw    pmpaddr2, a1
        csrw    pmpaddr4, a2
        li      a1, LOCKED << 32 | (R | TOR | LOCKED) << 16
        csrs    pmpcfg0, a1
        csrw    pmpaddr1, zero
        csrr    a1, pmpaddr1
        check_equal pmp.locked.before, a1, a2
        csrw    pmpaddr4, zero
        csrr    a1, pmpaddr4
        check_equal pmp.locked.off.address, a1, a2
        li      a1, (R | NAPOT) << 32
        csrs    pmpcfg0, a1
        csrr    a1, pmpcfg0
        srli    a1, a1, 32
        check_bits pmp.locked.off.configuration, a1, 0xff, LOCKED
        j       finish

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
