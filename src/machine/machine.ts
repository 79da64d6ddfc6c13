/**
 * A machine: harts, board and firmware put together, and their life from
 * creation to power-off. Runs on the host's thread in slices; between two
 * slices the host attends to its other work.
 */
import { Core, EXIT_BUDGET, EXIT_IDLE, EXIT_SBI } from '../core/core.ts';
import type { IoScheduler } from '../devices/device.ts';
import type { Finish } from '../devices/test-finisher.ts';
import { LSR, LSR_DR, RBR } from '../devices/uart-16550.ts';
import type { GuestMemory } from '../memory.ts';
import { Sbi } from '../sbi/sbi.ts';
import { Board, type Drive } from './board.ts';
import { BootFiles } from './boot-files.ts';
import { MachineClock } from './clock.ts';
import { MachineConsole } from './console.ts';
import { MemoryBlockBackend } from '../block/backend.ts';
import {
  resolveDescription,
  TIMEBASE_FREQUENCY,
  validateDescription,
  type MachineDescription,
  type ResolvedDescription,
} from './description.ts';
import { GuestRam } from './guest-ram.ts';
import { Hart } from './hart.ts';
import type { MachineHost } from './host.ts';
import { repeatableRandom, type RandomSource } from './random.ts';
import { MachineSbi } from './sbi-host.ts';
import { statisticsOf, type MachineStatistics } from './statistics.ts';

/** How a machine ended. */
export interface MachineExit {
  /**
   * `power-off`: the guest turned the machine off; `failure`: it did so and
   * reported a failure; `stopped`: the embedder stopped it.
   */
  readonly reason: 'power-off' | 'failure' | 'stopped';
  /** The guest's exit code, 0 to 65535; 0 for `power-off` and `stopped`. */
  readonly code: number;
}

export type MachineState = 'created' | 'running' | 'paused' | 'ended';

const SATP_MODE = { sv39: 8, sv48: 9, sv57: 10 } as const;
/** Instructions the core runs before the host looks at its clock. */
const CHUNK = 500_000;
/** How long the machine keeps the thread, in milliseconds. */
const SLICE = 8;

export class Machine {
  /** Guest RAM by guest physical address. */
  readonly memory: GuestMemory;
  readonly harts: readonly Hart[];
  /** The serial port (16550A), the console that firmware and kernels use first. */
  readonly serial: MachineConsole;
  /** The virtio console (hvc0), if the machine has one. */
  readonly virtioConsole: MachineConsole | undefined;
  /** Resolves when the machine has ended; rejects if the host could not go on with it. */
  readonly ended: Promise<MachineExit>;

  private readonly core: Core;
  private readonly board: Board;
  private readonly clock: MachineClock;
  private readonly sbi: Sbi | undefined;
  private readonly random: RandomSource;
  /** Virtual clock: instructions a tick of mtime; 0 with the host's clock. */
  private readonly instructionsPerTick: number;

  private currentState: MachineState = 'created';
  private exit: MachineExit | undefined;
  private resetWanted = false;
  private readonly resets: (() => void)[] = [];
  private loop: Promise<void> | undefined;
  private pauseWanted = false;
  private settle!: (exit: MachineExit) => void;
  private fail!: (error: unknown) => void;
  private wake: (() => void) | undefined;
  private ioUnderWay = 0;
  private onIoDone: (() => void) | undefined;
  private deferred: (() => void)[] = [];

  private constructor(
    /** What the machine was made from. */
    readonly description: MachineDescription,
    private readonly resolved: ResolvedDescription,
    private readonly host: MachineHost,
    files: BootFiles,
    drives: readonly Drive[],
  ) {
    this.ended = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
    });
    // Whoever waits for the end sees the failure; it is nobody's unhandled rejection.
    this.ended.catch(() => {});
    const { clock, devices } = resolved;
    const isVirtual = clock.kind === 'virtual';
    this.instructionsPerTick = isVirtual ? clock.instructionsPerSecond / TIMEBASE_FREQUENCY : 0;
    this.clock = new MachineClock(host, isVirtual ? clock.startTime : undefined, () =>
      this.core.exports.readTime(),
    );
    const log = host.log ?? (() => {});

    this.core = new Core({
      module: host.core,
      ramSize: resolved.memory,
      harts: resolved.harts,
      paging: SATP_MODE[resolved.isa.paging],
      tickInstructions: this.instructionsPerTick,
      host: {
        mmioRead: (address, size) => {
          const value = this.board.bus.read(address >>> 0, size);
          if (this.board.bus.fault) this.core.mmioFault.value = 1;
          else if (size === 8) this.core.mmioHigh.value = this.board.bus.high | 0;
          return value | 0;
        },
        mmioWrite: (address, size, low, high) => {
          this.board.bus.write(address >>> 0, size, low >>> 0, high >>> 0);
          if (this.board.bus.fault) this.core.mmioFault.value = 1;
        },
        time: this.clock.hostTicks,
        now: () => host.monotonicTime(),
      },
      jit: host.jit,
      log,
    });
    this.memory = new GuestRam(this.core);
    this.harts = Array.from({ length: this.core.harts }, (_, index) => new Hart(this.core, index));
    this.serial = new MachineConsole((bytes) => this.board.uart.receive(bytes));
    this.virtioConsole = devices.console
      ? new MachineConsole((bytes) => this.board.console!.receive(bytes))
      : undefined;
    const io: IoScheduler = {
      submit: (work, done, failed) => {
        this.ioUnderWay++;
        // Back to the host, so that the work gets its turn.
        this.core.exports.requestExit();
        const settled = (): void => {
          this.ioUnderWay--;
          this.onIoDone?.();
          this.interrupt();
        };
        work.then(done, failed).then(settled, settled);
      },
    };
    const seed = typeof devices.rng === 'object' ? devices.rng.seed : isVirtual ? 0 : undefined;
    this.random = seed === undefined ? (into) => host.random(into) : repeatableRandom(seed);
    this.board = new Board({
      core: this.core,
      memory: this.memory,
      drives,
      wallClock: this.clock.wallClock,
      timer: {
        setDeadline: (deadline, callback) => {
          this.clock.setDeadline(deadline, callback);
          // How far the core may run was reckoned without this deadline.
          this.core.exports.requestExit();
        },
      },
      io,
      random: this.random,
      hasEntropy: devices.rng !== false,
      hasConsole: devices.console,
      onInterrupt: () => this.interrupt(),
      onFinish: (finish) => this.finish(finish),
      onSerialOutput: (bytes) => this.serial.print(bytes),
      onConsoleOutput: (bytes) => this.virtioConsole?.print(bytes),
      onInputSpace: () => {
        this.serial.onInputSpace();
        this.virtioConsole?.onInputSpace();
      },
      defer: (callback) => this.deferred.push(callback),
      log,
    });
    if (resolved.boot.firmware === undefined) {
      const machineSbi = new MachineSbi({
        core: this.core,
        memory: this.memory,
        console: {
          write: (bytes) => {
            this.board.uart.flush();
            this.serial.print(bytes.slice());
          },
          read: (into) => this.readSerial(into),
        },
        onReset: (kind, reason) => {
          if (kind === 'shutdown') this.finish({ kind: reason === 'failure' ? 'fail' : 'pass', code: 1 });
          else this.finish({ kind: 'reset', code: 0 });
        },
      });
      this.sbi = new Sbi(machineSbi);
    }
    this.boot(files);
  }

  /**
   * Makes a machine; it does not run before `start`.
   * @throws DescriptionError, ImageFormatError or BootPlacementError, which say what is wrong.
   */
  static async create(description: unknown, host: MachineHost): Promise<Machine> {
    try {
      const checked = validateDescription(description);
      const resolved = resolveDescription(checked);
      const files = await BootFiles.load(resolved, host);
      // One after the other: when one fails, none is still being opened.
      const drives: Drive[] = [];
      for (const { source, readOnly, id } of resolved.drives) {
        const backend =
          'file' in source
            ? await host.openDrive(source.file, { readOnly })
            : new MemoryBlockBackend(new Uint8Array(source.memory), readOnly);
        drives.push({ backend, id });
      }
      return new Machine(checked, resolved, host, files, drives);
    } catch (error) {
      await host.close?.();
      throw error;
    }
  }

  get state(): MachineState {
    return this.currentState;
  }

  /** Instructions that all harts executed so far; those that trapped included. */
  get instructionCount(): bigint {
    return this.core.instructionCount;
  }

  /** What the machine has done so far and what it cost, as it is now. */
  statistics(): MachineStatistics {
    return statisticsOf(this.core);
  }

  /** Starts or resumes the machine. Does nothing when it runs or has ended. */
  start(): void {
    if (this.currentState === 'running' || this.currentState === 'ended') return;
    this.currentState = 'running';
    this.pauseWanted = false;
    this.enqueue(() => this.run());
  }

  /** Pauses between two instructions; resolves when the machine stands still. */
  async pause(): Promise<void> {
    if (this.currentState !== 'running') return;
    this.pauseWanted = true;
    this.interrupt();
    await this.loop;
  }

  /**
   * Executes `count` instructions over all harts while the machine is paused;
   * fewer when every hart waits for an interrupt, or the machine ends.
   * @param options.skipIdle with the virtual clock, goes on at the next event when every hart
   * waits; then it executes fewer only when none is due. Default false.
   * @returns how many it executed.
   */
  async step(count = 1, { skipIdle = false }: { readonly skipIdle?: boolean } = {}): Promise<number> {
    if (this.currentState === 'running')
      throw new Error('step() needs a paused machine, this one is running');
    await this.loop;
    if (this.currentState === 'ended') return 0;
    this.currentState = 'paused';
    const before = this.instructionCount;
    for (;;) {
      const left = count - Number(this.instructionCount - before);
      if (left <= 0 || this.exit) break;
      await this.settleIo();
      await this.rebootIfWanted();
      if (this.exit) break;
      this.clock.runDue();
      if (this.execute(Math.min(left, CHUNK)) !== EXIT_IDLE) continue;
      if (!skipIdle || !(this.ioUnderWay > 0 || this.skipToEvent())) break;
    }
    this.flush();
    if (this.exit) this.end(this.exit);
    return Number(this.instructionCount - before);
  }

  /** Ends the machine as if its plug were pulled. */
  async stop(): Promise<MachineExit> {
    if (!this.exit) this.exit = { reason: 'stopped', code: 0 };
    if (this.currentState === 'running') await this.pause();
    this.end(this.exit);
    return this.ended;
  }

  /**
   * Resets the machine, as its reset button would: boot files are read again from the host, disks
   * keep their content. Resolves when the machine is at its start again, or has ended: `ended`
   * rejects when a boot file is not there any more.
   */
  async reset(): Promise<void> {
    if (this.currentState === 'ended') return;
    const done = new Promise<void>((resolve) => this.resets.push(resolve));
    this.resetWanted = true;
    this.core.exports.requestExit();
    this.interrupt();
    if (this.currentState !== 'running') this.enqueue(() => this.rebootIfWanted());
    return done;
  }

  /** Tells the guest how large the terminal on its virtio console is, in characters. */
  resizeConsole(columns: number, rows: number): void {
    this.board.console?.resize(columns, rows);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** One after the other: what runs the machine, and what resets it while it stands still. */
  private enqueue(work: () => Promise<void>): void {
    const before = this.loop ?? Promise.resolve();
    this.loop = before.then(work).catch((error: unknown) => this.crash(error));
  }

  private async run(): Promise<void> {
    while (!this.exit && !this.pauseWanted) {
      const sliceEnd = this.host.monotonicTime() + SLICE;
      let isIdle = false;
      do {
        this.clock.runDue();
        isIdle = this.execute(CHUNK) === EXIT_IDLE;
      } while (
        !isIdle &&
        !this.exit &&
        !this.pauseWanted &&
        !this.resetWanted &&
        !this.ioUnderWay &&
        this.host.monotonicTime() < sliceEnd
      );
      this.flush();
      if (this.exit) break;
      if (this.resetWanted) await this.rebootIfWanted();
      else if (this.ioUnderWay && this.clock.isVirtual) await this.settleIo();
      else if (isIdle) await this.sleep();
      else await this.host.turn();
      await this.letReadersCatchUp();
    }
    if (!this.exit) await this.rebootIfWanted();
    if (this.exit) this.end(this.exit);
    else this.currentState = 'paused';
  }

  /** Runs the core for at most `budget` instructions and answers what it came back for. */
  private execute(budget: number): number {
    if (this.clock.isVirtual) budget = Math.min(budget, this.instructionsToDeadline());
    const start = this.instructionCount;
    for (;;) {
      const reason = this.core.run(budget - Number(this.instructionCount - start));
      if (reason === EXIT_SBI) this.sbi?.call(this.core.exitHart);
      if (reason !== EXIT_SBI || this.exit || this.resetWanted) return reason;
      if (Number(this.instructionCount - start) >= budget) return EXIT_BUDGET;
    }
  }

  private instructionsToDeadline(): number {
    const ticks = this.clock.ticksToDeadline();
    const intoTick = Number(this.instructionCount % BigInt(this.instructionsPerTick));
    return ticks * this.instructionsPerTick - intoTick;
  }

  /** Virtual clock: lets the time pass until something is due; false when nothing is. */
  private skipToEvent(): boolean {
    const ticks = this.ticksToEvent();
    if (!this.clock.isVirtual || ticks === Infinity) return false;
    this.core.exports.skipIdle(ticks);
    return true;
  }

  private ticksToEvent(): number {
    return Math.min(this.core.exports.idleTicks(), this.clock.ticksToDeadline());
  }

  /** Waits until a timer fires, an interrupt comes, or something else is to be done. */
  private async sleep(): Promise<void> {
    const { clock } = this.resolved;
    if (clock.kind === 'virtual' && clock.idle === 'skip' && this.skipToEvent()) return this.host.turn();
    const ticks = this.ticksToEvent();
    const isDue = await new Promise<boolean>((resolve) => {
      // Also when nothing is due: a host stays as long as its machine runs.
      const isTimed = ticks !== Infinity;
      const cancel = this.host.setTimer(() => resolve(isTimed), MachineClock.milliseconds(ticks));
      this.wake = () => {
        cancel();
        resolve(false);
      };
    });
    this.wake = undefined;
    if (isDue && this.clock.isVirtual) this.core.exports.skipIdle(ticks);
  }

  /** Waits for readers of the consoles that lag behind, unless the machine shall stand still. */
  private async letReadersCatchUp(): Promise<void> {
    const consoles = this.virtioConsole ? [this.serial, this.virtioConsole] : [this.serial];
    while (!this.pauseWanted && consoles.some(({ isCongested }) => isCongested)) {
      const woken = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      await Promise.race([woken, ...consoles.map((console) => console.drained())]);
      this.wake = undefined;
    }
  }

  /** Something happened that the machine, if it sleeps, must look at. */
  private interrupt(): void {
    this.wake?.();
  }

  private async settleIo(): Promise<void> {
    while (this.ioUnderWay > 0) {
      await new Promise<void>((resolve) => {
        this.onIoDone = resolve;
      });
      this.onIoDone = undefined;
    }
  }

  private flush(): void {
    for (const callback of this.deferred.splice(0)) callback();
  }

  private finish({ kind, code }: Finish): void {
    if (kind === 'reset') this.resetWanted = true;
    else this.exit ??= kind === 'pass' ? { reason: 'power-off', code: 0 } : { reason: 'failure', code };
    this.core.exports.requestExit();
  }

  /** Reads the boot files again: kept meanwhile they might take more memory than all else. */
  private async rebootIfWanted(): Promise<void> {
    if (!this.resetWanted) return;
    this.flush();
    if (this.clock.isVirtual) await this.settleIo();
    this.resetWanted = false;
    const stopped = new Promise<undefined>((resolve) => {
      this.wake = () => {
        if (this.exit) resolve(undefined);
      };
    });
    const files = await Promise.race([BootFiles.load(this.resolved, this.host), stopped]);
    this.wake = undefined;
    if (!files || this.exit) return;
    this.boot(files);
    for (const done of this.resets.splice(0)) done();
  }

  private boot(files: BootFiles): void {
    for (let hart = 0; hart < this.core.harts; hart++) this.core.exports.resetHart(hart);
    this.board.reset();
    this.sbi?.reset();
    files.place(this.core, this.memory, this.board, this.resolved, this.random);
  }

  /** What the guest's own driver would read from the serial port, for SBI's debug console. */
  private readSerial(into: Uint8Array): number {
    let count = 0;
    while (count < into.length && this.board.uart.read(LSR) & LSR_DR)
      into[count++] = this.board.uart.read(RBR);
    return count;
  }

  private end(exit: MachineExit): void {
    if (this.currentState === 'ended') return;
    this.flush();
    void this.close().then(
      () => this.settle(exit),
      (error: unknown) => this.fail(error),
    );
  }

  private crash(error: unknown): void {
    const fail = (): void => this.fail(error);
    void this.close().then(fail, fail);
  }

  private async close(): Promise<void> {
    this.currentState = 'ended';
    this.interrupt();
    for (const done of this.resets.splice(0)) done();
    this.serial.close();
    this.virtioConsole?.close();
    await this.settleIo();
    this.core.close();
    await this.host.close?.();
  }
}
