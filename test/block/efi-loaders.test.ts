import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MemoryBlockBackend } from '../../src/block/backend.ts';
import { readEfiLoaders } from '../../src/block/efi-loaders.ts';
import { makeFat, type FatOptions } from '../support/fat.ts';
import { Random, fuzzSeeds } from '../support/random.ts';
import { requireTool } from '../support/tools.ts';

/** Before the partition, in bytes. */
const BEFORE = 4096;

/** A disk with one partition, which starts behind `BEFORE`. */
function diskWith(options: FatOptions): Uint8Array {
  const directory = mkdtempSync(join(tmpdir(), 'hartware-fat-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const image = join(directory, 'fat');
  makeFat(image, options);
  return Buffer.concat([Buffer.alloc(BEFORE), readFileSync(image)]);
}

const loadersOf = (disk: Uint8Array, size = disk.length - BEFORE) =>
  readEfiLoaders(new MemoryBlockBackend(disk), { offset: BEFORE, size });

/** So many files that the directory has several clusters, and the loaders are in the last. */
const MANY = Array.from({ length: 40 }, (_, i) => `EFI/boot/a file with a long name ${i}`);

describe.skipIf(!requireTool('mkfs.vfat', 'dosfstools') || !requireTool('mmd', 'mtools'))('FAT', () => {
  test.each([
    [12, 1024],
    [16, 16 * 1024],
    [32, 40 * 1024],
  ] as const)('%i: default loaders are found', async (width, kilobytes) => {
    const files = [...MANY, 'EFI/boot/BOOTRISCV64.EFI', 'EFI/boot/bootx64.efi', 'EFI/debian/BOOTAA64.EFI'];
    const disk = diskWith({ width, kilobytes, files });
    expect(await loadersOf(disk)).toEqual(['RISCV64', 'X64']);
    expect(await loadersOf(disk, disk.length)).toBeUndefined();
    expect(await loadersOf(disk, 4096)).toBeUndefined();
  });

  test('without such a folder there are none', async () => {
    expect(await loadersOf(diskWith({ width: 12, kilobytes: 1024, files: ['EFI/BOOTX64.EFI'] }))).toEqual([]);
    expect(await loadersOf(diskWith({ width: 12, kilobytes: 1024, files: [] }))).toEqual([]);
  });

  test.each(fuzzSeeds(2))('nonsense ends (seed %i)', async (seed) => {
    const random = new Random(seed);
    for (const [width, kilobytes] of [
      [12, 1024],
      [32, 34 * 1024],
    ] as const) {
      const disk = diskWith({ width, kilobytes, files: ['EFI/BOOT/BOOTX64.EFI'] });
      for (let i = 0; i < 100; i++) {
        const changed = disk.slice();
        for (let change = 0; change < 6; change++) {
          // The boot sector, the tables, or the root directory of FAT12.
          const at = BEFORE + random.below([64, 4096, 16384][random.below(3)]);
          changed[at] = random.below(256);
        }
        expect((await loadersOf(changed)) ?? []).toBeInstanceOf(Array);
      }
    }
  });
});

test('what is no file system is told', async () => {
  expect(await loadersOf(new Uint8Array(BEFORE + 65536))).toBeUndefined();
  expect(await loadersOf(new Uint8Array(BEFORE + 65536).fill(0xff))).toBeUndefined();
  expect(await loadersOf(new Uint8Array(BEFORE))).toBeUndefined();
});
