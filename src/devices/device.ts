/**
 * What the board hands to a device, and what a device tells the board. A device
 * is one file that exports a class implementing `Device`.
 */
import type { MmioDevice } from '../bus.ts';
import type { FdtNode } from '../fdt/fdt.ts';

/** A device on the board. */
export interface Device extends MmioDevice {
  /** Returns every register to its reset state. Backends keep their content. */
  reset(): void;
  /**
   * The device-tree node that describes this device, without `reg`, `interrupts`
   * and `interrupt-parent`, which the board adds: it alone knows where the device is.
   */
  fdtNode?(): FdtNode;
}

/** Wall-clock time for real-time clocks, in nanoseconds since 1970-01-01 UTC. */
export type WallClock = () => bigint;

/** One deadline on the wall clock that a device is called back at. */
export interface Timer {
  /**
   * Calls `callback` once, between two instructions of the guest, when the wall
   * clock has reached `deadline` (nanoseconds, as `WallClock`). Replaces the deadline
   * set before; `undefined` cancels it.
   */
  setDeadline(deadline: bigint | undefined, callback: () => void): void;
}

/**
 * Runs work that a device started and cannot finish at once (a disk read).
 * `done` runs between two instructions of the guest, never inside one; with the
 * virtual clock the guest stands still until then, so that runs are repeatable.
 */
export interface IoScheduler {
  /**
   * Waits for `work`, then calls `done` with its result, or `failed` with what it rejected with.
   * A reset of the device does not keep them from being called.
   */
  submit<T>(work: Promise<T>, done: (result: T) => void, failed: (error: unknown) => void): void;
  /** As `submit`, for work that is done already: the guest sees no difference, but it costs the host less. */
  soon(done: () => void): void;
}

/** Where a device reports what a guest did wrong; never throws. */
export type DeviceLog = (message: string) => void;
