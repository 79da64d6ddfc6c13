/** The package in browsers and their workers. */
import type { MachineDescription } from '../../machine/description.ts';
import { LocalMachine } from '../../machine/machine.ts';
import { createBrowserHost, type BrowserHostOptions } from './host.ts';

export * from '../../index.ts';
export type { CoreSource } from './core.ts';
export { createBrowserHost, FetchError, type BrowserHostOptions } from './host.ts';

/**
 * Makes a machine from its description; `start` runs it. Files are named by URLs,
 * drives by their names in `options.drives`.
 * @throws DescriptionError, FetchError, ImageFormatError, BootPlacementError or CoreLoadError,
 * which say what is wrong.
 */
export async function createMachine(
  description: MachineDescription,
  options: BrowserHostOptions = {},
): Promise<LocalMachine> {
  return LocalMachine.create(description, await createBrowserHost(options));
}
