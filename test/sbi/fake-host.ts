/** A machine as the SBI sees it, which writes down what it was asked for. */
import { GuestMemoryError, type GuestMemory } from '../../src/memory.ts';
import type { HardwareCounter, HartState, SbiHost } from '../../src/sbi/host.ts';
import { Sbi } from '../../src/sbi/sbi.ts';

export const RAM_BASE = 0x80000000;
export const RAM_SIZE = 0x40000;
export const END = 2n ** 64n;

class FakeMemory implements GuestMemory {
  readonly base = RAM_BASE;
  readonly size = RAM_SIZE;
  readonly bytes = new Uint8Array(RAM_SIZE);
  private readonly data = new DataView(this.bytes.buffer);

  contains(address: bigint | number, length: number): boolean {
    const start = BigInt(address);
    return start >= BigInt(RAM_BASE) && start + BigInt(length) <= BigInt(RAM_BASE + RAM_SIZE);
  }
  private at(address: bigint | number, length: number): number {
    if (!this.contains(address, length)) throw new GuestMemoryError(BigInt(address), length);
    return Number(address) - RAM_BASE;
  }
  view(address: bigint | number, length: number): Uint8Array {
    const start = this.at(address, length);
    return this.bytes.subarray(start, start + length);
  }
  write(address: bigint | number, bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at(address, bytes.length));
  }
  noteWrite(address: bigint | number, length: number): void {
    this.at(address, length);
  }
  getUint8 = (address: bigint | number) => this.data.getUint8(this.at(address, 1));
  getUint16 = (address: bigint | number) => this.data.getUint16(this.at(address, 2), true);
  getUint32 = (address: bigint | number) => this.data.getUint32(this.at(address, 4), true);
  getUint64 = (address: bigint | number) => this.data.getBigUint64(this.at(address, 8), true);
  setUint8 = (address: bigint | number, value: number) => this.data.setUint8(this.at(address, 1), value);
  setUint16 = (address: bigint | number, value: number) =>
    this.data.setUint16(this.at(address, 2), value, true);
  setUint32 = (address: bigint | number, value: number) =>
    this.data.setUint32(this.at(address, 4), value, true);
  setUint64 = (address: bigint | number, value: bigint) =>
    this.data.setBigUint64(this.at(address, 8), value, true);
}

export class FakeHost implements SbiHost {
  readonly memory = new FakeMemory();
  readonly registers: bigint[][];
  readonly states: HartState[];
  readonly softwareInterrupts: boolean[];
  readonly counters: Record<HardwareCounter, { value: bigint; isInhibited: boolean }>[];
  /** Calls that change the machine, in order. */
  readonly log: unknown[][] = [];
  output = '';
  input: number[] = [];
  /** Virtual memory of the supervisor; other addresses fault. */
  readonly words = new Map<bigint, bigint>();
  readonly identity = { mvendorid: 1n, marchid: 2n, mimpid: 3n, implementationVersion: 0x10203 };
  readonly console = {
    write: (bytes: Uint8Array) => void (this.output += Buffer.from(bytes).toString('latin1')),
    read: (into: Uint8Array) => {
      const bytes = this.input.splice(0, into.length);
      into.set(bytes);
      return bytes.length;
    },
  };

  constructor(readonly hartCount = 4) {
    const each = <T>(make: (hart: number) => T) => Array.from({ length: hartCount }, (_, hart) => make(hart));
    this.registers = each(() => Array.from({ length: 32 }, () => 0n));
    this.states = each((hart) => (hart === 0 ? 'started' : 'stopped'));
    this.softwareInterrupts = each(() => false);
    this.counters = each(() => ({
      cycle: { value: 100n, isInhibited: false },
      instret: { value: 50n, isInhibited: false },
    }));
  }

  readRegister = (hart: number, index: number) => this.registers[hart][index];
  writeRegister = (hart: number, index: number, value: bigint) => {
    if (value < 0n || value >= END) throw new RangeError(`register value ${value}`);
    this.registers[hart][index] = value;
  };
  setTimer = (hart: number, time: bigint) => void this.log.push(['setTimer', hart, time]);
  setSoftwareInterrupt = (hart: number, isPending: boolean) =>
    void (this.softwareInterrupts[hart] = isPending);
  isSoftwareInterruptPending = (hart: number) => this.softwareInterrupts[hart];
  fenceInstructions = (hart: number) => void this.log.push(['fenceInstructions', hart]);
  fenceAddresses = (hart: number, range?: object, asid?: number) =>
    void this.log.push(['fenceAddresses', hart, range, asid]);
  hartState = (hart: number) => this.states[hart];
  startHart = (hart: number, entry: object) => {
    this.states[hart] = 'started';
    this.log.push(['startHart', hart, entry]);
  };
  stopHart = (hart: number) => {
    this.states[hart] = 'stopped';
    this.log.push(['stopHart', hart]);
  };
  suspendHart = (hart: number, entry?: object) => {
    this.states[hart] = 'suspended';
    this.log.push(['suspendHart', hart, entry]);
  };
  requestReset = (kind: string, reason: string) => void this.log.push(['requestReset', kind, reason]);
  writeCounter = (hart: number, counter: HardwareCounter, value: bigint) =>
    void (this.counters[hart][counter].value = value);
  inhibitCounter = (hart: number, counter: HardwareCounter, isInhibited: boolean) =>
    void (this.counters[hart][counter].isInhibited = isInhibited);
  isCounterInhibited = (hart: number, counter: HardwareCounter) => this.counters[hart][counter].isInhibited;
  loadAsSupervisor = (hart: number, address: bigint) => {
    const word = this.words.get(address);
    if (word === undefined) this.log.push(['loadFault', hart, address]);
    return word;
  };
}

const UNTOUCHED = 0x5555n;

/** A host, its SBI, and a way to make calls on it. */
export function setUp(hartCount = 4) {
  const host = new FakeHost(hartCount);
  const sbi = new Sbi(host);
  const registersBefore = () => host.registers.map((file) => [...file]);
  /** Returns [a0, a1] as signed numbers, or undefined when the call did not return. */
  const ecallOn = (
    hart: number,
    eid: number | bigint,
    fid: number | bigint,
    ...args: (number | bigint)[]
  ) => {
    const file = host.registers[hart];
    file.fill(UNTOUCHED);
    args.forEach((arg, index) => (file[10 + index] = BigInt.asUintN(64, BigInt(arg))));
    file[16] = BigInt.asUintN(64, BigInt(fid));
    file[17] = BigInt.asUintN(64, BigInt(eid));
    const before = registersBefore();
    const returned = sbi.call(hart);
    before.forEach((old, other) => {
      const isCaller = other === hart && returned;
      old.forEach((value, index) => {
        if (host.registers[other][index] !== value && !(isCaller && (index === 10 || index === 11))) {
          throw new Error(`x${index} of hart ${other} was changed`);
        }
      });
    });
    return returned ? [BigInt.asIntN(64, file[10]), BigInt.asIntN(64, file[11])].map(Number) : undefined;
  };
  const ecall = (eid: number | bigint, fid: number | bigint, ...args: (number | bigint)[]) =>
    ecallOn(0, eid, fid, ...args);
  return { host, sbi, ecall, ecallOn };
}

/** What `ecall` gives for an error. */
export const error = (code: number) => [code, 0];
