/**
 * A guest in a process of its own, its console on standard input and output: ours and
 * the peers look alike from here, and are timed the same way, from outside.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { MachineMessage } from './machine-process.ts';
import { Transcript } from './transcript.ts';

export interface GuestCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Whether the process answers the messages of machine-process.ts. */
  readonly isOurs?: boolean;
}

export interface GuestExit<M = MachineMessage> {
  /** From the start of the process to its end, in milliseconds. */
  readonly time: number;
  readonly code: number | null;
  readonly output: string;
  /** Of our machine: its last statistics. */
  readonly statistics?: M;
}

/** The guest did not do what was expected of it; the message has the end of its output. */
export class GuestProcessError extends Error {
  override readonly name = 'GuestProcessError';
}

/** `M` is what our process answers the message "statistics" with. */
export class GuestProcess<M = MachineMessage> {
  readonly ended: Promise<GuestExit<M>>;
  private readonly child: ChildProcess;
  private readonly start = performance.now();
  /** The console, in milliseconds from the start of the process. */
  readonly console = new Transcript();
  private readonly seenMarks = new Map<string, number>();
  private failure: GuestProcessError | undefined;
  private lastStatistics: M | undefined;
  private onOutput: (() => void) | undefined;
  private onStatistics: ((message: M) => void) | undefined;

  /** @param marks texts of the console whose times are noted. */
  constructor(
    private readonly command: GuestCommand,
    private readonly marks: readonly string[] = [],
  ) {
    this.child = spawn(command.command, command.args, {
      stdio: command.isOurs ? ['pipe', 'pipe', 'inherit', 'ipc'] : ['pipe', 'pipe', 'inherit'],
    });
    this.child.stdin!.on('error', () => {});
    this.child.stdout!.on('data', (bytes: Buffer) => this.note(bytes.toString('latin1')));
    this.child.on('message', (message: M) => {
      this.lastStatistics = message;
      this.onStatistics?.(message);
    });
    let exitTime = 0;
    this.child.on('exit', () => (exitTime = performance.now() - this.start));
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', (error) => {
        this.failure = this.error(`cannot run: ${error.message}`);
        reject(this.failure);
      });
      this.child.on('close', (code) => {
        resolve({ time: exitTime, code, output: this.console.text, statistics: this.lastStatistics });
        this.console.end(this.error(`found the end, with exit code ${code}`));
        this.onOutput?.();
      });
    });
    this.ended.catch((error: Error) => {
      this.console.end(error);
      this.onOutput?.();
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /**
   * When the mark first appeared on the console, in milliseconds from the start of the process.
   * @throws GuestProcessError when it does not within `limit` milliseconds.
   */
  async mark(text: string, limit = 300_000): Promise<number> {
    const deadline = performance.now() + limit;
    for (;;) {
      const time = this.seenMarks.get(text);
      if (time !== undefined) return time;
      if (this.failure) throw this.failure;
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw this.error(`expected ${JSON.stringify(text)} on the console, found the end`);
      }
      if (performance.now() > deadline) {
        throw this.error(`expected ${JSON.stringify(text)} on the console, found none in ${limit} ms`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1000);
        this.onOutput = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Types on the guest's console. */
  type(text: string): void {
    this.child.stdin!.write(text);
  }

  /** Instructions and times of our machine, as of now. */
  async statistics(): Promise<M> {
    if (!this.command.isOurs) throw this.error('expected a machine of ours, found a peer');
    return new Promise((resolve, reject) => {
      const onExit = (): void => reject(this.error('expected statistics, found the end'));
      this.onStatistics = (message) => {
        this.child.off('exit', onExit);
        resolve(message);
      };
      this.child.once('exit', onExit);
      this.child.send('statistics');
    });
  }

  /** Waits for the guest's own end. */
  async finished(limit = 300_000): Promise<GuestExit<M>> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), limit);
    const exit = await this.ended;
    clearTimeout(timer);
    if (exit.code !== 0) throw this.error(`expected the guest to power off, found exit code ${exit.code}`);
    return exit;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended.catch(() => {});
  }

  private note(text: string): void {
    const time = performance.now() - this.start;
    this.console.append(text, time);
    for (const mark of this.marks) {
      if (!this.seenMarks.has(mark) && this.console.text.includes(mark)) this.seenMarks.set(mark, time);
    }
    this.onOutput?.();
  }

  private error(message: string): GuestProcessError {
    const tail = this.console.text.slice(-400).trim();
    return new GuestProcessError(`${this.command.command}: ${message}${tail ? `\n${tail}` : ''}`);
  }
}
