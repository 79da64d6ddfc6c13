/** VHDs that qemu-img writes are read, and it reads ours: all subformats, sizes and holes. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createImageHost } from '../../src/bindings/node/image-host.ts';
import { NodeImageFile } from '../../src/bindings/node/image-file.ts';
import { probeFormat } from '../../src/disks/formats.ts';
import { VHD } from '../../src/disks/vhd/format.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import { hasQemuImg, qemuImg } from './qemu-img.ts';
import { readAll } from './content.ts';
import {
  checkExtents,
  compareWithModel,
  expectSame,
  openFile,
  qemuContent,
  SECTOR,
  sparseContent,
} from './vhd-support.ts';

const GIB = 2 ** 30;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hartware-vhd-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(!hasQemuImg)('VHD and qemu-img', () => {
  const sizes = [SECTOR * 7, 5 * 2 ** 20 + SECTOR, 23 * 2 ** 20];

  it.each(['dynamic', 'fixed'])('%s: what it writes is read, and changed', async (subformat) => {
    for (const [seed, size] of sizes.entries()) {
      for (const force of ['on', 'off']) {
        const random = new Random(seed + 1);
        const content = sparseContent(random, size);
        const path = join(folder, `${size}-${force}.vhd`);
        await writeFile(`${path}.in`, content);
        const options = `subformat=${subformat},force_size=${force}`;
        qemuImg('convert', '-f', 'raw', '-O', 'vpc', '-o', options, `${path}.in`, path);
        const file = await NodeImageFile.open(path, true);
        expect(await probeFormat(file)).toBe('vhd');
        await file.close();
        const image = await openFile(VHD, path, false);
        if (force === 'on') expect(image.size).toBe(size);
        const model = new Uint8Array(image.size);
        model.set(content);
        expectSame(await readAll(image), model, 0);
        await checkExtents(image);
        if (image.check) expect(await image.check()).toMatchObject({ errorCount: 0, leaks: 0 });
        await compareWithModel(image, model, random, 10);
        await image.close();
        expectSame(qemuContent('vpc', path), model, 0);
      }
    }
  });

  it.each(['dynamic', 'fixed'])('%s: what is written here it reads, and changes', async (subformat) => {
    for (const [seed, size] of sizes.entries()) {
      for (const forceSize of [true, false]) {
        const path = join(folder, `${size}-${forceSize}.vhd`);
        const random = new Random(seed + 1);
        const options = { subformat, forceSize };
        const image = await VHD.create(
          await NodeImageFile.create(path),
          { size, options },
          createImageHost(),
        );
        const model = new Uint8Array(image.size);
        await compareWithModel(image, model, random, 10);
        await image.close();
        expectSame(qemuContent('vpc', path), model, 0);
        const info = JSON.parse(qemuImg('info', '-f', 'vpc', '--output=json', path)) as Record<
          string,
          unknown
        >;
        expect(info).toMatchObject({ 'virtual-size': model.length });
        if (model.length < 2 ** 22) continue;
        qemuImg(...'bench -f vpc -w -c 3 -s 4096 -S 1048576 --pattern 77'.split(' '), path);
        for (let n = 0; n < 3; n++) model.fill(77, n * 2 ** 20, n * 2 ** 20 + 4096);
        const again = await openFile(VHD, path, true);
        expectSame(await readAll(again), model, 0);
        await again.close();
      }
    }
  });

  it('agrees upon geometries and sizes', async () => {
    const path = join(folder, 'size.vhd');
    for (const seed of fuzzSeeds(25)) {
      const random = new Random(seed);
      const size = random.pick([2 ** 24, 2 ** 31, 2 ** 37, 2040 * GIB]) - random.below(2 ** 23) * SECTOR;
      if (size <= 0) continue;
      qemuImg('create', '-f', 'vpc', path, String(size));
      const theirs = await readFile(path);
      await rm(path);
      const options = { forceSize: false };
      const image = await VHD.create(await NodeImageFile.create(path), { size, options }, createImageHost());
      await image.close();
      const ours = await readFile(path);
      // Sizes, geometry and type; the rest of the footer has times and identifiers.
      expect(ours.subarray(0, 24), `size ${size}`).toEqual(theirs.subarray(0, 24));
      expect(ours.subarray(28, 64), `size ${size}`).toEqual(theirs.subarray(28, 64));
      expectSame(ours.subarray(512, -512), theirs.subarray(512, -512), 512);
      await rm(path);
    }
  });

  it('reads disks of terabytes quickly', async () => {
    const path = join(folder, 'big.vhd');
    qemuImg('create', '-f', 'vpc', '-o', 'force_size=on', path, '1T');
    const image = await openFile(VHD, path, false);
    expect(image.size).toBe(2 ** 40);
    await image.write(2 ** 40 - SECTOR, new Uint8Array(SECTOR).fill(1));
    await image.close();
    const map = JSON.parse(qemuImg('map', '-f', 'vpc', '--output=json', path)) as object[];
    expect(map.at(-1)).toMatchObject({ start: 2 ** 40 - 2 ** 21, length: 2 ** 21, data: true });
  });
});
