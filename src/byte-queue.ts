/** A bounded first-in first-out queue of bytes: input from the host that a guest has not taken yet. */
export class ByteQueue {
  private readonly bytes: Uint8Array;
  private head = 0;
  private count = 0;

  /** @param capacity in bytes. */
  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.count;
  }

  /** Bytes that `push` would take now. */
  get space(): number {
    return this.bytes.length - this.count;
  }

  /** Appends as much of `bytes` as there is space for; returns how much that was. */
  push(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.space);
    const tail = (this.head + this.count) % this.bytes.length;
    const first = Math.min(taken, this.bytes.length - tail);
    this.bytes.set(bytes.subarray(0, first), tail);
    this.bytes.set(bytes.subarray(first, taken), 0);
    this.count += taken;
    return taken;
  }

  /** Removes the oldest byte; -1 when there is none. */
  shift(): number {
    if (this.count === 0) return -1;
    const byte = this.bytes[this.head];
    this.head = (this.head + 1) % this.bytes.length;
    this.count--;
    return byte;
  }

  /** Removes the oldest bytes, at most `limit` of them: a copy. */
  take(limit: number): Uint8Array {
    const taken = Math.min(limit, this.count);
    const out = new Uint8Array(taken);
    const first = Math.min(taken, this.bytes.length - this.head);
    out.set(this.bytes.subarray(this.head, this.head + first), 0);
    out.set(this.bytes.subarray(0, taken - first), first);
    this.head = (this.head + taken) % this.bytes.length;
    this.count -= taken;
    return out;
  }

  clear(): void {
    this.head = 0;
    this.count = 0;
  }
}
