/**
 * A machine on the thread of its embedder, and its life from creation to the end. It runs
 * in slices; between two slices the host attends to its other work.
 */
import type { BlockBackend } from '../block/backend.ts';
import { DiskMeter } from '../block/metered.ts';
import { EXIT_IDLE } from '../core/core.ts';
import type { Finish } from '../devices/test-finisher.ts';
import { ArgumentError, DisposedError, StateError } from '../errors.ts';
import type { FileSystemBackend } from '../filesystem/backend.ts';
import type { GuestMemory } from '../memory.ts';
import { abortable } from './abort.ts';
import type {
  AbortOptions,
  Breakpoint,
  BreakpointOptions,
  HaltOptions,
  InstructionCount,
  LocalHart,
  Location,
  Machine,
  MachineConsole,
  MachineEvents,
  MachineExit,
  MachineMemory,
  MachineState,
  MachineStop,
  StepOptions,
  Subscription,
  Symbols,
  Watchpoint,
  WatchpointOptions,
} from './api.ts';
import type { Drive } from './board.ts';
import { BootFiles, examineBootFiles, openBootFiles } from './boot-files.ts';
import { refuse } from './check-files.ts';
import { MachineClock } from './clock.ts';
import {
  examineDescription,
  resolveDescription,
  type MachineDescription,
  type ResolvedDescription,
} from './description.ts';
import { EventSource } from './events.ts';
import { instructionCounts, statisticsOf } from './figures.ts';
import { FileFindings } from './file-findings.ts';
import type { MachineHost } from './host.ts';
import { checkLimits, Governor, type MachineLimits } from './limits.ts';
import { LocalMemory } from './memory.ts';
import type { MachineStatistics } from './statistics.ts';
import { System } from './system.ts';

/** Instructions the core runs before the host looks at its clock: fewer where they take long, as accesses to devices do. */
const CHUNK = 500_000;
const SMALLEST_CHUNK = 10_000;
/** How long a chunk should take at most, in milliseconds. */
const CHUNK_TIME = 1;
/** How long the machine keeps the thread, in milliseconds, where its host says nothing. */
const SLICE = 8;

const PAUSED: MachineStop = { reason: 'paused' };

/** A machine on this thread: beside what every machine has, its RAM, registers and figures can be had at once. */
export class LocalMachine implements Machine {
  readonly memory: MachineMemory;
  /** Guest RAM, to be accessed at once. */
  readonly ram: GuestMemory;
  readonly harts: readonly LocalHart[];
  readonly serial: MachineConsole;
  readonly virtioConsole: MachineConsole | undefined;
  readonly symbols: Symbols;
  readonly ended: Promise<MachineExit>;

  private readonly system: System;
  private readonly meter: DiskMeter;
  private readonly eventSource = new EventSource();
  private readonly governor: Governor;

  private currentState: MachineState = 'created';
  private chunk = CHUNK;
  private exit: MachineExit | undefined;
  private resetWanted: MachineEvents['reset']['by'] | undefined;
  private readonly resets: (() => void)[] = [];
  private loop: Promise<void> | undefined;
  private pauseWanted = false;
  private isDisposed = false;
  private settle!: (exit: MachineExit) => void;
  private fail!: (error: unknown) => void;
  private wake: (() => void) | undefined;
  private readonly signal: AbortSignal | undefined;
  private readonly onAbort = (): void => void this.stop().catch(() => {});

  private constructor(
    readonly description: MachineDescription,
    private readonly resolved: ResolvedDescription,
    private readonly host: MachineHost,
    drives: readonly Drive[],
    variables: BlockBackend | undefined,
    shares: readonly FileSystemBackend[],
  ) {
    this.ended = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
    });
    // Whoever waits for the end sees the failure; it is nobody's unhandled rejection.
    this.ended.catch(() => {});
    this.governor = new Governor(() => host.monotonicTime());
    this.meter = new DiskMeter(host);
    const limits = checkLimits(host.limits ?? {});
    this.system = new System({
      description: resolved,
      host,
      drives,
      variables,
      shares,
      devices: host.devices ?? [],
      sbi: host.sbi,
      meter: this.meter,
      log: (message) => {
        host.log?.(message);
        this.eventSource.emit('log', message);
      },
      checkAlive: () => this.checkAlive(),
      onFinish: (finish) => this.finish(finish),
      onChange: () => this.interrupt(),
    });
    this.useLimits(limits);
    const { memory, harts, serial, virtioConsole, symbols } = this.system;
    this.ram = memory;
    this.memory = new LocalMemory(memory, () => this.checkAlive());
    this.harts = harts;
    this.serial = serial;
    this.virtioConsole = virtioConsole;
    this.symbols = symbols;
    for (const card of this.system.board.cards) card.attach();
    this.signal = host.signal;
    this.signal?.addEventListener('abort', this.onAbort);
  }

  /**
   * Makes a machine; it does not run before `start`.
   * @throws DescriptionError, ImageFormatError, BootPlacementError, DeviceConflictError or
   * ArgumentError, which say what is wrong; what the host throws for a file that cannot be had;
   * or the reason of the host's signal.
   */
  static async create(description: unknown, host: MachineHost): Promise<LocalMachine> {
    try {
      host.signal?.throwIfAborted();
      const { description: usable, problems } = examineDescription(description);
      if (problems.list.length > 0) await abortable(refuse(usable, problems, host), host.signal);
      const checked = usable as MachineDescription;
      const resolved = resolveDescription(checked);
      const findings = new FileFindings(host);
      const opened = await abortable(openBootFiles(resolved, findings), host.signal);
      // One after the other: when the machine is given up, none is still being opened.
      const drives: Drive[] = [];
      for (const [index, drive] of resolved.drives.entries()) {
        const backend = await findings.openDrive(`drives[${index}]`, drive);
        if (backend) drives.push({ backend, id: drive.id, queues: drive.queues });
      }
      const variables = await findings.openFlash(resolved.boot.flash);
      const shares: FileSystemBackend[] = [];
      for (const [index, share] of resolved.shares.entries()) {
        const backend = await findings.openShare(`shares[${index}]`, share);
        if (backend) shares.push(backend);
      }
      // Then this tells no one error by itself, but all that is wrong.
      if (findings.areAny) await examineBootFiles(opened, findings);
      findings.throwIfAny();
      const files = await abortable(BootFiles.read(opened), host.signal);
      host.signal?.throwIfAborted();
      const machine = new LocalMachine(checked, resolved, host, drives, variables, shares);
      for (const bank of machine.system.board.flash?.banks ?? []) await abortable(bank.load(), host.signal);
      machine.system.boot(files);
      return machine;
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
    return this.system.instructionCount;
  }

  /** `statistics()` at once. */
  get figures(): MachineStatistics {
    return statisticsOf(this.system.core, {
      wall: this.governor.wallTime,
      disk: this.meter.statistics,
      console: this.system.printedBytes,
    });
  }

  async statistics(): Promise<MachineStatistics> {
    this.checkAlive();
    return this.figures;
  }

  async start(): Promise<void> {
    this.require('start', 'created');
    this.go();
  }

  async resume(): Promise<void> {
    this.require('resume', 'paused');
    this.go();
  }

  async pause({ signal }: AbortOptions = {}): Promise<void> {
    this.checkAlive();
    if (this.currentState !== 'running') return;
    this.pauseWanted = true;
    this.interrupt();
    await abortable(this.loop!, signal);
  }

  async run({ signal }: AbortOptions = {}): Promise<MachineStop> {
    this.require('run', 'created', 'paused');
    signal?.throwIfAborted();
    let hear!: (stop: MachineStop) => void;
    const stopped = new Promise<MachineStop>((resolve) => (hear = resolve));
    const subscription = this.on('stop', hear);
    const onAbort = (): void => void this.pause().catch(() => {});
    signal?.addEventListener('abort', onAbort);
    try {
      this.go();
      // A machine whose host cannot go on ends without a stop.
      const stop = await Promise.race([
        stopped,
        this.ended.then((exit) => ({ reason: 'ended', exit }) as const),
      ]);
      if (stop.reason === 'paused') signal?.throwIfAborted();
      return stop;
    } finally {
      subscription.dispose();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  private go(): void {
    this.setState('running');
    this.pauseWanted = false;
    this.system.stopPoints.pass();
    this.enqueue(() => this.runSlices());
  }

  async step(count = 1, { skipIdle = false, signal }: StepOptions = {}): Promise<number> {
    this.require('step', 'created', 'paused', 'ended');
    if (!Number.isSafeInteger(count) || count < 0)
      throw new ArgumentError(`step: expected a number of instructions, found ${String(count)}`);
    signal?.throwIfAborted();
    await this.loop;
    if (this.currentState === 'ended') return 0;
    this.setState('paused');
    this.system.stopPoints.pass();
    const { system } = this;
    const before = this.instructionCount;
    let stop: MachineStop = PAUSED;
    for (;;) {
      const left = Math.min(
        count - Number(this.instructionCount - before),
        this.governor.allowance(this.instructionCount),
      );
      if (left <= 0 || this.exit) break;
      await abortable(system.settleIo(), signal);
      await this.rebootIfWanted();
      if (this.exit) break;
      system.clock.runDue();
      const exit = system.execute(Math.min(left, CHUNK));
      if (system.stop) {
        ({ stop } = system);
        break;
      }
      if (exit !== EXIT_IDLE) continue;
      if (!skipIdle || !(system.isIoUnderWay || system.skipToEvent())) break;
    }
    system.flush();
    const executed = Number(this.instructionCount - before);
    if (this.exit) this.end(this.exit);
    else if (executed < count && stop === PAUSED && this.governor.allowance(this.instructionCount) === 0)
      stop = { reason: 'limit', limit: 'instructions' };
    if (!this.exit) this.eventSource.emit('stop', stop);
    return executed;
  }

  async stop(): Promise<MachineExit> {
    this.checkAlive();
    return this.halt();
  }

  private async halt(): Promise<MachineExit> {
    if (!this.exit) this.exit = { reason: 'stopped', code: 0 };
    if (this.currentState === 'running') {
      this.pauseWanted = true;
      this.interrupt();
      await this.loop;
    }
    this.end(this.exit);
    return this.ended;
  }

  async dispose(): Promise<void> {
    if (!this.isDisposed) {
      this.isDisposed = true;
      await this.halt().catch(() => {});
      this.eventSource.close();
    }
    await this.ended.catch(() => {});
  }

  async reset({ signal }: AbortOptions = {}): Promise<void> {
    this.require('reset', 'created', 'running', 'paused');
    signal?.throwIfAborted();
    const done = new Promise<void>((resolve) => this.resets.push(resolve));
    this.resetWanted = 'embedder';
    this.system.requestReturn();
    this.interrupt();
    if (this.currentState !== 'running') this.enqueue(() => this.rebootIfWanted());
    return abortable(done, signal);
  }

  async powerButton(): Promise<void> {
    this.require('powerButton', 'created', 'running', 'paused');
    if (!this.system.board.powerButton)
      throw new StateError(
        'the machine has no power button: say "devices": { "powerButton": true } in its description',
      );
    this.system.board.powerButton.press();
  }

  async addBreakpoint(at: Location, options?: BreakpointOptions): Promise<Breakpoint> {
    this.checkAlive();
    const { id, address } = this.system.stopPoints.addBreakpoint(at, options);
    return { id, address, remove: () => this.removeStopPoint(id) };
  }

  async addWatchpoint(at: Location, options?: WatchpointOptions): Promise<Watchpoint> {
    this.checkAlive();
    const { id, address, size } = this.system.stopPoints.addWatchpoint(at, options);
    return { id, address, size, remove: () => this.removeStopPoint(id) };
  }

  /** Removes a breakpoint or watchpoint by its number, if it is still there: with the machine they all went. */
  async removeStopPoint(id: number): Promise<void> {
    if (!this.isDisposed) this.system.stopPoints.remove(id);
  }

  async haltOn(options: HaltOptions): Promise<void> {
    this.checkAlive();
    this.system.stopPoints.haltOn(options);
  }

  async setLimits(limits: MachineLimits): Promise<void> {
    this.checkAlive();
    this.useLimits(checkLimits(limits));
    this.interrupt();
  }

  async countInstructions(isOn: boolean): Promise<void> {
    this.checkAlive();
    this.system.core.exports.countInstructions(isOn ? 1 : 0);
    this.system.core.exports.applyDebug();
  }

  async instructionCounts(): Promise<readonly InstructionCount[]> {
    this.checkAlive();
    return instructionCounts(this.system.core);
  }

  private useLimits(limits: MachineLimits): void {
    this.governor.set(limits);
    this.meter.setRates(limits.disk ?? {});
  }

  async resizeConsole(columns: number, rows: number): Promise<void> {
    this.checkAlive();
    this.system.board.console?.resize(columns, rows);
  }

  on<K extends keyof MachineEvents>(
    event: K,
    listener: (value: MachineEvents[K]) => void,
    options?: AbortOptions,
  ): Subscription {
    this.checkAlive();
    return this.eventSource.on(event, listener, options);
  }

  events<K extends keyof MachineEvents>(event: K, options?: AbortOptions): AsyncIterable<MachineEvents[K]> {
    this.checkAlive();
    return this.eventSource.iterate(event, options);
  }

  /** `dispose()`, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  private checkAlive(): void {
    if (this.isDisposed) throw new DisposedError('the machine was disposed of: make a new one');
  }

  private require(method: string, ...allowed: MachineState[]): void {
    this.checkAlive();
    if (allowed.includes(this.currentState)) return;
    throw new StateError(`${method}() needs a machine that ${NEEDS[method]}; ${ADVICE[this.currentState]}`);
  }

  private setState(state: MachineState): void {
    if (state === this.currentState) return;
    if (state === 'running' || this.currentState === 'running') this.governor.setRunning(state === 'running');
    this.currentState = state;
    this.eventSource.emit('state', state);
  }

  /** One after the other: what runs the machine, and what resets it while it stands still. */
  private enqueue(work: () => Promise<void>): void {
    const before = this.loop ?? Promise.resolve();
    this.loop = before.then(work).catch((error: unknown) => this.crash(error));
  }

  private async runSlices(): Promise<void> {
    const { system, host, governor } = this;
    let stop: MachineStop | undefined;
    while (!this.exit && !this.pauseWanted) {
      const start = host.monotonicTime();
      const sliceEnd = start + (host.slice ?? SLICE);
      let now = start;
      let isIdle = false;
      do {
        const chunkStart = now;
        system.clock.runDue();
        const limit = governor.reached(this.instructionCount, system.core.runTime);
        if (limit) stop = { reason: 'limit', limit };
        else
          isIdle =
            system.execute(Math.min(this.chunk, governor.allowance(this.instructionCount))) === EXIT_IDLE;
        stop ??= system.stop;
        now = host.monotonicTime();
        if (now - chunkStart > CHUNK_TIME) this.chunk = Math.max(SMALLEST_CHUNK, this.chunk >> 1);
        else if (now - chunkStart < CHUNK_TIME / 4) this.chunk = Math.min(CHUNK, this.chunk << 1);
      } while (
        !isIdle &&
        !stop &&
        !this.exit &&
        !this.pauseWanted &&
        !this.resetWanted &&
        !system.isIoUnderWay &&
        now < sliceEnd
      );
      system.flush();
      if (this.exit) break;
      const end = host.monotonicTime();
      if (this.resetWanted) {
        await this.rebootIfWanted();
        // A guest that does nothing but reset itself must not keep the thread.
        await host.turn();
      } else if (stop) break;
      else if (system.isIoUnderWay && system.clock.isVirtual) await system.settleIo();
      else if (isIdle) await this.sleep();
      else await this.rest(end - start);
      governor.rested(host.monotonicTime() - end);
      await this.letReadersCatchUp();
    }
    // Devices work beside the harts: nothing is to reach RAM or a disk any more once it stands still.
    while (!this.exit && (this.resetWanted || system.isIoUnderWay)) {
      await this.rebootIfWanted();
      await this.settleIo();
    }
    if (this.exit) return this.end(this.exit);
    this.setState('paused');
    this.eventSource.emit('stop', stop ?? PAUSED);
  }

  /** Lets the host attend to other work; for longer, where the machine has used more than its share. */
  private async rest(busy: number): Promise<void> {
    const milliseconds = this.governor.restAfter(busy);
    if (milliseconds < 1) return this.host.turn();
    await this.waitFor(milliseconds);
  }

  /** Resolves when devices have ended their work, or when the machine is to look at something. */
  private async settleIo(): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    await Promise.race([woken, this.system.settleIo()]);
    this.wake = undefined;
  }

  /** Waits until a timer fires, an interrupt comes, or something else is to be done. */
  private async sleep(): Promise<void> {
    const { system } = this;
    const { clock } = this.resolved;
    if (clock.kind === 'virtual' && clock.idle === 'skip' && system.skipToEvent()) return this.host.turn();
    const ticks = system.ticksToEvent();
    // Also when nothing is due: a host stays as long as its machine runs.
    const wait = MachineClock.milliseconds(ticks);
    const limit = this.governor.wallTimeLeft + 1;
    const isDue = await this.waitFor(Math.min(wait, limit));
    if (isDue && wait <= limit && ticks !== Infinity && system.clock.isVirtual) system.skip(ticks);
  }

  /** Resolves after so many milliseconds, true, or when the machine is to look at something, false. */
  private async waitFor(milliseconds: number): Promise<boolean> {
    const isOver = await new Promise<boolean>((resolve) => {
      const cancel = this.host.setTimer(() => resolve(true), milliseconds);
      this.wake = () => {
        cancel();
        resolve(false);
      };
    });
    this.wake = undefined;
    return isOver;
  }

  /** Waits for readers of the consoles that lag behind, unless the machine shall stand still. */
  private async letReadersCatchUp(): Promise<void> {
    const { serial, virtioConsole } = this.system;
    const consoles = virtioConsole ? [serial, virtioConsole] : [serial];
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

  private finish({ kind, code }: Finish): void {
    if (kind === 'reset') this.resetWanted ??= 'guest';
    else this.exit ??= kind === 'pass' ? { reason: 'power-off', code: 0 } : { reason: 'failure', code };
  }

  /** Reads the boot files again: kept meanwhile they might take more memory than all else. */
  private async rebootIfWanted(): Promise<void> {
    if (!this.resetWanted) return;
    const by = this.resetWanted;
    this.system.flush();
    if (this.system.clock.isVirtual) await this.system.settleIo();
    this.resetWanted = undefined;
    const stopped = new Promise<undefined>((resolve) => {
      this.wake = () => {
        if (this.exit) resolve(undefined);
      };
    });
    const files = await Promise.race([BootFiles.load(this.resolved, this.host), stopped]);
    this.wake = undefined;
    if (!files || this.exit) return;
    this.system.boot(files);
    for (const done of this.resets.splice(0)) done();
    this.eventSource.emit('reset', { by });
  }

  private end(exit: MachineExit): void {
    if (this.currentState === 'ended') return;
    this.system.flush();
    void this.close().then(
      () => this.settle(exit),
      (error: unknown) => this.fail(error),
    );
    this.eventSource.emit('stop', { reason: 'ended', exit });
  }

  private crash(error: unknown): void {
    const fail = (): void => this.fail(error);
    void this.close().then(fail, fail);
  }

  private async close(): Promise<void> {
    this.setState('ended');
    this.interrupt();
    this.signal?.removeEventListener('abort', this.onAbort);
    for (const done of this.resets.splice(0)) done();
    this.system.close();
    this.meter.close();
    await this.system.settleIo();
    await this.system.closeShares();
    this.system.core.close();
    await this.host.close?.();
  }
}

const NEEDS: Readonly<Record<string, string>> = {
  start: 'has not run yet',
  resume: 'is paused',
  run: 'stands still',
  step: 'stands still',
  reset: 'has not ended',
  powerButton: 'has not ended',
};

const ADVICE: Readonly<Record<MachineState, string>> = {
  created: 'this one has not run yet: start() it',
  running: 'this one is running: pause() it first',
  paused: 'this one is paused: resume() it',
  ended: 'this one has ended: make a new one from its description',
};
