#: {"flash": true}
# Flash: both banks, by their commands. The second one is changed: its last two sectors are.

        .equ    BANK, FLASH + FLASH_STEP
        .equ    SECTOR, 0x40000
        .equ    LAST, BANK + FLASH_SIZE - SECTOR

# A command to both chips, at the address in a register.
.macro  command address:req, value:req
        li      t0, \value | \value << 16
        sw      t0, (\address)
.endm

# Waits until the bank of an address is ready, and leaves its status there; `status` is it.
.macro  ready address:req, status:req
        li      t0, 100000000
1:      lwu     \status, (\address)
        andi    t1, \status, 0x80
        addi    t0, t0, -1
        beqz    t0, 2f
        beqz    t1, 1b
2:
.endm

.macro  erase address:req, status:req
        command \address, 0x20
        command \address, 0xd0
        ready   \address, \status
.endm

# The byte of the query table at an offset, of both chips, and that both say the same.
.macro  query id:req, offset:req, expected:req
        lwu     s2, (\offset * 4)(s0)
        check   flash.query.\id, s2, \expected | \expected << 16
.endm

program:
        li      s0, BANK
        li      s1, LAST

        # Erased and programmed, in pieces of each size; the sector before it keeps its content.
        li      s3, LAST - 4
        erase   s3, s4
        command s3, 0x40
        li      t0, 0x12345678
        sw      t0, (s3)
        ready   s3, s4
        erase   s1, s5
        command s1, 0xff
        ld      s6, (s1)
        lwu     s7, (s3)
        check_bits flash.status.program, s4, 0xba00ba, 0x800080
        check_bits flash.status.erase, s5, 0xba00ba, 0x800080
        check   flash.erase.sector, s6, -1
        check   flash.erase.other, s7, 0x12345678

        command s1, 0x40
        li      t0, 0x01234567
        sw      t0, (s1)
        ready   s1, s4
        command s1, 0x10
        li      t0, 0x89ab
        sh      t0, 4(s1)
        ready   s1, s4
        command s1, 0x40
        li      t0, 0xcd
        sb      t0, 7(s1)
        ready   s1, s4
        lwu     s5, 64(s1)
        lwu     s6, 4(s1)
        check   flash.status.mode, s5, 0x800080
        check   flash.status.anywhere, s6, 0x800080
        command s1, 0xff
        ld      s4, (s1)
        check   flash.program.sizes, s4, 0xcdff89ab01234567
        command s1, 0x40
        li      t0, 0xfffffff0
        sw      t0, (s1)
        ready   s1, s4
        command s1, 0xff
        lwu     s4, (s1)
        andi    s4, s4, 0xf
        check   flash.program.clears, s4, 0

        # Content in every size and alignment.
        lbu     s4, 7(s1)
        lhu     s5, 4(s1)
        lwu     s6, 4(s1)
        ld      s7, (s1)
        srli    s7, s7, 32
        lwu     s8, 3(s1)
        srli    s8, s8, 8
        check   flash.array.byte, s4, 0xcd
        check   flash.array.half, s5, 0x89ab
        check   flash.array.word, s6, 0xcdff89ab
        check   flash.array.double, s7, 0xcdff89ab
        check   flash.array.misaligned, s8, 0xff89ab

        # Through the buffer: nothing before it is confirmed.
        addi    s3, s1, 0x100
        command s1, 0xe8
        ready   s1, s4
        command s1, 2
        li      t0, 0x11111111
        sw      t0, (s3)
        li      t0, 0x22222222
        sw      t0, 4(s3)
        li      t0, 0x33333333
        sw      t0, 8(s3)
        command s1, 0xd0
        ready   s1, s4
        command s1, 0xff
        ld      s5, (s3)
        lwu     s6, 8(s3)
        lwu     s7, 12(s3)
        check_bits flash.buffer.status, s4, 0xba00ba, 0x800080
        check   flash.buffer.first, s5, 0x2222222211111111
        check   flash.buffer.last, s6, 0x33333333
        check   flash.buffer.behind, s7, 0xffffffff

        # Code: li a0, 42; ret.
        addi    s3, s1, 0x200
        command s1, 0x40
        li      t0, 0x02a00513
        sw      t0, (s3)
        ready   s1, s4
        command s1, 0x40
        li      t0, 0x00008067
        sw      t0, 4(s3)
        ready   s1, s4
        command s1, 0xff
        fence.i
        li      a0, 0
        resume_at 1f
        jalr    s3
1:      check   flash.fetch, a0, 42

        # A reservation on it is refused, or is one.
        expect_traps
        lr.w    t0, (s1)
        la      t1, traps
        ld      s4, (t1)
        beqz    s4, 1f
        ld      s4, 8(t1)
        addi    s4, s4, -5
1:      check   flash.atomic.lr, s4, 0

        command s0, 0x90
        lwu     s4, (s0)
        lwu     s5, 4(s0)
        srli    s6, s5, 16
        slli    s5, s5, 48
        srli    s5, s5, 48
        check   flash.id.maker, s4, 0x890089
        check_equal flash.id.device, s5, s6

        command s0, 0xff
        command s0, 0x98
        query   q, 0x10, 0x51
        query   r, 0x11, 0x52
        query   y, 0x12, 0x59
        query   command_set, 0x13, 1
        query   command_set.high, 0x14, 0
        query   geometry.size, 0x27, 24
        query   geometry.buffer, 0x2a, 11
        query   geometry.regions, 0x2c, 1
        query   geometry.sectors, 0x2d, 127
        query   geometry.sectors.high, 0x2e, 0
        query   geometry.sector, 0x2f, 0
        query   geometry.sector.high, 0x30, 2
        lwu     s3, 0x54(s0)
        andi    s3, s3, 0xff
        slli    s3, s3, 2
        add     s3, s3, s0
        lbu     s4, (s3)
        lbu     s5, 4(s3)
        lbu     s6, 8(s3)
        slli    s5, s5, 8
        slli    s6, s6, 16
        or      s4, s4, s5
        or      s4, s4, s6
        check   flash.query.extended, s4, 0x495250
        command s0, 0xff

        # The first bank says that it cannot be changed, and is not.
        li      s3, FLASH
        lwu     s4, (s3)
        command s3, 0x40
        not     t0, s4
        sw      t0, (s3)
        ready   s3, s5
        command s3, 0x50
        command s3, 0x70
        lwu     s6, (s3)
        command s3, 0x20
        command s3, 0xd0
        ready   s3, s7
        command s3, 0x50
        command s3, 0xff
        lwu     s8, (s3)
        check_bits flash.readonly.program, s5, 0x100010, 0x100010
        check_bits flash.clear, s6, 0x3a003a, 0
        check_bits flash.readonly.erase, s7, 0x200020, 0x200020
        check_equal flash.readonly.kept, s8, s4
        j       finish
