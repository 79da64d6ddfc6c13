/** A machine description in a file. */
import { DescriptionError, validateDescription, type MachineDescription } from '../../../index.ts';
import { FileError } from '../file-error.ts';
import { readText } from './files.ts';

/** @throws FileError that has a line for each thing that is wrong. */
export async function readDescription(file: string): Promise<MachineDescription> {
  const text = await readText(file);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const reason = (error as Error).message.replace(/\s+/g, ' ');
    throw new FileError(`${file} is no machine description: ${reason}`, { cause: error });
  }
  try {
    return validateDescription(document);
  } catch (error) {
    if (!(error instanceof DescriptionError)) throw error;
    const lines = error.message.split('\n').map((line) => `${file}: ${line}`);
    throw new FileError(lines.join('\n'), { cause: error });
  }
}
