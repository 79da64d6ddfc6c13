/**
 * What every format of disk images has in common. A format is a file or folder of its own with one
 * `DiskFormat`, and a line in the list of `formats.ts`.
 */
import type { BlockBackend } from '../block/backend.ts';
import type { ImageFile } from './image-file.ts';

export { DiskImageError } from './error.ts';

/** The formats, by the names that qemu-img gives them, but for VHD, which is "vpc" there. */
export type DiskFormatName = 'raw' | 'qcow2' | 'vmdk' | 'vhd' | 'vhdx' | 'vdi';

/** What the content of a stretch of a disk consists of. */
export interface Extent {
  /** Its first byte, on the disk. */
  readonly offset: number;
  /** Bytes, at least 1, not behind the disk's end. */
  readonly length: number;
  /**
   * `data`: bytes in this image; `zero`: this image says that it reads as zeros; `absent`: this image says
   * nothing, so that it reads as the backing image does, or as zeros without one or behind its end.
   */
  readonly kind: 'data' | 'zero' | 'absent';
  /** Where the bytes lie in the file, when they lie there in one piece as they are. */
  readonly fileOffset?: number;
  /** Whether the bytes are compressed. Default false. */
  readonly isCompressed?: boolean;
}

/** Another image that an image names, to be read where it says nothing itself. */
export interface BackingReference {
  /** As it stands in the image: a path relative to the image, as a rule. */
  readonly reference: string;
  /** Its format, where the image tells. Default: found out. */
  readonly format?: DiskFormatName;
}

/** A state of the disk that an image keeps beside that of now. */
export interface SnapshotInfo {
  readonly id: string;
  readonly name: string;
  /** Size of the disk then, in bytes. */
  readonly size: number;
  /** Bytes of a guest's memory and devices that are kept with it; 0 when the guest was off. */
  readonly stateSize: number;
  /** When it was made, in milliseconds since 1970-01-01 UTC. */
  readonly time: number;
}

/** Facts of an image, for people and programs. */
export interface ImageInfo {
  readonly format: DiskFormatName;
  /** Size of the disk in bytes. */
  readonly virtualSize: number;
  /** Size of the image's file, or files together, in bytes. */
  readonly fileSize: number;
  /** Unit of allocation in bytes, where there is one. */
  readonly clusterSize?: number;
  readonly backing?: BackingReference;
  /** Whether it was not closed properly, and will be repaired when it is opened for writing. */
  readonly isDirty?: boolean;
  readonly snapshots?: readonly SnapshotInfo[];
  /** What only this format has, such as its version; names in camelCase, as JSON. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** What is wrong with an image. */
export interface CheckReport {
  /** What loses or confuses content, a line each, with offsets; at most 100, then one that says how many more. */
  readonly errors: readonly string[];
  readonly errorCount: number;
  /** Room in the file that nothing uses, in clusters. */
  readonly leaks: number;
  /** How many of errors and leaks were repaired. */
  readonly repaired: number;
}

/** What long work can be told, and tells. */
export interface WorkOptions {
  /** Aborting rejects with its reason as soon as the image is consistent. */
  readonly signal?: { readonly aborted: boolean; throwIfAborted(): void };
  /** Told now and then how much is done, in bytes of the disk or of the file. */
  readonly progress?: (done: number, total: number) => void;
}

/**
 * A disk in an image. Beside the rules of `BlockBackend`: whatever moment the process dies at, the
 * image can be opened again and has every write that was flushed.
 */
export interface DiskImage extends BlockBackend {
  readonly format: DiskFormatName;
  /** The file with the header. */
  readonly file: ImageFile;
  /** Which image it says lies beneath it. */
  readonly backingReference?: BackingReference;
  /** What lies beneath it; whoever opens the image sets it before the first access. May be smaller. */
  backing?: DiskImage;
  /** Unit of allocation in bytes. Default: none. */
  readonly clusterSize?: number;
  /** Whether it was just created and must be written once, from start to end, in whole clusters. Default false. */
  readonly isSequential?: boolean;
  /** The extent that begins at `offset`, as long as is cheap to find out. */
  nextExtent(offset: number): Promise<Extent>;
  info(): Promise<ImageInfo>;
  /** Compares the metadata with itself. */
  check?(options?: WorkOptions & { readonly repair?: 'leaks' | 'all' }): Promise<CheckReport>;
  /** Makes the disk smaller or greater; what is new reads as zeros. Absent where the format cannot. */
  resize?(size: number): Promise<void>;
  /**
   * Keeps the disk as it is now under a name. Absent where the format has no snapshots, as are the next three.
   * @throws ArgumentError when there is a snapshot of that name.
   */
  createSnapshot?(name: string): Promise<void>;
  /**
   * Makes the disk what it was, in size, too; what it is now is lost.
   * @param name a snapshot's name or identifier.
   * @throws ArgumentError when there is none.
   */
  applySnapshot?(name: string): Promise<void>;
  /** Forgets a snapshot. @throws ArgumentError when there is none. */
  deleteSnapshot?(name: string): Promise<void>;
  /**
   * The disk as it was, for reading only. It is a view of this image, with what lies beneath this image, that needs
   * this image open and the snapshot kept; closing it does nothing.
   * @throws ArgumentError when there is none of that name or identifier.
   */
  openSnapshot?(name: string): Promise<DiskImage>;
  /** Writes a whole cluster (the last may be shorter) in compressed form. Absent where the format cannot. */
  writeCompressed?(offset: number, from: Uint8Array): Promise<void>;
  /** Names another backing image, or none; content stays as it is in this image. */
  setBackingReference?(backing: BackingReference | undefined): Promise<void>;
  /** Forgets all content, so that everything reads as the backing image does. */
  makeEmpty?(): Promise<void>;
  /** Makes what was written durable, marks the image as closed, and closes its files and its backing image, once. */
  close(): Promise<void>;
}

/** How bytes are compressed: deflate alone (RFC 1951), zlib (RFC 1950) or Zstandard (RFC 8878). */
export type Compression = 'deflate' | 'zlib' | 'zstd';

export interface CompressOptions {
  /** How far back deflate and zlib may refer: 2 to the power of this, in bytes, 9 to 15. Default 15. */
  readonly windowBits?: number;
}

/** What formats need of the place they run in. */
export interface ImageHost {
  /**
   * Unpacks to at most `size` bytes; what follows the compressed data is ignored.
   * @throws Error when they are damaged, end too soon, or would be more than `size` bytes.
   */
  decompress(compression: Compression, bytes: Uint8Array, size: number): Promise<Uint8Array>;
  compress(compression: Compression, bytes: Uint8Array, options?: CompressOptions): Promise<Uint8Array>;
  /**
   * Opens a file that an image names, such as a backing image, a parent or an extent. What the image's author
   * may name is decided here.
   * @param reference as it stands in the image.
   * @param from the file that names it.
   */
  openReferenced(reference: string, from: ImageFile, readOnly: boolean): Promise<ImageFile>;
  /** Creates a further file of an image that is being created, beside `from`; there must be none of that name. */
  createReferenced(name: string, from: ImageFile): Promise<ImageFile>;
  /** Fills `into` with unpredictable bytes, for identifiers. */
  random(into: Uint8Array): void;
  /** Milliseconds since 1970-01-01 UTC, for the times that some formats store. */
  now(): number;
}

/** Options of a format when an image is created; their names are qemu-img's, in camelCase. */
export type FormatOptions = Readonly<Record<string, string | number | boolean>>;

export interface CreateImageOptions {
  /** Size of the disk in bytes, a multiple of 512. */
  readonly size: number;
  /** What lies beneath it. Default nothing. */
  readonly backing?: BackingReference & { readonly image: DiskImage };
  /** Default: none. */
  readonly options?: FormatOptions;
}

export interface DiskFormat {
  readonly name: DiskFormatName;
  /** For people, as "VMware virtual disk". */
  readonly title: string;
  /** What file names end with, with the dot, the usual one first. */
  readonly extensions: readonly string[];
  /** The options of `create` and what they mean, for the help and for messages. */
  readonly options: Readonly<Record<string, string>>;
  /**
   * Whether `file` looks like one. `head` has its first 4 KiB, or all if it is shorter; of the file nothing else is
   * looked at but the last 512 bytes.
   */
  probe(head: Uint8Array, file: ImageFile): boolean | Promise<boolean>;
  /**
   * Opens an image, for writing when `file` may be written. Backing images are the caller's to open. The image
   * owns `file` from then on; when opening fails, the caller closes it.
   * @throws DiskImageError
   */
  open(file: ImageFile, host: ImageHost): Promise<DiskImage>;
  /**
   * Makes `file`, which is empty, an image that reads as zeros, or as its backing image.
   * @throws ArgumentError for an option or a size that the format does not have.
   */
  create(file: ImageFile, options: CreateImageOptions, host: ImageHost): Promise<DiskImage>;
}
