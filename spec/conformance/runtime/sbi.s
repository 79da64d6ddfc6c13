# For programs with "uses": ["sbi"]: the Supervisor Binary Interface (SBI 3.0).

        .equ    BASE, 0x10
        .equ    TIME, 0x54494d45
        .equ    IPI, 0x735049
        .equ    RFENCE, 0x52464e43
        .equ    HSM, 0x48534d
        .equ    SRST, 0x53525354
        .equ    PMU, 0x504d55
        .equ    DBCN, 0x4442434e
        .equ    SUSP, 0x53555350
        .equ    NOT_SUPPORTED, -2
        .equ    INVALID_PARAM, -3
        .equ    DENIED, -4
        .equ    INVALID_ADDRESS, -5
        .equ    ALREADY_AVAILABLE, -6
        .equ    ALREADY_STARTED, -7
        .equ    ALREADY_STOPPED, -8
        .equ    STARTED, 0
        .equ    STOPPED, 1
        .equ    SUSPENDED, 4
        .equ    STIP, 1 << 5
        .equ    SSIP, 1 << 1

# A call: a0 is the error, a1 the value.
.macro  sbi extension:req, function:req
        li      a7, \extension
        li      a6, \function
        ecall
.endm

# Checks that an extension is there: the error is 0, and the value is not.
.macro  probe id:req, extension:req
        li      a0, \extension
        sbi     BASE, 3
        snez    a1, a1
        slli    a1, a1, 4
        or      a0, a0, a1
        check   \id, a0, 16
.endm

# Checks an error of which two are allowed: 1 if it is one of them.
.macro  check_either id:req, one:req, other:req
        li      t5, \one
        li      t6, \other
        xor     t5, t5, a0
        xor     t6, t6, a0
        seqz    t5, t5
        seqz    t6, t6
        or      a0, t5, t6
        check   \id, a0, 1
.endm

# Waits until hart a0 has the status a1, for ten seconds at most; a0 is what it has.
await_status:
        mv      t3, a0
        mv      t2, a1
        csrr    t0, time
        li      t1, 100000000
        add     t0, t0, t1
1:      mv      a0, t3
        sbi     HSM, 2
        beq     a1, t2, 2f
        csrr    t1, time
        bltu    t1, t0, 1b
2:      mv      a0, a1
        ret
