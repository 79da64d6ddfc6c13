/**
 * Programs and files that some tests compare with and that not every machine
 * has. Where CI is set, all of them must be there; elsewhere the tests that
 * need a missing one are skipped, with the reason on the console:
 *
 *   describe.skipIf(!requireTool('dtc', 'device-tree-compiler'))(…)
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether `command` is an executable file on the PATH. */
export function hasTool(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Like `hasTool`; a missing one is reported. `debianPackage` is where Debian has it. */
export function requireTool(command: string, debianPackage: string): boolean {
  return hasTool(command) || reportMissing(`${command} (Debian package ${debianPackage})`);
}

/** Whether the file is there; a missing one is reported. */
export function requireFile(path: string, debianPackage: string): boolean {
  return existsSync(path) || reportMissing(`${path} (Debian package ${debianPackage})`);
}

/** Always false. @throws where CI is set. */
export function reportMissing(what: string): false {
  if (process.env['CI']) throw new Error(`${what} is not installed, and CI needs it`);
  console.warn(`skipped: ${what} is not installed`);
  return false;
}
