/** A conventional PCI bus of up to 32 devices, each of one function: who answers what, and the four interrupt wires. */
import type { InterruptLine } from '../interrupt.ts';
import type { BarMapping, PciFunction } from './function.ts';

export const DEVICES = 32;
/** INTA to INTD. */
export const INTERRUPT_PINS = 4;

/** What is on the bus. */
export interface PciDevice {
  readonly function: PciFunction;
  /** Returns the device to its reset state, its function included. */
  reset(): void;
}

/** The wire that a device's pin (0 for INTA) leads to: the usual rotation by device number. */
export function wireOf(device: number, pin: number): number {
  return (device + pin) % INTERRUPT_PINS;
}

export class PciBus {
  private readonly devices: (PciDevice | undefined)[] = [];
  /** For each wire the devices that drive it, a bit each. */
  private readonly drivers = new Uint32Array(INTERRUPT_PINS);
  /** Where memory is decoded; undefined once something may have moved. */
  private mappings: readonly BarMapping[] | undefined;
  private last: BarMapping | undefined;

  /** @param wires where INTA to INTD of device 0 lead to. */
  constructor(private readonly wires: readonly InterruptLine[]) {}

  /** Puts a device at a number, 0 to 31, that none has. */
  attach(number: number, device: PciDevice): void {
    this.devices[number] = device;
    const wire = wireOf(number, 0);
    device.function.wire = {
      set: (level) => {
        const bit = 1 << number;
        this.drivers[wire] = level ? this.drivers[wire] | bit : this.drivers[wire] & ~bit;
        // Several devices share a wire: it is high as long as one of them drives it.
        this.wires[wire].set(this.drivers[wire] !== 0);
      },
    };
    device.function.onMove = () => {
      this.mappings = undefined;
      this.last = undefined;
    };
  }

  reset(): void {
    for (const device of this.devices) device?.reset();
  }

  /** A device's function 0; undefined where there is no device. */
  functionOf(number: number): PciFunction | undefined {
    return this.devices[number]?.function;
  }

  /** Who decodes an address of memory; where BARs overlap, the device with the lowest number. */
  decode(address: number): BarMapping | undefined {
    const { last } = this;
    if (last !== undefined && address >= last.start && address < last.end) return last;
    this.mappings ??= this.devices.flatMap((device) => device?.function.mappings() ?? []);
    return (this.last = this.mappings.find(({ start, end }) => address >= start && address < end));
  }
}
