#: {"harts": 4, "uses": ["harts"]}
# Atomic accesses of several harts to the same memory: counters, locks, reservations, and that
# aligned loads and stores are never seen in parts.

        .equ    HARTS, 4
        .equ    COUNT, 5000

# A job of all harts that begins with a barrier: t3 is the address of `word`, a2 counts down from
# COUNT, a3 is the number of the hart.
.macro  begin_job
        addi    sp, sp, -16
        sd      ra, (sp)
        mv      a3, a0
        call    barrier
        la      t3, word
        li      a2, COUNT
.endm

.macro  end_job
        li      a0, 0
        ld      ra, (sp)
        addi    sp, sp, 16
        ret
.endm

# Has all harts do a job, and checks what is in `word` then, which was 0 before; s0 is behind it.
.macro  counts id:req, job:req, expected:req
        la      a0, word
        sd      zero, (a0)
        sd      zero, 8(a0)
        run_all \job, HARTS
        la      a0, word
        ld      s0, 8(a0)
        ld      a0, (a0)
        check   \id, a0, \expected
.endm

# Checks that SC fails behind a job of hart 1, and that memory has what that job left there.
.macro  breaks id:req, job:req, value:req
        la      s0, word
        li      a0, 0x1111
        sd      a0, (s0)
        fence
        lr.d    s1, (s0)
        run     1, \job
        li      s2, 0x9999
        sc.d    s2, s2, (s0)
        snez    s2, s2
        ld      s3, (s0)
        check   \id, s2, 1
        check   \id\().value, s3, \value
.endm

program:
        la      a0, serve_from_reset
        la      a1, release
        fence
        sd      a0, (a1)
        li      a0, 0xe
        call    await_harts

        # No increment is lost, whatever makes it.
        counts  memory.atomic.amoadd_w, add_word, HARTS * COUNT
        counts  memory.atomic.amoadd_d, add_double, (HARTS * COUNT) << 32
        counts  memory.atomic.lrsc_w, reserve_word, HARTS * COUNT
        counts  memory.atomic.lrsc_d, reserve_double, (HARTS * COUNT) << 32
        # The two halves of a doubleword may be counted at once.
        counts  memory.atomic.halves, add_halves, (HARTS / 2 * COUNT) << 32 | (HARTS / 2 * COUNT)
        # What is swapped in comes out once, or is there at the end.
        la      a0, word
        sd      zero, (a0)
        run_all swap, HARTS
        la      a1, word
        ld      a1, (a1)
        check_equal memory.atomic.amoswap, a0, a1
        # Bits of one word, set, cleared and changed by all.
        counts  memory.atomic.amoor, set_bits, -1
        counts  memory.atomic.amoxor, change_bits, -1
        counts  memory.atomic.amoand, clear_bits, 0
        counts  memory.atomic.amomax, greatest, HARTS * COUNT
        run_all least, HARTS
        la      a0, word
        ld      a0, (a0)
        check   memory.atomic.amomin, a0, -HARTS * COUNT

        # Locks: what is done while one is held is seen by the next one who gets it.
        counts  memory.lock.amo, lock_by_swap, 0
        check   memory.lock.amo.count, s0, HARTS * COUNT
        counts  memory.lock.lrsc, lock_by_reservation, 0
        check   memory.lock.lrsc.count, s0, HARTS * COUNT

        # A store of another hart ends a reservation, of whatever kind and size it is.
        breaks  memory.reservation.store, store_double, 0x2222
        breaks  memory.reservation.byte, store_byte, 0x1133
        breaks  memory.reservation.amo, amo_double, 0x1112
        breaks  memory.reservation.sc, store_conditional, 0x4444
        # Also one that changes nothing, ...
        breaks  memory.reservation.same, store_same, 0x1111
        # ... or that changes it and brings it back.
        breaks  memory.reservation.back, store_and_back, 0x1111

        # Aligned accesses are seen as a whole: each hart stores eight, four and two bytes that
        # are equal, and looks at what is there.
        run_all whole_double, HARTS
        check   memory.whole.double, a0, 0
        run_all whole_word, HARTS
        check   memory.whole.word, a0, 0
        run_all whole_half, HARTS
        check   memory.whole.half, a0, 0
        # Stores leave what is beside them alone: each hart has a byte of one word.
        counts  memory.beside.byte, store_bytes, 0x88888888
        counts  memory.beside.half, store_halves, 0x1388138813881388
        j       finish

add_word:
        begin_job
        li      t1, 1
1:      amoadd.w zero, t1, (t3)
        addi    a2, a2, -1
        bnez    a2, 1b
        end_job

add_double:
        begin_job
        li      t1, 1 << 32
1:      amoadd.d zero, t1, (t3)
        addi    a2, a2, -1
        bnez    a2, 1b
        end_job

# Odd harts count the upper half, even ones the lower.
add_halves:
        begin_job
        andi    a3, a3, 1
        slli    a3, a3, 2
        add     t3, t3, a3
        li      t1, 1
1:      amoadd.w zero, t1, (t3)
        addi    a2, a2, -1
        bnez    a2, 1b
        end_job

reserve_word:
        begin_job
1:      lr.w    t1, (t3)
        addi    t1, t1, 1
        sc.w    t1, t1, (t3)
        bnez    t1, 1b
        addi    a2, a2, -1
        bnez    a2, 1b
        end_job

reserve_double:
        begin_job
        li      t0, 1 << 32
1:      lr.d    t1, (t3)
        add     t1, t1, t0
        sc.d    t1, t1, (t3)
        bnez    t1, 1b
        addi    a2, a2, -1
        bnez    a2, 1b
        end_job

# What this hart has put in, less what it got out.
swap:   begin_job
        li      t0, 0
        slli    t1, a3, 32
1:      addi    t1, t1, 1
        amoswap.d t2, t1, (t3)
        add     t0, t0, t1
        sub     t0, t0, t2
        addi    a2, a2, -1
        bnez    a2, 1b
        mv      a3, t0
        call    barrier
        mv      a0, a3
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

# Hart h sets the bits 4 n + h.
set_bits:
        begin_job
        li      a2, 16
        li      t1, 1
        sll     t1, t1, a3
1:      amoor.d zero, t1, (t3)
        slli    t1, t1, 4
        addi    a2, a2, -1
        bnez    a2, 1b
        end_job

# Each hart changes bits of its own, an odd number of times.
change_bits:
        begin_job
        addi    a2, a2, COUNT % 2 + 1
        li      t1, 0x1111111111111111
        sll     t1, t1, a3
1:      amoxor.d zero, t1, (t3)
        addi    a2, a2, -1
        bnez    a2, 1b
        end_job

# Hart 0 sets all bits; then each clears its own.
clear_bits:
        begin_job
        bnez    a3, 1f
        li      t1, -1
        sd      t1, (t3)
1:      call    barrier
        li      a2, 16
        li      t1, 1
        sll     t1, t1, a3
2:      not     t0, t1
        amoand.d zero, t0, (t3)
        slli    t1, t1, 4
        addi    a2, a2, -1
        bnez    a2, 2b
        end_job

# The numbers up to HARTS * COUNT, each by one hart.
greatest:
        begin_job
        addi    t1, a3, 1
1:      amomax.d zero, t1, (t3)
        addi    t1, t1, HARTS
        addi    a2, a2, -1
        bnez    a2, 1b
        end_job

least:  begin_job
        addi    t1, a3, 1
        neg     t1, t1
1:      amomin.d zero, t1, (t3)
        addi    t1, t1, -HARTS
        addi    a2, a2, -1
        bnez    a2, 1b
        end_job

# `word` is the lock, and behind it is what it protects.
lock_by_swap:
        begin_job
1:      li      t1, 1
        amoswap.w.aq t1, t1, (t3)
        beqz    t1, 2f
        pause_hint
        j       1b
2:      ld      t2, 8(t3)
        addi    t2, t2, 1
        sd      t2, 8(t3)
        amoswap.w.rl zero, zero, (t3)
        addi    a2, a2, -1
        bnez    a2, 1b
        end_job

lock_by_reservation:
        begin_job
1:      li      t1, 1
2:      lr.w.aq t2, (t3)
        bnez    t2, 3f
        sc.w    t2, t1, (t3)
        bnez    t2, 2b
        ld      t2, 8(t3)
        addi    t2, t2, 1
        sd      t2, 8(t3)
        fence   rw, w
        sw      zero, (t3)
        addi    a2, a2, -1
        bnez    a2, 1b
        end_job
3:      pause_hint
        j       2b

store_double:
        la      t0, word
        li      t1, 0x2222
        sd      t1, (t0)
        fence
        ret
store_byte:
        la      t0, word
        li      t1, 0x33
        sb      t1, (t0)
        fence
        ret
amo_double:
        la      t0, word
        li      t1, 1
        amoadd.d zero, t1, (t0)
        fence
        ret
store_conditional:
        la      t0, word
        li      t1, 0x4444
1:      lr.d    t2, (t0)
        sc.d    t2, t1, (t0)
        bnez    t2, 1b
        fence
        ret
store_same:
        la      t0, word
        li      t1, 0x1111
        sd      t1, (t0)
        fence
        ret
store_and_back:
        la      t0, word
        li      t1, 0x5555
        sd      t1, (t0)
        fence
        li      t1, 0x1111
        sd      t1, (t0)
        fence
        ret

# Stores values whose bytes are equal, and counts what it finds there that is not so.
.macro  whole load:req, store:req, pattern:req
        begin_job
        li      t2, \pattern
        li      a0, 0
1:      add     t1, a2, a3
        andi    t1, t1, 255
        mul     t1, t1, t2
        \store  t1, (t3)
        \load   a4, (t3)
        andi    t1, a4, 255
        mul     t1, t1, t2
        xor     t1, t1, a4
        snez    t1, t1
        add     a0, a0, t1
        addi    a2, a2, -1
        bnez    a2, 1b
        ld      ra, (sp)
        addi    sp, sp, 16
        ret
.endm

whole_double:
        whole   ld, sd, 0x0101010101010101
whole_word:
        whole   lwu, sw, 0x01010101
whole_half:
        whole   lhu, sh, 0x0101

# Counts in a part of the word that belongs to this hart, by loads and stores.
.macro  beside load:req, store:req, shift:req
        begin_job
        slli    a3, a3, \shift
        add     t3, t3, a3
1:      \load   t1, (t3)
        addi    t1, t1, 1
        \store  t1, (t3)
        addi    a2, a2, -1
        bnez    a2, 1b
        end_job
.endm

store_bytes:
        beside  lbu, sb, 0
store_halves:
        beside  lhu, sh, 1

        serve_in_machine_mode

        .data
        .balign 64
word:   .dword  0, 0
        .text
