/**
 * Goldfish real-time clock (Android emulator, GOLDFISH-VIRTUAL-HARDWARE): time
 * in nanoseconds since 1970-01-01 UTC, and one alarm. The host's clock stays
 * as it is: setting the time changes an offset that a reset keeps, as a battery would.
 */
import type { FdtNode } from '../fdt/fdt.ts';
import type { InterruptLine } from '../interrupt.ts';
import type { Device, Timer, WallClock } from './device.ts';

export const TIME_LOW = 0x00;
export const TIME_HIGH = 0x04;
export const ALARM_LOW = 0x08;
export const ALARM_HIGH = 0x0c;
export const IRQ_ENABLED = 0x10;
export const CLEAR_ALARM = 0x14;
export const ALARM_STATUS = 0x18;
export const CLEAR_INTERRUPT = 0x1c;

const MASK32 = 0xffff_ffffn;

const withLow = (value: bigint, low: number): bigint => (value & ~MASK32) | BigInt(low >>> 0);
const withHigh = (value: bigint, high: number): bigint => (BigInt(high >>> 0) << 32n) | (value & MASK32);

export interface GoldfishRtcOptions {
  readonly clock: WallClock;
  readonly timer: Timer;
  readonly interrupt: InterruptLine;
}

export class GoldfishRtc implements Device {
  readonly accessSizes = { min: 4, max: 4 } as const;

  private readonly clock: WallClock;
  private readonly timer: Timer;
  private readonly interrupt: InterruptLine;

  /** What the guest's time is ahead of the host's, modulo 2^64. */
  private timeOffset = 0n;
  /** Upper half of the time whose lower half was read last. */
  private timeHigh = 0;
  private alarm = 0n;
  private isAlarmRunning = false;
  private isPending = false;
  private isEnabled = false;

  constructor({ clock, timer, interrupt }: GoldfishRtcOptions) {
    this.clock = clock;
    this.timer = timer;
    this.interrupt = interrupt;
  }

  reset(): void {
    this.clearAlarm();
    this.timeHigh = 0;
    this.alarm = 0n;
    this.isPending = false;
    this.isEnabled = false;
    this.update();
  }

  read(offset: number): number {
    switch (offset) {
      case TIME_LOW: {
        const now = this.now();
        this.timeHigh = Number(now >> 32n);
        return Number(now & MASK32);
      }
      case TIME_HIGH:
        return this.timeHigh;
      case ALARM_LOW:
        return Number(this.alarm & MASK32);
      case ALARM_HIGH:
        return Number(this.alarm >> 32n);
      case IRQ_ENABLED:
        return this.isEnabled ? 1 : 0;
      case ALARM_STATUS:
        return this.isAlarmRunning ? 1 : 0;
      default:
        return 0;
    }
  }

  write(offset: number, _size: 1 | 2 | 4, value: number): void {
    switch (offset) {
      case TIME_LOW:
        return this.setTime(withLow(this.now(), value));
      case TIME_HIGH:
        return this.setTime(withHigh(this.now(), value));
      case ALARM_LOW:
        // The low half arms: the driver writes the high half first.
        this.alarm = withLow(this.alarm, value);
        return this.setAlarm();
      case ALARM_HIGH:
        this.alarm = withHigh(this.alarm, value);
        return;
      case IRQ_ENABLED:
        this.isEnabled = (value & 1) !== 0;
        return this.update();
      case CLEAR_ALARM:
        return this.clearAlarm();
      case CLEAR_INTERRUPT:
        this.isPending = false;
        return this.update();
    }
  }

  fdtNode(): FdtNode {
    return { name: 'rtc', properties: { compatible: 'google,goldfish-rtc' } };
  }

  private now(): bigint {
    return BigInt.asUintN(64, this.clock() + this.timeOffset);
  }

  private setTime(time: bigint): void {
    this.timeOffset = BigInt.asUintN(64, time - this.clock());
    // An alarm is a point in guest time, so that it moves with the clock. QEMU 7.2 leaves it where it was.
    if (this.isAlarmRunning) this.setAlarm();
  }

  private setAlarm(): void {
    const now = this.now();
    if (this.alarm <= now) {
      this.fire();
      return;
    }
    this.isAlarmRunning = true;
    this.timer.setDeadline(this.clock() + (this.alarm - now), this.fire);
  }

  private clearAlarm(): void {
    this.isAlarmRunning = false;
    this.timer.setDeadline(undefined, this.fire);
  }

  private readonly fire = (): void => {
    this.clearAlarm();
    this.isPending = true;
    this.update();
  };

  private update(): void {
    this.interrupt.set(this.isPending && this.isEnabled);
  }
}
