#: {"uses": ["vectors"]}
# Floating point: conversions from and to integers, and between single and double precision.

program:
        switch_on_float
        integer_rows float.to_integer.w.s, fcvt.w.s a0, fa0
        # Each rounding mode, on halves and on what is not.
        single1_to RNE, 0x40200000, 0x0000000000000002, NX
        single1_to RTZ, 0x40200000, 0x0000000000000002, NX
        single1_to RDN, 0x40200000, 0x0000000000000002, NX
        single1_to RUP, 0x40200000, 0x0000000000000003, NX
        single1_to RMM, 0x40200000, 0x0000000000000003, NX
        single1_to RNE, 0xbfc00000, 0xfffffffffffffffe, NX
        single1_to RTZ, 0xbfc00000, 0xffffffffffffffff, NX
        single1_to RDN, 0xbfc00000, 0xfffffffffffffffe, NX
        single1_to RUP, 0xbfc00000, 0xffffffffffffffff, NX
        single1_to RMM, 0xbfc00000, 0xfffffffffffffffe, NX
        single1_to RNE, 0x3f000000, 0x0000000000000000, NX
        single1_to RUP, 0x3e800000, 0x0000000000000001, NX
        single1_to RDN, 0xbe800000, 0xffffffffffffffff, NX
        single1_to RUP, 0xbf400000, 0x0000000000000000, NX
        single1_to RNE, 0xbf000000, 0x0000000000000000, NX
        single1_to RUP, 0x00000001, 0x0000000000000001, NX
        # Bounds: what is beyond them saturates, with NV alone.
        single1_to RTZ, 0x4effffff, 0x000000007fffff80, 0
        single1_to RNE, 0x4f000000, 0x000000007fffffff, NV
        single1_to RTZ, 0xcf000000, 0xffffffff80000000, 0
        single1_to RTZ, 0xcf800000, 0xffffffff80000000, NV
        # NaNs are the largest.
        single1_to RNE, 0x7f800000, 0x000000007fffffff, NV
        single1_to RNE, 0xff800000, 0xffffffff80000000, NV
        single1_to RNE, 0x7fc00005, 0x000000007fffffff, NV
        single1_to RNE, 0xffc00000, 0x000000007fffffff, NV
        single1_to RNE, 0x7f800001, 0x000000007fffffff, NV
        end_rows
        integer_rows float.to_integer.wu.s, fcvt.wu.s a0, fa0
        single1_to RNE, 0x40200000, 0x0000000000000002, NX
        single1_to RTZ, 0x40200000, 0x0000000000000002, NX
        single1_to RDN, 0x40200000, 0x0000000000000002, NX
        single1_to RUP, 0x40200000, 0x0000000000000003, NX
        single1_to RMM, 0x40200000, 0x0000000000000003, NX
        single1_to RNE, 0x3f000000, 0x0000000000000000, NX
        single1_to RUP, 0x3e800000, 0x0000000000000001, NX
        single1_to RDN, 0xbe800000, 0x0000000000000000, NV
        single1_to RUP, 0xbf400000, 0x0000000000000000, NX
        single1_to RNE, 0xbf000000, 0x0000000000000000, NX
        single1_to RUP, 0x00000001, 0x0000000000000001, NX
        single1_to RTZ, 0x4f7fffff, 0xffffffffffffff00, 0
        single1_to RNE, 0x4f800000, 0xffffffffffffffff, NV
        single1_to RTZ, 0x80000000, 0x0000000000000000, 0
        single1_to RTZ, 0xbf800000, 0x0000000000000000, NV
        single1_to RNE, 0x7f800000, 0xffffffffffffffff, NV
        single1_to RNE, 0xff800000, 0x0000000000000000, NV
        single1_to RNE, 0x7fc00005, 0xffffffffffffffff, NV
        single1_to RNE, 0xffc00000, 0xffffffffffffffff, NV
        single1_to RNE, 0x7f800001, 0xffffffffffffffff, NV
        end_rows
        integer_rows float.to_integer.l.s, fcvt.l.s a0, fa0
        single1_to RNE, 0x40200000, 0x0000000000000002, NX
        single1_to RTZ, 0x40200000, 0x0000000000000002, NX
        single1_to RDN, 0x40200000, 0x0000000000000002, NX
        single1_to RUP, 0x40200000, 0x0000000000000003, NX
        single1_to RMM, 0x40200000, 0x0000000000000003, NX
        single1_to RNE, 0xbfc00000, 0xfffffffffffffffe, NX
        single1_to RTZ, 0xbfc00000, 0xffffffffffffffff, NX
        single1_to RDN, 0xbfc00000, 0xfffffffffffffffe, NX
        single1_to RUP, 0xbfc00000, 0xffffffffffffffff, NX
        single1_to RMM, 0xbfc00000, 0xfffffffffffffffe, NX
        single1_to RNE, 0x3f000000, 0x0000000000000000, NX
        single1_to RUP, 0x3e800000, 0x0000000000000001, NX
        single1_to RDN, 0xbe800000, 0xffffffffffffffff, NX
        single1_to RUP, 0xbf400000, 0x0000000000000000, NX
        single1_to RNE, 0xbf000000, 0x0000000000000000, NX
        single1_to RUP, 0x00000001, 0x0000000000000001, NX
        single1_to RTZ, 0x5effffff, 0x7fffff8000000000, 0
        single1_to RNE, 0x5f000000, 0x7fffffffffffffff, NV
        single1_to RTZ, 0xdf000000, 0x8000000000000000, 0
        single1_to RTZ, 0xdf800000, 0x8000000000000000, NV
        single1_to RNE, 0x7f800000, 0x7fffffffffffffff, NV
        single1_to RNE, 0xff800000, 0x8000000000000000, NV
        single1_to RNE, 0x7fc00005, 0x7fffffffffffffff, NV
        single1_to RNE, 0xffc00000, 0x7fffffffffffffff, NV
        single1_to RNE, 0x7f800001, 0x7fffffffffffffff, NV
        end_rows
        integer_rows float.to_integer.lu.s, fcvt.lu.s a0, fa0
        single1_to RNE, 0x40200000, 0x0000000000000002, NX
        single1_to RTZ, 0x40200000, 0x0000000000000002, NX
        single1_to RDN, 0x40200000, 0x0000000000000002, NX
        single1_to RUP, 0x40200000, 0x0000000000000003, NX
        single1_to RMM, 0x40200000, 0x0000000000000003, NX
        single1_to RNE, 0x3f000000, 0x0000000000000000, NX
        single1_to RUP, 0x3e800000, 0x0000000000000001, NX
        single1_to RDN, 0xbe800000, 0x0000000000000000, NV
        single1_to RUP, 0xbf400000, 0x0000000000000000, NX
        single1_to RNE, 0xbf000000, 0x0000000000000000, NX
        single1_to RUP, 0x00000001, 0x0000000000000001, NX
        single1_to RTZ, 0x5f7fffff, 0xffffff0000000000, 0
        single1_to RNE, 0x5f800000, 0xffffffffffffffff, NV
        single1_to RTZ, 0x80000000, 0x0000000000000000, 0
        single1_to RTZ, 0xbf800000, 0x0000000000000000, NV
        single1_to RNE, 0x7f800000, 0xffffffffffffffff, NV
        single1_to RNE, 0xff800000, 0x0000000000000000, NV
        single1_to RNE, 0x7fc00005, 0xffffffffffffffff, NV
        single1_to RNE, 0xffc00000, 0xffffffffffffffff, NV
        single1_to RNE, 0x7f800001, 0xffffffffffffffff, NV
        end_rows
        float_rows float.from_integer.w.s, fcvt.s.w fa0, a0
        integer_to_single RNE, 0x0, 0x00000000, 0
        integer_to_single RNE, 0x1, 0x3f800000, 0
        integer_to_single RNE, 0xffffffffffffffff, 0xbf800000, 0
        integer_to_single RNE, 0x8000000000000000, 0x00000000, 0
        integer_to_single RNE, 0x7fffffffffffffff, 0xbf800000, 0
        integer_to_single RNE, 0x80000000, 0xcf000000, 0
        integer_to_single RNE, 0x7fffffff, 0x4f000000, NX
        integer_to_single RNE, 0xffffffff, 0xbf800000, 0
        integer_to_single RNE, 0x123456789abcdef1, 0xceca8642, NX
        integer_to_single RNE, 0x1000001, 0x4b800000, NX
        integer_to_single RTZ, 0x1000001, 0x4b800000, NX
        integer_to_single RDN, 0x1000001, 0x4b800000, NX
        integer_to_single RUP, 0x1000001, 0x4b800001, NX
        integer_to_single RMM, 0x1000001, 0x4b800001, NX
        integer_to_single RNE, 0xfffffffffeffffff, 0xcb800000, NX
        integer_to_single RDN, 0xfffffffffeffffff, 0xcb800001, NX
        integer_to_single RUP, 0xfffffffffeffffff, 0xcb800000, NX
        end_rows
        float_rows float.from_integer.wu.s, fcvt.s.wu fa0, a0
        integer_to_single RNE, 0x0, 0x00000000, 0
        integer_to_single RNE, 0x1, 0x3f800000, 0
        integer_to_single RNE, 0xffffffffffffffff, 0x4f800000, NX
        integer_to_single RNE, 0x8000000000000000, 0x00000000, 0
        integer_to_single RNE, 0x7fffffffffffffff, 0x4f800000, NX
        integer_to_single RNE, 0x80000000, 0x4f000000, 0
        integer_to_single RNE, 0x7fffffff, 0x4f000000, NX
        integer_to_single RNE, 0xffffffff, 0x4f800000, NX
        integer_to_single RNE, 0x123456789abcdef1, 0x4f1abcdf, NX
        integer_to_single RNE, 0x1000001, 0x4b800000, NX
        integer_to_single RTZ, 0x1000001, 0x4b800000, NX
        integer_to_single RDN, 0x1000001, 0x4b800000, NX
        integer_to_single RUP, 0x1000001, 0x4b800001, NX
        integer_to_single RMM, 0x1000001, 0x4b800001, NX
        end_rows
        float_rows float.from_integer.l.s, fcvt.s.l fa0, a0
        integer_to_single RNE, 0x0, 0x00000000, 0
        integer_to_single RNE, 0x1, 0x3f800000, 0
        integer_to_single RNE, 0xffffffffffffffff, 0xbf800000, 0
        integer_to_single RNE, 0x8000000000000000, 0xdf000000, 0
        integer_to_single RNE, 0x7fffffffffffffff, 0x5f000000, NX
        integer_to_single RNE, 0x80000000, 0x4f000000, 0
        integer_to_single RNE, 0x7fffffff, 0x4f000000, NX
        integer_to_single RNE, 0xffffffff, 0x4f800000, NX
        integer_to_single RNE, 0x123456789abcdef1, 0x5d91a2b4, NX
        integer_to_single RNE, 0x1000001, 0x4b800000, NX
        integer_to_single RTZ, 0x1000001, 0x4b800000, NX
        integer_to_single RDN, 0x1000001, 0x4b800000, NX
        integer_to_single RUP, 0x1000001, 0x4b800001, NX
        integer_to_single RMM, 0x1000001, 0x4b800001, NX
        integer_to_single RNE, 0xfffffffffeffffff, 0xcb800000, NX
        integer_to_single RDN, 0xfffffffffeffffff, 0xcb800001, NX
        integer_to_single RUP, 0xfffffffffeffffff, 0xcb800000, NX
        end_rows
        float_rows float.from_integer.lu.s, fcvt.s.lu fa0, a0
        integer_to_single RNE, 0x0, 0x00000000, 0
        integer_to_single RNE, 0x1, 0x3f800000, 0
        integer_to_single RNE, 0xffffffffffffffff, 0x5f800000, NX
        integer_to_single RNE, 0x8000000000000000, 0x5f000000, 0
        integer_to_single RNE, 0x7fffffffffffffff, 0x5f000000, NX
        integer_to_single RNE, 0x80000000, 0x4f000000, 0
        integer_to_single RNE, 0x7fffffff, 0x4f000000, NX
        integer_to_single RNE, 0xffffffff, 0x4f800000, NX
        integer_to_single RNE, 0x123456789abcdef1, 0x5d91a2b4, NX
        integer_to_single RNE, 0x1000001, 0x4b800000, NX
        integer_to_single RTZ, 0x1000001, 0x4b800000, NX
        integer_to_single RDN, 0x1000001, 0x4b800000, NX
        integer_to_single RUP, 0x1000001, 0x4b800001, NX
        integer_to_single RMM, 0x1000001, 0x4b800001, NX
        end_rows
        integer_rows float.to_integer.w.d, fcvt.w.d a0, fa0
        # Each rounding mode, on halves and on what is not.
        double1 RNE, 0x4004000000000000, 0x0000000000000002, NX
        double1 RTZ, 0x4004000000000000, 0x0000000000000002, NX
        double1 RDN, 0x4004000000000000, 0x0000000000000002, NX
        double1 RUP, 0x4004000000000000, 0x0000000000000003, NX
        double1 RMM, 0x4004000000000000, 0x0000000000000003, NX
        double1 RNE, 0xbff8000000000000, 0xfffffffffffffffe, NX
        double1 RTZ, 0xbff8000000000000, 0xffffffffffffffff, NX
        double1 RDN, 0xbff8000000000000, 0xfffffffffffffffe, NX
        double1 RUP, 0xbff8000000000000, 0xffffffffffffffff, NX
        double1 RMM, 0xbff8000000000000, 0xfffffffffffffffe, NX
        double1 RNE, 0x3fe0000000000000, 0x0000000000000000, NX
        double1 RUP, 0x3fd0000000000000, 0x0000000000000001, NX
        double1 RDN, 0xbfd0000000000000, 0xffffffffffffffff, NX
        double1 RUP, 0xbfe8000000000000, 0x0000000000000000, NX
        double1 RNE, 0xbfe0000000000000, 0x0000000000000000, NX
        double1 RUP, 0x0000000000000001, 0x0000000000000001, NX
        # Bounds: what is beyond them saturates, with NV alone.
        double1 RTZ, 0x41dfffffffc00000, 0x000000007fffffff, 0
        double1 RNE, 0x41e0000000000000, 0x000000007fffffff, NV
        double1 RTZ, 0xc1e0000000000000, 0xffffffff80000000, 0
        double1 RTZ, 0xc1f0000000200000, 0xffffffff80000000, NV
        double1 RTZ, 0x41dfffffffe00000, 0x000000007fffffff, NX
        double1 RUP, 0x41dfffffffe00000, 0x000000007fffffff, NV
        double1 RTZ, 0xc1e0000000100000, 0xffffffff80000000, NX
        double1 RDN, 0xc1e0000000100000, 0xffffffff80000000, NV
        # NaNs are the largest.
        double1 RNE, 0x7ff0000000000000, 0x000000007fffffff, NV
        double1 RNE, 0xfff0000000000000, 0xffffffff80000000, NV
        double1 RNE, 0x7ff8000000000005, 0x000000007fffffff, NV
        double1 RNE, 0xfff8000000000000, 0x000000007fffffff, NV
        double1 RNE, 0x7ff0000000000001, 0x000000007fffffff, NV
        end_rows
        integer_rows float.to_integer.wu.d, fcvt.wu.d a0, fa0
        double1 RNE, 0x4004000000000000, 0x0000000000000002, NX
        double1 RTZ, 0x4004000000000000, 0x0000000000000002, NX
        double1 RDN, 0x4004000000000000, 0x0000000000000002, NX
        double1 RUP, 0x4004000000000000, 0x0000000000000003, NX
        double1 RMM, 0x4004000000000000, 0x0000000000000003, NX
        double1 RNE, 0x3fe0000000000000, 0x0000000000000000, NX
        double1 RUP, 0x3fd0000000000000, 0x0000000000000001, NX
        double1 RDN, 0xbfd0000000000000, 0x0000000000000000, NV
        double1 RUP, 0xbfe8000000000000, 0x0000000000000000, NX
        double1 RNE, 0xbfe0000000000000, 0x0000000000000000, NX
        double1 RUP, 0x0000000000000001, 0x0000000000000001, NX
        double1 RTZ, 0x41efffffffe00000, 0xffffffffffffffff, 0
        double1 RNE, 0x41f0000000000000, 0xffffffffffffffff, NV
        double1 RTZ, 0x8000000000000000, 0x0000000000000000, 0
        double1 RTZ, 0xbff0000000000000, 0x0000000000000000, NV
        double1 RTZ, 0x41effffffff00000, 0xffffffffffffffff, NX
        double1 RUP, 0x41effffffff00000, 0xffffffffffffffff, NV
        double1 RTZ, 0xbfe0000000000000, 0x0000000000000000, NX
        double1 RDN, 0xbfe0000000000000, 0x0000000000000000, NV
        double1 RNE, 0x7ff0000000000000, 0xffffffffffffffff, NV
        double1 RNE, 0xfff0000000000000, 0x0000000000000000, NV
        double1 RNE, 0x7ff8000000000005, 0xffffffffffffffff, NV
        double1 RNE, 0xfff8000000000000, 0xffffffffffffffff, NV
        double1 RNE, 0x7ff0000000000001, 0xffffffffffffffff, NV
        end_rows
        integer_rows float.to_integer.l.d, fcvt.l.d a0, fa0
        double1 RNE, 0x4004000000000000, 0x0000000000000002, NX
        double1 RTZ, 0x4004000000000000, 0x0000000000000002, NX
        double1 RDN, 0x4004000000000000, 0x0000000000000002, NX
        double1 RUP, 0x4004000000000000, 0x0000000000000003, NX
        double1 RMM, 0x4004000000000000, 0x0000000000000003, NX
        double1 RNE, 0xbff8000000000000, 0xfffffffffffffffe, NX
        double1 RTZ, 0xbff8000000000000, 0xffffffffffffffff, NX
        double1 RDN, 0xbff8000000000000, 0xfffffffffffffffe, NX
        double1 RUP, 0xbff8000000000000, 0xffffffffffffffff, NX
        double1 RMM, 0xbff8000000000000, 0xfffffffffffffffe, NX
        double1 RNE, 0x3fe0000000000000, 0x0000000000000000, NX
        double1 RUP, 0x3fd0000000000000, 0x0000000000000001, NX
        double1 RDN, 0xbfd0000000000000, 0xffffffffffffffff, NX
        double1 RUP, 0xbfe8000000000000, 0x0000000000000000, NX
        double1 RNE, 0xbfe0000000000000, 0x0000000000000000, NX
        double1 RUP, 0x0000000000000001, 0x0000000000000001, NX
        double1 RTZ, 0x43dfffffffffffff, 0x7ffffffffffffc00, 0
        double1 RNE, 0x43e0000000000000, 0x7fffffffffffffff, NV
        double1 RTZ, 0xc3e0000000000000, 0x8000000000000000, 0
        double1 RTZ, 0xc3f0000000000000, 0x8000000000000000, NV
        double1 RNE, 0x7ff0000000000000, 0x7fffffffffffffff, NV
        double1 RNE, 0xfff0000000000000, 0x8000000000000000, NV
        double1 RNE, 0x7ff8000000000005, 0x7fffffffffffffff, NV
        double1 RNE, 0xfff8000000000000, 0x7fffffffffffffff, NV
        double1 RNE, 0x7ff0000000000001, 0x7fffffffffffffff, NV
        end_rows
        integer_rows float.to_integer.lu.d, fcvt.lu.d a0, fa0
        double1 RNE, 0x4004000000000000, 0x0000000000000002, NX
        double1 RTZ, 0x4004000000000000, 0x0000000000000002, NX
        double1 RDN, 0x4004000000000000, 0x0000000000000002, NX
        double1 RUP, 0x4004000000000000, 0x0000000000000003, NX
        double1 RMM, 0x4004000000000000, 0x0000000000000003, NX
        double1 RNE, 0x3fe0000000000000, 0x0000000000000000, NX
        double1 RUP, 0x3fd0000000000000, 0x0000000000000001, NX
        double1 RDN, 0xbfd0000000000000, 0x0000000000000000, NV
        double1 RUP, 0xbfe8000000000000, 0x0000000000000000, NX
        double1 RNE, 0xbfe0000000000000, 0x0000000000000000, NX
        double1 RUP, 0x0000000000000001, 0x0000000000000001, NX
        double1 RTZ, 0x43efffffffffffff, 0xfffffffffffff800, 0
        double1 RNE, 0x43f0000000000000, 0xffffffffffffffff, NV
        double1 RTZ, 0x8000000000000000, 0x0000000000000000, 0
        double1 RTZ, 0xbff0000000000000, 0x0000000000000000, NV
        double1 RNE, 0x7ff0000000000000, 0xffffffffffffffff, NV
        double1 RNE, 0xfff0000000000000, 0x0000000000000000, NV
        double1 RNE, 0x7ff8000000000005, 0xffffffffffffffff, NV
        double1 RNE, 0xfff8000000000000, 0xffffffffffffffff, NV
        double1 RNE, 0x7ff0000000000001, 0xffffffffffffffff, NV
        end_rows
        float_rows float.from_integer.w.d, fcvt.d.w fa0, a0
        double1 RNE, 0x0, 0x0000000000000000, 0
        double1 RNE, 0x1, 0x3ff0000000000000, 0
        double1 RNE, 0xffffffffffffffff, 0xbff0000000000000, 0
        double1 RNE, 0x8000000000000000, 0x0000000000000000, 0
        double1 RNE, 0x7fffffffffffffff, 0xbff0000000000000, 0
        double1 RNE, 0x80000000, 0xc1e0000000000000, 0
        double1 RNE, 0x7fffffff, 0x41dfffffffc00000, 0
        double1 RNE, 0xffffffff, 0xbff0000000000000, 0
        double1 RNE, 0x123456789abcdef1, 0xc1d950c843c00000, 0
        end_rows
        float_rows float.from_integer.wu.d, fcvt.d.wu fa0, a0
        double1 RNE, 0x0, 0x0000000000000000, 0
        double1 RNE, 0x1, 0x3ff0000000000000, 0
        double1 RNE, 0xffffffffffffffff, 0x41efffffffe00000, 0
        double1 RNE, 0x8000000000000000, 0x0000000000000000, 0
        double1 RNE, 0x7fffffffffffffff, 0x41efffffffe00000, 0
        double1 RNE, 0x80000000, 0x41e0000000000000, 0
        double1 RNE, 0x7fffffff, 0x41dfffffffc00000, 0
        double1 RNE, 0xffffffff, 0x41efffffffe00000, 0
        double1 RNE, 0x123456789abcdef1, 0x41e3579bde200000, 0
        end_rows
        float_rows float.from_integer.l.d, fcvt.d.l fa0, a0
        double1 RNE, 0x0, 0x0000000000000000, 0
        double1 RNE, 0x1, 0x3ff0000000000000, 0
        double1 RNE, 0xffffffffffffffff, 0xbff0000000000000, 0
        double1 RNE, 0x8000000000000000, 0xc3e0000000000000, 0
        double1 RNE, 0x7fffffffffffffff, 0x43e0000000000000, NX
        double1 RNE, 0x80000000, 0x41e0000000000000, 0
        double1 RNE, 0x7fffffff, 0x41dfffffffc00000, 0
        double1 RNE, 0xffffffff, 0x41efffffffe00000, 0
        double1 RNE, 0x123456789abcdef1, 0x43b23456789abcdf, NX
        double1 RNE, 0x20000000000001, 0x4340000000000000, NX
        double1 RTZ, 0x20000000000001, 0x4340000000000000, NX
        double1 RDN, 0x20000000000001, 0x4340000000000000, NX
        double1 RUP, 0x20000000000001, 0x4340000000000001, NX
        double1 RMM, 0x20000000000001, 0x4340000000000001, NX
        double1 RNE, 0xffdfffffffffffff, 0xc340000000000000, NX
        double1 RDN, 0xffdfffffffffffff, 0xc340000000000001, NX
        double1 RUP, 0xffdfffffffffffff, 0xc340000000000000, NX
        end_rows
        float_rows float.from_integer.lu.d, fcvt.d.lu fa0, a0
        double1 RNE, 0x0, 0x0000000000000000, 0
        double1 RNE, 0x1, 0x3ff0000000000000, 0
        double1 RNE, 0xffffffffffffffff, 0x43f0000000000000, NX
        double1 RNE, 0x8000000000000000, 0x43e0000000000000, 0
        double1 RNE, 0x7fffffffffffffff, 0x43e0000000000000, NX
        double1 RNE, 0x80000000, 0x41e0000000000000, 0
        double1 RNE, 0x7fffffff, 0x41dfffffffc00000, 0
        double1 RNE, 0xffffffff, 0x41efffffffe00000, 0
        double1 RNE, 0x123456789abcdef1, 0x43b23456789abcdf, NX
        double1 RNE, 0x20000000000001, 0x4340000000000000, NX
        double1 RTZ, 0x20000000000001, 0x4340000000000000, NX
        double1 RDN, 0x20000000000001, 0x4340000000000000, NX
        double1 RUP, 0x20000000000001, 0x4340000000000001, NX
        double1 RMM, 0x20000000000001, 0x4340000000000001, NX
        end_rows
        float_rows float.convert.s_d, fcvt.s.d fa0, fa0
        double_to_single RNE, 0x3ff0000010000000, 0x3f800000, NX
        double_to_single RTZ, 0x3ff0000010000000, 0x3f800000, NX
        double_to_single RDN, 0x3ff0000010000000, 0x3f800000, NX
        double_to_single RUP, 0x3ff0000010000000, 0x3f800001, NX
        double_to_single RMM, 0x3ff0000010000000, 0x3f800001, NX
        double_to_single RNE, 0x3ff0000030000000, 0x3f800002, NX
        double_to_single RDN, 0xbff0000010000000, 0xbf800001, NX
        # Overflow, from half of a place behind the largest number.
        double_to_single RNE, 0x47efffffe0000000, 0x7f7fffff, 0
        double_to_single RNE, 0x47effffff0000000, 0x7f800000, OF | NX
        double_to_single RNE, 0x47efffffefffffff, 0x7f7fffff, NX
        double_to_single RTZ, 0x47effffff0000000, 0x7f7fffff, NX
        double_to_single RUP, 0x47efffffe0000001, 0x7f800000, OF | NX
        double_to_single RNE, 0xffefffffffffffff, 0xff800000, OF | NX
        # Subnormal results; underflow is detected after rounding.
        double_to_single RNE, 0x36a0000000000000, 0x00000001, 0
        double_to_single RNE, 0x3690000000000000, 0x00000000, UF | NX
        double_to_single RUP, 0x3690000000000000, 0x00000001, UF | NX
        double_to_single RNE, 0x3698000000000000, 0x00000001, UF | NX
        double_to_single RNE, 0x380ffffff8000000, 0x00800000, NX
        double_to_single RNE, 0x380fffffe0000000, 0x00800000, UF | NX
        double_to_single RTZ, 0x380ffffff8000000, 0x007fffff, UF | NX
        double_to_single RNE, 0x0000000000000001, 0x00000000, UF | NX
        # Infinities, zeros, and NaNs, which lose what they carry.
        double_to_single RNE, 0xfff0000000000000, 0xff800000, 0
        double_to_single RNE, 0x8000000000000000, 0x80000000, 0
        double_to_single RNE, 0x7ff8000000000005, 0x7fc00000, 0
        double_to_single RNE, 0xfff8000000000000, 0x7fc00000, 0
        double_to_single RNE, 0x7ff0000000000001, 0x7fc00000, NV
        end_rows
        float_rows float.convert.d_s, fcvt.d.s fa0, fa0
        single1_to RNE, 0x3f800000, 0x3ff0000000000000, 0
        single1_to RNE, 0x7f7fffff, 0x47efffffe0000000, 0
        single1_to RNE, 0x00800000, 0x3810000000000000, 0
        single1_to RNE, 0x00000001, 0x36a0000000000000, 0
        single1_to RNE, 0x80000001, 0xb6a0000000000000, 0
        single1_to RNE, 0x007fffff, 0x380fffffc0000000, 0
        single1_to RNE, 0x7f800000, 0x7ff0000000000000, 0
        single1_to RNE, 0xff800000, 0xfff0000000000000, 0
        single1_to RNE, 0x80000000, 0x8000000000000000, 0
        single1_to RNE, 0x7fc00005, 0x7ff8000000000000, 0
        single1_to RNE, 0xffc00000, 0x7ff8000000000000, 0
        single1_to RNE, 0x7f800001, 0x7ff8000000000000, NV
        end_rows
        j       finish
