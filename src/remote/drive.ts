/** A drive of one thread for a machine on another one. */
import type { BlockBackend } from '../block/backend.ts';
import { Moved, type Peer, type Services } from './peer.ts';

/** What the machine's side learns of a drive. */
export interface DriveFacts {
  readonly id: number;
  readonly size: number;
  readonly contentSize: number | undefined;
  readonly readOnly: boolean;
  readonly hasDiscard: boolean;
  readonly hasWriteZeroes: boolean;
}

/** Serves drives to the other side. */
export class DriveServer {
  private readonly drives: BlockBackend[] = [];

  readonly services: Services = {
    'drive.read': async (id: number, offset: number, length: number) => {
      const bytes = new Uint8Array(length);
      const drive = this.drives[id];
      if (!drive.readNow?.(offset, [bytes])) await drive.read(offset, bytes);
      return new Moved(bytes, [bytes.buffer]);
    },
    'drive.write': (id: number, offset: number, bytes: Uint8Array) => {
      const drive = this.drives[id];
      return drive.writeNow?.(offset, [bytes]) ? undefined : drive.write(offset, bytes);
    },
    'drive.flush': (id: number) => this.drives[id].flush(),
    'drive.discard': (id: number, offset: number, length: number) =>
      this.drives[id].discard?.(offset, length),
    'drive.writeZeroes': (id: number, offset: number, length: number, mayUnmap: boolean) =>
      this.drives[id].writeZeroes?.(offset, length, mayUnmap),
  };

  add(drive: BlockBackend): DriveFacts {
    this.drives.push(drive);
    return {
      id: this.drives.length - 1,
      size: drive.size,
      contentSize: drive.contentSize,
      readOnly: drive.readOnly,
      hasDiscard: drive.discard !== undefined,
      hasWriteZeroes: drive.writeZeroes !== undefined,
    };
  }
}

/** The drive of the other side as a backend. */
export function remoteDrive(
  peer: Peer,
  { id, size, contentSize, readOnly, hasDiscard, hasWriteZeroes }: DriveFacts,
): BlockBackend {
  return {
    size,
    contentSize,
    readOnly,
    async read(offset, into) {
      into.set(await peer.call<Uint8Array>('drive.read', [id, offset, into.length]));
    },
    async write(offset, from) {
      // A copy, because `from` may be a part of something larger.
      const bytes = from.slice();
      await peer.call('drive.write', [id, offset, bytes], [bytes.buffer]);
    },
    flush: () => peer.call('drive.flush', [id]),
    ...(hasDiscard && {
      discard: (offset: number, length: number) => peer.call<void>('drive.discard', [id, offset, length]),
    }),
    ...(hasWriteZeroes && {
      writeZeroes: (offset: number, length: number, mayUnmap: boolean) =>
        peer.call<void>('drive.writeZeroes', [id, offset, length, mayUnmap]),
    }),
  };
}
