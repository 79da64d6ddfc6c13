# An interpreter of a register machine: indirect jumps through a table, a byte at a time.
# Its instructions have four bytes: operation, destination, two sources.
.equ REGISTERS, HEAP
.equ ROUNDS, 5000
# x ^= x << 13, x ^= x >> 7, x ^= x << 17 from x = 1, ROUNDS times; the sum of all x.
.equ EXPECTED, 0xb3a8d9875ee42bd3

.equ SET, 0                     # destination = second source, as a number
.equ ADD, 1
.equ XOR, 2
.equ SHIFT_LEFT, 3              # by the second source, as a number
.equ SHIFT_RIGHT, 4
.equ DECREMENT, 5
.equ LOOP, 6                    # back by as many instructions as the source says while the register is not 0
.equ HALT, 7

.data
.balign 8
operations:
        .dword set, add, xor, shift_left, shift_right, decrement, loop, halt
bytecode:
        .byte SET, 0, 0, 1              # x
        .byte SET, 1, 0, 0              # sum
        .byte SHIFT_LEFT, 3, 0, 13
        .byte XOR, 0, 0, 3
        .byte SHIFT_RIGHT, 3, 0, 7
        .byte XOR, 0, 0, 3
        .byte SHIFT_LEFT, 3, 0, 17
        .byte XOR, 0, 0, 3
        .byte ADD, 1, 1, 0
        .byte DECREMENT, 2, 2, 0
        .byte LOOP, 0, 2, 8
        .byte HALT, 0, 1, 0

.text
prepare:
        ret

iteration:
        la      s0, bytecode
        la      s1, operations
        li      s2, REGISTERS
        li      t0, ROUNDS
        sd      t0, 16(s2)
dispatch:
        lbu     t0, 0(s0)       # operation
        lbu     t1, 1(s0)       # destination
        lbu     t2, 2(s0)       # first source
        lbu     t3, 3(s0)       # second source
        addi    s0, s0, 4
        slli    t0, t0, 3
        add     t0, t0, s1
        ld      t0, 0(t0)
        slli    t1, t1, 3
        add     t1, t1, s2
        slli    t2, t2, 3
        add     t2, t2, s2
        jr      t0
set:
        sd      t3, 0(t1)
        j       dispatch
add:
        slli    t3, t3, 3
        add     t3, t3, s2
        ld      t4, 0(t2)
        ld      t5, 0(t3)
        add     t4, t4, t5
        sd      t4, 0(t1)
        j       dispatch
xor:
        slli    t3, t3, 3
        add     t3, t3, s2
        ld      t4, 0(t2)
        ld      t5, 0(t3)
        xor     t4, t4, t5
        sd      t4, 0(t1)
        j       dispatch
shift_left:
        ld      t4, 0(t2)
        sll     t4, t4, t3
        sd      t4, 0(t1)
        j       dispatch
shift_right:
        ld      t4, 0(t2)
        srl     t4, t4, t3
        sd      t4, 0(t1)
        j       dispatch
decrement:
        ld      t4, 0(t2)
        addi    t4, t4, -1
        sd      t4, 0(t1)
        j       dispatch
loop:
        ld      t4, 0(t2)
        beqz    t4, dispatch
        addi    t3, t3, 1
        slli    t3, t3, 2
        sub     s0, s0, t3
        j       dispatch
halt:
        ld      a0, 0(t2)
        ret
