/** `hartware describe`: what a description file says, in full, and whether it is right. */
import { readFile } from 'node:fs/promises';
import {
  canonicalDescription,
  DescriptionError,
  descriptionDigest,
  validateDescription,
  type MachineDescription,
} from '../../../index.ts';
import { completeDescription } from '../../../machine/description.ts';
import { FileError, fileError } from '../file-error.ts';
import type { DescribeArguments } from './describe-arguments.ts';
import { writeAll } from './output.ts';

/** Prints it and returns the exit code. */
export async function describeMachine({ file, form }: DescribeArguments): Promise<number> {
  const description = await readDescription(file);
  const text = {
    resolved: () => JSON.stringify(completeDescription(description), undefined, 2),
    canonical: () => canonicalDescription(description),
    digest: () => descriptionDigest(description),
  };
  // The canonical form ends where it ends, so that a digest of the output is that of the machine.
  await writeAll(process.stdout, `${text[form]()}${form === 'canonical' ? '' : '\n'}`);
  return 0;
}

/** @throws FileError that has a line for each thing that is wrong. */
export async function readDescription(file: string): Promise<MachineDescription> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw fileError('read', file, error);
  }
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
