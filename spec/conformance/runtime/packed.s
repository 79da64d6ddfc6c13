# For programs with "uses": ["virtio", "block", "packed"]: the driver of a packed ring (virtio 1.2,
# 2.8) for queue 0.
#
# s0 is the next descriptor to make available, s1 the flags that do so in this lap; s2 is where the
# next used one will be, s3 the flags that tell; s4 is the size of the ring. s7 to s9 are its own.

        .equ    DESC_AVAIL, 1 << 7
        .equ    DESC_USED, 1 << 15
        .equ    LAP, DESC_AVAIL | DESC_USED

        .equ    EVENT_ENABLE, 0
        .equ    EVENT_DISABLE, 1
        .equ    EVENT_DESC, 2

        .equ    LARGEST, 8

# Descriptor `index` of the next chain.
.macro  plan index:req, label:req, length:req, flags:req
        describe planned, \index, \label, \length, \flags, 0
.endm

# A device with a ring of this many descriptors, and these features.
.macro  start entries:req, features:req
        li      s4, \entries
        li      a0, \features
        call    start_packed
.endm

# Makes what is planned available, under an ID, and waits for it: the used length is in a1, the
# ID in a2, the flags of the used descriptor in a3, the status in a0 (-1 without an answer).
.macro  try_plan count:req, id:req
        li      a0, \count
        li      a1, \id
        call    try_chain
.endm

# Which used descriptors the driver is to be told of.
.macro  tell_of flags:req, offset:req, lap:req
        la      t5, driver_events
        li      t6, \offset | (\lap << 15) | (\flags << 16)
        sw      t6, (t5)
.endm

# The request to read sector 0.
plan_read:
        prepare IN, 0
        plan    0, header, 16, 0
        plan    1, data, 512, WRITE
        plan    2, status, 1, WRITE
        ret

# See `start`.
start_packed:
        mv      s9, ra
        li      a1, RING_PACKED
        call    negotiate
        call    set_up_packed
        put     STATUS, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK
        jr      s9

# Empties the ring and gives it to the device.
set_up_packed:
        la      t4, ring
        li      t5, LARGEST
1:      sd      zero, (t4)
        sd      zero, 8(t4)
        addi    t4, t4, 16
        addi    t5, t5, -1
        bnez    t5, 1b
        tell_of EVENT_ENABLE, 0, 0
        li      s0, 0
        li      s1, DESC_AVAIL
        li      s2, 0
        li      s3, LAP
        put     QUEUE_SEL, 0
        sw      s4, QUEUE_NUM(s11)
        la      gp, ring
        put_address QUEUE_DESC, 0
        put_address QUEUE_DRIVER, 16 * LARGEST
        put_address QUEUE_DEVICE, 16 * LARGEST + 4
        put     QUEUE_READY, 1
        ret

# Makes a chain of a0 planned descriptors available under the ID a1: its first one last.
put_chain:
        la      t0, planned
        slli    t5, s0, 4
        la      t1, ring
        add     t1, t1, t5
        lhu     t2, 12(t0)
        or      t2, t2, s1
        addi    t3, a0, -1
        beqz    t3, 1f
        ori     t2, t2, NEXT
1:      slli    t5, s0, 4
        la      t4, ring
        add     t4, t4, t5
        ld      t5, (t0)
        sd      t5, (t4)
        lwu     t5, 8(t0)
        sw      t5, 8(t4)
        sh      a1, 12(t4)
        beq     t4, t1, 3f
        lhu     t5, 12(t0)
        or      t5, t5, s1
        beqz    t3, 2f
        ori     t5, t5, NEXT
2:      sh      t5, 14(t4)
3:      addi    t0, t0, 16
        addi    s0, s0, 1
        bne     s0, s4, 4f
        li      s0, 0
        li      t5, LAP
        xor     s1, s1, t5
4:      addi    t3, t3, -1
        bgez    t3, 1b
        fence
        sh      t2, 14(t1)
        fence
        ret

# See `try_plan`.
try_chain:
        mv      s8, ra
        mv      s7, a0
        call    put_chain
        put     QUEUE_NOTIFY, 0
        mv      a0, s7
        call    wait_chain
        la      a0, status
        lb      a0, (a0)
        jr      s8

# Waits five seconds for a chain of a0 descriptors to be used; see `try_plan` for what is returned.
wait_chain:
        csrr    t0, time
        li      t5, PATIENCE
        add     t0, t0, t5
        slli    t5, s2, 4
        la      t4, ring
        add     t4, t4, t5
        li      t1, LAP
1:      lhu     t5, 14(t4)
        and     t5, t5, t1
        beq     t5, s3, 2f
        csrr    t5, time
        bltu    t5, t0, 1b
2:      fence
        lwu     a1, 8(t4)
        lhu     a2, 12(t4)
        lhu     a3, 14(t4)
        add     s2, s2, a0
        bltu    s2, s4, 3f
        sub     s2, s2, s4
        xor     s3, s3, t1
3:      ret

        .data
        .balign 16
ring:           .space  16 * LARGEST
driver_events:  .4byte  0
device_events:  .4byte  0
        .balign 16
planned:        .space  16 * LARGEST
        .text
