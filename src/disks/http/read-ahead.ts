/** Guessing what is read next: where a reader goes on from where it stopped, it is given more each time. */

/** Readers that are followed at a time. */
const STREAMS = 8;
/** First and greatest amounts that are read ahead, in bytes. */
const FIRST = 64 * 1024;
const GREATEST = 2 * 1024 * 1024;

interface Stream {
  /** Where it stopped. */
  readonly next: number;
  /** How much it is given ahead. */
  readonly window: number;
  /** Up to where it was given. */
  readonly until: number;
}

export class ReadAhead {
  /** The last is the latest. */
  private readonly streams: Stream[] = [];

  /** What behind a read of `start` to before `end` is worth having now. */
  after(start: number, end: number): { readonly start: number; readonly end: number } | undefined {
    const known = this.streams.findIndex(({ next }) => next === start);
    const [stream] = known < 0 ? [] : this.streams.splice(known, 1);
    if (this.streams.length === STREAMS) this.streams.shift();
    if (!stream) {
      this.streams.push({ next: end, window: 0, until: end });
      return undefined;
    }
    // Not before half of it is used up: few large requests, and not one for each read.
    if (stream.until - end > stream.window / 2) {
      this.streams.push({ ...stream, next: end });
      return undefined;
    }
    const window = Math.min(GREATEST, Math.max(FIRST, 2 * stream.window));
    this.streams.push({ next: end, window, until: end + window });
    return { start: Math.max(stream.until, end), end: end + window };
  }
}
