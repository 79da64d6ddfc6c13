# What every conformance program begins with, behind the addresses of board.s: constants and the
# macros of checks. Behind it come the entry and a trap handler, of machine.s or supervisor.s, and
# report.s.
#
# A program prints one line for each check to the serial port:
#
#       ok ID
#       not ok ID expected 0xHEX found 0xHEX
#       absent CLAUSE
#
# (the last one where a feature is not there, for all checks of that optional clause)
# and ends with "done" and the power-off of the test finisher. It is written for GNU as, and
# uses M-mode, the serial port and the test finisher; what these must do for it is in the
# first chapters of the specification, and whoever lacks it passes nothing.
#
# Registers: t4, t5, t6 and tp belong to the macros. sp is the stack; M-mode code may use all
# others. A check may stand wherever M-mode is.

        .equ    FINISHER, TEST
        # Registers of the CLINT and the SSWI; those of harts follow each other.
        .equ    MSIP, CLINT
        .equ    MTIMECMP, CLINT + 0x4000
        .equ    MTIME, CLINT + 0xbff8
        .equ    SETSSIP, ACLINT_SSWI

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

# Reports a check, of which t5 is what was found and t6 what was expected. Behind the name,
# `.balign 8`: GNU as ignores 4 where instructions have four bytes.
.macro  outcome id:req
        jal     tp, report
        .asciz  "\id"
        .balign 8
.endm

# Says that the feature of an optional clause is not there, so that none of its checks is made.
.macro  absent clause:req
        jal     tp, report_absent
        .asciz  "\clause"
        .balign 8
.endm

# Checks that a register has a value.
.macro  check id:req, register:req, expected:req
check.\id:
        mv      t5, \register
        li      t6, \expected
        outcome \id
.endm

# Checks that two registers are equal.
.macro  check_equal id:req, register:req, expected:req
check.\id:
        mv      t5, \register
        mv      t6, \expected
        outcome \id
.endm

# Checks the bits of a register that a mask has.
.macro  check_bits id:req, register:req, mask:req, expected:req
check.\id:
        li      t6, \mask
        and     t5, \register, t6
        li      t6, \expected
        outcome \id
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
        outcome \id
.endm

# Checks what the last trap left in mtval.
.macro  check_mtval id:req, register:req
check.\id:
        la      t5, traps
        ld      t5, 16(t5)
        mv      t6, \register
        outcome \id
.endm

# Checks that no trap was taken since expect_traps.
.macro  check_no_trap id:req
check.\id:
        la      t5, traps
        ld      t5, (t5)
        li      t6, 0
        outcome \id
.endm

# Where to go on behind the next trap.
.macro  resume_at label:req
        la      t5, \label
        la      t6, resume
        sd      t5, (t6)
.endm

# Writes a value to a CSR and checks bits of what it reads as; the CSR gets its old value back.
.macro  writes_bits id:req, csr:req, value:req, mask:req, expected:req
        csrr    s10, \csr
        li      s11, \value
        csrw    \csr, s11
        csrr    s11, \csr
        csrw    \csr, s10
        check_bits \id, s11, \mask, \expected
.endm

# Words at addresses.
.macro  put_at address:req, value:req
        li      t6, \address
        li      t5, \value
        sw      t5, (t6)
.endm

.macro  get register:req, address:req
        li      t6, \address
        lwu     \register, (t6)
.endm

# Puts a word into a register of the device at s11.
.macro  put register:req, value:req
        li      t5, \value
        sw      t5, \register(s11)
.endm

# A wire's way to mip may take a while.
.macro  get_mip register:req
        li      t6, 64
7781:   addi    t6, t6, -1
        bnez    t6, 7781b
        csrr    \register, mip
.endm

# What the code of an entry does first: `mode` is m or s, the first letter of the mode's CSRs.
.macro  enter_program mode:req
        la      sp, stack_top
        la      t5, entry_a1
        sd      a0, -8(t5)
        sd      a1, (t5)
        sd      a2, 8(t5)
        la      t5, trap_handler
        csrw    \mode\()tvec, t5
        j       program
.endm

# The trap handler of that mode, and what waits for its interrupts; `own` are the bits of its
# status that have it return to itself.
.macro  handle_traps mode:req, own:req
        .balign 4
trap_handler:
        csrw    \mode\()scratch, t5
        la      t5, saved
        sd      t6, (t5)
        sd      t4, 8(t5)
        la      t5, traps
        ld      t6, (t5)
        addi    t6, t6, 1
        sd      t6, (t5)
        addi    t4, t6, -1
        csrr    t6, \mode\()cause
        sd      t6, 8(t5)
        bnez    t4, 4f
        sd      t6, 64(t5)
4:      # An interrupt is switched off, so that it comes once.
        bgez    t6, 5f
        li      t4, 1
        sll     t4, t4, t6
        csrc    \mode\()ie, t4
5:      csrr    t6, \mode\()tval
        sd      t6, 16(t5)
        csrr    t6, \mode\()epc
        sd      t6, 24(t5)
        csrr    t4, \mode\()status
        sd      t4, 32(t5)
        # Where to go on: at `resume`, which counts once, and in this mode ...
        ld      t4, 40(t5)
        sd      zero, 40(t5)
        beqz    t4, 1f
        csrw    \mode\()epc, t4
        li      t4, \own
        csrs    \mode\()status, t4
        j       3f
        # ... or behind the instruction, whose length its lowest bits tell.
1:      csrr    t4, \mode\()cause
        bltz    t4, 3f
        lhu     t4, (t6)
        andi    t4, t4, 3
        addi    t4, t4, -3
        beqz    t4, 2f
        addi    t6, t6, -2
2:      addi    t6, t6, 4
        csrw    \mode\()epc, t6
3:      la      t5, saved
        ld      t6, (t5)
        ld      t4, 8(t5)
        csrr    t5, \mode\()scratch
        \mode\()ret

# Waits until a bit of a4 is pending, or a second is over; a1 is what is.
await_bit:
        csrr    t0, time
        li      t1, 10000000
        add     t0, t0, t1
1:      csrr    a1, \mode\()ip
        and     t1, a1, a4
        bnez    t1, 2f
        csrr    t1, time
        bltu    t1, t0, 1b
2:      ret
.endm
