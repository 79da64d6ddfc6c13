#: {"harts": 3, "uses": ["harts"]}
# The contexts of the PLIC of several harts, and what the registers of harts do that are not there.

        .equ    HARTS, 3
        .equ    ENABLE, PLIC + 0x2000
        .equ    CONTEXT, PLIC + 0x200000
        .equ    UART_SOURCE, UART_IRQ
        .equ    UART_BIT, 1 << UART_IRQ
        .equ    MSI, 1 << 3
        .equ    SSI, 1 << 1
        .equ    MEI, 1 << 11
        .equ    SEI, 1 << 9
        .equ    ROUNDS, 20

.macro  enable_at context:req, sources:req
        put_at  ENABLE + 0x80 * \context, \sources
.endm

program:
        la      a0, serve_from_reset
        la      a1, release
        fence
        sd      a0, (a1)
        li      a0, 6
        call    await_harts

        # The PLIC: a source that is enabled for several contexts interrupts all of them ...
        put_at  PLIC + 4 * UART_SOURCE, 1
        enable_at 2, UART_BIT
        enable_at 3, UART_BIT
        enable_at 4, UART_BIT
        call    raise_uart
        get_all_mip
        # ... unless the threshold of one is too high ...
        put_at  CONTEXT + 0x4000, 7
        run     2, read_mip
        mv      s3, a0
        run     1, read_mip
        mv      s4, a0
        put_at  CONTEXT + 0x4000, 0
        # ... until one has claimed it; any of them may complete it.
        run     2, claim
        mv      s5, a0
        get     s6, CONTEXT + 0x2004
        get     s7, CONTEXT + 0x3004
        run     1, read_mip
        mv      s8, a0
        call    lower_uart
        put_at  CONTEXT + 0x2004, UART_SOURCE
        call    raise_uart
        get     s9, CONTEXT + 0x3004
        call    lower_uart
        put_at  CONTEXT + 0x3004, UART_SOURCE
        enable_at 3, 0
        check_bits plic.harts.mip1, s1, MEI | SEI, MEI | SEI
        check_bits plic.harts.mip2, s2, MEI | SEI, MEI
        check_bits plic.harts.mip0, s0, MEI | SEI, 0
        check_bits plic.harts.threshold, s3, MEI | SEI, 0
        check_bits plic.harts.threshold.other, s4, MEI | SEI, MEI | SEI
        check   plic.harts.claim, s5, UART_SOURCE
        check   plic.harts.claim.other, s6, 0
        check   plic.harts.claim.supervisor, s7, 0
        check_bits plic.harts.claimed, s8, MEI | SEI, 0
        check   plic.harts.complete, s9, UART_SOURCE

        # When all claim at once, one gets it. Printing has set the wire moving.
        call    lower_uart
        call    settle
        enable_at 0, UART_BIT
        run_all race, HARTS
        mv      s0, a0
        enable_at 0, 0
        enable_at 2, 0
        enable_at 4, 0
        call    lower_uart
        check   plic.harts.race, s0, ROUNDS * UART_SOURCE

        # Registers of harts that are not there.
        expect_traps
        li      s0, MSIP + 4 * HARTS
        li      s1, MTIMECMP + 8 * HARTS
        li      s2, SETSSIP + 4 * HARTS
        li      s3, ENABLE + 0x80 * 2 * HARTS
        li      s4, CONTEXT + 0x1000 * 2 * HARTS
        li      a0, -1
        sw      a0, (s0)
        lwu     s5, (s0)
        sd      a0, (s1)
        ld      s6, (s1)
        sw      a0, (s2)
        lwu     s7, (s2)
        sw      a0, (s3)
        lwu     s8, (s3)
        sw      a0, (s4)
        lwu     s9, (s4)
        lwu     s10, 4(s4)
        sw      a0, 4(s4)
        check   harts.absent.msip, s5, 0
        check   harts.absent.mtimecmp, s6, 0
        check   harts.absent.setssip, s7, 0
        check   harts.absent.enable, s8, 0
        check   harts.absent.threshold, s9, 0
        check   harts.absent.claim, s10, 0
        check_no_trap harts.absent.traps
        get_all_mip
        or      s0, s0, s1
        or      s0, s0, s2
        check_bits harts.absent.mip, s0, MSI | SSI | MEI | SEI, 0
        j       finish

raise_uart:
        li      t6, UART
        li      t5, 2
        sb      zero, 1(t6)
        sb      t5, 1(t6)
        ret
lower_uart:
        li      t6, UART
        sb      zero, 1(t6)
        ret

# Claims and completes what context 2 finds.
settle:
        li      t0, CONTEXT + 0x2004
1:      lwu     t1, (t0)
        sw      t1, (t0)
        bnez    t1, 1b
        ret

read_mip:
        get_mip a0
        ret

# What this hart claims at its context of M-mode.
claim:  li      t0, CONTEXT + 4
        slli    t1, a0, 13
        add     t0, t0, t1
        lwu     a0, (t0)
        ret

# Rounds in which all harts claim at once, and whoever got the source completes it: the sum of
# what was claimed.
race:   addi    sp, sp, -16
        sd      ra, (sp)
        mv      a3, a0
        li      t0, CONTEXT + 4
        slli    t1, a0, 13
        add     a4, t0, t1
        li      a0, 0
        li      a2, ROUNDS
1:      call    barrier
        bnez    a3, 2f
        call    raise_uart
2:      call    barrier
        lwu     t3, (a4)
        add     a0, a0, t3
        call    barrier
        bnez    a3, 3f
        call    lower_uart
3:      call    barrier
        beqz    t3, 4f
        sw      t3, (a4)
4:      addi    a2, a2, -1
        bnez    a2, 1b
        call    barrier
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

        serve_in_machine_mode
