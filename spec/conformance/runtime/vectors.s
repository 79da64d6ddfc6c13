# Tables of operands and results: each row is tried, and the check shows the first that is wrong.

# Checks an operation on a0 and a1, which leaves its result in a0. Behind it come rows of three
# doublewords, the operands and the result, and end_rows.
.macro  rows id:req, operation:vararg
        la      s0, 7794f
        la      s1, 7795f
7791:   ld      a0, (s0)
        ld      a1, 8(s0)
        \operation
        ld      a1, 16(s0)
        addi    s0, s0, 24
        bne     a0, a1, 7792f
        bne     s0, s1, 7791b
7792:   check_equal \id, a0, a1
        j       7795f
        .balign 8
7794:
.endm

.macro  end_rows
7795:
.endm

# The rounding modes, and the flags of exceptions.
        .equ    RNE, 0
        .equ    RTZ, 1
        .equ    RDN, 2
        .equ    RUP, 3
        .equ    RMM, 4
        .equ    NX, 1
        .equ    UF, 2
        .equ    OF, 4
        .equ    DZ, 8
        .equ    NV, 16
        # What stands before a number of 32 bits in a register of 64, and before one of 16.
        .equ    BOX, 0xffffffff00000000
        .equ    BOX16, 0xffffffffffff0000

# What floating-point instructions need.
.macro  switch_on_float
        li      t5, MSTATUS_FS
        csrs    mstatus, t5
.endm

# The rounding mode and the operands of a row: fa0, fa1 and fa2, and a0 the same bits as fa0. All rows
# are tried twice, the second time with all flags set before, which must not matter.
.macro  begin_row
        li      s4, 0
7790:   la      s0, 7794f
        la      s1, 7795f
7791:   ld      t0, (s0)
        slli    t0, t0, 5
        or      t0, t0, s4
        csrw    fcsr, t0
        ld      a0, 8(s0)
        fld     fa0, 8(s0)
        fld     fa1, 16(s0)
        fld     fa2, 24(s0)
.endm

# Compares a0 and the flags with those of the row.
.macro  end_row id:req
        csrr    s2, fflags
        ld      a1, 32(s0)
        ld      s3, 40(s0)
        or      s3, s3, s4
        addi    s0, s0, 48
        bne     a0, a1, 7792f
        bne     s2, s3, 7792f
        bne     s0, s1, 7791b
        xori    s4, s4, 31
        bnez    s4, 7790b
7792:   check_equal \id, a0, a1
        check_equal \id\().flags, s2, s3
        j       7795f
        .balign 8
7794:
.endm

# Checks a floating-point operation on fa0, fa1 and fa2, of which the result is in fa0, or in a0.
# Behind it come rows of six doublewords: rounding mode, operands, result, flags; and end_rows.
.macro  float_rows id:req, operation:vararg
        begin_row
        \operation
        fmv.x.d a0, fa0
        end_row \id
.endm

.macro  integer_rows id:req, operation:vararg
        begin_row
        \operation
        end_row \id
.endm

# Such rows, by what is in them: numbers of 64 bits with one, two and three operands, and of 32.
.macro  double1 rm:req, a:req, result:req, flags:req
        .dword  \rm, \a, 0, 0, \result, \flags
.endm
.macro  double2 rm:req, a:req, b:req, result:req, flags:req
        .dword  \rm, \a, \b, 0, \result, \flags
.endm
.macro  double3 rm:req, a:req, b:req, c:req, result:req, flags:req
        .dword  \rm, \a, \b, \c, \result, \flags
.endm
.macro  single1 rm:req, a:req, result:req, flags:req
        .dword  \rm, BOX | \a, 0, 0, BOX | \result, \flags
.endm
.macro  single2 rm:req, a:req, b:req, result:req, flags:req
        .dword  \rm, BOX | \a, BOX | \b, 0, BOX | \result, \flags
.endm
.macro  single3 rm:req, a:req, b:req, c:req, result:req, flags:req
        .dword  \rm, BOX | \a, BOX | \b, BOX | \c, BOX | \result, \flags
.endm
# From one size to another; the result of a comparison, too, has 64 bits.
.macro  single1_to rm:req, a:req, result:req, flags:req
        .dword  \rm, BOX | \a, 0, 0, \result, \flags
.endm
.macro  single2_to rm:req, a:req, b:req, result:req, flags:req
        .dword  \rm, BOX | \a, BOX | \b, 0, \result, \flags
.endm
.macro  double_to_single rm:req, a:req, result:req, flags:req
        .dword  \rm, \a, 0, 0, BOX | \result, \flags
.endm
.macro  integer_to_single rm:req, a:req, result:req, flags:req
        .dword  \rm, \a, 0, 0, BOX | \result, \flags
.endm
.macro  single_to_half rm:req, a:req, result:req, flags:req
        .dword  \rm, BOX | \a, 0, 0, BOX16 | \result, \flags
.endm
.macro  double_to_half rm:req, a:req, result:req, flags:req
        .dword  \rm, \a, 0, 0, BOX16 | \result, \flags
.endm
.macro  half_to_single rm:req, a:req, result:req, flags:req
        .dword  \rm, BOX16 | \a, 0, 0, BOX | \result, \flags
.endm
.macro  half_to_double rm:req, a:req, result:req, flags:req
        .dword  \rm, BOX16 | \a, 0, 0, \result, \flags
.endm
