/** VHD and VHDX, as the tests of the default suite have them, for longer: damage, and random use beside a model. */
import { describe, expect, it } from 'vitest';
import { MemoryImageFile } from '../../src/disks/image-file.ts';
import { openDiskImage } from '../../src/disks/open.ts';
import { seal } from '../../src/disks/vhd/footer.ts';
import { VHD } from '../../src/disks/vhd/format.ts';
import { VHDX } from '../../src/disks/vhdx/format.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import { readAll } from './content.ts';
import { compareWithModel, fuzzImage, memoryHost } from './vhd-support.ts';
import { resealVhdx, VHDX_HOT } from './vhdx-damage.ts';

const MIB = 2 ** 20;

describe.each([VHD, VHDX])('$title', (format) => {
  const blockSize = format === VHD ? MIB / 2 : MIB;

  it.each(fuzzSeeds(5))('damaged, does no harm, seed %i', async (seed) => {
    const random = new Random(seed);
    const file = new MemoryImageFile('disk');
    const image = await format.create(file, { size: 4 * MIB, options: { blockSize } }, memoryHost());
    await image.write(MIB, new Uint8Array(MIB).fill(1));
    await image.flush();
    const valid = await readAll(file);
    const end = valid.length;
    const hot =
      format === VHDX
        ? VHDX_HOT
        : ([
            [0, 100],
            [512, 600],
            [1088, 1112],
            [1536, 1600],
            [end - 512, end - 400],
          ] as const);
    const reseal = (bytes: Uint8Array): void => {
      if (format === VHDX) return resealVhdx(bytes);
      seal(bytes.subarray(0, 512), 64);
      seal(bytes.subarray(end - 512), 64);
      seal(bytes.subarray(512, 1536), 36);
    };
    const results = { opened: 0, refused: 0 };
    for (let n = 0; n < 1000; n++) results[await fuzzImage(format, valid, hot, random, reseal)]++;
    expect(Math.min(results.opened, results.refused)).toBeGreaterThan(100);
  });

  it.each(fuzzSeeds(5))('holds what is written, seed %i', async (seed) => {
    const random = new Random(seed);
    const files = { base: new MemoryImageFile('base'), top: new MemoryImageFile('top') };
    const host = memoryHost(files, seed);
    const size = 16 * MIB;
    const base = await format.create(files.base, { size, options: { blockSize } }, host);
    const model = new Uint8Array(size);
    await compareWithModel(base, model, random, 20);
    await base.close();
    const backing = { reference: 'base', image: await format.open(files.base, host) };
    await (await format.create(files.top, { size, backing, options: { blockSize } }, host)).flush();
    for (let n = 0; n < 10; n++) {
      const image = await openDiskImage(files.top, host);
      await compareWithModel(image, model, random, 40, random.pick([100, 512, 4096]));
      expect(await image.check!()).toMatchObject({ errorCount: 0 });
      await image.close();
    }
  });
});
