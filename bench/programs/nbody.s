# Five bodies that attract one another, in double precision with fused multiply-add:
# square roots, divisions, and chains of dependent operations. A body is seven doubles:
# x, y, z, vx, vy, vz and its mass.
.equ BODIES, 5
.equ BODY, 56
.equ STEPS, 20
.equ STATE, HEAP
.equ EXPECTED, 0x40143cc2d79a53df # x of the second body at the end

.data
.balign 8
start_state:                    # doubles, by their bits
        .dword 0x0000000000000000, 0x0000000000000000, 0x0000000000000000
        .dword 0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x4044000000000000
        .dword 0x4014000000000000, 0x3ff0000000000000, 0xbfd0000000000000
        .dword 0x3fe0000000000000, 0x4006000000000000, 0xbfb0000000000000, 0x3fa3333333333333
        .dword 0x4020800000000000, 0x4010000000000000, 0xbfe0000000000000
        .dword 0xbff0000000000000, 0x3ffc000000000000, 0x3f80000000000000, 0x3f870a3d70a3d70a
        .dword 0x4029800000000000, 0xc02e000000000000, 0xbfd0000000000000
        .dword 0x3ff0000000000000, 0x3fec000000000000, 0xbf86666666666666, 0x3f5c28f5c28f5c29
        .dword 0x402e800000000000, 0xc03a000000000000, 0x3fc8000000000000
        .dword 0x3ff0000000000000, 0x3fe3000000000000, 0xbfa199999999999a, 0x3f60a3d70a3d70a4
time_step:
        .dword 0x3f80000000000000

.text
prepare:
        ret

iteration:
        la      t0, start_state
        li      t1, STATE
        addi    t2, t0, BODIES * BODY
1:      ld      t3, 0(t0)
        sd      t3, 0(t1)
        addi    t0, t0, 8
        addi    t1, t1, 8
        bltu    t0, t2, 1b
        la      t0, time_step
        fld     fs0, 0(t0)
        li      s0, STATE
        addi    s1, s0, BODIES * BODY
        li      s2, STEPS
step:
        mv      t0, s0          # one body
first:
        addi    t1, t0, BODY    # each of those after it
        bgeu    t1, s1, move
        fld     fa0, 0(t0)
        fld     fa1, 8(t0)
        fld     fa2, 16(t0)
        fld     fa3, 24(t0)
        fld     fa4, 32(t0)
        fld     fa5, 40(t0)
        fld     fa6, 48(t0)
second:
        fld     ft0, 0(t1)
        fld     ft1, 8(t1)
        fld     ft2, 16(t1)
        fsub.d  ft0, fa0, ft0
        fsub.d  ft1, fa1, ft1
        fsub.d  ft2, fa2, ft2
        fmul.d  ft3, ft0, ft0
        fmadd.d ft3, ft1, ft1, ft3
        fmadd.d ft3, ft2, ft2, ft3
        fsqrt.d ft4, ft3
        fmul.d  ft3, ft3, ft4
        fdiv.d  ft3, fs0, ft3   # time step / distance cubed
        fld     ft4, 48(t1)
        fmul.d  ft4, ft4, ft3
        fmul.d  ft5, fa6, ft3
        fnmsub.d fa3, ft0, ft4, fa3
        fnmsub.d fa4, ft1, ft4, fa4
        fnmsub.d fa5, ft2, ft4, fa5
        fld     ft6, 24(t1)
        fld     ft7, 32(t1)
        fld     ft8, 40(t1)
        fmadd.d ft6, ft0, ft5, ft6
        fmadd.d ft7, ft1, ft5, ft7
        fmadd.d ft8, ft2, ft5, ft8
        fsd     ft6, 24(t1)
        fsd     ft7, 32(t1)
        fsd     ft8, 40(t1)
        addi    t1, t1, BODY
        bltu    t1, s1, second
        fsd     fa3, 24(t0)
        fsd     fa4, 32(t0)
        fsd     fa5, 40(t0)
        addi    t0, t0, BODY
        j       first
move:
        mv      t0, s0
1:      fld     fa0, 0(t0)
        fld     fa1, 8(t0)
        fld     fa2, 16(t0)
        fld     fa3, 24(t0)
        fld     fa4, 32(t0)
        fld     fa5, 40(t0)
        fmadd.d fa0, fa3, fs0, fa0
        fmadd.d fa1, fa4, fs0, fa1
        fmadd.d fa2, fa5, fs0, fa2
        fsd     fa0, 0(t0)
        fsd     fa1, 8(t0)
        fsd     fa2, 16(t0)
        addi    t0, t0, BODY
        bltu    t0, s1, 1b
        addi    s2, s2, -1
        bnez    s2, step
        ld      a0, BODY(s0)
        ret
