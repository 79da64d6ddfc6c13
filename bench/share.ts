/**
 * A shared folder in Linux (virtio 9P): the same kernel, drivers and program on all contenders, in
 * rounds as those of `linux`. Each has a folder of its own in the scratch directory, whose files
 * are in the host's page cache.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { obtainDebianShareModules } from '../src/bindings/node/guest/debian.ts';
import { processContender } from './linux/process-guest.ts';
import { runRounds } from './linux/rounds.ts';
import type { LinuxContender } from './linux/session.ts';
import { numberedUnits, storageGuest, type StorageProgram } from './linux/storage.ts';
import { contenders, SHARE_TAG } from './support/contender.ts';
import type { BenchOptions } from './support/options.ts';
import type { Report } from './support/report.ts';
import { withScratch } from './support/scratch.ts';

const DATA_SIZE = 64 << 20;
const UNIT = 4096;

const PROGRAM: StorageProgram = {
  name: 'share',
  setup: ['grep -q " /mnt 9p " /proc/mounts || sh ./mount.sh'],
  works: [
    { name: 'read-4k', group: 'data', requests: 'read 4096', iterations: 12 },
    { name: 'write-4k', group: 'data', requests: 'write 4096', iterations: 12 },
    { name: 'read-64k', group: 'data', requests: 'read 65536', iterations: 24 },
    { name: 'write-64k', group: 'data', requests: 'write 65536', iterations: 24 },
    { name: 'read-1m', group: 'data', requests: 'read 1048576', iterations: 48 },
    { name: 'write-1m', group: 'data', requests: 'write 1048576', iterations: 48 },
    { name: 'create', group: 'files', requests: 'create 1000', iterations: 8 },
    { name: 'stat', group: 'files', requests: 'stat 1000', iterations: 32 },
    { name: 'list', group: 'files', requests: 'list 1000', iterations: 32 },
  ],
  async addFiles(folder, kernelRelease) {
    const modules = await obtainDebianShareModules(kernelRelease);
    for (const { name, bytes } of modules) await writeFile(join(folder, `${name}.ko`), bytes);
    const script = [
      'modprobe -q virtio_mmio',
      ...modules.map(({ name }) => `insmod ./${name}.ko`),
      `mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000 ${SHARE_TAG} /mnt`,
    ];
    await writeFile(join(folder, 'mount.sh'), `${script.join('\n')}\n`);
  },
};

const GROUPS = { data: 'one file, one request after the other', files: 'many small files' };

export async function share(options: BenchOptions): Promise<Report> {
  return withScratch(async (directory) => {
    const { guest, workloads } = await storageGuest(PROGRAM, options, directory);
    const list: LinuxContender[] = [];
    for (const contender of await contenders(options)) {
      const folder = join(directory, `folder${list.length}`);
      await mkdir(folder);
      await writeFile(join(folder, 'data'), numberedUnits(DATA_SIZE, UNIT));
      list.push(processContender(contender, { ...guest, share: folder }));
    }
    return {
      benchmark: 'share',
      notes: [
        `a file of ${DATA_SIZE >> 20} MiB, ${guest.memory} MiB of RAM, one hart`,
        `scale of iterations ${options.scale}`,
      ],
      ...(await runRounds(list, workloads, options.runs)),
      groupTitles: GROUPS,
    };
  });
}
