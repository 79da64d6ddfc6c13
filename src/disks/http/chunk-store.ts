/** What was downloaded, kept in a file, so that it need not be downloaded again another time. */
import type { ImageFile } from '../image-file.ts';
import { Serial } from '../serial.ts';

const MAGIC = 'hartware-chunks1';
/** Magic, le64 chunk size, le64 size, le32 length of the validator, and the validator. */
const HEADER_SIZE = 4096;
const VALIDATOR_AT = 36;
/** So much is downloaded, in bytes, before the list of what is there is brought up to date. */
const SYNC_AFTER = 16 * 1024 * 1024;

/** What a store is to be for. */
export interface StoredFile {
  /** In bytes. */
  readonly chunkSize: number;
  /** In bytes. */
  readonly size: number;
  /** Names the version. */
  readonly validator: string;
  /** How large the store may become, in bytes. Default: as large as it needs. */
  readonly limit?: number;
}

/** Which chunks of a file are there is a map of bits behind the header; they follow in their places. */
export class ChunkStore {
  private readonly dataAt: number;
  private readonly chunkSize: number;
  private readonly size: number;
  /** Bytes that may still be kept. */
  private room: number;
  private unsynced = 0;
  private readonly writing = new Set<Promise<void>>();
  private readonly syncing = new Serial();

  private constructor(
    private readonly file: ImageFile,
    { chunkSize, size, limit = Infinity }: StoredFile,
    private readonly map: Uint8Array,
  ) {
    this.chunkSize = chunkSize;
    this.size = size;
    this.dataAt = HEADER_SIZE + Math.ceil(map.length / HEADER_SIZE) * HEADER_SIZE;
    this.room = limit - this.dataAt;
  }

  /** Begins anew when what is there belongs to another version of the file, or is damaged. */
  static async open(file: ImageFile, stored: StoredFile): Promise<ChunkStore> {
    const { chunkSize, size } = stored;
    const header = headerOf(stored);
    const map = new Uint8Array(Math.ceil(Math.ceil(size / chunkSize) / 8));
    const store = new ChunkStore(file, stored, map);
    if (file.size >= store.dataAt) {
      const found = new Uint8Array(HEADER_SIZE);
      await file.read(0, found);
      if (found.every((byte, index) => byte === header[index])) {
        await file.read(HEADER_SIZE, map);
        // Chunks that the list names lie in the file.
        for (let index = 0; index < map.length * 8; index++) {
          if (!store.has(index)) continue;
          if (store.dataAt + store.endOf(index) > file.size) store.forget(index);
          else store.room -= chunkSize;
        }
        return store;
      }
    }
    await file.truncate(0);
    await file.write(0, header);
    await file.write(HEADER_SIZE, new Uint8Array(store.dataAt - HEADER_SIZE));
    return store;
  }

  has(index: number): boolean {
    return (this.map[index >> 3] & (1 << (index & 7))) !== 0;
  }

  async read(index: number): Promise<Uint8Array> {
    const start = index * this.chunkSize;
    const bytes = new Uint8Array(this.endOf(index) - start);
    await this.file.read(this.dataAt + start, bytes);
    return bytes;
  }

  /** Does nothing where there is no room left. */
  write(index: number, bytes: Uint8Array): Promise<void> {
    const writing = this.store(index, bytes).finally(() => this.writing.delete(writing));
    this.writing.add(writing);
    return writing;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.writing);
    try {
      await this.sync();
    } finally {
      await this.file.close();
    }
  }

  private async store(index: number, bytes: Uint8Array): Promise<void> {
    if (this.room < bytes.length) return;
    this.room -= bytes.length;
    await this.file.write(this.dataAt + index * this.chunkSize, bytes);
    this.map[index >> 3] |= 1 << (index & 7);
    this.unsynced += bytes.length;
    if (this.unsynced >= SYNC_AFTER) await this.sync();
  }

  /** The list never names what is not durable. */
  private sync(): Promise<void> {
    this.unsynced = 0;
    const map = this.map.slice();
    return this.syncing.run(async () => {
      await this.file.flush();
      await this.file.write(HEADER_SIZE, map);
    });
  }

  private endOf(index: number): number {
    return Math.min((index + 1) * this.chunkSize, this.size);
  }

  private forget(index: number): void {
    this.map[index >> 3] &= ~(1 << (index & 7));
  }
}

function headerOf({ chunkSize, size, validator }: StoredFile): Uint8Array {
  const header = new Uint8Array(HEADER_SIZE);
  const view = new DataView(header.buffer);
  const put = (at: number, text: string): void => {
    for (let i = 0; i < text.length && at + i < HEADER_SIZE; i++) header[at + i] = text.charCodeAt(i);
  };
  put(0, MAGIC);
  view.setBigUint64(16, BigInt(chunkSize), true);
  view.setBigUint64(24, BigInt(size), true);
  view.setUint32(32, validator.length, true);
  put(VALIDATOR_AT, validator);
  return header;
}
