/** From outside, with e2fsprogs: what is on a disk that `buildDebianDisk` made. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { layoutOf } from './layout.ts';
import { run } from './run.ts';

/** A copy in which holes stay holes. */
export async function copyDisk(image: string, to: string): Promise<void> {
  await run('cp', ['--sparse=always', '--reflink=auto', image, to]);
}

/** The root of the disk, as the programs of e2fsprogs take it. */
export async function rootOf(image: string): Promise<string> {
  const { root } = layoutOf((await stat(image)).size);
  return `${image}?offset=${root.offset}`;
}

/** Copies the root's file system into a file of its own. */
export async function copyRoot(image: string, to: string): Promise<void> {
  const { offset } = layoutOf((await stat(image)).size).root;
  await run('dd', [`if=${image}`, `of=${to}`, 'bs=1M', `skip=${offset / 2 ** 20}`, 'conv=sparse']);
}

/** Copies a file to the host, out of a file system by its name for e2fsprogs. @throws Error where it is not there. */
export async function copyFromRoot(root: string, path: string, to: string): Promise<void> {
  const output = await run('debugfs', ['-R', `dump ${path} ${to}`, root]);
  if (output.includes('File not found')) throw new Error(`expected ${path} in ${root}, found no such file`);
}

export interface BootFiles {
  readonly kernel: string;
  readonly initrd: string;
}

/** What the boot loader would load, for machines that are given it directly. */
export async function copyBootFiles(image: string, directory: string): Promise<BootFiles> {
  const root = await rootOf(image);
  const listing = await run('debugfs', ['-R', 'ls -p /boot', root]);
  const find = (pattern: RegExp): string => {
    const name = listing.split('/').find((part) => pattern.test(part));
    if (name === undefined) throw new Error(`expected ${pattern} in /boot, found ${listing}`);
    return name;
  };
  const files = { kernel: join(directory, 'kernel'), initrd: join(directory, 'initrd') };
  await copyFromRoot(root, `/boot/${find(/^vmlinu[xz]-/)}`, files.kernel);
  await copyFromRoot(root, `/boot/${find(/^initrd\.img-/)}`, files.initrd);
  return files;
}
