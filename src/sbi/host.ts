/** What the SBI asks of the machine. Harts are numbered from 0; register values are unsigned 64-bit. */
import type { GuestMemory } from '../memory.ts';

/** State of a hart as HSM sees it; the transitions of this machine take no time. */
export type HartState = 'started' | 'stopped' | 'suspended';

/** Where a hart goes on after it was started, or after a suspend that keeps no registers. */
export interface HartEntry {
  /** First pc, a physical address. */
  readonly address: bigint;
  /** Goes into a1. */
  readonly opaque: bigint;
}

export type ResetKind = 'shutdown' | 'cold-reboot' | 'warm-reboot';
export type ResetReason = 'none' | 'failure';

/** The two hardware counters that S-mode may control through SBI PMU. */
export type HardwareCounter = 'cycle' | 'instret';

export interface SbiConsole {
  /** Takes all bytes. They are a view of guest RAM: whoever keeps them copies them. */
  write(bytes: Uint8Array): void;
  /** Fills `into` from its start with what is there, without waiting; returns the number of bytes. */
  read(into: Uint8Array): number;
}

/** Values of the M-mode identification CSRs, and our own version. */
export interface SbiIdentity {
  readonly mvendorid: bigint;
  readonly marchid: bigint;
  readonly mimpid: bigint;
  /** Version of this implementation: major << 16 | minor << 8 | patch. */
  readonly implementationVersion: number;
}

export interface SbiHost {
  readonly hartCount: number;
  readonly memory: GuestMemory;
  readonly console: SbiConsole;
  readonly identity: SbiIdentity;

  /** Integer register `index` (x0 to x31). */
  readRegister(hart: number, index: number): bigint;
  writeRegister(hart: number, index: number, value: bigint): void;

  /**
   * Sets the supervisor timer (stimecmp): the interrupt is pending from `time` on, in
   * ticks of the `time` CSR, and not before.
   */
  setTimer(hart: number, time: bigint): void;
  /** Sets or clears sip.SSIP. */
  setSoftwareInterrupt(hart: number, isPending: boolean): void;
  isSoftwareInterruptPending(hart: number): boolean;

  /** FENCE.I on `hart`. */
  fenceInstructions(hart: number): void;
  /** SFENCE.VMA on `hart`; no `range` means every address, no `asid` every address space. */
  fenceAddresses(
    hart: number,
    range?: { readonly start: bigint; readonly size: bigint },
    asid?: number,
  ): void;

  hartState(hart: number): HartState;
  /** Starts a stopped hart in S-mode: satp = 0, sstatus.SIE = 0, a0 = hart, a1 = opaque. */
  startHart(hart: number, entry: HartEntry): void;
  /** The calling hart executes nothing more until it is started. */
  stopHart(hart: number): void;
  /**
   * The calling hart executes nothing more until an interrupt that its sie enables is
   * pending, sstatus.SIE or not. Without `entry` it keeps its registers and goes on after
   * the ecall; with `entry` it goes on there, set up as by `startHart`.
   */
  suspendHart(hart: number, entry?: HartEntry): void;
  /** Ends or restarts the machine; no hart executes anything more before that. */
  requestReset(kind: ResetKind, reason: ResetReason): void;

  writeCounter(hart: number, counter: HardwareCounter, value: bigint): void;
  /** Sets or clears the counter's bit of mcountinhibit. */
  inhibitCounter(hart: number, counter: HardwareCounter, isInhibited: boolean): void;
  isCounterInhibited(hart: number, counter: HardwareCounter): boolean;

  /**
   * Loads 8 bytes at a virtual address as S-mode on `hart` would. When the access faults,
   * delivers the exception to S-mode with sepc at the ecall and returns undefined.
   */
  loadAsSupervisor(hart: number, address: bigint): bigint | undefined;
}
