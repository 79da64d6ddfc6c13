/** A machine description in a file. */
import { dirname } from 'node:path';
import { DescriptionError, validateDescription, type MachineDescription } from '../../../index.ts';
import { checkFiles } from '../../../machine/check-files.ts';
import { FileError } from '../file-error.ts';
import { createNodeHost, type NodeHostOptions } from '../host.ts';
import { readBytes } from './files.ts';

/**
 * @param host with what the files that it names are looked at, too, where it is wrong. Default: they are not.
 * @throws FileError that has a line for each thing that is wrong.
 */
export async function readDescription(file: string, host?: NodeHostOptions): Promise<MachineDescription> {
  const bytes = await readBytes(file);
  let document: unknown;
  try {
    // Without a byte order mark, which editors may have put before it (RFC 8259, 8.1).
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    const reason = (error as Error).message.replace(/\s+/g, ' ');
    throw new FileError(`${file} is no machine description: ${reason}`, { cause: error });
  }
  try {
    return validateDescription(document);
  } catch (error) {
    if (host) await checkNamedFiles(file, document, host);
    throw inFile(file, error);
  }
}

/**
 * Checks the description in a file and the files that it names.
 * @param options what is shared is only looked for where they have `shares`.
 * @throws FileError likewise.
 */
export async function checkNamedFiles(
  file: string,
  description: unknown,
  options: NodeHostOptions = {},
): Promise<void> {
  try {
    const { openShare, ...host } = await createNodeHost({ baseDirectory: dirname(file), ...options });
    await checkFiles(description, { ...host, ...(options.shares && { openShare }) });
  } catch (error) {
    throw inFile(file, error);
  }
}

/** What is wrong with a description, with the name of its file before each line. */
function inFile(file: string, error: unknown): unknown {
  if (!(error instanceof DescriptionError)) return error;
  const lines = error.message.split('\n').map((line) => `${file}: ${line}`);
  return new FileError(lines.join('\n'), { cause: error });
}
