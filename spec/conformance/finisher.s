#: {"end": {"id": "finisher.fail.code", "code": 3}}
# The test finisher, a register that is written to end the machine: nothing else that is
# written has an effect. Every program ends with its "pass"; this one with a failure's code.
# What it does to reset the machine is in virtio-blk.s, for a disk remembers.

program:
        li      s0, FINISHER
        expect_traps
        lwu     a0, (s0)
        lhu     a0, (s0)
        lwu     a1, 0x7fc(s0)
        check_no_trap finisher.read
        or      a0, a0, a1
        lwu     a1, (s0)
        or      a0, a0, a1
        check   finisher.read.zero, a0, 0

        # Not a command.
        expect_traps
        li      a0, 0x5554
        sw      zero, (s0)
        sw      a0, (s0)
        sh      a0, (s0)
        # A command in the half of the code.
        li      a0, 0x55550000
        sw      a0, (s0)
        # A command beside the register.
        li      a0, 0x5555
        sw      a0, 4(s0)
        sh      a0, 2(s0)
        li      a0, 0x3333
        sw      a0, 0x100(s0)
        check_no_trap finisher.ignored

        # Bytes and doublewords are not taken.
        expect_traps
        sb      a0, (s0)
        check_trap finisher.byte, 7
        expect_traps
        sd      a0, (s0)
        check_trap finisher.double, 7
        expect_traps
        lbu     a0, (s0)
        check_trap finisher.byte.read, 5

        la      a0, text_done
        call    print
        li      a0, 3 << 16 | 0x3333
        sw      a0, (s0)
1:      j       1b
