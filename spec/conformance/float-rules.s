#: {}
# Floating point: rounding modes, flags, NaN boxing, what moves bits unchanged, and FS.

        .equ    NX, 1
        .equ    DZ, 8
        .equ    NV, 16
        .equ    BOX, 0xffffffff00000000
        .equ    NAN, 0x7fc00000
        .equ    ONE, 0x3f800000
        .equ    FS_INITIAL, 1 << 13

# Puts 64 bits into a floating-point register.
.macro  bits    register:req, value:req
        li      t0, \value
        fmv.d.x \register, t0
.endm

# Checks that an instruction is illegal with FS off.
.macro  off     id:req, instruction:vararg
        expect_traps
        \instruction
        check_trap float.off.\id, 2
.endm

# Checks that an instruction makes FS dirty.
.macro  dirty   id:req, instruction:vararg
        csrw    fcsr, zero
        li      t0, MSTATUS_FS
        csrc    mstatus, t0
        li      t0, FS_INITIAL
        csrs    mstatus, t0
        \instruction
        csrr    t0, mstatus
        check_bits float.dirty.\id, t0, 1 << 63 | MSTATUS_FS, 1 << 63 | MSTATUS_FS
.endm

# Checks what an operation on fa0, which is not boxed, and fa1 comes to, as all bits of fa2.
.macro  unboxed id:req, expected:req, operation:vararg
        csrw    fcsr, zero
        \operation
        fmv.x.d a0, fa2
        check   float.boxing.\id, a0, \expected
.endm

# The same, where the result is in a0, and may be invalid.
.macro  unboxed_integer id:req, expected:req, flags:req, operation:vararg
        csrw    fcsr, zero
        \operation
        csrr    a1, fflags
        check   float.boxing.\id, a0, \expected
        check   float.boxing.\id\().flags, a1, \flags
.endm

program:
        li      t0, MSTATUS_FS
        csrs    mstatus, t0
        la      s0, room

        # The rounding mode of an instruction does not ask frm: 1 + 2^-24, which is half of a place.
        bits    fa0, BOX | ONE
        bits    fa1, BOX | 0x33800000
        csrwi   frm, 3
        fadd.s  fa2, fa0, fa1, rne
        fmv.x.w a0, fa2
        check   float.rounding.static.rne, a0, ONE
        fadd.s  fa2, fa0, fa1, rtz
        fmv.x.w a0, fa2
        check   float.rounding.static.rtz, a0, ONE
        fadd.s  fa2, fa0, fa1, rdn
        fmv.x.w a0, fa2
        check   float.rounding.static.rdn, a0, ONE
        csrwi   frm, 1
        fadd.s  fa2, fa0, fa1, rup
        fmv.x.w a0, fa2
        check   float.rounding.static.rup, a0, ONE + 1
        fadd.s  fa2, fa0, fa1, rmm
        fmv.x.w a0, fa2
        check   float.rounding.static.rmm, a0, ONE + 1
        # Rounding modes 5 and 6 are reserved in an instruction, 5 to 7 in frm.
        expect_traps
        .4byte  0x00b55653              # fadd.s fa2, fa0, fa1
        check_trap float.rounding.reserved.static5, 2
        expect_traps
        .4byte  0x02b56653              # fadd.d
        check_trap float.rounding.reserved.static6, 2
        .irp    mode, 5, 6, 7
        csrwi   frm, \mode
        expect_traps
        fadd.s  fa2, fa0, fa1
        check_trap float.rounding.reserved.dynamic\mode, 2
        .endr
        # Also for those that are always exact, if they have a rounding mode.
        expect_traps
        .4byte  0x42057653              # fcvt.d.s fa2, fa0, dyn
        check_trap float.rounding.reserved.widening, 2
        expect_traps
        .4byte  0xd2057653              # fcvt.d.w fa2, a0, dyn
        check_trap float.rounding.reserved.exact, 2
        # Other instructions do not mind.
        expect_traps
        fadd.s  fa2, fa0, fa1, rne
        fsgnj.s fa2, fa0, fa1
        fmin.s  fa2, fa0, fa1
        feq.s   a0, fa0, fa1
        fclass.s a0, fa0
        fmv.x.w a0, fa0
        fsw     fa0, (s0)
        check_no_trap float.rounding.unused
        # frm can be kept in fcsr, whose bits 8 to 31 read as zero.
        li      a0, -1
        csrw    fcsr, a0
        csrr    a0, fcsr
        check   float.csr.fcsr, a0, 0xff
        csrwi   fcsr, 0
        csrwi   frm, 4
        csrr    a0, fcsr
        check   float.csr.frm, a0, 0x80
        csrwi   fflags, 3
        csrr    a0, fcsr
        check   float.csr.fflags, a0, 0x83
        fsrmi   a0, 1
        check   float.csr.swap_frm, a0, 4
        fsflagsi a0, 0
        check   float.csr.swap_fflags, a0, 3

        # Flags stay until they are cleared.
        csrw    fcsr, zero
        fmv.w.x fa2, zero
        fdiv.s  fa3, fa0, fa2
        csrr    a0, fflags
        check   float.flags.first, a0, DZ
        fadd.s  fa3, fa0, fa1
        csrr    a0, fflags
        check   float.flags.accrue, a0, DZ | NX
        fadd.s  fa3, fa0, fa0
        csrr    a0, fflags
        check   float.flags.stay, a0, DZ | NX
        # An exact conversion of 0 sets none, nor do infinities as such.
        csrw    fflags, zero
        fcvt.s.w fa2, zero
        fadd.s  fa3, fa3, fa3
        csrr    a0, fflags
        check   float.flags.none, a0, 0

        # What is not boxed is the canonical NaN, and no signalling one.
        bits    fa0, 0xfffffffe3f800000
        bits    fa1, BOX | ONE
        unboxed add, BOX | NAN, fadd.s fa2, fa0, fa1
        csrr    a1, fflags
        check   float.boxing.add.flags, a1, 0
        unboxed madd, BOX | NAN, fmadd.s fa2, fa1, fa1, fa0
        unboxed sqrt, BOX | NAN, fsqrt.s fa2, fa0
        unboxed min, BOX | ONE, fmin.s fa2, fa0, fa1
        unboxed sign, BOX | NAN, fsgnj.s fa2, fa0, fa1
        unboxed negated, BOX | NAN | 0x80000000, fsgnjn.s fa2, fa0, fa1
        # Its sign is that of the NaN, too, and not that of its bits.
        bits    fa3, 0x00000000bf800000
        unboxed sign_of, BOX | ONE, fsgnj.s fa2, fa1, fa3
        unboxed convert, 0x7ff8000000000000, fcvt.d.s fa2, fa0
        unboxed_integer equal, 0, 0, feq.s a0, fa0, fa0
        unboxed_integer less, 0, NV, flt.s a0, fa0, fa1
        unboxed_integer class, 1 << 9, 0, fclass.s a0, fa0
        unboxed_integer to_integer, 0x7fffffff, NV, fcvt.w.s a0, fa0
        # Results are boxed.
        unboxed result, BOX | ONE, fmul.s fa2, fa1, fa1
        li      a0, 1
        unboxed result.from_integer, BOX | ONE, fcvt.s.w fa2, a0
        unboxed result.narrowed, BOX | NAN, fcvt.s.d fa2, fa0

        # Loads, stores and moves change no bit: a signalling NaN, and half of a double.
        li      a0, 0x7fa12345ff801234
        sd      a0, (s0)
        flw     fa0, (s0)
        fmv.x.d a1, fa0
        check   float.memory.load_single, a1, BOX | 0xff801234
        flw     fa0, 4(s0)
        fsw     fa0, 8(s0)
        lwu     a1, 8(s0)
        check   float.memory.store_single, a1, 0x7fa12345
        li      a0, 0x7ff0000080000001
        sd      a0, (s0)
        fld     fa0, (s0)
        fsd     fa0, 8(s0)
        ld      a1, 8(s0)
        check_equal float.memory.double, a1, a0
        fsw     fa0, 16(s0)
        lwu     a1, 16(s0)
        check   float.memory.low_half, a1, 0x80000001
        fmv.x.w a1, fa0
        check   float.move.low_half, a1, 0xffffffff80000001
        li      a0, 0x123456787f800001
        fmv.w.x fa0, a0
        fmv.x.d a1, fa0
        check   float.move.boxes, a1, BOX | 0x7f800001
        fmv.x.w a1, fa0
        check   float.move.keeps, a1, 0x7f800001
        li      a0, 0xfff0000000000001
        fmv.d.x fa0, a0
        fmv.x.d a1, fa0
        check_equal float.move.double, a1, a0
        csrr    a1, fflags
        check   float.move.flags, a1, 0
        # Misaligned, across two pages.
        la      s1, room_across
        addi    s1, s1, -3
        li      a0, 0x0102030405060708
        fmv.d.x fa0, a0
        fsd     fa0, (s1)
        fld     fa1, (s1)
        fmv.x.d a1, fa1
        check_equal float.memory.misaligned, a1, a0

        # What writes a register, or a flag, makes FS dirty.
        bits    fa0, BOX | ONE
        bits    fa1, BOX | 0x7f800001
        dirty   load_single, flw fa2, (s0)
        dirty   load_double, fld fa2, (s0)
        dirty   add, fadd.s fa2, fa0, fa0
        dirty   madd, fmadd.d fa2, fa0, fa0, fa0
        dirty   sign, fsgnj.d fa2, fa0, fa0
        dirty   move_single, fmv.w.x fa2, zero
        dirty   move_double, fmv.d.x fa2, zero
        dirty   convert, fcvt.d.l fa2, a0
        dirty   fcsr, csrwi fcsr, 1
        dirty   fflags, csrwi fflags, 1
        dirty   frm, csrwi frm, 1
        dirty   compare, feq.s a0, fa1, fa1
        dirty   to_integer, fcvt.w.s a0, fa1

        # With FS off none of them is there.
        csrw    fcsr, zero
        li      t0, MSTATUS_FS
        csrc    mstatus, t0
        off     load_single, flw fa0, (s0)
        off     load_double, fld fa0, (s0)
        off     load_short, c.fld fa0, (s0)
        off     load_stack, c.fldsp fa0, (sp)
        off     store_single, fsw fa0, (s0)
        off     store_double, fsd fa0, (s0)
        off     store_short, c.fsd fa0, (s0)
        off     add, fadd.s fa0, fa0, fa0
        off     madd, fmadd.d fa0, fa0, fa0, fa0
        off     sqrt, fsqrt.d fa0, fa0
        off     sign, fsgnj.s fa0, fa0, fa0
        off     min, fmin.d fa0, fa0, fa0
        off     compare, fle.d a0, fa0, fa0
        off     class, fclass.s a0, fa0
        off     to_integer, fcvt.lu.d a0, fa0
        off     from_integer, fcvt.s.w fa0, a0
        off     narrow, fcvt.s.d fa0, fa0
        off     move_to, fmv.w.x fa0, a0
        off     move_from, fmv.x.d a0, fa0
        off     fflags, csrr a0, fflags
        off     frm, csrwi frm, 0
        j       finish

        .data
        .balign 8
room:   .dword  0, 0, 0
        .balign 4096
        .space  4096
room_across:
        .dword  0
