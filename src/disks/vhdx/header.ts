/** The file identifier and the two headers of a VHDX: [MS-VHDX] 2.2.1 and 2.2.2. */
import { DiskImageError } from '../disk-image.ts';
import type { ImageFile } from '../image-file.ts';
import { utf16 } from '../windows-names.ts';
import { crc32c } from './crc32c.ts';
import { guidBytes, hexOf, NO_GUID } from './guid.ts';

export const MIB = 2 ** 20;
export const SIGNATURE = 'vhdxfile';
/** The header section ends here: identifier, headers and region tables. */
export const HEADER_SECTION = MIB;

const HEADER_OFFSETS = [64 * 1024, 128 * 1024] as const;
const HEADER_SIZE = 4096;
const HEADER_SIGNATURE = 'head';
const CREATOR = 'Hartware';
const CREATOR_OFFSET = 8;
const VERSION = 1;
const LOG_VERSION = 0;
/** Logs are read into memory; usual is 1 MiB. */
const MAX_LOG = 64 * MIB;

const FIELD = {
  checksum: 4,
  sequence: 8,
  fileWrite: 16,
  dataWrite: 32,
  log: 48,
  logVersion: 64,
  version: 66,
  logLength: 68,
  logOffset: 72,
} as const;

export interface VhdxHeader {
  readonly sequence: bigint;
  /** Changes before anything in the file does. */
  readonly fileWriteGuid: string;
  /** Changes before the content of the disk does. */
  readonly dataWriteGuid: string;
  /** Which entries of the log count; all zeros: none. */
  readonly logGuid: string;
  readonly logOffset: number;
  readonly logLength: number;
}

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

export function putAscii(into: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i++) into[offset + i] = text.charCodeAt(i);
}

export function hasSignature(bytes: Uint8Array): boolean {
  return bytes.length >= SIGNATURE.length && ascii(bytes.subarray(0, SIGNATURE.length)) === SIGNATURE;
}

export function buildIdentifier(): Uint8Array {
  const bytes = new Uint8Array(4096);
  putAscii(bytes, 0, SIGNATURE);
  bytes.set(utf16(CREATOR, true), CREATOR_OFFSET);
  return bytes;
}

function parse(bytes: Uint8Array): VhdxHeader {
  const view = viewOf(bytes);
  const guid = (at: number): string => hexOf(bytes.subarray(at, at + 16));
  return {
    sequence: view.getBigUint64(FIELD.sequence, true),
    fileWriteGuid: guid(FIELD.fileWrite),
    dataWriteGuid: guid(FIELD.dataWrite),
    logGuid: guid(FIELD.log),
    logOffset: Number(view.getBigUint64(FIELD.logOffset, true)),
    logLength: view.getUint32(FIELD.logLength, true),
  };
}

export function buildHeader(header: VhdxHeader): Uint8Array {
  const bytes = new Uint8Array(HEADER_SIZE);
  const view = viewOf(bytes);
  putAscii(bytes, 0, HEADER_SIGNATURE);
  view.setBigUint64(FIELD.sequence, header.sequence, true);
  bytes.set(guidBytes(header.fileWriteGuid), FIELD.fileWrite);
  bytes.set(guidBytes(header.dataWriteGuid), FIELD.dataWrite);
  bytes.set(guidBytes(header.logGuid), FIELD.log);
  view.setUint16(FIELD.logVersion, LOG_VERSION, true);
  view.setUint16(FIELD.version, VERSION, true);
  view.setUint32(FIELD.logLength, header.logLength, true);
  view.setBigUint64(FIELD.logOffset, BigInt(header.logOffset), true);
  view.setUint32(FIELD.checksum, crc32c(bytes, FIELD.checksum), true);
  return bytes;
}

/** The headers of a file, of which the one with the greater sequence number counts. */
export class Headers {
  private constructor(
    private readonly file: ImageFile,
    private header: VhdxHeader,
    /** Which of the two it is. */
    private index: number,
    private areBothIntact: boolean,
  ) {}

  static async read(file: ImageFile): Promise<Headers> {
    const fail = (reason: string, offset: number): DiskImageError =>
      new DiskImageError(file.name, 'vhdx', reason, offset);
    if (file.size < HEADER_SECTION)
      throw fail(`expected a header section of 1 MiB, found a file of ${file.size} bytes`, 0);
    const start = new Uint8Array(SIGNATURE.length);
    await file.read(0, start);
    if (!hasSignature(start)) throw fail(`expected a file that begins with "${SIGNATURE}"`, 0);
    const found: { header: VhdxHeader; index: number; bytes: Uint8Array }[] = [];
    for (const [index, offset] of HEADER_OFFSETS.entries()) {
      const bytes = new Uint8Array(HEADER_SIZE);
      await file.read(offset, bytes);
      if (ascii(bytes.subarray(0, 4)) !== HEADER_SIGNATURE) continue;
      if (crc32c(bytes, FIELD.checksum) !== viewOf(bytes).getUint32(FIELD.checksum, true)) continue;
      found.push({ header: parse(bytes), index, bytes });
    }
    found.sort((a, b) => (a.header.sequence < b.header.sequence ? 1 : -1));
    const current = found[0];
    if (!current) throw fail('neither header has its signature and a right checksum', HEADER_OFFSETS[0]);
    const { header, index, bytes } = current;
    const at = HEADER_OFFSETS[index]!;
    const view = viewOf(bytes);
    const version = view.getUint16(FIELD.version, true);
    if (version !== VERSION) throw fail(`expected format version 1, found ${version}`, at + FIELD.version);
    const logVersion = view.getUint16(FIELD.logVersion, true);
    if (logVersion !== LOG_VERSION && header.logGuid !== NO_GUID)
      throw fail(`expected log version 0, found ${logVersion}`, at + FIELD.logVersion);
    const { logOffset, logLength } = header;
    if (logLength === 0 || logLength % MIB !== 0 || logLength > MAX_LOG)
      throw fail(`expected a log of whole MiB up to 64, found ${logLength} bytes`, at + FIELD.logLength);
    if (logOffset < HEADER_SECTION || logOffset % MIB !== 0 || logOffset + logLength > file.size)
      throw fail(
        `its log would lie at ${logOffset}, outside of the file or not on a MiB`,
        at + FIELD.logOffset,
      );
    return new Headers(file, header, index, found.length === 2);
  }

  get current(): VhdxHeader {
    return this.header;
  }

  /** Whether both were as they should be, or have been written since. */
  get areIntact(): boolean {
    return this.areBothIntact;
  }

  /** Writes the other header, durably; and then the former one, so that both say the same. */
  async update(change: Partial<VhdxHeader>): Promise<void> {
    for (let n = 0; n < 2; n++) {
      const header = { ...this.header, ...change, sequence: this.header.sequence + 1n };
      await this.file.write(HEADER_OFFSETS[1 - this.index]!, buildHeader(header));
      await this.file.flush();
      this.header = header;
      this.index = 1 - this.index;
    }
    this.areBothIntact = true;
  }

  /** Makes a new file's headers. */
  static async create(file: ImageFile, header: VhdxHeader): Promise<void> {
    for (const [index, offset] of HEADER_OFFSETS.entries())
      await file.write(offset, buildHeader({ ...header, sequence: header.sequence + BigInt(index) }));
  }
}
