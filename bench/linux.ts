/**
 * Programs as processes of Linux: Debian's kernel, the same initramfs and RAM for all
 * contenders. A round boots each of them and runs one workload after the other, in turn
 * on every contender; the others wait for input meanwhile. Two times are taken, from
 * marks on the console: the whole command, warm-up and compiling included, and its
 * steady part, which it marks itself. Of a command without such marks the steady time
 * is that of a second run.
 */
import { chromiumContender } from './linux/chromium.ts';
import { processContender } from './linux/process-guest.ts';
import { linuxGuestFiles } from './linux/guest-files.ts';
import { runRounds } from './linux/rounds.ts';
import type { LinuxContender } from './linux/session.ts';
import { v86Contender } from './linux/v86.ts';
import { GROUPS } from './linux/workload.ts';
import { contenders } from './support/contender.ts';
import type { BenchOptions } from './support/options.ts';
import type { Report } from './support/report.ts';
import { withScratch } from './support/scratch.ts';

export async function linux(options: BenchOptions): Promise<Report> {
  return withScratch(async (directory) => {
    const { guest, workloads } = await linuxGuestFiles(options, directory);
    const list: LinuxContender[] = (await contenders(options)).map((contender) =>
      processContender(contender, guest),
    );
    if (options.chromium !== undefined) {
      list.splice(1, 0, await chromiumContender(options.chromium, options.build, guest));
    }
    if (options.v86 !== undefined) {
      list.push(await v86Contender(options.v86, workloads, options.memory, directory));
    }
    return {
      benchmark: 'linux',
      notes: [
        `${guest.memory} MiB of RAM, one hart, ${guest.append}`,
        `scale of iterations ${options.scale}`,
        ...options.programs.map((folder) => `programs of ${folder}`),
      ],
      ...(await runRounds(list, workloads, options.runs)),
      groupTitles: GROUPS,
    };
  });
}
