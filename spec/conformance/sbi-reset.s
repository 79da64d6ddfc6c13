#: {"boot": "kernel", "harts": 2, "uses": ["sbi", "virtio"], "drives": [{"size": "1M", "id": "kit0"}], "end": {"id": "sbi.srst.shutdown", "code": 0}}
# SBI SRST: what it refuses, a cold and a warm reboot, and the power-off that ends the program.
#
# The kernel comes three times; a sector of the disk counts.

        .equ    BLOCK, VIRTIO_MMIO
        .equ    COUNT_SECTOR, 9
        .equ    IN, 0
        .equ    OUT, 1

program:
        li      s11, BLOCK
        lwu     s0, STATUS(s11)
        li      a0, 0
        call    start_device
        li      a0, IN
        li      a1, WRITE
        call    move_sector
        la      a0, sector
        ld      s1, (a0)
        # In which hart the kernel comes, the other one, and its status.
        la      a0, entry_a0
        ld      s2, (a0)
        xori    s3, s2, 1
        mv      a0, s3
        sbi     HSM, 2
        mv      s4, a1
        bnez    s1, again

        # Types and reasons that are reserved, and those of vendors.
        li      a0, 3
        li      a1, 0
        sbi     SRST, 0
        check   sbi.srst.type, a0, INVALID_PARAM
        li      a0, 0xefffffff
        li      a1, 0
        sbi     SRST, 0
        check   sbi.srst.type.last, a0, INVALID_PARAM
        li      a0, 0
        li      a1, 2
        sbi     SRST, 0
        check   sbi.srst.reason, a0, INVALID_PARAM
        li      a0, 1
        li      a1, 0xdfffffff
        sbi     SRST, 0
        check   sbi.srst.reason.last, a0, INVALID_PARAM
        li      a0, 0xf1234567
        li      a1, 0
        sbi     SRST, 0
        check_either sbi.srst.type.vendor, INVALID_PARAM, NOT_SUPPORTED

        # The cold reboot, with the other hart at work, translation and interrupts enabled, and the
        # memory of the kernel changed.
        mv      a0, s3
        la      a1, at_work
        sbi     HSM, 0
        mv      a0, s3
        li      a1, STARTED
        call    await_status
        check   sbi.srst.at_work, a0, STARTED
        li      a0, 1
        call    leave
        li      a0, 1
        li      a1, 0
        sbi     SRST, 0
1:      j       1b

again:  li      a0, 2
        beq     s1, a0, third_time
        sltiu   a0, s2, 2
        check   sbi.srst.cold, a0, 1
        check   sbi.srst.cold.harts, s4, STOPPED
        # The device has been reset, and memory has what was loaded.
        check   sbi.srst.cold.device, s0, 0
        la      a0, loaded
        ld      a0, (a0)
        check   sbi.srst.cold.memory, a0, 0x5eed
        csrr    a0, satp
        check   sbi.srst.cold.satp, a0, 0
        csrr    a0, sstatus
        check_bits sbi.srst.cold.sie, a0, SSTATUS_SIE, 0
        mv      a0, s3
        la      a1, at_work
        sbi     HSM, 0
        check   sbi.srst.cold.start, a0, 0
        li      a0, 2
        call    leave
        li      a0, 2
        li      a1, 0
        sbi     SRST, 0
        # A machine may have no warm reboot.
        la      s5, warm
        sd      a0, (s5)
        j       finish_warm

third_time:
        la      s5, warm
        sd      zero, (s5)
finish_warm:
        ld      a0, (s5)
        check_either sbi.srst.warm, 0, NOT_SUPPORTED
        # And off.
        la      a0, text_done
        call    print
        li      a0, 0
        li      a1, 0
        sbi     SRST, 0
1:      j       1b

# Writes a0 to the disk, and changes memory that is loaded.
leave:  mv      s6, ra
        la      t5, sector
        sd      a0, (t5)
        la      t5, loaded
        sd      zero, (t5)
        li      a0, OUT
        li      a1, 0
        call    move_sector
        li      a0, 1 << 9 | SSIP
        csrw    sie, a0
        jr      s6

at_work:
        addi    t0, t0, 1
        j       at_work

# A request of the type a0 for one sector, with the flags a1 of its data.
move_sector:
        mv      s8, ra
        la      t5, header
        sw      a0, (t5)
        sw      zero, 4(t5)
        li      t6, COUNT_SECTOR
        sd      t6, 8(t5)
        describe descriptors, 0, header, 16, NEXT, 1
        describe descriptors, 1, sector, 512, NEXT, 2
        describe descriptors, 2, status, 1, WRITE, 0
        la      t6, descriptors
        ori     a1, a1, NEXT
        sh      a1, 28(t6)
        li      a0, 0
        li      a1, 1
        call    submit
        jr      s8

        .data
        .balign 8
loaded:         .dword  0x5eed
warm:           .dword  0
header:         .space  16
sector:         .space  512
status:         .space  1
        .balign 8
        .text
