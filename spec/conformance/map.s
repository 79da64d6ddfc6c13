#: {}
# The memory map: what answers where, and to accesses of which size. The holes are such on
# QEMU's board, too, on which more answers than on this one.

        .equ    RAM_END, RAM + 0x4000000

# Loads and stores of each size at an address all fault.
.macro  hole id:req, address:req
        li      a0, \address
        call    count_faults
        check   \id, a1, 8
.endm

# The cause of the trap that an instruction takes with the address in a0, -1 if it takes none.
.macro  cause_of register:req, instruction:req
        expect_traps
        \instruction
        call    last_cause
        mv      \register, a1
.endm

# A load or store did nothing but fault, or complete: causes 5 and 7, or with 4 and 6 too, where
# it is misaligned.
        .equ    LOAD, 1 | 1 << 6
        .equ    STORE, 1 | 1 << 8
        .equ    MISALIGNED_LOAD, 1 | 1 << 5 | 1 << 6

.macro  check_either id:req, cause:req, allowed:req
        addi    a1, \cause, 1
        li      a2, \allowed
        srl     a1, a2, a1
        check_bits \id, a1, 1, 1
.endm

# A fetch from an address faults.
.macro  fetch id:req, address:req
        li      a0, \address
        call    try_fetch
        check_trap \id, 1
.endm

program:
        # Addresses where nothing answers. The first page has none, for null pointers.
        hole    map.hole.zero, 0
        hole    map.hole.below_rom, MROM - 8
        hole    map.hole.above_rom, MROM + MROM_SIZE
        hole    map.hole.below_finisher, FINISHER - 8
        hole    map.hole.above_rtc, RTC + RTC_SIZE
        hole    map.hole.below_clint, CLINT - 8
        hole    map.hole.above_clint, CLINT + CLINT_SIZE
        hole    map.hole.below_sswi, ACLINT_SSWI - 8
        hole    map.hole.above_sswi, ACLINT_SSWI + ACLINT_SSWI_SIZE
        hole    map.hole.below_plic, PLIC - 8
        hole    map.hole.above_plic, PLIC + PLIC_SIZE
        hole    map.hole.below_uart, UART - 8
        hole    map.hole.above_uart, UART + UART_SIZE
        hole    map.hole.below_virtio, VIRTIO_MMIO - 8
        hole    map.hole.above_virtio, VIRTIO_MMIO + VIRTIO_MMIO_COUNT * VIRTIO_MMIO_STEP
        hole    map.hole.middle, 0x18000000
        hole    map.hole.below_flash, 0x1ffffff8
        hole    map.hole.above_flash, 0x24000000
        hole    map.hole.above_4g, 0x100000000
        hole    map.hole.wrapped, 0x180000000
        hole    map.hole.above_ram, RAM_END
        hole    map.hole.far_above_ram, 0xf0000000

        # The last bytes of RAM are there.
        li      s0, RAM_END - 8
        li      s1, 0x0123456789abcdef
        expect_traps
        sd      s1, (s0)
        ld      s2, (s0)
        lbu     s3, 7(s0)
        check_no_trap map.ram.end
        check_equal map.ram.end.keeps, s2, s1
        check   map.ram.end.byte, s3, 0x01

        # Accesses across the end fault, by misalignment or for what is behind it.
        addi    a0, s0, 4
        cause_of s2, "ld a1, (a0)"
        cause_of s3, "sd zero, (a0)"
        # 4 and 5, 6 and 7.
        srli    s2, s2, 1
        srli    s3, s3, 1
        check   map.ram.crossing.load, s2, 2
        check   map.ram.crossing.store, s3, 3

        # RAM is what it is for every size, and at every alignment of smaller ones.
        la      a0, room
        li      a1, 0x8877665544332211
        sd      a1, (a0)
        lbu     s0, 5(a0)
        lhu     s1, 2(a0)
        lwu     s2, 4(a0)
        sb      zero, 7(a0)
        sh      zero, (a0)
        ld      s3, (a0)
        check   map.ram.byte, s0, 0x66
        check   map.ram.half, s1, 0x4433
        check   map.ram.word, s2, 0x88776655
        li      a1, 0x0077665544330000
        check_equal map.ram.parts, s3, a1

        # Nothing is fetched where nothing is; from a device, at best zeros, which are illegal.
        fetch   map.fetch.zero, 0
        fetch   map.fetch.hole, 0x18000000
        fetch   map.fetch.above_ram, RAM_END
        fetch   map.fetch.above_4g, 0x100000000
        li      a0, PLIC
        call    try_fetch
        call    last_cause
        addi    a1, a1, -1
        sltiu   a1, a1, 2
        check   map.fetch.device, a1, 1

        # The boot ROM can be read; a store to it is ignored or faults.
        li      a0, MROM
        expect_traps
        ld      s0, (a0)
        lwu     s1, (a0)
        lhu     s2, (a0)
        lbu     s3, (a0)
        ld      a1, 0x700(a0)
        check_no_trap map.rom.read
        slli    a1, s0, 32
        srli    a1, a1, 32
        check_equal map.rom.word, s1, a1
        slli    a1, s0, 48
        srli    a1, a1, 48
        check_equal map.rom.half, s2, a1
        andi    a1, s0, 0xff
        check_equal map.rom.byte, s3, a1
        not     a2, s0
        cause_of s1, "sd a2, (a0)"
        ld      s2, (a0)
        check_either map.rom.write, s1, STORE
        check_equal map.rom.kept, s2, s0

        # What devices take besides words.
        li      a0, PLIC + 4
        cause_of s0, "lbu a1, (a0)"
        cause_of s1, "lhu a1, (a0)"
        addi    a0, a0, 4
        cause_of s2, "ld a1, (a0)"
        cause_of s3, "sd zero, (a0)"
        cause_of s4, "sb zero, (a0)"
        check   map.size.plic.byte, s0, 5
        check   map.size.plic.half, s1, 5
        check   map.size.plic.double, s2, 5
        check   map.size.plic.store_double, s3, 7
        check   map.size.plic.store_byte, s4, 7
        li      a0, RTC
        cause_of s0, "lbu a1, (a0)"
        cause_of s1, "lhu a1, (a0)"
        cause_of s2, "ld a1, (a0)"
        cause_of s3, "sd zero, (a0)"
        check   map.size.rtc.byte, s0, 5
        check   map.size.rtc.half, s1, 5
        # A doubleword may be two words.
        check_either map.size.rtc.double, s2, LOAD
        check_either map.size.rtc.store_double, s3, STORE
        li      a0, UART + 7
        cause_of s0, "lbu a1, (a0)"
        check   map.size.uart.byte, s0, -1
        # mtime is read as a doubleword and in halves.
        li      a0, CLINT + 0xbff8
        cause_of s0, "ld a1, (a0)"
        cause_of s1, "lw a1, (a0)"
        cause_of s2, "lw a1, 4(a0)"
        check   map.size.mtime.double, s0, -1
        check   map.size.mtime.word, s1, -1
        check   map.size.mtime.high, s2, -1
        cause_of s0, "lbu a1, (a0)"
        cause_of s1, "lhu a1, (a0)"
        li      a0, CLINT
        cause_of s2, "sb zero, (a0)"
        cause_of s3, "sh zero, (a0)"
        check   map.size.mtime.byte, s0, 5
        check   map.size.mtime.half, s1, 5
        check   map.size.msip.store_byte, s2, 7
        check   map.size.msip.store_half, s3, 7
        li      a0, ACLINT_SSWI
        cause_of s0, "lwu a1, (a0)"
        check   map.size.sswi.word, s0, -1

        # Misaligned, an access to a device faults, or is made of aligned ones.
        li      a0, CLINT + 0xbff9
        cause_of s0, "ld a1, (a0)"
        cause_of s1, "lw a1, (a0)"
        li      a0, PLIC + 0x2002
        cause_of s2, "lw a1, (a0)"
        li      a0, RTC + 9
        cause_of s3, "lw a1, (a0)"
        check_either map.misaligned.mtime.double, s0, MISALIGNED_LOAD
        check_either map.misaligned.mtime.word, s1, MISALIGNED_LOAD
        check_either map.misaligned.plic, s2, MISALIGNED_LOAD
        check_either map.misaligned.rtc, s3, MISALIGNED_LOAD

        # Atomics to a device: they fault, or work.
        li      a0, ACLINT_SSWI
        cause_of s0, "amoswap.w a1, zero, (a0)"
        cause_of s1, "lr.w a1, (a0)"
        cause_of s2, "sc.w a1, zero, (a0)"
        check_either map.atomic.amo, s0, STORE
        check_either map.atomic.lr, s1, LOAD
        check_either map.atomic.sc, s2, STORE

        # Atomics have no place outside of RAM where nothing answers.
        li      a0, RAM_END
        cause_of s0, "lr.w a1, (a0)"
        cause_of s1, "sc.w a1, zero, (a0)"
        check   map.hole.lr, s0, 5
        # Without a reservation it may fail before it comes to the address.
        andi    s1, s1, 7
        check   map.hole.sc, s1, 7

        # An instruction across the end of RAM faults at its second half. The last check, for
        # this is the end of QEMU 7.2.
        li      a0, RAM_END - 2
        li      a1, 0x0003
        sh      a1, (a0)
        fence.i
        call    try_fetch
        check_trap map.fetch.crossing, 1
        li      a0, RAM_END
        check_mtval map.fetch.crossing.mtval, a0
        j       finish

# How many of the eight accesses at a0 fault, in a1. Those of a kind have the same cause.
count_faults:
        li      a1, 0
        expect_traps
        lb      a2, (a0)
        lh      a2, (a0)
        lw      a2, (a0)
        ld      a2, (a0)
        la      t5, traps
        ld      t6, 8(t5)
        addi    t6, t6, -5
        bnez    t6, 1f
        ld      a1, (t5)
1:      expect_traps
        sb      zero, (a0)
        sh      zero, (a0)
        sw      zero, (a0)
        sd      zero, (a0)
        la      t5, traps
        ld      t6, 8(t5)
        addi    t6, t6, -7
        bnez    t6, 2f
        ld      t6, (t5)
        add     a1, a1, t6
2:      ret

last_cause:
        la      t5, traps
        ld      t6, (t5)
        li      a1, -1
        beqz    t6, 1f
        ld      a1, 8(t5)
1:      ret

# Jumps to a0; the trap leads back to the caller.
try_fetch:
        expect_traps
        la      t5, resume
        sd      ra, (t5)
        jr      a0

        .data
        .balign 8
room:   .dword  0
        .text
