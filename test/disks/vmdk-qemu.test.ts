/** VMDK images that qemu-img makes or reads. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeImageFile } from '../../src/bindings/node/image-file.ts';
import { createImageHost } from '../../src/bindings/node/image-host.ts';
import type { DiskImage, FormatOptions } from '../../src/disks/disk-image.ts';
import { probeFormat } from '../../src/disks/formats.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import { VMDK } from '../../src/disks/vmdk/vmdk.ts';
import { Random } from '../support/random.ts';
import { hasQemuImg, qemuImg } from './qemu-img.ts';
import { readAll } from './content.ts';
import { walk } from './image-model.ts';

const KIB = 1024;
const MIB = 1 << 20;
const host = createImageHost();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hartware-vmdk-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const path = (name: string): string => join(folder, name);

/** A disk with holes that does not end with a whole grain. */
function sample(): Uint8Array {
  const random = new Random(7);
  const bytes = new Uint8Array(35 * MIB + 512 * 3);
  for (const [from, to] of [
    [0, 512],
    [64 * KIB - 4096, 64 * KIB + 4096],
    [3 * MIB, 5 * MIB],
    [32 * MIB - 100 * KIB, 32 * MIB + 100 * KIB],
    [35 * MIB + 512, 35 * MIB + 1024],
  ])
    for (let i = from; i < to; i += 4) bytes.fill(random.below(256), i, i + 4);
  return bytes;
}

async function create(
  name: string,
  size: number,
  options: FormatOptions,
  parent?: DiskImage,
): Promise<DiskImage> {
  const file = await NodeImageFile.create(path(name));
  const backing = parent && { reference: basename(parent.file.name), image: parent };
  return VMDK.create(file, { size, options, backing }, host);
}

async function open(name: string): Promise<DiskImage> {
  return openDiskImage(await NodeImageFile.open(path(name), false), host);
}

/** What qemu-img reads from an image. */
async function theirContent(name: string): Promise<string> {
  qemuImg('convert', '-O', 'raw', path(name), path('back.raw'));
  return digest(await readFile(path('back.raw')));
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Changes an image and the expected content in some places. */
async function change(image: DiskImage, content: Uint8Array): Promise<void> {
  for (const at of [100 * 512, 6 * MIB, 33 * MIB - 512, 35 * MIB]) {
    const bytes = new Uint8Array(1536).fill((at >> 9) & 0xff || 9);
    content.set(bytes, at);
    await image.write(at, bytes);
  }
  await image.writeZeroes!(3 * MIB + 512, MIB, true);
  content.fill(0, 3 * MIB + 512, 4 * MIB + 512);
}

describe.skipIf(!hasQemuImg)('VMDK images and qemu-img', () => {
  it.each<FormatOptions>([
    { subformat: 'monolithicSparse', adapterType: 'lsilogic', hwversion: 10 },
    { subformat: 'monolithicSparse', zeroedGrain: true },
    { subformat: 'monolithicFlat' },
    { subformat: 'twoGbMaxExtentSparse' },
    { subformat: 'twoGbMaxExtentFlat' },
    { subformat: 'streamOptimized' },
  ])('qemu-img reads ours: %o', async (options) => {
    const content = sample();
    const image = await create('ours.vmdk', content.length, options);
    for (let i = 0; i < content.length; i += MIB) {
      const piece = content.subarray(i, i + MIB);
      if (piece.some((byte) => byte !== 0)) await image.write(i, piece);
    }
    if (!image.isSequential) await change(image, content);
    await image.close();
    expect(qemuImg('check', path('ours.vmdk'))).toContain('No errors were found');
    expect(await theirContent('ours.vmdk')).toBe(digest(content));
    const info = JSON.parse(qemuImg('info', '--output=json', path('ours.vmdk')));
    expect(info['format-specific'].data['create-type']).toBe(options['subformat']);
    const again = await open('ours.vmdk');
    expect(digest(await readAll(again))).toBe(digest(content));
    await again.close();
  });

  it.each([
    'subformat=monolithicSparse',
    'subformat=monolithicSparse,zeroed_grain=on',
    'subformat=monolithicFlat',
    'subformat=twoGbMaxExtentSparse',
    'subformat=twoGbMaxExtentFlat',
    'subformat=streamOptimized',
  ])('we read and change theirs: %s', async (options) => {
    const content = sample();
    await writeFile(path('theirs.raw'), content);
    qemuImg('convert', '-O', 'vmdk', '-o', options, path('theirs.raw'), path('theirs.vmdk'));
    const reading = await NodeImageFile.open(path('theirs.vmdk'), true);
    expect(await probeFormat(reading)).toBe('vmdk');
    await reading.close();
    const image = await open('theirs.vmdk');
    expect(image.size).toBe(content.length);
    expect(digest(await readAll(image))).toBe(digest(content));
    await walk(image, content);
    expect((await image.check!()).errors).toEqual([]);
    if (!image.readOnly) await change(image, content);
    await image.close();
    expect(qemuImg('check', path('theirs.vmdk'))).toContain('No errors were found');
    expect(await theirContent('theirs.vmdk')).toBe(digest(content));
  });

  it('agree on images on top of others, in both directions', async () => {
    const content = sample();
    await writeFile(path('base.raw'), content);
    qemuImg('convert', '-O', 'vmdk', path('base.raw'), path('base.vmdk'));
    const parent = await openDiskImage(await NodeImageFile.open(path('base.vmdk'), true), host);
    const ours = await create('ours.vmdk', content.length, {}, parent);
    ours.backing = parent;
    const changed = content.slice();
    await change(ours, changed);
    await ours.close();
    expect(await theirContent('ours.vmdk')).toBe(digest(changed));

    qemuImg('create', '-q', '-f', 'vmdk', '-F', 'vmdk', '-b', path('ours.vmdk'), path('theirs.vmdk'));
    const theirs = await open('theirs.vmdk');
    expect(digest(await readAll(theirs))).toBe(digest(changed));
    await theirs.write(20 * MIB + 512, new Uint8Array(512).fill(0x77));
    changed.fill(0x77, 20 * MIB + 512, 20 * MIB + 1024);
    await theirs.close();
    expect(await theirContent('theirs.vmdk')).toBe(digest(changed));
    expect(qemuImg('check', path('theirs.vmdk'))).toContain('No errors were found');

    // qemu-img refuses a child whose parent was changed as we do.
    const below = await open('ours.vmdk');
    await below.write(0, new Uint8Array(512));
    await below.close();
    await expect(open('theirs.vmdk')).rejects.toThrow('expected a parent with the CID');
    await expect(theirContent('theirs.vmdk')).rejects.toThrow();
  });

  it('of hundreds of gigabytes', async () => {
    qemuImg('create', '-q', '-f', 'vmdk', path('big.vmdk'), '200G');
    const image = await open('big.vmdk');
    expect(image.size).toBe(200 * 2 ** 30);
    await image.write(image.size - 512, new Uint8Array(512).fill(3));
    await image.write(2 ** 37, new Uint8Array(512).fill(4));
    await image.close();
    const map = JSON.parse(qemuImg('map', '--output=json', path('big.vmdk'))) as {
      start: number;
      data: boolean;
    }[];
    expect(map.filter((entry) => entry.data).map((entry) => entry.start)).toEqual([
      2 ** 37,
      200 * 2 ** 30 - 64 * KIB,
    ]);
    const split = await create('split.vmdk', 101 * 2 ** 30, { subformat: 'twoGbMaxExtentSparse' });
    await split.write(100 * 2 ** 30, new Uint8Array(512).fill(3));
    await split.close();
    expect((await readdir(folder)).filter((name) => name.startsWith('split-s')).length).toBe(51);
    const again = JSON.parse(qemuImg('map', '--output=json', path('split.vmdk'))) as typeof map;
    expect(again.filter((entry) => entry.data).map((entry) => entry.start)).toEqual([100 * 2 ** 30]);
  });

  it('we read sparse extents of ESX servers as qemu-img does', async () => {
    const grains = 6000;
    const content = new Uint8Array(grains * 512);
    const file = Buffer.alloc(2048 + 512 + 2 * 4096 * 4 + 3 * 512);
    file.write('COWD');
    for (const [i, value] of [1, 3, grains, 1, 4, 2, 0].entries()) file.writeUInt32LE(value, 4 + i * 4);
    const table = 5;
    for (const i of [0, 1]) file.writeUInt32LE(table + i * 32, 2048 + i * 4);
    for (const [i, grain] of [0, 1, 5000].entries()) {
      const sector = table + 64 + i;
      file.writeUInt32LE(sector, table * 512 + grain * 4);
      file.fill(0x41 + i, sector * 512, (sector + 1) * 512);
      content.fill(0x41 + i, grain * 512, (grain + 1) * 512);
    }
    await writeFile(path('esx-delta.vmdk'), file);
    await writeFile(
      path('esx.vmdk'),
      `# Disk DescriptorFile\nversion=1\nCID=00000001\nparentCID=ffffffff\ncreateType="vmfsSparse"\n\n# Extent description\nRW ${grains} VMFSSPARSE "esx-delta.vmdk"\n`,
    );
    const image = await open('esx.vmdk');
    expect(image.readOnly).toBe(true);
    expect(digest(await readAll(image))).toBe(digest(content));
    expect(await walk(image, content)).toBe(3 * 512);
    await image.close();
    expect(await theirContent('esx.vmdk')).toBe(digest(content));
  });
});
