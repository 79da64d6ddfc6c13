/** What driver and device of a disk have in common: feature bits, requests, configuration (virtio 1.2, 5.2). */

export const VIRTIO_BLK_F_SEG_MAX = 1n << 2n;
export const VIRTIO_BLK_F_RO = 1n << 5n;
export const VIRTIO_BLK_F_BLK_SIZE = 1n << 6n;
export const VIRTIO_BLK_F_FLUSH = 1n << 9n;
export const VIRTIO_BLK_F_TOPOLOGY = 1n << 10n;
export const VIRTIO_BLK_F_CONFIG_WCE = 1n << 11n;
export const VIRTIO_BLK_F_MQ = 1n << 12n;
export const VIRTIO_BLK_F_DISCARD = 1n << 13n;
export const VIRTIO_BLK_F_WRITE_ZEROES = 1n << 14n;

export const VIRTIO_BLK_T_IN = 0;
export const VIRTIO_BLK_T_OUT = 1;
export const VIRTIO_BLK_T_FLUSH = 4;
export const VIRTIO_BLK_T_GET_ID = 8;
export const VIRTIO_BLK_T_DISCARD = 11;
export const VIRTIO_BLK_T_WRITE_ZEROES = 13;

export const VIRTIO_BLK_S_OK = 0;
export const VIRTIO_BLK_S_IOERR = 1;
export const VIRTIO_BLK_S_UNSUPP = 2;

export const VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP = 1;

export const SECTOR_SIZE = 512;
export const VIRTIO_BLK_ID_BYTES = 20;

/** Header: le32 type, le32 reserved, le64 sector. */
export const HEADER_SIZE = 16;
/** Segment of a discard or write-zeroes request: le64 sector, le32 num_sectors, le32 flags. */
export const SEGMENT_SIZE = 16;

/** Offsets in the configuration space, without what belongs to features that no device of ours has. */
export const CONFIG_SIZE = 60;
export const CONFIG_CAPACITY = 0;
export const CONFIG_SEG_MAX = 12;
export const CONFIG_BLK_SIZE = 20;
export const CONFIG_PHYSICAL_BLOCK_EXP = 24;
export const CONFIG_MIN_IO_SIZE = 26;
export const CONFIG_WRITEBACK = 32;
export const CONFIG_NUM_QUEUES = 34;
export const CONFIG_MAX_DISCARD_SECTORS = 36;
export const CONFIG_MAX_DISCARD_SEG = 40;
export const CONFIG_DISCARD_SECTOR_ALIGNMENT = 44;
export const CONFIG_MAX_WRITE_ZEROES_SECTORS = 48;
export const CONFIG_MAX_WRITE_ZEROES_SEG = 52;
export const CONFIG_WRITE_ZEROES_MAY_UNMAP = 56;

/** What a request begins with. */
export interface RequestHeader {
  readonly type: number;
  /** Beyond 2^53 rounded, and far behind the end of any disk all the same. */
  readonly sector: number;
}

export function readHeader(view: DataView): RequestHeader {
  return {
    type: view.getUint32(0, true),
    sector: view.getUint32(12, true) * 2 ** 32 + view.getUint32(8, true),
  };
}

/** A range of a discard or write-zeroes request. */
export interface SectorRange {
  readonly sector: number;
  readonly sectors: number;
  readonly flags: number;
}

/** @param bytes whole segments. */
export function readRanges(bytes: Uint8Array): SectorRange[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const ranges: SectorRange[] = [];
  for (let at = 0; at < bytes.length; at += SEGMENT_SIZE) {
    ranges.push({
      sector: view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true),
      sectors: view.getUint32(at + 8, true),
      flags: view.getUint32(at + 12, true),
    });
  }
  return ranges;
}
