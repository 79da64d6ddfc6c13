# What checks print, and the end of a program.

# Says that a feature is not there; the name of its clause stands at tp.
report_absent:
        mv      t5, t6
        la      t4, text_absent
        j       1f
# Prints the outcome of a check; the name stands at tp, t5 is what was found, t6 what was expected.
report:
        la      t4, text_ok
1:      addi    sp, sp, -64
        sd      a0, 0(sp)
        sd      a1, 8(sp)
        sd      a2, 16(sp)
        sd      a3, 24(sp)
        sd      a4, 32(sp)
        sd      ra, 40(sp)
        mv      a3, t5
        mv      a4, t6
        mv      a1, t4
        beq     a3, a4, 1f
        la      a0, text_not
        call    print
1:      mv      a0, a1
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
        # Nobody may be reading: what follows finds the transmitter empty nevertheless.
1:      lbu     t4, 5(t6)
        andi    t4, t4, 0x40
        beqz    t4, 1b
        ret

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
text_absent:    .asciz "absent "
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
