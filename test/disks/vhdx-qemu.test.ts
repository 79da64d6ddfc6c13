/** VHDX images that qemu-img writes are read, and it reads ours: all subformats, sizes, holes, and logs to replay. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createImageHost } from '../../src/bindings/node/image-host.ts';
import { NodeImageFile } from '../../src/bindings/node/image-file.ts';
import { probeFormat } from '../../src/disks/formats.ts';
import { MemoryImageFile, readOnlyView } from '../../src/disks/image-file.ts';
import { VHDX } from '../../src/disks/vhdx/format.ts';
import { Random } from '../support/random.ts';
import { hasQemuImg, qemuImg } from './qemu-img.ts';
import { readAll } from './content.ts';
import {
  checkExtents,
  compareWithModel,
  expectSame,
  memoryHost,
  openFile,
  qemuContent,
  RecordedFile,
  SECTOR,
  sparseContent,
} from './vhd-support.ts';

const MIB = 2 ** 20;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hartware-vhdx-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const checkedByQemu = (path: string): object => {
  const report = JSON.parse(qemuImg('check', '-f', 'vhdx', '--output=json', path)) as object;
  expect(report).toMatchObject({ 'check-errors': 0 });
  expect(report).not.toHaveProperty('corruptions');
  return report;
};

describe.skipIf(!hasQemuImg)('VHDX and qemu-img', () => {
  const sizes = [SECTOR * 7, 5 * MIB + SECTOR, 23 * MIB];
  const subformats = ['dynamic', 'fixed'];

  it.each(subformats)('%s: what it writes is read, and changed', async (subformat) => {
    for (const [seed, size] of sizes.entries()) {
      const random = new Random(seed + 1);
      const model = sparseContent(random, size);
      const path = join(folder, `${size}.vhdx`);
      await writeFile(`${path}.in`, model);
      const options = `subformat=${subformat},block_size=${random.pick([0, MIB, 2 * MIB, 32 * MIB])}`;
      qemuImg('convert', '-f', 'raw', '-O', 'vhdx', '-o', options, `${path}.in`, path);
      const file = await NodeImageFile.open(path, true);
      expect(await probeFormat(file)).toBe('vhdx');
      await file.close();
      const image = await openFile(VHDX, path, false);
      expect(image.size).toBe(size);
      expectSame(await readAll(image), model, 0);
      await checkExtents(image);
      expect(await image.check!()).toMatchObject({ errorCount: 0 });
      await compareWithModel(image, model, random, 10);
      await image.close();
      expectSame(qemuContent('vhdx', path), model, 0);
      checkedByQemu(path);
    }
  });

  it('ends the file of a fixed disk within the last block', async () => {
    const path = join(folder, 'short.vhdx');
    const size = 3 * MIB + SECTOR;
    qemuImg('create', '-f', 'vhdx', '-o', 'subformat=fixed,block_size=256M', path, String(size));
    const image = await openFile(VHDX, path, false);
    const model = new Uint8Array(size);
    await compareWithModel(image, model, new Random(1), 10);
    expect(await image.check!()).toEqual({ errors: [], errorCount: 0, leaks: 0, repaired: 0 });
    await image.close();
    expectSame(qemuContent('vhdx', path), model, 0);
  });

  it('leaves room in front of the first block, which is no leak', async () => {
    for (const blockSize of [1, 2, 8]) {
      const path = join(folder, `new-${blockSize}.vhdx`);
      qemuImg('create', '-f', 'vhdx', '-o', `block_size=${blockSize}M`, path, '64M');
      const image = await openFile(VHDX, path, false);
      const clean = { errors: [], errorCount: 0, leaks: 0, repaired: 0 };
      expect(await image.check!({ repair: 'all' })).toEqual(clean);
      await image.write(9 * MIB, new Uint8Array(SECTOR).fill(1));
      expect(await image.check!({ repair: 'all' })).toEqual(clean);
      await image.close();
      checkedByQemu(path);
    }
  });

  it.each(subformats)('%s: what is written here it reads, and changes', async (subformat) => {
    for (const [seed, size] of sizes.entries()) {
      const path = join(folder, `${size}.vhdx`);
      const random = new Random(seed + 1);
      const options = {
        subformat,
        blockSize: random.pick([0, MIB, 32 * MIB]),
        logSize: random.pick([1, 2]) * MIB,
      };
      const image = await VHDX.create(await NodeImageFile.create(path), { size, options }, createImageHost());
      const model = new Uint8Array(image.size);
      await compareWithModel(image, model, random, 10);
      await image.close();
      expectSame(qemuContent('vhdx', path), model, 0);
      checkedByQemu(path);
      const info = JSON.parse(qemuImg('info', '--output=json', path)) as Record<string, unknown>;
      expect(info).toMatchObject({ format: 'vhdx', 'virtual-size': size });
      if (size < 4 * MIB) continue;
      qemuImg(...'bench -f vhdx -w -c 3 -s 4096 -S 1048576 --pattern 77'.split(' '), path);
      for (let n = 0; n < 3; n++) model.fill(77, n * MIB, n * MIB + 4096);
      const again = await openFile(VHDX, path, true);
      expectSame(await readAll(again), model, 0);
      await again.close();
    }
  });

  it('replays our log as we do', async () => {
    const file = new RecordedFile('disk.vhdx');
    const size = 8 * MIB;
    const options = { blockSize: MIB };
    const image = await VHDX.create(file, { size, options }, memoryHost());
    const base = await readAll(file);
    file.log.length = 0;
    for (let block = 0; block < 8; block++) {
      await image.write(block * MIB + 512 * block, new Uint8Array(4096).fill(block + 1));
      if (block % 3 === 2) await image.flush();
    }
    await image.close();
    let replayed = 0;
    const left = new MemoryImageFile('left.vhdx', base);
    for (const [time, change] of file.log.entries()) {
      await change?.(left);
      if (change === undefined) continue;
      const path = join(folder, `${time}.vhdx`);
      await writeFile(path, await readAll(left));
      const ours = await VHDX.open(readOnlyView(left), memoryHost());
      if ((await ours.info()).isDirty) replayed++;
      qemuImg('check', '-f', 'vhdx', '-r', 'all', path);
      checkedByQemu(path);
      expectSame(qemuContent('vhdx', path), await readAll(ours), 0);
      await rm(path);
      await rm(`${path}.raw`);
    }
    expect(replayed).toBeGreaterThan(5);
  });

  it('reads disks of terabytes quickly', async () => {
    const path = join(folder, 'big.vhdx');
    qemuImg('create', '-f', 'vhdx', path, '1T');
    const theirs = await openFile(VHDX, path, false);
    expect(theirs.size).toBe(2 ** 40);
    // Over the end of the first chunk, behind which lies the entry of a bitmap.
    const at = 2 ** 32 - 4096;
    await theirs.write(at, new Uint8Array(8192).fill(1));
    await theirs.write(2 ** 40 - SECTOR, new Uint8Array(SECTOR).fill(1));
    await theirs.close();
    checkedByQemu(path);
    const ours = join(folder, 'ours.vhdx');
    const image = await VHDX.create(await NodeImageFile.create(ours), { size: 2 ** 40 }, createImageHost());
    await image.write(at, new Uint8Array(8192).fill(1));
    await image.write(2 ** 40 - SECTOR, new Uint8Array(SECTOR).fill(1));
    await image.close();
    checkedByQemu(ours);
    for (const file of [path, ours]) {
      const part = `${file}.part`;
      qemuImg(
        ...'dd -f vhdx -O raw bs=4096 count=1048578 skip=1048574'.split(' '),
        `if=${file}`,
        `of=${part}`,
      );
      const expected = new Uint8Array(16384);
      expected.fill(1, 4096, 12288);
      expectSame(await readFile(part), expected, at - 4096);
    }
  });
});
