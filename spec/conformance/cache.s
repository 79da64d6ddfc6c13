#: {"uses": ["paging"]}
# Cache blocks: zeroing and management, who may do it and where; and code that is written.

        .option arch, +zicbom, +zicboz

        .equ    BLOCK, ROOM + 0x400
        .equ    CBIE_FLUSH, 1 << 4
        .equ    CBIE, 3 << 4
        .equ    CBCFE, 1 << 6
        .equ    CBZE, 1 << 7
        .equ    ILLEGAL, 2
        .equ    STORE_ACCESS, 7

# Sets both registers that enable block operations: for S-mode, and for U-mode.
.macro  enable  machine:req, supervisor:req
        li      t5, CBIE | CBCFE | CBZE
        csrc    menvcfg, t5
        csrc    senvcfg, t5
        li      t5, \machine
        csrs    menvcfg, t5
        li      t5, \supervisor
        csrs    senvcfg, t5
.endm

# Checks that an operation on the block at s0 changes nothing, and traps not.
.macro  harmless id:req, instruction:vararg
        expect_traps
        \instruction
        check_no_trap \id
        ld      a0, (s0)
        check   \id\().content, a0, 0x55
.endm

# Writes the code `li a0, VALUE; ret` to s0, runs it, and leaves in a0 what it returned.
.macro  write_code value:req
        li      t0, 0x00000513 | \value << 20
        sw      t0, (s0)
        li      t0, 0x00008067
        sw      t0, 4(s0)
        fence.i
        jalr    s0
.endm

program:
        call    prepare_paging
        # cbo.zero zeroes the 64 bytes around an address, and no other.
        li      s0, BLOCK
        li      a0, -1
        addi    s1, s0, -64
        addi    s2, s0, 128
1:      sd      a0, (s1)
        addi    s1, s1, 8
        bltu    s1, s2, 1b
        addi    a1, s0, 61
        expect_traps
        cbo.zero 0(a1)
        check_no_trap cache.zero
        li      a2, 0
        mv      s1, s0
        addi    s2, s0, 64
1:      ld      a0, (s1)
        or      a2, a2, a0
        addi    s1, s1, 8
        bltu    s1, s2, 1b
        check   cache.zero.block, a2, 0
        ld      a0, -8(s0)
        check   cache.zero.before, a0, -1
        ld      a0, 64(s0)
        check   cache.zero.behind, a0, -1

        # The others change nothing that is written back.
        li      a0, 0x55
        sd      a0, (s0)
        harmless cache.manage.clean, cbo.clean 0(s0)
        harmless cache.manage.flush, cbo.flush 0(s0)
        harmless cache.manage.inval, cbo.inval 0(s0)
        addi    a0, s0, 63
        harmless cache.manage.unaligned, cbo.flush 0(a0)

        # What enables them in S-mode is menvcfg, and in U-mode senvcfg, too.
        use     SV39, root39
        li      s0, PAGE + 0x400
        leaf    ALL
        enable  0, CBIE | CBCFE | CBZE
        tries   cache.enable.zero.off, SUPERVISOR, do_zero, ILLEGAL
        tries   cache.enable.clean.off, SUPERVISOR, do_clean, ILLEGAL
        tries   cache.enable.flush.off, SUPERVISOR, do_flush, ILLEGAL
        tries   cache.enable.inval.off, SUPERVISOR, do_inval, ILLEGAL
        leaf    ALL | U
        tries   cache.enable.zero.user_off, USER, do_zero, ILLEGAL
        tries   cache.enable.clean.user_off, USER, do_clean, ILLEGAL
        tries   cache.enable.flush.user_off, USER, do_flush, ILLEGAL
        tries   cache.enable.inval.user_off, USER, do_inval, ILLEGAL
        leaf    ALL
        enable  CBZE, 0
        tries   cache.enable.zero, SUPERVISOR, do_zero, S_NONE
        tries   cache.enable.zero.not_clean, SUPERVISOR, do_clean, ILLEGAL
        enable  CBCFE, 0
        tries   cache.enable.clean, SUPERVISOR, do_clean, S_NONE
        tries   cache.enable.flush, SUPERVISOR, do_flush, S_NONE
        tries   cache.enable.clean.not_zero, SUPERVISOR, do_zero, ILLEGAL
        tries   cache.enable.clean.not_inval, SUPERVISOR, do_inval, ILLEGAL
        enable  CBIE, 0
        tries   cache.enable.inval, SUPERVISOR, do_inval, S_NONE
        enable  CBIE_FLUSH, 0
        tries   cache.enable.inval.as_flush, SUPERVISOR, do_inval, S_NONE
        leaf    ALL | U
        enable  CBIE | CBCFE | CBZE, 0
        tries   cache.enable.zero.senvcfg_off, USER, do_zero, ILLEGAL
        tries   cache.enable.clean.senvcfg_off, USER, do_clean, ILLEGAL
        tries   cache.enable.flush.senvcfg_off, USER, do_flush, ILLEGAL
        tries   cache.enable.inval.senvcfg_off, USER, do_inval, ILLEGAL
        enable  CBIE | CBCFE | CBZE, CBCFE | CBZE | CBIE_FLUSH
        tries   cache.enable.zero.user, USER, do_zero, U_NONE
        tries   cache.enable.clean.user, USER, do_clean, U_NONE
        tries   cache.enable.flush.user, USER, do_flush, U_NONE
        tries   cache.enable.inval.user, USER, do_inval, U_NONE

        # Permissions: to zero is to store; to manage, a load or a store must be allowed. What is
        # refused is a store fault, with the address in mtval.
        leaf    V | R | A | D
        tries   cache.fault.zero.read_only, SUPERVISOR, do_zero, STORE_FAULT
        check_mtval cache.fault.zero.read_only.mtval, s0
        tries   cache.fault.clean.read_only, SUPERVISOR, do_clean, S_NONE
        tries   cache.fault.flush.read_only, SUPERVISOR, do_flush, S_NONE
        leaf    0
        addi    s0, s0, 5
        tries   cache.fault.zero.invalid, SUPERVISOR, do_zero, STORE_FAULT
        check_mtval cache.fault.zero.invalid.mtval, s0
        tries   cache.fault.clean.invalid, SUPERVISOR, do_clean, STORE_FAULT
        check_mtval cache.fault.clean.invalid.mtval, s0
        tries   cache.fault.inval.invalid, SUPERVISOR, do_inval, STORE_FAULT
        leaf    ALL | U
        tries   cache.fault.flush.user_page, SUPERVISOR, do_flush, STORE_FAULT
        leaf    ALL
        tries   cache.fault.flush.supervisor_page, USER, do_flush, STORE_FAULT
        # A prefetch raises none.
        leaf    0
        tries   cache.fault.prefetch, SUPERVISOR, prefetch, S_NONE
        # PMP, and where nothing answers.
        csrw    satp, zero
        sfence.vma
        li      a0, BLOCK >> 2 | 0x7
        csrw    pmpaddr0, a0
        li      a0, -1
        csrw    pmpaddr1, a0
        li      a0, 0x1f19                      # R of NAPOT, 64 bytes, and all of the rest
        csrw    pmpcfg0, a0
        sfence.vma
        li      s0, BLOCK
        tries   cache.fault.zero.pmp, SUPERVISOR, do_zero, STORE_ACCESS
        check_mtval cache.fault.zero.pmp.mtval, s0
        tries   cache.fault.clean.pmp_read, SUPERVISOR, do_clean, S_NONE
        li      a0, 0x1f18
        csrw    pmpcfg0, a0
        sfence.vma
        tries   cache.fault.clean.pmp, SUPERVISOR, do_clean, STORE_ACCESS
        check_mtval cache.fault.clean.pmp.mtval, s0
        csrw    pmpcfg0, zero
        li      s0, 0x18000000
        expect_traps
        cbo.flush 0(s0)
        check_trap cache.fault.hole, STORE_ACCESS
        expect_traps
        cbo.zero 0(s0)
        check_trap cache.fault.hole.zero, STORE_ACCESS

        # Code that was written runs behind FENCE.I, however often what was there has run.
        li      s0, ROOM + 0x800
        write_code 1
        check   code.written, a0, 1
        li      s3, 3000
1:      jalr    s0
        addi    s3, s3, -1
        bnez    s3, 1b
        write_code 2
        check   code.written.again, a0, 2
        # By turns: the sum of 1000 pairs.
        li      s3, 1000
        li      s4, 0
1:      write_code 3
        add     s4, s4, a0
        write_code 5
        add     s4, s4, a0
        addi    s3, s3, -1
        bnez    s3, 1b
        check   code.written.turns, s4, 8000
        # In the page of the code that writes it, at half of an instruction.
        la      s1, patched
        li      s3, 2000
        li      s4, 0
1:      addi    a0, s3, -1000
        seqz    a0, a0
        slli    a0, a0, 5                       # bit 21, which makes 7 of 5
        addi    a0, a0, 0x50
        sh      a0, 2(s1)
        fence.i
        call    patched
        add     s4, s4, a0
        addi    s3, s3, -1
        bnez    s3, 1b
        check   code.written.near, s4, 10002
        # By a store of two instructions.
        li      t0, 0x00a0051300000013
        sd      t0, -4(s1)
        fence.i
        call    patched
        check   code.written.wide, a0, 10
        # By an atomic.
        li      t0, 1 << 20
        amoxor.w a0, t0, (s1)
        fence.i
        call    patched
        check   code.written.atomic, a0, 11
        j       finish

        .balign 4
do_zero:
        cbo.zero 0(s0)
        ecall
do_clean:
        cbo.clean 0(s0)
        ecall
do_flush:
        cbo.flush 0(s0)
        ecall
do_inval:
        cbo.inval 0(s0)
        ecall
prefetch:
        .4byte  0x00146013                      # prefetch.r 0(s0)
        ecall

        .option push
        .option norvc
        .balign 8
        nop
patched:
        li      a0, 5
        ret
        .option pop
