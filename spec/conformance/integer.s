#: {"uses": ["vectors"], "optional": ["int.conditional"]}
# Integer arithmetic: what is defined where division cannot be, upper halves, words, shifts; and Zicond.

program:
        # Quotients round to zero, a remainder has the sign of the dividend. A division by zero gives all ones
        # and the dividend, and the one that overflows the dividend and 0.
        rows    int.div.div, div a0, a0, a1
        .dword  0x7, 0x2, 0x3
        .dword  0xfffffffffffffff9, 0x2, 0xfffffffffffffffd
        .dword  0x7, 0xfffffffffffffffe, 0xfffffffffffffffd
        .dword  0xfffffffffffffff9, 0xfffffffffffffffe, 0x3
        .dword  0x0, 0x5, 0x0
        .dword  0x123456789abcdef0, 0x1234, 0x10004c016906b
        .dword  0x7, 0x0, 0xffffffffffffffff
        .dword  0xfffffffffffffff9, 0x0, 0xffffffffffffffff
        .dword  0x0, 0x0, 0xffffffffffffffff
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000
        .dword  0x8000000000000000, 0x1, 0x8000000000000000
        .dword  0x8000000000000000, 0x0, 0xffffffffffffffff
        .dword  0x8000000000000000, 0x8000000000000000, 0x1
        .dword  0xffffffffffffffff, 0x8000000000000000, 0x0
        .dword  0xffffffffffffffff, 0x1, 0xffffffffffffffff
        end_rows
        rows    int.div.divu, divu a0, a0, a1
        .dword  0x7, 0x2, 0x3
        .dword  0xfffffffffffffff9, 0x2, 0x7ffffffffffffffc
        .dword  0x7, 0xfffffffffffffffe, 0x0
        .dword  0xfffffffffffffff9, 0xfffffffffffffffe, 0x0
        .dword  0x0, 0x5, 0x0
        .dword  0x123456789abcdef0, 0x1234, 0x10004c016906b
        .dword  0x7, 0x0, 0xffffffffffffffff
        .dword  0xfffffffffffffff9, 0x0, 0xffffffffffffffff
        .dword  0x0, 0x0, 0xffffffffffffffff
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x0
        .dword  0x8000000000000000, 0x1, 0x8000000000000000
        .dword  0x8000000000000000, 0x0, 0xffffffffffffffff
        .dword  0x8000000000000000, 0x8000000000000000, 0x1
        .dword  0xffffffffffffffff, 0x8000000000000000, 0x1
        .dword  0xffffffffffffffff, 0x1, 0xffffffffffffffff
        end_rows
        rows    int.rem.rem, rem a0, a0, a1
        .dword  0x7, 0x2, 0x1
        .dword  0xfffffffffffffff9, 0x2, 0xffffffffffffffff
        .dword  0x7, 0xfffffffffffffffe, 0x1
        .dword  0xfffffffffffffff9, 0xfffffffffffffffe, 0xffffffffffffffff
        .dword  0x0, 0x5, 0x0
        .dword  0x123456789abcdef0, 0x1234, 0x334
        .dword  0x7, 0x0, 0x7
        .dword  0xfffffffffffffff9, 0x0, 0xfffffffffffffff9
        .dword  0x0, 0x0, 0x0
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x0
        .dword  0x8000000000000000, 0x1, 0x0
        .dword  0x8000000000000000, 0x0, 0x8000000000000000
        .dword  0x8000000000000000, 0x8000000000000000, 0x0
        .dword  0xffffffffffffffff, 0x8000000000000000, 0xffffffffffffffff
        .dword  0xffffffffffffffff, 0x1, 0x0
        end_rows
        rows    int.rem.remu, remu a0, a0, a1
        .dword  0x7, 0x2, 0x1
        .dword  0xfffffffffffffff9, 0x2, 0x1
        .dword  0x7, 0xfffffffffffffffe, 0x7
        .dword  0xfffffffffffffff9, 0xfffffffffffffffe, 0xfffffffffffffff9
        .dword  0x0, 0x5, 0x0
        .dword  0x123456789abcdef0, 0x1234, 0x334
        .dword  0x7, 0x0, 0x7
        .dword  0xfffffffffffffff9, 0x0, 0xfffffffffffffff9
        .dword  0x0, 0x0, 0x0
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000
        .dword  0x8000000000000000, 0x1, 0x0
        .dword  0x8000000000000000, 0x0, 0x8000000000000000
        .dword  0x8000000000000000, 0x8000000000000000, 0x0
        .dword  0xffffffffffffffff, 0x8000000000000000, 0x7fffffffffffffff
        .dword  0xffffffffffffffff, 0x1, 0x0
        end_rows
        # The same of 32 bits, whose upper halves do not matter; results have their sign, also those of the
        # unsigned ones.
        rows    int.div.divw, divw a0, a0, a1
        .dword  0x7, 0x2, 0x3
        .dword  0xfffffffffffffff9, 0x2, 0xfffffffffffffffd
        .dword  0x7, 0xfffffffffffffffe, 0xfffffffffffffffd
        .dword  0xffffffff00000007, 0x100000002, 0x3
        .dword  0x7, 0x0, 0xffffffffffffffff
        .dword  0xfffffffffffffff9, 0x0, 0xffffffffffffffff
        .dword  0x7, 0x100000000, 0xffffffffffffffff
        .dword  0xffffffff80000000, 0xffffffffffffffff, 0xffffffff80000000
        .dword  0x80000000, 0xffffffff, 0xffffffff80000000
        .dword  0xffffffff80000000, 0x1, 0xffffffff80000000
        .dword  0xffffffffffffffff, 0xffffffff80000000, 0x0
        .dword  0x80000000, 0x0, 0xffffffffffffffff
        end_rows
        rows    int.div.divuw, divuw a0, a0, a1
        .dword  0x7, 0x2, 0x3
        .dword  0xfffffffffffffff9, 0x2, 0x7ffffffc
        .dword  0x7, 0xfffffffffffffffe, 0x0
        .dword  0xffffffff00000007, 0x100000002, 0x3
        .dword  0x7, 0x0, 0xffffffffffffffff
        .dword  0xfffffffffffffff9, 0x0, 0xffffffffffffffff
        .dword  0x7, 0x100000000, 0xffffffffffffffff
        .dword  0xffffffff80000000, 0xffffffffffffffff, 0x0
        .dword  0x80000000, 0xffffffff, 0x0
        .dword  0xffffffff80000000, 0x1, 0xffffffff80000000
        .dword  0xffffffffffffffff, 0xffffffff80000000, 0x1
        .dword  0x80000000, 0x0, 0xffffffffffffffff
        end_rows
        rows    int.rem.remw, remw a0, a0, a1
        .dword  0x7, 0x2, 0x1
        .dword  0xfffffffffffffff9, 0x2, 0xffffffffffffffff
        .dword  0x7, 0xfffffffffffffffe, 0x1
        .dword  0xffffffff00000007, 0x100000002, 0x1
        .dword  0x7, 0x0, 0x7
        .dword  0xfffffffffffffff9, 0x0, 0xfffffffffffffff9
        .dword  0x7, 0x100000000, 0x7
        .dword  0xffffffff80000000, 0xffffffffffffffff, 0x0
        .dword  0x80000000, 0xffffffff, 0x0
        .dword  0xffffffff80000000, 0x1, 0x0
        .dword  0xffffffffffffffff, 0xffffffff80000000, 0xffffffffffffffff
        .dword  0x80000000, 0x0, 0xffffffff80000000
        end_rows
        rows    int.rem.remuw, remuw a0, a0, a1
        .dword  0x7, 0x2, 0x1
        .dword  0xfffffffffffffff9, 0x2, 0x1
        .dword  0x7, 0xfffffffffffffffe, 0x7
        .dword  0xffffffff00000007, 0x100000002, 0x1
        .dword  0x7, 0x0, 0x7
        .dword  0xfffffffffffffff9, 0x0, 0xfffffffffffffff9
        .dword  0x7, 0x100000000, 0x7
        .dword  0xffffffff80000000, 0xffffffffffffffff, 0xffffffff80000000
        .dword  0x80000000, 0xffffffff, 0xffffffff80000000
        .dword  0xffffffff80000000, 0x1, 0x0
        .dword  0xffffffffffffffff, 0xffffffff80000000, 0x7fffffff
        .dword  0x80000000, 0x0, 0xffffffff80000000
        end_rows
        # Products, and their upper halves.
        rows    int.mul.mul, mul a0, a0, a1
        .dword  0x3, 0x5, 0xf
        .dword  0xfffffffffffffffd, 0x5, 0xfffffffffffffff1
        .dword  0xffffffffffffffff, 0xffffffffffffffff, 0x1
        .dword  0x8000000000000000, 0x8000000000000000, 0x0
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000
        .dword  0xffffffffffffffff, 0x8000000000000000, 0x8000000000000000
        .dword  0x7fffffffffffffff, 0x7fffffffffffffff, 0x1
        .dword  0x123456789abcdef0, 0xfedcba9876543210, 0x236d88fe5618cf00
        .dword  0x100000000, 0x100000000, 0x0
        .dword  0xffffffffffffffff, 0x1, 0xffffffffffffffff
        .dword  0x0, 0xffffffffffffffff, 0x0
        end_rows
        rows    int.mul.mulh, mulh a0, a0, a1
        .dword  0x3, 0x5, 0x0
        .dword  0xfffffffffffffffd, 0x5, 0xffffffffffffffff
        .dword  0xffffffffffffffff, 0xffffffffffffffff, 0x0
        .dword  0x8000000000000000, 0x8000000000000000, 0x4000000000000000
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x0
        .dword  0xffffffffffffffff, 0x8000000000000000, 0x0
        .dword  0x7fffffffffffffff, 0x7fffffffffffffff, 0x3fffffffffffffff
        .dword  0x123456789abcdef0, 0xfedcba9876543210, 0xffeb49923cc09532
        .dword  0x100000000, 0x100000000, 0x1
        .dword  0xffffffffffffffff, 0x1, 0xffffffffffffffff
        .dword  0x0, 0xffffffffffffffff, 0x0
        end_rows
        rows    int.mul.mulhu, mulhu a0, a0, a1
        .dword  0x3, 0x5, 0x0
        .dword  0xfffffffffffffffd, 0x5, 0x4
        .dword  0xffffffffffffffff, 0xffffffffffffffff, 0xfffffffffffffffe
        .dword  0x8000000000000000, 0x8000000000000000, 0x4000000000000000
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x7fffffffffffffff
        .dword  0xffffffffffffffff, 0x8000000000000000, 0x7fffffffffffffff
        .dword  0x7fffffffffffffff, 0x7fffffffffffffff, 0x3fffffffffffffff
        .dword  0x123456789abcdef0, 0xfedcba9876543210, 0x121fa00ad77d7422
        .dword  0x100000000, 0x100000000, 0x1
        .dword  0xffffffffffffffff, 0x1, 0x0
        .dword  0x0, 0xffffffffffffffff, 0x0
        end_rows
        rows    int.mul.mulhsu, mulhsu a0, a0, a1
        .dword  0x3, 0x5, 0x0
        .dword  0xfffffffffffffffd, 0x5, 0xffffffffffffffff
        .dword  0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff
        .dword  0x8000000000000000, 0x8000000000000000, 0xc000000000000000
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000
        .dword  0xffffffffffffffff, 0x8000000000000000, 0xffffffffffffffff
        .dword  0x7fffffffffffffff, 0x7fffffffffffffff, 0x3fffffffffffffff
        .dword  0x123456789abcdef0, 0xfedcba9876543210, 0x121fa00ad77d7422
        .dword  0x100000000, 0x100000000, 0x1
        .dword  0xffffffffffffffff, 0x1, 0xffffffffffffffff
        .dword  0x0, 0xffffffffffffffff, 0x0
        end_rows
        rows    int.mul.mulw, mulw a0, a0, a1
        .dword  0x3, 0x5, 0xf
        .dword  0xfffffffffffffffd, 0x5, 0xfffffffffffffff1
        .dword  0x10000, 0x10000, 0x0
        .dword  0x7fffffff, 0x2, 0xfffffffffffffffe
        .dword  0x7fffffff, 0x7fffffff, 0x1
        .dword  0x100000003, 0x700000005, 0xf
        .dword  0xffffffff80000000, 0xffffffffffffffff, 0xffffffff80000000
        end_rows
        # Shifts take the lowest bits of the amount: six, or five of those of words.
        rows    int.shift.sll, sll a0, a0, a1
        .dword  0x1, 0x0, 0x1
        .dword  0x1, 0x3f, 0x8000000000000000
        .dword  0xffffffffffffffff, 0x1, 0xfffffffffffffffe
        .dword  0x8000000000000000, 0x3f, 0x0
        .dword  0x123456789abcdef0, 0x40, 0x123456789abcdef0
        .dword  0x123456789abcdef0, 0x44, 0x23456789abcdef00
        .dword  0xedcba98765432110, 0x4, 0xdcba987654321100
        .dword  0x8000000000000000, 0x1, 0x0
        .dword  0x1, 0xffffffffffffffff, 0x8000000000000000
        end_rows
        rows    int.shift.srl, srl a0, a0, a1
        .dword  0x1, 0x0, 0x1
        .dword  0x1, 0x3f, 0x0
        .dword  0xffffffffffffffff, 0x1, 0x7fffffffffffffff
        .dword  0x8000000000000000, 0x3f, 0x1
        .dword  0x123456789abcdef0, 0x40, 0x123456789abcdef0
        .dword  0x123456789abcdef0, 0x44, 0x123456789abcdef
        .dword  0xedcba98765432110, 0x4, 0xedcba9876543211
        .dword  0x8000000000000000, 0x1, 0x4000000000000000
        .dword  0x1, 0xffffffffffffffff, 0x0
        end_rows
        rows    int.shift.sra, sra a0, a0, a1
        .dword  0x1, 0x0, 0x1
        .dword  0x1, 0x3f, 0x0
        .dword  0xffffffffffffffff, 0x1, 0xffffffffffffffff
        .dword  0x8000000000000000, 0x3f, 0xffffffffffffffff
        .dword  0x123456789abcdef0, 0x40, 0x123456789abcdef0
        .dword  0x123456789abcdef0, 0x44, 0x123456789abcdef
        .dword  0xedcba98765432110, 0x4, 0xfedcba9876543211
        .dword  0x8000000000000000, 0x1, 0xc000000000000000
        .dword  0x1, 0xffffffffffffffff, 0x0
        end_rows
        rows    int.shift.sllw, sllw a0, a0, a1
        .dword  0x1, 0x1f, 0xffffffff80000000
        .dword  0x80000000, 0x1, 0x0
        .dword  0xffffffff00000001, 0x4, 0x10
        .dword  0x7fffffff, 0x1, 0xfffffffffffffffe
        .dword  0x80000000, 0x1f, 0x0
        .dword  0x123456789, 0x20, 0x23456789
        .dword  0xf0000000, 0x24, 0x0
        .dword  0x180000000, 0x0, 0xffffffff80000000
        end_rows
        rows    int.shift.srlw, srlw a0, a0, a1
        .dword  0x1, 0x1f, 0x0
        .dword  0x80000000, 0x1, 0x40000000
        .dword  0xffffffff00000001, 0x4, 0x0
        .dword  0x7fffffff, 0x1, 0x3fffffff
        .dword  0x80000000, 0x1f, 0x1
        .dword  0x123456789, 0x20, 0x23456789
        .dword  0xf0000000, 0x24, 0xf000000
        .dword  0x180000000, 0x0, 0xffffffff80000000
        end_rows
        rows    int.shift.sraw, sraw a0, a0, a1
        .dword  0x1, 0x1f, 0x0
        .dword  0x80000000, 0x1, 0xffffffffc0000000
        .dword  0xffffffff00000001, 0x4, 0x0
        .dword  0x7fffffff, 0x1, 0x3fffffff
        .dword  0x80000000, 0x1f, 0xffffffffffffffff
        .dword  0x123456789, 0x20, 0x23456789
        .dword  0xf0000000, 0x24, 0xffffffffff000000
        .dword  0x180000000, 0x0, 0xffffffff80000000
        end_rows
        rows    int.shift.slli1, slli a0, a0, 1
        .dword  0x123456789abcdef0, 0x0, 0x2468acf13579bde0
        .dword  0xedcba98765432110, 0x0, 0xdb97530eca864220
        .dword  0x8000000000000000, 0x0, 0x0
        .dword  0x1, 0x0, 0x2
        end_rows
        rows    int.shift.srli1, srli a0, a0, 1
        .dword  0x123456789abcdef0, 0x0, 0x91a2b3c4d5e6f78
        .dword  0xedcba98765432110, 0x0, 0x76e5d4c3b2a19088
        .dword  0x8000000000000000, 0x0, 0x4000000000000000
        .dword  0x1, 0x0, 0x0
        end_rows
        rows    int.shift.srai1, srai a0, a0, 1
        .dword  0x123456789abcdef0, 0x0, 0x91a2b3c4d5e6f78
        .dword  0xedcba98765432110, 0x0, 0xf6e5d4c3b2a19088
        .dword  0x8000000000000000, 0x0, 0xc000000000000000
        .dword  0x1, 0x0, 0x0
        end_rows
        rows    int.shift.slli63, slli a0, a0, 63
        .dword  0x123456789abcdef0, 0x0, 0x0
        .dword  0xedcba98765432110, 0x0, 0x0
        .dword  0x8000000000000000, 0x0, 0x0
        .dword  0x1, 0x0, 0x8000000000000000
        end_rows
        rows    int.shift.srli63, srli a0, a0, 63
        .dword  0x123456789abcdef0, 0x0, 0x0
        .dword  0xedcba98765432110, 0x0, 0x1
        .dword  0x8000000000000000, 0x0, 0x1
        .dword  0x1, 0x0, 0x0
        end_rows
        rows    int.shift.srai63, srai a0, a0, 63
        .dword  0x123456789abcdef0, 0x0, 0x0
        .dword  0xedcba98765432110, 0x0, 0xffffffffffffffff
        .dword  0x8000000000000000, 0x0, 0xffffffffffffffff
        .dword  0x1, 0x0, 0x0
        end_rows
        rows    int.shift.slliw, slliw a0, a0, 31
        .dword  0x123456789abcdef0, 0x0, 0x0
        .dword  0xffffffffffffffff, 0x0, 0xffffffff80000000
        .dword  0x80000000, 0x0, 0x0
        .dword  0x1, 0x0, 0xffffffff80000000
        end_rows
        rows    int.shift.srliw, srliw a0, a0, 31
        .dword  0x123456789abcdef0, 0x0, 0x1
        .dword  0xffffffffffffffff, 0x0, 0x1
        .dword  0x80000000, 0x0, 0x1
        .dword  0x1, 0x0, 0x0
        end_rows
        rows    int.shift.sraiw, sraiw a0, a0, 31
        .dword  0x123456789abcdef0, 0x0, 0xffffffffffffffff
        .dword  0xffffffffffffffff, 0x0, 0xffffffffffffffff
        .dword  0x80000000, 0x0, 0xffffffffffffffff
        .dword  0x1, 0x0, 0x0
        end_rows
        rows    int.shift.srliw0, srliw a0, a0, 0
        .dword  0x80000000, 0x0, 0xffffffff80000000
        .dword  0x17fffffff, 0x0, 0x7fffffff
        end_rows
        # Words: the lower halves, and the sign of what they come to.
        rows    int.word.addw, addw a0, a0, a1
        .dword  0x7fffffff, 0x1, 0xffffffff80000000
        .dword  0x80000000, 0xffffffffffffffff, 0x7fffffff
        .dword  0x100000000, 0x1, 0x1
        .dword  0xffffffffffffffff, 0xffffffffffffffff, 0xfffffffffffffffe
        .dword  0xffffffff80000000, 0x80000000, 0x0
        end_rows
        rows    int.word.subw, subw a0, a0, a1
        .dword  0x7fffffff, 0x1, 0x7ffffffe
        .dword  0x80000000, 0xffffffffffffffff, 0xffffffff80000001
        .dword  0x100000000, 0x1, 0xffffffffffffffff
        .dword  0xffffffffffffffff, 0xffffffffffffffff, 0x0
        .dword  0xffffffff80000000, 0x80000000, 0x0
        end_rows
        rows    int.word.addiw, addiw a0, a0, -1
        .dword  0x80000000, 0x0, 0x7fffffff
        .dword  0x0, 0x0, 0xffffffffffffffff
        .dword  0x100000000, 0x0, 0xffffffffffffffff
        .dword  0xffffffff80000000, 0x0, 0x7fffffff
        end_rows
        # Comparisons.
        rows    int.compare.slt, slt a0, a0, a1
        .dword  0x0, 0x0, 0x0
        .dword  0xffffffffffffffff, 0x0, 0x1
        .dword  0x0, 0xffffffffffffffff, 0x0
        .dword  0x8000000000000000, 0x7fffffffffffffff, 0x1
        .dword  0x1, 0x2, 0x1
        .dword  0x2, 0x1, 0x0
        end_rows
        rows    int.compare.sltu, sltu a0, a0, a1
        .dword  0x0, 0x0, 0x0
        .dword  0xffffffffffffffff, 0x0, 0x0
        .dword  0x0, 0xffffffffffffffff, 0x1
        .dword  0x8000000000000000, 0x7fffffffffffffff, 0x0
        .dword  0x1, 0x2, 0x1
        .dword  0x2, 0x1, 0x0
        end_rows
        rows    int.compare.slti, slti a0, a0, -5
        .dword  0xfffffffffffffffb, 0x0, 0x0
        .dword  0xfffffffffffffffa, 0x0, 0x1
        .dword  0x0, 0x0, 0x0
        .dword  0x8000000000000000, 0x0, 0x1
        end_rows
        rows    int.compare.sltiu, sltiu a0, a0, -5
        .dword  0xfffffffffffffffb, 0x0, 0x0
        .dword  0xfffffffffffffffa, 0x0, 0x1
        .dword  0x0, 0x0, 0x1
        .dword  0x8000000000000000, 0x0, 0x1
        end_rows

        # Zicond: czero.eqz and czero.nez.
        expect_traps
        .4byte  0x0eb55533              # czero.eqz a0, a0, a1
        la      t5, traps
        ld      t5, (t5)
        beqz    t5, conditional
        absent  int.conditional
        j       finish
conditional:
        rows    int.conditional.eqz, .4byte 0xeb55533
        .dword  0x123456789abcdef0, 0x0, 0x0
        .dword  0x123456789abcdef0, 0x1, 0x123456789abcdef0
        .dword  0x123456789abcdef0, 0x8000000000000000, 0x123456789abcdef0
        end_rows
        rows    int.conditional.nez, .4byte 0xeb57533
        .dword  0x123456789abcdef0, 0x0, 0x123456789abcdef0
        .dword  0x123456789abcdef0, 0x1, 0x0
        .dword  0x123456789abcdef0, 0x8000000000000000, 0x0
        end_rows
        j       finish
