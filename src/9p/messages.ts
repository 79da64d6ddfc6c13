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

/** Takes the fields of a message, one by one. What is too short, or is no text, is an error: EPROTO, EILSEQ. */
export class MessageReader {
  private readonly view: DataView;
  private at = HEADER_SIZE;

  /** @param bytes a message of at least the size of a header. */
  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get size(): number {
    return this.view.getUint32(0, true);
  }

  get type(): number {
    return this.view.getUint8(4);
  }

  get tag(): number {
    return this.view.getUint16(5, true);
  }

  uint8(): number {
    return this.view.getUint8(this.take(1));
  }

  uint16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  uint32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  uint64(): bigint {
    return this.view.getBigUint64(this.take(8), true);
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

  private take(length: number): number {
    const start = this.at;
    if (length > this.bytes.length - start) throw new FileSystemError('EPROTO');
    this.at += length;
    return start;
  }
}

/** Writes the fields of a message one behind the other. */
export class MessageWriter {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private at = HEADER_SIZE;

  /** Bytes so far, header included. */
  get length(): number {
    return this.at;
  }

  uint8(value: number): this {
    const at = this.grow(1);
    this.view.setUint8(at, value);
    return this;
  }

  uint16(value: number): this {
    const at = this.grow(2);
    this.view.setUint16(at, value, true);
    return this;
  }

  uint32(value: number): this {
    const at = this.grow(4);
    this.view.setUint32(at, value, true);
    return this;
  }

  uint64(value: bigint | number): this {
    const at = this.grow(8);
    this.view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), true);
    return this;
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
    this.view.setUint32(0, this.at + data, true);
    this.view.setUint8(4, type);
    this.view.setUint16(5, tag, true);
    return this.bytes.subarray(0, this.at);
  }

  /** Makes room, and says where it is. It may replace the array and the view, so that it comes before their use. */
  private grow(length: number): number {
    const start = this.at;
    this.at += length;
    if (this.at > this.bytes.length) {
      const bytes = new Uint8Array(2 * this.at);
      bytes.set(this.bytes);
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer);
    }
    return start;
  }
}
