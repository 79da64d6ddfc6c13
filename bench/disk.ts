/**
 * A disk of virtio in Linux: the same image, kernel and program on all contenders, in rounds
 * as those of `linux`. Each has a copy of the image in the host's page cache, so that what is
 * measured is the way between guest and host, and not the host's disk.
 */
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { obtainDebianDiskModules } from '../src/bindings/node/guest/debian.ts';
import { processContender } from './linux/process-guest.ts';
import { runRounds } from './linux/rounds.ts';
import type { LinuxContender } from './linux/session.ts';
import { numberedUnits, storageGuest, type StorageProgram } from './linux/storage.ts';
import { contenders, type Contender } from './support/contender.ts';
import type { MachineVariant } from './support/machine-process.ts';
import type { BenchOptions } from './support/options.ts';
import type { Report } from './support/report.ts';
import { withScratch } from './support/scratch.ts';

const IMAGE_SIZE = 256 << 20;
const SECTOR = 512;

const PROGRAM: StorageProgram = {
  name: 'disk',
  setup: ['modprobe -q virtio_mmio', '[ -b /dev/vda ] || insmod ./virtio_blk.ko'],
  works: [
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
  ],
  async addFiles(folder, kernelRelease) {
    const modules = await obtainDebianDiskModules(kernelRelease);
    const { bytes } = modules.find(({ name }) => name === 'virtio_blk')!;
    await writeFile(join(folder, 'virtio_blk.ko'), bytes);
  },
};

const GROUPS = {
  sequential: 'sequential, without the page cache of the guest',
  random: '4 KiB at random places, without it',
  cached: 'sequential, through it',
};

export async function disk(options: BenchOptions): Promise<Report> {
  return withScratch(async (directory) => {
    const { guest, workloads } = await storageGuest(PROGRAM, options, directory);
    const image = join(directory, 'disk.img');
    await writeFile(image, numberedUnits(IMAGE_SIZE, SECTOR));
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
