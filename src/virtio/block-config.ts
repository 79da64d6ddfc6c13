/** What a disk says of itself: features and configuration (virtio 1.2, 5.2.3 to 5.2.5). */
import type { BlockBackend } from '../block/backend.ts';
import * as layout from './block-layout.ts';
import { SECTOR_SIZE } from './block-layout.ts';
import { ConfigSpace } from './config-space.ts';

/** Ranges of a discard or write-zeroes request. */
export const MAX_SEGMENTS = 32;
/** Sectors of one of them: 1 GiB. */
export const MAX_SEGMENT_SECTORS = 0x20_0000;

export interface BlockFacts {
  readonly backend: BlockBackend;
  readonly queues: number;
  /** Descriptors of a queue. */
  readonly queueSize: number;
  /** In bytes. */
  readonly blockSize: number;
  /** In bytes. */
  readonly physicalBlockSize: number;
}

/** @throws RangeError for block sizes that cannot be told. */
export function blockConfig(facts: BlockFacts): { readonly features: bigint; readonly config: ConfigSpace } {
  const { backend, queues, queueSize, blockSize, physicalBlockSize } = facts;
  checkBlockSize('block size', blockSize, SECTOR_SIZE);
  checkBlockSize('physical block size', physicalBlockSize, blockSize);
  const config = new ConfigSpace(layout.CONFIG_SIZE);
  const blocks = physicalBlockSize / blockSize;
  config.setUint64(layout.CONFIG_CAPACITY, BigInt(Math.floor(backend.size / SECTOR_SIZE)));
  // Two descriptors of a full ring go to header and status.
  config.setUint32(layout.CONFIG_SEG_MAX, queueSize - 2);
  config.setUint32(layout.CONFIG_BLK_SIZE, blockSize);
  config.setUint8(layout.CONFIG_PHYSICAL_BLOCK_EXP, Math.log2(blocks));
  config.setUint16(layout.CONFIG_MIN_IO_SIZE, blocks);
  config.setUint8(layout.CONFIG_WRITEBACK, 1);
  let features =
    layout.VIRTIO_BLK_F_SEG_MAX |
    layout.VIRTIO_BLK_F_BLK_SIZE |
    layout.VIRTIO_BLK_F_FLUSH |
    layout.VIRTIO_BLK_F_TOPOLOGY |
    layout.VIRTIO_BLK_F_CONFIG_WCE;
  if (queues > 1) {
    features |= layout.VIRTIO_BLK_F_MQ;
    config.setUint16(layout.CONFIG_NUM_QUEUES, queues);
  }
  if (backend.readOnly) features |= layout.VIRTIO_BLK_F_RO;
  if (backend.discard && !backend.readOnly) {
    features |= layout.VIRTIO_BLK_F_DISCARD;
    config.setUint32(layout.CONFIG_MAX_DISCARD_SECTORS, MAX_SEGMENT_SECTORS);
    config.setUint32(layout.CONFIG_MAX_DISCARD_SEG, MAX_SEGMENTS);
    config.setUint32(layout.CONFIG_DISCARD_SECTOR_ALIGNMENT, blockSize / SECTOR_SIZE);
  }
  if (backend.writeZeroes && !backend.readOnly) {
    features |= layout.VIRTIO_BLK_F_WRITE_ZEROES;
    config.setUint32(layout.CONFIG_MAX_WRITE_ZEROES_SECTORS, MAX_SEGMENT_SECTORS);
    config.setUint32(layout.CONFIG_MAX_WRITE_ZEROES_SEG, MAX_SEGMENTS);
    // Who cannot give storage back for a discard does not for zeros either.
    config.setUint8(layout.CONFIG_WRITE_ZEROES_MAY_UNMAP, backend.discard ? 1 : 0);
  }
  return { features, config };
}

function checkBlockSize(name: string, size: number, least: number): void {
  if (Number.isInteger(size) && size >= least && size <= 65536 && (size & (size - 1)) === 0) return;
  throw new RangeError(`${name} must be a power of two from ${least} to 65536, got ${size}`);
}
