/**
 * A guest's console as web streams. Output that nobody reads is kept up to
 * BUFFER_LIMIT, then its oldest part is dropped; a reader that lags behind
 * holds the guest up instead, so that it misses nothing.
 */
import { ArgumentError } from '../errors.ts';
import { join } from '../pieces.ts';
import type { MachineConsole } from './api.ts';

const BUFFER_LIMIT = 1 << 20;

/** Where input goes: takes what fits, and returns how many bytes that were. */
export type InputSink = (bytes: Uint8Array) => number;

/** Input for a device that takes it bit by bit. */
export class DeviceInput {
  private readonly waiting: { bytes: Uint8Array; readonly done: () => void }[] = [];

  constructor(private readonly sink: InputSink) {}

  /** Types bytes into the guest, after those that wait; resolves when its device has taken them all. */
  async type(bytes: Uint8Array): Promise<void> {
    const rest = this.waiting.length > 0 ? bytes : bytes.subarray(this.sink(bytes));
    if (rest.length === 0) return;
    await new Promise<void>((done) => void this.waiting.push({ bytes: rest, done }));
  }

  /** The device has room for input again. */
  onSpace(): void {
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      next.bytes = next.bytes.subarray(this.sink(next.bytes));
      if (next.bytes.length > 0) return;
      this.waiting.shift();
      next.done();
    }
  }

  /** Nobody takes anything any more. */
  close(): void {
    for (const { done } of this.waiting.splice(0)) done();
  }
}

export class StreamConsole implements MachineConsole {
  readonly output: ReadableStream<Uint8Array>;
  readonly input: WritableStream<Uint8Array>;

  private readonly pending: Uint8Array[] = [];
  private pendingBytes = 0;
  /** Bytes printed so far. */
  printedBytes = 0;
  private controller!: ReadableStreamDefaultController<Uint8Array>;
  private isWanted = false;
  private isClosed = false;
  private onDrained: (() => void) | undefined;

  /** @param send types bytes into the guest, and resolves when they are taken. */
  constructor(private readonly send: (bytes: Uint8Array) => Promise<void>) {
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
    this.printedBytes += bytes.length;
    this.pending.push(bytes);
    this.pendingBytes += bytes.length;
    while (!this.output.locked && this.pendingBytes > BUFFER_LIMIT)
      this.pendingBytes -= this.pending.shift()!.length;
    this.deliver();
  }

  async type(bytes: Uint8Array): Promise<void> {
    if (!(bytes instanceof Uint8Array))
      throw new ArgumentError(`expected bytes as a Uint8Array, found ${typeof bytes}`);
    if (!this.isClosed) await this.send(bytes);
  }

  /** Ends the output; what was printed stays readable. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.isWanted = true;
    this.deliver();
    this.controller.close();
  }

  private deliver(): void {
    if (!this.isWanted || this.pending.length === 0) return;
    // One chunk for what came since the last read; everything, when the stream closes.
    const chunk = join(this.pending.splice(0));
    this.pendingBytes = 0;
    this.isWanted = false;
    this.controller.enqueue(chunk);
    this.onDrained?.();
  }
}
