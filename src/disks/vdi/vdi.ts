/** VirtualBox's disk images (VDI), version 1.1, dynamic and static ones. */
import { ArgumentError } from '../../errors.ts';
import { Clusters } from '../clusters.ts';
import {
  type CheckReport,
  type CreateImageOptions,
  type DiskFormat,
  type DiskImage,
  type Extent,
  type ImageHost,
  type ImageInfo,
} from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { Findings } from '../findings.ts';
import { decodeEntries, encodeEntries } from '../cluster-tables.ts';
import { BlockMap, UNALLOCATED } from './block-map.ts';
import {
  BLOCKS_ALLOCATED_AT,
  encodeHeader,
  isVdi,
  MAX_BLOCKS,
  readHeader,
  SECTOR,
  UUID_SIZE,
  type VdiHeader,
} from './header.ts';
import { resizeVdi } from './resize.ts';

const BLOCK_SIZE = 1 << 20;
const MAP_OFFSET = 4096;

/** Bytes of the map that are written at once when an image is made. */
const MAP_PIECE = 1 << 20;

class VdiImage implements DiskImage {
  readonly format = 'vdi';
  readonly readOnly: boolean;
  readonly clusterSize: number;
  private map: BlockMap;
  private clusters: Clusters;

  constructor(
    readonly file: ImageFile,
    private header: VdiHeader,
    private readonly host: ImageHost,
  ) {
    this.readOnly = file.readOnly;
    this.clusterSize = header.blockSize;
    this.map = new BlockMap(file, host, header, this.size);
    this.clusters = new Clusters(file, this.map, this.size);
  }

  get size(): number {
    return Math.ceil(this.header.diskSize / SECTOR) * SECTOR;
  }

  read(offset: number, into: Uint8Array): Promise<void> {
    return this.clusters.read(offset, into);
  }

  write(offset: number, from: Uint8Array): Promise<void> {
    return this.clusters.write(offset, from);
  }

  async flush(): Promise<void> {
    if (!this.readOnly) await this.clusters.flush();
  }

  discard(offset: number, length: number): Promise<void> {
    return this.clusters.discard(offset, length);
  }

  writeZeroes(offset: number, length: number, mayUnmap: boolean): Promise<void> {
    return this.clusters.writeZeroes(offset, length, mayUnmap);
  }

  nextExtent(offset: number): Promise<Extent> {
    return this.clusters.nextExtent(offset);
  }

  async info(): Promise<ImageInfo> {
    return {
      format: 'vdi',
      virtualSize: this.size,
      fileSize: this.file.size,
      clusterSize: this.clusterSize,
      details: { static: this.header.isStatic, uuid: this.header.uuid },
    };
  }

  /** Compares the map with the count of blocks in the header, which is what can be repaired. */
  async check({ repair }: { readonly repair?: 'leaks' | 'all' } = {}): Promise<CheckReport> {
    await this.flush();
    const findings = new Findings();
    const { count, end } = await this.map.scan((block, reason) => findings.error(`block ${block} ${reason}`));
    const isSound = findings.errorCount === 0;
    const bytes = new Uint8Array(4);
    await this.file.read(BLOCKS_ALLOCATED_AT, bytes);
    const [stored] = decodeEntries(bytes);
    let repaired = 0;
    if (stored !== end) {
      findings.error(`the header counts ${stored} blocks, the map ${end}`);
      if (repair === 'all' && isSound && !this.readOnly) {
        encodeEntries(Uint32Array.of(end), bytes);
        await this.file.write(BLOCKS_ALLOCATED_AT, bytes);
        await this.file.flush();
        repaired++;
      }
    }
    const room = Math.floor((this.file.size - this.header.dataOffset) / this.clusterSize);
    findings.leaks = Math.max(room, end) - count;
    return findings.report(repaired);
  }

  async resize(size: number): Promise<void> {
    await this.flush();
    const { file, host, header, map } = this;
    try {
      await resizeVdi({ file, host, header, map, former: this.size }, size);
    } finally {
      this.header = await readHeader(file);
      this.map = new BlockMap(file, host, this.header, this.size);
      this.clusters = new Clusters(file, this.map, this.size);
    }
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.file.close();
    }
  }
}

async function create(
  file: ImageFile,
  { size, backing, options = {} }: CreateImageOptions,
  host: ImageHost,
): Promise<DiskImage> {
  if (backing) throw new ArgumentError('expected no backing image: VDI images cannot name one');
  const isStatic = options['static'] ?? false;
  if (typeof isStatic !== 'boolean')
    throw new ArgumentError(`expected true or false for the option static, found ${isStatic}`);
  const blocks = Math.ceil(size / BLOCK_SIZE);
  if (size === 0 || size % SECTOR !== 0 || blocks > MAX_BLOCKS)
    throw new ArgumentError(
      `expected a size for VDI images that is a multiple of ${SECTOR}, not 0 and at most ${MAX_BLOCKS * BLOCK_SIZE}, found ${size}`,
    );
  const mapBytes = blocks * 4;
  const dataOffset = Math.ceil((MAP_OFFSET + mapBytes) / 4096) * 4096;
  for (let done = 0; done < mapBytes; done += MAP_PIECE) {
    const piece = new Uint8Array(Math.min(MAP_PIECE, mapBytes - done));
    const first = done / 4;
    if (isStatic) {
      encodeEntries(
        Uint32Array.from({ length: piece.length / 4 }, (_, i) => first + i),
        piece,
      );
    } else {
      encodeEntries(new Uint32Array(piece.length / 4).fill(UNALLOCATED), piece);
    }
    await file.write(MAP_OFFSET + done, piece);
  }
  await file.truncate(dataOffset + (isStatic ? blocks * BLOCK_SIZE : 0));
  const ids = new Uint8Array(2 * UUID_SIZE);
  host.random(ids);
  const header = {
    isStatic,
    mapOffset: MAP_OFFSET,
    dataOffset,
    diskSize: size,
    blockSize: BLOCK_SIZE,
    blocks,
    blocksAllocated: isStatic ? blocks : 0,
  };
  await file.write(0, encodeHeader(header, ids));
  await file.flush();
  return new VdiImage(file, await readHeader(file), host);
}

export const VDI: DiskFormat = {
  name: 'vdi',
  title: 'VirtualBox disk image',
  extensions: ['.vdi'],
  options: { static: 'whether the file is as long as the disk from the start; default false' },
  probe: isVdi,
  open: async (file, host) => new VdiImage(file, await readHeader(file), host),
  create,
};
