/** Guests whose storage is measured: Linux with one program of ours, which the environment tells what to ask for. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { obtainDebianGuest } from '../../src/bindings/node/guest/debian.ts';
import type { Guest } from '../support/contender.ts';
import type { BenchOptions } from '../support/options.ts';
import { compileProgram, CROSS_COMPILER } from './compile.ts';
import { folderEntries } from './folder.ts';
import { packGuest } from './guest-files.ts';
import type { Workload } from './workload.ts';

export interface StorageWork {
  readonly name: string;
  readonly group: string;
  /** As the program takes it. */
  readonly requests: string;
  /** Iterations that take QEMU a second or two on a computer of 2024. */
  readonly iterations: number;
}

export interface StorageProgram {
  /** Its source is `bench/workloads/<name>.c`; the variable that tells what to do has the name in capitals. */
  readonly name: string;
  readonly works: readonly StorageWork[];
  /** Shell commands before each work, in the folder with the program and `addFiles`. */
  readonly setup: readonly string[];
  /** Writes what else the folder has. */
  addFiles(folder: string, kernelRelease: string): Promise<void>;
}

/** @throws Error for the name of a work that there is not. */
export async function storageGuest(
  program: StorageProgram,
  options: BenchOptions,
  directory: string,
): Promise<{ readonly guest: Guest; readonly workloads: readonly Workload[] }> {
  const { name } = program;
  const inGuest = `/bench/${name}`;
  const workloads = chooseWorkloads(program, inGuest, options);
  const { kernel, initrd, kernelRelease } = await obtainDebianGuest();
  const output = join(directory, name);
  await mkdir(output);
  await compileProgram(name, output, { ...CROSS_COMPILER, command: options.cc });
  await program.addFiles(output, kernelRelease!);
  const packed = packGuest(initrd, workloads, [
    { kind: 'directory', path: inGuest.slice(1) },
    ...(await folderEntries(output, inGuest.slice(1))),
  ]);
  const files = { kernel: join(directory, 'kernel'), initrd: join(directory, 'initrd') };
  await writeFile(files.kernel, kernel);
  await writeFile(files.initrd, packed.initrd);
  return {
    guest: { ...files, append: packed.append, memory: options.memory, isBareMetal: false },
    workloads,
  };
}

function chooseWorkloads(
  { name, works, setup }: StorageProgram,
  directory: string,
  { only, scale }: BenchOptions,
): Workload[] {
  const names = works.map((work) => work.name);
  const unknown = only?.find((each) => !names.includes(each));
  if (unknown !== undefined) throw new Error(`expected a workload (${names.join(', ')}), found ${unknown}`);
  return works
    .filter((work) => only?.includes(work.name) ?? true)
    .map((work) => {
      const timed = Math.max(1, Math.round(work.iterations * scale));
      const variable = `${name.toUpperCase()}='${work.requests}'`;
      return {
        name: work.name,
        group: work.group,
        command: `${variable} ./${name} ${Math.ceil(timed / 4)} ${timed}`,
        setup,
        directory,
      };
    });
}

/** So many bytes, of which each unit starts with its number. */
export function numberedUnits(size: number, unit: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < size; at += unit) view.setUint32(at, at / unit, true);
  return bytes;
}
