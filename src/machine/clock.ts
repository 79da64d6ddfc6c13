/**
 * The machine's time. With the host's clock, mtime and the wall clock are the
 * host's. With the virtual clock both follow executed instructions, so that a
 * run is repeatable; the wall clock then starts at VIRTUAL_EPOCH.
 */
import type { Timer } from '../devices/device.ts';
import type { MachineHost } from './host.ts';
import { TIMEBASE_FREQUENCY } from './board-tree.ts';

const NANOSECONDS_PER_TICK = 1_000_000_000 / TIMEBASE_FREQUENCY;
const TICKS_PER_MILLISECOND = TIMEBASE_FREQUENCY / 1000;
/** 2025-01-01T00:00:00Z in nanoseconds. */
const VIRTUAL_EPOCH = 1_735_689_600_000_000_000n;
/** Longest wait that a host's timer can be asked for, in milliseconds. */
const LONGEST_WAIT = 0x7fff_ffff;

export class MachineClock implements Timer {
  private deadline: bigint | undefined;
  private callback: () => void = () => {};
  private readonly origin: number;

  /** @param readTime mtime, once the core is there. */
  constructor(
    private readonly host: MachineHost,
    readonly isVirtual: boolean,
    private readonly readTime: () => bigint,
  ) {
    this.origin = host.monotonicTime();
  }

  /** Ticks since the machine was made, for the core. */
  readonly hostTicks = (): number => (this.host.monotonicTime() - this.origin) * TICKS_PER_MILLISECOND;

  readonly wallClock = (): bigint =>
    this.isVirtual ? VIRTUAL_EPOCH + this.readTime() * BigInt(NANOSECONDS_PER_TICK) : this.host.wallClock();

  setDeadline(deadline: bigint | undefined, callback: () => void): void {
    this.deadline = deadline;
    this.callback = callback;
  }

  /** Calls back what is due. */
  runDue(): void {
    if (this.deadline === undefined || this.wallClock() < this.deadline) return;
    const { callback } = this;
    this.deadline = undefined;
    callback();
  }

  /** Ticks until the device deadline, at least 1; infinite when there is none. */
  ticksToDeadline(): number {
    if (this.deadline === undefined) return Infinity;
    return Math.max(1, Math.ceil(Number(this.deadline - this.wallClock()) / NANOSECONDS_PER_TICK));
  }

  /** How long to wait for `ticks` to pass, in milliseconds. */
  static milliseconds(ticks: number): number {
    return Math.min(Math.ceil(ticks / TICKS_PER_MILLISECOND), LONGEST_WAIT);
  }
}
