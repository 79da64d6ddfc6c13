/** VHDX as our own code writes and reads it: all types, crashes, sizes, damage. */
import { describe, expect, it } from 'vitest';
import { probeFormat } from '../../src/disks/formats.ts';
import { MemoryImageFile, type ImageFile, readOnlyView } from '../../src/disks/image-file.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import { crc32c } from '../../src/disks/vhdx/crc32c.ts';
import { VHDX } from '../../src/disks/vhdx/format.ts';
import { guidOf, guidText, NO_GUID } from '../../src/disks/vhdx/guid.ts';
import { Headers } from '../../src/disks/vhdx/header.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import { countReads, readAll } from './content.ts';
import {
  checkExtents,
  compareWithModel,
  copyOf,
  expectSame,
  fuzzImage,
  memoryHost,
  RecordedFile,
  replayCrashes,
  SECTOR,
  StampedDisk,
  withoutHoles,
} from './vhd-support.ts';
import { resealVhdx, VHDX_HOT } from './vhdx-damage.ts';
import { MIB, small, withParent } from './vhdx-support.ts';

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
    const counted = readOnlyView(file);
    const bytesRead = countReads(counted);
    const again = await VHDX.open(counted, memoryHost());
    const byte = new Uint8Array(1);
    await again.read(2 ** 45, byte);
    expect(byte[0]).toBe(7);
    expect(bytesRead()).toBeLessThan(300_000);
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
