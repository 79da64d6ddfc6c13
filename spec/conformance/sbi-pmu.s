#: {"boot": "kernel", "uses": ["sbi"], "optional": ["sbi.pmu", "sbi.pmu.firmware"]}
# The SBI extension for performance monitoring: the counters `cycle` and `instret`, and firmware
# counters. s1 is how many counters there are, s2 and s3 are those two, s4 and s5 the first firmware
# counter and the mask of all that follow it.

        .equ    CYCLES, 1
        .equ    INSTRUCTIONS, 2
        .equ    FIRMWARE_SET_TIMER, 15 << 16 | 5
        .equ    CLEAR, 2
        .equ    AUTO_START, 4

# A function for the counter in a register.
.macro  pmu counter:req, function:req, flags:req, a3=0, a4=0
        mv      a0, \counter
        li      a1, 1
        li      a2, \flags
        li      a3, \a3
        li      a4, \a4
        sbi     PMU, \function
.endm

# A hardware counter from its configuration on: `name` is that of its CSR.
.macro  hardware name:req, counter:req, event:req
        # Somebody may have started it.
        pmu     \counter, 4, 1
        pmu     \counter, 2, 0, \event
        mv      s6, a1
        check   sbi.pmu.\name\().configure, a0, 0
        check_equal sbi.pmu.\name\().match, s6, \counter
        pmu     \counter, 3, 1, 1 << 40
        csrr    s6, \name
        csrr    s7, \name
        srli    s8, s6, 40
        sltu    s9, s6, s7
        check   sbi.pmu.\name\().start, a0, 0
        check   sbi.pmu.\name\().initial, s8, 1
        check   sbi.pmu.\name\().counts, s9, 1
        pmu     \counter, 3, 0
        check   sbi.pmu.\name\().started, a0, ALREADY_STARTED
        pmu     \counter, 4, 0
        csrr    s6, \name
        csrr    s7, \name
        check   sbi.pmu.\name\().stop, a0, 0
        check_equal sbi.pmu.\name\().stopped, s7, s6
        pmu     \counter, 4, 0
        check   sbi.pmu.\name\().stop_again, a0, ALREADY_STOPPED
        # It goes on from where it was.
        pmu     \counter, 3, 0
        nop
        nop
        csrr    s7, \name
        sltu    s8, s6, s7
        srli    s7, s7, 40
        check   sbi.pmu.\name\().again, a0, 0
        check   sbi.pmu.\name\().goes_on, s8, 1
        check   sbi.pmu.\name\().kept, s7, 1
        # Cleared, and started at once.
        pmu     \counter, 4, 1
        pmu     \counter, 2, CLEAR | AUTO_START, \event
        csrr    s6, \name
        csrr    s7, \name
        srli    s8, s6, 40
        sltu    s9, s6, s7
        check   sbi.pmu.\name\().auto_start, a0, 0
        check   sbi.pmu.\name\().cleared, s8, 0
        check   sbi.pmu.\name\().auto_started, s9, 1
.endm

program:
        li      a0, PMU
        sbi     BASE, 3
        bnez    a1, 1f
        absent  sbi.pmu
        j       finish
1:
        sbi     PMU, 0
        mv      s1, a1
        check   sbi.pmu.number.error, a0, 0
        # What each of them is.
        li      s2, -1
        li      s3, -1
        li      s4, -1
        li      s5, 0
        li      s6, 0
2:      mv      a0, s6
        sbi     PMU, 1
        bnez    a0, 5f
        bltz    a1, 4f
        slli    a1, a1, 52
        srli    a1, a1, 52
        li      a0, 0xc00
        bne     a1, a0, 3f
        mv      s2, s6
3:      li      a0, 0xc02
        bne     a1, a0, 5f
        mv      s3, s6
        j       5f
4:      # The first 64 from the first one on are enough.
        bgez    s4, 6f
        mv      s4, s6
6:      sub     a1, s6, s4
        li      a0, 64
        bgeu    a1, a0, 5f
        li      a0, 1
        sll     a0, a0, a1
        or      s5, s5, a0
5:      addi    s6, s6, 1
        bltu    s6, s1, 2b
        sltu    a0, s2, s1
        check   sbi.pmu.info.cycle, a0, 1
        sltu    a0, s3, s1
        check   sbi.pmu.info.instret, a0, 1
        mv      a0, s2
        sbi     PMU, 1
        # 64 bits, all of hardware.
        srli    a1, a1, 12
        check   sbi.pmu.info.width, a1, 63
        mv      a0, s1
        sbi     PMU, 1
        check   sbi.pmu.info.behind, a0, INVALID_PARAM
        li      a0, -1
        sbi     PMU, 1
        check   sbi.pmu.info.far, a0, INVALID_PARAM

        hardware cycle, s2, CYCLES
        hardware instret, s3, INSTRUCTIONS

        # Counters that are not there, flags that are reserved, an event that nobody counts.
        pmu     s1, 2, 0, CYCLES
        check   sbi.pmu.absent.configure, a0, INVALID_PARAM
        pmu     s1, 3, 0
        check   sbi.pmu.absent.start, a0, INVALID_PARAM
        pmu     s1, 4, 0
        check   sbi.pmu.absent.stop, a0, INVALID_PARAM
        pmu     s2, 4, 1
        pmu     s2, 2, 0x100, CYCLES
        check   sbi.pmu.flags.configure, a0, INVALID_PARAM
        pmu     s2, 3, 0x100
        check   sbi.pmu.flags.start, a0, INVALID_PARAM
        pmu     s2, 4, 0x100
        check   sbi.pmu.flags.stop, a0, INVALID_PARAM
        pmu     s2, 2, 0, 0x7ff
        check   sbi.pmu.event, a0, NOT_SUPPORTED
        # The cycle counter does not count instructions.
        pmu     s2, 2, 0, INSTRUCTIONS
        check   sbi.pmu.event.other, a0, NOT_SUPPORTED
        mv      a0, s2
        sbi     PMU, 5
        check   sbi.pmu.read.hardware, a0, INVALID_PARAM
        mv      a0, s1
        sbi     PMU, 5
        check   sbi.pmu.read.absent, a0, INVALID_PARAM
        sbi     PMU, 99
        check   sbi.pmu.unknown_function, a0, NOT_SUPPORTED

        # A firmware counter, of calls that set the timer.
        beqz    s5, no_firmware
        mv      a0, s4
        mv      a1, s5
        li      a2, CLEAR | AUTO_START
        li      a3, FIRMWARE_SET_TIMER
        li      a4, 0
        sbi     PMU, 2
        li      a2, NOT_SUPPORTED
        beq     a0, a2, no_firmware
        mv      s6, a1
        check   sbi.pmu.firmware.configure, a0, 0
        sub     a0, s6, s4
        srl     a0, s5, a0
        andi    a0, a0, 1
        check   sbi.pmu.firmware.match, a0, 1
        call    set_timer
        call    set_timer
        call    set_timer
        mv      a0, s6
        sbi     PMU, 5
        mv      s7, a1
        check   sbi.pmu.firmware.read, a0, 0
        check   sbi.pmu.firmware.count, s7, 3
        pmu     s6, 3, 0
        check   sbi.pmu.firmware.started, a0, ALREADY_STARTED
        pmu     s6, 4, 0
        check   sbi.pmu.firmware.stop, a0, 0
        call    set_timer
        mv      a0, s6
        sbi     PMU, 5
        check   sbi.pmu.firmware.stopped, a1, 3
        pmu     s6, 4, 0
        check   sbi.pmu.firmware.stop_again, a0, ALREADY_STOPPED
        pmu     s6, 3, 1, 1000
        call    set_timer
        mv      a0, s6
        sbi     PMU, 5
        check   sbi.pmu.firmware.initial, a1, 1001
        # Since SBI 2.0 there is an upper half, for those whose registers have 32 bits.
        mv      a0, s6
        li      a1, 0
        sbi     PMU, 6
        mv      s7, a1
        seqz    s8, a0
        neg     s8, s8
        and     s7, s7, s8
        check_either sbi.pmu.firmware.high, 0, NOT_SUPPORTED
        check   sbi.pmu.firmware.high.value, s7, 0
        # Without its event it counts nothing.
        pmu     s6, 4, 1
        pmu     s6, 3, 0
        check   sbi.pmu.firmware.reset, a0, INVALID_PARAM
        j       finish
no_firmware:
        absent  sbi.pmu.firmware
        j       finish

set_timer:
        li      a0, -1
        sbi     TIME, 0
        ret
