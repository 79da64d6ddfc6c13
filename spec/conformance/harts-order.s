#: {"harts": 4, "uses": ["harts"]}
# The order in which harts see each other's loads and stores (RVWMO), where fences, acquire and
# release, or dependencies ask for one. A machine may keep more order than that.

        .equ    HARTS, 4
        .equ    COUNT, 10000
        .equ    ROUNDS, 2000

# Two stores of hart 0 and two loads of the others, for numbers that grow: nobody may see the
# second one and not the first. The macros are what stands between them.
.macro  message id:req, write:req, read:req
        j       7792f
7791:   addi    sp, sp, -16
        sd      ra, (sp)
        la      t2, first
        la      t3, second
        mv      a3, a0
        bnez    a3, 1f
        sd      zero, (t2)
        sd      zero, (t3)
1:      call    barrier
        la      t2, first
        la      t3, second
        li      a2, COUNT
        li      a0, 0
        li      t0, 0
        bnez    a3, 3f
2:      addi    t0, t0, 1
        \write
        bne     t0, a2, 2b
        j       4f
3:      \read
        sltu    t4, t1, t0
        add     a0, a0, t4
        bne     t0, a2, 3b
4:      ld      ra, (sp)
        addi    sp, sp, 16
        ret
7792:   la      a0, 7791b
        li      a1, HARTS
        call    run_everywhere
        check   \id, a0, 0
.endm

# The ways: t0 goes to or comes from `second` (t3), t1 comes from `first` (t2).
.macro  write_fence
        sd      t0, (t2)
        fence   w, w
        sd      t0, (t3)
.endm
.macro  read_fence
        ld      t0, (t3)
        fence   r, r
        ld      t1, (t2)
.endm
.macro  write_fence_tso
        sd      t0, (t2)
        fence.tso
        sd      t0, (t3)
.endm
.macro  read_fence_tso
        ld      t0, (t3)
        fence.tso
        ld      t1, (t2)
.endm
.macro  write_release
        sd      t0, (t2)
        amoswap.d.rl zero, t0, (t3)
.endm
.macro  read_acquire
        amoor.d.aq t0, zero, (t3)
        ld      t1, (t2)
.endm
.macro  read_reserve
        lr.d.aq t0, (t3)
        ld      t1, (t2)
.endm
.macro  read_address
        ld      t0, (t3)
        xor     t4, t0, t0
        add     t4, t4, t2
        ld      t1, (t4)
.endm
# A fence may order more than it needs to.
.macro  read_full
        ld      t0, (t3)
        fence
        ld      t1, (t2)
.endm
# To one place: loads of it never go back.
.macro  write_same
        sd      t0, (t3)
.endm
.macro  read_same
        ld      t0, (t3)
        ld      t1, (t3)
.endm

# Hart 0 and hart 1 store to one place and load from the other, round for round in places of their
# own and as much at once as may be: one at least must see what the other has stored.
.macro  buffering id:req, between:req
        j       7792f
7791:   addi    sp, sp, -16
        sd      ra, (sp)
        call    set_up_round
        call    barrier
2:      call    next_round
        beqz    a0, 3f
        li      t0, 1
        \between
        sw      t1, (a6)
        addi    a4, a4, 8
        addi    a5, a5, 8
        addi    a6, a6, 8
        j       2b
3:      call    barrier
        li      a0, 0
        ld      ra, (sp)
        addi    sp, sp, 16
        ret
7792:   call    clear_places
        la      a0, 7791b
        li      a1, 2
        call    run_everywhere
        call    count_zeros
        check   \id, a0, 0
.endm

.macro  between_fence
        sw      t0, (a4)
        fence   rw, rw
        lw      t1, (a5)
.endm
.macro  between_store_load
        sw      t0, (a4)
        fence   w, r
        lw      t1, (a5)
.endm
.macro  between_amo
        amoswap.w.aqrl zero, t0, (a4)
        lw      t1, (a5)
.endm
.macro  between_amos
        amoswap.w.aqrl zero, t0, (a4)
        amoor.w.aqrl t1, zero, (a5)
.endm

program:
        la      a0, serve_from_reset
        la      a1, release
        fence
        sd      a0, (a1)
        li      a0, 0xe
        call    await_harts

        message memory.order.message.fence, write_fence, read_fence
        message memory.order.message.full, write_fence, read_full
        message memory.order.message.tso, write_fence_tso, read_fence_tso
        message memory.order.message.release, write_release, read_acquire
        message memory.order.message.reserved, write_release, read_reserve
        message memory.order.message.address, write_fence, read_address
        message memory.order.coherence, write_same, read_same

        buffering memory.order.buffering.fence, between_fence
        buffering memory.order.buffering.store_load, between_store_load
        buffering memory.order.buffering.amo, between_amo
        buffering memory.order.buffering.amos, between_amos

        # Two write, two look in opposite order: they agree on which was first.
        li      s4, 0
        li      s5, 10
1:      call    clear_places
        run_all agree, HARTS
        call    count_disagreements
        add     s4, s4, a0
        addi    s5, s5, -1
        bnez    s5, 1b
        check   memory.order.agree, s4, 0
        j       finish

# Where hart a0 stores (a4), loads (a5) and notes what it found (a6); it is in a3.
set_up_round:
        la      a4, places
        la      a5, places + 4
        la      a6, found
        mv      a3, a0
        li      a2, 0
        csrr    a7, time
        li      t0, 5000000
        add     a7, a7, t0
        beqz    a0, 1f
        mv      a1, a4
        mv      a4, a5
        mv      a5, a1
        addi    a6, a6, 4
1:      ret

# Has hart 0 and hart 1 come here together; a0 is 0 behind the last round, or after half a second,
# which hart 0 decides. Their rounds are counted in `first` and `second`.
next_round:
        la      t0, first
        la      t1, second
        addi    a2, a2, 1
        bnez    a3, 3f
        csrr    a0, time
        sltu    a0, a0, a7
        sltiu   t2, a2, ROUNDS
        and     a0, a0, t2
        bnez    a0, 1f
        li      a2, -1
1:      sd      a2, (t0)
        beqz    a0, 5f
2:      ld      t2, (t1)
        bgeu    t2, a2, 5f
        pause_hint
        j       2b
3:      sd      a2, (t1)
4:      ld      t2, (t0)
        addi    a0, t2, 1
        beqz    a0, 5f
        bgeu    t2, a2, 5f
        pause_hint
        j       4b
5:      ret

# Places are zero at first, and `found` is not.
clear_places:
        la      t0, first
        sd      zero, (t0)
        la      t0, second
        sd      zero, (t0)
        la      t0, places
        li      t1, ROUNDS * 8
        add     t1, t1, t0
1:      sd      zero, (t0)
        addi    t0, t0, 8
        bltu    t0, t1, 1b
        li      t2, -1
        li      t1, ROUNDS * 16
        add     t1, t1, t0
2:      sd      t2, (t0)
        addi    t0, t0, 8
        bltu    t0, t1, 2b
        fence
        ret

# In how many rounds neither has seen what the other stored.
count_zeros:
        la      t0, found
        li      t1, ROUNDS
        li      a0, 0
1:      ld      t2, (t0)
        seqz    t2, t2
        add     a0, a0, t2
        addi    t0, t0, 8
        addi    t1, t1, -1
        bnez    t1, 1b
        ret

# Hart 0 stores to the one, hart 1 to the other place; hart 2 and 3 load both.
agree:  addi    sp, sp, -16
        sd      ra, (sp)
        mv      s2, a0
        andi    a0, a0, 1
        call    set_up_round
        mv      a3, s2
        la      a6, found
        addi    t0, a3, -2
        li      t1, ROUNDS * 8
        beqz    t0, 1f
        add     a6, a6, t1
1:      call    barrier
        li      a2, ROUNDS
        li      t3, 2
2:      li      t0, 1
        bgeu    a3, t3, 3f
        sw      t0, (a4)
        j       4f
3:      lw      t1, (a4)
        fence   r, r
        lw      t2, (a5)
        sw      t1, (a6)
        sw      t2, 4(a6)
4:      addi    a4, a4, 8
        addi    a5, a5, 8
        addi    a6, a6, 8
        addi    a2, a2, -1
        bnez    a2, 2b
        li      a0, 0
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

# In how many rounds each of them saw only the store that it looked for first.
count_disagreements:
        la      t0, found
        li      t1, ROUNDS * 8
        add     t1, t1, t0
        li      t2, ROUNDS
        li      a0, 0
        li      t4, 1
1:      ld      t3, (t0)
        bne     t3, t4, 2f
        ld      t3, (t1)
        bne     t3, t4, 2f
        addi    a0, a0, 1
2:      addi    t0, t0, 8
        addi    t1, t1, 8
        addi    t2, t2, -1
        bnez    t2, 1b
        ret

        serve_in_machine_mode

        .data
        .balign 64
first:  .dword  0
        .space  120
second: .dword  0
        .space  120
# A doubleword for each round, with a word for each of two harts ...
places: .space  ROUNDS * 8
# ... and what was found, for two.
found:  .space  ROUNDS * 16
        .text
