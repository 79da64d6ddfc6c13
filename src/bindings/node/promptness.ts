/** When calls of the system are made on the machine's own thread, which waits for them. */

/** A call that takes longer, in milliseconds, has waited for something ... */
const PROMPT = 1;
/** ... beside what it takes to copy so many bytes in a millisecond. */
const COPIED = 1 << 20;
/** What part of the time may be spent with waiting ... */
const SHARE = 0.25;
/** ... and how much of it in a row, in milliseconds. */
const BURST = 10;

/**
 * Calls that are expected to be prompt. Where they are not, because a disk is slow, they are made
 * for as long as the thread waits for a quarter of its time at most.
 */
export class Promptness {
  /** How long it may wait, in milliseconds; negative when it has waited for longer. */
  private credit = BURST;
  private countedUntil: number;

  /** @param now a clock in milliseconds. */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.countedUntil = now();
  }

  /**
   * Makes the call, unless others have waited for too long: then the answer is false.
   * @param call answers how many bytes it has copied.
   */
  attempt(call: () => number): boolean {
    const start = this.now();
    this.credit = Math.min(BURST, this.credit + SHARE * (start - this.countedUntil));
    this.countedUntil = start;
    if (this.credit <= 0) return false;
    const bytes = call();
    const time = this.now() - start;
    if (time > PROMPT + bytes / COPIED) this.credit -= time;
    return true;
  }
}
