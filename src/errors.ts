/**
 * What the library throws. Every error of its own is a `HartwareError` with a `code` that
 * programs may rely on; the message is for people and says what to do.
 */

/** The `code` of each class of errors. */
export type ErrorCode =
  /** A machine description is wrong, or what it says of its files (`DescriptionError`). */
  | 'DESCRIPTION'
  /** An argument or option is of no use (`ArgumentError`). */
  | 'ARGUMENT'
  /** The machine is not in a state in which that can be done (`StateError`). */
  | 'STATE'
  /** The machine has been disposed of (`DisposedError`). */
  | 'DISPOSED'
  /** Two devices want the same place, or one wants a place that there is not (`DeviceConflictError`). */
  | 'DEVICE_CONFLICT'
  /** A boot file cannot be booted (`ImageFormatError`). */
  | 'IMAGE_FORMAT'
  /** A disk image is damaged or not supported (`DiskImageError`). */
  | 'DISK_IMAGE'
  /** The boot files do not fit into RAM (`BootPlacementError`). */
  | 'BOOT_PLACEMENT'
  /** A device tree is damaged (`FdtFormatError`). */
  | 'FDT_FORMAT'
  /** A range of guest memory is not in RAM (`GuestMemoryError`). */
  | 'GUEST_MEMORY'
  /** The program text cannot be assembled (`AssemblyError`). */
  | 'ASSEMBLY'
  /** core.wasm cannot be had, or is something else (`CoreLoadError`). */
  | 'CORE_LOAD'
  /** The host has no memory for guest RAM (`CoreMemoryError`). */
  | 'CORE_MEMORY'
  /** A file cannot be read or written (`FileError`). */
  | 'FILE'
  /** A file of a shared folder cannot be had or changed (`FileSystemError`). */
  | 'FILE_SYSTEM'
  /** Something cannot be fetched (`FetchError`). */
  | 'FETCH'
  /** The machine's worker could not be started, or died (`WorkerError`). */
  | 'WORKER';

/** Every error of the library's own. */
export abstract class HartwareError extends Error {
  /** The name of its class, the same in minified bundles and for errors from a worker. */
  abstract override readonly name: string;
  /** Stays the same from release to release. */
  abstract readonly code: ErrorCode;
}

/** An argument or option is of no use; the message says what was expected and what was found. */
export class ArgumentError extends HartwareError {
  override readonly name = 'ArgumentError';
  readonly code = 'ARGUMENT';
}

/** The machine is not in a state in which that can be done; the message says what to do instead. */
export class StateError extends HartwareError {
  override readonly name = 'StateError';
  readonly code = 'STATE';
}

/** `dispose()` was called before. */
export class DisposedError extends HartwareError {
  override readonly name = 'DisposedError';
  readonly code = 'DISPOSED';
}

/** Something that a machine needs cannot be had; the message names it, and the status of a server. */
export class FetchError extends HartwareError {
  override readonly name = 'FetchError';
  readonly code = 'FETCH';
}

/** What something that was thrown, which need not be an error, says of itself. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
