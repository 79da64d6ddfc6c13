/** The smallest use in Node: a machine, a program in its memory, and what it prints. */
import { assemble, createMachine } from 'hartware';

const { bytes } = assemble(`
        la    a0, text
        li    t0, 0x10000000      # the serial port
1:      lbu   t1, (a0)
        beqz  t1, 2f
        sb    t1, (t0)
        addi  a0, a0, 1
        j     1b
2:      li    t0, 0x100000        # the test finisher: power off
        li    t1, 0x5555
        sw    t1, (t0)
        j     .
text:   .asciz "Hello from RISC-V\\n"
`);

const machine = await createMachine(
  { hartware: 1, memory: '16M', boot: { kernel: 'program' } },
  { files: { program: bytes } },
);
await machine.start();
for await (const output of machine.serial.output) process.stdout.write(output);

const { reason } = await machine.ended;
console.log(`ended: ${reason}`);
