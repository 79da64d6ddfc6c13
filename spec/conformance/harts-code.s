#: {"harts": 2, "uses": ["harts"]}
# What one hart changes under another: its code and its page tables, and that the other finds it
# changed behind FENCE.I and SFENCE.VMA.

        .equ    MSI, 1 << 3
        .equ    ROUNDS, 200
        # Sv39: the first page of 0x40000000, and 1 GiB of RAM where it is.
        .equ    VIRTUAL, 0x40000000
        .equ    LEAF, 0xcf              # D, A, X, W, R, V
        .equ    USED_AS_SUPERVISOR, MSTATUS_MPRV | MSTATUS_MPP_S

program:
        la      a0, serve_from_reset
        la      a1, release
        fence
        sd      a0, (a1)
        li      a0, 2
        call    await_harts

        # Code: hart 0 writes, interrupts hart 1, and that fences and runs it; both have run what
        # was there before many times.
        start   1, run_patched
        la      s0, patched
        la      s1, turn
        li      s3, 0
        li      s2, 1
1:      slli    a0, s2, 20
        ori     a0, a0, 0x513           # addi a0, zero, s2
        sw      a0, (s0)
        fence   w, o
        li      a0, MSIP + 4
        li      a1, 1
        sw      a1, (a0)
        call    await_turn
        fence.i
        li      a2, 50
2:      jalr    s0
        addi    a2, a2, -1
        bnez    a2, 2b
        xor     a0, a0, s2
        snez    a0, a0
        add     s3, s3, a0
        addi    s2, s2, 1
        li      a0, ROUNDS
        bleu    s2, a0, 1b
        result  1
        check   memory.code.remote, a0, 0
        check   memory.code.local, s3, 0

        # Translation, the same way: a page that becomes another one.
        map_two_pages LEAF
        sd      s5, (s4)
        fence
        sd      zero, (s1)
        start   1, read_mapped
        li      s2, 1
3:      andi    a0, s2, 1
        mv      a1, s5
        beqz    a0, 4f
        mv      a1, s6
4:      sd      a1, (s4)
        fence   w, o
        li      a0, MSIP + 4
        li      a1, 1
        sw      a1, (a0)
        call    await_turn
        addi    s2, s2, 1
        li      a0, ROUNDS
        bleu    s2, a0, 3b
        result  1
        # Until the fence it was one of the two.
        srli    a1, a0, 32
        check   memory.translation.before, a1, 0
        slli    a0, a0, 32
        check   memory.translation.after, a0, 0

        # A page that is taken away, and that comes back.
        sd      zero, (s4)
        fence
        run     1, read_once
        check   memory.translation.taken, a0, 13
        area    a0, 1
        ld      a1, HART_VALUE(a0)
        li      a0, VIRTUAL
        check_equal memory.translation.taken.mtval, a1, a0
        sd      s5, (s4)
        fence
        run     1, read_once
        check   memory.translation.back, a0, 0x1111
        # One that becomes read-only.
        run     1, store_once
        check   memory.translation.writable, a0, 0
        andi    a0, s5, -5
        sd      a0, (s4)
        fence
        run     1, store_once
        check   memory.translation.readonly, a0, 15

        # Each hart has a satp: hart 1's says nothing to hart 0.
        csrr    a0, satp
        check   memory.translation.own, a0, 0
        j       finish

# Waits until hart 1 has done round s2, for ten seconds at most.
await_turn:
        csrr    t0, time
        li      t1, 100000000
        add     t0, t0, t1
1:      ld      t1, (s1)
        beq     t1, s2, 2f
        pause_hint
        csrr    t1, time
        bltu    t1, t0, 1b
2:      fence
        ret

# Waits for MSIP, and clears it.
await_message:
        li      t0, MSI
1:      csrr    t1, mip
        and     t1, t1, t0
        beqz    t1, 1b
        li      t2, MSIP + 4
        sw      zero, (t2)
2:      csrr    t1, mip
        and     t1, t1, t0
        bnez    t1, 2b
        fence
        ret

# How many rounds did not run what they should.
run_patched:
        addi    sp, sp, -16
        sd      ra, (sp)
        li      a3, 1
        li      a4, 0
1:      call    await_message
        fence.i
        li      a2, 50
2:      la      t0, patched
        jalr    t0
        addi    a2, a2, -1
        bnez    a2, 2b
        xor     a0, a0, a3
        snez    a0, a0
        add     a4, a4, a0
        la      t0, turn
        fence
        sd      a3, (t0)
        addi    a3, a3, 1
        li      t0, ROUNDS
        bleu    a3, t0, 1b
        mv      a0, a4
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

# With MPRV, hart 1 reads as S-mode does.
as_supervisor:
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        la      t0, tables
        srli    t0, t0, 12
        li      t1, 8 << 60
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma
        ret

# Reads the page until MSIP comes, fences, and reads it again: how many values were wrong then,
# and in the upper half how many were before.
read_mapped:
        addi    sp, sp, -16
        sd      ra, (sp)
        call    as_supervisor
        li      a0, 0
        li      a3, 1
        li      a5, 0x1111
        li      a6, 0x2222
        li      a7, VIRTUAL
        li      t3, 1 << 32
1:      call    load_virtual
        beq     t4, a5, 2f
        beq     t4, a6, 2f
        add     a0, a0, t3
2:      csrr    t0, mip
        andi    t0, t0, MSI
        beqz    t0, 1b
        call    await_message
        sfence.vma a7
        call    load_virtual
        # Odd rounds are of the second page.
        andi    t0, a3, 1
        mv      t1, a5
        beqz    t0, 3f
        mv      t1, a6
3:      xor     t4, t4, t1
        snez    t4, t4
        add     a0, a0, t4
        la      t0, turn
        fence
        sd      a3, (t0)
        addi    a3, a3, 1
        li      t0, ROUNDS
        bleu    a3, t0, 1b
        csrw    satp, zero
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

# t4 is what S-mode reads at a7.
load_virtual:
        li      t0, MSTATUS_MPP
        csrc    mstatus, t0
        li      t0, USED_AS_SUPERVISOR
        csrs    mstatus, t0
        ld      t4, (a7)
        li      t0, MSTATUS_MPRV
        csrc    mstatus, t0
        ret

# What is read there behind a fence, or the cause of the trap.
read_once:
        addi    sp, sp, -16
        sd      ra, (sp)
        call    as_supervisor
        li      a7, VIRTUAL
        la      t0, 1f
        sd      t0, HART_RESUME(tp)
        call    load_virtual
        sd      zero, HART_RESUME(tp)
        mv      a0, t4
        j       2f
1:      li      t0, MSTATUS_MPRV
        csrc    mstatus, t0
        ld      a0, HART_CAUSE(tp)
2:      csrw    satp, zero
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

# 0 if a store works there, or the cause of the trap.
store_once:
        addi    sp, sp, -16
        sd      ra, (sp)
        call    as_supervisor
        li      a7, VIRTUAL
        la      t0, 1f
        sd      t0, HART_RESUME(tp)
        li      t0, MSTATUS_MPP
        csrc    mstatus, t0
        li      t0, USED_AS_SUPERVISOR
        csrs    mstatus, t0
        sd      a7, (a7)
        li      t0, MSTATUS_MPRV
        csrc    mstatus, t0
        sd      zero, HART_RESUME(tp)
        li      a0, 0
        j       2f
1:      li      t0, MSTATUS_MPRV
        csrc    mstatus, t0
        ld      a0, HART_CAUSE(tp)
2:      csrw    satp, zero
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

        .balign 64
        .option push
        .option norvc
patched:
        li      a0, 0
        ret
        .option pop

        serve_in_machine_mode

        .data
        .balign 8
turn:   .dword  0
        .balign 4096
tables: .space  3 * 4096
page_one:       .space 4096
page_two:       .space 4096
        .text
