/** Random work on disk images, compared with a copy in memory, and with what is left of them after a crash. */
import { expect } from 'vitest';
import {
  DiskImageError,
  type DiskFormat,
  type DiskImage,
  type FormatOptions,
} from '../../src/disks/disk-image.ts';
import { MemoryImageFile } from '../../src/disks/image-file.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import { Random } from '../support/random.ts';
import { readAll } from './content.ts';
import { MemoryFolder, type FileEvent } from './memory-image-host.ts';

const SECTOR = 512;

/** Walks over all extents, which must cover the disk, and looks whether those that read as zeros are zeros. */
export async function walk(image: DiskImage, content?: Uint8Array): Promise<number> {
  let data = 0;
  for (let offset = 0; offset < image.size;) {
    const extent = await image.nextExtent(offset);
    expect(extent.offset).toBe(offset);
    expect(extent.length).toBeGreaterThan(0);
    expect(offset + extent.length).toBeLessThanOrEqual(image.size);
    if (extent.kind === 'data') data += extent.length;
    else if (content && (extent.kind === 'zero' || !image.backing))
      expect(content.subarray(offset, offset + extent.length).every((byte) => byte === 0)).toBe(true);
    offset += extent.length;
  }
  return data;
}

export interface ModelOptions {
  readonly format: DiskFormat;
  readonly options?: FormatOptions;
  readonly size: number;
  readonly seed: number;
  readonly rounds: number;
  /** Content of a disk beneath, in an image of this format. */
  readonly backing?: Uint8Array;
}

/** An image in the file `disk`, on top of one in `base` if there is something beneath. */
async function makeImage(
  folder: MemoryFolder,
  { format, options, size, backing }: Pick<ModelOptions, 'format' | 'options' | 'size' | 'backing'>,
): Promise<DiskImage> {
  const host = folder.host();
  if (!backing) return format.create(folder.open('disk'), { size, options }, host);
  const base = await format.create(folder.open('base'), { size: backing.length }, host);
  await base.write(0, backing);
  await base.close();
  const below = await openDiskImage(folder.open('base', true), host);
  const reference = { reference: 'base', format: format.name, image: below };
  const image = await format.create(folder.open('disk'), { size, options, backing: reference }, host);
  image.backing = below;
  return image;
}

/** Does many things at once, again and again, and compares with the same done to an array. */
export async function compareWithModel({
  format,
  options,
  size,
  seed,
  rounds,
  backing,
}: ModelOptions): Promise<void> {
  const random = new Random(seed);
  const folder = new MemoryFolder();
  const host = folder.host();
  const expected = new Uint8Array(size);
  if (backing) expected.set(backing.subarray(0, size));
  let image = await makeImage(folder, { format, options, size, backing });

  for (let round = 0; round < rounds; round++) {
    // Ranges that do not touch each other, so that their order does not matter; neighbours share clusters.
    const work: Promise<void>[] = [];
    for (let at = random.below(size / SECTOR / 4) * SECTOR; at < size && work.length < 24;) {
      const length = Math.min(size - at, (1 + random.below(random.pick([8, 8, 300, 3000]))) * SECTOR);
      const kind = random.below(10);
      if (kind < 6) {
        const bytes = new Uint8Array(length).fill(1 + random.below(255));
        expected.set(bytes, at);
        work.push(image.write(at, bytes));
      } else if (kind < 8) {
        expected.fill(0, at, at + length);
        work.push(image.writeZeroes!(at, length, random.oneIn(2)));
      } else if (kind === 8) {
        work.push(image.read(at, new Uint8Array(length)));
      } else work.push(image.flush());
      at += length + (random.oneIn(3) ? random.below(size / SECTOR / 8) * SECTOR : 0);
    }
    await Promise.all(work);
    if (random.oneIn(4) && image.discard) {
      const at = random.below(size / SECTOR) * SECTOR;
      const length = Math.min(size - at, (1 + random.below(2000)) * SECTOR);
      await image.discard(at, length);
      const after = new Uint8Array(length);
      await image.read(at, after);
      // What is discarded stays or becomes zeros.
      for (let i = 0; i < length; i += SECTOR) {
        if (after[i] !== expected[at + i])
          expect(after.subarray(i, i + SECTOR).every((byte) => byte === 0)).toBe(true);
      }
      expected.set(after, at);
    }
    if (random.oneIn(5)) {
      await image.close();
      image = await openDiskImage(folder.open('disk'), host);
    }
    if (round % 4 === 0) {
      const content = await readAll(image);
      expect(Buffer.compare(content, expected)).toBe(0);
      await walk(image, content);
    }
  }
  expect(Buffer.compare(await readAll(image), expected)).toBe(0);
  const report = await image.check?.();
  expect(report?.errors ?? []).toEqual([]);
  await image.close();
  const again = await openDiskImage(folder.open('disk', true), host);
  expect(Buffer.compare(await readAll(again), expected)).toBe(0);
  await again.close();
}

/**
 * Writes, and looks at what is left when the process dies after each single write to its files; and when the host's
 * power fails, which may lose or keep any of the writes since the last flush.
 */
export async function crashEverywhere({
  format,
  options,
  size,
  seed,
  rounds,
  backing,
}: ModelOptions): Promise<void> {
  const random = new Random(seed);
  const folder = new MemoryFolder();
  const image = await makeImage(folder, { format, options, size, backing });
  const start = await folder.copy();
  folder.log.length = 0;

  /** What each sector that is used may hold, the newest last; and for each event, since when values are durable. */
  const sectors = Array.from({ length: 24 }, () => random.below(size / SECTOR));
  const values = new Map<number, { value: number; from: number }[]>();
  const original = (sector: number): number => backing?.[sector * SECTOR] ?? 0;
  for (const sector of sectors) {
    for (const near of [sector, sector + 1])
      if (near < size / SECTOR) values.set(near, [{ value: original(near), from: 0 }]);
  }
  const flushes: { began: number; done: number }[] = [];
  for (let round = 1; round <= rounds; round++) {
    if (random.oneIn(4)) {
      const began = folder.log.length;
      await image.flush();
      flushes.push({ began, done: folder.log.length });
      continue;
    }
    const work: Promise<void>[] = [];
    const used = new Set<number>();
    for (let i = 0; i < 3; i++) {
      const sector = random.pick(sectors);
      if (used.has(sector) || used.has(sector - 1) || used.has(sector + 1)) continue;
      used.add(sector);
      const from = folder.log.length;
      const isZero = random.oneIn(5);
      const value = isZero ? 0 : round % 256;
      values.get(sector)!.push({ value, from });
      work.push(
        isZero
          ? image.writeZeroes!(sector * SECTOR, SECTOR, true)
          : image.write(sector * SECTOR, new Uint8Array(SECTOR).fill(value)),
      );
    }
    await Promise.all(work);
    if (random.oneIn(6)) {
      // A whole range becomes zeros.
      const at = random.below(size / SECTOR / 2) * SECTOR;
      const length = Math.min(size - at, (1 + random.below(size / SECTOR / 2)) * SECTOR);
      const from = folder.log.length;
      for (const [sector, list] of values)
        if (sector * SECTOR >= at && sector * SECTOR < at + length) list.push({ value: 0, from });
      await image.writeZeroes!(at, length, true);
    }
  }
  await image.close();

  const look = async (left: MemoryFolder, events: number, what: string): Promise<void> => {
    const durable = flushes.filter((flush) => flush.done <= events).at(-1)?.began ?? 0;
    const name = `seed ${seed}, ${what} after ${events} events`;
    let again: DiskImage;
    try {
      again = await openDiskImage(left.open('disk'), left.host());
    } catch (error) {
      throw new Error(`${name}: ${String(error)}`, { cause: error });
    }
    const bytes = new Uint8Array(SECTOR);
    for (const [sector, list] of values) {
      await again.read(sector * SECTOR, bytes);
      const newest = list.filter((entry) => entry.from <= events);
      let first = newest.length - 1;
      while (first > 0 && newest[first].from >= durable) first--;
      const allowed = newest.slice(first).map((entry) => entry.value);
      if (!allowed.includes(bytes[0]) || bytes.some((byte) => byte !== bytes[0]))
        throw new Error(`${name}: sector ${sector} has ${bytes[0]}, expected one of ${allowed.join(', ')}`);
    }
    // It can be written to as well.
    const [sector] = values.keys();
    await again.write(sector * SECTOR, new Uint8Array(SECTOR).fill(0x5a));
    await again.close();
    const last = await openDiskImage(left.open('disk', true), left.host());
    await last.read(sector * SECTOR, bytes);
    expect(bytes.every((byte) => byte === 0x5a)).toBe(true);
    await last.close();
  };

  await replayLog(folder.log, start, random, look);
}

/**
 * Looks at what is left when the process dies after each single event; and when the host's power fails, which may lose
 * or keep any of the writes since the last flush.
 * @param start the files before the first event.
 */
export async function replayLog(
  log: readonly FileEvent[],
  start: MemoryFolder,
  random: Random,
  look: (left: MemoryFolder, events: number, what: string) => Promise<void>,
): Promise<void> {
  const killed = await start.copy();
  const stable = await start.copy();
  let pending: number[] = [];
  for (let events = 0; events <= log.length; events++) {
    if (events > 0) {
      const event = log[events - 1];
      await killed.apply(event);
      if (event.kind === 'flush') {
        for (const i of pending.filter((i) => log[i].file === event.file)) await stable.apply(log[i]);
        pending = pending.filter((i) => log[i].file !== event.file);
      } else pending.push(events - 1);
    }
    await look(await killed.copy(), events, 'killed');
    const left = await stable.copy();
    // Truncates are not reordered with each other; a file system journals them.
    for (const i of pending) if (random.oneIn(2) || log[i].kind === 'truncate') await left.apply(log[i]);
    await look(left, events, 'power lost');
  }
}

/**
 * Opens, reads, checks and writes images that are damaged at random; what they throw must be a DiskImageError, and
 * nothing may take long or much memory.
 */
export async function fuzz(
  seeds: readonly { readonly name: string; readonly files: ReadonlyMap<string, Uint8Array> }[],
  format: DiskFormat,
  seed: number,
): Promise<string> {
  const random = new Random(seed);
  const { name, files } = random.pick(seeds);
  const folder = new MemoryFolder();
  for (const [file, content] of files) folder.files.set(file, new MemoryImageFile(file, content));
  const target = [...folder.files.values()][random.below(Math.min(2, files.size))];
  for (let i = 1 + random.below(4); i > 0; i--) {
    const kind = random.below(5);
    // Metadata lies in front, and at the end.
    const span = Math.min(target.size, random.pick([128, 1024, 8192, 65536]));
    const at = random.oneIn(6) ? target.size - 1 - random.below(Math.min(span, 2048)) : random.below(span);
    if (kind === 0) await target.truncate(random.below(target.size + 1));
    else if (kind === 1) await target.write(at, random.bytes(1 + random.below(8)));
    else if (kind === 2) await target.write(at & ~3, Uint8Array.of(255, 255, 255, random.pick([255, 127])));
    else if (kind === 3) await target.write(at & ~3, new Uint8Array(random.pick([1, 4, 8])));
    else await target.write(at, Uint8Array.of(1 << random.below(8)));
    if (target.size === 0) break;
  }
  const host = folder.host();
  let outcome = 'opened';
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      const missing = error instanceof Error && error.message.startsWith('there is no file ');
      if (!(error instanceof DiskImageError) && !missing)
        throw new Error(`seed ${seed}, ${name}: ${String(error)}`, { cause: error });
      return false;
    }
  };
  for (const readOnly of [true, false]) {
    let image: DiskImage | undefined;
    const file = folder.open('disk', readOnly);
    const isOpen = await attempt(
      async () => (image = await openDiskImage(file, host, { format: format.name })),
    );
    if (!isOpen || !image) {
      outcome = 'refused';
      continue;
    }
    const { size } = image;
    const buffer = new Uint8Array(Math.min(size, 1 << 20));
    await attempt(() => image!.info());
    await attempt(() => image!.check?.() ?? Promise.resolve());
    for (let i = 0; i < 3; i++) {
      const at = i === 0 ? 0 : Math.max(0, size - buffer.length * i);
      await attempt(() => image!.read(at, buffer.subarray(0, Math.min(buffer.length, size - at))));
      await attempt(() => image!.nextExtent(at));
    }
    if (!image.readOnly) {
      const at = random.below(Math.max(1, Math.floor(size / SECTOR))) * SECTOR;
      await attempt(() => image!.write(at, new Uint8Array(Math.min(70_000, size - at)).fill(1)));
      await attempt(() => image!.writeZeroes?.(0, Math.min(size, 1 << 20), true) ?? Promise.resolve());
      await attempt(() => image!.flush());
      for (const next of [Math.max(SECTOR, size - (1 << 20)), size])
        await attempt(() => image!.resize?.(next) ?? Promise.resolve());
    }
    await attempt(() => image!.close());
  }
  return outcome;
}

/** The files of a folder, as `fuzz` takes them. */
export async function contentOf(folder: MemoryFolder): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const [name, file] of folder.files) {
    const bytes = new Uint8Array(file.size);
    await file.read(0, bytes);
    files.set(name, bytes);
  }
  return files;
}
