/** `hartware bench`: programs without an operating system, run several times and measured. */
import { cpus } from 'node:os';
import type { MachineStop, ProgramOptions, ProgramResult } from '../../../../index.ts';
import { EXCEPTION_NAMES } from '../../../../generated/csr.ts';
import { createProgram } from '../../index.ts';
import type { BenchArguments } from '../arguments.ts';
import { write } from '../files.ts';
import { writeAll } from '../output.ts';
import { findPrograms, type BenchProgram } from './programs.ts';
import { readResults, RESULTS_VERSION, type BenchResults, type ProgramResults } from './results.ts';
import { median } from './samples.ts';
import { formatResults } from './table.ts';

/** Returns the exit code: 1 when a program failed. */
export async function bench(args: BenchArguments, version: string): Promise<number> {
  const before = args.compare === undefined ? undefined : await readResults(args.compare);
  const programs = await findPrograms(args.programs, args.only);
  const runs = new Map(programs.map((program) => [program, [] as ProgramResult[]]));
  // Round by round, so that a change of the computer's pace meets all of them.
  for (let round = 0; round < args.runs; round++) {
    for (const [program, results] of runs) {
      const isHopeless = results.some((result) => outcomeOf(result) !== 'passed');
      if (!isHopeless) results.push((await runOnce(program, args)).result);
    }
  }
  const measured: ProgramResults[] = [];
  for (const [program, results] of runs) measured.push(await summary(program, results, args));
  const all: BenchResults = {
    hartwareBench: RESULTS_VERSION,
    versions: { hartware: version, node: process.versions.node },
    processor: cpus()[0]?.model ?? 'unknown',
    programs: measured,
  };
  const json = `${JSON.stringify(all, undefined, 2)}\n`;
  if (args.save !== undefined) await write(args.save, json);
  await writeAll(process.stdout, args.json ? json : formatResults(all, before));
  return measured.every(({ outcome }) => outcome === 'passed') ? 0 : 1;
}

async function runOnce(
  { name, source }: BenchProgram,
  { memory, harts, jit, limit }: BenchArguments,
  more: ProgramOptions = {},
) {
  const program = await createProgram(source, {
    ...(memory !== undefined && { memory }),
    ...(harts !== undefined && { harts }),
    ...(jit && { jit: { mode: jit } }),
    limits: { instructions: limit },
    ...more,
  }).catch((error: unknown) => {
    if (error instanceof Error) error.message = `${name}: ${error.message}`;
    throw error;
  });
  try {
    const result = await program.run();
    return { result, counts: more.countInstructions ? await program.machine.instructionCounts() : [] };
  } finally {
    await program.dispose();
  }
}

async function summary(
  program: BenchProgram,
  results: readonly ProgramResult[],
  args: BenchArguments,
): Promise<ProgramResults> {
  const [{ instructions }] = results;
  const times = results.map(({ time }) => time);
  const outcome = results.map(outcomeOf).find((each) => each !== 'passed') ?? 'passed';
  return {
    name: program.name,
    outcome,
    instructions,
    times,
    mips: instructions / median(times) / 1000,
    ...(args.mix && outcome === 'passed' && { mix: await mixOf(program, args) }),
  };
}

async function mixOf(program: BenchProgram, args: BenchArguments): Promise<ProgramResults['mix']> {
  const { counts } = await runOnce(program, args, { countInstructions: true });
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const mix: Record<string, number> = {};
  for (const { kind, count, compressed } of counts) {
    mix[kind] = (mix[kind] ?? 0) + count / total;
    mix.compressed = (mix.compressed ?? 0) + compressed / total;
  }
  return mix;
}

function outcomeOf({ stop, code, output }: ProgramResult): string {
  const end = output.trim().split('\n').at(-1) ?? '';
  const said = end === '' ? '' : `; its last line: ${end}`;
  if (code === 0 || stop.reason === 'ebreak') return 'passed';
  if (code !== undefined) return `failed with code ${code}${said}`;
  return `${describe(stop)}${said}`;
}

function describe(stop: MachineStop): string {
  if (stop.reason === 'limit') return 'did not end within the limit of instructions (--limit)';
  if (stop.reason !== 'trap') return `stopped: ${stop.reason}`;
  const cause = EXCEPTION_NAMES.get(stop.cause) ?? `cause ${stop.cause}`;
  return `crashed: ${cause} at 0x${stop.pc.toString(16)}, mtval 0x${stop.value.toString(16)}`;
}
