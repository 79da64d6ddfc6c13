/**
 * The host's side of the JIT: makes modules of the bytes that the core's translator leaves
 * in the linear memory, whose functions go into the table through which the core calls them.
 * Only the table refers to an instance, so that one whose slots are empty is garbage.
 */

export type JitMode = 'on' | 'off' | 'force';

/** How guest code becomes WebAssembly. Nothing here is visible to the guest. */
export interface JitOptions {
  /**
   * `on`: code that is executed often is translated; `off`: all code is interpreted;
   * `force`: all code is translated before its first execution, for tests. Default `on`.
   */
  readonly mode?: JitMode;
  /**
   * `sync`: the machine waits for the host's compiler; `async`: it interprets until the host,
   * on a thread of its own, has compiled. `force` is always synchronous. Default `sync`.
   */
  readonly compile?: 'sync' | 'async';
}

/** Slots of the table (JIT_TABLE_SIZE in assembly/layout.ts), needed before there is an instance to ask. */
export const JIT_TABLE_SIZE = 4096;

/** The slot of the function that leaves translated code (assembly/jit/transfer.ts). */
const LEAVE_SLOT = 0;

/** What the JIT uses of the core; a batch is what is compiled as one module. */
interface JitExports {
  configureJit(mode: number, flags: number): void;
  batchReady(batch: number): void;
  batchFailed(batch: number): void;
}

const MODE = { off: 0, on: 1, force: 2 } as const satisfies Record<JitMode, number>;
const FLAG_TAIL_CALLS = 1;

/** A function whose body is `i32.const 0, return_call_indirect`. */
const TAIL_CALL_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x04, 0x04, 0x01, 0x70, 0x00, 0x00],
  ...[0x0a, 0x09, 0x01, 0x07, 0x00, 0x41, 0x00, 0x13, 0x00, 0x00, 0x0b],
);

let tailCalls: boolean | undefined;

/** Whether this host has tail calls. */
export function hasTailCalls(): boolean {
  return (tailCalls ??= WebAssembly.validate(TAIL_CALL_PROBE));
}

export interface JitSurroundings {
  readonly memory: WebAssembly.Memory;
  readonly options: JitOptions;
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number;
  /** Takes the reason, in one line, when the host refuses to compile. */
  readonly log: (message: string) => void;
}

export class Jit {
  readonly mode: JitMode;
  readonly isSynchronous: boolean;
  readonly table = new WebAssembly.Table({
    element: 'anyfunc',
    initial: JIT_TABLE_SIZE,
    maximum: JIT_TABLE_SIZE,
  });
  /** What the core imports; see assembly/host.ts. */
  readonly imports = {
    compile: (address: number, length: number, batch: number): void =>
      this.compile(this.surroundings.memory.buffer.slice(address >>> 0, (address >>> 0) + length), batch),
    release: (batch: number, firstSlot: number, slots: number): void => this.release(batch, firstSlot, slots),
  };
  /** Milliseconds that the machine's thread spent in the host's compiler. */
  compileTime = 0;
  /** Modules that the host did not make. */
  failures = 0;
  /** Why this host compiles nothing, once it has refused to. */
  refusal: string | undefined;

  private core!: JitExports;
  private instanceImports!: WebAssembly.Imports;
  /** Batches that are being compiled, each with an object of its own: numbers are used again. */
  private readonly pending = new Map<number, object>();
  private isSwitchedOff = false;

  constructor(private readonly surroundings: JitSurroundings) {
    const { mode = 'on', compile = 'sync' } = surroundings.options;
    this.mode = mode;
    this.isSynchronous = compile === 'sync' || mode === 'force';
  }

  /** To be called once, when the core has its instance. */
  attach(exports: WebAssembly.Exports): void {
    const { memory } = this.surroundings;
    this.core = exports as unknown as JitExports;
    this.instanceImports = { env: { memory, table: this.table }, core: exports };
    this.table.set(LEAVE_SLOT, exports.leaveRegion as () => number);
    this.core.configureJit(MODE[this.mode], hasTailCalls() ? FLAG_TAIL_CALLS : 0);
  }

  /** To be called when the core does not run: what a refusal within the run has asked for. */
  settle(): void {
    if (this.refusal === undefined || this.isSwitchedOff) return;
    this.isSwitchedOff = true;
    this.core.configureJit(MODE.off, 0);
  }

  /** Lets go of all modules. The core must not run any more. */
  close(): void {
    this.pending.clear();
    this.clear(0, JIT_TABLE_SIZE);
  }

  private compile(bytes: ArrayBuffer, batch: number): void {
    if (this.refusal !== undefined) this.fail(batch);
    else if (this.isSynchronous) this.compileNow(bytes, batch);
    else void this.compileLater(bytes, batch);
  }

  private compileNow(bytes: ArrayBuffer, batch: number): void {
    try {
      this.measure(() => new WebAssembly.Instance(new WebAssembly.Module(bytes), this.instanceImports));
    } catch (error) {
      this.refuse(bytes, error);
      this.fail(batch);
      return;
    }
    this.core.batchReady(batch);
  }

  /** What comes after `await` is not within a run of the core, which never lets others have the thread. */
  private async compileLater(bytes: ArrayBuffer, batch: number): Promise<void> {
    const ticket = {};
    this.pending.set(batch, ticket);
    const isWanted = (): boolean => this.pending.get(batch) === ticket;
    try {
      const module = await WebAssembly.compile(bytes);
      if (!isWanted()) return;
      this.measure(() => new WebAssembly.Instance(module, this.instanceImports));
    } catch (error) {
      if (!isWanted()) return;
      this.pending.delete(batch);
      this.refuse(bytes, error);
      this.fail(batch);
      this.settle();
      return;
    }
    this.pending.delete(batch);
    this.core.batchReady(batch);
  }

  private fail(batch: number): void {
    this.failures++;
    this.core.batchFailed(batch);
  }

  private release(batch: number, firstSlot: number, slots: number): void {
    this.pending.delete(batch);
    this.clear(firstSlot, slots);
  }

  private clear(firstSlot: number, slots: number): void {
    for (let slot = firstSlot; slot < firstSlot + slots; slot++) this.table.set(slot, null);
  }

  private measure(action: () => void): void {
    const start = this.surroundings.now();
    action();
    this.compileTime += this.surroundings.now() - start;
  }

  /** Finds out what an error of the host's compiler means for the batches to come. */
  private refuse(bytes: ArrayBuffer, error: unknown): void {
    // Out of memory, or too large: others may fit.
    if (error instanceof RangeError) return;
    const reason = error instanceof Error ? error.message : String(error);
    // A policy against compiling lets bytes be validated, so that this is our own mistake.
    if (!WebAssembly.validate(bytes)) {
      const message = `the JIT made an invalid module: ${reason}`;
      // Going on would hide from a test what it is there to find.
      if (this.mode === 'force') throw new Error(message, { cause: error });
      this.surroundings.log(message);
      return;
    }
    if (this.refusal !== undefined) return;
    this.refusal = reason;
    this.surroundings.log(`the host refuses to compile, so that the guest is interpreted: ${reason}`);
  }
}
