/** The guest of the workloads, as files that every contender takes. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { concatenateInitrds } from '../../src/images/initrd.ts';
import { writeCpio, type CpioEntry } from '../../src/images/cpio.ts';
import type { Guest } from '../support/contender.ts';
import type { BenchOptions } from '../support/options.ts';
import { kernelAndInitrd } from '../support/shell-guest.ts';
import { debianPart } from './debian/programs.ts';
import { compileProgram, CROSS_COMPILER } from './compile.ts';
import { folderEntries } from './folder.ts';
import { BENCH_INIT, benchEntries } from './initramfs.ts';
import { MANIFEST, parseManifest } from './manifest.ts';
import { OWN_DIRECTORY, OWN_PROGRAMS, ownWorkload, type Workload } from './workload.ts';

export interface LinuxGuestFiles {
  readonly guest: Guest;
  readonly workloads: readonly Workload[];
}

/** What is to be run, and the files that it needs in the guest. */
interface Part {
  readonly workloads: readonly Workload[];
  readonly entries: readonly CpioEntry[];
}

const GZIP = [0x1f, 0x8b];

/**
 * Compiles, gathers and packs everything into `directory`.
 * @throws Error that says what is missing.
 */
export async function linuxGuestFiles(options: BenchOptions, directory: string): Promise<LinuxGuestFiles> {
  const parts = [await ownPart(options, directory)];
  for (const [index, folder] of options.programs.entries()) parts.push(await folderPart(folder, index));
  if (options.debian) parts.push(await debianPart(directory));
  const all = parts.flatMap(({ workloads }) => workloads);
  const names = all.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`expected one workload with the name ${twice}, found another`);
  const unknown = options.only?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`expected a workload (${names.join(', ')}), found ${unknown}`);
  const workloads = all.filter(({ name }) => options.only?.includes(name) ?? true);

  const { kernel, initrd } = await kernelAndInitrd(options);
  const files = { kernel: join(directory, 'kernel'), initrd: join(directory, 'initrd') };
  const packed = packGuest(
    initrd,
    workloads,
    parts.flatMap((part) => part.entries),
  );
  await writeFile(files.kernel, kernel);
  await writeFile(files.initrd, packed.initrd);
  return {
    guest: { ...files, append: packed.append, memory: options.memory, isBareMetal: false },
    workloads,
  };
}

/** The initrd of an installer with the workloads and what they need, and the kernel parameters that run them. */
export function packGuest(
  initrd: Uint8Array,
  workloads: readonly Workload[],
  entries: readonly CpioEntry[],
): { readonly initrd: Uint8Array; readonly append: string } {
  // Unpacked here: in the guest that takes longer than the rest of the boot.
  const base = GZIP.every((byte, index) => initrd[index] === byte) ? gunzipSync(initrd) : initrd;
  return {
    initrd: concatenateInitrds([base, writeCpio(benchEntries(workloads, entries))]),
    append: `console=ttyS0 rdinit=${BENCH_INIT}`,
  };
}

async function ownPart({ scale, cc, only }: BenchOptions, directory: string): Promise<Part> {
  const output = join(directory, 'workloads');
  await mkdir(output);
  const programs = OWN_PROGRAMS.filter(({ name }) => only?.includes(name) ?? true);
  const compiler = { ...CROSS_COMPILER, command: cc };
  for (const { name } of programs) await compileProgram(name, output, compiler);
  return {
    // Also those that are not compiled, so that their names are known.
    workloads: OWN_PROGRAMS.map((program) => ownWorkload(program, scale)),
    entries: [
      { kind: 'directory', path: OWN_DIRECTORY.slice(1) },
      ...(await folderEntries(output, OWN_DIRECTORY.slice(1))),
    ],
  };
}

async function folderPart(folder: string, index: number): Promise<Part> {
  const manifest = resolve(folder, MANIFEST);
  const isThere = await stat(manifest).then(
    () => true,
    () => false,
  );
  if (!isThere) throw new Error(`expected ${manifest}, found none`);
  const at = `/bench/programs/${index}`;
  return {
    workloads: parseManifest(await readFile(manifest, 'utf8'), at, manifest),
    entries: [
      ...(index === 0 ? [{ kind: 'directory', path: 'bench/programs' } as const] : []),
      { kind: 'directory', path: at.slice(1) },
      ...(await folderEntries(resolve(folder), at.slice(1))),
    ],
  };
}
