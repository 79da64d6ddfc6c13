#: {"uses": ["virtio", "block"], "drives": [{"size": "64K", "id": "kit0"}]}
# Accesses to the registers of virtio over MMIO (virtio 1.2, 4.2.2) that a driver must not make: of
# other sizes than 32 bits, misaligned ones, to registers that are read-only, write-only or not
# there. Each works, is ignored or faults, and a reset puts the device right.

        .equ    MAGIC, 0x00
        .equ    VERSION, 0x04
        .equ    CONFIG_GENERATION, 0xfc
        .equ    REGISTERS_END, 0x200

# The access faults and misaligned accesses among the causes.
        .equ    FAULTS, 0xf0

# Makes an access to s5 + offset, and counts in s6 what it ought not to bring: a trap of another
# cause, or more than one.
.macro  try_access instruction:req, offset:req, register:req
        expect_traps
        \instruction \register, \offset(s5)
        call    judge
.endm

program:
        li      s11, BLOCK
        call    live
        check   virtio.access.before, a0, OK

        # Reads of all sizes, in all places: the device goes on.
        li      s6, 0
        mv      s5, s11
1:      .irp    offset, 0, 1, 2, 3
        try_access lbu, \offset, t0
        .endr
        .irp    offset, 0, 1, 2, 3
        try_access lhu, \offset, t0
        .endr
        .irp    offset, 0, 1, 2, 3
        try_access lwu, \offset, t0
        .endr
        .irp    offset, 0, 1, 4
        try_access ld, \offset, t0
        .endr
        addi    s5, s5, 8
        addi    t5, s11, REGISTERS_END - 8
        bltu    s5, t5, 1b
        mv      s0, s6
        call    live
        check   virtio.access.read.traps, s0, 0
        check   virtio.access.read.after, a0, OK

        # Writes of zeros, of a device that is at work.
        li      s6, 0
        mv      s5, s11
1:      .irp    offset, 0, 1, 2, 3, 4, 5, 6, 7
        try_access sb, \offset, zero
        .endr
        .irp    offset, 0, 1, 2, 4, 6
        try_access sh, \offset, zero
        .endr
        .irp    offset, 1, 2, 3
        try_access sw, \offset, zero
        .endr
        .irp    offset, 0, 1
        try_access sd, \offset, zero
        .endr
        addi    s5, s5, 8
        addi    t5, s11, REGISTERS_END - 8
        bltu    s5, t5, 1b
        mv      s0, s6
        call    identify
        mv      s1, a0
        call    live
        check   virtio.access.write.traps, s0, 0
        check   virtio.access.write.identity, s1, 0
        check   virtio.access.write.after, a0, OK

        # And of ones. A queue that is enabled keeps its addresses to itself.
        li      s6, 0
        li      s4, -1
        mv      s5, s11
1:      try_access sb, 0, s4
        try_access sb, 3, s4
        try_access sh, 0, s4
        try_access sh, 2, s4
        try_access sd, 0, s4
        addi    s5, s5, 8
        addi    t5, s11, REGISTERS_END - 8
        bltu    s5, t5, 1b
        mv      s0, s6
        call    identify
        mv      s1, a0
        call    live
        check   virtio.access.ones.traps, s0, 0
        check   virtio.access.ones.identity, s1, 0
        check   virtio.access.ones.after, a0, OK

        # Words to registers that are not there in this version.
        li      s6, 0
        mv      s5, s11
        .irp    offset, 0x18, 0x1c, 0x28, 0x2c, 0x3c, 0x40, 0x48, 0x4c, 0x54, 0x58, 0x5c, 0x68, 0x6c
        try_access sw, \offset, s4
        try_access lwu, \offset, t0
        .endr
        .irp    offset, 0x74, 0x78, 0x7c, 0x88, 0x8c, 0x98, 0x9c, 0xa8, 0xc4, 0xd0, 0xe0, 0xf0, 0xf8
        try_access sw, \offset, s4
        try_access lwu, \offset, t0
        .endr
        mv      s0, s6
        call    identify
        mv      s1, a0
        call    live
        check   virtio.access.reserved.traps, s0, 0
        check   virtio.access.reserved.identity, s1, 0
        check   virtio.access.reserved.after, a0, OK

        # What says something of the device is read-only: the features, an interrupt that is
        # pending, and the generation of the configuration.
        put     DEVICE_FEATURES_SEL, 0
        lwu     s0, DEVICE_FEATURES(s11)
        not     t5, s0
        sw      t5, DEVICE_FEATURES(s11)
        lwu     s1, DEVICE_FEATURES(s11)
        call    await_interrupt
        put     INTERRUPT_STATUS, 0
        lwu     s2, INTERRUPT_STATUS(s11)
        lwu     s3, CONFIG_GENERATION(s11)
        addi    t5, s3, 1
        sw      t5, CONFIG_GENERATION(s11)
        lwu     s4, CONFIG_GENERATION(s11)
        check_equal virtio.access.readonly.features, s1, s0
        check_bits virtio.access.readonly.interrupt, s2, 1, 1
        check_equal virtio.access.readonly.generation, s4, s3
        # ACK takes only the bits that are written.
        put     INTERRUPT_ACK, 0xfffffffe
        lwu     s2, INTERRUPT_STATUS(s11)
        put     INTERRUPT_ACK, 1
        lwu     s3, INTERRUPT_STATUS(s11)
        check_bits virtio.access.ack.others, s2, 1, 1
        check_bits virtio.access.ack, s3, 1, 0
        j       finish

# Resets the device, brings it up and reads a sector: the status is in a0, or 3 if it wrote something
# else than zeros.
live:
        mv      s9, ra
        li      a0, 0
        call    start_device
        call    fill_data
        request IN, 1, 512, WRITE
        la      t5, data
        ld      t6, (t5)
        ld      t5, 504(t5)
        or      t5, t5, t6
        beqz    t5, 1f
        li      a0, 3
1:      jr      s9

# Whether the device says something else of itself, in a0.
identify:
        lwu     a0, MAGIC(s11)
        li      t5, 0x74726976
        xor     a0, a0, t5
        lwu     t5, VERSION(s11)
        xori    t5, t5, 2
        or      a0, a0, t5
        lwu     t5, DEVICE_ID(s11)
        xori    t5, t5, 2
        or      a0, a0, t5
        ret

# See `try_access`.
judge:
        la      t5, traps
        ld      t6, (t5)
        beqz    t6, 2f
        addi    t6, t6, -1
        bnez    t6, 1f
        ld      t6, 8(t5)
        li      t5, FAULTS
        srl     t5, t5, t6
        andi    t5, t5, 1
        bnez    t5, 2f
1:      addi    s6, s6, 1
2:      ret
