/**
 * Talks to a shell on a guest's console as a person would: waits for what is
 * printed, then types. Every failure shows all that the guest has printed.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { SHELL_PROMPT } from '../../src/bindings/node/guest/initramfs.ts';
import type { LocalMachine } from '../../src/machine/machine.ts';

const SECOND = 1000;
/** A boot takes a tenth of it on an idle computer. */
export const BOOT_TIMEOUT = 120 * SECOND;
const COMMAND_TIMEOUT = 60 * SECOND;
/** A terminal's line is limited to 4096 bytes (Linux, N_TTY_BUF_SIZE). */
const MAX_LINE = 4000;
/** The last that a kernel prints that will not go on. */
const PANIC = '---[ end Kernel panic';

export class GuestConsole {
  /** Everything that was printed, with line ends as in a text file. */
  transcript = '';
  /** Up to here, `waitFor` has taken it. */
  private position = 0;
  private isOver = false;
  private onOutput: (() => void) | undefined;

  constructor(
    output: AsyncIterable<Uint8Array>,
    private readonly write: (bytes: Uint8Array) => Promise<void> | void,
  ) {
    void this.read(output);
  }

  static ofMachine({ serial }: LocalMachine): GuestConsole {
    const writer = serial.input.getWriter();
    return new GuestConsole(serial.output, (bytes) => writer.write(bytes));
  }

  static ofProcess({ stdin, stdout }: ChildProcessWithoutNullStreams): GuestConsole {
    // What is typed after the end of the process is lost, and the wait for an answer says so.
    stdin.on('error', () => {});
    return new GuestConsole(stdout, (bytes) => void stdin.write(bytes));
  }

  type(text: string): void {
    void Promise.resolve(this.write(Buffer.from(text))).catch(() => {});
  }

  /** Resolves with what was printed up to the end of `pattern`. */
  async waitFor(pattern: string | RegExp, timeout = COMMAND_TIMEOUT): Promise<string> {
    const deadline = performance.now() + timeout;
    for (;;) {
      const text = this.transcript.slice(this.position);
      const end = matchEnd(text, pattern);
      if (end >= 0) {
        this.position += end;
        return text.slice(0, end);
      }
      if (text.includes(PANIC)) this.fail(`the kernel panicked before ${pattern}`);
      const left = deadline - performance.now();
      if (this.isOver) this.fail(`the output ended without ${pattern}`);
      if (left <= 0) this.fail(`no ${pattern} within ${timeout / SECOND} s`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.onOutput = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Waits for the first prompt of the shell. */
  async waitForShell(timeout = BOOT_TIMEOUT): Promise<string> {
    return this.waitFor(SHELL_PROMPT, timeout);
  }

  /** Runs a command at the prompt; resolves with what it printed and its exit status. */
  async run(command: string, timeout?: number): Promise<{ output: string; status: number }> {
    const line = `${command}; echo "<status $?>"`;
    if (line.length > MAX_LINE) throw new RangeError(`a line of ${line.length} bytes is too long`);
    this.type(`${line}\n`);
    const text = await this.waitFor(SHELL_PROMPT, timeout);
    const ending = /<status (\d+)>\n/.exec(text);
    if (!ending) this.fail(`no exit status of ${command}`);
    return { output: text.slice(0, ending.index), status: Number(ending[1]) };
  }

  /** What a command prints; it must succeed. */
  async outputOf(command: string, timeout?: number): Promise<string> {
    const { output, status } = await this.run(command, timeout);
    if (status !== 0) this.fail(`${command} ended with status ${status}`);
    return output.trim();
  }

  /** @throws an Error with the transcript. */
  fail(problem: string): never {
    throw new Error(`${problem}. The console printed:\n${this.transcript}`);
  }

  private async read(output: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of output) {
      this.transcript += decoder.decode(bytes, { stream: true }).replaceAll('\r', '');
      this.onOutput?.();
    }
    this.isOver = true;
    this.onOutput?.();
  }
}

function matchEnd(text: string, pattern: string | RegExp): number {
  if (typeof pattern === 'string') {
    const at = text.indexOf(pattern);
    return at < 0 ? -1 : at + pattern.length;
  }
  const match = pattern.exec(text);
  return match ? match.index + match[0].length : -1;
}
