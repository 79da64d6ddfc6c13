/** qcow2 images that QEMU's tools make, read and check. */
import { spawnSync } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NodeImageFile } from '../../src/bindings/node/image-file.ts';
import { convertImage } from '../../src/disks/convert.ts';
import type { FormatOptions } from '../../src/disks/disk-image.ts';
import { QCOW2 } from '../../src/disks/qcow2/index.ts';
import { RAW } from '../../src/disks/raw.ts';
import { Random } from '../support/random.ts';
import { hasQemuImg } from './qemu-img.ts';
import { readAll } from './content.ts';
import {
  create,
  describeInterchange,
  disk,
  expectContent,
  folder,
  open,
  qemuCheck,
  qemuImg,
  qemuIo,
  SIZE,
} from './qcow2-interchange.ts';
import { firstDifference, HOST, SECTOR, VARIANTS } from './qcow2-support.ts';

/** The others take longer, and have their turn in the long tests. */
const QUICK = VARIANTS.filter(({ clusterSize }) => ![512, 1024, 2 << 20].includes(Number(clusterSize)));

describe.skipIf(!hasQemuImg).each(QUICK)('with %j', describeInterchange);

describe.skipIf(!hasQemuImg)('QEMU', () => {
  it.each<FormatOptions>([
    { preallocation: 'metadata' },
    { preallocation: 'full', clusterSize: 4096 },
    { preallocation: 'metadata', extendedL2: true },
    { preallocation: 'falloc', compat: '0.10' },
  ])('finds nothing wrong with %j', async (options) => {
    const image = await create('disk.qcow2', SIZE, options);
    await image.write(70_000, Uint8Array.of(1, 2, 3));
    await image.close();
    qemuCheck('disk.qcow2');
    const content = new Uint8Array(SIZE);
    content.set([1, 2, 3], 70_000);
    await expectContent('disk.qcow2', content);
    expect((await stat(join(folder, 'disk.qcow2'))).size).toBeGreaterThan(SIZE);
  });

  it('reads disks of hundreds of gigabytes that are nearly empty, and so do we', async () => {
    const size = 700 * 2 ** 30;
    const image = await create('large.qcow2', size);
    const places = [0, 3 * 2 ** 30 + 512, 511 * 2 ** 30, size - 4096];
    for (const place of places) await image.write(place, new Uint8Array(4096).fill(place % 251));
    await image.close();
    qemuCheck('large.qcow2');
    qemuIo('large.qcow2', ...places.map((place) => `read -P ${place % 251} ${place} 4096`));
    qemuIo('large.qcow2', `write -P 77 ${600 * 2 ** 30} 64k`);
    const again = await open('large.qcow2', true);
    const bytes = new Uint8Array(65536);
    await again.read(600 * 2 ** 30, bytes);
    expect(bytes.every((byte) => byte === 77)).toBe(true);
    expect((await again.nextExtent(4 * 2 ** 30)).kind).toBe('absent');
    await again.close();
    expect((await stat(join(folder, 'large.qcow2'))).size).toBeLessThan(3 << 20);
  });

  it('leaves images with lazy counts dirty when it is killed, which are repaired', async () => {
    qemuImg('create', '-q', '-f', 'qcow2', '-o', 'lazy_refcounts=on', 'lazy.qcow2', '8M');
    spawnSync(
      'qemu-io',
      ['-f', 'qcow2', '-c', 'write -P 5 0 1M', '-c', 'flush', '-c', 'abort', 'lazy.qcow2'],
      {
        cwd: folder,
        stdio: 'ignore',
      },
    );
    const reader = await open('lazy.qcow2', true);
    expect((await reader.info()).isDirty).toBe(true);
    expect((await reader.check()).errorCount).toBeGreaterThan(0);
    await reader.close();
    const image = await open('lazy.qcow2', false);
    expect((await image.info()).isDirty).toBeUndefined();
    const content = new Uint8Array(8 << 20).fill(5, 0, 1 << 20);
    expect(firstDifference(await readAll(image), content)).toBe(-1);
    await image.close();
    qemuCheck('lazy.qcow2');
    await expectContent('lazy.qcow2', content);
  });

  it('finds its bitmaps again, those that track changes marked as not up to date', async () => {
    qemuImg('create', '-q', '-f', 'qcow2', 'disk.qcow2', '64M');
    qemuImg('bitmap', '--add', 'disk.qcow2', 'tracks');
    qemuImg('bitmap', '--add', '--disable', 'disk.qcow2', 'rests');
    qemuIo('disk.qcow2', 'write 1M 100k');
    const image = await open('disk.qcow2', false);
    expect((await image.info()).details).toMatchObject({ bitmaps: true });
    await image.write(0, new Uint8Array(70_000).fill(1));
    await expect(image.resize(SIZE)).rejects.toThrow('it has persistent bitmaps');
    expect(await image.check()).toMatchObject({ errorCount: 0, leaks: 0 });
    await image.close();
    qemuCheck('disk.qcow2');
    const { bitmaps } = (
      JSON.parse(qemuImg('info', '--output', 'json', 'disk.qcow2')) as {
        'format-specific': { data: { bitmaps: { name: string; flags: string[] }[] } };
      }
    )['format-specific'].data;
    expect(Object.fromEntries(bitmaps.map(({ name, flags }) => [name, flags]))).toEqual({
      tracks: ['in-use', 'auto'],
      rests: [],
    });
  });

  it('says the same of our options', async () => {
    const file = await NodeImageFile.create(join(folder, 'top.qcow2'));
    const base = await RAW.create(await NodeImageFile.create(join(folder, 'base.img')), { size: SIZE }, HOST);
    const options = {
      clusterSize: 32768,
      extendedL2: true,
      compressionType: 'zstd',
      lazyRefcounts: true,
      refcountBits: 8,
    };
    const backing = { reference: 'base.img', format: 'raw' as const, image: base };
    const image = await QCOW2.create(file, { size: SIZE, options, backing }, HOST);
    await image.close();
    await base.close();
    const info = JSON.parse(qemuImg('info', '--output', 'json', 'top.qcow2')) as Record<string, unknown>;
    expect(info).toMatchObject({
      'virtual-size': SIZE,
      'cluster-size': 32768,
      'backing-filename': 'base.img',
      'backing-filename-format': 'raw',
      'format-specific': {
        data: {
          compat: '1.1',
          'compression-type': 'zstd',
          'extended-l2': true,
          'lazy-refcounts': true,
          'refcount-bits': 8,
        },
      },
    });
  });

  it('gets what we convert, and we what it converts', async () => {
    const content = disk(new Random(3), 40_000 * SECTOR);
    await writeFile(join(folder, 'content.raw'), content);
    for (const compress of [false, true]) {
      const name = `converted-${compress}.qcow2`;
      const source = await RAW.open(await NodeImageFile.open(join(folder, 'content.raw'), true), HOST);
      const target = await create(name, content.length);
      await convertImage(source, target, { compress });
      await Promise.all([source.close(), target.close()]);
      qemuCheck(name);
      expect(qemuImg('compare', '-f', 'raw', '-F', 'qcow2', 'content.raw', name)).toContain('identical');
    }
  });

  it('makes encrypted images and external data files, which are refused', async () => {
    const secret = ['--object', 'secret,id=s,data=secret'];
    qemuImg(
      'create',
      '-q',
      '-f',
      'qcow2',
      ...secret,
      '-o',
      'encrypt.format=aes,encrypt.key-secret=s',
      'aes.qcow2',
      '1M',
    );
    qemuImg('create', '-q', '-f', 'qcow2', '-o', 'data_file=data.raw', 'external.qcow2', '1M');
    await expect(open('aes.qcow2', true)).rejects.toThrow('it is encrypted (AES)');
    await expect(open('external.qcow2', true)).rejects.toThrow('its data lie in an external file');
  });
});
