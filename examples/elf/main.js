/** Runs an ELF program and looks at its memory, as a test does: node main.js PROGRAM.elf [SYMBOL]. */
import { readFile } from 'node:fs/promises';
import { createProgram } from 'hartware';

const [file, name = 'result'] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node main.js PROGRAM.elf [SYMBOL]');
  process.exit(2);
}

const program = await createProgram(new Uint8Array(await readFile(file)), {
  limits: { instructions: 1e9 },
});
const { stop, code, output, instructions } = await program.run();
process.stdout.write(output);
console.log(`${stop.reason} after ${instructions} instructions, exit code ${code ?? 'none'}`);

const symbol = await program.machine.symbols.find(name);
if (symbol) {
  const bytes = await program.machine.memory.read(symbol.address, 8);
  console.log(`${name} = ${new DataView(bytes.buffer).getBigUint64(0, true)}`);
}
await program.dispose();
