/** Many machines in one process, each with a share of the thread and an end: node main.js [NUMBER]. */
import { assemble, createMachine } from 'hartware';

const number = Number(process.argv[2] ?? 20);
if (!Number.isInteger(number) || number < 1) {
  console.error(`expected a number of machines, found ${process.argv[2]}`);
  process.exit(2);
}

const { bytes } = assemble('1: addi a0, a0, 1\n j 1b');
const machines = [];
const before = process.memoryUsage().rss;
for (let i = 0; i < number; i++) {
  const machine = await createMachine(
    { hartware: 1, memory: '64M', boot: { kernel: 'program' } },
    {
      files: { program: bytes },
      // Together they take half of this thread, and none computes for longer than a moment.
      limits: { cpuShare: 0.5 / number, instructions: 1_000_000 },
    },
  );
  machines.push(machine);
}
const stops = await Promise.all(machines.map((machine) => machine.run()));
const each = (process.memoryUsage().rss - before) / number / 2 ** 20;

console.log(`${stops.filter(({ reason }) => reason === 'limit').length} machines ran to their limit`);
console.log(`${each.toFixed(1)} MiB each`);
await Promise.all(machines.map((machine) => machine.dispose()));
