/**
 * A disk of virtio in Linux: the same image, kernel and program on all contenders, in rounds
 * as those of `linux`. Each has a copy of the image in the host's page cache, so that what is
 * measured is the way between guest and host, and not the host's disk.
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { obtainDebianDiskModules, obtainDebianGuest } from '../src/bindings/node/guest/debian.ts';
import { compileProgram, CROSS_COMPILER } from './linux/compile.ts';
import { folderEntries } from './linux/folder.ts';
import { packGuest } from './linux/guest-files.ts';
import { processContender } from './linux/process-guest.ts';
import { runRounds } from './linux/rounds.ts';
import type { LinuxContender } from './linux/session.ts';
import type { Workload } from './linux/workload.ts';
import { contenders, type Contender } from './support/contender.ts';
import type { MachineVariant } from './support/machine-process.ts';
import type { BenchOptions } from './support/options.ts';
import type { Report } from './support/report.ts';
import { withScratch } from './support/scratch.ts';

const IMAGE_SIZE = 256 << 20;
const SECTOR = 512;
/** Where program and module lie in the guest. */
const DIRECTORY = '/bench/disk';

interface DiskWork {
  readonly name: string;
  readonly group: 'sequential' | 'random' | 'cached';
  /** As `bench/workloads/disk.c` takes it. */
  readonly requests: string;
  /** Iterations that take QEMU a second or two on a computer of 2024. */
  readonly iterations: number;
}

const WORKS: readonly DiskWork[] = [
  // Small requests first: what they make hot in the kernel the large ones use as well.
  { name: 'read-64k', group: 'sequential', requests: 'read sequential 65536 1', iterations: 12 },
  { name: 'write-64k', group: 'sequential', requests: 'write sequential 65536 1', iterations: 12 },
  { name: 'read-1m', group: 'sequential', requests: 'read sequential 1048576 4', iterations: 24 },
  { name: 'write-1m', group: 'sequential', requests: 'write sequential 1048576 4', iterations: 24 },
  { name: 'read-4k', group: 'random', requests: 'read random 4096 1', iterations: 12 },
  { name: 'write-4k', group: 'random', requests: 'write random 4096 1', iterations: 12 },
  { name: 'read-4k-32', group: 'random', requests: 'read random 4096 32', iterations: 24 },
  { name: 'write-4k-32', group: 'random', requests: 'write random 4096 32', iterations: 24 },
  { name: 'read-cached', group: 'cached', requests: 'read sequential 65536 0', iterations: 12 },
  { name: 'write-cached', group: 'cached', requests: 'write sequential 65536 0', iterations: 8 },
];

const GROUPS = {
  sequential: 'sequential, without the page cache of the guest',
  random: '4 KiB at random places, without it',
  cached: 'sequential, through it',
};

export async function disk(options: BenchOptions): Promise<Report> {
  return withScratch(async (directory) => {
    const workloads = chooseWorkloads(options);
    const guest = await guestFiles(options, workloads, directory);
    const image = await writeImage(directory);
    const list: LinuxContender[] = [];
    const add = async (contender: Contender, variant?: MachineVariant): Promise<void> => {
      const drive = join(directory, `${list.length}.img`);
      await copyFile(image, drive);
      list.push(processContender(contender, { ...guest, drive }, variant));
    };
    for (const contender of await contenders(options)) {
      await add(contender);
      if (!contender.isOurs || !options.workers) continue;
      await add(contender, 'worker');
      await add(contender, 'remote drives');
    }
    return {
      benchmark: 'disk',
      notes: [
        `a disk of ${IMAGE_SIZE >> 20} MiB, ${guest.memory} MiB of RAM, one hart`,
        `scale of iterations ${options.scale}`,
      ],
      ...(await runRounds(list, workloads, options.runs)),
      groupTitles: GROUPS,
    };
  });
}

/** @throws Error for a name that there is not. */
function chooseWorkloads({ only, scale }: BenchOptions): Workload[] {
  const names = WORKS.map(({ name }) => name);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`expected a workload (${names.join(', ')}), found ${unknown}`);
  return WORKS.filter(({ name }) => only?.includes(name) ?? true).map((work) => {
    const timed = Math.max(1, Math.round(work.iterations * scale));
    return {
      name: work.name,
      group: work.group,
      command: `DISK='${work.requests}' ./disk ${Math.ceil(timed / 4)} ${timed}`,
      setup: ['modprobe -q virtio_mmio', '[ -b /dev/vda ] || insmod ./virtio_blk.ko'],
      directory: DIRECTORY,
    };
  });
}

async function guestFiles(
  { memory, cc }: BenchOptions,
  workloads: readonly Workload[],
  directory: string,
): Promise<{ kernel: string; initrd: string; append: string; memory: number; isBareMetal: false }> {
  const { kernel, initrd, kernelRelease } = await obtainDebianGuest();
  const modules = await obtainDebianDiskModules(kernelRelease!);
  const output = join(directory, 'disk');
  await mkdir(output);
  await compileProgram('disk', output, { ...CROSS_COMPILER, command: cc });
  await writeFile(join(output, 'virtio_blk.ko'), modules.find(({ name }) => name === 'virtio_blk')!.bytes);
  const packed = packGuest(initrd, workloads, [
    { kind: 'directory', path: DIRECTORY.slice(1) },
    ...(await folderEntries(output, DIRECTORY.slice(1))),
  ]);
  const files = { kernel: join(directory, 'kernel'), initrd: join(directory, 'initrd') };
  await writeFile(files.kernel, kernel);
  await writeFile(files.initrd, packed.initrd);
  return { ...files, append: packed.append, memory, isBareMetal: false };
}

/** Each sector starts with its number. */
async function writeImage(directory: string): Promise<string> {
  const image = join(directory, 'disk.img');
  const bytes = new Uint8Array(IMAGE_SIZE);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < IMAGE_SIZE; at += SECTOR) view.setUint32(at, at / SECTOR, true);
  await writeFile(image, bytes);
  return image;
}
