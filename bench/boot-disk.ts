/**
 * From the start of the process to a login prompt: Debian with systemd on a disk, whose kernel and
 * initrd the host loads, one hart, the same files and the same RAM for all. Each boot is the first
 * one of a new copy of the disk.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { obtainDebianDisk } from '../tools/debian-disk/disk.ts';
import { copyBootFiles, copyDisk } from '../tools/debian-disk/inspect.ts';
import { ROOT_LABEL } from '../tools/debian-disk/system.ts';
import { contenders, type Guest } from './support/contender.ts';
import { GuestProcess } from './support/guest-process.ts';
import { interleave } from './support/interleave.ts';
import type { BenchOptions } from './support/options.ts';
import type { Report, Result } from './support/report.ts';
import { withScratch } from './support/scratch.ts';

/** What the console shows on the way, in this order. */
const MARKS = [
  ['start to console', 'Linux version'],
  ['console to initrd', 'Run /init as init process'],
  ['initrd to systemd', 'Welcome to '],
  ['systemd to login', ' login: '],
] as const;

interface Run {
  /** When each mark appeared, in milliseconds from the start. */
  readonly times: readonly number[];
  readonly instructions?: number;
}

export async function bootDisk(options: BenchOptions): Promise<Report> {
  return withScratch(async (directory) => {
    const image =
      options.image ?? (await obtainDebianDisk({ report: (line) => process.stderr.write(`${line}\n`) }));
    const copy = join(directory, 'disk.img');
    const guest: Guest = {
      ...(await copyBootFiles(image, directory)),
      append: `root=LABEL=${ROOT_LABEL} ro console=ttyS0`,
      drive: copy,
      memory: 1024,
      isBareMetal: false,
    };
    const measured = await interleave(
      await contenders(options),
      options.runs,
      async (contender): Promise<Run> => {
        await copyDisk(image, copy);
        const process = new GuestProcess(
          contender.command(guest),
          MARKS.map(([, text]) => text),
        );
        try {
          const times = [];
          for (const [, text] of MARKS) times.push(await process.mark(text));
          const statistics = contender.isOurs ? await process.statistics() : undefined;
          return { times, instructions: statistics?.instructions };
        } finally {
          await process.kill();
          await rm(copy);
        }
      },
    );
    const results: Result[] = [];
    const add = (name: string, unit: string, value: (run: Run) => number | undefined): void => {
      for (const [{ name: contender }, runs] of measured) {
        const samples = runs.map(value).filter((sample) => sample !== undefined);
        if (samples.length > 0) results.push({ name, contender, unit, samples, isMoreBetter: false });
      }
    };
    for (const [index, [name]] of MARKS.entries())
      add(name, 'ms', ({ times }) => times[index] - (times[index - 1] ?? 0));
    add('start to login', 'ms', ({ times }) => times.at(-1));
    add('instructions', 'M', ({ instructions }) => instructions && instructions / 1e6);
    return {
      benchmark: 'boot-disk',
      notes: [`${guest.memory} MiB of RAM, one hart, ${guest.append}`],
      results,
    };
  });
}
