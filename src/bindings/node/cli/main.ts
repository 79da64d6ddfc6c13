/** From the command line to the exit code. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  BootPlacementError,
  CoreLoadError,
  CoreMemoryError,
  DescriptionError,
  FdtFormatError,
  ImageFormatError,
} from '../../../index.ts';
import { FileError } from '../file-error.ts';
import { GuestUnavailableError } from '../guest/debian.ts';
import { parseCommand, UsageError, type Command } from './arguments.ts';
import { Interrupted } from './debian.ts';
import { HELP, RUN_HELP } from './help.ts';
import { writeAll } from './output.ts';
import { run } from './run.ts';

/** What a user can do something about; anything else is a mistake of this program. */
const EXPECTED = [
  FileError,
  GuestUnavailableError,
  ImageFormatError,
  FdtFormatError,
  DescriptionError,
  BootPlacementError,
  CoreLoadError,
  CoreMemoryError,
];

/** Runs the command and returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await execute(parseCommand(args));
  } catch (error) {
    if (error instanceof UsageError) return complain(error.message, 2);
    if (error instanceof Interrupted) return 130;
    const isExpected = EXPECTED.some((type) => error instanceof type);
    const text = error instanceof Error ? (isExpected ? error.message : error.stack) : String(error);
    return complain(isExpected ? text!.replace(/\s*\n\s*/g, ' ') : text!, 1);
  }
}

async function execute(command: Command): Promise<number> {
  if (command.kind === 'run') return run(command.run);
  if (command.kind === 'version') await writeAll(process.stdout, `hartware ${await version()}\n`);
  else await writeAll(process.stdout, command.kind === 'help' ? HELP : RUN_HELP);
  return 0;
}

async function complain(message: string, code: number): Promise<number> {
  await writeAll(process.stderr, `hartware: ${message}\n`);
  return code;
}

async function version(): Promise<string> {
  // dist/cli.js, or this file when the sources run.
  const up = import.meta.url.endsWith('.ts') ? '../../../../package.json' : '../package.json';
  const path = fileURLToPath(new URL(up, import.meta.url));
  return (JSON.parse(await readFile(path, 'utf8')) as { version: string }).version;
}
