/** VHDX as our own code writes and reads it: all types, the log, crashes, parents, damage. */
import { describe, expect, it } from 'vitest';
import type { DiskImage } from '../../src/disks/disk-image.ts';
import { diskFormat, probeFormat } from '../../src/disks/formats.ts';
import { MemoryImageFile, type ImageFile } from '../../src/disks/image-file.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import { crc32c } from '../../src/disks/vhdx/crc32c.ts';
import { VHDX } from '../../src/disks/vhdx/format.ts';
import { guidOf, guidText, NO_GUID } from '../../src/disks/vhdx/guid.ts';
import { Headers, viewOf } from '../../src/disks/vhdx/header.ts';
import type { VhdxImage } from '../../src/disks/vhdx/image.ts';
import { LogWriter } from '../../src/disks/vhdx/log-writer.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import {
  checkExtents,
  compareWithModel,
  copyOf,
  expectSame,
  fuzzImage,
  memoryHost,
  readAll,
  readOnlyView,
  RecordedFile,
  replayCrashes,
  SECTOR,
  StampedDisk,
  withoutHoles,
  writePartsAtOnce,
} from './vhd-support.ts';
import { resealVhdx, VHDX_HOT } from './vhdx-damage.ts';

const MIB = 2 ** 20;
const small = { blockSize: MIB };

/** A dynamic parent with something in it, and a differencing disk upon it. */
async function withParent(
  top: MemoryImageFile,
  size = 6 * MIB,
  options: Record<string, number> = small,
): Promise<{ parent: DiskImage; child: DiskImage; files: Record<string, ImageFile> }> {
  const file = new MemoryImageFile('base.vhdx');
  const parent = await VHDX.create(file, { size, options }, memoryHost({}, 1));
  for (let at = 0; at < size; at += 2 * MIB) {
    const bytes = new Uint8Array(MIB);
    new Uint32Array(bytes.buffer).fill(0x0100_0000 + at / MIB);
    await parent.write(at, bytes);
  }
  await parent.flush();
  const files = { 'base.vhdx': file };
  const image = await VHDX.open(readOnlyView(file), memoryHost());
  const backing = { reference: 'base.vhdx', image };
  const child = await VHDX.create(top, { size, backing, options }, memoryHost(files, 2));
  return { parent, child, files };
}

describe('what a VHDX is made of', () => {
  it('has checksums and identifiers as the specifications have them', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe306_9283);
    expect(guidOf('2DC27766-F623-4200-9D64-115E9BFD4A08')).toBe('6677c22d23f600429d64115e9bfd4a08');
    expect(guidText('6677c22d23f600429d64115e9bfd4a08')).toBe('{2dc27766-f623-4200-9d64-115e9bfd4a08}');
  });
});

describe('creating a VHDX', () => {
  it('refuses what there is not', async () => {
    const create = (size: number, options = {}) =>
      VHDX.create(new MemoryImageFile(), { size, options }, memoryHost());
    await expect(create(MIB + 1)).rejects.toThrow('whole sectors');
    await expect(create(MIB + 512, { logicalSectorSize: 4096 })).rejects.toThrow('whole sectors of 4096');
    await expect(create(2 ** 46 + 512)).rejects.toThrow('at most 64 TiB');
    await expect(create(MIB, { subformat: 'sparse' })).rejects.toThrow('"dynamic" or "fixed"');
    await expect(create(MIB, { colour: 'red' })).rejects.toThrow('no option "colour"');
    await expect(create(MIB, { blockSize: 3 * MIB })).rejects.toThrow('a power of two');
    await expect(create(MIB, { logSize: 5 })).rejects.toThrow('whole MiB');
    await expect(create(MIB, { blockStateZero: 'yes' })).rejects.toThrow('true or false');
    await expect(create(MIB, { logicalSectorSize: 1024 })).rejects.toThrow('512 or 4096');
  });
});

const kinds = ['fixed', 'dynamic', 'dynamic 4096', 'not present', 'differencing', 'differencing 4096'];
describe.each(kinds)('a VHDX: %s', (kind) => {
  const logicalSectorSize = kind.endsWith('4096') ? 4096 : 512;
  const make = async (file: MemoryImageFile, size: number) => {
    const common = { ...small, logicalSectorSize };
    if (kind.startsWith('differencing')) return withParent(file, size, common);
    const options = {
      ...common,
      subformat: kind === 'fixed' ? 'fixed' : 'dynamic',
      blockStateZero: kind !== 'not present',
    };
    return { child: await VHDX.create(file, { size, options }, memoryHost()), files: {}, parent: undefined };
  };

  it.each(fuzzSeeds(2))('holds what is written, read at the same time, seed %i', async (seed) => {
    const random = new Random(seed);
    const file = new MemoryImageFile('disk.vhdx');
    if (random.oneIn(2)) withoutHoles(file);
    const { child, files, parent } = await make(file, 4 * MIB - 8192);
    const model = parent ? await readAll(parent) : new Uint8Array(child.size);
    let image = child;
    for (let n = 0; n < 4; n++) {
      await compareWithModel(image, model, random, 12, n === 3 ? 100 : SECTOR);
      await checkExtents(image);
      expect(await image.check!()).toMatchObject({ errorCount: 0, leaks: 0 });
      await image.close();
      image = await openDiskImage(file, memoryHost(files, seed + n));
    }
    expectSame(await readAll(image), model, 0);
  });

  if (logicalSectorSize === 512 && kind !== 'fixed') {
    it.each(fuzzSeeds(1))('survives a crash at every moment, seed %i', async (seed) => {
      const random = new Random(seed);
      const file = new RecordedFile('disk.vhdx');
      const { child, files, parent } = await make(file, 8 * MIB);
      const base = await readAll(file);
      file.log.length = 0;
      const disk = new StampedDisk(child, file);
      const sectors = child.size / SECTOR;
      for (let round = 0; round < 10; round++) {
        const starts = Array.from({ length: 4 }, () => random.below(sectors - 8));
        const apart = starts.filter((start, i) =>
          starts.every((other, j) => i <= j || Math.abs(start - other) > 8),
        );
        await Promise.all(apart.map((start) => disk.write(start, 1 + random.below(8), random.oneIn(5))));
        if (random.oneIn(2)) await disk.flush();
      }
      await disk.flush();
      await child.close();
      const judge = async (left: ImageFile, time: number): Promise<void> => {
        const image = await openDiskImage(left, memoryHost(files));
        await disk.judge(image, time, parent);
        expect(await image.check!()).toMatchObject({ errors: [] });
      };
      await replayCrashes(base, file, judge, random);
    });
  }
});

describe('the log of a VHDX', () => {
  it('goes round, and is whole at every moment', async () => {
    const file = new RecordedFile('disk.vhdx');
    const image = await VHDX.create(file, { size: 20 * MIB, options: small }, memoryHost());
    const add = async (block: number): Promise<void> => {
      await image.write(block * MIB, new Uint8Array(SECTOR).fill(block + 1));
      await image.flush();
    };
    await add(0);
    // An entry takes two sectors, so that 128 fill the log.
    for (let n = 0; n < 120; n++) {
      await (image as VhdxImage).patch([{ offset: 2 * MIB + 4096, bytes: Uint8Array.of(0) }]);
      await image.flush();
    }
    const base = await readAll(file);
    file.log.length = 0;
    for (let block = 1; block < 15; block++) await add(block);
    const judge = async (left: ImageFile): Promise<void> => {
      const again = await VHDX.open(left, memoryHost());
      const sector = new Uint8Array(SECTOR);
      await again.read(0, sector);
      expect(sector.every((byte) => byte === 1)).toBe(true);
      let last = 1;
      for (let block = 1; block < 15; block++) {
        await again.read(block * MIB, sector);
        // One after the other: none is missing before one that is there.
        expect([0, last === block ? block + 1 : 0]).toContain(sector[0]);
        if (sector[0] !== 0) last = sector[0]!;
      }
      expect(await again.check!()).toMatchObject({ errorCount: 0 });
    };
    await replayCrashes(base, file, judge, new Random(1), 20);
  });

  it('of other programs is replayed: several entries, stretches of zeros, the file made longer', async () => {
    const file = new MemoryImageFile('disk.vhdx');
    const image = await VHDX.create(file, { size: 8 * MIB, options: small }, memoryHost());
    await image.write(0, new Uint8Array(MIB).fill(7));
    await image.close();
    const headers = await Headers.read(file);
    const guid = '11'.repeat(16);
    await headers.update({ logGuid: guid });
    const end = file.size;
    const data = end - MIB;
    const sector = (fill: number): Uint8Array => new Uint8Array(4096).fill(fill);
    // The third one lies over the end of the log.
    const logEnd = headers.current.logLength;
    const log = [
      {
        sequence: 1n,
        changes: [
          { at: data, bytes: sector(1) },
          { at: data + 8192, bytes: sector(2) },
        ],
      },
      {
        sequence: 2n,
        changes: [
          { at: data, zeros: 16384 },
          { at: data + 4096, bytes: sector(3) },
        ],
      },
      {
        sequence: 3n,
        changes: [
          { at: data + 65536, bytes: sector(4) },
          { at: end, zeros: 4096 },
        ],
      },
    ];
    const tail = logEnd - 16384;
    let position = tail;
    for (const { sequence, changes } of log) {
      const entry = buildEntry(guid, sequence, tail, changes, end, end + 5000);
      for (let at = 0; at < entry.length; at += 4096)
        await file.write(
          headers.current.logOffset + ((position + at) % logEnd),
          entry.subarray(at, at + 4096),
        );
      position += entry.length;
    }
    expect(position).toBeGreaterThan(logEnd);
    const expected = new Uint8Array(MIB).fill(7);
    expected.fill(0, 0, 16384);
    expected.fill(3, 4096, 8192);
    expected.fill(4, 65536, 65536 + 4096);
    const before = await readAll(file);
    const readOnly = await VHDX.open(readOnlyView(file), memoryHost());
    expect(await readOnly.info()).toMatchObject({ isDirty: true });
    expectSame((await readAll(readOnly)).subarray(0, MIB), expected, 0);
    for (const [start, length] of [
      [4000, 200],
      [65530, 4200],
      [16000, 700],
    ] as const) {
      const bytes = new Uint8Array(length);
      await readOnly.read(start, bytes);
      expectSame(bytes, expected.subarray(start, start + length), start);
    }
    expectSame(await readAll(file), before, 0);
    for (const replayed of [file, withoutHoles(await copyOf(file))]) {
      const written = await VHDX.open(replayed, memoryHost());
      expectSame((await readAll(written)).subarray(0, MIB), expected, 0);
      expect(replayed.size).toBe(end + MIB);
      expect((await Headers.read(replayed)).current.logGuid).toBe(NO_GUID);
    }
  });

  it('is refused when it is not whole, or the file was cut off, or it writes over headers', async () => {
    const file = new MemoryImageFile('disk.vhdx');
    await VHDX.create(file, { size: 8 * MIB, options: small }, memoryHost());
    const guid = '22'.repeat(16);
    const headers = await Headers.read(file);
    await headers.update({ logGuid: guid });
    const open = async (entry: Uint8Array): Promise<unknown> => {
      const copy = await copyOf(file);
      await copy.write(headers.current.logOffset, entry);
      return VHDX.open(copy, memoryHost());
    };
    const change = [{ at: file.size - MIB, bytes: new Uint8Array(4096) }];
    const entry = buildEntry(guid, 5n, 0, change, file.size, file.size);
    await expect(open(new Uint8Array(4096))).rejects.toThrow('no whole sequence');
    await expect(open(buildEntry('33'.repeat(16), 5n, 0, change, 0, 0))).rejects.toThrow('no whole sequence');
    await expect(open(buildEntry(guid, 5n, 8192, change, 0, 0))).rejects.toThrow('no whole sequence');
    const torn = entry.slice();
    torn[6000]! ^= 1;
    await expect(open(torn)).rejects.toThrow('no whole sequence');
    await expect(open(buildEntry(guid, 5n, 0, change, file.size + 1, file.size))).rejects.toThrow('cut off');
    const over = [{ at: 65536, bytes: new Uint8Array(4096) }];
    await expect(open(buildEntry(guid, 5n, 0, over, 0, 0))).rejects.toThrow('write at offset 65536');
  });

  it('changes all of its sectors or none', async () => {
    const file = new RecordedFile('disk.vhdx');
    const image = await VHDX.create(file, { size: 2 * MIB, options: small }, memoryHost());
    await image.write(0, new Uint8Array(MIB));
    await image.close();
    const headers = await Headers.read(file);
    const log = new LogWriter(file, headers, () => '44'.repeat(16));
    const base = await readAll(file);
    file.log.length = 0;
    const start = file.size - MIB;
    for (const fill of [1, 2, 3]) {
      const bytes = new Uint8Array(4096).fill(fill);
      await file.flush();
      await log.change(
        Array.from({ length: 20 }, (_, i) => ({ offset: start + i * 4096, bytes })),
        file.size,
      );
    }
    await log.end();
    const seen = new Set<number>();
    const judge = async (left: ImageFile): Promise<void> => {
      const bytes = new Uint8Array(20 * 4096);
      await (await VHDX.open(left, memoryHost())).read(0, bytes);
      seen.add(bytes[0]!);
      expect(bytes.findIndex((byte) => byte !== bytes[0])).toBe(-1);
    };
    await replayCrashes(base, file, judge, new Random(1), 200);
    expect([...seen]).toEqual([0, 1, 2, 3]);
  });
});

type LogChange = { readonly at: number; readonly bytes?: Uint8Array; readonly zeros?: number };

/** A log entry, from the specification: [MS-VHDX] 2.3.1. */
function buildEntry(
  guid: string,
  sequence: bigint,
  tail: number,
  changes: readonly LogChange[],
  flushed: number,
  last: number,
): Uint8Array {
  const data = changes.filter(({ bytes }) => bytes);
  const entry = new Uint8Array(4096 * (1 + data.length));
  const view = viewOf(entry);
  const put = (at: number, text: string): void => entry.set(new TextEncoder().encode(text), at);
  put(0, 'loge');
  view.setUint32(8, entry.length, true);
  view.setUint32(12, tail, true);
  view.setBigUint64(16, sequence, true);
  view.setUint32(24, changes.length, true);
  entry.set(
    Uint8Array.from(guid.match(/../g)!, (pair) => Number.parseInt(pair, 16)),
    32,
  );
  view.setBigUint64(48, BigInt(flushed), true);
  view.setBigUint64(56, BigInt(last), true);
  let sector = 4096;
  for (const [i, { at, bytes, zeros }] of changes.entries()) {
    const descriptor = 64 + i * 32;
    put(descriptor, bytes ? 'desc' : 'zero');
    view.setBigUint64(descriptor + 16, BigInt(at), true);
    view.setBigUint64(descriptor + 24, sequence, true);
    if (!bytes) {
      view.setBigUint64(descriptor + 8, BigInt(zeros!), true);
      continue;
    }
    entry.set(bytes.subarray(4092), descriptor + 4);
    entry.set(bytes.subarray(0, 8), descriptor + 8);
    entry.set(bytes, sector);
    put(sector, 'data');
    view.setUint32(sector + 4, Number(sequence >> 32n), true);
    view.setUint32(sector + 4092, Number(sequence & 0xffff_ffffn), true);
    sector += 4096;
  }
  view.setUint32(4, crc32c(entry, 4), true);
  return entry;
}

describe('a VHDX', () => {
  it('gets new identifiers before it is changed, once an opening, and none when it is read', async () => {
    const file = new MemoryImageFile('disk.vhdx');
    const made = await VHDX.create(file, { size: 8 * MIB, options: small }, memoryHost({}, 1));
    await made.close();
    const now = async () => (await Headers.read(file)).current;
    const first = await now();
    const image = await VHDX.open(file, memoryHost({}, 2));
    await readAll(image);
    await image.flush();
    expect(await now()).toEqual(first);
    await image.write(0, new Uint8Array(512));
    const second = await now();
    expect(second.dataWriteGuid).not.toBe(first.dataWriteGuid);
    expect(second.fileWriteGuid).not.toBe(first.fileWriteGuid);
    expect(second.logGuid).toBe(NO_GUID);
    await image.write(2 * MIB, new Uint8Array(512));
    await image.flush();
    expect(await now()).toMatchObject({
      dataWriteGuid: second.dataWriteGuid,
      logGuid: expect.not.stringMatching(/^0+$/),
    });
    await image.close();
    expect(await now()).toMatchObject({ dataWriteGuid: second.dataWriteGuid, logGuid: NO_GUID });
  });

  it('is known by its start, and opens with one header and one region table', async () => {
    const file = new MemoryImageFile('disk.vhdx');
    await VHDX.create(file, { size: 8 * MIB, options: small }, memoryHost());
    expect(await probeFormat(file)).toBe('vhdx');
    for (const header of [65536, 131072]) {
      const copy = await copyOf(file);
      await copy.write(header, new Uint8Array(100));
      await copy.write(header === 65536 ? 192 * 1024 : 256 * 1024, new Uint8Array(100));
      const image = await VHDX.open(copy, memoryHost());
      expect(await image.check!()).toMatchObject({ errorCount: 2, repaired: 0 });
      expect(await image.check!({ repair: 'all' })).toMatchObject({ errorCount: 2, repaired: 2 });
      expect(await image.check!()).toMatchObject({ errorCount: 0 });
      await image.close();
      expect(await (await VHDX.open(copy, memoryHost())).check!()).toMatchObject({ errorCount: 0 });
      await copy.write(65536, new Uint8Array(100));
      await copy.write(131072, new Uint8Array(100));
      await expect(VHDX.open(copy, memoryHost())).rejects.toThrow('neither header');
    }
  });

  it('makes one block of writes that come at once', async () => {
    const file = new MemoryImageFile('disk.vhdx');
    const image = await VHDX.create(file, { size: 8 * MIB, options: small }, memoryHost());
    const size = file.size;
    await Promise.all(
      Array.from({ length: 64 }, (_, i) => image.write(i * 100, new Uint8Array(100).fill(i + 1))),
    );
    expect(file.size).toBe(size + MIB);
    const bytes = await readAll(image);
    expect(bytes.subarray(0, 6400).every((byte, i) => byte === Math.floor(i / 100) + 1)).toBe(true);
    expect(bytes.subarray(6400).every((byte) => byte === 0)).toBe(true);
  });

  it('takes little memory and time however great the disk is', async () => {
    const file = new MemoryImageFile('big.vhdx');
    const image = await VHDX.create(
      file,
      { size: 2 ** 46, options: { blockStateZero: false } },
      memoryHost(),
    );
    await image.write(2 ** 45, Uint8Array.of(7));
    await image.close();
    expect(file.allocated).toBeLessThan(4 * MIB);
    let read = 0;
    const counted: ImageFile = {
      ...readOnlyView(file),
      size: file.size,
      read: (offset, into) => ((read += into.length), file.read(offset, into)),
    };
    const again = await VHDX.open(counted, memoryHost());
    const byte = new Uint8Array(1);
    await again.read(2 ** 45, byte);
    expect(byte[0]).toBe(7);
    expect(read).toBeLessThan(300_000);
  });

  it('is repaired: blocks that are none, room that nothing uses', async () => {
    const file = new MemoryImageFile('disk.vhdx');
    const image = await VHDX.create(file, { size: 8 * MIB, options: small }, memoryHost());
    await image.write(0, new Uint8Array(2 * MIB).fill(9));
    await image.close();
    const damaged = await copyOf(file);
    await damaged.truncate(file.size + MIB);
    const table = 2 * MIB;
    await damaged.write(table + 16, Uint8Array.of(6, 0, 0x10)); // A block over the log.
    await damaged.write(table + 24, Uint8Array.of(5)); // A state that is reserved.
    await damaged.write(table + 32, Uint8Array.of(7, 0, 0x50)); // In part, without a parent.
    const broken = await VHDX.open(damaged, memoryHost());
    await expect(broken.read(2 * MIB, new Uint8Array(1))).rejects.toThrow(
      'disk.vhdx: vhdx at offset 2097168',
    );
    await expect(broken.write(0, Uint8Array.of(1))).rejects.toThrow('before it is repaired');
    expect(await broken.check!()).toMatchObject({ errorCount: 3, leaks: 1, repaired: 0 });
    expect(await broken.check!({ repair: 'all' })).toMatchObject({ errorCount: 3, leaks: 1, repaired: 4 });
    expect(await broken.check!()).toMatchObject({ errorCount: 0, leaks: 0 });
    expect(damaged.size).toBe(file.size);
    await broken.write(0, Uint8Array.of(1));
  });

  it('is not written to when blocks overlap', async () => {
    const file = new MemoryImageFile('disk.vhdx');
    const image = await VHDX.create(file, { size: 8 * MIB, options: small }, memoryHost());
    await image.write(0, new Uint8Array(2 * MIB).fill(9));
    await image.close();
    const entry = new Uint8Array(8);
    await file.read(2 * MIB, entry);
    await file.write(2 * MIB + 8, entry);
    const broken = await VHDX.open(file, memoryHost());
    await expect(broken.write(0, Uint8Array.of(1))).rejects.toThrow('overlap');
    expect((await broken.check!({ repair: 'all' })).errorCount).toBe(1);
  });
});

describe('resizing a VHDX', () => {
  it('cuts and adds zeros, and survives a crash at every moment', async () => {
    for (const differs of [false, true]) {
      const file = new RecordedFile('disk.vhdx');
      const { child, files } = differs
        ? await withParent(file, 2 * MIB)
        : { child: await VHDX.create(file, { size: 2 * MIB, options: small }, memoryHost()), files: {} };
      await child.write(0, new Uint8Array(2 * MIB).fill(1));
      for (const size of [MIB + 512, 3 * MIB, 6 * MIB, 512, MIB + 1024]) {
        await child.flush();
        const kept = await readAll(child);
        const base = await readAll(file);
        file.log.length = 0;
        await child.resize!(size);
        const expected = new Uint8Array(size);
        expected.set(kept.subarray(0, size));
        expectSame(await readAll(child), expected, 0);
        expect(await child.check!()).toMatchObject({ errorCount: 0 });
        const judge = async (left: ImageFile): Promise<void> => {
          const again = await openDiskImage(left, memoryHost(files));
          expectSame(await readAll(again), again.size === size ? expected : kept, 0);
        };
        await replayCrashes(base, file, judge, new Random(1), 5);
      }
      await expect(child.resize!(100)).rejects.toThrow('whole sectors');
      await expect(child.resize!(2 ** 40)).rejects.toThrow('its table has room for');
    }
  });
});

describe('a differencing VHDX', () => {
  it('names its parent, and is refused upon another, or upon the same when it was changed', async () => {
    const file = new MemoryImageFile('top.vhdx');
    const { child, parent, files } = await withParent(file);
    await child.write(1000, Uint8Array.of(1, 2, 3));
    await child.close();
    await parent.close();
    const image = await openDiskImage(file, memoryHost(files));
    expect(image.backingReference).toEqual({ reference: 'base.vhdx', format: 'vhdx' });
    const expected = await readAll(image.backing!);
    expected.set([1, 2, 3], 1000);
    expectSame(await readAll(image), expected, 0);
    const changed = await copyOf(files['base.vhdx']!);
    await (await VHDX.open(changed, memoryHost({}, 50))).write(0, Uint8Array.of(1));
    await expect(openDiskImage(file, memoryHost({ 'base.vhdx': changed }))).rejects.toThrow(
      'was changed since',
    );
    const stranger = new MemoryImageFile('base.vhdx');
    await VHDX.create(stranger, { size: 6 * MIB }, memoryHost({}, 99));
    await expect(openDiskImage(file, memoryHost({ 'base.vhdx': stranger }))).rejects.toThrow(
      'not its parent',
    );
  });

  it('lies only upon a VHDX', async () => {
    const { parent } = await withParent(new MemoryImageFile());
    const raw = await diskFormat('raw').create(new MemoryImageFile(), { size: MIB }, memoryHost());
    const create = (image: DiskImage, options = {}) =>
      VHDX.create(
        new MemoryImageFile(),
        { size: MIB, backing: { reference: 'x', image }, options },
        memoryHost(),
      );
    await expect(create(raw)).rejects.toThrow('expected a VHDX');
    await expect(create(parent, { subformat: 'fixed' })).rejects.toThrow('no backing image');
  });

  it('takes another parent, or none, or forgets what it has', async () => {
    const file = new MemoryImageFile('top.vhdx');
    const { child, files, parent } = await withParent(file);
    await child.write(0, new Uint8Array(3 * SECTOR).fill(5));
    await child.write(2 * MIB + 512, new Uint8Array(MIB).fill(6));
    const other = new MemoryImageFile('other.vhdx');
    await (await VHDX.create(other, { size: 8 * MIB }, memoryHost({}, 7))).close();
    files['../images/other.vhdx'] = other;
    await child.setBackingReference!({ reference: '../images/other.vhdx' });
    await child.close();
    let image = await openDiskImage(file, memoryHost(files));
    expect(image.backingReference?.reference).toBe('../images/other.vhdx');
    const expected = new Uint8Array(6 * MIB);
    expected.fill(5, 0, 3 * SECTOR);
    expected.fill(6, 2 * MIB + 512, 3 * MIB + 512);
    expectSame(await readAll(image), expected, 0);
    await image.setBackingReference!(undefined);
    expect(await image.check!()).toMatchObject({ errorCount: 0 });
    await image.close();
    image = await openDiskImage(file, memoryHost());
    expect(image.backingReference).toBeUndefined();
    expect((await image.info()).details).toMatchObject({ subformat: 'dynamic' });
    expectSame(await readAll(image), expected, 0);
    await parent.close();
    await image.setBackingReference!({ reference: 'base.vhdx' }).catch((error: Error) =>
      expect(error.message).toContain('no file'),
    );
    image = await openDiskImage(file, memoryHost(files));
    await image.setBackingReference!({ reference: 'base.vhdx' });
    await image.makeEmpty!();
    expect(await image.check!()).toMatchObject({ errorCount: 0, leaks: 0 });
    await image.close();
    image = await openDiskImage(file, memoryHost(files));
    expectSame(await readAll(image), await readAll(image.backing!), 0);
  });

  it('that forgets what it has lies upon its parent as it is then', async () => {
    const file = new MemoryImageFile('top.vhdx');
    const { child, files } = await withParent(file);
    await child.write(MIB, new Uint8Array(512).fill(8));
    await child.close();
    // A commit: the content goes into the parent, and the child is made empty.
    const image = await VHDX.open(file, memoryHost(files));
    const below = await VHDX.open(files['base.vhdx']!, memoryHost({}, 70));
    image.backing = below;
    await below.write(MIB, new Uint8Array(512).fill(8));
    await image.makeEmpty!();
    await image.close();
    const again = await openDiskImage(file, memoryHost(files));
    const bytes = new Uint8Array(512);
    await again.read(MIB, bytes);
    expect(bytes.every((byte) => byte === 8)).toBe(true);
  });

  it('keeps what is written to parts of one sector at once', async () => {
    const { child } = await withParent(new MemoryImageFile('top.vhdx'));
    await writePartsAtOnce(child, 10);
  });

  it('does not take old bits for new ones', async () => {
    const file = new MemoryImageFile('top.vhdx');
    const { child, files, parent } = await withParent(file);
    await child.write(0, new Uint8Array(4096).fill(5));
    await child.writeZeroes!(0, MIB, true);
    await child.close();
    // Another program takes the block away and leaves its bits.
    await file.write(2 * MIB, new Uint8Array(8));
    const image = await openDiskImage(file, memoryHost(files));
    await image.write(512 * 20, new Uint8Array(512).fill(1));
    const expected = await readAll(parent);
    expected.fill(1, 512 * 20, 512 * 21);
    expectSame(await readAll(image), expected, 0);
  });
});

describe('a damaged VHDX', () => {
  it.each(fuzzSeeds(2))('does no harm, seed %i', async (seed) => {
    const random = new Random(seed);
    const file = new MemoryImageFile('disk.vhdx');
    const image = await VHDX.create(file, { size: 4 * MIB, options: small }, memoryHost());
    await image.write(MIB, new Uint8Array(MIB).fill(1));
    await image.flush(); // Not closed: the log is to be replayed.
    const top = new MemoryImageFile('top.vhdx');
    const { child } = await withParent(top, 4 * MIB);
    await child.write(512, new Uint8Array(512));
    await child.close();
    const results = { opened: 0, refused: 0 };
    for (const valid of [await readAll(file), await readAll(top)]) {
      for (let n = 0; n < 60; n++) results[await fuzzImage(VHDX, valid, VHDX_HOT, random, resealVhdx)]++;
    }
    expect(results.opened).toBeGreaterThan(15);
    expect(results.refused).toBeGreaterThan(15);
  });
});
