/** What a check finds. */
import { DiskImageError, type CheckReport } from '../disk-image.ts';

const MOST_LISTED = 100;

export class Findings {
  errorCount = 0;
  leaks = 0;
  private readonly errors: string[] = [];

  /** @param offset where in the file. */
  error(text: string, offset: number): void {
    if (this.errorCount++ < MOST_LISTED) this.errors.push(`offset ${offset}: ${text}`);
  }

  /** Runs `work`; that the image is damaged becomes an error, and undefined the result. */
  async collect<T>(work: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DiskImageError)) throw error;
      this.error(error.reason, error.offset ?? 0);
      return undefined;
    }
  }

  report(repaired: number): CheckReport {
    const more = this.errorCount - this.errors.length;
    const errors = more > 0 ? [...this.errors, `and ${more} more`] : this.errors;
    return { errors, errorCount: this.errorCount, leaks: this.leaks, repaired };
  }
}
