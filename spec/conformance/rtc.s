#: {}
# The Goldfish real-time clock: nanoseconds since 1970, and one alarm. It is watched by the
# pending bit of its PLIC source, with no interrupt enabled, and measured with `time` (10 MHz).

        .equ    TIME_LOW, 0x00
        .equ    TIME_HIGH, 0x04
        .equ    ALARM_LOW, 0x08
        .equ    ALARM_HIGH, 0x0c
        .equ    IRQ_ENABLED, 0x10
        .equ    CLEAR_ALARM, 0x14
        .equ    ALARM_STATUS, 0x18
        .equ    CLEAR_INTERRUPT, 0x1c

        .equ    MILLISECOND, 10000

# Waits that many ticks of `time`.
.macro  wait ticks:req
        li      a0, \ticks
        call    wait_ticks
.endm

# Whether the source is pending: 1 or 0.
.macro  pending register:req
        li      t6, PLIC + 0x1000
        lwu     t5, (t6)
        srli    t5, t5, RTC_IRQ
        andi    \register, t5, 1
.endm

program:
        li      s11, RTC
        # As reset leaves it: no alarm, no interrupt.
        lwu     s0, ALARM_STATUS(s11)
        lwu     s1, IRQ_ENABLED(s11)
        lwu     s3, ALARM_LOW(s11)
        lwu     s4, ALARM_HIGH(s11)
        or      s3, s3, s4
        pending s2
        check   rtc.reset.alarm, s3, 0
        check   rtc.reset.alarm_status, s0, 0
        check   rtc.reset.irq_enabled, s1, 0
        check   rtc.reset.pending, s2, 0

        # What is only written, the bits of a switch, and what lies behind the registers.
        lwu     s0, CLEAR_ALARM(s11)
        lwu     s1, CLEAR_INTERRUPT(s11)
        put     IRQ_ENABLED, 0xfffffffe
        lwu     s2, IRQ_ENABLED(s11)
        put     IRQ_ENABLED, 0xffffffff
        lwu     s3, IRQ_ENABLED(s11)
        put     IRQ_ENABLED, 0
        expect_traps
        li      s4, 0
        sw      s11, 0x40(s11)
        lwu     s4, 0x40(s11)
        lwu     s5, 0x7fc(s11)
        or      s4, s4, s5
        la      s5, traps
        ld      s5, (s5)
        li      s6, 3
        bne     s5, s6, 1f
        li      s4, 0
1:      or      s0, s0, s1
        check   rtc.registers.write_only, s0, 0
        check   rtc.registers.irq_enabled.high, s2, 0
        check   rtc.registers.irq_enabled.low, s3, 1
        check   rtc.registers.behind, s4, 0

        # Later than 2020, and before 2262, where a signed count of nanoseconds ends.
        call    read_time
        li      a1, 1577836800000000000
        sltu    s0, a0, a1
        srli    s1, a0, 63
        check   rtc.time.late, s0, 0
        check   rtc.time.early, s1, 0

        # Time goes on, by no less than half of what `time` says.
        mv      s0, a0
        wait    20 * MILLISECOND
        call    read_time
        sub     s1, a0, s0
        li      s2, 10000000
        sltu    s3, s1, s2
        check   rtc.time.advances, s3, 0

        # The time can be set. The lower half, set near its end, carries after 268 ms; the
        # upper half is that of the time whose lower half was read last.
        put     TIME_HIGH, 0x12345678
        put     TIME_LOW, 0xf0000000
        lwu     s0, TIME_LOW(s11)
        lwu     s1, TIME_HIGH(s11)
        wait    400 * MILLISECOND
        lwu     s2, TIME_HIGH(s11)
        lwu     s3, TIME_LOW(s11)
        lwu     s4, TIME_HIGH(s11)
        srli    s0, s0, 28
        srli    s3, s3, 31
        check   rtc.time.set.low, s0, 15
        check   rtc.time.set.high, s1, 0x12345678
        check   rtc.time.latch, s2, 0x12345678
        check   rtc.time.carry.low, s3, 0
        check   rtc.time.carry.high, s4, 0x12345679

        # The alarm's registers keep what is written. The lower half, written last, arms.
        put     ALARM_HIGH, 0x6fedcba9
        put     ALARM_LOW, 0x87654321
        lwu     s0, ALARM_LOW(s11)
        lwu     s1, ALARM_HIGH(s11)
        lwu     s2, ALARM_STATUS(s11)
        put     CLEAR_ALARM, 1
        lwu     s3, ALARM_STATUS(s11)
        put     IRQ_ENABLED, 0xffffffff
        lwu     s4, IRQ_ENABLED(s11)
        put     IRQ_ENABLED, 0
        lwu     s5, IRQ_ENABLED(s11)
        check   rtc.alarm.low, s0, 0x87654321
        check   rtc.alarm.high, s1, 0x6fedcba9
        check   rtc.alarm.armed, s2, 1
        check   rtc.alarm.cleared, s3, 0
        check_bits rtc.irq_enabled.set, s4, 1, 1
        check   rtc.irq_enabled.clear, s5, 0

        # An alarm in 200 ms, for a slow host: not before, and then with the interrupt.
        put     IRQ_ENABLED, 1
        li      a0, 200000000
        call    set_alarm
        pending s1
        li      s2, 1000
1:      wait    MILLISECOND
        pending s3
        addi    s2, s2, -1
        beqz    s2, 2f
        beqz    s3, 1b
2:      call    read_time
        sltu    s4, a0, s0
        lwu     s5, ALARM_STATUS(s11)
        call    settle
        check   rtc.alarm.waits, s1, 0
        check   rtc.alarm.rings, s3, 1
        check   rtc.alarm.early, s4, 0
        check   rtc.alarm.over, s5, 0

        # After CLEAR_INTERRUPT the wire is low: the source makes no new request.
        pending s1
        check   rtc.clear_interrupt, s1, 0

        # An alarm in the past rings at once.
        put     ALARM_HIGH, 0
        put     ALARM_LOW, 1
        pending s1
        lwu     s2, ALARM_STATUS(s11)
        call    settle
        check   rtc.alarm.past, s1, 1
        check   rtc.alarm.past.over, s2, 0

        # Without IRQ_ENABLED it rings unheard, until that is set.
        put     IRQ_ENABLED, 0
        put     ALARM_HIGH, 0
        put     ALARM_LOW, 1
        pending s1
        put     IRQ_ENABLED, 1
        pending s2
        call    settle
        # What was cleared does not come back.
        put     IRQ_ENABLED, 0
        put     IRQ_ENABLED, 1
        pending s3
        check   rtc.irq_enabled.holds, s1, 0
        check   rtc.irq_enabled.frees, s2, 1
        check   rtc.irq_enabled.again, s3, 0

        # An alarm that is cleared does not ring.
        li      a0, 200000000
        call    set_alarm
        put     CLEAR_ALARM, 1
        lwu     s1, ALARM_STATUS(s11)
        wait    250 * MILLISECOND
        pending s2
        check   rtc.clear_alarm, s1, 0
        check   rtc.clear_alarm.silent, s2, 0

        # One that is set anew rings at the new time alone.
        li      a0, 200000000
        call    set_alarm
        li      a0, 3600000000000
        call    set_alarm
        wait    250 * MILLISECOND
        pending s1
        lwu     s2, ALARM_STATUS(s11)
        put     CLEAR_ALARM, 1
        put     IRQ_ENABLED, 0
        check   rtc.alarm.moved, s1, 0
        check   rtc.alarm.moved.armed, s2, 1
        j       finish

# The time, in a0.
read_time:
        lwu     a0, TIME_LOW(s11)
        lwu     t5, TIME_HIGH(s11)
        slli    t5, t5, 32
        or      a0, a0, t5
        ret

# Sets the alarm to a0 nanoseconds from now; when that is, is left in s0.
set_alarm:
        mv      t4, ra
        mv      s0, a0
        call    read_time
        add     s0, s0, a0
        srli    t6, s0, 32
        sw      t6, ALARM_HIGH(s11)
        sw      s0, ALARM_LOW(s11)
        jr      t4

wait_ticks:
        csrr    t5, time
        add     a0, a0, t5
1:      csrr    t5, time
        bltu    t5, a0, 1b
        ret

# Takes the request from the PLIC while the wire is high, and lowers the wire.
settle:
        li      t4, PLIC
        li      t5, 1
        sw      t5, 4 * RTC_IRQ(t4)
        li      t6, PLIC + 0x2000
        li      t5, 1 << RTC_IRQ
        sw      t5, (t6)
        li      t6, PLIC + 0x200000
        lwu     t5, 4(t6)
        sw      zero, CLEAR_INTERRUPT(s11)
        sw      t5, 4(t6)
        ret
