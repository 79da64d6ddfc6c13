/** Where the files of the package are that the command needs. */

// From dist/cli.js, or from this file when the sources run.
const PACKAGE = new URL(import.meta.url.endsWith('.ts') ? '../../../../' : '../', import.meta.url);

/** @param path from the package's own folder. */
export function packageFile(path: string): URL {
  return new URL(path, PACKAGE);
}
