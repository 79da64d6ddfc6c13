/**
 * The machine's time. With the host's clock, mtime and the wall clock are the
 * host's. With the virtual clock both follow executed instructions, so that a
 * run is repeatable.
 */
import type { Timer } from '../devices/device.ts';
import type { MachineHost } from './host.ts';
import { TIMEBASE_FREQUENCY } from './description.ts';

const NANOSECONDS_PER_TICK = 1_000_000_000 / TIMEBASE_FREQUENCY;
const TICKS_PER_MILLISECOND = TIMEBASE_FREQUENCY / 1000;
/** Longest wait that a host's timer can be asked for, in milliseconds. */
const LONGEST_WAIT = 0x7fff_ffff;

export class MachineClock implements Timer {
  private deadline: bigint | undefined;
  private callback: () => void = () => {};
  private readonly origin: number;

  /**
   * @param startTime with the virtual clock, what the wall clock starts from, in nanoseconds.
   * @param readTime mtime, once the core is there.
   */
  constructor(
    private readonly host: MachineHost,
    private readonly startTime: bigint | undefined,
    private readonly readTime: () => bigint,
  ) {
    this.origin = host.monotonicTime();
  }

  /** Ticks since the machine was made, for the core. */
  readonly hostTicks = (): number => (this.host.monotonicTime() - this.origin) * TICKS_PER_MILLISECOND;

  readonly wallClock = (): bigint =>
    this.startTime === undefined
      ? this.host.wallClock()
      : this.startTime + this.readTime() * BigInt(NANOSECONDS_PER_TICK);

  get isVirtual(): boolean {
    return this.startTime !== undefined;
  }

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
