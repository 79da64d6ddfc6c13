/** What a check of an image finds. */
import { DiskImageError } from './error.ts';
import type { CheckReport } from './disk-image.ts';

const MAX_LINES = 100;

/** Collects errors, of which a report has the first, and counts them all. */
export class Findings {
  errorCount = 0;
  /** Room in the file that nothing uses, in clusters. */
  leaks = 0;
  private readonly lines: string[] = [];

  error(line: string): void {
    if (this.errorCount++ < MAX_LINES) this.lines.push(line);
  }

  /** The same of something at an offset in the file. */
  errorAt(offset: number, line: string): void {
    this.error(`offset ${offset}: ${line}`);
  }

  /** Runs `work`; that the image is damaged becomes an error, and undefined the result. */
  async collect<T>(work: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DiskImageError)) throw error;
      this.errorAt(error.offset ?? 0, error.reason);
      return undefined;
    }
  }

  /** The first error. */
  get first(): string | undefined {
    return this.lines[0];
  }

  report(repaired: number): CheckReport {
    const { errorCount, leaks } = this;
    const more = errorCount - this.lines.length;
    const errors = more > 0 ? [...this.lines, `and ${more} more`] : this.lines;
    return { errors, errorCount, leaks, repaired };
  }
}
