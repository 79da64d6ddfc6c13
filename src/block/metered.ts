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

  /** Counts an operation, and resolves when it may take place. */
  async admit(kind: 'reads' | 'writes' | 'flushes', bytes: number): Promise<void> {
    this.counts[kind]++;
    if (kind === 'reads') this.counts.bytesRead += bytes;
    if (kind === 'writes') this.counts.bytesWritten += bytes;
    const { bytesPerSecond = Infinity, operationsPerSecond = Infinity } = this.rates;
    const price = Math.max((bytes / bytesPerSecond) * 1000, 1000 / operationsPerSecond);
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
    ...(backend.discard && { discard: (offset, length) => backend.discard!(offset, length) }),
    ...(backend.writeZeroes && {
      async writeZeroes(offset, length, mayUnmap) {
        await meter.admit('writes', 0);
        return backend.writeZeroes!(offset, length, mayUnmap);
      },
    }),
  };
}
