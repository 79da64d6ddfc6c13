#: {"uses": ["vectors"], "optional": ["comp.zcb"]}
# Compressed instructions, what is reserved among them, hints, and where instructions may lie; and Zcb.

# Checks a compressed instruction on a0 and a1 whose result is in a0.
.macro  short   name:req, a:req, b:req, expected:req, instruction:vararg
        li      a0, \a
        li      a1, \b
        \instruction
        check   comp.\name, a0, \expected
.endm

# The same with sp, which is another for a while; it is a0 behind the instruction.
.macro  stack   name:req, value:req, expected:req, instruction:vararg
        mv      s5, sp
        li      sp, \value
        \instruction
        mv      a1, sp
        mv      sp, s5
        check   comp.\name, a1, \expected
.endm

# Checks that a reserved instruction of 16 bits is illegal, and that it is found in mtval.
.macro  reserved name:req, bits:req
        expect_traps
        .2byte  \bits
        check_trap comp.reserved.\name, 2
        li      a2, \bits
        check_mtval comp.reserved.\name\().mtval, a2
.endm

# Checks that a hint does nothing but be counted.
.macro  hint    name:req, instruction:vararg
        li      a0, 0x123456789abcdef0
        mv      a1, a0
        expect_traps
        \instruction
        check_no_trap \name
        sub     a0, a0, a1
        snez    a1, zero
        or      a0, a0, a1
        check   \name\().nothing, a0, 0
.endm

program:
        la      s0, room
        la      a5, room
        # Arithmetic.
        short   add.addi, 5, 0, -27, c.addi a0, -32
        short   add.addiw, 0x7fffffff, 0, 0xffffffff80000000, c.addiw a0, 1
        short   add.addiw.zero, 0x180000000, 0, 0xffffffff80000000, c.addiw a0, 0
        short   add.add, 1, -3, -2, c.add a0, a1
        short   add.mv, 1, -3, -3, c.mv a0, a1
        short   add.sub, 1, -3, 4, c.sub a0, a1
        short   add.addw, 0x7fffffff, 1, 0xffffffff80000000, c.addw a0, a1
        short   add.subw, 0x80000000, 1, 0x7fffffff, c.subw a0, a1
        short   constant.li, 0, 0, -32, c.li a0, -32
        short   constant.lui, 0, 0, 0x1f000, c.lui a0, 0x1f
        short   constant.lui.sign, 0, 0, -0x20000, c.lui a0, 0xfffe0
        short   logic.and, 12, 10, 8, c.and a0, a1
        short   logic.or, 12, 10, 14, c.or a0, a1
        short   logic.xor, 12, 10, 6, c.xor a0, a1
        short   logic.andi, 0x123, 0, 0x120, c.andi a0, -32
        short   shift.slli, 3, 0, 3 << 62, c.slli a0, 62
        short   shift.srli, -1, 0, 1, c.srli a0, 63
        short   shift.srai, -16, 0, -1, c.srai a0, 33
        stack   stack.addi16sp, 0x1000, 0xe00, c.addi16sp sp, -512
        stack   stack.addi16sp.up, 0x1000, 0x11f0, c.addi16sp sp, 496
        mv      s5, sp
        c.addi4spn a0, sp, 1020
        sub     a0, a0, s5
        check   comp.stack.addi4spn, a0, 1020

        # Loads and stores, at the largest offsets.
        li      a0, 0x1122334495667788
        sd      a0, 248(s0)
        c.ld    a1, 248(s0)
        check_equal comp.memory.ld, a1, a0
        c.lw    a1, 124(a5)
        sw      a0, 124(s0)
        c.lw    a1, 124(a5)
        check   comp.memory.lw, a1, 0xffffffff95667788
        c.sd    a0, 240(a5)
        ld      a1, 240(s0)
        check_equal comp.memory.sd, a1, a0
        sd      zero, 120(s0)
        c.sw    a0, 120(a5)
        ld      a1, 120(s0)
        check   comp.memory.sw, a1, 0x95667788
        mv      s5, sp
        mv      sp, s0
        c.sdsp  a0, 504(sp)
        c.ldsp  a1, 504(sp)
        c.swsp  a0, 252(sp)
        c.lwsp  a2, 252(sp)
        mv      sp, s5
        check_equal comp.memory.sdsp, a1, a0
        check   comp.memory.swsp, a2, 0xffffffff95667788
        li      a2, MSTATUS_FS
        csrs    mstatus, a2
        c.fld   fa0, 240(a5)
        fmv.x.d a1, fa0
        check_equal comp.memory.fld, a1, a0
        c.fsd   fa0, 232(a5)
        ld      a1, 232(s0)
        check_equal comp.memory.fsd, a1, a0
        mv      sp, s0
        c.fsdsp fa0, 496(sp)
        c.fldsp fa1, 496(sp)
        mv      sp, s5
        fmv.x.d a1, fa1
        check_equal comp.memory.fsdsp, a1, a0

        # Branches and jumps; the link is two bytes behind the jump.
        li      a0, 0
        c.beqz  a0, 1f
        li      a0, 1
1:      c.bnez  a0, 2f
        addi    a0, a0, 2
2:      c.j     3f
        addi    a0, a0, 4
3:      check   comp.jump.branches, a0, 2
        la      a0, 4f
        la      a2, 5f
        c.jalr  a0
4:      c.jr    a2
        li      ra, 0
5:      check_equal comp.jump.link, ra, a0
        # JALR clears the lowest bit of where it jumps to.
        la      a0, 6f + 1
        li      a1, 1
        jr      a0
        li      a1, 0
6:      check   comp.jump.odd, a1, 1
        expect_traps
7:      c.ebreak
        check_trap comp.ebreak, 3
        la      a0, 7b
        la      a1, trap_pc
        ld      a1, (a1)
        check_equal comp.ebreak.mepc, a1, a0

        # Reserved.
        reserved addi4spn, 0x0004
        reserved quadrant0, 0x9000
        reserved addiw, 0x2005
        reserved lui, 0x6501
        reserved addi16sp, 0x6101
        reserved arithmetic, 0x9c79
        reserved lwsp, 0x4002
        reserved ldsp, 0x6002
        reserved jr, 0x8002

        # Hints.
        hint    hint.c_nop, .2byte 0x0005               # c.nop 1
        hint    hint.c_addi, .2byte 0x0501              # c.addi a0, 0
        hint    hint.c_li, .2byte 0x4005                # c.li zero, 1
        hint    hint.c_lui, .2byte 0x6005               # c.lui zero, 1
        hint    hint.c_mv, .2byte 0x802a                # c.mv zero, a0
        hint    hint.c_add, .2byte 0x900a               # c.add zero, sp
        hint    hint.c_slli, .2byte 0x0006              # c.slli zero, 1
        hint    hint.c_slli_zero, .2byte 0x0502         # c.slli a0, 0
        hint    hint.c_srli_zero, .2byte 0x8101         # c.srli a0, 0
        hint    hint.c_srai_zero, .2byte 0x8501         # c.srai a0, 0
        hint    hint.lui, .4byte 0xfffff037             # lui zero, 0xfffff
        hint    hint.addi, .4byte 0x00150013            # addi zero, a0, 1
        hint    hint.slti, .4byte 0x00152013            # slti zero, a0, 1
        hint    hint.add, .4byte 0x00b50033             # add zero, a0, a1
        hint    hint.sraw, .4byte 0x40b5503b            # sraw zero, a0, a1
        # Of FENCE, whatever bits it has, PAUSE and FENCE.TSO are two.
        hint    hint.pause, .4byte 0x0100000f
        hint    hint.fence_tso, .4byte 0x8330000f
        hint    hint.fence, .4byte 0x0000000f
        hint    hint.fence_reserved, .4byte 0x2ff5050f
        # Prefetches, also of what is not there (a0).
        hint    hint.prefetch_i, .4byte 0x00056013      # prefetch.i 0(a0)
        hint    hint.prefetch_r, .4byte 0x7e156013      # prefetch.r 2016(a0)
        hint    hint.prefetch_w, .4byte 0x80356013      # prefetch.w -2048(a0)
        # Those of Zihintntl.
        hint    hint.ntl_p1, .4byte 0x00200033          # ntl.p1
        hint    hint.ntl_all, .4byte 0x00500033         # ntl.all

        # An instruction of four bytes may lie at any multiple of two, also across two pages.
        la      a1, across - 4
        jalr    a1
        check   comp.across, a0, 0x123

        # Zcb.
        expect_traps
        .2byte  0x9d61                  # c.zext.b a0
        la      t5, traps
        ld      t5, (t5)
        beqz    t5, zcb
        absent  comp.zcb
        j       finish
zcb:    short   zcb.zext_b, 0x1f8, 0, 0xf8, .2byte 0x9d61
        short   zcb.sext_b, 0x1f8, 0, -8, .2byte 0x9d65
        short   zcb.zext_h, 0x1fff8, 0, 0xfff8, .2byte 0x9d69
        short   zcb.sext_h, 0x1fff8, 0, -8, .2byte 0x9d6d
        short   zcb.zext_w, 0x1fffffff8, 0, 0xfffffff8, .2byte 0x9d71
        short   zcb.not, 5, 0, -6, .2byte 0x9d75
        short   zcb.mul, -5, 7, -35, .2byte 0x9d4d
        li      a0, 0x8182838485868788
        sd      a0, (s0)
        .2byte  0x806c                  # c.lbu a1, 3(s0)
        check   comp.zcb.lbu, a1, 0x85
        .2byte  0x842c                  # c.lhu a1, 2(s0)
        check   comp.zcb.lhu, a1, 0x8586
        .2byte  0x846c                  # c.lh a1, 2(s0)
        check   comp.zcb.lh, a1, 0xffffffffffff8586
        .2byte  0x8868                  # c.sb a0, 3(s0)
        ld      a1, (s0)
        check   comp.zcb.sb, a1, 0x8182838488868788
        .2byte  0x8c28                  # c.sh a0, 2(s0)
        ld      a1, (s0)
        check   comp.zcb.sh, a1, 0x8182838487888788
        j       finish

        .balign 4096
        .space  4094
        .option push
        .option norvc
        li      a0, 0x123               # across two pages
across: ret
        .option pop

        .data
        .balign 8
room:   .space  512
