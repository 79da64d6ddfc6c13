/**
 * What a disk says of itself before anything of it runs: whether it has a partition table, GPT
 * (UEFI specification, 5.3) or MBR (5.2), and a partition to boot from. Left out on purpose:
 * extended partitions, checksums, and what is in the partitions: see efi-loaders.ts.
 */
import type { BlockBackend } from './backend.ts';
import type { PartitionRange } from './efi-loaders.ts';

/** How a disk wants to be started. */
export interface DiskBoot {
  readonly table: 'gpt' | 'mbr' | 'none';
  /** Its EFI system partition, the first one; it may claim more than there is. */
  readonly efi?: PartitionRange;
  /** A partition is marked to be booted from: the boot flag of an MBR, or legacy BIOS bootable in a GPT. */
  readonly hasBootFlag: boolean;
}

const SECTOR = 512;
const MBR_SIGNATURE = 0xaa55;
const MBR_ENTRIES = 446;
const MBR_TYPE_PROTECTIVE = 0xee;
const MBR_TYPE_EFI = 0xef;
const ACTIVE = 0x80;

const GPT_SIGNATURE = 'EFI PART';
const GPT_ENTRY_SIZE = 128;
/** Of the partitions, so many are looked at, which is eight times what tables have room for as a rule. */
const MAX_GPT_ENTRIES = 1024;
/** C12A7328-F81F-11D2-BA4B-00A0C93EC93B, as it lies on the disk. */
const EFI_SYSTEM = '28732ac11ff8d211ba4b00a0c93ec93b';
const GPT_LEGACY_BOOT = 1 << 2;

/** @throws what the backend throws. */
export async function readDiskBoot(disk: BlockBackend): Promise<DiskBoot> {
  const none = { table: 'none', hasBootFlag: false } as const;
  if (disk.size < 2 * SECTOR) return none;
  const start = new Uint8Array(2 * SECTOR);
  await disk.read(0, start);
  const view = new DataView(start.buffer);
  if (view.getUint16(SECTOR - 2, true) !== MBR_SIGNATURE) return none;
  const entries = Array.from({ length: 4 }, (_, i) => ({
    flag: start[MBR_ENTRIES + 16 * i],
    type: start[MBR_ENTRIES + 16 * i + 4],
    offset: view.getUint32(MBR_ENTRIES + 16 * i + 8, true) * SECTOR,
    size: view.getUint32(MBR_ENTRIES + 16 * i + 12, true) * SECTOR,
  })).filter(({ type }) => type !== 0);
  // A boot sector of a file system has the same signature.
  if (entries.length === 0 || entries.some(({ flag }) => flag !== 0 && flag !== ACTIVE)) return none;
  if (entries.some(({ type }) => type === MBR_TYPE_PROTECTIVE)) {
    const first = await readGpt(disk, start.subarray(SECTOR));
    if (first?.efi || first?.hasBootFlag) return { table: 'gpt', ...first };
    // Firmware starts a disk whose first table is damaged by the second one, at its end.
    const end = new Uint8Array(SECTOR);
    await disk.read((Math.floor(disk.size / SECTOR) - 1) * SECTOR, end);
    const partitions = (await readGpt(disk, end)) ?? first;
    if (partitions) return { table: 'gpt', ...partitions };
  }
  const efi = entries.find(({ type }) => type === MBR_TYPE_EFI);
  return {
    table: 'mbr',
    ...(efi && { efi: { offset: efi.offset, size: efi.size } }),
    hasBootFlag: entries.some(({ flag }) => flag === ACTIVE),
  };
}

async function readGpt(disk: BlockBackend, header: Uint8Array): Promise<Omit<DiskBoot, 'table'> | undefined> {
  if (String.fromCharCode(...header.subarray(0, 8)) !== GPT_SIGNATURE) return undefined;
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const size = view.getUint32(84, true);
  const count = Math.min(view.getUint32(80, true), MAX_GPT_ENTRIES);
  const offset = Number(view.getBigUint64(72, true)) * SECTOR;
  if (size < GPT_ENTRY_SIZE || size > SECTOR || size % 8 !== 0) return undefined;
  if (!Number.isSafeInteger(offset) || offset + count * size > disk.size) return undefined;
  // Whole sectors, as a disk is read.
  const table = new Uint8Array(Math.ceil((count * size) / SECTOR) * SECTOR);
  if (offset + table.length > disk.size) return undefined;
  await disk.read(offset, table);
  const entries = new DataView(table.buffer);
  let efi: PartitionRange | undefined;
  let hasBootFlag = false;
  for (let at = 0; at < count * size; at += size) {
    const type = Array.from(table.subarray(at, at + 16), (byte) => byte.toString(16).padStart(2, '0')).join(
      '',
    );
    if (/^0+$/.test(type)) continue;
    if (type === EFI_SYSTEM && !efi) {
      const [first, last] = [32, 40].map((field) => Number(entries.getBigUint64(at + field, true)));
      efi = { offset: first * SECTOR, size: (last - first + 1) * SECTOR };
    }
    if (table[at + 48] & GPT_LEGACY_BOOT) hasBootFlag = true;
  }
  return { ...(efi && { efi }), hasBootFlag };
}
