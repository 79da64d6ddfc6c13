/** A machine in a worker thread: it computes, and this thread stays free. */
import { createProgram } from 'hartware';

const program = await createProgram(
  `
        li    a0, 0
        li    s0, 100000000
1:      add   a0, a0, s0
        addi  s0, s0, -1
        bnez  s0, 1b
        ebreak
`,
  { worker: true },
);

let ticks = 0;
const timer = setInterval(() => ticks++, 1);
const { registers, instructions } = await program.run();
clearInterval(timer);
await program.dispose();

console.log(`sum: ${registers[0].x[10]}, after ${instructions} instructions`);
console.log(ticks > 0 ? 'this thread went on meanwhile' : 'this thread was held up');
