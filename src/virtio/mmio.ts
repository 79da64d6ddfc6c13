/**
 * virtio over MMIO, register layout version 2 (virtio 1.2, 4.2). One transport
 * serves every device; without a device the slot shows DeviceID 0, and a driver
 * leaves it alone (4.2.2.2).
 *
 * Left out on purpose: the legacy interface (4.2.4), which QEMU's `virt` shows by
 * default, and shared memory regions, which no device of ours has: SHMLen reads
 * as all ones, as for a region that does not exist.
 */
import type { MmioDevice } from '../bus.ts';
import type { Device } from '../devices/device.ts';
import type { FdtNode } from '../fdt/fdt.ts';
import type { VirtioDevice } from './device.ts';
import { VIRTIO_ID_NONE } from './features.ts';
import { TransportCore, type QueueSetup, type TransportOptions } from './transport.ts';

export const MAGIC_VALUE = 0x000;
export const VERSION = 0x004;
export const DEVICE_ID = 0x008;
export const VENDOR_ID = 0x00c;
export const DEVICE_FEATURES = 0x010;
export const DEVICE_FEATURES_SEL = 0x014;
export const DRIVER_FEATURES = 0x020;
export const DRIVER_FEATURES_SEL = 0x024;
export const QUEUE_SEL = 0x030;
export const QUEUE_NUM_MAX = 0x034;
export const QUEUE_NUM = 0x038;
export const QUEUE_READY = 0x044;
export const QUEUE_NOTIFY = 0x050;
export const INTERRUPT_STATUS = 0x060;
export const INTERRUPT_ACK = 0x064;
export const STATUS = 0x070;
export const QUEUE_DESC_LOW = 0x080;
export const QUEUE_DESC_HIGH = 0x084;
export const QUEUE_DRIVER_LOW = 0x090;
export const QUEUE_DRIVER_HIGH = 0x094;
export const QUEUE_DEVICE_LOW = 0x0a0;
export const QUEUE_DEVICE_HIGH = 0x0a4;
export const SHM_SEL = 0x0ac;
export const SHM_LEN_LOW = 0x0b0;
export const SHM_LEN_HIGH = 0x0b4;
export const SHM_BASE_LOW = 0x0b8;
export const SHM_BASE_HIGH = 0x0bc;
export const QUEUE_RESET = 0x0c0;
export const CONFIG_GENERATION = 0x0fc;
export const CONFIG = 0x100;

/** "virt", little-endian. */
export const MAGIC = 0x74726976;
export const MMIO_VERSION = 2;
/** "HWAR", little-endian. */
export const VENDOR = 0x52415748;

/** What each register of a queue holds of it. */
const QUEUE_FIELDS: Readonly<Record<number, keyof QueueSetup>> = {
  [QUEUE_NUM]: 'size',
  [QUEUE_DESC_LOW]: 'descLow',
  [QUEUE_DESC_HIGH]: 'descHigh',
  [QUEUE_DRIVER_LOW]: 'driverLow',
  [QUEUE_DRIVER_HIGH]: 'driverHigh',
  [QUEUE_DEVICE_LOW]: 'deviceLow',
  [QUEUE_DEVICE_HIGH]: 'deviceHigh',
};

export interface VirtioMmioOptions extends Omit<TransportOptions, 'device' | 'startsLargest'> {
  /** The device behind the transport; undefined for an empty slot. */
  readonly device?: VirtioDevice;
}

export class VirtioMmio implements Device {
  readonly accessSizes: MmioDevice['accessSizes'] = { min: 1, max: 8 };

  private readonly core: TransportCore | undefined;
  private deviceFeaturesSel = 0;
  private driverFeaturesSel = 0;
  private queueSel = 0;

  constructor({ device, ...options }: VirtioMmioOptions) {
    if (device) this.core = new TransportCore({ ...options, device });
  }

  reset(): void {
    this.deviceFeaturesSel = 0;
    this.driverFeaturesSel = 0;
    this.queueSel = 0;
    this.core?.reset();
  }

  read(offset: number, size: 1 | 2 | 4): number {
    const { core } = this;
    if (offset >= CONFIG) return core?.device.readConfig(offset - CONFIG, size) ?? 0;
    // 4.2.2.2: the registers are 32 bits wide and accessed so.
    if (size !== 4) return 0;
    if (offset === MAGIC_VALUE) return MAGIC;
    if (offset === VERSION) return MMIO_VERSION;
    if (core === undefined) return offset === DEVICE_ID ? VIRTIO_ID_NONE : 0;
    switch (offset) {
      case DEVICE_ID:
        return core.device.deviceId;
      case VENDOR_ID:
        return VENDOR;
      case DEVICE_FEATURES:
        return core.deviceFeatures(this.deviceFeaturesSel);
      case QUEUE_NUM_MAX:
        return core.queueLimit(this.queueSel);
      case QUEUE_READY:
        return core.isQueueEnabled(this.queueSel) ? 1 : 0;
      case INTERRUPT_STATUS:
        return core.interruptStatus;
      case STATUS:
        return core.status;
      case SHM_LEN_LOW:
      case SHM_LEN_HIGH:
      case SHM_BASE_LOW:
      case SHM_BASE_HIGH:
        return 0xffff_ffff;
      case CONFIG_GENERATION:
        return core.configGeneration;
      default:
        // QUEUE_RESET among them: a reset is over when the write that began it returns.
        return 0;
    }
  }

  write(offset: number, size: 1 | 2 | 4, value: number): void {
    const { core } = this;
    if (core === undefined) return;
    if (offset >= CONFIG) return core.device.writeConfig(offset - CONFIG, size, value);
    if (size !== 4) return;
    switch (offset) {
      case DEVICE_FEATURES_SEL:
        this.deviceFeaturesSel = value;
        return;
      case DRIVER_FEATURES_SEL:
        this.driverFeaturesSel = value;
        return;
      case DRIVER_FEATURES:
        return core.writeDriverFeatures(this.driverFeaturesSel, value);
      case QUEUE_SEL:
        this.queueSel = value;
        return;
      case QUEUE_READY:
        if ((value & 1) !== 0) core.enableQueue(this.queueSel);
        else core.disableQueue(this.queueSel);
        return;
      case QUEUE_RESET:
        if ((value & 1) !== 0) core.requestQueueReset(this.queueSel);
        return;
      case QUEUE_NOTIFY:
        return core.notifyQueue(value);
      case INTERRUPT_ACK:
        return core.acknowledge(value);
      case STATUS:
        if (value === 0) this.reset();
        else core.writeStatus(value);
        return;
      default: {
        const field = QUEUE_FIELDS[offset];
        if (field !== undefined) core.changeQueue(this.queueSel, { [field]: value });
      }
    }
  }

  fdtNode(): FdtNode {
    return { name: 'virtio_mmio', properties: { compatible: 'virtio,mmio' } };
  }
}
