#: {"uses": ["vectors"]}
# Floating point, single precision: arithmetic in every rounding mode, fused operations, comparisons.

program:
        switch_on_float
        float_rows float.add.s, fadd.s fa0, fa0, fa1
        # Half of the last place, behind an even number and an odd one, and less than half.
        single2 RNE, 0x3f800000, 0x33800000, 0x3f800000, NX
        single2 RTZ, 0x3f800000, 0x33800000, 0x3f800000, NX
        single2 RDN, 0x3f800000, 0x33800000, 0x3f800000, NX
        single2 RUP, 0x3f800000, 0x33800000, 0x3f800001, NX
        single2 RMM, 0x3f800000, 0x33800000, 0x3f800001, NX
        single2 RNE, 0x3f800001, 0x33800000, 0x3f800002, NX
        single2 RMM, 0x3f800001, 0x33800000, 0x3f800002, NX
        single2 RDN, 0xbf800000, 0xb3800000, 0xbf800001, NX
        single2 RUP, 0xbf800000, 0xb3800000, 0xbf800000, NX
        single2 RMM, 0xbf800000, 0xb3800000, 0xbf800001, NX
        single2 RNE, 0x3f800000, 0x32800000, 0x3f800000, NX
        single2 RUP, 0x3f800000, 0x32800000, 0x3f800001, NX
        # Overflow, to infinity or to the largest number.
        single2 RNE, 0x7f7fffff, 0x7f7fffff, 0x7f800000, OF | NX
        single2 RTZ, 0x7f7fffff, 0x7f7fffff, 0x7f7fffff, OF | NX
        single2 RDN, 0x7f7fffff, 0x7f7fffff, 0x7f7fffff, OF | NX
        single2 RUP, 0x7f7fffff, 0x7f7fffff, 0x7f800000, OF | NX
        single2 RMM, 0x7f7fffff, 0x7f7fffff, 0x7f800000, OF | NX
        single2 RUP, 0xff7fffff, 0xff7fffff, 0xff7fffff, OF | NX
        single2 RDN, 0xff7fffff, 0xff7fffff, 0xff800000, OF | NX
        # The sign of zero.
        single2 RNE, 0x3f800000, 0xbf800000, 0x00000000, 0
        single2 RDN, 0x3f800000, 0xbf800000, 0x80000000, 0
        single2 RDN, 0x00000000, 0x00000000, 0x00000000, 0
        single2 RNE, 0x80000000, 0x80000000, 0x80000000, 0
        single2 RUP, 0x00000000, 0x80000000, 0x00000000, 0
        single2 RDN, 0x00000000, 0x80000000, 0x80000000, 0
        # Subnormal numbers, which are exact.
        single2 RNE, 0x00000001, 0x00000001, 0x00000002, 0
        single2 RNE, 0x007fffff, 0x00000001, 0x00800000, 0
        single2 RNE, 0x00800000, 0x80000001, 0x007fffff, 0
        # Infinities and NaNs.
        single2 RNE, 0x7f800000, 0x3f800000, 0x7f800000, 0
        single2 RNE, 0x7f800000, 0xff800000, 0x7fc00000, NV
        single2 RNE, 0x7fc00005, 0x3f800000, 0x7fc00000, 0
        single2 RNE, 0x3f800000, 0xffc00000, 0x7fc00000, 0
        single2 RNE, 0x7f800001, 0x3f800000, 0x7fc00000, NV
        single2 RNE, 0x7fc00005, 0x7f800001, 0x7fc00000, NV
        end_rows
        float_rows float.sub.s, fsub.s fa0, fa0, fa1
        single2 RNE, 0x40400000, 0x3f800000, 0x40000000, 0
        single2 RNE, 0x3f800000, 0x3f800000, 0x00000000, 0
        single2 RDN, 0x3f800000, 0x3f800000, 0x80000000, 0
        single2 RNE, 0x80000000, 0x00000000, 0x80000000, 0
        single2 RDN, 0x00000000, 0x00000000, 0x80000000, 0
        single2 RNE, 0x00800000, 0x00000001, 0x007fffff, 0
        # Half of the place that the difference has.
        single2 RNE, 0x3f800000, 0x33000000, 0x3f800000, NX
        single2 RTZ, 0x3f800000, 0x33000000, 0x3f7fffff, NX
        single2 RDN, 0x3f800000, 0x33000000, 0x3f7fffff, NX
        single2 RUP, 0x3f800000, 0x33000000, 0x3f800000, NX
        single2 RMM, 0x3f800000, 0x33000000, 0x3f800000, NX
        single2 RNE, 0x7f800000, 0x7f800000, 0x7fc00000, NV
        single2 RNE, 0x3f800000, 0x7f800000, 0xff800000, 0
        single2 RTZ, 0xff7fffff, 0x7f7fffff, 0xff7fffff, OF | NX
        single2 RNE, 0x3f800000, 0x7f800001, 0x7fc00000, NV
        single2 RNE, 0xffc00000, 0x7f800000, 0x7fc00000, 0
        end_rows
        float_rows float.mul.s, fmul.s fa0, fa0, fa1
        # A product of twice as many bits.
        single2 RNE, 0x3f800003, 0x3f800005, 0x3f800008, NX
        single2 RTZ, 0x3f800003, 0x3f800005, 0x3f800008, NX
        single2 RDN, 0x3f800003, 0x3f800005, 0x3f800008, NX
        single2 RUP, 0x3f800003, 0x3f800005, 0x3f800009, NX
        single2 RMM, 0x3f800003, 0x3f800005, 0x3f800008, NX
        single2 RNE, 0xbf800001, 0x3f800001, 0xbf800002, NX
        single2 RDN, 0xbf800001, 0x3f800001, 0xbf800003, NX
        single2 RUP, 0xbf800001, 0x3f800001, 0xbf800002, NX
        # Overflow.
        single2 RNE, 0x7f7fffff, 0x40000000, 0x7f800000, OF | NX
        single2 RTZ, 0x7f7fffff, 0x40000000, 0x7f7fffff, OF | NX
        single2 RDN, 0x7f7fffff, 0x40000000, 0x7f7fffff, OF | NX
        single2 RUP, 0x7f7fffff, 0x40000000, 0x7f800000, OF | NX
        single2 RMM, 0x7f7fffff, 0x40000000, 0x7f800000, OF | NX
        single2 RDN, 0x7f7fffff, 0xc0000000, 0xff800000, OF | NX
        single2 RUP, 0x7f7fffff, 0xc0000000, 0xff7fffff, OF | NX
        # Subnormal results: exact ones are no underflow, and those that round to the smallest normal
        # number neither where they would with an exponent without bounds: it is detected after rounding.
        single2 RNE, 0x00800000, 0x3f000000, 0x00400000, 0
        single2 RNE, 0x3f800001, 0x00400001, 0x00400002, UF | NX
        single2 RNE, 0x00000001, 0x3f000000, 0x00000000, UF | NX
        single2 RUP, 0x00000001, 0x3f000000, 0x00000001, UF | NX
        single2 RMM, 0x00000001, 0x3f000000, 0x00000001, UF | NX
        single2 RNE, 0x80000001, 0x3f000000, 0x80000000, UF | NX
        single2 RDN, 0x80000001, 0x00000001, 0x80000001, UF | NX
        single2 RNE, 0x00800000, 0x3f7fffff, 0x00800000, UF | NX
        single2 RUP, 0x00800000, 0x3f7fffff, 0x00800000, UF | NX
        single2 RNE, 0x00800001, 0x3f7fffff, 0x00800000, NX
        single2 RNE, 0x00800001, 0x3f7ffffe, 0x00800000, NX
        single2 RUP, 0x00800001, 0x3f7ffffe, 0x00800000, NX
        single2 RUP, 0x007fffff, 0x3f800001, 0x00800000, NX
        single2 RTZ, 0x007fffff, 0x3f800001, 0x007fffff, UF | NX
        # Signs, infinities and NaNs.
        single2 RNE, 0x80000000, 0x3f800000, 0x80000000, 0
        single2 RDN, 0x00000000, 0xbf800000, 0x80000000, 0
        single2 RNE, 0x7f800000, 0xbf800000, 0xff800000, 0
        single2 RNE, 0x7f800000, 0x00000000, 0x7fc00000, NV
        single2 RNE, 0xffc00000, 0x00000000, 0x7fc00000, 0
        single2 RNE, 0x7f800001, 0x7f800000, 0x7fc00000, NV
        end_rows
        float_rows float.div.s, fdiv.s fa0, fa0, fa1
        single2 RNE, 0x3f800000, 0x40400000, 0x3eaaaaab, NX
        single2 RTZ, 0x3f800000, 0x40400000, 0x3eaaaaaa, NX
        single2 RDN, 0x3f800000, 0x40400000, 0x3eaaaaaa, NX
        single2 RUP, 0x3f800000, 0x40400000, 0x3eaaaaab, NX
        single2 RMM, 0x3f800000, 0x40400000, 0x3eaaaaab, NX
        single2 RDN, 0xbf800000, 0x40400000, 0xbeaaaaab, NX
        single2 RUP, 0xbf800000, 0x40400000, 0xbeaaaaaa, NX
        single2 RNE, 0x40000000, 0x40400000, 0x3f2aaaab, NX
        single2 RNE, 0x3f800001, 0x3f800002, 0x3f7ffffe, NX
        single2 RNE, 0x41200000, 0x40800000, 0x40200000, 0
        # Overflow and underflow.
        single2 RNE, 0x7f7fffff, 0x3f000000, 0x7f800000, OF | NX
        single2 RTZ, 0x7f7fffff, 0x3f000000, 0x7f7fffff, OF | NX
        single2 RNE, 0x00000001, 0x40000000, 0x00000000, UF | NX
        single2 RUP, 0x00000001, 0x40000000, 0x00000001, UF | NX
        single2 RNE, 0x00800000, 0x40400000, 0x002aaaab, UF | NX
        single2 RNE, 0x00800003, 0x40000000, 0x00400002, UF | NX
        single2 RNE, 0x00800000, 0x40000000, 0x00400000, 0
        # Zeros, infinities and NaNs: the flag DZ is for finite numbers over zero.
        single2 RNE, 0x3f800000, 0x00000000, 0x7f800000, DZ
        single2 RNE, 0x3f800000, 0x80000000, 0xff800000, DZ
        single2 RNE, 0x00000000, 0x80000000, 0x7fc00000, NV
        single2 RNE, 0x7f800000, 0x00000000, 0x7f800000, 0
        single2 RNE, 0x7f800000, 0x7f800000, 0x7fc00000, NV
        single2 RNE, 0xbf800000, 0x7f800000, 0x80000000, 0
        single2 RNE, 0x7fc00005, 0x00000000, 0x7fc00000, 0
        single2 RNE, 0x3f800000, 0x7f800001, 0x7fc00000, NV
        end_rows
        float_rows float.sqrt.s, fsqrt.s fa0, fa0
        single1 RNE, 0x40000000, 0x3fb504f3, NX
        single1 RTZ, 0x40000000, 0x3fb504f3, NX
        single1 RDN, 0x40000000, 0x3fb504f3, NX
        single1 RUP, 0x40000000, 0x3fb504f4, NX
        single1 RMM, 0x40000000, 0x3fb504f3, NX
        single1 RNE, 0x40400000, 0x3fddb3d7, NX
        single1 RNE, 0x40800000, 0x40000000, 0
        single1 RUP, 0x40800000, 0x40000000, 0
        single1 RNE, 0x7f7fffff, 0x5f7fffff, NX
        single1 RNE, 0x00000001, 0x1a3504f3, NX
        single1 RUP, 0x00800000, 0x20000000, 0
        single1 RNE, 0x007fffff, 0x1fffffff, NX
        single1 RNE, 0x3f7fffff, 0x3f7fffff, NX
        single1 RUP, 0x3f800001, 0x3f800001, NX
        single1 RNE, 0x00000000, 0x00000000, 0
        single1 RNE, 0x80000000, 0x80000000, 0
        single1 RNE, 0xbf800000, 0x7fc00000, NV
        single1 RNE, 0x80000001, 0x7fc00000, NV
        single1 RNE, 0x7f800000, 0x7f800000, 0
        single1 RNE, 0xff800000, 0x7fc00000, NV
        single1 RNE, 0xffc00000, 0x7fc00000, 0
        single1 RNE, 0x7f800001, 0x7fc00000, NV
        end_rows
        float_rows float.fma.madd.s, fmadd.s fa0, fa0, fa1, fa2
        # One rounding: the square of 1 + ulp, less what it rounds to, leaves the last bit of the product.
        single3 RNE, 0x3f800001, 0x3f800001, 0xbf800002, 0x28800000, 0
        single3 RUP, 0x3f800001, 0x3f800001, 0xbf800002, 0x28800000, 0
        single3 RNE, 0x3f800000, 0x33800000, 0x3f800000, 0x3f800000, NX
        single3 RNE, 0x3f800001, 0x33800000, 0x3f800000, 0x3f800001, NX
        single3 RMM, 0x3f800000, 0x33800000, 0x3f800000, 0x3f800001, NX
        single3 RUP, 0x32800000, 0x32800000, 0x3f800000, 0x3f800001, NX
        single3 RDN, 0x32800000, 0xb2800000, 0x3f800000, 0x3f7fffff, NX
        # The product alone would overflow.
        single3 RNE, 0x7f7fffff, 0x40000000, 0xff7fffff, 0x7f7fffff, 0
        single3 RNE, 0x7f7fffff, 0x40000000, 0x7f7fffff, 0x7f800000, OF | NX
        single3 RTZ, 0x7f7fffff, 0x40000000, 0x7f7fffff, 0x7f7fffff, OF | NX
        # Underflow, and the sign of zero.
        single3 RNE, 0x00000001, 0x3f000000, 0x00000000, 0x00000000, UF | NX
        single3 RUP, 0x00000001, 0x00000001, 0x00000000, 0x00000001, UF | NX
        single3 RNE, 0x00800000, 0x3f7fffff, 0x00000000, 0x00800000, UF | NX
        single3 RNE, 0x00000001, 0x00000001, 0x80000001, 0x80000001, UF | NX
        single3 RNE, 0x3f800000, 0x3f800000, 0xbf800000, 0x00000000, 0
        single3 RDN, 0x3f800000, 0x3f800000, 0xbf800000, 0x80000000, 0
        single3 RNE, 0x80000000, 0x3f800000, 0x80000000, 0x80000000, 0
        single3 RDN, 0x00000000, 0x3f800000, 0x80000000, 0x80000000, 0
        # Infinity times zero is invalid, also with a NaN.
        single3 RNE, 0x7f800000, 0x00000000, 0x7fc00005, 0x7fc00000, NV
        single3 RNE, 0x00000000, 0xff800000, 0x3f800000, 0x7fc00000, NV
        single3 RNE, 0x7f800000, 0x3f800000, 0xff800000, 0x7fc00000, NV
        single3 RNE, 0x7f800000, 0x3f800000, 0x7f800000, 0x7f800000, 0
        single3 RNE, 0x3f800000, 0x40000000, 0xff800000, 0xff800000, 0
        single3 RNE, 0x3f800000, 0x3f800000, 0xffc00000, 0x7fc00000, 0
        single3 RNE, 0x3f800000, 0x7f800001, 0x7fc00005, 0x7fc00000, NV
        end_rows
        float_rows float.fma.msub.s, fmsub.s fa0, fa0, fa1, fa2
        single3 RNE, 0x3f800001, 0x3f800001, 0x3f800002, 0x28800000, 0
        single3 RUP, 0x3f800001, 0x3f800001, 0x3f800002, 0x28800000, 0
        single3 RNE, 0x3f800000, 0x33800000, 0xbf800000, 0x3f800000, NX
        single3 RNE, 0x3f800001, 0x33800000, 0xbf800000, 0x3f800001, NX
        single3 RNE, 0x7f7fffff, 0x40000000, 0x7f7fffff, 0x7f7fffff, 0
        single3 RNE, 0x7f7fffff, 0x40000000, 0xff7fffff, 0x7f800000, OF | NX
        single3 RTZ, 0x7f7fffff, 0x40000000, 0xff7fffff, 0x7f7fffff, OF | NX
        single3 RNE, 0x00000001, 0x3f000000, 0x80000000, 0x00000000, UF | NX
        single3 RUP, 0x00000001, 0x00000001, 0x80000000, 0x00000001, UF | NX
        single3 RNE, 0x00800000, 0x3f7fffff, 0x80000000, 0x00800000, UF | NX
        single3 RNE, 0x00000001, 0x00000001, 0x00000001, 0x80000001, UF | NX
        single3 RNE, 0x3f800000, 0x3f800000, 0x3f800000, 0x00000000, 0
        single3 RDN, 0x3f800000, 0x3f800000, 0x3f800000, 0x80000000, 0
        single3 RNE, 0x80000000, 0x3f800000, 0x00000000, 0x80000000, 0
        single3 RDN, 0x00000000, 0x3f800000, 0x00000000, 0x80000000, 0
        single3 RNE, 0x7f800000, 0x00000000, 0x7fc00005, 0x7fc00000, NV
        single3 RNE, 0x00000000, 0xff800000, 0xbf800000, 0x7fc00000, NV
        single3 RNE, 0x7f800000, 0x3f800000, 0x7f800000, 0x7fc00000, NV
        single3 RNE, 0x7f800000, 0x3f800000, 0xff800000, 0x7f800000, 0
        single3 RNE, 0x3f800000, 0x40000000, 0x7f800000, 0xff800000, 0
        single3 RNE, 0x3f800000, 0x3f800000, 0xffc00000, 0x7fc00000, 0
        single3 RNE, 0x3f800000, 0x7f800001, 0x7fc00005, 0x7fc00000, NV
        end_rows
        float_rows float.fma.nmsub.s, fnmsub.s fa0, fa0, fa1, fa2
        single3 RNE, 0x3f800001, 0x3f800001, 0x3f800002, 0xa8800000, 0
        single3 RUP, 0x3f800001, 0x3f800001, 0x3f800002, 0xa8800000, 0
        single3 RNE, 0x3f800000, 0x33800000, 0xbf800000, 0xbf800000, NX
        single3 RNE, 0x3f800001, 0x33800000, 0xbf800000, 0xbf800001, NX
        single3 RNE, 0x7f7fffff, 0x40000000, 0x7f7fffff, 0xff7fffff, 0
        single3 RNE, 0x7f7fffff, 0x40000000, 0xff7fffff, 0xff800000, OF | NX
        single3 RTZ, 0x7f7fffff, 0x40000000, 0xff7fffff, 0xff7fffff, OF | NX
        single3 RNE, 0x00000001, 0x3f000000, 0x80000000, 0x80000000, UF | NX
        single3 RUP, 0x00000001, 0x00000001, 0x80000000, 0x80000000, UF | NX
        single3 RNE, 0x00800000, 0x3f7fffff, 0x80000000, 0x80800000, UF | NX
        single3 RNE, 0x00000001, 0x00000001, 0x00000001, 0x00000001, UF | NX
        single3 RNE, 0x3f800000, 0x3f800000, 0x3f800000, 0x00000000, 0
        single3 RDN, 0x3f800000, 0x3f800000, 0x3f800000, 0x80000000, 0
        single3 RNE, 0x80000000, 0x3f800000, 0x00000000, 0x00000000, 0
        single3 RDN, 0x00000000, 0x3f800000, 0x00000000, 0x80000000, 0
        single3 RNE, 0x7f800000, 0x00000000, 0x7fc00005, 0x7fc00000, NV
        single3 RNE, 0x00000000, 0xff800000, 0xbf800000, 0x7fc00000, NV
        single3 RNE, 0x7f800000, 0x3f800000, 0x7f800000, 0x7fc00000, NV
        single3 RNE, 0x7f800000, 0x3f800000, 0xff800000, 0xff800000, 0
        single3 RNE, 0x3f800000, 0x40000000, 0x7f800000, 0x7f800000, 0
        single3 RNE, 0x3f800000, 0x3f800000, 0xffc00000, 0x7fc00000, 0
        single3 RNE, 0x3f800000, 0x7f800001, 0x7fc00005, 0x7fc00000, NV
        end_rows
        float_rows float.fma.nmadd.s, fnmadd.s fa0, fa0, fa1, fa2
        single3 RNE, 0x3f800001, 0x3f800001, 0xbf800002, 0xa8800000, 0
        single3 RUP, 0x3f800001, 0x3f800001, 0xbf800002, 0xa8800000, 0
        single3 RNE, 0x3f800000, 0x33800000, 0x3f800000, 0xbf800000, NX
        single3 RNE, 0x3f800001, 0x33800000, 0x3f800000, 0xbf800001, NX
        single3 RNE, 0x7f7fffff, 0x40000000, 0xff7fffff, 0xff7fffff, 0
        single3 RNE, 0x7f7fffff, 0x40000000, 0x7f7fffff, 0xff800000, OF | NX
        single3 RTZ, 0x7f7fffff, 0x40000000, 0x7f7fffff, 0xff7fffff, OF | NX
        single3 RNE, 0x00000001, 0x3f000000, 0x00000000, 0x80000000, UF | NX
        single3 RUP, 0x00000001, 0x00000001, 0x00000000, 0x80000000, UF | NX
        single3 RNE, 0x00800000, 0x3f7fffff, 0x00000000, 0x80800000, UF | NX
        single3 RNE, 0x00000001, 0x00000001, 0x80000001, 0x00000001, UF | NX
        single3 RNE, 0x3f800000, 0x3f800000, 0xbf800000, 0x00000000, 0
        single3 RDN, 0x3f800000, 0x3f800000, 0xbf800000, 0x80000000, 0
        single3 RNE, 0x80000000, 0x3f800000, 0x80000000, 0x00000000, 0
        single3 RDN, 0x00000000, 0x3f800000, 0x80000000, 0x80000000, 0
        single3 RNE, 0x7f800000, 0x00000000, 0x7fc00005, 0x7fc00000, NV
        single3 RNE, 0x00000000, 0xff800000, 0x3f800000, 0x7fc00000, NV
        single3 RNE, 0x7f800000, 0x3f800000, 0xff800000, 0x7fc00000, NV
        single3 RNE, 0x7f800000, 0x3f800000, 0x7f800000, 0xff800000, 0
        single3 RNE, 0x3f800000, 0x40000000, 0xff800000, 0x7f800000, 0
        single3 RNE, 0x3f800000, 0x3f800000, 0xffc00000, 0x7fc00000, 0
        single3 RNE, 0x3f800000, 0x7f800001, 0x7fc00005, 0x7fc00000, NV
        end_rows
        float_rows float.min.s, fmin.s fa0, fa0, fa1
        # -0 is less than +0.
        single2 RNE, 0x3f800000, 0x40000000, 0x3f800000, 0
        single2 RNE, 0x40000000, 0xbf800000, 0xbf800000, 0
        single2 RNE, 0xff800000, 0xff7fffff, 0xff800000, 0
        single2 RNE, 0x80000001, 0x00000001, 0x80000001, 0
        single2 RNE, 0x00000000, 0x80000000, 0x80000000, 0
        single2 RNE, 0x80000000, 0x00000000, 0x80000000, 0
        # Of a number and a NaN, the number; a signalling NaN is invalid.
        single2 RNE, 0x7fc00005, 0x3f800000, 0x3f800000, 0
        single2 RNE, 0x3f800000, 0xffc00000, 0x3f800000, 0
        single2 RNE, 0x7f800001, 0x3f800000, 0x3f800000, NV
        single2 RNE, 0x3f800000, 0x7f800001, 0x3f800000, NV
        single2 RNE, 0x7fc00005, 0xffc00000, 0x7fc00000, 0
        single2 RNE, 0x7f800001, 0x7fc00005, 0x7fc00000, NV
        end_rows
        float_rows float.max.s, fmax.s fa0, fa0, fa1
        single2 RNE, 0x3f800000, 0x40000000, 0x40000000, 0
        single2 RNE, 0x40000000, 0xbf800000, 0x40000000, 0
        single2 RNE, 0xff800000, 0xff7fffff, 0xff7fffff, 0
        single2 RNE, 0x80000001, 0x00000001, 0x00000001, 0
        single2 RNE, 0x00000000, 0x80000000, 0x00000000, 0
        single2 RNE, 0x80000000, 0x00000000, 0x00000000, 0
        single2 RNE, 0x7fc00005, 0x3f800000, 0x3f800000, 0
        single2 RNE, 0x3f800000, 0xffc00000, 0x3f800000, 0
        single2 RNE, 0x7f800001, 0x3f800000, 0x3f800000, NV
        single2 RNE, 0x3f800000, 0x7f800001, 0x3f800000, NV
        single2 RNE, 0x7fc00005, 0xffc00000, 0x7fc00000, 0
        single2 RNE, 0x7f800001, 0x7fc00005, 0x7fc00000, NV
        end_rows
        float_rows float.sign.sgnj.s, fsgnj.s fa0, fa0, fa1
        single2 RNE, 0x3f800000, 0xbf800000, 0xbf800000, 0
        single2 RNE, 0xbf800000, 0x3f800000, 0x3f800000, 0
        single2 RNE, 0xbf800000, 0x80000000, 0xbf800000, 0
        # NaNs keep their bits.
        single2 RNE, 0x7f800001, 0xbf800000, 0xff800001, 0
        single2 RNE, 0x7fc00005, 0x3f800000, 0x7fc00005, 0
        single2 RNE, 0xffc00000, 0x7f800001, 0x7fc00000, 0
        single2 RNE, 0xff800000, 0x7f800000, 0x7f800000, 0
        end_rows
        float_rows float.sign.sgnjn.s, fsgnjn.s fa0, fa0, fa1
        single2 RNE, 0x3f800000, 0xbf800000, 0x3f800000, 0
        single2 RNE, 0xbf800000, 0x3f800000, 0xbf800000, 0
        single2 RNE, 0xbf800000, 0x80000000, 0x3f800000, 0
        single2 RNE, 0x7f800001, 0xbf800000, 0x7f800001, 0
        single2 RNE, 0x7fc00005, 0x3f800000, 0xffc00005, 0
        single2 RNE, 0xffc00000, 0x7f800001, 0xffc00000, 0
        single2 RNE, 0xff800000, 0x7f800000, 0xff800000, 0
        end_rows
        float_rows float.sign.sgnjx.s, fsgnjx.s fa0, fa0, fa1
        single2 RNE, 0x3f800000, 0xbf800000, 0xbf800000, 0
        single2 RNE, 0xbf800000, 0x3f800000, 0xbf800000, 0
        single2 RNE, 0xbf800000, 0x80000000, 0x3f800000, 0
        single2 RNE, 0x7f800001, 0xbf800000, 0xff800001, 0
        single2 RNE, 0x7fc00005, 0x3f800000, 0x7fc00005, 0
        single2 RNE, 0xffc00000, 0x7f800001, 0xffc00000, 0
        single2 RNE, 0xff800000, 0x7f800000, 0xff800000, 0
        end_rows
        integer_rows float.compare.eq.s, feq.s a0, fa0, fa1
        single2_to RNE, 0x3f800000, 0x40000000, 0, 0
        single2_to RNE, 0x40000000, 0x3f800000, 0, 0
        single2_to RNE, 0x3f800000, 0x3f800000, 1, 0
        single2_to RNE, 0xbf800000, 0x00000001, 0, 0
        single2_to RNE, 0x00000000, 0x80000000, 1, 0
        single2_to RNE, 0x80000000, 0x00000000, 1, 0
        single2_to RNE, 0xff800000, 0x7f800000, 0, 0
        single2_to RNE, 0x7f800000, 0x7f800000, 1, 0
        single2_to RNE, 0xff7fffff, 0x80000001, 0, 0
        single2_to RNE, 0x00000001, 0x00800000, 0, 0
        # Quiet: only signalling NaNs are invalid.
        single2_to RNE, 0x7fc00005, 0x3f800000, 0, 0
        single2_to RNE, 0x3f800000, 0xffc00000, 0, 0
        single2_to RNE, 0x7fc00005, 0x7fc00005, 0, 0
        single2_to RNE, 0x7f800001, 0x3f800000, 0, NV
        single2_to RNE, 0x7f800000, 0x7f800001, 0, NV
        end_rows
        integer_rows float.compare.lt.s, flt.s a0, fa0, fa1
        single2_to RNE, 0x3f800000, 0x40000000, 1, 0
        single2_to RNE, 0x40000000, 0x3f800000, 0, 0
        single2_to RNE, 0x3f800000, 0x3f800000, 0, 0
        single2_to RNE, 0xbf800000, 0x00000001, 1, 0
        single2_to RNE, 0x00000000, 0x80000000, 0, 0
        single2_to RNE, 0x80000000, 0x00000000, 0, 0
        single2_to RNE, 0xff800000, 0x7f800000, 1, 0
        single2_to RNE, 0x7f800000, 0x7f800000, 0, 0
        single2_to RNE, 0xff7fffff, 0x80000001, 1, 0
        single2_to RNE, 0x00000001, 0x00800000, 1, 0
        # Signalling: every NaN is invalid.
        single2_to RNE, 0x7fc00005, 0x3f800000, 0, NV
        single2_to RNE, 0x3f800000, 0xffc00000, 0, NV
        single2_to RNE, 0x7fc00005, 0x7fc00005, 0, NV
        single2_to RNE, 0x7f800001, 0x3f800000, 0, NV
        single2_to RNE, 0x7f800000, 0x7f800001, 0, NV
        end_rows
        integer_rows float.compare.le.s, fle.s a0, fa0, fa1
        single2_to RNE, 0x3f800000, 0x40000000, 1, 0
        single2_to RNE, 0x40000000, 0x3f800000, 0, 0
        single2_to RNE, 0x3f800000, 0x3f800000, 1, 0
        single2_to RNE, 0xbf800000, 0x00000001, 1, 0
        single2_to RNE, 0x00000000, 0x80000000, 1, 0
        single2_to RNE, 0x80000000, 0x00000000, 1, 0
        single2_to RNE, 0xff800000, 0x7f800000, 1, 0
        single2_to RNE, 0x7f800000, 0x7f800000, 1, 0
        single2_to RNE, 0xff7fffff, 0x80000001, 1, 0
        single2_to RNE, 0x00000001, 0x00800000, 1, 0
        single2_to RNE, 0x7fc00005, 0x3f800000, 0, NV
        single2_to RNE, 0x3f800000, 0xffc00000, 0, NV
        single2_to RNE, 0x7fc00005, 0x7fc00005, 0, NV
        single2_to RNE, 0x7f800001, 0x3f800000, 0, NV
        single2_to RNE, 0x7f800000, 0x7f800001, 0, NV
        end_rows
        integer_rows float.class.s, fclass.s a0, fa0
        single1_to RNE, 0xff800000, 1 << 0, 0
        single1_to RNE, 0xff7fffff, 1 << 1, 0
        single1_to RNE, 0x80800000, 1 << 1, 0
        single1_to RNE, 0x807fffff, 1 << 2, 0
        single1_to RNE, 0x80000001, 1 << 2, 0
        single1_to RNE, 0x80000000, 1 << 3, 0
        single1_to RNE, 0x00000000, 1 << 4, 0
        single1_to RNE, 0x00000001, 1 << 5, 0
        single1_to RNE, 0x007fffff, 1 << 5, 0
        single1_to RNE, 0x00800000, 1 << 6, 0
        single1_to RNE, 0x7f7fffff, 1 << 6, 0
        single1_to RNE, 0x7f800000, 1 << 7, 0
        single1_to RNE, 0x7f800001, 1 << 8, 0
        single1_to RNE, 0xff800001, 1 << 8, 0
        single1_to RNE, 0x7fc00005, 1 << 9, 0
        single1_to RNE, 0xffc00000, 1 << 9, 0
        end_rows
        j       finish
