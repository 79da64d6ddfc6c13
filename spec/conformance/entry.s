#: {}
# The state in which firmware is entered from reset: registers, and what the CSRs say.

program:
        la      s0, entry_a0
        ld      s1, 0(s0)
        ld      s2, 8(s0)
        ld      s3, 16(s0)
        csrr    a0, mhartid
        check_equal entry.firmware.a0, s1, a0

        # a1 is the device tree: aligned to 8 bytes, and it starts with its magic number, big-endian.
        check_bits entry.firmware.a1.aligned, s2, 7, 0
        lwu     a0, (s2)
        check   entry.firmware.a1.magic, a0, 0xedfe0dd0

        # a2 is the information for fw_dynamic (OpenSBI): magic number, version 2.
        ld      a0, 0(s3)
        check   entry.firmware.a2.magic, a0, 0x4942534f
        ld      a0, 8(s3)
        check   entry.firmware.a2.version, a0, 2
        ld      a0, 24(s3)
        check   entry.firmware.a2.next_mode, a0, 1

        # No reservation: SC fails.
        la      a0, room
        sc.d    a1, a0, (a0)
        snez    a1, a1
        check   reset.reservation, a1, 1
        ld      a1, (a0)
        check   reset.reservation.memory, a1, 5

        csrr    a0, satp
        check   reset.satp, a0, 0
        csrr    a0, misa
        check_bits reset.misa, a0, 0x14112d, 0x14112d
        # A and L of every PMP entry.
        csrr    a0, pmpcfg0
        check_bits reset.pmp.first, a0, 0x9898989898989898, 0
        csrr    a0, pmpcfg2
        check_bits reset.pmp.last, a0, 0x9898989898989898, 0
        csrr    a0, mstatus
        check_bits reset.mstatus.mie, a0, MSTATUS_MIE, 0
        check_bits reset.mstatus.mprv, a0, MSTATUS_MPRV, 0
        check_bits reset.mstatus.endian, a0, 3 << 36 | 1 << 6, 0
        check_bits reset.mstatus.xl, a0, 15 << 32, 10 << 32
        csrr    a0, mie
        check   reset.mie, a0, 0
        csrr    a0, mcause
        check   reset.mcause, a0, 0
        csrr    a0, medeleg
        check   reset.medeleg, a0, 0
        csrr    a0, mideleg
        # The H extension would fix bits of its own to one.
        check_bits reset.mideleg, a0, 0x222, 0
        csrr    a0, mcountinhibit
        check   reset.mcountinhibit, a0, 0
        csrr    a0, menvcfg
        check_bits reset.menvcfg.adue, a0, 1 << 61, 0

        # Execution is in M-mode: mscratch can be written.
        li      a0, 0x123456789abcdef0
        csrw    mscratch, a0
        csrr    a1, mscratch
        check_equal entry.firmware.mode, a1, a0

        # RAM can be read and written at its start.
        li      a0, RAM
        ld      a1, (a0)
        sd      a1, (a0)
        ld      a2, (a0)
        check_equal map.ram.start, a2, a1
        j       finish

        .data
        .balign 8
room:   .dword  5
