/** Doing what the log of a VHDX says: in the file, or, where it may only be read, in memory. */
import type { ImageFile } from '../image-file.ts';
import { LOG_SECTOR, rangeAt, type LogContent } from './log-reader.ts';

const CHUNK = 2 ** 20;

/** Writes what the log says; it counts still, and may be replayed again. */
export async function replayInto(file: ImageFile, { sectors, zeros, size }: LogContent): Promise<void> {
  for (const range of zeros) {
    // Zeros behind the end come with its length.
    const end = Math.min(range.end, file.size);
    if (range.start >= end) continue;
    if (file.punchHole) await file.punchHole(range.start, end - range.start);
    else
      for (let at = range.start; at < end; at += CHUNK)
        await file.write(at, new Uint8Array(Math.min(CHUNK, end - at)));
  }
  if (file.size < size) await file.truncate(size);
  for (const [offset, bytes] of sectors) await file.write(offset, bytes);
  await file.flush();
}

/** The file as it is after its log was replayed, which it is not. */
export class ReplayedFile implements ImageFile {
  readonly name: string;
  readonly identity?: string;
  readonly readOnly = true;
  readonly size: number;

  constructor(
    private readonly file: ImageFile,
    private readonly log: LogContent,
  ) {
    this.name = file.name;
    if (file.identity !== undefined) this.identity = file.identity;
    this.size = log.size;
  }

  async read(offset: number, into: Uint8Array): Promise<void> {
    const end = offset + into.length;
    const stored = Math.max(0, Math.min(into.length, this.file.size - offset));
    if (stored > 0) await this.file.read(offset, into.subarray(0, stored));
    into.fill(0, stored);
    const { zeros, sectors } = this.log;
    for (let i = rangeAt(zeros, offset); i < zeros.length && zeros[i]!.start < end; i++)
      into.fill(0, Math.max(zeros[i]!.start - offset, 0), Math.min(zeros[i]!.end, end) - offset);
    for (let at = offset - (offset % LOG_SECTOR); at < end; at += LOG_SECTOR) {
      const sector = sectors.get(at);
      if (!sector) continue;
      const from = Math.max(offset - at, 0);
      into.set(sector.subarray(from, Math.min(end - at, LOG_SECTOR)), at + from - offset);
    }
  }

  async write(): Promise<void> {
    throw new Error(`${this.name} is read-only`);
  }

  async truncate(): Promise<void> {
    throw new Error(`${this.name} is read-only`);
  }

  async flush(): Promise<void> {}

  async close(): Promise<void> {
    await this.file.close();
  }
}
