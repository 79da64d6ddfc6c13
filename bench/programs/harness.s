# Common to all programs: M-mode with floating point on, a stack, then `prepare`
# once and `iteration` ITERATIONS times. Both are the program's; they keep s11 and
# sp. Each iteration does the same work and returns the same a0, EXPECTED; anything
# else ends the machine with a failure, so that a wrong run is never timed.
.equ TEST_FINISHER, 0x100000
.equ MSTATUS_FS, 0x6000

.option rvc
.text
_start:
        li      t0, MSTATUS_FS
        csrs    mstatus, t0
        li      sp, STACK_TOP
        call    prepare
        li      s11, ITERATIONS
        beqz    s11, power_off
next_iteration:
        call    iteration
        li      t0, EXPECTED
        bne     a0, t0, wrong_result
        addi    s11, s11, -1
        bnez    s11, next_iteration
power_off:
        li      t1, 0x5555
        j       finish
wrong_result:
        li      t1, 0x13333
finish:
        li      t0, TEST_FINISHER
        sw      t1, 0(t0)
1:      wfi
        j       1b
