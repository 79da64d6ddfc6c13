/**
 * A shared folder in Linux (virtio 9P): the same kernel, drivers and program on all contenders, in
 * rounds as those of `linux`. Each has a folder of its own in the scratch directory, whose files
 * are in the host's page cache.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { obtainDebianGuest, obtainDebianShareModules } from '../src/bindings/node/guest/debian.ts';
import { compileProgram, CROSS_COMPILER } from './linux/compile.ts';
import { folderEntries } from './linux/folder.ts';
import { packGuest } from './linux/guest-files.ts';
import { processContender } from './linux/process-guest.ts';
import { runRounds } from './linux/rounds.ts';
import type { LinuxContender } from './linux/session.ts';
import type { Workload } from './linux/workload.ts';
import { contenders, SHARE_TAG } from './support/contender.ts';
import type { BenchOptions } from './support/options.ts';
import type { Report } from './support/report.ts';
import { withScratch } from './support/scratch.ts';

const DATA_SIZE = 64 << 20;
const UNIT = 4096;
/** Where program and modules lie in the guest. */
const DIRECTORY = '/bench/share';

interface ShareWork {
  readonly name: string;
  readonly group: 'data' | 'files';
  /** As `bench/workloads/share.c` takes it. */
  readonly requests: string;
  /** Iterations that take QEMU a second or two on a computer of 2024. */
  readonly iterations: number;
}

const WORKS: readonly ShareWork[] = [
  { name: 'read-4k', group: 'data', requests: 'read 4096', iterations: 12 },
  { name: 'write-4k', group: 'data', requests: 'write 4096', iterations: 12 },
  { name: 'read-64k', group: 'data', requests: 'read 65536', iterations: 24 },
  { name: 'write-64k', group: 'data', requests: 'write 65536', iterations: 24 },
  { name: 'read-1m', group: 'data', requests: 'read 1048576', iterations: 48 },
  { name: 'write-1m', group: 'data', requests: 'write 1048576', iterations: 48 },
  { name: 'create', group: 'files', requests: 'create 1000', iterations: 8 },
  { name: 'stat', group: 'files', requests: 'stat 1000', iterations: 32 },
  { name: 'list', group: 'files', requests: 'list 1000', iterations: 32 },
];

const GROUPS = { data: 'one file, one request after the other', files: 'many small files' };

export async function share(options: BenchOptions): Promise<Report> {
  return withScratch(async (directory) => {
    const workloads = chooseWorkloads(options);
    const guest = await guestFiles(options, workloads, directory);
    const list: LinuxContender[] = [];
    for (const contender of await contenders(options)) {
      const folder = join(directory, `folder${list.length}`);
      await mkdir(folder);
      await writeData(join(folder, 'data'));
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
      command: `SHARE='${work.requests}' ./share ${Math.ceil(timed / 4)} ${timed}`,
      setup: ['grep -q " /mnt 9p " /proc/mounts || sh ./mount.sh'],
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
  const modules = await obtainDebianShareModules(kernelRelease!);
  const output = join(directory, 'share');
  await mkdir(output);
  await compileProgram('share', output, { ...CROSS_COMPILER, command: cc });
  for (const { name, bytes } of modules) await writeFile(join(output, `${name}.ko`), bytes);
  const script = [
    'modprobe -q virtio_mmio',
    ...modules.map(({ name }) => `insmod ./${name}.ko`),
    `mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000 ${SHARE_TAG} /mnt`,
  ];
  await writeFile(join(output, 'mount.sh'), `${script.join('\n')}\n`);
  const packed = packGuest(initrd, workloads, [
    { kind: 'directory', path: DIRECTORY.slice(1) },
    ...(await folderEntries(output, DIRECTORY.slice(1))),
  ]);
  const files = { kernel: join(directory, 'kernel'), initrd: join(directory, 'initrd') };
  await writeFile(files.kernel, kernel);
  await writeFile(files.initrd, packed.initrd);
  return { ...files, append: packed.append, memory, isBareMetal: false };
}

/** Each unit starts with its number. */
async function writeData(file: string): Promise<void> {
  const bytes = new Uint8Array(DATA_SIZE);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < DATA_SIZE; at += UNIT) view.setUint32(at, at / UNIT, true);
  await writeFile(file, bytes);
}
