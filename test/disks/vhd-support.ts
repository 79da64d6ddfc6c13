/** What the tests of VHD and VHDX have in common: recorded files, a model of a disk, and qemu-img. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { createImageHost } from '../../src/bindings/node/image-host.ts';
import { NodeImageFile } from '../../src/bindings/node/image-file.ts';
import type { DiskFormat, DiskImage, ImageHost } from '../../src/disks/disk-image.ts';
import { DiskImageError } from '../../src/disks/disk-image.ts';
import { MemoryImageFile, type ImageFile, readOnlyView } from '../../src/disks/image-file.ts';
import { Random } from '../support/random.ts';
import { qemuImg } from './qemu-img.ts';
import { readAll } from './content.ts';

export const SECTOR = 512;

/** A host that opens images in memory by their names, with repeatable identifiers. */
export function memoryHost(files: Readonly<Record<string, ImageFile>> = {}, seed = 1): ImageHost {
  const random = new Random(seed);
  return {
    ...createImageHost(),
    async openReferenced(reference) {
      const file = files[reference];
      if (!file) throw new Error(`no file ${reference}`);
      return readOnlyView(file);
    },
    random: (into) => into.set(random.bytes(into.length)),
    now: () => Date.UTC(2020, 1, 2),
  };
}

/** The same file without `punchHole`, as Node's are. */
export function withoutHoles(file: MemoryImageFile): MemoryImageFile {
  Object.defineProperty(file, 'punchHole', { value: undefined });
  return file;
}

export async function copyOf(file: ImageFile): Promise<MemoryImageFile> {
  return new MemoryImageFile(file.name, await readAll(file));
}

/** What a host writes at once. */
const PAGE = 4096;

type Change = (file: MemoryImageFile) => Promise<void>;

/** A file that remembers what is done to it. */
export class RecordedFile extends MemoryImageFile {
  /** Undefined is a flush. */
  readonly log: (Change | undefined)[] = [];

  override async write(offset: number, from: Uint8Array): Promise<void> {
    const bytes = from.slice();
    // Each page of it may be in the file without the others.
    for (let at = 0; at < bytes.length;) {
      const start = at;
      at = Math.min(bytes.length, at + PAGE - ((offset + at) % PAGE));
      const part = bytes.subarray(start, at);
      this.log.push((file) => file.write(offset + start, part));
    }
    await super.write(offset, from);
  }

  override async truncate(size: number): Promise<void> {
    this.log.push((file) => file.truncate(size));
    await super.truncate(size);
  }

  override async punchHole(offset: number, length: number): Promise<void> {
    this.log.push((file) => file.punchHole(offset, length));
    await super.punchHole(offset, length);
  }

  override async flush(): Promise<void> {
    this.log.push(undefined);
  }
}

/** A disk whose sectors are filled with numbers, and what each was, so that a crash can be judged. */
export class StampedDisk {
  /** For each sector the numbers that it was given, and how long the log of the file was before. */
  private readonly history = new Map<number, { stamp: number; time: number }[]>();
  private readonly flushed = new Map<number, number>();
  private next = 1;

  constructor(
    private readonly image: DiskImage,
    private readonly file: RecordedFile,
  ) {}

  async write(sector: number, count: number, zeroes = false): Promise<void> {
    const bytes = new Uint8Array(count * SECTOR);
    const stamp = zeroes ? 0 : this.next++;
    if (!zeroes) new Uint32Array(bytes.buffer).fill(stamp);
    const time = this.file.log.length;
    for (let i = sector; i < sector + count; i++) {
      const entries = this.history.get(i) ?? [];
      entries.push({ stamp, time });
      this.history.set(i, entries);
    }
    if (zeroes) await this.image.writeZeroes!(sector * SECTOR, bytes.length, true);
    else await this.image.write(sector * SECTOR, bytes);
  }

  /** Nothing may be under way. */
  async flush(): Promise<void> {
    await this.image.flush();
    // After this much of the log, all that was written counts.
    for (const [sector, entries] of this.history) {
      const last = entries.at(-1)!;
      if (this.flushed.get(sector) === last.stamp) continue;
      this.flushed.set(sector, last.stamp);
      entries.push({ stamp: last.stamp, time: -this.file.log.length });
    }
  }

  /**
   * Whether `image`, which is as the file was after `time` entries of the log, has what was flushed by then.
   * @param below what sectors are that were never written.
   */
  async judge(image: DiskImage, time: number, below?: DiskImage): Promise<void> {
    const words = new Uint32Array(SECTOR / 4);
    const bytes = new Uint8Array(words.buffer);
    for (const [sector, entries] of this.history) {
      words.fill(0);
      await below?.read(sector * SECTOR, bytes);
      const allowed = new Set<number>([words[0]!]);
      await image.read(sector * SECTOR, bytes);
      const word = words[0]!;
      if (words.some((other) => other !== word)) throw new Error(`sector ${sector} is torn`);
      for (const { stamp, time: at } of entries) {
        if (at < 0 ? -at <= time : false) allowed.clear();
        if (Math.abs(at) <= time) allowed.add(stamp);
      }
      if (!allowed.has(word))
        throw new Error(
          `sector ${sector} has ${word} after ${time} changes, not one of ${[...allowed].join()}`,
        );
    }
  }
}

/**
 * Opens the image after every change of a recorded file, as if the process had died there, and with a random part
 * of the changes after the last flush, as if the host had lost power.
 */
export async function replayCrashes(
  base: Uint8Array,
  recorded: RecordedFile,
  judge: (file: ImageFile, time: number) => Promise<void>,
  random: Random,
  losses = 60,
): Promise<void> {
  const { log } = recorded;
  const file = new MemoryImageFile(recorded.name, base);
  for (let time = 0; time <= log.length; time++) {
    await judge(readOnlyView(file), time);
    await log[time]?.(file);
  }
  for (let n = 0; n < losses; n++) {
    const time = random.below(log.length + 1);
    const barrier = log.slice(0, time).lastIndexOf(undefined);
    const left = new MemoryImageFile(recorded.name, base);
    for (let i = 0; i < time; i++) if (i < barrier || random.oneIn(2)) await log[i]?.(left);
    // What was written after the last barrier may be there or not: only what was flushed before counts.
    await judge(left, time);
  }
}

/** Random reads, writes and flushes, several at once, against bytes in memory. Ranges are whole sectors. */
export async function compareWithModel(
  image: DiskImage,
  model: Uint8Array,
  random: Random,
  rounds: number,
  unit = SECTOR,
): Promise<void> {
  const units = Math.floor(model.length / unit);
  for (let round = 0; round < rounds; round++) {
    // Ranges that are apart, in the same blocks as often as not.
    const cuts = Array.from({ length: 12 }, () => random.below(units + 1) * unit);
    if (random.oneIn(2)) {
      const near = random.below(units) * unit;
      for (let i = 0; i < cuts.length; i++) cuts[i] = Math.min(model.length, near + random.below(64) * unit);
    }
    cuts.sort((a, b) => a - b);
    const work: Promise<void>[] = [];
    for (let i = 0; i + 1 < cuts.length; i++) {
      const [start, end] = [cuts[i]!, Math.min(cuts[i + 1]!, cuts[i]! + (1 << 20))];
      if (start === end) continue;
      const range = model.subarray(start, end);
      switch (random.below(6)) {
        case 0:
          work.push(
            image.writeZeroes?.(start, end - start, true) ?? image.write(start, range.slice().fill(0)),
          );
          range.fill(0);
          break;
        case 1:
        case 2: {
          const into = new Uint8Array(end - start).fill(0xee);
          const expected = range.slice();
          work.push(image.read(start, into).then(() => expectSame(into, expected, start)));
          break;
        }
        case 3:
          work.push(image.flush());
          break;
        default:
          range.fill(1 + random.below(255));
          range[0] = random.below(256);
          work.push(image.write(start, range.slice()));
      }
    }
    await Promise.all(work);
  }
  expectSame(await readAll(image), model, 0);
}

export function expectSame(found: Uint8Array, expected: Uint8Array, start: number): void {
  expect(found.length).toBe(expected.length);
  if (Buffer.compare(found, expected) === 0) return;
  const at = found.findIndex((byte, i) => byte !== expected[i]);
  throw new Error(`at ${start + at}: expected ${expected[at]}, found ${found[at]}`);
}

/** The extents of an image cover it, and tell the truth. */
export async function checkExtents(image: DiskImage): Promise<string[]> {
  const kinds: string[] = [];
  for (let offset = 0; offset < image.size;) {
    const extent = await image.nextExtent(offset);
    expect(extent.offset).toBe(offset);
    expect(extent.length).toBeGreaterThan(0);
    expect(offset + extent.length).toBeLessThanOrEqual(image.size);
    const bytes = new Uint8Array(extent.length);
    await image.read(offset, bytes);
    if (extent.kind === 'data') {
      const stored = new Uint8Array(extent.length);
      await image.file.read(extent.fileOffset!, stored);
      expectSame(bytes, stored, offset);
    } else if (extent.kind === 'zero' || !image.backing) {
      expect(bytes.every((byte) => byte === 0)).toBe(true);
    }
    kinds.push(`${extent.kind} ${extent.length}`);
    offset += extent.length;
  }
  return kinds;
}

/** What qemu-img reads from an image. */
export function qemuContent(format: string, path: string): Uint8Array {
  qemuImg('convert', '-f', format, '-O', 'raw', path, `${path}.raw`);
  return readFileSync(`${path}.raw`);
}

export async function openFile(format: DiskFormat, path: string, readOnly: boolean): Promise<DiskImage> {
  return format.open(await NodeImageFile.open(path, readOnly), createImageHost());
}

/** Bytes with runs of zeros of all lengths. */
export function sparseContent(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const run = Math.min(length - at, 1 + random.below(random.pick([700, 70_000, 3_000_000])));
    if (random.oneIn(2)) bytes.fill(1 + random.below(255), at, at + run);
    at += run;
  }
  return bytes;
}

/**
 * Damages bytes of an image and uses what is left of it in every way: only a `DiskImageError` may come out.
 * @param hot ranges of the file whose bytes are damaged more often than others.
 */
export async function fuzzImage(
  format: DiskFormat,
  valid: Uint8Array,
  hot: readonly (readonly [number, number])[],
  random: Random,
  reseal: (bytes: Uint8Array) => void,
): Promise<'opened' | 'refused'> {
  const bytes = valid.slice();
  for (let n = 1 + random.below(4); n > 0; n--) {
    const [start, end] = random.oneIn(8) ? [0, bytes.length] : random.pick(hot);
    const at = start + random.below(end - start);
    const value = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
    if (random.oneIn(3)) bytes.fill(value, at, Math.min(at + random.pick([2, 4, 8, 512]), bytes.length));
    else bytes[at] = value;
  }
  if (!random.oneIn(3)) reseal(bytes);
  const length = random.oneIn(6) ? random.below(bytes.length + 1) : bytes.length;
  const file = withoutHoles(new MemoryImageFile('fuzzed', bytes.subarray(0, length)));
  try {
    await format.probe(bytes.subarray(0, Math.min(length, 4096)), file);
    const image = await format.open(file, memoryHost());
    await image.info();
    let offset = 0;
    for (let n = 0; n < 50 && offset < image.size; n++) offset += (await image.nextExtent(offset)).length;
    for (let n = 0; n < 6; n++) {
      const at = random.below(Math.min(image.size, 2 ** 32 - 1) / SECTOR) * SECTOR;
      const part = new Uint8Array(Math.min(image.size - at, random.pick([512, 4096, 65536])));
      await image.read(at, part);
      await image.write(at, part.fill(5));
      await image.flush();
    }
    await image.check?.();
    await image.check?.({ repair: 'all' });
    await image.close();
    return 'opened';
  } catch (error) {
    if (!(error instanceof DiskImageError)) throw error;
    return 'refused';
  }
}

/** Writes of parts of a sector that is not stored yet, at all moments of each other. */
export async function writePartsAtOnce(image: DiskImage, sector: number): Promise<void> {
  for (let ticks = 0; ticks < 40; ticks++) {
    const at = (sector + ticks) * SECTOR;
    const write = (part: number): Promise<void> =>
      image.write(at + part * 100, new Uint8Array(100).fill(part + 1));
    const [first, third] = [write(0), write(2)];
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
    await Promise.all([first, third, write(1)]);
    const found = new Uint8Array(300);
    await image.read(at, found);
    expectSame(
      found,
      Uint8Array.from({ length: 300 }, (_, i) => Math.floor(i / 100) + 1),
      at,
    );
  }
}
