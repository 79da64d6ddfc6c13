/**
 * The host's side of the core: instantiates core.wasm over a linear memory that
 * holds guest RAM, and gives its exports types. The counterpart is
 * assembly/index.ts; ABI_VERSION keeps the two together.
 */
import { CoreMemoryError } from './check.ts';
import { Jit, JIT_TABLE_SIZE } from './jit.ts';
import type { JitOptions } from './jit-options.ts';

/** What the core asks of the machine. All values are unsigned 32-bit; see assembly/host.ts. */
export interface CoreHost {
  /** Reads from the bus; an 8-byte value's upper half goes to `core.setMmioHigh`. */
  mmioRead(address: number, size: number): number;
  mmioWrite(address: number, size: number, low: number, high: number): void;
  /** Ticks of the time base on a monotonic clock. */
  time(): number;
  /** Milliseconds on a monotonic clock, to measure with. Default: nothing is measured. */
  now?(): number;
}

/** Why `run` came back (assembly/layout.ts, EXIT_*). */
export const EXIT_BUDGET = 0;
export const EXIT_IDLE = 1;
export const EXIT_SBI = 2;
export const EXIT_HOST = 3;
export const EXIT_BREAKPOINT = 4;
export const EXIT_WATCHPOINT = 5;
export const EXIT_EBREAK = 6;
export const EXIT_TRAP = 7;

/** Accesses that a watchpoint is for, and whether its addresses are physical (assembly/layout.ts). */
export const WATCH_READ = 1;
export const WATCH_WRITE = 2;
export const WATCH_PHYSICAL = 8;

/** A hart's run state (assembly/layout.ts, RUN_*). */
export const RUN_WAITING = 1;
export const RUN_STOPPED = 2;

const ABI_VERSION = 4;
/** RAM in assembly/layout.ts, needed before there is an instance to ask; checked against it then. */
const RAM_OFFSET = 0x3000000;
const WASM_PAGE = 65536;
const GUEST_PAGE = 4096;

interface CoreExports {
  init(ramPages: number, harts: number, paging: number, clockKind: number, tickInstructions: number): void;
  resetHart(hart: number): void;
  provideSbi(provided: number): void;
  prepareSupervisor(hart: number): void;
  startHart(hart: number, pc: bigint): void;
  placeRom(base: bigint, banks: number, bankPages: number): void;
  showRom(bank: number, isShown: number): void;
  run(budget: number): number;
  requestExit(): void;
  setInterrupt(hart: number, mask: number, level: number): void;
  noteHostWrite(paddr: bigint, length: number): void;
  flushTlb(hart: number): void;
  flushTlbRange(hart: number, start: bigint, size: bigint): void;
  loadAsSupervisor(hart: number, vaddr: bigint): number;
  loadedValue(): bigint;
  readTime(): bigint;
  writeTime(value: bigint): void;
  readTimecmp(hart: number): bigint;
  writeTimecmp(hart: number, value: bigint): void;
  writeStimecmp(hart: number, value: bigint): void;
  idleTicks(): number;
  skipIdle(ticks: number): void;
  inspectCsr(hart: number, csr: number): bigint;
  csrExists(): number;
  modifyCsr(hart: number, csr: number, value: bigint): number;
  clearBreakpoints(): void;
  addBreakpoint(address: bigint): number;
  clearWatchpoints(): void;
  addWatchpoint(first: bigint, last: bigint, flags: number): number;
  applyDebug(): void;
  passBreakpoint(hart: number): void;
  stopAtEbreak(stops: number): void;
  stopAtTrap(stops: number): void;
  countInstructions(counts: number): void;
}

/** The access for which a watchpoint ended the run; for an ebreak, its size alone. */
export interface WatchHit {
  /** Of the watchpoint, in the order in which they were added. */
  readonly index: number;
  readonly access: number;
  readonly address: bigint;
  readonly size: number;
}

export interface RomOptions {
  /** Guest physical address, below RAM. */
  readonly base: number;
  readonly banks: number;
  /** Bytes of each, a multiple of 4096. */
  readonly bankSize: number;
}

export interface CoreOptions {
  readonly module: WebAssembly.Module;
  /** Bytes of guest RAM, a multiple of 4096. */
  readonly ramSize: number;
  /** Memory that is read, and executed from, as RAM is, while stores to it go to the host. Default: none. */
  readonly rom?: RomOptions;
  readonly harts: number;
  /** Largest satp mode offered: 8 (Sv39), 9 (Sv48) or 10 (Sv57). */
  readonly paging: number;
  /** Instructions a tick of the virtual clock; 0 means the host's clock. */
  readonly tickInstructions: number;
  readonly host: CoreHost;
  readonly jit?: JitOptions;
  /** Takes what the JIT has to report. Default: dropped. */
  readonly log?: (message: string) => void;
}

/** An instance of the core: harts and guest RAM. */
export class Core {
  readonly memory: ArrayBuffer;
  /** Guest RAM, from its first byte. */
  readonly ram: Uint8Array;
  /** The ROM, all banks of it. Where code may lie, who writes here tells the core (`noteHostWrite`). */
  readonly rom: Uint8Array;
  /** Guest physical address of RAM. */
  readonly ramBase: number;
  readonly harts: number;
  /** Where the upper half of an 8-byte MMIO read goes. */
  readonly mmioHigh: WebAssembly.Global;
  /** To be set to 1 when no device answers an access. */
  readonly mmioFault: WebAssembly.Global;
  readonly exports: CoreExports;
  readonly jit: Jit;
  /** Milliseconds that `run` took. */
  runTime = 0;
  private readonly now: () => number;
  private readonly view: DataView;
  private readonly layout: (name: string) => number;
  private readonly hartsAddress: number;
  private readonly hartAreaSize: number;

  constructor(options: CoreOptions) {
    const globals: { exports: Record<string, unknown> } = { exports: {} };
    this.layout = (name) => Number((globals.exports[name] as WebAssembly.Global).value);
    const { ramSize, rom = { base: 0, banks: 0, bankSize: 0 } } = options;
    const romSize = rom.banks * rom.bankSize;
    const pages = Math.ceil((RAM_OFFSET + ramSize + romSize) / WASM_PAGE);
    let memory: WebAssembly.Memory;
    try {
      memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    } catch {
      throw new CoreMemoryError(`the host has no ${ramSize + romSize} bytes of memory for guest RAM and ROM`);
    }
    const { mmioRead, mmioWrite, time, now = () => 0 } = options.host;
    this.now = now;
    this.jit = new Jit({ memory, options: options.jit ?? {}, now, log: options.log ?? (() => {}) });
    const instance = new WebAssembly.Instance(options.module, {
      env: { memory, table: this.jit.table },
      host: { mmioRead, mmioWrite, time, now, ...this.jit.imports },
    });
    globals.exports = instance.exports;
    if (this.layout('ABI_VERSION') !== ABI_VERSION) {
      throw new Error(`core.wasm has ABI version ${this.layout('ABI_VERSION')}, expected ${ABI_VERSION}`);
    }
    if (this.layout('RAM') !== RAM_OFFSET || this.layout('JIT_TABLE_SIZE') !== JIT_TABLE_SIZE) {
      throw new Error('core.wasm has another layout than its host expects');
    }
    this.exports = instance.exports as unknown as CoreExports;
    this.memory = memory.buffer;
    this.view = new DataView(memory.buffer);
    this.ram = new Uint8Array(memory.buffer, RAM_OFFSET, ramSize);
    this.rom = new Uint8Array(memory.buffer, RAM_OFFSET + ramSize, romSize);
    this.ramBase = this.layout('RAM_BASE');
    this.harts = options.harts;
    this.mmioHigh = instance.exports.mmioHigh as WebAssembly.Global;
    this.mmioFault = instance.exports.mmioFault as WebAssembly.Global;
    this.hartsAddress = this.layout('HARTS');
    this.hartAreaSize = this.layout('HART_AREA_SIZE');
    this.exports.init(
      ramSize / GUEST_PAGE,
      options.harts,
      options.paging,
      options.tickInstructions ? 1 : 0,
      options.tickInstructions || 1,
    );
    if (romSize > 0) this.exports.placeRom(BigInt(rom.base), rom.banks, rom.bankSize / GUEST_PAGE);
    this.jit.attach(instance.exports);
  }

  /** Executes at most `budget` instructions; returns EXIT_*. */
  run(budget: number): number {
    const start = this.now();
    const reason = this.exports.run(budget);
    this.runTime += this.now() - start;
    this.jit.settle();
    return reason;
  }

  /** Lets go of what the JIT made. The core must not run any more. */
  close(): void {
    this.jit.close();
  }

  private field(hart: number, name: string): number {
    return this.hartsAddress + hart * this.hartAreaSize + this.layout(name);
  }

  /**
   * The words of a hart's architectural state as the core keeps them, to be compared with another
   * core's; all of them but those at `unusedState`.
   */
  hartState(hart: number): Int32Array {
    return new Int32Array(
      this.memory,
      this.hartsAddress + hart * this.hartAreaSize,
      this.layout('HART_STATE_SIZE') / 4,
    );
  }

  /** First of the two words in which the state holds what was written to x0. */
  get unusedState(): number {
    return this.layout('X_SINK') / 4;
  }

  /** Integer register `n` of a hart, unsigned. */
  readX(hart: number, n: number): bigint {
    return n === 0 ? 0n : this.view.getBigUint64(this.hartsAddress + hart * this.hartAreaSize + n * 8, true);
  }

  writeX(hart: number, n: number, value: bigint): void {
    if (n !== 0) this.view.setBigUint64(this.hartsAddress + hart * this.hartAreaSize + n * 8, value, true);
  }

  /** Bits of floating-point register `n` of a hart. */
  readF(hart: number, n: number): bigint {
    return this.view.getBigUint64(this.field(hart, 'F_BASE') + n * 8, true);
  }

  writeF(hart: number, n: number, value: bigint): void {
    this.view.setBigUint64(this.field(hart, 'F_BASE') + n * 8, value, true);
  }

  readPc(hart: number): bigint {
    return this.view.getBigUint64(this.field(hart, 'H_PC'), true);
  }

  writePc(hart: number, value: bigint): void {
    this.view.setBigUint64(this.field(hart, 'H_PC'), value, true);
  }

  readPrivilege(hart: number): number {
    return this.view.getUint32(this.field(hart, 'H_PRIV'), true);
  }

  runState(hart: number): number {
    return this.view.getUint32(this.field(hart, 'H_RUN_STATE'), true);
  }

  setRunState(hart: number, state: number): void {
    this.view.setUint32(this.field(hart, 'H_RUN_STATE'), state, true);
  }

  /** The hart whose SBI call ended the run. */
  get exitHart(): number {
    return this.view.getUint32(this.layout('MACHINE') + this.layout('M_EXIT_HART'), true);
  }

  /** Instructions executed by all harts since the machine was made; trapping ones included. */
  get instructionCount(): bigint {
    return this.view.getBigUint64(this.layout('MACHINE') + this.layout('M_ICOUNT'), true);
  }

  /** What the last EXIT_WATCHPOINT is for. */
  get watchHit(): WatchHit {
    const at = (field: string): number => this.layout('D_HIT') + this.layout(field);
    return {
      index: this.view.getUint32(at('HIT_INDEX'), true),
      access: this.view.getUint32(at('HIT_ACCESS'), true),
      address: this.view.getBigUint64(at('HIT_ADDRESS'), true),
      size: this.view.getUint32(at('HIT_SIZE'), true),
    };
  }

  /** How often the operation `op` (Op in assembly/generated/opcodes.ts) was executed while instructions were counted. */
  operationCount(op: number, isCompressed: boolean): bigint {
    return this.view.getBigUint64(this.layout('D_COUNTS') + op * 16 + (isCompressed ? 8 : 0), true);
  }

  /** Counter `index` of the JIT's statistics. */
  jitCounter(index: number): number {
    return Number(this.view.getBigUint64(this.layout('J_STATISTICS') + index * 8, true));
  }

  /** Time `index` of the JIT's statistics, in milliseconds. */
  jitTime(index: number): number {
    return this.view.getFloat64(this.layout('J_TIMES') + index * 8, true);
  }
}
