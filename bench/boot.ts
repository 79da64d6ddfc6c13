/**
 * From the start of the process to the prompt of a shell: Debian's kernel and initrd,
 * one hart, the same files and the same RAM for all. Times are the host's, taken when
 * the console shows a mark.
 */
import { GuestProcess } from './support/guest-process.ts';
import { contenders } from './support/contender.ts';
import { interleave } from './support/interleave.ts';
import type { BenchOptions } from './support/options.ts';
import type { Report, Result } from './support/report.ts';
import { withScratch } from './support/scratch.ts';
import { BOOT_MARKS, INIT_STARTED, CONSOLE_FOUND, PROMPT, shellGuest } from './support/shell-guest.ts';

export async function boot(options: BenchOptions): Promise<Report> {
  return withScratch(async (directory) => {
    const guest = await shellGuest(options, directory);
    const measured = await interleave(await contenders(options), options.runs, async (contender) => {
      const process = new GuestProcess(contender.command(guest), BOOT_MARKS);
      try {
        const prompt = await process.mark(PROMPT);
        return {
          console: await process.mark(CONSOLE_FOUND),
          init: await process.mark(INIT_STARTED),
          prompt,
          statistics: contender.isOurs ? await process.statistics() : undefined,
        };
      } finally {
        await process.kill();
      }
    });
    const results: Result[] = [];
    const add = (name: string, unit: string, value: (run: Run) => number | undefined): void => {
      for (const [{ name: contender }, runs] of measured) {
        const samples = runs.map(value).filter((sample) => sample !== undefined);
        if (samples.length > 0)
          results.push({ name, contender, unit, samples, isMoreBetter: unit === 'MIPS' });
      }
    };
    add('start to console', 'ms', (run) => run.console);
    add('console to init', 'ms', (run) => run.init - run.console);
    add('init to prompt', 'ms', (run) => run.prompt - run.init);
    add('start to prompt', 'ms', (run) => run.prompt);
    add('instructions', 'M', (run) => run.statistics && run.statistics.instructions / 1e6);
    add(
      'speed',
      'MIPS',
      (run) => run.statistics && run.statistics.instructions / run.statistics.runTime / 1e3,
    );
    return { benchmark: 'boot', notes: [`${guest.memory} MiB of RAM, one hart, ${guest.append}`], results };
  });
}

interface Run {
  readonly console: number;
  readonly init: number;
  readonly prompt: number;
  readonly statistics?: { readonly instructions: number; readonly runTime: number };
}
