/** What a `hartware bench` has measured, as it is kept in files. */
import type { InstructionKind } from '../../../../index.ts';
import { FileError } from '../../file-error.ts';
import { readText } from '../files.ts';

/** Of the form; a file of another one is refused. */
export const RESULTS_VERSION = 1;

export interface BenchResults {
  readonly hartwareBench: typeof RESULTS_VERSION;
  /** Of the package and of Node. */
  readonly versions: { readonly hartware: string; readonly node: string };
  readonly processor: string;
  readonly programs: readonly ProgramResults[];
}

export interface ProgramResults {
  readonly name: string;
  /** `passed`, or why not. */
  readonly outcome: string;
  readonly instructions: number;
  /** Milliseconds of each run in the core, all compiling included. */
  readonly times: readonly number[];
  /** Millions of instructions a second, of the median time. */
  readonly mips: number;
  /** Share of the instructions, 0 to 1, by kind, and of 16-bit ones; with --mix. */
  readonly mix?: Readonly<Partial<Record<InstructionKind | 'compressed', number>>>;
}

/** @throws FileError when the file is not what `--save` writes. */
export async function readResults(path: string): Promise<BenchResults> {
  const text = await readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FileError(`${path}: expected the JSON that "hartware bench --save" writes, found other text`);
  }
  if (!isResults(value))
    throw new FileError(`${path}: expected what "hartware bench --save" writes, version ${RESULTS_VERSION}`);
  return value;
}

function isResults(value: unknown): value is BenchResults {
  const { hartwareBench, programs } = (value ?? {}) as Partial<BenchResults>;
  return (
    hartwareBench === RESULTS_VERSION &&
    Array.isArray(programs) &&
    programs.every(
      ({ name, times, instructions }: Partial<ProgramResults>) =>
        typeof name === 'string' &&
        typeof instructions === 'number' &&
        Array.isArray(times) &&
        times.length > 0 &&
        times.every((time) => typeof time === 'number' && time > 0),
    )
  );
}
