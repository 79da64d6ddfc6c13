/** The embedder's side: a machine that is on another thread. */
import { ArgumentError, DisposedError } from '../errors.ts';
import { abortable } from '../machine/abort.ts';
import type {
  AbortOptions,
  Breakpoint,
  BreakpointOptions,
  HaltOptions,
  InstructionCount,
  Location,
  Machine,
  MachineConsole,
  MachineEvents,
  MachineExit,
  MachineHart,
  MachineMemory,
  MachineState,
  MachineStop,
  StepOptions,
  Subscription,
  Symbols,
  Watchpoint,
  WatchpointOptions,
} from '../machine/api.ts';
import { StreamConsole } from '../machine/console.ts';
import { examineDescription, type MachineDescription } from '../machine/description.ts';
import { EventSource } from '../machine/events.ts';
import { suppliedDrive, suppliedFile, type HostOptions } from '../machine/host-options.ts';
import type { MachineLimits } from '../machine/limits.ts';
import type { MachineStatistics } from '../machine/statistics.ts';
import { DriveServer } from './drive.ts';
import { receiveError, WorkerError } from './error.ts';
import { NetworkServer } from './network.ts';
import { ShareServer } from './share.ts';
import { Moved, Peer, type MessagePortLike } from './peer.ts';
import type { ConsoleName, Created, CreateRequest, Ended, ExtensionRequest, SentEvent } from './protocol.ts';

/** The thread on which the machine is to be. */
export interface RemoteThread extends MessagePortLike {
  /** Says where messages go that arrive, and what to do when the thread dies. */
  connect(onMessage: (data: unknown) => void, onFailure: (error: WorkerError) => void): void;
  /** Whether the embedder's process should stay for the thread. Default: nothing is done. */
  setActive?(isActive: boolean): void;
  terminate(): void;
}

export interface RemoteOptions {
  /** What the embedder says; files and drives stay on this thread. */
  readonly host: HostOptions;
  loadCore(): Promise<WebAssembly.Module>;
  createThread(): RemoteThread;
  readonly extension?: ExtensionRequest;
  /** What the host on the other thread needs beside it. */
  readonly environment: unknown;
}

/**
 * Makes a machine on a thread of its own.
 * @throws ArgumentError when something cannot go there, or what making the machine throws.
 */
export async function createRemoteMachine(description: unknown, remote: RemoteOptions): Promise<Machine> {
  const { host, extension, environment } = remote;
  if (host.devices ?? host.sbi) {
    throw new ArgumentError(
      'devices and sbi are code on the machine\'s thread: pass a module as "extension", or "worker": false',
    );
  }
  const { jit, limits, symbols, signal } = host;
  const { description: checked, problems } = examineDescription(description);
  const isRight = problems.list.length === 0;
  const core = await remote.loadCore();
  const thread = remote.createThread();
  const line = new Line(thread, host);
  const request: CreateRequest = {
    // What is checked is plain data. What is wrong is refused there, where its files can be looked at, too.
    description: isRight ? checked : description,
    core,
    options: { jit, limits, symbols },
    network: Object.keys(host.network ?? {}),
    extension,
    environment,
  };
  try {
    const created = await abortable(line.peer.call<Created>('create', [request]), signal);
    return new RemoteMachine(line, created, signal);
  } catch (error) {
    thread.terminate();
    if (!(error instanceof Error) || error.name !== 'DataCloneError') throw error;
    problems.throwIfAny();
    throw new ArgumentError(`the options must be plain data: ${error.message}`);
  }
}

/** The connection, which is there before the machine is. */
class Line {
  readonly peer: Peer;
  readonly events = new EventSource();
  state: MachineState = 'created';
  readonly ended: Promise<MachineExit>;
  readonly consoles: Record<ConsoleName, StreamConsole>;
  /** Resolves `ended`, unless that is settled. */
  settle!: (exit: MachineExit) => void;
  private fail!: (error: unknown) => void;
  private readonly network: NetworkServer;
  private readonly shares: ShareServer;
  private isPending = false;

  constructor(
    readonly thread: RemoteThread,
    host: HostOptions,
  ) {
    this.ended = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
    });
    this.ended.catch(() => {});
    const drives = new DriveServer();
    this.network = new NetworkServer(host, () => this.peer);
    this.shares = new ShareServer(host);
    this.peer = new Peer(
      thread,
      {
        ...drives.services,
        ...this.network.services,
        ...this.shares.services,
        file: async (reference: string) => {
          const bytes = await suppliedFile(host, reference);
          return (
            bytes && new Moved(bytes, bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer] : [])
          );
        },
        drive: (reference: string) => {
          const backend = suppliedDrive(host, reference);
          return backend && drives.add(backend);
        },
        output: (name: ConsoleName, bytes: Uint8Array) => this.print(name, bytes),
        outputEnd: (name: ConsoleName) => this.consoles[name].close(),
        event: ({ event, value }: SentEvent) => {
          if (event === 'log') host.log?.(value);
          if (event === 'state') {
            this.state = value;
            this.updateActivity();
          }
          this.events.emit(event, value);
        },
        ended: (ended: Ended) => {
          if ('exit' in ended) this.settle(ended.exit);
          else this.fail(receiveError(ended.error));
        },
      },
      (isPending) => {
        this.isPending = isPending;
        this.updateActivity();
      },
    );
    this.consoles = {
      serial: this.createConsole('serial'),
      virtioConsole: this.createConsole('virtioConsole'),
    };
    thread.connect(
      (data) => this.peer.receive(data),
      (error) => this.break(error),
    );
  }

  /** The thread is gone, and with it the machine. */
  break(error: WorkerError): void {
    this.peer.fail(error);
    this.network.close();
    this.shares.close();
    this.fail(error);
    if (this.state !== 'ended') {
      this.state = 'ended';
      this.events.emit('state', 'ended');
    }
    for (const console of Object.values(this.consoles)) console.close();
    this.events.close();
  }

  private updateActivity(): void {
    this.thread.setActive?.(this.isPending || this.state === 'running');
  }

  private createConsole(name: ConsoleName): StreamConsole {
    return new StreamConsole(async (bytes) => {
      await this.peer.call('console.type', [name, bytes.slice()]);
    });
  }

  private async print(name: ConsoleName, bytes: Uint8Array): Promise<void> {
    const console = this.consoles[name];
    console.print(bytes);
    while (console.isCongested) await console.drained();
    this.peer.tell('console.taken', [name, bytes.length]);
  }
}

class RemoteMachine implements Machine {
  readonly description: MachineDescription;
  readonly ended: Promise<MachineExit>;
  readonly serial: MachineConsole;
  readonly virtioConsole: MachineConsole | undefined;
  readonly memory: MachineMemory;
  readonly harts: readonly MachineHart[];
  readonly symbols: Symbols;
  private isDisposed = false;
  private readonly onAbort = (): void => void this.stop().catch(() => {});

  constructor(
    private readonly line: Line,
    { description, memory, harts, hasVirtioConsole }: Created,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.description = description;
    this.ended = line.ended;
    this.serial = line.consoles.serial;
    this.virtioConsole = hasVirtioConsole ? line.consoles.virtioConsole : undefined;
    this.memory = {
      ...memory,
      read: (address, length) => this.call('memory.read', address, length),
      write: (address, bytes) => this.call('memory.write', address, bytes),
    };
    this.harts = Array.from({ length: harts }, (_, index) => ({
      index,
      read: (register: string) => this.call<bigint>('hart.read', index, register),
      write: (register: string, value: bigint | number) =>
        this.call<void>('hart.write', index, register, value),
      registers: () => this.call('hart.registers', index),
    }));
    this.symbols = {
      find: (name) => this.call('symbols.find', name),
      at: (address) => this.call('symbols.at', address),
      list: () => this.call('symbols.list'),
    };
    signal?.addEventListener('abort', this.onAbort);
    const forget = (): void => signal?.removeEventListener('abort', this.onAbort);
    this.ended.then(forget, forget);
  }

  get state(): MachineState {
    return this.line.state;
  }

  private async call<T>(method: string, ...args: unknown[]): Promise<T> {
    this.checkAlive();
    return this.line.peer.call<T>(method, args);
  }

  private checkAlive(): void {
    if (this.isDisposed) throw new DisposedError('the machine was disposed of: make a new one');
  }

  start(): Promise<void> {
    return this.call('start');
  }

  pause({ signal }: AbortOptions = {}): Promise<void> {
    return abortable(this.call('pause'), signal);
  }

  resume(): Promise<void> {
    return this.call('resume');
  }

  async run({ signal }: AbortOptions = {}): Promise<MachineStop> {
    signal?.throwIfAborted();
    const onAbort = (): void => void this.pause().catch(() => {});
    signal?.addEventListener('abort', onAbort);
    try {
      const stop = await this.call<MachineStop>('run');
      if (stop.reason === 'paused') signal?.throwIfAborted();
      return stop;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async step(count = 1, { skipIdle = false, signal }: StepOptions = {}): Promise<number> {
    signal?.throwIfAborted();
    return abortable(this.call<number>('step', count, { skipIdle }), signal);
  }

  async reset({ signal }: AbortOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    return abortable(this.call<void>('reset'), signal);
  }

  powerButton(): Promise<void> {
    return this.call('powerButton');
  }

  stop(): Promise<MachineExit> {
    return this.call('stop');
  }

  async dispose(): Promise<void> {
    if (!this.isDisposed) {
      this.isDisposed = true;
      const exit = await this.line.peer.call<MachineExit | undefined>('dispose').catch(() => undefined);
      if (exit) this.line.settle(exit);
      this.line.thread.terminate();
      this.line.break(new WorkerError('the machine was disposed of'));
    }
    await this.ended.catch(() => {});
  }

  async addBreakpoint(at: Location, options?: BreakpointOptions): Promise<Breakpoint> {
    const { id, address } = await this.call<Breakpoint>('addBreakpoint', at, options);
    return { id, address, remove: () => this.removeStopPoint(id) };
  }

  async addWatchpoint(at: Location, options?: WatchpointOptions): Promise<Watchpoint> {
    const { id, address, size } = await this.call<Watchpoint>('addWatchpoint', at, options);
    return { id, address, size, remove: () => this.removeStopPoint(id) };
  }

  /** With the machine they all went. */
  private async removeStopPoint(id: number): Promise<void> {
    if (this.isDisposed) return;
    await this.line.peer.call('removeStopPoint', [id]).catch((error: unknown) => {
      // Disposed of while the call was under way.
      if (!this.isDisposed) throw error;
    });
  }

  haltOn(options: HaltOptions): Promise<void> {
    return this.call('haltOn', options);
  }

  setLimits(limits: MachineLimits): Promise<void> {
    return this.call('setLimits', limits);
  }

  statistics(): Promise<MachineStatistics> {
    return this.call('statistics');
  }

  countInstructions(isOn: boolean): Promise<void> {
    return this.call('countInstructions', isOn);
  }

  instructionCounts(): Promise<readonly InstructionCount[]> {
    return this.call('instructionCounts');
  }

  resizeConsole(columns: number, rows: number): Promise<void> {
    return this.call('resizeConsole', columns, rows);
  }

  on<K extends keyof MachineEvents>(
    event: K,
    listener: (value: MachineEvents[K]) => void,
    options?: AbortOptions,
  ): Subscription {
    this.checkAlive();
    return this.line.events.on(event, listener, options);
  }

  events<K extends keyof MachineEvents>(event: K, options?: AbortOptions): AsyncIterable<MachineEvents[K]> {
    this.checkAlive();
    return this.line.events.iterate(event, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}
