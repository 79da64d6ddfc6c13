/** What an embedder hands to the host of a machine, the same in every environment. */
import type { BlockBackend } from '../block/backend.ts';
import type { JitOptions } from '../core/jit-options.ts';
import type { FileSystemBackend } from '../filesystem/backend.ts';
import type { NetworkBackend } from '../network/backend.ts';
import { allocateTransient } from '../transient-bytes.ts';
import type { SbiHook } from '../sbi/hook.ts';
import type { GuestSymbol } from './api.ts';
import type { CustomDevice } from './custom-device.ts';
import type { MachineHost } from './host.ts';
import type { MachineLimits } from './limits.ts';

/**
 * A file, or who gets it when the machine is made, and again at each reset: then its memory is
 * given back meanwhile. What a function returns is the machine's, which detaches its buffer.
 */
export type SuppliedFile = Uint8Array | (() => Uint8Array | Promise<Uint8Array>);

/** What only code on the machine's own thread can be. */
export interface MachineExtension {
  /** Devices of your own, beside those of the description. */
  readonly devices?: readonly CustomDevice[];
  /** Sees the SBI calls of a guest that runs in S-mode without firmware, before the machine answers them. */
  readonly sbi?: SbiHook;
}

/** What an embedder gives a machine beside its description, the same in every environment. */
export interface HostOptions extends MachineExtension {
  /** Boot files by the name they have in the description; looked up before paths and URLs. */
  readonly files?: Readonly<Record<string, SuppliedFile>>;
  /** Disks by the `file` they have in the description; the machine uses them and does not close them. */
  readonly drives?: Readonly<Record<string, BlockBackend>>;
  /** What is at the other ends of network cables, by the address (`mac`) of the card. Default: nothing, and its link is down. */
  readonly network?: Readonly<Record<string, NetworkBackend>>;
  /** What is in shared folders, by their `tag`; the machine uses them, and does not close them. */
  readonly shares?: Readonly<Record<string, FileSystemBackend>>;
  /** Whether and how guest code is translated to WebAssembly. Default: it is. */
  readonly jit?: JitOptions;
  /** What the machine may use of its host. Default: all that it can. */
  readonly limits?: MachineLimits;
  /** Symbols beside those of the boot files. */
  readonly symbols?: readonly GuestSymbol[];
  /** Aborting gives up making the machine, and stops it when it is made. */
  readonly signal?: AbortSignal;
  /** Takes diagnostics, such as what a guest did wrong to a device. Default: dropped. */
  readonly log?: (message: string) => void;
}

/** The part of a host that is what the embedder says. */
export type HostPolicy = Pick<
  MachineHost,
  'jit' | 'limits' | 'symbols' | 'devices' | 'sbi' | 'signal' | 'log'
>;

export function policyOf({ jit, limits, symbols, devices, sbi, signal, log }: HostOptions): HostPolicy {
  return { jit, limits, symbols, devices, sbi, signal, log };
}

/** The part of a host that finds what descriptions name. */
export type HostFiles = Pick<MachineHost, 'open' | 'openDrive'>;
type HostSupplies = HostFiles & Required<Pick<MachineHost, 'openNetwork' | 'openShare'>>;

/** The file that `options` supply by that name, as bytes to be given away. */
export async function suppliedFile(options: HostOptions, reference: string): Promise<Uint8Array | undefined> {
  const supplied = own(options.files, reference);
  return typeof supplied === 'function' ? supplied() : supplied && copyOf(supplied);
}

/** The drive that `options` supply by that name. */
export function suppliedDrive(options: HostOptions, reference: string): BlockBackend | undefined {
  return own(options.drives, reference);
}

/** What `options` put at the other end of the cable of the card with that address. */
export function suppliedNetwork(options: HostOptions, mac: string): NetworkBackend | undefined {
  return own(options.network, mac);
}

/** What `options` share by that tag. */
export function suppliedShare(options: HostOptions, tag: string): FileSystemBackend | undefined {
  return own(options.shares, tag);
}

/** Finds what `options` supply there, and everything else through `files`. */
export function suppliedFiles(options: HostOptions, files: HostFiles): HostSupplies {
  return {
    async open(reference) {
      return (await suppliedFile(options, reference)) ?? files.open(reference);
    },
    async openDrive(reference, drive) {
      return suppliedDrive(options, reference) ?? files.openDrive(reference, drive);
    },
    openNetwork: (mac) => suppliedNetwork(options, mac),
    async openShare(tag) {
      return suppliedShare(options, tag);
    },
  };
}

function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = allocateTransient(bytes.length);
  copy.set(bytes);
  return copy;
}

function own<T>(table: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return table && Object.hasOwn(table, key) ? table[key] : undefined;
}
