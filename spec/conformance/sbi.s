#: {"boot": "kernel", "harts": 2, "uses": ["sbi"]}
# The state in which a kernel is entered in S-mode, and the Supervisor Binary Interface that it finds.

program:
        # Entry: a0 is a hart, a1 the device tree; no translation, no interrupts.
        la      s0, entry_a0
        ld      s1, 0(s0)
        ld      s2, 8(s0)
        sltiu   a0, s1, 2
        check   entry.kernel.a0, a0, 1
        check_bits entry.kernel.a1.aligned, s2, 7, 0
        lwu     a0, (s2)
        check   entry.kernel.a1.magic, a0, 0xedfe0dd0
        csrr    a0, satp
        check   entry.kernel.satp, a0, 0
        csrr    a0, sstatus
        check_bits entry.kernel.sie, a0, SSTATUS_SIE, 0
        expect_traps
        csrr    a0, time
        csrr    a0, cycle
        csrr    a0, instret
        check_no_trap entry.kernel.counters
        # It is S-mode: M-mode's CSRs are illegal, and that exception is delegated.
        expect_traps
        csrr    a0, mscratch
        check_trap entry.kernel.mode, 2
        expect_traps
        ebreak
        check_trap entry.kernel.delegated, 3

        # The base extension.
        sbi     BASE, 0
        check   sbi.base.version.error, a0, 0
        # 1.0 at least; bit 31 is zero.
        srli    a2, a1, 24
        slti    a2, a2, 1
        check   sbi.base.version.major, a2, 0
        srli    a2, a1, 31
        check   sbi.base.version.reserved, a2, 0
        sbi     BASE, 1
        check   sbi.base.implementation, a0, 0
        probe   sbi.probe.base, BASE
        probe   sbi.probe.time, TIME
        probe   sbi.probe.ipi, IPI
        probe   sbi.probe.rfence, RFENCE
        probe   sbi.probe.hsm, HSM
        probe   sbi.probe.srst, SRST
        li      a0, 0x0fedcba9
        sbi     BASE, 3
        or      a0, a0, a1
        check   sbi.base.probe.absent, a0, 0
        sbi     BASE, 99
        check   sbi.unknown_function.base_99, a0, NOT_SUPPORTED
        sbi     0x0fedcba9, 0
        check   sbi.unknown_extension, a0, NOT_SUPPORTED
        # All registers but a0 and a1 keep what they held.
        li      s3, 0x1234567
        mv      a2, s3
        mv      a5, s3
        mv      t0, s3
        mv      s4, s3
        sbi     BASE, 0
        xor     a2, a2, s3
        xor     a5, a5, s3
        xor     t0, t0, s3
        xor     s4, s4, s3
        or      a2, a2, a5
        or      a2, a2, t0
        or      a2, a2, s4
        check   sbi.registers, a2, 0
        li      a2, BASE
        check_equal sbi.registers.a7, a7, a2

        # TIME: STIP is clear until then, and set soon after.
        csrr    a0, time
        li      a1, 1000000
        add     a0, a0, a1
        mv      s3, a0
        sbi     TIME, 0
        check   sbi.time.set, a0, 0
        csrr    a1, sip
        csrr    t0, time
        sltu    t0, t0, s3
        neg     t0, t0
        and     a1, a1, t0
        check_bits sbi.time.before, a1, STIP, 0
        li      a4, STIP
        call    await_bit
        check_bits sbi.time.then, a1, STIP, STIP
        li      a0, -1
        sbi     TIME, 0
        csrr    a1, sip
        check_bits sbi.time.cleared, a1, STIP, 0
        sbi     TIME, 1
        check   sbi.unknown_function.time_1, a0, NOT_SUPPORTED

        # IPI: to this hart, by mask and base.
        la      s0, entry_a0
        ld      s1, 0(s0)
        li      a0, 1
        mv      a1, s1
        sbi     IPI, 0
        check   sbi.ipi.send, a0, 0
        li      a4, SSIP
        call    await_bit
        check_bits sbi.ipi.pending, a1, SSIP, SSIP
        csrci   sip, SSIP
        csrr    a1, sip
        check_bits sbi.ipi.clear, a1, SSIP, 0
        li      a0, 1
        li      a1, 1000
        sbi     IPI, 0
        check   sbi.ipi.absent, a0, INVALID_PARAM

        # RFENCE: to all harts that run.
        li      a0, 0
        li      a1, -1
        sbi     RFENCE, 0
        check   sbi.rfence.fence_i, a0, 0
        li      a0, 0
        li      a1, -1
        li      a2, 0
        li      a3, -1
        sbi     RFENCE, 1
        check   sbi.rfence.sfence_vma, a0, 0
        li      a0, 0
        li      a1, -1
        li      a2, RAM
        li      a3, 0x1000
        li      a4, 5
        sbi     RFENCE, 2
        check   sbi.rfence.sfence_vma_asid, a0, 0

        # HSM: this hart is started, the other one is stopped and can be started once.
        mv      a0, s1
        sbi     HSM, 2
        check   sbi.hsm.status.error, a0, 0
        check   sbi.hsm.status.started, a1, 0
        xori    s5, s1, 1
        mv      a0, s5
        sbi     HSM, 2
        check   sbi.hsm.status.stopped, a1, 1
        li      a0, 1000
        sbi     HSM, 2
        check   sbi.hsm.status.absent, a0, INVALID_PARAM
        mv      a0, s1
        la      a1, second
        sbi     HSM, 0
        check   sbi.hsm.start.started, a0, ALREADY_AVAILABLE
        li      a0, 1000
        la      a1, second
        sbi     HSM, 0
        check   sbi.hsm.start.absent, a0, INVALID_PARAM
        la      s6, told
        mv      a0, s5
        la      a1, second
        li      a2, 0x5eed
        sbi     HSM, 0
        check   sbi.hsm.start, a0, 0
        # It comes with its number and the opaque value, untranslated and without interrupts.
        csrr    t0, time
        li      t1, 10000000
        add     t0, t0, t1
1:      ld      a0, (s6)
        csrr    t1, time
        bgtu    t1, t0, 2f
        beqz    a0, 1b
2:      check   sbi.hsm.start.arrived, a0, 1
        ld      a0, 8(s6)
        check_equal sbi.hsm.start.a0, a0, s5
        ld      a0, 16(s6)
        check   sbi.hsm.start.a1, a0, 0x5eed
        ld      a0, 24(s6)
        check   sbi.hsm.start.satp, a0, 0
        ld      a0, 32(s6)
        check_bits sbi.hsm.start.sie, a0, SSTATUS_SIE, 0
        # It has stopped itself again.
        csrr    s7, time
        li      t1, 10000000
        add     s7, s7, t1
3:      mv      a0, s5
        sbi     HSM, 2
        csrr    t1, time
        bgtu    t1, s7, 4f
        li      t0, 1
        bne     a1, t0, 3b
4:      check   sbi.hsm.stop, a1, 1
        j       finish

        .balign 4
second: la      t0, told
        sd      a0, 8(t0)
        sd      a1, 16(t0)
        csrr    t1, satp
        sd      t1, 24(t0)
        csrr    t1, sstatus
        sd      t1, 32(t0)
        fence   rw, rw
        li      t1, 1
        sd      t1, (t0)
        sbi     HSM, 1
1:      j       1b

        .data
        .balign 8
told:   .dword  0, 0, 0, 0, 0
