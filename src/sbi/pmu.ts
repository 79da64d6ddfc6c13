/**
 * SBI Performance Monitoring Unit extension (SBI 3.0, chapter 11): `cycle` and
 * `instret` as fixed hardware counters, and firmware counters for this
 * implementation's own events.
 *
 * Counter indices: a hardware counter's is its CSR number less that of `cycle`, which
 * Linux takes for granted; 1 (`time`) is none. Firmware counters follow.
 * Left out on purpose: programmable hardware counters, event filters (hints by the
 * specification), snapshots in shared memory (optional there).
 */
import { CSR_CYCLE, CSR_INSTRET } from '../generated/csr.ts';
import {
  failure,
  SBI_ERR_ALREADY_STARTED,
  SBI_ERR_ALREADY_STOPPED,
  SBI_ERR_FAILED,
  SBI_ERR_INVALID_ADDRESS,
  SBI_ERR_INVALID_PARAM,
  SBI_ERR_NO_SHMEM,
  SBI_ERR_NOT_SUPPORTED,
  success,
  type SbiCall,
  type SbiExtension,
  type SbiResult,
} from './extension.ts';
import type { HardwareCounter, SbiHost } from './host.ts';
import { isFirmwareEvent, type FirmwareEventCounters } from './pmu-events.ts';

export const SBI_EXT_PMU = 0x504d55;
const NUM_COUNTERS = 0;
const COUNTER_GET_INFO = 1;
const COUNTER_CONFIG_MATCHING = 2;
const COUNTER_START = 3;
const COUNTER_STOP = 4;
const COUNTER_FW_READ = 5;
const COUNTER_FW_READ_HI = 6;
const EVENT_GET_INFO = 8;

const CFG_FLAG_SKIP_MATCH = 1n << 0n;
const CFG_FLAG_CLEAR_VALUE = 1n << 1n;
const CFG_FLAG_AUTO_START = 1n << 2n;
const CFG_FLAGS = 0xffn;
const START_SET_INIT_VALUE = 1n << 0n;
const START_FLAG_INIT_SNAPSHOT = 1n << 1n;
const START_FLAGS = 3n;
const STOP_FLAG_RESET = 1n << 0n;
const STOP_FLAG_TAKE_SNAPSHOT = 1n << 1n;
const STOP_FLAGS = 3n;

const HW_CPU_CYCLES = 1;
const HW_INSTRUCTIONS = 2;
const EVENT_TYPE_FIRMWARE = 15;

const HARDWARE: ReadonlyMap<
  number,
  { readonly counter: HardwareCounter; readonly csr: number; readonly event: number }
> = new Map([
  [CSR_CYCLE - CSR_CYCLE, { counter: 'cycle', csr: CSR_CYCLE, event: HW_CPU_CYCLES }],
  [CSR_INSTRET - CSR_CYCLE, { counter: 'instret', csr: CSR_INSTRET, event: HW_INSTRUCTIONS }],
]);
const FIRST_FIRMWARE_COUNTER = CSR_INSTRET - CSR_CYCLE + 1;
const FIRMWARE_COUNTERS = 16;
export const PMU_COUNTERS = FIRST_FIRMWARE_COUNTER + FIRMWARE_COUNTERS;

const COUNTER_WIDTH = 64n;
const COUNTER_INFO_FIRMWARE = 1n << 63n;

const EVENT_INFO_ENTRY = 16;
/** Bounds the work of one call. */
const MAX_EVENT_INFO_ENTRIES = 4096n;

/** A counter of one hart. A hardware counter keeps its value and whether it runs in the hart. */
interface Counter {
  /** event_idx it is configured for. */
  event: number | undefined;
  /** Firmware counters only. */
  isStarted: boolean;
  value: bigint;
}

export class Pmu implements SbiExtension, FirmwareEventCounters {
  readonly id = SBI_EXT_PMU;
  private readonly counters: Counter[][];

  constructor(private readonly host: SbiHost) {
    this.counters = Array.from({ length: host.hartCount }, freshCounters);
  }

  /** Back to the state at power-on. */
  reset(): void {
    for (let hart = 0; hart < this.counters.length; hart++) this.resetHart(hart);
  }

  resetHart(hart: number): void {
    this.counters[hart] = freshCounters();
    for (const { counter } of HARDWARE.values()) this.host.inhibitCounter(hart, counter, false);
  }

  count(hart: number, event: number): void {
    const index = firmwareEventIndex(event);
    for (const counter of this.counters[hart]) {
      if (counter.isStarted && counter.event === index)
        counter.value = BigInt.asUintN(64, counter.value + 1n);
    }
  }

  countBetween(sender: number, receiver: number, sent: number, received: number): void {
    if (sender === receiver) return;
    this.count(sender, sent);
    this.count(receiver, received);
  }

  call({ hart, functionId, args }: SbiCall): SbiResult {
    switch (functionId) {
      case NUM_COUNTERS:
        return success(PMU_COUNTERS);
      case COUNTER_GET_INFO:
        return this.info(args[0]);
      case COUNTER_CONFIG_MATCHING:
        return this.configure(hart, args);
      case COUNTER_START:
        return this.start(hart, args);
      case COUNTER_STOP:
        return this.stop(hart, args);
      case COUNTER_FW_READ:
        return isFirmwareCounter(args[0])
          ? success(this.counters[hart][Number(args[0])].value)
          : failure(SBI_ERR_INVALID_PARAM);
      case COUNTER_FW_READ_HI:
        return isFirmwareCounter(args[0]) ? success() : failure(SBI_ERR_INVALID_PARAM);
      case EVENT_GET_INFO:
        return this.eventInfo(args);
      default:
        return failure(SBI_ERR_NOT_SUPPORTED);
    }
  }

  private info(index: bigint): SbiResult {
    if (isFirmwareCounter(index)) return success(COUNTER_INFO_FIRMWARE | ((COUNTER_WIDTH - 1n) << 12n));
    const hardware = index < BigInt(PMU_COUNTERS) ? HARDWARE.get(Number(index)) : undefined;
    if (!hardware) return failure(SBI_ERR_INVALID_PARAM);
    return success(BigInt(hardware.csr) | ((COUNTER_WIDTH - 1n) << 12n));
  }

  private configure(hart: number, [base, mask, flags, eventIndex, eventData]: readonly bigint[]): SbiResult {
    const set = counterSet(base, mask);
    if (!set || (flags & ~CFG_FLAGS) !== 0n) return failure(SBI_ERR_INVALID_PARAM);
    if (!isEvent(eventIndex, eventData)) return failure(SBI_ERR_NOT_SUPPORTED);
    const event = Number(eventIndex);
    const candidates = (flags & CFG_FLAG_SKIP_MATCH) !== 0n ? set.slice(0, 1) : set;
    const able = candidates.filter((index) => canCount(index, event));
    const isSkipped = (flags & CFG_FLAG_SKIP_MATCH) !== 0n;
    // Linux configures a counter, leaves it stopped and asks for another: prefer a free one.
    const chosen =
      able.find((index) => isSkipped || this.counters[hart][index].event === undefined) ??
      able.find((index) => !this.isStarted(hart, index));
    if (chosen === undefined) return failure(SBI_ERR_NOT_SUPPORTED);
    this.counters[hart][chosen].event = event;
    if ((flags & CFG_FLAG_CLEAR_VALUE) !== 0n) this.setValue(hart, chosen, 0n);
    // A hardware counter runs from reset on, until somebody takes it.
    this.setStarted(hart, chosen, (flags & CFG_FLAG_AUTO_START) !== 0n);
    return success(chosen);
  }

  private start(hart: number, [base, mask, flags, initialValue]: readonly bigint[]): SbiResult {
    const set = counterSet(base, mask);
    if (!set || (flags & ~START_FLAGS) !== 0n || flags === START_FLAGS) return failure(SBI_ERR_INVALID_PARAM);
    if (set.some((index) => !HARDWARE.has(index) && this.counters[hart][index].event === undefined)) {
      return failure(SBI_ERR_INVALID_PARAM);
    }
    if ((flags & START_FLAG_INIT_SNAPSHOT) !== 0n) return failure(SBI_ERR_NO_SHMEM);
    let result = success();
    for (const index of set) {
      if (this.isStarted(hart, index)) {
        result = failure(SBI_ERR_ALREADY_STARTED);
        continue;
      }
      if ((flags & START_SET_INIT_VALUE) !== 0n) this.setValue(hart, index, initialValue);
      this.setStarted(hart, index, true);
    }
    return result;
  }

  /** Stops what runs even when some of the set is stopped already: Linux stops all counters at boot. */
  private stop(hart: number, [base, mask, flags]: readonly bigint[]): SbiResult {
    const set = counterSet(base, mask);
    if (!set || (flags & ~STOP_FLAGS) !== 0n) return failure(SBI_ERR_INVALID_PARAM);
    if ((flags & STOP_FLAG_TAKE_SNAPSHOT) !== 0n) return failure(SBI_ERR_NO_SHMEM);
    let result = success();
    for (const index of set) {
      if (this.isStarted(hart, index)) this.setStarted(hart, index, false);
      else result = failure(SBI_ERR_ALREADY_STOPPED);
      if ((flags & STOP_FLAG_RESET) !== 0n) this.counters[hart][index].event = undefined;
    }
    return result;
  }

  private eventInfo([low, high, count, flags]: readonly bigint[]): SbiResult {
    const { memory } = this.host;
    if (flags !== 0n || low % BigInt(EVENT_INFO_ENTRY) !== 0n) return failure(SBI_ERR_INVALID_PARAM);
    if (high !== 0n || count * BigInt(EVENT_INFO_ENTRY) > BigInt(memory.size))
      return failure(SBI_ERR_INVALID_ADDRESS);
    if (count === 0n) return success();
    if (!memory.contains(low, Number(count) * EVENT_INFO_ENTRY)) return failure(SBI_ERR_INVALID_ADDRESS);
    if (count > MAX_EVENT_INFO_ENTRIES) return failure(SBI_ERR_FAILED);
    const entries = Array.from(
      { length: Number(count) },
      (_, index) => low + BigInt(index * EVENT_INFO_ENTRY),
    );
    if (entries.some((entry) => memory.getUint32(entry) >>> 20 !== 0)) return failure(SBI_ERR_INVALID_PARAM);
    for (const entry of entries) {
      const isSupported = isEvent(BigInt(memory.getUint32(entry)), memory.getUint64(entry + 8n));
      memory.setUint32(entry + 4n, isSupported ? 1 : 0);
    }
    return success();
  }

  private isStarted(hart: number, index: number): boolean {
    const hardware = HARDWARE.get(index);
    return hardware
      ? !this.host.isCounterInhibited(hart, hardware.counter)
      : this.counters[hart][index].isStarted;
  }

  private setStarted(hart: number, index: number, isStarted: boolean): void {
    const hardware = HARDWARE.get(index);
    if (hardware) this.host.inhibitCounter(hart, hardware.counter, !isStarted);
    else this.counters[hart][index].isStarted = isStarted;
  }

  private setValue(hart: number, index: number, value: bigint): void {
    const hardware = HARDWARE.get(index);
    if (hardware) this.host.writeCounter(hart, hardware.counter, value);
    else this.counters[hart][index].value = value;
  }
}

function freshCounters(): Counter[] {
  return Array.from({ length: PMU_COUNTERS }, () => ({ event: undefined, isStarted: false, value: 0n }));
}

function isFirmwareCounter(index: bigint): boolean {
  return index >= BigInt(FIRST_FIRMWARE_COUNTER) && index < BigInt(PMU_COUNTERS);
}

/** The counters of a base and a mask; undefined when one of them is none. */
function counterSet(base: bigint, mask: bigint): number[] | undefined {
  const set: number[] = [];
  for (let bit = 0n, rest = mask; rest !== 0n; bit++, rest >>= 1n) {
    if ((rest & 1n) === 0n) continue;
    const index = base + bit;
    if (!isFirmwareCounter(index) && !(index < BigInt(PMU_COUNTERS) && HARDWARE.has(Number(index))))
      return undefined;
    set.push(Number(index));
  }
  return set;
}

function firmwareEventIndex(code: number): number {
  return (EVENT_TYPE_FIRMWARE << 16) | code;
}

/** Whether some counter can count the event; `data` other than 0 is reserved for all of them. */
function isEvent(eventIndex: bigint, data: bigint): boolean {
  if (data !== 0n || eventIndex >= 1n << 20n) return false;
  const event = Number(eventIndex);
  if (event >> 16 === EVENT_TYPE_FIRMWARE) return isFirmwareEvent(event & 0xffff);
  return event === HW_CPU_CYCLES || event === HW_INSTRUCTIONS;
}

function canCount(index: number, event: number): boolean {
  const hardware = HARDWARE.get(index);
  return hardware ? hardware.event === event : event >> 16 === EVENT_TYPE_FIRMWARE;
}
