/**
 * Registers of virtio over MMIO, made of those of virtio over PCI as its driver reaches them: by the
 * configuration space and the window of a host bridge. What is tested over one is so over the other.
 */
import type { MmioDevice } from '../../src/bus.ts';
import { PciHost } from '../../src/pci/host-bridge.ts';
import { BAR_0, COMMAND, COMMAND_BUS_MASTER, COMMAND_MEMORY } from '../../src/pci/function.ts';
import type { VirtioDevice } from '../../src/virtio/device.ts';
import * as mmio from '../../src/virtio/mmio.ts';
import * as pci from '../../src/virtio/pci.ts';
import type { FakeMemory } from './fake-memory.ts';
import { RecordedLine } from './recorded-line.ts';

export const MEMORY_BASE = 0x4000_0000;
const DEVICE_SHIFT = 15;

/** A bridge with one virtio device, and its registers. */
export class PciBench {
  readonly wires = Array.from({ length: 4 }, () => new RecordedLine());
  readonly host = new PciHost({ interrupts: this.wires, memoryBase: MEMORY_BASE });

  /** @param number the device's on the bus. */
  constructor(
    device: VirtioDevice,
    memory: FakeMemory,
    log: (message: string) => void = () => {},
    readonly number = 1,
  ) {
    this.host.attach(number, new pci.VirtioPci({ device, memory, log }));
  }

  readConfig(offset: number, size: 1 | 2 | 4): number {
    const value = this.host.read((this.number << DEVICE_SHIFT) + offset, size) >>> 0;
    return size === 4 ? value : value & (2 ** (8 * size) - 1);
  }

  writeConfig(offset: number, size: 1 | 2 | 4, value: number): void {
    this.host.write((this.number << DEVICE_SHIFT) + offset, size, value);
  }

  /** Puts the BAR at the start of the window, and turns the function on. */
  turnOn(): this {
    this.writeConfig(BAR_0 + 4 * pci.BAR, 4, MEMORY_BASE);
    this.writeConfig(BAR_0 + 4 * pci.BAR + 4, 4, 0);
    this.writeConfig(COMMAND, 2, COMMAND_MEMORY | COMMAND_BUS_MASTER);
    return this;
  }

  /** Reads from the BAR. */
  read(offset: number, size: 1 | 2 | 4): number {
    const value = this.host.memory.read(offset, size) >>> 0;
    return size === 4 ? value : value & (2 ** (8 * size) - 1);
  }

  write(offset: number, size: 1 | 2 | 4, value: number): void {
    this.host.memory.write(offset, size, value);
  }
}

/** Registers of MMIO that are one field of the common configuration, and its size. */
const FIELDS: Readonly<Record<number, readonly [offset: number, size: 1 | 2 | 4]>> = {
  [mmio.DEVICE_FEATURES]: [pci.COMMON_DEVICE_FEATURE, 4],
  [mmio.DEVICE_FEATURES_SEL]: [pci.COMMON_DEVICE_FEATURE_SELECT, 4],
  [mmio.DRIVER_FEATURES]: [pci.COMMON_DRIVER_FEATURE, 4],
  [mmio.DRIVER_FEATURES_SEL]: [pci.COMMON_DRIVER_FEATURE_SELECT, 4],
  [mmio.QUEUE_SEL]: [pci.COMMON_QUEUE_SELECT, 2],
  [mmio.QUEUE_NUM]: [pci.COMMON_QUEUE_SIZE, 2],
  [mmio.QUEUE_NUM_MAX]: [pci.COMMON_QUEUE_SIZE, 2],
  [mmio.QUEUE_READY]: [pci.COMMON_QUEUE_ENABLE, 2],
  [mmio.QUEUE_RESET]: [pci.COMMON_QUEUE_RESET, 2],
  [mmio.STATUS]: [pci.COMMON_DEVICE_STATUS, 1],
  [mmio.QUEUE_DESC_LOW]: [pci.COMMON_QUEUE_DESC, 4],
  [mmio.QUEUE_DESC_HIGH]: [pci.COMMON_QUEUE_DESC + 4, 4],
  [mmio.QUEUE_DRIVER_LOW]: [pci.COMMON_QUEUE_DRIVER, 4],
  [mmio.QUEUE_DRIVER_HIGH]: [pci.COMMON_QUEUE_DRIVER + 4, 4],
  [mmio.QUEUE_DEVICE_LOW]: [pci.COMMON_QUEUE_DEVICE, 4],
  [mmio.QUEUE_DEVICE_HIGH]: [pci.COMMON_QUEUE_DEVICE + 4, 4],
};

export class PciAsMmio implements MmioDevice {
  constructor(private readonly bench: PciBench) {
    bench.turnOn();
  }

  read(offset: number, size: 1 | 2 | 4): number {
    if (offset >= mmio.CONFIG) return this.bench.read(pci.DEVICE_OFFSET + offset - mmio.CONFIG, size);
    // Reading takes the interrupts away; to acknowledge them is left to nobody.
    if (offset === mmio.INTERRUPT_STATUS) return this.bench.read(pci.ISR_OFFSET, 1);
    const [field, width] = FIELDS[offset];
    return this.bench.read(field, width);
  }

  write(offset: number, size: 1 | 2 | 4, value: number): void {
    if (offset >= mmio.CONFIG) this.bench.write(pci.DEVICE_OFFSET + offset - mmio.CONFIG, size, value);
    else if (offset === mmio.QUEUE_NOTIFY) {
      // An address for each queue, as far as there are any.
      if (value < 1024) this.bench.write(pci.NOTIFY_OFFSET + pci.NOTIFY_MULTIPLIER * value, 2, value);
    } else if (offset !== mmio.INTERRUPT_ACK) {
      const [field, width] = FIELDS[offset];
      this.bench.write(field, width, value);
    }
  }
}
