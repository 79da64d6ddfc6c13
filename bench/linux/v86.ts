/**
 * The programs of ours on v86 (npm), an emulator of x86 that compiles to WebAssembly as
 * well: the same C sources, for i386, under a Debian kernel for i386. It is not
 * a part of this project; a folder has what it needs (docs/performance.md).
 */
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileProgram, type Compiler } from './compile.ts';
import { packGuest } from './guest-files.ts';
import { folderEntries } from './folder.ts';
import { startProcess } from './process-guest.ts';
import type { LinuxContender } from './session.ts';
import { OWN_DIRECTORY, OWN_PROGRAMS, type Workload } from './workload.ts';

/** Debian's cross compiler for i386 (package gcc-i686-linux-gnu), and how Debian compiles for it: without SSE. */
const COMPILER: Compiler = { command: 'i686-linux-gnu-gcc', flags: ['-static', '-march=i686'] };

const PROCESS = fileURLToPath(new URL('./v86-process.mjs', import.meta.url));

/** What must lie in the folder. */
const FILES = {
  library: 'node_modules/v86/build/libv86.mjs',
  wasm: 'node_modules/v86/build/v86.wasm',
  bios: 'bios.bin',
  vgaBios: 'vgabios.bin',
  kernel: 'linux',
  initrd: 'initrd.gz',
} as const;

/**
 * @param memory RAM of the guest in MiB.
 * @param directory where to put files.
 * @throws Error that says what the folder lacks.
 */
export async function v86Contender(
  folder: string,
  workloads: readonly Workload[],
  memory: number,
  directory: string,
): Promise<LinuxContender> {
  const found = Object.fromEntries(
    Object.entries(FILES).map(([name, file]) => [name, resolve(folder, file)]),
  ) as Record<keyof typeof FILES, string>;
  for (const file of Object.values(found)) {
    await access(file).catch(() => {
      throw new Error(`expected ${file} (docs/performance.md, "v86"), found none`);
    });
  }
  const own = workloads.filter(({ directory: at }) => at === OWN_DIRECTORY);
  const programs = join(directory, 'i386-workloads');
  await mkdir(programs);
  for (const { name } of OWN_PROGRAMS) {
    if (own.some((workload) => workload.name === name)) await compileProgram(name, programs, COMPILER);
  }
  const packed = packGuest(await readFile(found.initrd), own, [
    { kind: 'directory', path: OWN_DIRECTORY.slice(1) },
    ...(await folderEntries(programs, OWN_DIRECTORY.slice(1))),
  ]);
  const initrd = join(directory, 'i386-initrd');
  await writeFile(initrd, packed.initrd);
  const { append } = packed;
  const machine = { ...found, library: pathToFileURL(found.library).href, initrd, append, memory };
  const command = { command: process.execPath, args: [PROCESS, JSON.stringify(machine)] };
  return {
    name: 'v86',
    isOtherProcessor: true,
    has: (workload) => own.includes(workload),
    boot: () => Promise.resolve(startProcess(command)),
  };
}
