/** VHDs as our own code writes and reads them: all types, crashes, parents, damage. */
import { describe, expect, it } from 'vitest';
import type { DiskImage } from '../../src/disks/disk-image.ts';
import { diskFormat, probeFormat } from '../../src/disks/formats.ts';
import { MemoryImageFile, type ImageFile, readOnlyView } from '../../src/disks/image-file.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import { buildFooter, geometryOf, seal, viewOf } from '../../src/disks/vhd/footer.ts';
import { VHD } from '../../src/disks/vhd/format.ts';
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
  writePartsAtOnce,
} from './vhd-support.ts';

const BLOCK = 2 ** 19;
const MIB = 2 ** 20;
const small = { blockSize: BLOCK };

/** A dynamic parent with something in it, and a differencing disk upon it. */
async function withParent(
  top: MemoryImageFile,
  size = 8 * MIB,
): Promise<{ parent: DiskImage; child: DiskImage; files: Record<string, ImageFile> }> {
  const file = new MemoryImageFile('base.vhd');
  const parent = await VHD.create(file, { size, options: small }, memoryHost({}, 1));
  for (let at = 0; at < size; at += 3 * BLOCK) {
    const bytes = new Uint8Array(BLOCK);
    new Uint32Array(bytes.buffer).fill(0x0100_0000 + at / BLOCK);
    await parent.write(at, bytes);
  }
  await parent.flush();
  const files = { 'base.vhd': file };
  const backing = { reference: 'base.vhd', image: await VHD.open(readOnlyView(file), memoryHost()) };
  const child = await VHD.create(top, { size, backing, options: small }, memoryHost(files, 2));
  return { parent, child, files };
}

describe('the footer of a VHD', () => {
  it('has the geometry of the specification', () => {
    const chs = (sectors: number): number[] => Object.values(geometryOf(sectors));
    expect(chs(20480)).toEqual([301, 4, 17]);
    expect(chs(65535 * 16 * 255)).toEqual([65535, 16, 255]);
    expect(chs(2 ** 40)).toEqual([65535, 16, 255]);
    // No geometry is greater than the disk.
    for (let sectors = 68; sectors < 2 ** 32; sectors = Math.ceil(sectors * 1.37)) {
      const [cylinders, heads, sectorsPerTrack] = chs(sectors) as [number, number, number];
      expect(cylinders * heads * sectorsPerTrack).toBeLessThanOrEqual(sectors);
      expect(heads).toBeLessThanOrEqual(16);
    }
  });

  it('is where a fixed disk is found by, and the size is taken from what its creator means', async () => {
    const size = 10 * MIB;
    for (const [creator, expected] of [
      ['qem2', size],
      ['win ', size],
      ['vbox', size],
      ['qemu', 301 * 4 * 17 * SECTOR],
      ['vpc ', 301 * 4 * 17 * SECTOR],
    ] as const) {
      const uniqueId = new Uint8Array(16);
      const footer = buildFooter({ type: 2, size, uniqueId, now: 0, isExact: true });
      footer.set(new TextEncoder().encode(creator), 28);
      seal(footer, 64);
      const file = new MemoryImageFile('fixed.vhd');
      await file.write(size, footer);
      expect(await probeFormat(file)).toBe('vhd');
      expect((await VHD.open(file, memoryHost())).size).toBe(expected);
    }
  });

  it('at the end counts, so that a guest cannot make its fixed disk another image', async () => {
    const file = new MemoryImageFile('fixed.vhd');
    const fixed = await VHD.create(file, { size: MIB, options: { subformat: 'fixed' } }, memoryHost());
    const other = new MemoryImageFile('other.vhd');
    await VHD.create(other, { size: MIB }, memoryHost());
    await fixed.write(0, await readAll(other));
    const again = await openDiskImage(file, memoryHost());
    expect((await again.info()).details).toMatchObject({ subformat: 'fixed', creator: 'qem2' });
    expect(await again.check!()).toEqual({ errors: [], errorCount: 0, leaks: 0, repaired: 0 });
  });
});

describe('creating a VHD', () => {
  it('refuses what there is not', async () => {
    const create = (size: number, options = {}) =>
      VHD.create(new MemoryImageFile(), { size, options }, memoryHost());
    await expect(create(MIB + 1)).rejects.toThrow('whole sectors');
    await expect(create(0)).rejects.toThrow('whole sectors');
    await expect(create(2040 * 2 ** 30 + 512)).rejects.toThrow('at most 2040 GiB');
    await expect(create(MIB, { subformat: 'sparse' })).rejects.toThrow('"dynamic" or "fixed"');
    await expect(create(MIB, { colour: 'red' })).rejects.toThrow('no option "colour"');
    await expect(create(MIB, { blockSize: 4096 })).rejects.toThrow('2097152 or 524288');
    await expect(create(MIB, { forceSize: 'yes' })).rejects.toThrow('true or false');
  });

  it('gives the size that is asked for, or one that a geometry expresses', async () => {
    const create = async (size: number, forceSize: boolean, subformat: string) =>
      (await VHD.create(new MemoryImageFile(), { size, options: { forceSize, subformat } }, memoryHost()))
        .size;
    for (const subformat of ['fixed', 'dynamic']) {
      expect(await create(10 * MIB, true, subformat)).toBe(10 * MIB);
      expect(await create(10 * MIB, false, subformat)).toBe(0xa07000);
    }
  });
});

describe.each(['fixed', 'dynamic', 'differencing'])('a %s VHD', (subformat) => {
  const make = async (file: MemoryImageFile, size: number) => {
    if (subformat === 'differencing') return withParent(file, size);
    const options = subformat === 'fixed' ? { subformat } : { ...small, subformat };
    return { child: await VHD.create(file, { size, options }, memoryHost()), files: {}, parent: undefined };
  };

  it.each(fuzzSeeds(3))('holds what is written, read at the same time, seed %i', async (seed) => {
    const random = new Random(seed);
    const file = new MemoryImageFile('disk.vhd');
    if (random.oneIn(2)) withoutHoles(file);
    const { child, files, parent } = await make(
      file,
      8 * MIB - 3 * SECTOR * (subformat === 'differencing' ? 0 : 1),
    );
    const model = parent ? await readAll(parent) : new Uint8Array(child.size);
    let image = child;
    for (let n = 0; n < 4; n++) {
      await compareWithModel(image, model, random, 12, n === 3 ? 100 : SECTOR);
      await checkExtents(image);
      if (image.check) expect(await image.check()).toMatchObject({ errorCount: 0, leaks: 0 });
      await image.close();
      image = await openDiskImage(file, memoryHost(files));
    }
    expectSame(await readAll(image), model, 0);
  });

  if (subformat !== 'fixed') {
    it.each(fuzzSeeds(2))('survives a crash at every moment, seed %i', async (seed) => {
      const random = new Random(seed);
      const file = new RecordedFile('disk.vhd');
      const { child, files, parent } = await make(file, 4 * MIB);
      await child.flush();
      const base = await readAll(file);
      file.log.length = 0;
      const disk = new StampedDisk(child, file);
      const sectors = child.size / SECTOR;
      for (let round = 0; round < 12; round++) {
        const starts = Array.from({ length: 4 }, () => random.below(sectors - 8));
        const apart = starts.filter((start, i) =>
          starts.every((other, j) => i <= j || Math.abs(start - other) > 8),
        );
        await Promise.all(apart.map((start) => disk.write(start, 1 + random.below(8), random.oneIn(5))));
        if (random.oneIn(2)) await disk.flush();
      }
      await disk.flush();
      const judge = async (left: ImageFile, time: number): Promise<void> => {
        const image = await openDiskImage(left, memoryHost(files));
        await disk.judge(image, time, parent);
        const { errors } = await image.check!();
        // Only a loss of power takes the footer at the end before there is another one.
        expect(errors.filter((line) => left.readOnly || !line.startsWith('the footer'))).toEqual([]);
      };
      await replayCrashes(base, file, judge, random);
    });
  }
});

describe('a sparse VHD', () => {
  it('has a footer at its end, and one at its start, whenever a block is added', async () => {
    const file = new MemoryImageFile('disk.vhd');
    const image = await VHD.create(file, { size: 8 * MIB, options: small }, memoryHost());
    const size = file.size;
    for (let n = 1; n <= 3; n++) {
      await image.write(n * MIB, Uint8Array.of(n));
      expect(file.size).toBe(size + n * (BLOCK + SECTOR));
      const [first, last] = [new Uint8Array(SECTOR), new Uint8Array(SECTOR)];
      await file.read(0, first);
      await file.read(file.size - SECTOR, last);
      expect(last).toEqual(first);
    }
    await image.writeZeroes!(0, MIB, true);
    expect(file.size).toBe(size + 3 * (BLOCK + SECTOR));
  });

  it('makes one block of writes that come at once', async () => {
    const file = new MemoryImageFile('disk.vhd');
    const image = await VHD.create(file, { size: 8 * MIB, options: small }, memoryHost());
    const size = file.size;
    await Promise.all(
      Array.from({ length: 64 }, (_, i) => image.write(i * 100, new Uint8Array(100).fill(i + 1))),
    );
    expect(file.size).toBe(size + BLOCK + SECTOR);
    const bytes = await readAll(image);
    expect(bytes.subarray(0, 6400).every((byte, i) => byte === Math.floor(i / 100) + 1)).toBe(true);
    expect(bytes.subarray(6400).every((byte) => byte === 0)).toBe(true);
  });

  it('takes little memory and time however great the disk is', async () => {
    const file = new MemoryImageFile('big.vhd');
    const image = await VHD.create(file, { size: 2040 * 2 ** 30 }, memoryHost());
    await image.write(2 ** 40, Uint8Array.of(7));
    await image.close();
    const counted = readOnlyView(file);
    const bytesRead = countReads(counted);
    const again = await VHD.open(counted, memoryHost());
    const byte = new Uint8Array(1);
    await again.read(2 ** 40, byte);
    expect(byte[0]).toBe(7);
    expect(bytesRead()).toBeLessThan(16384);
  });

  it('is repaired: footers, blocks that are none, room that nothing uses', async () => {
    const file = new MemoryImageFile('disk.vhd');
    const image = await VHD.create(file, { size: 8 * MIB, options: small }, memoryHost());
    await image.write(0, new Uint8Array(2 * BLOCK).fill(9));
    await image.close();
    const whole = await readAll(file);
    const damaged = await copyOf(file);
    const end = file.size - SECTOR;
    await damaged.write(end, new Uint8Array(BLOCK + SECTOR)); // No footer, and a block that was lost.
    await damaged.write(1536 + 8, Uint8Array.of(0, 0, 0, 1)); // A block over the header.
    const broken = await VHD.open(damaged, memoryHost());
    await expect(broken.read(2 * BLOCK, new Uint8Array(1))).rejects.toThrow('disk.vhd: vhd at offset 1544');
    await expect(broken.write(0, Uint8Array.of(1))).rejects.toThrow('before it is repaired');
    expect(await broken.check!()).toMatchObject({ errorCount: 2, leaks: 1, repaired: 0 });
    expect(await broken.check!({ repair: 'all' })).toMatchObject({ errorCount: 2, leaks: 1, repaired: 3 });
    expect(await broken.check!()).toMatchObject({ errorCount: 0, leaks: 0 });
    expectSame(await readAll(damaged), whole, 0);
    await broken.write(0, Uint8Array.of(1));
  });

  it('is not written to when blocks overlap', async () => {
    const file = new MemoryImageFile('disk.vhd');
    const image = await VHD.create(file, { size: 8 * MIB, options: small }, memoryHost());
    await image.write(0, new Uint8Array(2 * BLOCK).fill(9));
    await image.close();
    const entry = new Uint8Array(4);
    await file.read(1536, entry);
    await file.write(1540, entry);
    const broken = await VHD.open(file, memoryHost());
    await expect(broken.write(0, Uint8Array.of(1))).rejects.toThrow('overlap');
    expect((await broken.check!({ repair: 'all' })).errorCount).toBe(1);
  });

  it('honours the bits of blocks that other programs wrote', async () => {
    const file = new MemoryImageFile('disk.vhd');
    const image = await VHD.create(file, { size: MIB, options: small }, memoryHost());
    const bitmap = file.size - SECTOR;
    await image.write(0, new Uint8Array(BLOCK).fill(3));
    await image.close();
    await file.write(bitmap, Uint8Array.of(0x7f));
    const again = await VHD.open(file, memoryHost());
    const bytes = await readAll(again);
    expect([bytes[0], bytes[511], bytes[512]]).toEqual([0, 0, 3]);
    await again.write(10, Uint8Array.of(8));
    await again.close();
    const once = await readAll(await VHD.open(file, memoryHost()));
    expect([once[0], once[10], once[11], once[512]]).toEqual([0, 8, 0, 3]);
  });
});

describe('resizing a VHD', () => {
  it.each(['fixed', 'dynamic'])('%s: cuts and adds zeros', async (subformat) => {
    const file = new MemoryImageFile('disk.vhd');
    const options = subformat === 'fixed' ? { subformat } : { ...small, subformat };
    const image = await VHD.create(file, { size: 4 * MIB, options }, memoryHost());
    await image.write(0, new Uint8Array(4 * MIB).fill(1));
    for (const size of [3 * MIB + 512, 4 * MIB, 64 * MIB, 512, 4 * MIB]) {
      const kept = (await readAll(image)).slice(0, size);
      await image.resize!(size);
      const expected = new Uint8Array(size);
      expected.set(kept);
      expect(image.size).toBe(size);
      expectSame(await readAll(image), expected, 0);
      const again = await openDiskImage(readOnlyView(file), memoryHost());
      expectSame(await readAll(again), expected, 0);
      if (image.check) expect(await image.check()).toMatchObject({ errorCount: 0 });
    }
    await expect(image.resize!(100)).rejects.toThrow('whole sectors');
  });

  it('survives a crash at every moment', async () => {
    const file = new RecordedFile('disk.vhd');
    const image = await VHD.create(file, { size: MIB, options: small }, memoryHost());
    await image.write(0, new Uint8Array(MIB).fill(1));
    await image.flush();
    const base = await readAll(file);
    file.log.length = 0;
    await image.resize!(600 * MIB);
    const judge = async (left: ImageFile): Promise<void> => {
      const again = await openDiskImage(left, memoryHost());
      expect([MIB, 600 * MIB]).toContain(again.size);
      const bytes = new Uint8Array(MIB);
      await again.read(0, bytes);
      expect(bytes.every((byte) => byte === 1)).toBe(true);
      const more = new Uint8Array(Math.min(MIB, again.size - MIB));
      await again.read(MIB, more);
      expect(more.every((byte) => byte === 0)).toBe(true);
    };
    await replayCrashes(base, file, judge, new Random(1));
  });
});

describe('a differencing VHD', () => {
  it('names its parent, and is refused upon another', async () => {
    const file = new MemoryImageFile('top.vhd');
    const { child, parent, files } = await withParent(file);
    await child.write(1000, Uint8Array.of(1, 2, 3));
    await child.close();
    const image = await openDiskImage(file, memoryHost(files));
    expect(image.backingReference).toEqual({ reference: 'base.vhd', format: 'vhd' });
    const expected = await readAll(parent);
    expected.set([1, 2, 3], 1000);
    expectSame(await readAll(image), expected, 0);
    const stranger = new MemoryImageFile('base.vhd');
    await VHD.create(stranger, { size: 8 * MIB }, memoryHost({}, 99));
    await expect(openDiskImage(file, memoryHost({ 'base.vhd': stranger }))).rejects.toThrow('not its parent');
  });

  it('keeps what is written to parts of one sector at once', async () => {
    const { child } = await withParent(new MemoryImageFile('top.vhd'));
    await writePartsAtOnce(child, 10);
  });

  it('lies only upon a VHD of its size', async () => {
    const { parent } = await withParent(new MemoryImageFile());
    const raw = await diskFormat('raw').create(new MemoryImageFile(), { size: MIB }, memoryHost());
    const create = (image: DiskImage, size: number, options = {}) =>
      VHD.create(new MemoryImageFile(), { size, backing: { reference: 'x', image }, options }, memoryHost());
    await expect(create(raw, MIB)).rejects.toThrow('expected a VHD');
    await expect(create(parent, MIB)).rejects.toThrow('size of the parent');
    await expect(create(parent, 8 * MIB, { subformat: 'fixed' })).rejects.toThrow('no backing image');
  });

  it('takes another parent, or none, or forgets what it has', async () => {
    const file = new MemoryImageFile('top.vhd');
    const { child, files, parent } = await withParent(file);
    await child.write(0, new Uint8Array(3 * SECTOR).fill(5));
    const other = new MemoryImageFile('sub/dir/other.vhd');
    await VHD.create(other, { size: 8 * MIB }, memoryHost({}, 7));
    files['../images/other.vhd'] = other;
    await child.setBackingReference!({ reference: '../images/other.vhd' });
    await child.close();
    let image = await openDiskImage(file, memoryHost(files));
    expect(image.backingReference?.reference).toBe('../images/other.vhd');
    const expected = new Uint8Array(8 * MIB);
    expected.fill(5, 0, 3 * SECTOR);
    expectSame(await readAll(image), expected, 0);
    await image.setBackingReference!(undefined);
    await image.close();
    image = await openDiskImage(file, memoryHost());
    expect(image.backingReference).toBeUndefined();
    expect((await image.info()).details).toMatchObject({ subformat: 'dynamic' });
    expectSame(await readAll(image), expected, 0);
    await image.setBackingReference!({ reference: 'none.vhd' }).catch((error: Error) =>
      expect(error.message).toContain('no file'),
    );
    files['base.vhd'] = parent.file as MemoryImageFile;
    image = await openDiskImage(file, memoryHost(files));
    await image.setBackingReference!({ reference: 'base.vhd' });
    await image.makeEmpty!();
    expect(await image.check!()).toMatchObject({ errorCount: 0, leaks: 0 });
    await image.close();
    expectSame(await readAll(await openDiskImage(file, memoryHost(files))), await readAll(parent), 0);
  });

  it('made by another program is found by its relative name, its absolute one, or its name alone', async () => {
    const file = new MemoryImageFile('top.vhd');
    const { child } = await withParent(file);
    await child.close();
    const change = async (platform: string | undefined, name: string): Promise<string | undefined> => {
      const copy = await copyOf(file);
      const header = new Uint8Array(1024);
      await copy.read(512, header);
      const view = viewOf(header);
      header.fill(0, 64, 768);
      for (let i = 0; i < name.length; i++) {
        if (platform) await copy.write(Number(2048) + i * 2, Uint8Array.of(name.charCodeAt(i), 0));
        else view.setUint16(64 + i * 2, name.charCodeAt(i));
      }
      if (platform) {
        for (let i = 0; i < 4; i++) header[576 + 24 + i] = platform.charCodeAt(i);
        view.setUint32(576 + 24 + 4, 1);
        view.setUint32(576 + 24 + 8, name.length * 2);
        view.setBigUint64(576 + 24 + 16, 2048n);
      }
      seal(header, 36);
      await copy.write(512, header);
      return (await VHD.open(copy, memoryHost())).backingReference?.reference;
    };
    expect(await change('W2ru', '.\\sub\\base.vhd')).toBe('sub/base.vhd');
    expect(await change('W2ru', '..\\base.vhd')).toBe('../base.vhd');
    expect(await change('W2ku', 'D:\\vm\\base.vhd')).toBe('D:/vm/base.vhd');
    expect(await change(undefined, 'base.vhd')).toBe('base.vhd');
    await expect(change(undefined, '')).rejects.toThrow('does not name its parent');
  });
});

describe('a damaged VHD', () => {
  it.each(fuzzSeeds(3))('does no harm, seed %i', async (seed) => {
    const random = new Random(seed);
    const file = new MemoryImageFile('disk.vhd');
    const image = await VHD.create(file, { size: 4 * MIB, options: small }, memoryHost());
    await image.write(MIB, new Uint8Array(MIB).fill(1));
    await image.close();
    const top = new MemoryImageFile('top.vhd');
    await (await withParent(top, 4 * MIB)).child.close();
    const results = { opened: 0, refused: 0 };
    for (const valid of [await readAll(file), await readAll(top)]) {
      const hot = [
        [0, 100],
        [512, 600],
        [512 + 576, 512 + 600],
        [1536, 1600],
        [valid.length - 512, valid.length - 400],
      ] as const;
      const reseal = (bytes: Uint8Array): void => {
        seal(bytes.subarray(0, 512), 64);
        seal(bytes.subarray(bytes.length - 512), 64);
        seal(bytes.subarray(512, 1536), 36);
      };
      for (let n = 0; n < 150; n++) results[await fuzzImage(VHD, valid, hot, random, reseal)]++;
    }
    expect(results.opened).toBeGreaterThan(30);
    expect(results.refused).toBeGreaterThan(30);
  });
});
