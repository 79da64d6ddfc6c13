/** The package in browsers and their workers. */
import { FetchError } from '../../errors.ts';
import type { Machine } from '../../machine/api.ts';
import type { MachineDescription } from '../../machine/description.ts';
import type { MachineHost } from '../../machine/host.ts';
import { Program, type ProgramOptions, type ProgramSource } from '../../program/program.ts';
import { createRemoteMachine } from '../../remote/client.ts';
import { loadCore } from './core.ts';
import { loadExtension, urlOf, type ExtensionSource } from '../../remote/extension.ts';
import type { BrowserHostOptions } from './host.ts';
import type * as Local from './local-machine.ts';
import { createThread, type WorkerSource } from './thread.ts';

export * from '../../index.ts';
export { WorkerError } from '../../remote/error.ts';
export type { CoreSource } from './core.ts';
export type { ExtensionSource } from '../../remote/extension.ts';
export { DirectoryFileSystem, type DirectoryOptions } from './directory.ts';
export type { BrowserHostOptions } from './host.ts';
export { createOpfsDisk, deleteOpfsDisk } from './opfs.ts';
export { attachTerminal, type AttachOptions, type TerminalLike } from './terminal.ts';
export type { WorkerSource } from './thread.ts';

/** What `createMachine` takes beside the description, in browsers. */
export interface BrowserMachineOptions extends BrowserHostOptions {
  /**
   * Where the machine runs. True: in a worker of its own, of the script worker.js beside the
   * bundle, or the URL or worker given; false: on this thread, in slices of some milliseconds.
   * Default true where there are workers.
   */
  readonly worker?: boolean | WorkerSource;
  /** A module with devices and SBI answers of your own, loaded on the machine's thread. */
  readonly extension?: ExtensionSource;
}

/** A machine on this thread: beside what every machine has, its RAM, registers and figures can be had at once. */
export type LocalMachine = Local.LocalMachine;

/** Makes machines on this thread, on hosts of `createBrowserHost`, as `createMachine` does. */
export const LocalMachine: Pick<typeof Local.LocalMachine, 'create'> = {
  async create(description: unknown, host: MachineHost) {
    const { LocalMachine } = await loadLocalMachine();
    return LocalMachine.create(description, host);
  },
};

/**
 * A host for one machine on this thread.
 * @throws CoreLoadError, FetchError
 */
export async function createBrowserHost(options: BrowserHostOptions = {}): Promise<MachineHost> {
  // At the same time, so that neither waits for the other.
  const [{ hostWithCore }, core] = await Promise.all([loadLocalMachine(), loadCore(options.wasm)]);
  return hostWithCore(options, core);
}

async function loadLocalMachine(): Promise<typeof Local> {
  return import('./local-machine.ts').catch((error) => {
    const what =
      'dist/local-machine.js of the package, which machines on this thread need, is to be served beside the bundle';
    throw new FetchError(`cannot make a machine: ${what}`, { cause: error });
  });
}

/**
 * Makes a machine from its description; `start` runs it. Files are named by URLs, or supplied in
 * `options.files`, drives are supplied in `options.drives`.
 * @throws DescriptionError, FetchError, ImageFormatError, BootPlacementError, DeviceConflictError,
 * ArgumentError, CoreLoadError, CoreMemoryError or WorkerError, which say what is wrong.
 */
export async function createMachine(
  description: MachineDescription,
  options: BrowserMachineOptions & { readonly worker: false },
): Promise<LocalMachine>;
export async function createMachine(
  description: MachineDescription,
  options?: BrowserMachineOptions,
): Promise<Machine>;
export async function createMachine(
  description: MachineDescription,
  options: BrowserMachineOptions = {},
): Promise<Machine> {
  const { worker = typeof Worker !== 'undefined', extension, ...host } = options;
  if (worker === false) {
    const own = extension && (await loadExtension(extension));
    return LocalMachine.create(description, await createBrowserHost({ ...host, ...own }));
  }
  return createRemoteMachine(description, {
    host,
    loadCore: () => loadCore(host.wasm),
    createThread: () => createThread(worker === true ? undefined : worker),
    // Relative to the page, and not to the script of the worker.
    extension: extension && { url: new URL(urlOf(extension), location.href).href, data: extension.data },
    environment: { baseUrl: location.href },
  });
}

/**
 * Loads a program without an operating system, to be run by its `run`.
 * @throws AssemblyError, ImageFormatError, ArgumentError, or what `createMachine` throws.
 */
export async function createProgram(
  source: ProgramSource,
  options: ProgramOptions & Pick<BrowserMachineOptions, 'wasm' | 'worker' | 'extension'> = {},
): Promise<Program> {
  const { wasm, worker, extension, ...own } = options;
  return Program.create<BrowserMachineOptions>(createMachine, source, own, { wasm, worker, extension });
}
