# For programs with "uses": ["virtio", "block"]: requests of a block device (virtio 1.2, 5.2.6),
# and memory for one.

        .equ    BLOCK, VIRTIO_MMIO

        .equ    IN, 0
        .equ    OUT, 1
        .equ    FLUSH, 4
        .equ    GET_ID, 8
        .equ    DISCARD, 11
        .equ    WRITE_ZEROES, 13

        .equ    OK, 0
        .equ    IOERR, 1
        .equ    UNSUPP, 2

        # Feature bits.
        .equ    F_RO, 1 << 5
        .equ    F_FLUSH, 1 << 9
        .equ    F_DISCARD, 1 << 13
        .equ    F_WRITE_ZEROES, 1 << 14

        # What fill_data puts everywhere.
        .equ    PATTERN, 0x0123456789abcdef
        .equ    DATA_ROOM, 4 * 512

# Makes a request with `length` bytes at `data`: its status is in a0 (-1 without an answer), and
# the used length in a1.
.macro  request type:req, sector:req, length:req, flags:req
        prepare \type, \sector
        describe descriptors, 0, header, 16, NEXT, 1
        describe descriptors, 1, data, \length, NEXT | \flags, 2
        describe descriptors, 2, status, 1, WRITE, 0
        li      a0, \length
        call    make_request
.endm

# A request without any data.
.macro  request_nothing type:req
        request \type, 0, 0, 0
.endm

# Header and status of a request, whose descriptors follow.
.macro  prepare type:req, sector:req
        la      t5, header
        li      t6, \type
        sd      t6, (t5)
        li      t6, \sector
        sd      t6, 8(t5)
        la      t5, status
        li      t6, -1
        sh      t6, (t5)
.endm

# Submits the chain from a descriptor: as `request`.
.macro  submit_chain head:req
        li      a0, \head
        call    make_chain
.endm

# As described in descriptors 0, 1 and 2; without 1 if a0, the length of the data, is 0.
make_request:
        la      t6, descriptors
        bnez    a0, 1f
        li      t5, 2
        sh      t5, 14(t6)
1:      li      a0, 0
make_chain:
        mv      t2, ra
        li      a1, 1
        call    submit
        la      a0, status
        lb      a0, (a0)
        jr      t2

# Fills `data` with something that is easy to recognize.
fill_data:
        la      t4, data
        li      t5, DATA_ROOM
        add     t5, t5, t4
        li      t6, PATTERN
1:      sd      t6, (t4)
        addi    t4, t4, 8
        bltu    t4, t5, 1b
        ret

        .data
        .balign 8
header:         .space  16
data:           .space  DATA_ROOM
status:         .space  2
        .balign 8
        .text
