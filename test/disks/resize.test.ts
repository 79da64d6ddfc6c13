/** VDI and VMDK images that become greater and smaller. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createImageHost } from '../../src/bindings/node/image-host.ts';
import { NodeImageFile } from '../../src/bindings/node/image-file.ts';
import type { FormatOptions } from '../../src/disks/disk-image.ts';
import { diskFormat } from '../../src/disks/formats.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import { encodeHeader } from '../../src/disks/vdi/header.ts';
import { fuzzSeeds, Random } from '../support/random.ts';

import { hasQemuImg, qemuImg } from './qemu-img.ts';
import { readAll } from './content.ts';
import { MemoryFolder } from './memory-image-host.ts';
import { compareResized, crashResizing, type Make } from './resize-model.ts';

const KIB = 1024;
const MIB = 1 << 20;
const GIB = 2 ** 30;
const host = createImageHost();

const make =
  (format: string, size: number, options?: FormatOptions): Make =>
  (folder) =>
    diskFormat(format).create(folder.open('disk'), { size, options }, folder.host());

/** A VDI with blocks of 4 KiB, whose map has room for 128 of them. */
const smallBlocks =
  (blocks: number, isStatic = false): Make =>
  async (folder) => {
    const file = folder.open('disk');
    const places = { mapOffset: 512, dataOffset: 1024, blockSize: 4 * KIB };
    const counts = { diskSize: blocks * 4 * KIB, blocks, blocksAllocated: isStatic ? blocks : 0 };
    await file.write(0, encodeHeader({ isStatic, ...places, ...counts }, new Uint8Array(32)));
    const entries = Uint32Array.from({ length: blocks }, (_, i) => (isStatic ? i : 0xffff_ffff));
    await file.write(512, new Uint8Array(entries.buffer));
    await file.truncate(1024 + (isStatic ? blocks * 4 * KIB : 0));
    return openDiskImage(file, folder.host());
  };

describe('a VDI of another size', () => {
  const sizes = [64 * KIB, 200 * KIB, 500 * KIB, 900 * KIB, 5 * MIB];

  it.each([false, true])('has what it had, and zeros (static: %s)', async (isStatic) => {
    await compareResized(smallBlocks(100, isStatic), sizes, 1);
    await compareResized(smallBlocks(128, isStatic), sizes, 2);
    await compareResized(make('vdi', 3 * MIB, { static: isStatic }), [MIB, 3 * MIB + 512, 7 * MIB], 3);
  });

  it.each(fuzzSeeds(2))('is whole whenever the process dies or the power fails (seed %i)', async (seed) => {
    // With a map that lies where blocks lay; with room for it; smaller.
    await crashResizing(smallBlocks(128), 600 * KIB, seed);
    await crashResizing(smallBlocks(100), 500 * KIB, seed);
    await crashResizing(smallBlocks(128), 100 * KIB, seed);
    await crashResizing(smallBlocks(20, true), 600 * KIB, seed);
  });

  it('refuses what has no sense', async () => {
    const image = await smallBlocks(10)(new MemoryFolder());
    for (const size of [0, -512, 100, 2 ** 60])
      await expect(image.resize!(size)).rejects.toThrow('expected a size for this VDI image');
  });
});

describe('a VMDK of another size', () => {
  it.each([
    ['monolithicSparse', [64 * KIB, 3 * MIB, 34 * MIB]],
    ['twoGbMaxExtentSparse', [64 * KIB, 3 * MIB]],
    ['monolithicFlat', [64 * KIB, 3 * MIB, 5 * MIB]],
    ['twoGbMaxExtentFlat', [64 * KIB, 3 * MIB, 5 * MIB]],
  ])('has what it had, and zeros: %s', async (subformat, sizes) => {
    await compareResized(make('vmdk', 2 * MIB + 512, { subformat }), sizes, 1);
  });

  it.each(fuzzSeeds(2))('is whole whenever the process dies or the power fails (seed %i)', async (seed) => {
    for (const subformat of ['monolithicSparse', 'twoGbMaxExtentSparse', 'monolithicFlat']) {
      await crashResizing(make('vmdk', MIB + 512, { subformat }), 2 * MIB, seed);
      await crashResizing(make('vmdk', 2 * MIB, { subformat }), MIB + 1024, seed);
    }
    await crashResizing(make('vmdk', 31 * MIB), 40 * MIB, seed);
    await crashResizing(make('vmdk', 3 * MIB), 5 * GIB, seed);
    await crashResizing(make('vmdk', 40 * MIB), 3 * MIB, seed);
  });

  it('gets a longer directory, and further parts where it is split', async () => {
    const folder = new MemoryFolder();
    const image = await make('vmdk', GIB, { subformat: 'twoGbMaxExtentSparse' })(folder);
    await image.write(GIB - 512, new Uint8Array(512).fill(1));
    // Nobody can take back what lies in between.
    await image.resize!(5 * GIB);
    await image.write(5 * GIB - 512, new Uint8Array(512).fill(2));
    await image.close();
    expect([...folder.files.keys()]).toEqual(['disk', 'disk-s001', 'disk-s002', 'disk-s003']);
    const again = await openDiskImage(folder.open('disk'), folder.host());
    expect(again.size).toBe(5 * GIB);
    const sector = new Uint8Array(512);
    await again.read(GIB - 512, sector);
    expect(sector[0]).toBe(1);
    await again.read(5 * GIB - 512, sector);
    expect(sector[0]).toBe(2);
    await expect(again.resize!(4 * GIB)).rejects.toThrow(
      `a split image keeps its extents: it can become as small as ${4 * GIB + 512} bytes`,
    );
    await again.resize!(4 * GIB + 512);
    await again.close();
    const flat = new MemoryFolder();
    const split = await make('vmdk', GIB, { subformat: 'twoGbMaxExtentFlat' })(flat);
    await split.resize!(3 * GIB);
    await split.close();
    expect([...flat.files.values()].map(({ size }) => size).slice(1)).toEqual([2 * GIB, GIB]);
  });

  it('refuses what has no sense', async () => {
    const folder = new MemoryFolder();
    const base = await make('vmdk', MIB)(folder);
    await expect(base.resize!(1000)).rejects.toThrow('expected a size that is a multiple of 512');
    await expect(base.resize!(3 * 2 ** 40)).rejects.toThrow(
      'bytes for this image of the type monolithicSparse',
    );
    await base.close();
    const below = await openDiskImage(folder.open('disk', true), folder.host());
    const backing = { reference: 'disk', format: 'vmdk' as const, image: below };
    const top = await diskFormat('vmdk').create(folder.open('top'), { size: MIB, backing }, folder.host());
    await expect(top.resize!(2 * MIB)).rejects.toThrow('on top of a parent has the size of its parent');
    const stream = await make('vmdk', 65536, { subformat: 'streamOptimized' })(folder);
    await stream.write(0, new Uint8Array(65536));
    await stream.close();
    const whole = await openDiskImage(folder.open('disk'), folder.host());
    await expect(whole.resize!(2 * MIB)).rejects.toThrow('streamOptimized images are written once');
  });
});

describe.skipIf(!hasQemuImg)('qemu-img', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hartware-resize-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ['vdi', {}, 3 * MIB, [5 * MIB, 2 * MIB + 512]],
    ['vdi', { static: true }, 3 * MIB, [5 * MIB]],
    // The map lies where blocks lay.
    ['vdi', {}, GIB - 512, [GIB + 5 * MIB]],
    ['vmdk', {}, 3 * MIB, [5 * MIB, MIB]],
    ['vmdk', {}, 30 * MIB, [100 * MIB]],
    ['vmdk', {}, GIB, [6 * GIB]],
    ['vmdk', { subformat: 'twoGbMaxExtentSparse' }, GIB, [3 * GIB]],
    ['vmdk', { subformat: 'monolithicFlat' }, 3 * MIB, [5 * MIB, MIB]],
    ['vmdk', { subformat: 'twoGbMaxExtentFlat' }, GIB, [3 * GIB]],
  ])('reads and writes %s %j of %i bytes as %j', async (name, options, size, sizes) => {
    const path = join(folder, `disk.${name}`);
    const image = await diskFormat(name).create(await NodeImageFile.create(path), { size, options }, host);
    const random = new Random(5);
    const writes: { readonly at: number; readonly bytes: Uint8Array }[] = [];
    const write = async (): Promise<void> => {
      for (const at of [0, image.size / 2 - ((image.size / 2) % 512), image.size - 4096]) {
        const bytes = random.bytes(4096);
        writes.push({ at, bytes });
        await image.write(at, bytes);
      }
    };
    await write();
    for (const next of sizes) {
      await image.resize!(next);
      for (const { at, bytes } of writes) bytes.fill(0, Math.max(0, next - at));
    }
    await write();
    await image.close();
    const last = sizes.at(-1)!;
    expect(JSON.parse(qemuImg('info', '--output=json', path))).toMatchObject({ 'virtual-size': last });
    expect(qemuImg('check', '-f', name, path)).toContain('No errors were found');
    const raw = join(folder, 'raw');
    qemuImg('convert', '-f', name, '-O', 'raw', path, raw);
    const again = await openDiskImage(await NodeImageFile.open(raw, true), host, { format: 'raw' });
    for (const [index, { at, bytes }] of writes.entries()) {
      if (at >= last) continue;
      const found = new Uint8Array(Math.min(4096, last - at));
      await again.read(at, found);
      // What was written over since counts no longer.
      if (writes.slice(index + 1).every((other) => other.at >= at + 4096 || other.at + 4096 <= at))
        expect(Buffer.compare(found, bytes.subarray(0, found.length))).toBe(0);
    }
    await again.close();
    if (last < 8 * MIB) {
      const ours = await openDiskImage(await NodeImageFile.open(path, true), host);
      expect(Buffer.compare(await readAll(ours), await readFile(raw))).toBe(0);
      await ours.close();
    }
  });
});
