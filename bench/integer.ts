/**
 * Small guest programs without an operating system, each about one thing. A program runs
 * with 0 iterations and with its number of them, in processes of their own; the
 * difference is the work, without starting up and preparing data, with all compiling.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assembleProgram, PROGRAM_MEMORY, PROGRAMS } from './programs/index.ts';
import { contenders, type Contender } from './support/contender.ts';
import { GuestProcess } from './support/guest-process.ts';
import { interleave } from './support/interleave.ts';
import type { BenchOptions } from './support/options.ts';
import type { Report, Result } from './support/report.ts';
import { withScratch } from './support/scratch.ts';

export async function integer(options: BenchOptions): Promise<Report> {
  const names = PROGRAMS.map(({ name }) => name);
  const unknown = options.only?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`expected a program (${names.join(', ')}), found ${unknown}`);
  const programs = PROGRAMS.filter(({ name }) => options.only?.includes(name) ?? true);
  const list = await contenders(options);
  const results: Result[] = [];
  const notes: string[] = [];
  await withScratch(async (directory) => {
    for (const { name, iterations } of programs) {
      process.stderr.write(`${name}\n`);
      const empty = join(directory, `${name}-0.bin`);
      const full = join(directory, `${name}.bin`);
      await writeFile(empty, await assembleProgram(name, 0));
      await writeFile(full, await assembleProgram(name, iterations));
      const measured = await interleave(list, options.runs, async (contender) => {
        const before = await run(contender, empty);
        const after = await run(contender, full);
        return { time: after.time - before.time, instructions: after.instructions - before.instructions };
      });
      // The programs are deterministic: every contender executes what ours counts.
      const { instructions } = measured.get(list[0])![0];
      notes.push(`${name}: ${iterations} iterations, ${(instructions / 1e6).toFixed(0)} M instructions`);
      for (const [contender, runs] of measured) {
        results.push({
          name,
          contender: contender.name,
          unit: 'MIPS',
          samples: runs.map(({ time }) => instructions / time / 1e3),
          isMoreBetter: true,
        });
      }
    }
  });
  return { benchmark: 'integer', notes, results };
}

/** Instructions are 0 for peers, which do not say. */
async function run(contender: Contender, kernel: string): Promise<{ time: number; instructions: number }> {
  const guest = { kernel, memory: PROGRAM_MEMORY, isBareMetal: true };
  const { time, statistics } = await new GuestProcess(contender.command(guest)).finished();
  return { time, instructions: statistics?.instructions ?? 0 };
}
