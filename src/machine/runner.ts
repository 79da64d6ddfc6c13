/**
 * Runs a machine in slices; between two slices the host attends to its other work. What the guest
 * wants of its machine (to end, to be reset) is heeded between two of its instructions.
 */
import { EXIT_IDLE } from '../core/core.ts';
import type { Finish } from '../devices/test-finisher.ts';
import { abortable } from './abort.ts';
import type { MachineEvents, MachineExit, MachineStop } from './api.ts';
import { BootFiles } from './boot-files.ts';
import { MachineClock } from './clock.ts';
import type { ResolvedDescription } from './description.ts';
import type { MachineHost } from './host.ts';
import type { Governor } from './limits.ts';
import { System, type SystemOptions } from './system.ts';

/** Instructions the core runs before the host looks at its clock: fewer where they take long, as accesses to devices do. */
const CHUNK = 500_000;
const SMALLEST_CHUNK = 10_000;
/** How long a chunk should take at most, in milliseconds. */
const CHUNK_TIME = 1;
/** How long the machine keeps the thread, in milliseconds, where its host says nothing. */
const SLICE = 8;

/** Turns of the queue of promises within which a request ends that waits for nothing: there are functions within functions. */
const PROMPT_TURNS = 32;

const PAUSED: MachineStop = { reason: 'paused' };

type ResetCause = MachineEvents['reset']['by'];

export interface RunnerOptions extends Omit<SystemOptions, 'onFinish' | 'onChange'> {
  readonly governor: Governor;
  /** The machine has begun again. */
  readonly onReset: (by: ResetCause) => void;
}

export class Runner {
  readonly system: System;
  /** How the machine ends, once that is settled: nothing is executed then. */
  exit: MachineExit | undefined;
  /** Whether the machine is to stand still after its slice. */
  pauseWanted = false;

  private readonly host: MachineHost;
  private readonly description: ResolvedDescription;
  private readonly governor: Governor;
  private readonly onReset: (by: ResetCause) => void;
  private chunk = CHUNK;
  private resetWanted: ResetCause | undefined;
  private wake: (() => void) | undefined;

  constructor({ governor, onReset, ...options }: RunnerOptions) {
    this.host = options.host;
    this.description = options.description;
    this.governor = governor;
    this.onReset = onReset;
    this.system = new System({
      ...options,
      onFinish: (finish) => this.finish(finish),
      onChange: () => this.interrupt(),
    });
  }

  /** Something happened that the machine, if it sleeps, must look at. */
  interrupt(): void {
    this.wake?.();
  }

  /** The machine is to begin again: see `resetIfWanted`. */
  requestReset(): void {
    this.resetWanted = 'embedder';
    this.system.requestReturn();
    this.interrupt();
  }

  /** Runs until the machine has ended, is to stand still, or something stops it: says what. */
  async run(): Promise<MachineStop> {
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
        const limit = governor.reached(system.instructionCount, system.core.runTime);
        if (limit) stop = { reason: 'limit', limit };
        else
          isIdle =
            system.execute(Math.min(this.chunk, governor.allowance(system.instructionCount))) === EXIT_IDLE;
        stop ??= system.stop;
        if (system.isIoUnderWay && !system.clock.isVirtual && (await this.settlePromptIo())) isIdle = false;
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
        await this.resetIfWanted();
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
      await this.resetIfWanted();
      await this.settleIo();
    }
    return stop ?? PAUSED;
  }

  /** Executes `count` instructions, as long as nothing stops them; says how many it were and why no more. */
  async step(
    count: number,
    skipIdle: boolean,
    signal: AbortSignal | undefined,
  ): Promise<[number, MachineStop]> {
    const { system, governor } = this;
    const before = system.instructionCount;
    let stop: MachineStop = PAUSED;
    for (;;) {
      const left = Math.min(
        count - Number(system.instructionCount - before),
        governor.allowance(system.instructionCount),
      );
      if (left <= 0 || this.exit) break;
      await abortable(system.settleIo(), signal);
      await this.resetIfWanted();
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
    const executed = Number(system.instructionCount - before);
    if (executed < count && stop === PAUSED && governor.allowance(system.instructionCount) === 0)
      stop = { reason: 'limit', limit: 'instructions' };
    return [executed, stop];
  }

  /**
   * Lets the machine begin again, if that is wanted. Reads the boot files again: kept meanwhile
   * they might take more memory than all else.
   */
  async resetIfWanted(): Promise<void> {
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
    const files = await Promise.race([BootFiles.load(this.description, this.host), stopped]);
    this.wake = undefined;
    if (!files || this.exit) return;
    this.system.boot(files);
    this.onReset(by);
  }

  /**
   * Lets devices end what their backends have at hand, whose promises need no event of the host;
   * false where they have to wait.
   */
  private async settlePromptIo(): Promise<boolean> {
    for (let turn = 0; turn < PROMPT_TURNS && this.system.isIoUnderWay; turn++) await Promise.resolve();
    return !this.system.isIoUnderWay;
  }

  /** Lets the host attend to other work; for longer, where the machine has used more than its share. */
  private async rest(busy: number): Promise<void> {
    const milliseconds = this.governor.restAfter(busy);
    if (milliseconds < 1) return this.host.turn();
    await this.waitFor(milliseconds);
  }

  /** Resolves when devices have ended their work, or when the machine is to look at something. */
  private settleIo(): Promise<void> {
    return this.waitForAny(() => [this.system.settleIo()]);
  }

  /** Waits until a timer fires, an interrupt comes, or something else is to be done. */
  private async sleep(): Promise<void> {
    const { system } = this;
    const { clock } = this.description;
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
      await this.waitForAny(() => consoles.map((console) => console.drained()));
    }
  }

  /**
   * Resolves when one of the promises does, or when the machine is to look at something, which may come while
   * they are being made.
   */
  private async waitForAny(begin: () => readonly Promise<void>[]): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    await Promise.race([woken, ...begin()]);
    this.wake = undefined;
  }

  private finish({ kind, code }: Finish): void {
    if (kind === 'reset') this.resetWanted ??= 'guest';
    else this.exit ??= kind === 'pass' ? { reason: 'power-off', code: 0 } : { reason: 'failure', code };
  }
}
