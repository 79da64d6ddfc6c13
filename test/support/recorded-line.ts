/** An interrupt wire that remembers its level and counts its rising edges. */
import type { InterruptLine } from '../../src/interrupt.ts';

export class RecordedLine implements InterruptLine {
  level = false;
  /** Times the wire went from low to high. */
  rises = 0;

  set(level: boolean): void {
    if (level && !this.level) this.rises++;
    this.level = level;
  }
}
