/** A machine description in a file. */
import { readFile } from 'node:fs/promises';
import { validateDescription, type MachineDescription } from '../../../index.ts';
import { FileError, fileError } from '../file-error.ts';

/** @throws FileError */
export async function readDescription(file: string): Promise<MachineDescription> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw fileError('read', file, error);
  }
  try {
    return validateDescription(JSON.parse(text));
  } catch (error) {
    throw new FileError(`${file} is no machine description: ${(error as Error).message}`, { cause: error });
  }
}
