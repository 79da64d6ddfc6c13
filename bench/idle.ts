/** What a machine costs that does nothing: CPU time of its process while the shell waits for input. */
import { setTimeout as sleep } from 'node:timers/promises';
import { contenders } from './support/contender.ts';
import { GuestProcess } from './support/guest-process.ts';
import { interleave } from './support/interleave.ts';
import type { BenchOptions } from './support/options.ts';
import { cpuTime } from './support/process-status.ts';
import type { Report } from './support/report.ts';
import { withScratch } from './support/scratch.ts';
import { PROMPT, shellGuest } from './support/shell-guest.ts';

/** Until what follows a boot is over (delayed work of the kernel, of the JIT compiler). */
const SETTLE = 10_000;
const PERIOD = 5_000;

export async function idle(options: BenchOptions): Promise<Report> {
  return withScratch(async (directory) => {
    const guest = await shellGuest(options, directory);
    const measured = await interleave(await contenders(options), options.runs, async (contender) => {
      const process = new GuestProcess(contender.command(guest), [PROMPT]);
      try {
        await process.mark(PROMPT);
        await sleep(SETTLE);
        const before = await cpuTime(process.pid);
        const start = performance.now();
        await sleep(PERIOD);
        return ((await cpuTime(process.pid)) - before) / (performance.now() - start);
      } finally {
        await process.kill();
      }
    });
    return {
      benchmark: 'idle',
      notes: [`over ${PERIOD / 1000} s, from ${SETTLE / 1000} s after the prompt`],
      results: [...measured].map(([{ name }, shares]) => ({
        name: 'CPU time',
        contender: name,
        unit: 'ms/s',
        samples: shares.map((share) => share * 1000),
        isMoreBetter: false,
      })),
    };
  });
}
