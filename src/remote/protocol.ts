/**
 * What the two sides of a remote machine say to each other. The embedder's side calls
 * `create` first, and then what the server serves; the machine's side asks for files and
 * drives, and tells of output, events and the end.
 */
import type { MachineEvents, MachineExit } from '../machine/api.ts';
import type { MachineDescription } from '../machine/description.ts';
import type { HostOptions } from '../machine/host-options.ts';
import type { SentError } from './error.ts';

export type ConsoleName = 'serial' | 'virtioConsole';

/** What goes to the thread of the machine when it is made. */
export interface CreateRequest {
  readonly description: unknown;
  readonly core: WebAssembly.Module;
  /** Those of the embedder's options that are plain data. */
  readonly options: Pick<HostOptions, 'jit' | 'limits' | 'symbols'>;
  /** Addresses of network cards whose other ends are on the embedder's side. */
  readonly network: readonly string[];
  readonly extension: ExtensionRequest | undefined;
  /** What the binding's host on that thread needs beside it. */
  readonly environment: unknown;
}

export interface ExtensionRequest {
  readonly url: string;
  readonly data: unknown;
}

/** What the embedder's side learns of a machine that was made. */
export interface Created {
  readonly description: MachineDescription;
  readonly memory: { readonly base: number; readonly size: number };
  readonly harts: number;
  readonly hasVirtioConsole: boolean;
}

/** How the machine ended: what `ended` settles with. */
export type Ended = { readonly exit: MachineExit } | { readonly error: SentError };

export type SentEvent = {
  readonly [K in keyof MachineEvents]: { readonly event: K; readonly value: MachineEvents[K] };
}[keyof MachineEvents];

/** Output that the embedder's side has not taken yet, in bytes, before the machine's waits. */
export const OUTPUT_WINDOW = 1 << 18;
