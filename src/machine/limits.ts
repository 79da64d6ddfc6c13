/** What a machine may use of its host, so that many of them share it fairly, and none goes on for ever. */
import type { DiskLimits } from '../block/metered.ts';
import { ArgumentError } from '../errors.ts';

/**
 * Limits of a machine; what is left out is not limited. The first three make it pause, with the
 * reason `limit`, the others slow it down.
 */
export interface MachineLimits {
  /** Instructions over all harts since the machine was made; it pauses there, to the instruction. */
  readonly instructions?: number;
  /** Milliseconds of its thread that the machine may use; it pauses soon after. */
  readonly cpuTime?: number;
  /** Milliseconds that the machine may be running, asleep or not; it pauses soon after. */
  readonly wallTime?: number;
  /** Share of its thread that the machine takes at most, above 0 to 1. Default 1. */
  readonly cpuShare?: number;
  /** Of all drives together. A drive that is too fast is made to wait. */
  readonly disk?: DiskLimits;
}

export type LimitName = 'instructions' | 'cpuTime' | 'wallTime';

/** Longest pause to keep to a share, in milliseconds, so that input is answered. */
const LONGEST_REST = 100;

/** @throws ArgumentError that names the limit. */
export function checkLimits(limits: MachineLimits): MachineLimits {
  const known = ['instructions', 'cpuTime', 'wallTime', 'cpuShare', 'disk'];
  checkKeys(limits, known, 'limits');
  checkKeys(limits.disk ?? {}, ['bytesPerSecond', 'operationsPerSecond'], 'limits.disk');
  const positive = (name: string, value: number | undefined): void => {
    if (value === undefined || (typeof value === 'number' && value > 0)) return;
    throw new ArgumentError(`limits.${name}: expected a number above 0, found ${String(value)}`);
  };
  positive('instructions', limits.instructions);
  positive('cpuTime', limits.cpuTime);
  positive('wallTime', limits.wallTime);
  positive('cpuShare', limits.cpuShare);
  if ((limits.cpuShare ?? 1) > 1)
    throw new ArgumentError(`limits.cpuShare: expected at most 1, found ${limits.cpuShare}`);
  positive('disk.bytesPerSecond', limits.disk?.bytesPerSecond);
  positive('disk.operationsPerSecond', limits.disk?.operationsPerSecond);
  return limits;
}

function checkKeys(value: unknown, known: readonly string[], what: string): void {
  if (typeof value !== 'object' || value === null)
    throw new ArgumentError(`${what}: expected an object, found ${String(value)}`);
  const other = Object.keys(value).find((key) => !known.includes(key));
  if (other !== undefined)
    throw new ArgumentError(`${what}.${other}: there is no such limit; expected ${known.join(', ')}`);
}

/** Keeps account of what a machine has used. */
export class Governor {
  private limits: MachineLimits = {};
  private wallBefore = 0;
  private runningSince: number | undefined;
  /** Milliseconds of rest that the machine still owes. */
  private owed = 0;

  constructor(private readonly now: () => number) {}

  set(limits: MachineLimits): void {
    this.limits = limits;
    this.owed = 0;
  }

  /** The machine starts to run, or stands still. */
  setRunning(isRunning: boolean): void {
    this.wallBefore = this.wallTime;
    this.runningSince = isRunning ? this.now() : undefined;
  }

  /** Milliseconds that the machine was running so far. */
  get wallTime(): number {
    return this.wallBefore + (this.runningSince === undefined ? 0 : this.now() - this.runningSince);
  }

  /** Instructions that may still be executed. */
  allowance(executed: bigint): number {
    const { instructions } = this.limits;
    return instructions === undefined ? Infinity : Math.max(0, Math.floor(instructions) - Number(executed));
  }

  /** The limit that is reached, if any. */
  reached(executed: bigint, cpuTime: number): LimitName | undefined {
    const { limits } = this;
    if (this.allowance(executed) === 0) return 'instructions';
    if (limits.cpuTime !== undefined && cpuTime >= limits.cpuTime) return 'cpuTime';
    if (limits.wallTime !== undefined && this.wallTime >= limits.wallTime) return 'wallTime';
    return undefined;
  }

  /** Milliseconds until the limit of wall time; infinite without one. */
  get wallTimeLeft(): number {
    const { wallTime } = this.limits;
    return wallTime === undefined ? Infinity : Math.max(0, wallTime - this.wallTime);
  }

  /** How long the machine should rest after `busy` milliseconds of work, to keep to its share. */
  restAfter(busy: number): number {
    const { cpuShare = 1 } = this.limits;
    if (cpuShare >= 1) return 0;
    this.owed = Math.min(this.owed + busy / cpuShare - busy, LONGEST_REST);
    return this.owed;
  }

  /** The machine has rested for so long, of its own will or not. */
  rested(milliseconds: number): void {
    this.owed = Math.max(0, this.owed - milliseconds);
  }
}
