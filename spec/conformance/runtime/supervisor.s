# The entry of programs that are kernels, as a Linux Image, and a trap handler in S-mode.

        .equ    SSTATUS_SIE, 1 << 1
        .equ    SSTATUS_SPP, 1 << 8

        .text
        .globl  _start
_start:
        # The header of an Image (Linux, Documentation/arch/riscv/boot-image-header.rst).
        .option push
        .option norvc
        j       supervisor_entry
        .option pop
        .4byte  0
        .dword  0x200000                # where it lies, from the start of RAM
        .dword  0x100000                # how much memory it takes
        .dword  0
        .4byte  2
        .4byte  0
        .dword  0
        .ascii  "RISCV\0\0\0"
        .ascii  "RSC\x05"
        .4byte  0
supervisor_entry:
        la      sp, stack_top
        la      t5, entry_a1
        sd      a0, -8(t5)
        sd      a1, (t5)
        sd      a2, 8(t5)
        la      t5, trap_handler
        csrw    stvec, t5
        j       program

        .balign 4
trap_handler:
        csrw    sscratch, t5
        la      t5, saved
        sd      t6, (t5)
        sd      t4, 8(t5)
        la      t5, traps
        ld      t6, (t5)
        addi    t6, t6, 1
        sd      t6, (t5)
        addi    t4, t6, -1
        csrr    t6, scause
        sd      t6, 8(t5)
        bnez    t4, 4f
        sd      t6, 64(t5)
4:      # An interrupt is switched off in sie, so that it comes once.
        bgez    t6, 5f
        li      t4, 1
        sll     t4, t4, t6
        csrc    sie, t4
5:      csrr    t6, stval
        sd      t6, 16(t5)
        csrr    t6, sepc
        sd      t6, 24(t5)
        csrr    t4, sstatus
        sd      t4, 32(t5)
        ld      t4, 40(t5)
        sd      zero, 40(t5)
        beqz    t4, 1f
        csrw    sepc, t4
        li      t4, SSTATUS_SPP
        csrs    sstatus, t4
        j       3f
1:      csrr    t4, scause
        bltz    t4, 3f
        lhu     t4, (t6)
        andi    t4, t4, 3
        addi    t4, t4, -3
        beqz    t4, 2f
        addi    t6, t6, -2
2:      addi    t6, t6, 4
        csrw    sepc, t6
3:      la      t5, saved
        ld      t6, (t5)
        ld      t4, 8(t5)
        csrr    t5, sscratch
        sret
