/** The terminal that the command runs in: raw while a machine has it, and put back however it ends. */

/** Attributes, cursor, screen and paste mode as shells expect them; a guest may have left others. */
const NORMAL_STATE = '\x1b[0m\x1b[?25h\x1b[?1047l\x1b[?2004l';

export class Terminal {
  private isRaw = false;

  constructor(
    private readonly input: NodeJS.ReadStream,
    private readonly output: NodeJS.WriteStream,
  ) {}

  /** Whether keys come from a terminal. */
  get isInteractive(): boolean {
    return this.input.isTTY;
  }

  /** In characters; undefined when the output is no terminal, or it does not know. */
  get size(): { columns: number; rows: number } | undefined {
    const { columns, rows, isTTY } = this.output;
    return isTTY && columns > 0 && rows > 0 ? { columns, rows } : undefined;
  }

  enterRawMode(): void {
    if (this.isRaw || !this.isInteractive) return;
    this.isRaw = true;
    process.on('exit', this.restore);
    // After a stop the shell has changed the mode.
    process.on('SIGCONT', this.resume);
    this.input.setRawMode(true);
  }

  readonly restore = (): void => {
    if (!this.isRaw) return;
    this.isRaw = false;
    process.off('exit', this.restore);
    process.off('SIGCONT', this.resume);
    try {
      this.input.setRawMode(false);
      if (this.output.isTTY) this.output.write(NORMAL_STATE);
    } catch {
      // The terminal is gone.
    }
  };

  private readonly resume = (): void => {
    if (this.isRaw) this.input.setRawMode(true);
  };

  /** Calls back with the new size when the terminal has one; the result ends that. */
  onResize(callback: (size: { columns: number; rows: number }) => void): () => void {
    const listener = (): void => {
      const { size } = this;
      if (size) callback(size);
    };
    this.output.on('resize', listener);
    return () => void this.output.off('resize', listener);
  }
}
