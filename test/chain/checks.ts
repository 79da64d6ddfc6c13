/** Disks looked into from outside, by other projects' tools and by ours. */
import { rm } from 'node:fs/promises';
import { expect } from 'vitest';
import { rootOf } from '../../tools/debian-disk/inspect.ts';
import { run } from '../../tools/debian-disk/run.ts';
import { hartware } from '../bindings/cli/hartware.ts';

/** @throws Error when e2fsck, which changes nothing, finds anything on the file system. */
export async function checkFileSystem(fileSystem: string): Promise<void> {
  await run('e2fsck', ['-f', '-n', fileSystem]);
}

/** The same of the root of a raw disk. */
export async function checkRoot(image: string): Promise<void> {
  await checkFileSystem(await rootOf(image));
}

/** Writes what a guest sees of a disk to a raw image. */
export async function copyRaw(qcow2: string, raw: string): Promise<void> {
  await run('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', qcow2, raw]);
}

export interface ImageCheckOptions {
  /** Whether there may be clusters that nothing refers to, as after a process that was killed. Default false. */
  readonly mayLeak?: boolean;
}

/** The metadata of a qcow2 image: neither qemu-img nor we find an error. */
export async function checkMetadata(
  qcow2: string,
  { mayLeak = false }: ImageCheckOptions = {},
): Promise<void> {
  await run('qemu-img', ['check', '-f', 'qcow2', qcow2], { accepted: mayLeak ? [0, LEAKS_QEMU] : [0] });
  const { code, stdout, stderr } = await hartware(['image', 'check', qcow2]);
  expect(mayLeak ? [0, LEAKS] : [0], stdout + stderr).toContain(code);
}

/** Exit codes of image checks for leaks without errors. */
const LEAKS_QEMU = 3;
const LEAKS = 4;

/** A disk of a guest that has ended well: the image, and the file system of its root. */
export async function checkDisk(qcow2: string): Promise<void> {
  await checkMetadata(qcow2);
  const raw = `${qcow2}.raw`;
  await copyRaw(qcow2, raw);
  await checkRoot(raw);
  await rm(raw);
}
