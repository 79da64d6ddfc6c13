/**
 * Which computers an EFI system partition has a default loader for: the files of EFI\BOOT, by
 * their names (UEFI specification, 3.5.1.1), in a FAT file system (Microsoft, FAT: General
 * Overview of On-Disk Format, 1.03). Left out on purpose: what is in the files.
 */
import type { BlockBackend } from './backend.ts';

/** Where a partition lies, in bytes. */
export interface PartitionRange {
  readonly offset: number;
  readonly size: number;
}

interface Entry {
  readonly name: string;
  readonly isDirectory: boolean;
  readonly cluster: number;
}

/** A directory as far as it is looked at. */
const MAX_DIRECTORY = 256 * 1024;
const SECTOR = 512;
const ENTRY_SIZE = 32;
const FREE = 0xe5;
const ATTR_DIRECTORY = 0x10;
const ATTR_VOLUME_ID = 0x08;
const ATTR_LONG_NAME = 0x0f;
/** In the first byte of a long name's pieces: which one it is, and that it is the last. */
const PIECE_NUMBER = 0x3f;
const LAST_PIECE = 0x40;
/** Where the characters of a piece lie. */
const PIECE_CHARACTERS = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
/** As many clusters as this, and the next kind of FAT is used. */
const MOST_FAT12 = 4085;

/**
 * The architectures in the names of default loaders, in capitals, such as RISCV64 or X64.
 * Undefined where the partition holds no FAT file system that can be read.
 * @throws what the backend throws.
 */
export async function readEfiLoaders(
  disk: BlockBackend,
  partition: PartitionRange,
): Promise<readonly string[] | undefined> {
  const fat = await FatFileSystem.open(disk, partition);
  if (!fat) return undefined;
  let entries = await fat.root();
  for (const name of ['EFI', 'BOOT']) {
    const directory = entries.find((entry) => entry.isDirectory && entry.name.toUpperCase() === name);
    if (!directory) return [];
    entries = await fat.directory(directory.cluster);
  }
  return entries
    .filter(({ isDirectory }) => !isDirectory)
    .flatMap(({ name }) => /^BOOT([A-Z0-9]+)\.EFI$/.exec(name.toUpperCase())?.[1] ?? []);
}

/** As much of a FAT file system as it takes to read its directories. All that it says of itself is untrusted. */
class FatFileSystem {
  private constructor(
    private readonly disk: BlockBackend,
    private readonly partition: PartitionRange,
    private readonly clusterSize: number,
    private readonly fatStart: number,
    /** Bits of an entry in the table. */
    private readonly width: 12 | 16 | 32,
    /** Where the root directory is: of itself, or in clusters. */
    private readonly rootPlace: PartitionRange | number,
    private readonly dataStart: number,
    private readonly clusters: number,
  ) {}

  static async open(disk: BlockBackend, partition: PartitionRange): Promise<FatFileSystem | undefined> {
    if (partition.size < SECTOR || partition.offset + partition.size > disk.size) return undefined;
    const boot = new Uint8Array(SECTOR);
    await disk.read(partition.offset, boot);
    const view = new DataView(boot.buffer);
    const sector = view.getUint16(11, true);
    const clusterSize = sector * boot[13];
    const fatStart = sector * view.getUint16(14, true);
    const rootSize = view.getUint16(17, true) * ENTRY_SIZE;
    const fatSectors = view.getUint16(22, true);
    const rootStart = fatStart + boot[16] * sector * (fatSectors || view.getUint32(36, true));
    const dataStart = rootStart + Math.ceil(rootSize / sector) * sector;
    const size = sector * (view.getUint16(19, true) || view.getUint32(32, true));
    if (![512, 1024, 2048, 4096].includes(sector)) return undefined;
    if (clusterSize === 0 || fatStart === 0 || rootStart === fatStart) return undefined;
    if (size > partition.size || dataStart >= size) return undefined;
    const clusters = Math.floor((size - dataStart) / clusterSize);
    const is32 = fatSectors === 0;
    return new FatFileSystem(
      disk,
      partition,
      clusterSize,
      fatStart,
      is32 ? 32 : clusters < MOST_FAT12 ? 12 : 16,
      is32 ? view.getUint32(44, true) : { offset: rootStart, size: rootSize },
      dataStart,
      clusters,
    );
  }

  async root(): Promise<readonly Entry[]> {
    if (typeof this.rootPlace === 'number') return this.directory(this.rootPlace);
    return entriesOf(await this.read(this.rootPlace.offset, this.rootPlace.size));
  }

  /** What is in the directory whose content starts in `cluster`; a chain that leads astray ends there. */
  async directory(cluster: number): Promise<readonly Entry[]> {
    const content = new Uint8Array(MAX_DIRECTORY);
    let length = 0;
    while (cluster >= 2 && cluster < this.clusters + 2 && length < content.length) {
      const part = await this.read(this.dataStart + (cluster - 2) * this.clusterSize, this.clusterSize);
      content.set(part.subarray(0, content.length - length), length);
      length += part.length;
      cluster = await this.after(cluster);
    }
    return entriesOf(content.subarray(0, length));
  }

  /** The next cluster of a chain. */
  private async after(cluster: number): Promise<number> {
    const bit = cluster * this.width;
    const bytes = await this.read(this.fatStart + (bit >> 3), this.width === 32 ? 4 : 2);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    if (this.width === 32) return view.getUint32(0, true) & 0x0fff_ffff;
    return this.width === 16 ? view.getUint16(0, true) : (view.getUint16(0, true) >> (bit & 7)) & 0xfff;
  }

  /** Bytes of the partition, read as whole sectors; zeros behind its end. */
  private async read(offset: number, length: number): Promise<Uint8Array> {
    const start = Math.floor(offset / SECTOR) * SECTOR;
    const bytes = new Uint8Array(Math.ceil((offset + length - start) / SECTOR) * SECTOR);
    const there = Math.max(0, Math.min(bytes.length, this.partition.size - start));
    await this.disk.read(this.partition.offset + start, bytes.subarray(0, there));
    return bytes.subarray(offset - start, offset - start + length);
  }
}

function entriesOf(directory: Uint8Array): readonly Entry[] {
  const entries: Entry[] = [];
  let longName = '';
  for (let at = 0; at + ENTRY_SIZE <= directory.length && directory[at] !== 0; at += ENTRY_SIZE) {
    const view = new DataView(directory.buffer, directory.byteOffset + at, ENTRY_SIZE);
    const attributes = directory[at + 11];
    if (directory[at] === FREE) {
      longName = '';
    } else if ((attributes & 0x3f) === ATTR_LONG_NAME) {
      // The last piece comes first.
      if (directory[at] & LAST_PIECE) longName = '';
      if ((directory[at] & PIECE_NUMBER) === 0) continue;
      const characters = PIECE_CHARACTERS.map((place) => view.getUint16(place, true));
      const end = characters.indexOf(0);
      longName = String.fromCharCode(...(end < 0 ? characters : characters.slice(0, end))) + longName;
    } else {
      const cluster = view.getUint16(26, true) + view.getUint16(20, true) * 2 ** 16;
      const name = longName || shortName(directory.subarray(at, at + 11));
      longName = '';
      if ((attributes & ATTR_VOLUME_ID) === 0)
        entries.push({ name, isDirectory: (attributes & ATTR_DIRECTORY) !== 0, cluster });
    }
  }
  return entries;
}

/** Eight characters and three, filled up with spaces. */
function shortName(bytes: Uint8Array): string {
  const text = String.fromCharCode(...bytes);
  const [name, extension] = [text.slice(0, 8).trimEnd(), text.slice(8).trimEnd()];
  return extension === '' ? name : `${name}.${extension}`;
}
