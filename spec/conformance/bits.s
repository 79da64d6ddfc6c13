#: {"uses": ["vectors"], "optional": ["bit.carryless"]}
# Bit manipulation: Zba, Zbb and Zbs; and Zbc.

        .option arch, +zba, +zbb, +zbc, +zbs

program:
        # Zba.
        rows    bit.address.sh1add, sh1add a0, a0, a1
        .dword  0x1, 0x2, 0x4
        .dword  0xffffffffffffffff, 0x1, 0xffffffffffffffff
        .dword  0x4000000000000000, 0x3, 0x8000000000000003
        .dword  0x1ffffffff, 0x10, 0x40000000e
        end_rows
        rows    bit.address.sh2add, sh2add a0, a0, a1
        .dword  0x1, 0x2, 0x6
        .dword  0xffffffffffffffff, 0x1, 0xfffffffffffffffd
        .dword  0x4000000000000000, 0x3, 0x3
        .dword  0x1ffffffff, 0x10, 0x80000000c
        end_rows
        rows    bit.address.sh3add, sh3add a0, a0, a1
        .dword  0x1, 0x2, 0xa
        .dword  0xffffffffffffffff, 0x1, 0xfffffffffffffff9
        .dword  0x4000000000000000, 0x3, 0x3
        .dword  0x1ffffffff, 0x10, 0x1000000008
        end_rows
        rows    bit.address.add_uw, add.uw a0, a0, a1
        .dword  0x1, 0x2, 0x3
        .dword  0xffffffffffffffff, 0x1, 0x100000000
        .dword  0x4000000000000000, 0x3, 0x3
        .dword  0x1ffffffff, 0x10, 0x10000000f
        end_rows
        rows    bit.address.sh1add_uw, sh1add.uw a0, a0, a1
        .dword  0x1, 0x2, 0x4
        .dword  0xffffffffffffffff, 0x1, 0x1ffffffff
        .dword  0x4000000000000000, 0x3, 0x3
        .dword  0x1ffffffff, 0x10, 0x20000000e
        end_rows
        rows    bit.address.sh2add_uw, sh2add.uw a0, a0, a1
        .dword  0x1, 0x2, 0x6
        .dword  0xffffffffffffffff, 0x1, 0x3fffffffd
        .dword  0x4000000000000000, 0x3, 0x3
        .dword  0x1ffffffff, 0x10, 0x40000000c
        end_rows
        rows    bit.address.sh3add_uw, sh3add.uw a0, a0, a1
        .dword  0x1, 0x2, 0xa
        .dword  0xffffffffffffffff, 0x1, 0x7fffffff9
        .dword  0x4000000000000000, 0x3, 0x3
        .dword  0x1ffffffff, 0x10, 0x800000008
        end_rows
        rows    bit.address.slli_uw, slli.uw a0, a0, 35
        .dword  0xffffffffffffffff, 0x0, 0xfffffff800000000
        .dword  0x1ffffffff, 0x0, 0xfffffff800000000
        .dword  0x3, 0x0, 0x1800000000
        end_rows
        # Zbb.
        rows    bit.logic.andn, andn a0, a0, a1
        .dword  0xff00ff00ff00ff00, 0xff00ff00ff00ff0, 0xf000f000f000f000
        .dword  0x0, 0x0, 0x0
        .dword  0xffffffffffffffff, 0x0, 0xffffffffffffffff
        .dword  0x0, 0xffffffffffffffff, 0x0
        end_rows
        rows    bit.logic.orn, orn a0, a0, a1
        .dword  0xff00ff00ff00ff00, 0xff00ff00ff00ff0, 0xff0fff0fff0fff0f
        .dword  0x0, 0x0, 0xffffffffffffffff
        .dword  0xffffffffffffffff, 0x0, 0xffffffffffffffff
        .dword  0x0, 0xffffffffffffffff, 0x0
        end_rows
        rows    bit.logic.xnor, xnor a0, a0, a1
        .dword  0xff00ff00ff00ff00, 0xff00ff00ff00ff0, 0xf0f0f0f0f0f0f0f
        .dword  0x0, 0x0, 0xffffffffffffffff
        .dword  0xffffffffffffffff, 0x0, 0x0
        .dword  0x0, 0xffffffffffffffff, 0x0
        end_rows
        rows    bit.count.clz, clz a0, a0
        .dword  0x0, 0x0, 0x40
        .dword  0x1, 0x0, 0x3f
        .dword  0xffffffffffffffff, 0x0, 0x0
        .dword  0x8000000000000000, 0x0, 0x0
        .dword  0x80000000, 0x0, 0x20
        .dword  0x100000000, 0x0, 0x1f
        .dword  0xf0000000000f00, 0x0, 0x8
        .dword  0xffffffff00000000, 0x0, 0x0
        end_rows
        rows    bit.count.ctz, ctz a0, a0
        .dword  0x0, 0x0, 0x40
        .dword  0x1, 0x0, 0x0
        .dword  0xffffffffffffffff, 0x0, 0x0
        .dword  0x8000000000000000, 0x0, 0x3f
        .dword  0x80000000, 0x0, 0x1f
        .dword  0x100000000, 0x0, 0x20
        .dword  0xf0000000000f00, 0x0, 0x8
        .dword  0xffffffff00000000, 0x0, 0x20
        end_rows
        rows    bit.count.cpop, cpop a0, a0
        .dword  0x0, 0x0, 0x0
        .dword  0x1, 0x0, 0x1
        .dword  0xffffffffffffffff, 0x0, 0x40
        .dword  0x8000000000000000, 0x0, 0x1
        .dword  0x80000000, 0x0, 0x1
        .dword  0x100000000, 0x0, 0x1
        .dword  0xf0000000000f00, 0x0, 0x8
        .dword  0xffffffff00000000, 0x0, 0x20
        end_rows
        rows    bit.count.clzw, clzw a0, a0
        .dword  0x0, 0x0, 0x20
        .dword  0x1, 0x0, 0x1f
        .dword  0xffffffffffffffff, 0x0, 0x0
        .dword  0x8000000000000000, 0x0, 0x20
        .dword  0x80000000, 0x0, 0x0
        .dword  0x100000000, 0x0, 0x20
        .dword  0xf0000000000f00, 0x0, 0x14
        .dword  0xffffffff00000000, 0x0, 0x20
        end_rows
        rows    bit.count.ctzw, ctzw a0, a0
        .dword  0x0, 0x0, 0x20
        .dword  0x1, 0x0, 0x0
        .dword  0xffffffffffffffff, 0x0, 0x0
        .dword  0x8000000000000000, 0x0, 0x20
        .dword  0x80000000, 0x0, 0x1f
        .dword  0x100000000, 0x0, 0x20
        .dword  0xf0000000000f00, 0x0, 0x8
        .dword  0xffffffff00000000, 0x0, 0x20
        end_rows
        rows    bit.count.cpopw, cpopw a0, a0
        .dword  0x0, 0x0, 0x0
        .dword  0x1, 0x0, 0x1
        .dword  0xffffffffffffffff, 0x0, 0x20
        .dword  0x8000000000000000, 0x0, 0x0
        .dword  0x80000000, 0x0, 0x1
        .dword  0x100000000, 0x0, 0x0
        .dword  0xf0000000000f00, 0x0, 0x4
        .dword  0xffffffff00000000, 0x0, 0x0
        end_rows
        rows    bit.extreme.min, min a0, a0, a1
        .dword  0x1, 0x2, 0x1
        .dword  0xffffffffffffffff, 0x1, 0xffffffffffffffff
        .dword  0x1, 0xffffffffffffffff, 0xffffffffffffffff
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000
        .dword  0x0, 0x0, 0x0
        end_rows
        rows    bit.extreme.max, max a0, a0, a1
        .dword  0x1, 0x2, 0x2
        .dword  0xffffffffffffffff, 0x1, 0x1
        .dword  0x1, 0xffffffffffffffff, 0x1
        .dword  0x8000000000000000, 0xffffffffffffffff, 0xffffffffffffffff
        .dword  0x0, 0x0, 0x0
        end_rows
        rows    bit.extreme.minu, minu a0, a0, a1
        .dword  0x1, 0x2, 0x1
        .dword  0xffffffffffffffff, 0x1, 0x1
        .dword  0x1, 0xffffffffffffffff, 0x1
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000
        .dword  0x0, 0x0, 0x0
        end_rows
        rows    bit.extreme.maxu, maxu a0, a0, a1
        .dword  0x1, 0x2, 0x2
        .dword  0xffffffffffffffff, 0x1, 0xffffffffffffffff
        .dword  0x1, 0xffffffffffffffff, 0xffffffffffffffff
        .dword  0x8000000000000000, 0xffffffffffffffff, 0xffffffffffffffff
        .dword  0x0, 0x0, 0x0
        end_rows
        rows    bit.extend.sext_b, sext.b a0, a0
        .dword  0x80, 0x0, 0xffffffffffffff80
        .dword  0x7f, 0x0, 0x7f
        .dword  0x8000, 0x0, 0x0
        .dword  0x7fff, 0x0, 0xffffffffffffffff
        .dword  0x12345678ffff8180, 0x0, 0xffffffffffffff80
        end_rows
        rows    bit.extend.sext_h, sext.h a0, a0
        .dword  0x80, 0x0, 0x80
        .dword  0x7f, 0x0, 0x7f
        .dword  0x8000, 0x0, 0xffffffffffff8000
        .dword  0x7fff, 0x0, 0x7fff
        .dword  0x12345678ffff8180, 0x0, 0xffffffffffff8180
        end_rows
        rows    bit.extend.zext_h, zext.h a0, a0
        .dword  0x80, 0x0, 0x80
        .dword  0x7f, 0x0, 0x7f
        .dword  0x8000, 0x0, 0x8000
        .dword  0x7fff, 0x0, 0x7fff
        .dword  0x12345678ffff8180, 0x0, 0x8180
        end_rows
        rows    bit.rotate.rol, rol a0, a0, a1
        .dword  0x123456789abcdef0, 0x0, 0x123456789abcdef0
        .dword  0x123456789abcdef0, 0x4, 0x23456789abcdef01
        .dword  0x123456789abcdef0, 0x24, 0xabcdef0123456789
        .dword  0x123456789abcdef0, 0x40, 0x123456789abcdef0
        .dword  0x123456789abcdef0, 0x7f, 0x91a2b3c4d5e6f78
        .dword  0x1, 0xffffffffffffffff, 0x8000000000000000
        end_rows
        rows    bit.rotate.ror, ror a0, a0, a1
        .dword  0x123456789abcdef0, 0x0, 0x123456789abcdef0
        .dword  0x123456789abcdef0, 0x4, 0x123456789abcdef
        .dword  0x123456789abcdef0, 0x24, 0x89abcdef01234567
        .dword  0x123456789abcdef0, 0x40, 0x123456789abcdef0
        .dword  0x123456789abcdef0, 0x7f, 0x2468acf13579bde0
        .dword  0x1, 0xffffffffffffffff, 0x2
        end_rows
        rows    bit.rotate.rori, rori a0, a0, 60
        .dword  0x123456789abcdef0, 0x0, 0x23456789abcdef01
        .dword  0x1, 0x0, 0x10
        end_rows
        rows    bit.rotate.rolw, rolw a0, a0, a1
        .dword  0x80000001, 0x1, 0x3
        .dword  0x7000000000000001, 0x20, 0x1
        .dword  0x123456789, 0x4, 0x34567892
        .dword  0xf0000000, 0x1f, 0x78000000
        end_rows
        rows    bit.rotate.rorw, rorw a0, a0, a1
        .dword  0x80000001, 0x1, 0xffffffffc0000000
        .dword  0x7000000000000001, 0x20, 0x1
        .dword  0x123456789, 0x4, 0xffffffff92345678
        .dword  0xf0000000, 0x1f, 0xffffffffe0000001
        end_rows
        rows    bit.rotate.roriw, roriw a0, a0, 28
        .dword  0x12345678, 0x0, 0x23456781
        .dword  0x1f0000008, 0x0, 0x8f
        end_rows
        rows    bit.bytes.orc_b, orc.b a0, a0
        .dword  0x0, 0x0, 0x0
        .dword  0x100800000ff0010, 0x0, 0xff00ff0000ff00ff
        .dword  0xffffffffffffffff, 0x0, 0xffffffffffffffff
        end_rows
        rows    bit.bytes.rev8, rev8 a0, a0
        .dword  0x123456789abcdef, 0x0, 0xefcdab8967452301
        .dword  0x1, 0x0, 0x100000000000000
        end_rows
        # Zbs: the number of the bit is the amount of a shift.
        rows    bit.single.bclr, bclr a0, a0, a1
        .dword  0x0, 0x0, 0x0
        .dword  0xffffffffffffffff, 0x3f, 0x7fffffffffffffff
        .dword  0x123456789abcdef0, 0x5, 0x123456789abcded0
        .dword  0x123456789abcdef0, 0x45, 0x123456789abcded0
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x0
        .dword  0x0, 0x1f, 0x0
        end_rows
        rows    bit.single.bclri, bclri a0, a0, 63
        .dword  0x0, 0x0, 0x0
        .dword  0xffffffffffffffff, 0x0, 0x7fffffffffffffff
        end_rows
        rows    bit.single.bext, bext a0, a0, a1
        .dword  0x0, 0x0, 0x0
        .dword  0xffffffffffffffff, 0x3f, 0x1
        .dword  0x123456789abcdef0, 0x5, 0x1
        .dword  0x123456789abcdef0, 0x45, 0x1
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x1
        .dword  0x0, 0x1f, 0x0
        end_rows
        rows    bit.single.bexti, bexti a0, a0, 63
        .dword  0x0, 0x0, 0x0
        .dword  0xffffffffffffffff, 0x0, 0x1
        end_rows
        rows    bit.single.binv, binv a0, a0, a1
        .dword  0x0, 0x0, 0x1
        .dword  0xffffffffffffffff, 0x3f, 0x7fffffffffffffff
        .dword  0x123456789abcdef0, 0x5, 0x123456789abcded0
        .dword  0x123456789abcdef0, 0x45, 0x123456789abcded0
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x0
        .dword  0x0, 0x1f, 0x80000000
        end_rows
        rows    bit.single.binvi, binvi a0, a0, 63
        .dword  0x0, 0x0, 0x8000000000000000
        .dword  0xffffffffffffffff, 0x0, 0x7fffffffffffffff
        end_rows
        rows    bit.single.bset, bset a0, a0, a1
        .dword  0x0, 0x0, 0x1
        .dword  0xffffffffffffffff, 0x3f, 0xffffffffffffffff
        .dword  0x123456789abcdef0, 0x5, 0x123456789abcdef0
        .dword  0x123456789abcdef0, 0x45, 0x123456789abcdef0
        .dword  0x8000000000000000, 0xffffffffffffffff, 0x8000000000000000
        .dword  0x0, 0x1f, 0x80000000
        end_rows
        rows    bit.single.bseti, bseti a0, a0, 63
        .dword  0x0, 0x0, 0x8000000000000000
        .dword  0xffffffffffffffff, 0x0, 0xffffffffffffffff
        end_rows

        # Zbc.
        expect_traps
        clmul   a0, a0, a1
        la      t5, traps
        ld      t5, (t5)
        beqz    t5, carryless
        absent  bit.carryless
        j       finish
carryless:
        rows    bit.carryless.clmul, clmul a0, a0, a1
        .dword  0x3, 0x3, 0x5
        .dword  0x123456789abcdef0, 0x8000000000000001, 0x123456789abcdef0
        .dword  0xffffffffffffffff, 0xffffffffffffffff, 0x5555555555555555
        .dword  0x0, 0xffffffffffffffff, 0x0
        .dword  0x8000000000000000, 0x2, 0x0
        end_rows
        rows    bit.carryless.clmulh, clmulh a0, a0, a1
        .dword  0x3, 0x3, 0x0
        .dword  0x123456789abcdef0, 0x8000000000000001, 0x91a2b3c4d5e6f78
        .dword  0xffffffffffffffff, 0xffffffffffffffff, 0x5555555555555555
        .dword  0x0, 0xffffffffffffffff, 0x0
        .dword  0x8000000000000000, 0x2, 0x1
        end_rows
        rows    bit.carryless.clmulr, clmulr a0, a0, a1
        .dword  0x3, 0x3, 0x0
        .dword  0x123456789abcdef0, 0x8000000000000001, 0x123456789abcdef0
        .dword  0xffffffffffffffff, 0xffffffffffffffff, 0xaaaaaaaaaaaaaaaa
        .dword  0x0, 0xffffffffffffffff, 0x0
        .dword  0x8000000000000000, 0x2, 0x2
        end_rows
        j       finish
