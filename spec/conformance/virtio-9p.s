#: {"uses": ["virtio"], "share": {"tag": "kit", "files": {"file": "from the host"}}}
# A shared folder (9P2000.L over virtio device 9) in which the host has put one file.

        .equ    SHARE, VIRTIO_MMIO + VIRTIO_MMIO_STEP
        .equ    F_MOUNT_TAG, 1 << 0
        .equ    ROOM, 1024
        .equ    BODY, 7
        .equ    RLERROR, 7
        .equ    ENOENT, 2

# Makes the request at `label`: the type of the answer is in s0, its tag in s1, and what comes
# behind is at `body`.
.macro  ask label:req, length:req
        describe descriptors, 0, \label, \length, NEXT, 1
        describe descriptors, 1, answer, ROOM, WRITE, 0
        call    ask_request
.endm

program:
        li      s11, SHARE
        lwu     a0, DEVICE_ID(s11)
        check   9p.device_id, a0, 9
        call    lower_features
        check_bits 9p.tag.offered, a0, F_MOUNT_TAG, F_MOUNT_TAG
        lhu     a0, CONFIG(s11)
        lbu     a1, CONFIG + 2(s11)
        lbu     a2, CONFIG + 3(s11)
        lbu     a3, CONFIG + 4(s11)
        slli    a1, a1, 16
        slli    a2, a2, 8
        or      a1, a1, a2
        or      a1, a1, a3
        mv      s2, a1
        check   9p.tag.length, a0, 3
        check   9p.tag.text, s2, 0x6b6974
        put     QUEUE_SEL, 0
        lwu     a0, QUEUE_NUM_MAX(s11)
        snez    a0, a0
        check   9p.queue, a0, 1
        li      a0, F_MOUNT_TAG
        call    start_device

        # A session.
        ask     version_unknown, 19
        check   9p.version.unknown.type, s0, 101
        lhu     a0, BODY + 4(s4)
        check   9p.version.unknown.length, a0, 7
        ask     version, 21
        mv      s5, a1
        check   9p.version.type, s0, 101
        check   9p.version.tag, s1, 0xffff
        check   9p.version.used, s5, 21
        lwu     a0, BODY(s4)
        li      t5, 8193
        sltu    a0, a0, t5
        check   9p.version.size, a0, 1
        la      a0, body + 4
        la      a1, version + 11
        li      a2, 10
        call    differences
        check   9p.version.text, a0, 0
        ask     auth, 19
        check   9p.attach.auth, s0, RLERROR
        ask     attach, 23
        lbu     s5, BODY(s4)
        check   9p.attach.type, s0, 105
        check   9p.attach.tag, s1, 0x1234
        check_bits 9p.attach.directory, s5, 0x80, 0x80

        # A file.
        ask     walk, 23
        lhu     s5, BODY(s4)
        lbu     s6, BODY + 2(s4)
        check   9p.walk.type, s0, 111
        check   9p.walk.count, s5, 1
        check   9p.walk.file, s6, 0
        ask     walk_missing, 26
        lwu     s5, BODY(s4)
        check   9p.walk.missing, s0, RLERROR
        check   9p.walk.error, s5, ENOENT
        ask     walk_partly, 32
        lhu     s5, BODY(s4)
        check   9p.walk.partly, s0, 111
        check   9p.walk.partly.count, s5, 1
        ask     getattr_partly, 19
        check   9p.walk.partly.fid, s0, RLERROR
        ask     walk_up, 25
        lhu     s5, BODY(s4)
        lbu     s6, BODY + 2(s4)
        check   9p.walk.up, s0, 111
        check   9p.walk.up.count, s5, 2
        check_bits 9p.walk.up.directory, s6, 0x80, 0x80
        ask     getattr, 19
        check   9p.getattr.type, s0, 25
        la      t4, body
        lbu     s5, 22(t4)
        lbu     s6, 49(t4)
        check_bits 9p.getattr.regular, s5, 0xf0, 0x80
        check   9p.getattr.size, s6, 13
        ask     read, 23
        check   9p.read.closed, s0, RLERROR
        ask     lopen, 15
        check   9p.read.open, s0, 13
        ask     read, 23
        lwu     s5, BODY(s4)
        check   9p.read.type, s0, 117
        check   9p.read.count, s5, 13
        la      a0, body + 4
        la      a1, content
        li      a2, 13
        call    differences
        check   9p.read.content, a0, 0
        ask     read_part, 23
        lwu     s5, BODY(s4)
        lbu     s6, BODY + 4(s4)
        check   9p.read.part.count, s5, 3
        check   9p.read.part.content, s6, 'h'
        ask     read_end, 23
        lwu     s5, BODY(s4)
        check   9p.read.end.type, s0, 117
        check   9p.read.end.count, s5, 0

        # The directory has three names: those of one or two bytes, and the file's.
        ask     walk_clone, 17
        ask     lopen_directory, 15
        check   9p.readdir.open, s0, 13
        ask     readdir, 23
        lwu     s5, BODY(s4)
        check   9p.readdir.type, s0, 41
        check   9p.readdir.length, s5, 3 * 24 + 1 + 2 + 4

        # A file of the guest's.
        ask     walk_again, 17
        ask     lcreate, 29
        check   9p.write.create, s0, 15
        ask     write, 27
        lwu     s5, BODY(s4)
        check   9p.write.type, s0, 119
        check   9p.write.count, s5, 4
        ask     walk_made, 23
        check   9p.write.walk, s0, 111
        ask     lopen_made, 15
        ask     read_made, 23
        lwu     s5, BODY(s4)
        check   9p.write.read.count, s5, 4
        la      a0, body + 4
        la      a1, write + 23
        li      a2, 4
        call    differences
        check   9p.write.read.content, a0, 0
        ask     unlink, 21
        check   9p.unlink.type, s0, 77
        ask     walk_made_again, 23
        lwu     s5, BODY(s4)
        check   9p.unlink.walk, s0, RLERROR
        check   9p.unlink.error, s5, ENOENT
        ask     clunk, 11
        check   9p.clunk.type, s0, 121
        ask     getattr, 19
        check   9p.clunk.fid, s0, RLERROR

        # What is no request.
        ask     unknown, 7
        check   9p.unknown.type, s0, RLERROR
        check   9p.unknown.tag, s1, 0x5678
        ask     getattr_root, 19
        check   9p.unknown.after, s0, 25
        # A Tmkdir that ends within its name: it is refused, or the device needs a reset.
        ask     malformed, 18
        addi    s5, s0, -RLERROR
        seqz    s5, s5
        lwu     a0, STATUS(s11)
        andi    a0, a0, NEEDS_RESET
        snez    a0, a0
        or      s5, s5, a0
        check   9p.malformed.refused, s5, 1
        # A reset, and another session, in which no fid is known.
        li      a0, F_MOUNT_TAG
        call    start_device
        ask     version, 21
        check   9p.malformed.after, s0, 101
        ask     getattr_root, 19
        check   9p.reset.fid, s0, RLERROR
        ask     attach, 23
        check   9p.reset.attach, s0, 105
        ask     walk_file_part, 24
        check   9p.malformed.nothing, s0, RLERROR
        j       finish

ask_request:
        mv      s8, ra
        la      s4, answer
        sd      zero, 7(s4)
        sb      zero, 4(s4)
        li      a0, 0
        li      a1, 1
        call    submit
        la      s4, answer
        lbu     s0, 4(s4)
        lbu     s1, 5(s4)
        lbu     t5, 6(s4)
        slli    t5, t5, 8
        or      s1, s1, t5
        jr      s8

# How many of a2 bytes at a0 and a1 differ, in a0.
differences:
        li      t0, 0
1:      lbu     t1, (a0)
        lbu     t2, (a1)
        xor     t1, t1, t2
        snez    t1, t1
        add     t0, t0, t1
        addi    a0, a0, 1
        addi    a1, a1, 1
        addi    a2, a2, -1
        bnez    a2, 1b
        mv      a0, t0
        ret

        .data
content:        .ascii  "from the host"
# Requests: size, type, tag, body.
version_unknown:
        .4byte  19
        .byte   100, 0xff, 0xff
        .4byte  8192
        .2byte  6
        .ascii  "9P3000"
version:
        .4byte  21
        .byte   100, 0xff, 0xff
        .4byte  8192
        .2byte  8
        .ascii  "9P2000.L"
auth:   .4byte  19
        .byte   102, 1, 0
        .4byte  99
        .2byte  0
        .2byte  0
        .4byte  0
attach: .4byte  23
        .byte   104, 0x34, 0x12
        .4byte  0, 0xffffffff
        .2byte  0
        .2byte  0
        .4byte  0
walk:   .4byte  23
        .byte   110, 1, 0
        .4byte  0, 1
        .2byte  1
        .2byte  4
        .ascii  "file"
walk_missing:
        .4byte  26
        .byte   110, 1, 0
        .4byte  0, 2
        .2byte  1
        .2byte  7
        .ascii  "missing"
walk_partly:
        .4byte  32
        .byte   110, 1, 0
        .4byte  0, 2
        .2byte  2
        .2byte  4
        .ascii  "file"
        .2byte  7
        .ascii  "missing"
getattr_partly:
        .4byte  19
        .byte   24, 1, 0
        .4byte  2, 0x7ff, 0
walk_up:
        .4byte  25
        .byte   110, 1, 0
        .4byte  0, 2
        .2byte  2
        .2byte  2
        .ascii  ".."
        .2byte  2
        .ascii  ".."
getattr:
        .4byte  19
        .byte   24, 1, 0
        .4byte  1, 0x7ff, 0
lopen:  .4byte  15
        .byte   12, 1, 0
        .4byte  1, 0
read:   .4byte  23
        .byte   116, 1, 0
        .4byte  1, 0, 0, 1000
read_part:
        .4byte  23
        .byte   116, 1, 0
        .4byte  1, 9, 0, 3
read_end:
        .4byte  23
        .byte   116, 1, 0
        .4byte  1, 13, 0, 1000
walk_clone:
        .4byte  17
        .byte   110, 1, 0
        .4byte  0, 3
        .2byte  0
lopen_directory:
        .4byte  15
        .byte   12, 1, 0
        .4byte  3, 0
readdir:
        .4byte  23
        .byte   40, 1, 0
        .4byte  3, 0, 0, 900
walk_again:
        .4byte  17
        .byte   110, 1, 0
        .4byte  0, 4
        .2byte  0
lcreate:
        .4byte  29
        .byte   14, 1, 0
        .4byte  4
        .2byte  4
        .ascii  "made"
        .4byte  2, 0x1a4, 0
write:  .4byte  27
        .byte   118, 1, 0
        .4byte  4, 0, 0, 4
        .ascii  "mine"
walk_made:
        .4byte  23
        .byte   110, 1, 0
        .4byte  0, 5
        .2byte  1
        .2byte  4
        .ascii  "made"
walk_made_again:
        .4byte  23
        .byte   110, 1, 0
        .4byte  0, 6
        .2byte  1
        .2byte  4
        .ascii  "made"
lopen_made:
        .4byte  15
        .byte   12, 1, 0
        .4byte  5, 0
read_made:
        .4byte  23
        .byte   116, 1, 0
        .4byte  5, 0, 0, 1000
unlink: .4byte  21
        .byte   76, 1, 0
        .4byte  0
        .2byte  4
        .ascii  "made"
        .4byte  0
clunk:  .4byte  11
        .byte   120, 1, 0
        .4byte  1
unknown:
        .4byte  7
        .byte   200, 0x78, 0x56
getattr_root:
        .4byte  19
        .byte   24, 1, 0
        .4byte  0, 0x7ff, 0
malformed:
        .4byte  18
        .byte   72, 1, 0
        .4byte  0
        .2byte  90
        .ascii  "direc"
walk_file_part:
        .4byte  24
        .byte   110, 1, 0
        .4byte  0, 1
        .2byte  1
        .2byte  5
        .ascii  "direc"
        # So that the body of an answer is aligned.
        .balign 16
        .byte   0
answer: .space  7
body:   .space  ROOM - 7
        .text
