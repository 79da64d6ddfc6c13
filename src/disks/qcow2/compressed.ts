/** Clusters in compressed form: reading them, and finding room for them (qcow2 specification, "Compressed Clusters Descriptor"). */
import { messageOf } from '../../errors.ts';
import type { ImageHost } from '../disk-image.ts';
import { damaged } from './geometry.ts';
import { compressedExtent, compressedLimit } from './mapping.ts';
import type { Metadata } from './metadata.ts';

/** Unpacked clusters that are kept, because guests read in smaller pieces. */
const CACHE_BYTES = 2 << 20;

/** QEMU unpacks with a window of this many bits, and refuses what was packed with a greater one. */
const WINDOW_BITS = 12;

export class CompressedClusters {
  private readonly unpacked = new Map<number, Promise<Uint8Array>>();
  private readonly limit: number;
  /** Where the next one goes, behind the last one, while its cluster has room; otherwise 0. */
  private next = 0;

  constructor(
    private readonly metadata: Metadata,
    private readonly host: ImageHost,
  ) {
    this.limit = Math.max(2, Math.floor(CACHE_BYTES / metadata.geometry.clusterSize));
  }

  /** The content of a cluster. @throws DiskImageError */
  read(high: number, low: number): Promise<Uint8Array> {
    const { offset, length } = compressedExtent(high, low, this.metadata.geometry.clusterBits);
    let content = this.unpacked.get(offset);
    this.unpacked.delete(offset);
    if (!content) {
      content = this.unpack(offset, length);
      // A failure may be the store's, and pass.
      content.catch(() => this.unpacked.delete(offset));
      for (const oldest of this.unpacked.keys()) {
        if (this.unpacked.size < this.limit) break;
        this.unpacked.delete(oldest);
      }
    }
    this.unpacked.set(offset, content);
    return content;
  }

  /** Forgets contents, because their places may be used for something else now. */
  forget(): void {
    this.unpacked.clear();
    this.next = 0;
  }

  /** A cluster in compressed form; undefined when it does not become smaller. */
  async pack(cluster: Uint8Array): Promise<Uint8Array | undefined> {
    const { compression } = this.metadata.header;
    const packed = await this.host.compress(compression, cluster, { windowBits: WINDOW_BITS });
    return packed.length < cluster.length ? packed : undefined;
  }

  /**
   * Finds `length` bytes, which share clusters with others; their clusters are counted once more. Under the lock.
   * @throws DiskImageError
   */
  async allocate(length: number): Promise<number> {
    const { refcounts, geometry } = this.metadata;
    const { clusterSize, maxRefcount, clusterBits } = geometry;
    const room = this.next === 0 ? 0 : clusterSize - (this.next % clusterSize);
    const shared = Math.floor(this.next / clusterSize);
    const maySplit = room > 0 && (await refcounts.get(shared)) < maxRefcount;
    let offset: number;
    if (maySplit && room >= length) {
      offset = this.next;
      await refcounts.increase(shared);
    } else {
      const { first } = await refcounts.allocate(1);
      if (maySplit && first === shared + 1) {
        offset = this.next;
        await refcounts.increase(shared);
      } else {
        offset = first * clusterSize;
      }
    }
    const end = offset + length;
    this.next = end % clusterSize === 0 ? 0 : end;
    if (end <= compressedLimit(clusterBits)) return offset;
    this.release(offset, length);
    throw damaged(
      this.metadata.file,
      'there is no room for compressed clusters so far behind its start',
      offset,
    );
  }

  /** Gives the clusters of an extent back. Under the lock. */
  release(offset: number, length: number): void {
    const { refcounts, geometry } = this.metadata;
    const first = Math.floor(offset / geometry.clusterSize);
    const last = Math.floor((offset + length - 1) / geometry.clusterSize);
    refcounts.release(first, last - first + 1);
  }

  releaseDescriptor(high: number, low: number): void {
    const { offset, length } = compressedExtent(high, low, this.metadata.geometry.clusterBits);
    this.release(offset, length);
  }

  private async unpack(offset: number, length: number): Promise<Uint8Array> {
    const { file, inFlight, geometry, header } = this.metadata;
    if (offset >= file.size || offset < geometry.clusterSize)
      throw damaged(file, `a compressed cluster lies there, and the file ends at ${file.size}`, offset);
    // The last sector need not be whole in the file.
    const packed = new Uint8Array(Math.min(length, file.size - offset));
    await inFlight.track(file.read(offset, packed));
    const content = await this.host
      .decompress(header.compression, packed, geometry.clusterSize)
      .catch((error) => {
        throw damaged(file, `the compressed cluster cannot be unpacked: ${messageOf(error)}`, offset, error);
      });
    if (content.length !== geometry.clusterSize)
      throw damaged(
        file,
        `expected a compressed cluster of ${geometry.clusterSize} bytes, found ${content.length}`,
        offset,
      );
    return content;
  }
}
