/** From the command line to the exit code. */
import { readFile } from 'node:fs/promises';
import { DescriptionError, HartwareError } from '../../../index.ts';
import { GuestUnavailableError } from '../guest/debian.ts';
import { parseCommand, UsageError, type Command } from './arguments.ts';
import { bench } from './bench/bench.ts';
import { BrowserError } from './conformance/page-server.ts';
import { conformance } from './conformance/conformance.ts';
import { QemuError } from './conformance/qemu.ts';
import { describeMachine } from './describe.ts';
import { exportMachine, importMachine } from './exchange/exchange.ts';
import {
  BENCH_HELP,
  CONFORMANCE_HELP,
  DESCRIBE_HELP,
  EXPORT_HELP,
  HELP,
  IMAGE_HELP,
  IMPORT_HELP,
  RUN_HELP,
} from './help.ts';
import { image } from './image/image.ts';
import { oneLine, printable, writeAll } from './output.ts';
import { packageFile } from './package-file.ts';
import { run } from './run.ts';
import { Interrupted } from './signals.ts';

const TEXTS = {
  help: HELP,
  'run-help': RUN_HELP,
  'bench-help': BENCH_HELP,
  'describe-help': DESCRIBE_HELP,
  'conformance-help': CONFORMANCE_HELP,
  'export-help': EXPORT_HELP,
  'import-help': IMPORT_HELP,
  'image-help': IMAGE_HELP,
} as const;

/** What a user can do something about; anything else is a mistake of this program. */
const EXPECTED = [HartwareError, GuestUnavailableError, QemuError, BrowserError];

/** Runs the command and returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await execute(parseCommand(args));
  } catch (error) {
    if (error instanceof UsageError) return complain(error.message, 2);
    if (error instanceof Interrupted) return 128 + error.signal;
    const isExpected = EXPECTED.some((type) => error instanceof type);
    const text = error instanceof Error ? (isExpected ? error.message : error.stack) : String(error);
    // What is wrong with a description has a line for each thing; other messages are one.
    const isList =
      error instanceof Error && [error, error.cause].some((each) => each instanceof DescriptionError);
    return complain(isExpected && !isList ? oneLine(text!) : text!, 1);
  }
}

async function execute(command: Command): Promise<number> {
  if (command.kind === 'run') return run(command.run);
  if (command.kind === 'describe') return describeMachine(command.describe);
  if (command.kind === 'bench') return bench(command.bench, await version());
  if (command.kind === 'conformance') return conformance(command.conformance, await version());
  if (command.kind === 'export') return exportMachine(command.export);
  if (command.kind === 'import') return importMachine(command.import);
  if (command.kind === 'image') return image(command.image);
  if (command.kind === 'version') await writeAll(process.stdout, `hartware ${await version()}\n`);
  else await writeAll(process.stdout, TEXTS[command.kind]);
  return 0;
}

async function complain(message: string, code: number): Promise<number> {
  const lines = message
    .split('\n')
    .map((line, index) => printable(index > 0 && /^ /.test(line) ? line : `hartware: ${line}`));
  await writeAll(process.stderr, `${lines.join('\n')}\n`);
  return code;
}

async function version(): Promise<string> {
  return (JSON.parse(await readFile(packageFile('package.json'), 'utf8')) as { version: string }).version;
}
