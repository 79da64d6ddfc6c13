#: {"harts": 2}
# Firmware configuration: items through the data register and by DMA, and the directory.

        .equ    DATA, FW_CFG
        .equ    SELECTOR, FW_CFG + 8
        .equ    DMA, FW_CFG + 16

# Selects an item; its key has to be below 0x100.
.macro  select key:req
        li      t0, \key << 8
        li      t1, SELECTOR
        sh      t0, (t1)
.endm

# Has the descriptor carried out: control, length, and the address in a register, which become
# big-endian. a0 is its control afterwards.
.macro  dma control:req, length:req, address:req
        la      t0, descriptor
        li      a0, \control
        rev8    a0, a0
        srli    a0, a0, 32
        sw      a0, (t0)
        li      a0, \length
        rev8    a0, a0
        srli    a0, a0, 32
        sw      a0, 4(t0)
        rev8    a0, \address
        sd      a0, 8(t0)
        start   t0
        la      t0, descriptor
        lwu     a0, (t0)
        rev8    a0, a0
        srli    a0, a0, 32
.endm

# Writes an address to the DMA register, the upper half first.
.macro  start address:req
        rev8    t0, \address
        li      t1, DMA
        sw      t0, (t1)
        srli    t0, t0, 32
        sw      t0, 4(t1)
.endm

        .equ    READ, 2
        .equ    SKIP, 4
        .equ    SELECT, 8
        .equ    WRITE, 16
        .equ    SIGNATURE, 0x554d4551

program:
        li      s11, DATA
        select  0
        lwu     s0, (s11)
        lwu     s1, (s11)
        check   fwcfg.signature, s0, SIGNATURE
        check   fwcfg.end.behind, s1, 0
        select  0xfe
        lwu     s1, (s11)
        check   fwcfg.end.missing, s1, 0
        select  1
        lwu     s0, (s11)
        check_bits fwcfg.id, s0, 3, 3

        select  0
        lbu     s0, (s11)
        lhu     s1, (s11)
        lbu     s2, (s11)
        check   fwcfg.sizes.byte, s0, 0x51
        check   fwcfg.sizes.half, s1, 0x4d45
        check   fwcfg.sizes.last, s2, 0x55
        select  0
        ld      s0, (s11)
        check   fwcfg.sizes.double, s0, SIGNATURE
        select  5
        lhu     s0, (s11)
        check   fwcfg.harts, s0, 2

        li      t0, DMA
        lwu     s0, (t0)
        lwu     s1, 4(t0)
        check   fwcfg.dma.signature.high, s0, SIGNATURE
        check   fwcfg.dma.signature.low, s1, 0x47464320

        # Selected and read in one go, and on from there.
        la      s3, buffer
        dma     SELECT | READ, 3, s3
        mv      s0, a0
        addi    s4, s3, 3
        dma     READ, 4, s4
        mv      s1, a0
        ld      s2, (s3)
        check   fwcfg.dma.read.control, s0, 0
        check   fwcfg.dma.read.again, s1, 0
        check   fwcfg.dma.read.bytes, s2, 0xee00000000000000 | SIGNATURE
        dma     SELECT | SKIP, 2, s3
        mv      s0, a0
        lhu     s1, (s11)
        check   fwcfg.dma.read.skip, s0, 0
        check   fwcfg.dma.read.skipped, s1, 0x554d
        dma     SELECT, 0, s3
        lwu     s1, (s11)
        check   fwcfg.dma.read.select, s1, SIGNATURE

        # The address in one store.
        dma     SELECT | READ, 4, s3
        sd      zero, (s3)
        la      t0, descriptor
        li      t1, (SELECT | READ) << 24
        sw      t1, (t0)
        rev8    t0, t0
        li      t1, DMA
        sd      t0, (t1)
        lwu     s0, (s3)
        check   fwcfg.dma.read.double, s0, SIGNATURE

        # Where there is no RAM, and what cannot be written.
        li      s4, 0x10
        dma     SELECT | READ, 4, s4
        check   fwcfg.dma.error.address, a0, 1
        dma     SELECT | WRITE, 4, s3
        check   fwcfg.dma.error.write, a0, 1
        li      s4, 0x10
        start   s4
        select  0
        lwu     s0, (s11)
        check   fwcfg.dma.ignored, s0, SIGNATURE

        # The directory: each of its files has a key above, and ends its name.
        select  0x19
        lwu     s0, (s11)
        rev8    s0, s0
        srli    s0, s0, 32
        li      s1, 0
        li      s2, 1024
        sltu    s3, s2, s0
        check   fwcfg.directory.count, s3, 0
1:      beqz    s0, 3f
        addi    s0, s0, -1
        lwu     t0, (s11)
        lhu     t1, (s11)
        rev8    t1, t1
        srli    t1, t1, 48
        lhu     t2, (s11)
        sltiu   t1, t1, 0x20
        or      s1, s1, t1
        or      s1, s1, t2
        li      t0, 56
2:      lbu     t1, (s11)
        addi    t0, t0, -1
        bnez    t0, 2b
        or      s1, s1, t1
        j       1b
3:      check   fwcfg.directory.entries, s1, 0
        j       finish

        .data
        .balign 8
buffer: .dword  0xeeeeeeeeeeeeeeee, 0
        .balign 16
descriptor:
        .dword  0, 0
        .text
