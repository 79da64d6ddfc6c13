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
        enter_program s

        handle_traps s, SSTATUS_SPP
