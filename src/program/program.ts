/**
 * Programs without an operating system, as microbenchmarks and tests are written: one is
 * loaded, run to where it ends or stops, and asked what it printed, executed and left
 * behind. It starts at its entry in M-mode, with nothing set up.
 */
import { assemble } from '../assembler/assembler.ts';
import type { JitOptions } from '../core/jit-options.ts';
import { ArgumentError } from '../errors.ts';
import type {
  AbortOptions,
  GuestSymbol,
  HartRegisters,
  Location,
  Machine,
  MachineStop,
} from '../machine/api.ts';
import type { MachineDescription } from '../machine/description.ts';
import type { HostOptions } from '../machine/host-options.ts';
import type { MachineLimits } from '../machine/limits.ts';
import { join } from '../pieces.ts';
import { decodeUtf8 } from '../text.ts';

/** Text for the built-in assembler, or the bytes of an ELF file or of code that goes to the start of RAM. */
export type ProgramSource = string | Uint8Array;

/** What a program runs on. */
export interface ProgramOptions extends AbortOptions {
  /** RAM. Default "64M". */
  readonly memory?: MachineDescription['memory'];
  /** Default 1; all of them start at the entry. */
  readonly harts?: MachineDescription['harts'];
  /** Default: virtual, and idle time is skipped, so that equal runs are equal to the instruction. */
  readonly clock?: MachineDescription['clock'];
  /** What the program reads from the serial port. Default nothing. */
  readonly input?: string | Uint8Array;
  /** What it may use. Default: all that it can. */
  readonly limits?: MachineLimits;
  /** How it is translated. Default: where it is hot. */
  readonly jit?: JitOptions;
  /** Whether instructions are counted by kind, which is slow. Default false. */
  readonly countInstructions?: boolean;
}

/** How far to run. */
export interface ProgramRunOptions extends AbortOptions {
  /** Stops before the instruction at any of these. Default none. */
  readonly until?: Location | readonly Location[];
}

/** What a run of a program came to. */
export interface ProgramResult {
  /** Why it stopped. */
  readonly stop: MachineStop;
  /**
   * The exit code: 0 for success by `tohost` or the test finisher, or what a failure said; undefined
   * when it stopped in another way, at an ebreak, an exception, a breakpoint or a limit.
   */
  readonly code: number | undefined;
  /** What it printed to the serial port during the run. */
  readonly bytes: Uint8Array;
  /** The same as text. What is not UTF-8 becomes U+FFFD. */
  readonly output: string;
  /** Instructions executed during the run, over all harts. */
  readonly instructions: number;
  /** Milliseconds that they took in the core, with all compiling. */
  readonly time: number;
  /** Registers of each hart at the end. */
  readonly registers: readonly HartRegisters[];
}

/** `createMachine` of a binding. */
export type MachineMaker<O extends HostOptions> = (
  description: MachineDescription,
  options: O,
) => Promise<Machine>;

const NAME = 'program';

/** A program that is loaded. */
export class Program implements AsyncDisposable {
  private readonly chunks: Uint8Array[] = [];
  private received = 0;
  private onReceived = (): void => {};

  private constructor(
    /** The machine that it runs on. */
    readonly machine: Machine,
  ) {
    void this.readOutput();
  }

  /**
   * Loads a program.
   * @throws AssemblyError or ImageFormatError when it is none.
   */
  static async create<O extends HostOptions>(
    make: MachineMaker<O>,
    source: ProgramSource,
    options: ProgramOptions,
    host: O,
  ): Promise<Program> {
    const {
      memory = '64M',
      harts,
      clock = { kind: 'virtual', idle: 'skip' },
      input,
      signal,
      limits,
      jit,
    } = options;
    const { bytes, symbols } = load(source);
    const machine = await make(
      { hartware: 1, memory, ...(harts !== undefined && { harts }), clock, boot: { kernel: NAME } },
      { ...host, symbols, signal, limits, jit, files: { ...host.files, [NAME]: bytes } },
    );
    try {
      const hasTohost = (await machine.symbols.find('tohost')) !== undefined;
      await machine.haltOn({ ebreak: true, trap: true, tohost: hasTohost });
      if (options.countInstructions) await machine.countInstructions(true);
    } catch (error) {
      await machine.dispose();
      throw error;
    }
    const program = new Program(machine);
    if (input !== undefined) {
      const typed = typeof input === 'string' ? new TextEncoder().encode(input) : input;
      // What the program never reads stays where it is.
      machine.serial.type(typed).catch(() => {});
    }
    return program;
  }

  /**
   * Runs the program, or lets it go on where it stopped: to an ebreak, a store to `tohost`, an
   * exception that it has no handler for, the end of the machine, a limit, or one of `until`.
   */
  async run({ until = [], signal }: ProgramRunOptions = {}): Promise<ProgramResult> {
    const { machine } = this;
    const before = await machine.statistics();
    const places = Array.isArray(until) ? (until as readonly Location[]) : [until as Location];
    const breakpoints = [];
    for (const place of places) breakpoints.push(await machine.addBreakpoint(place));
    let stop: MachineStop;
    try {
      stop = await machine.run({ signal });
    } finally {
      for (const breakpoint of breakpoints) await breakpoint.remove().catch(() => {});
    }
    const after = await machine.statistics();
    const bytes = await this.takeOutput(after.console.serial);
    return {
      stop,
      code: stop.reason === 'tohost' ? stop.code : stop.reason === 'ended' ? stop.exit.code : undefined,
      bytes,
      output: decodeUtf8(bytes),
      instructions: after.instructions - before.instructions,
      time: after.time.run - before.time.run,
      registers: await Promise.all(machine.harts.map((hart) => hart.registers())),
    };
  }

  /** Lets go of the machine. */
  async dispose(): Promise<void> {
    await this.machine.dispose();
  }

  /** `dispose()`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  private async readOutput(): Promise<void> {
    const reader = this.machine.serial.output.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      this.chunks.push(next.value);
      this.received += next.value.length;
      this.onReceived();
    }
  }

  /** All output since the last time, once as much has arrived as was printed. */
  private async takeOutput(printed: number): Promise<Uint8Array> {
    while (this.received < printed) await new Promise<void>((resolve) => (this.onReceived = resolve));
    return join(this.chunks.splice(0));
  }
}

function load(source: ProgramSource): { bytes: Uint8Array; symbols: readonly GuestSymbol[] } {
  if (source instanceof Uint8Array) return { bytes: source, symbols: [] };
  if (typeof source !== 'string')
    throw new ArgumentError(`expected a program as text or as a Uint8Array, found ${typeof source}`);
  const { bytes, symbols, entry, origin } = assemble(source);
  if (entry !== origin)
    throw new ArgumentError('a program as text starts with its first instruction: put _start there');
  return {
    bytes,
    symbols: [...symbols].map(([name, address]) => ({ name, address, size: 0, kind: 'other' })),
  };
}
