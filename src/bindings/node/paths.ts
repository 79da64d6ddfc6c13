/** Files as descriptions name them. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileError, fileError } from './file-error.ts';

/** @throws FileError for a URL of another kind than file:. */
export function toPath(reference: string, baseDirectory: string): string {
  if (/^file:/i.test(reference)) {
    try {
      return fileURLToPath(reference);
    } catch (error) {
      throw fileError('read', reference, error);
    }
  }
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(reference)?.[1];
  if (scheme !== undefined) {
    throw new FileError(
      `cannot read ${reference}: expected a path or a file: URL, found a URL with ${scheme}:`,
    );
  }
  return resolve(baseDirectory, reference);
}
