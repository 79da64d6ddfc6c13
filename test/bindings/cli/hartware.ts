/** Runs the built command, and small bare-metal programs for it. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assemble } from '../../../src/assembler/assembler.ts';
import { parseCommand, UsageError } from '../../../src/bindings/node/cli/arguments.ts';
import { JIT_MODE } from '../../support/jit-mode.ts';

export const CLI = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));

export interface Result {
  /** The exit code; undefined when a signal ended the process. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is wrong with a command line. */
export function problem(...args: string[]): string {
  try {
    parseCommand(args);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('was accepted');
}

/**
 * Starts the command; `run` with the mode of the JIT that the suite has.
 * @param env default this process's.
 */
export function start(
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): ChildProcessWithoutNullStreams {
  const [command, ...rest] = args;
  const all = command === 'run' ? [command, '--jit', JIT_MODE, ...rest] : args;
  return spawn(process.execPath, [CLI, ...all], { stdio: 'pipe', env });
}

export async function finish(child: ChildProcessWithoutNullStreams): Promise<Result> {
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('latin1')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('latin1')));
  const code = await new Promise<number | undefined>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? undefined));
  });
  return { code, stdout, stderr };
}

/** Runs the command to its end, with `input` as standard input. */
export async function hartware(args: readonly string[], input = ''): Promise<Result> {
  const child = start(args);
  child.stdin.end(input);
  return finish(child);
}

/** Resolves when the child has printed `text`. */
export function printed(child: ChildProcessWithoutNullStreams, text: string): Promise<void> {
  let seen = '';
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString('latin1');
      if (seen.includes(text)) resolve();
    });
    child.on('close', () => reject(new Error(`ended without printing ${text}; printed ${seen}`)));
  });
}

const UART_AND_FINISHER = `
        li    s0, 0x10000000      # UART
        li    s1, 0x100000        # test finisher
`;

const PRINT = `
print:  lbu   t0, (a0)
        beqz  t0, 1f
        sb    t0, (s0)
        addi  a0, a0, 1
        j     print
1:      ret
`;

/** Prints `text` and powers off; with a `code` other than 0 it reports that failure. */
export function greeter(text: string, code = 0): Uint8Array {
  return assemble(`
_start: ${UART_AND_FINISHER}
        la    a0, text
        call  print
        li    t0, ${code === 0 ? 0x5555 : code * 0x10000 + 0x3333}
        sw    t0, (s1)
        j     .
        ${PRINT}
text:   .asciz ${JSON.stringify(text)}
`).bytes;
}

/** Prints "ready", then what it reads from the UART, with letters of ASCII in upper case, until a full stop. */
export function echoer(): Uint8Array {
  return assemble(`
_start: ${UART_AND_FINISHER}
        la    a0, text
        call  print
next:   lbu   t0, 5(s0)
        andi  t0, t0, 1
        beqz  t0, next
        lbu   t0, (s0)
        li    t1, '.'
        beq   t0, t1, done
        li    t1, 'a'
        bltu  t0, t1, put
        addi  t0, t0, -32
put:    sb    t0, (s0)
        j     next
done:   li    t0, 0x5555
        sw    t0, (s1)
        j     .
        ${PRINT}
text:   .asciz "ready\\n"
`).bytes;
}

/** Prints without end. */
export function chatterbox(): Uint8Array {
  return assemble(`
_start: ${UART_AND_FINISHER}
        li    t0, 'x'
next:   sb    t0, (s0)
        j     next
`).bytes;
}

/** Prints "ready", then waits for an interrupt that never comes. */
export function sleeper(): Uint8Array {
  return assemble(`
_start: ${UART_AND_FINISHER}
        la    a0, text
        call  print
sleep:  wfi
        j     sleep
        ${PRINT}
text:   .asciz "ready\\n"
`).bytes;
}

/** A directory with files, for one test file. */
export class Workplace {
  private constructor(readonly directory: string) {}

  static async make(): Promise<Workplace> {
    return new Workplace(await mkdtemp(join(tmpdir(), 'hartware-')));
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  async put(name: string, content: Uint8Array | string): Promise<string> {
    await writeFile(this.path(name), content);
    return this.path(name);
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true });
  }
}
