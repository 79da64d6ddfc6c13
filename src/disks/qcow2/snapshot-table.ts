/** The table of internal snapshots (qcow2 specification, "Snapshots"). */
import { decodeUtf8, encodeUtf8 } from '../../text.ts';
import type { ImageFile } from '../image-file.ts';
import { checkTable, damaged, getUint64, setUint64, viewOf } from './geometry.ts';
import type { Header } from './header.ts';

/** A state of the disk that is kept. */
export interface Snapshot {
  readonly l1Offset: number;
  readonly l1Entries: number;
  readonly id: string;
  readonly name: string;
  /** Seconds since 1970-01-01 UTC, and nanoseconds. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Bytes 24 to 35, which are kept: how long the guest had run, and the former field for the size of its state. */
  readonly guest: Uint8Array;
  /** Kept as it is; sizes of the guest's state and of the disk, in newer images. */
  readonly extra: Uint8Array;
  /** Size of the disk then; undefined where the image does not say, so that it is that of now. */
  readonly size: number | undefined;
}

const ENTRY = 40;
/** QEMU's limits, too. */
const MAX_SNAPSHOTS = 65536;
const MAX_EXTRA = 1024;
const MAX_L1_ENTRIES = (32 << 20) / 8;
const CHUNK = 64 * 1024;

export interface SnapshotTable {
  readonly snapshots: readonly Snapshot[];
  /** Bytes that the table takes in the file. */
  readonly length: number;
}

/** @throws DiskImageError */
export async function readSnapshots(file: ImageFile, header: Header): Promise<SnapshotTable> {
  const { snapshotCount, snapshotsOffset, geometry } = header;
  if (snapshotCount === 0) return { snapshots: [], length: 0 };
  if (snapshotCount > MAX_SNAPSHOTS)
    throw damaged(file, `expected at most ${MAX_SNAPSHOTS} snapshots, found ${snapshotCount}`, 60);
  checkTable(file, geometry, 'the snapshot table', snapshotsOffset, snapshotCount * ENTRY);
  const reader = new Reader(file, snapshotsOffset);
  const snapshots: Snapshot[] = [];
  for (let i = 0; i < snapshotCount; i++) {
    const at = reader.offset;
    const fixed = await reader.take(ENTRY);
    const view = viewOf(fixed);
    const [idLength, nameLength, extraLength] = [view.getUint16(12), view.getUint16(14), view.getUint32(36)];
    if (extraLength > MAX_EXTRA)
      throw damaged(
        file,
        `expected a snapshot's extra data of at most ${MAX_EXTRA} bytes, found ${extraLength}`,
        at,
      );
    const l1Entries = view.getUint32(8);
    if (l1Entries > MAX_L1_ENTRIES) throw damaged(file, `a snapshot with ${l1Entries} L1 entries`, at);
    const extra = await reader.take(extraLength);
    const id = decodeUtf8(await reader.take(idLength));
    const name = decodeUtf8(await reader.take(nameLength));
    // The last one's padding need not be in the file.
    reader.skip((8 - ((ENTRY + extraLength + idLength + nameLength) % 8)) % 8);
    snapshots.push({
      l1Offset: getUint64(view, 0),
      l1Entries,
      id,
      name,
      seconds: view.getUint32(16),
      nanoseconds: view.getUint32(20),
      guest: fixed.slice(24, 36),
      extra,
      size: extraLength >= 16 ? getUint64(viewOf(extra), 8) : undefined,
    });
  }
  return { snapshots, length: reader.offset - snapshotsOffset };
}

export function encodeSnapshotTable(snapshots: readonly Snapshot[]): Uint8Array {
  const entries = snapshots.map((snapshot) => {
    const [id, name] = [encodeUtf8(snapshot.id), encodeUtf8(snapshot.name)];
    const length = ENTRY + snapshot.extra.length + id.length + name.length;
    const bytes = new Uint8Array(Math.ceil(length / 8) * 8);
    const view = viewOf(bytes);
    setUint64(view, 0, snapshot.l1Offset);
    view.setUint32(8, snapshot.l1Entries);
    view.setUint16(12, id.length);
    view.setUint16(14, name.length);
    view.setUint32(16, snapshot.seconds);
    view.setUint32(20, snapshot.nanoseconds);
    bytes.set(snapshot.guest, 24);
    view.setUint32(36, snapshot.extra.length);
    bytes.set(snapshot.extra, ENTRY);
    bytes.set(id, ENTRY + snapshot.extra.length);
    bytes.set(name, ENTRY + snapshot.extra.length + id.length);
    return bytes;
  });
  const all = new Uint8Array(entries.reduce((length, entry) => length + entry.length, 0));
  let at = 0;
  for (const entry of entries) {
    all.set(entry, at);
    at += entry.length;
  }
  return all;
}

/** Reads forward in pieces of 64 KiB. */
class Reader {
  private chunk: Uint8Array = new Uint8Array();
  private chunkOffset = 0;

  constructor(
    private readonly file: ImageFile,
    public offset: number,
  ) {}

  async take(length: number): Promise<Uint8Array> {
    if (this.offset + length > this.file.size)
      throw damaged(this.file, "the snapshot table ends behind the file's end", this.offset);
    if (this.offset < this.chunkOffset || this.offset + length > this.chunkOffset + this.chunk.length) {
      this.chunk = new Uint8Array(Math.min(Math.max(CHUNK, length), this.file.size - this.offset));
      this.chunkOffset = this.offset;
      await this.file.read(this.offset, this.chunk);
    }
    const start = this.offset - this.chunkOffset;
    this.offset += length;
    return this.chunk.slice(start, start + length);
  }

  skip(length: number): void {
    this.offset += length;
  }
}
