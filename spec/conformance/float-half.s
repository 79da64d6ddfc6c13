#: {"uses": ["vectors"]}
# Half precision (Zfhmin): conversions, loads, stores and moves.

        .option arch, +zfhmin

program:
        switch_on_float
        float_rows half.convert.h_s, fcvt.h.s fa0, fa0
        single_to_half RNE, 0x3f801000, 0x3c00, NX
        single_to_half RTZ, 0x3f801000, 0x3c00, NX
        single_to_half RDN, 0x3f801000, 0x3c00, NX
        single_to_half RUP, 0x3f801000, 0x3c01, NX
        single_to_half RMM, 0x3f801000, 0x3c01, NX
        single_to_half RNE, 0x3f803000, 0x3c02, NX
        single_to_half RDN, 0xbf801000, 0xbc01, NX
        single_to_half RNE, 0x3eaaaaab, 0x3555, NX
        # Overflow, from half of a place behind 65504.
        single_to_half RNE, 0x477fe000, 0x7bff, 0
        single_to_half RNE, 0x477fef00, 0x7bff, NX
        single_to_half RNE, 0x477ff000, 0x7c00, OF | NX
        single_to_half RTZ, 0x477ff000, 0x7bff, NX
        single_to_half RUP, 0xc77ff000, 0xfbff, NX
        single_to_half RUP, 0x477fe100, 0x7c00, OF | NX
        single_to_half RNE, 0xff7fffff, 0xfc00, OF | NX
        # Subnormal results; underflow is detected after rounding.
        single_to_half RNE, 0x33800000, 0x0001, 0
        single_to_half RNE, 0x33000000, 0x0000, UF | NX
        single_to_half RUP, 0x33000000, 0x0001, UF | NX
        single_to_half RNE, 0x33400000, 0x0001, UF | NX
        single_to_half RNE, 0x387ff800, 0x0400, NX
        single_to_half RNE, 0x387fe000, 0x0400, UF | NX
        single_to_half RTZ, 0x387ff800, 0x03ff, UF | NX
        single_to_half RNE, 0x38000000, 0x0200, 0
        single_to_half RNE, 0x00000001, 0x0000, UF | NX
        single_to_half RNE, 0xff800000, 0xfc00, 0
        single_to_half RNE, 0x80000000, 0x8000, 0
        single_to_half RNE, 0x7fc00005, 0x7e00, 0
        single_to_half RNE, 0xffc00000, 0x7e00, 0
        single_to_half RNE, 0x7f800001, 0x7e00, NV
        end_rows
        float_rows half.convert.s_h, fcvt.s.h fa0, fa0
        half_to_single RNE, 0x3c00, 0x3f800000, 0
        half_to_single RNE, 0x7bff, 0x477fe000, 0
        half_to_single RNE, 0x0400, 0x38800000, 0
        half_to_single RNE, 0x0001, 0x33800000, 0
        half_to_single RNE, 0x8001, 0xb3800000, 0
        half_to_single RNE, 0x03ff, 0x387fc000, 0
        half_to_single RNE, 0x7c00, 0x7f800000, 0
        half_to_single RNE, 0xfc00, 0xff800000, 0
        half_to_single RNE, 0x8000, 0x80000000, 0
        half_to_single RNE, 0x0000, 0x00000000, 0
        half_to_single RNE, 0x7e05, 0x7fc00000, 0
        half_to_single RNE, 0xfe00, 0x7fc00000, 0
        half_to_single RNE, 0x7c01, 0x7fc00000, NV
        end_rows
        float_rows half.convert.h_d, fcvt.h.d fa0, fa0
        double_to_half RNE, 0x3ff0020000000000, 0x3c00, NX
        double_to_half RTZ, 0x3ff0020000000000, 0x3c00, NX
        double_to_half RDN, 0x3ff0020000000000, 0x3c00, NX
        double_to_half RUP, 0x3ff0020000000000, 0x3c01, NX
        double_to_half RMM, 0x3ff0020000000000, 0x3c01, NX
        double_to_half RNE, 0x3ff0060000000000, 0x3c02, NX
        double_to_half RDN, 0xbff0020000000000, 0xbc01, NX
        double_to_half RNE, 0x3fd5555555555555, 0x3555, NX
        # Overflow, from half of a place behind 65504.
        double_to_half RNE, 0x40effc0000000000, 0x7bff, 0
        double_to_half RNE, 0x40effde000000000, 0x7bff, NX
        double_to_half RNE, 0x40effe0000000000, 0x7c00, OF | NX
        double_to_half RTZ, 0x40effe0000000000, 0x7bff, NX
        double_to_half RUP, 0xc0effe0000000000, 0xfbff, NX
        double_to_half RUP, 0x40effc2000000000, 0x7c00, OF | NX
        double_to_half RNE, 0xffefffffffffffff, 0xfc00, OF | NX
        # Subnormal results; underflow is detected after rounding.
        double_to_half RNE, 0x3e70000000000000, 0x0001, 0
        double_to_half RNE, 0x3e60000000000000, 0x0000, UF | NX
        double_to_half RUP, 0x3e60000000000000, 0x0001, UF | NX
        double_to_half RNE, 0x3e68000000000000, 0x0001, UF | NX
        double_to_half RNE, 0x3f0fff0000000000, 0x0400, NX
        double_to_half RNE, 0x3f0ffc0000000000, 0x0400, UF | NX
        double_to_half RTZ, 0x3f0fff0000000000, 0x03ff, UF | NX
        double_to_half RNE, 0x3f00000000000000, 0x0200, 0
        double_to_half RNE, 0x0000000000000001, 0x0000, UF | NX
        double_to_half RNE, 0xfff0000000000000, 0xfc00, 0
        double_to_half RNE, 0x8000000000000000, 0x8000, 0
        double_to_half RNE, 0x7ff8000000000005, 0x7e00, 0
        double_to_half RNE, 0xfff8000000000000, 0x7e00, 0
        double_to_half RNE, 0x7ff0000000000001, 0x7e00, NV
        end_rows
        float_rows half.convert.d_h, fcvt.d.h fa0, fa0
        half_to_double RNE, 0x3c00, 0x3ff0000000000000, 0
        half_to_double RNE, 0x7bff, 0x40effc0000000000, 0
        half_to_double RNE, 0x0400, 0x3f10000000000000, 0
        half_to_double RNE, 0x0001, 0x3e70000000000000, 0
        half_to_double RNE, 0x8001, 0xbe70000000000000, 0
        half_to_double RNE, 0x03ff, 0x3f0ff80000000000, 0
        half_to_double RNE, 0x7c00, 0x7ff0000000000000, 0
        half_to_double RNE, 0xfc00, 0xfff0000000000000, 0
        half_to_double RNE, 0x8000, 0x8000000000000000, 0
        half_to_double RNE, 0x0000, 0x0000000000000000, 0
        half_to_double RNE, 0x7e05, 0x7ff8000000000000, 0
        half_to_double RNE, 0xfe00, 0x7ff8000000000000, 0
        half_to_double RNE, 0x7c01, 0x7ff8000000000000, NV
        end_rows
        # Loads and moves box, and keep every bit; a number that is not boxed is the NaN.
        la      s0, room
        li      a0, 0x123456787c01fe07
        sd      a0, (s0)
        flh     fa0, 2(s0)
        fmv.x.d a1, fa0
        check   half.memory.load, a1, BOX16 | 0x7c01
        fsh     fa0, 4(s0)
        ld      a1, (s0)
        check   half.memory.store, a1, 0x12347c017c01fe07
        li      a0, -1 << 16 | 0x8001
        addi    a1, s0, 7
        fmv.h.x fa0, a0
        fsh     fa0, (a1)
        flh     fa1, (a1)
        fmv.x.d a1, fa1
        check   half.memory.misaligned, a1, BOX16 | 0x8001
        li      a0, 0x55557c01
        fmv.h.x fa0, a0
        fmv.x.d a1, fa0
        check   half.move.to_float, a1, BOX16 | 0x7c01
        # To an integer register: any 16 bits, boxed or not, with their sign.
        li      a0, 0x123456789abcfd01
        fmv.d.x fa0, a0
        fmv.x.h a1, fa0
        check   half.move.to_integer, a1, BOX16 | 0xfd01
        csrw    fcsr, zero
        li      a0, BOX | 0x3c00
        fmv.d.x fa0, a0
        fcvt.s.h fa1, fa0
        fmv.x.w a1, fa1
        check   half.boxing.not_boxed, a1, 0x7fc00000
        csrr    a1, fflags
        check   half.boxing.not_boxed.flags, a1, 0
        # Rounding modes are as those of other conversions, also where nothing is rounded.
        li      a0, 5 << 5
        csrw    fcsr, a0
        expect_traps
        fcvt.h.s fa1, fa0
        check_trap half.rounding.reserved, 2
        csrw    fcsr, zero
        # FS off: the instructions are not there.
        li      a0, MSTATUS_FS
        csrc    mstatus, a0
        expect_traps
        flh     fa0, (s0)
        check_trap half.off.load, 2
        expect_traps
        fsh     fa0, (s0)
        check_trap half.off.store, 2
        expect_traps
        fcvt.s.h fa0, fa0
        check_trap half.off.convert, 2
        j       finish

        .data
        .balign 8
room:   .dword  0, 0, 0
