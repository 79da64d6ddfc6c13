/**
 * Opens the files that a description names and checks their digests. What is wrong with them is
 * collected, so that whoever makes the machine learns of all of it at once, before anything starts.
 */
import { FLASH_SECTOR } from '../devices/cfi-flash.ts';
import { ArgumentError, messageOf } from '../errors.ts';
import type { FileSystemBackend } from '../filesystem/backend.ts';
import { FLASH_SIZE } from '../generated/memory-map.ts';
import { MemoryBlockBackend, type BlockBackend } from '../block/backend.ts';
import { ImageFormatError } from '../images/boot-image.ts';
import { Sha256 } from '../sha256.ts';
import { describe, Problems } from './description-error.ts';
import type { CompleteDrive, CompleteFlash, CompleteShare, NamedFile } from './description.ts';
import type { MachineHost } from './host.ts';

/** How much is read and hashed before the host attends to other events, in bytes. */
const PIECE = 1 << 20;

export class FileFindings {
  private readonly failures: unknown[] = [];

  /** @param problems what is wrong already, apart from files. */
  constructor(
    private readonly host: MachineHost,
    private readonly problems = new Problems(),
  ) {}

  /** The bytes of a boot file, unless something is wrong with it. */
  openFile(path: string, named: NamedFile): Promise<Uint8Array | undefined> {
    return this.attempt(path, async () => {
      const bytes = await this.host.open(named.file);
      await this.check(path, named, new MemoryBlockBackend(bytes));
      return bytes;
    });
  }

  /** A drive, unless something is wrong with it. */
  openDrive(path: string, drive: CompleteDrive): Promise<BlockBackend | undefined> {
    return this.attempt(path, async () => {
      const { memory, readOnly, format, temporary } = drive;
      if (memory !== undefined) return new MemoryBlockBackend(new Uint8Array(memory), readOnly);
      const backend = await this.host.openDrive(drive.file, {
        readOnly,
        ...(format && { format }),
        ...(temporary && { temporary }),
      });
      await this.check(path, drive, backend);
      return backend;
    });
  }

  /** What is behind the second bank of flash, if anything is to be; unless something is wrong with it. */
  async openFlash(flash: Partial<CompleteFlash> | undefined): Promise<BlockBackend | undefined> {
    const path = 'boot.flash.variables';
    const variables = flash?.variables;
    if (variables === undefined) return undefined;
    return this.attempt(path, async () => {
      const backend = await this.host.openDrive(variables.file, { readOnly: variables.readOnly });
      const { contentSize = backend.size } = backend;
      if (contentSize % FLASH_SECTOR !== 0 || contentSize > FLASH_SIZE)
        throw new ImageFormatError(
          `${variables.file}: expected whole sectors of ${FLASH_SECTOR} bytes, at most ${FLASH_SIZE} bytes, found ${contentSize}`,
        );
      await this.check(path, variables, backend);
      return backend;
    });
  }

  /** What is in a shared folder, unless there is nothing. */
  openShare(path: string, { tag }: CompleteShare): Promise<FileSystemBackend | undefined> {
    return this.attempt(path, async () => {
      const backend = await this.host.openShare?.(tag);
      const name = JSON.stringify(tag);
      if (!backend)
        throw new ArgumentError(
          `nothing is shared as ${name}: pass its backend as shares[${name}], or --share TAG=FOLDER to hartware run`,
        );
      return backend;
    });
  }

  /** Whether anything is wrong. */
  get areAny(): boolean {
    return this.problems.list.length > 0;
  }

  /** @throws the error of the one file that cannot be had; DescriptionError with everything when there is more. */
  throwIfAny(): void {
    if (this.failures.length === 1 && this.problems.list.length === 1) throw this.failures[0];
    this.problems.throwIfAny();
  }

  /** @throws DescriptionError with everything, if anything is wrong. */
  throwAll(): void {
    this.problems.throwIfAny();
  }

  /** What `use` makes of a file; what it throws is what is wrong with it. */
  async attempt<T>(path: string, use: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await use();
    } catch (error) {
      // Who gives up wants no list.
      this.host.signal?.throwIfAborted();
      this.failures.push(error);
      const message = messageOf(error);
      this.problems.add(path, 'a file that can be used', message, message);
      return undefined;
    }
  }

  private async check(path: string, { file, sha256 }: NamedFile, content: BlockBackend): Promise<void> {
    if (sha256 === undefined) return;
    const { contentSize = content.size } = content;
    const hash = this.host.sha256?.() ?? new Sha256();
    const buffer = new Uint8Array(Math.min(PIECE, contentSize));
    for (let offset = 0; offset < contentSize; offset += PIECE) {
      const piece = buffer.subarray(0, contentSize - offset);
      await content.read(offset, piece);
      hash.update(piece);
      await this.host.turn();
      this.host.signal?.throwIfAborted();
    }
    const found = hash.digest();
    if (found !== sha256) {
      const message = `expected ${sha256}, found ${found} in ${describe(file)}`;
      this.problems.add(`${path}.sha256`, sha256, found, message);
    }
  }
}
