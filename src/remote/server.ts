/** The machine's side: makes a machine of what the other side sends, and does what it says. */
import type {
  BreakpointOptions,
  HaltOptions,
  Location,
  MachineConsole,
  StepOptions,
  WatchpointOptions,
} from '../machine/api.ts';
import { EVENTS } from '../machine/events.ts';
import type { MachineHost } from '../machine/host.ts';
import type { HostOptions, MachineExtension } from '../machine/host-options.ts';
import type { MachineLimits } from '../machine/limits.ts';
import { LocalMachine } from '../machine/machine.ts';
import { remoteDrive, type DriveFacts } from './drive.ts';
import { sendError } from './error.ts';
import { RemoteNetwork } from './network.ts';
import { remoteShare, type ShareFacts } from './share.ts';
import { Moved, Peer, type MessagePortLike, type Services } from './peer.ts';
import {
  OUTPUT_WINDOW,
  type ConsoleName,
  type Created,
  type CreateRequest,
  type ExtensionRequest,
} from './protocol.ts';

export interface ServerBinding {
  /** Makes a host of this thread; `files` and `drives` are looked up on the other side first. */
  createHost(
    options: HostOptions & { readonly wasm: WebAssembly.Module },
    environment: unknown,
  ): Promise<MachineHost>;
  /** Loads the embedder's module for this thread. */
  loadExtension(extension: ExtensionRequest): Promise<MachineExtension>;
}

/** Serves one machine to the other end of `port`; what it returns takes the messages that arrive. */
export function serveMachine(port: MessagePortLike, binding: ServerBinding): (data: unknown) => void {
  const server = new MachineServer(port, binding);
  return (data) => server.peer.receive(data);
}

class MachineServer {
  readonly peer: Peer;
  private machine!: LocalMachine;
  /** Output that is under way to the other side, in bytes. */
  private readonly sent = { serial: 0, virtioConsole: 0 };
  private readonly network = new RemoteNetwork(() => this.peer);
  private readonly onTaken: Partial<Record<ConsoleName, () => void>> = {};

  constructor(
    port: MessagePortLike,
    private readonly binding: ServerBinding,
  ) {
    this.peer = new Peer(port, this.services());
  }

  private services(): Services {
    const machine = (): LocalMachine => this.machine;
    return {
      create: (request: CreateRequest) => this.create(request),
      start: () => machine().start(),
      pause: () => machine().pause(),
      resume: () => machine().resume(),
      run: () => machine().run(),
      step: (count: number, options: StepOptions) => machine().step(count, options),
      reset: () => machine().reset(),
      powerButton: () => machine().powerButton(),
      stop: () => machine().stop(),
      // How it ended goes along: output that nobody takes must not hold that up.
      dispose: async () => {
        await machine().dispose();
        return machine().ended.catch(() => undefined);
      },
      addBreakpoint: async (at: Location, options?: BreakpointOptions) => {
        const { id, address } = await machine().addBreakpoint(at, options);
        return { id, address };
      },
      addWatchpoint: async (at: Location, options?: WatchpointOptions) => {
        const { id, address, size } = await machine().addWatchpoint(at, options);
        return { id, address, size };
      },
      removeStopPoint: (id: number) => machine().removeStopPoint(id),
      haltOn: (options: HaltOptions) => machine().haltOn(options),
      setLimits: (limits: MachineLimits) => machine().setLimits(limits),
      statistics: () => machine().statistics(),
      countInstructions: (isOn: boolean) => machine().countInstructions(isOn),
      instructionCounts: () => machine().instructionCounts(),
      resizeConsole: (columns: number, rows: number) => machine().resizeConsole(columns, rows),
      'memory.read': async (address: bigint | number, length: number) => {
        const bytes = await machine().memory.read(address, length);
        return new Moved(bytes, [bytes.buffer]);
      },
      'memory.write': (address: bigint | number, bytes: Uint8Array) => machine().memory.write(address, bytes),
      'hart.read': (hart: number, register: string) => machine().harts[hart].read(register),
      'hart.write': (hart: number, register: string, value: bigint | number) =>
        machine().harts[hart].write(register, value),
      'hart.registers': (hart: number) => machine().harts[hart].registers(),
      'symbols.find': (name: string) => machine().symbols.find(name),
      'symbols.at': (address: bigint | number) => machine().symbols.at(address),
      'symbols.list': () => machine().symbols.list(),
      'console.type': (name: ConsoleName, bytes: Uint8Array) => machine()[name]?.type(bytes),
      ...this.network.services,
      'console.taken': (name: ConsoleName, bytes: number) => {
        this.sent[name] -= bytes;
        this.onTaken[name]?.();
      },
    };
  }

  private async create(request: CreateRequest): Promise<Created> {
    const { core, options, extension, environment } = request;
    const own = extension ? await this.binding.loadExtension(extension) : {};
    const host = await this.binding.createHost({ wasm: core, ...options, ...own }, environment);
    const machine = await LocalMachine.create(request.description, {
      ...host,
      open: async (reference) =>
        (await this.peer.call<Uint8Array | undefined>('file', [reference])) ?? host.open(reference),
      openDrive: async (reference, options) => {
        const facts = await this.peer.call<DriveFacts | undefined>('drive', [reference]);
        return facts ? remoteDrive(this.peer, facts) : host.openDrive(reference, options);
      },
      openNetwork: (mac) =>
        request.network.includes(mac) ? this.network.backend(mac) : host.openNetwork?.(mac),
      openShare: async (tag) => {
        const facts = await this.peer.call<ShareFacts | undefined>('share', [tag]);
        return facts ? remoteShare(this.peer, facts) : host.openShare?.(tag);
      },
    });
    this.machine = machine;
    for (const event of EVENTS) {
      machine.on(event, (value) => this.peer.tell('event', [{ event, value }]));
    }
    const outputs = [this.sendOutput('serial', machine.serial)];
    if (machine.virtioConsole) outputs.push(this.sendOutput('virtioConsole', machine.virtioConsole));
    const tellEnd = async (ended: unknown): Promise<void> => {
      await Promise.all(outputs);
      this.peer.tell('ended', [ended]);
    };
    void machine.ended.then(
      (exit) => tellEnd({ exit }),
      (error: unknown) => tellEnd({ error: sendError(error) }),
    );
    return {
      description: machine.description,
      memory: { base: machine.ram.base, size: machine.ram.size },
      harts: machine.harts.length,
      hasVirtioConsole: machine.virtioConsole !== undefined,
    };
  }

  /** Passes output on, and waits where the other side does not take it: then the guest does, too. */
  private async sendOutput(name: ConsoleName, console: MachineConsole): Promise<void> {
    const reader = console.output.getReader();
    for (;;) {
      while (this.sent[name] > OUTPUT_WINDOW) {
        await new Promise<void>((resolve) => (this.onTaken[name] = resolve));
      }
      const { done, value } = await reader.read();
      if (done) break;
      this.sent[name] += value.length;
      this.peer.tell('output', [name, value], [value.buffer]);
    }
    this.peer.tell('outputEnd', [name]);
  }
}
