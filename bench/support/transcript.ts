/** What a console has shown, and when. */

/** What was waited for did not come; the message has the end of the text. */
export class TranscriptError extends Error {
  override readonly name = 'TranscriptError';
}

export class Transcript {
  private shown = '';
  /** Where each piece ends, and when it came. */
  private readonly pieces: { readonly end: number; readonly time: number }[] = [];
  private failure: Error | undefined;
  private readonly waiting = new Set<() => void>();

  get text(): string {
    return this.shown;
  }

  append(text: string, time: number): void {
    this.shown += text;
    this.pieces.push({ end: this.shown.length, time });
    this.wake();
  }

  /** Nothing follows: who waits for more gets the error. */
  end(error: Error): void {
    this.failure ??= error;
    this.wake();
  }

  /** When the character at this place came. */
  timeAt(place: number): number {
    const piece = this.pieces.find(({ end }) => end > place);
    if (!piece) throw new RangeError(`expected a place below ${this.shown.length}, found ${place}`);
    return piece.time;
  }

  /**
   * The first match at or after the place `from`; its index counts from the start of the text.
   * @throws TranscriptError when there is none within `limit` milliseconds; what `end` was given.
   */
  async waitFor(pattern: RegExp, from: number, limit: number): Promise<RegExpExecArray> {
    const deadline = performance.now() + limit;
    for (;;) {
      const match = pattern.exec(this.shown.slice(from));
      if (match) {
        match.index += from;
        return match;
      }
      if (this.failure) throw this.failure;
      if (performance.now() > deadline) {
        const tail = this.shown.slice(-400).trim();
        throw new TranscriptError(`expected ${pattern} on the console, found none in ${limit} ms\n${tail}`);
      }
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          this.waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, 1000);
        this.waiting.add(wake);
      });
    }
  }

  private wake(): void {
    for (const wake of [...this.waiting]) wake();
  }
}
