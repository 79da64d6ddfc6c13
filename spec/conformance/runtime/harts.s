# For programs with "uses": ["harts"]: the harts but the program's own wait for jobs.
#
# A job is a function that finds the number of its hart in a0 and returns a value there. It may
# change all registers but sp and tp, which is the area of its hart. Only the hart of the program
# makes checks.

        .equ    HART_JOB, 0             # what the hart has to do, 0 if it waits
        .equ    HART_RESULT, 8          # what the last job returned
        .equ    HART_TRAPS, 16          # how many traps it took, and of the last one ...
        .equ    HART_CAUSE, 24          # ... its cause ...
        .equ    HART_VALUE, 32          # ... and xtval
        .equ    HART_RESUME, 40         # where to go on behind the next trap, if not 0
        .equ    HART_SAVED, 48
        .equ    HART_ARRIVED, 64        # 1 when it has come, and how it came:
        .equ    HART_A0, 72
        .equ    HART_A1, 80
        .equ    HART_A2, 88
        .equ    HART_STATUS, 96
        .equ    HART_IE, 104
        .equ    HART_SATP, 112
        .equ    HART_AREA, 128

# Zihintpause: an instruction of all that leaves the hart's time to others.
.macro  pause_hint
        .4byte  0x0100000f
.endm

# The address of the area of a hart.
.macro  area register:req, hart:req
        la      \register, hart_areas + HART_AREA * \hart
.endm

# Gives a hart a job.
.macro  start hart:req, job:req
        li      a0, \hart
        la      a1, \job
        call    start_job
.endm

# What the job of a hart returned; -1 if that takes longer than twenty seconds.
.macro  result hart:req
        li      a0, \hart
        call    await_job
.endm

# Has a hart do a job, and returns its result in a0.
.macro  run hart:req, job:req
        start   \hart, \job
        result  \hart
.endm

# Gives a job to all harts, this one included; a0 is the sum of what they return.
.macro  run_all job:req, harts:req
        la      a0, \job
        li      a1, \harts
        call    run_everywhere
.endm

# What mip has on each hart: s0, s1 and s2, of the first three.
.macro  get_all_mip
        get_mip s0
        run     1, read_mip
        mv      s1, a0
        run     2, read_mip
        mv      s2, a0
.endm

# A page table entry for what lies at a label.
.macro  entry_of register:req, label:req, flags:req
        la      \register, \label
        srli    \register, \register, 12
        slli    \register, \register, 10
        ori     \register, \register, \flags
.endm

# Tables of Sv39, in the three pages at `tables`: RAM where it is, and one page, at 0x4000_0000, whose
# entry at s4 may become s5 or s6, for page_one and page_two, which begin with 0x1111 and 0x2222.
.macro  map_two_pages leaf:req
        entry_of a0, tables + 4096, 1
        la      a1, tables
        sd      a0, 8(a1)
        li      a2, (RAM >> 2) | \leaf
        sd      a2, 16(a1)
        entry_of a0, tables + 8192, 1
        la      a1, tables + 4096
        sd      a0, (a1)
        la      s4, tables + 8192
        entry_of s5, page_one, \leaf
        entry_of s6, page_two, \leaf
        li      a1, 0x1111
        la      a0, page_one
        sd      a1, (a0)
        li      a1, 0x2222
        la      a0, page_two
        sd      a1, (a0)
.endm

# Where harts go that serve: from reset, and with their number in a0.
.macro  serve_harts mode:req, own:req
serve_from_reset:
        csrr    t0, mhartid
        j       1f
serve:  mv      t0, a0
1:      la      tp, hart_areas
        slli    t1, t0, 7
        add     tp, tp, t1
        la      sp, hart_stacks
        addi    t1, t0, 1
        slli    t1, t1, 9
        add     sp, sp, t1
        la      t1, hart_trap
        csrw    \mode\()tvec, t1
        sd      a0, HART_A0(tp)
        sd      a1, HART_A1(tp)
        sd      a2, HART_A2(tp)
        csrr    t1, \mode\()status
        sd      t1, HART_STATUS(tp)
        csrr    t1, \mode\()ie
        sd      t1, HART_IE(tp)
        csrr    t1, satp
        sd      t1, HART_SATP(tp)
        addi    sp, sp, -16
        sd      t0, (sp)
        fence
        li      t1, 1
        sd      t1, HART_ARRIVED(tp)
2:      call    hart_idle
        ld      t1, HART_JOB(tp)
        beqz    t1, 2b
        fence
        ld      a0, (sp)
        jalr    t1
        sd      a0, HART_RESULT(tp)
        fence
        sd      zero, HART_JOB(tp)
        j       2b

        .balign 4
hart_trap:
        sd      t5, HART_SAVED(tp)
        sd      t6, HART_SAVED + 8(tp)
        ld      t5, HART_TRAPS(tp)
        addi    t5, t5, 1
        sd      t5, HART_TRAPS(tp)
        csrr    t5, \mode\()tval
        sd      t5, HART_VALUE(tp)
        csrr    t5, \mode\()cause
        sd      t5, HART_CAUSE(tp)
        bgez    t5, 3f
        # An interrupt is switched off, so that it comes once.
        li      t6, 1
        sll     t6, t6, t5
        csrc    \mode\()ie, t6
        j       5f
3:      ld      t6, HART_RESUME(tp)
        sd      zero, HART_RESUME(tp)
        beqz    t6, 4f
        li      t5, \own
        csrs    \mode\()status, t5
        csrw    \mode\()epc, t6
        j       5f
4:      csrr    t5, \mode\()epc
        lhu     t6, (t5)
        andi    t6, t6, 3
        addi    t6, t6, -3
        addi    t5, t5, 4
        beqz    t6, 6f
        addi    t5, t5, -2
6:      csrw    \mode\()epc, t5
5:      ld      t5, HART_SAVED(tp)
        ld      t6, HART_SAVED + 8(tp)
        \mode\()ret
.endm

# In M-mode they sleep for a millisecond at a time: a machine whose harts are threads has others
# that want to run.
.macro  serve_in_machine_mode
        serve_harts m, MSTATUS_MPP
hart_idle:
        li      t0, CLINT + 0x4000
        csrr    t1, mhartid
        slli    t1, t1, 3
        add     t0, t0, t1
        csrr    t1, time
        li      t2, 10000
        add     t1, t1, t2
        sd      t1, (t0)
        li      t1, 1 << 7
        csrw    mie, t1
        wfi
        csrw    mie, zero
        li      t1, -1
        sd      t1, (t0)
        ret
.endm

.macro  serve_in_supervisor_mode
        serve_harts s, SSTATUS_SPP
hart_idle:
        pause_hint
        ret
.endm

# Waits until the harts of the mask a0 are there; a0 is the mask of those that came.
await_harts:
        csrr    t0, time
        li      t1, 200000000
        add     t0, t0, t1
        mv      a1, a0
1:      pause_hint
        li      a0, 0
        li      t1, 1
        la      t2, hart_areas
2:      and     t3, t1, a1
        beqz    t3, 3f
        ld      t3, HART_ARRIVED(t2)
        beqz    t3, 3f
        or      a0, a0, t1
3:      addi    t2, t2, HART_AREA
        slli    t1, t1, 1
        bleu    t1, a1, 2b
        beq     a0, a1, 4f
        csrr    t1, time
        bltu    t1, t0, 1b
4:      fence
        ret

# Has hart a0 do the job a1.
start_job:
        la      t0, hart_areas
        slli    t1, a0, 7
        add     t0, t0, t1
        sd      zero, HART_TRAPS(t0)
        fence
        sd      a1, HART_JOB(t0)
        ret

await_job:
        la      t0, hart_areas
        slli    t1, a0, 7
        add     t0, t0, t1
        csrr    t2, time
        li      t1, 200000000
        add     t2, t2, t1
1:      pause_hint
        ld      t1, HART_JOB(t0)
        beqz    t1, 2f
        csrr    t1, time
        bltu    t1, t2, 1b
        li      a0, -1
        ret
2:      fence
        ld      a0, HART_RESULT(t0)
        ret

# The job a0 on harts 0 to a1 - 1, of which this is hart 0.
run_everywhere:
        addi    sp, sp, -32
        sd      ra, (sp)
        sd      s0, 8(sp)
        sd      s1, 16(sp)
        sd      s2, 24(sp)
        mv      s1, a0
        mv      s0, a1
        la      t0, barrier_harts
        sd      a1, (t0)
1:      addi    s0, s0, -1
        beqz    s0, 2f
        mv      a0, s0
        mv      a1, s1
        call    start_job
        j       1b
2:      li      a0, 0
        jalr    s1
        mv      s1, a0
        la      t0, barrier_harts
        ld      s0, (t0)
3:      addi    s0, s0, -1
        beqz    s0, 4f
        mv      a0, s0
        call    await_job
        add     s1, s1, a0
        j       3b
4:      mv      a0, s1
        ld      ra, (sp)
        ld      s0, 8(sp)
        ld      s1, 16(sp)
        ld      s2, 24(sp)
        addi    sp, sp, 32
        ret

# In a job that all harts do: waits until all of them are here. It changes t0 to t2.
barrier:
        la      t0, barrier_count
        fence
        li      t1, 1
        amoadd.d t1, t1, (t0)
        la      t2, barrier_harts
        ld      t2, (t2)
        # Whoever comes is of the round that its number says, and waits for the end of it.
        divu    t1, t1, t2
        addi    t1, t1, 1
        mul     t1, t1, t2
1:      pause_hint
        ld      t2, (t0)
        bltu    t2, t1, 1b
        fence
        ret

        .data
        .balign 64
hart_areas:     .space  8 * HART_AREA
barrier_count:  .dword  0
barrier_harts:  .dword  1
        .balign 16
hart_stacks:    .space  8 * 512
        .text
