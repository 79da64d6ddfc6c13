/** Files that the user names: one that cannot be used is a FileError that names it. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fileError } from '../file-error.ts';

/** @throws FileError */
export function readBytes(file: string | URL): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => {
    throw fileError('read', file instanceof URL ? fileURLToPath(file) : file, error);
  });
}

/** @throws FileError */
export async function readText(file: string): Promise<string> {
  return (await readBytes(file)).toString('utf8');
}

/** @throws FileError */
export function write(file: string, content: string | Uint8Array): Promise<void> {
  return writeFile(file, content).catch((error: unknown) => {
    throw fileError('write', file, error);
  });
}
