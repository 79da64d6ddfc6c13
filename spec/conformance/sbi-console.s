#: {"boot": "kernel", "harts": 2, "uses": ["sbi"], "optional": ["sbi.dbcn", "sbi.susp"]}
# Extensions of SBI 2.0 that a machine may lack: the debug console, and system suspend.

        .equ    END_OF_RAM, RAM + 64 * 1024 * 1024
        .equ    NOWHERE, 0x4000000000000000

# Writes a text by the debug console that is the outcome of a check. What a call leaves over the
# next one writes.
.macro  write_outcome id:req
check.\id:
        la      s4, 7791f
        la      s5, 7792f
7793:   sub     a0, s5, s4
        beqz    a0, 7794f
        mv      a1, s4
        li      a2, 0
        sbi     DBCN, 0
        bnez    a0, 7794f
        add     s4, s4, a1
        j       7793b
7791:   .ascii  "ok \id\n"
7792:   .balign 8
7794:
.endm

.macro  write_outcome_by_bytes id:req
check.\id:
        la      s4, 7791f
        la      s5, 7792f
7793:   lbu     a0, (s4)
        sbi     DBCN, 2
        bnez    a0, 7794f
        addi    s4, s4, 1
        bltu    s4, s5, 7793b
        j       7794f
7791:   .ascii  "ok \id\n"
7792:   .balign 8
7794:
.endm

program:
        la      a0, entry_a0
        ld      s1, (a0)
        xori    s2, s1, 1
        li      a0, DBCN
        sbi     BASE, 3
        bnez    a1, console
        absent  sbi.dbcn
        j       no_console

console:
        write_outcome sbi.dbcn.write.seen
        write_outcome_by_bytes sbi.dbcn.write_byte.seen
        li      a0, 10
        sbi     DBCN, 2
        check   sbi.dbcn.write_byte, a0, 0
        check   sbi.dbcn.write_byte.value, a1, 0
        # Only the lowest byte of the parameter counts.
        li      a0, 0x7f0a
        sbi     DBCN, 2
        check   sbi.dbcn.write_byte.high, a0, 0
        li      a0, 0
        la      a1, buffer
        li      a2, 0
        sbi     DBCN, 0
        or      a0, a0, a1
        check   sbi.dbcn.write.nothing, a0, 0
        # Nobody has typed anything, and memory stays as it is.
        li      a0, 8
        la      a1, buffer
        li      a2, 0
        sbi     DBCN, 1
        mv      s4, a1
        check   sbi.dbcn.read, a0, 0
        check   sbi.dbcn.read.nothing, s4, 0
        la      a0, buffer
        ld      a0, (a0)
        check   sbi.dbcn.read.memory, a0, 0x5eed
        # Where there is no RAM: far away, above 64 bits, across its end.
        .irp    function, 0, 1
        li      a0, 16
        li      a1, NOWHERE
        li      a2, 0
        sbi     DBCN, \function
        check   sbi.dbcn.address.\function, a0, INVALID_PARAM
        li      a0, 16
        la      a1, buffer
        li      a2, 1
        sbi     DBCN, \function
        check   sbi.dbcn.address.high.\function, a0, INVALID_PARAM
        li      a0, 16
        li      a1, END_OF_RAM - 8
        li      a2, 0
        sbi     DBCN, \function
        check   sbi.dbcn.address.end.\function, a0, INVALID_PARAM
        li      a0, -1
        la      a1, buffer
        li      a2, 0
        sbi     DBCN, \function
        check   sbi.dbcn.address.size.\function, a0, INVALID_PARAM
        .endr
        sbi     DBCN, 3
        check   sbi.dbcn.unknown_function, a0, NOT_SUPPORTED

no_console:
        li      a0, SUSP
        sbi     BASE, 3
        bnez    a1, suspend
        absent  sbi.susp
        j       finish

suspend:
        li      a0, 1
        la      a1, resumed
        sbi     SUSP, 0
        check   sbi.susp.reserved, a0, INVALID_PARAM
        li      a0, 0x87654321
        la      a1, resumed
        sbi     SUSP, 0
        check_either sbi.susp.platform, INVALID_PARAM, NOT_SUPPORTED
        li      a0, 0
        li      a1, NOWHERE
        sbi     SUSP, 0
        check   sbi.susp.address, a0, INVALID_ADDRESS
        sbi     SUSP, 1
        check   sbi.susp.unknown_function, a0, NOT_SUPPORTED
        # Not while another hart runs.
        mv      a0, s2
        la      a1, runs
        sbi     HSM, 0
        mv      a0, s2
        li      a1, STARTED
        call    await_status
        li      a0, 0
        la      a1, resumed
        li      a2, 0
        sbi     SUSP, 0
        check   sbi.susp.denied, a0, DENIED
        li      a0, 1
        la      a1, enough
        sd      a0, (a1)
        mv      a0, s2
        li      a1, STOPPED
        call    await_status
        check   sbi.susp.others, a0, STOPPED
        # The timer wakes the system up, and the hart comes where it said.
        li      a0, STIP
        csrw    sie, a0
        csrr    s3, time
        li      a0, 20000
        add     s3, s3, a0
        la      a1, wake
        sd      s3, (a1)
        mv      a0, s3
        sbi     TIME, 0
        li      a0, 0
        la      a1, resumed
        li      a2, 0x5eed
        sbi     SUSP, 0
        # It has come back, with an error.
        j       finish

        .balign 4
resumed:
        mv      s4, a0
        mv      s5, a1
        csrr    s6, satp
        csrr    s7, sstatus
        csrr    s8, time
        la      sp, stack_top
        la      t0, trap_handler
        csrw    stvec, t0
        csrw    sie, zero
        la      a0, entry_a0
        ld      s1, (a0)
        check_equal sbi.susp.a0, s4, s1
        check   sbi.susp.a1, s5, 0x5eed
        check   sbi.susp.satp, s6, 0
        check_bits sbi.susp.sie, s7, SSTATUS_SIE, 0
        la      a0, wake
        ld      a0, (a0)
        sltu    a0, s8, a0
        check   sbi.susp.not_before, a0, 0
        j       finish

runs:   la      t0, enough
        ld      t1, (t0)
        beqz    t1, runs
        sbi     HSM, 1
1:      j       1b

        .data
        .balign 8
buffer: .dword  0x5eed, 0
enough: .dword  0
wake:   .dword  0
        .text
