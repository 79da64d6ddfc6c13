/**
 * A disk with a GUID partition table: an EFI system partition and an ext4 root, as Debian's
 * installer makes them. The host writes the table and the root; the other is left to the guest.
 */
import { truncate, writeFile } from 'node:fs/promises';
import { run } from './run.ts';

const MiB = 2 ** 20;
const SECTOR = 512;

export interface Partition {
  /** From 1, as in /dev/vda1. */
  readonly number: number;
  /** In bytes. */
  readonly offset: number;
  readonly size: number;
}

export interface Layout {
  /** Of the disk, in bytes. */
  readonly size: number;
  readonly efi: Partition;
  readonly root: Partition;
}

const EFI_SIZE = 64 * MiB;
/** Partitions begin at whole MiB. The copy of the table at the end of the disk needs 33 sectors. */
const MARGIN = MiB;

/** @throws RangeError where a system does not fit. */
export function layoutOf(size: number): Layout {
  if (size % MiB !== 0 || size < 1024 * MiB)
    throw new RangeError(`expected a size of whole MiB, 1 GiB or more, found ${size} bytes`);
  const root = MARGIN + EFI_SIZE;
  return {
    size,
    efi: { number: 1, offset: MARGIN, size: EFI_SIZE },
    root: { number: 2, offset: root, size: size - root - MARGIN },
  };
}

/** A sparse file with the two partitions, both empty. */
export async function partition(image: string, { size, efi, root }: Layout): Promise<void> {
  await writeFile(image, '');
  await truncate(image, size);
  const line = ({ offset, size }: Partition, type: string): string =>
    `start=${offset / SECTOR}, size=${size / SECTOR}, type=${type}\n`;
  // UEFI 2.10, 5.3.3, and the Discoverable Partitions Specification, by the names that sfdisk has for them.
  const table = `label: gpt\n${line(efi, 'uefi')}${line(root, '72ec70a6-cf74-40e6-bd49-4bda08e8f224')}`;
  await run('sfdisk', ['--quiet', image], { input: table });
}
