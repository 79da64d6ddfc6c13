/** Writing metadata of a VHDX through its log: [MS-VHDX] 2.3. */
import type { ImageFile } from '../image-file.ts';
import { crc32c } from './crc32c.ts';
import { guidBytes, NO_GUID } from './guid.ts';
import { putAscii, viewOf, type Headers } from './header.ts';
import {
  DATA_DESCRIPTOR,
  DATA_SECTOR,
  DESCRIPTOR,
  DESCRIPTOR_SIZE,
  descriptorSectors,
  ENTRY,
  ENTRY_HEADER_SIZE,
  ENTRY_SIGNATURE,
  LOG_SECTOR,
  SECTOR_FIELD,
} from './log-reader.ts';

/** A sector of 4 KiB that is to be changed. */
export interface LoggedSector {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export class LogWriter {
  /** Where the next entry goes, within the log. */
  private position = 0;
  private sequence = 1n;

  /** The log of `headers` counts for nothing. @param newGuid an identifier for the log. */
  constructor(
    private readonly file: ImageFile,
    private readonly headers: Headers,
    private readonly newGuid: () => string,
  ) {}

  /** How many sectors may be changed at once. Entries take half of the log, so that the former one stays whole. */
  get capacity(): number {
    const sectors = this.headers.current.logLength / LOG_SECTOR / 2;
    return sectors - descriptorSectors(sectors);
  }

  /**
   * Changes sectors: all or none of them, whatever happens. All that was written before must be durable; the change
   * is when this resolves.
   * @param sectors at most `capacity`.
   * @param durableSize how long the file is, whatever happens.
   */
  async change(sectors: readonly LoggedSector[], durableSize: number): Promise<void> {
    const { logGuid, logOffset, logLength } = this.headers.current;
    const isFirst = logGuid === NO_GUID;
    const guid = isFirst ? this.newGuid() : logGuid;
    const entry = this.build(sectors, guid, durableSize);
    const head = entry.subarray(0, logLength - this.position);
    await this.file.write(logOffset + this.position, head);
    if (head.length < entry.length) await this.file.write(logOffset, entry.subarray(head.length));
    await this.file.flush();
    this.position = (this.position + entry.length) % logLength;
    this.sequence++;
    // Until now, no reader looked at the log.
    if (isFirst) await this.headers.update({ logGuid: guid });
    for (const { offset, bytes } of sectors) await this.file.write(offset, bytes);
  }

  /** Makes what the log says durable in its place, and the log count for nothing. */
  async end(): Promise<void> {
    if (this.headers.current.logGuid === NO_GUID) return;
    await this.file.flush();
    await this.headers.update({ logGuid: NO_GUID });
  }

  private build(sectors: readonly LoggedSector[], guid: string, size: number): Uint8Array {
    const first = descriptorSectors(sectors.length) * LOG_SECTOR;
    const bytes = new Uint8Array(first + sectors.length * LOG_SECTOR);
    const view = viewOf(bytes);
    putAscii(bytes, 0, ENTRY_SIGNATURE);
    view.setUint32(ENTRY.length, bytes.length, true);
    // What came before is in its place, so that this entry is all that needs to be replayed.
    view.setUint32(ENTRY.tail, this.position, true);
    view.setBigUint64(ENTRY.sequence, this.sequence, true);
    view.setUint32(ENTRY.descriptors, sectors.length, true);
    bytes.set(guidBytes(guid), ENTRY.guid);
    view.setBigUint64(ENTRY.flushedSize, BigInt(size), true);
    view.setBigUint64(ENTRY.lastSize, BigInt(size), true);
    for (const [i, sector] of sectors.entries()) {
      const at = ENTRY_HEADER_SIZE + i * DESCRIPTOR_SIZE;
      putAscii(bytes, at, DATA_DESCRIPTOR);
      bytes.set(sector.bytes.subarray(SECTOR_FIELD.sequenceLow), at + DESCRIPTOR.trailing);
      bytes.set(sector.bytes.subarray(0, SECTOR_FIELD.data), at + DESCRIPTOR.leading);
      view.setBigUint64(at + DESCRIPTOR.fileOffset, BigInt(sector.offset), true);
      view.setBigUint64(at + DESCRIPTOR.sequence, this.sequence, true);
      const to = first + i * LOG_SECTOR;
      bytes.set(sector.bytes, to);
      putAscii(bytes, to, DATA_SECTOR);
      view.setUint32(to + SECTOR_FIELD.sequenceHigh, Number(this.sequence >> 32n), true);
      view.setUint32(to + SECTOR_FIELD.sequenceLow, Number(this.sequence & 0xffff_ffffn), true);
    }
    view.setUint32(ENTRY.checksum, crc32c(bytes, ENTRY.checksum), true);
    return bytes;
  }
}
