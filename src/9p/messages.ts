/**
 * Messages of 9P2000.L: 9P2000 (Plan 9 manual, section 5), what 9P2000.u adds to attaching, and
 * what Linux' v9fs adds to that (diod's protocol.md has the texts). All are little-endian;
 * a message is size[4] type[1] tag[2] and a body, a string length[2] and UTF-8.
 */
import { FileSystemError } from '../filesystem/error.ts';
import { decodeName } from '../filesystem/name.ts';
import { encodeUtf8 } from '../text.ts';

export const RLERROR = 7;
export const TSTATFS = 8;
export const TLOPEN = 12;
export const TLCREATE = 14;
export const TSYMLINK = 16;
export const TMKNOD = 18;
export const TRENAME = 20;
export const TREADLINK = 22;
export const TGETATTR = 24;
export const TSETATTR = 26;
export const TXATTRWALK = 30;
export const TXATTRCREATE = 32;
export const TREADDIR = 40;
export const TFSYNC = 50;
export const TLOCK = 52;
export const TGETLOCK = 54;
export const TLINK = 70;
export const TMKDIR = 72;
export const TRENAMEAT = 74;
export const TUNLINKAT = 76;
export const TVERSION = 100;
export const TAUTH = 102;
export const TATTACH = 104;
export const TFLUSH = 108;
export const TWALK = 110;
export const TREAD = 116;
export const TWRITE = 118;
export const TCLUNK = 120;
export const TREMOVE = 122;

/** size, type and tag. */
export const HEADER_SIZE = 7;
/** Rlerror as a whole. */
export const ERROR_SIZE = HEADER_SIZE + 4;
/** What Rread and Rreaddir have before their data. */
export const READ_OVERHEAD = HEADER_SIZE + 4;
/** What a Twrite has before its data, and a little more: P9_IOHDRSZ of Linux. */
export const IO_OVERHEAD = 24;
/** What most answers have room in, so that they are small objects of the engine, and no buffers. */
const INITIAL_SIZE = 64;
/** No fid. */
export const NOFID = 0xffff_ffff;
/** Names of one Twalk (walk(5)). */
export const MAX_WALK = 16;

/** Bits of qid.type. */
export const QTDIR = 0x80;
export const QTSYMLINK = 0x02;

/** A file's identity: what it is, a number that changes with it, and one that no other file has. */
export interface Qid {
  readonly type: number;
  readonly version: number;
  readonly path: bigint;
}

/**
 * Takes the fields of a message, one by one. What is too short, or is no text, is an error: EPROTO, EILSEQ.
 * Bytes are put together by hand, here and below: views of buffers cost more than a short message does.
 */
export class MessageReader {
  private at = HEADER_SIZE;

  /** @param bytes a message of at least the size of a header. */
  constructor(private bytes: Uint8Array) {}

  get size(): number {
    return this.uint32At(0);
  }

  get type(): number {
    return this.bytes[4]!;
  }

  get tag(): number {
    return this.uint16At(5);
  }

  /** Leaves out what lies behind the message. @throws FileSystemError where its size cannot be. */
  trim(): void {
    const { size, bytes } = this;
    if (size < HEADER_SIZE || size > bytes.length) throw new FileSystemError('EPROTO');
    if (size < bytes.length) this.bytes = bytes.subarray(0, size);
  }

  uint8(): number {
    return this.bytes[this.take(1)]!;
  }

  uint16(): number {
    return this.uint16At(this.take(2));
  }

  uint32(): number {
    return this.uint32At(this.take(4));
  }

  uint64(): bigint {
    const low = this.uint32();
    return BigInt(low) + (BigInt(this.uint32()) << 32n);
  }

  /** The bytes themselves, not a copy. */
  data(length: number): Uint8Array {
    const start = this.take(length);
    return this.bytes.subarray(start, start + length);
  }

  text(): string {
    const text = decodeName(this.data(this.uint16()));
    if (text === undefined) throw new FileSystemError('EILSEQ');
    return text;
  }

  private uint16At(at: number): number {
    return this.bytes[at]! | (this.bytes[at + 1]! << 8);
  }

  private uint32At(at: number): number {
    return (this.uint16At(at) | (this.uint16At(at + 2) << 16)) >>> 0;
  }

  private take(length: number): number {
    const start = this.at;
    if (length > this.bytes.length - start) throw new FileSystemError('EPROTO');
    this.at += length;
    return start;
  }
}

/** Writes the fields of a message one behind the other. */
export class MessageWriter {
  private bytes = new Uint8Array(INITIAL_SIZE);
  private at = HEADER_SIZE;

  /** Bytes so far, header included. */
  get length(): number {
    return this.at;
  }

  uint8(value: number): this {
    const at = this.grow(1);
    this.bytes[at] = value;
    return this;
  }

  uint16(value: number): this {
    const at = this.grow(2);
    this.bytes[at] = value;
    this.bytes[at + 1] = value >> 8;
    return this;
  }

  uint32(value: number): this {
    const at = this.grow(4);
    this.putUint32(at, value);
    return this;
  }

  uint64(value: bigint | number): this {
    const bits = BigInt.asUintN(64, BigInt(value));
    return this.uint32(Number(bits & 0xffff_ffffn)).uint32(Number(bits >> 32n));
  }

  text(text: string): this {
    const bytes = encodeUtf8(text);
    this.uint16(bytes.length);
    const start = this.grow(bytes.length);
    this.bytes.set(bytes, start);
    return this;
  }

  qid({ type, version, path }: Qid): this {
    return this.uint8(type).uint32(version).uint64(path);
  }

  /** The message, whose data is to come behind it. */
  finish(type: number, tag: number, data = 0): Uint8Array {
    this.putUint32(0, this.at + data);
    this.bytes[4] = type;
    this.bytes[5] = tag;
    this.bytes[6] = tag >> 8;
    return this.bytes.subarray(0, this.at);
  }

  private putUint32(at: number, value: number): void {
    const { bytes } = this;
    bytes[at] = value;
    bytes[at + 1] = value >> 8;
    bytes[at + 2] = value >> 16;
    bytes[at + 3] = value >> 24;
  }

  /** Makes room, and says where it is. It may replace the array, so that it comes before its use. */
  private grow(length: number): number {
    const start = this.at;
    this.at += length;
    if (this.at > this.bytes.length) {
      const bytes = new Uint8Array(2 * this.at);
      bytes.set(this.bytes);
      this.bytes = bytes;
    }
    return start;
  }
}
