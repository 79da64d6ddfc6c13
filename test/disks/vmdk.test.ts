/** VMDK images in all their forms: ours, killed, with parents, refused. */
import { describe, expect, it } from 'vitest';
import { createImageHost } from '../../src/bindings/node/image-host.ts';
import type { DiskImage, FormatOptions } from '../../src/disks/disk-image.ts';
import { MemoryImageFile } from '../../src/disks/image-file.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import { VMDK } from '../../src/disks/vmdk/vmdk.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import { countReads, readAll } from './content.ts';
import { compareWithModel, contentOf, crashEverywhere, fuzz, walk } from './image-model.ts';
import { MemoryFolder } from './memory-image-host.ts';

const KIB = 1024;
const MIB = 1 << 20;
const host = createImageHost();

const SUBFORMATS = [
  'monolithicSparse',
  'monolithicFlat',
  'twoGbMaxExtentSparse',
  'twoGbMaxExtentFlat',
  'streamOptimized',
];

async function make(
  memory: MemoryFolder,
  name: string,
  size: number,
  options: FormatOptions = {},
  parent?: DiskImage,
): Promise<DiskImage> {
  const backing = parent && { reference: parent.file.name, image: parent };
  return VMDK.create(memory.open(name), { size, options, backing }, memory.host());
}

const open = (memory: MemoryFolder, name: string, readOnly = false): Promise<DiskImage> =>
  openDiskImage(memory.open(name, readOnly), memory.host());

/** Some text of a file, as it is stored. */
async function textOf(memory: MemoryFolder, name: string): Promise<string> {
  const bytes = (await contentOf(memory)).get(name)!;
  return Buffer.from(bytes.subarray(0, 16 * KIB)).toString('latin1');
}

describe('a VMDK image', () => {
  it.each([
    [{ subformat: 'monolithicSparse' }, 1],
    [{ subformat: 'monolithicSparse', zeroedGrain: true }, 2],
    [{ subformat: 'monolithicFlat' }, 3],
    [{ subformat: 'twoGbMaxExtentSparse' }, 4],
  ])('holds what is written to it: %o (seed %i)', async (options, seed) => {
    await compareWithModel({ format: VMDK, options, size: 2 * MIB + 1536, seed, rounds: 30 });
  });

  it.each([
    [{ zeroedGrain: false }, 5],
    [{ zeroedGrain: true }, 6],
  ])('on top of another, too: %o (seed %i)', async (options, seed) => {
    const backing = new Uint8Array(MIB + 512 * 7).fill(0xbb);
    await compareWithModel({ format: VMDK, options, size: 2 * MIB, seed, rounds: 30, backing });
  });

  it.each(fuzzSeeds(2))(
    'has what was flushed whenever the process dies or the power fails (seed %i)',
    async (seed) => {
      await crashEverywhere({ format: VMDK, size: MIB, seed, rounds: 20 });
      const backing = new Uint8Array(MIB / 2).fill(0xbb);
      const options = { zeroedGrain: seed % 2 === 0 };
      await crashEverywhere({ format: VMDK, options, size: MIB, seed: seed + 1000, rounds: 15, backing });
    },
  );

  it('in parts of 2 GB is one disk', async () => {
    for (const subformat of ['twoGbMaxExtentSparse', 'twoGbMaxExtentFlat']) {
      const memory = new MemoryFolder();
      const image = await make(memory, 'disk.vmdk', 5 * 2 ** 30, { subformat });
      const letter = subformat.endsWith('Flat') ? 'f' : 's';
      expect([...memory.files.keys()]).toEqual([
        'disk.vmdk',
        ...[1, 2, 3].map((n) => `disk-${letter}00${n}.vmdk`),
      ]);
      const bytes = new Uint8Array(MIB).fill(5);
      await image.write(2 ** 31 - MIB / 2, bytes);
      await image.close();
      const again = await open(memory, 'disk.vmdk');
      expect(again.size).toBe(5 * 2 ** 30);
      const found = new Uint8Array(3 * MIB);
      await again.read(2 ** 31 - 1.5 * MIB, found);
      expect(found.findIndex((byte) => byte === 5)).toBe(MIB);
      expect(found.findLastIndex((byte) => byte === 5)).toBe(2 * MIB - 1);
      expect(await walk(again)).toBe(subformat.endsWith('Flat') ? 5 * 2 ** 30 : MIB);
      await again.writeZeroes!(2 ** 31 - 512, 1024, true);
      await again.read(2 ** 31 - 1.5 * MIB, found);
      expect(found.filter((byte) => byte === 5).length).toBe(MIB - 1024);
      await again.close();
    }
  });

  it('of two terabytes becomes smaller', async () => {
    const memory = new MemoryFolder();
    const size = (2 ** 32 - 2 ** 24) * 512;
    await (await make(memory, 'disk', size)).close();
    const image = await open(memory, 'disk');
    await image.resize!(size - 2 ** 30);
    expect(image.size).toBe(size - 2 ** 30);
    await image.close();
  });

  it('of a terabyte is opened without reading its tables, and takes little memory', async () => {
    const memory = new MemoryFolder();
    await (await make(memory, 'disk', 2 ** 40)).close();
    const counting = memory.open('disk');
    const bytesRead = countReads(counting);
    const image = await openDiskImage(counting, host);
    await image.read(2 ** 39, new Uint8Array(4096));
    expect(bytesRead()).toBeLessThan(400_000);
    await image.write(2 ** 40 - 512, new Uint8Array(512).fill(1));
    await image.close();
    expect(memory.files.get('disk')!.allocated).toBeLessThan(2 * MIB);
  });

  it('uses grains again that were given up', async () => {
    const memory = new MemoryFolder();
    const image = await make(memory, 'disk', 64 * MIB);
    const file = memory.files.get('disk')!;
    await image.write(0, new Uint8Array(8 * MIB).fill(1));
    await image.flush();
    const { size } = file;
    for (let i = 1; i < 8; i++) {
      await image.discard!((i - 1) * 8 * MIB, 8 * MIB);
      await image.flush();
      await image.write(i * 8 * MIB, new Uint8Array(8 * MIB).fill(i));
    }
    expect(file.size).toBe(size);
    await image.flush();
    expect(await image.check!()).toMatchObject({ errorCount: 0, leaks: 0 });
    const expected = new Uint8Array(64 * MIB).fill(7, 56 * MIB);
    expect(Buffer.compare(await readAll(image), expected)).toBe(0);
    await image.close();
  });

  it('gets another CID with the first change, and says until it is closed that it is open', async () => {
    const memory = new MemoryFolder();
    const made = await make(memory, 'disk', MIB);
    await made.close();
    const cid = async (): Promise<string> => /\bCID=([0-9a-f]{8})\n/.exec(await textOf(memory, 'disk'))![1];
    const before = await cid();
    const image = await open(memory, 'disk');
    await image.read(0, new Uint8Array(512));
    expect(await cid()).toBe(before);
    await image.write(0, new Uint8Array(512).fill(1));
    const after = await cid();
    expect(after).not.toBe(before);
    await image.write(4096, new Uint8Array(512).fill(1));
    await image.flush();
    expect(await cid()).toBe(after);
    expect(await (await open(memory, 'disk', true)).info()).toMatchObject({ isDirty: true });
    await image.close();
    expect((await (await open(memory, 'disk', true)).info()).isDirty).toBeUndefined();
    expect((await textOf(memory, 'disk')).split('CID=').length).toBe(3);
  });

  it('that was not closed gets equal copies of its tables', async () => {
    const memory = new MemoryFolder();
    const image = await make(memory, 'disk', 64 * MIB);
    await image.write(0, new Uint8Array(512).fill(1));
    await image.close();
    const file = memory.files.get('disk')!;
    const sector = new Uint8Array(4);
    await file.read(21 * 512, sector);
    const redundant = new DataView(sector.buffer).getUint32(0, true) * 512;
    await file.write(redundant, Uint8Array.of(9));
    const reading = await open(memory, 'disk', true);
    expect((await reading.check!()).errors).toEqual(['the redundant copy of grain table 0 differs']);
    const again = await open(memory, 'disk');
    expect(await again.check!({ repair: 'all' })).toMatchObject({ errorCount: 1, repaired: 1 });
    expect(await again.check!()).toMatchObject({ errorCount: 0 });
    await again.close();
    await file.write(redundant, Uint8Array.of(9));
    await file.write(72, Uint8Array.of(1));
    const repaired = await open(memory, 'disk');
    expect(await repaired.check!()).toMatchObject({ errorCount: 0 });
    await repaired.close();
  });

  it('gets tables where its directory has none', async () => {
    const memory = new MemoryFolder();
    await (await make(memory, 'disk', 128 * MIB)).close();
    const file = memory.files.get('disk')!;
    const directory = new Uint8Array(8);
    await file.read(56, directory);
    await file.write(21 * 512 + 4, new Uint8Array(8));
    await file.write(
      Number(new DataView(directory.buffer).getBigUint64(0, true)) * 512 + 4,
      new Uint8Array(8),
    );
    const image = await open(memory, 'disk');
    await image.write(40 * MIB, new Uint8Array(MIB).fill(4));
    await image.write(65 * MIB - 512, new Uint8Array(512).fill(5));
    expect(await image.check!()).toMatchObject({ errorCount: 0 });
    await image.close();
    const expected = new Uint8Array(128 * MIB).fill(4, 40 * MIB, 41 * MIB).fill(5, 65 * MIB - 512, 65 * MIB);
    expect(Buffer.compare(await readAll(await open(memory, 'disk', true)), expected)).toBe(0);
  });
});

describe('a stream-optimised image', () => {
  const content = (): Uint8Array => {
    const random = new Random(3);
    const bytes = new Uint8Array(70 * MIB + 1536);
    bytes.set(random.bytes(200 * KIB), 64 * KIB);
    bytes.fill(3, 3 * MIB, 4 * MIB);
    bytes.fill(4, 69 * MIB);
    return bytes;
  };

  it('is written once and read', async () => {
    const bytes = content();
    const memory = new MemoryFolder();
    const image = await make(memory, 'disk', bytes.length, { subformat: 'streamOptimized' });
    expect(image.isSequential).toBe(true);
    const step = 16 * 64 * KIB;
    const writes: Promise<void>[] = [];
    for (let at = 0; at < bytes.length; at += step)
      writes.push(image.write(at, bytes.subarray(at, at + step)));
    await Promise.all(writes);
    await expect(image.write(0, bytes.subarray(0, step))).rejects.toThrow(
      'from start to end, and not at 0 again',
    );
    await expect(image.read(0, bytes.subarray(0, 512))).rejects.toThrow('when it has been closed');
    await expect(open(memory, 'disk', true)).rejects.toThrow('the end of the file is missing');
    await image.close();
    expect(memory.files.get('disk')!.size).toBeLessThan(400 * KIB);
    // It was written from start to end.
    let end = 0;
    for (const event of memory.log) {
      if (event.kind !== 'write') continue;
      expect(event.offset).toBe(end);
      end += event.bytes.length;
    }
    const again = await open(memory, 'disk');
    expect(again.readOnly).toBe(true);
    expect(Buffer.compare(await readAll(again), bytes)).toBe(0);
    await walk(again, bytes);
    expect(await again.check!()).toMatchObject({ errorCount: 0 });
    const random = new Random(5);
    for (let i = 0; i < 100; i++) {
      const at = random.below(5 * MIB);
      const part = new Uint8Array(1 + random.below(200_000));
      await again.read(at, part);
      expect(Buffer.compare(part, bytes.subarray(at, at + part.length))).toBe(0);
    }
    await again.close();
  });

  it('is refused where a grain is damaged', async () => {
    const memory = new MemoryFolder();
    const image = await make(memory, 'disk', MIB, { subformat: 'streamOptimized' });
    await image.write(0, new Uint8Array(MIB).fill(1));
    await image.close();
    const file = memory.files.get('disk')!;
    const attempt = async (offset: number, ...bytes: number[]): Promise<void> => {
      const before = new Uint8Array(bytes.length);
      await file.read(offset, before);
      await file.write(offset, Uint8Array.from(bytes));
      try {
        await (await open(memory, 'disk')).read(0, new Uint8Array(512));
      } finally {
        await file.write(offset, before);
      }
    };
    await expect(attempt(65536, 1)).rejects.toThrow(
      'disk: vmdk at offset 65536: grain 0 is marked as another one',
    );
    await expect(attempt(65536 + 8, 0, 0, 0, 1)).rejects.toThrow(
      'grain 0 cannot have 16777216 compressed bytes',
    );
    await expect(attempt(65536 + 12, 0)).rejects.toThrow('grain 0 cannot be unpacked');
  });
});

describe('VMDK images on top of others', () => {
  it('read what lies beneath, and find out when it was changed', async () => {
    const memory = new MemoryFolder();
    const base = await make(memory, 'base.vmdk', MIB);
    await base.write(0, new Uint8Array(MIB).fill(1));
    await base.close();
    const parent = await open(memory, 'base.vmdk', true);
    const child = await make(memory, 'child.vmdk', 2 * MIB, {}, parent);
    await parent.close();
    expect(child.backingReference).toEqual({ reference: 'base.vmdk', format: 'vmdk' });
    await child.close();
    const top = await open(memory, 'child.vmdk');
    await top.write(512, new Uint8Array(512).fill(2));
    const expected = new Uint8Array(2 * MIB).fill(1, 0, MIB).fill(2, 512, 1024);
    expect(Buffer.compare(await readAll(top), expected)).toBe(0);
    expect(await top.nextExtent(MIB)).toMatchObject({ kind: 'absent' });
    await top.close();

    const changed = await open(memory, 'base.vmdk');
    await changed.write(0, new Uint8Array(512));
    await changed.close();
    await expect(open(memory, 'child.vmdk')).rejects.toThrow(
      /expected a parent with the CID [0-9a-f]{8}, base.vmdk has/,
    );

    const alone = await openDiskImage(memory.open('child.vmdk'), memory.host(), { withBacking: false });
    await alone.setBackingReference!({ reference: 'base.vmdk' });
    await alone.close();
    const rebased = await open(memory, 'child.vmdk');
    await rebased.makeEmpty!();
    expected.fill(0, 0, 512).fill(1, 512, 1024);
    expect(Buffer.compare(await readAll(rebased), expected)).toBe(0);
    await rebased.write(MIB, new Uint8Array(512).fill(8));
    expected.fill(8, MIB, MIB + 512);
    await rebased.close();
    const last = await open(memory, 'child.vmdk');
    expect(Buffer.compare(await readAll(last), expected)).toBe(0);
    await last.setBackingReference!(undefined);
    await last.close();
    expect((await open(memory, 'child.vmdk')).backingReference).toBeUndefined();
  });
});

describe('a VMDK image is refused', () => {
  const word = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);

  it.each([
    [4, 9, 'version 9 is not supported'],
    [16, 0xff, 'sectors is not supported'],
    [20, 100, 'grains of 100 sectors are not supported'],
    [20, 1 << 20, 'grains of 1048576 sectors are not supported'],
    [32, 1, 'the descriptor ends behind the file'],
    [44, 0, 'grain tables of 0 entries are not supported'],
    [48, 0x7fff_ffff, 'a grain directory of 1 entries at sector 2147483647 does not lie in the file'],
    [56, 0x7fff_ffff, 'a grain directory of 1 entries at sector 2147483647 does not lie in the file'],
    [73, 0x0a0a_0d0a, 'line ends were converted'],
    [77, 7, 'there is no compression 7'],
    [512, 0, 'it has no descriptor: it is a part of an image'],
  ])('with %i: %i', async (offset, value, message) => {
    const memory = new MemoryFolder();
    await (await make(memory, 'disk', MIB)).close();
    await memory.files.get('disk')!.write(offset, word(value));
    await expect(open(memory, 'disk')).rejects.toThrow(message);
  });

  it.each([
    ['CID=1', 'RW 8 FLAT "x"', 'there is no file x'],
    ['CID=zz', 'RW 8 FLAT "x"', 'expected a CID'],
    ['CID=1', '', 'it has no extents'],
    ['CID=1', 'RW 8 FLAT "disk"', 'the descriptor names itself as an extent'],
    ['CID=1', 'RW 8 FLAT "raw" 0\nRW 8 FLAT "raw" 8', 'the file raw is two extents'],
    ['CID=1', 'RW 800 FLAT "raw" 0', 'expected 409600 bytes of the disk from 0 on, the file has 8192'],
    ['CID=1', 'RW 8 SPARSE "raw"', 'expected the header of a sparse extent'],
    ['CID=1', 'RW 8 SESPARSE "raw"', 'extents of the type SESPARSE are not supported'],
    ['CID=1', 'NOACCESS 8 FLAT "raw"', 'the extent raw may not be accessed'],
    ['CID=1', 'RW 99999999999999999999 FLAT "raw"', 'there is no sense in the line'],
    ['CID=1', 'RW 0 ZERO', 'an extent is empty'],
    ['CID=1\nparentCID=2', 'RW 8 ZERO', 'it has a parent, and does not name its file'],
    [
      'CID=1\ncreateType="fullDevice"',
      'RW 8 FLAT "raw" 0',
      'images of the type fullDevice stand for a device',
    ],
  ])('by its descriptor: %s, %s', async (entries, extents, message) => {
    const memory = new MemoryFolder();
    await memory.open('raw').write(0, new Uint8Array(8192));
    await memory
      .open('disk')
      .write(0, Buffer.from(`# Disk DescriptorFile\nversion=1\n${entries}\n${extents}\n`));
    await expect(open(memory, 'disk')).rejects.toThrow(message);
  });

  it('where grains lie behind the end or in metadata, or tables in tables', async () => {
    const memory = new MemoryFolder();
    await (await make(memory, 'disk', 64 * MIB)).close();
    const file = memory.files.get('disk')!;
    await file.truncate(200_000);
    const table = (21 + 1 + 8 + 1) * 512;
    await file.write(table, word(1000));
    await file.write(table + 4, word(21));
    const image = await open(memory, 'disk');
    await expect(image.read(0, new Uint8Array(512))).rejects.toThrow('at offset 512000: grain 0 lies there');
    await expect(image.read(65536, new Uint8Array(512))).rejects.toThrow(
      'grain 1 lies there, among the metadata',
    );
    expect(await image.check!()).toMatchObject({ errorCount: 3 });
    await file.write(30 * 512 + 4, word(31));
    const again = await open(memory, 'disk');
    await expect(again.write(MIB, new Uint8Array(512))).rejects.toThrow(
      'a grain table lies there, in another one',
    );
  });

  it('when it is made with options that there are not', async () => {
    const make = (options: FormatOptions, size = MIB): Promise<DiskImage> =>
      VMDK.create(new MemoryImageFile('a"b'), { size, options }, host);
    await expect(make({ subformat: 'sparse' })).rejects.toThrow('for the option subformat, found sparse');
    await expect(make({ adapterType: 'sata' })).rejects.toThrow('for the option adapterType, found sata');
    await expect(make({ hwversion: 'new' })).rejects.toThrow('for the option hwversion, found new');
    await expect(make({ zeroedGrain: true, subformat: 'monolithicFlat' })).rejects.toThrow(
      'no option zeroedGrain',
    );
    await expect(make({}, 2 ** 41)).rejects.toThrow('expected a size for monolithicSparse images');
    await expect(make({})).rejects.toThrow('without quotes');
  });

  const damaged = (async () => {
    const seeds: { name: string; files: Map<string, Uint8Array> }[] = [];
    for (const subformat of SUBFORMATS) {
      const memory = new MemoryFolder();
      const image = await make(memory, 'disk', 3 * MIB, { subformat });
      await image.write(0, new Uint8Array(MIB).fill(1));
      await image.close();
      seeds.push({ name: subformat, files: await contentOf(memory) });
    }
    return seeds;
  })();
  it.each(fuzzSeeds(80))('or read when it is damaged (seed %i)', async (seed) => {
    await fuzz(await damaged, VMDK, seed);
  });
});
