/** What a check of an image finds. */
import type { CheckReport } from './disk-image.ts';

const MAX_LINES = 100;

/** Collects errors, of which a report has the first. */
export class Findings {
  private readonly lines: string[] = [];
  private count = 0;

  get errorCount(): number {
    return this.count;
  }

  error(line: string): void {
    if (this.count++ < MAX_LINES) this.lines.push(line);
  }

  report({ leaks, repaired }: { leaks: number; repaired: number }): CheckReport {
    const more = this.count - this.lines.length;
    const errors = more > 0 ? [...this.lines, `and ${more} more`] : this.lines;
    return { errors, errorCount: this.count, leaks, repaired };
  }
}
