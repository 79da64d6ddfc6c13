/** The package in Node. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Machine } from '../../machine/api.ts';
import type { MachineDescription } from '../../machine/description.ts';
import { LocalMachine } from '../../machine/machine.ts';
import { Program, type ProgramOptions, type ProgramSource } from '../../program/program.ts';
import { createRemoteMachine } from '../../remote/client.ts';
import { registerError } from '../../remote/error.ts';
import { loadExtension, urlOf, type ExtensionSource } from '../../remote/extension.ts';
import { loadCore } from './core.ts';
import { FileError } from './file-error.ts';
import { createNodeHost, type NodeHostOptions } from './host.ts';
import { createThread } from './thread.ts';

export * from '../../index.ts';
export { LocalMachine } from '../../machine/machine.ts';
export { WorkerError } from '../../remote/error.ts';
export type { ExtensionSource } from '../../remote/extension.ts';
export type { CoreSource } from './core-source.ts';
export { FileError } from './file-error.ts';
export { HostFolder, type HostFolderOptions } from './folder/host-folder.ts';
export { createNodeHost, type NodeHostOptions } from './host.ts';
export type { UrlCacheOptions } from './url-cache.ts';

/** What `createMachine` takes beside the description, in Node. */
export interface NodeMachineOptions extends NodeHostOptions {
  /** Whether the machine runs in a worker thread of its own. Default false: on this thread, in slices of some milliseconds. */
  readonly worker?: boolean;
  /** A module with devices and SBI answers of your own, loaded on the machine's thread; a path starts from `baseDirectory`. */
  readonly extension?: ExtensionSource;
}

/**
 * Makes a machine from its description; `start` runs it. Files are named by paths or
 * `file:` URLs, drives are raw images, locked while the machine is there.
 * @throws DescriptionError, FileError, ImageFormatError, BootPlacementError, DeviceConflictError,
 * ArgumentError, CoreLoadError, CoreMemoryError or WorkerError, which say what is wrong.
 */
export async function createMachine(
  description: MachineDescription,
  options?: NodeMachineOptions & { readonly worker?: false },
): Promise<LocalMachine>;
export async function createMachine(
  description: MachineDescription,
  options?: NodeMachineOptions,
): Promise<Machine>;
export async function createMachine(
  description: MachineDescription,
  options: NodeMachineOptions = {},
): Promise<Machine> {
  const { worker = false, ...host } = options;
  const baseDirectory = resolve(host.baseDirectory ?? '.');
  const extension = options.extension && {
    url: moduleUrl(urlOf(options.extension), baseDirectory),
    data: options.extension.data,
  };
  if (!worker) {
    const own = extension && (await loadExtension(extension));
    return LocalMachine.create(description, await createNodeHost({ ...host, ...own }));
  }
  return createRemoteMachine(description, {
    host,
    loadCore: () => loadCore(host.wasm),
    createThread,
    extension,
    environment: { baseDirectory },
  });
}

function moduleUrl(url: string, baseDirectory: string): string {
  return /^(file|data|node|https?):/.test(url) ? url : pathToFileURL(resolve(baseDirectory, url)).href;
}

/**
 * Loads a program without an operating system, to be run by its `run`.
 * @throws AssemblyError, ImageFormatError, ArgumentError, or what `createMachine` throws.
 */
export async function createProgram(
  source: ProgramSource,
  options: ProgramOptions & Pick<NodeMachineOptions, 'wasm' | 'worker' | 'extension'> = {},
): Promise<Program> {
  const { wasm, worker, extension, ...own } = options;
  return Program.create<NodeMachineOptions>(createMachine, source, own, { wasm, worker, extension });
}

registerError(FileError, 'FileError');
