#: {"uses": ["vectors"], "optional": ["atomic.cas", "atomic.wait"]}
# Atomics on one hart: LR and SC, read-modify-write; and Zacas and Zawrs.

# Checks an AMO of a1 to s2. Behind it come rows of four doublewords: memory, operand, what is read, and
# memory then; and end_rows.
.macro  amos    id:req, name:req
        la      s0, 7794f
        la      s1, 7795f
        la      s2, room
7791:   ld      t0, (s0)
        sd      t0, (s2)
        ld      a1, 8(s0)
        \name   a0, a1, (s2)
        ld      a1, 16(s0)
        ld      s3, (s2)
        ld      s4, 24(s0)
        addi    s0, s0, 32
        bne     a0, a1, 7792f
        bne     s3, s4, 7792f
        bne     s0, s1, 7791b
7792:   check_equal \id\().old, a0, a1
        check_equal \id\().new, s3, s4
        j       7795f
        .balign 8
7794:
.endm

# Checks that an instruction at s3, which is misaligned, traps: as misaligned or as an access fault.
.macro  misaligned id:req, cause:req, instruction:vararg
        la      a1, trap_cause
        sd      zero, (a1)
        \instruction
        la      a1, trap_cause
        ld      a1, (a1)
        addi    a1, a1, -\cause
        sltiu   a1, a1, 2
        check   atomic.misaligned.\id, a1, 1
.endm

# Checks that SC failed: a0 is not zero, and memory at a register is what it was, 5.
.macro  failed  id:req, register:req
        snez    a0, a0
        check   atomic.sc.\id, a0, 1
        ld      a0, (\register)
        check   atomic.sc.\id\().memory, a0, 5
.endm

# Runs code at a label in S-mode; a0 is the cause of what ends it.
.macro  run_supervisor label:req
        la      a0, \label
        li      a1, 1
        call    run_below
.endm

        .equ    ILLEGAL, 2
        .equ    NONE, 9

program:
        la      s2, room
        addi    s3, s2, 64

        # LR.W has a sign; SC succeeds after some tries at most, and says so by 0.
        li      a0, 0x1122334480000001
        sd      a0, (s2)
        lr.w    a0, (s2)
        check   atomic.lr.w, a0, 0xffffffff80000001
        lr.d    a0, (s2)
        check   atomic.lr.d, a0, 0x1122334480000001
        li      a2, 1000000
        li      a3, -7
1:      lr.w    a0, (s2)
        sc.w    a1, a3, (s2)
        beqz    a1, 2f
        addi    a2, a2, -1
        bnez    a2, 1b
2:      check   atomic.sc.w, a1, 0
        ld      a0, (s2)
        check   atomic.sc.w.memory, a0, 0x11223344fffffff9
        li      a2, 1000000
1:      lr.d.aq a0, (s2)
        add     a0, a0, a3
        sc.d.rl a1, a0, (s2)
        beqz    a1, 2f
        addi    a2, a2, -1
        bnez    a2, 1b
2:      check   atomic.sc.d, a1, 0
        ld      a0, (s2)
        check   atomic.sc.d.memory, a0, 0x11223344fffffff2
        # The registers may be one.
        li      a2, 1000000
1:      mv      a0, s2
        lr.d    a0, (a0)
        mv      a1, s2
        sc.d    a1, a1, (a1)
        beqz    a1, 2f
        addi    a2, a2, -1
        bnez    a2, 1b
2:      check   atomic.sc.same_register, a1, 0
        ld      a1, (s2)
        check_equal atomic.sc.same_register.memory, a1, s2

        # SC fails without LR, also where the last SC used it up or failed itself.
        li      a3, 5
        sd      a3, (s2)
        sd      a3, (s3)
        lr.d    a0, (s2)
        sc.d    a0, a3, (s2)
        sc.d    a0, zero, (s2)
        failed  second, s2
        lr.w    a0, (s2)
        sc.w    a0, zero, (s3)
        failed  elsewhere, s3
        sc.w    a0, zero, (s2)
        failed  behind_failed, s2
        # It belongs to the last LR.
        lr.d    a0, (s2)
        lr.d    a0, (s3)
        sc.d    a0, zero, (s2)
        failed  other_lr, s2

        # All orderings.
        lr.w.aqrl a0, (s2)
        check   atomic.ordering.lr, a0, 5
        li      a2, 1000000
1:      lr.d.aqrl a0, (s2)
        sc.d.aqrl a1, a0, (s2)
        beqz    a1, 2f
        addi    a2, a2, -1
        bnez    a2, 1b
2:      check   atomic.ordering.sc, a1, 0
        amoadd.d.aq a0, a3, (s2)
        check   atomic.ordering.aq, a0, 5
        amoadd.w.rl a0, a3, (s2)
        check   atomic.ordering.rl, a0, 10
        amoadd.d.aqrl a0, a3, (s2)
        check   atomic.ordering.aqrl, a0, 15
        # Registers that are one, and x0.
        mv      a0, s2
        amoadd.d a0, a3, (a0)
        check   atomic.registers.address, a0, 20
        li      a0, 2
        amoadd.d a0, a0, (s2)
        check   atomic.registers.operand, a0, 25
        amoswap.d zero, zero, (s2)
        ld      a0, (s2)
        check   atomic.registers.zero, a0, 0

        # What is not aligned to its size.
        addi    s3, s2, 2
        misaligned lr_w, 4, lr.w a0, (s3)
        misaligned sc_w, 6, sc.w a0, zero, (s3)
        addi    s3, s2, 4
        misaligned lr_d, 4, lr.d a0, (s3)
        misaligned sc_d, 6, sc.d a0, zero, (s3)

        # Words have a sign, whatever the operation, and leave the other half of a doubleword as it is.
        amos    atomic.amoswap.w, amoswap.w
        .dword  0x5a5a5a5a12345678, 0x1f0f0f0f0, 0x12345678, 0x5a5a5a5af0f0f0f0
        .dword  0xa5a5a5a580000000, 0xffffffffffffffff, 0xffffffff80000000, 0xa5a5a5a5ffffffff
        .dword  0xffffffff7fffffff, 0x100000001, 0x7fffffff, 0xffffffff00000001
        .dword  0x5, 0xffffffff80000005, 0x5, 0x80000005
        end_rows
        amos    atomic.amoadd.w, amoadd.w
        .dword  0x5a5a5a5a12345678, 0x1f0f0f0f0, 0x12345678, 0x5a5a5a5a03254768
        .dword  0xa5a5a5a580000000, 0xffffffffffffffff, 0xffffffff80000000, 0xa5a5a5a57fffffff
        .dword  0xffffffff7fffffff, 0x100000001, 0x7fffffff, 0xffffffff80000000
        .dword  0x5, 0xffffffff80000005, 0x5, 0x8000000a
        end_rows
        amos    atomic.amoxor.w, amoxor.w
        .dword  0x5a5a5a5a12345678, 0x1f0f0f0f0, 0x12345678, 0x5a5a5a5ae2c4a688
        .dword  0xa5a5a5a580000000, 0xffffffffffffffff, 0xffffffff80000000, 0xa5a5a5a57fffffff
        .dword  0xffffffff7fffffff, 0x100000001, 0x7fffffff, 0xffffffff7ffffffe
        .dword  0x5, 0xffffffff80000005, 0x5, 0x80000000
        end_rows
        amos    atomic.amoand.w, amoand.w
        .dword  0x5a5a5a5a12345678, 0x1f0f0f0f0, 0x12345678, 0x5a5a5a5a10305070
        .dword  0xa5a5a5a580000000, 0xffffffffffffffff, 0xffffffff80000000, 0xa5a5a5a580000000
        .dword  0xffffffff7fffffff, 0x100000001, 0x7fffffff, 0xffffffff00000001
        .dword  0x5, 0xffffffff80000005, 0x5, 0x5
        end_rows
        amos    atomic.amoor.w, amoor.w
        .dword  0x5a5a5a5a12345678, 0x1f0f0f0f0, 0x12345678, 0x5a5a5a5af2f4f6f8
        .dword  0xa5a5a5a580000000, 0xffffffffffffffff, 0xffffffff80000000, 0xa5a5a5a5ffffffff
        .dword  0xffffffff7fffffff, 0x100000001, 0x7fffffff, 0xffffffff7fffffff
        .dword  0x5, 0xffffffff80000005, 0x5, 0x80000005
        end_rows
        amos    atomic.amomin.w, amomin.w
        .dword  0x5a5a5a5a12345678, 0x1f0f0f0f0, 0x12345678, 0x5a5a5a5af0f0f0f0
        .dword  0xa5a5a5a580000000, 0xffffffffffffffff, 0xffffffff80000000, 0xa5a5a5a580000000
        .dword  0xffffffff7fffffff, 0x100000001, 0x7fffffff, 0xffffffff00000001
        .dword  0x5, 0xffffffff80000005, 0x5, 0x80000005
        end_rows
        amos    atomic.amomax.w, amomax.w
        .dword  0x5a5a5a5a12345678, 0x1f0f0f0f0, 0x12345678, 0x5a5a5a5a12345678
        .dword  0xa5a5a5a580000000, 0xffffffffffffffff, 0xffffffff80000000, 0xa5a5a5a5ffffffff
        .dword  0xffffffff7fffffff, 0x100000001, 0x7fffffff, 0xffffffff7fffffff
        .dword  0x5, 0xffffffff80000005, 0x5, 0x5
        end_rows
        amos    atomic.amominu.w, amominu.w
        .dword  0x5a5a5a5a12345678, 0x1f0f0f0f0, 0x12345678, 0x5a5a5a5a12345678
        .dword  0xa5a5a5a580000000, 0xffffffffffffffff, 0xffffffff80000000, 0xa5a5a5a580000000
        .dword  0xffffffff7fffffff, 0x100000001, 0x7fffffff, 0xffffffff00000001
        .dword  0x5, 0xffffffff80000005, 0x5, 0x5
        end_rows
        amos    atomic.amomaxu.w, amomaxu.w
        .dword  0x5a5a5a5a12345678, 0x1f0f0f0f0, 0x12345678, 0x5a5a5a5af0f0f0f0
        .dword  0xa5a5a5a580000000, 0xffffffffffffffff, 0xffffffff80000000, 0xa5a5a5a5ffffffff
        .dword  0xffffffff7fffffff, 0x100000001, 0x7fffffff, 0xffffffff7fffffff
        .dword  0x5, 0xffffffff80000005, 0x5, 0x80000005
        end_rows
        amos    atomic.amoswap.d, amoswap.d
        .dword  0x123456789abcdef, 0xff00ff00ff00ff00, 0x123456789abcdef, 0xff00ff00ff00ff00
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000, 0xffffffffffffffff
        .dword  0x7fffffffffffffff, 0x1, 0x7fffffffffffffff, 0x1
        .dword  0x5, 0x5, 0x5, 0x5
        end_rows
        amos    atomic.amoadd.d, amoadd.d
        .dword  0x123456789abcdef, 0xff00ff00ff00ff00, 0x123456789abcdef, 0x24446888acccef
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000, 0x7fffffffffffffff
        .dword  0x7fffffffffffffff, 0x1, 0x7fffffffffffffff, 0x8000000000000000
        .dword  0x5, 0x5, 0x5, 0xa
        end_rows
        amos    atomic.amoxor.d, amoxor.d
        .dword  0x123456789abcdef, 0xff00ff00ff00ff00, 0x123456789abcdef, 0xfe23ba6776ab32ef
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000, 0x7fffffffffffffff
        .dword  0x7fffffffffffffff, 0x1, 0x7fffffffffffffff, 0x7ffffffffffffffe
        .dword  0x5, 0x5, 0x5, 0x0
        end_rows
        amos    atomic.amoand.d, amoand.d
        .dword  0x123456789abcdef, 0xff00ff00ff00ff00, 0x123456789abcdef, 0x10045008900cd00
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000, 0x8000000000000000
        .dword  0x7fffffffffffffff, 0x1, 0x7fffffffffffffff, 0x1
        .dword  0x5, 0x5, 0x5, 0x5
        end_rows
        amos    atomic.amoor.d, amoor.d
        .dword  0x123456789abcdef, 0xff00ff00ff00ff00, 0x123456789abcdef, 0xff23ff67ffabffef
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000, 0xffffffffffffffff
        .dword  0x7fffffffffffffff, 0x1, 0x7fffffffffffffff, 0x7fffffffffffffff
        .dword  0x5, 0x5, 0x5, 0x5
        end_rows
        amos    atomic.amomin.d, amomin.d
        .dword  0x123456789abcdef, 0xff00ff00ff00ff00, 0x123456789abcdef, 0xff00ff00ff00ff00
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000, 0x8000000000000000
        .dword  0x7fffffffffffffff, 0x1, 0x7fffffffffffffff, 0x1
        .dword  0x5, 0x5, 0x5, 0x5
        end_rows
        amos    atomic.amomax.d, amomax.d
        .dword  0x123456789abcdef, 0xff00ff00ff00ff00, 0x123456789abcdef, 0x123456789abcdef
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000, 0xffffffffffffffff
        .dword  0x7fffffffffffffff, 0x1, 0x7fffffffffffffff, 0x7fffffffffffffff
        .dword  0x5, 0x5, 0x5, 0x5
        end_rows
        amos    atomic.amominu.d, amominu.d
        .dword  0x123456789abcdef, 0xff00ff00ff00ff00, 0x123456789abcdef, 0x123456789abcdef
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000, 0x8000000000000000
        .dword  0x7fffffffffffffff, 0x1, 0x7fffffffffffffff, 0x1
        .dword  0x5, 0x5, 0x5, 0x5
        end_rows
        amos    atomic.amomaxu.d, amomaxu.d
        .dword  0x123456789abcdef, 0xff00ff00ff00ff00, 0x123456789abcdef, 0xff00ff00ff00ff00
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000, 0xffffffffffffffff
        .dword  0x7fffffffffffffff, 0x1, 0x7fffffffffffffff, 0x7fffffffffffffff
        .dword  0x5, 0x5, 0x5, 0x5
        end_rows

        # Zacas: amocas.w, .d and .q compare with rd, and put rs2 there if they are equal.
        la      s2, room
        expect_traps
        .4byte  0x28b9352f              # amocas.d a0, a1, (s2)
        la      t5, traps
        ld      t5, (t5)
        beqz    t5, swap
        absent  atomic.cas
        j       wait
swap:   li      a3, 0x5a5a5a5a80000001
        sd      a3, (s2)
        li      a0, 0x80000001
        li      a1, 0x1122334455667788
        .4byte  0x28b9252f              # amocas.w a0, a1, (s2)
        check   atomic.cas.w, a0, 0xffffffff80000001
        ld      a0, (s2)
        check   atomic.cas.w.memory, a0, 0x5a5a5a5a55667788
        li      a0, 0x55667789
        .4byte  0x28b9252f
        check   atomic.cas.w.unequal, a0, 0x55667788
        li      a0, 0x5a5a5a5a55667788
        .4byte  0x28b9352f              # amocas.d
        check   atomic.cas.d, a0, 0x5a5a5a5a55667788
        ld      a0, (s2)
        check_equal atomic.cas.d.memory, a0, a1
        li      a0, 0x5a5a5a5a55667788
        .4byte  0x28b9352f
        check_equal atomic.cas.d.unequal, a0, a1
        ld      a0, (s2)
        check_equal atomic.cas.d.unequal.memory, a0, a1
        # x0 is compared as zero.
        sd      zero, (s2)
        .4byte  0x28b9302f              # amocas.d zero, a1, (s2)
        ld      a0, (s2)
        check_equal atomic.cas.zero, a0, a1
        # Pairs of registers: a2 and a3 are compared, a4 and a5 stored.
        li      a2, 1
        li      a3, 2
        li      a4, 3
        li      a5, 4
        sd      a2, (s2)
        sd      a3, 8(s2)
        .4byte  0x28e9462f              # amocas.q a2, a4, (s2)
        ld      a0, (s2)
        ld      a1, 8(s2)
        slli    a1, a1, 8
        or      a0, a0, a1
        check   atomic.cas.q.memory, a0, 0x403
        slli    a3, a3, 8
        or      a0, a2, a3
        check   atomic.cas.q, a0, 0x201
        li      a2, 3
        li      a3, 5
        .4byte  0x28e9462f
        slli    a3, a3, 8
        or      a0, a2, a3
        check   atomic.cas.q.unequal, a0, 0x403
        # An odd register names no pair.
        expect_traps
        .4byte  0x28e946af              # amocas.q a3, a4, (s2)
        check_trap atomic.cas.q.odd_rd, ILLEGAL
        expect_traps
        .4byte  0x28f9462f              # amocas.q a2, a5, (s2)
        check_trap atomic.cas.q.odd_rs2, ILLEGAL

        # Zawrs: waiting for a reservation to end may end at any time, and ends without one.
wait:   sc.d    a0, a0, (s2)
        expect_traps
        .4byte  0x01d00073              # wrs.sto
        la      t5, traps
        ld      t5, (t5)
        beqz    t5, waits
        absent  atomic.wait
        j       finish
waits:  expect_traps
        .4byte  0x00d00073              # wrs.nto
        check_no_trap atomic.wait.nto
        lr.d    a0, (s2)
        .4byte  0x01d00073
        check_no_trap atomic.wait.sto
        # With TW, wrs.nto below M-mode ends or is illegal; wrs.sto is not.
        li      a0, -1
        csrw    pmpaddr0, a0
        li      a0, 0x1f
        csrw    pmpcfg0, a0
        li      a0, MSTATUS_TW
        csrs    mstatus, a0
        run_supervisor do_sto
        check   atomic.wait.sto.tw, a0, NONE
        run_supervisor do_nto
        addi    a1, a0, -ILLEGAL
        seqz    a1, a1
        addi    a0, a0, -NONE
        seqz    a0, a0
        or      a0, a0, a1
        check   atomic.wait.nto.tw, a0, 1
        li      a0, MSTATUS_TW
        csrc    mstatus, a0
        j       finish

do_sto: lr.d    a0, (s2)
        .4byte  0x01d00073
        ecall
do_nto: lr.d    a0, (s2)
        .4byte  0x00d00073
        ecall

        .data
        .balign 64
room:   .space  128
