# Address translation: tables, and accesses to try in S-mode and U-mode, one page for all of them.

# Tries an access to s0 in S-mode or U-mode; a0 is the cause of the trap that ends it, an ecall if none.
# U-mode has the same code at an address of its own.
.macro  try mode:req, what:req
        la      a0, \what
        li      a1, \mode
        li      t5, ((8 << 30) - RAM) * (1 - \mode)
        add     a0, a0, t5
        call    run_below
.endm

# Checks what such an access comes to.
.macro  tries id:req, mode:req, what:req, expected:req
        try     \mode, \what
        check   \id, a0, \expected
.endm

# The leaf PTE of PAGE: the page at ROOM with these bits.
.macro  leaf bits:req
        li      t5, (ROOM >> 12) << 10 | (\bits)
        la      t6, leaf_table
        sd      t5, (t6)
        sfence.vma
.endm

# satp with this mode, whose root is `table`.
.macro  use mode:req, table:req
        la      t5, \table
        srli    t5, t5, 12
        li      t6, \mode << 60
        or      t5, t5, t6
        csrw    satp, t5
        sfence.vma
.endm

        .equ    V, 1
        .equ    R, 2
        .equ    W, 4
        .equ    X, 8
        .equ    U, 16
        .equ    G, 32
        .equ    A, 64
        .equ    D, 128
        .equ    ALL, V | R | W | X | A | D
        .equ    USER, 0
        .equ    SUPERVISOR, 1
        .equ    SV39, 8
        .equ    SV48, 9
        .equ    ROOM, RAM + 0x200000
        # PAGE is the first page behind 4 GiB: no RAM lies at that physical address.
        .equ    PAGE, 1 << 32
        .equ    LOAD_FAULT, 13
        .equ    STORE_FAULT, 15
        .equ    FETCH_FAULT, 12
        .equ    S_NONE, 9
        .equ    U_NONE, 8

        # What the page at ROOM holds: two instructions, ecall.
        .equ    CONTENT, 0x0000007300000073

# Opens all memory to S-mode and U-mode, fills the page at ROOM, and builds the tables. The root of
# Sv39 maps the first 4 GiB as gigapages, for S-mode, and PAGE by two tables more.
prepare_paging:
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        li      t0, ROOM
        li      t1, CONTENT
        sd      t1, (t0)
        sd      t1, 8(t0)
        fence.i
        la      t0, root39
        li      t2, 0
1:      slli    t3, t2, 28
        ori     t3, t3, ALL
        sd      t3, (t0)
        addi    t0, t0, 8
        addi    t2, t2, 1
        li      t3, 4
        blt     t2, t3, 1b
        la      t3, middle_table
        srli    t3, t3, 2
        ori     t3, t3, V
        sd      t3, (t0)
        la      t0, middle_table
        la      t3, leaf_table
        srli    t3, t3, 2
        ori     t3, t3, V
        sd      t3, (t0)
        la      t0, root48
        la      t3, root39
        srli    t3, t3, 2
        ori     t3, t3, V
        sd      t3, (t0)
        # U-mode code needs a page of its own: where the program lies, once more, behind 8 GiB.
        la      t0, root39
        li      t3, 2 << 28 | ALL | U
        sd      t3, 64(t0)
        ret

load:   ld      s2, (s0)
        ecall
store:  sd      zero, 16(s0)
        ecall
amo:    amoadd.d a1, zero, (s0)
        ecall
fetch:  jr      s0

        .data
        .balign 4096
root39: .space  4096
root48: .space  4096
middle_table:
        .space  4096
leaf_table:
        .space  4096
        .text
