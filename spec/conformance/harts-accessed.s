#: {"harts": 2, "uses": ["harts"], "optional": ["memory.accessed"]}
# Page table entries whose A and D one hart's accesses set (Svadu) while another hart changes them:
# no change is lost, and none is undone.

        .equ    PAGES, 512
        .equ    VIRTUAL, 0x40000000
        .equ    LEAF, 0x07              # W, R, V
        .equ    USED, 0xc0              # D, A
        .equ    SOFTWARE, 0x300         # bits for software
        .equ    ADUE, 1 << 61

program:
        li      a0, ADUE
        csrs    menvcfg, a0
        csrr    a1, menvcfg
        and     a1, a1, a0
        bnez    a1, 1f
        absent  memory.accessed
        j       finish
1:
        la      a0, serve_from_reset
        la      a1, release
        fence
        sd      a0, (a1)
        li      a0, 2
        call    await_harts
        entry_of a0, tables + 4096, 1
        la      a1, tables
        sd      a0, 8(a1)
        entry_of a0, tables + 8192, 1
        la      a1, tables + 4096
        sd      a0, (a1)
        entry_of s4, page, LEAF

        # Alone: a load sets A, a store sets both.
        call    map_all
        run     1, load_first
        la      a0, tables + 8192
        ld      a1, (a0)
        xor     a1, a1, s4
        check_bits memory.accessed.load, a1, -1 & ~0x80, 0x40
        run     1, store_all
        check   memory.accessed.store, a0, 0
        li      a2, USED
        call    count_others
        check   memory.accessed.dirty, a0, 0

        # While this hart sets bits of its own.
        call    map_all
        start   1, store_all
        la      a2, tables + 8192
        li      a1, PAGES
2:      li      a3, 0x100
        amoor.d zero, a3, (a2)
        li      a3, 0x200
        amoor.d zero, a3, (a2)
        addi    a2, a2, 8
        addi    a1, a1, -1
        bnez    a1, 2b
        result  1
        check   memory.accessed.race, a0, 0
        li      a2, USED | SOFTWARE
        call    count_others
        check   memory.accessed.kept, a0, 0

        # While this hart takes them away: they do not come back.
        call    map_all
        start   1, store_all
        la      a2, tables + 8192
        li      a1, PAGES
        li      a4, 0
3:      amoswap.d a3, zero, (a2)
        ori     a3, a3, USED
        xori    a3, a3, USED
        xor     a3, a3, s4
        snez    a3, a3
        add     a4, a4, a3
        addi    a2, a2, 8
        addi    a1, a1, -1
        bnez    a1, 3b
        mv      s5, a4
        result  1
        check   memory.accessed.taken, s5, 0
        li      a1, PAGES
        la      a2, tables + 8192
        li      a0, 0
4:      ld      a3, (a2)
        or      a0, a0, a3
        addi    a2, a2, 8
        addi    a1, a1, -1
        bnez    a1, 4b
        check   memory.accessed.undone, a0, 0
        j       finish

# All pages become the same one, not yet used.
map_all:
        la      a2, tables + 8192
        li      a1, PAGES
1:      sd      s4, (a2)
        addi    a2, a2, 8
        addi    a1, a1, -1
        bnez    a1, 1b
        fence
        ret

# How many entries differ from s4 with the bits of a2.
count_others:
        or      a2, a2, s4
        la      t0, tables + 8192
        li      t1, PAGES
        li      a0, 0
1:      ld      t2, (t0)
        xor     t2, t2, a2
        snez    t2, t2
        add     a0, a0, t2
        addi    t0, t0, 8
        addi    t1, t1, -1
        bnez    t1, 1b
        ret

# With MPRV, loads and stores are those of S-mode from here to `as_machine`.
as_supervisor:
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        li      t0, ADUE
        csrs    menvcfg, t0
        la      t0, tables
        srli    t0, t0, 12
        li      t1, 8 << 60
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma
        ret
as_machine:
        li      t0, MSTATUS_MPRV
        csrc    mstatus, t0
        csrw    satp, zero
        sfence.vma
        ret

load_first:
        mv      a5, ra
        call    as_supervisor
        li      a0, VIRTUAL
        call    use_supervisor
        ld      a0, (a0)
        call    as_machine
        jr      a5

use_supervisor:
        li      t0, MSTATUS_MPP
        csrc    mstatus, t0
        li      t0, MSTATUS_MPRV | MSTATUS_MPP_S
        csrs    mstatus, t0
        ret

# A store to each page; those that are not there trap, which is passed over. 0, or the cause of a
# trap that is no page fault.
store_all:
        mv      a5, ra
        call    as_supervisor
        li      a1, VIRTUAL
        li      a2, PAGES
        li      a3, 4096
        li      a0, 0
1:      la      t0, 2f
        sd      t0, HART_RESUME(tp)
        call    use_supervisor
        sd      a1, (a1)
        li      t0, MSTATUS_MPRV
        csrc    mstatus, t0
        j       3f
2:      li      t0, MSTATUS_MPRV
        csrc    mstatus, t0
        ld      t1, HART_CAUSE(tp)
        addi    t1, t1, -15
        or      a0, a0, t1
3:      add     a1, a1, a3
        addi    a2, a2, -1
        bnez    a2, 1b
        sd      zero, HART_RESUME(tp)
        call    as_machine
        jr      a5

        serve_in_machine_mode

        .data
        .balign 4096
tables: .space  3 * 4096
page:   .space  4096
        .text
