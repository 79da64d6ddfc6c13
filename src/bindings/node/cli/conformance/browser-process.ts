/** A browser that the command starts, and ends again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { BrowserError } from './page-server.ts';

/** How long it may take to end when asked to, in milliseconds. */
const GRACE = 5000;
/** How long its last words may be under way. */
const LAST_WORDS = 200;
/** How much of what it complains of is kept, in characters. */
const KEPT = 4096;
const LONGEST_LINE = 200;

export class BrowserProcess {
  private readonly closed: Promise<unknown>;
  private readonly exited: Promise<unknown>;
  private complaint = '';
  private isWanted = true;

  private constructor(
    private readonly child: ChildProcess,
    private readonly command: string,
    onFailure: (error: BrowserError) => void,
  ) {
    child.stderr!.setEncoding('utf8').on('data', (data: string) => {
      this.complaint = (this.complaint + data).slice(-KEPT);
    });
    this.closed = new Promise((resolve) => child.once('close', resolve));
    this.exited = new Promise<void>((resolve) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        resolve();
        const reason = error.code === 'ENOENT' ? 'no such command' : error.message;
        onFailure(new BrowserError(`cannot start ${command}: ${reason}`));
      });
      child.once('exit', (code, signal) => {
        resolve();
        if (this.isWanted) void this.explain(signal ?? `code ${code}`).then(onFailure);
      });
    });
  }

  /**
   * Starts a command with the URL as its last argument.
   * @param onFailure hears, after this has returned, that it cannot be started, or has ended.
   */
  static start(
    [command, ...args]: readonly [string, ...string[]],
    url: string,
    onFailure: (error: BrowserError) => void,
  ): BrowserProcess {
    // In a group of its own: browsers are many processes, some started by scripts.
    const child = spawn(command, [...args, url], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    return new BrowserProcess(child, command, onFailure);
  }

  /** Ends it and waits until it has ended. */
  async end(): Promise<void> {
    this.isWanted = false;
    this.kill('SIGTERM');
    const patience = new AbortController();
    await Promise.race([this.exited, setTimeout(GRACE, undefined, { signal: patience.signal })]);
    patience.abort();
    this.kill('SIGKILL');
    await this.exited;
  }

  private kill(signal: NodeJS.Signals): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // All of the group have ended, or the system has no groups.
      this.child.kill(signal);
    }
  }

  private async explain(how: string): Promise<BrowserError> {
    await Promise.race([this.closed, setTimeout(LAST_WORDS)]);
    const line = this.complaint.trim().split('\n').at(-1)!.slice(0, LONGEST_LINE);
    const words = line === '' ? '' : `: ${line}`;
    return new BrowserError(`${this.command} ended with ${how} before all results were there${words}`);
  }
}
