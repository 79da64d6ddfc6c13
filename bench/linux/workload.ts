/** What is run in the guest: programs of ours (`bench/workloads/`), and those that others add. */

/** Something that one command line does, in a directory of the guest. */
export interface Workload {
  readonly name: string;
  /** Workloads of a group have a geometric mean. */
  readonly group: string;
  /** For the guest's shell. */
  readonly command: string;
  /** Run before it, untimed. */
  readonly setup: readonly string[];
  /** Where it runs; a path in the guest. */
  readonly directory: string;
  /** A directory of the guest that is the command's root. Default the guest's own. */
  readonly root?: string;
}

/** Order and titles of the groups in reports; others follow under their own names. */
export const GROUPS: Readonly<Record<string, string>> = {
  integer: 'integer code',
  calls: 'call-heavy code and interpreters',
  fp: 'double-precision floating point',
  memory: 'memory-bound',
  system: 'system-heavy',
  programs: 'real programs',
};

/** A program of ours; its source is `bench/workloads/<name>.c`. */
export interface OwnProgram {
  readonly name: string;
  readonly group: string;
  /** Iterations that take QEMU some 2.5 seconds on a computer of 2024. */
  readonly iterations: number;
}

export const OWN_PROGRAMS: readonly OwnProgram[] = [
  { name: 'sieve', group: 'integer', iterations: 1700 },
  { name: 'qsort', group: 'integer', iterations: 70 },
  { name: 'sha256', group: 'integer', iterations: 2500 },
  { name: 'hash', group: 'integer', iterations: 1000 },
  { name: 'strings', group: 'integer', iterations: 500 },
  { name: 'fib', group: 'calls', iterations: 250 },
  { name: 'bytecode', group: 'calls', iterations: 450 },
  { name: 'nbody', group: 'fp', iterations: 1200 },
  { name: 'matmul', group: 'fp', iterations: 200 },
  { name: 'fft', group: 'fp', iterations: 2200 },
  { name: 'chase', group: 'memory', iterations: 25 },
  { name: 'memcpy', group: 'memory', iterations: 1000 },
  { name: 'getppid', group: 'system', iterations: 2600 },
  { name: 'forkexec', group: 'system', iterations: 320 },
  { name: 'pipe', group: 'system', iterations: 150 },
  { name: 'pipeline', group: 'system', iterations: 90 },
];

/** Of the timed iterations, how many go before them. */
const WARM_UP_SHARE = 0.25;

/** Where the programs of ours lie in the guest. */
export const OWN_DIRECTORY = '/bench/workloads';

/** @param scale multiplies the iterations. */
export function ownWorkload({ name, group, iterations }: OwnProgram, scale: number): Workload {
  const timed = Math.max(1, Math.round(iterations * scale));
  const warmUp = Math.ceil(timed * WARM_UP_SHARE);
  return {
    name,
    group,
    command: `./${name} ${warmUp} ${timed}`,
    setup: [],
    directory: OWN_DIRECTORY,
  };
}
