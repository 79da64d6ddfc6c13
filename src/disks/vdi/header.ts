/**
 * The header of VirtualBox's disk images, version 1.1. All numbers are little-endian:
 *
 *     0   text, for people, 64 bytes        348  geometry: cylinders, heads, sectors, bytes in a sector
 *     64  signature BEDA107F                368  size of the disk (64 bits)
 *     68  version                           376  size of a block
 *     72  size of the header from here      380  extra bytes before each block
 *     76  kind of image                     384  blocks of the disk
 *     80  flags                             388  blocks that have a place in the file
 *     84  comment, 256 bytes                392  UUIDs: of the image, of its last change, of its parent,
 *     340 where the map is                       of its parent's last change
 *     344 where the blocks are
 */
import { DiskImageError, type ImageHost } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';

export const SIGNATURE = 0xbeda_107f;
export const VERSION = 0x0001_0001;

/** Bytes of the header that are read and written. */
export const HEADER_SIZE = 512;

/** Where fields that change lie. */
export const BLOCKS_ALLOCATED_AT = 388;
export const MODIFIED_UUID_AT = 408;
export const UUID_SIZE = 16;

export const KIND_DYNAMIC = 1;
export const KIND_STATIC = 2;

/** More than this many blocks (64 TiB in blocks of 1 MiB) are not supported. */
export const MAX_BLOCKS = 1 << 26;

export const SECTOR = 512;
const MIN_BLOCK_SIZE = 4096;
const MAX_BLOCK_SIZE = 16 << 20;

export interface VdiHeader {
  readonly isStatic: boolean;
  readonly mapOffset: number;
  readonly dataOffset: number;
  /** As the image says; may be odd. */
  readonly diskSize: number;
  readonly blockSize: number;
  readonly blocks: number;
  readonly blocksAllocated: number;
  readonly uuid: string;
}

export function isVdi(head: Uint8Array): boolean {
  return head.length >= HEADER_SIZE && viewOf(head).getUint32(64, true) === SIGNATURE;
}

/** @throws DiskImageError */
export async function readHeader(file: ImageFile): Promise<VdiHeader> {
  const fail = (offset: number, reason: string): DiskImageError =>
    new DiskImageError(file.name, 'vdi', reason, offset);
  if (file.size < HEADER_SIZE)
    throw fail(0, `expected a header of ${HEADER_SIZE} bytes, found ${file.size} bytes`);
  const head = new Uint8Array(HEADER_SIZE);
  await file.read(0, head);
  const view = viewOf(head);
  const u32 = (offset: number): number => view.getUint32(offset, true);

  if (u32(64) !== SIGNATURE) throw fail(64, 'expected the signature of a VDI image');
  const version = u32(68);
  if (version !== VERSION)
    throw fail(68, `version ${version >>> 16}.${version & 0xffff} is not supported, only 1.1`);
  const kind = u32(76);
  if (kind === 3 || kind === 4) {
    const parent = formatUuid(head.subarray(424, 440));
    throw fail(
      76,
      `it holds only the differences to the image with the UUID ${parent}, and does not say which file that is: ` +
        'clone it to a full image with VirtualBox first',
    );
  }
  if (kind !== KIND_DYNAMIC && kind !== KIND_STATIC) throw fail(76, `there is no kind ${kind} of images`);
  const [mapOffset, dataOffset, blockSize, blocks] = [u32(340), u32(344), u32(376), u32(384)];
  if (u32(360) !== SECTOR) throw fail(360, `expected sectors of ${SECTOR} bytes, found ${u32(360)}`);
  if (blockSize < MIN_BLOCK_SIZE || blockSize > MAX_BLOCK_SIZE || (blockSize & (blockSize - 1)) !== 0)
    throw fail(376, `expected blocks of a power of two from 4 KiB to 16 MiB, found ${blockSize} bytes`);
  if (u32(380) !== 0) throw fail(380, `${u32(380)} extra bytes with each block are not supported`);
  const diskSize = Number(view.getBigUint64(368, true));
  if (diskSize === 0) throw fail(368, 'the disk is empty');
  if (blocks > MAX_BLOCKS)
    throw fail(384, `more than ${MAX_BLOCKS} blocks are not supported, found ${blocks}`);
  if (diskSize > blocks * blockSize)
    throw fail(368, `a disk of ${diskSize} bytes does not fit into ${blocks} blocks of ${blockSize}`);
  if (mapOffset < HEADER_SIZE || mapOffset % SECTOR !== 0)
    throw fail(340, `the map of blocks cannot be at ${mapOffset}`);
  const mapEnd = mapOffset + blocks * 4;
  if (mapEnd > file.size)
    throw fail(mapOffset, `the map of ${blocks} blocks ends behind the file, which has ${file.size} bytes`);
  if (dataOffset < mapEnd || dataOffset % SECTOR !== 0)
    throw fail(344, `the blocks cannot be at ${dataOffset}: the map ends at ${mapEnd}`);
  if (head.subarray(424, 440).some((byte) => byte !== 0))
    throw fail(424, `it has a parent, which only images of differences have`);
  return {
    isStatic: kind === KIND_STATIC,
    mapOffset,
    dataOffset,
    diskSize,
    blockSize,
    blocks,
    blocksAllocated: u32(388),
    uuid: formatUuid(head.subarray(392, 408)),
  };
}

/** @param ids random bytes for the two UUIDs. */
export function encodeHeader(header: Omit<VdiHeader, 'uuid'>, ids: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_SIZE);
  const view = viewOf(bytes);
  const put = (offset: number, value: number): void => view.setUint32(offset, value, true);
  for (const [i, char] of [...'<<< Hartware virtual disk image >>>\n'].entries())
    bytes[i] = char.charCodeAt(0);
  put(64, SIGNATURE);
  put(68, VERSION);
  put(72, 400);
  put(76, header.isStatic ? KIND_STATIC : KIND_DYNAMIC);
  put(340, header.mapOffset);
  put(344, header.dataOffset);
  put(360, SECTOR);
  view.setBigUint64(368, BigInt(header.diskSize), true);
  put(376, header.blockSize);
  put(384, header.blocks);
  put(388, header.blocksAllocated);
  bytes.set(asUuid(ids.subarray(0, UUID_SIZE)), 392);
  bytes.set(asUuid(ids.subarray(UUID_SIZE, 2 * UUID_SIZE)), MODIFIED_UUID_AT);
  return bytes;
}

/**
 * Changes fields of a header in one write.
 * @param host given where the content changes, which gets a new identifier then.
 */
export async function patchHeader(
  file: ImageFile,
  changes: Partial<Pick<VdiHeader, 'mapOffset' | 'dataOffset' | 'diskSize' | 'blocks' | 'blocksAllocated'>>,
  host?: ImageHost,
): Promise<void> {
  const bytes = new Uint8Array(HEADER_SIZE);
  await file.read(0, bytes);
  const view = viewOf(bytes);
  const put = (offset: number, value: number | undefined): void => {
    if (value !== undefined) view.setUint32(offset, value, true);
  };
  put(340, changes.mapOffset);
  put(344, changes.dataOffset);
  if (changes.diskSize !== undefined) view.setBigUint64(368, BigInt(changes.diskSize), true);
  put(384, changes.blocks);
  put(BLOCKS_ALLOCATED_AT, changes.blocksAllocated);
  if (host) {
    const id = new Uint8Array(UUID_SIZE);
    host.random(id);
    bytes.set(asUuid(id), MODIFIED_UUID_AT);
  }
  await file.write(0, bytes);
}

/** Makes random bytes a UUID, version 4 (RFC 9562, 5.4), in the byte order of VirtualBox. */
export function asUuid(random: Uint8Array): Uint8Array {
  const uuid = random.slice();
  uuid[7] = (uuid[7] & 0x0f) | 0x40;
  uuid[8] = (uuid[8] & 0x3f) | 0x80;
  return uuid;
}

/** The first three fields are little-endian numbers. */
function formatUuid(bytes: Uint8Array): string {
  const order = [3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15];
  return order.map((i) => (i < 0 ? '-' : bytes[i].toString(16).padStart(2, '0'))).join('');
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
