/**
 * The machine as its embedder sees it, the same whether it runs on the embedder's own
 * thread (`LocalMachine`) or in a worker (`RemoteMachine`). Whatever asks the machine for
 * something answers with a promise, because the machine may be on another thread.
 */
import type { InstructionKind } from '../generated/isa.ts';
import type { MachineDescription } from './description.ts';
import type { MachineLimits } from './limits.ts';
import type { MachineStatistics } from './statistics.ts';

/**
 * `created`: it has not executed anything; `running`; `paused`: it stands still and can go on;
 * `ended`: it is over, and can only be looked at.
 */
export type MachineState = 'created' | 'running' | 'paused' | 'ended';

/** How a machine ended. */
export interface MachineExit {
  /**
   * `power-off`: the guest turned the machine off; `failure`: it did so and reported a failure;
   * `stopped`: the embedder stopped it.
   */
  readonly reason: 'power-off' | 'failure' | 'stopped';
  /** The guest's exit code, 0 to 65535; 0 for `power-off` and `stopped`. */
  readonly code: number;
}

/** Why a machine stands still. `hart` is the number of the hart that stopped it, `pc` a virtual address. */
export type MachineStop =
  | {
      /** `pause()` was called, or `step()` is done. */
      readonly reason: 'paused';
    }
  | {
      /** A hart is about to execute the instruction at a breakpoint. */
      readonly reason: 'breakpoint';
      /** The hart that has come there. */
      readonly hart: number;
      /** Where that instruction is. */
      readonly pc: bigint;
      /** The breakpoint's `id`. */
      readonly id: number;
    }
  | {
      /** A hart has executed an instruction that made a watched access. */
      readonly reason: 'watchpoint';
      /** The hart that made the access. */
      readonly hart: number;
      /** Where its next instruction is. */
      readonly pc: bigint;
      /** The watchpoint's `id`. */
      readonly id: number;
      /** What the access was; of atomics, lr is a read and all others are writes. */
      readonly access: 'read' | 'write';
      /** Virtual address of the access, also for a watchpoint on a physical one. */
      readonly address: bigint;
      /** Bytes of the access; of one across two pages, those on the page of `address`. */
      readonly size: number;
    }
  | {
      /** A hart has come to an ebreak, and `haltOn` says that it stops there. */
      readonly reason: 'ebreak';
      /** The hart that has come there. */
      readonly hart: number;
      /** Where the ebreak is. Going on starts behind it. */
      readonly pc: bigint;
    }
  | {
      /**
       * An exception went to M-mode while mtvec was 0, as it is at reset, and `haltOn` says that
       * this stops: nobody handles it.
       */
      readonly reason: 'trap';
      /** The hart that took the exception. */
      readonly hart: number;
      /** Where it happened: mepc. */
      readonly pc: bigint;
      /** What happened: mcause, an exception code (privileged spec, 3.1.15). */
      readonly cause: number;
      /** What more there is to know, such as an address: mtval, unsigned (3.1.16). */
      readonly value: bigint;
    }
  | {
      /** The program has told its host that it is done, by a store to `tohost`. */
      readonly reason: 'tohost';
      /** The hart that made the store. */
      readonly hart: number;
      /** The program's exit code, 0 for success. */
      readonly code: number;
    }
  | {
      /** A limit is reached: raise it to go on. */
      readonly reason: 'limit';
      /** Its name in `MachineLimits`. */
      readonly limit: 'instructions' | 'cpuTime' | 'wallTime';
    }
  | {
      /** The machine is over. */
      readonly reason: 'ended';
      /** As the promise `ended` has it. */
      readonly exit: MachineExit;
    };

/** What a machine tells its subscribers. */
export interface MachineEvents {
  /** The state is another one. */
  readonly state: MachineState;
  /** The machine stands still, for this reason. Between `step()`s too. */
  readonly stop: MachineStop;
  /** The machine is at its start again. */
  readonly reset: {
    /** `guest`: it asked for that, by SBI or at the test finisher; `embedder`: by `reset()`. */
    readonly by: 'guest' | 'embedder';
  };
  /** A diagnostic: what a guest did wrong to a device, why nothing is compiled. */
  readonly log: string;
}

/** What ends by being disposed of: a listener to events, a terminal's connection. Doing so twice does no harm. */
export interface Subscription {
  /** Ends it at once: nothing more is delivered. */
  dispose(): void;
  /** The same, for `using`. */
  [Symbol.dispose](): void;
}

/** For calls that wait. */
export interface AbortOptions {
  /** Aborting gives up waiting: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** An address, or the name of a symbol of the boot files, also with an offset: "main", "main+0x10". */
export type Location = bigint | number | string;

/** How to step. */
export interface StepOptions extends AbortOptions {
  /** With the virtual clock: when every hart waits, goes on at the next event. Default false: executes fewer. */
  readonly skipIdle?: boolean;
}

/** Which arrivals at a breakpoint stop a hart. */
export interface BreakpointOptions {
  /** Only this hart stops. Default: any. */
  readonly hart?: number;
  /** How often a hart passes before it stops. Default 0. */
  readonly ignore?: number;
}

/** A breakpoint that is set. */
export interface Breakpoint {
  /** By which a `MachineStop` names it; no watchpoint of the machine has the same. */
  readonly id: number;
  /** Virtual address of an instruction, in whatever address space. */
  readonly address: bigint;
  /** Takes it away. Doing so twice, or when the machine is disposed of, does no harm. */
  remove(): Promise<void>;
}

/** What a watchpoint looks at. */
export interface WatchpointOptions {
  /** Which accesses; `access` is both. Default `write`. */
  readonly access?: 'read' | 'write' | 'access';
  /** Bytes watched, from the address on. Default: the symbol's size, or 8. */
  readonly size?: number;
  /** Whether the address is physical; a virtual one counts in every address space. Default: virtual. */
  readonly physical?: boolean;
}

/** A watchpoint that is set. */
export interface Watchpoint {
  /** By which a `MachineStop` names it; no breakpoint of the machine has the same. */
  readonly id: number;
  /** First address watched: a physical one if the options said so. */
  readonly address: bigint;
  /** Bytes watched from there. */
  readonly size: number;
  /** Takes it away. Doing so twice, or when the machine is disposed of, does no harm. */
  remove(): Promise<void>;
}

/** What stops a program beside breakpoints; see `Machine.haltOn`. */
export interface HaltOptions {
  /** An ebreak, in place of its exception. Default false. */
  readonly ebreak?: boolean;
  /** An exception that goes to M-mode while mtvec is 0: a program that has crashed. Default false. */
  readonly trap?: boolean;
  /**
   * A store of an odd value to this place (the convention of riscv-tests and Spike, HTIF); even
   * ones are console output and system calls `write` and `exit`. True: to the symbol `tohost`.
   * Default: nowhere.
   */
  readonly tohost?: Location | boolean;
}

/** How often an instruction was executed; also one that trapped. */
export interface InstructionCount {
  /** As the assembler has it; a 16-bit instruction counts as what it expands to. */
  readonly name: string;
  /** For sums over instructions that do alike. */
  readonly kind: InstructionKind;
  /** Over all harts, while counting was on. */
  readonly count: number;
  /** How many of these were 16-bit instructions. */
  readonly compressed: number;
}

export type { InstructionKind } from '../generated/isa.ts';

/** A name in a kernel or firmware. */
export interface GuestSymbol {
  /** As the file has it, not demangled. */
  readonly name: string;
  /** Where it is; virtual where the program is linked to run translated. */
  readonly address: bigint;
  /** Bytes; 0 where that is not known. */
  readonly size: number;
  /** `function` and `object` are STT_FUNC and STT_OBJECT of an ELF file; labels of assembly text are `other`. */
  readonly kind: 'function' | 'object' | 'other';
}

/** The symbols of the ELF files that the machine boots from. */
export interface Symbols {
  /** The symbol of that name. */
  find(name: string): Promise<GuestSymbol | undefined>;
  /** The symbol that `address` belongs to: the last one that starts there or before, if it reaches so far. */
  at(address: bigint | number): Promise<GuestSymbol | undefined>;
  /** All of them, by address. */
  list(): Promise<readonly GuestSymbol[]>;
}

/**
 * A guest's console. Output that nobody reads is kept up to 1 MiB, then its oldest part is
 * dropped; a reader that lags behind so far holds the guest up, so that it misses nothing.
 */
export interface MachineConsole {
  /** What the guest prints; ends when the machine does. */
  readonly output: ReadableStream<Uint8Array>;
  /** What is typed. A write resolves when the guest's device has taken it. */
  readonly input: WritableStream<Uint8Array>;
  /** Types bytes without a writer; resolves when the guest's device has taken them all. */
  type(bytes: Uint8Array): Promise<void>;
}

/** Guest RAM by guest physical address. */
export interface MachineMemory {
  /** First address. */
  readonly base: number;
  /** In bytes. */
  readonly size: number;
  /**
   * A copy of `length` bytes.
   * @throws GuestMemoryError when they are not all in RAM.
   */
  read(address: bigint | number, length: number): Promise<Uint8Array>;
  /**
   * Stores bytes there, also over code.
   * @throws GuestMemoryError when they do not all go into RAM.
   */
  write(address: bigint | number, bytes: Uint8Array): Promise<void>;
}

/** All registers of a hart but CSRs, at one time. Values are unsigned. */
export interface HartRegisters {
  /** Virtual address of the next instruction; bit 0 of what is set is dropped. */
  readonly pc: bigint;
  /** Mode that the hart is in (privileged spec, 1.2). */
  readonly privilege: 'user' | 'supervisor' | 'machine';
  /** x0 to x31. */
  readonly x: readonly bigint[];
  /** The bits of f0 to f31. */
  readonly f: readonly bigint[];
}

/** A hart of the machine. */
export interface MachineHart {
  /** Its number, from 0: its mhartid (privileged spec, 3.1.5), and its place in `Machine.harts`. */
  readonly index: number;
  /**
   * A register by its name: `pc`, `x0` to `x31`, `f0` to `f31`, their names of the calling
   * convention (`sp`, `a0`, `fs1`), or a CSR (`mstatus`), which reads as from M-mode.
   * @returns its 64 bits, unsigned.
   * @throws ArgumentError when there is no such register.
   */
  read(register: string): Promise<bigint>;
  /**
   * Writes a register; a CSR as from M-mode, where WARL fields may keep other values.
   * @throws ArgumentError when there is none of that name, or it is read-only.
   */
  write(register: string, value: bigint | number): Promise<void>;
  /** All registers but CSRs, at one time. */
  registers(): Promise<HartRegisters>;
}

/**
 * A hart of a machine on this thread: its registers can be had at once, too. A number of a
 * register that is not 0 to 31 is an ArgumentError.
 */
export interface LocalHart extends MachineHart {
  /** Virtual address of the next instruction; bit 0 of what is set is dropped. */
  pc: bigint;
  /** Mode that the hart is in (privileged spec, 1.2). */
  readonly privilege: 'user' | 'supervisor' | 'machine';
  /** Integer register x0 to x31, unsigned. */
  getX(n: number): bigint;
  /** Sets it to the low 64 bits of `value`; x0 stays 0. */
  setX(n: number, value: bigint): void;
  /** The 64 bits of floating-point register f0 to f31. */
  getF(n: number): bigint;
  /** Sets these to the low 64 bits of `value`; a narrower number is to be NaN-boxed. */
  setF(n: number, value: bigint): void;
  /**
   * A CSR by its number, as M-mode reads it.
   * @throws ArgumentError when the hart has no such CSR.
   */
  getCsr(csr: number): bigint;
  /**
   * Writes a CSR as M-mode would; WARL fields may keep other values.
   * @throws ArgumentError when there is no such CSR, or it is read-only.
   */
  setCsr(csr: number, value: bigint): void;
  /** Whether all of the architectural state is that of a hart of another machine. */
  equals(other: LocalHart): boolean;
}

/** A machine, on this thread or in a worker. */
export interface Machine extends AsyncDisposable {
  /** What the machine was made from. */
  readonly description: MachineDescription;
  /** What the machine does now. */
  readonly state: MachineState;
  /** Resolves when the machine has ended; rejects if the host could not go on with it. */
  readonly ended: Promise<MachineExit>;
  /** The serial port (16550A), the console that firmware and kernels use first. */
  readonly serial: MachineConsole;
  /** The virtio console (hvc0), if the machine has one. */
  readonly virtioConsole: MachineConsole | undefined;
  /** Guest RAM. */
  readonly memory: MachineMemory;
  /** The harts, by their number. */
  readonly harts: readonly MachineHart[];
  /** The symbols of the boot files, and those given as the option `symbols`. */
  readonly symbols: Symbols;

  /**
   * Starts a machine that has not run yet.
   * @throws StateError in any other state.
   */
  start(): Promise<void>;
  /**
   * Pauses between two instructions; resolves when the machine stands still, which is when what its devices have
   * begun has ended, too. Does nothing when it does already.
   */
  pause(options?: AbortOptions): Promise<void>;
  /**
   * Lets a paused machine go on.
   * @throws StateError in any other state.
   */
  resume(): Promise<void>;
  /**
   * Starts the machine or lets it go on, until it stands still again.
   * @returns why it does. Aborting pauses it.
   * @throws StateError when it is running or has ended.
   */
  run(options?: AbortOptions): Promise<MachineStop>;
  /**
   * Executes `count` instructions over all harts; fewer when every hart waits, a breakpoint is
   * reached, or the machine ends, which a `stop` event tells.
   * @returns how many it executed; 0 when the machine has ended.
   * @throws StateError when it is running.
   */
  step(count?: number, options?: StepOptions): Promise<number>;
  /**
   * Resets the machine, as its reset button would: boot files are read again from the host, disks
   * keep their content, and it runs on if it ran. Resolves when it is at its start again.
   * @throws StateError when it has ended.
   */
  reset(options?: AbortOptions): Promise<void>;
  /**
   * Presses the power button, for the guest to shut itself down.
   * @throws StateError when the machine has none (`devices.powerButton`), or has ended.
   */
  powerButton(): Promise<void>;
  /** Ends the machine as if its plug were pulled. It can still be looked at. */
  stop(): Promise<MachineExit>;
  /** Stops the machine and lets go of all that it holds; every other call fails from then on. */
  dispose(): Promise<void>;

  /** Stops harts that come to an instruction. */
  addBreakpoint(at: Location, options?: BreakpointOptions): Promise<Breakpoint>;
  /** Stops harts after accesses to a place. */
  addWatchpoint(at: Location, options?: WatchpointOptions): Promise<Watchpoint>;
  /** Says what else stops a program; what is left out does not. */
  haltOn(options: HaltOptions): Promise<void>;
  /** Sets limits in place of those that there were; see `MachineLimits`. */
  setLimits(limits: MachineLimits): Promise<void>;
  /** What the machine has done so far and what it cost, as it is now. */
  statistics(): Promise<MachineStatistics>;
  /**
   * Whether instructions are counted by kind from now on. They are interpreted one at a time then,
   * at some tens of millions a second; nothing that the guest can see changes.
   */
  countInstructions(isOn: boolean): Promise<void>;
  /** What was counted so far, the most frequent first. */
  instructionCounts(): Promise<readonly InstructionCount[]>;
  /** Tells the guest how large the terminal on its virtio console is, in characters. */
  resizeConsole(columns: number, rows: number): Promise<void>;

  /** Calls `listener` for each event of that kind, until the subscription is disposed of, or `signal` aborted. */
  on<K extends keyof MachineEvents>(
    event: K,
    listener: (value: MachineEvents[K]) => void,
    options?: AbortOptions,
  ): Subscription;
  /** The events of that kind from now on, until the machine is disposed of, or `signal` aborted. */
  events<K extends keyof MachineEvents>(event: K, options?: AbortOptions): AsyncIterable<MachineEvents[K]>;
}
