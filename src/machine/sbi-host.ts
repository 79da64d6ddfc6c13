/** The machine as its own SBI sees it. */
import { RUN_STOPPED, RUN_WAITING, type Core } from '../core/core.ts';
import { CSR_MCOUNTINHIBIT, CSR_MCYCLE, CSR_MINSTRET, CSR_MIP, IRQ_S_SOFT } from '../generated/csr.ts';
import type { GuestMemory } from '../memory.ts';
import type {
  HardwareCounter,
  HartEntry,
  HartState,
  ResetKind,
  ResetReason,
  SbiConsole,
  SbiHost,
  SbiIdentity,
} from '../sbi/host.ts';

const A0 = 10;
const A1 = 11;
const COUNTER_CSR = { cycle: CSR_MCYCLE, instret: CSR_MINSTRET } as const;
const INHIBIT_BIT = { cycle: 1n, instret: 4n } as const;

export interface MachineSbiOptions {
  readonly core: Core;
  readonly memory: GuestMemory;
  readonly console: SbiConsole;
  readonly onReset: (kind: ResetKind, reason: ResetReason) => void;
}

export class MachineSbi implements SbiHost {
  readonly hartCount: number;
  readonly memory: GuestMemory;
  readonly console: SbiConsole;
  readonly identity: SbiIdentity = {
    mvendorid: 0n,
    marchid: 0n,
    mimpid: 0n,
    implementationVersion: 0x000100,
  };
  private readonly core: Core;
  private readonly onReset: MachineSbiOptions['onReset'];
  /** Harts that HSM suspended; one is awake again as soon as the core runs it. */
  private readonly suspended: boolean[];

  constructor({ core, memory, console, onReset }: MachineSbiOptions) {
    this.core = core;
    this.hartCount = core.harts;
    this.memory = memory;
    this.console = console;
    this.onReset = onReset;
    this.suspended = new Array<boolean>(core.harts).fill(false);
  }

  readRegister(hart: number, index: number): bigint {
    return this.core.readX(hart, index);
  }

  writeRegister(hart: number, index: number, value: bigint): void {
    this.core.writeX(hart, index, value);
  }

  setTimer(hart: number, time: bigint): void {
    this.core.exports.writeStimecmp(hart, time);
  }

  setSoftwareInterrupt(hart: number, isPending: boolean): void {
    this.core.exports.setInterrupt(hart, 1 << IRQ_S_SOFT, isPending ? 1 : 0);
  }

  isSoftwareInterruptPending(hart: number): boolean {
    return (this.core.exports.inspectCsr(hart, CSR_MIP) & (1n << BigInt(IRQ_S_SOFT))) !== 0n;
  }

  /** Decoded code follows every store, so that FENCE.I has nothing to do. */
  fenceInstructions(): void {}

  fenceAddresses(hart: number, range?: { readonly start: bigint; readonly size: bigint }): void {
    if (range) this.core.exports.flushTlbRange(hart, range.start, range.size);
    else this.core.exports.flushTlb(hart);
  }

  hartState(hart: number): HartState {
    const state = this.core.runState(hart);
    if (state === RUN_STOPPED) return 'stopped';
    return this.suspended[hart] && state === RUN_WAITING ? 'suspended' : 'started';
  }

  startHart(hart: number, entry: HartEntry): void {
    this.suspended[hart] = false;
    this.enter(hart, entry);
  }

  stopHart(hart: number): void {
    this.core.setRunState(hart, RUN_STOPPED);
  }

  suspendHart(hart: number, entry?: HartEntry): void {
    if (entry) this.enter(hart, entry);
    this.suspended[hart] = true;
    this.core.setRunState(hart, RUN_WAITING);
  }

  private enter(hart: number, { address, opaque }: HartEntry): void {
    this.core.exports.prepareSupervisor(hart);
    this.core.writeX(hart, A0, BigInt(hart));
    this.core.writeX(hart, A1, opaque);
    this.core.exports.startHart(hart, address);
  }

  requestReset(kind: ResetKind, reason: ResetReason): void {
    this.onReset(kind, reason);
  }

  writeCounter(hart: number, counter: HardwareCounter, value: bigint): void {
    this.core.exports.modifyCsr(hart, COUNTER_CSR[counter], value);
  }

  inhibitCounter(hart: number, counter: HardwareCounter, isInhibited: boolean): void {
    const bit = INHIBIT_BIT[counter];
    const old = this.core.exports.inspectCsr(hart, CSR_MCOUNTINHIBIT);
    this.core.exports.modifyCsr(hart, CSR_MCOUNTINHIBIT, isInhibited ? old | bit : old & ~bit);
  }

  isCounterInhibited(hart: number, counter: HardwareCounter): boolean {
    return (this.core.exports.inspectCsr(hart, CSR_MCOUNTINHIBIT) & INHIBIT_BIT[counter]) !== 0n;
  }

  loadAsSupervisor(hart: number, address: bigint): bigint | undefined {
    return this.core.exports.loadAsSupervisor(hart, address)
      ? BigInt.asUintN(64, this.core.exports.loadedValue())
      : undefined;
  }
}
