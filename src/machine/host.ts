/** What a machine needs of the place it runs in; src/bindings implements it for Node and browsers. */
import type { BlockBackend } from '../block/backend.ts';
import type { JitOptions } from '../core/jit-options.ts';
import type { FileSystemBackend } from '../filesystem/backend.ts';
import type { SbiHook } from '../sbi/hook.ts';
import type { NetworkBackend } from '../network/backend.ts';
import type { ContentHash } from '../sha256.ts';
import type { GuestSymbol } from './api.ts';
import type { CustomDevice } from './custom-device.ts';
import type { DriveDescription } from './description.ts';
import type { MachineLimits } from './limits.ts';

/** How a drive is to be opened. */
export interface DriveOptions {
  readonly readOnly: boolean;
  /** Format of the image. Default: found out. */
  readonly format?: DriveDescription['format'];
  /** Whether what is written is only for this machine, and the image is only read. Default false. */
  readonly temporary?: boolean;
}

/** The place that a machine runs in. `createNodeHost` and `createBrowserHost` make one. */
export interface MachineHost {
  /** The compiled core: a WebAssembly.Module of core.wasm. */
  readonly core: object;
  /** Whether and how guest code is translated to WebAssembly. Default: it is. */
  readonly jit?: JitOptions;
  /** How long the machine keeps the thread before the host attends to other events, in milliseconds. Default 8. */
  readonly slice?: number;
  /** What the machine may use. Default: all that it can. */
  readonly limits?: MachineLimits;
  /** Symbols beside those of the boot files. */
  readonly symbols?: readonly GuestSymbol[];
  /** Devices beside those of the description. */
  readonly devices?: readonly CustomDevice[];
  /** Sees SBI calls first. */
  readonly sbi?: SbiHook;
  /** Aborting gives up making the machine, and stops it when it is made. */
  readonly signal?: AbortSignal;
  /**
   * The bytes of a boot file named in the description. Called when the machine is made, and again
   * at each reset. They are the machine's: it detaches their buffer when they are in RAM.
   */
  open(reference: string): Promise<Uint8Array>;
  /** The disk named in the description. */
  openDrive(reference: string, options: DriveOptions): Promise<BlockBackend>;
  /** What is at the other end of the cable of the network card with that address. Default: nothing. */
  openNetwork?(mac: string): NetworkBackend | undefined;
  /** What is in the shared folder with that tag; a machine that names one which is not there is not made. */
  openShare?(tag: string): Promise<FileSystemBackend | undefined>;
  /** Begins a SHA-256, by which the content of files is checked. Default: one in TypeScript. */
  sha256?(): ContentHash;
  /** A monotonic clock in milliseconds, with fractions. */
  monotonicTime(): number;
  /** Nanoseconds since 1970-01-01 UTC. */
  wallClock(): bigint;
  /** Fills `into` with unpredictable bytes. */
  random(into: Uint8Array): void;
  /** Resolves after the host has attended to other events. */
  turn(): Promise<void>;
  /** Calls back once after `milliseconds`; the result cancels it. */
  setTimer(callback: () => void, milliseconds: number): () => void;
  /** Gives back what `openDrive` opened. Called once: when the machine has ended, or could not be made. */
  close?(): Promise<void>;
  /** Takes diagnostics: what a guest did wrong to a device, why nothing is compiled. Default: dropped. */
  log?(message: string): void;
}
