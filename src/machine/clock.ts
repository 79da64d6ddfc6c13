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

export interface ClockOptions {
  /** mtime, once the core is there. */
  readonly readTime: () => bigint;
  /** A deadline has changed: how far the machine may run was reckoned without it. */
  readonly onDeadline: () => void;
}

interface Alarm {
  deadline: bigint | undefined;
  callback: () => void;
}

export class MachineClock {
  private readonly alarms: Alarm[] = [];
  /** The first deadline of all. */
  private earliest: bigint | undefined;
  private readonly origin: number;
  /** By how much the guest has set mtime ahead, in ticks. */
  private written = 0n;

  /** @param startTime with the virtual clock, what the wall clock starts from, in nanoseconds. */
  constructor(
    private readonly host: MachineHost,
    private readonly startTime: bigint | undefined,
    private readonly options: ClockOptions,
  ) {
    this.origin = host.monotonicTime();
  }

  /** Ticks since the machine was made, for the core. */
  readonly hostTicks = (): number => (this.host.monotonicTime() - this.origin) * TICKS_PER_MILLISECOND;

  readonly wallClock = (): bigint =>
    this.startTime === undefined
      ? this.host.wallClock()
      : this.startTime +
        BigInt.asUintN(64, this.options.readTime() - this.written) * BigInt(NANOSECONDS_PER_TICK);

  /** mtime is about to be set, which the wall clock does not follow. */
  writingTime(value: bigint): void {
    this.written += value - this.options.readTime();
  }

  get isVirtual(): boolean {
    return this.startTime !== undefined;
  }

  /** A timer for one device. */
  createTimer(): Timer {
    const alarm: Alarm = { deadline: undefined, callback: () => {} };
    this.alarms.push(alarm);
    return {
      setDeadline: (deadline, callback) => {
        alarm.deadline = deadline;
        alarm.callback = callback;
        this.findEarliest();
        this.options.onDeadline();
      },
    };
  }

  private findEarliest(): void {
    this.earliest = undefined;
    for (const { deadline } of this.alarms) {
      if (deadline !== undefined && (this.earliest === undefined || deadline < this.earliest))
        this.earliest = deadline;
    }
  }

  /** Calls back what is due. */
  runDue(): void {
    if (this.earliest === undefined) return;
    const now = this.wallClock();
    if (now < this.earliest) return;
    const due = this.alarms.filter(({ deadline }) => deadline !== undefined && deadline <= now);
    for (const alarm of due) alarm.deadline = undefined;
    this.findEarliest();
    for (const { callback } of due) callback();
  }

  /** Ticks until the device deadline, at least 1; infinite when there is none. */
  ticksToDeadline(): number {
    if (this.earliest === undefined) return Infinity;
    return Math.max(1, Math.ceil(Number(this.earliest - this.wallClock()) / NANOSECONDS_PER_TICK));
  }

  /** How long to wait for `ticks` to pass, in milliseconds. */
  static milliseconds(ticks: number): number {
    return Math.min(Math.ceil(ticks / TICKS_PER_MILLISECOND), LONGEST_WAIT);
  }
}
