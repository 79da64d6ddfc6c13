/** Where a machine stops for its embedder: breakpoints, watchpoints, ebreak, and the end of a program. */
import {
  EXIT_BREAKPOINT,
  EXIT_EBREAK,
  EXIT_TRAP,
  EXIT_WATCHPOINT,
  WATCH_PHYSICAL,
  WATCH_READ,
  WATCH_WRITE,
  type Core,
} from '../core/core.ts';
import { ArgumentError } from '../errors.ts';
import { CSR_MCAUSE, CSR_MEPC, CSR_MTVAL } from '../generated/csr.ts';
import type { GuestMemory } from '../memory.ts';
import type { BreakpointOptions, HaltOptions, Location, MachineStop, WatchpointOptions } from './api.ts';
import { Htif } from './htif.ts';
import type { SymbolTable } from './symbols.ts';

interface BreakpointRecord {
  readonly id: number;
  readonly address: bigint;
  readonly hart: number | undefined;
  /** How often it is still to be passed. */
  left: number;
}

interface WatchpointRecord {
  readonly id: number;
  readonly address: bigint;
  readonly size: number;
  readonly flags: number;
}

const ACCESS = { read: WATCH_READ, write: WATCH_WRITE, access: WATCH_READ | WATCH_WRITE } as const;
const DEFAULT_WATCH_SIZE = 8;
const MAX_WATCH_SIZE = 2 ** 32;
const TOHOST_SIZE = 8;

export interface StopPointsOptions {
  readonly core: Core;
  readonly memory: GuestMemory;
  readonly symbols: SymbolTable;
  /** Takes what a program prints by HTIF. */
  readonly print: (bytes: Uint8Array) => void;
}

export class StopPoints {
  private readonly breakpoints: BreakpointRecord[] = [];
  private readonly watchpoints: WatchpointRecord[] = [];
  private htif: Htif | undefined;
  private nextId = 1;
  /** A hart that stopped at an ebreak, and where that is: it goes on behind it. */
  private atEbreak: { readonly hart: number; readonly pc: bigint; readonly length: number } | undefined;

  constructor(private readonly options: StopPointsOptions) {}

  addBreakpoint(at: Location, { hart, ignore = 0 }: BreakpointOptions = {}): BreakpointRecord {
    const { core, symbols } = this.options;
    const address = symbols.resolve(at);
    if (address & 1n)
      throw new ArgumentError(`expected the even address of an instruction, found 0x${address.toString(16)}`);
    if (hart !== undefined && !(Number.isInteger(hart) && hart >= 0 && hart < core.harts))
      throw new ArgumentError(`hart: expected a whole number from 0 to ${core.harts - 1}, found ${hart}`);
    if (!Number.isSafeInteger(ignore) || ignore < 0)
      throw new ArgumentError(`ignore: expected a whole number from 0 on, found ${ignore}`);
    const record = { id: this.nextId++, address, hart, left: ignore };
    this.breakpoints.push(record);
    this.apply(this.breakpoints, record);
    return record;
  }

  addWatchpoint(
    at: Location,
    { access = 'write', size, physical = false }: WatchpointOptions = {},
  ): WatchpointRecord {
    const { symbols } = this.options;
    const address = symbols.resolve(at);
    const length = size ?? ((typeof at === 'string' && symbols.get(at)?.size) || DEFAULT_WATCH_SIZE);
    if (!Number.isInteger(length) || length < 1 || length > MAX_WATCH_SIZE)
      throw new ArgumentError(`size: expected a whole number from 1 to ${MAX_WATCH_SIZE}, found ${length}`);
    if (address + BigInt(length) > 2n ** 64n)
      throw new ArgumentError(`size: expected a range that ends where addresses do, found ${length} bytes`);
    if (!Object.hasOwn(ACCESS, access))
      throw new ArgumentError(`access: expected read, write or access, found ${JSON.stringify(access)}`);
    const flags = ACCESS[access] | (physical ? WATCH_PHYSICAL : 0);
    const record = { id: this.nextId++, address, size: length, flags };
    this.watchpoints.push(record);
    this.apply(this.watchpoints, record);
    return record;
  }

  /** Removes a breakpoint or watchpoint, if it is still there. */
  remove(id: number): void {
    for (const list of [this.breakpoints, this.watchpoints]) {
      const index = list.findIndex((record) => record.id === id);
      if (index < 0) continue;
      list.splice(index, 1);
      this.apply();
    }
  }

  haltOn({ ebreak = false, trap = false, tohost = false }: HaltOptions): void {
    const { core, memory, print, symbols } = this.options;
    const place = tohost === true ? 'tohost' : tohost;
    this.htif =
      place === false
        ? undefined
        : new Htif(memory, print, {
            tohost: symbols.resolve(place),
            fromhost: symbols.get('fromhost')?.address,
          });
    core.exports.stopAtEbreak(ebreak ? 1 : 0);
    core.exports.stopAtTrap(trap ? 1 : 0);
    this.apply();
  }

  /** Harts are about to go on from where they stopped: breakpoints there do not stop them again. */
  pass(): void {
    const { core } = this.options;
    if (this.atEbreak) {
      const { hart, pc, length } = this.atEbreak;
      this.atEbreak = undefined;
      if (core.readPc(hart) === pc) core.writePc(hart, BigInt.asUintN(64, pc + BigInt(length)));
    }
    for (let hart = 0; hart < core.harts; hart++) core.exports.passBreakpoint(hart);
  }

  /** Looks at why the core came back; undefined when it is to go on. */
  judge(exit: number): MachineStop | undefined {
    const { core } = this.options;
    const hart = core.exitHart;
    const pc = core.readPc(hart);
    if (exit === EXIT_BREAKPOINT) {
      const found = this.breakpoints.filter(
        (each) => each.address === pc && (each.hart === undefined || each.hart === hart),
      );
      const hit = found.find((each) => each.left-- === 0);
      for (const each of found) each.left = Math.max(0, each.left);
      if (hit) return { reason: 'breakpoint', hart, pc, id: hit.id };
      core.exports.passBreakpoint(hart);
      return undefined;
    }
    if (exit === EXIT_EBREAK) {
      this.atEbreak = { hart, pc, length: core.watchHit.size };
      return { reason: 'ebreak', hart, pc };
    }
    if (exit === EXIT_TRAP) {
      const csr = (number: number): bigint => BigInt.asUintN(64, core.exports.inspectCsr(hart, number));
      const [cause, value] = [Number(csr(CSR_MCAUSE)), csr(CSR_MTVAL)];
      return { reason: 'trap', hart, pc: csr(CSR_MEPC), cause, value };
    }
    if (exit !== EXIT_WATCHPOINT) return undefined;
    const { index, access, address, size } = core.watchHit;
    const own = this.watchpoints[index - (this.htif ? 1 : 0)];
    if (own) {
      const kind = access === WATCH_READ ? 'read' : 'write';
      return { reason: 'watchpoint', hart, pc, id: own.id, access: kind, address, size };
    }
    const code = this.htif?.serve();
    return code === undefined ? undefined : { reason: 'tohost', hart, code };
  }

  /** Hands everything to the core; `added` is taken back if there is no room for it. */
  private apply<T>(list: T[] = [], added?: T): void {
    const { exports } = this.options.core;
    exports.clearBreakpoints();
    exports.clearWatchpoints();
    // The program's own end comes first, so that an embedder's watchpoint there does not hide it.
    const places = this.htif
      ? [{ address: this.htif.places.tohost, size: TOHOST_SIZE, flags: WATCH_WRITE | WATCH_PHYSICAL }]
      : [];
    const addresses = [...new Set(this.breakpoints.map(({ address }) => address))];
    const hasRoom = addresses.every((address) => exports.addBreakpoint(address));
    const isWatched = [...places, ...this.watchpoints].every(({ address, size, flags }) =>
      exports.addWatchpoint(address, address + BigInt(size) - 1n, flags),
    );
    exports.applyDebug();
    if (hasRoom && isWatched) return;
    list.splice(list.indexOf(added as T), 1);
    this.apply();
    throw new ArgumentError('there is no room for one more: remove a breakpoint or watchpoint first');
  }
}
