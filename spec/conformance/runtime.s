# What every conformance program begins with: the entry, a trap handler, and the report.
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

        .text
        .globl  _start
_start:
        # Harts but the first wait for a program to send them off by `release`.
        csrr    t5, mhartid
        bnez    t5, 1f
        la      sp, stack_top
        la      t5, entry_a1
        sd      a0, -8(t5)
        sd      a1, (t5)
        sd      a2, 8(t5)
        la      t5, trap_handler
        csrw    mtvec, t5
        j       program
1:      la      t5, release
        ld      t6, (t5)
        beqz    t6, 1b
        jr      t6

# Prints the outcome of a check; the name stands at tp, t5 is what was found, t6 what was expected.
report:
        addi    sp, sp, -64
        sd      a0, 0(sp)
        sd      a1, 8(sp)
        sd      a2, 16(sp)
        sd      a3, 24(sp)
        sd      a4, 32(sp)
        sd      ra, 40(sp)
        mv      a3, t5
        mv      a4, t6
        beq     a3, a4, 1f
        la      a0, text_not
        call    print
1:      la      a0, text_ok
        call    print
        mv      a0, tp
        call    print
        beq     a3, a4, 2f
        mv      a2, a0
        la      a0, text_expected
        call    print
        mv      a1, a4
        call    print_hex
        la      a0, text_found
        call    print
        mv      a1, a3
        call    print_hex
        mv      a0, a2
2:      # Behind the name, where an instruction can start.
        addi    tp, a0, 8
        andi    tp, tp, -8
        li      a0, 10
        call    print_character
        ld      a0, 0(sp)
        ld      a1, 8(sp)
        ld      a2, 16(sp)
        ld      a3, 24(sp)
        ld      a4, 32(sp)
        ld      ra, 40(sp)
        addi    sp, sp, 64
        jr      tp

# Prints the text at a0, and leaves a0 at the zero that ends it.
print:
        addi    sp, sp, -16
        sd      ra, (sp)
        mv      t5, a0
1:      lbu     a0, (t5)
        beqz    a0, 2f
        call    print_character
        addi    t5, t5, 1
        j       1b
2:      mv      a0, t5
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

# Prints a1 as a hexadecimal number.
print_hex:
        addi    sp, sp, -16
        sd      ra, (sp)
        la      a0, text_hex
        call    print
        li      t5, 60
1:      srl     a0, a1, t5
        andi    a0, a0, 15
        addi    a0, a0, 48
        li      t6, 58
        blt     a0, t6, 2f
        addi    a0, a0, 39
2:      call    print_character
        addi    t5, t5, -4
        bgez    t5, 1b
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

# Prints the character in a0.
print_character:
        li      t6, UART
1:      lbu     t4, 5(t6)
        andi    t4, t4, 0x20
        beqz    t4, 1b
        sb      a0, (t6)
        ret

        .balign 4
trap_handler:
        csrw    mscratch, t5
        la      t5, saved
        sd      t6, (t5)
        sd      t4, 8(t5)
        la      t5, traps
        ld      t6, (t5)
        addi    t6, t6, 1
        sd      t6, (t5)
        addi    t4, t6, -1
        csrr    t6, mcause
        sd      t6, 8(t5)
        bnez    t4, 4f
        sd      t6, 64(t5)
4:      # An interrupt is switched off in mie, so that it comes once.
        bgez    t6, 5f
        li      t4, 1
        sll     t4, t4, t6
        csrc    mie, t4
5:      csrr    t6, mtval
        sd      t6, 16(t5)
        csrr    t6, mepc
        sd      t6, 24(t5)
        csrr    t4, mstatus
        sd      t4, 32(t5)
        # Where to go on: at `resume`, which counts once, and in M-mode ...
        ld      t4, 40(t5)
        sd      zero, 40(t5)
        beqz    t4, 1f
        csrw    mepc, t4
        li      t4, MSTATUS_MPP
        csrs    mstatus, t4
        j       3f
        # ... or behind the instruction, whose length its lowest bits tell.
1:      csrr    t4, mcause
        bltz    t4, 3f
        lhu     t4, (t6)
        andi    t4, t4, 3
        addi    t4, t4, -3
        beqz    t4, 2f
        addi    t6, t6, -2
2:      addi    t6, t6, 4
        csrw    mepc, t6
3:      la      t5, saved
        ld      t6, (t5)
        ld      t4, 8(t5)
        csrr    t5, mscratch
        mret

# The end of a program.
finish:
        la      a0, text_done
        call    print
        li      t5, FINISHER
        li      t6, 0x5555
        sw      t6, (t5)
1:      j       1b

        .data
text_not:       .asciz "not "
text_ok:        .asciz "ok "
text_expected:  .asciz " expected "
text_found:     .asciz " found "
text_hex:       .asciz "0x"
text_done:      .asciz "done\n"
        .balign 8
# How many traps there were, mcause, mtval, mepc and mstatus of the last one, and where to go on;
# the cause of the first one.
traps:          .dword 0
trap_cause:     .dword 0
trap_value:     .dword 0
trap_pc:        .dword 0
trap_status:    .dword 0
resume:         .dword 0
saved:          .dword 0, 0
first_cause:    .dword 0
# a0, a1 and a2 at the entry of hart 0.
entry_a0:       .dword 0
entry_a1:       .dword 0
entry_a2:       .dword 0
release:        .dword 0
        .space  4096
        .balign 16
stack_top:
        .text
