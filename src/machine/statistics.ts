/** What a machine has done and what it cost its host: figures to look at, which no guest sees. */
import type { DiskStatistics } from '../block/metered.ts';
import type { JitMode } from '../core/jit-options.ts';

/** Counted since the machine was made; a reset does not change it. Plain numbers, fit for JSON. */
export interface MachineStatistics {
  /** Instructions that all harts executed; those that trapped included. */
  readonly instructions: number;
  /**
   * How often loads, stores and atomics had to look a page up that the software TLB did not have.
   * Those to MMIO and across two pages always do, and more than once each.
   */
  readonly tlbMisses: number;
  /** Where the time of its thread went. */
  readonly time: TimeStatistics;
  /** What was translated, and what became of it. */
  readonly jit: JitStatistics;
  /** Of all drives. */
  readonly disk: DiskStatistics;
  /** What it has of its host. */
  readonly memory: MemoryStatistics;
  /** Bytes printed to each console. */
  readonly console: {
    /** By the UART, by SBI and to `tohost`. */
    readonly serial: number;
    /** By the virtio console; 0 without one. */
    readonly virtio: number;
  };
}

/** In bytes. */
export interface MemoryStatistics {
  /** Guest RAM. The host gives it pages as the guest touches them. */
  readonly ram: number;
  /** The core's linear memory, guest RAM included; likewise. */
  readonly reserved: number;
}

/** Milliseconds of the machine's thread. */
export interface TimeStatistics {
  /** In the core, with the devices that it called. The parts below make it up, except for asynchronous compiling. */
  readonly run: number;
  /** What no other part accounts for: the interpreter, and devices. */
  readonly interpreter: number;
  /** From RISC-V to WebAssembly. */
  readonly translation: number;
  /** In the host's compiler. Compiling lazily and optimising on other threads, hosts do more of it later. */
  readonly compile: number;
  /** In translated code: an estimate from samples. */
  readonly translated: number;
  /** While the machine was running, asleep or not; not of the thread alone. */
  readonly wall: number;
}

/** What the JIT has done. */
export interface JitStatistics {
  /** As asked for; `refused` when the host does not let the machine compile, so that it interprets. */
  readonly state: JitMode | 'refused';
  /** What the host said when it refused. */
  readonly refusal?: string;
  /** Instructions executed in translated code. */
  readonly instructions: number;
  /** Regions translated; a region is one loop nest or function of the guest, or a part of one. */
  readonly regions: number;
  /** Of these, how many are in use now. */
  readonly liveRegions: number;
  /** Bytes of guest code translated. */
  readonly guestBytes: number;
  /** WebAssembly modules, each of a batch of regions. */
  readonly modules: number;
  /** Modules that the host did not take. */
  readonly failedModules: number;
  /** Bytes of all modules. */
  readonly wasmBytes: number;
  /** Modules dropped to make room. */
  readonly evictions: number;
  /** Regions dropped because their code was written to. */
  readonly invalidations: number;
  /** Entries into translated code from the dispatcher. */
  readonly entries: number;
  /** Places where translated code left an instruction to the interpreter. */
  readonly sideExits: number;
}
