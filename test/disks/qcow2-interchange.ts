/** qcow2 images going to QEMU's tools and back. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NodeImageFile } from '../../src/bindings/node/image-file.ts';
import type { FormatOptions } from '../../src/disks/disk-image.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import type { Qcow2Image } from '../../src/disks/qcow2/image.ts';
import { QCOW2 } from '../../src/disks/qcow2/index.ts';
import { Random } from '../support/random.ts';
import { qemuImgIn } from './qemu-img.ts';
import { readAll } from './content.ts';
import { firstDifference, HOST, pattern, SECTOR } from './qcow2-support.ts';

export let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hartware-qcow2-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

export const SIZE = 5000 * SECTOR;

/** With names of files in the folder of the test. */
export const qemuImg = (...args: string[]): string => qemuImgIn(folder, ...args);

/** Exits with something else than 0 when there is an error or a leak. */
export const qemuCheck = (name: string): string => qemuImg('check', '-f', 'qcow2', name);

export function qemuIo(name: string, ...commands: string[]): void {
  execFileSync('qemu-io', ['-f', 'qcow2', ...commands.flatMap((command) => ['-c', command]), name], {
    cwd: folder,
    stdio: 'ignore',
  });
}

const SNAKE: Readonly<Record<string, string>> = {
  clusterSize: 'cluster_size',
  refcountBits: 'refcount_bits',
  extendedL2: 'extended_l2',
  compressionType: 'compression_type',
  compat: 'compat',
};

/** Options as qemu-img takes them. */
const qemuOptions = (options: FormatOptions): string[] =>
  Object.keys(options).length === 0
    ? []
    : [
        '-o',
        Object.entries(options)
          .map(([name, value]) => `${SNAKE[name]}=${String(value)}`)
          .join(','),
      ];

/** A disk with content, holes and zeros. */
export function disk(random: Random, size = SIZE): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < 12; i++) {
    const offset = random.below(size / SECTOR) * SECTOR;
    bytes.set(pattern(random, Math.min(size - offset, random.below(200_000))), offset);
  }
  return bytes;
}

export async function open(name: string, readOnly: boolean): Promise<Qcow2Image> {
  const file = await NodeImageFile.open(join(folder, name), readOnly);
  return (await openDiskImage(file, HOST, { format: 'qcow2' })) as Qcow2Image;
}

export async function create(name: string, size: number, options: FormatOptions = {}): Promise<Qcow2Image> {
  const file = await NodeImageFile.create(join(folder, name));
  return (await QCOW2.create(file, { size, options }, HOST)) as Qcow2Image;
}

export async function expectContent(name: string, content: Uint8Array): Promise<void> {
  qemuImg('convert', '-f', 'qcow2', '-O', 'raw', name, 'content.raw');
  expect(firstDifference(await readFile(join(folder, 'content.raw')), content)).toBe(-1);
}

/** Changes an image and an array of bytes in the same way. */
async function change(image: Qcow2Image, model: Uint8Array, random: Random): Promise<void> {
  for (let i = 0; i < 25; i++) {
    const start = random.below(model.length / SECTOR) * SECTOR;
    const end = Math.min(model.length, start + (1 + random.below(300)) * SECTOR);
    if (random.oneIn(4)) {
      await image.writeZeroes(start, end - start, random.oneIn(2));
      model.fill(0, start, end);
    } else if (random.oneIn(4)) {
      const first = start - (start % image.clusterSize);
      const bytes = pattern(random, Math.min(image.clusterSize, model.length - first));
      await image.writeCompressed(first, bytes);
      model.set(bytes, first);
    } else if (random.oneIn(5)) {
      await image.discard(start, end - start);
      await image.read(start, model.subarray(start, end));
    } else {
      const bytes = pattern(random, end - start);
      await image.write(start, bytes);
      model.set(bytes, start);
    }
  }
}

/** Tests of one combination of options, in both directions. */
export function describeInterchange(options: FormatOptions): void {
  it('an image of qemu-img, compressed, is read and changed, snapshots and all', async () => {
    const random = new Random(1);
    const content = disk(random);
    await writeFile(join(folder, 'content.raw'), content);
    qemuImg(
      'convert',
      '-c',
      '-f',
      'raw',
      '-O',
      'qcow2',
      ...qemuOptions(options),
      'content.raw',
      'disk.qcow2',
    );
    const hasSnapshots = Number(options.refcountBits ?? 16) >= 8;
    if (hasSnapshots) {
      qemuImg('snapshot', '-c', 'before', 'disk.qcow2');
      qemuIo('disk.qcow2', 'write -P 7 1M 300k');
      content.fill(7, 1 << 20, (1 << 20) + 300 * 1024);
    }
    let image = await open('disk.qcow2', true);
    expect(firstDifference(await readAll(image), content)).toBe(-1);
    expect(await image.check()).toMatchObject({ errorCount: 0, leaks: 0 });
    await image.close();

    image = await open('disk.qcow2', false);
    const model = content.slice();
    await change(image, model, random);
    await image.close();
    qemuCheck('disk.qcow2');
    await expectContent('disk.qcow2', model);
    if (!hasSnapshots) return;

    const before = disk(new Random(1));
    image = await open('disk.qcow2', false);
    expect((await image.info()).snapshots).toMatchObject([{ id: '1', name: 'before', size: SIZE }]);
    await image.createSnapshot('after');
    await image.applySnapshot('before');
    expect(firstDifference(await readAll(image), before)).toBe(-1);
    await image.close();
    qemuCheck('disk.qcow2');
    qemuImg('snapshot', '-a', 'after', 'disk.qcow2');
    await expectContent('disk.qcow2', model);
    qemuImg('snapshot', '-d', 'before', 'disk.qcow2');
    image = await open('disk.qcow2', false);
    await image.deleteSnapshot('after');
    await image.close();
    qemuCheck('disk.qcow2');
    await expectContent('disk.qcow2', model);
  });

  it('an image of ours is read and changed by QEMU', async () => {
    const random = new Random(2);
    const model = new Uint8Array(SIZE);
    const image = await create('disk.qcow2', SIZE, options);
    await change(image, model, random);
    await image.close();
    qemuCheck('disk.qcow2');
    await expectContent('disk.qcow2', model);
    qemuIo('disk.qcow2', 'write -P 9 123392 77k', 'write -z -u 1M 200k', 'discard 0 64k');
    model.fill(9, 123392, 123392 + 77 * 1024);
    model.fill(0, 1 << 20, (1 << 20) + 200 * 1024);
    const again = await open('disk.qcow2', false);
    await again.read(0, model.subarray(0, 65536));
    expect(firstDifference(await readAll(again), model)).toBe(-1);
    expect(await again.check()).toMatchObject({ errorCount: 0, leaks: 0 });
    await again.close();
  });

  it('an overlay shows what lies beneath, smaller or greater', async () => {
    if (options.refcountBits === 1) return;
    for (const size of [SIZE - 1000 * SECTOR, SIZE + 1000 * SECTOR]) {
      const random = new Random(size);
      const content = disk(random, size);
      await writeFile(join(folder, 'base.raw'), content);
      const more = qemuOptions(options);
      qemuImg(
        'create',
        '-q',
        '-f',
        'qcow2',
        '-b',
        'base.raw',
        '-F',
        'raw',
        ...more,
        'top.qcow2',
        String(SIZE),
      );
      const model = new Uint8Array(SIZE);
      model.set(content.subarray(0, SIZE));
      const image = await open('top.qcow2', false);
      expect(image.backingReference).toEqual({ reference: 'base.raw', format: 'raw' });
      expect(firstDifference(await readAll(image), model)).toBe(-1);
      await change(image, model, random);
      await image.close();
      qemuCheck('top.qcow2');
      await expectContent('top.qcow2', model);
      const grown = await open('top.qcow2', false);
      await grown.resize(SIZE + 2000 * SECTOR);
      await grown.close();
      qemuCheck('top.qcow2');
      const longer = new Uint8Array(SIZE + 2000 * SECTOR);
      longer.set(model);
      await expectContent('top.qcow2', longer);
    }
  });
}
