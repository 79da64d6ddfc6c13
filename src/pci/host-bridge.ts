/**
 * The PCI host bridge of the board: configuration space by ECAM (PCI Express 6.0, 7.2.2), a window
 * to memory and one to I/O ports on bus 0. What nobody answers reads as all ones, and writes to it
 * are lost, as on hardware; nothing there is an access fault.
 */
import type { MmioDevice } from '../bus.ts';
import type { Device } from '../devices/device.ts';
import type { FdtNode } from '../fdt/fdt.ts';
import type { InterruptLine } from '../interrupt.ts';
import { PciBus, type PciDevice } from './bus.ts';
import { PciFunction } from './function.ts';

const ECAM_BUS_SHIFT = 20;
const ECAM_DEVICE_SHIFT = 15;
const ECAM_FUNCTION_SHIFT = 12;
const ECAM_REGISTERS = 0x1000;
const NOBODY = 0xffff_ffff;

/** A doubleword is two words. */
const ACCESS_SIZES: MmioDevice['accessSizes'] = { min: 1, max: 8 };

/** The bridge itself as device 0 of bus 0: that of QEMU's board. */
class RootComplex implements PciDevice {
  readonly function = new PciFunction({
    vendorId: 0x1b36,
    deviceId: 0x0008,
    revision: 0,
    classCode: 0x060000,
    subsystemVendorId: 0x1af4,
    subsystemId: 0x1100,
  });

  reset(): void {
    this.function.reset();
  }
}

export interface PciHostOptions {
  /** Where INTA to INTD of device 0 lead to. */
  readonly interrupts: readonly InterruptLine[];
  /** Physical address of the window to memory, which has the same addresses on the bus. */
  readonly memoryBase: number;
}

/** The configuration space; the windows lie elsewhere. */
export class PciHost implements Device {
  readonly accessSizes = ACCESS_SIZES;
  /** The window to memory. */
  readonly memory: Device;
  /** The window to I/O ports, which no device here has. */
  readonly ports: Device = {
    accessSizes: ACCESS_SIZES,
    read: () => NOBODY,
    write: () => {},
    reset: () => {},
  };

  private readonly bus: PciBus;

  constructor({ interrupts, memoryBase }: PciHostOptions) {
    this.bus = new PciBus(interrupts);
    this.bus.attach(0, new RootComplex());
    this.memory = {
      accessSizes: ACCESS_SIZES,
      reset: () => {},
      read: (offset, size) => {
        const address = memoryBase + offset;
        const mapping = this.bus.decode(address);
        return mapping === undefined ? NOBODY : mapping.registers.read(address - mapping.start, size);
      },
      write: (offset, size, value) => {
        const address = memoryBase + offset;
        const mapping = this.bus.decode(address);
        mapping?.registers.write(address - mapping.start, size, value);
      },
    };
  }

  /** Puts a device on bus 0, at a number from 1 to 31 that none has. */
  attach(number: number, device: PciDevice): void {
    this.bus.attach(number, device);
  }

  reset(): void {
    this.bus.reset();
  }

  read(offset: number, size: 1 | 2 | 4): number {
    return this.functionAt(offset)?.readConfig(offset % ECAM_REGISTERS, size) ?? NOBODY;
  }

  write(offset: number, size: 1 | 2 | 4, value: number): void {
    this.functionAt(offset)?.writeConfig(offset % ECAM_REGISTERS, size, value);
  }

  /** Without what the board knows: its windows and its interrupts. */
  fdtNode(): FdtNode {
    return {
      name: 'pci',
      properties: {
        compatible: 'pci-host-ecam-generic',
        device_type: 'pci',
        '#address-cells': 3,
        '#size-cells': 2,
        '#interrupt-cells': 1,
        'linux,pci-domain': 0,
        'bus-range': [0, 0xff],
        'dma-coherent': true,
      },
    };
  }

  private functionAt(offset: number): PciFunction | undefined {
    const isBus0 = offset >>> ECAM_BUS_SHIFT === 0;
    const isFunction0 = ((offset >>> ECAM_FUNCTION_SHIFT) & 7) === 0;
    return isBus0 && isFunction0 ? this.bus.functionOf(offset >>> ECAM_DEVICE_SHIFT) : undefined;
  }
}
