/**
 * The host's side of the JIT: makes modules of the bytes that the core's translator leaves
 * in the linear memory, whose functions go into the table through which the core calls them.
 * Only tables refer to instances, so that those whose slots are empty are garbage.
 */
import { messageOf } from '../errors.ts';
import type { JitMode, JitOptions } from './jit-options.ts';
import { SlotTables } from './slot-tables.ts';

/** Slots of the table (JIT_TABLE_SIZE in assembly/layout.ts), needed before there is an instance to ask. */
export const JIT_TABLE_SIZE = 4096;

/** The slot of the function that leaves translated code (assembly/jit/transfer.ts). */
const LEAVE_SLOT = 0;

/** What the JIT uses of the core; a batch is what is compiled as one module. */
interface JitExports extends Record<string, unknown> {
  configureJit(mode: number, flags: number): void;
  batchReady(batch: number): void;
  batchFailed(batch: number): void;
  /** Has the signature of translated code. */
  readonly leaveRegion: unknown;
}

interface Batch {
  readonly number: number;
  readonly firstSlot: number;
  readonly slots: number;
}

const MODE = { off: 0, on: 1, force: 2 } as const satisfies Record<JitMode, number>;
const FLAG_TAIL_CALLS = 1;
const FLAG_THRESHOLD_SHIFT = 8;
const MAX_THRESHOLD = 2 ** 24 - 1;

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
  /** What the core imports; see assembly/host.ts. */
  readonly imports = {
    compile: (address: number, length: number, number: number, firstSlot: number, slots: number): void => {
      const bytes = this.surroundings.memory.buffer.slice(address >>> 0, (address >>> 0) + length);
      this.compile(bytes, { number, firstSlot, slots });
    },
    release: (number: number, firstSlot: number, slots: number): void => {
      this.pending.delete(number);
      this.tables.release(firstSlot, slots);
    },
  };
  /** Milliseconds that the machine's thread spent in the host's compiler. */
  compileTime = 0;
  /** Modules that the host did not make. */
  failures = 0;
  /** Why this host compiles nothing, once it has refused to. */
  refusal: string | undefined;

  private readonly tables = new SlotTables(JIT_TABLE_SIZE);
  private core!: JitExports;
  /** Batches that are being compiled, by their numbers, which are used again. */
  private readonly pending = new Map<number, Batch>();
  private isSwitchedOff = false;

  constructor(private readonly surroundings: JitSurroundings) {
    const { mode = 'on', compile = 'sync', threshold = 1 } = surroundings.options;
    check('mode', mode, Object.keys(MODE));
    check('compile', compile, ['sync', 'async']);
    if (!Number.isInteger(threshold) || threshold < 1 || threshold > MAX_THRESHOLD) {
      throw new RangeError(
        `jit.threshold: expected a whole number from 1 to ${MAX_THRESHOLD}, found ${threshold}`,
      );
    }
    this.mode = mode;
    this.isSynchronous = compile === 'sync' || mode === 'force';
  }

  /** What the core imports. */
  get table(): WebAssembly.Table {
    return this.tables.main;
  }

  /** To be called once, when the core has its instance. */
  attach(exports: WebAssembly.Exports): void {
    this.core = exports as unknown as JitExports;
    this.table.set(LEAVE_SLOT, this.core.leaveRegion);
    const threshold = (this.surroundings.options.threshold ?? 0) << FLAG_THRESHOLD_SHIFT;
    this.core.configureJit(MODE[this.mode], (hasTailCalls() ? FLAG_TAIL_CALLS : 0) | threshold);
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
    this.tables.close();
  }

  private compile(bytes: ArrayBuffer, batch: Batch): void {
    if (this.refusal !== undefined) this.fail(batch);
    else if (this.isSynchronous) this.compileNow(bytes, batch);
    else void this.compileLater(bytes, batch);
  }

  private compileNow(bytes: ArrayBuffer, batch: Batch): void {
    let module: WebAssembly.Module;
    const start = this.surroundings.now();
    try {
      module = new WebAssembly.Module(bytes);
    } catch (error) {
      this.fail(batch);
      this.judge(bytes, error);
      return;
    } finally {
      this.compileTime += this.surroundings.now() - start;
    }
    this.instantiate(module, batch);
  }

  /** What comes after `await` is not within a run of the core, which never lets others have the thread. */
  private async compileLater(bytes: ArrayBuffer, batch: Batch): Promise<void> {
    this.pending.set(batch.number, batch);
    const result = await WebAssembly.compile(bytes).catch((error: unknown) => ({ error }));
    if (this.pending.get(batch.number) !== batch) return;
    this.pending.delete(batch.number);
    if (!('error' in result)) {
      this.instantiate(result, batch);
      return;
    }
    this.fail(batch);
    this.judge(bytes, result.error);
    this.settle();
  }

  private instantiate(module: WebAssembly.Module, batch: Batch): void {
    const { memory } = this.surroundings;
    const start = this.surroundings.now();
    try {
      this.tables.fill(
        batch.firstSlot,
        batch.slots,
        (table) => new WebAssembly.Instance(module, { env: { memory, table }, core: this.core }),
      );
    } catch (error) {
      this.fail(batch);
      if (!(error instanceof RangeError)) this.report(error);
      return;
    } finally {
      this.compileTime += this.surroundings.now() - start;
    }
    this.core.batchReady(batch.number);
  }

  private fail(batch: Batch): void {
    this.failures++;
    this.core.batchFailed(batch.number);
  }

  /** Finds out what an error of the host's compiler means for the batches to come. */
  private judge(bytes: ArrayBuffer, error: unknown): void {
    // Out of memory, or too large: others may fit.
    if (error instanceof RangeError) return;
    // A policy against compiling does not forbid to look whether the bytes are valid.
    if (!WebAssembly.validate(bytes)) {
      this.report(error);
    } else if (this.refusal === undefined) {
      this.refusal = messageOf(error);
      this.surroundings.log(`the host refuses to compile, so that the guest is interpreted: ${this.refusal}`);
    }
  }

  /** Tells of a module that no host would take: a mistake of the translator. */
  private report(error: unknown): void {
    const message = `the JIT made an invalid module: ${messageOf(error)}`;
    // Going on would hide from a test what it is there to find.
    if (this.mode === 'force') throw new Error(message, { cause: error });
    this.surroundings.log(message);
  }
}

function check(option: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw new RangeError(
    `jit.${option}: expected one of ${choices.join(', ')}, found ${JSON.stringify(value)}`,
  );
}
