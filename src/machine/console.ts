/**
 * A guest's console as web streams. Output that nobody reads is kept up to
 * BUFFER_LIMIT, then its oldest part is dropped; a reader that lags behind
 * holds the guest up instead, so that it misses nothing.
 */
const BUFFER_LIMIT = 1 << 20;

/** Where input goes: takes what fits, and returns how many bytes that were. */
export type InputSink = (bytes: Uint8Array) => number;

export class MachineConsole {
  /** What the guest prints. */
  readonly output: ReadableStream<Uint8Array>;
  /** What is typed. A write resolves when the guest's device has taken it. */
  readonly input: WritableStream<Uint8Array>;

  private readonly pending: Uint8Array[] = [];
  private pendingBytes = 0;
  private controller!: ReadableStreamDefaultController<Uint8Array>;
  private isWanted = false;
  private isClosed = false;
  private waiting: { bytes: Uint8Array; done: () => void } | undefined;
  private onDrained: (() => void) | undefined;

  constructor(private readonly sink: InputSink) {
    this.output = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.controller = controller;
        },
        pull: () => {
          this.isWanted = true;
          this.deliver();
        },
        cancel: () => {
          this.isClosed = true;
          this.pending.length = 0;
          this.pendingBytes = 0;
          this.onDrained?.();
        },
      },
      { highWaterMark: 0 },
    );
    this.input = new WritableStream<Uint8Array>({ write: (bytes) => this.type(bytes) });
  }

  /** Whether a reader lags so far behind that the guest should wait. */
  get isCongested(): boolean {
    return this.output.locked && this.pendingBytes > BUFFER_LIMIT;
  }

  /** Resolves when `isCongested` may have changed. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.onDrained = resolve;
    });
  }

  /** Passes on what the guest printed. */
  print(bytes: Uint8Array): void {
    if (this.isClosed) return;
    this.pending.push(bytes);
    this.pendingBytes += bytes.length;
    while (!this.output.locked && this.pendingBytes > BUFFER_LIMIT)
      this.pendingBytes -= this.pending.shift()!.length;
    this.deliver();
  }

  /** Types bytes into the guest; resolves when its device has taken them all. */
  async type(bytes: Uint8Array): Promise<void> {
    const rest = bytes.subarray(this.sink(bytes));
    if (rest.length === 0) return;
    await new Promise<void>((done) => {
      this.waiting = { bytes: rest, done };
    });
  }

  /** The device has room for input again. */
  readonly onInputSpace = (): void => {
    const { waiting } = this;
    if (!waiting) return;
    waiting.bytes = waiting.bytes.subarray(this.sink(waiting.bytes));
    if (waiting.bytes.length > 0) return;
    this.waiting = undefined;
    waiting.done();
  };

  /** Ends the output; what was printed stays readable. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.isWanted = true;
    this.deliver();
    this.controller.close();
    this.waiting?.done();
  }

  private deliver(): void {
    if (!this.isWanted || this.pending.length === 0) return;
    // One chunk for what came since the last read; everything, when the stream closes.
    const chunk = new Uint8Array(this.pendingBytes);
    let at = 0;
    for (const bytes of this.pending.splice(0)) {
      chunk.set(bytes, at);
      at += bytes.length;
    }
    this.pendingBytes = 0;
    this.isWanted = false;
    this.controller.enqueue(chunk);
    this.onDrained?.();
  }
}
