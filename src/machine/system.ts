/**
 * The machine without a life of its own: core, RAM, board, clock, firmware interface and
 * consoles, put together. It executes when it is told to, and says why it came back.
 */
import { messageOf } from '../errors.ts';
import { meteredBackend, type DiskMeter } from '../block/metered.ts';
import { Core, EXIT_BREAKPOINT, EXIT_BUDGET, EXIT_SBI } from '../core/core.ts';
import type { IoScheduler } from '../devices/device.ts';
import type { BlockBackend } from '../block/backend.ts';
import type { Finish } from '../devices/test-finisher.ts';
import { LSR, LSR_DR, RBR } from '../devices/uart-16550.ts';
import { FLASH_BASE, FLASH_COUNT, FLASH_SIZE } from '../generated/memory-map.ts';
import type { GuestMemory } from '../memory.ts';
import { SBI_ERR_FAILED } from '../sbi/extension.ts';
import type { SbiHook } from '../sbi/hook.ts';
import { Sbi } from '../sbi/sbi.ts';
import type { MachineStop } from './api.ts';
import { Board, type Drive } from './board.ts';
import type { BootFiles } from './boot-files.ts';
import { MachineClock } from './clock.ts';
import { DeviceInput, StreamConsole, type InputSink } from './console.ts';
import type { CustomDevice } from './custom-device.ts';
import { TIMEBASE_FREQUENCY, type ResolvedDescription } from './description.ts';
import { GuestRam } from './guest-ram.ts';
import { Hart } from './hart.ts';
import type { MachineHost } from './host.ts';
import { repeatableRandom, type RandomSource } from './random.ts';
import { MachineSbi } from './sbi-host.ts';
import type { MachineStatistics } from './statistics.ts';
import { StopPoints } from './stop-points.ts';
import { SymbolTable } from './symbols.ts';

const SATP_MODE = { sv39: 8, sv48: 9, sv57: 10 } as const;

export interface SystemOptions {
  readonly description: ResolvedDescription;
  readonly host: MachineHost;
  readonly drives: readonly Drive[];
  /** What is behind the second bank of flash. */
  readonly variables: BlockBackend | undefined;
  readonly devices: readonly CustomDevice[];
  readonly sbi: SbiHook | undefined;
  readonly meter: DiskMeter;
  readonly log: (message: string) => void;
  /** Throws when nothing of the machine is to be looked at any more. */
  readonly checkAlive: () => void;
  /** The guest ends or restarts the machine. */
  readonly onFinish: (finish: Finish) => void;
  /** Something happened that a machine that sleeps must look at. */
  readonly onChange: () => void;
}

export class System {
  readonly core: Core;
  readonly memory: GuestMemory;
  readonly harts: readonly Hart[];
  readonly serial: StreamConsole;
  readonly virtioConsole: StreamConsole | undefined;
  readonly symbols = new SymbolTable();
  readonly stopPoints: StopPoints;
  readonly clock: MachineClock;
  readonly board: Board;
  /** Why the last `execute` came back before its budget was used up, if it was for the embedder. */
  stop: MachineStop | undefined;

  private readonly options: SystemOptions;
  private readonly inputs: DeviceInput[] = [];
  private readonly sbi: Sbi | undefined;
  private readonly random: RandomSource;
  /** Virtual clock: instructions a tick of mtime; 0 with the host's clock. */
  private readonly instructionsPerTick: number;
  private ioCount = 0;
  private onIoDone: (() => void) | undefined;
  private deferred: (() => void)[] = [];
  private mustReturn = false;

  constructor(options: SystemOptions) {
    this.options = options;
    const { description, host, log } = options;
    const { clock, devices } = description;
    const isVirtual = clock.kind === 'virtual';
    const hasFlash = description.boot.flash !== undefined;
    this.instructionsPerTick = isVirtual ? clock.instructionsPerSecond / TIMEBASE_FREQUENCY : 0;
    this.clock = new MachineClock(host, isVirtual ? clock.startTime : undefined, {
      readTime: () => this.core.exports.readTime(),
      // How far the core may run was reckoned without this deadline.
      onDeadline: () => this.core.exports.requestExit(),
    });
    this.core = new Core({
      module: host.core as WebAssembly.Module,
      ramSize: description.memory,
      rom: hasFlash ? { base: FLASH_BASE, banks: FLASH_COUNT, bankSize: FLASH_SIZE } : undefined,
      harts: description.harts,
      paging: SATP_MODE[description.isa.paging],
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
    this.harts = Array.from(
      { length: this.core.harts },
      (_, index) => new Hart(this.core, index, options.checkAlive),
    );
    this.serial = this.createConsole((bytes) => this.board.uart.receive(bytes));
    this.virtioConsole = devices.console
      ? this.createConsole((bytes) => this.board.console!.receive(bytes))
      : undefined;
    const seed = typeof devices.rng === 'object' ? devices.rng.seed : isVirtual ? 0 : undefined;
    this.random = seed === undefined ? (into) => host.random(into) : repeatableRandom(seed);
    const { readTime, readTimecmp, writeTimecmp } = this.core.exports;
    this.board = new Board({
      core: this.core,
      memory: this.memory,
      drives: options.drives.map(({ backend, id }) => ({
        backend: meteredBackend(backend, options.meter),
        id,
      })),
      flash: hasFlash
        ? { variables: options.variables && meteredBackend(options.variables, options.meter) }
        : undefined,
      network: description.network.map(({ mac }) => ({
        mac: Uint8Array.from(mac.split(':'), (byte) => parseInt(byte, 16)),
        backend: host.openNetwork?.(mac),
      })),
      custom: options.devices,
      timer: {
        ...{ readTime, readTimecmp, writeTimecmp },
        writeTime: (value) => {
          this.clock.writingTime(value);
          this.core.exports.writeTime(value);
        },
      },
      wallClock: this.clock.wallClock,
      createTimer: () => this.clock.createTimer(),
      createIo: (device) => this.createIo(device),
      random: this.random,
      virtio: options.description.virtio,
      onInterrupt: options.onChange,
      onFinish: (finish) => {
        this.requestReturn();
        options.onFinish(finish);
      },
      onSerialOutput: (bytes) => this.serial.print(bytes),
      onConsoleOutput: (bytes) => this.virtioConsole?.print(bytes),
      onInputSpace: () => {
        for (const input of this.inputs) input.onSpace();
      },
      defer: (callback) => this.deferred.push(callback),
      log,
    });
    this.stopPoints = new StopPoints({
      core: this.core,
      memory: this.memory,
      symbols: this.symbols,
      print: (bytes) => this.printSerial(bytes),
    });
    if (description.boot.firmware === undefined) this.sbi = this.createSbi();
  }

  private createConsole(sink: InputSink): StreamConsole {
    const input = new DeviceInput(sink);
    this.inputs.push(input);
    return new StreamConsole((bytes) => input.type(bytes));
  }

  private createSbi(): Sbi {
    const host = new MachineSbi({
      core: this.core,
      memory: this.memory,
      console: {
        write: (bytes) => this.printSerial(bytes.slice()),
        read: (into) => this.readSerial(into),
      },
      onReset: (kind, reason) => {
        this.requestReturn();
        if (kind !== 'shutdown') this.options.onFinish({ kind: 'reset', code: 0 });
        else this.options.onFinish({ kind: reason === 'failure' ? 'fail' : 'pass', code: 1 });
      },
    });
    const { sbi: hook, log } = this.options;
    return new Sbi(host, hook && guarded(hook, log));
  }

  private createIo(device: string): IoScheduler {
    return {
      submit: (work, done, failed) => {
        this.ioCount++;
        // Back to the host, so that the work gets its turn.
        this.core.exports.requestExit();
        const settled = (): void => {
          this.ioCount--;
          this.onIoDone?.();
          this.options.onChange();
        };
        Promise.resolve(work)
          .then(done, failed)
          // As in its registers, a device that throws is told of, and the guest goes on.
          .catch((error: unknown) =>
            this.options.log(`${device}: the end of its work failed: ${messageOf(error)}`),
          )
          .then(settled, settled);
      },
    };
  }

  /** Instructions that all harts executed so far; those that trapped included. */
  get instructionCount(): bigint {
    return this.core.instructionCount;
  }

  /** Bytes printed to each console so far. */
  get printedBytes(): MachineStatistics['console'] {
    return { serial: this.serial.printedBytes, virtio: this.virtioConsole?.printedBytes ?? 0 };
  }

  /** Whether devices wait for their backends. */
  get isIoUnderWay(): boolean {
    return this.ioCount > 0;
  }

  /** Makes `execute` return soon. */
  requestReturn(): void {
    this.mustReturn = true;
    this.core.exports.requestExit();
  }

  /** Runs the core for at most `budget` instructions and answers what it came back for: EXIT_*, and `stop`. */
  execute(budget: number): number {
    if (this.clock.isVirtual) budget = Math.min(budget, this.instructionsToDeadline());
    const start = this.instructionCount;
    this.stop = undefined;
    this.mustReturn = false;
    for (;;) {
      const exit = this.core.run(budget - Number(this.instructionCount - start));
      if (exit === EXIT_SBI) this.sbi?.call(this.core.exitHart);
      else if (exit >= EXIT_BREAKPOINT) this.stop = this.stopPoints.judge(exit);
      else return exit;
      if (this.stop || this.mustReturn) return exit;
      if (Number(this.instructionCount - start) >= budget) return EXIT_BUDGET;
    }
  }

  private instructionsToDeadline(): number {
    const ticks = this.clock.ticksToDeadline();
    const intoTick = Number(this.instructionCount % BigInt(this.instructionsPerTick));
    return ticks * this.instructionsPerTick - intoTick;
  }

  /** Ticks of the time base until something is due while every hart waits. */
  ticksToEvent(): number {
    return Math.min(this.core.exports.idleTicks(), this.clock.ticksToDeadline());
  }

  /** Virtual clock: lets the time pass until something is due; false when nothing is. */
  skipToEvent(): boolean {
    const ticks = this.ticksToEvent();
    if (!this.clock.isVirtual || ticks === Infinity) return false;
    this.skip(ticks);
    return true;
  }

  /** Virtual clock: lets time pass without an instruction. */
  skip(ticks: number): void {
    this.core.exports.skipIdle(ticks);
  }

  /** Calls devices that asked to be called soon. */
  flush(): void {
    for (const callback of this.deferred.splice(0)) callback();
  }

  async settleIo(): Promise<void> {
    while (this.ioCount > 0) {
      await new Promise<void>((resolve) => {
        this.onIoDone = resolve;
      });
      this.onIoDone = undefined;
    }
  }

  /** Everything at its start, with the boot files in RAM. */
  boot(files: BootFiles): void {
    for (let hart = 0; hart < this.core.harts; hart++) this.core.exports.resetHart(hart);
    this.board.reset();
    this.sbi?.reset();
    const { description, host } = this.options;
    const symbols = files.place(this.core, this.memory, this.board, description, this.random);
    this.symbols.set([...(host.symbols ?? []), ...symbols]);
  }

  close(): void {
    for (const card of this.board.cards) card.detach();
    this.serial.close();
    this.virtioConsole?.close();
    for (const input of this.inputs) input.close();
  }

  private printSerial(bytes: Uint8Array): void {
    this.board.uart.flush();
    this.serial.print(bytes);
  }

  /** What the guest's own driver would read from the serial port, for SBI's debug console. */
  private readSerial(into: Uint8Array): number {
    let count = 0;
    while (count < into.length && this.board.uart.read(LSR) & LSR_DR)
      into[count++] = this.board.uart.read(RBR);
    return count;
  }
}

/** The hook, whose mistakes are answered with SBI_ERR_FAILED and told. */
function guarded(hook: SbiHook, log: (message: string) => void): SbiHook {
  return (call) => {
    try {
      return hook(call);
    } catch (error) {
      log(`the hook for SBI calls failed: ${messageOf(error)}`);
      return { error: SBI_ERR_FAILED };
    }
  };
}
