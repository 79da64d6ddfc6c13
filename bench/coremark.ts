/**
 * CoreMark, which is not part of this project: an ELF of the user's (`--coremark`), on
 * ours and on QEMU, beside other emulators (`--peer`) with builds of their own. They
 * should all have the same number of iterations. The score is the guest's own,
 * "Iterations/Sec", so that start-up does not count.
 */
import { contenders } from './support/contender.ts';
import { GuestProcess, type GuestCommand } from './support/guest-process.ts';
import { interleave } from './support/interleave.ts';
import type { BenchOptions } from './support/options.ts';
import type { Report } from './support/report.ts';

const MEMORY = 64;

interface Entrant {
  readonly name: string;
  readonly command: GuestCommand;
}

export async function coremark(options: BenchOptions): Promise<Report> {
  const { coremark: kernel, peers } = options;
  if (kernel === undefined) throw new Error('expected --coremark with a bare-metal ELF, found none');
  const entrants: Entrant[] = [
    ...(await contenders(options)).map((contender) => ({
      name: contender.name,
      command: contender.command({ kernel, memory: MEMORY, isBareMetal: true }),
    })),
    ...peers.map((peer, index) => ({
      name: peers.length === 1 ? 'peer' : `peer ${index + 1}`,
      command: { command: 'sh', args: ['-c', peer] },
    })),
  ];
  const iterations = new Set<string>();
  const measured = await interleave(entrants, options.runs, async ({ name, command }) => {
    const { output } = await new GuestProcess(command).finished();
    const score = /^Iterations\/Sec\s*:\s*([\d.]+)/m.exec(output);
    if (!score) throw new Error(`expected "Iterations/Sec" in the output of ${name}, found:\n${output}`);
    iterations.add(/^Iterations\s*:\s*(\d+)/m.exec(output)?.[1] ?? 'unknown');
    return Number(score[1]);
  });
  return {
    benchmark: 'coremark',
    notes: [
      `iterations: ${[...iterations].join(', ')}`,
      ...peers.map((peer, index) => `peer ${index + 1}: ${peer}`),
    ],
    results: [...measured].map(([{ name: contender }, samples]) => ({
      name: 'coremark',
      contender,
      unit: 'iterations/s',
      samples,
      isMoreBetter: true,
    })),
  };
}
