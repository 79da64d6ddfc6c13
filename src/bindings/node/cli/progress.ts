/** Progress on standard error: one line that changes on a terminal, few lines otherwise. */
import type { GuestProgress } from '../guest/package-source.ts';

const MEGABYTE = 1e6;
const ERASE_LINE = '\r\x1b[K';
/** Time between two changes of the line, in milliseconds. */
const INTERVAL = 100;

export class ProgressDisplay {
  private isLineOpen = false;
  private shownText = '';
  private shownAt = 0;

  constructor(private readonly output: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>) {}

  readonly report = (progress: GuestProgress): void => {
    if (!this.output.isTTY) {
      // A download reports many times; its start is enough.
      if (progress.text === this.shownText) return;
      this.shownText = progress.text;
      this.output.write(`${progress.text}\n`);
      return;
    }
    if (progress.kind === 'note') {
      this.done();
      this.output.write(`${progress.text}\n`);
      return;
    }
    const isSame = progress.text === this.shownText;
    const isEnd = progress.bytes !== undefined && progress.bytes === progress.total;
    if (isSame && !isEnd && Date.now() - this.shownAt < INTERVAL) return;
    this.shownText = progress.text;
    this.shownAt = Date.now();
    this.isLineOpen = true;
    this.output.write(ERASE_LINE + describe(progress).slice(0, (this.output.columns || 80) - 1));
  };

  /** Takes the changing line away. */
  done(): void {
    if (this.isLineOpen) this.output.write(ERASE_LINE);
    this.isLineOpen = false;
  }
}

function describe({ text, bytes, total }: GuestProgress): string {
  if (bytes === undefined) return `${text} ...`;
  if (!total) return `${text}: ${megabytes(bytes)}`;
  const percent = `${Math.floor((100 * bytes) / total)} %`;
  return total <= 1 ? `${text}: ${percent}` : `${text}: ${percent} of ${megabytes(total)}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}
