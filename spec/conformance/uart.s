#: {}
# The serial port: a 16550A with FIFOs, by the data sheet of the PC16550D. What it sends and
# receives is looped back, so that nothing but the report leaves it. Results are kept until
# the loop is open: the report needs the transmitter, and reads the line status.

        .equ    RBR, 0
        .equ    THR, 0
        .equ    DLL, 0
        .equ    IER, 1
        .equ    DLM, 1
        .equ    IIR, 2
        .equ    FCR, 2
        .equ    LCR, 3
        .equ    MCR, 4
        .equ    LSR, 5
        .equ    MSR, 6
        .equ    SCR, 7

        .equ    LOOP, 0x10
        .equ    DLAB, 0x80

.macro  put_byte register:req, value:req
        li      t5, \value
        sb      t5, \register(s11)
.endm

# Waits until the masked bits of a register have a value; after a second or so it goes on.
# What was read last is in a0, unmasked.
.macro  await register:req, mask:req, value:req
        li      t6, 10000000
7781:   lbu     a0, \register(s11)
        andi    t5, a0, \mask
        addi    t5, t5, -(\value)
        beqz    t5, 7782f
        addi    t6, t6, -1
        bnez    t6, 7781b
7782:
.endm

# Puts the UART into loopback with these IER and FCR, and empties whatever may be pending.
.macro  loop ier:req, fcr:req
        put_byte IER, 0
        put_byte FCR, 0
        put_byte MCR, LOOP
        put_byte FCR, \fcr
        lbu     zero, LSR(s11)
        lbu     zero, RBR(s11)
        lbu     zero, MSR(s11)
        lbu     zero, IIR(s11)
        put_byte IER, \ier
.endm

# Back to where the report works.
.macro  unloop
        put_byte IER, 0
        put_byte FCR, 0
        put_byte MCR, 0
        lbu     zero, MSR(s11)
.endm

program:
        li      s11, UART
        # Before anything is sent. The line status, last, is there only when nothing was read before.
        lbu     s0, IER(s11)
        lbu     s1, IIR(s11)
        lbu     s2, LCR(s11)
        lbu     s3, MCR(s11)
        lbu     s4, LSR(s11)
        lbu     s5, MSR(s11)
        check   uart.reset.ier, s0, 0
        check   uart.reset.iir, s1, 1
        check   uart.reset.lcr, s2, 0
        check   uart.reset.mcr, s3, 0
        check   uart.reset.lsr, s4, 0x60
        # Its upper half is the state of the modem's wires.
        check_bits uart.reset.msr, s5, 0x0f, 0

        # Registers that keep what is written.
        put_byte SCR, 0x55
        lbu     a0, SCR(s11)
        check   uart.scr.55, a0, 0x55
        put_byte SCR, 0xaa
        lbu     a0, SCR(s11)
        check   uart.scr.aa, a0, 0xaa
        put_byte LCR, 0x1b
        lbu     a0, LCR(s11)
        put_byte LCR, 0x03
        lbu     a1, LCR(s11)
        check   uart.lcr.keeps, a0, 0x1b
        check   uart.lcr.format, a1, 0x03
        put_byte IER, 0xf0
        lbu     a0, IER(s11)
        put_byte IER, 0x0f
        lbu     a1, IER(s11)
        put_byte IER, 0
        check   uart.ier.high, a0, 0
        check   uart.ier.low, a1, 0x0f
        put_byte MCR, 0xff
        lbu     a0, MCR(s11)
        put_byte MCR, 0
        check   uart.mcr.bits, a0, 0x1f

        # The divisor latch lies over RBR, THR and IER, and over nothing else.
        put_byte IER, 0x05
        put_byte SCR, 0x5a
        put_byte LCR, DLAB | 3
        lbu     s0, DLL(s11)
        lbu     s1, DLM(s11)
        put_byte DLL, 0x34
        put_byte DLM, 0x12
        lbu     s2, DLL(s11)
        lbu     s3, DLM(s11)
        lbu     s4, LSR(s11)
        lbu     s5, SCR(s11)
        lbu     s6, LCR(s11)
        put_byte LCR, 3
        lbu     s7, IER(s11)
        put_byte LCR, DLAB | 3
        lbu     s8, DLL(s11)
        sb      s0, DLL(s11)
        sb      s1, DLM(s11)
        put_byte LCR, 3
        put_byte IER, 0
        check   uart.dlab.dll, s2, 0x34
        check   uart.dlab.dlm, s3, 0x12
        check_bits uart.dlab.lsr, s4, 0x61, 0x60
        check   uart.dlab.scr, s5, 0x5a
        check   uart.dlab.lcr, s6, 0x83
        check   uart.dlab.ier, s7, 0x05
        check   uart.dlab.keeps, s8, 0x34

        # Nothing is written to LSR and MSR. What had changed is told once.
        lbu     zero, MSR(s11)
        lbu     s0, MSR(s11)
        put_byte LSR, 0xff
        put_byte MSR, 0xff
        lbu     a0, LSR(s11)
        lbu     a1, MSR(s11)
        check_bits uart.readonly.lsr, a0, 0x1f, 0
        check_equal uart.readonly.msr, a1, s0

        # More than a byte faults, or is the register alone.
        put_byte SCR, 0x5a
        put_byte IER, 0
        call    wide_load
        check   uart.wide.load, a0, 0
        call    wide_store
        check   uart.wide.store, a0, 0
        expect_traps
        lbu     a0, 8(s11)
        sb      s11, 8(s11)
        lwu     a1, 0xfc(s11)
        call    untrapped
        or      a0, a0, a1
        and     a0, a0, a2
        check   uart.wide.behind, a0, 0

        # Line status with nothing under way.
        await   LSR, 0x60, 0x60
        check_bits uart.lsr.thre, a0, 0x20, 0x20
        check_bits uart.lsr.temt, a0, 0x40, 0x40
        check_bits uart.lsr.dr, a0, 0x01, 0

        # IIR tells whether the FIFOs are on.
        put_byte FCR, 0x01
        lbu     s0, IIR(s11)
        put_byte FCR, 0xc1
        lbu     s1, IIR(s11)
        put_byte FCR, 0
        lbu     s2, IIR(s11)
        check   uart.iir.fifo, s0, 0xc1
        check   uart.iir.trigger, s1, 0xc1
        check   uart.iir.no_fifo, s2, 0x01

        # Loopback: each output of MCR is seen at its input of MSR.
        loop    0, 0
        lbu     s0, MSR(s11)
        put_byte MCR, LOOP | 1
        lbu     s1, MSR(s11)
        put_byte MCR, LOOP | 2
        lbu     s2, MSR(s11)
        put_byte MCR, LOOP | 4
        lbu     s3, MSR(s11)
        put_byte MCR, LOOP | 8
        lbu     s4, MSR(s11)
        unloop
        check_bits uart.loop.none, s0, 0xf0, 0
        check_bits uart.loop.dtr, s1, 0xf0, 0x20
        check_bits uart.loop.rts, s2, 0xf0, 0x10
        check_bits uart.loop.out1, s3, 0xf0, 0x40
        check_bits uart.loop.out2, s4, 0xf0, 0x80

        # What changed since MSR was read; of RI, only its end.
        loop    0x08, 0
        put_byte MCR, LOOP | 7
        lbu     s3, IIR(s11)
        lbu     s0, MSR(s11)
        lbu     s1, MSR(s11)
        put_byte MCR, LOOP | 3
        lbu     s2, MSR(s11)
        lbu     s4, IIR(s11)
        unloop
        check   uart.loop.delta, s0, 0x73
        check   uart.loop.delta.read, s1, 0x70
        check   uart.loop.delta.ring, s2, 0x34
        check   uart.iir.modem, s3, 0x00
        check   uart.iir.modem.read, s4, 0x01

        # Characters in loopback, first without FIFOs: nothing of them is sent.
        loop    0, 0
        put_byte THR, 0x41
        await   LSR, 0x01, 0x01
        mv      s0, a0
        lbu     s1, RBR(s11)
        await   LSR, 0x60, 0x60
        mv      s2, a0
        # One more than there is room for takes the place of the one before.
        put_byte THR, 0x42
        await   LSR, 0x61, 0x61
        put_byte THR, 0x43
        await   LSR, 0x02, 0x02
        mv      s3, a0
        lbu     s4, LSR(s11)
        lbu     s5, RBR(s11)
        lbu     s6, LSR(s11)
        unloop
        check_bits uart.loop.dr, s0, 0x01, 1
        check   uart.loop.data, s1, 0x41
        check   uart.loop.empty, s2, 0x60
        check_bits uart.overrun, s3, 0x03, 0x03
        check_bits uart.overrun.read, s4, 0x03, 0x01
        check   uart.overrun.replaces, s5, 0x43
        check_bits uart.overrun.empty, s6, 0x03, 0

        # With FIFOs, which keep sixteen characters in their order and refuse the seventeenth.
        loop    0, 0x07
        li      s0, 16
1:      await   LSR, 0x60, 0x60
        addi    t5, s0, 0x60
        sb      t5, THR(s11)
        addi    s0, s0, -1
        bgez    s0, 1b
        await   LSR, 0x62, 0x62
        mv      s1, a0
        li      s0, 16
        li      s2, 0
2:      lbu     t5, RBR(s11)
        addi    t6, s0, 0x60
        beq     t5, t6, 3f
        addi    s2, s2, 1
3:      addi    s0, s0, -1
        bnez    s0, 2b
        lbu     s3, LSR(s11)
        unloop
        check_bits uart.fifo.overrun, s1, 0x03, 0x03
        # How many of the characters were others.
        check   uart.fifo.order, s2, 0
        check_bits uart.fifo.empty, s3, 0x03, 0

        # What empties the FIFO: its reset bit, and that it is switched.
        loop    0, 0x07
        put_byte THR, 0x44
        await   LSR, 0x61, 0x61
        put_byte FCR, 0x03
        lbu     s0, LSR(s11)
        put_byte THR, 0x45
        await   LSR, 0x61, 0x61
        put_byte FCR, 0x00
        lbu     s1, LSR(s11)
        # Without bit 0 of FCR, its other bits are not programmed.
        put_byte THR, 0x46
        await   LSR, 0x61, 0x61
        put_byte FCR, 0x02
        lbu     s2, LSR(s11)
        unloop
        check_bits uart.fcr.reset, s0, 0x01, 0
        check_bits uart.fcr.switch, s1, 0x01, 0
        check_bits uart.fcr.disabled, s2, 0x01, 1

        # The transmitter's interrupt: pending when it is enabled, until IIR tells of it.
        loop    0, 0
        await   LSR, 0x60, 0x60
        lbu     s0, IIR(s11)
        put_byte IER, 0x02
        lbu     s1, IIR(s11)
        lbu     s2, IIR(s11)
        # And whenever THR became empty.
        put_byte THR, 0x47
        await   IIR, 0x0f, 0x02
        mv      s3, a0
        lbu     s4, IIR(s11)
        put_byte IER, 0
        put_byte IER, 0x02
        put_byte IER, 0
        lbu     s5, IIR(s11)
        unloop
        check   uart.iir.disabled, s0, 0x01
        check   uart.iir.thre, s1, 0x02
        check   uart.iir.thre.read, s2, 0x01
        check   uart.iir.thre.sent, s3, 0x02
        check   uart.iir.thre.sent.read, s4, 0x01
        check   uart.iir.thre.off, s5, 0x01

        # All that may interrupt, in the order of priorities; each is named until it is served.
        loop    0x07, 0
        put_byte THR, 0x48
        await   IIR, 0x0f, 0x04
        mv      s0, a0
        await   LSR, 0x60, 0x60
        put_byte THR, 0x49
        await   IIR, 0x0f, 0x06
        mv      s1, a0
        lbu     zero, LSR(s11)
        lbu     s2, IIR(s11)
        await   LSR, 0x60, 0x60
        lbu     zero, RBR(s11)
        lbu     s3, IIR(s11)
        lbu     s4, IIR(s11)
        unloop
        check   uart.iir.received, s0, 0x04
        check   uart.iir.line_status, s1, 0x06
        check   uart.iir.priority.received, s2, 0x04
        check   uart.iir.priority.thre, s3, 0x02
        check   uart.iir.priority.none, s4, 0x01

        # With FIFOs: nothing below the trigger level, until a few characters' time is over.
        loop    0x01, 0x47
        put_byte THR, 0x4a
        await   IIR, 0x0f, 0x0c
        mv      s0, a0
        lbu     s1, RBR(s11)
        lbu     s2, IIR(s11)
        # At the level. A slow guest may be told of the timeout in its place.
        li      s3, 4
1:      await   LSR, 0x60, 0x60
        put_byte THR, 0x4b
        addi    s3, s3, -1
        bnez    s3, 1b
        await   IIR, 0x07, 0x04
        mv      s3, a0
        unloop
        check   uart.iir.timeout, s0, 0xcc
        check   uart.iir.timeout.data, s1, 0x4a
        check   uart.iir.timeout.read, s2, 0xc1
        check_bits uart.iir.level, s3, 0xc7, 0xc4
        j       finish

# a2 is -1 if there was no trap since expect_traps, else 0: what a load gave counts in the former
# case alone.
untrapped:
        la      a2, traps
        ld      a2, (a2)
        seqz    a2, a2
        neg     a2, a2
        ret

# a0 is what is wrong with a halfword from SCR's neighbour and a word from MCR.
wide_load:
        addi    sp, sp, -16
        sd      ra, (sp)
        expect_traps
        lhu     a0, MSR(s11)
        call    untrapped
        lbu     a1, MSR(s11)
        xor     a0, a0, a1
        and     a0, a0, a2
        mv      a3, a0
        expect_traps
        lwu     a0, MCR(s11)
        call    untrapped
        lbu     a1, MCR(s11)
        xor     a0, a0, a1
        and     a0, a0, a2
        or      a0, a0, a3
        ld      ra, (sp)
        addi    sp, sp, 16
        ret

# a0 is what is wrong after a word was stored to MCR: IER to SCR keep what they had, and MCR has
# its byte, or what it had before.
wide_store:
        addi    sp, sp, -16
        sd      ra, (sp)
        expect_traps
        li      a0, 0x77777702
        sw      a0, MCR(s11)
        call    untrapped
        lbu     a0, MCR(s11)
        andi    a1, a2, 2
        xor     a0, a0, a1
        put_byte MCR, 0
        lbu     a1, SCR(s11)
        xori    a1, a1, 0x5a
        or      a0, a0, a1
        lbu     a1, IER(s11)
        or      a0, a0, a1
        ld      ra, (sp)
        addi    sp, sp, 16
        ret
