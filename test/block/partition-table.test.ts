import { describe, expect, it } from 'vitest';
import { MemoryBlockBackend } from '../../src/block/backend.ts';
import { readDiskBoot } from '../../src/block/partition-table.ts';
import { Random, fuzzSeeds } from '../support/random.ts';

const SECTOR = 512;
const EFI = [0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b];
const LINUX = [
  0xaf, 0x3d, 0xc6, 0x0f, 0x83, 0x84, 0x72, 0x47, 0x8e, 0x79, 0x3d, 0x69, 0xd8, 0x47, 0x7d, 0xe4,
];

/** A disk with an MBR of these partitions. */
function mbr(partitions: readonly { type: number; flag?: number }[]): Uint8Array {
  const disk = new Uint8Array(64 * SECTOR);
  disk.set([0x55, 0xaa], SECTOR - 2);
  partitions.forEach(({ type, flag = 0 }, i) => {
    disk[446 + 16 * i] = flag;
    disk[446 + 16 * i + 4] = type;
  });
  return disk;
}

/** A disk with a GPT of these partitions. */
function gpt(
  partitions: readonly { type: readonly number[]; attributes?: number }[],
  header: { size?: number; count?: number; lba?: bigint } = {},
): Uint8Array {
  const { size = 128, count = 128, lba = 2n } = header;
  const disk = mbr([{ type: 0xee }]);
  const view = new DataView(disk.buffer, SECTOR);
  disk.set(Buffer.from('EFI PART'), SECTOR);
  view.setBigUint64(72, lba, true);
  view.setUint32(80, count, true);
  view.setUint32(84, size, true);
  partitions.forEach(({ type, attributes = 0 }, i) => {
    disk.set(type, 2 * SECTOR + i * size);
    disk[2 * SECTOR + i * size + 48] = attributes;
  });
  return disk;
}

/** The same disk with a second table at its end, and with the header or the entries of the first one lost. */
function withSecond(disk: Uint8Array, lost?: 'header' | 'entries'): Uint8Array {
  const sectors = disk.length / SECTOR;
  const entries = sectors - 33;
  disk.copyWithin((sectors - 1) * SECTOR, SECTOR, 2 * SECTOR);
  new DataView(disk.buffer).setBigUint64((sectors - 1) * SECTOR + 72, BigInt(entries), true);
  disk.copyWithin(entries * SECTOR, 2 * SECTOR, 20 * SECTOR);
  if (lost === 'header') disk.fill(0, SECTOR, 2 * SECTOR);
  if (lost === 'entries') disk.fill(0, 2 * SECTOR, 20 * SECTOR);
  return disk;
}

const bootOf = (disk: Uint8Array) => readDiskBoot(new MemoryBlockBackend(disk));

describe('what a disk says of how it starts', () => {
  it.each<[string, Uint8Array, string, boolean, boolean]>([
    ['GPT with an EFI system partition', gpt([{ type: LINUX }, { type: EFI }]), 'gpt', true, false],
    ['GPT without', gpt([{ type: LINUX }]), 'gpt', false, false],
    ['GPT with a legacy boot flag', gpt([{ type: LINUX, attributes: 4 }]), 'gpt', false, true],
    [
      'GPT with larger entries',
      gpt([{ type: LINUX }, { type: EFI }], { size: 256, count: 4 }),
      'gpt',
      true,
      false,
    ],
    ['GPT whose header is lost', withSecond(gpt([{ type: EFI }]), 'header'), 'gpt', true, false],
    ['GPT whose entries are lost', withSecond(gpt([{ type: EFI }]), 'entries'), 'gpt', true, false],
    [
      'GPT with a legacy boot flag whose entries are lost',
      withSecond(gpt([{ type: LINUX, attributes: 4 }]), 'entries'),
      'gpt',
      false,
      true,
    ],
    ['GPT without, twice', withSecond(gpt([{ type: LINUX }])), 'gpt', false, false],
    ['MBR with an EFI system partition', mbr([{ type: 0x83 }, { type: 0xef }]), 'mbr', true, false],
    ['MBR with a boot flag', mbr([{ type: 0x83, flag: 0x80 }]), 'mbr', false, true],
    ['MBR without either', mbr([{ type: 0x83 }]), 'mbr', false, false],
    ['protective MBR without a GPT', mbr([{ type: 0xee }]), 'mbr', false, false],
    ['no partitions', mbr([]), 'none', false, false],
    ['boot sector of a file system', mbr([{ type: 0x20, flag: 0x6f }]), 'none', false, false],
    ['nothing', new Uint8Array(64 * SECTOR), 'none', false, false],
    ['hardly anything', new Uint8Array(SECTOR), 'none', false, false],
    ['GPT entries far behind the disk', gpt([], { lba: 1n << 60n }), 'mbr', false, false],
    ['GPT entries across the end', gpt([], { lba: 60n }), 'mbr', false, false],
    ['GPT entries of no size', gpt([{ type: EFI }], { size: 0 }), 'mbr', false, false],
    ['GPT of too many partitions', gpt([{ type: EFI }], { count: 0xffff_ffff }), 'mbr', false, false],
  ])('%s', async (_, disk, table, hasEfi, hasBootFlag) => {
    expect(await bootOf(disk)).toEqual({ table, hasBootFlag, ...(hasEfi && { efi: expect.anything() }) });
  });

  it.each(fuzzSeeds(4))('survives nonsense (seed %i)', async (seed) => {
    const random = new Random(seed);
    for (let i = 0; i < 300; i++) {
      const disk = gpt([{ type: EFI }]);
      for (let change = 0; change < 8; change++) disk[440 + random.below(200)] = random.below(256);
      const found = await bootOf(disk);
      expect(['gpt', 'mbr', 'none']).toContain(found.table);
    }
  });

  it('reads whole sectors of the disk, and nothing outside it', async () => {
    const disk = gpt([{ type: EFI }], { count: 3 });
    const backend = new MemoryBlockBackend(disk);
    const reads: [number, number][] = [];
    await readDiskBoot({
      size: backend.size,
      readOnly: true,
      read: (offset, into) => (reads.push([offset, into.length]), backend.read(offset, into)),
      write: () => Promise.reject(new Error('write')),
      flush: () => Promise.reject(new Error('flush')),
    });
    expect(reads).toEqual([
      [0, 1024],
      [1024, 512],
    ]);
  });
});
