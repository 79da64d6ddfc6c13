/**
 * Where the files of a shared folder come from. A backend is the host's side: it is asked by
 * paths whose components have been checked, never by what a guest wrote, and its errors become
 * error numbers of the guest. Symbolic links are the guest's to resolve: no function follows one,
 * neither at the end of a path nor within it.
 */
/** From the root, a name for each level; the empty list is the root itself. */
export type FilePath = readonly string[];

/** What a file is. Backends may have devices, FIFOs and sockets, and nobody opens them there. */
export type FileKind =
  'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'character-device' | 'block-device';

/** What is known of a file. */
export interface FileStatus {
  /** What it is. */
  readonly kind: FileKind;
  /** Its inode number: stays the same as long as the file is there, and no other has it. */
  readonly id: bigint;
  /** Permissions: the lower twelve bits of `st_mode`. */
  readonly mode: number;
  /** Its owner. */
  readonly userId: number;
  /** Its group. */
  readonly groupId: number;
  /** Names that it has. */
  readonly links: number;
  /** In bytes. */
  readonly size: number;
  /** Bytes of storage that it takes. Default: its size. */
  readonly allocated?: number;
  /** Major and minor number of a device. Default 0 and 0. */
  readonly device?: {
    /** Which driver. */
    readonly major: number;
    /** Which of its devices. */
    readonly minor: number;
  };
  /** Last read, in nanoseconds since 1970-01-01 UTC, as the other times. */
  readonly accessed: bigint;
  /** Last change of its content. */
  readonly modified: bigint;
  /** Last change of its status. */
  readonly changed: bigint;
}

/** What is to be changed of a file; all of it or, where something fails, any part. */
export interface FileChanges {
  /** The lower twelve bits of `st_mode`. */
  readonly mode?: number;
  /** Its owner. */
  readonly userId?: number;
  /** Its group. */
  readonly groupId?: number;
  /** In bytes; what is added reads as zeros. */
  readonly size?: number;
  /** In nanoseconds since 1970-01-01 UTC, or the backend's time. */
  readonly accessed?: bigint | 'now';
  /** As `accessed`. */
  readonly modified?: bigint | 'now';
}

/** A name in a directory. */
export interface DirectoryEntry {
  /** Without the path. */
  readonly name: string;
  /** What has that name. */
  readonly kind: FileKind;
  /** As in `FileStatus`. */
  readonly id: bigint;
}

/** How a file is opened. */
export interface OpenOptions {
  /** What will be done with it. */
  readonly access: 'read' | 'write' | 'read-write';
  /** Whether its content goes. */
  readonly truncate: boolean;
  /** Given where a file that is not there is made. */
  readonly create?: {
    /** Its permissions. */
    readonly mode: number;
    /** Whether one that is there is an error (EEXIST). */
    readonly exclusive: boolean;
  };
}

/** A file that is open: also when it has got another name, or has lost its last one. */
export interface OpenFile {
  /** Fills `into` from `offset`; returns how many bytes there were, which are fewer at the end of the file alone. */
  read(offset: number, into: Uint8Array): Promise<number>;
  /** Stores all of `from` at `offset`; a gap before it reads as zeros. */
  write(offset: number, from: Uint8Array): Promise<void>;
  /** What is known of it now. */
  status(): Promise<FileStatus>;
  /** Changes what `changes` has. */
  change(changes: FileChanges): Promise<void>;
  /** Resolves when what was written is durable; `dataOnly` leaves out times. */
  sync(dataOnly: boolean): Promise<void>;
  /** Lets go of it; it need not be durable. */
  close(): Promise<void>;
}

/** Room in a file system. */
export interface FileSystemSpace {
  /** In bytes, as `free` and `available`. */
  readonly size: number;
  /** What no file takes. */
  readonly free: number;
  /** What is free to whoever is not root. */
  readonly available: number;
  /** How many files there may be. */
  readonly files: number;
  /** How many more there may be. */
  readonly freeFiles: number;
}

/**
 * A tree of files. Functions reject with a `FileSystemError`, or with an error whose `code` is the
 * name of an error number, as Node's are; anything else is EIO to the guest, and goes to the log.
 */
export interface FileSystemBackend {
  /** Whether guests may only read: nothing that changes something is called. */
  readonly readOnly: boolean;
  /** Of a symbolic link, its own. */
  status(path: FilePath): Promise<FileStatus>;
  /** What is in a directory, without `.` and `..`. */
  list(path: FilePath): Promise<readonly DirectoryEntry[]>;
  /** Opens a regular file; anything else is refused. */
  open(path: FilePath, options: OpenOptions): Promise<OpenFile>;
  /** Changes what `changes` has. */
  change(path: FilePath, changes: FileChanges): Promise<void>;
  /**
   * Makes a directory.
   * @param mode permissions.
   */
  makeDirectory(path: FilePath, mode: number): Promise<void>;
  /** Removes an empty directory, or, where that is not wanted, anything else. */
  remove(path: FilePath, isDirectory: boolean): Promise<void>;
  /** As rename(2): what has the new name is replaced, if it is of the same sort. */
  rename(from: FilePath, to: FilePath): Promise<void>;
  /** What a symbolic link says. */
  readSymlink(path: FilePath): Promise<string>;
  /** Makes a symbolic link. Default: there are none, and guests get EPERM. */
  makeSymlink?(path: FilePath, target: string): Promise<void>;
  /** Gives a file that is no directory another name. Default: files have one name, and guests get EPERM. */
  link?(existing: FilePath, path: FilePath): Promise<void>;
  /** Default: there is room without end. */
  space?(): Promise<FileSystemSpace>;
}
