/** The guest programs check their own results: here once each, on our machine. */
import { expect, test } from 'vitest';
import { assembleProgram, PROGRAM_MEMORY, PROGRAMS } from '../../../bench/programs/index.ts';
import { createMachine } from '../../../src/bindings/node/index.ts';
import { JIT } from '../../support/jit-mode.ts';

async function run(program: Uint8Array) {
  await using machine = await createMachine(
    { hartware: 1, memory: `${PROGRAM_MEMORY}M`, boot: { kernel: 'program' } },
    { files: { program }, jit: JIT },
  );
  await machine.start();
  return { exit: await machine.ended, instructions: machine.instructionCount };
}

test.each(PROGRAMS.map(({ name }) => name))('%s gives its result, again and again', async (name) => {
  const none = await run(await assembleProgram(name, 0));
  const once = await run(await assembleProgram(name, 1));
  const twice = await run(await assembleProgram(name, 2));
  expect([none.exit, once.exit, twice.exit]).toEqual(Array(3).fill({ reason: 'power-off', code: 0 }));
  expect(twice.instructions - once.instructions).toBeGreaterThan(1000n);
  // Each iteration does the same; the first differs by the code around it at most.
  expect(Number(twice.instructions - once.instructions)).toBeCloseTo(
    Number(once.instructions - none.instructions),
    -2,
  );
});

test('a wrong result is a failure', async () => {
  const program = await assembleProgram('fib', 1);
  // li a0, 24 becomes li a0, 23: another Fibonacci number than expected.
  const at = program.findIndex((_, i) => program[i] === 0x61 && program[i + 1] === 0x45);
  expect(at).toBeGreaterThan(0);
  program[at] = 0x5d;
  expect((await run(program)).exit).toEqual({ reason: 'failure', code: 1 });
});
