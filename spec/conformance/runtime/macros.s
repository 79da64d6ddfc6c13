# What every conformance program begins with: constants and the macros of checks. Behind it come
# the entry and a trap handler, of machine.s or supervisor.s, and report.s.
#
# A program prints one line for each check to the serial port:
#
#       ok ID
#       not ok ID expected 0xHEX found 0xHEX
#
# and ends with "done" and the power-off of the test finisher. It is written for GNU as, and
# uses M-mode, the serial port and the test finisher; what these must do for it is in the
# first chapters of the specification, and whoever lacks it passes nothing.
#
# Registers: t4, t5, t6 and tp belong to the macros. sp is the stack; M-mode code may use all
# others. A check may stand wherever M-mode is.

        .equ    UART, 0x10000000
        .equ    FINISHER, 0x100000
        .equ    RAM, 0x80000000

        .equ    MSTATUS_SIE, 1 << 1
        .equ    MSTATUS_MIE, 1 << 3
        .equ    MSTATUS_SPIE, 1 << 5
        .equ    MSTATUS_MPIE, 1 << 7
        .equ    MSTATUS_SPP, 1 << 8
        .equ    MSTATUS_MPP, 3 << 11
        .equ    MSTATUS_MPP_S, 1 << 11
        .equ    MSTATUS_FS, 3 << 13
        .equ    MSTATUS_MPRV, 1 << 17
        .equ    MSTATUS_SUM, 1 << 18
        .equ    MSTATUS_MXR, 1 << 19
        .equ    MSTATUS_TVM, 1 << 20
        .equ    MSTATUS_TW, 1 << 21
        .equ    MSTATUS_TSR, 1 << 22

# Behind a name, `.balign 8`: GNU as ignores 4 where instructions have four bytes.

# Checks that a register has a value.
.macro  check id:req, register:req, expected:req
check.\id:
        mv      t5, \register
        li      t6, \expected
        jal     tp, report
        .asciz  "\id"
        .balign 8
.endm

# Checks that two registers are equal.
.macro  check_equal id:req, register:req, expected:req
check.\id:
        mv      t5, \register
        mv      t6, \expected
        jal     tp, report
        .asciz  "\id"
        .balign 8
.endm

# Checks the bits of a register that a mask has.
.macro  check_bits id:req, register:req, mask:req, expected:req
check.\id:
        li      t6, \mask
        and     t5, \register, t6
        li      t6, \expected
        jal     tp, report
        .asciz  "\id"
        .balign 8
.endm

# From here on traps are noted: how many there are, and what the last one was. Behind a trap
# M-mode goes on with the next instruction, or at `resume` if an address was put there.
.macro  expect_traps
        la      t5, traps
        sd      zero, (t5)
.endm

# Checks that one trap was taken since expect_traps, and its cause.
.macro  check_trap id:req, expected:req
check.\id:
        la      t6, traps
        ld      t5, (t6)
        addi    t5, t5, -1
        bnez    t5, 7771f
        ld      t5, 8(t6)
        j       7772f
7771:   li      t5, -1
7772:   li      t6, \expected
        jal     tp, report
        .asciz  "\id"
        .balign 8
.endm

# Checks what the last trap left: mtval, or with "epc" mepc, against an address.
.macro  check_mtval id:req, register:req
check.\id:
        la      t5, traps
        ld      t5, 16(t5)
        mv      t6, \register
        jal     tp, report
        .asciz  "\id"
        .balign 8
.endm

# Checks that no trap was taken since expect_traps.
.macro  check_no_trap id:req
check.\id:
        la      t5, traps
        ld      t5, (t5)
        li      t6, 0
        jal     tp, report
        .asciz  "\id"
        .balign 8
.endm
