/**
 * How long a machine takes to be there, and what it costs in memory.
 * "created to ended" is a program that powers off at once: creating the machine, its
 * start, its first instructions and its end. Memory is what the system has given to the
 * process; of the machine's linear memory the pages are counted that have memory behind
 * them, apart for guest RAM and for what the core keeps (Linux only).
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assemble } from '../src/assembler/assembler.ts';
import { assembleProgram } from './programs/index.ts';
import { contenders, type Contender, type Guest } from './support/contender.ts';
import { GuestProcess } from './support/guest-process.ts';
import { interleave } from './support/interleave.ts';
import type { BenchOptions } from './support/options.ts';
import { linearMemory, residentMemory } from './support/process-status.ts';
import type { Report, Result } from './support/report.ts';
import { withScratch } from './support/scratch.ts';
import { PROMPT, shellGuest } from './support/shell-guest.ts';

const MiB = 2 ** 20;
const SMALL = 16;
const MEMORY_SIZES = [SMALL, 512, 3072];
const SHELL_MEMORY_SIZES = [512, 3072];
const MOST_HARTS = 8;
/** Until a program without a console surely waits, in milliseconds. */
const SETTLE = 1000;
/** A program that stays: it only waits for interrupts that never come. */
const WAIT_FOREVER = '1: wfi\n j 1b\n';

export async function startup(options: BenchOptions): Promise<Report> {
  const list = await contenders(options);
  const results: Result[] = [];
  const add = (name: string, contender: Contender, unit: string, samples: number[]): void => {
    results.push({ name, contender: contender.name, unit, samples, isMoreBetter: false });
  };
  await withScratch(async (directory) => {
    const empty = join(directory, 'empty.bin');
    await writeFile(empty, await assembleProgram('fib', 0));
    const waiting = join(directory, 'waiting.bin');
    await writeFile(waiting, assemble(WAIT_FOREVER).bytes);
    const shell = await shellGuest(options, directory);

    for (const memory of MEMORY_SIZES) {
      const guest: Guest = { kernel: empty, memory, isBareMetal: true };
      const measured = await interleave(list, options.runs, (c) =>
        new GuestProcess(c.command(guest)).finished(),
      );
      for (const [contender, runs] of measured) {
        add(
          `process, ${memory} MiB`,
          contender,
          'ms',
          runs.map(({ time }) => time),
        );
      }
      for (const [contender, runs] of measured) {
        const times = runs.flatMap(({ statistics }) =>
          statistics ? [statistics.createTime + statistics.runTime] : [],
        );
        if (times.length > 0) add(`created to ended, ${memory} MiB`, contender, 'ms', times);
      }
    }

    const atRest = (memory: number, harts = 1): Guest => ({
      kernel: waiting,
      memory,
      harts,
      isBareMetal: true,
    });
    const memoryCases: readonly (readonly [string, Guest])[] = [
      ...MEMORY_SIZES.map((memory) => [`at rest, ${memory} MiB`, atRest(memory)] as const),
      ...SHELL_MEMORY_SIZES.map((memory) => [`shell, ${memory} MiB`, { ...shell, memory }] as const),
    ];
    for (const [name, guest] of memoryCases) {
      const measured = await interleave(list, options.runs, (contender) => memoryOf(contender, guest));
      for (const part of PARTS) {
        for (const [contender, runs] of measured) {
          const samples = runs.flatMap((run) => (run[part] === undefined ? [] : [run[part] / MiB]));
          if (samples.length > 0) add(`${name}: ${part}`, contender, 'MiB', samples);
        }
      }
    }
    const ours = list.filter(({ isOurs }) => isOurs);
    const cost = await interleave(ours, options.runs, async (contender) => {
      const one = await memoryOf(contender, atRest(SMALL));
      const most = await memoryOf(contender, atRest(SMALL, MOST_HARTS));
      return (most.core! - one.core!) / (MOST_HARTS - 1) / MiB;
    });
    for (const [contender, samples] of cost) add('each further hart: core', contender, 'MiB', samples);
  });
  return { benchmark: 'startup', notes: [], results };
}

/** Resident memory of the process; of it what the core keeps, guest RAM, all but guest RAM, and Node before there was a machine. */
const PARTS = ['process', 'core', 'guest RAM', 'beyond guest RAM', 'Node alone'] as const;
type Part = (typeof PARTS)[number];

async function memoryOf(contender: Contender, guest: Guest): Promise<Partial<Record<Part, number>>> {
  const process = new GuestProcess(contender.command(guest), [PROMPT]);
  try {
    if (guest.isBareMetal) await sleep(SETTLE);
    else await process.mark(PROMPT);
    if (!contender.isOurs) return { process: await residentMemory(process.pid) };
    const { memoryBefore } = await process.statistics();
    const { core, guest: ram } = await linearMemory(process.pid, guest.memory * MiB);
    const whole = await residentMemory(process.pid);
    return {
      process: whole,
      core,
      'guest RAM': ram,
      'beyond guest RAM': whole - ram,
      'Node alone': memoryBefore,
    };
  } finally {
    await process.kill();
  }
}
