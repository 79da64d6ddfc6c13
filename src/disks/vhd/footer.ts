/**
 * The footer of a VHD and the size of its disk, from Microsoft's Virtual Hard Disk Image Format Specification
 * 1.0: "Hard Disk Footer Format" and the appendix "CHS Calculation".
 */
import { DiskImageError } from '../disk-image.ts';

export const SECTOR = 512;
export const FOOTER_SIZE = 512;
/** The greatest disk: 2040 GiB, as Virtual Server, Hyper-V and QEMU have it. */
export const MAX_SIZE = 2040 * 2 ** 30;

export const TYPE_FIXED = 2;
export const TYPE_DYNAMIC = 3;
export const TYPE_DIFFERENCING = 4;

const COOKIE = 'conectix';
const VERSION_1 = 0x0001_0000;
/** What "Data Offset" is where there is no header. */
const NO_OFFSET = 0xffff_ffff_ffff_ffffn;
/** "Features": a bit that is always set. */
const FEATURES_RESERVED = 2;
const HOST_OS_WINDOWS = 'Wi2k';
/** "Creator Application" of programs that take the size of a disk from its geometry. */
const GEOMETRY_CREATORS = ['vpc ', 'qemu'];
/** What QEMU writes where "Current Size" is the size, and where the geometry is. */
const CREATOR_EXACT = 'qem2';
const CREATOR_GEOMETRY = 'qemu';
/** As QEMU's, which has them from Virtual PC. */
const CREATOR_VERSION = 0x0005_0003;
/** 2000-01-01, in seconds after 1970-01-01. */
const EPOCH = 946_684_800;

const FIELD = {
  features: 8,
  version: 12,
  dataOffset: 16,
  time: 24,
  creator: 28,
  creatorVersion: 32,
  creatorOs: 36,
  originalSize: 40,
  currentSize: 48,
  cylinders: 56,
  heads: 58,
  sectorsPerTrack: 59,
  type: 60,
  checksum: 64,
  uniqueId: 68,
} as const;
const ID_SIZE = 16;

export interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
}

const MAX_GEOMETRY: Geometry = { cylinders: 65535, heads: 16, sectorsPerTrack: 255 };

export interface Footer {
  /** All 512 bytes. */
  readonly bytes: Uint8Array;
  readonly type: number;
  /** Where the header of a dynamic or differencing disk lies. */
  readonly headerOffset: number;
  /** Size of the disk in bytes, a multiple of 512. */
  readonly size: number;
  readonly geometry: Geometry;
  readonly creator: string;
  readonly uniqueId: Uint8Array;
}

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

export function putLatin1(into: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) into[offset + i] = text.charCodeAt(i);
}

/** The one's complement of the sum of all bytes but those of the checksum, which are at `at`. */
export function checksum(bytes: Uint8Array, at: number): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) if (i < at || i >= at + 4) sum += bytes[i]!;
  return ~sum >>> 0;
}

export function seal(bytes: Uint8Array, at: number): void {
  viewOf(bytes).setUint32(at, checksum(bytes, at));
}

export const sectorsOf = ({ cylinders, heads, sectorsPerTrack }: Geometry): number =>
  cylinders * heads * sectorsPerTrack;

/** The geometry of the greatest disk that is not greater than `sectors`. */
export function geometryOf(sectors: number): Geometry {
  const total = Math.min(sectors, sectorsOf(MAX_GEOMETRY));
  if (total > 65535 * 16 * 63)
    return { cylinders: Math.floor(total / 255 / 16), heads: 16, sectorsPerTrack: 255 };
  let sectorsPerTrack = 17;
  let tracks = Math.floor(total / sectorsPerTrack);
  let heads = Math.max(4, Math.floor((tracks + 1023) / 1024));
  if (tracks >= heads * 1024 || heads > 16) {
    [sectorsPerTrack, heads] = [31, 16];
    tracks = Math.floor(total / sectorsPerTrack);
  }
  if (tracks >= heads * 1024) {
    [sectorsPerTrack, heads] = [63, 16];
    tracks = Math.floor(total / sectorsPerTrack);
  }
  return { cylinders: Math.floor(tracks / heads), heads, sectorsPerTrack };
}

/** The least size that a geometry expresses and that holds `size` bytes; `size` itself where none does. */
export function roundUpToGeometry(size: number): number {
  const sectors = Math.ceil(size / SECTOR);
  for (let more = 0; ; more++) {
    const geometry = geometryOf(sectors + more);
    const found = sectorsOf(geometry);
    if (found === sectorsOf(MAX_GEOMETRY)) return size;
    if (found >= sectors) return found * SECTOR;
  }
}

/** Whether `bytes` are a footer, its checksum included. */
export function isFooter(bytes: Uint8Array): boolean {
  return (
    bytes.length >= FOOTER_SIZE &&
    latin1(bytes.subarray(0, COOKIE.length)) === COOKIE &&
    checksum(bytes.subarray(0, FOOTER_SIZE), FIELD.checksum) === viewOf(bytes).getUint32(FIELD.checksum)
  );
}

/** Whether `bytes` begin like a footer, intact or not. */
export function looksLikeFooter(bytes: Uint8Array): boolean {
  return bytes.length >= FOOTER_SIZE && latin1(bytes.subarray(0, COOKIE.length)) === COOKIE;
}

export const typeOf = (footer: Uint8Array): number => viewOf(footer).getUint32(FIELD.type);

/** @param offset where it lies, for messages. */
export function parseFooter(bytes: Uint8Array, name: string, offset: number): Footer {
  const view = viewOf(bytes);
  const fail = (reason: string, field: number): never => {
    throw new DiskImageError(name, 'vhd', reason, offset + field);
  };
  const version = view.getUint32(FIELD.version);
  if (version !== VERSION_1)
    fail(`expected format version 1.0, found 0x${version.toString(16)}`, FIELD.version);
  const type = view.getUint32(FIELD.type);
  if (type !== TYPE_FIXED && type !== TYPE_DYNAMIC && type !== TYPE_DIFFERENCING)
    fail(`expected a fixed, dynamic or differencing disk (type 2, 3 or 4), found type ${type}`, FIELD.type);
  const geometry: Geometry = {
    cylinders: view.getUint16(FIELD.cylinders),
    heads: bytes[FIELD.heads]!,
    sectorsPerTrack: bytes[FIELD.sectorsPerTrack]!,
  };
  const creator = latin1(bytes.subarray(FIELD.creator, FIELD.creator + 4));
  const current = Number(view.getBigUint64(FIELD.currentSize));
  if (current === 0 || current > Number.MAX_SAFE_INTEGER)
    fail(`the disk has ${current} bytes`, FIELD.currentSize);
  const size = sizeOf(current - (current % SECTOR), geometry, creator);
  if (size === 0) fail(`expected a disk of at least a sector, found ${current} bytes`, FIELD.currentSize);
  const dataOffset = view.getBigUint64(FIELD.dataOffset);
  return {
    bytes,
    type,
    headerOffset: Number(dataOffset),
    size,
    geometry,
    creator,
    uniqueId: bytes.slice(FIELD.uniqueId, FIELD.uniqueId + ID_SIZE),
  };
}

/**
 * Virtual PC and QEMU's default take a disk to end with the last whole cylinder, all others with "Current Size".
 * The greatest geometry says only that the disk has no better one.
 */
function sizeOf(current: number, geometry: Geometry, creator: string): number {
  const sectors = sectorsOf(geometry);
  if (sectors === 0 || sectors === sectorsOf(MAX_GEOMETRY) || !GEOMETRY_CREATORS.includes(creator))
    return current;
  return Math.min(current, sectors * SECTOR);
}

export interface NewFooter {
  readonly type: number;
  readonly size: number;
  readonly headerOffset?: number;
  readonly uniqueId: Uint8Array;
  /** Milliseconds since 1970-01-01. */
  readonly now: number;
  /** Whether others shall take the size as it is. */
  readonly isExact: boolean;
}

export function buildFooter({ type, size, headerOffset, uniqueId, now, isExact }: NewFooter): Uint8Array {
  const bytes = new Uint8Array(FOOTER_SIZE);
  const view = viewOf(bytes);
  putLatin1(bytes, 0, COOKIE);
  view.setUint32(FIELD.features, FEATURES_RESERVED);
  view.setUint32(FIELD.version, VERSION_1);
  view.setUint32(FIELD.time, toVhdTime(now));
  putLatin1(bytes, FIELD.creator, isExact ? CREATOR_EXACT : CREATOR_GEOMETRY);
  view.setUint32(FIELD.creatorVersion, CREATOR_VERSION);
  putLatin1(bytes, FIELD.creatorOs, HOST_OS_WINDOWS);
  view.setBigUint64(FIELD.originalSize, BigInt(size));
  bytes.set(uniqueId, FIELD.uniqueId);
  return changeFooter(bytes, { type, size, headerOffset });
}

/** The same footer for another type, size or place of the header, and with a checksum. */
export function changeFooter(
  footer: Uint8Array,
  { type, size, headerOffset }: { type: number; size: number; headerOffset?: number | undefined },
): Uint8Array {
  const bytes = footer.slice();
  const view = viewOf(bytes);
  const geometry = geometryOf(size / SECTOR);
  // A size that no geometry expresses must not be taken from it.
  const creator = latin1(bytes.subarray(FIELD.creator, FIELD.creator + 4));
  if (sizeOf(size, geometry, creator) !== size) putLatin1(bytes, FIELD.creator, CREATOR_EXACT);
  view.setUint32(FIELD.type, type);
  view.setBigUint64(FIELD.currentSize, BigInt(size));
  view.setUint16(FIELD.cylinders, geometry.cylinders);
  bytes[FIELD.heads] = geometry.heads;
  bytes[FIELD.sectorsPerTrack] = geometry.sectorsPerTrack;
  view.setBigUint64(FIELD.dataOffset, headerOffset === undefined ? NO_OFFSET : BigInt(headerOffset));
  seal(bytes, FIELD.checksum);
  return bytes;
}

/** Seconds since 2000-01-01. */
export const toVhdTime = (now: number): number => Math.max(0, Math.floor(now / 1000) - EPOCH) >>> 0;
