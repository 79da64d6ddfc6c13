#: {"boot": "kernel", "harts": 2, "uses": ["sbi", "harts"]}
# SBI RFENCE: that remote fences work on the other hart, for code and for translations. s1 is the
# hart that the kernel was entered on, s2 the other one.

        .equ    ROUNDS, 100
        .equ    VIRTUAL, 0x40000000
        .equ    LEAF, 0xcf
        .equ    ASID, 5

# Changes the page ROUNDS times under the other hart, with a fence of the function and range
# named, and checks what that reads, and that no call failed.
.macro  shootdown id:req, function:req, start:req, size:req
        la      t0, turn
        sd      zero, (t0)
        sd      zero, 8(t0)
        mv      a0, s2
        la      a1, read_mapped
        call    start_job
        li      s9, 0
        li      s10, 1
7791:   andi    a0, s10, 1
        mv      a1, s5
        beqz    a0, 7792f
        mv      a1, s6
7792:   sd      a1, (s4)
        fence   rw, rw
        call    other_mask
        li      a1, 0
        li      a2, \start
        li      a3, \size
        li      a4, ASID
        sbi     RFENCE, \function
        or      s9, s9, a0
        call    give_turn
        addi    s10, s10, 1
        li      a0, ROUNDS
        bleu    s10, a0, 7791b
        mv      a0, s2
        call    await_job
        mv      s8, a0
        check   \id\().error, s9, 0
        check   \id, s8, 0
.endm

# Changes code ROUNDS times with a fence of the other hart, and checks what that ran, and that no
# call failed.
.macro  patch id:req, job:req
        la      t0, turn
        sd      zero, (t0)
        sd      zero, 8(t0)
        mv      a0, s2
        la      a1, \job
        call    start_job
        la      s4, patched
        li      s9, 0
        li      s10, 1
7791:   slli    a0, s10, 20
        ori     a0, a0, 0x513           # addi a0, zero, s10
        sw      a0, (s4)
        fence   rw, rw
        call    other_mask
        li      a1, 0
        sbi     RFENCE, 0
        or      s9, s9, a0
        call    give_turn
        addi    s10, s10, 1
        li      a0, ROUNDS
        bleu    s10, a0, 7791b
        mv      a0, s2
        call    await_job
        mv      s8, a0
        check   \id\().error, s9, 0
        check   \id, s8, 0
.endm

program:
        la      a0, entry_a0
        ld      s1, (a0)
        xori    s2, s1, 1
        mv      a0, s2
        la      a1, serve
        sbi     HSM, 0
        call    other_mask
        call    await_harts

        # Code that this hart writes and the other one runs: FENCE.I is beneath. The other one runs
        # what was there before, first in its turns and then also while this one writes.
        patch   sbi.rfence.remote.fence_i, run_patched
        patch   sbi.rfence.remote.fence_i.running, keep_running

        # Translations of the other hart: 1 GiB of RAM where it is, and one page.
        map_two_pages LEAF
        shootdown sbi.rfence.remote.page, 1, VIRTUAL, 0x1000
        shootdown sbi.rfence.remote.range, 1, VIRTUAL - 0x1000, 0x3000
        shootdown sbi.rfence.remote.zero, 1, 0, 0
        shootdown sbi.rfence.remote.all, 1, VIRTUAL, -1
        shootdown sbi.rfence.remote.asid, 2, VIRTUAL, 0x1000
        shootdown sbi.rfence.remote.asid.zero, 2, 0, 0
        shootdown sbi.rfence.remote.asid.all, 2, 0, -1

        # Harts: none, one that is not there, a base behind all.
        li      a0, 0
        li      a1, 0
        sbi     RFENCE, 0
        check   sbi.rfence.none, a0, 0
        li      a0, 1
        li      a1, 2
        li      a2, 0
        li      a3, 0
        sbi     RFENCE, 1
        check   sbi.rfence.absent.base, a0, INVALID_PARAM
        li      a0, 0x80
        li      a1, 0
        sbi     RFENCE, 0
        check   sbi.rfence.absent.mask, a0, INVALID_PARAM

        # The fences of hypervisors, which a hart without that extension does not have.
        li      s4, 3
2:      li      a0, 0
        li      a1, -1
        li      a2, 0
        li      a3, 0
        li      a4, 0
        li      a7, RFENCE
        mv      a6, s4
        ecall
        # It may be there.
        beqz    a0, 4f
        addi    a0, a0, 2
        bnez    a0, 3f
4:      addi    s4, s4, 1
        li      a0, 7
        bltu    s4, a0, 2b
3:      check   sbi.rfence.hypervisor, s4, 7
        j       finish

other_mask:
        li      a0, 1
        sll     a0, a0, s2
        ret

# Tells the other hart that it is the turn of s10, and waits for it, for ten seconds at most.
give_turn:
        la      t0, turn
        fence   rw, rw
        sd      s10, (t0)
        csrr    t1, time
        li      t2, 100000000
        add     t1, t1, t2
1:      ld      t2, 8(t0)
        beq     t2, s10, 2f
        pause_hint
        csrr    t2, time
        bltu    t2, t1, 1b
2:      fence   rw, rw
        ret

# How many rounds did not run what they should.
# Between them it runs what is there, or something else.
keep_running:
        addi    sp, sp, -16
        sd      ra, (sp)
        la      a5, patched
        j       1f
run_patched:
        addi    sp, sp, -16
        sd      ra, (sp)
        la      a5, nothing
1:      li      a3, 1
        li      a4, 0
2:      jalr    a5
        la      t0, turn
        ld      t1, (t0)
        bne     t1, a3, 2b
        fence   rw, rw
        call    patched
        xor     a0, a0, a3
        snez    a0, a0
        add     a4, a4, a0
        la      t0, turn
        fence   rw, rw
        sd      a3, 8(t0)
        addi    a3, a3, 1
        li      t0, ROUNDS
        bleu    a3, t0, 2b
        mv      a0, a4
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

# How many rounds did not find the page that they should.
read_mapped:
        la      t0, tables
        srli    t0, t0, 12
        li      t1, 8 << 60 | ASID << 44
        or      t0, t0, t1
        csrw    satp, t0
        sfence.vma
        li      a0, 0
        li      a3, 1
        li      a5, 0x1111
        li      a6, 0x2222
        li      a7, VIRTUAL
        la      t0, turn
1:      ld      t4, (a7)
        ld      t1, (t0)
        bne     t1, a3, 1b
        fence   rw, rw
        ld      t4, (a7)
        andi    t1, a3, 1
        mv      t2, a5
        beqz    t1, 2f
        mv      t2, a6
2:      xor     t4, t4, t2
        snez    t4, t4
        add     a0, a0, t4
        fence   rw, rw
        sd      a3, 8(t0)
        addi    a3, a3, 1
        li      t1, ROUNDS
        bleu    a3, t1, 1b
        csrw    satp, zero
        ret

        .balign 64
        .option push
        .option norvc
patched:
        li      a0, 0
        ret
        .option pop
nothing:
        ret

        serve_in_supervisor_mode

        .data
        .balign 8
# What this hart has asked for, and what the other one has done.
turn:   .dword  0, 0
        .balign 4096
tables: .space  3 * 4096
page_one:       .space 4096
page_two:       .space 4096
        .text
