/** Much more of the random tests of VMDK and VDI images. */
import { describe, it } from 'vitest';
import type { DiskFormat, FormatOptions } from '../../src/disks/disk-image.ts';
import { VDI } from '../../src/disks/vdi/vdi.ts';
import { VMDK } from '../../src/disks/vmdk/vmdk.ts';
import { fuzzSeeds, Random } from '../support/random.ts';
import { compareWithModel, contentOf, crashEverywhere, fuzz } from './image-model.ts';
import { MemoryFolder } from './memory-image-host.ts';

const MIB = 1 << 20;

interface Kind {
  readonly format: DiskFormat;
  readonly options: FormatOptions;
}

const KINDS: readonly Kind[] = [
  { format: VDI, options: {} },
  { format: VDI, options: { static: true } },
  { format: VMDK, options: {} },
  { format: VMDK, options: { zeroedGrain: true } },
  { format: VMDK, options: { subformat: 'monolithicFlat' } },
  { format: VMDK, options: { subformat: 'twoGbMaxExtentSparse' } },
  { format: VMDK, options: { subformat: 'streamOptimized' } },
];

describe.each(KINDS)('$format.name $options', ({ format, options }) => {
  const isStream = options['subformat'] === 'streamOptimized';

  // It is written once, from start to end.
  it.each(isStream ? [] : fuzzSeeds(10))('random work (seed %i)', async (seed) => {
    await compareWithModel({ format, options, size: 4 * MIB + 1536, seed, rounds: 60 });
  });

  // Parts in files of their own are written with the same code.
  it.each(options['subformat'] === undefined ? fuzzSeeds(8) : [])('crashes (seed %i)', async (seed) => {
    const backing = format === VMDK && seed % 2 === 0 ? new Uint8Array(MIB / 2).fill(0xbb) : undefined;
    await crashEverywhere({ format, options, size: MIB, seed, rounds: 30, backing });
  });

  it('damage', async () => {
    const memory = new MemoryFolder();
    const image = await format.create(memory.open('disk'), { size: 3 * MIB, options }, memory.host());
    await image.write(0, new Random(1).bytes(MIB));
    await image.close();
    const seeds = [{ name: JSON.stringify(options), files: await contentOf(memory) }];
    for (const seed of fuzzSeeds(1500)) await fuzz(seeds, format, seed);
  });
});
