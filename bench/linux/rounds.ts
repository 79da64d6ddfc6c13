/** Workloads in rounds: each boots all contenders and runs one workload after the other, in turn on every one. */
import { compare, type ComparedWork, type Comparison } from '../support/comparison.ts';
import type { Result } from '../support/report.ts';
import { Session, type Execution, type LinuxContender } from './session.ts';
import { GROUPS, type Workload } from './workload.ts';

/** With whom the others are compared: the first of these that is there. */
const REFERENCES = ['qemu', 'baseline', 'v86'];

/** Both times of one workload, with the instructions of the whole. */
type Sample = Execution & { readonly steady: number };
type Samples = Map<string, Map<Workload, Sample[]>>;

export interface RoundsReport {
  readonly results: readonly Result[];
  readonly comparisons: readonly Comparison[];
  readonly failures: readonly string[];
}

export async function runRounds(
  list: readonly LinuxContender[],
  workloads: readonly Workload[],
  runs: number,
): Promise<RoundsReport> {
  const samples: Samples = new Map(list.map(({ name }) => [name, new Map()]));
  const failures = new Map<Workload, string>();
  for (let round = 0; round < runs; round++) {
    process.stderr.write(`round ${round + 1}\n`);
    await runRound(list, workloads, round, samples, failures);
  }
  return {
    results: resultsOf(samples, failures),
    comparisons: comparisonsOf(
      samples,
      workloads.filter((workload) => !failures.has(workload)),
    ),
    failures: [...failures.values()],
  };
}

/** A workload that fails, on whomever, is not run again: the others are still worth something. */
async function runRound(
  list: readonly LinuxContender[],
  workloads: readonly Workload[],
  round: number,
  samples: Samples,
  failures: Map<Workload, string>,
): Promise<void> {
  const sessions = new Map<LinuxContender, Session>();
  try {
    for (const contender of list) sessions.set(contender, await Session.boot(contender));
    for (const [index, workload] of workloads.entries()) {
      const digests = new Map<string, string>();
      for (let i = 0; i < list.length && !failures.has(workload); i++) {
        // Nobody is always first.
        const contender = list[(i + round + index) % list.length];
        if (contender.has?.(workload) === false) continue;
        try {
          const sample = await measure(contender.name, sessions.get(contender)!, workload);
          const ofContender = samples.get(contender.name)!;
          ofContender.set(workload, [...(ofContender.get(workload) ?? []), sample]);
          if (sample.digest !== undefined && !contender.isOtherProcessor)
            digests.set(contender.name, sample.digest);
        } catch (error) {
          fail(failures, workload, `${workload.name} on ${contender.name}: ${(error as Error).message}`);
          await sessions.get(contender)!.close();
          sessions.set(contender, await Session.boot(contender));
        }
      }
      if (new Set(digests.values()).size > 1) {
        const found = [...digests].map(([name, digest]) => `${name} ${digest}`).join(', ');
        fail(failures, workload, `expected the same result of ${workload.name} from all, found ${found}`);
      }
    }
  } finally {
    for (const session of sessions.values()) await session.close();
  }
}

function fail(failures: Map<Workload, string>, workload: Workload, message: string): void {
  process.stderr.write(`${message}\n`);
  failures.set(workload, message);
}

async function measure(contender: string, session: Session, { name }: Workload): Promise<Sample> {
  const execution = await session.run(name);
  const steady = execution.steady ?? (await session.run(name)).whole;
  const times = `${execution.whole.toFixed(0)} ms, steady ${steady.toFixed(0)} ms`;
  process.stderr.write(`  ${name} ${contender}: ${times}\n`);
  return { ...execution, steady };
}

function resultsOf(samples: Samples, failures: ReadonlyMap<Workload, string>): Result[] {
  const results: Result[] = [];
  for (const [contender, ofContender] of samples) {
    for (const [workload, executions] of ofContender) {
      if (failures.has(workload)) continue;
      const { name } = workload;
      const add = (what: string, unit: string, value: (sample: Sample) => number | undefined): void => {
        const values = executions.map(value).filter((sample) => sample !== undefined);
        if (values.length === 0) return;
        const isMoreBetter = unit === 'MIPS';
        results.push({ name: `${name}, ${what}`, contender, unit, samples: values, isMoreBetter });
      };
      add('whole', 'ms', ({ whole }) => whole);
      add('steady', 'ms', ({ steady }) => steady);
      add('instructions', 'M', ({ instructions }) => instructions && instructions / 1e6);
      add('speed', 'MIPS', ({ instructions, whole }) => instructions && instructions / whole / 1e3);
    }
  }
  return results;
}

function comparisonsOf(samples: Samples, workloads: readonly Workload[]): Comparison[] {
  const reference = REFERENCES.find((name) => samples.has(name));
  const order = Object.keys(GROUPS);
  const rank = ({ group }: Workload): number => (order.includes(group) ? order.indexOf(group) : order.length);
  const sorted = [...workloads].sort((a, b) => rank(a) - rank(b));
  const worksBy = (figure: 'steady' | 'whole'): ComparedWork[] =>
    sorted.map((workload) => ({
      group: workload.group,
      name: workload.name,
      samples: new Map(
        [...samples].flatMap(([contender, ofContender]) => {
          const times = ofContender.get(workload)?.map((sample) => sample[figure]);
          return times ? [[contender, times] as const] : [];
        }),
      ),
    }));
  return [
    compare('steady time', worksBy('steady'), reference),
    compare('whole time, with warm-up and compiling', worksBy('whole'), reference),
  ];
}
