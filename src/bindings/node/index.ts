/** The package in Node. */
import type { MachineDescription } from '../../machine/description.ts';
import { LocalMachine } from '../../machine/machine.ts';
import { createNodeHost, type NodeHostOptions } from './host.ts';

export * from '../../index.ts';
export type { CoreSource } from './core.ts';
export { FileBlockBackend } from './file-backend.ts';
export { FileError } from './file-error.ts';
export { createNodeHost, type NodeHostOptions } from './host.ts';

/**
 * Makes a machine from its description; `start` runs it. Files are named by paths or
 * `file:` URLs, drives are raw images, locked while the machine is there.
 * @throws DescriptionError, FileError, ImageFormatError, BootPlacementError or CoreLoadError,
 * which say what is wrong.
 */
export async function createMachine(
  description: MachineDescription,
  options: NodeHostOptions = {},
): Promise<LocalMachine> {
  return LocalMachine.create(description, await createNodeHost(options));
}
