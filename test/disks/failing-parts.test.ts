/** Requests of several parts, of which one fails while the tables of the next are still read: no promise is forgotten. */
import { expect, it } from 'vitest';
import type { DiskImage } from '../../src/disks/disk-image.ts';
import { diskFormat } from '../../src/disks/formats.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import { MemoryFolder } from './memory-image-host.ts';

const MIB = 2 ** 20;
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** Where `edge` is, the entries of a format's tables go on in another part of the tables. */
const CASES = [
  ['vhd', { blockSize: 524288 }, 512 * MIB],
  ['vhdx', { blockSize: MIB }, 512 * MIB],
  ['vdi', {}, 4096 * MIB],
  ['vmdk', {}, 256 * MIB],
  ['qcow2', { clusterSize: 512 }, 32768],
] as const;

it.each(CASES)('%s: reads and writes', async (format, options, edge) => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  try {
    const memory = new MemoryFolder();
    const host = memory.host();
    const image = await diskFormat(format).create(memory.open('disk'), { size: 2 * edge, options }, host);
    await image.write(edge - 4096, new Uint8Array(8192).fill(1));
    const { fileOffset } = await image.nextExtent(edge - 4096);
    await image.close();
    for (const work of [
      (disk: DiskImage) => disk.read(edge - 4096, new Uint8Array(8192)),
      (disk: DiskImage) => disk.write(edge - 4096, new Uint8Array(8192).fill(2)),
    ]) {
      const file = memory.open('disk');
      const broken = await openDiskImage(file, host);
      // The content before the edge cannot be had, and says so at once; everything else takes its time.
      for (const name of ['read', 'write'] as const) {
        const access = file[name].bind(file);
        file[name] = async (offset, bytes) => {
          if (offset <= fileOffset! && offset + bytes.length > fileOffset!) throw new Error('it is broken');
          await pause();
          await access(offset, bytes);
        };
      }
      await expect(work(broken)).rejects.toThrow('it is broken');
      await pause();
    }
    await pause();
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});
