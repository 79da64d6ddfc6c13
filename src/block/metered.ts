/** Drives that count what they do, and wait where it is more than they may. */
import type { BlockBackend } from './backend.ts';

/** Counted since the machine was made: what drives were asked for, in pieces of at most 1 MiB. */
export interface DiskStatistics {
  /** Calls of `BlockBackend.read`. */
  readonly reads: number;
  /** Calls of `BlockBackend.write` and `writeZeroes`. */
  readonly writes: number;
  /** Calls of `BlockBackend.flush`. */
  readonly flushes: number;
  /** Bytes of all reads, also of those that failed. */
  readonly bytesRead: number;
  /** Bytes of all writes, also of those that failed; `writeZeroes` counts none. */
  readonly bytesWritten: number;
}

/** Rates of all drives together. */
export interface DiskLimits {
  /** Bytes read and written. Default: any number. */
  readonly bytesPerSecond?: number;
  /** Reads, writes and flushes. Default: any number. */
  readonly operationsPerSecond?: number;
}

/** What may be used at once after a time of rest, in milliseconds of the rate. */
const BURST = 100;

/** Account of all drives of a machine. */
export class DiskMeter {
  private rates: DiskLimits = {};
  /** When the last operation that was admitted is paid for. */
  private paidUntil = -Infinity;
  private readonly waiting = new Set<() => void>();
  private isOpen = true;
  private readonly counts = { reads: 0, writes: 0, flushes: 0, bytesRead: 0, bytesWritten: 0 };

  constructor(
    private readonly host: {
      monotonicTime(): number;
      setTimer(callback: () => void, milliseconds: number): () => void;
    },
  ) {}

  get statistics(): DiskStatistics {
    return { ...this.counts };
  }

  setRates(rates: DiskLimits): void {
    this.rates = rates;
    this.paidUntil = -Infinity;
    this.release();
  }

  /** Nothing waits any more. */
  close(): void {
    this.isOpen = false;
    this.release();
  }

  private release(): void {
    for (const go of [...this.waiting]) go();
  }

  /** Tries an operation that needs no time, where it is free; false: nothing was done, and nothing counted. */
  tryNow(kind: 'reads' | 'writes', bytes: number, operation: () => boolean): boolean {
    if (this.price(bytes) > 0) return false;
    let isDone = true;
    try {
      isDone = operation();
    } finally {
      if (isDone) this.count(kind, bytes);
    }
    return isDone;
  }

  private count(kind: 'reads' | 'writes' | 'flushes', bytes: number): void {
    this.counts[kind]++;
    if (kind === 'reads') this.counts.bytesRead += bytes;
    if (kind === 'writes') this.counts.bytesWritten += bytes;
  }

  /** In milliseconds of the rates. */
  private price(bytes: number): number {
    const { bytesPerSecond = Infinity, operationsPerSecond = Infinity } = this.rates;
    return Math.max((bytes / bytesPerSecond) * 1000, 1000 / operationsPerSecond);
  }

  /** Counts an operation, and resolves when it may take place. */
  async admit(kind: 'reads' | 'writes' | 'flushes', bytes: number): Promise<void> {
    this.count(kind, bytes);
    const price = this.price(bytes);
    if (price === 0 || !this.isOpen) return;
    const now = this.host.monotonicTime();
    this.paidUntil = Math.max(this.paidUntil, now - BURST) + price;
    const wait = this.paidUntil - now;
    if (wait <= 0) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        cancel();
        this.waiting.delete(go);
        resolve();
      };
      const cancel = this.host.setTimer(go, wait);
      this.waiting.add(go);
    });
  }
}

const lengthOf = (parts: readonly Uint8Array[]): number =>
  parts.reduce((length, part) => length + part.length, 0);

/** `backend` on that account. */
export function meteredBackend(backend: BlockBackend, meter: DiskMeter): BlockBackend {
  return {
    size: backend.size,
    readOnly: backend.readOnly,
    async read(offset, into) {
      await meter.admit('reads', into.length);
      return backend.read(offset, into);
    },
    async write(offset, from) {
      await meter.admit('writes', from.length);
      return backend.write(offset, from);
    },
    async flush() {
      await meter.admit('flushes', 0);
      return backend.flush();
    },
    ...(backend.readNow && {
      readNow: (offset, into) => meter.tryNow('reads', lengthOf(into), () => backend.readNow!(offset, into)),
    }),
    ...(backend.writeNow && {
      writeNow: (offset, from) =>
        meter.tryNow('writes', lengthOf(from), () => backend.writeNow!(offset, from)),
    }),
    ...(backend.discard && { discard: (offset, length) => backend.discard!(offset, length) }),
    ...(backend.writeZeroes && {
      async writeZeroes(offset, length, mayUnmap) {
        await meter.admit('writes', 0);
        return backend.writeZeroes!(offset, length, mayUnmap);
      },
    }),
  };
}
