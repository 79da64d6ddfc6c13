/** Disks that become greater and smaller, compared with a copy in memory, and after a crash at any moment. */
import { expect } from 'vitest';
import type { DiskImage } from '../../src/disks/disk-image.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import { Random } from '../support/random.ts';
import { readAll } from './content.ts';
import { replayLog, walk } from './image-model.ts';
import { MemoryFolder } from './memory-image-host.ts';

const SECTOR = 512;

/** Makes an image in the file `disk` of a folder. */
export type Make = (folder: MemoryFolder) => Promise<DiskImage>;

/** Some sizes, of which each other is reached from each. */
export type Sizes = readonly number[];

/** Writes and resizes, again and again. */
export async function compareResized(make: Make, sizes: Sizes, seed: number): Promise<void> {
  const random = new Random(seed);
  const folder = new MemoryFolder();
  let image = await make(folder);
  let expected = new Uint8Array(image.size);
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 4; i++) {
      const at = random.below(image.size / SECTOR) * SECTOR;
      const bytes = random.bytes(Math.min(image.size - at, (1 + random.below(40)) * SECTOR));
      expected.set(bytes, at);
      await image.write(at, bytes);
    }
    const size = random.pick(sizes) - random.below(3) * SECTOR;
    await image.resize!(size);
    expect(image.size).toBe(size);
    const resized = new Uint8Array(size);
    resized.set(expected.subarray(0, size));
    expected = resized;
    if (random.oneIn(3)) {
      await image.close();
      image = await openDiskImage(folder.open('disk'), folder.host());
    }
    const content = await readAll(image);
    expect(Buffer.compare(content, expected)).toBe(0);
    await walk(image, content);
    expect((await image.check!()).errors).toEqual([]);
  }
  await image.close();
}

/**
 * Looks at what is left when the process dies after each single write of a change of size, and when the power fails,
 * which may lose or keep any of the writes since the last flush. Then goes on with what is there.
 */
export async function crashResizing(make: Make, size: number, seed: number): Promise<void> {
  const random = new Random(seed);
  const folder = new MemoryFolder();
  const image = await make(folder);
  const former = image.size;
  const kept = Math.min(size, former);
  const expected = new Map<number, number>();
  const places = [0, Math.min(size, former) - SECTOR, former - SECTOR];
  for (let i = 0; i < 20; i++) places.push(random.below(former / SECTOR) * SECTOR);
  // In no order, so that what is in the way is not what comes first.
  for (const at of places.sort(() => random.below(3) - 1)) {
    expected.set(at, 1 + random.below(255));
    await image.write(at, new Uint8Array(SECTOR).fill(expected.get(at)!));
  }
  await image.flush();
  const start = await folder.copy();
  folder.log.length = 0;
  await image.resize!(size);
  await image.close();

  const look = async (left: MemoryFolder, what: string): Promise<void> => {
    let disk = await openDiskImage(left.open('disk'), left.host());
    /** What a sector has in each byte. */
    const read = async (at: number): Promise<number> => {
      const bytes = new Uint8Array(SECTOR);
      await disk.read(at, bytes);
      expect(
        bytes.every((byte) => byte === bytes[0]),
        what,
      ).toBe(true);
      return bytes[0];
    };
    expect([former, size], what).toContain(disk.size);
    for (const [at, value] of expected) {
      if (at >= disk.size) continue;
      // What is to go may be gone.
      expect(at < kept ? [value] : [value, 0], what).toContain(await read(at));
    }
    // The same once more, and back; nothing of what was lost appears again.
    await disk.resize!(size);
    await disk.resize!(Math.max(size, former));
    for (const [at, value] of expected) expect(await read(at), what).toBe(at < kept ? value : 0);
    for (let i = 0; i < 10; i++) {
      const at = kept + random.below((disk.size - kept) / SECTOR) * SECTOR;
      expect(await read(at), what).toBe(0);
    }
    await disk.write(disk.size - SECTOR, new Uint8Array(SECTOR).fill(7));
    await disk.close();
    disk = await openDiskImage(left.open('disk', true), left.host());
    expect(await read(disk.size - SECTOR), what).toBe(7);
    expect((await disk.check!()).errors, what).toEqual([]);
    await disk.close();
  };

  await replayLog(folder.log, start, random, (left, events, how) =>
    look(left, `seed ${seed}, ${how} after ${events} events`),
  );
}
