/**
 * virtio over PCI (virtio 1.2, 4.1), without the legacy interface (4.1.2.3): one function, whose
 * capabilities say where in its BAR the common configuration, the notifications, the interrupt
 * status and the configuration of the device lie. It interrupts by INTA alone: MSI-X needs somebody
 * who takes messages, and without it 4.1.5.1.2.2 has the driver use the pin.
 */
import type { DeviceLog } from '../devices/device.ts';
import type { GuestMemory } from '../memory.ts';
import type { PciDevice } from '../pci/bus.ts';
import { COMMAND_BUS_MASTER, PciFunction, type PciCapability } from '../pci/function.ts';
import type { VirtioDevice } from './device.ts';
import { VIRTIO_ID_BLOCK, VIRTIO_ID_CONSOLE, VIRTIO_ID_INPUT, VIRTIO_ID_NETWORK } from './features.ts';
import { TransportCore, type QueueSetup } from './transport.ts';

const CAPABILITY_VENDOR = 0x09;

/** 4.1.2: all virtio devices have these. */
export const PCI_VENDOR = 0x1af4;
export const PCI_DEVICE_BASE = 0x1040;

// Fields of the common configuration (4.1.4.3).
export const COMMON_DEVICE_FEATURE_SELECT = 0x00;
export const COMMON_DEVICE_FEATURE = 0x04;
export const COMMON_DRIVER_FEATURE_SELECT = 0x08;
export const COMMON_DRIVER_FEATURE = 0x0c;
export const COMMON_CONFIG_MSIX_VECTOR = 0x10;
export const COMMON_NUM_QUEUES = 0x12;
export const COMMON_DEVICE_STATUS = 0x14;
export const COMMON_CONFIG_GENERATION = 0x15;
export const COMMON_QUEUE_SELECT = 0x16;
export const COMMON_QUEUE_SIZE = 0x18;
export const COMMON_QUEUE_MSIX_VECTOR = 0x1a;
export const COMMON_QUEUE_ENABLE = 0x1c;
export const COMMON_QUEUE_NOTIFY_OFF = 0x1e;
export const COMMON_QUEUE_DESC = 0x20;
export const COMMON_QUEUE_DRIVER = 0x28;
export const COMMON_QUEUE_DEVICE = 0x30;
export const COMMON_QUEUE_RESET = 0x3a;

// Types of capabilities (4.1.4).
export const CAP_COMMON = 1;
export const CAP_NOTIFY = 2;
export const CAP_ISR = 3;
export const CAP_DEVICE = 4;
export const CAP_PCI = 5;

/** The BAR, and where the structures lie in it: as on QEMU. */
export const BAR = 4;
const BAR_SIZE = 0x4000;
export const COMMON_OFFSET = 0x0000;
export const ISR_OFFSET = 0x1000;
export const DEVICE_OFFSET = 0x2000;
export const NOTIFY_OFFSET = 0x3000;
const STRUCTURE_SIZE = 0x1000;
/** Bytes from a queue's notification address to the next one's. */
export const NOTIFY_MULTIPLIER = 4;

/** Where the capability for access by way of the configuration lies (4.1.4.9), and its fields. */
export const PCI_CAP_OFFSET = 0x84;
export const PCI_CAP_BAR = PCI_CAP_OFFSET + 4;
export const PCI_CAP_WHERE = PCI_CAP_OFFSET + 8;
export const PCI_CAP_LENGTH = PCI_CAP_OFFSET + 12;
export const PCI_CAP_DATA = PCI_CAP_OFFSET + 16;

/** In the order of their list. */
const CAPABILITIES: readonly PciCapability[] = [
  {
    ...capability(PCI_CAP_OFFSET, CAP_PCI, 0, 0, 0, 0),
    writable: Uint8Array.from({ length: 18 }, (_, at) => (at === 2 || at >= 6 ? 0xff : 0)),
  },
  capability(0x70, CAP_NOTIFY, BAR, NOTIFY_OFFSET, STRUCTURE_SIZE, NOTIFY_MULTIPLIER),
  capability(0x60, CAP_DEVICE, BAR, DEVICE_OFFSET, STRUCTURE_SIZE),
  capability(0x50, CAP_ISR, BAR, ISR_OFFSET, STRUCTURE_SIZE),
  capability(0x40, CAP_COMMON, BAR, COMMON_OFFSET, STRUCTURE_SIZE),
];

/** One of 4.1.4; `extra` is the word that some have at the end. */
function capability(
  at: number,
  type: number,
  bar: number,
  offset: number,
  length: number,
  extra?: number,
): PciCapability {
  const size = extra === undefined ? 16 : 20;
  const view = new DataView(new ArrayBuffer(size));
  view.setUint8(2, size);
  view.setUint8(3, type);
  view.setUint8(4, bar);
  view.setUint32(8, offset, true);
  view.setUint32(12, length, true);
  if (extra !== undefined) view.setUint32(16, extra, true);
  return { id: CAPABILITY_VENDOR, offset: at, body: new Uint8Array(view.buffer, 2) };
}

/** 4.1.5.1.2: no vector. */
const NO_VECTOR = 0xffff;
const NO_DEVICE_CLASS = 0x00ff00;
/** What operating systems show of a device (PCI Code and ID Assignment 1.11), as on QEMU. */
const CLASS_CODES: Readonly<Record<number, number>> = {
  [VIRTIO_ID_NETWORK]: 0x020000,
  [VIRTIO_ID_BLOCK]: 0x010000,
  [VIRTIO_ID_CONSOLE]: 0x078000,
  [VIRTIO_ID_INPUT]: 0x090000,
};

/** The words of the common configuration that say where a queue lies. */
const QUEUE_ADDRESSES: Readonly<Record<number, keyof QueueSetup>> = {
  [COMMON_QUEUE_DESC]: 'descLow',
  [COMMON_QUEUE_DESC + 4]: 'descHigh',
  [COMMON_QUEUE_DRIVER]: 'driverLow',
  [COMMON_QUEUE_DRIVER + 4]: 'driverHigh',
  [COMMON_QUEUE_DEVICE]: 'deviceLow',
  [COMMON_QUEUE_DEVICE + 4]: 'deviceHigh',
};

export interface VirtioPciOptions {
  readonly device: VirtioDevice;
  readonly memory: GuestMemory;
  readonly log?: DeviceLog;
  /** Transport features to withhold, such as VIRTIO_F_RING_PACKED. Default none. */
  readonly withhold?: bigint;
}

export class VirtioPci implements PciDevice {
  readonly function: PciFunction;

  private readonly core: TransportCore;
  private deviceFeatureSelect = 0;
  private driverFeatureSelect = 0;
  private queueSelect = 0;

  constructor(options: VirtioPciOptions) {
    const { deviceId } = options.device;
    this.function = new PciFunction({
      vendorId: PCI_VENDOR,
      deviceId: PCI_DEVICE_BASE + deviceId,
      revision: 1,
      classCode: CLASS_CODES[deviceId] ?? NO_DEVICE_CLASS,
      subsystemVendorId: PCI_VENDOR,
      subsystemId: 0x1100,
      hasInterrupt: true,
      bars: [{ index: BAR, size: BAR_SIZE, isPrefetchable: true, registers: this }],
      capabilities: CAPABILITIES,
      window: {
        offset: PCI_CAP_DATA,
        read: (at) => (at === 0 ? this.readIndirect() : 0),
        write: (at, _size, value) => (at === 0 ? this.writeIndirect(value) : undefined),
      },
      onCommand: (command) => this.core.setMemoryAccess((command & COMMAND_BUS_MASTER) !== 0),
    });
    this.core = new TransportCore({ ...options, interrupt: this.function.interrupt, startsLargest: true });
    this.core.setMemoryAccess(false);
  }

  reset(): void {
    this.resetRegisters();
    this.function.reset();
  }

  /** Reads from the BAR. */
  read(offset: number, size: 1 | 2 | 4): number {
    if (offset >= NOTIFY_OFFSET) return 0;
    if (offset >= DEVICE_OFFSET) return this.core.device.readConfig(offset - DEVICE_OFFSET, size);
    if (offset >= ISR_OFFSET) return offset === ISR_OFFSET ? this.takeInterrupts() : 0;
    // Reading changes nothing here, so that a word does for each of its parts.
    return this.readCommon(offset - (offset % 4)) >>> (8 * (offset % 4));
  }

  /** Writes to the BAR. */
  write(offset: number, size: 1 | 2 | 4, value: number): void {
    if (offset >= NOTIFY_OFFSET) this.core.notifyQueue((offset - NOTIFY_OFFSET) / NOTIFY_MULTIPLIER);
    else if (offset >= DEVICE_OFFSET) this.core.device.writeConfig(offset - DEVICE_OFFSET, size, value);
    else if (offset < ISR_OFFSET) this.writeCommon(offset, size, value);
  }

  private resetRegisters(): void {
    this.deviceFeatureSelect = 0;
    this.driverFeatureSelect = 0;
    this.queueSelect = 0;
    this.core.reset();
  }

  /** 4.1.4.5: reading the status takes the interrupts away. */
  private takeInterrupts(): number {
    const interrupts = this.core.interruptStatus;
    this.core.acknowledge(interrupts);
    return interrupts;
  }

  /** A word of the common configuration. */
  private readCommon(offset: number): number {
    const { core, queueSelect } = this;
    const setup = core.queueSetup(queueSelect);
    const address = QUEUE_ADDRESSES[offset];
    if (address !== undefined) return setup?.[address] ?? 0;
    switch (offset) {
      case COMMON_DEVICE_FEATURE_SELECT:
        return this.deviceFeatureSelect;
      case COMMON_DEVICE_FEATURE:
        return core.deviceFeatures(this.deviceFeatureSelect);
      case COMMON_DRIVER_FEATURE_SELECT:
        return this.driverFeatureSelect;
      case COMMON_DRIVER_FEATURE:
        return core.driverFeatures(this.driverFeatureSelect);
      case COMMON_CONFIG_MSIX_VECTOR:
        return word(NO_VECTOR, core.device.queueSizes.length);
      case COMMON_DEVICE_STATUS:
        return word(core.status | ((core.configGeneration & 0xff) << 8), queueSelect);
      case COMMON_QUEUE_SIZE:
        return word(setup?.size ?? 0, NO_VECTOR);
      case COMMON_QUEUE_ENABLE:
        return word(core.isQueueEnabled(queueSelect) ? 1 : 0, setup === undefined ? 0 : queueSelect);
      default:
        // COMMON_QUEUE_RESET among them: a reset is over when the write that began it returns.
        return 0;
    }
  }

  /** 4.1.3.1: fields are written in their own width, addresses also as two words. */
  private writeCommon(offset: number, size: 1 | 2 | 4, value: number): void {
    const { core, queueSelect } = this;
    if (size === 4) {
      const address = QUEUE_ADDRESSES[offset];
      if (address !== undefined) core.changeQueue(queueSelect, { [address]: value });
      else if (offset === COMMON_DEVICE_FEATURE_SELECT) this.deviceFeatureSelect = value;
      else if (offset === COMMON_DRIVER_FEATURE_SELECT) this.driverFeatureSelect = value;
      else if (offset === COMMON_DRIVER_FEATURE) core.writeDriverFeatures(this.driverFeatureSelect, value);
    } else if (size === 2) {
      if (offset === COMMON_QUEUE_SELECT) this.queueSelect = value;
      else if (offset === COMMON_QUEUE_SIZE) core.changeQueue(queueSelect, { size: value });
      else if (offset === COMMON_QUEUE_ENABLE && value === 1) core.enableQueue(queueSelect);
      else if (offset === COMMON_QUEUE_RESET && value === 1) core.requestQueueReset(queueSelect);
    } else if (offset === COMMON_DEVICE_STATUS) {
      if (value === 0) this.resetRegisters();
      else core.writeStatus(value);
    }
  }

  private readIndirect(): number {
    const access = this.indirectAccess();
    return access === undefined ? 0 : this.read(access.offset, access.length);
  }

  private writeIndirect(value: number): void {
    const access = this.indirectAccess();
    if (access === undefined) return;
    const { offset, length } = access;
    this.write(offset, length, length === 4 ? value : value & (2 ** (8 * length) - 1));
  }

  /** What the capability for access by way of the configuration selects, if that is in the BAR. */
  private indirectAccess(): { readonly offset: number; readonly length: 1 | 2 | 4 } | undefined {
    const offset = this.function.readConfig(PCI_CAP_WHERE, 4);
    const length = this.function.readConfig(PCI_CAP_LENGTH, 4);
    if (this.function.readConfig(PCI_CAP_BAR, 1) !== BAR) return undefined;
    if ((length !== 1 && length !== 2 && length !== 4) || offset % length !== 0) return undefined;
    return offset + length <= BAR_SIZE ? { offset, length } : undefined;
  }
}

/** Two halfwords, the lower one first. */
function word(low: number, high: number): number {
  return (low | (high << 16)) >>> 0;
}
