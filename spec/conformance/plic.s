#: {}
# The PLIC, version 1.0.0 of its specification, with two sources that a program can raise and
# lower as it likes: the UART's transmitter (10), and the alarm of the RTC (11).
#
# Printing raises and lowers the UART's wire, so that results are kept until `settle` has
# disabled that interrupt.

        .equ    PRIORITY, PLIC
        .equ    PENDING, PLIC + 0x1000
        .equ    ENABLE_M, PLIC + 0x2000
        .equ    ENABLE_S, PLIC + 0x2080
        .equ    THRESHOLD_M, PLIC + 0x200000
        .equ    CLAIM_M, PLIC + 0x200004
        .equ    THRESHOLD_S, PLIC + 0x201000
        .equ    CLAIM_S, PLIC + 0x201004

        .equ    UART_BIT, 1 << UART_IRQ
        .equ    RTC_BIT, 1 << RTC_IRQ
        .equ    PRIORITY_UART, PRIORITY + 4 * UART_IRQ
        .equ    PRIORITY_RTC, PRIORITY + 4 * RTC_IRQ

        .equ    SEIP, 1 << 9
        .equ    MEIP, 1 << 11

# The wires.
.macro  raise_uart
        li      t6, UART
        li      t5, 2
        sb      zero, 1(t6)
        sb      t5, 1(t6)
.endm

.macro  lower_uart
        li      t6, UART
        sb      zero, 1(t6)
.endm

# An alarm in the past rings at once.
.macro  raise_rtc
        put_at  RTC + 0x10, 1
        put_at  RTC + 0x0c, 0
        put_at  RTC + 0x08, 0
.endm

.macro  lower_rtc
        put_at  RTC + 0x1c, 1
.endm

# The value of a register after it was written.
.macro  keeps id:req, address:req, value:req, mask:req, expected:req
        put_at  \address, \value
        get     a0, \address
        check_bits \id, a0, \mask, \expected
.endm

# The sum of the words from a0 to a1, in a2.
sum:    li      a2, 0
1:      lwu     t6, (a0)
        add     a2, a2, t6
        addi    a0, a0, 4
        bltu    a0, a1, 1b
        ret

.macro  sum_of register:req, from:req, bytes:req
        li      a0, \from
        li      a1, \from + \bytes
        call    sum
        mv      \register, a2
.endm

program:
        # As reset leaves it: nothing was printed yet.
        sum_of  s0, PRIORITY, 4 * 97
        sum_of  s1, PENDING, 16
        sum_of  s2, ENABLE_M, 0x100
        get     s3, THRESHOLD_M
        get     s4, THRESHOLD_S
        get     s5, CLAIM_M
        get     s6, CLAIM_S
        # Priorities behind the last source, and a context of a hart that is not there.
        put_at  PRIORITY + 4 * 97, 7
        put_at  ENABLE_M + 0x10, -1
        put_at  ENABLE_M + 0x100, -1
        put_at  THRESHOLD_M + 0x2000, 7
        put_at  THRESHOLD_M + 8, 7
        get     s7, PRIORITY + 4 * 97
        get     s8, ENABLE_M + 0x10
        get     s9, ENABLE_M + 0x100
        get     s10, THRESHOLD_M + 0x2000
        get     s11, THRESHOLD_M + 8
        check   plic.reset.priority, s0, 0
        check   plic.reset.pending, s1, 0
        check   plic.reset.enable, s2, 0
        check   plic.reset.threshold.m, s3, 0
        check   plic.reset.threshold.s, s4, 0
        check   plic.reset.claim.m, s5, 0
        check   plic.reset.claim.s, s6, 0
        check   plic.reserved.priority, s7, 0
        check   plic.reserved.enable, s8, 0
        check   plic.reserved.context.enable, s9, 0
        check   plic.reserved.context.threshold, s10, 0
        check   plic.reserved.context, s11, 0
        call    settle

        # Priorities, thresholds and enables keep what is legal.
        keeps   plic.priority.highest, PRIORITY_UART, 7, -1, 7
        keeps   plic.priority.middle, PRIORITY_UART, 5, -1, 5
        keeps   plic.priority.lowest, PRIORITY_UART, 0, -1, 0
        keeps   plic.priority.warl, PRIORITY_UART, 0xffffffff, 0xfffffff8, 0
        keeps   plic.priority.last, PRIORITY + 4 * 96, 3, -1, 3
        put_at  PRIORITY + 4 * 96, 0
        keeps   plic.threshold.highest, THRESHOLD_M, 7, -1, 7
        keeps   plic.threshold.lowest, THRESHOLD_M, 0, -1, 0
        keeps   plic.threshold.warl, THRESHOLD_S, 0xffffffff, 0xfffffff8, 0
        put_at  THRESHOLD_S, 3
        get     a0, THRESHOLD_M
        check   plic.threshold.contexts, a0, 0
        keeps   plic.enable.sources, ENABLE_M, 0xffffffff, 0xdfe, 0xdfe
        keeps   plic.enable.source0, ENABLE_M, 0xffffffff, 1, 0
        put_at  ENABLE_M, 0x400
        put_at  ENABLE_S, 0x800
        get     a0, ENABLE_M
        get     a1, ENABLE_S
        check   plic.enable.context.m, a0, 0x400
        check   plic.enable.context.s, a1, 0x800
        call    settle

        # Nothing to claim. What is completed without a claim changes nothing.
        get     s0, CLAIM_M
        check   plic.claim.none, s0, 0
        expect_traps
        put_at  CLAIM_M, 0
        put_at  CLAIM_M, UART_IRQ
        put_at  CLAIM_M, 1023
        put_at  CLAIM_M, 0xffffffff
        check_no_trap plic.complete.none
        get     s0, CLAIM_M
        check   plic.complete.none.claim, s0, 0

        # A pending bit is there although nobody has enabled its source, and is read-only.
        put_at  ENABLE_M, 0
        raise_uart
        get     s0, PENDING
        get_mip s1
        put_at  PENDING, 0
        get     s2, PENDING
        get     s3, CLAIM_M
        # Enabling the source is all that the interrupt lacks.
        put_at  ENABLE_M, UART_BIT
        get_mip s4
        call    settle
        put_at  PENDING, 0xffffffff
        get     s5, PENDING
        check   plic.pending, s0, UART_BIT
        check_bits plic.pending.disabled, s1, MEIP | SEIP, 0
        check   plic.pending.readonly.set, s2, UART_BIT
        check   plic.claim.disabled, s3, 0
        check_bits plic.enable.pending, s4, MEIP, MEIP
        check   plic.pending.readonly.clear, s5, 0

        # Priority 0 never interrupts; a priority has to be above the threshold.
        put_at  PRIORITY_UART, 0
        raise_uart
        get_mip s0
        get     s1, CLAIM_M
        put_at  PRIORITY_UART, 1
        get_mip s2
        put_at  THRESHOLD_M, 1
        get_mip s3
        put_at  PRIORITY_UART, 2
        get_mip s4
        put_at  THRESHOLD_M, 7
        put_at  PRIORITY_UART, 7
        get_mip s5
        # The threshold holds back the interrupt, and not the claim.
        get     s6, CLAIM_M
        call    settle
        check_bits plic.priority.zero, s0, MEIP, 0
        check   plic.priority.zero.claim, s1, 0
        check_bits plic.priority.one, s2, MEIP, MEIP
        check_bits plic.threshold.equal, s3, MEIP, 0
        check_bits plic.threshold.below, s4, MEIP, MEIP
        check_bits plic.threshold.all, s5, MEIP, 0
        check   plic.claim.threshold, s6, UART_IRQ

        # Claiming takes the request away, for everybody.
        put_at  ENABLE_S, UART_BIT
        put_at  THRESHOLD_S, 0
        raise_uart
        get_mip s0
        get     s1, CLAIM_M
        get     s2, PENDING
        get_mip s3
        get     s4, CLAIM_M
        get     s5, CLAIM_S
        # Until completion the gateway makes no new request, whatever its wire does ...
        lower_uart
        raise_uart
        get_mip s6
        get     s7, CLAIM_M
        # ... and then the wire, if it is high, makes one.
        put_at  CLAIM_M, UART_IRQ
        get     s8, CLAIM_M
        call    settle
        check_bits plic.both, s0, MEIP | SEIP, MEIP | SEIP
        check   plic.claim, s1, UART_IRQ
        check   plic.claim.pending, s2, 0
        check_bits plic.claim.mip, s3, MEIP | SEIP, 0
        check   plic.claim.twice, s4, 0
        check   plic.claim.other, s5, 0
        check_bits plic.gateway.closed, s6, MEIP | SEIP, 0
        check   plic.gateway.closed.claim, s7, 0
        check   plic.gateway.opened, s8, UART_IRQ

        # A wire that stays high makes the next request at completion; one that is low does not.
        raise_uart
        get     s0, CLAIM_M
        put_at  CLAIM_M, UART_IRQ
        get     s1, PENDING
        get_mip s2
        get     s3, CLAIM_M
        lower_uart
        put_at  CLAIM_M, UART_IRQ
        get     s4, PENDING
        get_mip s5
        call    settle
        check   plic.gateway.first, s0, UART_IRQ
        check   plic.gateway.level.pending, s1, UART_BIT
        check_bits plic.gateway.level.mip, s2, MEIP, MEIP
        check   plic.gateway.level.claim, s3, UART_IRQ
        check   plic.gateway.low.pending, s4, 0
        check_bits plic.gateway.low.mip, s5, MEIP, 0

        # A request that was made stays when its wire falls.
        raise_uart
        lower_uart
        get     s0, PENDING
        get     s1, CLAIM_M
        call    settle
        check   plic.gateway.fallen.pending, s0, UART_BIT
        check   plic.gateway.fallen.claim, s1, UART_IRQ

        # A completion counts only where the source is enabled.
        raise_uart
        get     s0, CLAIM_M
        put_at  ENABLE_M, RTC_BIT
        put_at  CLAIM_M, UART_IRQ
        lower_uart
        raise_uart
        put_at  ENABLE_M, UART_BIT
        get     s1, CLAIM_M
        put_at  CLAIM_M, UART_IRQ
        get     s2, CLAIM_M
        call    settle
        check   plic.complete.disabled, s1, 0
        check   plic.complete.enabled, s2, UART_IRQ

        # The S context has its own interrupt, and its own registers.
        put_at  ENABLE_M, 0
        put_at  ENABLE_S, UART_BIT
        put_at  THRESHOLD_M, 0
        put_at  THRESHOLD_S, 0
        raise_uart
        get_mip s0
        put_at  THRESHOLD_S, 1
        get_mip s1
        put_at  THRESHOLD_S, 0
        get     s2, CLAIM_M
        get     s3, CLAIM_S
        get_mip s4
        lower_uart
        put_at  CLAIM_S, UART_IRQ
        call    settle
        check_bits plic.s.mip, s0, MEIP | SEIP, SEIP
        check_bits plic.s.threshold, s1, SEIP, 0
        check   plic.s.claim.m, s2, 0
        check   plic.s.claim, s3, UART_IRQ
        check_bits plic.s.claimed, s4, SEIP, 0

        # mip.SEIP is the wire, or the bit that software sets; neither changes the other, not
        # even when mip is read with the wire high and written back.
        put_at  ENABLE_M, 0
        put_at  ENABLE_S, UART_BIT
        put_at  THRESHOLD_S, 0
        raise_uart
        csrrsi  s0, mip, 2
        csrci   mip, 2
        li      a0, SEIP
        csrc    mip, a0
        get_mip s1
        get     s2, CLAIM_S
        get_mip s3
        csrs    mip, a0
        get_mip s4
        lower_uart
        put_at  CLAIM_S, UART_IRQ
        get_mip s5
        csrc    mip, a0
        get_mip s6
        call    settle
        check_bits plic.seip.read, s0, SEIP, SEIP
        check_bits plic.seip.wire, s1, SEIP, SEIP
        check   plic.seip.claim, s2, UART_IRQ
        check_bits plic.seip.low, s3, SEIP, 0
        check_bits plic.seip.software, s4, SEIP, SEIP
        check_bits plic.seip.software.stays, s5, SEIP, SEIP
        check_bits plic.seip.software.clear, s6, SEIP, 0

        # Among equals the lowest number is first, else the highest priority.
        raise_uart
        raise_rtc
        get     s0, PENDING
        get     s1, CLAIM_M
        get     s2, CLAIM_M
        get     s3, CLAIM_M
        call    settle
        put_at  PRIORITY_RTC, 2
        raise_uart
        raise_rtc
        get     s4, CLAIM_M
        get_mip s5
        get     s6, CLAIM_M
        # In this order the claims may be completed, too.
        lower_uart
        lower_rtc
        put_at  CLAIM_M, RTC_IRQ
        put_at  CLAIM_M, UART_IRQ
        raise_uart
        get     s7, CLAIM_M
        call    settle
        check   plic.order.pending, s0, UART_BIT | RTC_BIT
        check   plic.claim.lowest, s1, UART_IRQ
        check   plic.claim.next, s2, RTC_IRQ
        check   plic.claim.last, s3, 0
        check   plic.claim.highest, s4, RTC_IRQ
        check_bits plic.claim.left, s5, MEIP, MEIP
        check   plic.claim.lower, s6, UART_IRQ
        check   plic.complete.order, s7, UART_IRQ

        # With a threshold between the two, one of them interrupts.
        put_at  PRIORITY_UART, 6
        put_at  PRIORITY_RTC, 3
        put_at  THRESHOLD_M, 3
        raise_rtc
        get_mip s0
        raise_uart
        get_mip s1
        get     s2, CLAIM_M
        get_mip s3
        call    settle
        check_bits plic.threshold.rtc, s0, MEIP, 0
        check_bits plic.threshold.uart, s1, MEIP, MEIP
        check   plic.threshold.claim, s2, UART_IRQ
        check_bits plic.threshold.left, s3, MEIP, 0

        # The interrupt is taken, and comes no more once it was claimed.
        csrr    s0, mtvec
        la      a0, on_interrupt
        csrw    mtvec, a0
        li      s1, 0
        li      s2, 0
        li      a0, MEIP
        csrw    mie, a0
        csrsi   mstatus, MSTATUS_MIE
        raise_uart
        li      a0, 1000
1:      addi    a0, a0, -1
        bnez    a0, 1b
        csrci   mstatus, MSTATUS_MIE
        csrw    mie, zero
        csrw    mtvec, s0
        call    settle
        li      a0, 0x800000000000000b
        check_equal plic.interrupt.cause, s3, a0
        check   plic.interrupt.claim, s2, UART_IRQ
        check   plic.interrupt.once, s1, 1
        j       finish

        # Claims and does not complete: s1 counts, s2 is the source, s3 the cause.
        .balign 8
on_interrupt:
        csrr    s3, mcause
        addi    s1, s1, 1
        li      s4, CLAIM_M
        lwu     s2, (s4)
        mret

# Lowers both wires and drops all requests; then only the M context has them enabled, both
# with priority 1.
settle:
        lower_uart
        put_at  RTC + 0x10, 0
        lower_rtc
        put_at  ENABLE_M, UART_BIT | RTC_BIT
        put_at  ENABLE_S, UART_BIT | RTC_BIT
        put_at  PRIORITY_UART, 1
        put_at  PRIORITY_RTC, 1
        put_at  THRESHOLD_M, 0
        put_at  THRESHOLD_S, 0
        li      t4, CLAIM_M
        li      t6, CLAIM_S
        li      t5, UART_IRQ
        sw      t5, (t4)
        sw      t5, (t6)
        li      t5, RTC_IRQ
        sw      t5, (t4)
        sw      t5, (t6)
1:      lwu     t5, (t4)
        sw      t5, (t4)
        bnez    t5, 1b
        put_at  ENABLE_S, 0
        put_at  THRESHOLD_S, 0
        ret
